"""Scenes in twos that differ in one detail, with captions of both: each text is right for one and wrong for the other.

So a wrong text and a wrong image look exactly like right ones, and only the two together tell. The rest of a batch
serves as further negatives wherever the structures prove that a text is wrong.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from lab.scenes.captions import Plan, Wording, plan_for, put
from lab.scenes.edits import NEGATIVE_KINDS, edit
from lab.scenes.render import render
from lab.scenes.scene import Scene, Split, Thing, sample_scene
from lab.scenes.sprites import Sprites
from lab.scenes.vocabulary import LANGUAGES, TRUE_AS_WELL, Language

SIZE = 224  # pixels of a rendered scene


@dataclass(frozen=True, slots=True)
class Caption:
    """A text and what it claims: the details of `plan`, as they are in the scene `says`."""

    text: str
    language: Language
    says: Scene
    plan: Plan

    @property
    def level(self) -> int:
        return self.plan.level


@dataclass(frozen=True, slots=True)
class ScenePair:
    """Two scenes that differ in one detail of kind `kind`, and captions of either, and some of neither."""

    scenes: tuple[Scene, Scene]
    kind: str
    captions: tuple[Caption, ...]


def scene_pair(seed: int, split: Split) -> ScenePair:
    """The pair of that seed: always the same."""
    rng = random.Random(f"pair {split} {seed}")
    while True:
        scene = sample_scene(rng, split)
        wording = Wording(rng.getrandbits(32))
        for kind in rng.sample(NEGATIVE_KINDS, len(NEGATIVE_KINDS)):
            twin = edit(scene, plan_for(scene, 3, wording), kind, rng)
            if twin is not None:
                return ScenePair((scene, twin), kind, _captions(scene, twin, wording, rng))


def _captions(scene: Scene, twin: Scene, wording: Wording, rng: random.Random) -> tuple[Caption, ...]:
    """At each level both scenes in the same words; then the first in other words (a paraphrase) with a half-truth."""
    other_words = Wording(rng.getrandbits(32))
    told = [(plan_for(scene, level, w), w) for level, w in _levels(wording, rng)]
    claims = [(says, plan, words) for plan, words in told for says in (scene, twin)]
    plan = plan_for(scene, 3, other_words)
    claims.append((scene, plan, other_words))
    for kind in rng.sample(NEGATIVE_KINDS, len(NEGATIVE_KINDS)):
        wrong = edit(scene, plan, kind, rng)
        if wrong is not None:
            claims.append((wrong, plan, other_words))
            break
    captions = (
        Caption(put(says, language, plan, words), language, says, plan)
        for says, plan, words in claims
        for language in LANGUAGES
    )
    return tuple({caption.text: caption for caption in captions}.values())


def _levels(wording: Wording, rng: random.Random) -> list[tuple[int, Wording]]:
    return [(1, Wording(rng.getrandbits(32))), (2, Wording(rng.getrandbits(32))), (3, wording)]


# --- on disk ------------------------------------------------------------------------------------------------------


def pair_files(seed: int) -> tuple[str, str]:
    """The pictures of the pair of that seed, in the order of its scenes."""
    return f"{seed:05}a.png", f"{seed:05}b.png"


def render_pairs(folder: Path, seeds: Sequence[int], split: Split, drawings: Path) -> None:
    """Renders the pictures that are not in `folder` yet, on all cores. Raises DataMissing."""
    Sprites(drawings)  # fails here, readably, and not in a worker
    folder.mkdir(parents=True, exist_ok=True)
    missing = [seed for seed in seeds if not all((folder / file).exists() for file in pair_files(seed))]
    if not missing:
        return
    workers = os.cpu_count() or 1
    # Workers start afresh: a fork of a process that has used torch may wait for ever.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        parts = [missing[number::workers] for number in range(workers)]
        for part in [pool.submit(_render_part, folder, part, split, drawings) for part in parts]:
            part.result()


def _render_part(folder: Path, seeds: Sequence[int], split: Split, drawings: Path) -> None:
    sprites = Sprites(drawings)
    for seed in seeds:
        for scene, file in zip(scene_pair(seed, split).scenes, pair_files(seed), strict=True):
            draw(scene, folder / file, sprites)


def draw(scene: Scene, path: Path, sprites: Sprites) -> None:
    """Renders a scene into a PNG file; only a whole picture has its name."""
    part = path.with_suffix(".part")
    render(scene, SIZE, sprites).save(part, format="png", compress_level=1)
    part.rename(path)


# --- what is true of what -----------------------------------------------------------------------------------------


def is_true(caption: Caption, seen: Scene) -> bool | None:
    """Whether the caption holds for a scene; None where the structures cannot tell (a drawing of several colours)."""
    says, plan = caption.says, caption.plan
    subjects = _like(says.subject, seen)
    if not subjects:
        return False
    if _told(says, plan) == _told(seen, plan):
        return True
    others = _like(says.other, seen) if plan.other is not None and says.other is not None else ()
    wrong = (
        _wrong_thing(says.subject, subjects, plan.colour, plan.size, plan.count and plan.level > 1)
        or (plan.other is not None and not others)
        or (
            bool(others)
            and says.other is not None
            and _wrong_thing(says.other, others, plan.other_colour, plan.other_size, False)
        )
        or (plan.other == "relation" and _wrong_relation(says, seen))
        or (plan.place and says.place != seen.place and says.place not in TRUE_AS_WELL.get(seen.place, ()))
        or (plan.time and says.time != seen.time)
        or (
            plan.weather
            and says.weather != seen.weather
            and says.weather not in TRUE_AS_WELL.get(str(seen.weather), ())
        )
    )
    return False if wrong else None


def shows_subject(caption: Caption, seen: Scene) -> bool:
    """Whether the scene holds a thing of the caption's subject's kind, right or wrong in all else."""
    return bool(_like(caption.says.subject, seen))


def _told(scene: Scene, plan: Plan) -> tuple[object, ...]:
    """The details that a plan tells of a scene."""
    subject, other = scene.subject, scene.other
    second = other if plan.other is not None else None
    return (
        subject.kind.family,
        plan.count and subject.count,
        plan.colour and subject.colour_name,
        plan.size and subject.size,
        second and second.kind.family,
        second and plan.other_colour and second.colour_name,
        second and plan.other_size and second.size,
        plan.other == "relation" and scene.relation,
        plan.place and scene.place,
        plan.time and scene.time,
        plan.weather and scene.weather,
    )


def _like(thing: Thing, seen: Scene) -> tuple[Thing, ...]:
    return tuple(t for t in seen.things if t.kind.family == thing.kind.family)


def _wrong_thing(told: Thing, seen: tuple[Thing, ...], colour: bool, size: bool, count: bool) -> bool:
    """Whether none of the things seen can be the one told of."""
    return all(
        (colour and t.colour_name is not None and t.colour_name != told.colour_name)
        or (size and t.size is not None and t.size != told.size)
        or (count and t.count != told.count)
        for t in seen
    )


def _wrong_relation(says: Scene, seen: Scene) -> bool:
    """Whether the same two things stand otherwise. Only the same roles are judged."""
    if says.other is None or seen.other is None:
        return False
    same = says.subject.kind.family == seen.subject.kind.family and says.other.kind.family == seen.other.kind.family
    return same and says.relation != seen.relation
