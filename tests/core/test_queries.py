from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.queries import MAX_CHARACTERS, clean_query


@pytest.mark.parametrize(
    ("text", "message_id"),
    [
        ("", "query-empty"),
        (" \n\t ", "query-empty"),
        ("a" * 10_000, "query-too-long"),
        ("马" * (MAX_CHARACTERS + 1), "query-too-long"),
        ("a horse\x00", "query-control-characters"),
        ("\x1b[31mred", "query-control-characters"),
        ("lone \ud800 surrogate", "query-control-characters"),
    ],
)
def test_what_cannot_be_a_query_is_told_apart(text: str, message_id: str) -> None:
    with pytest.raises(InputError) as caught:
        clean_query(text)
    assert caught.value.message_id == message_id


def test_line_breaks_and_runs_of_spaces_are_one_space() -> None:
    assert clean_query("  a horse\n\teating   grass ") == "a horse eating grass"


def test_the_two_ways_of_writing_an_accent_are_the_same_query() -> None:
    assert clean_query("cafe\u0301") == clean_query("café")


def test_emoji_with_joiners_are_a_query() -> None:
    assert clean_query("👩‍🌾 and 🐎") == "👩‍🌾 and 🐎"


@given(st.text(max_size=600))
def test_every_text_is_cleaned_once_and_for_all_or_refused(text: str) -> None:
    try:
        cleaned = clean_query(text)
    except InputError:
        return
    assert clean_query(cleaned) == cleaned
    assert 0 < len(cleaned) <= MAX_CHARACTERS
    assert not any(unicodedata.category(character) == "Cc" for character in cleaned)
