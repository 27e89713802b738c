"""The catalogue of every word a person sees: Fluent files in `locales/<locale>/*.ftl`."""

from __future__ import annotations

from pathlib import Path

from fluent.runtime import FluentLocalization, FluentResourceLoader

from core.errors import SemblanceError

LOCALES = ("en-US", "zh-CN", "zh-TW")


class Messages:
    """Formats messages by id in one of `LOCALES`; a locale that we do not have reads as its nearest one.

    Args:
        folder: holds a folder of `.ftl` files for each locale.
    """

    def __init__(self, folder: Path) -> None:
        loader = FluentResourceLoader(str(folder / "{locale}"))
        files = sorted(path.name for path in (folder / "en-US").glob("*.ftl"))
        self._catalogues = {
            locale: FluentLocalization([locale, "en-US"], files, loader, use_isolating=False) for locale in LOCALES
        }

    def format(self, locale: str, message_id: str, **params: str | int | float) -> str:
        """The message in that locale. Raises KeyError when no catalogue has it."""
        text = self._catalogues[nearest_locale(locale)].format_value(message_id, params)
        if text == message_id:
            raise KeyError(message_id)
        return text

    def error(self, locale: str, error: SemblanceError) -> str:
        """What happened and what to do, for the person who reads it."""
        return self.format(locale, error.message_id, **error.params)


def nearest_locale(locale: str) -> str:
    """`zh`, `zh-Hant-HK`, `en-GB`, ... to the one of `LOCALES` that its reader reads best; English for all others."""
    if locale in LOCALES:
        return locale
    first, _, _ = locale.partition(":")  # the shell's own LANGUAGE may list several: zh_TW:zh
    language, *rest = first.replace("_", "-").split("-")
    if language.lower() != "zh":
        return "en-US"
    traditional = {"tw", "hk", "mo", "hant"}
    return "zh-TW" if traditional.intersection(part.lower() for part in rest) else "zh-CN"
