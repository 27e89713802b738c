"""Downloads from a model hub: huggingface_hub does the work, this adds progress, checksums and readable errors.

huggingface_hub goes on where a connection was cut and keeps one copy of each file in the layout that every Hugging Face
program shares; from there it is served when the network is gone.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
from huggingface_hub import (
    DryRunFileInfo,
    HfApi,
    constants,
    get_hf_file_metadata,
    hf_hub_download,
    hf_hub_url,
    snapshot_download,
    try_to_load_from_cache,
)
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.utils import tqdm

from models.errors import ModelUnavailable

Progress: TypeAlias = Callable[[str, int, int], object]
"""Told the file, the bytes that are here and the bytes in all."""

MIB = 1 << 20
SPARE = 64 * MIB  # left free on the disk besides the model
CHUNK = 8 * MIB


def fetch(
    repo: str,
    files: Sequence[str],
    cache_dir: Path,
    endpoint: str | None = None,
    progress: Progress | None = None,
    optional: Sequence[str] = (),
    token: str | None = None,
) -> list[Path]:
    """The files of a repository on the hub, downloaded unless they are in `cache_dir` already.

    Returns one path for each, in order; after them those of the `optional` files that there are.

    What is in the cache is used without asking the hub, so that a model changes only when its owner wants it to. A
    file that was downloaded is compared with the hub's checksum once; when it differs it is downloaded once more.

    Args:
        repo: "owner/name".
        endpoint: the hub's address; None is `HF_ENDPOINT` or huggingface.co.
        token: of an account on that hub; None is the one that huggingface_hub finds for itself, if any.

    Raises:
        ModelUnavailable: no network and not in the cache, no such repository or file, not open to this account, no
            space on the disk (the message names what is needed and what is free), or damaged twice in a row.
    """
    where: dict[str, Any] = {"repo_id": repo, "cache_dir": cache_dir}
    known = {file: try_to_load_from_cache(filename=file, **where) for file in (*files, *optional)}
    where |= {"endpoint": endpoint, "token": token}
    plan: dict[str, DryRunFileInfo] = {}
    with _readable_errors(repo, endpoint), _plain_http():
        for file in files:
            if not isinstance(known[file], str):
                plan[file] = hf_hub_download(filename=file, dry_run=True, **where)
        for file in optional:
            if known[file] is None:  # neither here nor known to be missing
                with suppress(EntryNotFoundError):
                    plan[file] = hf_hub_download(filename=file, dry_run=True, **where)
        needed = sum(info.file_size or 0 for info in plan.values()) + SPARE
        if plan:
            _check_space(repo, cache_dir, needed)
        try:
            new = {file: _download(info, where, progress) for file, info in plan.items()}
        except OSError as error:
            if error.errno == errno.ENOSPC:
                _check_space(repo, cache_dir, needed)
            raise
    here = {file: Path(path) for file, path in known.items() if isinstance(path, str)}
    return [(here | new)[file] for file in (*files, *optional) if file in here or file in new]


def _download(info: DryRunFileInfo, where: dict[str, Any], progress: Progress | None) -> Path:
    bar = _reporter(info.filename, progress)
    path = Path(hf_hub_download(filename=info.filename, tqdm_class=bar, **where))
    if not _is_sound(path, info.filename, where):
        path = Path(hf_hub_download(filename=info.filename, tqdm_class=bar, force_download=True, **where))
        if not _is_sound(path, info.filename, where):
            path.resolve().unlink()
            path.unlink(missing_ok=True)
            raise ModelUnavailable("hub-file-damaged", file=info.filename, repo=where["repo_id"])
    if progress:
        size = path.stat().st_size
        progress(info.filename, size, size)
    return path


def _is_sound(path: Path, file: str, where: dict[str, Any]) -> bool:
    """Whether the content has the hub's checksum: SHA-256 for large files, git's blob SHA-1 for small ones."""
    url = hf_hub_url(where["repo_id"], file, endpoint=where["endpoint"])
    etag = get_hf_file_metadata(url, endpoint=where["endpoint"], token=where["token"]).etag or ""
    digest = hashlib.sha256() if len(etag) == 64 else hashlib.sha1(b"blob %d\0" % path.stat().st_size)
    with path.open("rb") as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == etag


def _check_space(repo: str, cache_dir: Path, needed: int) -> None:
    cache_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(cache_dir).free
    if free < needed:
        sizes = {"needed_mib": -(-needed // MIB), "free_mib": free // MIB}
        raise ModelUnavailable("hub-no-space", repo=repo, folder=str(cache_dir), **sizes)


def _reporter(file: str, progress: Progress | None) -> type[tqdm]:
    """huggingface_hub reports through a class of progress bars: this one draws nothing and calls `progress`."""

    class Reporter(tqdm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self.done = int(kwargs.get("initial") or 0)
            self.all = int(kwargs.get("total") or 0)
            super().__init__(*args, **kwargs | {"disable": True})

        def update(self, n: float | None = 1) -> bool | None:
            self.done += int(n or 0)
            if progress:
                progress(file, self.done, max(self.all, self.done))
            return None

    return Reporter


@contextmanager
def _plain_http() -> Iterator[None]:
    """hf-xet, when it is installed, asks servers of its own, which mirrors of the hub do not have."""
    before = constants.HF_HUB_DISABLE_XET
    constants.HF_HUB_DISABLE_XET = True
    try:
        yield
    finally:
        constants.HF_HUB_DISABLE_XET = before


@contextmanager
def _readable_errors(repo: str, endpoint: str | None) -> Iterator[None]:
    hub = endpoint or constants.ENDPOINT
    try:
        yield
    except LocalEntryNotFoundError as error:
        if isinstance(error.__cause__, HfHubHTTPError):  # it answered, but not with the file
            raise _refusal(repo, hub, error.__cause__) from error
        raise ModelUnavailable("hub-unreachable", repo=repo, hub=hub) from error
    except httpx2.TransportError as error:
        raise ModelUnavailable("hub-unreachable", repo=repo, hub=hub) from error
    except HfHubHTTPError as error:
        raise _refusal(repo, hub, error) from error
    except OSError as error:
        raise ModelUnavailable("hub-incomplete", repo=repo, hub=hub, reason=str(error)) from error


def _refusal(repo: str, hub: str, error: HfHubHTTPError) -> ModelUnavailable:
    if isinstance(error, GatedRepoError):
        return ModelUnavailable("hub-gated", repo=repo, hub=hub)
    if isinstance(error, RepositoryNotFoundError | EntryNotFoundError):
        return ModelUnavailable("hub-not-found", repo=repo, hub=hub)
    if error.response.status_code == 401:
        return ModelUnavailable("hub-token-refused", hub=hub)
    return ModelUnavailable("hub-refused", repo=repo, hub=hub, status=error.response.status_code)


@dataclass(frozen=True, slots=True)
class Hub:
    """One hub and the folder that keeps what was downloaded from it; for those who want a repository as a folder."""

    cache_dir: Path
    endpoint: str | None = None
    progress: Progress | None = None
    token: str | None = field(default=None, repr=False)

    def files(self, repository: str) -> list[str]:
        """The paths of a repository's files; without a network, of those that are here. Raises ModelUnavailable."""
        with _readable_errors(repository, self.endpoint):
            try:
                return HfApi(endpoint=self.endpoint, token=self.token).list_repo_files(repository)
            except (httpx2.TransportError, OfflineModeIsEnabled):
                here = Path(snapshot_download(repository, cache_dir=self.cache_dir, local_files_only=True))
                return [path.relative_to(here).as_posix() for path in here.rglob("*") if path.is_file()]

    def fetch(self, repository: str, files: Sequence[str]) -> Path:
        """The folder that holds these files. Raises ModelUnavailable."""
        paths = fetch(repository, files, self.cache_dir, self.endpoint, self.progress, token=self.token)
        return paths[0].parents[files[0].count("/")]
