"""Stable Diffusion 1.x from a hub repository, a diffusers folder or one checkpoint file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from transformers import CLIPImageProcessor

from models.errors import ModelUnavailable
from models.painter.clip_conditioner import ClipConditioner
from models.painter.compiling import Progress, compile_unet
from models.painter.errors import UNREADABLE
from models.painter.loras import Loras, loras_in
from models.painter.painter import Painter, PainterInfo, Translator
from models.painter.preview import LatentPreview
from models.painter.safety import StableDiffusionSafety

REPOSITORY = "stable-diffusion-v1-5/stable-diffusion-v1-5"  # whose configuration single files are read by
SIDES = (512, 576, 640, 768)
SMALL_CARD = 6.5 * 2**30  # bytes: below this the parts take turns on the card

_PARTS = ("text_encoder", "unet", "vae")
_SAFETY_PARTS = ("safety_checker", "feature_extractor")


class Hub(Protocol):
    """A model hub, or what stands in for one."""

    def files(self, repository: str) -> Sequence[str]:
        """The paths of a repository's files. Raises ModelUnavailable."""
        ...

    def fetch(self, repository: str, files: Sequence[str]) -> Path:
        """A folder that holds these files. Raises ModelUnavailable."""
        ...


def load_stable_diffusion(
    source: str,
    *,
    device: torch.device,
    hub: Hub,
    safety_checker: bool = True,
    lora_dir: Path | None = None,
    lcm_lora: str | None = None,
    translator: Translator | None = None,
    batch_sizes: Sequence[int] = (),
    progress: Progress = lambda done, total: None,
) -> Painter:
    """A painter for any checkpoint of the Stable Diffusion 1.x family: float16 on a CUDA device, float32 elsewhere.

    Args:
        source: `owner/name` on the hub, a folder in diffusers' layout, or one `.safetensors` or `.ckpt` file.
        lora_dir: its `.safetensors` files can be called from a prompt. They change the UNet: it is not compiled then.
        lcm_lora: `owner/name` on the hub or a file: the LoRA that paints in a few steps. It has the same price.
        translator: for prompts in a language that CLIP's English text encoder cannot read.
        batch_sizes: compile the UNet for these on a CUDA device, telling `progress`.

    Raises:
        ModelUnavailable: there is no such checkpoint, it is damaged or of another family, or a part cannot be had.
    """
    loras = loras_in(lora_dir) if lora_dir is not None else {}
    names = tuple(loras)
    if lcm_lora is not None:
        loras[lcm_lora] = _lora_file(lcm_lora, hub)
    half = device.type == "cuda"
    dtype = torch.float16 if half else torch.float32
    parts = (*_PARTS, *(_SAFETY_PARTS if safety_checker else ()))
    try:
        pipeline = _open(source, hub, parts, dtype)
    except UNREADABLE as error:
        raise ModelUnavailable("painter-unreadable", source=source, detail=str(error)[:300]) from error
    if safety_checker and pipeline.safety_checker is None:
        raise ModelUnavailable("painter-without-safety-checker", source=source)
    offloaded = _is_small(device)
    _place(pipeline, device, offloaded=offloaded)
    painter = Painter(
        info=PainterInfo(
            name=source,
            sides=SIDES,
            width=512,
            height=512,
            steps=25,
            guidance=7.5,
            scheduler="dpm++2m",
            loras=names,
            lcm_lora=lcm_lora,
            device=str(device),
            offloaded=offloaded,
        ),
        vae=pipeline.vae,
        unet=pipeline.unet,
        scheduler_config=pipeline.scheduler.config,
        conditioner=ClipConditioner(pipeline.tokenizer, pipeline.text_encoder, device),
        device=device,
        preview=LatentPreview.stable_diffusion(),
        safety=StableDiffusionSafety(pipeline.safety_checker, pipeline.feature_extractor, device)
        if safety_checker
        else None,
        translator=translator,
        loras=Loras(pipeline, loras) if loras else None,
    )
    if half and batch_sizes and not loras and not offloaded:
        pipeline.fuse_qkv_projections()
        compile_unet(painter, batch_sizes, progress)
    return painter


