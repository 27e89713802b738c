"""Galleries as ZIP files, with care for what strangers put into one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from core.errors import InputError
from core.images import MAX_BYTES, SUFFIXES
from core.types import Picture

MAX_MEMBERS = 500
_OVERHEAD = 1_024  # bytes that a member adds to an archive beyond its own, generously


@dataclass(frozen=True, slots=True)
class Member:
    """A picture in an archive; its tags are the folder it lies in."""

    file: str
    tags: tuple[str, ...]
    data: bytes = field(repr=False)


def unpack(archive: bytes) -> Iterator[Member]:
    """The pictures of a ZIP file. No member is unpacked beyond the size that one picture may have.

    Raises:
        InputError: not a ZIP file, nothing in it that looks like a picture, or too much.
    """
    try:
        source = zipfile.ZipFile(io.BytesIO(archive))
    except zipfile.BadZipFile:
        raise InputError("archive-unreadable") from None
    members = [info for info in source.infolist() if PurePosixPath(info.filename).suffix.lower() in SUFFIXES]
    if not members:
        raise InputError("archive-without-pictures")
    if len(members) > MAX_MEMBERS:
        raise InputError("archive-too-many", limit=MAX_MEMBERS)
    for info in members:
        path = PurePosixPath(info.filename)
        try:
            with source.open(info) as member:
                data = member.read(MAX_BYTES + 1)  # what the archive says of its sizes may be a lie
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):  # damaged, encrypted, exotic
            raise InputError("archive-unreadable") from None
        folder = path.parent.name
        yield Member(path.as_posix().lstrip("/"), (folder,) if folder else (), data)


def pack(pictures: Sequence[tuple[Picture, bytes]], limit: int) -> tuple[bytes, int]:
    """A ZIP file of at most `limit` bytes and how many pictures are in it, from the first on."""
    buffer = io.BytesIO()
    count = 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # pictures are compressed already
        for picture, data in pictures:
            if buffer.tell() + len(data) + _OVERHEAD * (count + 1) > limit:
                break
            archive.writestr(f"{picture.id[:12]}/{PurePosixPath(picture.file).name}", data)
            count += 1
    return buffer.getvalue(), count
