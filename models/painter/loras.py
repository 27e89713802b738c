"""LoRA files by name and weight."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from safetensors import SafetensorError
from safetensors.torch import load_file

from models.errors import ModelUnavailable

Selection: TypeAlias = tuple[tuple[str, float], ...]  # (name, weight) of each


class Loras:
    """Puts LoRAs (name -> `.safetensors` file) on a diffusers pipeline; each is read when it is first asked for.

    Not thread-safe: it belongs to the painter's thread, and all rows of a UNet call must agree on the selection.
    """

    def __init__(self, pipeline: Any, files: Mapping[str, Path]) -> None:
        self._pipeline = pipeline
        self._files = files
        self._adapters: dict[str, str] = {}  # by the LoRA's name; adapters may have no dots in theirs
        self._selected: Selection = ()

    def select(self, selection: Selection) -> None:
        """Changes UNet and text encoder to exactly these LoRAs.

        Raises:
            ModelUnavailable: a file is gone or damaged, or does not fit this painter.
        """
        if selection == self._selected:
            return
        for name, _ in selection:
            if name not in self._adapters:
                self._load(name)
        if selection:
            self._pipeline.enable_lora()
            self._pipeline.set_adapters([self._adapters[name] for name, _ in selection], [w for _, w in selection])
        else:
            self._pipeline.disable_lora()
        self._selected = selection

    def _load(self, name: str) -> None:
        adapter = f"lora{len(self._adapters)}"
        try:
            weights = load_file(self._files[name])
            self._pipeline.load_lora_weights(weights, adapter_name=adapter)
        except (ValueError, KeyError, RuntimeError, OSError, SafetensorError) as error:
            raise ModelUnavailable("lora-unreadable", name=name, detail=str(error)[:300]) from error
        self._adapters[name] = adapter


def loras_in(folder: Path) -> dict[str, Path]:
    """The LoRAs that a prompt may call: files by their names without endings."""
    return {path.stem: path for path in sorted(folder.glob("*.safetensors"))}
