"""Measures the match head against everything simpler, on any folder of pictures with captions.

    python -m lab evaluate --gallery DIR --captions CSV [--json FILE]
    python -m lab evaluate --scenes 500          renders a test of scenes never trained on, and measures on it

The CSV has the columns file, level, language, caption, and perhaps kind. A caption may be given for several files: it
is right for each. `kind` is empty for a right caption; else it names what is wrong with it (species, attribute, ...),
or is "unknown" where nobody can say. Where no wrong captions are given, they are made by exchanging one word
(`lab.negatives`).
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from lab.head.calibrate import BestHits, Logits, Search, best_hits
from lab.head.data import Vectors
from lab.head.networks import load_baselines
from lab.head.scene_test import UNKNOWN, write_scene_test
from lab.head.vectors import EncoderVectors, StarterVectors
from lab.metrics import (
    Interval,
    Sampled,
    Statistic,
    auc,
    average_precisions,
    calibration_error,
    f1,
    mean,
    ranks,
    rate,
    resample,
    sampled,
)
from lab.negatives import Negatives
from models.encoders.registry import ENCODERS, EncoderOptions, load_encoder
from models.encoders.starter import WEIGHTS
from models.errors import DataMissing
from models.language import LANGUAGES, Language, language_named
from models.scorers import Platt

BASELINES = Path(__file__).parents[1] / "models" / "weights" / "head" / "baselines.safetensors"
BASELINE = "platt-cosine"  # what every difference is taken to
COSINE = "cosine"
THRESHOLD = 0.5  # of the routing (paper)
DEPTHS = (1, 5, 10)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--gallery", type=Path, help="folder of pictures; the folder of a picture is its class")
    parser.add_argument("--captions", type=Path, help="CSV: file,level,language,caption[,kind]")
    parser.add_argument("--scenes", type=int, metavar="N", help="render N scenes of the test and measure on them")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="has the drawings for --scenes")
    parser.add_argument("--json", type=Path, help="writes all figures there")
    parser.add_argument("--profile", choices=sorted(ENCODERS), default="starter", help="which encoder")
    parser.add_argument("--head", type=Path, default=BASELINES, help="the head and its baselines (`lab train head`)")
    parser.add_argument("--cache", type=Path, default=Path("data/cache/head"), help="keeps features between runs")


def main(args: argparse.Namespace) -> int:
    if args.scenes:
        args.gallery = Path("data/scenes/test")
        args.captions = write_scene_test(args.gallery, args.scenes, args.data / "emoji")
    if args.gallery is None or args.captions is None or not args.captions.exists():
        raise DataMissing("captions-missing", path=str(args.captions))
    test = read_benchmark(args.gallery, args.captions)
    encoder = load_encoder(args.profile, EncoderOptions(cache=args.cache))
    starter = args.profile == "starter"
    vectors: Vectors = StarterVectors(WEIGHTS, args.cache) if starter else EncoderVectors(encoder)
    report = evaluate(test, vectors, load_scorers(args.head, encoder.name))
    print(table(report))
    if args.json:
        args.json.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


# --- what is measured ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Query:
    """A right caption, and the rows of the pictures that it is right for and of those that nobody can judge."""

    text: str
    language: Language
    level: str
    right: tuple[int, ...]
    unknown: tuple[int, ...]
    wrong: tuple[tuple[str, str], ...]  # (kind, text): wrong captions in its words, of its first picture


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A gallery and its queries. `classes` are the folders of the pictures."""

    gallery: Path
    files: tuple[str, ...]
    classes: tuple[str, ...]
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Scorer:
    """Something that scores pairs. Without a calibration its numbers are no probabilities."""

    name: str
    logits: Logits
    calibration: Mapping[Language, Platt] | None


