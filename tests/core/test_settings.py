from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import Profile, Settings, read_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def problems(**variables: object) -> str:
    with pytest.raises(SettingsError) as caught:
        read_settings(None, **variables)
    return str(caught.value.params["problems"])


def test_without_any_setting_the_starter_runs() -> None:
    settings = read_settings(None)
    assert settings.profile is Profile.STARTER
    assert settings.discord_token is None
    assert settings.match_threshold == 0.5


def test_a_token_asks_for_the_full_models_unless_the_owner_says_otherwise() -> None:
    assert read_settings(None, discord_token="secret").profile is Profile.FULL
    assert read_settings(None, discord_token="secret", profile="starter").profile is Profile.STARTER


def test_a_token_in_the_env_file_asks_for_the_full_models_too(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("DISCORD_TOKEN=abc\nOWNER_IDS=1, 2 3\n")
    settings = read_settings(env)
    assert settings.profile is Profile.FULL
    assert settings.owner_ids == (1, 2, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("match_threshold", "1.5"),
        ("loopback_port", "http"),
        ("profile", "huge"),
        ("log_level", "loud"),
        ("recall", "0"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_write_instead(name: str, value: str) -> None:
    text = problems(**{name: value})
    assert text.startswith(f"{name.upper()}: ")
    assert str(Settings.model_fields[name].description) in text


def test_every_wrong_value_is_told_at_once() -> None:
    text = problems(match_threshold="2", max_batch="0")
    assert "MATCH_THRESHOLD" in text
    assert "MAX_BATCH" in text


def test_a_misspelt_name_in_the_env_file_is_told_with_the_right_one(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("MATCH_TRESHOLD=0.4\n")
    with pytest.raises(SettingsError) as caught:
        read_settings(env)
    assert "did you mean MATCH_THRESHOLD?" in str(caught.value.params["problems"])


def test_secrets_are_shown_nowhere(tmp_path: Path) -> None:
    settings = read_settings(None, discord_token="hunter2", hf_token="hunter2", queue_url="redis://:hunter2@host")
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings.model_dump())
    assert "hunter2" not in problems(discord_token="hunter2", recall="hunter2")


def test_the_example_file_names_every_setting_and_no_other() -> None:
    names = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert names == {name.upper() for name in Settings.model_fields}


def test_the_example_file_is_valid_as_it_is_and_with_every_default_uncommented(tmp_path: Path) -> None:
    text = (ROOT / ".env.example").read_text()
    env = tmp_path / ".env"
    env.write_text(re.sub(r"^#([A-Z_]+=)", r"\1", text, flags=re.MULTILINE))
    assert read_settings(env) == read_settings(None)


def test_the_readme_lists_every_setting() -> None:
    readme = (ROOT / "README.md").read_text()
    missing = [name.upper() for name in Settings.model_fields if f"`{name.upper()}`" not in readme]
    assert not missing
