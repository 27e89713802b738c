"""The backgrounds, one function a place, painted from the sky down to the viewer's feet."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from lab.scenes.canvas import Canvas
from lab.scenes.light import RGB, mix
from lab.scenes.scene import Scene

PINE, TREE, PALM, CACTUS = "1f332.webp", "1f333.webp", "1f334.webp", "1f335.webp"
BARN, CORAL, HERB, ROCK = "1f3e1.webp", "1fab8.webp", "1f33f.webp", "1faa8.webp"
FLOWERS = ("1f337.webp", "1f339.webp", "1f33c.webp", "1f33b.webp")
WHITE: RGB = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Ground:
    """Heights (y) between which feet may stand, and the water line for what floats; far edge first."""

    land: tuple[float, float] = (0.82, 0.93)
    water: tuple[float, float] = (0.74, 0.86)
    grass: RGB | None = None  # blades around the feet
    drift: RGB | None = None  # snow, sand or dust that the feet sink into


# --- the sky ------------------------------------------------------------------------------------------------------


def sky(c: Canvas, scene: Scene, horizon: float) -> None:
    """Sky down to the horizon with the sun or the moon, stars, clouds and a rainbow as time and weather have them."""
    c.gradient(c.light.sky, 0, horizon + 0.04)
    open_sky = scene.weather in ("clear", "rainbow")
    if scene.time == "night":
        if open_sky:
            _stars(c, horizon)
            _moon(c)
    elif scene.time == "sunset":
        if scene.weather in ("clear", "rainbow", "cloudy"):
            x = c.rng.uniform(0.15, 0.85)
            c.glow(x, horizon - 0.06, 0.55, (255, 190, 96), 0.75)
            c.glow(x, horizon - 0.07, 0.2, (255, 232, 170), 0.9)
            c.disc(x, horizon - 0.07, 0.062, (255, 240, 196))
    elif scene.weather == "clear":
        x, y = c.rng.uniform(0.1, 0.9), c.rng.uniform(0.09, 0.18)
        c.glow(x, y, 0.3, (255, 248, 210), 0.7)
        c.disc(x, y, 0.05, (255, 250, 222))
    if scene.weather == "fog":  # the sun behind the mist
        c.glow(c.rng.uniform(0.2, 0.8), horizon - 0.16, 0.5, mix(c.light.sky[2], (255, 244, 214), 0.7), 0.85)
    if scene.weather == "rainbow":
        _rainbow(c, horizon)
    clouds = {"clear": 2, "rainbow": 3, "cloudy": 8, "rain": 8, "snow": 6, "fog": 0}[scene.weather or "clear"]
    for _ in range(clouds):
        _cloud(c, scene, c.rng.uniform(-0.05, 1.05), c.rng.uniform(0.05, max(0.1, horizon - 0.16)))


def _stars(c: Canvas, horizon: float) -> None:
    for _ in range(70):
        x, y = c.rng.random(), c.rng.random() ** 1.3 * horizon
        bright = c.rng.uniform(0.35, 1) * (1 - y / horizon * 0.6)
        c.glow(x, y, c.rng.choice((0.006, 0.006, 0.009, 0.014)), (236, 240, 255), bright)


def _moon(c: Canvas) -> None:
    x, y = c.rng.uniform(0.14, 0.86), c.rng.uniform(0.11, 0.2)
    c.glow(x, y, 0.24, (150, 168, 230), 0.5)
    c.disc(x, y, 0.055, (246, 242, 220))
    for dx, dy, r in ((-0.018, -0.012, 0.012), (0.016, 0.008, 0.016), (-0.006, 0.024, 0.009)):
        c.ellipse(x + dx, y + dy, r, r, (216, 212, 196), 0.8)


def _cloud(c: Canvas, scene: Scene, x: float, y: float) -> None:
    lit = {"day": WHITE, "sunset": (255, 206, 178), "night": (70, 80, 122)}[scene.time]
    dark = mix(c.light.sky[1], lit, 0.45)
    if scene.weather in ("rain", "snow"):
        lit, dark = mix(lit, c.light.sky[0], 0.5), mix(dark, c.light.sky[0], 0.6)
    scale = c.rng.uniform(0.6, 1.25)
    puffs = [(c.rng.uniform(-0.13, 0.13), c.rng.uniform(-0.03, 0.012), c.rng.uniform(0.04, 0.075)) for _ in range(6)]
    for shade, dy, share in ((dark, 0.012, 0.8), (lit, 0.0, 0.85)):
        for px, py, r in puffs:
            r *= scale * (1 - abs(px) * 3)
            c.ellipse(x + px * scale, y + py * scale + dy, r * 1.35, r * 0.8, shade, share)


_RAINBOW: tuple[RGB, ...] = (
    (240, 72, 72),
    (250, 150, 60),
    (252, 224, 88),
    (92, 206, 110),
    (76, 150, 240),
    (150, 96, 220),
)


def _rainbow(c: Canvas, horizon: float) -> None:
    w = c.width
    centre, radius, band = c.rng.uniform(0.35, 0.65), c.rng.uniform(0.44, 0.5), 0.085
    rows = c.px(horizon)
    y, x = np.mgrid[0:rows, 0:w].astype(np.float32) / w
    inward = (radius - np.hypot(x - centre, (y - horizon) * 1.05)) / band  # 0 at the outer rim, 1 at the inner
    at = np.clip(inward, 0, 1) * (len(_RAINBOW) - 1)
    colour = np.stack([np.interp(at, np.arange(len(_RAINBOW)), [s[k] for s in _RAINBOW]) for k in range(3)], -1)
    alpha = np.clip(np.minimum(inward, 1 - inward) * 5, 0, 1)[..., None] * 0.62
    under = np.asarray(c.image.crop((0, 0, w, rows)), np.float32)
    c.image.paste(Image.fromarray((under + alpha * (colour - under)).astype(np.uint8)), (0, 0))


# --- the ground ---------------------------------------------------------------------------------------------------


def layer(
    c: Canvas, height: float, swing: float, far: RGB, near: RGB, distance: float, waves: float = 1.2
) -> np.ndarray:
    """A rolling layer of ground, lighter along its crest; returns its skyline."""
    line = c.ridge(height, swing, waves, 2)
    crest = c.light.ground(mix(far, WHITE, 0.16), distance)
    c.fill_below(line, (crest, c.light.ground(far, distance), c.light.ground(near, distance * 0.6)))
    return line


def tufts(c: Canvas, colour: RGB, count: int, top: float = 0.7) -> None:
    """Blades of grass, larger towards the viewer."""
    for y in sorted(c.rng.uniform(top, 1.0) for _ in range(count)):
        near = (y - top) / (1 - top)
        x, h = c.rng.random(), 0.008 + 0.026 * near
        shade = c.light.ground(mix(colour, (20, 60, 20), c.rng.uniform(0, 0.35)), 0.25 * (1 - near))
        c.tuft(x, y, h, shade)


def specks(c: Canvas, colours: tuple[RGB, ...], count: int, top: float, size: float = 0.008) -> None:
    """Small dots on the ground: flowers, pebbles, glints; larger towards the viewer."""
    for y in sorted(c.rng.uniform(top, 0.99) for _ in range(count)):
        near = (y - top) / (1 - top)
        r = size * (0.35 + near)
        c.ellipse(c.rng.random(), y, r, r * 0.7, c.light.ground(c.rng.choice(colours), 0.2 * (1 - near)), 0.95)


def trees(c: Canvas, file: str, count: int, bottom: float, extent: float, distance: float, keep: float = 0.0) -> None:
    """A row of trees across the picture, thinner in the middle by `keep` so that the subject has room."""
    for k in range(count):
        x = (k + c.rng.uniform(0.1, 0.9)) / count
        if abs(x - 0.5) < keep:
            continue
        size = extent * c.rng.uniform(0.8, 1.2)
        c.prop(file, x, bottom + c.rng.uniform(-0.012, 0.012), size, distance)


def waves(c: Canvas, top: float, bottom: float, colour: RGB, count: int = 26) -> None:
    for y in sorted(c.rng.uniform(top + 0.01, bottom) for _ in range(count)):
        near = (y - top) / max(0.01, bottom - top)
        half = (0.02 + 0.07 * near) * c.rng.uniform(0.6, 1.3)
        c.ellipse(c.rng.random(), y, half, 0.003 + 0.004 * near, colour, 0.3 + 0.25 * near)


def water(
    c: Canvas, scene: Scene, top: float, bottom: float, deep: RGB = (24, 106, 170), bright: RGB = (120, 190, 222)
) -> None:
    """Water that mirrors the sky's light at its far edge; a path of light under a low sun or a moon."""
    far = mix(c.light.ground(bright, 0.5), c.light.sky[2], 0.45)
    c.gradient((far, c.light.ground(mix(deep, bright, 0.4), 0.1), c.light.ground(deep)), top, bottom)
    waves(c, top, bottom, mix(c.light.ground(bright), c.light.sky[2], 0.5))
    if scene.time != "day" and scene.weather == "clear":
        waves(c, top, bottom, (255, 208, 140) if scene.time == "sunset" else (190, 204, 246), 14)


