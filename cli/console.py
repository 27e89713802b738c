"""What the subcommands share: words, errors and JSON on the terminal."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from core.errors import SemblanceError
from core.messages import Messages
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Console:
    """The terminal of one run."""

    settings: Settings
    messages: Messages

    def say(self, message_id: str, **params: str | int | float) -> None:
        """One message on standard output."""
        print(self.messages.format(self.settings.language, message_id, **params), flush=True)

    def warn(self, message_id: str, **params: str | int | float) -> None:
        """One message on standard error."""
        print(self.messages.format(self.settings.language, message_id, **params), file=sys.stderr)

    def fail(self, error: SemblanceError) -> int:
        """Tells an error; returns the exit status 2."""
        self.warn(error.message_id, **error.params)
        return 2

    @staticmethod
    def json(data: dict[str, Any]) -> None:
        """One object on standard output, for machines."""
        print(json.dumps(data, ensure_ascii=False, indent=2))
