"""The drawings: loaded once, trimmed to their outline, repainted in a named colour with the shading kept."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lab.scenes.light import RGB
from lab.scenes.vocabulary import COLOURS, SPECIES, Colour
from models.errors import DataMissing

SPRITES_DIR = Path("../shared/data/emoji")
ALPHA_FLOOR = 8  # below this a pixel counts as empty when the outline is trimmed
Array = NDArray[np.float32]


class Sprites:
    """The drawings of a folder of WebP files with transparency (Microsoft Fluent Emoji 3D, MIT, 256 px).

    Raises DataMissing, naming the folder, when one is not there.
    """

    def __init__(self, folder: Path = SPRITES_DIR) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise DataMissing("data-missing", path=str(self.folder))
        self.drawing = lru_cache(maxsize=None)(self._drawing)
        self.get = lru_cache(maxsize=None)(self._get)
        self.lit = lru_cache(maxsize=2048)(self._lit)

    def _drawing(self, file: str) -> Image.Image:
        """RGBA, trimmed to what is visible."""
        path = self.folder / file
        if not path.is_file():
            raise DataMissing("data-missing", path=str(path))
        with Image.open(path) as opened:
            image = opened.convert("RGBA")
        outline = image.getchannel("A").point([255 * (a > ALPHA_FLOOR) for a in range(256)]).getbbox()
        return image.crop(outline)

    def _get(self, species: str, colour: str | None = None) -> Image.Image:
        """The drawing of a species, RGBA, repainted unless `colour` is None or its natural one."""
        known = SPECIES[species]
        image = self.drawing(known.file)
        if colour is None or colour == known.natural:
            return image
        return repaint(image, COLOURS[colour])

    def _lit(self, file: str, side: int, black: RGB, white: RGB) -> Image.Image:
        """A drawing with its longer side of `side` pixels and its tones between `black` and `white`."""
        drawing = self.drawing(file)
        factor = side / max(drawing.size)
        size = (max(1, round(drawing.width * factor)), max(1, round(drawing.height * factor)))
        return drawing.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0).point(ramp(black, white))


@lru_cache(maxsize=512)
def ramp(black: RGB, white: RGB) -> list[int]:
    """A lookup table for RGBA that takes black and white to these colours and leaves alpha alone."""
    tones = [round(lo + (hi - lo) * v / 255) for lo, hi in zip(black, white, strict=True) for v in range(256)]
    return [*tones, *range(256)]


def repaint(image: Image.Image, colour: Colour) -> Image.Image:
    """Moves the drawing's main colour to `colour` in OKLab; eyes, tyres, windows and shading stay.

    A pixel takes part as far as its hue is near the main one, the mode of chroma over the drawing. Lightness
    keeps its differences times `colour.contrast`; chroma keeps its ratio to that of the main colour.
    """
    pixels = np.asarray(image, dtype=np.float32) / 255.0
    lab = oklab(pixels[..., :3])
    main = _main_colour(lab, pixels[..., 3])
    share = _membership(lab, main)[..., None]
    lightness = colour.lightness + colour.contrast * (lab[..., 0] - main[0])
    lightness = np.clip(lightness, 0.06, 0.985)
    main_chroma = float(np.hypot(main[1], main[2]))
    ratio = (
        np.clip(np.hypot(lab[..., 1], lab[..., 2]) / max(main_chroma, 0.04), 0.75, 1.1) if main_chroma > 0.05 else 1.0
    )
    # Towards white and black a vivid colour does not exist; fading it there avoids clipping to another hue.
    fade = np.clip(np.minimum((1.04 - lightness) / 0.16, lightness / 0.2), 0, 1)
    chroma = colour.chroma * ratio * fade
    angle = np.deg2rad(colour.hue)
    painted = np.stack([lightness, chroma * np.cos(angle), chroma * np.sin(angle)], axis=-1)
    rgb = srgb((lab + share * (painted - lab)).astype(np.float32))
    return Image.fromarray((np.dstack([rgb, pixels[..., 3]]) * 255 + 0.5).astype(np.uint8), "RGBA")


def _main_colour(lab: Array, alpha: Array) -> Array:
    """The centre of the fullest cell of the (a, b) plane among the solid pixels; lightness is its median there."""
    solid = lab[alpha > 0.9]
    cells = np.round(solid[:, 1:] / 0.03).astype(np.int64)
    keys = cells[:, 0] * 1000 + cells[:, 1]
    values, counts = np.unique(keys, return_counts=True)
    return np.median(solid[keys == values[counts.argmax()]], axis=0).astype(np.float32)


def _membership(lab: Array, main: Array) -> Array:
    """How much each pixel belongs to the main colour, 0 to 1: near in (a, b), or along the same hue; loosely in L."""
    main_chroma = np.hypot(main[1], main[2])
    distance = np.hypot(lab[..., 1] - main[1], lab[..., 2] - main[2])
    if main_chroma > 0.05:
        along = (lab[..., 1] * main[1] + lab[..., 2] * main[2]) / main_chroma  # chroma in the main hue's direction
        across = np.abs(lab[..., 1] * main[2] - lab[..., 2] * main[1]) / main_chroma
        distance = np.where(along > 0.35 * main_chroma, np.minimum(distance, 0.6 * across), distance)
    far_in_lightness = np.clip(np.abs(lab[..., 0] - main[0]) - 0.3, 0, None)
    return 1 - _smoothstep(0.05, 0.10, distance + 0.6 * far_in_lightness)


def _smoothstep(low: float, high: float, x: NDArray[np.floating]) -> Array:
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


# OKLab (Ottosson 2020, https://bottosson.github.io/posts/oklab/): equal steps look equal, hue stays with lightness.
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_FROM_LMS, _FROM_LAB = np.linalg.inv(_TO_LMS), np.linalg.inv(_TO_LAB)


def oklab(rgb: Array) -> Array:
    """sRGB in [0, 1] (..., 3) to OKLab."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return (np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T).astype(np.float32)


def srgb(lab: Array) -> Array:
    """OKLab (..., 3) to sRGB, clipped to [0, 1]."""
    linear = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055).astype(np.float32)
