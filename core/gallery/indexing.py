"""Adds pictures to a gallery: decode and thumbnail on a few threads, encode in batches, store as it goes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from core.errors import InputError
from core.gallery.store import Entry, GalleryStore
from core.images import SUFFIXES, read_image, thumbnail
from core.types import Picture

ENCODE_BATCH = 32
STORE_BATCH = 512  # pictures between two writes: what an interruption can cost
MAX_FILE_BYTES = 64 * 2**20  # the owner's own files may be larger than an upload


@dataclass(frozen=True, slots=True)
class Candidate:
    """An image file that a gallery may want: its bytes are read again only if they are new."""

    picture_id: str  # SHA-256 of the file
    file: str
    root: str


@dataclass(frozen=True, slots=True)
class ImageEncoding:
    """The two halves of `Encoder.encode_images`.

    Attributes:
        prepare: an RGB image -> uint8 (side, side, 3); called from several threads.
        encode: uint8 (n, side, side, 3) -> float32 (n, d).
    """

    prepare: Callable[[Image.Image], np.ndarray]
    encode: Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Broken:
    """A file that was skipped, and the message that says why."""

    file: str
    message_id: str
    params: dict[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Added:
    """What an addition did."""

    added: int
    known: int
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class _Decoded:
    picture: Picture
    root: str
    original: bytes | None
    thumbnail: bytes
    prepared: np.ndarray  # uint8 (side, side, 3)


def scan(folder: Path) -> Iterator[Candidate]:
    """Every image file below a folder, in the order of its names. Reads and hashes each."""
    root = folder.resolve()
    paths = sorted(path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    for path in paths:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        yield Candidate(digest, path.relative_to(root).as_posix(), str(root))


def new_candidates(store: GalleryStore, candidates: Iterable[Candidate]) -> tuple[list[Candidate], int]:
    """Those whose content the gallery does not hold yet, each once; and how many it holds."""
    known = {located.picture.id for located in store.located()}
    fresh: dict[str, Candidate] = {}
    repeated = 0
    for candidate in candidates:
        if candidate.picture_id in known or candidate.picture_id in fresh:
            repeated += 1
        else:
            fresh[candidate.picture_id] = candidate
    return list(fresh.values()), repeated


def add_files(
    store: GalleryStore,
    candidates: list[Candidate],
    encoding: ImageEncoding,
    *,
    on_progress: Callable[[int], object] = lambda done: None,
    workers: int | None = None,
) -> tuple[int, tuple[Broken, ...]]:
    """Encodes and stores; what is stored stays when this is interrupted, and the next call goes on from there.

    Args:
        on_progress: told how many files were finished since it was last told.
    """
    broken: list[Broken] = []
    pending: list[Entry] = []
    added = 0

    def decode(candidate: Candidate) -> _Decoded | Broken:
        try:
            data = (Path(candidate.root) / candidate.file).read_bytes()
            return _decode(candidate.picture_id, candidate.file, candidate.root, data, encoding, keep_original=False)
        except InputError as error:
            return Broken(candidate.file, error.message_id, error.params)
        except OSError as error:
            return Broken(candidate.file, "file-unreadable", {"reason": error.strerror or "error"})

    with ThreadPoolExecutor(workers or os.cpu_count(), thread_name_prefix="decode") as pool:
        for batch in _batches(_ahead(pool, decode, candidates), ENCODE_BATCH):
            good = [item for item in batch if isinstance(item, _Decoded)]
            broken += [item for item in batch if isinstance(item, Broken)]
            pending += _encode(good, encoding)
            if len(pending) >= STORE_BATCH:
                store.append(pending)
                added += len(pending)
                pending = []
            on_progress(len(batch))
    if pending:
        store.append(pending)
        added += len(pending)
    return added, tuple(broken)


def add_upload(store: GalleryStore, data: bytes, file: str, tags: tuple[str, ...], encoding: ImageEncoding) -> Picture:
    """Adds one uploaded picture, kept whole in the table. Adding it twice changes nothing.

    Raises:
        InputError: not a picture that we can read.
    """
    digest = hashlib.sha256(data).hexdigest()
    decoded = _decode(digest, file, "", data, encoding, keep_original=True, tags=tags)
    if new_candidates(store, [Candidate(digest, file, "")])[0]:
        store.append(_encode([decoded], encoding))
    return decoded.picture


def _decode(
    picture_id: str,
    file: str,
    root: str,
    data: bytes,
    encoding: ImageEncoding,
    *,
    keep_original: bool,
    tags: tuple[str, ...] | None = None,
) -> _Decoded:
    image = read_image(data, max_bytes=MAX_FILE_BYTES)
    folder = Path(file).parent.name  # the class, as Animals-10 and most collections keep it
    picture = Picture(picture_id, file, tags if tags is not None else ((folder,) if folder else ()), *image.size)
    original = data if keep_original else None
    return _Decoded(picture, root, original, thumbnail(image), encoding.prepare(image))


def _encode(decoded: list[_Decoded], encoding: ImageEncoding) -> list[Entry]:
    if not decoded:
        return []
    vectors = encoding.encode(np.stack([item.prepared for item in decoded]))
    return [
        Entry(item.picture, item.root, item.original, item.thumbnail, vector)
        for item, vector in zip(decoded, vectors, strict=True)
    ]


def _ahead(
    pool: ThreadPoolExecutor, decode: Callable[[Candidate], _Decoded | Broken], candidates: list[Candidate]
) -> Iterator[_Decoded | Broken]:
    """`pool.map` that runs at most four batches ahead, so that a million pictures never lie decoded in memory."""
    waiting: list[Future[_Decoded | Broken]] = []
    rest = iter(candidates)
    waiting += [pool.submit(decode, candidate) for candidate in islice(rest, 4 * ENCODE_BATCH)]
    for future in waiting:  # grows while it is read
        yield future.result()
        waiting += [pool.submit(decode, candidate) for candidate in islice(rest, 1)]


def _batches(items: Iterator[_Decoded | Broken], size: int) -> Iterator[list[_Decoded | Broken]]:
    while batch := list(islice(items, size)):
        yield batch
