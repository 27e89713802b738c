"""Light and air: what time of day and weather do to colours, near and far."""

from dataclasses import dataclass

RGB = tuple[int, int, int]


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """From `a` (share 0) to `b` (share 1)."""
    x, y, z = (round(p + (q - p) * share) for p, q in zip(a, b, strict=True))
    return x, y, z


@dataclass(frozen=True, slots=True)
class Light:
    """`sky` runs from the top of the picture to the horizon; distance fades into `haze`; `sun` multiplies the ground,
    `tint` the sprites (weaker, so that their colours can still be named); `shadow` is the darkness of shadows, 0 to 1.
    """

    sky: tuple[RGB, RGB, RGB]
    haze: RGB
    sun: tuple[float, float, float]
    tint: tuple[float, float, float]
    shadow: float
    fog: float = 0.0

    def ground(self, colour: RGB, distance: float = 0.0) -> RGB:
        """A ground colour given by day, as it looks at this distance (0 near, 1 at the horizon)."""
        r, g, b = (min(255, round(c * s)) for c, s in zip(colour, self.sun, strict=True))
        return mix((r, g, b), self.haze, min(0.92, distance * (0.42 + 0.75 * self.fog) + 0.12 * self.fog))


_TIMES = {
    "day": Light(((66, 148, 232), (132, 194, 246), (206, 232, 250)), (196, 222, 242), (1, 1, 1), (1, 1, 1), 0.42),
    "sunset": Light(
        ((76, 62, 138), (226, 110, 118), (255, 196, 116)),
        (246, 170, 124),
        (0.92, 0.70, 0.62),
        (1.0, 0.90, 0.84),
        0.46,
    ),
    "night": Light(
        ((8, 12, 42), (22, 32, 84), (58, 74, 138)), (44, 58, 112), (0.33, 0.42, 0.66), (0.78, 0.82, 0.97), 0.5
    ),
}
# The overcast sky as a share of grey, the grey by time of day, the loss of light, and the fog in the air.
_GREYS: dict[str, tuple[RGB, RGB]] = {
    "day": ((136, 150, 168), (204, 212, 220)),
    "sunset": ((112, 88, 116), (214, 156, 134)),
    "night": ((16, 20, 38), (52, 60, 88)),
}
_WEATHERS = {"clear": (0.0, 1.0, 0.0), "rainbow": (0.18, 1.0, 0.0), "cloudy": (0.55, 0.94, 0.1)}
_WEATHERS |= {"rain": (0.82, 0.80, 0.3), "snow": (0.72, 0.95, 0.35), "fog": (0.9, 0.96, 1.0)}


def light_for(time: str, weather: str | None) -> Light:
    base = _TIMES[time]
    grey, dim, fog = _WEATHERS[weather or "clear"]
    top, horizon = _GREYS[time]
    sky = (
        mix(base.sky[0], top, grey),
        mix(base.sky[1], mix(top, horizon, 0.5), grey),
        mix(base.sky[2], horizon, grey),
    )
    r, g, b = (s * dim for s in base.sun)
    return Light(sky, mix(base.haze, horizon, grey), (r, g, b), base.tint, base.shadow * (1 - 0.55 * grey), fog)