def read_benchmark(gallery: Path, captions: Path) -> Benchmark:
    """Raises DataMissing when a picture that the captions name is not there."""
    with captions.open(encoding="utf-8-sig", newline="") as file:
        rows = [{key: (value or "").strip() for key, value in row.items()} for row in csv.DictReader(file)]
    files = sorted({row["file"] for row in rows})
    for name in files:
        if not (gallery / name).exists():
            raise DataMissing("data-missing", path=str(gallery / name))
    number = {name: row for row, name in enumerate(files)}
    right: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    unknown: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    wrong: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        kind = row.get("kind", "")
        if kind in ("", UNKNOWN):
            (unknown if kind else right)[row["language"], row.get("level", ""), row["caption"]].append(
                number[row["file"]]
            )
        else:
            wrong[row["language"], row.get("level", ""), row["file"]].append((kind, row["caption"]))
    made = _Made(right) if not wrong else None
    queries = []
    for (language, level, text), pictures in right.items():
        known_wrong = made.of(language, text) if made else wrong[language, level, files[pictures[0]]]
        queries.append(
            Query(
                text,
                language_named(language),
                level,
                tuple(pictures),
                tuple(unknown[language, level, text]),
                tuple(known_wrong),
            )
        )
    return Benchmark(gallery, tuple(files), tuple(Path(name).parent.name for name in files), tuple(queries))


class _Made:
    """Half-truths for captions that came without."""

    def __init__(self, right: Mapping[tuple[str, str, str], Sequence[int]]) -> None:
        self._random = random.Random(0)
        self._negatives = {
            language: Negatives(language, [text for spoken, _, text in right if spoken == language])
            for language in LANGUAGES
        }

    def of(self, language: str, text: str) -> list[tuple[str, str]]:
        return list(self._negatives[language_named(language)].of(text, self._random).items())


def load_scorers(path: Path, encoder: str) -> list[Scorer]:
    """Raw cosine, then all that `lab train head` made. Raises ModelUnavailable."""
    cosine = Scorer(COSINE, lambda texts, images: np.einsum("qd,qnd->qn", texts, images), None)
    baselines = load_baselines(path, encoder)
    return [cosine, *(Scorer(name, b.logits, b.calibration) for name, b in baselines.items())]


# --- measuring ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measured:
    """All that one scorer said: the pairs of each query, its search, and what that was worth (q,) each."""

    pairs: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]]  # kind -> (right logit, wrong logit, query)
    hits: BestHits
    places: np.ndarray  # of the best right picture, from 1
    precisions: np.ndarray  # average precision of pictures of the class


def evaluate(test: Benchmark, vectors: Vectors, scorers: Sequence[Scorer]) -> dict[str, Any]:
    """Everything for every scorer, for each language and level apart and together, as one JSON object."""
    torch.manual_seed(0)  # the blind model draws its images at random
    images = vectors.images(test.gallery, test.files)
    texts = vectors.texts([query.text for query in test.queries])
    wrong = [(number, kind, text) for number, query in enumerate(test.queries) for kind, text in query.wrong]
    wrong_texts = vectors.texts([text for _, _, text in wrong]) if wrong else texts[:0]
    search = Search(texts, images, _truths(test), _alike(test), np.array([query.language for query in test.queries]))
    measured = {
        scorer.name: _measure(test, scorer, search, wrong, wrong_texts)
        for scorer in tqdm(scorers, desc="scorers", disable=None)
    }
    results = []
    for language in (*LANGUAGES, "all"):
        for level in (*sorted({query.level for query in test.queries}), "all"):
            chosen = np.array([(language in (q.language, "all")) and level in (q.level, "all") for q in test.queries])
            if chosen.sum() >= 2:
                told = {"language": language, "level": level, "n": int(chosen.sum())}
                results += [told | row for row in _figures(test, scorers, measured, np.flatnonzero(chosen))]
    return {
        "gallery": {"pictures": len(test.files), "queries": len(test.queries)},
        "threshold": THRESHOLD,
        "interval": "95%, bootstrap over queries; gain_* is the paired difference to platt-cosine",
        "results": results,
    }


def _truths(test: Benchmark) -> np.ndarray:
    truths = np.zeros((len(test.queries), len(test.files)), np.int8)
    for row, query in zip(truths, test.queries, strict=True):
        row[list(query.right)] = 1
        row[list(query.unknown)] = -1
    return truths


