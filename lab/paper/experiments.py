"""The paper's experiments, repeated: captions of growing detail, painting, top-k and routing; and the first on many
photos, which the paper did on two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from core.engine import Engine
from core.types import ImagineRequest, Painted
from lab.described import LEVELS, OF_GALLERY, Description, descriptions
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
class Level:
    """Captions of one level, each on its own photo, on others of its class, and on those of other classes; means.

    Attributes:
        cosine, match: on the own photo.
        found: share of the own photos whose match is at least the threshold.
        kin, strangers: match on the others.
        ahead: how often the own photo has a greater match than another of its class.
        more: paired difference in match to the level before; None of the first.
    """

    language: Language
    level: int
    photos: int
    cosine: Interval
    match: Interval
    found: Interval
    kin: Interval
    strangers: Interval
    ahead: Interval
    more: Interval | None


@dataclass(frozen=True, slots=True)
class HalfTruths:
    """Captions of the second level with a wrong detail, on their photos: mean match, and how often it is less than that
    of the right caption."""

    language: Language
    match: Interval
    told: Interval


@dataclass(frozen=True, slots=True)
class Levels:
    rows: tuple[Level, ...]
    half_truths: tuple[HalfTruths, ...]


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


def described(gallery: Gallery) -> dict[str, tuple[Description, ...]]:
    """Descriptions of the photos that the gallery has of those that were looked at."""
    known = {file.removeprefix("gallery/"): said for file, said in descriptions(OF_GALLERY).items()}
    return {file: said for file, said in known.items() if file in gallery.files}


def levels(gallery: Gallery, vectors: Vectors, told: Mapping[str, tuple[Description, ...]]) -> Levels:
    """Every description on every photo that was described."""
    images = gallery.images[[gallery.files.index(file) for file in told]]
    classes = np.array([Path(file).parent.name for file in told])
    own = np.eye(len(told), dtype=bool)
    kin, strangers = (classes[:, None] == classes) & ~own, classes[:, None] != classes
    resamples = resample(len(told))
    rows: list[Level] = []
    half_truths: list[HalfTruths] = []
    for number, language in enumerate(LANGUAGES):
        said = [of_one[number] for of_one in told.values()]
        before: np.ndarray | None = None
        for level in LEVELS:
            texts = vectors.texts([of_one.levels[level - 1] for of_one in said])
            matches = np.stack([gallery.scorer.score(text, images, language) for text in texts])
            match = matches.diagonal()
            values = {
                "cosine": (texts * images).sum(1),
                "match": match,
                "found": (match >= THRESHOLD).astype(float),
                "kin": _mean_where(matches, kin),
                "strangers": _mean_where(matches, strangers),
                "ahead": _mean_where(match[:, None] > matches, kin),
            }
            more = None if before is None else interval(mean(match - before), resamples)
            measured = {name: interval(mean(of_each), resamples) for name, of_each in values.items()}
            rows.append(Level(language, level, len(told), **measured, more=more))
            if level == 2:
                half_truths.append(_half_truths(gallery, vectors, language, said, images, match))
            before = match
    return Levels(tuple(rows), tuple(half_truths))


def _half_truths(
    gallery: Gallery, vectors: Vectors, language: Language, said: Sequence[Description], images: np.ndarray,
    right: np.ndarray,
) -> HalfTruths:  # fmt: skip
    """Of descriptions on their photos (n, d), beside the matches of the right ones (n,)."""
    pairs = zip(vectors.texts([of_one.half_truth for of_one in said]), images, strict=True)
    half = np.array([gallery.scorer.score(text, image[None], language)[0] for text, image in pairs])
    resamples = resample(len(half))
    told = interval(mean((right > half).astype(float)), resamples)
    return HalfTruths(language, interval(mean(half), resamples), told)


def _mean_where(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """The mean of each row over some of its columns."""
    return (values * where).sum(1) / where.sum(1)


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
