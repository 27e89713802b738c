"""One thread in front of one encoder: the event loop never waits on torch; requests that wait together go together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import numpy as np

from models.encoders.base import Encoder

P = ParamSpec("P")
T = TypeVar("T")


class EncoderExecutor:
    """Owns the thread that may touch the encoder.

    Texts that arrive while a batch is being encoded form the next batch: a lone request never waits for company.
    """

    def __init__(self, encoder: Encoder, *, max_batch: int = 32) -> None:
        self.encoder = encoder
        self._max_batch = max_batch
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")
        self._waiting: list[tuple[str, asyncio.Future[np.ndarray]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a function on the encoder's thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: function(*args, **kwargs))

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`run` for other threads: blocks until the encoder's thread has done it."""
        return self._thread.submit(function, *args, **kwargs).result()

    async def encode_text(self, text: str) -> np.ndarray:
        """One text -> float32 (d,)."""
        future: asyncio.Future[np.ndarray] = asyncio.get_running_loop().create_future()
        self._waiting.append((text, future))
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())
        return await future

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._max_batch], self._waiting[self._max_batch :]
            try:
                vectors = await self.run(self.encoder.encode_texts, [text for text, _ in batch])
            except Exception as error:  # it belongs to the askers, who are waiting for it
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), vector in zip(batch, vectors, strict=True):
                if not future.done():  # its asker may have been cancelled meanwhile
                    future.set_result(vector)
        self._flushing = None

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