def meadow(c: Canvas, scene: Scene) -> None:
    sky(c, scene, 0.56)
    layer(c, 0.53, 0.04, (110, 168, 130), (100, 170, 110), 1.0, 1.0)
    layer(c, 0.58, 0.035, (112, 182, 88), (96, 172, 78), 0.55, 0.8)
    trees(c, TREE, 4, 0.605, 0.1, 0.55, 0.16)
    layer(c, 0.655, 0.025, (128, 200, 76), (62, 146, 52), 0.1, 0.7)
    tufts(c, (70, 160, 60), 46)
    specks(c, ((255, 255, 255), (255, 226, 92), (255, 168, 196)), 26, 0.72, 0.0075)


def snow(c: Canvas, scene: Scene) -> None:
    sky(c, scene, 0.56)
    layer(c, 0.53, 0.05, (206, 222, 240), (214, 228, 244), 0.9, 1.3)
    trees(c, PINE, 7, 0.60, 0.15, 0.75, 0.1)
    layer(c, 0.60, 0.03, (232, 240, 250), (222, 233, 246), 0.45, 0.9)
    layer(c, 0.68, 0.025, (250, 252, 255), (214, 226, 243), 0.05, 0.7)
    specks(c, ((255, 255, 255), (198, 214, 236)), 30, 0.72, 0.011)


