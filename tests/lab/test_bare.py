"""The bare names of what scenes are made of: every kind of thing, animals also at a pastime."""

from __future__ import annotations

import random

import pytest

from lab.bare import BareNames
from lab.photos import DrawnPair, drawn_pair
from lab.scenes.pairs import is_true
from models.language import LANGUAGES, language_of


@pytest.fixture(scope="module")
def drawn() -> list[DrawnPair]:
    return [drawn_pair(seed) for seed in range(100_000, 100_060)]


@pytest.fixture(scope="module")
def bare(drawn: list[DrawnPair]) -> BareNames:
    return BareNames(drawn)


def test_every_kind_of_thing_is_named_once(bare: BareNames, drawn: list[DrawnPair]) -> None:
    told = [caption for pair in drawn for caption in pair.captions if caption.level == 1]
    for language in LANGUAGES:
        named = bare.sample(language, random.Random(0))
        assert {c.says.subject.species for c in named} == {
            c.says.subject.species for c in told if c.language == language
        }
        assert len(named) == len({c.says.subject.species for c in named})
        assert all(c.level == 1 and c.language == language == language_of(c.text) for c in named)


def test_animals_alone_have_pastimes(bare: BareNames) -> None:
    texts = set()
    for seed in range(400):
        texts |= {caption.text for caption in bare.sample("en", random.Random(seed))}
    assert "a horse eating grass" in texts
    horse = next(kind for kind in bare.named["en"] if kind[0].says.subject.species == "horse")
    assert texts & {caption.text for caption in horse}  # and the plain name as well
    assert not [text for text in texts if "tree" in text and "resting" in text]
    for language in LANGUAGES:
        kinds = zip(bare.named[language], bare.at_leisure[language], strict=True)
        assert all(bool(at_leisure) == (named[0].says.subject.kind.kind == "animal") for named, at_leisure in kinds)


def test_a_name_at_a_pastime_is_never_wrong_where_the_animal_is_seen(bare: BareNames, drawn: list[DrawnPair]) -> None:
    scenes = [photo.scene for pair in drawn for photo in pair.photos if photo.scene]
    for at_leisure in bare.at_leisure["zh"]:
        for caption in at_leisure[:1]:
            kind = caption.says.subject.kind
            as_subject = [scene for scene in scenes if scene.subject.kind.key == kind.key]
            showing = [scene for scene in scenes if any(thing.kind.key == kind.key for thing in scene.things)]
            assert as_subject
            assert all(is_true(caption, scene) for scene in as_subject)  # two of it as well
            assert not [scene for scene in showing if is_true(caption, scene) is False]


def test_all_that_may_be_sampled_is_among_the_texts(bare: BareNames) -> None:
    texts = set(bare.texts())
    for language in LANGUAGES:
        for seed in range(20):
            assert {caption.text for caption in bare.sample(language, random.Random(seed))} <= texts
