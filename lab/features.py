"""Features of frozen networks, computed once and kept under `data/cache/`: training runs on them in minutes.

images = image_features(folder, files, cache)      # .pools float16 (n, 11, 1448)
texts = text_features(lines, cache)                # float32 (n, 4, 384)
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from models.encoders.e5 import DIM, E5
from models.encoders.efficientnet import CHANNELS, POOLS, SIDE, Trunk, weights_file
from models.encoders.onnx_session import OnnxSession, cached, export
from models.encoders.projection import Ensemble, language_numbers, text_pools
from models.encoders.views import VIEWS

BATCH = 32


@dataclass(frozen=True, slots=True)
class Features:
    """Pools of a list of files, float16 (n, 11, 1448), memory-mapped (`models.encoders.efficientnet.Trunk`)."""

    files: tuple[str, ...]
    pools: np.ndarray


def image_features(folder: Path, files: Sequence[str], cache: Path, view: str = "squash") -> Features:
    """Pools of `files` (paths under `folder`) as seen through one of `VIEWS`; computed at the first call only."""

    def load(batch: Sequence[str]) -> np.ndarray:
        return np.stack([VIEWS[view](Image.open(folder / file).convert("RGB"), SIDE) for file in batch])

    key = hashlib.sha256(json.dumps([str(folder.resolve()), view, CHANNELS, *files]).encode()).hexdigest()[:16]
    path = cache / "images" / f"{view}-{key}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")  # two seeds may train beside each other
        pools = np.lib.format.open_memmap(part, "w+", np.float16, (len(files), POOLS, CHANNELS))
        trunk = _trunk(cache)
        start = 0
        for pixels in _ahead(files, load):
            pools[start : start + len(pixels)] = trunk(pixels)
            start += len(pixels)
        pools.flush()
        part.replace(path)
    return Features(tuple(files), np.load(path, mmap_mode="r"))


def _ahead(files: Sequence[str], load: Callable[[Sequence[str]], np.ndarray]) -> Iterator[np.ndarray]:
    """uint8 (at most BATCH, 224, 224, 3) at a time; a thread decodes ahead."""
    batches = [files[start : start + BATCH] for start in range(0, len(files), BATCH)]
    with ThreadPoolExecutor(1) as pool:
        ahead = [pool.submit(load, batch) for batch in batches[:2]]
        for number in tqdm(range(len(batches)), desc="features", unit="batch", disable=None):
            if number + 2 < len(batches):
                ahead.append(pool.submit(load, batches[number + 2]))
            yield ahead[number].result()


def _trunk(cache: Path) -> OnnxSession:
    digest = hashlib.sha256(weights_file().read_bytes()).hexdigest()[:12]
    example = torch.zeros(2, SIDE, SIDE, 3, dtype=torch.uint8)
    return OnnxSession(
        cached(cache / f"trunk-{digest}-{CHANNELS}.onnx", lambda: export(Trunk(), (example,))), threads=1
    )


def text_features(texts: Sequence[str], cache: Path) -> np.ndarray:
    """Pools of `texts`, float32 (n, 4, 384) (`text_pools`); each text is computed once and kept in
    `cache`/texts.sqlite."""
    cache.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(cache / "texts.sqlite", timeout=120)) as store:
        store.execute("CREATE TABLE IF NOT EXISTS pools (text TEXT PRIMARY KEY, pools BLOB) WITHOUT ROWID")
        # One by one: the whole table has half a gigabyte, and most calls want a handful.
        found = (
            store.execute("SELECT text, pools FROM pools WHERE text = ?", (text,)) for text in dict.fromkeys(texts)
        )
        known: dict[str, bytes] = {text: pools for rows in found for text, pools in rows}
        missing = sorted({text for text in texts if text not in known}, key=len)  # batches of like lengths
        e5 = E5(cache, threads=1) if missing else None
        for start in tqdm(range(0, len(missing), BATCH), desc="texts", unit="batch", disable=None if missing else True):
            assert e5
            batch = missing[start : start + BATCH]
            pools = text_pools(*map(torch.from_numpy, e5.states(batch))).numpy().astype(np.float16)
            rows = [(text, of_text.tobytes()) for text, of_text in zip(batch, pools, strict=True)]
            store.executemany("INSERT OR IGNORE INTO pools VALUES (?, ?)", rows)
            store.commit()
            known.update(rows)
    return np.frombuffer(b"".join(known[text] for text in texts), np.float16).reshape(-1, 4, DIM).astype(np.float32)


@torch.inference_mode()
def encode_image_features(projection: Ensemble, pools: np.ndarray) -> np.ndarray:
    """Pools (n, 11, 1448) -> vectors as the encoder with this projection gives them, float32 (n, dim)."""
    parts = [
        projection.image(torch.from_numpy(pools[start : start + 256].astype(np.float32)))
        for start in range(0, len(pools), 256)
    ]
    return torch.cat(parts).numpy()


@torch.inference_mode()
def encode_text_features(projection: Ensemble, texts: Sequence[str], cache: Path) -> np.ndarray:
    """Texts -> vectors as the encoder with this projection gives them, float32 (n, dim)."""
    return projection.text(torch.from_numpy(text_features(texts, cache)), language_numbers(texts)).numpy()
