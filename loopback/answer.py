"""JSON answers, written as Discord writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Discord names no charset, and discord.py takes anything but a bare `application/json` for text."""
    raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    return web.Response(body=raw, status=status, headers={**(headers or {}), "Content-Type": "application/json"})
