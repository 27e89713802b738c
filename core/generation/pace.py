"""How fast the painting goes, from the steps just made."""

from __future__ import annotations

from models.painter.rows import Recipe

_WEIGHT = 0.1  # of the newest measurement: about ten steps are remembered


def work_of(recipe: Recipe, steps: int) -> float:
    """The cost of some steps of one picture, in pixels through the UNet."""
    return steps * (2 if recipe.guided else 1) * recipe.width * recipe.height


class Pace:
    """Running means of one or more painters that work side by side."""

    def __init__(self) -> None:
        self._seconds_per_work: float | None = None
        self._step_s = 0.0
        self._finish_s = 0.0

    def stepped(self, work: float, seconds: float) -> None:
        """One UNet call that did so much work in so many seconds."""
        self._seconds_per_work = _mean(self._seconds_per_work, seconds / work)
        self._step_s = _mean(self._step_s or None, seconds)

    def finished(self, seconds: float) -> None:
        """One picture was decoded and scored in so many seconds."""
        self._finish_s = _mean(self._finish_s or None, seconds)

    def seconds(self, work: float, steps: int, painters: int) -> float | None:
        """Until so much work is done by so many painters and a last picture, which takes `steps` in a row, is finished.

        None while nothing has been measured.
        """
        if self._seconds_per_work is None:
            return None
        return max(work * self._seconds_per_work / max(painters, 1), steps * self._step_s) + self._finish_s


def is_news(old: float | None, new: float | None, eta_s: float | None) -> bool:
    """A promised time moved by more than two seconds and a fifth of what is left."""
    if old is None or new is None or eta_s is None:
        return old is not new
    return abs(new - old) > max(2.0, 0.2 * eta_s)


def _mean(old: float | None, new: float) -> float:
    return new if old is None else old + _WEIGHT * (new - old)