def beach(c: Canvas, scene: Scene) -> None:
    sky(c, scene, 0.44)
    water(c, scene, 0.44, 0.68, (30, 138, 186), (130, 212, 222))
    shore = c.ridge(0.645, 0.018, 0.8, 2)
    c.fill_below(shore - 0.012, (c.light.ground((236, 246, 248)),) * 2)
    c.fill_below(shore + 0.004, (c.light.ground((206, 176, 128)),) * 2)
    sand = (c.light.ground((246, 222, 170), 0.15), c.light.ground((240, 208, 148)), c.light.ground((222, 184, 124)))
    c.fill_below(shore + 0.022, sand)
    specks(c, ((226, 196, 146), (255, 240, 206), (204, 170, 120)), 60, 0.72, 0.006)
    side = c.rng.choice((0.06, 0.94))
    c.prop(PALM, side, 0.76, 0.5, 0.12)


_FACADES: tuple[RGB, ...] = (
    (196, 132, 112),
    (150, 160, 186),
    (222, 190, 150),
    (128, 150, 160),
    (176, 150, 180),
    (204, 160, 128),
)


def city(c: Canvas, scene: Scene) -> None:
    sky(c, scene, 0.62)
    for distance, low, high, width in ((0.9, 0.30, 0.46, 0.08), (0.3, 0.22, 0.42, 0.17)):
        x = -c.rng.uniform(0, width)
        while x < 1:
            w = width * c.rng.uniform(0.75, 1.2)
            _building(c, scene, x, x + w, c.rng.uniform(low, high), distance)
            x += w + (0.004 if distance < 0.5 else 0)
    c.gradient((c.light.ground((150, 150, 158), 0.25), c.light.ground((176, 176, 184))), 0.66, 0.715)
    c.gradient((c.light.ground((196, 196, 204)),) * 2, 0.712, 0.722)
    c.gradient((c.light.ground((92, 96, 108)), c.light.ground((66, 70, 82))), 0.722, 1)
    for k in range(5):
        x = 0.02 + 0.24 * k
        c.polygon(
            ((x, 0.842), (x + 0.1, 0.842), (x + 0.105, 0.858), (x - 0.004, 0.858)), c.light.ground((232, 226, 200))
        )
    for x in (c.rng.uniform(0.08, 0.2), c.rng.uniform(0.8, 0.92)):
        c.box(x - 0.005, 0.44, x + 0.005, 0.715, c.light.ground((60, 64, 74)))
        c.box(x - 0.014, 0.70, x + 0.014, 0.716, c.light.ground((60, 64, 74)))
        if scene.time != "day":
            c.glow(x, 0.44, 0.14, (255, 216, 140), 0.75)
            c.glow(x, 0.74, 0.2, (255, 206, 130), 0.22)
        c.ellipse(x, 0.44, 0.02, 0.02, (255, 244, 206) if scene.time != "day" else c.light.ground((236, 236, 226)))


