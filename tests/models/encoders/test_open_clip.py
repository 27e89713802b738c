from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import pytest
import torch
from huggingface_hub import constants
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast, XLMRobertaConfig

from models.encoders.open_clip import OpenClipEncoder, choose_precision, load_open_clip_encoder
from models.encoders.registry import EncoderOptions, load_encoder
from models.errors import ModelUnavailable
from tests.models.imitation_hub import ImitationHub, imitation_hub

WORDS = ["a", "horse", "eats", "grass", "一匹", "马", "在", "吃", "草", "the", "black", "dog", "under", "rainbow"]
TEXTS = ["a horse", "一匹 马 在 吃 草", "the black dog under a rainbow eats grass", ""]
VISION = {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16}
TEXT = {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2}
SHAPES: dict[str, dict[str, Any]] = {
    "multilingual": {"text_cfg": {"hf_model_name": "someone/text", "hf_tokenizer_name": "someone/text",
                                  "hf_pooler_type": "mean_pooler", "hf_proj_type": "linear"}},
    "clip": {"text_cfg": TEXT},
    "clip-custom": {"text_cfg": TEXT, "custom_text": True},
    "siglip-like": {"text_cfg": TEXT | {"no_causal_mask": True, "pool_type": "last", "pad_id": 1}, "custom_text": True},
}  # fmt: skip


def text_repository(folder: Path) -> dict[str, bytes]:
    """A Hugging Face text model's configuration and tokenizer, as xlm-roberta-base has them, with a tiny vocabulary."""
    vocabulary = {token: k for k, token in enumerate(["<s>", "<pad>", "</s>", "<unk>", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()  # pyright: ignore[reportAttributeAccessIssue]
    tokenizer.post_processor = processors.TemplateProcessing(  # pyright: ignore[reportAttributeAccessIssue]
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)
    XLMRobertaConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=90, pad_token_id=1,
    ).save_pretrained(folder)  # fmt: skip
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def model_repository(shape: str, folder: Path, text: Path) -> dict[str, bytes]:
    """Random weights in open_clip's layout."""
    torch.manual_seed(0)
    config = {"embed_dim": 8, "vision_cfg": VISION, **SHAPES[shape]}
    local = json.loads(json.dumps(config))
    if "hf_model_name" in local["text_cfg"]:
        local["text_cfg"] |= {"hf_model_name": str(text), "hf_tokenizer_name": str(text), "hf_model_pretrained": False}
    folder.mkdir()
    (folder / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": local, "preprocess_cfg": {"mean": [0.5] * 3}})
    )
    model = open_clip.create_model(f"local-dir:{folder}", load_weights=False, pretrained_text=False)
    for parameter in model.parameters():  # random enough for a wrong mask or position to show
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.5)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "open_clip_model.safetensors")
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    files["open_clip_config.json"] = json.dumps({"model_cfg": config, "preprocess_cfg": {"mean": [0.5] * 3}}).encode()
    return files


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImitationHub]:
    folder = tmp_path_factory.mktemp("hub")
    repositories = {"someone/text": text_repository(folder / "text")}
    for shape in SHAPES:
        repositories[f"someone/{shape}"] = model_repository(shape, folder / shape, folder / "text")
    with imitation_hub(repositories) as hub:
        yield hub


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def options(hub: ImitationHub, shape: str, cache: Path, precision: str = "fp32", **more: Any) -> EncoderOptions:
    model = f"hf-hub:someone/{shape}"
    return EncoderOptions(cache=cache, model=model, device="cpu", precision=precision, endpoint=hub.address, **more)


