"""A Discord on 127.0.0.1 (gateway, REST, CDN, page), so that an unmodified bot runs and is tested without an account.

async with LoopbackDiscord() as discord:
    ...                                        # start the bot against discord.api_base with discord.bot_token
    ada = discord.user("Ada")
    answer = await (await ada.slash("find", query="a horse")).message()
"""

from loopback.driver import Invocation, Person
from loopback.people import Refused
from loopback.server import LoopbackDiscord, serve

__all__ = ["Invocation", "LoopbackDiscord", "Person", "Refused", "serve"]
