from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from models.encoders import e5, starter
from models.encoders.efficientnet import Trunk
from models.encoders.projection import Ensemble, Projection, ProjectionConfig
from models.encoders.registry import EncoderOptions, load_encoder
from models.encoders.starter import WEIGHTS, StarterEncoder
from models.errors import ModelUnavailable

CONFIG = ProjectionConfig(dim=6, part=4, hidden=8)


def save_weights(path: Path, seed: int = 0) -> Path:
    torch.manual_seed(seed)
    Ensemble([Projection(CONFIG), Projection(CONFIG)], CONFIG).save(path)
    return path


@pytest.fixture(scope="module")
def encoder(graphs: Path, tmp_path_factory: pytest.TempPathFactory) -> StarterEncoder:
    return StarterEncoder(save_weights(tmp_path_factory.mktemp("weights") / "w.safetensors"), graphs, threads=1)


@pytest.fixture(scope="module")
def images() -> list[Image.Image]:
    noise = np.random.default_rng(0).integers(0, 256, (300, 200, 3), np.uint8)
    return [Image.fromarray(noise), Image.new("RGB", (1, 1), "red"), Image.new("RGB", (2000, 3), "blue")]


def test_vectors_have_length_one_for_texts_and_pictures_of_any_shape(
    encoder: StarterEncoder, images: list[Image.Image]
) -> None:
    for vectors in (encoder.encode_images(images), encoder.encode_texts(["a horse", "一匹马", ""])):
        assert vectors.shape == (3, encoder.dim) == (3, 12)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_nothing_in_gives_nothing_out(encoder: StarterEncoder) -> None:
    assert encoder.encode_texts([]).shape == encoder.encode_images([]).shape == (0, encoder.dim)


def test_pictures_prepared_elsewhere_have_the_same_vectors(encoder: StarterEncoder, images: list[Image.Image]) -> None:
    pixels = np.stack([encoder.prepare(image) for image in images])
    assert pixels.shape == (3, encoder.image_size, encoder.image_size, 3)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(encoder.encode_prepared(pixels), encoder.encode_images(images))


def test_the_exported_graph_computes_what_torch_computes(encoder: StarterEncoder, images: list[Image.Image]) -> None:
    pixels = np.stack([encoder.prepare(image) for image in images])
    with torch.inference_mode():
        expected = encoder._projection.image(Trunk()(torch.from_numpy(pixels))).numpy()
    np.testing.assert_allclose(encoder.encode_prepared(pixels), expected, atol=1e-3)


def test_more_than_a_batch_keeps_its_order(encoder: StarterEncoder) -> None:
    texts = [f"{number} horses" for number in range(35)]
    np.testing.assert_allclose(encoder.encode_texts(texts)[34], encoder.encode_texts([texts[34]])[0], atol=1e-5)


def test_other_weights_have_another_name(encoder: StarterEncoder, graphs: Path, tmp_path: Path) -> None:
    other = StarterEncoder(save_weights(tmp_path / "w.safetensors", seed=1), graphs, threads=1)
    assert other.name != encoder.name
    assert other.name.startswith("starter-")


def test_the_second_start_makes_no_graph(
    encoder: StarterEncoder, graphs: Path, tmp_path: Path, images: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise AssertionError("a graph was made again")

    monkeypatch.setattr(starter, "export", refuse)
    monkeypatch.setattr(e5, "export", refuse)
    again = StarterEncoder(save_weights(tmp_path / "w.safetensors"), graphs, threads=1)
    assert again.name == encoder.name
    np.testing.assert_array_equal(again.encode_images(images), encoder.encode_images(images))


def test_missing_weights_are_a_readable_error(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        StarterEncoder(tmp_path / "none.safetensors", tmp_path)
    assert caught.value.message_id == "encoder-weights-unreadable"


def test_the_shipped_weights_know_that_two_languages_say_the_same(graphs: Path) -> None:
    encoder = load_encoder("starter", EncoderOptions(cache=graphs, threads=1))
    english = encoder.encode_texts(["a photo of a horse", "a photo of a cat", "two men playing soccer"])
    chinese = encoder.encode_texts(["一张马的照片", "一张猫的照片", "两个男人在踢足球"])
    assert english.shape == (3, encoder.dim)
    assert (english @ chinese.T).argmax(1).tolist() == [0, 1, 2]


def test_shipped_files_are_small_enough_for_the_repository() -> None:
    assert WEIGHTS.stat().st_size < 16 << 20


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(KeyError):
        load_encoder("none")
