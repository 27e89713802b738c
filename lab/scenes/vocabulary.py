"""What a scene can be made of: species with their sprites and names, colours, places, weathers, times of day.

Facts of the drawings (file, size, where one can sit on it) live beside their English and Chinese names, so that the
renderer and the captions never disagree about what exists.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
LEVELS = (1, 2, 3)

Stance = Literal["ground", "air", "water", "seabed"]


@dataclass(frozen=True, slots=True)
class Species:
    """One kind of thing, a row of species.csv. All drawings face the viewer or the left; they are never mirrored.

    `extent` is the longer side as a fraction of the picture when it stands in the foreground: real proportions, but
    compressed, since a spider in true proportion to an elephant would be less than a pixel.
    `natural` is the drawing's own colour, None when it has no single one; `never` are colours that cannot be told
    from it. `seat` is how far below the top of the drawing, as a fraction, something on it rests, and `seat_x` where
    along its width. What is a `cover` can have things under it. Species of one `family` share a name (a palm is a
    tree), so a caption never plays them off against each other.
    """

    key: str
    file: str
    kind: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    measure: str
    extent: float
    natural: str | None
    stance: Stance
    paintable: bool
    seat: float | None
    seat_x: float
    cover: bool
    family: str
    never: tuple[str, ...]


def _read_species() -> dict[str, Species]:
    with (Path(__file__).parent / "species.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        row["key"]: Species(
            key=row["key"],
            file=row["file"],
            kind=row["kind"],
            en=tuple(row["english"].split("|")),
            zh=tuple(row["chinese"].split("|")),
            measure=row["measure"],
            extent=float(row["extent"]),
            natural=row["natural"] or None,
            stance=cast(Stance, row["stance"]),
            paintable=row["paintable"] == "yes",
            seat=float(row["seat"]) if row["seat"] else None,
            seat_x=float(row["seat_x"] or 0.5),
            cover=row["cover"] == "yes",
            family=row["family"] or row["key"],
            never=tuple(row["never"].split("|")),
        )
        for row in rows
    }


SPECIES = _read_species()
# The chicken is the whole rooster (the drawing named chicken is only a bust), the squirrel the chipmunk.
ANIMALS10: tuple[str, ...] = (
    "horse",
    "dog",
    "cat",
    "butterfly",
    "chicken",
    "elephant",
    "cow",
    "sheep",
    "squirrel",
    "spider",
)

PLURALS = {"mouse": "mice", "cactus": "cacti", "snowman": "snowmen"}
UNCHANGED_PLURALS = {"sheep", "deer", "fish"}


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour that has a name: its OKLab lightness and chroma, hue in degrees, and how much shading is kept."""

    key: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    lightness: float
    chroma: float
    hue: float
    contrast: float = 0.8


COLOURS: dict[str, Colour] = {
    c.key: c
    for c in (
        Colour("red", ("red",), ("红色",), 0.57, 0.215, 27),
        Colour("orange", ("orange",), ("橙色", "橘色"), 0.74, 0.165, 58),
        Colour("yellow", ("yellow",), ("黄色",), 0.88, 0.170, 98, 0.6),
        Colour("green", ("green",), ("绿色",), 0.66, 0.180, 145),
        Colour("blue", ("blue",), ("蓝色",), 0.57, 0.180, 258),
        Colour("purple", ("purple", "violet"), ("紫色",), 0.50, 0.200, 302),
        Colour("pink", ("pink",), ("粉色", "粉红色"), 0.78, 0.140, 355, 0.6),
        Colour("brown", ("brown",), ("棕色", "褐色"), 0.42, 0.075, 52, 0.7),
        Colour("black", ("black",), ("黑色",), 0.24, 0.012, 280, 0.5),
        Colour("white", ("white",), ("白色",), 0.94, 0.008, 280, 0.45),
        Colour("grey", ("grey", "gray"), ("灰色",), 0.62, 0.008, 270, 0.7),
    )
}

SIZES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "small": (("small", "little", "tiny"), ("小", "小小的", "很小的")),
    "big": (("big", "large", "huge"), ("大", "大大的", "很大的")),
}
NUMBERS: dict[int, tuple[str, str]] = {1: ("one", "一"), 2: ("two", "两"), 3: ("three", "三"), 4: ("four", "四")}

RELATIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "left": (("to the left of", "on the left of", "left of"), ("左边", "左侧", "左面")),
    "right": (("to the right of", "on the right of", "right of"), ("右边", "右侧", "右面")),
    "on": (("on", "on top of", "standing on"), ("上面", "上边", "顶上")),
    "under": (("under", "below", "beneath"), ("下面", "下边", "底下")),
    "behind": (("behind", "in back of", "standing behind"), ("后面", "后边", "背后")),
    "front": (("in front of", "just in front of", "standing in front of"), ("前面", "前边", "前方")),
}

# Where the subject is when the other thing is named first: "a sofa with a cat on top of it".
SIDES = {
    "left": "to its left",
    "right": "to its right",
    "on": "on top of it",
    "under": "underneath",
    "behind": "behind it",
    "front": "in front of it",
}

