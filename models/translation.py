"""Chinese prompts for painters that read English only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import MarianMTModel, MarianTokenizer

from models.errors import ModelUnavailable
from models.language import language_of

MARIAN_FILES = (  # of a hub repository
    "config.json",
    "generation_config.json",
    "source.spm",
    "target.spm",
    "tokenizer_config.json",
    "vocab.json",
)
MARIAN_WEIGHTS = ("model.safetensors", "pytorch_model.bin")  # the first that a repository has


class MarianTranslator:
    """A Marian model such as `Helsinki-NLP/opus-mt-zh-en`: translates Chinese, leaves everything else as it is.

    Not thread-safe: it belongs to the painter's thread.
    """

    def __init__(self, folder: Path, *, device: torch.device | str = "cpu", max_tokens: int = 256) -> None:
        """Raises ModelUnavailable: the folder does not hold a Marian model."""
        try:
            self._tokenizer = MarianTokenizer.from_pretrained(folder, local_files_only=True)
            self._model: Any = MarianMTModel.from_pretrained(folder, local_files_only=True).eval()
            self._model.to(device)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise ModelUnavailable("translator-unreadable", source=str(folder), detail=str(error)[:300]) from error
        self._max_tokens = max_tokens

    @torch.no_grad()
    def __call__(self, text: str, /) -> str:
        if language_of(text) != "zh":
            return text
        inputs = self._tokenizer(text, return_tensors="pt", truncation=True).to(self._model.device)
        tokens = self._model.generate(**inputs, num_beams=4, max_new_tokens=self._max_tokens)
        return self._tokenizer.decode(tokens[0], skip_special_tokens=True).strip()
