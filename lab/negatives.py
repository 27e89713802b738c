"""Half-truths for free captions: one word exchanged for another of its kind, in English or Chinese.

Scenes have exact wrong captions of their own (`lab.scenes.negatives`); this is for captions of photos, of which nothing
is known but the words.
"""

from __future__ import annotations

import csv
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from lab.scenes.captions import article
from models.language import Language

WordKind: TypeAlias = Literal["species", "attribute", "count", "relation"]
WORD_KINDS: tuple[WordKind, ...] = get_args(WordKind)

# Rows of one group exclude each other; forms (plurals, synonyms) are aligned, the first standing in for a missing one.
# Rows without a kind are phrases in which such a word means something else.
LEXICON = Path(__file__).with_suffix(".csv")


@dataclass(frozen=True, slots=True)
class _Word:
    """A form of one row of the lexicon, in one language."""

    kind: str
    group: str
    row: int
    form: int


class Negatives:
    """Makes half-truths whose wrong words are as frequent as in right captions, so that the words alone say nothing.

    Args:
        language: of the captions.
        captions: right captions; the words are counted in them.
    """

    def __init__(self, language: Language, captions: Iterable[str]) -> None:
        self._language = language
        self._forms: dict[int, list[str]] = {}
        self._words: dict[str, _Word] = {}
        self._groups: dict[str, list[int]] = defaultdict(list)
        with LEXICON.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file)):
                forms = row[language].split("|") if row[language] else []
                self._forms[number] = forms
                for form, text in enumerate(forms):
                    self._words.setdefault(text, _Word(row["kind"], row["group"], number, form))
                if forms and row["kind"]:
                    self._groups[row["group"]].append(number)
        longest_first = sorted(self._words, key=len, reverse=True)
        pattern = "|".join(map(re.escape, longest_first))
        self._pattern = re.compile(pattern if language == "zh" else rf"\b(?:{pattern})\b", re.IGNORECASE)
        self._counts = Counter(word.row for text in captions for _, word in self._found(text))

    def of(self, caption: str, rng: random.Random) -> dict[WordKind, str]:
        """For each kind that the caption has a word of, the caption with one such word wrong."""
        by_kind: dict[WordKind, list[tuple[re.Match[str], _Word]]] = defaultdict(list)
        for match, word in self._found(caption):
            if word.kind in WORD_KINDS:
                by_kind[word.kind].append((match, word))
        told = {word.row for found in by_kind.values() for _, word in found}
        wrong: dict[WordKind, str] = {}
        for kind, found in by_kind.items():
            match, word = rng.choice(found)
            rows = [row for row in self._groups[word.group] if row not in told]  # the black and the white dog
            if rows:
                row = rng.choices(rows, [self._counts[row] + 0.1 for row in rows])[0]
                forms = self._forms[row]
                wrong[kind] = self._exchange(caption, match, forms[min(word.form, len(forms)) % len(forms)])
        return wrong

    def _found(self, text: str) -> Iterable[tuple[re.Match[str], _Word]]:
        for match in self._pattern.finditer(text):
            yield match, self._words[match.group().lower()]

    def _exchange(self, caption: str, match: re.Match[str], form: str) -> str:
        before, after = caption[: match.start()], caption[match.end() :]
        if self._language == "en":  # an orange ball, a red ball
            before = re.sub(r"\b([Aa])n? $", lambda m: m.group(1) + article(form)[1:] + " ", before)
        if match.group()[0].isupper():
            form = form[0].upper() + form[1:]
        return before + form + after
