from __future__ import annotations

import asyncio
from itertools import pairwise

from cogs.throttle import Throttle


class Sent(list[str]):
    async def __call__(self, value: str) -> None:
        await asyncio.sleep(0)
        self.append(value)


async def test_the_first_value_goes_out_at_once():
    sent = Sent()
    throttle = Throttle(sent, period_s=60)
    throttle.offer("first")
    await asyncio.sleep(0.01)
    assert sent == ["first"]
    await throttle.close()


async def test_fast_values_replace_each_other_and_the_last_is_not_lost():
    sent = Sent()
    throttle = Throttle(sent, period_s=0.05)
    for value in "abcdef":
        throttle.offer(value)
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.15)
    assert sent == ["a", "f"]


async def test_values_are_never_closer_than_the_period():
    times: list[float] = []

    async def send(_: int) -> None:
        times.append(asyncio.get_running_loop().time())

    throttle = Throttle(send, period_s=0.05)
    for value in range(40):
        throttle.offer(value)
        await asyncio.sleep(0.005)
    await throttle.close()
    assert len(times) >= 3
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.049


async def test_nothing_is_sent_after_close():
    sent = Sent()
    throttle = Throttle(sent, period_s=0.02)
    throttle.offer("a")
    await asyncio.sleep(0.01)
    throttle.offer("b")
    await throttle.close()
    await asyncio.sleep(0.05)
    assert sent == ["a"]


async def test_close_waits_for_what_is_on_its_way():
    landed = asyncio.Event()

    async def send(_: str) -> None:
        await asyncio.sleep(0.03)
        landed.set()

    throttle = Throttle(send, period_s=1)
    throttle.offer("a")
    await asyncio.sleep(0.01)
    await throttle.close()
    assert landed.is_set()
