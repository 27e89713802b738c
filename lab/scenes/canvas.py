"""A canvas in unit coordinates (x right, y down, both 0 to 1) with the few strokes that the places are painted with."""

import math
import random
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from lab.scenes.light import RGB, Light
from lab.scenes.sprites import Sprites

Heights = NDArray[np.float32]  # one y per column


class Canvas:
    """An RGB picture of `width` pixels square, the light on it and the randomness behind it."""

    def __init__(self, width: int, light: Light, rng: random.Random, sprites: Sprites) -> None:
        self.width, self.light, self.rng, self.sprites = width, light, rng, sprites
        self.image = Image.new("RGB", (width, width))
        self._rows = np.arange(width, dtype=np.float32)[:, None]

    def px(self, unit: float) -> int:
        return round(unit * self.width)

    def gradient(self, stops: Sequence[RGB], top: float = 0.0, bottom: float = 1.0) -> None:
        """Fills the full width between two heights with colours from top to bottom."""
        y0, y1 = self.px(top), self.px(bottom)
        if y1 > y0:
            self.image.paste(_column(stops, y1 - y0).resize((self.width, y1 - y0)), (0, y0))

    def ridge(self, height: float, swing: float, waves: float = 1.5, rough: int = 3) -> Heights:
        """A rolling skyline around `height`: `rough` octaves of sines, `waves` periods across the picture."""
        x = np.linspace(0, 1, self.width, dtype=np.float32)
        y = np.zeros_like(x)
        for octave in range(rough):
            phase = self.rng.uniform(0, 2 * math.pi)
            stretch = waves * 2**octave * self.rng.uniform(0.8, 1.25)
            y += np.sin(2 * math.pi * stretch * x + phase).astype(np.float32) * 0.5**octave
        return (height + swing * y / 1.6).astype(np.float32)

    def peaks(self, height: float, swing: float, count: int) -> Heights:
        """A jagged skyline of mountains: `count` peaks up to `swing` above `height`, roughened."""
        xs = [-0.1]
        ys = [height - swing * 0.3]
        for k in range(count):
            centre = (k + self.rng.uniform(0.25, 0.75)) / count
            xs += [centre, (k + 1 + self.rng.uniform(-0.1, 0.1)) / count]
            ys += [height - swing * self.rng.uniform(0.55, 1), height - swing * self.rng.uniform(0.0, 0.3)]
        x = np.linspace(0, 1, self.width)
        line = np.interp(x, xs, ys)
        for frequency, weight in ((17, 0.03), (41, 0.014)):
            line += swing * weight * np.sin(2 * math.pi * (frequency * x + self.rng.random()))
        return line.astype(np.float32)

    def fill_below(self, heights: Heights, stops: Sequence[RGB], bottom: float = 1.0) -> None:
        """Fills from a skyline down to `bottom`, shaded from top to bottom, with a smooth edge."""
        top = max(0, int(float(heights.min()) * self.width) - 1)
        end = self.px(bottom)
        if end <= top:
            return
        cover = np.clip(self._rows[top:end] - heights[None, :] * self.width + 0.5, 0, 1)
        mask = Image.fromarray((cover * 255).astype(np.uint8))
        self.image.paste(_column(stops, end - top).resize((self.width, end - top)), (0, top), mask)

    def glow(self, x: float, y: float, radius: float, colour: RGB, strength: float = 1.0) -> None:
        """A soft round light that fades to nothing at `radius`."""
        size = max(2, self.px(2 * radius))
        mask = _falloff(0.0, round(strength, 2)).resize((size, size), Image.Resampling.BILINEAR)
        self.image.paste(colour, (self.px(x) - size // 2, self.px(y) - size // 2), mask)

    def disc(self, x: float, y: float, radius: float, colour: RGB) -> None:
        """A filled circle with a smooth edge."""
        size = max(2, self.px(2 * radius))
        big = Image.new("L", (size * 3, size * 3))
        ImageDraw.Draw(big).ellipse((1, 1, size * 3 - 2, size * 3 - 2), fill=255)
        self.image.paste(colour, (self.px(x) - size // 2, self.px(y) - size // 2), big.reduce(3))

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: RGB, opacity: float = 1.0) -> None:
        """A soft-edged ellipse."""
        w, h = max(2, self.px(2 * rx)), max(2, self.px(2 * ry))
        mask = _falloff(0.72, round(opacity, 2)).resize((w, h), Image.Resampling.BILINEAR)
        self.image.paste(colour, (self.px(x) - w // 2, self.px(y) - h // 2), mask)

    def polygon(self, points: Sequence[tuple[float, float]], colour: RGB) -> None:
        ImageDraw.Draw(self.image).polygon([(x * self.width, y * self.width) for x, y in points], fill=colour)

    def box(self, x0: float, y0: float, x1: float, y1: float, colour: RGB) -> None:
        self.image.paste(colour, (self.px(x0), self.px(y0), self.px(x1), self.px(y1)))

    def line(self, points: Sequence[tuple[float, float]], colour: RGB, thickness: float) -> None:
        pixels = [(x * self.width, y * self.width) for x, y in points]
        ImageDraw.Draw(self.image).line(pixels, fill=colour, width=max(1, self.px(thickness)), joint="curve")

    def tuft(self, x: float, y: float, height: float, colour: RGB) -> None:
        """Three blades of grass from one root."""
        for lean in (-0.5, 0.1, 0.6):
            tip = (x + height * lean, y - height)
            self.polygon(((x - height * 0.12, y), (x + height * 0.12, y), tip), colour)

    def prop(self, file: str, x: float, bottom: float, extent: float, distance: float) -> None:
        """A drawing as scenery: lit like the ground, faded by distance, its foot at (x, bottom)."""
        black, white = self.light.ground((0, 0, 0), distance), self.light.ground((255, 255, 255), distance)
        side = 2 * round(extent * self.width / 2)  # few sizes, so that the cache serves
        small = self.sprites.lit(file, max(2, side), black, white)
        self.image.paste(small, (self.px(x) - small.width // 2, self.px(bottom) - small.height), small)

    def blur(self, radius: float) -> None:
        self.image = self.image.filter(ImageFilter.BoxBlur(radius * self.width))


def _column(stops: Sequence[RGB], height: int) -> Image.Image:
    """A column of `height` pixels through the stops, evenly spaced."""
    at = np.linspace(0, len(stops) - 1, height)
    channels = [np.interp(at, np.arange(len(stops)), [s[c] for s in stops]) for c in range(3)]
    return Image.fromarray(np.stack(channels, axis=-1)[:, None, :].round().astype(np.uint8))


@lru_cache(maxsize=256)
def _falloff(core: float, opacity: float) -> Image.Image:
    """A disc that is solid up to `core` of its radius and fades smoothly to nothing at the rim, to be stretched."""
    y, x = np.mgrid[-1:1:64j, -1:1:64j]
    t = np.clip((1 - np.hypot(x, y)) / (1 - core), 0, 1)
    return Image.fromarray((255 * opacity * t * t * (3 - 2 * t)).astype(np.uint8))
