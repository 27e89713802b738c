from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub import constants, file_download
from huggingface_hub.utils import _http

from models import hub as hub_module
from models.errors import ModelUnavailable
from models.hub import Hub, fetch
from tests.models.imitation_hub import ImitationHub, imitation_hub

REPO = "someone/model"
LARGE = bytes(range(256)) * 4000  # 1 MB: kept as a large file, with a SHA-256
SMALL = b'{"embed_dim": 8}'


@pytest.fixture(autouse=True)
def quick_and_online(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite is offline; here a hub on this machine may be asked, small pieces count, and retries wait for
    nobody."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 64_000)  # bytes; what was cut goes on at a multiple of them
    for module in (file_download, _http):
        monkeypatch.setattr(module, "time", SimpleNamespace(sleep=lambda seconds: None, time=time.time))


@pytest.fixture
def hub() -> Iterator[ImitationHub]:
    with imitation_hub({REPO: {"weights.bin": LARGE, "config.json": SMALL}}) as hub:
        yield hub


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_first_download_brings_every_file_and_tells_how_far_it_is(hub: ImitationHub, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    weights, config = fetch(
        REPO, ["weights.bin", "config.json"], tmp_path, hub.address, lambda *step: seen.append(step)
    )
    assert weights.read_bytes() == LARGE
    assert config.read_bytes() == SMALL
    of_weights = [(done, total) for file, done, total in seen if file == "weights.bin"]
    assert of_weights == sorted(of_weights)
    assert of_weights[-1] == (len(LARGE), len(LARGE))
    assert ("config.json", len(SMALL), len(SMALL)) in seen


def test_a_cut_connection_goes_on_where_it_stopped(hub: ImitationHub, tmp_path: Path) -> None:
    hub.faults.cut["weights.bin"] = 1
    (weights,) = fetch(REPO, ["weights.bin"], tmp_path, hub.address)
    assert weights.read_bytes() == LARGE
    first, second = hub.gets
    assert first == ("weights.bin", None)
    assert second[1] is not None
    assert int(second[1].removeprefix("bytes=").rstrip("-")) > 0


def test_a_connection_that_keeps_breaking_is_a_readable_error(hub: ImitationHub, tmp_path: Path) -> None:
    hub.faults.cut["weights.bin"] = 100
    with pytest.raises(ModelUnavailable) as caught:
        fetch(REPO, ["weights.bin"], tmp_path, hub.address)
    assert caught.value.message_id in ("hub-unreachable", "hub-incomplete")
    hub.faults.cut.clear()
    assert fetch(REPO, ["weights.bin"], tmp_path, hub.address)[0].read_bytes() == LARGE


@pytest.mark.parametrize("file", ["weights.bin", "config.json"])
def test_a_damaged_download_is_fetched_again(hub: ImitationHub, tmp_path: Path, file: str) -> None:
    hub.faults.corrupt[file] = 1
    (path,) = fetch(REPO, [file], tmp_path, hub.address)
    assert path.read_bytes() == hub.repos[REPO][file]
    assert len(hub.gets) == 2


def test_a_download_damaged_twice_is_refused_and_not_kept(hub: ImitationHub, tmp_path: Path) -> None:
    hub.faults.corrupt["weights.bin"] = 2
    with pytest.raises(ModelUnavailable) as caught:
        fetch(REPO, ["weights.bin"], tmp_path, hub.address)
    assert caught.value.message_id == "hub-file-damaged"
    assert caught.value.params["file"] == "weights.bin"
    assert fetch(REPO, ["weights.bin"], tmp_path, hub.address)[0].read_bytes() == LARGE


def test_a_second_start_downloads_nothing(hub: ImitationHub, tmp_path: Path) -> None:
    first = fetch(REPO, ["weights.bin", "config.json"], tmp_path, hub.address)
    downloads = len(hub.gets)
    assert fetch(REPO, ["weights.bin", "config.json"], tmp_path, hub.address) == first
    assert len(hub.gets) == downloads


def test_without_a_network_what_is_here_still_works(tmp_path: Path) -> None:
    with imitation_hub({REPO: {"weights.bin": LARGE}}) as hub:
        online = fetch(REPO, ["weights.bin"], tmp_path, hub.address, optional=["vocab.txt"])
    assert fetch(REPO, ["weights.bin"], tmp_path, hub.address, optional=["vocab.txt"]) == online


def test_without_a_network_and_with_nothing_here_the_error_names_model_and_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_download, "_ETAG_RETRY_TIMEOUT", 0.1)
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(ModelUnavailable) as caught:
        fetch(REPO, ["weights.bin"], tmp_path, address)
    assert caught.value.message_id == "hub-unreachable"
    assert caught.value.params == {"repo": REPO, "hub": address}


def test_a_full_disk_is_told_before_anything_is_downloaded(
    hub: ImitationHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module.shutil, "disk_usage", lambda path: SimpleNamespace(free=3 << 20))
    with pytest.raises(ModelUnavailable) as caught:
        fetch(REPO, ["weights.bin"], tmp_path, hub.address)
    assert caught.value.message_id == "hub-no-space"
    assert caught.value.params["free_mib"] == 3
    assert int(caught.value.params["needed_mib"]) > 3
    assert hub.gets == []


@pytest.mark.parametrize(("repo", "file"), [("someone/else", "weights.bin"), (REPO, "nothing.bin")])
def test_a_wrong_name_is_told_apart_from_no_network(hub: ImitationHub, tmp_path: Path, repo: str, file: str) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        fetch(repo, [file], tmp_path, hub.address)
    assert caught.value.message_id == "hub-not-found"


def test_optional_files_are_left_out_when_the_hub_lacks_them(hub: ImitationHub, tmp_path: Path) -> None:
    paths = fetch(REPO, ["weights.bin"], tmp_path, hub.address, optional=["vocab.txt", "config.json"])
    assert [path.name for path in paths] == ["weights.bin", "config.json"]


def test_the_token_opens_a_gated_repository(hub: ImitationHub, tmp_path: Path) -> None:
    hub.gates[REPO] = "secret"
    folder = Hub(tmp_path, hub.address, token="secret").fetch(REPO, ["weights.bin", "config.json"])
    assert (folder / "weights.bin").read_bytes() == LARGE
    assert Hub(tmp_path, hub.address, token="secret").files(REPO) == ["weights.bin", "config.json"]


@pytest.mark.parametrize("token", [None, "of somebody else"])
def test_a_gated_repository_says_how_to_get_in(hub: ImitationHub, tmp_path: Path, token: str | None) -> None:
    hub.gates[REPO] = "secret"
    for ask in (lambda closed: closed.files(REPO), lambda closed: closed.fetch(REPO, ["weights.bin"])):
        with pytest.raises(ModelUnavailable) as caught:
            ask(Hub(tmp_path, hub.address, token=token))
        assert caught.value.message_id == "hub-gated"
        assert caught.value.params == {"repo": REPO, "hub": hub.address}
        assert "secret" not in repr(caught.value)


def test_a_token_that_the_hub_does_not_know_is_named_as_the_cause(hub: ImitationHub, tmp_path: Path) -> None:
    hub.broken_tokens.add("expired")
    with pytest.raises(ModelUnavailable) as caught:
        fetch(REPO, ["weights.bin"], tmp_path, hub.address, token="expired")
    assert caught.value.message_id == "hub-token-refused"


def test_a_hub_that_answers_with_an_error_is_not_called_unreachable(hub: ImitationHub, tmp_path: Path) -> None:
    hub.outage = 403
    with pytest.raises(ModelUnavailable) as caught:
        fetch(REPO, ["weights.bin"], tmp_path, hub.address)
    assert (caught.value.message_id, caught.value.params["status"]) == ("hub-refused", 403)


def test_a_token_is_shown_nowhere(tmp_path: Path) -> None:
    assert "secret" not in repr(Hub(tmp_path, token="secret"))