def _building(c: Canvas, scene: Scene, x0: float, x1: float, top: float, distance: float) -> None:
    wall = c.light.ground(c.rng.choice(_FACADES), distance)
    c.box(x0, top, x1, 0.68, wall)
    c.box(x0, top, x0 + (x1 - x0) * 0.12, 0.68, mix(wall, c.light.haze, 0.25))
    c.box(x0, top, x1, top + 0.008, mix(wall, WHITE if scene.time == "day" else (0, 0, 0), 0.2))
    lit: RGB = (255, 220, 130)
    dark = mix(wall, (70, 96, 130) if scene.time == "day" else (12, 16, 36), 0.55)
    p_lit = {"day": 0.0, "sunset": 0.35, "night": 0.6}[scene.time]
    step = 0.032 if distance > 0.5 else 0.045
    y = top + 0.025
    while y + step * 0.6 < 0.655:
        x = x0 + step * 0.45
        while x + step * 0.55 < x1:
            on = c.rng.random() < p_lit
            c.box(x, y, x + step * 0.5, y + step * 0.62, mix(lit, wall, 0.35 * distance) if on else dark)
            x += step * 0.95
        y += step * 1.15


_WALLS: tuple[RGB, ...] = ((240, 214, 186), (204, 222, 214), (214, 216, 236), (244, 224, 200), (226, 206, 214))


def room(c: Canvas, scene: Scene) -> None:
    night = scene.time == "night"
    dim = (lambda rgb: mix(rgb, (58, 42, 54), 0.5)) if night else (lambda rgb: rgb)
    wall = c.rng.choice(_WALLS)
    c.gradient((dim(mix(wall, WHITE, 0.15)), dim(wall), dim(mix(wall, (120, 90, 80), 0.2))), 0, 0.66)
    left = c.rng.random() < 0.5
    x = 0.1 if left else 0.56
    _window(c, x, 0.1, x + 0.34, 0.46, night)
    y = 0.18
    x = 0.66 if left else 0.12
    c.box(x - 0.012, y - 0.012, x + 0.212, y + 0.172, dim((150, 108, 74)))
    c.box(x, y, x + 0.2, y + 0.16, dim((196, 222, 232)))
    c.ellipse(x + 0.06, y + 0.12, 0.055, 0.04, dim((120, 176, 120)))
    c.ellipse(x + 0.14, y + 0.125, 0.055, 0.035, dim((92, 152, 112)))
    c.box(x - 0.012, y + 0.155, x + 0.212, y + 0.172, dim((150, 108, 74)))
    c.gradient((dim((250, 246, 240)), dim((222, 214, 206))), 0.635, 0.668)
    c.gradient((dim((196, 146, 102)), dim((168, 116, 78))), 0.668, 1)
    for k in range(-6, 8):  # boards run towards the vanishing point
        c.line(((0.5 + 0.09 * k, 0.668), (0.5 + 0.24 * k, 1.0)), dim((150, 102, 68)), 0.003)
    rug = c.rng.choice(((196, 84, 84), (84, 118, 176), (104, 150, 120), (220, 180, 110)))
    c.ellipse(0.5, 0.865, 0.44, 0.105, dim(mix(rug, WHITE, 0.35)))
    c.ellipse(0.5, 0.865, 0.41, 0.092, dim(rug))
    c.ellipse(0.5, 0.865, 0.33, 0.068, dim(mix(rug, WHITE, 0.2)))
    if night:
        c.glow(0.5, 0.2, 0.75, (255, 206, 130), 0.3)


