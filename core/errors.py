"""One error type per thing that a person can do about it; the messages are in `locales/*/errors.ftl`."""

from __future__ import annotations

from models.errors import DataMissing, ModelUnavailable, SemblanceError

__all__ = [
    "DataMissing",
    "GalleryEmpty",
    "GalleryMismatch",
    "InputError",
    "JobCancelled",
    "JobFailed",
    "ModelUnavailable",
    "NotAllowed",
    "NotFound",
    "QueueFull",
    "SemblanceError",
    "SettingsError",
]


class InputError(SemblanceError):
    """The request itself must change: an empty query, a damaged image, a value out of bounds."""


class SettingsError(SemblanceError):
    """A variable of the environment or `.env` must change; the message names it and the fix."""


class GalleryEmpty(SemblanceError):
    """There is no picture to search yet: add some."""


class GalleryMismatch(SemblanceError):
    """The gallery was made with another encoder: re-encode it or go back to that encoder."""


class NotFound(SemblanceError):
    """What was named (a job, a picture, a gallery) is not there."""


class NotAllowed(SemblanceError):
    """The person may not do this to this thing."""


class QueueFull(SemblanceError):
    """Too much is waiting: try again later; `params` tells when."""


class JobCancelled(SemblanceError):
    """The job was cancelled before it was done."""


class JobFailed(SemblanceError):
    """The job failed through no fault of the asker: our bug, or the machine's limits."""
