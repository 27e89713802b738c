from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import GalleryMismatch, InputError, NotFound
from core.gallery.indexing import ImageEncoding
from core.gallery.library import Library
from core.gallery.store import encoder_of, reencode
from core.images import encode_image
from models.scorers import Platt, PlattCosine
from tests.tiny_encoder import TinyEncoder

COLOURS = {"red": (250, 5, 5), "green": (5, 250, 5), "blue": (5, 5, 250)}
SCORER = PlattCosine("tiny-colours-1", {"en": Platt(20, -15), "zh": Platt(20, -15)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """red/0.png, red/1.png, green/0.png, ..., each of another shade."""
    for name, colour in COLOURS.items():
        (tmp_path / "photos" / name).mkdir(parents=True)
        for n in range(2):
            shade = tuple(abs(channel - 3 * n) for channel in colour)
            Image.new("RGB", (40, 30), shade).save(tmp_path / "photos" / name / f"{n}.png")
    return tmp_path / "photos"


@pytest.fixture
def encoder() -> TinyEncoder:
    return TinyEncoder()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return open_library(tmp_path)


def open_library(tmp_path: Path, encoder: str = TinyEncoder.name) -> Library:
    return Library(str(tmp_path / "gallery"), encoder, 4, lambda vectors: SCORER, recall=200)


def encoding(encoder: TinyEncoder) -> ImageEncoding:
    return ImageEncoding(encoder.prepare, encoder.encode_prepared)


def files(library: Library) -> list[str]:
    return [located.picture.file for located in library.located("shared")]


def test_a_folder_is_added_with_its_subfolders_as_classes(library: Library, folder: Path, encoder: TinyEncoder) -> None:
    added = library.add_folder("shared", folder, encoding(encoder))
    assert (added.added, added.known, added.broken) == (6, 0, ())
    assert files(library)[0] == "blue/0.png"
    assert dict(library.stats("shared").classes) == {"red": 2, "green": 2, "blue": 2}


def test_a_second_run_encodes_nothing(library: Library, folder: Path, encoder: TinyEncoder) -> None:
    library.add_folder("shared", folder, encoding(encoder))
    again = library.add_folder("shared", folder, encoding(encoder))
    assert (again.added, again.known) == (0, 6)
    assert encoder.encoded_images == 6


def test_a_copy_under_another_name_is_the_same_picture(library: Library, folder: Path, encoder: TinyEncoder) -> None:
    (folder / "copy.png").write_bytes((folder / "red" / "0.png").read_bytes())
    added = library.add_folder("shared", folder, encoding(encoder))
    assert (added.added, added.known) == (6, 1)


def test_the_gallery_is_still_there_after_a_restart(tmp_path: Path, folder: Path, encoder: TinyEncoder) -> None:
    open_library(tmp_path).add_folder("shared", folder, encoding(encoder))
    retrieval = open_library(tmp_path).retrieval("shared")
    assert retrieval is not None
    red = encoder.encode_texts(["red"])[0]
    found = retrieval.find(red, "en", 2, frozenset())
    assert [hit.picture.label for hit in found.hits] == ["red", "red"]


def test_broken_files_are_told_and_the_rest_is_added(library: Library, folder: Path, encoder: TinyEncoder) -> None:
    (folder / "broken.jpg").write_text("no picture")
    added = library.add_folder("shared", folder, encoding(encoder))
    assert added.added == 6
    assert [(item.file, item.message_id) for item in added.broken] == [("broken.jpg", "image-unreadable")]


def test_an_interrupted_run_keeps_what_it_had_and_goes_on_from_there(
    library: Library, folder: Path, encoder: TinyEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.gallery.indexing.ENCODE_BATCH", 2)
    monkeypatch.setattr("core.gallery.indexing.STORE_BATCH", 2)

    def interrupted(batch: np.ndarray) -> np.ndarray:
        if encoder.encoded_images >= 4:
            raise KeyboardInterrupt
        return encoder.encode_prepared(batch)

    with pytest.raises(KeyboardInterrupt):
        library.add_folder("shared", folder, ImageEncoding(encoder.prepare, interrupted))
    assert len(files(library)) == 4
    added = library.add_folder("shared", folder, encoding(encoder))
    assert (added.added, added.known) == (2, 4)


def test_progress_counts_every_new_file_once(library: Library, folder: Path, encoder: TinyEncoder) -> None:
    totals: list[int] = []
    steps: list[int] = []
    library.add_folder("shared", folder, encoding(encoder), totals.append, steps.append)
    assert totals == [6]
    assert sum(steps) == 6


def test_a_missing_folder_and_an_empty_one_are_told_apart(
    library: Library, tmp_path: Path, encoder: TinyEncoder
) -> None:
    (tmp_path / "empty").mkdir()
    for name, message_id in (("nowhere", "folder-not-found"), ("empty", "folder-without-pictures")):
        with pytest.raises(InputError) as caught:
            library.add_folder("shared", tmp_path / name, encoding(encoder))
        assert caught.value.message_id == message_id


def test_pictures_are_removed_by_file_by_folder_and_by_id(library: Library, folder: Path, encoder: TinyEncoder) -> None:
    library.add_folder("shared", folder, encoding(encoder))
    first = library.located("shared")[0].picture
    assert library.remove("shared", ["green/0.png", "red/", first.id[:12]]) == 4
    assert files(library) == ["blue/1.png", "green/1.png"]
    with pytest.raises(NotFound):
        library.remove("shared", ["red/0.png"])


def test_a_removed_picture_is_not_found_any_more(library: Library, folder: Path, encoder: TinyEncoder) -> None:
    library.add_folder("shared", folder, encoding(encoder))
    library.remove("shared", ["red"])
    retrieval = library.retrieval("shared")
    assert retrieval is not None
    labels = {hit.picture.label for hit in retrieval.find(encoder.encode_texts(["red"])[0], "en", 9, frozenset()).hits}
    assert labels == {"green", "blue"}


def test_verify_names_what_has_gone_and_what_has_changed(library: Library, folder: Path, encoder: TinyEncoder) -> None:
    library.add_folder("shared", folder, encoding(encoder))
    (folder / "red" / "0.png").unlink()
    Image.new("RGB", (9, 9)).save(folder / "blue" / "1.png")
    verified = library.verify("shared")
    assert (verified.pictures, verified.gone, verified.changed) == (6, ("red/0.png",), ("blue/1.png",))


def test_the_original_comes_back_byte_for_byte_and_its_loss_is_told(
    library: Library, folder: Path, encoder: TinyEncoder
) -> None:
    library.add_folder("shared", folder, encoding(encoder))
    picture = library.located("shared")[0].picture
    path = folder / picture.file
    assert library.original(["shared"], picture.id) == path.read_bytes()
    assert library.thumbnail(["shared"], picture.id).startswith(b"\xff\xd8")
    path.unlink()
    with pytest.raises(NotFound) as caught:
        library.original(["shared"], picture.id)
    assert caught.value.message_id == "picture-file-gone"
    with pytest.raises(NotFound):
        library.thumbnail(["shared"], "' OR 1=1 --")


def test_looking_at_a_gallery_that_does_not_exist_makes_none(library: Library) -> None:
    assert library.stats("42").pictures == 0
    assert library.located("42") == []
    assert library.retrieval("42") is None
    assert library.names() == []


def test_a_gallery_that_was_emptied_finds_nothing_and_takes_pictures_again(
    library: Library, folder: Path, encoder: TinyEncoder
) -> None:
    library.add_folder("shared", folder, encoding(encoder))
    library.remove("shared", ["red", "green", "blue"])
    retrieval = library.retrieval("shared")
    assert retrieval is not None
    assert retrieval.find(encoder.encode_texts(["red"])[0], "en", 5, frozenset()).hits == ()
    assert library.add_folder("shared", folder, encoding(encoder)).added == 6


def test_an_upload_is_kept_whole_and_only_once(library: Library, encoder: TinyEncoder) -> None:
    data = encode_image(Image.new("RGB", (50, 50), "red"), "PNG")
    first, picture = (library.add_upload("42", data, "cat.png", ("cat",), encoding(encoder)) for _ in range(2))
    assert first == picture
    assert library.original(["42"], picture.id) == data
    assert library.stats("42").pictures == 1
    assert library.retrieval("shared") is None  # another server's pictures are nobody else's


def test_vectors_of_two_encoders_never_mix(tmp_path: Path, folder: Path, encoder: TinyEncoder) -> None:
    open_library(tmp_path).add_folder("shared", folder, encoding(encoder))
    with pytest.raises(GalleryMismatch) as caught:
        open_library(tmp_path, "another-encoder").retrieval("shared")
    assert caught.value.params == {"made_with": TinyEncoder.name, "now": "another-encoder"}


def test_a_gallery_is_reencoded_for_another_encoder_from_its_thumbnails(
    tmp_path: Path, folder: Path, encoder: TinyEncoder
) -> None:
    open_library(tmp_path).add_folder("shared", folder, encoding(encoder))
    location = str(tmp_path / "gallery")
    vectors = np.eye(6, 5, dtype=np.float32)
    assert reencode(location, "shared", "other-5", 5, lambda thumbnails: vectors[: len(thumbnails)]) == 6
    assert encoder_of(location, "shared") == "other-5"
    library = Library(location, "other-5", 5, lambda vectors: SCORER, recall=200)
    retrieval = library.retrieval("shared")
    assert retrieval is not None
    np.testing.assert_array_equal(retrieval.index.vectors, vectors)
    assert len(files(library)) == 6
