from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from core.errors import InputError
from core.messages import LOCALES, Messages, nearest_locale

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "locales"
OURS = ("bot.py", "cli", "cogs", "core", "models", "lab")


class Placeholders(Visitor):
    """The names of the variables of a message."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


def entries(locale: str) -> list[tuple[str, ast.EntryType]]:
    """Every entry of a language, with the name of its file."""
    paths = sorted((FOLDER / locale).glob("*.ftl"))
    return [(path.name, entry) for path in paths for entry in FluentParser().parse(path.read_text("utf-8")).body]


def catalogue(locale: str) -> dict[str, tuple[str, set[str]]]:
    """Message id to its file and placeholders."""
    found: dict[str, tuple[str, set[str]]] = {}
    for file, entry in entries(locale):
        if isinstance(entry, ast.Message):
            placeholders = Placeholders()
            placeholders.visit(entry)
            found[entry.id.name] = (file, placeholders.names)
    return found


CATALOGUES = {locale: catalogue(locale) for locale in LOCALES}


def sources() -> str:
    files = [path for name in OURS for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path.exists())


@pytest.mark.parametrize("locale", LOCALES)
def test_every_file_can_be_read_whole(locale: str):
    assert [entry.content for _, entry in entries(locale) if isinstance(entry, ast.Junk)] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_no_message_is_written_twice(locale: str):
    names = Counter(entry.id.name for _, entry in entries(locale) if isinstance(entry, ast.Message))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != "en-US"])
def test_every_language_has_the_same_messages_with_the_same_placeholders(locale: str):
    assert CATALOGUES[locale] == CATALOGUES["en-US"]


def test_every_message_that_the_code_names_exists():
    kinds = "say|Error|Empty|Mismatch|Found|Allowed|Full|Cancelled|Failed|Unavailable|Missing"
    named = set(re.findall(rf"""(?:{kinds})\(\s*["']([a-z][a-z0-9-]+)["']""", sources()))
    assert named
    assert named <= set(CATALOGUES["en-US"])


def test_no_message_is_unused():
    """Words of commands are looked up by the command's place: a test in tests/cogs holds those."""
    code = sources()
    literal = set(re.findall(r"""["']([a-z][a-z0-9-]+)["']""", code))
    composed = re.findall(r"""f["']((?:[a-z]+-)+\{[^"'\s]+\}|\{[^"'\s]+\}(?:-[a-z]+)+)["']""", code)
    patterns = [re.sub(r"\{[^}]*\}", "[a-z0-9-]+", text) for text in composed]
    unused = {
        message
        for message, (file, _) in CATALOGUES["en-US"].items()
        if file != "commands.ftl" and message not in literal and not any(re.fullmatch(p, message) for p in patterns)
    }
    assert not unused


@pytest.mark.parametrize("locale", LOCALES)
def test_an_error_reads_in_every_language_with_its_values_filled_in(locale: str):
    text = Messages(FOLDER).error(locale, InputError("texts-too-many", limit=10))
    assert "10" in text
    assert "{" not in text


def test_a_message_that_nobody_wrote_is_a_bug_not_an_empty_answer():
    with pytest.raises(KeyError):
        Messages(FOLDER).format("en-US", "no-such-message")


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("zh", "zh-CN"),
        ("zh-Hant-HK", "zh-TW"),
        ("zh_TW", "zh-TW"),
        ("zh-HK", "zh-TW"),
        ("en-GB", "en-US"),
        ("fr", "en-US"),
    ],
)
def test_a_language_that_we_lack_reads_as_its_nearest(asked: str, read: str):
    assert nearest_locale(asked) == read


def test_a_gallery_of_another_encoder_is_mended_by_the_command_that_does_so() -> None:
    for locale in LOCALES:
        told = (FOLDER / locale / "errors.ftl").read_text("utf-8")
        (line,) = (line for line in told.splitlines() if line.startswith("gallery-mismatch"))
        assert "`python bot.py gallery reencode`" in line
