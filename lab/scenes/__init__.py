"""Captioned scenes rendered from drawings: exactly known content for training, evaluation and the sample gallery."""

from lab.scenes.captions import captions
from lab.scenes.edits import NEGATIVE_KINDS, NegativeKind, negatives
from lab.scenes.render import render
from lab.scenes.scene import SPLITS, Scene, Split, Thing, sample_scene, split_of
from lab.scenes.sprites import SPRITES_DIR, Sprites
from lab.scenes.vocabulary import ANIMALS10, COLOURS, LANGUAGES, LEVELS, PLACES, SPECIES, Language

__all__ = [
    "ANIMALS10",
    "COLOURS",
    "LANGUAGES",
    "LEVELS",
    "NEGATIVE_KINDS",
    "PLACES",
    "SPECIES",
    "SPLITS",
    "SPRITES_DIR",
    "Language",
    "NegativeKind",
    "Scene",
    "Split",
    "Sprites",
    "Thing",
    "captions",
    "negatives",
    "render",
    "sample_scene",
    "split_of",
]
