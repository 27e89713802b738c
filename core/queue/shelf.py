"""Where results lie that are too large for Redis: a folder that bots and workers share, or S3."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
from pyarrow.fs import FileSelector, FileSystem, FileType

from core.errors import JobFailed

INLINE_BYTES = 8 * 2**20


class Shelf:
    """Takes the large parts of a message and gives them back once.

    Blocking: call it on a thread. Everything raises JobFailed when the shelf cannot be reached or written.

    Args:
        address: a folder, `file:///folder` or `s3://bucket/path` (`?endpoint_override=...` names another S3); None is
            no shelf, on which nothing can be laid.
        inline_bytes: messages up to this size stay whole.
    """

    def __init__(self, address: str | None = None, *, inline_bytes: int = INLINE_BYTES) -> None:
        self._address = address
        self._inline_bytes = inline_bytes
        self._files: FileSystem | None = None

    def open(self) -> None:
        """Makes the folder, so that a wrong address is told at the start."""
        if self._address is None:
            return
        try:
            whole = self._address if "://" in self._address else Path(self._address).resolve().as_uri()
            files, self._folder = FileSystem.from_uri(whole)
            files.create_dir(self._folder)
        except (OSError, pa.ArrowException) as error:
            raise _unreachable(error) from error
        self._files = files

    def lay(self, fields: Mapping[str, bytes]) -> dict[str, bytes]:
        """A message of `wire.pack`, its blobs exchanged for references when it is large."""
        blobs = {name: data for name, data in fields.items() if name.startswith("blob")}
        if sum(map(len, blobs.values())) <= self._inline_bytes:
            return dict(fields)
        if self._files is None:
            raise JobFailed("queue-result-too-large", limit_mib=self._inline_bytes // 2**20)
        references: dict[str, bytes] = {}
        try:
            for name, data in blobs.items():
                key = uuid.uuid4().hex
                with self._files.open_output_stream(f"{self._folder}/{key}") as file:
                    file.write(data)
                references[f"at:{name}"] = key.encode()
        except (OSError, pa.ArrowException) as error:
            raise _unreachable(error) from error
        return {name: data for name, data in fields.items() if name not in blobs} | references

    def take(self, fields: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        """The message as it was before `lay`; nothing of it stays on the shelf."""
        whole: dict[bytes, bytes] = {}
        for name, data in fields.items():
            if name.startswith(b"at:"):
                whole[name.removeprefix(b"at:")] = self._take(data.decode())
            else:
                whole[name] = data
        return whole

    def sweep(self, older_than_s: float) -> None:
        """Removes what nobody has come for."""
        if self._files is None:
            return
        try:
            for info in self._files.get_file_info(FileSelector(self._folder)):
                if info.type == FileType.File and info.mtime.timestamp() < time.time() - older_than_s:
                    self._files.delete_file(info.path)
        except (OSError, pa.ArrowException) as error:
            raise _unreachable(error) from error

    def _take(self, key: str) -> bytes:
        if self._files is None:
            raise JobFailed("queue-results-elsewhere")
        path = f"{self._folder}/{key}"
        try:
            with self._files.open_input_stream(path) as file:
                data = file.read()
            self._files.delete_file(path)
        except (OSError, pa.ArrowException) as error:
            raise _unreachable(error) from error
        return data


def _unreachable(error: Exception) -> JobFailed:
    return JobFailed("queue-results-unreachable", detail=str(error)[:300])
