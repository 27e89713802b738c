"""Sentences that have nothing to do with each other, nor with most galleries: what chance looks like to an encoder."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from models.encoders.base import Encoder
from models.language import LANGUAGES, Language

NULL_BANK = Path(__file__).with_suffix(".csv")  # columns en, zh: the same sentence in both


def null_bank(language: Language) -> list[str]:
    """The bundled sentences in that language."""
    with NULL_BANK.open(encoding="utf-8", newline="") as file:
        return [row[language] for row in csv.DictReader(file)]


def null_vectors(encoder: Encoder) -> dict[Language, np.ndarray]:
    """The bank's text vectors (m, d) for each language: once per encoder, some seconds on a CPU."""
    return {language: encoder.encode_texts(null_bank(language)) for language in LANGUAGES}
