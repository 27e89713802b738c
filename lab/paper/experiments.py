"""The paper's experiments, repeated: captions of growing detail, painting, top-k and routing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from core.engine import Engine
from core.types import ImagineRequest, Painted
from lab.head.data import Vectors
from lab.metrics import Interval, f1, interval, mean, rate, resample
from lab.paper.source import ABSENT, CLASSES, FIGURE_7, PAINTED, TABLE_3, TARGET_1, TARGET_2, TEMPLATES, Printed
from models.language import LANGUAGES, Language
from models.scorers import Scorer

DEPTHS = (1, 5, 10)
RECALL = 200  # candidates by cosine that are reranked
PAINTINGS = 4  # of each text, with seeds 0, 1, ...
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Scored:
    """One text on one picture."""

    printed: Printed
    language: Language
    cosine: float
    match: float


@dataclass(frozen=True, slots=True)
class Detail:
    """Captions of growing detail of one picture."""

    picture: Path
    rows: tuple[Scored, ...]

    def of(self, language: Language) -> list[Scored]:
        return [row for row in self.rows if row.language == language]


@dataclass(frozen=True, slots=True)
class TopK:
    """Share of right pictures among the first k, for queries of one language."""

    scorer: str
    language: Language
    queries: int
    precision: dict[int, Interval]


@dataclass(frozen=True, slots=True)
class Routing:
    """Decisions at the threshold: queries that the gallery holds, and queries that it does not."""

    language: Language
    present: int
    absent: int
    f1: Interval
    false_find: Interval
    false_paint: Interval
    best: tuple[tuple[str, bool, float], ...]  # (query, in the gallery, best match)


@dataclass(frozen=True, slots=True)
class Gallery:
    """The pictures of the experiments, with the scorer that serves them."""

    folder: Path
    files: tuple[str, ...]
    images: np.ndarray  # (n, d)
    scorer: Scorer

    @property
    def classes(self) -> np.ndarray:
        return np.array([Path(file).parent.name for file in self.files])


def detail(gallery: Gallery, vectors: Vectors, file: str, captions: Sequence[Printed]) -> Detail:
    """Cosine and match of each caption on one picture of the gallery, in both languages."""
    image = gallery.images[[gallery.files.index(file)]]
    rows: list[Scored] = []
    for language in LANGUAGES:
        texts = vectors.texts([caption.text(language) for caption in captions])
        for caption, text in zip(captions, texts, strict=True):
            match = float(gallery.scorer.score(text, image, language)[0])
            rows.append(Scored(caption, language, float(image[0] @ text), match))
    return Detail(gallery.folder / file, tuple(rows))


def table_3(gallery: Gallery, vectors: Vectors) -> Detail:
    return detail(gallery, vectors, TARGET_1, TABLE_3)


def figure_7(gallery: Gallery, vectors: Vectors) -> Detail:
    return detail(gallery, vectors, TARGET_2, FIGURE_7)


async def paint(engine: Engine) -> list[tuple[Printed, tuple[Painted, ...]]]:
    """`PAINTINGS` pictures of each text of Fig. 8 to 12, scored by the engine; in turn, for it is one asker."""
    return [
        (text, await engine.imagine(ImagineRequest(text.chinese, seed=0, count=PAINTINGS)).result()) for text in PAINTED
    ]


def class_queries(language: Language, known: Sequence[str]) -> list[tuple[str, str]]:
    """(query, class) for the classes that the gallery has."""
    names = {"en": {name: name for name in CLASSES}, "zh": CLASSES}[language]
    return [(form.format(names[name]), name) for name in CLASSES if name in known for form in TEMPLATES[language]]


def search(gallery: Gallery, text: np.ndarray, language: Language) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of the gallery by falling cosine, the same reranked, and their match in the latter order."""
    cosines = gallery.images @ text
    rows = np.argsort(-cosines, kind="stable")[:RECALL]
    matches = gallery.scorer.score(text, gallery.images[rows], language)
    order = np.argsort(-matches, kind="stable")
    return rows, rows[order], matches[order]


def top_k(gallery: Gallery, vectors: Vectors) -> list[TopK]:
    """Precision at k of class queries, for cosine alone and after rerank."""
    tables = []
    for language in LANGUAGES:
        queries = class_queries(language, gallery.classes.tolist())
        right: dict[str, list[np.ndarray]] = {"cosine": [], gallery.scorer.arch: []}
        for (_, name), text in zip(queries, vectors.texts([query for query, _ in queries]), strict=True):
            by_cosine, reranked, _ = search(gallery, text, language)
            right["cosine"].append(gallery.classes[by_cosine] == name)
            right[gallery.scorer.arch].append(gallery.classes[reranked] == name)
        resamples = resample(len(queries))
        for scorer, hits in right.items():
            precision = {k: interval(mean(np.array([hit[:k].mean() for hit in hits])), resamples) for k in DEPTHS}
            tables.append(TopK(scorer, language, len(queries), precision))
    return tables


def routing(gallery: Gallery, vectors: Vectors) -> list[Routing]:
    """The best match decides: at least the threshold is found, less is painted."""
    tables = []
    for language in LANGUAGES:
        asked = [(query, True) for query, _ in class_queries(language, gallery.classes.tolist())]
        asked += [(text.text(language), False) for text in ABSENT]
        texts = vectors.texts([query for query, _ in asked])
        best = np.array([search(gallery, text, language)[2][0] for text in texts])
        found, present = best >= THRESHOLD, np.array([there for _, there in asked])
        resamples = resample(len(asked))
        tables.append(
            Routing(
                language,
                int(present.sum()),
                int((~present).sum()),
                interval(f1(found, present), resamples),
                interval(rate(found, ~present), resamples),
                interval(rate(~found, present), resamples),
                tuple((query, there, float(match)) for (query, there), match in zip(asked, best, strict=True)),
            )
        )
    return tables


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")
