from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import bot

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
