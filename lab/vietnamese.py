"""Word-for-word English and Chinese of the Vietnamese captions, which speak of few things in few words.

The table `words/vietnamese.csv` (ours) gives phrases with their kind: n a thing, v something done, m what modifies
the thing before it, l a place, f the rest. Words that it lacks are left out; `coverage` tells how much of a caption
was understood.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "words" / "vietnamese.csv"
AT = {
    "trên": ("on", "上"),
    "trong": ("in", "里"),
    "ngoài": ("outside on", "上"),
    "dưới": ("under", "下"),
    "ở": ("at", ""),
    "tại": ("at", ""),
    "giữa": ("in the middle of", "中间"),
    "dọc": ("along", "边"),
    "gần": ("near", "边"),
}
SILENT = {"đang", "ở", "bị", "được", "những", "các", "là", "có", "thì", "đã", "rất", "cái", "chiếc", "này", "đó"}


@dataclass(frozen=True, slots=True)
class Phrase:
    kind: str
    english: str
    chinese: str


@dataclass(frozen=True, slots=True)
class Translation:
    english: str
    chinese: str
    coverage: float  # share of the words that were understood


@cache
def _table() -> dict[tuple[str, ...], Phrase]:
    with TABLE.open(encoding="utf-8") as file:
        return {
            tuple(row["vietnamese"].split()): Phrase(row["kind"], row["english"], row["chinese"])
            for row in csv.DictReader(file)
        }


def translate(caption: str) -> Translation:
    words = re.sub(r"[^\w\s]", " ", caption.lower()).split()
    phrases, understood = _phrases(words)
    return Translation(_english(phrases), _chinese(phrases), understood / max(len(words), 1))


def _phrases(words: list[str]) -> tuple[list[Phrase], int]:
    """Longest matches from left to right; a preposition and a place become one phrase."""
    table, phrases, understood, at = _table(), [], 0, 0
    before: tuple[str, str] | None = None
    while at < len(words):
        match = next((n for n in range(min(6, len(words) - at), 0, -1) if tuple(words[at : at + n]) in table), 0)
        phrase = table.get(tuple(words[at : at + match]))
        if phrase and phrase.kind == "l":
            english, chinese = before or ("at", "")
            phrases.append(Phrase("l", f"{english} the {phrase.english}", f"在{phrase.chinese}{chinese}"))
            before = None
        elif phrase:
            phrases.append(phrase)
            before = None
        elif words[at] in AT:
            before = AT[words[at]] if before is None or words[at] != "ở" else before
        understood += match or words[at] in AT or words[at] in SILENT
        at += match or 1
    return phrases, understood


def _english(phrases: list[Phrase]) -> str:
    out: list[str] = []
    for phrase in phrases:
        if phrase.kind == "m" and " " not in phrase.english and out:
            out.insert(len(out) - 1, phrase.english)  # "ball white" -> "white ball"
        elif (
            phrase.kind == "v" and out and out[-1] in ("getting ready to", "ready to", "trying to", "starting to", "to")
        ):
            out.append(_infinitive(phrase.english))
        elif phrase.english:
            out.append(phrase.english)
    return " ".join(out)


def _infinitive(words: str) -> str:
    """ "hitting the ball" -> "hit the ball"."""
    first, _, rest = words.partition(" ")
    irregular = {"hitting": "hit", "swinging": "swing", "running": "run", "serving": "serve", "throwing": "throw",
                 "catching": "catch", "receiving": "receive", "returning": "return", "kicking": "kick", "playing":
                 "play"}  # fmt: skip
    return f"{irregular.get(first, first)} {rest}".strip()


def _chinese(phrases: list[Phrase]) -> str:
    """What modifies comes before the thing, the place before what is done there."""
    out: list[Phrase] = []
    for phrase in phrases:
        if phrase.kind == "m" and out and out[-1].kind == "n":
            out.insert(len(out) - 1, phrase)
        elif phrase.kind == "l" and (verb := next((i for i, other in enumerate(out) if other.kind == "v"), None)):
            out.insert(verb, phrase)
        else:
            out.append(phrase)
    return "".join(phrase.chinese for phrase in out)
