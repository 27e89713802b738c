"""Where each drawing stands: positions that make the relation, the count and the sizes plain to see."""

import random
from dataclasses import dataclass, replace

from lab.scenes.places import GROUNDS, Ground
from lab.scenes.scene import Scene, Thing
from lab.scenes.sprites import Sprites

SIZE_FACTORS = {None: 1.0, "small": 0.6, "big": 1.3}
FRAME = (0.045, 0.955)  # nothing is cut by the edge of the picture
HEADROOM = 0.05


@dataclass(frozen=True, slots=True)
class Placed:
    """One drawing in unit coordinates: `x` the centre, `y` its lower edge, and its width and height.

    `shadow_y` is where its shadow falls: equal to `y` when it stands, lower when it flies, None when it rests on
    something that keeps the shadow off the ground.
    """

    thing: Thing
    x: float
    y: float
    width: float
    height: float
    shadow_y: float | None

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.x - self.width / 2, self.y - self.height, self.x + self.width / 2, self.y


def arrange(scene: Scene, sprites: Sprites, rng: random.Random, ground: Ground | None = None) -> list[Placed]:
    """All drawings of the scene, in the order in which they are painted (far ones first).

    `ground` is where things stand, that of the scene's place if left out.
    """
    ground = ground or GROUNDS[scene.place]
    if scene.other is None:
        return _row(scene.subject, ground, sprites, rng)
    subject, other = (_sized(t, _extent(t, 0.9), sprites) for t in (scene.subject, scene.other))
    if scene.relation in ("left", "right"):
        return _side_by_side(subject, other, scene.relation, ground, rng)
    if scene.relation == "on":
        return _stacked(subject, other, ground, rng)
    if scene.relation == "under":
        return _covered(subject, other, ground, rng)
    back, front = (subject, other) if scene.relation == "behind" else (other, subject)
    return _one_behind_the_other(back, front, ground, rng)


def in_halves(scene: Scene, sprites: Sprites, ground: Ground) -> list[Placed]:
    """Two things side by side, each in the middle of its half of the picture and as large as beside any partner.

    Easier to learn than what `arrange` draws: where a thing stands and how large it is does not hang on the other, and
    what is told to be small or big is so.
    """
    assert scene.other is not None
    left, right = (scene.subject, scene.other) if scene.relation == "left" else (scene.other, scene.subject)
    return [_in_half(thing, x, ground, sprites) for thing, x in ((left, 0.25), (right, 0.75))]


def _in_half(thing: Thing, x: float, ground: Ground, sprites: Sprites) -> Placed:
    one = _sized(thing, (0.36 + 0.15 * thing.kind.extent) * SIZE_FACTORS[thing.size], sprites)
    return _stand(_scaled(one, min(1.0, (0.5 - FRAME[0]) / one.width)), x, 0.6, ground)


def _extent(thing: Thing, share: float = 1.0) -> float:
    """The longer side in the picture; small things are brought nearer to the viewer when little else is there."""
    return (0.2 + 0.66 * thing.kind.extent) * SIZE_FACTORS[thing.size] * share


def _sized(thing: Thing, extent: float, sprites: Sprites) -> Placed:
    drawing = sprites.drawing(thing.kind.file)
    factor = extent / max(drawing.size)
    return Placed(thing, 0.5, 0.9, drawing.width * factor, drawing.height * factor, None)


def _scaled(placed: Placed, factor: float) -> Placed:
    return replace(placed, width=placed.width * factor, height=placed.height * factor)


def _stand(placed: Placed, x: float, depth: float, ground: Ground) -> Placed:
    """Puts it on its element at `x`; `depth` 0 is the far edge of the ground, 1 the near one."""
    x = min(max(x, FRAME[0] + placed.width / 2), FRAME[1] - placed.width / 2)
    near = ground.land[0] + depth * (ground.land[1] - ground.land[0])
    stance = placed.thing.kind.stance
    if stance == "ground":
        return replace(placed, x=x, y=near, shadow_y=near)
    if stance == "water":
        water = ground.water[0] + depth * (ground.water[1] - ground.water[0])
        return replace(placed, x=x, y=water, shadow_y=None)
    middle = 0.34 + 0.12 * depth if stance == "air" else 0.42 + 0.14 * depth
    y = max(middle + placed.height / 2, HEADROOM + placed.height)
    return replace(placed, x=x, y=min(y, near - 0.06), shadow_y=near)


