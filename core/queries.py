"""What a query may look like."""

from __future__ import annotations

import unicodedata

from core.errors import InputError

MAX_CHARACTERS = 500  # far beyond what any encoder here reads (77 to 512 tokens)


MAX_PROMPT_CHARACTERS = 2_000  # the painter reads long prompts in chunks


def clean_query(text: str, limit: int = MAX_CHARACTERS) -> str:
    """The text in Unicode's composed form, with line breaks and runs of spaces made one space.

    Raises:
        InputError: empty, too long, or with control characters, which nobody types and which garble logs.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if not text:
        raise InputError("query-empty")
    if len(text) > limit:
        raise InputError("query-too-long", length=len(text), limit=limit)
    if any(unicodedata.category(character) in ("Cc", "Cs", "Co") for character in text):
        raise InputError("query-control-characters")
    return text
