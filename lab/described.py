"""Photos that were looked at and described for this project, in English and Chinese, at three levels of detail.

`words/described.csv` is for training and validation, `words/gallery.csv` (of the gallery) for testing alone; both have
the columns that `python -m lab evaluate` takes: file, level, language, caption, kind.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.language import LANGUAGES, Language, language_named

DESCRIBED: Final = Path(__file__).parent / "words" / "described.csv"
OF_GALLERY: Final = DESCRIBED.with_name("gallery.csv")
LEVELS: Final = (1, 2, 3)  # a few words, a sentence, some sentences


@dataclass(frozen=True, slots=True)
class Description:
    """What one photo shows, in one language.

    Attributes:
        levels: right captions of levels 1, 2 and 3.
        half_truth: the second once more, with one detail wrong.
    """

    language: Language
    levels: tuple[str, ...]
    half_truth: str


def descriptions(table: Path = DESCRIBED) -> dict[str, tuple[Description, ...]]:
    """The descriptions of each file, English first."""
    right: dict[tuple[str, Language], dict[int, str]] = defaultdict(dict)
    wrong: dict[tuple[str, Language], str] = {}
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row["file"], language_named(row["language"])
            if row["kind"]:
                wrong[key] = row["caption"]
            else:
                right[key][int(row["level"])] = row["caption"]
    return {
        file: tuple(
            Description(language, tuple(right[file, language][level] for level in LEVELS), wrong[file, language])
            for language in LANGUAGES
        )
        for file in dict.fromkeys(file for file, _ in right)
    }
