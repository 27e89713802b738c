"""Attachments: kept as files, served under addresses that are signed and die after a day, as Discord's do."""

from __future__ import annotations

import hashlib
import hmac
import mimetypes
import re
import secrets
import struct
import zlib
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from loopback import imagesize
from loopback.clock import Clock
from loopback.state import Attachment

LINK_S = 24 * 3600.0  # an attachment's address dies after this long; the file does not
SPOILER = "SPOILER_"
AVATAR_COLORS = ("5865f2", "747f8d", "3ba55c", "faa61a", "ed4245", "eb459f")


class Cdn:
    """Stores uploads below `folder` and serves them.

    `base` is where the bot reaches it (`http://127.0.0.1:8642/cdn`), set by the server when its port is known.
    """

    def __init__(self, clock: Clock, folder: Path) -> None:
        self.base = ""
        self._clock = clock
        self._folder = folder
        self._secret = secrets.token_bytes(16)
        self._attachments: dict[int, Attachment] = {}

    def store(
        self,
        attachment_id: int,
        channel_id: int,
        filename: str,
        data: bytes,
        *,
        description: str | None = None,
        ephemeral: bool = False,
    ) -> Attachment:
        name = sanitise(filename)
        path = self._folder / str(attachment_id)
        path.write_bytes(data)  # 10 MiB at most: quicker than handing it to a thread
        extent = imagesize.size(data)
        attachment = Attachment(
            id=attachment_id,
            channel_id=channel_id,
            filename=name,
            path=path,
            size=len(data),
            content_type=imagesize.sniff(data) or mimetypes.guess_type(name)[0] or "application/octet-stream",
            width=extent[0] if extent else None,
            height=extent[1] if extent else None,
            description=description,
            title=Path(filename).stem if name != filename else None,
            spoiler=name.startswith(SPOILER),
            ephemeral=ephemeral,
        )
        self._attachments[attachment.id] = attachment
        return attachment

    def find(self, attachment_id: int) -> Attachment | None:
        return self._attachments.get(attachment_id)

    def forget(self, attachments: list[Attachment]) -> None:
        for attachment in attachments:
            if self._attachments.pop(attachment.id, None):
                attachment.path.unlink(missing_ok=True)

    def url(self, attachment: Attachment) -> str:
        kind = "ephemeral-attachments" if attachment.ephemeral else "attachments"
        path = f"/{kind}/{attachment.channel_id}/{attachment.id}/{quote(attachment.filename)}"
        # Rounded to the hour, so that the same picture keeps its address through edits and the browser its cache.
        issued = int(self._clock.now()) // 3600 * 3600
        expires = issued + 3600 + int(LINK_S)
        return f"{self.base}{path}?ex={expires:x}&is={issued:x}&hm={self._sign(attachment.id, expires)}"

    def _sign(self, attachment_id: int, expires: int) -> str:
        return hmac.new(self._secret, f"{attachment_id}:{expires}".encode(), hashlib.sha256).hexdigest()[:32]

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/cdn/{kind:attachments|ephemeral-attachments}/{channel_id}/{attachment_id}/{name}", self._serve),
            web.get("/cdn/embed/avatars/{index}.png", self._default_avatar),
        ]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        attachment = self._attachments.get(_integer(request.match_info["attachment_id"]))
        expires = _integer(request.query.get("ex", ""), 16)
        signed = attachment is not None and hmac.compare_digest(
            request.query.get("hm", ""), self._sign(attachment.id, expires)
        )
        if attachment is None or not signed or expires < self._clock.now():
            return web.Response(status=404, text="This content is no longer available.")
        headers = {
            "Content-Type": attachment.content_type,
            "Cache-Control": "private, max-age=3600",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",  # an upload must never act as a page of ours
        }
        if imagesize.sniff(_head(attachment.path)) is None:
            headers["Content-Disposition"] = "attachment"
        return web.FileResponse(attachment.path, headers=headers)

    async def _default_avatar(self, request: web.Request) -> web.Response:
        color = AVATAR_COLORS[_integer(request.match_info["index"]) % len(AVATAR_COLORS)]
        return web.Response(body=_plain_png(bytes.fromhex(color)), content_type="image/png")


def sanitise(filename: str) -> str:
    """The name under which Discord keeps an upload: ASCII letters, digits, `_`, `-` and `.`; never a path."""
    path = Path(re.sub(r"[^A-Za-z0-9_.\-]+", "_", Path(filename).name))
    return (path.stem.strip("._") or "file") + path.suffix


def _plain_png(color: bytes, side: int = 64) -> bytes:
    """A square of one RGB colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\0" + color * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def _integer(text: str, base: int = 10) -> int:
    try:
        return int(text, base)
    except ValueError:
        return 0
