from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs import limits
from cogs.texts import alt_text, bar, clip, quote, source, split_texts
from core.errors import InputError
from core.types import Picture

characters = st.characters(exclude_characters="|｜\r\n\v\f\x85\u2028\u2029")
words = st.text(characters, min_size=1).filter(lambda text: text.strip())
separators = st.sampled_from(["|", "｜", "\n", "\r\n", " | ", "||", "\n\n", "|\n"])


@given(st.lists(words, min_size=1, max_size=10), separators)
def test_texts_come_back_trimmed_and_in_order(texts: list[str], separator: str):
    assert split_texts(separator.join(texts)) == tuple(text.strip() for text in texts)


@given(st.text())
def test_no_input_gives_an_empty_or_padded_text(raw: str):
    with suppress(InputError):
        texts = split_texts(raw)
        assert 1 <= len(texts) <= limits.TEXTS
        assert all(text and text == text.strip() for text in texts)


def test_too_many_texts_are_told_with_the_limit():
    with pytest.raises(InputError) as caught:
        split_texts("a|b|c", limit=2)
    assert caught.value.params == {"limit": 2}


@given(st.text(max_size=500), st.integers(10, 300))
def test_a_quote_fits_on_one_line_and_escapes_whole(text: str, limit: int):
    quoted = quote(text, limit)
    assert len(quoted) <= limit
    assert "\n" not in quoted
    body = quoted.removesuffix("…")
    assert (len(body) - len(body.rstrip("\\"))) % 2 == 0 or not quoted.endswith("…")


@pytest.mark.parametrize("text", ["**x**", "_x_", "~~x~~", "||x||", "`x`", "# x", "> x", "[x](http://y.z)"])
def test_markdown_of_a_prompt_is_escaped(text: str):
    assert "\\" in quote(text)


@pytest.mark.parametrize("text", ["@everyone", "@here", "<@123456789012345678>", "<#1>", "<@&1>", "<t:1:R>", "<:x:1>"])
def test_a_prompt_mentions_nobody(text: str):
    assert text not in quote(text)


@given(st.text(max_size=3_000))
def test_alt_texts_fit_discord(text: str):
    assert len(alt_text(text)) <= limits.ALT_TEXT


def test_a_clipped_text_shows_that_it_goes_on():
    assert clip("abcdef", 4) == "abc…"
    assert clip("abcd", 4) == "abcd"


@pytest.mark.parametrize(("match", "filled"), [(-0.1, 0), (0, 0), (0.04, 0), (0.5, 5), (0.96, 10), (1.2, 10)])
def test_a_bar_is_as_full_as_the_match(match: float, filled: int):
    assert bar(match, 10).count("▰") == filled
    assert len(bar(match, 10)) == 10


@pytest.mark.parametrize(
    ("file", "label", "shown"),
    [("horse/001.jpg", "horse", "horse/001.jpg"), ("001.jpg", "horse", "horse · 001.jpg"), ("001.jpg", "", "001.jpg")],
)
def test_a_class_is_not_said_twice(file: str, label: str, shown: str):
    assert source(Picture("id", file, (label,) if label else (), 1, 1)) == shown
