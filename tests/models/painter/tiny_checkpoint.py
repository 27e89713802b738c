"""Stable Diffusion 1.x with random weights in its real layouts: a diffusers folder, one file of the original code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from diffusers.schedulers.scheduling_pndm import PNDMScheduler
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTokenizer,
    CLIPVisionConfig,
)

WIDTH = 16


def tiny_tokenizer(folder: Path) -> CLIPTokenizer:
    """CLIP's tokenizer with an alphabet for vocabulary: one token a letter."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,"
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: index for index, token in enumerate(tokens)}), "utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", "utf-8")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)


def tiny_pipeline(folder: Path) -> StableDiffusionPipeline:
    """With what the original layout fixes: four levels in the VAE, two layers a block."""
    torch.manual_seed(0)
    tokenizer = tiny_tokenizer(folder / "vocabulary")
    text_config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        bos_token_id=len(tokenizer) - 2,
        eos_token_id=len(tokenizer) - 1,
        pad_token_id=len(tokenizer) - 1,
    )
    vision_config = CLIPVisionConfig(
        hidden_size=WIDTH,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        image_size=32,
        patch_size=16,
    )
    make_vae: Any = AutoencoderKL
    make_pipeline: Any = StableDiffusionPipeline
    return make_pipeline(
        vae=make_vae(
            block_out_channels=(8, 8, 8, 8),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            norm_num_groups=4,
        ),
        unet=UNet2DConditionModel(
            sample_size=8,
            block_out_channels=(8, 16),
            layers_per_block=2,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            cross_attention_dim=WIDTH,
            attention_head_dim=4,
            norm_num_groups=4,
        ),
        text_encoder=CLIPTextModel(text_config),
        tokenizer=tokenizer,
        scheduler=PNDMScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            skip_prk_steps=True,
            steps_offset=1,
            set_alpha_to_one=False,
        ),
        safety_checker=StableDiffusionSafetyChecker(
            CLIPConfig(text_config=text_config.to_dict(), vision_config=vision_config.to_dict(), projection_dim=WIDTH)
        ),
        feature_extractor=CLIPImageProcessor(size=32, crop_size=32),
    )


def original_layout(pipeline: StableDiffusionPipeline) -> dict[str, torch.Tensor]:
    """The names and shapes of the CompVis code, in which single files are shared."""
    unet, vae, text = pipeline.unet.state_dict(), pipeline.vae.state_dict(), pipeline.text_encoder.state_dict()
    text_prefix = "" if next(iter(text)).startswith("text_model.") else "text_model."
    return (
        {f"model.diffusion_model.{_unet_name(name)}": value for name, value in unet.items()}
        | {f"first_stage_model.{_renamed(name, _VAE)}": _as_convolution(name, value) for name, value in vae.items()}
        | {f"cond_stage_model.transformer.{text_prefix}{name}": value for name, value in text.items()}
    )


_UNET = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
    "down_blocks.0.downsamplers.0.conv.": "input_blocks.3.0.op.",
    "up_blocks.0.upsamplers.0.": "output_blocks.2.1.",
    "mid_block.resnets.0.": "middle_block.0.",
    "mid_block.resnets.1.": "middle_block.2.",
    "mid_block.attentions.0.": "middle_block.1.",
    **{f"down_blocks.{i}.resnets.{j}.": f"input_blocks.{3 * i + j + 1}.0." for i in range(2) for j in range(2)},
    **{f"down_blocks.{i}.attentions.{j}.": f"input_blocks.{3 * i + j + 1}.1." for i in range(2) for j in range(2)},
    **{f"up_blocks.{i}.resnets.{j}.": f"output_blocks.{3 * i + j}.0." for i in range(2) for j in range(3)},
    **{f"up_blocks.{i}.attentions.{j}.": f"output_blocks.{3 * i + j}.1." for i in range(2) for j in range(3)},
}
_UNET_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1",
    "conv_shortcut": "skip_connection",
}
_VAE = {
    **{f"encoder.down_blocks.{i}.resnets.{j}.": f"encoder.down.{i}.block.{j}." for i in range(4) for j in range(2)},
    **{f"encoder.down_blocks.{i}.downsamplers.0.": f"encoder.down.{i}.downsample." for i in range(4)},
    **{f"decoder.up_blocks.{i}.resnets.{j}.": f"decoder.up.{3 - i}.block.{j}." for i in range(4) for j in range(3)},
    **{f"decoder.up_blocks.{i}.upsamplers.0.": f"decoder.up.{3 - i}.upsample." for i in range(4)},
    "mid_block.resnets.0.": "mid.block_1.",
    "mid_block.resnets.1.": "mid.block_2.",
    "mid_block.attentions.0.": "mid.attn_1.",
    "conv_norm_out": "norm_out",
    "conv_shortcut": "nin_shortcut",
    "group_norm": "norm",
    "to_q": "q",
    "to_k": "k",
    "to_v": "v",
    "to_out.0": "proj_out",
}


def _unet_name(name: str) -> str:
    return _renamed(name, _UNET | _UNET_RESNET if ".resnets." in name else _UNET)


def _renamed(name: str, rules: dict[str, str]) -> str:
    for ours, original in rules.items():
        name = name.replace(ours, original)
    return name


def _as_convolution(name: str, value: torch.Tensor) -> torch.Tensor:
    """The VAE's attention was written with 1 x 1 convolutions."""
    return value[..., None, None] if ".attentions." in name and value.ndim == 2 else value
