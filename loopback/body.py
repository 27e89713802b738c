"""Reading a request's body: JSON, or multipart with `payload_json` and `files[n]`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, content_disposition_filename, hdrs, parse_content_disposition, web

from loopback import errors
from loopback.errors import DiscordError
from loopback.limits import Code

FILE_FIELD = re.compile(r"^files\[(\d+)\]$")
CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    filename: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Body:
    """`payload` is the JSON; `files` the uploads by index."""

    payload: Any
    files: dict[int, Upload] = field(default_factory=dict)


async def read(request: web.Request, most_bytes: int) -> Body:
    """The body of `request`; 413/40005 when one file has more than `most_bytes`, 400/50109 when it is no JSON."""
    if not request.content_type.startswith("multipart/"):
        raw = await request.read()
        return Body(_json(raw) if raw else {})
    payload: Any = {}
    files: dict[int, Upload] = {}
    oversized = False
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise DiscordError(400, Code.GENERAL, "Nested multipart bodies are not accepted")
        # Parsed once: `part.name` and `part.filename` would each parse the header again, at length.
        _, disposition = parse_content_disposition(part.headers.get(hdrs.CONTENT_DISPOSITION))
        name = content_disposition_filename(disposition, "name") or ""
        data = await _read_part(part, most_bytes)
        if name == "payload_json":
            payload = _json(data or b"")
        elif match := FILE_FIELD.match(name):
            if data is None:
                oversized = True  # the rest is still read: a client that is cut off reports a broken pipe, not a 413
            else:
                files[int(match[1])] = Upload(content_disposition_filename(disposition) or "file", data)
    if oversized:
        raise errors.too_large()
    return Body(payload, files)


async def _read_part(part: BodyPartReader, most_bytes: int) -> bytes | None:
    """The part's bytes, or None when it is larger than that (it is read to its end all the same)."""
    chunks: list[bytes] = []
    size = 0
    while chunk := await part.read_chunk(CHUNK):
        size += len(chunk)
        if size <= most_bytes:
            chunks.append(chunk)
    return b"".join(chunks) if size <= most_bytes else None


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise DiscordError(400, Code.INVALID_JSON, "The request body contains invalid JSON.") from None
