"""What travels through Redis: our dataclasses as JSON, their bytes beside it, and the names of all keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from core import types
from models.painter.painter import PainterInfo

JOBS = "semblance:jobs"  # stream: what is to be painted
GROUP = "painters"  # its consumer group
CANCELS = "semblance:cancels"  # channel: ids of jobs that nobody wants any more
WORKERS = "semblance:workers"  # hash: name -> Presence

_CLASSES: dict[str, Any] = {
    cls.__name__: cls
    for cls in (
        *(types.ImagineRequest, types.Painted, types.Queued, types.Started, types.Step, types.Decoding),
        *(types.Scored, types.Done, types.Failed, types.Cancelled, PainterInfo),
    )
}


def events_key(client: str) -> str:
    """Stream: what happens to the jobs of a client."""
    return f"semblance:events:{client}"


def alive_key(client: str) -> str:
    """Expires soon after the client is gone."""
    return f"semblance:alive:{client}"


def cancelled_key(job: str) -> str:
    """Set for a while when a job was cancelled: the channel reaches only workers that already have it."""
    return f"semblance:cancelled:{job}"


def attempts_key(job: str) -> str:
    """How many workers have begun a job."""
    return f"semblance:attempts:{job}"


def pack(value: Any) -> dict[str, bytes]:
    """One of our dataclasses -> the fields of a stream entry."""
    blobs: list[bytes] = []

    def plain(part: Any) -> Any:
        if isinstance(part, bytes):
            blobs.append(part)
            return {"blob": len(blobs) - 1}
        if is_dataclass(part) and not isinstance(part, type):
            return {"is": type(part).__name__, **{f.name: plain(getattr(part, f.name)) for f in fields(part)}}
        return [plain(item) for item in part] if isinstance(part, tuple) else part

    body = json.dumps(plain(value)).encode()
    return {"body": body, **{f"blob{number}": blob for number, blob in enumerate(blobs)}}


def unpack(entry: Mapping[bytes, bytes]) -> Any:
    """The fields of a stream entry -> the dataclass."""

    def whole(part: Any) -> Any:
        if isinstance(part, list):
            return tuple(whole(item) for item in part)
        if isinstance(part, dict) and "blob" in part:
            return entry[f"blob{part['blob']}".encode()]
        if isinstance(part, dict) and "is" in part:
            return _CLASSES[part.pop("is")](**{name: whole(item) for name, item in part.items()})
        return part

    return whole(json.loads(entry[b"body"]))