def _alike(test: Benchmark) -> np.ndarray:
    """Pictures of the class of the first right one, bool (q, n); nobody's where the gallery has one class only."""
    classes = np.array(test.classes)
    alike = classes[None] == classes[[query.right[0] for query in test.queries]][:, None]
    return alike & (len(set(test.classes)) > 1)


def _measure(
    test: Benchmark, scorer: Scorer, search: Search, wrong: Sequence[tuple[int, str, str]], wrong_texts: np.ndarray
) -> Measured:
    """Each right caption on its picture against itself on another ("random") and against wrong ones; and the search."""
    first = np.array([query.right[0] for query in test.queries])
    own = scorer.logits(search.texts, search.images[first][:, None])[:, 0]
    rng = np.random.default_rng(0)
    strangers = np.array([rng.choice(np.flatnonzero(row == 0)) if (row == 0).any() else -1 for row in search.truths])
    asked = np.flatnonzero(strangers >= 0)
    stranger = scorer.logits(search.texts[asked], search.images[strangers[asked]][:, None])[:, 0]
    pairs = {"random": (own[asked], stranger, asked)}
    if wrong:
        numbers = np.array([number for number, _, _ in wrong])
        kinds = np.array([kind for _, kind, _ in wrong])
        said = scorer.logits(wrong_texts, search.images[first[numbers]][:, None])[:, 0]
        for kind in sorted(set(kinds)):
            rows = kinds == kind
            pairs[kind] = (own[numbers[rows]], said[rows], numbers[rows])
        pairs["half_truth"] = (own[numbers], said, numbers)
    hits = best_hits(search, scorer.logits)
    return Measured(pairs, hits, *_retrieval(test, search.truths, hits))


def _figures(
    test: Benchmark, scorers: Sequence[Scorer], measured: Mapping[str, Measured], chosen: np.ndarray
) -> list[dict[str, Any]]:
    """The figures of each scorer on the chosen queries; `gain_*` are paired differences to the baseline."""
    resamples = resample(len(chosen))
    found: dict[str, dict[str, Sampled]] = {}
    for scorer in scorers:
        statistics = _statistics(test, scorer, measured[scorer.name], chosen)
        found[scorer.name] = {name: sampled(statistic, resamples) for name, statistic in statistics.items()}
    rows = []
    for name, own in found.items():
        row: dict[str, Any] = {"scorer": name}
        for figure, value in own.items():
            row |= _named(figure, value.interval)
        if BASELINE in found and name not in (BASELINE, COSINE):
            for figure, value in own.items():
                row |= _named(f"gain_{figure}", (value - found[BASELINE][figure]).interval)
        rows.append(row)
    return rows


def _named(name: str, found: Interval) -> dict[str, Any]:
    return {name: round(found.value, 4), f"{name}_95": [round(found.low, 4), round(found.high, 4)]}


def _statistics(test: Benchmark, scorer: Scorer, measured: Measured, chosen: np.ndarray) -> dict[str, Statistic]:
    """Each figure as a function of weights on the chosen queries."""
    place = {query: row for row, query in enumerate(chosen.tolist())}
    places = measured.places[chosen]
    statistics = {f"recall_at_{depth}": mean((places <= depth).astype(np.float32)) for depth in DEPTHS}
    statistics["map"] = mean(measured.precisions[chosen])
    for kind, (right, wrong, numbers) in measured.pairs.items():
        rows = np.isin(numbers, chosen)
        if rows.sum() < 2:
            continue
        queries = np.array([place[number] for number in numbers[rows].tolist()])
        scores = np.r_[right[rows], wrong[rows]]
        labels = np.r_[np.ones(rows.sum()), np.zeros(rows.sum())]
        statistics[f"auc_{kind}"] = auc(scores, labels, np.r_[queries, queries])
        won = (right[rows] > wrong[rows]) + 0.5 * (right[rows] == wrong[rows])
        statistics[f"accuracy_{kind}"] = _grouped_mean(won, queries)
    if scorer.calibration:
        statistics |= _routing(test, scorer.calibration, measured.hits, chosen)
    return statistics


