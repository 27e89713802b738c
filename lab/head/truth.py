"""What is known of texts and images, and whether a text is true of an image, as far as that can be known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from lab.scenes import Scene
from lab.scenes.pairs import Caption, shows_subject
from lab.scenes.pairs import is_true as is_true_of_scene
from models.language import Language


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a known class, or one that somebody described.

    Attributes:
        name: English name of its class; empty where only descriptions are known.
        collection: names of one collection exclude each other.
        breed: the class is a kind of animal by a finer name than the others use ("Gordon setter" is a dog).
    """

    file: str
    collection: str
    name: str = ""
    breed: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A text that names a class: "a photo of a horse", 一匹马."""

    text: str
    language: Language
    photo: Photo  # one of that class
    level: int = 1


@dataclass(frozen=True, slots=True)
class Sentence:
    """A description of one photo, or a half-truth about it.

    Attributes:
        english: the same in English, for its nouns.
        level: 1 to 3 where the photo was looked at for this project (`lab.described`); 0 of what others wrote.
    """

    text: str
    language: Language
    photo: Photo
    english: str
    right: bool = True
    level: int = 0


Text: TypeAlias = Caption | Label | Sentence
Image: TypeAlias = Scene | Photo


def is_true(text: Text, image: Image) -> bool | None:
    """Whether the text is true of the image; None where nobody can know."""
    match text, image:
        case Caption(), Scene():
            return is_true_of_scene(text, image)
        case Caption(), Photo():
            return _caption_of_photo(text, image)
        case Label(), Photo():
            return _label_of_photo(text.photo, image)
        case Sentence(), Photo():
            return _sentence_of_photo(text, image)
        case ((Label() | Sentence()), Scene()):
            words = text.photo.name if isinstance(text, Label) else text.english
            names = {name for thing in image.things for name in thing.kind.en}
            animals = any(thing.kind.kind == "animal" for thing in image.things)
            return _unless_named(words, names, isinstance(text, Label) and text.photo.breed and animals)
    raise TypeError(f"{type(text)} and {type(image)}")


def same_kind(text: Text, image: Image) -> bool:
    """Whether the image shows a thing of the kind that the text is about, whatever else is wrong."""
    match text, image:
        case Caption(), Scene():
            return shows_subject(text, image)
        case Sentence(), Photo():
            return bool(image.name) and text.photo.name == image.name
    return False


def can_be_asked(text: Text) -> bool:
    """Whether it is known well enough of which pictures a text is true to search for it: what others wrote of one photo
    may be right for many."""
    return not isinstance(text, Sentence) or text.level > 0


def _label_of_photo(named: Photo, seen: Photo) -> bool | None:
    if not seen.name:
        return None  # a described photo may hold anything
    if named.name == seen.name:
        return True
    if named.collection == seen.collection:
        return False
    return None if named.breed or seen.breed else False


def _sentence_of_photo(sentence: Sentence, seen: Photo) -> bool | None:
    """A few words about an animal may be true of others of its kind; more than that is taken to fit its photo alone."""
    if sentence.photo.file == seen.file:
        return sentence.right
    if sentence.level > 1 or not seen.name:
        return False
    if sentence.photo.name:
        return False if _label_of_photo(sentence.photo, seen) is False else None
    return _unless_named(sentence.english, {seen.name}, seen.breed)


def _caption_of_photo(caption: Caption, seen: Photo) -> bool | None:
    """The bare name of a species is true of its photos as of its drawings; more than the name, nobody knows."""
    if not seen.name:
        return _unknown_person(caption)
    names = {name for thing in caption.says.things for name in thing.kind.en}
    if seen.name in caption.says.subject.kind.en and caption.level == 1 and caption.says.subject.count == 1:
        return True
    return _unless_named(seen.name, names, seen.breed and caption.says.subject.kind.kind == "animal")


def _unknown_person(caption: Caption) -> bool | None:
    """Described photos show people at sport, dogs and streets: only what cannot be there is surely wrong."""
    return False if caption.plan.place and caption.says.place in ("moon", "underwater", "desert") else None


def _unless_named(words: str, names: set[str], doubtful: bool) -> bool | None:
    """False, unless one of the names is among the words, plural or not, or the case is doubtful."""
    found = words.lower().split()
    spoken = any(word.startswith(name.lower().split()[-1]) for name in names for word in found)
    return None if doubtful or spoken else False
