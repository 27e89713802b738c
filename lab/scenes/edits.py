"""Wrong captions: the scene changed in exactly one detail, in the words of a right caption.

A wrong detail is drawn from the same prior as the right ones (scene.py), given everything else, and stays in the
scene's own split. So "on the moon" is as often right as wrong, and a model that never sees the picture learns nothing.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, get_args

from lab.scenes.captions import Plan, Wording, plan_for, put
from lab.scenes.scene import (
    COUNTS,
    FORMS,
    Scene,
    Thing,
    colours_for,
    draw_sky,
    draw_species,
    fits,
    may_relate,
    places_for,
    relation_weights,
    split_of,
    weighted,
)
from lab.scenes.vocabulary import PLACES, SIZES, TRUE_AS_WELL, Language, Place

NegativeKind = Literal["species", "attribute", "count", "relation", "place", "sky"]
NEGATIVE_KINDS: tuple[NegativeKind, ...] = get_args(NegativeKind)
TRIES = 24
# A lone subject takes part in wrong counts as often as each of two, three and four.
LONE_COUNTED = FORMS["many"] / (len(COUNTS) - 1) / FORMS["one"]


def negatives(scene: Scene, language: Language, level: int, kind: NegativeKind, rng: random.Random) -> str | None:
    """A wrong caption of this kind, or None where it does not apply (no relation to turn, no colour told).

    `captions` with the same state of `rng` gives the right caption in the same words.
    """
    wording = Wording(rng.getrandbits(32))
    plan = plan_for(scene, level, wording)
    wrong = edit(scene, plan, kind, rng)
    if wrong is None:
        return None
    text = put(wrong, language, plan, wording)
    return text if text != put(scene, language, plan, wording) else None


def half_truth(scene: Scene, language: Language, rng: random.Random) -> tuple[str, NegativeKind]:
    """A caption of the whole scene with exactly one wrong detail, and which kind of detail that is."""
    state = rng.getstate()
    kinds = random.Random(rng.getrandbits(32)).sample(NEGATIVE_KINDS, len(NEGATIVE_KINDS))
    for kind in kinds:
        rng.setstate(state)
        text = negatives(scene, language, 3, kind, rng)
        if text is not None:
            return text, kind
    raise AssertionError("every scene has a species and a place to be wrong about")


def edit(scene: Scene, plan: Plan, kind: NegativeKind, rng: random.Random) -> Scene | None:
    """The scene with one detail of this kind changed among those that the plan tells; None if there is none."""
    candidates = _EDITS[kind](scene, plan)
    rng.shuffle(candidates)
    for change in candidates:
        for _ in range(TRIES):
            wrong = change(rng)
            if wrong is not None and wrong != scene and split_of(wrong) == split_of(scene):
                return wrong
    return None


Change = Callable[[random.Random], Scene | None]


def _species_edits(scene: Scene, plan: Plan) -> list[Change]:
    def subject(rng: random.Random) -> Scene | None:
        taken = {t.kind.family for t in scene.things}
        species = draw_species(
            rng,
            lambda s: (
                s.family not in taken
                and fits(s, scene.where)
                and (plan.other != "relation" or may_relate(s, str(scene.relation), _other(scene).kind))
            ),
        )
        return species and replace(scene, subject=_renamed(scene.subject, species.key, plan.colour))

    def other(rng: random.Random) -> Scene | None:
        taken = {t.kind.family for t in scene.things}
        species = draw_species(
            rng,
            lambda s: (
                s.family not in taken
                and fits(s, scene.where)
                and may_relate(scene.subject.kind, str(scene.relation), s)
            ),
        )
        return species and replace(scene, other=_renamed(_other(scene), species.key, plan.other_colour))

    return [subject] if plan.other is None else [subject, other]


def _other(scene: Scene) -> Thing:
    assert scene.other is not None
    return scene.other


def _renamed(thing: Thing, species: str, tells_colour: bool) -> Thing:
    """Another species in the same colour as was told."""
    return replace(thing, species=species, colour=thing.colour_name if tells_colour else None)


def _attribute_edits(scene: Scene, plan: Plan) -> list[Change]:
    subject, other = scene.subject, scene.other

    def recoloured(thing: Thing, rng: random.Random) -> Thing | None:
        choices = [c for c in (*colours_for(thing.kind), thing.kind.natural) if c and c != thing.colour_name]
        return replace(thing, colour=rng.choice(choices)) if choices else None

    def resized(thing: Thing) -> Thing:
        return replace(thing, size=next(s for s in SIZES if s != thing.size))

    changes: list[Change] = []
    if plan.colour:
        changes.append(lambda rng: (t := recoloured(subject, rng)) and replace(scene, subject=t))
    if plan.size:
        changes.append(lambda rng: replace(scene, subject=resized(subject)))
    if other is not None and plan.other_colour:
        changes.append(lambda rng: (t := recoloured(other, rng)) and replace(scene, other=t))
    if other is not None and plan.other_size:
        changes.append(lambda rng: replace(scene, other=resized(other)))
    if other is not None and plan.colour and plan.other_colour and subject.colour_name != other.colour_name:
        swapped = replace(
            scene,
            subject=replace(subject, colour=other.colour_name),
            other=replace(other, colour=subject.colour_name),
        )
        changes.append(lambda rng: swapped)
    return changes


def _count_edits(scene: Scene, plan: Plan) -> list[Change]:
    """Any other count, all equally likely; most lone subjects are passed over, since with all of them "one" would
    be right far more often than wrong."""
    if not plan.count or plan.other is not None:
        return []

    def recount(rng: random.Random) -> Scene:
        count = rng.choice([n for n in COUNTS if n != scene.subject.count])
        return replace(scene, subject=replace(scene.subject, count=count))

    lone = scene.subject.count == 1
    return [] if lone and scene.seed % 1000 >= 1000 * LONE_COUNTED else [recount]


def _relation_edits(scene: Scene, plan: Plan) -> list[Change]:
    if plan.other != "relation":
        return []
    other = _other(scene)
    weights = relation_weights(scene.subject.kind, other.kind)
    weights.pop(str(scene.relation), None)
    changes: list[Change] = []
    if weights:
        changes.append(lambda rng: replace(scene, relation=weighted(rng, weights)))
    if scene.relation in ("left", "right"):
        changes.append(lambda rng: replace(scene, relation="right" if scene.relation == "left" else "left"))
    return changes


def _place_edits(scene: Scene, plan: Plan) -> list[Change]:
    if not plan.place:
        return []
    places = [p for p in places_for(scene.things) if p != scene.place and _could_be(scene, plan, PLACES[p])]
    return [lambda rng: replace(scene, place=rng.choice(places))] if places else []


def _could_be(scene: Scene, plan: Plan, place: Place) -> bool:
    """Whether that place has the sky that the caption tells of, and is not half true of this one."""
    if place.key in TRUE_AS_WELL.get(scene.place, ()) or (place.key == "snow" and scene.weather == "snow"):
        return False
    return not (plan.time and scene.time not in place.times) and not (
        plan.weather and scene.weather not in place.weathers
    )


def _sky_edits(scene: Scene, plan: Plan) -> list[Change]:
    def time(rng: random.Random) -> Scene | None:
        drawn, _ = draw_sky(rng, scene.where)
        return replace(scene, time=drawn)

    def weather(rng: random.Random) -> Scene | None:
        _, drawn = draw_sky(rng, scene.where)
        if drawn in TRUE_AS_WELL.get(str(scene.weather), ()):
            return None
        return replace(scene, weather=drawn)

    changes: list[Change] = []
    if plan.time and len(scene.where.times) > 1:
        changes.append(time)
    if plan.weather:
        changes.append(weather)
    return changes


_EDITS: dict[str, Callable[[Scene, Plan], list[Change]]] = {
    "species": _species_edits,
    "attribute": _attribute_edits,
    "count": _count_edits,
    "relation": _relation_edits,
    "place": _place_edits,
    "sky": _sky_edits,
}
