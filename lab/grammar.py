"""Parallel English and Chinese sentences: of a small grammar of people, animals, what they do and where
(`words/phrases.csv`), and such as people write about photos (`words/parallel.csv`), both ours.

They bring no picture: they teach that the two languages say the same.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from pathlib import Path

PHRASES = Path(__file__).parent / "words" / "phrases.csv"
WRITTEN = PHRASES.with_name("parallel.csv")
ANIMALS_FROM = "a dog"  # the first animal among those who act


def written_sentences() -> list[tuple[str, str]]:
    """Pairs (English, Chinese), each of another scene."""
    with WRITTEN.open(encoding="utf-8", newline="") as file:
        return [(row["english"], row["chinese"]) for row in csv.DictReader(file)]


def parallel_sentences(count: int, seed: int = 0) -> list[tuple[str, str]]:
    """`count` pairs (English, Chinese), some of them alike; the same for the same seed."""
    phrases: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with PHRASES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            phrases[row["kind"]].append((row["english"], row["chinese"]))
    border = [english for english, _ in phrases["who"]].index(ANIMALS_FROM)
    rng = random.Random(seed)
    return [_sentence(phrases, border, rng) for _ in range(count)]


def _sentence(phrases: dict[str, list[tuple[str, str]]], border: int, rng: random.Random) -> tuple[str, str]:
    number = rng.randrange(len(phrases["who"]))
    who, who_zh = phrases["who"][number]
    actions = phrases["do"] + phrases["animal" if number >= border else "person"]
    do, do_zh = rng.choice(actions)
    where, where_zh = rng.choice(phrases["where"])
    is_ = "are" if who.startswith(("two", "three", "children")) else "is"
    return rng.choice(
        [
            (f"{who} {do} {where}", f"{who_zh}在{where_zh}{do_zh}"),
            (f"{who} {is_} {do} {where}", f"在{where_zh}{do_zh}的{who_zh}"),
            (f"{who} {is_} {do}", f"{do_zh}的{who_zh}"),
            (f"{who} {do}", f"{who_zh}正在{do_zh}"),
            (f"{who} {where}", f"{where_zh}的{who_zh}"),
            (f"{who} is {where}", f"{who_zh}在{where_zh}"),
        ]
    )
