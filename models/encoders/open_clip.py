"""Any model of open_clip as an encoder; by default a CLIP that reads a hundred languages.

Ilharco et al. 2021, OpenCLIP; Cherti et al. 2023, "Reproducible scaling laws for contrastive language-image learning".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import open_clip
import torch
from open_clip.tokenizer import DEFAULT_CONTEXT_LENGTH, HFTokenizer
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F
from torchvision.transforms import Compose, Normalize, ToTensor

from models.devices import devices
from models.encoders.registry import EncoderOptions
from models.errors import ModelUnavailable
from models.hub import fetch

BATCH = 32
HUB = "hf-hub:"
WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")  # the first that there is
TOKENIZER = ("tokenizer_config.json", "tokenizer.json", "special_tokens_map.json", "spiece.model", "vocab.txt",
             "sentencepiece.bpe.model", "vocab.json", "merges.txt")  # fmt: skip


PRECISIONS = {torch.float32: "fp32", torch.bfloat16: "bf16", torch.float16: "fp16"}


class Tokenizer(Protocol):
    def __call__(self, texts: list[str]) -> Tensor: ...


class OpenClipEncoder:
    """Texts and images in the space of a CLIP model.

    Text is padded to the longest of its batch only, which gives the vectors of full padding in a fraction of the
    time; what is longer than the model's context (77 tokens for most) is cut.

    Args:
        model: from `open_clip.create_model`, with its preprocessing attached.
        name: identifies weights and preprocessing.
        precision: what the weights are kept in.
    """

    def __init__(
        self,
        model: nn.Module,
        tokenizer: Tokenizer,
        name: str,
        device: torch.device,
        precision: torch.dtype = torch.float32,
    ) -> None:
        self.name = name
        self._device = device
        self._dtype = precision
        self._model: Any = model.eval()
        self._model.to(device=device, memory_format=torch.channels_last)
        self._tokenizer = tokenizer
        self._padding = _padding(model)
        preprocess = PreprocessCfg(**self._model.visual.preprocess_cfg)
        self.image_size = preprocess.size if isinstance(preprocess.size, int) else preprocess.size[0]
        transform: Any = image_transform_v2(preprocess, is_train=False)
        self._to_square = Compose([step for step in transform.transforms if not isinstance(step, ToTensor | Normalize)])
        self._mean = torch.tensor(preprocess.mean, device=device).view(3, 1, 1) * 255
        self._std = torch.tensor(preprocess.std, device=device).view(3, 1, 1) * 255
        self.dim = self._encode_texts([""]).shape[1]

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, d), rows of length 1; (0, d) for no text."""
        parts = [self._encode_texts(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        return np.concatenate([np.empty((0, self.dim), np.float32), *parts])

    @torch.inference_mode()
    def _encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        tokens = self._tokenizer(list(texts)).to(self._device)
        if self._padding is not None:
            longest = int((tokens != self._padding).sum(1).max().clamp(min=1))
            tokens = tokens[:, :longest]
        return _unit(_encode_text(self._model, tokens))

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        """RGB images -> float32 (n, d), rows of length 1; (0, d) for no image."""
        prepared = [self.prepare(image) for image in images]
        return self.encode_prepared(np.stack(prepared) if prepared else np.empty((0, 0, 0, 3), np.uint8))

    def prepare(self, image: Image.Image) -> np.ndarray:
        """uint8 (image_size, image_size, 3), resized and cropped as the model was trained."""
        return np.asarray(self._to_square(image))

    def encode_prepared(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (n, image_size, image_size, 3) -> float32 (n, d)."""
        parts = [self._encode_prepared(pixels[start : start + BATCH]) for start in range(0, len(pixels), BATCH)]
        return np.concatenate([np.empty((0, self.dim), np.float32), *parts])

    @torch.inference_mode()
    def _encode_prepared(self, pixels: np.ndarray) -> np.ndarray:
        x = torch.from_numpy(pixels).to(self._device).permute(0, 3, 1, 2)  # (n, 3, s, s), channels last in memory
        x = ((x.float() - self._mean) / self._std).to(self._dtype)
        return _unit(self._model.encode_image(x))


def _unit(vectors: Tensor) -> np.ndarray:
    return F.normalize(vectors.float(), dim=1).cpu().numpy()


def _padding(model: nn.Module) -> int | None:
    """The padding token of a text tower whose vectors do not depend on padding; None where padding must be complete.

    It does not matter behind a mask (Hugging Face towers), nor to a causal tower that pools at the end of the text:
    nothing that comes before can see it. A CLS token at the very end (CoCa) or attention both ways without a mask
    (SigLIP) do see it.
    """
    text: Any = getattr(model, "text", None)
    if text is None:
        causal = model.attn_mask is not None and model.text_pool_type in ("argmax", "eos", "first")
        return 0 if causal else None
    if hasattr(text, "pooler"):
        return text.config.pad_token_id
    causal = text.attn_mask is not None and text.cls_emb is None and text.pool_type in ("argmax", "eos", "first")
    return text.pad_id if causal else None


def _encode_text(model: Any, tokens: Tensor) -> Tensor:
    """`model.encode_text` for fewer tokens than its context: position table and causal mask are cut to their number."""
    length = tokens.shape[1]
    tower: Any = getattr(model, "text", model)
    mask = getattr(tower, "attn_mask", None)
    if mask is None or length == mask.shape[0]:
        return model.encode_text(tokens)
    cut = {"attn_mask": mask[:length, :length], "positional_embedding": tower.positional_embedding[:length]}
    if tower is model:
        return functional_call(_TextOf(model), {f"model.{name}": value for name, value in cut.items()}, (tokens,))
    return functional_call(tower, cut, (tokens,))


class _TextOf(nn.Module):
    """`encode_text` as a forward."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: Tensor) -> Tensor:
        return self.model.encode_text(tokens)


def load_open_clip_encoder(options: EncoderOptions) -> OpenClipEncoder:
    """Downloads (once) and loads `options.model` with the weights `options.pretrained`.

    `options.model` is a name that open_clip knows, or "hf-hub:owner/repo" for a repository in its layout, where
    `pretrained` does not matter.

    Raises:
        ModelUnavailable: open_clip does not know the pair, the weights cannot be downloaded or read, or no such device.
    """
    device = devices(options.device)[0]
    precision = choose_precision(options.precision, device)
    source = _locate(options)
    try:
        model = open_clip.create_model(
            source.model,
            source.pretrained,
            # "pure": else only the linear layers are cast, and a Hugging Face tower's embeddings do not fit them.
            precision="fp32" if precision == torch.float32 else f"pure_{PRECISIONS[precision]}",
            device=device,
            force_preprocess_cfg=source.preprocess,
            text_cfg=source.text,
        )
    except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable("open-clip-unreadable", model=options.model, reason=str(error)[:300]) from error
    return OpenClipEncoder(model, _tokenizer(source), source.name, device, precision)


@dataclass(frozen=True, slots=True)
class Source:
    """A downloaded model in the words of `open_clip.create_model`.

    Attributes:
        text: configuration of the text tower; a Hugging Face tower is named by its local folder.
        preprocess: how images are prepared; empty where the repository says it itself.
    """

    name: str
    model: str
    pretrained: str | None
    text: dict[str, Any]
    preprocess: dict[str, Any]


def _locate(options: EncoderOptions) -> Source:
    """Downloads what is missing."""

    def get(repo: str, files: Sequence[str], optional: Sequence[str] = ()) -> list[Path]:
        cache = options.cache or Path.home() / ".cache" / "semblance"
        return fetch(repo, files, cache / "hub", options.endpoint, options.progress, optional, options.token)

    model, pretrained, preprocess = options.model, options.pretrained, {}
    if model.startswith(HUB):
        repo = model.removeprefix(HUB)
        config_file = get(repo, ["open_clip_config.json"])[0]
        weights = _first(get, repo, WEIGHTS)
        config = json.loads(config_file.read_text(encoding="utf-8"))["model_cfg"]
        name, model, checkpoint = model, f"local-dir:{weights.parent}", None
    else:
        config, tag = open_clip.get_model_config(model), open_clip.get_pretrained_cfg(model, pretrained)
        if config is None or not tag.get("hf_hub"):
            raise ModelUnavailable("open-clip-unknown", model=model, pretrained=pretrained)
        repo, _, file = tag["hf_hub"].rpartition("/")
        weights = _first(get, repo, [file] if file else WEIGHTS)
        preprocess = {key: tag[key] for key in ("mean", "std", "interpolation", "resize_mode") if key in tag}
        name, checkpoint = f"{model}/{pretrained}", str(weights)
    text = config["text_cfg"]
    for key in ("hf_model_name", "hf_tokenizer_name"):
        if text.get(key):
            folder = get(text[key], ["config.json"] if key == "hf_model_name" else [], TOKENIZER)[0].parent
            text = text | {key: str(folder), "hf_model_pretrained": False}
    return Source(f"{name}@{weights.parent.name[:8]}", model, checkpoint, text, preprocess)


def _first(get: Callable[[str, Sequence[str]], list[Path]], repo: str, files: Sequence[str]) -> Path:
    """The first of the files that the repository has."""
    for file in files[:-1]:
        try:
            return get(repo, [file])[0]
        except ModelUnavailable as error:
            if error.message_id not in ("hub-not-found", "hub-unreachable"):  # offline, another one may be in the cache
                raise
    return get(repo, [files[-1]])[0]


def _tokenizer(source: Source) -> Tokenizer:
    folder = source.text.get("hf_tokenizer_name")
    if not folder:
        return open_clip.get_tokenizer(source.model)
    return HFTokenizer(
        folder,
        context_length=source.text.get("context_length", DEFAULT_CONTEXT_LENGTH),
        tokenizer_mode=source.text.get("tokenizer_mode"),
        **source.text.get("tokenizer_kwargs", {}),
    )


def choose_precision(wanted: str, device: torch.device) -> torch.dtype:
    """ "auto" takes 16 bits only where the hardware computes in them: elsewhere they are several times slower than
    32."""
    if wanted != "auto":
        return {short: precision for precision, short in PRECISIONS.items()}[wanted]
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if device.type == "cpu" and (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()):
        return torch.bfloat16
    return torch.float32
