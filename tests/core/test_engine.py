from __future__ import annotations

import gc
import io
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core import engine as engine_module
from core.engine import Engine
from core.errors import GalleryEmpty, InputError, JobFailed, NotFound
from core.gallery import library
from core.gallery.index import GalleryIndex
from core.images import encode_image
from core.settings import read_settings
from core.types import FindRequest, ImagineRequest, ScoreRequest
from models.scorers import Scorer
from tests.tiny_encoder import TinyEncoder
from tests.tiny_engine import SCORER, picture_of, tiny_engine, write_photos


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return write_photos(tmp_path / "photos")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    async with tiny_engine(tmp_path / "data") as engine:
        yield engine


async def test_a_sentence_finds_the_pictures_that_mean_it(engine: Engine, photos: Path) -> None:
    await engine.gallery_add_folder(photos)
    result = await engine.find(FindRequest("a red picture", count=2))
    assert result.decision == "found"
    assert [hit.picture.label for hit in result.hits] == ["red", "red"]
    assert result.hits[0].match >= result.hits[1].match >= 0.5
    assert await engine.picture(result.hits[0].picture.id) == (photos / result.hits[0].picture.file).read_bytes()


async def test_chinese_finds_the_same(engine: Engine, photos: Path) -> None:
    await engine.gallery_add_folder(photos)
    assert (await engine.find(FindRequest("红色", count=1))).hits[0].picture.label == "red"


async def test_what_the_gallery_lacks_is_sent_to_painting_with_the_nearest_it_has(engine: Engine, photos: Path) -> None:
    await engine.gallery_add_folder(photos)
    result = await engine.find(FindRequest("something blue"))
    assert result.decision == "imagine"
    assert result.hits
    assert result.hits[0].match < result.threshold == 0.5


async def test_a_guild_may_set_its_own_threshold(engine: Engine, photos: Path) -> None:
    await engine.gallery_add_folder(photos)
    assert (await engine.find(FindRequest("something blue", threshold=0.0))).decision == "found"


async def test_a_picture_that_was_refused_is_not_shown_again(engine: Engine, photos: Path) -> None:
    await engine.gallery_add_folder(photos)
    first = (await engine.find(FindRequest("red", count=1))).hits[0].picture.id
    again = (await engine.find(FindRequest("red", count=4, exclude=frozenset({first})))).hits
    assert first not in [hit.picture.id for hit in again]
    assert len(again) == 3


async def test_an_empty_gallery_says_so(engine: Engine) -> None:
    with pytest.raises(GalleryEmpty):
        await engine.find(FindRequest("red"))


async def test_a_guild_sees_its_own_pictures_and_the_shared_ones_but_no_other_guilds(
    engine: Engine, photos: Path
) -> None:
    await engine.gallery_add_folder(photos)
    own = await engine.gallery_add_upload(picture_of("blue"), "sea.png", ["sea"], gallery="42")
    await engine.gallery_add_upload(picture_of((5, 0, 250)), "other.png", ["sea"], gallery="43")
    hits = (await engine.find(FindRequest("blue and red", count=9, galleries=("shared", "42")))).hits
    assert {hit.picture.file for hit in hits} >= {"sea.png", "red/250.png"}
    assert "other.png" not in {hit.picture.file for hit in hits}
    assert await engine.picture(own.id, ("shared", "42"))
    with pytest.raises(NotFound):
        await engine.picture(own.id, ("shared", "43"))


async def test_a_picture_in_two_galleries_is_one_hit(engine: Engine, photos: Path) -> None:
    await engine.gallery_add_folder(photos)
    await engine.gallery_add_upload((photos / "red" / "250.png").read_bytes(), "again.png", gallery="42")
    hits = (await engine.find(FindRequest("red", count=9, galleries=("shared", "42")))).hits
    assert len(hits) == 4


@pytest.mark.parametrize("count", [0, 10])
async def test_a_count_out_of_bounds_is_refused(engine: Engine, count: int) -> None:
    with pytest.raises(InputError) as caught:
        await engine.find(FindRequest("red", count=count))
    assert caught.value.message_id == "count-out-of-bounds"


