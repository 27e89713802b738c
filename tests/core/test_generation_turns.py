"""Who is painted for next."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from core.generation.turns import Turns


def filled(*waiting: tuple[str, str, str]) -> Turns[str]:
    turns: Turns[str] = Turns()
    for item, owner, group in waiting:
        turns.add(item, owner=owner, group=group)
    return turns


def taken(turns: Turns[str]) -> list[str]:
    return [item for item in iter(turns.take, None) if item is not None]


def test_one_who_asks_for_much_waits_behind_one_who_asks_for_little() -> None:
    turns = filled(("a1", "a", "g"), ("a2", "a", "g"), ("a3", "a", "g"), ("b1", "b", "g"))
    assert taken(turns) == ["a1", "b1", "a2", "a3"]


def test_a_crowded_server_takes_turns_with_a_quiet_one() -> None:
    crowd = [(f"crowd{n}", f"user{n}", "crowded") for n in range(3)]
    assert taken(filled(*crowd, ("quiet", "q", "other"))) == ["crowd0", "quiet", "crowd1", "crowd2"]


def test_who_comes_late_joins_the_present_round_and_catches_nothing_up() -> None:
    turns = filled(*[(f"a{n}", "a", "g") for n in range(4)], *[(f"b{n}", "b", "g") for n in range(4)])
    assert [turns.take() for _ in range(4)] == ["a0", "b0", "a1", "b1"]
    for n in range(3):
        turns.add(f"late{n}", owner="late", group="h")
    assert taken(turns) == ["late0", "a2", "b2", "late1", "a3", "b3", "late2"]


def test_what_does_not_fit_lets_others_pass_and_keeps_its_turn() -> None:
    turns = filled(("big", "a", "g"), ("small", "b", "g"))
    assert turns.take(lambda item: item != "big") == "small"
    assert turns.take() == "big"


def test_what_is_put_back_goes_before_the_rest_of_its_owner() -> None:
    turns = filled(("first", "a", "g"), ("second", "a", "g"))
    first = turns.take()
    assert first == "first"
    turns.put_back(first, owner="a", group="g")
    assert taken(turns) == ["first", "second"]


owners = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("gh")), max_size=30)


@given(owners)
def test_everything_is_taken_once_in_the_order_foretold_and_fairly(asked: list[tuple[str, str]]) -> None:
    turns = filled(*[(f"{owner}{n}", owner, group) for n, (owner, group) in enumerate(asked)])
    foretold = list(turns.order())
    assert len(turns) == len(asked) == len(foretold)
    assert taken(turns) == foretold
    waiting, served = Counter(item[0] for item in foretold), Counter[str]()
    for item in foretold:
        served[item[0]] += 1
        still = [owner for owner in waiting if served[owner] < waiting[owner]]
        assert all(served[owner] >= served[item[0]] - 1 for owner in still)
    turns.remove(lambda _: True)
    assert len(turns) == 0
