"""Features of frozen networks, computed once and kept under `data/cache/`: training runs on them in minutes.

    images = image_features(folder, files, cache)      # Features: .rows(files) -> uint8 (n, 49, 1280)
    texts = text_features(lines, cache)                # float32 (n, 384)
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from models.encoders.e5 import DIM, E5
from models.encoders.efficientnet import CELLS, CHANNELS, SIDE, Trunk, weights_file
from models.encoders.onnx_session import OnnxSession, cached, export
from models.encoders.views import VIEWS

BATCH = 32
SCALE = 255 / 6  # the last activation is a ReLU6: eight bits hold it to 1%


@dataclass(frozen=True, slots=True)
class Features:
    """Feature maps of a list of files; `maps` is uint8 (n, 49, 1280), memory-mapped, feature = value / SCALE."""

    files: tuple[str, ...]
    maps: np.ndarray

    def rows(self, files: Sequence[str]) -> np.ndarray:
        """float32 (len(files), 49, 1280)."""
        index = {file: row for row, file in enumerate(self.files)}
        return self.maps[[index[file] for file in files]].astype(np.float32) / SCALE


def image_features(folder: Path, files: Sequence[str], cache: Path, view: str = "squash") -> Features:
    """Feature maps of `files` (paths under `folder`) as seen through one of `VIEWS`; computed at the first call only."""
    key = hashlib.sha256(json.dumps([str(folder.resolve()), view, *files]).encode()).hexdigest()[:16]
    path = cache / "images" / f"{view}-{key}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        maps = np.lib.format.open_memmap(part, "w+", np.uint8, (len(files), CELLS, CHANNELS))
        trunk = _trunk(cache)
        start = 0
        for pixels in _pixels(folder, files, view):
            maps[start : start + len(pixels)] = np.rint(trunk(pixels) * SCALE)
            start += len(pixels)
        maps.flush()
        part.replace(path)
    return Features(tuple(files), np.load(path, mmap_mode="r"))


def _trunk(cache: Path) -> OnnxSession:
    digest = hashlib.sha256(weights_file().read_bytes()).hexdigest()[:12]
    example = torch.zeros(2, SIDE, SIDE, 3, dtype=torch.uint8)
    return OnnxSession(cached(cache / f"trunk-{digest}.onnx", lambda: export(Trunk(), (example,))))


def _pixels(folder: Path, files: Sequence[str], view: str) -> Iterator[np.ndarray]:
    """uint8 (at most BATCH, 224, 224, 3) at a time; a thread decodes ahead."""

    def load(batch: Sequence[str]) -> np.ndarray:
        return np.stack([VIEWS[view](Image.open(folder / file).convert("RGB"), SIDE) for file in batch])

    batches = [files[start : start + BATCH] for start in range(0, len(files), BATCH)]
    with ThreadPoolExecutor(1) as pool:
        ahead = [pool.submit(load, batch) for batch in batches[:2]]
        for number in tqdm(range(len(batches)), desc=f"features ({view})", unit="batch", disable=None):
            if number + 2 < len(batches):
                ahead.append(pool.submit(load, batches[number + 2]))
            yield ahead[number].result()


@dataclass(frozen=True, slots=True)
class TokenStates:
    """E5 states of a list of texts, one after the other: those of text k are `states[starts[k]:starts[k + 1]]`."""

    states: np.ndarray  # float16 (tokens, 384)
    starts: np.ndarray  # int64 (n + 1,)

    def padded(self, rows: Sequence[int] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `E5.states` gives them: float32 (n, longest, 384) and the mask float32 (n, longest)."""
        rows = np.asarray(rows)
        starts, lengths = self.starts[rows], self.starts[rows + 1] - self.starts[rows]
        places = np.arange(lengths.max(initial=1))
        mask = places < lengths[:, None]
        states = self.states[np.where(mask, starts[:, None] + places, 0)].astype(np.float32)
        return states * mask[..., None], mask.astype(np.float32)


def text_features(texts: Sequence[str], cache: Path) -> TokenStates:
    """E5 states of `texts`; each text is computed once and kept in `cache`/texts.sqlite."""
    cache.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(cache / "texts.sqlite", timeout=120)) as store:
        store.execute("CREATE TABLE IF NOT EXISTS states (text TEXT PRIMARY KEY, states BLOB) WITHOUT ROWID")
        known: dict[str, bytes] = dict(store.execute("SELECT text, states FROM states"))
        missing = sorted({text for text in texts if text not in known}, key=len)  # batches of like lengths
        e5 = E5(cache) if missing else None
        for start in tqdm(range(0, len(missing), BATCH), desc="texts", unit="batch", disable=None if missing else True):
            assert e5
            batch = missing[start : start + BATCH]
            states, mask = e5.states(batch)
            rows = [
                (text, of_text[: int(length)].astype(np.float16).tobytes())
                for text, of_text, length in zip(batch, states, mask.sum(1), strict=True)
            ]
            store.executemany("INSERT OR IGNORE INTO states VALUES (?, ?)", rows)
            store.commit()
            known.update(rows)
    blobs = [known[text] for text in texts]
    starts = np.cumsum([0, *(len(blob) // (2 * DIM) for blob in blobs)])
    return TokenStates(np.frombuffer(b"".join(blobs), np.float16).reshape(-1, DIM), starts)
