from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.state import State


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    state = await State.open(tmp_path / "state.sqlite3")
    yield state
    await state.close()
