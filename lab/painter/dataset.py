"""The painter's training set: its captions, and its pictures on disk."""

from __future__ import annotations

import os
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lab.painter.curriculum import lesson_at
from lab.scenes import Language, Scene, Sprites, render
from lab.scenes.layout import FRAME, Placed, arrange, in_halves
from lab.scenes.places import GROUNDS, Ground
from models.painter.starter import FACTOR, SIDE

SHARD = 500  # pictures a shard
SEED = 7
STEP = FACTOR / SIDE  # a latent pixel, as a part of the picture
ASTRAY = 3  # latent pixels at most


class Middle(random.Random):
    """No chance at all: the middle of every range, the first of every choice."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2

    def choice(self, seq: Any) -> Any:
        return seq[0]

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        return start if stop is not None else 0


def render_steady(scene: Scene, size: int, sprites: Sprites) -> Image.Image:
    """The scene with its things where `steady` puts them."""
    return render(scene, size, sprites, steady)


def steady(scene: Scene, sprites: Sprites, rng: random.Random) -> list[Placed]:
    """Every thing at the middle of the places that it might have, or some whole latent pixels beside it.

    So its latents are the same wherever it stands: far less to learn than all of those places.
    """
    # At one height everywhere: while things stood lower by the lake than elsewhere, all of them were painted as ghosts.
    ground = replace(GROUNDS[scene.place], land=Ground().land)
    if scene.relation in ("left", "right"):
        left, right = in_halves(scene, sprites, ground)
        apart = [([left], (FRAME[0], 0.5)), ([right], (0.5, FRAME[1]))]
    else:
        apart = [(arrange(scene, sprites, Middle(), ground), FRAME)]
    return [placed for group, bounds in apart for placed in _astray(group, bounds, scene, rng)]


def _astray(group: list[Placed], bounds: tuple[float, float], scene: Scene, rng: random.Random) -> list[Placed]:
    """The group moved to the sides, or one thing that stands on the ground to the front or the back as well."""
    dx = STEP * rng.choice(_steps(min(p.box[0] for p in group), max(p.box[2] for p in group), bounds))
    dy = 0.0
    if len(group) == 1 and group[0].thing.kind.stance == "ground":
        dy = STEP * rng.choice(_steps(group[0].y, group[0].y, (GROUNDS[scene.place].land[0], FRAME[1])))
    return [replace(p, x=p.x + dx, y=p.y + dy, shadow_y=None if p.shadow_y is None else p.shadow_y + dy) for p in group]


def _steps(start: float, end: float, bounds: tuple[float, float]) -> list[int]:
    """By how many latent pixels what reaches from `start` to `end` can be moved and stays within `bounds`."""
    return [k for k in range(-ASTRAY, ASTRAY + 1) if not k or bounds[0] <= start + k * STEP <= bounds[1] - end + start]


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """A folder of shards: `NNNNN.npy`, uint8 (m, size, size, 3), the lessons in order."""

    folder: Path

    @property
    def shards(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*.npy"))

    def pictures(self) -> list[NDArray[np.uint8]]:
        """The shards in order, memory-mapped."""
        return [np.load(path, mmap_mode="r") for path in self.shards]


def texts(count: int) -> list[dict[Language, tuple[str, ...]]]:
    """The captions of `count` lessons, rounded up to whole shards."""
    return [lesson_at(n, SEED).texts for n in range(-(-count // SHARD) * SHARD)]


def write(folder: Path, count: int, size: int, sprites: Path, workers: int | None = None) -> TrainingSet:
    """Renders `count` lessons, rounded up to whole shards. What is there is kept: an interrupted run goes on."""
    Sprites(sprites)  # fails here, readably, and not in a worker
    folder.mkdir(parents=True, exist_ok=True)
    shards = range(-(-count // SHARD))
    with ProcessPoolExecutor(workers or os.cpu_count()) as pool:
        for _ in pool.map(_write_shard, *zip(*[(folder, n, size, sprites) for n in shards], strict=True)):
            pass
    return TrainingSet(folder)


def _write_shard(folder: Path, number: int, size: int, sprites: Path) -> None:
    path = folder / f"{number:05d}.npy"
    if path.exists():
        return
    drawings = Sprites(sprites)
    pictures = np.empty((SHARD, size, size, 3), np.uint8)
    for k in range(SHARD):
        lesson = lesson_at(number * SHARD + k, SEED)
        pictures[k] = np.asarray(render_steady(lesson.drawn, size, drawings))
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, pictures)
    part.rename(path)  # only a whole shard has its name
