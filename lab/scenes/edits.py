"""Wrong captions: the scene changed in exactly one detail, in the words of a right caption.

A model that never sees the picture must learn nothing from them. So a wrong detail is one draw from the prior of the
right ones (scene.py) given all else that the caption tells, and where the draw gives what is there already, or what
would be true as well, there is no wrong caption. As a Markov chain this is in detailed balance: every sentence is as
often right as wrong.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, get_args

from lab.scenes.captions import PLAIN_TOLD, Plan, Wording, plan_for, put
from lab.scenes.scene import (
    COUNTS,
    FORMS,
    P_COLOUR,
    P_TIMES,
    Scene,
    Thing,
    colours_for,
    draw_species,
    fits,
    may_relate,
    places_for,
    relation_weights,
    split_of,
    weathers_at,
    weighted,
)
from lab.scenes.vocabulary import PLACES, SIZES, TRUE_AS_WELL, Language, Place, Species

NegativeKind = Literal["species", "attribute", "count", "relation", "place", "sky"]
NEGATIVE_KINDS: tuple[NegativeKind, ...] = get_args(NegativeKind)
TRIES = 100  # draws until one falls into the scene's own split; 15% do in the test split
NATURAL_TOLD = 0.4  # about how often a natural colour is told
COUNT_PRIOR = {1: FORMS["one"]} | {n: FORMS["many"] / (len(COUNTS) - 1) for n in COUNTS[1:]}

Change = Callable[[random.Random], Scene | None]


def negatives(scene: Scene, language: Language, level: int, kind: NegativeKind, rng: random.Random) -> str | None:
    """A wrong caption of this kind. None where the kind does not apply (no relation to turn, no colour told), and for
    some scenes by chance: ask again with another state.

    `captions` with the same state of `rng` gives the right caption in the same words.
    """
    wording = Wording(rng.getrandbits(32))
    plan = plan_for(scene, level, wording)
    wrong = edit(scene, plan, kind, rng)
    return wrong and put(wrong, language, plan, wording)


def edit(scene: Scene, plan: Plan, kind: NegativeKind, rng: random.Random) -> Scene | None:
    """The scene with one detail of this kind changed among those that the plan tells."""
    changes = _EDITS[kind](scene, plan)
    rng.shuffle(changes)
    for change in changes:
        wrong = _draw_in_split(scene, change, rng)
        if wrong is not None and not _true_as_well(scene, wrong):
            return wrong
    return None


def _draw_in_split(scene: Scene, change: Change, rng: random.Random) -> Scene | None:
    for _ in range(TRIES):
        drawn = change(rng)
        if drawn is None or split_of(drawn) == split_of(scene):
            return drawn
    return None


def _true_as_well(scene: Scene, wrong: Scene) -> bool:
    """Whether the changed scene would still describe this one."""
    if all(a.kind.family == b.kind.family and _alike(a, b) for a, b in zip(scene.things, wrong.things, strict=True)):
        same_sky = scene.time == wrong.time and _entail(str(scene.weather), str(wrong.weather))
        return scene.relation == wrong.relation and _entail(scene.place, wrong.place) and same_sky
    return False


def _alike(one: Thing, other: Thing) -> bool:
    return (one.colour_name, one.size, one.count) == (other.colour_name, other.size, other.count)


def _entail(one: str, other: str) -> bool:
    """Whether either is true of the other. Both ways, or the vaguer word would be right more often than wrong."""
    return one == other or other in TRUE_AS_WELL.get(one, ()) or one in TRUE_AS_WELL.get(other, ())


# --- one detail at a time -----------------------------------------------------------------------------------------


def _species_edits(scene: Scene, plan: Plan) -> list[Change]:
    subject, other = scene.subject, scene.other

    def renamed(thing: Thing, tells_colour: bool, allowed: Callable[[Species], bool], rng: random.Random) -> Thing:
        """Another species in the same colour as was told."""
        species = draw_species(rng, lambda s: fits(s, scene.where) and allowed(s))
        key = species.key if species else thing.species
        return replace(thing, species=key, colour=thing.colour_name if tells_colour else None)

    def may_be_subject(species: Species) -> bool:
        if other is None:
            return True
        relation = scene.relation if plan.other == "relation" else "left"  # any that asks for no more than two kinds
        return may_relate(species, str(relation), other.kind)

    changes: list[Change] = [lambda rng: replace(scene, subject=renamed(subject, plan.colour, may_be_subject, rng))]
    if other is not None and plan.other is not None:
        changes.append(
            lambda rng: replace(
                scene,
                other=renamed(
                    other, plan.other_colour, lambda s: may_relate(subject.kind, str(scene.relation), s), rng
                ),
            )
        )
    return changes


def _attribute_edits(scene: Scene, plan: Plan) -> list[Change]:
    subject, other = scene.subject, scene.other

    def recoloured(thing: Thing, rng: random.Random) -> Thing:
        colours = colours_for(thing.kind)
        weights = {c: P_COLOUR / len(colours) for c in colours}
        if thing.kind.natural:
            weights[thing.kind.natural] = (1 - P_COLOUR) * NATURAL_TOLD
        return replace(thing, colour=weighted(rng, weights))

    def resized(thing: Thing) -> Thing:
        return replace(thing, size=next(s for s in SIZES if s != thing.size))

    changes: list[Change] = []
    if plan.colour:
        changes.append(lambda rng: replace(scene, subject=recoloured(subject, rng)))
    if plan.size:
        changes.append(lambda rng: replace(scene, subject=resized(subject)))
    if other is not None and plan.other_colour:
        changes.append(lambda rng: replace(scene, other=recoloured(other, rng)))
    if other is not None and plan.other_size:
        changes.append(lambda rng: replace(scene, other=resized(other)))
    if other is not None and plan.colour and plan.other_colour:
        swapped = replace(
            scene,
            subject=replace(subject, colour=other.colour_name),
            other=replace(other, colour=subject.colour_name),
        )
        changes.append(lambda rng: swapped)
    return changes


def _count_edits(scene: Scene, plan: Plan) -> list[Change]:
    if not plan.count or scene.other is not None:
        return []

    def recounted(rng: random.Random) -> Scene:
        count = rng.choices(COUNTS, [COUNT_PRIOR[n] for n in COUNTS])[0]
        return replace(scene, subject=replace(scene.subject, count=count))

    return [recounted]


def _relation_edits(scene: Scene, plan: Plan) -> list[Change]:
    if plan.other != "relation" or scene.other is None:
        return []
    weights = relation_weights(scene.subject.kind, scene.other.kind)
    return [lambda rng: replace(scene, relation=weighted(rng, weights))]


def _place_edits(scene: Scene, plan: Plan) -> list[Change]:
    if not plan.place:
        return []
    weights = {p: _chance_of_sky(scene, plan, PLACES[p]) for p in places_for(scene.things)}

    def moved(rng: random.Random) -> Scene | None:
        place = weighted(rng, weights)
        snowy = scene.weather == "snow" and "snow" in (place, scene.place)  # "in the snow" may be true of either
        return None if snowy else replace(scene, place=place)

    return [moved]


def _chance_of_sky(scene: Scene, plan: Plan, place: Place) -> float:
    """P(a caption of this place tells just this much of time and weather), up to a factor."""
    shares = {t: P_TIMES[t] / sum(P_TIMES[x] for x in place.times) for t in place.times}
    if plan.time:
        chance = shares.get(scene.time, 0.0) * (place.key != "moon")
    else:
        chance = 1.0 if place.key == "moon" else shares.get("day", 0.0)
    weathers = weathers_at(place, scene.time if plan.time else "day")
    if plan.weather:
        return chance * weathers.count(str(scene.weather)) / max(1, len(weathers))
    return chance * ((1 - PLAIN_TOLD) * weathers.count("clear") / len(weathers) if weathers else 1.0)


def _sky_edits(scene: Scene, plan: Plan) -> list[Change]:
    def time(rng: random.Random) -> Scene:
        weights = {}
        for name in scene.where.times:
            weathers = weathers_at(scene.where, name)
            share = weathers.count(str(scene.weather)) / len(weathers) if weathers else 1.0
            weights[name] = P_TIMES[name] * share * (PLAIN_TOLD if name == "day" else 1)
        return replace(scene, time=weighted(rng, weights))

    def weather(rng: random.Random) -> Scene:
        weathers = weathers_at(scene.where, scene.time)
        return replace(scene, weather=rng.choices(weathers, [PLAIN_TOLD if w == "clear" else 1 for w in weathers])[0])

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