def _grouped_mean(values: np.ndarray, queries: np.ndarray) -> Statistic:
    """Mean over pairs, drawn with their queries."""

    def statistic(weights: np.ndarray) -> np.ndarray:
        of_pairs = weights[:, queries]
        with np.errstate(invalid="ignore"):
            return of_pairs @ values / of_pairs.sum(axis=1)

    return statistic


def _retrieval(test: Benchmark, truths: np.ndarray, hits: BestHits) -> tuple[np.ndarray, np.ndarray]:
    """For each query the place of the best right picture, and the average precision of its class."""
    scores = np.full(truths.shape, hits.logits.min() - 1.0)  # what cosine left out comes last
    np.put_along_axis(scores, hits.candidates, hits.logits.astype(float), axis=1)
    alike = _alike(test)
    if not alike.any():
        alike = truths == 1
    return ranks(np.where(truths == -1, -np.inf, scores), truths == 1), average_precisions(scores, alike)


def _routing(
    test: Benchmark, calibration: Mapping[Language, Platt], hits: BestHits, chosen: np.ndarray
) -> dict[str, Statistic]:
    """Each query is asked of the gallery, and of the gallery without that kind of thing: to be painted then.

    `near_miss_find` is asked of the gallery without only what is right: how often a near miss passes for a find.
    """
    languages = [test.queries[number].language for number in chosen]

    def probabilities(logits: np.ndarray) -> np.ndarray:
        return np.array([calibration[language](logit) for language, logit in zip(languages, logits, strict=True)])

    found, in_vain = probabilities(hits.found[chosen]), probabilities(hits.found_in_vain[chosen])
    stated, right = np.r_[found, in_vain], np.r_[hits.right[chosen], np.zeros(len(chosen), bool)]
    present = np.r_[np.ones(len(chosen), bool), np.zeros(len(chosen), bool)]
    there = ~np.isnan(stated)
    decided = np.where(there, stated, 0.0) >= THRESHOLD
    twice = {
        "ece": calibration_error(np.where(there, stated, 0.0), np.where(there, right, 0.0)),
        "brier": mean(np.where(there, (np.nan_to_num(stated) - right) ** 2, 0.0)),
        "routing_f1": f1(decided, present),
        "false_find": rate(decided, ~present),
        "false_paint": rate(~decided, present),
    }
    near = probabilities(hits.found_near[chosen])
    passes = rate(np.nan_to_num(near) >= THRESHOLD, ~np.isnan(near))
    return {name: _both(statistic) for name, statistic in twice.items()} | {"near_miss_find": passes}


def _both(statistic: Statistic) -> Statistic:
    """Weights on queries to weights on their two cases."""
    return lambda weights: statistic(np.concatenate([weights, weights], axis=1))


# --- the table ----------------------------------------------------------------------------------------------------


def table(report: Mapping[str, Any]) -> str:
    """All scorers over all languages and levels, and the head's gain for each kind of negative, in Markdown."""
    rows = [row for row in report["results"] if row["language"] == row["level"] == "all"]
    columns = [name for name in rows[-1] if f"{name}_95" in rows[-1] and not name.startswith("gain_")]
    lines = ["| figure | " + " | ".join(row["scorer"] for row in rows) + " |", "|---" * (len(rows) + 1) + "|"]
    for name in columns:
        lines.append(f"| {name} | " + " | ".join(_cell(row, name) for row in rows) + " |")
    return "\n".join(lines)


def _cell(row: Mapping[str, Any], name: str) -> str:
    if name not in row:
        return ""
    low, high = row[f"{name}_95"]
    gain = f" ({row[f'gain_{name}']:+.3f})" if f"gain_{name}" in row else ""
    return f"{row[name]:.3f} [{low:.3f}, {high:.3f}]{gain}"