def _open(source: str, hub: Hub, parts: Sequence[str], dtype: torch.dtype) -> Any:
    path = Path(source)
    absent = {} if "safety_checker" in parts else dict.fromkeys(_SAFETY_PARTS) | {"requires_safety_checker": False}
    if path.is_file():
        files = hub.files(REPOSITORY)
        config = hub.fetch(REPOSITORY, [file for file in files if file.endswith((".json", ".txt"))])
        if "safety_checker" in parts:  # single files have none: it comes from the hub
            return _single_file(path, config, dtype, _safety_checker(hub, files, dtype))
        return _single_file(path, config, dtype, absent)
    variant = None
    if not path.is_dir():
        if source.count("/") != 1 or path.is_absolute():
            raise ModelUnavailable("painter-not-found", source=source)
        files, variant = choose_files(hub.files(source), parts, half=dtype == torch.float16)
        path = hub.fetch(source, files)
    return StableDiffusionPipeline.from_pretrained(
        path, torch_dtype=dtype, variant=variant, local_files_only=True, **absent
    )


def _single_file(path: Path, config: Path, dtype: torch.dtype, safety: dict[str, Any]) -> Any:
    return StableDiffusionPipeline.from_single_file(
        str(path), config=str(config), torch_dtype=dtype, local_files_only=True, **safety
    )


def _safety_checker(hub: Hub, files: Sequence[str], dtype: torch.dtype) -> dict[str, Any]:
    chosen, variant = choose_files(files, _SAFETY_PARTS, half=dtype == torch.float16)
    folder = hub.fetch(REPOSITORY, chosen)
    return {
        "safety_checker": StableDiffusionSafetyChecker.from_pretrained(
            folder / "safety_checker", torch_dtype=dtype, variant=variant, local_files_only=True
        ),
        "feature_extractor": CLIPImageProcessor.from_pretrained(folder / "feature_extractor"),
    }


def _lora_file(source: str, hub: Hub) -> Path:
    path = Path(source)
    if path.is_file():
        return path
    if source.count("/") == 1 and not path.is_absolute():
        for file in hub.files(source):
            if file.endswith(".safetensors"):
                return hub.fetch(source, [file]) / file
    raise ModelUnavailable("lcm-lora-not-found", source=source)


def choose_files(files: Sequence[str], parts: Sequence[str], *, half: bool) -> tuple[list[str], str | None]:
    """Of a repository's files those that are needed, and diffusers' name for their variant.

    All configuration, and for each part its safetensors weights: the half-precision ones when every part has them and
    `half` asks for them.

    Raises:
        ModelUnavailable: a part has no safetensors weights.
    """
    weights = {
        part: [file for file in files if file.startswith(f"{part}/") and file.endswith(".safetensors")]
        for part in parts
        if part != "feature_extractor"  # it has none
    }
    halves = {part: [file for file in found if file.endswith(".fp16.safetensors")] for part, found in weights.items()}
    use_half = half and all(halves.values())
    chosen = halves if use_half else {part: [f for f in weights[part] if f not in halves[part]] for part in weights}
    missing = [part for part, found in chosen.items() if not found]
    if missing:
        raise ModelUnavailable("painter-part-missing", part=missing[0])
    settings = [file for file in files if file.endswith((".json", ".txt")) and _belongs(file, parts)]
    return settings + [file for found in chosen.values() for file in found], "fp16" if use_half else None


def _belongs(file: str, parts: Sequence[str]) -> bool:
    folder, _, rest = file.partition("/")
    return not rest or folder in ("tokenizer", "scheduler", *parts)


def _is_small(device: torch.device) -> bool:
    return device.type == "cuda" and torch.cuda.get_device_properties(device).total_memory < SMALL_CARD


def _place(pipeline: Any, device: torch.device, *, offloaded: bool) -> None:
    pipeline.set_progress_bar_config(disable=True)
    for part in (pipeline.unet, pipeline.vae):
        part.to(memory_format=torch.channels_last)
    if offloaded:
        pipeline.enable_model_cpu_offload(device=device)
        pipeline.vae.enable_tiling()
    else:
        pipeline.to(device)
