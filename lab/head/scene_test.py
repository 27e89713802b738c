"""A gallery of scenes never trained on, with right captions and known wrong ones: what `lab evaluate` reads."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from lab.scenes import (
    LANGUAGES,
    LEVELS,
    NEGATIVE_KINDS,
    Scene,
    Split,
    Sprites,
    captions,
    negatives,
    render,
    sample_scene,
)

SIZE = 224  # pixels


def scene_test(count: int, split: Split = "test") -> list[Scene]:
    """The first `count` scenes of the test: always the same."""
    return [sample_scene(random.Random(f"test {split} {number}"), split) for number in range(count)]


def caption_rows(scene: Scene, file: str, number: int) -> list[dict[str, str | int]]:
    """One right caption for each level and language; at levels 2 and 3 one wrong caption of each kind in its words."""
    rows: list[dict[str, str | int]] = []
    for language in LANGUAGES:
        for level in LEVELS:
            words = f"words {number} {level}"
            row = {"file": file, "level": level, "language": language}
            rows.append(row | {"caption": captions(scene, language, level, random.Random(words)), "kind": ""})
            for kind in NEGATIVE_KINDS if level > 1 else ():
                wrong = negatives(scene, language, level, kind, random.Random(words))
                if wrong is not None:
                    rows.append(row | {"caption": wrong, "kind": kind})
    return rows


def write_scene_test(folder: Path, count: int, drawings: Path, split: Split = "test") -> Path:
    """Renders the test into `folder`/<species>/ and writes `folder`/captions.csv; returns the path of the latter.

    Args:
        drawings: folder of the emoji. Raises DataMissing when it is absent.
    """
    sprites = Sprites(drawings)
    rows = []
    for number, scene in enumerate(scene_test(count, split)):
        file = f"{scene.subject.species}/{number:05}.png"
        path = folder / file
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            render(scene, SIZE, sprites).save(path)
        rows += caption_rows(scene, file, number)
    table = folder / "captions.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["file", "level", "language", "caption", "kind"])
        writer.writeheader()
        writer.writerows(rows)
    return table
