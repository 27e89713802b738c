"""Judges a painter by classifiers that had no part in its training: logistic probes fitted to the test half.

Three questions, each over English and Chinese prompts alike: is the animal that was asked for the one that is named,
has it the asked colour, and are both things there when two are asked for. Each probe is first measured on drawn test
scenes that it was not fitted to, as they are and after the painter's autoencoder: the most that a perfect painter could
reach, and the most that a perfect UNet could.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from lab.painter.curriculum import PARTNERS, draw_scene, nearer
from lab.painter.dataset import render_steady
from lab.scenes import ANIMALS10, COLOURS, LANGUAGES, SPECIES, Language, Scene, Sprites
from lab.scenes.scene import colours_for, may_relate
from models.encoders.efficientnet import SIDE as SEEN
from models.encoders.efficientnet import Trunk
from models.painter.starter import SIDE

Paint = Callable[[Sequence[str], int], list[Image.Image]]  # prompts and the first one's seed -> a picture each
Rebuild = Callable[[Sequence[Image.Image]], list[Image.Image]]  # through the autoencoder and back
DRAWN = 200  # test scenes through the autoencoder, for each question
HUES, TONES = 12, 6  # bins of the colour histogram


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt and what must be seen in its picture."""

    prompt: str
    language: Language
    things: tuple[str, ...]
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How often a probe agreed, on `n` painted pictures, on drawn test scenes (`ceiling`) and on rebuilt ones."""

    name: str
    right: float
    n: int
    ceiling: float
    rebuilt: float
    by_language: dict[str, float]


# --- what is asked ------------------------------------------------------------------------------------------------


def animal_prompts(count: int, seed: int = 0) -> list[Asked]:
    """The ten animals in both languages at equal share; every wording of a plain animal that people use."""
    rng = random.Random(seed)
    frames = {
        "en": ("{}", "a {}", "a picture of a {}", "there is a {}"),
        "zh": ("{}", "一{m}{}", "一{m}{}的图片", "图中有一{m}{}"),
    }
    asked = []
    for k in range(count):
        kind, language = SPECIES[ANIMALS10[k % 10]], LANGUAGES[k // 10 % 2]
        name = rng.choice(kind.en if language == "en" else kind.zh)
        text = rng.choice(frames[language]).format(name, m=kind.measure).replace("a e", "an e")
        asked.append(Asked(text, language, (kind.key,)))
    return asked


def colour_prompts(count: int, seed: int = 1) -> list[Asked]:
    """One of the ten animals in a colour that is not its own."""
    rng = random.Random(seed)
    asked = []
    for k in range(count):
        kind, language = SPECIES[ANIMALS10[k % 10]], LANGUAGES[k // 10 % 2]
        colour = rng.choice(colours_for(kind))
        text = _coloured(kind.key, colour, language, rng)
        asked.append(Asked(text, language, (kind.key,), colour))
    return asked


def pair_prompts(count: int, seed: int = 2) -> list[Asked]:
    """One of the ten animals beside another or beside an everyday thing: "and", left of, right of."""
    rng = random.Random(seed)
    frames = {
        "en": ("a {a} and a {b}", "a {a} to the left of a {b}", "a {a} to the right of a {b}"),
        "zh": ("一{am}{a}和一{bm}{b}", "一{am}{a}在一{bm}{b}的左边", "一{am}{a}在一{bm}{b}的右边"),
    }
    asked: list[Asked] = []
    while len(asked) < count:
        a, b = (SPECIES[key] for key in (rng.choice(ANIMALS10), rng.choice((*ANIMALS10, *PARTNERS))))
        if not may_relate(a, "left", b):
            continue
        language = LANGUAGES[len(asked) % 2]
        names = (a.en[0], b.en[0]) if language == "en" else (a.zh[0], b.zh[0])
        text = frames[language][len(asked) // 2 % 3].format(a=names[0], b=names[1], am=a.measure, bm=b.measure)
        asked.append(Asked(text.replace("a e", "an e"), language, (a.key, b.key)))
    return asked


def _coloured(species: str, colour: str, language: Language, rng: random.Random) -> str:
    kind, tint = SPECIES[species], COLOURS[colour]
    if language == "en":
        return f"a {rng.choice(tint.en)} {rng.choice(kind.en)}".replace("a o", "an o")
    return f"一{kind.measure}{rng.choice(tint.zh)}的{rng.choice(kind.zh)}"


# --- the probes ---------------------------------------------------------------------------------------------------


class Judge:
    """Three probes on frozen ImageNet features, fitted to drawn scenes of the test half."""

    def __init__(self, sprites: Sprites, per_class: int = 40) -> None:
        self._trunk = Trunk()
        self._sprites = sprites
        self.animal, self.animal_ceiling = self._fit_animals(per_class)
        self.colour, self.colour_ceiling = self._fit_colours(per_class)
        self.thing, self.thing_ceiling = self._fit_things(per_class)

    def judge(self, asked: Sequence[Asked], pictures: Sequence[Image.Image], kind: str) -> NDArray[np.bool_]:
        """For each picture whether `kind` ("animal", "colour" or "both there") is as asked."""
        if kind == "animal":
            return self.animal.predict(self._features(pictures)) == [a.things[0] for a in asked]
        if kind == "colour":
            return self.colour.predict(_colours(pictures)) == [a.colour for a in asked]
        left, right = (self.thing.predict(self._features(side)) for side in zip(*map(_halves, pictures), strict=True))
        return np.array([{x, y} == set(a.things) for a, x, y in zip(asked, left, right, strict=True)])

    def drawn(self, kind: str, count: int) -> tuple[list[Asked], list[Image.Image]]:
        """Test scenes that no probe was fitted to, and what is there to be seen."""
        scenes = _scenes(kind, count, f"drawn {kind}")
        things = [tuple(t.species for t in (s.subject, s.other) if t) for s in scenes]
        seen = [Asked("", "en", there, s.subject.colour) for s, there in zip(scenes, things, strict=True)]
        return seen, self._draw(scenes)

    def _fit_animals(self, per_class: int) -> tuple[Pipeline, float]:
        scenes = _scenes("animal", len(ANIMALS10) * per_class, "animal")
        return _probe(self._features(self._draw(scenes)), [s.subject.species for s in scenes])

    def _fit_colours(self, per_class: int) -> tuple[Pipeline, float]:
        scenes = _scenes("colour", len(COLOURS) * per_class, "colour")
        return _probe(_colours(self._draw(scenes)), [s.subject.colour for s in scenes])

    def _fit_things(self, per_class: int) -> tuple[Pipeline, float]:
        """Halves of pairs that stand side by side."""
        scenes = _scenes("both there", 20 * per_class, "thing")
        halves = [half for picture in self._draw(scenes) for half in _halves(picture)]
        names = []
        for scene in scenes:
            assert scene.other is not None
            pair = [scene.subject.species, scene.other.species]
            names += pair if scene.relation == "left" else pair[::-1]
        return _probe(self._features(halves), names)

    def _draw(self, scenes: Iterable[Scene]) -> list[Image.Image]:
        return [render_steady(nearer(scene), SIDE, self._sprites) for scene in scenes]

    @torch.inference_mode()
    def _features(self, pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
        """float32 (n, 1280): the mean over the feature map."""
        pixels = [np.asarray(p.resize((SEEN, SEEN), Image.Resampling.BICUBIC)) for p in pictures]
        chunks = [torch.from_numpy(np.stack(pixels[k : k + 16])) for k in range(0, len(pixels), 16)]
        return torch.cat([self._trunk(chunk).mean(1) for chunk in chunks]).numpy()


def _probe(features: NDArray[np.float32], names: Sequence[str | None]) -> tuple[Pipeline, float]:
    """A logistic probe fitted to all rows, and the accuracy of one fitted to three quarters on the last quarter."""
    labels, cut = np.array(names), len(names) * 3 // 4

    def fitted(rows: slice) -> Pipeline:
        probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.02, max_iter=500))
        return probe.fit(features[rows], labels[rows])

    return fitted(slice(None)), float(fitted(slice(cut)).score(features[cut:], labels[cut:]))


def _scenes(kind: str, count: int, seed: str) -> list[Scene]:
    """Test scenes for one of the three questions, every animal or colour equally often."""
    rngs = [random.Random(f"{seed}/{n}") for n in range(count)]
    if kind == "animal":
        return [_single(rng, ANIMALS10[n % len(ANIMALS10)]) for n, rng in enumerate(rngs)]
    if kind == "colour":
        return [_single(rng, None, list(COLOURS)[n % len(COLOURS)]) for n, rng in enumerate(rngs)]
    return [_beside(rng) for rng in rngs]


def _single(rng: random.Random, species: str | None = None, colour: str | None = None) -> Scene:
    """One thing of the test half; with a colour: one of the ten animals painted in it, by day."""
    while True:
        scene = draw_scene(rng, "test")
        subject = scene.subject
        if scene.other or subject.count > 1 or subject.species not in ANIMALS10 or subject.size:
            continue
        if species in (None, subject.species) and colour in (None, subject.colour):
            return scene


def _beside(rng: random.Random) -> Scene:
    """Two things of the test half, side by side, among those that `pair_prompts` asks for."""
    while True:
        scene = draw_scene(rng, "test")
        if scene.other is None or scene.relation not in ("left", "right"):
            continue
        if scene.subject.species in ANIMALS10 and scene.other.species in (*ANIMALS10, *PARTNERS):
            return scene


def _halves(picture: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Left and right, a little over half each."""
    w, h = picture.size
    return picture.crop((0, 0, w * 9 // 16, h)), picture.crop((w * 7 // 16, 0, w, h))


def _colours(pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
    """A histogram of hue by value of what is colourful and one of the greys, in three boxes around the middle."""
    rows = []
    for picture in pictures:
        hsv = np.asarray(picture.convert("HSV"), np.float32) / 255  # (h, w, 3)
        side = len(hsv)
        row = []
        for margin in (0.2, 0.3, 0.4):
            y, x = int((margin + 0.08) * side), int(margin * side)
            box = hsv[y : side - y + int(0.16 * side), x : side - x].reshape(-1, 3)
            # Half a bin on: red, at hue 0, lies in the middle of one and not on the edge between two.
            hue = (box[:, 0] * HUES + 0.5).astype(int) % HUES
            value = np.minimum((box[:, 2] * TONES).astype(int), TONES - 1)
            tint = np.minimum((box[:, 1] * 3).astype(int), 2)
            row.append(np.bincount((tint * HUES + hue) * TONES + value, minlength=3 * HUES * TONES) / len(box))
        rows.append(np.sqrt(np.concatenate(row)))
    return np.stack(rows).astype(np.float32)


# --- the evaluation -----------------------------------------------------------------------------------------------


def evaluate(
    paint: Paint, rebuild: Rebuild, judge: Judge, animals: int = 400, colours: int = 100, pairs: int = 100
) -> list[Share]:
    """The three shares that a starter painter must reach."""
    return [
        _share("animal", animal_prompts(animals), judge.animal_ceiling, paint, rebuild, judge),
        _share("colour", colour_prompts(colours), judge.colour_ceiling, paint, rebuild, judge),
        _share("both there", pair_prompts(pairs), judge.thing_ceiling**2, paint, rebuild, judge),
    ]


def _share(name: str, asked: list[Asked], ceiling: float, paint: Paint, rebuild: Rebuild, judge: Judge) -> Share:
    right = judge.judge(asked, paint([a.prompt for a in asked], 0), name)
    of = {language: right[[a.language == language for a in asked]].mean().item() for language in LANGUAGES}
    seen, pictures = judge.drawn(name, DRAWN)
    rebuilt = judge.judge(seen, rebuild(pictures), name)
    return Share(name, right.mean().item(), len(asked), ceiling, rebuilt.mean().item(), of)


# --- the contact sheet ----------------------------------------------------------------------------------------

SHEET = (
    "a horse", "一只猫", "a dog", "一头大象", "a butterfly", "一头牛", "a sheep", "一只蜘蛛", "a squirrel", "一只公鸡",
    "horse", "猫", "kitty", "大象", "rooster", "奶牛", "绵羊", "spider", "松鼠", "狗狗",
    "a red cat", "一匹蓝色的马", "a purple elephant", "一只绿色的狗", "a yellow butterfly", "白马", "a pink cow",
    "黑羊", "a blue spider", "一只紫色的松鼠",
    "a horse on the beach", "雪地里的一只猫", "a dog on a city street at sunset", "月球上有一头大象",
    "a sheep in the mountains", "沙漠里的一只蜘蛛", "a cow on a farm", "房间里有一只黑猫", "a rooster in a meadow",
    "夜晚，森林里有一只松鼠",
    "a cat and a dog", "一匹马和一头大象",
    "a cow to the left of a tree", "一只狗在一辆汽车的右边", "a sheep and a house",
    "一只鸡和一个礼物", "a red cat and a blue dog", "一只白色的羊在一头黑色的牛的左边", "a squirrel and a mushroom",
    "一只蝴蝶和一个气球",
    "Paint me a green horse, please", "请画一只红色的大象", "an elephant, coloured orange", "小猫在草地上玩",
    "a photo of a white dog by the lake", "海边有一匹棕色的马", "where is the purple sheep?", "一头粉色的牛站在花园里",
    "cat on the moon", "雪中的黑色公鸡",
)  # fmt: skip
SHEET_COLUMNS = 10


def contact_sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    """The pictures in rows of `SHEET_COLUMNS`, in order."""
    side, gap = pictures[0].width, 4
    rows = -(-len(pictures) // SHEET_COLUMNS)
    sheet = Image.new("RGB", (SHEET_COLUMNS * (side + gap) - gap, rows * (side + gap) - gap), "white")
    for k, picture in enumerate(pictures):
        sheet.paste(picture, (k % SHEET_COLUMNS * (side + gap), k // SHEET_COLUMNS * (side + gap)))
    return sheet