async def test_each_text_is_scored_in_its_own_place(engine: Engine) -> None:
    scores = await engine.score(ScoreRequest(picture_of("red"), ("a green one", "a red one", "红")))
    assert [score.text for score in scores] == ["a green one", "a red one", "红"]
    assert scores[1].match > 0.9 > 0.5 > scores[0].match
    assert scores[1].cosine == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("texts", "message_id"), [((), "texts-empty"), (("a",) * 11, "texts-too-many"), (("a", " "), "query-empty")]
)
async def test_texts_that_cannot_be_scored_are_refused(engine: Engine, texts: tuple[str, ...], message_id: str) -> None:
    with pytest.raises(InputError) as caught:
        await engine.score(ScoreRequest(picture_of("red"), texts))
    assert caught.value.message_id == message_id


async def test_a_file_that_is_no_picture_is_refused_and_the_next_request_works(engine: Engine) -> None:
    with pytest.raises(InputError):
        await engine.score(ScoreRequest(b"text", ("red",)))
    assert await engine.score(ScoreRequest(picture_of("red"), ("red",)))


async def test_the_most_alike_picture_comes_first(engine: Engine, photos: Path) -> None:
    await engine.gallery_add_folder(photos)
    similar = await engine.similar(picture_of((240, 10, 10)), count=3)
    assert [item.picture.label for item in similar] == ["red", "red", "green"]


async def test_a_large_gallery_is_not_searched_on_the_event_loop(
    engine: Engine, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.gallery_add_folder(photos)
    search, threads = GalleryIndex.search, list[threading.Thread]()

    def watched(*args: Any) -> Any:
        threads.append(threading.current_thread())
        return search(*args)

    monkeypatch.setattr(GalleryIndex, "search", watched)
    await engine.similar(picture_of("red"))
    await engine.find(FindRequest("red"))
    assert len(threads) == 2
    assert threading.current_thread() not in threads


async def test_what_is_painted_is_scored_on_the_words_that_were_asked_for(engine: Engine) -> None:
    [painted] = await engine.imagine(ImagineRequest("  a red   cat ", owner="ada", seed=7)).result()
    assert painted.prompt == "a red cat"
    with Image.open(io.BytesIO(painted.png)) as image:
        assert image.info["prompt"] == "a red cat"
        pixels = image.convert("RGB")
    [score] = await engine.score(ScoreRequest(encode_image(pixels, "PNG"), ("a red cat",)))
    assert painted.match == pytest.approx(score.match, abs=1e-6)
    assert painted.cosine == pytest.approx(score.cosine, abs=1e-6)


async def test_an_empty_prompt_is_refused(engine: Engine) -> None:
    with pytest.raises(InputError):
        engine.imagine(ImagineRequest("\n"))


async def test_the_status_tells_what_runs(engine: Engine, photos: Path) -> None:
    await engine.gallery_add_folder(photos)
    status = engine.status()
    assert (status.pictures, status.head, status.head_trained) == (4, "platt-cosine", False)
    assert status.painter is not None
    assert status.painter.name == "tiny"


async def test_telling_the_status_reads_no_disk_and_loads_no_model(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told on the event loop, while others wait for their pictures."""
    before = engine.status()

    def waits(*args: object) -> None:
        raise AssertionError("the event loop waits")

    monkeypatch.setattr(engine_module, "version", waits)
    monkeypatch.setattr(library, "gallery_names", waits)
    monkeypatch.setattr(engine, "_scorer_for", waits)
    assert engine.status() == before


async def test_what_was_loaded_is_not_searched_for_garbage_while_people_wait(engine: Engine) -> None:
    try:
        await engine.warm_up()
        assert not any(thing is engine.encoder for thing in gc.get_objects())
    finally:
        gc.unfreeze()


async def test_what_the_scores_rest_on_without_a_gallery_is_loaded_when_the_engine_opens(tmp_path: Path) -> None:
    loading: list[threading.Thread] = []

    def scorer_for(vectors: np.ndarray) -> Scorer:
        loading.append(threading.current_thread())
        return SCORER

    async with Engine(read_settings(None, data_dir=tmp_path / "data"), TinyEncoder(), scorer_for) as engine:
        engine.status()
        await engine.score(ScoreRequest(picture_of("red"), ("red",)))
    assert len(loading) == 1
    assert loading[0] is not threading.current_thread()


async def test_an_engine_without_a_painter_finds_but_says_that_it_cannot_paint(tmp_path: Path) -> None:
    settings = read_settings(None, data_dir=tmp_path / "data")
    async with Engine(settings, TinyEncoder(), lambda vectors: SCORER) as engine:
        assert engine.status().painter is None
        with pytest.raises(JobFailed):
            engine.imagine(ImagineRequest("a cat"))
