"""The bare names of all that scenes are made of: a batch's captions hold too few of them.

Animals are also named with a pastime. A drawn animal does nothing, so that its name must decide; of photos their
descriptions tell what the animal does.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from lab.naming import PASTIMES, name_in
from lab.photos import DrawnPair
from lab.scenes.captions import Plan
from lab.scenes.pairs import Caption
from models.language import LANGUAGES, Language

AT_LEISURE = 0.25  # of the names of animals: with a pastime


class BareNames:
    """The captions of the first level by the kind of thing that they name, and names of animals with a pastime.

    Attributes:
        named: for each language, the captions of each kind.
        at_leisure: in the same order, what the kind may be called at a pastime; empty for what is no animal.
    """

    def __init__(self, drawn: Sequence[DrawnPair]) -> None:
        by_kind: dict[Language, dict[str, list[Caption]]] = {language: defaultdict(list) for language in LANGUAGES}
        for pair in drawn:
            for caption in pair.captions:
                if caption.level == 1:
                    by_kind[caption.language][caption.says.subject.species].append(caption)
        self.named = {language: list(kinds.values()) for language, kinds in by_kind.items()}
        self.at_leisure = {language: [at_leisure(kind[0]) for kind in kinds] for language, kinds in self.named.items()}

    def texts(self) -> Iterator[str]:
        """All that `sample` may return."""
        for kinds in (*self.named.values(), *self.at_leisure.values()):
            yield from (caption.text for kind in kinds for caption in kind)

    def sample(self, language: Language, rng: random.Random) -> list[Caption]:
        """A caption for each kind of thing."""
        return [
            rng.choice(at_leisure if at_leisure and rng.random() < AT_LEISURE else named)
            for named, at_leisure in zip(self.named[language], self.at_leisure[language], strict=True)
        ]


def at_leisure(caption: Caption) -> list[Caption]:
    """The subject of a caption by all its names at every pastime, however many there are; none of other things."""
    kind, language = caption.says.subject.kind, caption.language
    if kind.kind != "animal":
        return []
    return [
        Caption(name_in(frame, name, animal=True), language, caption.says, Plan(1, count=False))
        for name in (kind.en if language == "en" else kind.zh)
        for frame in PASTIMES[language]
    ]
