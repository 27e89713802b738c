from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from core.executor import EncoderExecutor
from tests.tiny_encoder import TinyEncoder


class SlowEncoder(TinyEncoder):
    """Takes a while, so that others queue up meanwhile; and remembers on which threads it ran."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[str] = set()

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        self.threads.add(threading.current_thread().name)
        time.sleep(0.05)
        if "poison" in texts:
            raise ValueError("poison")
        return super().encode_texts(texts)


@pytest.fixture
def encoder() -> SlowEncoder:
    return SlowEncoder()


@pytest.fixture
def executor(encoder: SlowEncoder) -> Iterator[EncoderExecutor]:
    executor = EncoderExecutor(encoder, max_batch=4)
    yield executor
    executor.close()


async def test_each_asker_gets_their_own_vector(executor: EncoderExecutor, encoder: SlowEncoder) -> None:
    texts = ["red", "green", "blue"] * 3
    vectors = await asyncio.gather(*(executor.encode_text(text) for text in texts))
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_array_equal(vector, TinyEncoder().encode_texts([text])[0])
    assert len(encoder.threads) == 1


async def test_those_who_wait_together_go_together_and_no_batch_is_too_large(
    executor: EncoderExecutor, encoder: SlowEncoder
) -> None:
    first = asyncio.create_task(executor.encode_text("red"))
    await asyncio.sleep(0.01)
    await asyncio.gather(first, *(executor.encode_text("blue") for _ in range(6)))
    assert encoder.text_batches == [1, 4, 2]


async def test_an_error_reaches_its_askers_and_the_next_query_works(executor: EncoderExecutor) -> None:
    with pytest.raises(ValueError, match="poison"):
        await executor.encode_text("poison")
    assert (await executor.encode_text("red")).shape == (4,)


async def test_an_asker_who_left_does_not_spoil_it_for_the_others(executor: EncoderExecutor) -> None:
    leaving = asyncio.create_task(executor.encode_text("red"))
    staying = asyncio.create_task(executor.encode_text("blue"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying)[2] > 0.9


async def test_the_event_loop_goes_on_while_the_encoder_works(executor: EncoderExecutor) -> None:
    task = asyncio.create_task(executor.encode_text("red"))
    turns = 0
    while not task.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 5