def _row(thing: Thing, ground: Ground, sprites: Sprites, rng: random.Random) -> list[Placed]:
    count = thing.count
    one = _sized(thing, _extent(thing, {1: 1.0, 2: 0.8, 3: 0.68, 4: 0.58}[count]), sprites)
    room = (FRAME[1] - FRAME[0]) / count
    one = _scaled(one, min(1.0, room * 0.97 / one.width, (ground.land[0] - HEADROOM) / one.height))
    if count == 1:
        return [_stand(one, 0.5 + rng.uniform(-0.12, 0.12), rng.uniform(0.3, 0.9), ground)]
    loose = min(room, one.width * 1.25 + 0.03)  # not too far apart: they belong together
    start = 0.5 - loose * (count - 1) / 2 + rng.uniform(-0.5, 0.5) * (FRAME[1] - FRAME[0] - loose * count)
    depths = [(0.25 if (k + rng.randrange(2)) % 2 else 0.85) + rng.uniform(-0.15, 0.15) for k in range(count)]
    placed = [_stand(one, start + loose * k, depths[k], ground) for k in range(count)]
    return sorted(placed, key=lambda p: p.y)


def _fit(total_width: float, height: float, ground: Ground) -> float:
    """The factor that makes a group fit the frame."""
    return min(1.0, (FRAME[1] - FRAME[0]) / total_width, (ground.land[0] - HEADROOM) / height)


def _side_by_side(a: Placed, b: Placed, relation: str, ground: Ground, rng: random.Random) -> list[Placed]:
    factor = _fit(a.width + b.width + 0.03, max(a.height, b.height), ground)
    a, b = _scaled(a, factor), _scaled(b, factor)
    left, right = (a, b) if relation == "left" else (b, a)
    spare = FRAME[1] - FRAME[0] - left.width - right.width
    gap = min(0.1, spare) * rng.uniform(0.5, 1)
    start = FRAME[0] + (spare - gap) * rng.uniform(0.35, 0.65)
    depth = rng.uniform(0.35, 0.85)
    left = _stand(left, start + left.width / 2, depth, ground)
    right = _stand(right, start + left.width + gap + right.width / 2, depth + rng.uniform(-0.12, 0.12), ground)
    return sorted((left, right), key=lambda p: p.y)


def _stacked(top: Placed, base: Placed, ground: Ground, rng: random.Random) -> list[Placed]:
    seat = base.thing.kind.seat
    assert seat is not None
    height = base.height * (1 - seat) + top.height
    factor = _fit(max(top.width, base.width), height, ground)
    top, base = _scaled(top, factor), _scaled(base, factor)
    base = _stand(base, 0.5 + rng.uniform(-0.1, 0.1), 0.7, ground)
    x = base.x + (base.thing.kind.seat_x - 0.5) * base.width
    return [base, replace(top, x=x, y=base.y - base.height * (1 - seat) + 0.012, shadow_y=None)]


def _covered(below: Placed, cover: Placed, ground: Ground, rng: random.Random) -> list[Placed]:
    x = 0.5 + rng.uniform(-0.1, 0.1)
    if cover.thing.kind.stance == "air":
        factor = _fit(max(below.width, cover.width), below.height + cover.height, ground)
        below, cover = _scaled(below, factor), _scaled(cover, factor)
        below = _stand(below, x, 0.8, ground)
        return [replace(cover, x=below.x, y=below.y - below.height - 0.005, shadow_y=None), below]
    below = _scaled(below, min(1.0, 0.36 / below.height, 0.5 / below.width))
    cover = _scaled(cover, max(0.9, below.height / 0.45) / cover.height)
    cover = _scaled(cover, min(1.0, (ground.land[0] - HEADROOM) / cover.height))
    below = _scaled(below, min(1.0, 0.5 * cover.height / below.height))
    cover = _stand(cover, x, 0.45, ground)
    side = rng.choice((-0.1, 0.1)) * cover.width
    return [cover, _stand(below, cover.x + side, 0.9, ground)]


def _one_behind_the_other(back: Placed, front: Placed, ground: Ground, rng: random.Random) -> list[Placed]:
    back = _scaled(back, 0.95)
    factor = _fit(back.width + front.width * 0.6, max(back.height, front.height), ground)
    back, front = _scaled(back, factor), _scaled(front, factor)
    side = rng.choice((-1, 1))
    shift = 0.5 * back.width * 0.55 + 0.5 * front.width * 0.35
    middle = 0.5 + rng.uniform(-0.06, 0.06)
    far = _stand(back, middle - side * shift * 0.5, -0.25, ground)
    near = _stand(front, far.x + side * shift, 0.95, ground)
    return [far, near]
