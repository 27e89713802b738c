"""A gallery of scenes never trained on, with right captions and known wrong ones: what `lab evaluate` reads."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from lab.scenes import LANGUAGES, LEVELS, NEGATIVE_KINDS, Scene, Split, Sprites, negatives, sample_scene
from lab.scenes.captions import Wording, plan_for, put
from lab.scenes.pairs import Caption, draw, is_true

COLUMNS = ("file", "level", "language", "caption", "kind")
UNKNOWN = "unknown"  # the kind of a caption that nobody can judge for that picture


def scene_test(count: int, split: Split = "test") -> list[Scene]:
    """The first `count` scenes of the test: always the same."""
    return [sample_scene(random.Random(f"test {split} {number}"), split) for number in range(count)]


def right_captions(scenes: Sequence[Scene]) -> Iterator[tuple[Caption, str]]:
    """One for each scene, level and language, with what its wording was drawn from."""
    for number, scene in enumerate(scenes):
        for language in LANGUAGES:
            for level in LEVELS:
                words = f"words {number} {level}"
                wording = Wording(random.Random(words).getrandbits(32))
                plan = plan_for(scene, level, wording)
                yield Caption(put(scene, language, plan, wording), language, scene, plan), words


def caption_rows(scenes: Sequence[Scene], files: Sequence[str]) -> Iterator[tuple[str, int, str, str, str]]:
    """Each right caption for every picture that it is right for, and for its own the wrong captions in its words."""
    own = {id(scene): file for scene, file in zip(scenes, files, strict=True)}
    for caption, words in right_captions(scenes):
        told = (caption.level, caption.language)
        yield (own[id(caption.says)], *told, caption.text, "")
        for scene, file in zip(scenes, files, strict=True):
            truth = is_true(caption, scene)
            if scene is not caption.says and truth is not False:
                yield (file, *told, caption.text, "" if truth else UNKNOWN)
        for kind in NEGATIVE_KINDS if caption.level > 1 else ():
            wrong = negatives(caption.says, caption.language, caption.level, kind, random.Random(words))
            if wrong is not None:
                yield (own[id(caption.says)], *told, wrong, kind)


def write_scene_test(folder: Path, count: int, drawings: Path, split: Split = "test") -> Path:
    """Renders the test into `folder`/<species>/ and writes `folder`/captions.csv; returns the path of the latter.

    Args:
        drawings: folder of the emoji. Raises DataMissing when it is absent.
    """
    sprites = Sprites(drawings)
    scenes = scene_test(count, split)
    files = [f"{scene.subject.species}/{number:05}.png" for number, scene in enumerate(scenes)]
    for scene, file in zip(scenes, files, strict=True):
        path = folder / file
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draw(scene, path, sprites)
    table = folder / "captions.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(caption_rows(scenes, files))
    return table
