"""What Discord answers when it refuses: a status, a code, a message and, for a form, where the fault lies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from loopback.limits import Code


class DiscordError(Exception):
    """A refusal, as the REST API words it.

    `fields` maps a path (`embeds.0.title`) to `(code, message)` pairs of Discord's `_errors` lists.
    """

    def __init__(
        self, status: int, code: int, message: str, fields: dict[str, tuple[str, str]] | None = None, **extra: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields or {}
        self.extra = extra

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message, "code": self.code, **self.extra}
        if self.fields:
            body["errors"] = _nested(self.fields.items())
        return body


def _nested(fields: Iterable[tuple[str, tuple[str, str]]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, (code, message) in fields:
        node = tree
        for key in path.split("."):
            node = node.setdefault(key, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})
    return tree


class Form:
    """Collects the faults of a request body, and refuses it with all of them at once, as Discord does (50035)."""

    def __init__(self) -> None:
        self.fields: dict[str, tuple[str, str]] = {}

    def fault(self, path: str, code: str, message: str) -> None:
        self.fields.setdefault(path, (code, message))

    def length(self, path: str, value: Any, most: int, least: int = 0) -> None:
        """`value` must be a text (or list) of `least` to `most` characters (or items)."""
        if value is None and least == 0:
            return
        size = len(value) if value is not None else 0
        if size > most:
            self.fault(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        elif size < least:
            if size == 0:
                self.fault(path, "BASE_TYPE_REQUIRED", "This field is required")
            else:
                self.fault(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def refuse_if_faulty(self) -> None:
        if self.fields:
            raise DiscordError(400, Code.INVALID_FORM, "Invalid Form Body", self.fields)


class UnimplementedError(DiscordError):
    """Something real Discord has and this one does not: said aloud, never faked."""

    def __init__(self, what: str) -> None:
        super().__init__(501, Code.GENERAL, f"The loopback Discord does not implement {what}")


def unauthorized() -> DiscordError:
    return DiscordError(401, Code.GENERAL, "401: Unauthorized")


def unknown_interaction() -> DiscordError:
    return DiscordError(404, Code.UNKNOWN_INTERACTION, "Unknown interaction")


def already_acknowledged() -> DiscordError:
    return DiscordError(400, Code.ALREADY_ACKNOWLEDGED, "Interaction has already been acknowledged.")


def invalid_webhook_token() -> DiscordError:
    return DiscordError(401, Code.INVALID_WEBHOOK_TOKEN, "Invalid Webhook Token")


def unknown_webhook() -> DiscordError:
    return DiscordError(404, Code.UNKNOWN_WEBHOOK, "Unknown Webhook")


def unknown_message() -> DiscordError:
    return DiscordError(404, Code.UNKNOWN_MESSAGE, "Unknown Message")


def unknown_channel() -> DiscordError:
    return DiscordError(404, Code.UNKNOWN_CHANNEL, "Unknown Channel")


def missing_access() -> DiscordError:
    return DiscordError(403, Code.MISSING_ACCESS, "Missing Access")


def missing_permissions() -> DiscordError:
    return DiscordError(403, Code.MISSING_PERMISSIONS, "Missing Permissions")


def too_large() -> DiscordError:
    return DiscordError(413, Code.TOO_LARGE, "Request entity too large")
