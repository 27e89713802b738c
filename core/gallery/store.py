"""The gallery's truth: a LanceDB table for each gallery, in a local folder or at `s3://bucket/...` by the same code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa

from core.errors import GalleryMismatch, NotFound
from core.types import Picture

_IN_LIST = 1_000  # ids in one SQL `IN (...)`
_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture as it is stored; its original is the file `root`/`picture.file`, or in `original`."""

    picture: Picture
    root: str
    original: bytes | None = field(repr=False)
    thumbnail: bytes = field(repr=False)
    vector: np.ndarray = field(repr=False)  # float32 (d,)


@dataclass(frozen=True, slots=True)
class Located:
    """A picture and the folder it was added from, without its pixels."""

    picture: Picture
    root: str


class GalleryStore:
    """One table. Blocking; safe to use from several threads, as LanceDB is.

    Args:
        location: a folder or `s3://...`; made when missing.
        name: which gallery; `core.types.SHARED`, or a Discord server's id.
        encoder: `Encoder.name` of all its vectors.
        dim: width of its vectors.

    Raises:
        GalleryMismatch: the table holds vectors of another encoder.
    """

    def __init__(self, location: str, name: str, encoder: str, dim: int) -> None:
        self.name = name
        self._encoder = encoder
        self._dim = dim
        self._schema = _schema(encoder, dim)
        self._database = lancedb.connect(location)
        if name in self._database.list_tables().tables:
            self._table = self._database.open_table(name)
            made_with = _encoder_of(self._table.schema)
            if made_with != encoder:
                raise GalleryMismatch("gallery-mismatch", made_with=made_with, now=encoder)
        else:
            self._table = self._database.create_table(name, schema=self._schema)

    def __len__(self) -> int:
        return self._table.count_rows()

    def append(self, entries: Sequence[Entry]) -> None:
        """Adds entries; their ids must not be there yet."""
        self._table.add(self._to_arrow(entries))

    def remove(self, ids: Iterable[str]) -> int:
        """Removes pictures by id; returns how many were there."""
        before = len(self)
        wanted = list(ids)
        for start in range(0, len(wanted), _IN_LIST):
            self._table.delete(_id_in(wanted[start : start + _IN_LIST]))
        return before - len(self)

    def located(self) -> list[Located]:
        """Every picture without its pixels, in the order of `vectors`."""
        return [_located(row) for row in self._columns("id", "file", "root", "tags", "width", "height").to_pylist()]

    def load(self) -> tuple[list[Picture], np.ndarray]:
        """Every picture and the float32 (n, d) matrix of their vectors, row by row."""
        table = self._columns("id", "file", "root", "tags", "width", "height", "vector")
        vectors = table.column("vector").combine_chunks()
        matrix = vectors.values.to_numpy(zero_copy_only=False).reshape(len(table), self._dim)
        rows = table.drop_columns(["vector"]).to_pylist()
        return [_located(row).picture for row in rows], np.ascontiguousarray(matrix, dtype=np.float32)

    def thumbnail(self, picture_id: str) -> bytes:
        """A JPEG of at most 224 pixels. Raises NotFound."""
        return self._row(picture_id, "thumbnail")["thumbnail"]

    def original(self, picture_id: str) -> bytes:
        """The image file as it was added. Raises NotFound, also when the file has gone from its folder."""
        row = self._row(picture_id, "file", "root", "original")
        if row["original"] is not None:
            return row["original"]
        try:
            return (Path(row["root"]) / row["file"]).read_bytes()
        except OSError:
            raise NotFound("picture-file-gone", file=row["file"]) from None

    def optimize(self) -> None:
        """Compacts what many small additions left behind."""
        self._table.optimize()

    def _row(self, picture_id: str, *columns: str) -> dict:
        if not _ID.fullmatch(picture_id):
            raise NotFound("picture-not-found")
        rows = self._table.search().where(_id_in([picture_id])).select(list(columns)).limit(1).to_list()
        if not rows:
            raise NotFound("picture-not-found")
        return rows[0]

    def _columns(self, *columns: str) -> pa.Table:
        return self._table.search().select(list(columns)).to_arrow()

    def _to_arrow(self, entries: Sequence[Entry]) -> pa.Table:
        vectors = np.stack([entry.vector for entry in entries]).astype(np.float32)
        columns = {
            "id": [entry.picture.id for entry in entries],
            "file": [entry.picture.file for entry in entries],
            "root": [entry.root for entry in entries],
            "tags": [list(entry.picture.tags) for entry in entries],
            "width": [entry.picture.width for entry in entries],
            "height": [entry.picture.height for entry in entries],
            "original": [entry.original for entry in entries],
            "thumbnail": [entry.thumbnail for entry in entries],
            "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1]),
        }
        return pa.table(columns, schema=self._schema)


def reencode(location: str, name: str, encoder: str, dim: int, encode: Callable[[list[bytes]], np.ndarray]) -> int:
    """Makes the gallery's vectors anew for another encoder, from its thumbnails; returns how many.

    Args:
        encode: thumbnails (n JPEG files) -> float32 (n, d).
    """
    database = lancedb.connect(location)
    old = database.open_table(name).to_arrow()
    vectors = np.concatenate([np.zeros((0, dim), np.float32), encode(old.column("thumbnail").to_pylist())])
    column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.astype(np.float32).ravel()), dim)
    schema = _schema(encoder, dim)
    arrays = [column if name == "vector" else old.column(name) for name in schema.names]
    database.create_table(name, pa.table(arrays, schema=schema), mode="overwrite")
    return len(old)


def gallery_names(location: str) -> list[str]:
    """The galleries at a location."""
    return sorted(lancedb.connect(location).list_tables().tables)


def encoder_of(location: str, name: str) -> str | None:
    """Which encoder made a gallery; None when there is no such gallery."""
    database = lancedb.connect(location)
    if name not in database.list_tables().tables:
        return None
    return _encoder_of(database.open_table(name).schema)


def _schema(encoder: str, dim: int) -> pa.Schema:
    fields = [
        pa.field("id", pa.string()),
        pa.field("file", pa.string()),
        pa.field("root", pa.string()),
        pa.field("tags", pa.list_(pa.string())),
        pa.field("width", pa.int32()),
        pa.field("height", pa.int32()),
        pa.field("original", pa.large_binary()),
        pa.field("thumbnail", pa.binary()),
        pa.field("vector", pa.list_(pa.float32(), dim)),
    ]
    return pa.schema(fields, metadata={"encoder": encoder})


def _encoder_of(schema: pa.Schema) -> str:
    return (schema.metadata or {}).get(b"encoder", b"unknown").decode()


def _located(row: dict) -> Located:
    picture = Picture(row["id"], row["file"], tuple(row["tags"]), row["width"], row["height"])
    return Located(picture, row["root"])


def _id_in(ids: Sequence[str]) -> str:
    if not all(_ID.fullmatch(picture_id) for picture_id in ids):
        raise ValueError("an id is 64 hexadecimal digits")
    return "id IN ({})".format(", ".join(f"'{picture_id}'" for picture_id in ids))
