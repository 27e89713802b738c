"""All galleries of one place, each with its table and its index in memory."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import InputError, NotFound
from core.gallery.index import GalleryIndex
from core.gallery.indexing import Added, ImageEncoding, add_files, add_upload, new_candidates, scan
from core.gallery.store import GalleryStore, Located, gallery_names
from core.retrieval import Retrieval
from core.types import Picture
from models.scorers import Scorer

ScorerFor = Callable[[np.ndarray], Scorer]
"""Gallery vectors (n, d) -> its scorer: a trained head serves all, Platt's parameters depend on the gallery."""


@dataclass(frozen=True, slots=True)
class GalleryStats:
    """What a gallery holds; `classes` from the most frequent on."""

    pictures: int
    classes: tuple[tuple[str, int], ...]
    encoder: str


@dataclass(frozen=True, slots=True)
class Verified:
    """Pictures whose original file has gone from its folder or has changed since it was added."""

    pictures: int
    gone: tuple[str, ...]
    changed: tuple[str, ...]


class Library:
    """Blocking and thread-safe: readers see a gallery as it was before or after a change, writers take turns.

    Args:
        location: a folder or `s3://...`.
        encoder, dim: whose vectors it holds.
        scorer_for: see `ScorerFor`.
        recall: how many pictures cosine hands to the scorer.
    """

    def __init__(self, location: str, encoder: str, dim: int, scorer_for: ScorerFor, recall: int) -> None:
        self._location, self._encoder, self._dim = location, encoder, dim
        self._scorer_for, self._recall = scorer_for, recall
        self._stores: dict[str, GalleryStore] = {}
        self._retrievals: dict[str, Retrieval] = {}
        self._writing = threading.RLock()

    def names(self) -> list[str]:
        return gallery_names(self._location)

    def retrieval(self, name: str) -> Retrieval | None:
        """Searches that gallery; None when there is no such gallery.

        Raises:
            GalleryMismatch: it was made with another encoder.
        """
        if name not in self._retrievals:
            with self._writing:
                if name not in self._stores and name not in self.names():
                    return None
                self._reload(name)
        return self._retrievals[name]

    def loaded(self, name: str) -> Retrieval | None:
        """What `retrieval` gave last: it waits for no disk."""
        return self._retrievals.get(name)

    def add_folder(
        self,
        name: str,
        folder: Path,
        encoding: ImageEncoding,
        on_start: Callable[[int], object] = lambda total: None,
        on_progress: Callable[[int], object] = lambda done: None,
    ) -> Added:
        """Adds what is new below a folder. Goes on where an earlier call was interrupted.

        Args:
            on_start: told how many files are new.
            on_progress: told how many more are done.

        Raises:
            InputError: there is no such folder, or no picture in it.
        """
        if not folder.is_dir():
            raise InputError("folder-not-found", folder=str(folder))
        with self._writing:
            store = self._store(name)
            fresh, known = new_candidates(store, scan(folder))
            if not fresh and not known:
                raise InputError("folder-without-pictures", folder=str(folder))
            on_start(len(fresh))
            if not fresh:
                return Added(0, known, ())
            try:
                added, broken = add_files(store, fresh, encoding, on_progress=on_progress)
            finally:
                store.optimize()
                self._reload(name)
        return Added(added, known, broken)

    def add_upload(self, name: str, data: bytes, file: str, tags: tuple[str, ...], encoding: ImageEncoding) -> Picture:
        """Adds one picture with its bytes. Raises InputError when it cannot be read."""
        with self._writing:
            picture = add_upload(self._store(name), data, file, tags, encoding)
            self._reload(name)
        return picture

    def remove(self, name: str, wanted: Iterable[str]) -> int:
        """Removes pictures by id (a beginning of at least six digits will do), file or folder; returns how many.

        Raises:
            NotFound: nothing in the gallery has one of these names.
        """
        with self._writing:
            store = self._store(name)
            pictures = [located.picture for located in store.located()]
            ids: set[str] = set()
            for word in wanted:
                matching = {picture.id for picture in pictures if _is_named(picture, word)}
                if not matching:
                    raise NotFound("picture-not-named", name=word)
                ids |= matching
            removed = store.remove(ids)
            self._reload(name)
        return removed

    def located(self, name: str) -> list[Located]:
        """Every picture and where it was added from, in the order of their files."""
        return sorted(self._located(name), key=lambda located: located.picture.file)

    def stats(self, name: str) -> GalleryStats:
        pictures = [located.picture for located in self._located(name)]
        classes = Counter(picture.label for picture in pictures).most_common()
        return GalleryStats(len(pictures), tuple(classes), self._encoder)

    def verify(self, name: str) -> Verified:
        """Reads every original again."""
        everything = self._located(name)
        located = [entry for entry in everything if entry.root]
        folders = {Path(entry.root) for entry in located}
        now = {candidate.picture_id for folder in folders if folder.is_dir() for candidate in scan(folder)}
        missing = [entry for entry in located if entry.picture.id not in now]
        there = {entry.picture.file for entry in missing if (Path(entry.root) / entry.picture.file).is_file()}
        gone = tuple(entry.picture.file for entry in missing if entry.picture.file not in there)
        return Verified(len(everything), gone, tuple(sorted(there)))

    def optimize(self, name: str) -> None:
        self._store(name).optimize()

    def thumbnail(self, names: Iterable[str], picture_id: str) -> bytes:
        """From the first of the galleries that holds it. Raises NotFound."""
        return self._holding(names, picture_id).thumbnail(picture_id)

    def original(self, names: Iterable[str], picture_id: str) -> bytes:
        """From the first of the galleries that holds it. Raises NotFound, also when its file has gone."""
        return self._holding(names, picture_id).original(picture_id)

    def _holding(self, names: Iterable[str], picture_id: str) -> GalleryStore:
        for name in names:
            if (retrieval := self.retrieval(name)) is not None and picture_id in retrieval.index:
                return self._store(name)
        raise NotFound("picture-not-found")

    def _located(self, name: str) -> list[Located]:
        """Looking at a gallery that does not exist makes none."""
        return self._store(name).located() if name in self._stores or name in self.names() else []

    def _store(self, name: str) -> GalleryStore:
        with self._writing:
            if name not in self._stores:
                self._stores[name] = GalleryStore(self._location, name, self._encoder, self._dim)
            return self._stores[name]

    def _reload(self, name: str) -> None:
        pictures, vectors = self._store(name).load()
        index = GalleryIndex(pictures, vectors)
        self._retrievals[name] = Retrieval(index, self._scorer_for(vectors), self._recall)


def _is_named(picture: Picture, word: str) -> bool:
    is_id = len(word) >= 6 and picture.id.startswith(word)
    return is_id or picture.file == word or picture.file.startswith(word.rstrip("/") + "/")
