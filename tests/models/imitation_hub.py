"""A model hub on 127.0.0.1: serves files as huggingface.co does, and breaks in the ways that networks break."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "c0ffee" + "0" * 34
LARGE = 10_000  # bytes from which a file is kept as "LFS": its ETag is a SHA-256


@dataclass
class Faults:
    """What goes wrong, by file: each number counts down to 0, then all is well.

    Attributes:
        cut: how many answers break off in the middle.
        corrupt: how many answers have a wrong byte.
    """

    cut: dict[str, int] = field(default_factory=dict)
    corrupt: dict[str, int] = field(default_factory=dict)


@dataclass
class ImitationHub:
    """Repositories ("owner/name" -> file -> content) behind `address`."""

    address: str
    repos: dict[str, dict[str, bytes]]
    faults: Faults = field(default_factory=Faults)
    gets: list[tuple[str, str | None]] = field(default_factory=list)  # file and Range of each download
    gates: dict[str, str] = field(default_factory=dict)  # repository -> the token that opens it
    broken_tokens: set[str] = field(default_factory=set)
    outage: int | None = None  # the status of every answer


@contextmanager
def imitation_hub(repos: dict[str, dict[str, bytes]]) -> Iterator[ImitationHub]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub = ImitationHub(f"http://127.0.0.1:{server.server_port}", repos)
    server.hub = hub  # pyright: ignore[reportAttributeAccessIssue]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        hub: ImitationHub = self.server.hub  # pyright: ignore[reportAttributeAccessIssue]
        match = re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", self.path)
        listed = re.fullmatch(r"/api/models/([^/]+/[^/]+)/tree/main\?.*", self.path)
        repo, file = match.groups() if match else (listed[1] if listed else "", "")
        if hub.outage is not None:
            self._refuse(hub.outage)
            return
        if not self._may_enter(hub, repo):
            return
        if listed and repo in hub.repos:
            self._list(hub.repos[repo])
            return
        content = hub.repos.get(repo, {}).get(file)
        if content is None:
            self._refuse(404, **{"X-Error-Code": "EntryNotFound" if repo in hub.repos else "RepoNotFound"})
            return
        range_ = self.headers.get("Range")
        start = int(range_.removeprefix("bytes=").rstrip("-")) if range_ else 0
        self.send_response(206 if range_ else 200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{hashlib.sha1(b"blob %d" % len(content) + bytes(1) + content).hexdigest()}"')
        if len(content) >= LARGE:
            self.send_header("X-Linked-ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Linked-Size", str(len(content)))
            self.send_header("X-Xet-Hash", "0" * 64)  # must not make the client leave plain HTTP
        if range_:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if body:
            hub.gets.append((file, range_))
            self._send(content[start:], file, hub.faults)

    def _may_enter(self, hub: ImitationHub, repo: str) -> bool:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token in hub.broken_tokens:
            self._refuse(401, **{"X-Error-Message": "Invalid credentials in Authorization header"})
        elif hub.gates.get(repo, token) != token:
            self._refuse(403 if token else 401, **{"X-Error-Code": "GatedRepo"})
        else:
            return True
        return False

    def _refuse(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _list(self, files: dict[str, bytes]) -> None:
        entries = [{"type": "file", "path": path, "size": len(content), "oid": ""} for path, content in files.items()]
        body = json.dumps(entries).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send(self, content: bytes, file: str, faults: Faults) -> None:
        if faults.corrupt.get(file, 0):
            faults.corrupt[file] -= 1
            content = content[:-1] + bytes([content[-1] ^ 1])
        if faults.cut.get(file, 0):
            faults.cut[file] -= 1
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
        else:
            self.wfile.write(content)