WEATHERS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    # English adverbials, English clauses, Chinese clauses.
    "clear": (
        ("under a clear sky", "in clear weather"),
        ("the sky is clear", "the weather is fine"),
        ("天气晴朗", "天空晴朗"),
    ),
    "cloudy": (
        ("under a cloudy sky", "in cloudy weather"),
        ("the sky is cloudy", "it is cloudy"),
        ("天空多云", "天上有很多云"),
    ),
    "rain": (("in the rain", "in rainy weather"), ("it is raining", "rain is falling"), ("下着雨", "正在下雨")),
    "snow": (("in falling snow", "in snowy weather"), ("it is snowing", "snow is falling"), ("下着雪", "雪花飘落")),
    "fog": (("in the fog", "in foggy weather"), ("it is foggy", "fog fills the air"), ("有雾", "雾蒙蒙的")),
    "rainbow": (
        ("with a rainbow in the sky", "under a rainbow"),
        ("there is a rainbow in the sky", "a rainbow spans the sky"),
        ("天上有彩虹", "天空挂着一道彩虹"),
    ),
}
# What a wrong caption must not claim, since it would be true as well: it is cloudy when it rains.
TRUE_AS_WELL: dict[str, frozenset[str]] = {
    "rain": frozenset({"cloudy"}),
    "snow": frozenset({"cloudy"}),
    "fog": frozenset({"cloudy"}),
    "rainbow": frozenset({"clear", "cloudy"}),
    "farm": frozenset({"meadow"}),
    "garden": frozenset({"meadow"}),
    "mountains": frozenset({"meadow"}),
    "lake": frozenset({"meadow"}),
}
TIMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "day": (("during the day", "by day", "in daylight"), ("白天", "大白天", "白昼")),
    "sunset": (("at sunset", "as the sun sets", "in the evening light"), ("日落时", "傍晚", "黄昏时分")),
    "night": (("at night", "in the night", "by night"), ("夜晚", "夜里", "晚上")),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A background: its phrases, what the sky may do there, and which stances of things it has room for."""

    key: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    weathers: tuple[str, ...]
    times: tuple[str, ...] = ("day", "sunset", "night")
    stances: tuple[Stance, ...] = ("ground", "air")

    @property
    def outdoors(self) -> bool:
        return bool(self.weathers)


_TEMPERATE = ("clear", "clear", "cloudy", "rain", "snow", "fog", "rainbow")

PLACES: dict[str, Place] = {
    p.key: p
    for p in (
        Place(
            "meadow",
            ("in a meadow", "in a green meadow", "on a grassy meadow"),
            ("草地上", "草原上", "绿色的草地上"),
            _TEMPERATE,
        ),
        Place(
            "snow",
            ("in the snow", "on snowy ground", "in a snowy field"),
            ("雪地里", "雪地上", "白雪覆盖的地上"),
            ("clear", "cloudy", "snow", "fog"),
        ),
        Place(
            "beach",
            ("on a beach", "on a sandy beach", "by the sea on the sand"),
            ("沙滩上", "海边的沙滩上", "海滩上"),
            ("clear", "clear", "cloudy", "rain", "rainbow"),
        ),
        Place(
            "city",
            ("on a city street", "in the city", "in a city street"),
            ("城市的街道上", "城市里", "城里的马路上"),
            ("clear", "cloudy", "rain", "snow", "fog"),
        ),
        Place(
            "room",
            ("in a room", "inside a room", "indoors in a room"),
            ("房间里", "屋子里", "室内"),
            (),
            ("day", "night"),
        ),
        Place(
            "forest",
            ("in a forest", "in the woods", "among the trees of a forest"),
            ("森林里", "树林里", "林间"),
            ("clear", "rain", "snow", "fog"),
        ),
        Place(
            "desert",
            ("in a desert", "on the desert sand", "among desert dunes"),
            ("沙漠里", "沙漠中", "沙丘上"),
            ("clear", "clear", "cloudy"),
        ),
        Place(
            "lake",
            ("by a lake", "at a lake", "at the lakeside"),
            ("湖边", "湖畔", "湖泊旁"),
            _TEMPERATE,
            stances=("ground", "air", "water"),
        ),
        Place(
            "sea",
            ("at sea", "out at sea", "in the middle of the ocean"),
            ("海上", "大海上", "海面上"),
            ("clear", "cloudy", "rain", "fog", "rainbow"),
            stances=("water", "air"),
        ),
        Place(
            "mountains",
            ("in the mountains", "in front of high mountains", "among mountains"),
            ("山里", "高山前", "群山之中"),
            _TEMPERATE,
        ),
        Place("farm", ("on a farm", "at a farm", "in a farmyard"), ("农场里", "农场上", "农庄里"), _TEMPERATE),
        Place(
            "garden",
            ("in a flower garden", "in a garden full of flowers", "among flowers in a garden"),
            ("花园里", "开满花的花园里", "花丛中"),
            ("clear", "clear", "cloudy", "rain", "rainbow"),
        ),
        Place(
            "underwater",
            ("under the sea", "underwater", "on the bottom of the sea"),
            ("海底", "水下", "海水里"),
            (),
            ("day",),
            ("seabed", "ground"),
        ),
        Place(
            "moon",
            ("on the moon", "on the surface of the moon", "on the lunar surface"),
            ("月球上", "月亮上", "月球表面"),
            (),
            ("night",),
        ),
    )
}
