"""What must outlive a restart: who asked what, what a server has set, who has spent what. SQLite, one writer."""

from core.state.guilds import GuildSettings
from core.state.requests import Asked
from core.state.state import State

__all__ = ["Asked", "GuildSettings", "State"]
