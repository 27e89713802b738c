"""Picture sizes, held against Pillow."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from loopback import imagesize


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("PNG", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("GIF", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
    ],
)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_size_is_what_pillow_says(form: str, options: dict[str, bool], mode: str) -> None:
    if form in ("JPEG", "GIF") and mode == "RGBA":
        mode = "L"
    data = io.BytesIO()
    Image.new(mode, (321, 45)).save(data, form, **options)
    assert imagesize.size(data.getvalue()) == (321, 45)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF0000WEBPVP8 ", b"hello"])
def test_broken_picture_has_no_size(data: bytes) -> None:
    assert imagesize.size(data) is None
