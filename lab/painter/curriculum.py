"""Which scenes the starter painter learns from, and in which words.

The general prior of `lab.scenes` spreads over everything that can be drawn. A small painter has few pictures to learn
from, so this one asks for little and asks it often: one thing, mostly one of the ten animals, or two side by side, in
any view of a place. A longer training can afford more: `P_GENERAL`.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from lab.scenes import ANIMALS10, COLOURS, LANGUAGES, SPECIES, Language, Scene, Thing, sample_scene, split_of
from lab.scenes.captions import Wording, plan_for, put
from lab.scenes.scene import Split, colours_for, draw_time, draw_weather, may_relate, places_for
from lab.scenes.vocabulary import PLACES, Species

PARTNERS = ("car", "tree", "house", "rabbit", "pig", "mushroom", "balloon", "chair", "gift", "cactus")
P_GENERAL = 0.15  # drawn from the general prior
P_PAIR = 0.45  # of the others
P_ANY = 0.28  # of the single things any species, of the others one of the ten animals
SECOND = {ANIMALS10: 0.5, PARTNERS: 0.4, tuple(SPECIES): 0.1}  # from which species second things come, how often
P_COLOUR = 0.45
P_COLOUR_PAIR = 0.3  # each of the two
P_PLAIN = 0.7  # a sky that hides things (rain, snow, fog) or turns them dark is drawn anew this often
ZOOM = 0.75  # one unsized thing is brought nearer when its species is smaller than this fraction of the picture
CAPTIONS = 4  # wordings of a picture in each language
P_REQUEST = 0.1  # of the captions that name things are put as a request

HIDING = {"rain", "snow", "fog"}

# One-character colour words, as people write them before a name: 白马, not only 白色的马.
SHORT_COLOURS = {
    "red": "红", "yellow": "黄", "green": "绿", "blue": "蓝", "purple": "紫", "pink": "粉", "brown": "棕",
    "black": "黑", "white": "白", "grey": "灰",
}  # fmt: skip

# How people ask, put before what they ask for; and what such a caption begins with: neither 图中有 nor "a picture of".
REQUESTS: dict[Language, tuple[str, ...]] = {
    "en": ("draw", "draw me", "paint", "paint me", "please draw", "please paint", "show me", "I want"),
    "zh": ("画", "画出", "请画", "给我画", "帮我画", "来", "我要", "我想看"),
}
NAMES_THINGS: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"(?!an? (picture|image))(an?|the|two|three|four) ", re.IGNORECASE),
    "zh": re.compile(r"[一两二三四]"),
}

# What people call the ten animals besides their names.
NICKNAMES: dict[Language, dict[str, tuple[str, ...]]] = {
    "en": {"cat": ("kitten",), "dog": ("puppy",), "horse": ("pony",), "chicken": ("hen",), "sheep": ("lamb",)},
    "zh": {
        "cat": ("小猫", "猫儿"), "dog": ("小狗",), "horse": ("小马",), "chicken": ("小鸡", "母鸡"),
        "cow": ("小牛", "母牛"), "sheep": ("小羊", "羊儿"), "elephant": ("小象",), "squirrel": ("小松鼠",),
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lesson:
    """A scene to be told and the same scene as it is drawn, nearer to the viewer where that helps."""

    scene: Scene
    drawn: Scene
    texts: dict[Language, tuple[str, ...]]


def lesson_at(index: int, seed: int, split: Split = "train") -> Lesson:
    """Lesson number `index`, the same however many workers share the work."""
    rng = random.Random(f"painter/{seed}/{split}/{index}")
    scene = draw_scene(rng, split)
    texts: dict[Language, tuple[str, ...]] = {language: tuple(wordings(scene, language, rng)) for language in LANGUAGES}
    return Lesson(scene, nearer(scene), texts)


def draw_scene(rng: random.Random, split: Split) -> Scene:
    """A scene of the curriculum, of one split."""
    while True:
        if rng.random() < P_GENERAL:
            return sample_scene(rng, split)
        scene = _pair(rng) if rng.random() < P_PAIR else _alone(rng)
        if scene is not None and split_of(scene) == split:
            return scene


def nearer(scene: Scene) -> Scene:
    """The scene with its single unsized thing drawn large; what is told of it stays true."""
    subject = scene.subject
    if scene.other is None and subject.count == 1 and subject.size is None and subject.kind.extent < ZOOM:
        return replace(scene, subject=replace(subject, size="big"))
    return scene


def wordings(scene: Scene, language: Language, rng: random.Random) -> list[str]:
    """`CAPTIONS` right captions. Those of one plain thing include its bare name, those of two never leave one out."""
    plain = scene.other is None and scene.subject.count == 1 and scene.subject.size is None
    texts = [_told(scene, language, level, rng) for level in ((2, 3) if scene.other or not plain else (2, 3, 3))]
    while len(texts) < CAPTIONS:
        if plain and (scene.subject.colour is None or rng.random() < 0.6):
            texts.append(_bare(scene.subject, language, rng))
        elif plain:
            texts.append(_told(scene, language, 2, rng))
        else:
            texts.append(_told(scene, language, rng.choice((2, 2, 3)), rng))
    return [_asked(text, language, rng) for text in texts]


def _asked(text: str, language: Language, rng: random.Random) -> str:
    """Now and then the caption as people ask for a picture: "please draw a red horse"."""
    if rng.random() >= P_REQUEST or not NAMES_THINGS[language].match(text):
        return text
    request = rng.choice(REQUESTS[language])
    return f"{request} {text[0].lower()}{text[1:]}" if language == "en" else request + text


def _told(scene: Scene, language: Language, level: int, rng: random.Random) -> str:
    """A right caption. "A horse and a cat" is said only where the horse stands on the left, so that it means one
    picture and not two."""
    wording = Wording(rng.getrandbits(32))
    plan = plan_for(scene, level, wording)
    if scene.relation == "right":
        plan = replace(plan, other="relation")
    return put(scene, language, plan, wording)


def _bare(thing: Thing, language: Language, rng: random.Random) -> str:
    """The fewest words that say it: "horse", "red horse", 马, 红马. A painted colour is always told."""
    own = thing.kind.en if language == "en" else thing.kind.zh
    name = rng.choice((*own, *NICKNAMES[language].get(thing.species, ())))
    if language == "en":
        article = rng.choice(("", "", "a ", "the "))
        return f"{article}{rng.choice(COLOURS[thing.colour].en)} {name}" if thing.colour else f"{article}{name}"
    if not thing.colour:
        return rng.choice((name, f"一{thing.kind.measure}{name}"))
    tint = rng.choice((*COLOURS[thing.colour].zh, SHORT_COLOURS.get(thing.colour, COLOURS[thing.colour].zh[0])))
    return f"{tint}{rng.choice(('', '的') if len(tint) > 1 else ('',))}{name}"


def _draw_thing(rng: random.Random, species: tuple[str, ...], coloured: float) -> Thing:
    kind: Species = SPECIES[rng.choice(species)]
    colours = colours_for(kind)
    return Thing(kind.key, rng.choice(colours) if colours and rng.random() < coloured else None)


def _alone(rng: random.Random) -> Scene | None:
    return _placed(rng, _draw_thing(rng, tuple(SPECIES) if rng.random() < P_ANY else ANIMALS10, P_COLOUR))


def _pair(rng: random.Random) -> Scene | None:
    subject = _draw_thing(rng, ANIMALS10, P_COLOUR_PAIR)
    (species,) = rng.choices(list(SECOND), list(SECOND.values()))
    other = _draw_thing(rng, species, P_COLOUR_PAIR)
    relation = rng.choice(("left", "right"))
    return _placed(rng, subject, other, relation) if may_relate(subject.kind, relation, other.kind) else None


def _placed(
    rng: random.Random, subject: Thing, other: Thing | None = None, relation: str | None = None
) -> Scene | None:
    places = places_for((subject,) if other is None else (subject, other))
    if not places:
        return None
    place = PLACES[rng.choice(places)]
    time = draw_time(rng, place)
    weather = draw_weather(rng, place, time)
    if (time != "day" or weather in HIDING) and rng.random() < P_PLAIN:
        time, weather = place.times[0], place.weathers[0] if place.weathers else None
    return Scene(subject, place.key, time, weather, rng.getrandbits(32), other, relation)
