"""LoRA files of a folder, by name and weight."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

from safetensors import SafetensorError
from safetensors.torch import load_file

from models.errors import ModelUnavailable

Selection: TypeAlias = tuple[tuple[str, float], ...]  # (name, weight) of each


class Loras:
    """Puts LoRAs of a folder of `.safetensors` files on a diffusers pipeline; each is read when it is first asked for.

    Not thread-safe: it belongs to the painter's thread, and all rows of a UNet call must agree on the selection.
    """

    def __init__(self, pipeline: Any, folder: Path) -> None:
        self._pipeline = pipeline
        self._folder = folder
        self._adapters: dict[str, str] = {}  # by the file's name; adapters may have no dots in theirs
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
            weights = load_file(self._folder / f"{name}.safetensors")
            self._pipeline.load_lora_weights(weights, adapter_name=adapter)
        except (ValueError, KeyError, RuntimeError, OSError, SafetensorError) as error:
            raise ModelUnavailable("lora-unreadable", name=name, detail=str(error)[:300]) from error
        self._adapters[name] = adapter


def lora_names(folder: Path) -> tuple[str, ...]:
    """The names that a prompt may call: the files without their endings."""
    return tuple(sorted(path.stem for path in folder.glob("*.safetensors")))
