from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import InputError
from core.images import MAX_BYTES, encode_image, read_image, thumbnail


def file_of(image: Image.Image, image_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_image(data)
    return caught.value.message_id


def huge_png(side: int) -> bytes:
    """A PNG whose header promises side x side pixels; its body is short, as a bomb's is."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


GRADIENT = Image.linear_gradient("L").convert("RGB")


def test_a_text_file_named_png_is_refused() -> None:
    assert refusal(b"I am no picture") == "image-unreadable"


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"") == "image-unreadable"


def test_a_cut_off_jpeg_is_refused_as_cut_off() -> None:
    data = file_of(GRADIENT, "JPEG", quality=95)
    assert refusal(data[: len(data) // 2]) == "image-truncated"


def test_a_picture_of_900_megapixels_is_refused_before_it_fills_the_memory() -> None:
    assert refusal(huge_png(30_000)) == "image-too-many-pixels"


def test_eleven_mebibytes_are_refused() -> None:
    assert refusal(b"\xff\xd8" + bytes(MAX_BYTES + 2**20)) == "image-too-large"


def test_an_animation_shows_its_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    data = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read_image(data).getpixel((4, 4)) == (255, 0, 0)


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    data = file_of(Image.new("RGB", (16, 16), (200, 30, 40)).convert("CMYK"), "JPEG", quality=95)
    image = read_image(data)
    assert image.mode == "RGB"
    assert np.abs(np.array(image.getpixel((8, 8))) - (200, 30, 40)).max() < 8


def test_sixteen_bit_grey_is_scaled_and_not_clipped() -> None:
    deep = Image.fromarray(np.full((8, 8), 0x8000, np.uint16))
    assert read_image(file_of(deep, "PNG")).getpixel((4, 4)) == (128, 128, 128)


def test_a_photo_is_turned_as_its_camera_says() -> None:
    photo = Image.new("RGB", (40, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90 degrees
    assert read_image(file_of(photo, "JPEG", exif=exif)).size == (20, 40)


def test_transparency_becomes_white() -> None:
    assert read_image(file_of(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG")).getpixel((4, 4)) == (255, 255, 255)


def test_a_thumbnail_fits_its_square_and_keeps_its_shape() -> None:
    small = Image.open(io.BytesIO(thumbnail(Image.new("RGB", (800, 400)))))
    assert small.size == (224, 112)


@given(st.binary(max_size=400))
def test_no_bytes_at_all_do_harm(data: bytes) -> None:
    with pytest.raises(InputError):
        read_image(data)


@given(
    st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"]), st.integers(0), st.binary(min_size=1, max_size=8)
)
def test_a_damaged_picture_is_read_or_refused_but_never_crashes(kind: str, place: int, damage: bytes) -> None:
    data = bytearray(file_of(GRADIENT.resize((24, 24)), kind))
    start = place % len(data)
    data[start : start + len(damage)] = damage
    try:
        image = read_image(bytes(data))
    except InputError:
        return
    assert image.mode == "RGB"


@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"]))
def test_every_shape_and_mode_comes_out_upright_and_rgb(width: int, height: int, mode: str) -> None:
    kind = "TIFF" if mode in ("CMYK", "I;16") else "PNG"
    image = read_image(file_of(Image.new(mode, (width, height)), kind))
    assert image.mode == "RGB"
    assert image.size == (width, height)
    assert encode_image(image, "PNG")
