"""Trains the starter painter, from drawings to weights: `python -m lab train painter`.

Five stages, each resumable and each reading what the one before left on disk: `render` captioned scenes, train the `vae`,
encode pictures and captions (`encode`), train the `unet` with the reader of prompts, `export` the averaged weights.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.multiprocessing as mp
from diffusers import AutoencoderKL

from lab.painter import autoencoder, dataset
from lab.painter.dataset import TrainingSet
from lab.painter.diffusion import Denoiser, Recipe, averaged, train
from lab.painter.text import CaptionTable
from models.encoders.e5 import E5
from models.errors import DataMissing
from models.painter.conditioner import ReaderConfig
from models.painter.preview import LatentPreview
from models.painter.starter import SIDE, WEIGHTS, save_starter_painter

ENCODE_BATCH = 50
PREVIEW_PICTURES = 400


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stages", nargs="+", choices=list(STAGES), default=list(STAGES), help="default: all, in order")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder that holds emoji/")
    parser.add_argument("--cache", type=Path, default=Path("data/cache/painter"), help="pictures, latents, captions")
    parser.add_argument("--run", type=Path, default=Path("data/painter"), help="VAE and checkpoint; a run goes on from them")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where `export` puts the painter")
    parser.add_argument("--pictures", type=int, default=24_000)
    parser.add_argument("--vae-minutes", type=float, default=8.0)
    parser.add_argument("--unet-minutes", type=float, default=Recipe.minutes)
    parser.add_argument("--batch", type=int, default=Recipe.batch)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")


def main(args: argparse.Namespace) -> int:
    for stage in STAGES:
        if stage in args.stages:
            print(f"== {stage}", flush=True)
            STAGES[stage](args)
    return 0


def render(args: argparse.Namespace) -> None:
    dataset.write(_pictures(args).folder, args.pictures, SIDE, args.data / "emoji")


def train_vae(args: argparse.Namespace) -> None:
    shards = _pictures(args).pictures()
    if not shards:
        raise DataMissing("data-missing", path=str(_pictures(args).folder))
    autoencoder.train(shards, args.run / "vae", 60 * args.vae_minutes, torch.device(args.device))


def encode(args: argparse.Namespace) -> None:
    """Latents float16 (n, C, h, w) and the captions' words, in the order of the pictures."""
    pictures = _pictures(args)
    CaptionTable.build(pictures.texts(), ReaderConfig().length - 1, E5(args.cache)).save(_captions(args))
    vae, device = _vae(args), torch.device(args.device)
    latents = [
        autoencoder.encode(vae, autoencoder.to_pixels(shard[k : k + ENCODE_BATCH]), device).cpu().half().numpy()
        for shard in pictures.pictures()
        for k in range(0, len(shard), ENCODE_BATCH)
    ]
    np.save(_latents(args), np.concatenate(latents))


def train_unet(args: argparse.Namespace) -> None:
    """On a CPU one process a core, on a GPU one."""
    world = 1 if args.device != "cpu" else min(os.cpu_count() or 1, args.batch)
    recipe = Recipe(minutes=args.unet_minutes, batch=args.batch)
    with tempfile.TemporaryDirectory() as folder:
        meet = str(Path(folder) / "meet")
        options = (world, recipe, _latents(args), _captions(args), _checkpoint(args), args.device, meet)
        mp.spawn(train, options, nprocs=world)


def export(args: argparse.Namespace) -> None:
    """The averaged weights in half precision, which halves the repository's share and changes no picture visibly."""
    vae = _vae(args)
    shard = _pictures(args).pictures()[0][:PREVIEW_PICTURES]
    pixels = autoencoder.to_pixels(shard)
    preview = LatentPreview.fit(autoencoder.encode(vae, pixels, torch.device(args.device)), pixels)
    model = averaged(_checkpoint(args), Denoiser())
    save_starter_painter(args.weights, vae.cpu().half(), model.unet.half(), model.reader.half(), preview)


STAGES: dict[str, Callable[[argparse.Namespace], None]] = {
    "render": render,
    "vae": train_vae,
    "encode": encode,
    "unet": train_unet,
    "export": export,
}


def _pictures(args: argparse.Namespace) -> TrainingSet:
    return TrainingSet(args.cache / "pictures")


def _latents(args: argparse.Namespace) -> Path:
    return args.cache / "latents.npy"


def _captions(args: argparse.Namespace) -> Path:
    return args.cache / "captions.npz"


def _checkpoint(args: argparse.Namespace) -> Path:
    return args.run / "checkpoint.pt"


def _vae(args: argparse.Namespace) -> AutoencoderKL:
    vae = AutoencoderKL.from_pretrained(args.run / "vae")
    assert isinstance(vae, AutoencoderKL)
    return vae.to(args.device).eval()  # pyright: ignore[reportArgumentType]


if __name__ == "__main__":
    _parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(_parser)
    raise SystemExit(main(_parser.parse_args()))
