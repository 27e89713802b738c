"""How a class is named in a sentence, English and Chinese: what the encoder and the head learn the names from."""

from __future__ import annotations

from lab.scenes import SPECIES
from lab.scenes.captions import article
from models.language import Language

# The frames of either language stand in the same order.
FRAMES: dict[Language, tuple[str, ...]] = {
    "en": ("{}", "{a} {}", "a photo of {a} {}", "a picture of {a} {}", "this is {a} {}", "there is {a} {}"),
    "zh": ("{}", "一{measure}{}", "一张{}的照片", "{}的图片", "这是一{measure}{}", "图中有一{measure}{}"),
}
# What an animal may be doing, where its name must decide.
PASTIMES: dict[Language, tuple[str, ...]] = {
    "en": (
        "{a} {} is eating",
        "{a} {} eating grass",
        "{a} {} looking at the camera",
        "{a} {} resting",
        "{a} {} sleeping",
        "{a} {} running",
        "{a} {} walking around",
    ),
    "zh": (
        "{}正在吃东西",
        "一{measure}在吃草的{}",
        "{}看着镜头",
        "正在休息的{}",
        "一{measure}{}在睡觉",
        "奔跑的{}",
        "走来走去的{}",
    ),
}
MEASURES = {name: species.measure for species in SPECIES.values() for name in species.zh}  # 匹 of a horse


def name_in(frame: str, name: str, animal: bool) -> str:
    """The frame with a class name in it, its article or its measure word."""
    return frame.format(name, a=article(name.lower()), measure=MEASURES.get(name, "只" if animal else "个"))
