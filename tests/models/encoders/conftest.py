from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the ONNX graphs of frozen networks are made once for all tests."""
    return tmp_path_factory.mktemp("graphs")
