from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

import bot
from cli.console import Console
from core.errors import SettingsError
from core.messages import Messages
from core.settings import read_settings
from loopback import LoopbackDiscord
from tests.cogs.fakes import FakeEngine

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _away_from_any_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_wrong_setting_stops_the_program_with_one_readable_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MATCH_THRESHOLD", "half")
    assert bot.main(["doctor"]) == 2
    err = capsys.readouterr().err
    assert "MATCH_THRESHOLD" in err
    assert "a number from 0 to 1" in err
    assert "Traceback" not in err


def test_an_error_speaks_the_language_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh-CN")
    monkeypatch.setenv("HEAD_PATH", str(tmp_path / "nowhere.safetensors"))
    assert bot.main(["gallery", "stats"]) == 2
    assert "nowhere.safetensors" in (err := capsys.readouterr().err)
    assert any("\u4e00" <= character <= "\u9fff" for character in err)


def test_help_names_every_subcommand() -> None:
    shown = subprocess.run(
        [sys.executable, str(ROOT / "bot.py"), "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    for command in ("ask", "gallery", "worker", "doctor"):
        assert command in shown


def test_a_taken_port_is_told_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("LOOPBACK_PORT", str(port))
        assert bot.main([]) == 2
    err = capsys.readouterr().err
    assert str(port) in err
    assert "LOOPBACK_PORT" in err
    assert "Traceback" not in err


class OpenedEngine(FakeEngine):
    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def warm_up(self) -> None: ...


@pytest.mark.parametrize(
    ("token", "gone", "message"), [("wrong", False, "token-refused"), ("any", True, "discord-unreachable")]
)
async def test_a_login_that_fails_is_one_readable_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, token: str, gone: bool, message: str
) -> None:
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # so that they are put back
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(DiscordWebSocket.DEFAULT_GATEWAY))
    monkeypatch.setattr("core.assembly.build_engine", lambda settings: OpenedEngine())
    async with LoopbackDiscord() as discord:
        settings = read_settings(
            data_dir=tmp_path,
            discord_token=token,
            discord_api_base="http://127.0.0.1:9/api" if gone else discord.api_base,
            discord_gateway_url=discord.gateway_url,
        )
        with pytest.raises(SettingsError, match=message):
            await bot._run_bot(settings, Console(settings, Messages(ROOT / "locales")))
