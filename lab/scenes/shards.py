"""Scenes in bulk: shards for training and testing, and the sample gallery that ships with the repository."""

import csv
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.scenes.captions import captions
from lab.scenes.render import render
from lab.scenes.scene import Scene, Split, Thing, sample_scene
from lab.scenes.sprites import SPRITES_DIR, Sprites
from lab.scenes.vocabulary import ANIMALS10, LANGUAGES, LEVELS

SHARD = 1000  # pictures a shard: 49 MB at 128 px
GALLERY_SEED = 20250913
GALLERY_TENS, GALLERY_OTHERS = 20, 100  # pictures of each of the ten animals, and of all other subjects together
WEBP_QUALITY = 85
COLUMNS = ("file", "level", "language", "caption")


def scene_at(index: int, seed: int, split: Split) -> Scene:
    """Scene number `index` of a data set, the same however many workers share the work."""
    return sample_scene(random.Random(f"{seed}/{split}/{index}"), split)


def all_captions(scene: Scene) -> list[dict[str, Any]]:
    """One caption a language and level, worded by the scene's own seed."""
    rng = random.Random(scene.seed)
    return [
        {"language": language, "level": level, "caption": captions(scene, language, level, rng)}
        for level in LEVELS
        for language in LANGUAGES
    ]


def to_json(scene: Scene) -> dict[str, Any]:
    return asdict(scene)


def from_json(record: dict[str, Any]) -> Scene:
    """The inverse of `to_json`; keys beyond the scene's own are ignored."""
    fields = {k: record[k] for k in ("place", "time", "weather", "seed", "relation")}
    other = record["other"] and Thing(**record["other"])
    return Scene(subject=Thing(**record["subject"]), other=other, **fields)


def write_shards(
    out: Path,
    n: int,
    size: int,
    seed: int,
    split: Split = "train",
    workers: int | None = None,
    sprites: Path = SPRITES_DIR,
) -> list[Path]:
    """Renders `n` scenes into `out` and returns the picture files, in order.

    Each shard is `<split>-00000.npy`, uint8 (m, size, size, 3), beside `<split>-00000.jsonl`, a line a picture with the
    structure and its captions. A shard that is there already is kept, so that an interrupted run goes on.
    """
    Sprites(sprites)  # fails here, readably, and not in a worker
    out.mkdir(parents=True, exist_ok=True)
    jobs = [
        (out / f"{split}-{start // SHARD:05d}.npy", start, min(SHARD, n - start), size, seed, split, sprites)
        for start in range(0, n, SHARD)
    ]
    with ProcessPoolExecutor(workers or os.cpu_count()) as pool:
        return list(pool.map(_write_shard, *zip(*jobs, strict=True)))


def _write_shard(path: Path, start: int, count: int, size: int, seed: int, split: Split, sprites: Path) -> Path:
    if path.exists() and len(np.load(path, mmap_mode="r")) == count:
        return path
    drawings = Sprites(sprites)
    pictures = np.empty((count, size, size, 3), np.uint8)
    with path.with_suffix(".jsonl").open("w", encoding="utf-8") as lines:
        for k in range(count):
            scene = scene_at(start + k, seed, split)
            pictures[k] = np.asarray(render(scene, size, drawings))
            record = to_json(scene) | {"captions": all_captions(scene)}
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, pictures)
    part.rename(path)  # only a whole shard has its name
    return path


def read_shards(folder: Path, split: Split) -> Iterator[tuple[NDArray[np.uint8], list[dict[str, Any]]]]:
    """The shards of a split in order: pictures (memory-mapped) and their records (see `from_json`)."""
    for path in sorted(folder.glob(f"{split}-*.npy")):
        lines = path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
        yield np.load(path, mmap_mode="r"), [json.loads(line) for line in lines]


def write_samples(out: Path, sprites: Path = SPRITES_DIR, size: int = 256) -> int:
    """Renders the sample gallery: `out`/gallery/<species>/NNN.webp and `out`/captions.csv. Returns how many pictures.

    Its scenes come from the "samples" split, whose combinations occur neither in training nor in the test.
    """
    drawings = Sprites(sprites)
    rows: list[dict[str, Any]] = []
    numbers: Counter[str] = Counter()
    for scene in sample_gallery():
        species = scene.subject.species
        file = f"{species}/{numbers[species]:03d}.webp"
        numbers[species] += 1
        path = out / "gallery" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        render(scene, size, drawings).save(path, quality=WEBP_QUALITY)
        rows += [{"file": file} | row for row in all_captions(scene)]
    with (out / "captions.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows([row[column] for column in COLUMNS] for row in rows)
    return sum(numbers.values())


def sample_gallery() -> list[Scene]:
    """The scenes of the sample gallery: twenty of each of the ten animals, a hundred of everything else."""
    wanted: Counter[str] = Counter(dict.fromkeys(ANIMALS10, GALLERY_TENS))
    others = GALLERY_OTHERS
    per_other: Counter[str] = Counter()
    scenes: list[Scene] = []
    index = 0
    while wanted.total() or others:
        scene = scene_at(index, GALLERY_SEED, "samples")
        index += 1
        species = scene.subject.species
        if wanted[species]:
            wanted[species] -= 1
        elif species not in ANIMALS10 and others and per_other[species] < 2:
            per_other[species] += 1
            others -= 1
        else:
            continue
        scenes.append(scene)
    return scenes
