"""Holds requests and answers against Discord's published OpenAPI description."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


class Contract:
    """`violations` lists every request or answer that the description does not allow.

    Needs the `jsonschema` package (development only). The description is stricter than Discord in two places, which
    are relaxed: discord.py sends the ids of new attachments as integers; and a deferral answered `with_response` brings
    its message too, not only types 4 and 7.
    """

    def __init__(self, description: Path) -> None:
        from jsonschema.validators import Draft202012Validator

        self._document = json.loads(description.read_text(encoding="utf-8"))
        schemas = self._document["components"]["schemas"]
        schemas["SnowflakeType"] = {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$"}
        schemas["CreateMessageInteractionCallbackResponse"]["properties"]["type"] = {"enum": [4, 5]}
        schemas["UpdateMessageInteractionCallbackResponse"]["properties"]["type"] = {"enum": [6, 7]}
        self._validator = Draft202012Validator
        self._paths = {_shape(path): item for path, item in self._document["paths"].items()}
        self._validators: dict[tuple[str, ...], Any] = {}
        self.violations: list[str] = []

    def check_request(self, method: str, path: str, payload: Any, *, multipart: bool) -> None:
        content = self._operation(method, path).get("requestBody", {}).get("content", {})
        schema = content.get("multipart/form-data" if multipart else "application/json") or content.get(
            "application/json"
        )
        if schema:
            self._check(("request", method, path, str(multipart)), schema["schema"], payload)

    def check_answer(self, method: str, path: str, status: int, answer: Any) -> None:
        answers = self._operation(method, path).get("responses", {})
        schema = answers.get(str(status), {}).get("content", {}).get("application/json")
        if schema:
            self._check(("answer", method, path, str(status)), schema["schema"], answer)

    def _operation(self, method: str, path: str) -> Any:
        return self._paths.get(_shape(path), {}).get(method.lower(), {})

    def _check(self, key: tuple[str, ...], schema: Any, instance: Any) -> None:
        from jsonschema.exceptions import best_match

        if key not in self._validators:
            rooted = {"components": self._document["components"], **schema}
            self._validators[key] = self._validator(rooted)
        error = best_match(self._validators[key].iter_errors(instance))
        if error is not None:
            where = "/".join(str(part) for part in error.absolute_path)
            violation = f"{key[0]} {key[1]} {key[2]}: {where or '.'}: {error.message[:300]}"
            self.violations.append(violation)
            log.error("Not as Discord's OpenAPI describes it: %s", violation)


def _shape(path: str) -> str:
    """Parameters by place, not by name: `/users/{}`."""
    return re.sub(r"\{[^}]*\}", "{}", path)