def _window(c: Canvas, x0: float, y0: float, x1: float, y1: float, night: bool) -> None:
    frame: RGB = (150, 132, 128) if night else (252, 250, 246)
    c.box(x0 - 0.018, y0 - 0.018, x1 + 0.018, y1 + 0.018, frame)
    pane: tuple[RGB, RGB] = ((10, 14, 46), (40, 54, 110)) if night else ((120, 188, 244), (214, 236, 250))
    for k in range(24):
        y = y0 + (y1 - y0) * k / 24
        c.box(x0, y, x1, y + (y1 - y0) / 24 + 0.004, mix(pane[0], pane[1], k / 23))
    if night:
        for _ in range(14):
            c.glow(
                c.rng.uniform(x0 + 0.02, x1 - 0.02), c.rng.uniform(y0 + 0.02, y1 - 0.04), 0.008, (240, 244, 255), 0.9
            )
        c.disc(x0 + 0.09, y0 + 0.09, 0.028, (246, 242, 220))
    else:
        c.ellipse(x0 + 0.1, y1 - 0.05, 0.085, 0.05, (132, 190, 120))
        c.ellipse(x1 - 0.1, y1 - 0.04, 0.085, 0.04, (110, 174, 104))
    c.box((x0 + x1) / 2 - 0.008, y0, (x0 + x1) / 2 + 0.008, y1, frame)
    c.box(x0, (y0 + y1) / 2 - 0.008, x1, (y0 + y1) / 2 + 0.008, frame)
    c.box(x0 - 0.03, y1 + 0.012, x1 + 0.03, y1 + 0.034, mix(frame, (0, 0, 0), 0.08))


def forest(c: Canvas, scene: Scene) -> None:
    sky(c, scene, 0.56)
    layer(c, 0.44, 0.03, (74, 128, 96), (70, 120, 84), 0.9, 2.2)
    trees(c, PINE, 11, 0.58, 0.34, 0.85)
    trees(c, PINE, 8, 0.63, 0.46, 0.5)
    layer(c, 0.63, 0.012, (86, 138, 70), (48, 96, 48), 0.15, 0.8)
    for x in (c.rng.uniform(-0.02, 0.12), c.rng.uniform(0.88, 1.02)):
        c.prop(c.rng.choice((PINE, TREE)), x, c.rng.uniform(0.73, 0.79), c.rng.uniform(0.6, 0.74), 0.05)
    tufts(c, (52, 112, 50), 50, 0.68)
    specks(c, ((140, 100, 60), (110, 150, 70), (170, 130, 70)), 30, 0.72, 0.007)


def desert(c: Canvas, scene: Scene) -> None:
    sky(c, scene, 0.56)
    layer(c, 0.52, 0.045, (226, 176, 122), (226, 176, 122), 0.8, 1.4)
    layer(c, 0.58, 0.04, (238, 194, 124), (214, 158, 94), 0.35, 1.1)
    for x, bottom, extent in ((c.rng.uniform(0.04, 0.2), 0.68, 0.2), (c.rng.uniform(0.78, 0.96), 0.66, 0.15)):
        c.prop(CACTUS, x, bottom, extent, 0.25)
    layer(c, 0.67, 0.03, (246, 208, 138), (218, 160, 92), 0.0, 0.8)
    for _ in range(9):  # wind ripples
        y = c.rng.uniform(0.76, 0.98)
        c.ellipse(c.rng.random(), y, c.rng.uniform(0.08, 0.2), 0.004, c.light.ground((226, 176, 108)), 0.7)


def lake(c: Canvas, scene: Scene) -> None:
    sky(c, scene, 0.46)
    layer(c, 0.42, 0.035, (112, 150, 150), (112, 150, 140), 1.0, 1.2)
    layer(c, 0.445, 0.02, (84, 140, 98), (80, 136, 90), 0.7, 2)
    trees(c, PINE, 12, 0.505, 0.08, 0.65)
    water(c, scene, 0.5, 0.84, (36, 112, 150), (136, 196, 214))
    bank = c.ridge(0.775, 0.03, 0.7, 2)
    c.fill_below(bank - 0.008, (c.light.ground((190, 170, 124)),) * 2)
    c.fill_below(bank, (c.light.ground((124, 192, 84)), c.light.ground((72, 148, 58))))
    tufts(c, (70, 150, 60), 36, 0.83)


def sea(c: Canvas, scene: Scene) -> None:
    sky(c, scene, 0.5)
    water(c, scene, 0.5, 1.0, (14, 84, 150), (96, 180, 216))
    waves(c, 0.5, 1.0, mix(c.light.ground((214, 236, 246)), c.light.sky[2], 0.3), 20)


