"""Points discord.py at another Discord, such as the one on loopback; the program itself stays the same."""

from __future__ import annotations

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from core.settings import Settings


def use_endpoints(settings: Settings) -> None:
    """Applies DISCORD_API_BASE, DISCORD_GATEWAY_URL and DISCORD_CDN_BASE to this process; call it before the bot."""
    if settings.discord_api_base:
        Route.BASE = settings.discord_api_base
    if settings.discord_gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)
    if settings.discord_cdn_base:
        discord.Asset.BASE = settings.discord_cdn_base  # pyright: ignore[reportAttributeAccessIssue]
