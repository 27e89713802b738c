"""The structure of a scene, how one is drawn at random, and which half of the world it belongs to."""

import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lab.scenes.vocabulary import ANIMALS10, COLOURS, PLACES, SIZES, SPECIES, Place, Species

Split = Literal["train", "test", "samples"]
SPLITS: tuple[Split, ...] = ("train", "test", "samples")

P_ANIMALS10 = 0.6  # share of scenes whose subject is one of the ten animals
P_COLOUR, P_SIZE = 0.5, 0.3
P_TIMES = {"day": 0.5, "sunset": 0.25, "night": 0.25}
COUNTS = (1, 2, 3, 4)
FORMS = {"one": 0.38, "many": 0.24, "pair": 0.38}
RELATION_PRIOR = {"left": 0.24, "right": 0.24, "on": 0.16, "under": 0.12, "behind": 0.12, "front": 0.12}
PERCHERS = ("animal", "food")  # what may stand on something
OUT_OF_DOORS = ("tree", "palm", "house", "castle", "tent", "snowman")  # never in a room, nor is a vehicle


@dataclass(frozen=True, slots=True)
class Thing:
    """`count` things of one species, all alike. `colour` and `size` are None where the drawing is left as it is."""

    species: str
    colour: str | None = None
    size: str | None = None
    count: int = 1

    @property
    def kind(self) -> Species:
        return SPECIES[self.species]

    @property
    def colour_name(self) -> str | None:
        """The colour that a viewer would name, None for a drawing of several colours."""
        return self.colour or self.kind.natural


@dataclass(frozen=True, slots=True)
class Scene:
    """A subject, perhaps a second thing it stands in relation to, and where and when that is.

    `relation` reads from the subject: "left" means that the subject is to the left of `other`, as the viewer sees it.
    `weather` is None where there is no sky. `seed` decides all that no caption speaks of (hills, exact positions).
    """

    subject: Thing
    place: str
    time: str
    weather: str | None
    seed: int
    other: Thing | None = None
    relation: str | None = None

    @property
    def things(self) -> tuple[Thing, ...]:
        return (self.subject,) if self.other is None else (self.subject, self.other)

    @property
    def where(self) -> Place:
        return PLACES[self.place]


def split_of(scene: Scene) -> Split:
    """The half that this combination of subject, colour and place belongs to, whatever its seed.

    Of all combinations 75% are for training, 15% for the test, 10% for the sample gallery.
    """
    key = f"{scene.subject.species}|{scene.subject.colour_name}|{scene.place}"
    share = zlib.crc32(key.encode()) % 1000
    return "train" if share < 750 else "test" if share < 900 else "samples"


# --- what may go together ---------------------------------------------------------------------------------------


def fits(species: Species, place: Place) -> bool:
    """Whether this place has ground, air or water for it. Land things stay dry but for the crab and the turtle."""
    if place.key == "underwater":
        return species.stance == "seabed" or species.key in ("crab", "turtle")
    if place.key == "room" and (species.kind == "vehicle" or species.key in OUT_OF_DOORS):
        return False
    return species.stance in place.stances


def may_relate(subject: Species, relation: str, other: Species) -> bool:
    """Whether the relation between the two can be drawn so that nobody would doubt it."""
    if subject.family == other.family:
        return False
    if relation == "on":
        return (
            other.seat is not None
            and subject.kind in PERCHERS
            and subject.stance == "ground"
            and subject.extent < 0.8 * other.extent
        )
    if relation == "under":
        return other.cover and subject.stance == "ground" and subject.extent < 0.75 * other.extent
    if subject.stance != other.stance:
        return False
    if relation == "behind":
        return subject.stance == "ground" and subject.extent > 0.95 * other.extent
    if relation == "front":
        return subject.stance == "ground" and subject.extent < 1.05 * other.extent
    return True


def partners(subject: Species, relation: str) -> tuple[Species, ...]:
    return tuple(s for s in SPECIES.values() if may_relate(subject, relation, s))


# --- the prior, one detail at a time (edits.py draws from the same, so that a wrong detail is as likely as a right) --


def draw_species(rng: random.Random, allowed: Callable[[Species], bool]) -> Species | None:
    tens = [s for s in SPECIES.values() if s.key in ANIMALS10 and allowed(s)]
    others = [s for s in SPECIES.values() if s.key not in ANIMALS10 and allowed(s)]
    if tens and (not others or rng.random() < P_ANIMALS10):
        return rng.choice(tens)
    return rng.choice(others) if others else None


def colours_for(species: Species) -> list[str]:
    """Colours that it can be painted in, other than its own."""
    return [c for c in COLOURS if c != species.natural and c not in species.never] if species.paintable else []


def draw_thing(rng: random.Random, species: Species, count: int = 1) -> Thing:
    colours = colours_for(species)
    colour = rng.choice(colours) if colours and rng.random() < P_COLOUR else None
    size = rng.choice(list(SIZES)) if rng.random() < P_SIZE else None
    return Thing(species.key, colour, size, count)


def relation_weights(subject: Species, other: Species) -> dict[str, float]:
    """P(relation | pair) up to a factor: the prior, spread over all partners that each relation allows."""
    return {r: p / len(partners(subject, r)) for r, p in RELATION_PRIOR.items() if may_relate(subject, r, other)}


def weighted(rng: random.Random, weights: dict[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def places_for(things: Sequence[Thing]) -> list[str]:
    return [p.key for p in PLACES.values() if all(fits(t.kind, p) and _stands_out(t, p) for t in things)]


def _stands_out(thing: Thing, place: Place) -> bool:
    """Not a tree among trees, nor a flower in the flower bed: nobody could count those."""
    return not (place.key == "forest" and thing.kind.family == "tree") and not (
        place.key == "garden" and thing.species in ("rose", "tulip", "sunflower")
    )


def weathers_at(place: Place, time: str) -> list[str]:
    """What the sky may do: no rainbow at night, nor fog, which would leave nothing to see. Empty indoors."""
    return [w for w in place.weathers if not (time == "night" and w in ("rainbow", "fog"))]


def draw_time(rng: random.Random, place: Place) -> str:
    return weighted(rng, {t: P_TIMES[t] for t in place.times})


def draw_weather(rng: random.Random, place: Place, time: str) -> str | None:
    weathers = weathers_at(place, time)
    return rng.choice(weathers) if weathers else None


def sample_scene(rng: random.Random, split: Split = "train") -> Scene:
    """A random scene of one split. The same state of `rng` gives the same scene."""
    while True:
        scene = _draw(rng)
        if scene is not None and split_of(scene) == split:
            return scene


def _draw(rng: random.Random) -> Scene | None:
    form = weighted(rng, FORMS)
    species = draw_species(rng, lambda s: True)
    assert species is not None
    subject = draw_thing(rng, species, rng.choice(COUNTS[1:]) if form == "many" else 1)
    other = relation = None
    if form == "pair":
        relation = weighted(rng, RELATION_PRIOR)
        choices = partners(species, relation)
        if not choices:
            return None
        other = draw_thing(rng, rng.choice(choices))
        if relation != "on" and relation != "under":
            other = replace(other, size=None) if subject.size else other
        else:
            subject, other = replace(subject, size=None), replace(other, size=None)
    things = (subject,) if other is None else (subject, other)
    places = places_for(things)
    if not places:
        return None
    place = PLACES[rng.choice(places)]
    time = draw_time(rng, place)
    weather = draw_weather(rng, place, time)
    return Scene(subject, place.key, time, weather, rng.getrandbits(32), other, relation)