def mountains(c: Canvas, scene: Scene) -> None:
    sky(c, scene, 0.56)
    for height, swing, count, distance in ((0.55, 0.32, 3, 0.95), (0.58, 0.24, 4, 0.6)):
        line = c.peaks(height, swing, count)
        c.fill_below(line, (c.light.ground((104, 116, 142), distance), c.light.ground((126, 142, 150), distance)), 0.74)
        snowline = np.minimum(line + 0.05, height - swing * 0.45 + 0.02 * np.sin(np.linspace(0, 60, c.width)))
        white = c.light.ground((250, 252, 255), distance * 0.5)
        _fill_between(c, line, snowline.astype(np.float32), white)
    trees(c, PINE, 9, 0.66, 0.13, 0.4, 0.08)
    layer(c, 0.655, 0.02, (122, 178, 92), (76, 138, 64), 0.1, 0.9)
    tufts(c, (74, 146, 62), 40)
    for _ in range(3):
        c.prop(ROCK, c.rng.choice((c.rng.uniform(0, 0.2), c.rng.uniform(0.8, 1))), c.rng.uniform(0.72, 0.8), 0.08, 0.1)


def _fill_between(c: Canvas, top: np.ndarray, bottom: np.ndarray, colour: RGB) -> None:
    """A band between two skylines, empty where the bottom one is higher."""
    rows = np.arange(c.width, dtype=np.float32)[:, None]
    cover = np.minimum(rows - top[None] * c.width + 0.5, bottom[None] * c.width - rows + 0.5)
    mask = (np.clip(cover, 0, 1) * 255).astype(np.uint8)
    c.image.paste(colour, (0, 0), Image.fromarray(mask))


def farm(c: Canvas, scene: Scene) -> None:
    sky(c, scene, 0.54)
    layer(c, 0.525, 0.03, (146, 186, 104), (170, 196, 96), 0.7, 1.0)
    for k in range(9):  # a ploughed field in perspective
        x = -0.1 + 0.15 * k
        c.polygon(
            ((0.5 + (x - 0.5) * 0.5, 0.565), (0.5 + (x - 0.44) * 0.5, 0.565), (x + 0.07, 0.66), (x - 0.03, 0.66)),
            c.light.ground((206, 190, 92), 0.4),
        )
    side = c.rng.choice((0.17, 0.83))
    c.prop(BARN, side, 0.655, 0.26, 0.3)
    c.prop(TREE, 1 - side + c.rng.uniform(-0.08, 0.08), 0.64, 0.2, 0.35)
    layer(c, 0.675, 0.014, (152, 198, 84), (96, 152, 58), 0.05, 0.7)
    wood, shade = c.light.ground((244, 240, 232), 0.1), c.light.ground((196, 188, 178), 0.1)
    for y in (0.645, 0.678):
        c.box(0, y, 1, y + 0.013, wood)
        c.box(0, y + 0.011, 1, y + 0.015, shade)
    for k in range(9):
        x = 0.03 + 0.118 * k
        c.box(x, 0.622, x + 0.02, 0.725, wood)
        c.box(x + 0.016, 0.622, x + 0.02, 0.725, shade)
    tufts(c, (98, 160, 62), 40, 0.73)


def garden(c: Canvas, scene: Scene) -> None:
    sky(c, scene, 0.5)
    layer(c, 0.49, 0.025, (110, 170, 100), (96, 160, 88), 0.7, 1.4)
    for k in range(9):
        x = (k + c.rng.random()) / 9
        c.ellipse(x, 0.56, 0.1, 0.07, c.light.ground(mix((74, 142, 70), (104, 172, 84), c.rng.random()), 0.35))
    layer(c, 0.6, 0.01, (140, 204, 88), (82, 160, 62), 0.1, 0.8)
    for bottom, extent, distance, count in ((0.66, 0.1, 0.3, 12), (0.72, 0.13, 0.12, 9)):
        for k in range(count):
            c.prop(
                c.rng.choice(FLOWERS[:3]),
                (k + c.rng.uniform(0.2, 0.8)) / count,
                bottom + c.rng.uniform(-0.02, 0.02),
                extent,
                distance,
            )
    tufts(c, (78, 156, 60), 40, 0.74)
    specks(c, ((255, 255, 255), (255, 220, 90), (255, 150, 190), (170, 150, 255)), 36, 0.76, 0.01)


