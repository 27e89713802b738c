"""Trains the starter painter, from drawings to weights: `python -m lab train painter`.

Stages, each resumable and each reading what earlier ones left on disk: `captions` through the language model, `render`
the scenes, `encode` the pictures, train the `unet` with the reader of prompts, train the `decoder`, `export` the
averaged weights, `evaluate`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import torch

from lab.painter import autoencoder, dataset
from lab.painter.autoencoder import DecoderRecipe, open_autoencoder
from lab.painter.dataset import TrainingSet
from lab.painter.diffusion import Denoiser, Recipe, averaged, train
from lab.painter.evaluate import SHEET, Judge, contact_sheet
from lab.painter.evaluate import evaluate as judged
from lab.painter.sampling import paint, rebuilt
from lab.painter.text import CaptionTable
from lab.painter.workers import together
from lab.scenes import Sprites
from models.encoders.e5 import E5
from models.errors import DataMissing
from models.painter.autoencoder import PatchAutoencoder
from models.painter.conditioner import ReaderConfig
from models.painter.preview import LatentPreview
from models.painter.starter import LATENT_CHANNELS, SIDE, WEIGHTS, load_starter_painter, save_starter_painter

PREVIEW_PICTURES = 400
PREVIEW_PIXELS = 4  # a side, for a latent pixel


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stages", nargs="+", choices=list(STAGES), default=list(STAGES), help="default: all, in order"
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder that holds emoji/")
    parser.add_argument("--cache", type=Path, default=Path("data/cache/painter"), help="pictures, latents, captions")
    parser.add_argument(
        "--run", type=Path, default=Path("data/painter"), help="VAE and checkpoint; a run goes on from them"
    )
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where `export` puts the painter")
    parser.add_argument("--sheet", type=Path, default=Path("docs/painter.webp"), help="contact sheet of `evaluate`")
    parser.add_argument("--pictures", type=int, default=24_000)
    parser.add_argument("--unet-minutes", type=float, default=90.0)
    parser.add_argument("--decoder-minutes", type=float, default=60.0)
    parser.add_argument("--batch", type=int, default=48, help="pictures a step of the UNet (a GPU likes 256)")
    parser.add_argument("--decoder-batch", type=int, default=8, help="pictures a step of the decoder (a GPU likes 32)")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")


def main(args: argparse.Namespace) -> int:
    for stage in STAGES:
        if stage in args.stages:
            print(f"== {stage}", flush=True)
            STAGES[stage](args)
    return 0


def captions(args: argparse.Namespace) -> None:
    """The one stage that needs the language model: its file may be made beforehand and carried to a GPU machine."""
    args.cache.mkdir(parents=True, exist_ok=True)
    table = CaptionTable.build(dataset.texts(args.pictures), ReaderConfig().length - 1, E5(args.cache))
    table.save(_captions(args))


def render(args: argparse.Namespace) -> None:
    dataset.write(_pictures(args).folder, args.pictures, SIDE, args.data / "emoji")


def encode(args: argparse.Namespace) -> None:
    """Latents float16 (n, C, h, w) in the pictures' order; fits the encoder if there is none."""
    shards = _rendered(args).pictures()
    fitted = _vae(args).exists()
    vae = open_autoencoder(_vae(args)) if fitted else PatchAutoencoder(LATENT_CHANNELS)
    vae.to(args.device)
    if not fitted:
        autoencoder.fit_encoder(vae, shards)
        vae.save_pretrained(_vae(args))
    pixels = (autoencoder.to_pixels(shard, args.device) for shard in shards)
    np.save(_latents(args), np.concatenate([autoencoder.encode(vae, p).half().cpu().numpy() for p in pixels]))


def train_unet(args: argparse.Namespace) -> None:
    _needed(_latents(args), "encode")
    _needed(_captions(args), "captions")
    pictures = len(np.load(_latents(args), mmap_mode="r"))
    if len(CaptionTable.load(_captions(args)).numbers) < pictures:
        raise DataMissing("captions-fewer", path=str(_captions(args)), pictures=pictures)
    recipe = Recipe(minutes=args.unet_minutes, batch=args.batch)
    together(train, args.device, recipe.batch, recipe, _latents(args), _captions(args), _checkpoint(args), args.device)


def train_decoder(args: argparse.Namespace) -> None:
    recipe = DecoderRecipe(minutes=args.decoder_minutes, batch=args.decoder_batch)
    options = (_needed(_vae(args), "encode"), _rendered(args).shards, recipe, args.device)
    together(autoencoder.train_decoder, args.device, recipe.batch, *options)


def export(args: argparse.Namespace) -> None:
    """The averaged weights: the UNet's packed, the others in half precision, which changes no picture visibly."""
    vae = open_autoencoder(_needed(_vae(args), "encode"))
    shard = _rendered(args).pictures()[0][:PREVIEW_PICTURES]
    pixels = autoencoder.to_pixels(shard)
    preview = LatentPreview.fit(autoencoder.encode(vae, pixels), pixels, PREVIEW_PIXELS)
    model = averaged(_needed(_checkpoint(args), "unet"), Denoiser())
    save_starter_painter(args.weights, vae.half(), model.unet, model.reader.half(), preview)


def evaluate(args: argparse.Namespace) -> None:
    """Writes the three shares to `evaluation.json` in the run's folder and the contact sheet of sixty prompts."""
    painter = load_starter_painter(args.weights, args.device, E5(args.cache))
    for folder in (args.sheet.parent, args.run):
        folder.mkdir(parents=True, exist_ok=True)
    contact_sheet(paint(painter, SHEET)).save(args.sheet, quality=88, method=6)
    shares = judged(partial(paint, painter), partial(rebuilt, painter), Judge(Sprites(args.data / "emoji")))
    report = [asdict(share) for share in shares]
    (args.run / "evaluation.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    for share in shares:
        drawn = f"drawn scenes {share.ceiling:.1%}, after the autoencoder {share.rebuilt:.1%}"
        print(f"{share.name}: {share.right:.1%} of {share.n} ({drawn}; {share.by_language})")


STAGES: dict[str, Callable[[argparse.Namespace], None]] = {
    "captions": captions,
    "render": render,
    "encode": encode,
    "unet": train_unet,
    "decoder": train_decoder,
    "export": export,
    "evaluate": evaluate,
}


def _pictures(args: argparse.Namespace) -> TrainingSet:
    return TrainingSet(args.cache / "pictures")


def _rendered(args: argparse.Namespace) -> TrainingSet:
    pictures = _pictures(args)
    _needed(pictures.folder / "00000.npy", "render")
    return pictures


def _needed(path: Path, stage: str) -> Path:
    """What an earlier stage leaves, when it is there."""
    if not path.exists():
        raise DataMissing("stage-missing", path=str(path), stage=stage)
    return path


def _latents(args: argparse.Namespace) -> Path:
    return args.cache / "latents.npy"


def _captions(args: argparse.Namespace) -> Path:
    return args.cache / "captions.npz"


def _checkpoint(args: argparse.Namespace) -> Path:
    return args.run / "checkpoint.pt"


def _vae(args: argparse.Namespace) -> Path:
    return args.run / "vae"
