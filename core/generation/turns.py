"""Whose turn it is: round-robin by owner, and by group among owners who have had equally many turns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T]):
    item: T
    owner: str
    group: str
    arrival: int


class Turns(Generic[T]):
    """A queue in which a long line of one owner never stands before another owner.

    In every round each waiting owner gets one turn; inside a round the groups alternate, then the earliest goes first.
    Who comes late joins the present round. `take` costs O(owners), `order` O(items * owners): hundreds, not millions.
    """

    def __init__(self) -> None:
        self._lines: dict[str, deque[_Waiting[T]]] = {}  # by owner, none empty
        self._rounds: dict[str, int] = {}  # turns taken by an owner since the queue was last empty
        self._last_turn: dict[str, int] = {}  # of a group, on the clock below
        self._clock = 0
        self._arrivals = 0

    def __len__(self) -> int:
        return sum(len(line) for line in self._lines.values())

    def add(self, item: T, *, owner: str, group: str) -> None:
        self._arrivals += 1
        self._line(owner).append(_Waiting(item, owner, group, self._arrivals))

    def put_back(self, item: T, *, owner: str, group: str) -> None:
        """Before everything of its owner: it had its turn already and lost it through no fault of its own."""
        self._line(owner).appendleft(_Waiting(item, owner, group, 0))

    def take(self, fits: Callable[[T], bool] = lambda _: True) -> T | None:
        """The next item for which there is room; the others keep their turn."""
        firsts = (next((waiting for waiting in line if fits(waiting.item)), None) for line in self._lines.values())
        chosen = min((first for first in firsts if first is not None), key=self._priority, default=None)
        if chosen is None:
            return None
        self._clock += 1
        self._rounds[chosen.owner] += 1
        self._last_turn[chosen.group] = self._clock
        self._drop(chosen)
        return chosen.item

    def remove(self, unwanted: Callable[[T], bool]) -> None:
        for line in list(self._lines.values()):
            for waiting in [waiting for waiting in line if unwanted(waiting.item)]:
                self._drop(waiting)

    def order(self) -> Iterator[T]:
        """Everything that waits, in the order in which it would be taken now."""
        rehearsal: Turns[T] = copy(self)
        rehearsal._lines = {owner: copy(line) for owner, line in self._lines.items()}
        rehearsal._rounds, rehearsal._last_turn = dict(self._rounds), dict(self._last_turn)
        while (item := rehearsal.take()) is not None:
            yield item

    def _line(self, owner: str) -> deque[_Waiting[T]]:
        if owner not in self._lines:
            present = min((self._rounds[other] for other in self._lines), default=0)
            self._rounds[owner] = max(self._rounds.get(owner, 0), present)
            self._lines[owner] = deque()
        return self._lines[owner]

    def _priority(self, waiting: _Waiting[T]) -> tuple[int, int, int]:
        return self._rounds[waiting.owner], self._last_turn.get(waiting.group, 0), waiting.arrival

    def _drop(self, waiting: _Waiting[T]) -> None:
        line = self._lines[waiting.owner]
        line.remove(waiting)
        if not line:
            del self._lines[waiting.owner]
        if not self._lines:  # nobody waits, so nobody is owed anything: forget
            self._rounds.clear()
            self._last_turn.clear()
