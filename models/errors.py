"""The root of every error that a person can cause or mend.

It lives in the lowest layer so that the networks can raise it too. `message_id` names a message of `locales/*/*.ftl`;
the parameters fill its placeholders, so one error reads well in every language.
"""

from __future__ import annotations


class SemblanceError(Exception):
    """An error with a message for the person who can do something about it.

    Args:
        message_id: the Fluent message that says what happened and what to do.
        params: values of that message's placeholders; never a secret.
    """

    def __init__(self, message_id: str, **params: str | int | float) -> None:
        super().__init__(message_id, params)
        self.message_id = message_id
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.message_id}({details})"


class ModelUnavailable(SemblanceError):
    """A model cannot be had: not downloaded, no network, no space, or damaged. The owner mends it."""


class DataMissing(SemblanceError):
    """A folder or file that a laboratory command needs is not there. The person names another path."""
