"""What the head learns from photos is labelled right, and so is what it is tested on."""

from __future__ import annotations

from dataclasses import replace

from lab.head.scene_test import caption_rows, scene_test
from lab.head.truth import Label, Photo, Sentence, can_be_asked, is_true, same_kind
from lab.scenes import Scene, Thing
from tests.lab.captions import CAT, caption

HORSE = Photo("a.jpg", "animals", "horse")


def label(name: str, collection: str = "animals", breed: bool = False) -> Label:
    return Label(f"a {name}", "en", Photo("x.jpg", collection, name, breed))


def test_names_of_one_collection_exclude_each_other() -> None:
    assert is_true(label("horse"), HORSE) is True
    assert is_true(label("cow"), HORSE) is False


def test_a_breed_is_never_called_wrong_for_its_animal() -> None:
    assert is_true(label("Gordon setter", "objects", breed=True), Photo("d.jpg", "animals", "dog")) is None
    assert is_true(label("teapot", "objects"), Photo("d.jpg", "animals", "dog")) is False


def test_a_description_is_true_of_its_own_photo_and_a_half_truth_is_not() -> None:
    photo, other = Photo("p.jpg", "described"), Photo("q.jpg", "described")
    said = Sentence("a man runs", "en", photo, "a man runs")
    assert (is_true(said, photo), is_true(said, other)) == (True, False)
    assert is_true(replace(said, text="a woman runs", right=False), photo) is False


def test_a_few_words_of_an_animal_may_be_right_for_its_kind_and_a_sentence_is_right_for_its_photo() -> None:
    seen, cow = Photo("b.jpg", "animals", "horse"), Photo("c.jpg", "animals", "cow")
    for language in ("en", "zh"):
        few = Sentence("a foal grazing", language, HORSE, "a foal grazing", level=1)
        more = replace(few, text="A foal grazes beside its mother.", level=2)
        assert [is_true(few, photo) for photo in (HORSE, seen, cow)] == [True, None, False]
        assert [is_true(more, photo) for photo in (HORSE, seen, cow)] == [True, False, False]
        assert [same_kind(more, photo) for photo in (HORSE, seen, cow)] == [True, True, False]
        assert is_true(replace(more, right=False), HORSE) is False


def test_what_others_wrote_of_a_photo_is_not_searched_for() -> None:
    photo = Photo("p.jpg", "described")
    said = Sentence("a man runs", "en", photo, "a man runs")
    assert [can_be_asked(text) for text in (said, replace(said, level=2), label("horse"))] == [False, True, True]


def test_drawings_and_photos_of_one_animal_share_its_bare_name_only() -> None:
    cat = Photo("c.jpg", "animals", "cat")
    bare = [caption(Scene(Thing("cat"), "meadow", "day", "clear", 0), 1, seed) for seed in range(5)]
    assert all(is_true(text, cat) is True for text in bare)
    assert is_true(caption(CAT, 3), cat) is None
    assert is_true(caption(CAT, 3), HORSE) is False
    assert is_true(label("horse"), CAT) is False


def test_test_rows_hold_wrong_captions_only_where_they_are_wrong() -> None:
    scenes = scene_test(12)
    rows = list(caption_rows(scenes, [f"{n}.png" for n in range(12)]))
    right = {(file, text) for file, _, _, text, kind in rows if not kind}
    wrong = {(file, text) for file, _, _, text, kind in rows if kind and kind != "unknown"}
    assert len({file for file, _ in right}) == 12
    assert wrong
    assert not right & wrong
