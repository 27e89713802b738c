"""Captions of scenes that the tests make up."""

from __future__ import annotations

from lab.scenes import Scene, Thing
from lab.scenes.captions import Wording, plan_for, put
from lab.scenes.pairs import Caption

CAT = Scene(Thing("cat", "black"), "meadow", "day", "clear", 0, Thing("car"), "left")


def caption(scene: Scene, level: int, seed: int = 0) -> Caption:
    """In English, worded by `seed`."""
    wording = Wording(seed)
    plan = plan_for(scene, level, wording)
    return Caption(put(scene, "en", plan, wording), "en", scene, plan)
