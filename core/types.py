"""What goes into the engine and what comes out: frozen, free of Discord, free of torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

SHARED = "shared"  # the gallery that everybody searches; a Discord server's own is named by its id

Decision: TypeAlias = Literal["found", "imagine"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the gallery.

    Attributes:
        id: stable identifier (the content hash).
        file: path relative to the folder that was added, with forward slashes.
        tags: its class first (the folder's name), then whatever was added.
        width, height: pixels of the original.
    """

    id: str
    file: str
    tags: tuple[str, ...]
    width: int
    height: int

    @property
    def label(self) -> str:
        """The class of the picture, or an empty text."""
        return self.tags[0] if self.tags else ""


@dataclass(frozen=True, slots=True)
class FindRequest:
    """A sentence to look for.

    Attributes:
        exclude: ids of pictures that the person does not want to see again.
        galleries: where to look; those that do not exist are empty.
        threshold: instead of the engine's own.
    """

    query: str
    count: int = 5
    exclude: frozenset[str] = frozenset()
    galleries: tuple[str, ...] = (SHARED,)
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One picture found. `match` (a calibrated probability) and `cosine` are not comparable in magnitude."""

    picture: Picture
    match: float
    cosine: float


@dataclass(frozen=True, slots=True)
class Similar:
    """A picture that looks like another: image against image. There is no match score, for the head reads texts."""

    picture: Picture
    cosine: float


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent in each part of a request."""

    encode_ms: float
    search_ms: float
    rerank_ms: float


@dataclass(frozen=True, slots=True)
class FindResult:
    """Hits in falling order of match; the best decides if the gallery holds what was asked for (paper, routing)."""

    query: str
    threshold: float
    hits: tuple[Hit, ...]
    timings: Timings

    @property
    def decision(self) -> Decision:
        return "found" if self.hits and self.hits[0].match >= self.threshold else "imagine"


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """Texts to be scored against one image, given as the bytes of an image file."""

    image: bytes
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How well one text fits one image."""

    text: str
    match: float
    cosine: float


@dataclass(frozen=True, slots=True)
class ImagineRequest:
    """A picture to be painted. What is None is taken from the painter's own defaults.

    Attributes:
        owner: who asks; they alone (and moderators) may cancel it, and turns are taken between owners.
        group: where they ask (a guild); turns are taken between groups too.
        seed: of the first picture; picture n has seed + n.
        image: bytes of an image file to start from; `strength` in (0, 1] says how far to leave it.
        fast: by the painter's LCM-LoRA, in a few steps.
        variation: in [0, 1]; above 0 all pictures start from the noise of `seed`, each turned so far towards its own.
        towards: seed of what the first picture's noise is turned towards; picture n has towards + n.
        candidates: pictures painted for each picture shown; the best match is kept.
    """

    prompt: str
    owner: str = ""
    group: str = ""
    negative: str = ""
    steps: int | None = None
    guidance: float | None = None
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    count: int = 1
    scheduler: str | None = None
    candidates: int = 1
    image: bytes | None = None
    strength: float = 0.7
    variation: float = 0.0
    towards: int | None = None
    fast: bool = False


@dataclass(frozen=True, slots=True)
class Painted:
    """One finished picture: `png` carries prompt, seed, settings and scores in its metadata."""

    png: bytes = field(repr=False)
    prompt: str
    painted_prompt: str  # what the painter read: the translation, when there was one
    seed: int
    steps: int
    guidance: float
    scheduler: str
    match: float
    cosine: float
    flagged: bool = False  # the safety checker blurred it
    towards: int | None = None  # of a variation: the seed that it was turned towards

    @property
    def seeds(self) -> str:
        """All that it takes to paint it again, for people: `7`, of a variation `7 → 8`."""
        return str(self.seed) if self.towards is None else f"{self.seed} → {self.towards}"


# --- What happens to a job, in order; exactly one of the last three ends it. ---


@dataclass(frozen=True, slots=True)
class Queued:
    job: str
    position: int  # 1 is next
    eta_s: float | None  # seconds until it is done; None while nothing has been measured


@dataclass(frozen=True, slots=True)
class Started:
    job: str


@dataclass(frozen=True, slots=True)
class Step:
    job: str
    step: int
    steps: int
    preview: bytes | None = field(default=None, repr=False)  # a small JPEG


@dataclass(frozen=True, slots=True)
class Decoding:
    job: str


@dataclass(frozen=True, slots=True)
class Scored:
    job: str
    painted: Painted


@dataclass(frozen=True, slots=True)
class Done:
    job: str
    painted: tuple[Painted, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    job: str
    message_id: str
    params: dict[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Cancelled:
    job: str


JobEvent: TypeAlias = Queued | Started | Step | Decoding | Scored | Done | Failed | Cancelled