def underwater(c: Canvas, scene: Scene) -> None:
    c.gradient(((126, 222, 236), (44, 156, 206), (16, 92, 160), (12, 66, 128)), 0, 1)
    for _ in range(5):  # shafts of light
        x, lean = c.rng.uniform(0.0, 1.0), c.rng.uniform(-0.1, 0.1)
        for k in range(12):
            y = k * 0.055
            c.ellipse(x + lean * y, y, 0.045 + 0.03 * y, 0.06, (200, 246, 250), 0.10 * (1 - y / 0.7))
    c.fill_below(c.ridge(0.66, 0.04, 1.4, 2), ((46, 120, 168), (40, 110, 160)))
    c.fill_below(c.ridge(0.76, 0.025, 0.9, 2), ((222, 206, 158), (176, 160, 124)))
    for x in (c.rng.uniform(0.03, 0.16), c.rng.uniform(0.84, 0.97)):
        c.prop(c.rng.choice((CORAL, HERB)), x, c.rng.uniform(0.84, 0.9), c.rng.uniform(0.2, 0.28), 0.12)
    specks(c, ((240, 226, 184), (196, 178, 138)), 30, 0.8, 0.007)
    for _ in range(16):
        x, y, r = c.rng.random(), c.rng.uniform(0.05, 0.75), c.rng.uniform(0.004, 0.012)
        c.ellipse(x, y, r, r, (214, 244, 252), 0.6)


def moon(c: Canvas, scene: Scene) -> None:
    c.gradient(((4, 5, 16), (10, 12, 34), (24, 26, 58)), 0, 0.7)
    _stars(c, 0.66)
    x, y = c.rng.choice((c.rng.uniform(0.14, 0.3), c.rng.uniform(0.7, 0.86))), c.rng.uniform(0.15, 0.24)
    c.glow(x, y, 0.2, (90, 150, 240), 0.5)
    c.disc(x, y, 0.085, (44, 112, 206))
    for dx, dy, rx, ry, colour in (
        (-0.03, -0.02, 0.03, 0.022, (84, 168, 92)),
        (0.03, 0.024, 0.026, 0.03, (96, 176, 96)),
        (0.005, 0.05, 0.035, 0.012, (240, 248, 252)),
        (0.02, -0.05, 0.04, 0.012, (236, 244, 252)),
    ):
        c.ellipse(x + dx, y + dy, rx, ry, colour, 0.85)
    c.fill_below(c.ridge(0.62, 0.035, 1.4, 3), ((120, 120, 134), (96, 96, 110)))
    c.fill_below(c.ridge(0.69, 0.02, 0.9, 3), ((188, 188, 200), (132, 132, 146)))
    for depth in sorted(c.rng.random() for _ in range(9)):
        cy, rx = 0.74 + 0.24 * depth, (0.025 + 0.06 * depth) * c.rng.uniform(0.7, 1.2)
        cx = c.rng.random()
        c.ellipse(cx, cy, rx, rx * 0.3, (206, 206, 216))
        c.ellipse(cx, cy + rx * 0.05, rx * 0.86, rx * 0.24, (104, 104, 120))
        c.ellipse(cx + rx * 0.06, cy + rx * 0.1, rx * 0.7, rx * 0.17, (138, 138, 152))


PAINTERS: dict[str, Callable[[Canvas, Scene], None]] = {
    "meadow": meadow,
    "snow": snow,
    "beach": beach,
    "city": city,
    "room": room,
    "forest": forest,
    "desert": desert,
    "lake": lake,
    "sea": sea,
    "mountains": mountains,
    "farm": farm,
    "garden": garden,
    "underwater": underwater,
    "moon": moon,
}
GROUNDS: dict[str, Ground] = {
    "meadow": Ground(grass=(70, 160, 60)),
    "snow": Ground(drift=(236, 242, 250)),
    "beach": Ground(drift=(238, 208, 150)),
    "city": Ground(),
    "room": Ground(),
    "forest": Ground(grass=(52, 112, 50)),
    "desert": Ground(drift=(232, 184, 114)),
    "lake": Ground(land=(0.88, 0.95), water=(0.66, 0.74), grass=(70, 150, 60)),
    "sea": Ground(),
    "mountains": Ground(grass=(74, 146, 62)),
    "farm": Ground(grass=(98, 160, 62)),
    "garden": Ground(grass=(78, 156, 60)),
    "underwater": Ground(land=(0.84, 0.93), drift=(206, 190, 146)),
    "moon": Ground(drift=(160, 160, 172)),
}
