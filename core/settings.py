"""Every setting, read once from the environment and `.env`, validated, and passed down."""

from __future__ import annotations

import difflib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.errors import SettingsError


class Profile(StrEnum):
    """Which family of models runs: ours, shipped and offline, or the full-size ones, downloaded once from the hub."""

    STARTER = "starter"
    FULL = "full"


class Device(StrEnum):
    """Where torch runs. `auto` takes a CUDA device, else Apple's, else the processor."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


def _ids(value: object) -> object:
    """`1, 2 3` -> the ids in it: people separate lists by commas, spaces or both."""
    return value.replace(",", " ").split() if isinstance(value, str) else value


Ids = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ids)]


class Settings(BaseSettings):
    """Field `x_y` is the variable `X_Y`; its description says what to write and is shown when a value is wrong."""

    model_config = SettingsConfigDict(env_file_encoding="utf-8", frozen=True, extra="forbid", env_ignore_empty=True)

    # Discord
    discord_token: SecretStr | None = Field(None, description="the bot token from the Discord developer portal")
    owner_ids: Ids = Field((), description="Discord user ids, separated by commas")
    dev_guild_id: int | None = Field(None, description="the id of one server, to sync commands there at once")
    discord_api_base: str | None = Field(None, description="an http(s) address such as http://127.0.0.1:8642/api/v10")
    discord_gateway_url: str | None = Field(None, description="a ws(s) address")
    discord_cdn_base: str | None = Field(None, description="an http(s) address")
    loopback_port: int = Field(8642, ge=0, le=65535, description="a free port, for example 8642")

    # Models
    profile: Profile = Field(Profile.STARTER, description="starter or full")
    device: Device = Field(Device.AUTO, description="auto, cpu, cuda or mps")
    threads: int | None = Field(
        None, ge=1, le=256, description="how many processor threads torch may use, for example 2"
    )
    encoder_model: str = Field("xlm-roberta-base-ViT-B-32", description="a model name that open_clip knows")
    encoder_pretrained: str = Field("laion5b_s13b_b90k", description="a weights tag of that open_clip model, or a file")
    head_path: Path | None = Field(None, description="a head made by `python -m lab train head`")
    painter: str = Field(
        "stable-diffusion-v1-5/stable-diffusion-v1-5",
        description="a hub repository, a diffusers folder or a .safetensors file of Stable Diffusion 1.x",
    )
    lora_dir: Path | None = Field(None, description="a folder of LoRA .safetensors files")
    lcm_lora: str | None = Field(
        None, description="a hub repository or file of an LCM-LoRA, for example latent-consistency/lcm-lora-sdv1-5"
    )
    translator: str = Field("Helsinki-NLP/opus-mt-zh-en", description="a hub repository or folder of a Marian model")
    safety_checker: bool = Field(True, description="true or false")
    hf_endpoint: str = Field("https://huggingface.co", description="the address of a model hub")
    hf_token: SecretStr | None = Field(None, description="a hub access token")
    models_dir: Path | None = Field(None, description="a folder for downloaded models")

    # Answers
    match_threshold: float = Field(0.5, ge=0, le=1, description="a number from 0 to 1, for example 0.5")
    recall: int = Field(200, ge=1, le=10_000, description="how many pictures cosine hands to the head, for example 200")

    # Data
    data_dir: Path = Field(Path("data"), description="a folder that can be written")
    gallery_uri: str | None = Field(None, description="a folder or s3://bucket/path")

    # Generation
    max_pending_per_user: int = Field(3, ge=1, le=100, description="a whole number from 1, for example 3")
    max_pending: int = Field(50, ge=1, le=10_000, description="a whole number from 1, for example 50")
    max_batch: int = Field(8, ge=1, le=64, description="how many pictures share a denoising step, for example 8")
    queue_url: SecretStr | None = Field(None, description="a Redis address such as redis://localhost:6379/0")
    queue_results: str | None = Field(None, description="a folder that bots and workers share, or s3://bucket/path")

    language: str = Field("en-US", description="en-US, zh-CN or zh-TW: the language of the command line")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR")

    @model_validator(mode="before")
    @classmethod
    def _full_with_a_token(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Who has a token runs a real bot, and gets the full models unless they say otherwise."""
        if "profile" not in values and values.get("discord_token"):
            values["profile"] = Profile.FULL
        return values

    @property
    def gallery_location(self) -> str:
        return self.gallery_uri or str(self.data_dir / "gallery")

    @property
    def hub_token(self) -> str | None:
        return None if self.hf_token is None else self.hf_token.get_secret_value()

    @property
    def models_location(self) -> Path:
        return self.models_dir or self.data_dir / "models"


def read_settings(env_file: Path | None = Path(".env"), **overrides: Any) -> Settings:
    """Reads the settings; `overrides` (from the command line) win over the environment, that over `.env`.

    Raises:
        SettingsError: names each wrong variable and what to write instead. No value is shown: it may be a secret.
    """
    try:
        return Settings(_env_file=env_file, **overrides)  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        problems = [_explain(str(item["loc"][0]), str(item["type"]), str(item["msg"])) for item in error.errors()]
        raise SettingsError("setting-invalid", problems="\n".join(problems)) from None


def _explain(name: str, kind: str, problem: str) -> str:
    field = Settings.model_fields.get(name)
    if field is None:
        near = difflib.get_close_matches(name, Settings.model_fields, n=1)
        hint = f"did you mean {near[0].upper()}?" if near else "remove it from .env."
        return f"{name.upper()} is not a setting: {hint}"
    return f"{name.upper()}: {'missing' if kind == 'missing' else problem}. Write {field.description}."
