"""From a scene to a picture."""

import random
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from lab.scenes.canvas import Canvas
from lab.scenes.layout import Placed, arrange
from lab.scenes.light import Light, light_for, mix
from lab.scenes.places import GROUNDS, PAINTERS, Ground
from lab.scenes.scene import Scene
from lab.scenes.sprites import Sprites, ramp

CANVAS = 256  # the least width painted on; smaller pictures are averaged down from it
SOFT_FOCUS = 0.0022  # blur of the background, as a fraction of the width, so that the subject stands out


def render(
    scene: Scene,
    size: int = 256,
    sprites: Sprites | None = None,
    arrangement: Callable[[Scene, Sprites, random.Random], list[Placed]] = arrange,
) -> Image.Image:
    """The scene as an RGB picture, `size` pixels square. The same scene gives the same picture.

    `arrangement` says where things stand.

    Raises DataMissing when `sprites` is left out and the default folder is not there.
    """
    sprites = sprites or Sprites()
    rng = random.Random(scene.seed)
    width = max(CANVAS, size)
    canvas = Canvas(width, _light(scene), rng, sprites)
    PAINTERS[scene.place](canvas, scene)
    canvas.blur(SOFT_FOCUS)
    if scene.weather == "fog":
        _mist(canvas)
    arranged = arrangement(scene, sprites, rng)
    if scene.time == "night" and scene.where.outdoors:
        _moonlight(canvas, arranged)
    for placed in arranged:
        _cast_shadow(canvas, placed)
        _paste(canvas, placed)
        _settle(canvas, placed, GROUNDS[scene.place])
    _weather(canvas, scene)
    picture = ImageChops.multiply(canvas.image, _vignette(width))
    return picture if width == size else picture.resize((size, size), Image.Resampling.BOX)


def _light(scene: Scene) -> Light:
    light = light_for(scene.time, scene.weather)
    match scene.place:
        case "room" if scene.time == "night":
            return Light(light.sky, light.haze, (1, 1, 1), (0.96, 0.88, 0.80), 0.5)
        case "underwater":
            return Light(light.sky, (60, 150, 200), (0.9, 1, 1), (0.86, 0.96, 1.0), 0.3)
        case "moon":
            return Light(light.sky, (40, 40, 80), (1, 1, 1), (0.94, 0.94, 1.0), 0.6)
    return light


def _paste(canvas: Canvas, placed: Placed) -> None:
    drawing = canvas.sprites.get(placed.thing.species, placed.thing.colour)
    size = (max(1, canvas.px(placed.width)), max(1, canvas.px(placed.height)))
    sprite = drawing.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
    if canvas.light.tint != (1, 1, 1):
        r, g, b = (round(255 * t) for t in canvas.light.tint)
        sprite = sprite.point(ramp((0, 0, 0), (r, g, b)))
    left, top = canvas.px(placed.x) - size[0] // 2, canvas.px(placed.y) - size[1]
    if placed.thing.kind.stance == "water":
        _reflect(canvas, sprite, left, top + size[1])
    canvas.image.paste(sprite, (left, top), sprite)
    if placed.thing.kind.stance == "water":
        for dx, share in ((-0.3, 0.5), (0.28, 0.45), (0.0, 0.6)):
            canvas.ellipse(
                placed.x + dx * placed.width, placed.y, placed.width * share * 0.6, 0.006, (206, 232, 244), 0.55
            )


