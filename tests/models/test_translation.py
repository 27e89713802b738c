"""Chinese prompts reach a painter that reads English only; here through a Marian model with random weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sentencepiece
import torch
from transformers import MarianConfig, MarianMTModel

from models.errors import ModelUnavailable
from models.translation import MarianTranslator


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of `Helsinki-NLP/opus-mt-zh-en`, in small."""
    folder = tmp_path_factory.mktemp("marian")
    text = folder / "text.txt"
    text.write_text(
        "一只黑猫躺在雪地里。\n一匹马在吃草。\na black cat lies in the snow.\na horse eats grass.\n" * 20, "utf-8"
    )
    for side in ("source", "target"):
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=str(folder / side), vocab_size=60, hard_vocab_limit=False, minloglevel=2
        )
        (folder / f"{side}.model").rename(folder / f"{side}.spm")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    ordinary = [pieces.id_to_piece(i) for i in range(pieces.get_piece_size())][3:]
    tokens = ["</s>", "<unk>", *ordinary, "<pad>"]
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}), "utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"source_lang": "zho", "target_lang": "eng"}), "utf-8")
    torch.manual_seed(0)
    pad = len(tokens) - 1
    MarianMTModel(
        MarianConfig(
            vocab_size=len(tokens),
            d_model=16,
            encoder_layers=1,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=32,
            decoder_ffn_dim=32,
            max_position_embeddings=64,
            pad_token_id=pad,
            eos_token_id=0,
            decoder_start_token_id=pad,
            forced_eos_token_id=0,
        )
    ).save_pretrained(folder)
    return folder


def test_chinese_is_translated_and_the_same_way_each_time(marian: Path) -> None:
    translate = MarianTranslator(marian, max_tokens=12)
    translated = translate("一只黑猫")
    assert translated
    assert translated != "一只黑猫"
    assert "</s>" not in translated
    assert "<pad>" not in translated
    assert translate("一只黑猫") == translated


def test_english_is_left_alone(marian: Path) -> None:
    assert MarianTranslator(marian)("a black cat, café") == "a black cat, café"


def test_a_folder_without_a_translator_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="translator-unreadable"):
        MarianTranslator(tmp_path)
