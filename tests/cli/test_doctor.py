from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli import doctor
from cli.console import Console
from core import assembly
from core.errors import ModelUnavailable
from core.messages import Messages
from core.settings import read_settings
from models.painter.painter import Painter
from tests.cli.conftest import LOCALES_DIR
from tests.tiny_encoder import TinyEncoder
from tests.tiny_engine import SCORER
from tests.tiny_painter import INFO, tiny_painter

Examine = Callable[[Callable[[], Painter]], Any]


@pytest.fixture
def examine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parse: Any, printed: Any) -> Examine:
    """Runs the doctor on tiny models: its exit status, and message id -> verdict."""
    console = Console(read_settings(None, data_dir=tmp_path), Messages(LOCALES_DIR))
    monkeypatch.setattr(assembly, "load_encoder", lambda settings: TinyEncoder())
    monkeypatch.setattr(assembly, "scorer_for", lambda settings, encoder: lambda vectors: SCORER)

    async def examine(load: Callable[[], Painter]) -> tuple[int, dict[str, str]]:
        monkeypatch.setattr(assembly, "painter_factories", lambda settings, encoder: [load])
        status = await doctor.run(parse(doctor.add_arguments, "--json"), console)
        return status, {check["message_id"]: check["verdict"] for check in printed()["checks"]}

    return examine


async def test_a_bot_that_could_run_passes(examine: Examine) -> None:
    status, checks = await examine(tiny_painter)
    assert status == 0
    assert checks["doctor-painter"] == checks["doctor-encoder"] == "ok"


async def test_a_small_card_is_told_and_is_no_failure(examine: Examine) -> None:
    def offloaded() -> Painter:
        painter = tiny_painter()
        painter.info = replace(INFO, offloaded=True)
        return painter

    status, checks = await examine(offloaded)
    assert (status, checks["doctor-painter-offloaded"]) == (0, "warn")
    assert "doctor-painter" not in checks


async def test_a_painter_that_cannot_be_had_fails_with_its_reason(examine: Examine) -> None:
    def missing() -> Painter:
        raise ModelUnavailable("painter-weights-missing", path="nowhere")

    status, checks = await examine(missing)
    assert (status, checks["painter-weights-missing"]) == (1, "fail")
