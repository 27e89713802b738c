"""Trains and calibrates the match head, and all that it is compared with.

    python -m lab train head                                  the starter's, on scenes and photos
    python -m lab train head --profile full --gallery DIR --captions CSV    any encoder's, on your own captions

The CSV has the columns file, level, language, caption; files are relative to the gallery.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lab.head.calibrate import Brier, Search, calibrate
from lab.head.data import Draft, Vectors, described_draft, encode, photos_draft, scenes_draft
from lab.head.fit import Recipe, fit, pairs_won
from lab.head.groups import Groups, Pool, descriptions, make_groups, will_do
from lab.head.networks import HIDDEN, NETWORKS, Baseline, save_baselines
from lab.head.searches import Searches, make_searches
from lab.head.truth import can_be_asked, is_true, same_kind
from lab.head.vectors import EncoderVectors, StarterVectors
from lab.photos import Photo, photos
from models.encoders.registry import ENCODERS, EncoderOptions, load_encoder
from models.encoders.starter import WEIGHTS
from models.errors import DataMissing
from models.language import Language, language_named
from models.match_head import MatchHead, MatchNetwork

VALIDATION_SCENES = 200  # pairs
HELD_OUT_STEP = 2  # of the photos kept from the encoder, every second one validates, the others teach
QUERIES = 400  # of each language and gallery, for the calibration
SHIPPED = "residual-mlp"
SHARES = (0.2, 0.3, 0.4, 0.5, 0.7, 1.0)  # of the trained head, beside the cosine that it started from


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="photos and drawings to train on")
    parser.add_argument("--out", type=Path, default=Path("data/head"), help="gets head.safetensors and baselines")
    parser.add_argument("--cache", type=Path, default=Path("data/cache/head"), help="keeps features between runs")
    parser.add_argument("--profile", choices=sorted(ENCODERS), default="starter", help="whose head it is")
    parser.add_argument("--captions", type=Path, help="CSV of your own captions, in place of scenes and photos")
    parser.add_argument("--gallery", type=Path, help="folder that the files of --captions are in")
    parser.add_argument("--scenes", type=int, default=5600, help="pairs of scenes to train on")
    parser.add_argument("--photos", type=int, default=800, help="of the encoder's photos, to train on beside others")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=3, help="the head is the mean of as many")
    parser.add_argument("--no-baselines", action="store_true", help="train the head alone")


def main(args: argparse.Namespace) -> int:
    started = time.monotonic()
    encoder = load_encoder(args.profile, EncoderOptions(cache=args.cache))
    starter = args.profile == "starter"
    vectors: Vectors = StarterVectors(WEIGHTS, args.cache) if starter else EncoderVectors(encoder)
    train, validation = _own(args, vectors) if args.captions else _given(args, vectors)
    report(f"{len(train.texts)} texts, {len(train.images)} images; validation {len(validation[0].texts)} texts")
    head, baselines = trained(encoder.name, encoder.dim, train, validation, args)
    args.out.mkdir(parents=True, exist_ok=True)
    head.save(args.out / "head.safetensors")
    if baselines:
        save_baselines(args.out / "baselines.safetensors", encoder.name, encoder.dim, baselines)
    report(f"{args.out}: {json.dumps(dict(head.about))}, {time.monotonic() - started:.0f} s")
    return 0


def report(line: str) -> None:
    print(line, flush=True)


def _given(args: argparse.Namespace, vectors: Vectors) -> tuple[Pool, list[Pool]]:
    """Scenes and photos. The validation has other combinations, and photos that were kept from the encoder too."""
    teaching, validating = divided(photos(args.data), args.photos)
    folder, drawings = args.out / "scenes", args.data / "emoji"
    drafts = [scenes_draft(args.scenes, "train", folder, drawings), photos_draft(teaching, args.data)]
    validation = [
        scenes_draft(VALIDATION_SCENES, "samples", folder, drawings),
        photos_draft(validating, args.data),
    ]
    return encode(drafts, vectors), [encode([draft], vectors) for draft in validation]


def divided(every: Sequence[Photo], known: int) -> tuple[list[Photo], list[Photo]]:
    """The photos that teach the head, `known` of them known to the encoder, and those that validate it.

    Photos that taught the encoder lie closer to their words than others do, so that a head which saw only such would
    trust cosine too much. To descriptions, which fit one photo alone, they lie the closest: these stay out.
    """
    taught = [replace(photo, described=()) for photo in every if not photo.held_out]
    kept = [photo for photo in every if photo.held_out]
    chosen = np.random.default_rng(0).permutation(len(taught))[:known]
    return [*kept[1::HELD_OUT_STEP], *(taught[row] for row in sorted(chosen))], kept[::HELD_OUT_STEP]


def _own(args: argparse.Namespace, vectors: Vectors) -> tuple[Pool, list[Pool]]:
    """A fifth of the captioned pictures validates."""
    if args.gallery is None or not args.captions.exists():
        raise DataMissing("captions-missing", path=str(args.captions))
    with args.captions.open(encoding="utf-8-sig", newline="") as file:
        rows: list[tuple[str, Language, str]] = [
            (row["file"], language_named(row["language"]), row["caption"]) for row in csv.DictReader(file)
        ]
    drafts = [Draft(args.gallery), Draft(args.gallery)]
    described_draft(drafts[0], [row for row in rows if not _validates(row[0])])
    described_draft(drafts[1], [row for row in rows if _validates(row[0])])
    if not all(draft.anchors for draft in drafts):
        raise DataMissing("captions-too-few", path=str(args.captions))
    return encode(drafts[:1], vectors), [encode(drafts[1:], vectors)]


def _validates(file: str) -> bool:
    return sum(file.encode()) % 5 == 0


def trained(
    encoder: str, dim: int, train: Pool, validation: Sequence[Pool], args: argparse.Namespace
) -> tuple[MatchHead, dict[str, Baseline]]:
    """The mean of `args.seeds` heads, drawn back as far as its best hits say, and the baselines with the first seed."""
    examples = make_groups(train), make_searches(train)
    held = [(pool, make_groups(pool, seed=1)) for pool in validation]
    searches = [validation_search(pool) for pool in validation]
    recipe = Recipe(steps=args.steps)
    trials: list[MatchNetwork] = []
    won: list[float] = []
    for seed in range(args.seeds):
        network = _fitted(SHIPPED, dim, train, examples, replace(recipe, seed=seed))
        assert isinstance(network, MatchNetwork)
        trials.append(network)
        won.append(mean_won(network, held))
        report(f"{SHIPPED} seed {seed}: validation pairs won {won[-1]:.4f}")
    whole = MatchNetwork.mean(trials)
    won_together = mean_won(whole, held)
    report(f"{SHIPPED}, the mean of these: validation pairs won {won_together:.4f}")
    shares = {share: _calibrated(whole.drawn_back(share), searches) for share in SHARES}
    for share, (_, brier) in shares.items():
        report(
            f"{SHIPPED} share {share}: validation Brier score of the best hits {brier.score:.4f} ({brier.error:.4f})"
        )
    share = least_share({share: brier for share, (_, brier) in shares.items()})
    chosen = shares[share][0]
    assert isinstance(chosen.network, MatchNetwork)
    baselines = {} if args.no_baselines else {SHIPPED: chosen}
    for name in () if args.no_baselines else [name for name in NETWORKS if name != SHIPPED]:
        network = _fitted(name, dim, train, examples, recipe)
        report(f"{name}: validation pairs won {mean_won(network, held):.4f}")
        baselines[name] = _calibrated(network, searches)[0]
    about: dict[str, Any] = {
        "share": share,
        "validation_pairs_won": round(won_together, 4),
        "validation_pairs_won_of_seeds": [round(of_one, 4) for of_one in won],
    }
    network = chosen.network
    return MatchHead(encoder, network.arch, network.tensors(), chosen.calibration, about), baselines


def _fitted(name: str, dim: int, pool: Pool, examples: tuple[Groups, Searches], recipe: Recipe) -> torch.nn.Module:
    torch.manual_seed(recipe.seed)
    network = NETWORKS[name](dim, HIDDEN)
    fit(network, pool, *examples, recipe, lambda line: report(f"{name} {line}"))
    return network


def mean_won(network: torch.nn.Module, held: Sequence[tuple[Pool, Groups]]) -> float:
    return float(np.mean([pairs_won(network, pool, groups) for pool, groups in held]))


def least_share(shares: Mapping[float, Brier]) -> float:
    """The least share within one standard error of the best (Breiman et al. 1984): what training taught holds of its
    own kind of pictures and captions; the start holds everywhere."""
    best = min(shares.values(), key=lambda brier: brier.score)
    return min(share for share, brier in shares.items() if brier.score <= best.score + best.error)


def _calibrated(network: torch.nn.Module, searches: list[Search]) -> tuple[Baseline, Brier]:
    calibration, brier = calibrate(searches, Baseline(network, {}).logits)
    return Baseline(network, calibration), brier


def validation_search(pool: Pool) -> Search:
    """The right texts of a pool, as queries over the first image of each group.

    The others stay out: a scene's twin differs from it in one detail, and among twins the best hit is wrong far more
    often than in any gallery that people have. Texts of which too little is known serve only where there is nothing
    else.
    """
    rng = np.random.default_rng(0)
    images = [shown[0] for _, shown in pool.anchors]
    right = [
        text
        for (texts, _), image in zip(pool.anchors, images, strict=True)
        for text in texts
        if is_true(pool.texts[text], pool.images[image])
    ]
    exact = [text for text in right if can_be_asked(pool.texts[text])]
    right = exact or right
    rows: list[int] = []
    for language in ("en", "zh"):
        spoken = [row for row in right if pool.texts[row].language == language]
        rows += rng.permutation(spoken)[:QUERIES].tolist()
    described = descriptions(pool)
    truths = [[_number(will_do(pool, described, row, image)) for image in images] for row in rows]
    kinds = [[same_kind(pool.texts[row], pool.images[image]) for image in images] for row in rows]
    languages: list[Language] = [pool.texts[row].language for row in rows]
    return Search(
        pool.text_vectors[rows],
        pool.image_vectors[images],
        np.array(truths, np.int8),
        np.array(kinds, bool),
        np.array(languages),
    )


def _number(truth: bool | None) -> int:
    return -1 if truth is None else int(truth)