def _reflect(canvas: Canvas, sprite: Image.Image, left: int, bottom: int) -> None:
    mirror = ImageOps.flip(sprite)
    mirror = mirror.resize((mirror.width, max(1, mirror.height // 2)), Image.Resampling.BILINEAR)
    fade = Image.fromarray(np.linspace(100, 0, mirror.height).astype(np.uint8)[:, None]).resize(mirror.size)
    canvas.image.paste(mirror, (left, bottom), ImageChops.multiply(mirror.getchannel("A"), fade))


def _cast_shadow(canvas: Canvas, placed: Placed) -> None:
    """A wide soft shadow and a narrow dark one where it touches the ground; fainter the higher it flies."""
    if placed.shadow_y is None:
        return
    above = placed.shadow_y - placed.y
    strength = canvas.light.shadow * max(0.3, 1 - 2.2 * above)
    dark = (14, 16, 34)
    half = placed.width * 0.5
    canvas.ellipse(placed.x + 0.01, placed.shadow_y - 0.004, half * 1.08, min(0.05, half * 0.22), dark, strength * 0.55)
    canvas.ellipse(placed.x, placed.shadow_y - 0.006, half * 0.86, min(0.03, half * 0.12), dark, strength * 0.8)


def _moonlight(canvas: Canvas, arranged: list[Placed]) -> None:
    """A glimmer behind each thing, so that a black cat at night is still a cat."""
    for placed in arranged:
        radius = 0.5 * placed.width + 0.5 * placed.height
        canvas.glow(placed.x, placed.y - placed.height / 2, radius, (126, 146, 210), 0.34)


def _settle(canvas: Canvas, placed: Placed, ground: Ground) -> None:
    """Lets what stands on soft ground sink in a little: blades of grass or a drift over its lower edge."""
    if placed.shadow_y != placed.y:
        return
    if ground.grass:
        for _ in range(round(4 + 14 * placed.width)):
            x = placed.x + placed.width * canvas.rng.uniform(-0.52, 0.52)
            height = canvas.rng.uniform(0.012, 0.026)
            shade = mix(ground.grass, (150, 214, 90), canvas.rng.uniform(0, 0.6))
            canvas.tuft(x, placed.y + canvas.rng.uniform(0.002, 0.012), height, canvas.light.ground(shade))
    if ground.drift:
        colour = canvas.light.ground(ground.drift)
        canvas.ellipse(placed.x, placed.y + 0.006, placed.width * 0.56, 0.011, colour, 0.55)


def _weather(canvas: Canvas, scene: Scene) -> None:
    if scene.weather == "rain":
        _rain(canvas)
    elif scene.weather == "snow":
        _snowfall(canvas)
    elif scene.weather == "fog":
        _veil(canvas, [20, 36, 44, 30, 16])


def _rain(canvas: Canvas) -> None:
    mask = Image.new("L", canvas.image.size)
    pen = ImageDraw.Draw(mask)
    slant = canvas.rng.uniform(-0.25, 0.25)
    for _ in range(150):
        x, y, near = canvas.rng.uniform(-0.1, 1.1), canvas.rng.uniform(-0.05, 1), canvas.rng.random()
        length = 0.02 + 0.05 * near
        ends = (x, y, x + slant * length, y + length)
        pen.line([v * canvas.width for v in ends], fill=int(70 + 110 * near), width=max(1, canvas.px(0.003 * near)))
    canvas.image.paste((226, 236, 248), (0, 0), mask.filter(ImageFilter.GaussianBlur(canvas.width * 0.0012)))


def _snowfall(canvas: Canvas) -> None:
    for _ in range(110):
        r = canvas.rng.choice((0.004, 0.005, 0.007, 0.010))
        canvas.ellipse(canvas.rng.random(), canvas.rng.random(), r, r, (252, 253, 255), 0.92)


def _mist(canvas: Canvas) -> None:
    """Fog behind the subject: thickest at the horizon."""
    _veil(canvas, [70, 130, 150, 60, 30])
    for _ in range(7):
        x, y = canvas.rng.random(), canvas.rng.uniform(0.45, 0.8)
        canvas.ellipse(x, y, canvas.rng.uniform(0.25, 0.5), canvas.rng.uniform(0.02, 0.05), canvas.light.haze, 0.3)


def _veil(canvas: Canvas, opacities: list[int]) -> None:
    """Haze over the picture, its opacity (0 to 255) given at five heights from top to bottom."""
    at = [0, 0.35, 0.62, 0.85, 1.0]
    veil = np.interp(np.linspace(0, 1, canvas.width), at, opacities)
    mask = Image.fromarray(veil.astype(np.uint8)[:, None]).resize(canvas.image.size)
    canvas.image.paste(canvas.light.haze, (0, 0), mask)


@lru_cache
def _vignette(width: int) -> Image.Image:
    """A slight darkening towards the corners."""
    y, x = np.mgrid[-1 : 1 : width * 1j, -1 : 1 : width * 1j]
    shade = 255 * (1 - 0.16 * np.clip(np.hypot(x, y) - 0.75, 0, None) ** 1.5)
    return Image.fromarray(np.repeat(shade[..., None], 3, -1).astype(np.uint8))
