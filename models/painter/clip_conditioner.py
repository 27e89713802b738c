"""What Stable Diffusion 1.x reads: CLIP's token states, for prompts of any length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


class ClipConditioner:
    """Texts -> (n, 77 k, d), where k chunks of 75 tokens hold the longest of them.

    Up to 75 tokens this is what diffusers' pipeline computes. Longer texts are encoded chunk by chunk, each between its
    own start and end tokens, and laid end to end: cross-attention takes any length.
    """

    def __init__(self, tokenizer: Any, text_encoder: Any, device: torch.device) -> None:
        self._tokenizer = tokenizer
        self._text_encoder = text_encoder
        self._device = device

    def __call__(self, texts: Sequence[str], /) -> Tensor:
        length = self._tokenizer.model_max_length
        room = length - 2  # beside the start and end tokens
        tokens = [self._tokenizer(text, add_special_tokens=False, truncation=False).input_ids for text in texts]
        chunks = max(1, *(-(-len(ids) // room) for ids in tokens))
        rows = [self._framed(ids[k * room : (k + 1) * room], length) for ids in tokens for k in range(chunks)]
        states = self._text_encoder(torch.tensor(rows, device=self._device))[0]  # (n k, 77, d)
        return states.reshape(len(texts), chunks * length, -1)

    def _framed(self, ids: list[int], length: int) -> list[int]:
        framed = [self._tokenizer.bos_token_id, *ids, self._tokenizer.eos_token_id]
        return framed + [self._tokenizer.pad_token_id] * (length - len(framed))
