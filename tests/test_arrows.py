from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "bot": {"bot", "cli", "cogs", "core", "models", "loopback"},
    "cli": {"cli", "core", "models"},
    "cogs": {"cogs", "core", "models"},
    "core": {"core", "models"},
    "models": {"models"},
    "lab": {"lab", "core", "models"},
    "loopback": {"loopback"},
}
FORBIDDEN = {
    "core": {"discord"},
    "models": {"discord", "asyncio"},
    "loopback": {"discord", "torch"},
    "lab": {"discord"},
}
# The benchmark of the whole drives the real bot on a Discord on loopback.
EXEMPT = {"lab/bench/discord.py": {"cogs", "loopback"}}


def imports(path: Path) -> set[str]:
    """The top-level packages that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def wrong_for(package: str) -> set[str]:
    return set(ALLOWED) - ALLOWED[package] | FORBIDDEN.get(package, set())


def files_of(package: str) -> list[Path]:
    return [ROOT / "bot.py"] if package == "bot" else sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_run_one_way(package: str) -> None:
    files = files_of(package)
    assert files
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in files
        if (found := (imports(path) & wrong_for(package)) - EXEMPT.get(path.relative_to(ROOT).as_posix(), set()))
    }
    assert not wrong


def test_a_wrong_arrow_would_be_seen(tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    path.write_text("def f():\n    from cogs.client import SemblanceBot\n    import discord.http\n")
    assert imports(path) == {"cogs", "discord"}