def texts_by_open_clip(encoder: OpenClipEncoder, texts: list[str]) -> np.ndarray:
    """What open_clip itself makes of the texts, padded to the whole context."""
    with torch.inference_mode():
        return encoder._model.encode_text(encoder._tokenizer(texts), normalize=True).numpy()  # pyright: ignore[reportCallIssue]


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("shape", SHAPES)
def test_text_vectors_are_those_of_full_padding(hub: ImitationHub, tmp_path: Path, shape: str) -> None:
    encoder = load_open_clip_encoder(options(hub, shape, tmp_path))
    vectors = encoder.encode_texts(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, encoder.dim) == (4, 8)
    np.testing.assert_allclose(vectors, texts_by_open_clip(encoder, TEXTS), atol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_allclose(encoder.encode_texts([text])[0], vector, atol=1e-5)
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-2


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize(
    ("shape", "longest"), [("multilingual", 4), ("clip", 4), ("clip-custom", 4), ("siglip-like", 77)]
)
def test_short_texts_are_not_padded_to_the_whole_context(
    hub: ImitationHub, tmp_path: Path, shape: str, longest: int
) -> None:
    encoder = load_open_clip_encoder(options(hub, shape, tmp_path))
    lengths: list[int] = []
    for module in encoder._model.modules():
        if isinstance(module, torch.nn.Embedding) and module.num_embeddings in (49408, 4 + len(WORDS)):
            module.register_forward_hook(lambda _, inputs, __: lengths.append(inputs[0].shape[1]))
    encoder.encode_texts(["a horse"])
    assert lengths == [longest]


@pytest.mark.usefixtures("online")
def test_text_beyond_the_context_is_cut(hub: ImitationHub, tmp_path: Path) -> None:
    for shape in ("multilingual", "clip"):
        encoder = load_open_clip_encoder(options(hub, shape, tmp_path))
        many = " ".join(["horse"] * 300)
        np.testing.assert_allclose(encoder.encode_texts([many]), texts_by_open_clip(encoder, [many]), atol=1e-5)


@pytest.mark.usefixtures("online")
def test_image_vectors_are_those_of_open_clips_own_preparation(hub: ImitationHub, tmp_path: Path) -> None:
    encoder = load_open_clip_encoder(options(hub, "clip", tmp_path))
    noise = np.random.default_rng(0).integers(0, 256, (50, 90, 3), np.uint8)
    images = [Image.fromarray(noise), Image.new("RGB", (31, 200), "red")]
    transform = image_transform_v2(
        PreprocessCfg(**encoder._model.visual.preprocess_cfg),  # pyright: ignore
        is_train=False,
    )
    with torch.inference_mode():
        expected = encoder._model.encode_image(torch.stack([transform(image) for image in images]), normalize=True)  # pyright: ignore
    vectors = encoder.encode_images(images)
    np.testing.assert_allclose(vectors, expected.numpy(), atol=1e-5)
    prepared = np.stack([encoder.prepare(image) for image in images])
    assert prepared.shape == (2, encoder.image_size, encoder.image_size, 3)
    np.testing.assert_array_equal(encoder.encode_prepared(prepared), vectors)


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_sixteen_bits_give_nearly_the_vectors_of_thirty_two(
    hub: ImitationHub, tmp_path: Path, shape: str, precision: str
) -> None:
    exact = load_open_clip_encoder(options(hub, shape, tmp_path))
    encoder = load_open_clip_encoder(options(hub, shape, tmp_path, precision))
    images = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    for vectors, wanted in (
        (encoder.encode_texts(TEXTS), exact.encode_texts(TEXTS)),
        (encoder.encode_images(images), exact.encode_images(images)),
    ):
        assert vectors.dtype == np.float32
        assert (vectors * wanted).sum(1).min() > 0.99


@pytest.mark.usefixtures("online")
def test_nothing_in_gives_nothing_out_and_more_than_a_batch_keeps_its_order(hub: ImitationHub, tmp_path: Path) -> None:
    encoder = load_open_clip_encoder(options(hub, "clip", tmp_path))
    assert encoder.encode_texts([]).shape == encoder.encode_images([]).shape == (0, encoder.dim)
    texts = [f"horse number {k}" for k in range(40)]
    np.testing.assert_allclose(encoder.encode_texts(texts)[37], encoder.encode_texts([texts[37]])[0], atol=1e-5)


@pytest.mark.usefixtures("online")
def test_the_model_is_downloaded_once_and_then_works_without_a_network(hub: ImitationHub, tmp_path: Path) -> None:
    seen: set[str] = set()
    first = load_encoder(
        "full", options(hub, "multilingual", tmp_path, progress=lambda file, done, total: seen.add(file))
    )
    assert {"open_clip_model.safetensors", "open_clip_config.json", "tokenizer.json"} <= seen
    with imitation_hub({}) as empty:
        gone = empty.address  # nobody listens there any more
    offline = replace(options(hub, "multilingual", tmp_path), endpoint=gone)
    second = load_encoder("full", offline)
    assert second.name == first.name
    np.testing.assert_array_equal(second.encode_texts(TEXTS), first.encode_texts(TEXTS))


@pytest.mark.usefixtures("online")
def test_a_name_tells_models_and_versions_apart(hub: ImitationHub, tmp_path: Path) -> None:
    names = {load_open_clip_encoder(options(hub, shape, tmp_path)).name for shape in ("clip", "multilingual")}
    assert len(names) == 2
    assert all("c0ffee" in name for name in names)


def test_a_pair_that_open_clip_does_not_know_is_a_readable_error(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        load_open_clip_encoder(EncoderOptions(cache=tmp_path, model="ViT-B-32", pretrained="nobody", device="cpu"))
    assert caught.value.message_id == "open-clip-unknown"


@pytest.mark.usefixtures("online")
def test_weights_of_another_shape_are_a_readable_error(hub: ImitationHub, tmp_path: Path) -> None:
    hub.repos["someone/mixed"] = hub.repos["someone/clip"] | {
        "open_clip_model.safetensors": hub.repos["someone/multilingual"]["open_clip_model.safetensors"]
    }
    with pytest.raises(ModelUnavailable) as caught:
        load_open_clip_encoder(options(hub, "mixed", tmp_path))
    assert caught.value.message_id == "open-clip-unreadable"


def test_sixteen_bits_are_used_only_where_the_hardware_computes_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = torch.device("cpu")
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    assert choose_precision("auto", cpu) == torch.float32
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    assert choose_precision("auto", cpu) == torch.bfloat16
    assert choose_precision("fp32", cpu) == torch.float32
