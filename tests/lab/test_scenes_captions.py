"""Captions of scenes: grammar in both languages, and wrong captions that are wrong in one detail only."""

import random
import re
from dataclasses import replace

import pytest

from lab.scenes import (
    LANGUAGES,
    LEVELS,
    NEGATIVE_KINDS,
    SPECIES,
    Scene,
    Thing,
    captions,
    negatives,
    sample_scene,
    split_of,
)
from lab.scenes.captions import Wording, plan_for, plural
from lab.scenes.edits import edit

CAT = Scene(Thing("cat", "blue"), "meadow", "night", "rain", seed=1)
PAIR = Scene(Thing("dog", "red"), "beach", "sunset", "clear", seed=2, other=Thing("car", "green"), relation="left")


def scenes(count: int) -> list[Scene]:
    rng = random.Random(3)
    return [sample_scene(rng) for _ in range(count)]


def wordings(scene: Scene, language: str, level: int, count: int = 60) -> set[str]:
    return {captions(scene, language, level, random.Random(k)) for k in range(count)}  # type: ignore[arg-type]


def test_the_same_random_state_gives_the_same_words_and_others_give_paraphrases() -> None:
    for language in LANGUAGES:
        for level in LEVELS:
            assert captions(PAIR, language, level, random.Random(4)) == captions(
                PAIR, language, level, random.Random(4)
            )
            assert len(wordings(PAIR, language, level)) >= 5


def test_level_one_names_the_subject_and_nothing_else() -> None:
    for text in wordings(PAIR, "en", 1):
        assert re.search(r"\b(dog|doggy)\b", text)
        assert not re.search(r"red|car|beach|sea|sun", text)
    assert {"dog", "a dog"} <= wordings(PAIR, "en", 1, 200)
    assert {"狗", "一只狗"} <= wordings(PAIR, "zh", 1, 200)


def test_level_two_tells_painted_colours_and_level_three_the_whole_scene() -> None:
    for text in wordings(PAIR, "en", 2):
        assert "red" in text
    for text in wordings(PAIR, "en", 3):
        assert all(re.search(word, text) for word in ("red", "green", "beach|sand", "sun|evening", "car|automobile")), (
            text
        )
    for text in wordings(PAIR, "zh", 3):
        assert all(re.search(word, text) for word in ("红色", "绿色", "滩", "日落|傍晚|黄昏", "车")), text


def test_english_has_the_right_article_and_number() -> None:
    for scene in scenes(400):
        for level in LEVELS:
            text = captions(scene, "en", level, random.Random(scene.seed)).lower()
            assert not re.search(r"\ba [aeio]", text), text
            assert not re.search(r"\ban [^aeiou]", text), text
            assert "  " not in text
            if scene.subject.count > 1:
                assert not re.search(r"\bthere is (two|three|four)\b", text), text


def test_chinese_has_the_measure_word_of_the_noun() -> None:
    for species, measure in (("horse", "匹"), ("elephant", "头"), ("car", "辆"), ("fish", "条"), ("umbrella", "把")):
        text = captions(Scene(Thing(species, count=2), "meadow", "day", "clear", 0), "zh", 2, random.Random(0))
        assert f"两{measure}" in text


def test_chinese_captions_are_chinese_and_english_ones_english() -> None:
    for scene in scenes(200):
        for level in LEVELS:
            assert captions(scene, "en", level, random.Random(1)).isascii()
            assert not re.search("[a-zA-Z ]", captions(scene, "zh", level, random.Random(1)))


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("mouse", "mice"),
        ("sheep", "sheep"),
        ("butterfly", "butterflies"),
        ("bus", "buses"),
        ("monkey", "monkeys"),
        ("palm tree", "palm trees"),
        ("fish", "fish"),
        ("cactus", "cacti"),
    ],
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


def test_a_wrong_caption_is_in_the_words_of_the_right_one() -> None:
    right = captions(CAT, "en", 3, random.Random(9))
    wrong = negatives(CAT, "en", 3, "place", random.Random(9))
    assert wrong is not None
    assert wrong != right
    shared = set(right.lower().split()) & set(wrong.lower().split())
    assert len(shared) >= 0.5 * len(right.split())


@pytest.mark.parametrize("kind", NEGATIVE_KINDS)
def test_an_edit_changes_exactly_the_detail_it_names(kind: str) -> None:
    applied = 0
    for k, scene in enumerate(scenes(200)):
        plan = plan_for(scene, 3, Wording(k))
        wrong = edit(scene, plan, kind, random.Random(k))  # type: ignore[arg-type]
        if wrong is None:
            continue
        applied += 1
        assert split_of(wrong) == split_of(scene)
        changed = {
            "species": [t.species for t in scene.things] != [t.species for t in wrong.things],
            "count": scene.subject.count != wrong.subject.count,
            "relation": scene.relation != wrong.relation,
            "place": scene.place != wrong.place,
            "sky": (scene.time, scene.weather) != (wrong.time, wrong.weather),
        }
        for other, differs in changed.items():
            assert differs == (other == kind), (kind, scene, wrong)
        if kind != "attribute":
            told = [(plan.colour, plan.size), (plan.other_colour, plan.other_size)]
            for before, after, (colour, _) in zip(scene.things, wrong.things, told, strict=False):
                assert not colour or before.colour_name == after.colour_name
                assert before.size == after.size
    assert applied > 20


def test_colours_of_two_things_can_be_swapped() -> None:
    texts = {negatives(PAIR, "en", 2, "attribute", random.Random(k)) for k in range(200)}
    assert any(t and re.search(r"green dog.*red car|red car.*green dog|green doggy.*red", t) for t in texts)


def test_kinds_that_do_not_apply_give_nothing() -> None:
    plain = replace(CAT, subject=Thing("zebra"))
    assert negatives(plain, "en", 3, "relation", random.Random(0)) is None
    assert negatives(plain, "en", 2, "attribute", random.Random(0)) is None
    assert negatives(plain, "en", 1, "place", random.Random(0)) is None


def test_a_wrong_caption_never_says_what_is_true_as_well() -> None:
    for k in range(200):
        text = negatives(CAT, "en", 3, "sky", random.Random(k))
        assert text is None or "cloudy" not in text  # it is cloudy when it rains


def test_names_of_species_are_told_apart_by_their_names_alone() -> None:
    for language in LANGUAGES:
        owners: dict[str, str] = {}
        for species in SPECIES.values():
            for name in getattr(species, language):
                assert owners.setdefault(name, species.family) == species.family, name
