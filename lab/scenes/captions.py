"""English and Chinese sentences for a scene, at three levels of detail, in many wordings.

A caption is fixed by three things: the scene, a `Plan` (which details are spoken of) and a `Wording` (how). Two scenes
worded by the same plan and wording differ only where the scenes differ, so that a wrong caption (see edits.py) can
never be told from a right one by its style.
"""

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from lab.scenes.scene import Scene, Thing
from lab.scenes.vocabulary import (
    COLOURS,
    NUMBERS,
    PLURALS,
    RELATIONS,
    SIDES,
    SIZES,
    TIMES,
    UNCHANGED_PLURALS,
    WEATHERS,
    Language,
)

T = TypeVar("T")
PLAIN_TOLD = 0.35  # how often a whole-scene caption says that it is day, or that the sky is clear


@dataclass(frozen=True, slots=True)
class Wording:
    """A way of putting things. Each choice hangs on its own name only, not on which other choices were made.

    No two choices may share a name: whether it is told that it is day must say nothing about the words for night.
    """

    seed: int

    def share(self, name: str) -> float:
        """A number in [0, 1) that belongs to this choice."""
        return random.Random(zlib.crc32(f"{self.seed}:{name}".encode())).random()

    def pick(self, name: str, options: Sequence[T]) -> T:
        return options[int(self.share(name) * len(options))]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which details a caption speaks of; `other` is how: not at all, named beside the subject, or related to it."""

    level: int
    count: bool
    colour: bool = False
    size: bool = False
    other: str | None = None  # None, "and" or "relation"
    other_colour: bool = False
    other_size: bool = False
    place: bool = False
    time: bool = False
    weather: bool = False


def plan_for(scene: Scene, level: int, wording: Wording) -> Plan:
    """What a caption of this level (1 subject, 2 with attributes, 3 the whole scene) says in this wording.

    Painted colours and sizes are always told from level 2 on, natural colours now and then.
    """
    if level == 1:
        return Plan(1, count=wording.share("tells count") < 0.7)
    subject, other = scene.subject, scene.other
    plain = subject.size is None and subject.count == 1 and other is None
    natural = 1.0 if level == 2 and plain else 0.4
    related = None
    if other is not None:
        related = "relation" if level == 3 or wording.share("tells relation") < 0.5 else "and"
    return Plan(
        level,
        count=True,
        colour=_tells_colour(subject, natural, wording, "tells colour"),
        size=subject.size is not None,
        other=related,
        other_colour=other is not None and _tells_colour(other, 0.3, wording, "tells other colour"),
        other_size=other is not None and other.size is not None,
        place=level == 3,
        time=level == 3 and (scene.time != "day" or wording.share("tells time") < PLAIN_TOLD) and scene.place != "moon",
        weather=level == 3
        and scene.weather is not None
        and (scene.weather != "clear" or wording.share("tells weather") < PLAIN_TOLD),
    )


def _tells_colour(thing: Thing, natural: float, wording: Wording, name: str) -> bool:
    if thing.colour is not None:
        return True
    return thing.colour_name is not None and wording.share(name) < natural


def captions(scene: Scene, language: Language, level: int, rng: random.Random) -> str:
    """A right caption. The same state of `rng` gives the same one; another state another wording (a paraphrase)."""
    wording = Wording(rng.getrandbits(32))
    return put(scene, language, plan_for(scene, level, wording), wording)


def put(scene: Scene, language: Language, plan: Plan, wording: Wording) -> str:
    """The details of `plan`, of this scene, in this wording."""
    return _english(scene, plan, wording) if language == "en" else _chinese(scene, plan, wording)


# --- English ------------------------------------------------------------------------------------------------------


def _english(scene: Scene, plan: Plan, w: Wording) -> str:
    subject = _np_en(scene.subject, plan.count, plan.colour, plan.size, w, "subject")
    be = "is" if scene.subject.count == 1 else "are"
    if plan.level == 1:
        bare = _noun_en(scene.subject, w, "subject")
        whole = _np_en(scene.subject, plan.count, False, False, w, "subject")
        frames = (
            whole,
            whole,
            bare,
            f"a picture of {whole}",
            f"an image of {whole}",
            f"there {be} {whole}",
            _sentence(whole),
        )
        return w.pick("frame", frames)
    if plan.other is not None:
        assert scene.other is not None
        assert scene.relation is not None
        other = _np_en(scene.other, True, plan.other_colour, plan.other_size, w, "other")
        if plan.other == "and":
            joined = f"{subject} and {other}"
        else:
            direct = f"{subject} {w.pick('relation', RELATIONS[scene.relation][0])} {other}"
            turned = f"{other} with {subject} {SIDES[scene.relation]}"
            joined = w.pick("related", (direct, direct, direct, turned))
    else:
        joined = subject
    if plan.level == 2:
        frames = (joined, joined, f"a picture of {joined}", _sentence(joined), f"there {be} {joined}")
        return w.pick("frame", frames)
    return _whole_en(scene, plan, w, joined, be)


def _whole_en(scene: Scene, plan: Plan, w: Wording, joined: str, be: str) -> str:
    place = w.pick("place", scene.where.en) if plan.place else ""
    time = w.pick("time", TIMES[scene.time][0]) if plan.time else ""
    adverbial = clause = ""
    if plan.weather and scene.weather is not None:
        adverbial = w.pick("weather", WEATHERS[scene.weather][0])
        clause = w.pick("weather", WEATHERS[scene.weather][1])
    where = _words(place, time)
    frames = (
        _words(joined, where) + (f", {adverbial}" if adverbial else ""),
        _words(joined, where, adverbial),
        _sentence(_words(joined, where)) + (f" {_sentence(clause)}" if clause else ""),
        _sentence(f"{where}, there {be} {joined}" + (f", and {clause}" if clause else "")),
        f"a picture of {_words(joined, where, adverbial)}",
        _sentence(f"there {be} {_words(joined, where)}" + (f"; {clause}" if clause else "")),
    )
    return w.pick("frame", frames)


def _words(*parts: str) -> str:
    return " ".join(p for p in parts if p)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _noun_en(thing: Thing, w: Wording, role: str) -> str:
    name = w.pick(f"{role} name", thing.kind.en)
    return name if thing.count == 1 else plural(name)


def _np_en(thing: Thing, count: bool, colour: bool, size: bool, w: Wording, role: str) -> str:
    """Article or number, size, colour, noun: "two small red cats"."""
    words = []
    if size and thing.size:
        words.append(w.pick(f"{role} size", SIZES[thing.size][0]))
    if colour and thing.colour_name:
        words.append(w.pick(f"{role} colour", COLOURS[thing.colour_name].en))
    words.append(_noun_en(thing, w, role))
    if thing.count > 1:
        return _words(NUMBERS[thing.count][0] if count else "", *words)
    return _words(article(words[0]), *words)


def article(word: str) -> str:
    """Of a word in lower case, by its first letter; of capitals it is that of their names: a UFO."""
    return "an" if word[0] in "aeiou" else "a"


def plural(noun: str) -> str:
    """The English plural of a name in the vocabulary."""
    head, _, last = noun.rpartition(" ")
    if last in UNCHANGED_PLURALS:
        many = last
    elif last in PLURALS:
        many = PLURALS[last]
    elif last.endswith(("s", "x", "ch", "sh")):
        many = last + "es"
    elif last.endswith("y") and last[-2] not in "aeiou":
        many = last[:-1] + "ies"
    else:
        many = last + "s"
    return _words(head, many)


# --- Chinese ------------------------------------------------------------------------------------------------------


def _chinese(scene: Scene, plan: Plan, w: Wording) -> str:
    subject = _np_zh(scene.subject, plan.count, plan.colour, plan.size, w, "subject")
    if plan.level == 1:
        bare = w.pick("subject name", scene.subject.kind.zh)
        whole = _np_zh(scene.subject, plan.count, False, False, w, "subject")
        return w.pick("frame", (whole, whole, bare, f"{whole}的图片", f"这是{whole}", f"图中有{whole}", f"{whole}。"))
    joined = subject
    if plan.other is not None:
        assert scene.other is not None
        assert scene.relation is not None
        other = _np_zh(scene.other, True, plan.other_colour, plan.other_size, w, "other")
        if plan.other == "and":
            joined = f"{subject}和{other}"
        else:
            side = w.pick("relation", RELATIONS[scene.relation][1])
            frames = (f"{subject}在{other}的{side}", f"{subject}在{other}{side}", f"{other}的{side}有{subject}")
            joined = w.pick("related", frames)
    related = plan.other == "relation"
    if plan.level == 2:
        there = joined if related else f"图中有{joined}"
        return w.pick("frame", (joined, joined, f"{joined}。", f"{there}。", joined))
    return _whole_zh(scene, plan, w, joined, related)


def _whole_zh(scene: Scene, plan: Plan, w: Wording, joined: str, related: bool) -> str:
    place = w.pick("place", scene.where.zh)
    time = w.pick("time", TIMES[scene.time][1]) if plan.time else ""
    weather = w.pick("weather", WEATHERS[scene.weather][2]) if plan.weather and scene.weather else ""
    if related:  # the sentence has its verb already; place and time set the stage
        frames = (
            f"{_before(time)}{place}，{joined}" + (f"，{weather}" if weather else "") + "。",
            f"{_before(weather)}{_before(time)}{place}，{joined}",
            f"{joined}，{'是' + time + '，' if time else ''}在{place}" + (f"，{weather}" if weather else "") + "。",
        )
    else:
        frames = (
            f"{_before(time)}{place}有{joined}" + (f"，{weather}" if weather else "") + "。",
            f"{_before(weather)}{_before(time)}{joined}在{place}",
            f"{joined}在{place}" + (f"，{time}" if time else "") + (f"，{weather}" if weather else "") + "。",
            f"{joined}在{place}" + (f"，{weather}" if weather else "") + (f"，时间是{time}" if time else "") + "。",
        )
    return w.pick("frame", frames)


def _before(text: str) -> str:
    return f"{text}，" if text else ""


def _np_zh(thing: Thing, count: bool, colour: bool, size: bool, w: Wording, role: str) -> str:
    """Number, measure word, colour, size, noun: 两只红色的小猫. Without the number 一些 for many, 一 for one."""
    name = w.pick(f"{role} name", thing.kind.zh)
    tint = f"{w.pick(f'{role} colour', COLOURS[thing.colour_name].zh)}的" if colour and thing.colour_name else ""
    large = ""
    if size and thing.size:
        large = w.pick(f"{role} size", SIZES[thing.size][1])
    # One syllable stands before the noun (红色的小猫), longer ones before the colour (很小的红色的猫).
    described = f"{tint}{large}{name}" if len(large) <= 1 else f"{large}{tint}{name}"
    number = NUMBERS[thing.count][1] if count or thing.count == 1 else ""
    return f"{number}{thing.kind.measure}{described}" if number else f"一些{described}"
