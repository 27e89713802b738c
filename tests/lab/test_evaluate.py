"""The evaluation reads any captioned folder, and its figures mean what they say."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lab.evaluate import Benchmark, Scorer, evaluate, read_benchmark, table
from models.errors import DataMissing
from models.language import Language
from models.scorers import Platt

ANIMALS = ("cat", "cow", "dog", "hen")
CALIBRATION: dict[Language, Platt] = {"en": Platt(30.0, -25.0), "zh": Platt(30.0, -25.0)}


class WordVectors:
    """Texts and files are alike as far as they share names of animals and a number."""

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self._vector(text) for text in texts])

    def images(self, folder: Path, files: Sequence[str]) -> np.ndarray:
        return np.stack([self._vector(file.replace("/", " ").replace(".png", "")) for file in files])

    def _vector(self, text: str) -> np.ndarray:
        words = text.split()
        animals = [float(animal in words) for animal in ANIMALS]
        number = [0.7 * float(str(n) in words) for n in range(4)]
        vector = np.array([*animals, *number, 0.05], np.float32)
        return vector / np.linalg.norm(vector)


def cosine(texts: np.ndarray, images: np.ndarray) -> np.ndarray:
    return np.einsum("qd,qnd->qn", texts, images)


def write_gallery(
    folder: Path, rows: Sequence[tuple[object, ...]], columns: str = "file,level,language,caption"
) -> Path:
    for animal in ANIMALS:
        for number in range(4):
            (folder / animal).mkdir(exist_ok=True)
            Image.new("RGB", (8, 8)).save(folder / animal / f"{number}.png")
    path = folder / "captions.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns.split(","))
        writer.writerows(rows)
    return path


def full_test(folder: Path) -> Benchmark:
    rows = [
        (f"{animal}/{number}.png", 2, language, f"{animal} {number}{' 只' if language == 'zh' else ''}", "")
        for animal in ANIMALS
        for number in range(4)
        for language in ("en", "zh")
    ]
    wrong = [
        (file, level, language, text.replace("cat", "dog"), "species") for file, level, language, text, _ in rows[:8]
    ]
    return read_benchmark(folder, write_gallery(folder, [*rows, *wrong], "file,level,language,caption,kind"))


SCORERS = [
    Scorer("cosine", cosine, None),
    Scorer("platt-cosine", cosine, CALIBRATION),
    Scorer("hopeless", lambda texts, images: np.zeros(images.shape[:2], np.float32), CALIBRATION),
]


@pytest.fixture
def report(tmp_path: Path) -> dict:
    return evaluate(full_test(tmp_path), WordVectors(), SCORERS)


def row(report: dict, scorer: str, language: str = "all", level: str = "all") -> dict:
    [found] = [r for r in report["results"] if (r["scorer"], r["language"], r["level"]) == (scorer, language, level)]
    return found


def test_a_perfect_scorer_finds_everything_and_paints_what_is_not_there(report: dict) -> None:
    best = row(report, "platt-cosine")
    assert best["recall_at_1"] == best["auc_species"] == best["accuracy_half_truth"] == 1.0
    assert best["routing_f1"] == 1.0
    assert best["false_find"] == best["false_paint"] == 0.0


def test_a_scorer_that_cannot_tell_is_at_chance(report: dict) -> None:
    worst = row(report, "hopeless")
    assert worst["auc_species"] == worst["auc_random"] == worst["accuracy_half_truth"] == 0.5
    assert worst["recall_at_10"] == 0.0  # ties earn nothing
    assert worst["gain_auc_species"] == -0.5
    assert worst["gain_auc_species_95"][1] < 0


def test_raw_cosine_is_given_no_probabilities(report: dict) -> None:
    assert "ece" not in row(report, "cosine")
    assert "ece" in row(report, "platt-cosine")


def test_languages_and_levels_are_told_apart(report: dict) -> None:
    assert row(report, "cosine", "zh", "2")["n"] == row(report, "cosine", "en", "2")["n"] == 16
    assert row(report, "cosine")["n"] == 32


def test_a_caption_given_for_several_files_is_right_for_each(tmp_path: Path) -> None:
    rows = [(f"cat/{number}.png", 1, "en", "cat") for number in range(4)]
    test = read_benchmark(tmp_path, write_gallery(tmp_path, rows))
    assert [len(query.right) for query in test.queries] == [4]


def test_wrong_captions_are_made_where_none_are_given(tmp_path: Path) -> None:
    rows = [("cat/0.png", 1, "en", "a cat"), ("dog/0.png", 1, "en", "two dogs")]
    test = read_benchmark(tmp_path, write_gallery(tmp_path, rows))
    assert {kind for query in test.queries for kind, _ in query.wrong} == {"species", "count"}


def test_table_without_levels_is_read(tmp_path: Path) -> None:
    test = read_benchmark(tmp_path, write_gallery(tmp_path, [("cat/0.png", "en", "a cat")], "file,language,caption"))
    assert test.queries[0].level == ""


def test_a_picture_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = write_gallery(tmp_path, [("cat/9.png", 1, "en", "a cat")])
    with pytest.raises(DataMissing) as caught:
        read_benchmark(tmp_path, path)
    assert caught.value.params["path"] == str(tmp_path / "cat/9.png")


def test_table_shows_every_scorer_with_its_interval(report: dict) -> None:
    lines = table(report).splitlines()
    assert all(scorer.name in lines[0] for scorer in SCORERS)
    assert any("recall_at_1" in line and "[" in line for line in lines)
