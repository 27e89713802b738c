"""What a request to paint has brought, and what of it may be seen where."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.state import Asked
from core.types import Painted


@dataclass(frozen=True, slots=True)
class Painting:
    """The pictures of one request.

    Attributes:
        took_s: seconds from the first stroke to the last picture.
        source: the picture that it started from.
    """

    asked: Asked
    pictures: tuple[Painted, ...]
    took_s: float
    source: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Veil:
    """What is hidden in a channel.

    Attributes:
        everything: the server's managers want every painting hidden until somebody clicks it.
        unsafe: what the safety checker objects to is left out; elsewhere, in channels for adults, it is hidden.
    """

    everything: bool = False
    unsafe: bool = True
