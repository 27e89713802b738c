"""Which of our two languages a text is in."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["en", "zh"]

LANGUAGES: tuple[Language, ...] = ("en", "zh")

_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")


def language_of(text: str) -> Language:
    """Chinese as soon as there is one ideograph, since Chinese sentences often carry English names; else English."""
    return "zh" if _IDEOGRAPH.search(text) else "en"


def language_named(name: str) -> Language:
    """The language that a name such as "zh-CN", "ZH" or "en-US" stands for: Chinese, or else English."""
    return "zh" if name.lower().startswith("zh") else "en"
