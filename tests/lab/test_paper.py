"""The report repeats the paper's experiments with what was printed beside what was measured."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from matplotlib import font_manager
from PIL import Image

from core.engine import Engine
from core.types import ImagineRequest, Painted
from lab import paper
from lab.described import OF_GALLERY, Description, descriptions
from lab.metrics import Interval
from lab.paper import experiments, figures, report
from lab.paper.source import ABSENT, CLASSES, FIGURE_7, PAINTED, TABLE_3, TARGET_1, TARGET_2
from models.errors import ModelUnavailable
from models.language import Language
from models.scorers import Platt, PlattCosine

CALIBRATION: dict[Language, Platt] = {"en": Platt(20.0, -10.0), "zh": Platt(20.0, -10.0)}


class ClassVectors:
    """Texts and pictures lie near the axis of the animal that they name; all else has an axis of its own."""

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self._vector(text) for text in texts])

    def images(self, folder: Path, files: Sequence[str]) -> np.ndarray:
        return self.texts(files)

    def _vector(self, text: str) -> np.ndarray:
        named = [float(name in text or chinese[-1] in text) for name, chinese in CLASSES.items()]
        vector = np.array([*named, 0.0 if any(named) else 1.0, 0.1], np.float32)
        return vector / np.linalg.norm(vector)


@pytest.fixture
def gallery(tmp_path: Path) -> experiments.Gallery:
    files = [f"{name}/{number}.jpg" for name in CLASSES for number in range(3)] + [TARGET_1, TARGET_2]
    for file in files:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        Image.new("RGB", (32, 24), "tan").save(tmp_path / file)
    images = ClassVectors().images(tmp_path, files)
    return experiments.Gallery(tmp_path, tuple(files), images, PlattCosine("tiny", CALIBRATION))


@pytest.fixture(autouse=True)
def any_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests need no Chinese letters on the machine."""
    monkeypatch.setattr(figures, "FONTS", (*figures.FONTS, "DejaVu Sans"))
    figures.use_chinese_font()


def told(gallery: experiments.Gallery) -> dict[str, tuple[Description, ...]]:
    """Two photos of each class, whose half-truths name another animal."""
    names = dict(zip(CLASSES, (*list(CLASSES)[1:], next(iter(CLASSES))), strict=True))
    described = {}
    for file in gallery.files[: 3 * len(CLASSES)]:
        name, number = file.split("/")
        if number != "2.jpg":
            in_english = Description("en", (name, f"a {name}", f"this is a {name}"), f"a {names[name]}")
            chinese, other = CLASSES[name][-1], CLASSES[names[name]][-1]
            described[file] = in_english, Description("zh", (chinese, f"一{chinese}", f"这是{chinese}"), other)
    return described


@pytest.mark.filterwarnings("ignore:Glyph")
def test_every_level_is_scored_on_its_own_photo_and_on_others(gallery: experiments.Gallery) -> None:
    measured = experiments.levels(gallery, ClassVectors(), told(gallery))
    assert [(row.language, row.level) for row in measured.rows] == [(k, n) for k in ("en", "zh") for n in (1, 2, 3)]
    for row in measured.rows:
        assert row.match.value == pytest.approx(row.kin.value)
        assert row.match.value > 0.9 > 0.2 > row.strangers.value
        assert row.found.value == 1.0
        assert row.ahead.value == 0.0  # another of the class is as good here
        assert (row.more is None) == (row.level == 1)
    for half in measured.half_truths:
        assert half.match.value < 0.2
        assert half.told.value == 1.0
    text = report.levels(measured, "levels.png")
    assert "English level 3 +0.000 [" in text
    assert "20 photos" in text
    assert len(figures.levels(measured).axes) == 2


@pytest.mark.filterwarnings("ignore:Glyph")
def test_no_bar_is_cut_by_the_frame(gallery: experiments.Gallery) -> None:
    measured = experiments.levels(gallery, ClassVectors(), told(gallery))
    low, high = (Interval(value, value, value) for value in (0.2, 0.9))
    rows = tuple(replace(row, match=high if row.language == "zh" else low, kin=low) for row in measured.rows)
    halves = tuple(replace(half, match=low) for half in measured.half_truths)
    axes = figures.levels(replace(measured, rows=rows, half_truths=halves)).axes
    assert all(one.get_ylim()[0] == 0 and one.get_ylim()[1] > 0.9 for one in axes)


def test_photos_that_the_gallery_lacks_are_not_told_of(gallery: experiments.Gallery) -> None:
    assert not experiments.described(gallery)
    file = next(iter(descriptions(OF_GALLERY))).removeprefix("gallery/")
    assert list(experiments.described(replace(gallery, files=(file,)))) == [file]


@pytest.mark.filterwarnings("ignore:Glyph")
def test_report_has_every_printed_number_beside_ours_and_every_figure(
    gallery: experiments.Gallery, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    text = "\n".join(paper._searching(out, gallery, ClassVectors()))
    assert all(f"{row.score:.2f}" in text and row.chinese in text for row in TABLE_3 if row.score)
    assert all(row.chinese in text for row in FIGURE_7)
    for name in ("table-3.png", "figure-7.png", "top-k.png", "routing.png"):
        assert f"({name})" in text
        assert min(Image.open(out / name).size) > 300


def test_what_the_gallery_holds_is_found_and_what_it_lacks_is_painted(gallery: experiments.Gallery) -> None:
    for table in experiments.routing(gallery, ClassVectors()):
        assert table.absent == len(ABSENT)
        assert table.f1.value > 0.95
        assert table.false_paint.value == 0.0


def test_top_k_counts_pictures_of_the_class_asked_for(gallery: experiments.Gallery) -> None:
    tables = experiments.top_k(gallery, ClassVectors())
    assert {(table.scorer, table.language) for table in tables} == {
        (scorer, language) for scorer in ("cosine", "platt-cosine") for language in ("en", "zh")
    }
    for table in tables:
        assert table.precision[1].value == 1.0
        assert 0.3 < table.precision[10].value < 0.45  # three or four pictures a class


@pytest.mark.filterwarnings("ignore:Glyph")
def test_paintings_are_shown_with_what_the_paper_printed() -> None:
    png = io.BytesIO()
    Image.new("RGB", (16, 16)).save(png, "PNG")
    picture = Painted(png.getvalue(), "p", "p", 0, 20, 5.0, "euler", match=0.75, cosine=0.4)
    results = [(text, (picture, picture)) for text in PAINTED]
    text = report.painted(results, "figures-8-12.png")
    assert all(f"{row.score:.2f} | 0.75 (0.75 to 0.75)" in text for row in PAINTED)
    assert len(figures.paintings(results).axes) == 10


def test_a_machine_without_chinese_letters_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    with pytest.raises(ModelUnavailable) as caught:
        figures.use_chinese_font()
    assert caught.value.message_id == "font-missing"


class OneAtATime:
    """An engine that takes one painting of a person at a time."""

    def __init__(self) -> None:
        self.waiting = 0

    def imagine(self, request: ImagineRequest) -> OneAtATime:
        self.waiting += 1
        assert self.waiting == 1
        return self

    async def result(self) -> tuple[Painted, ...]:
        self.waiting -= 1
        return ()


def test_the_five_texts_are_painted_within_what_one_person_may_ask() -> None:
    painted = asyncio.run(experiments.paint(cast(Engine, OneAtATime())))
    assert [text for text, _ in painted] == list(PAINTED)
