"""Holds requests and answers against Discord's published OpenAPI description."""

from __future__ import annotations

import functools
import json
import logging
import re
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


class Contract:
    """`violations` lists every accepted request and every answer that the description does not allow."""

    def __init__(self, description: Path) -> None:
        self._description = _read(description)
        self.violations: list[str] = []

    def check_request(self, method: str, path: str, payload: Any, *, multipart: bool) -> None:
        content = self._description.operation(method, path).get("requestBody", {}).get("content", {})
        schema = content.get("multipart/form-data" if multipart else "application/json", {}).get("schema")
        self._check("request", method, path, schema, payload)

    def check_answer(self, method: str, path: str, status: int, answer: Any) -> None:
        answers = self._description.operation(method, path).get("responses", {})
        schema = answers.get(str(status), {}).get("content", {}).get("application/json", {}).get("schema")
        self._check("answer", method, path, schema, answer)

    def _check(self, what: str, method: str, path: str, schema: Any, instance: Any) -> None:
        problem = self._description.problem(schema, instance) if schema else None
        if problem:
            self.violations.append(f"{what} {method} {path}: {problem}")
            log.error("Not as Discord's OpenAPI describes it: %s", self.violations[-1])


class Description:
    """The document. Needs the `jsonschema` package, which only development installs.

    It is stricter than Discord in two places, which are relaxed: discord.py sends the ids of new attachments as
    integers; and a deferral answered `with_response` brings its message too, not only types 4 and 7.
    """

    def __init__(self, document: Any) -> None:
        from jsonschema.validators import Draft202012Validator

        self._components = document["components"]
        schemas = self._components["schemas"]
        schemas["SnowflakeType"] = {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$"}
        schemas["CreateMessageInteractionCallbackResponse"]["properties"]["type"] = {"enum": [4, 5]}
        schemas["UpdateMessageInteractionCallbackResponse"]["properties"]["type"] = {"enum": [6, 7]}
        self._paths = {_shape(path): item for path, item in document["paths"].items()}
        self._validator = Draft202012Validator
        self._validators: dict[int, Any] = {}

    def operation(self, method: str, path: str) -> Any:
        return self._paths.get(_shape(path), {}).get(method.lower(), {})

    def problem(self, schema: Any, instance: Any) -> str | None:
        """Where and why `instance` is not as `schema` says, or None."""
        from jsonschema.exceptions import best_match

        if id(schema) not in self._validators:
            self._validators[id(schema)] = self._validator({"components": self._components, **schema})
        error = best_match(self._validators[id(schema)].iter_errors(instance))
        if error is None:
            return None
        where = "/".join(str(part) for part in error.absolute_path)
        return f"{where or '.'}: {error.message[:300]}"


@functools.cache
def _read(path: Path) -> Description:
    return Description(json.loads(path.read_text(encoding="utf-8")))


def _shape(path: str) -> str:
    """Parameters by place, not by name: `/users/{}`."""
    return re.sub(r"\{[^}]*\}", "{}", path)
