"""The store: everything this Discord knows, and a bus that tells gateway, page and tests what changed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from loopback import errors, limits, permissions
from loopback.cdn import Cdn
from loopback.clock import Clock, Snowflakes
from loopback.limits import Code
from loopback.permissions import Permission
from loopback.state import (
    Application,
    Channel,
    ChannelType,
    Command,
    Guild,
    Interaction,
    Json,
    Member,
    Message,
    Role,
    User,
    bot_role,
    everyone,
    manager_role,
)


@dataclass(frozen=True, slots=True)
class Event:
    """One change. `name` is a gateway event's, or one of our own in lower case, which never reaches the bot."""

    name: str
    guild_id: int | None = None
    channel_id: int | None = None
    message: Message | None = None
    interaction: Interaction | None = None
    data: Json | None = None

    def concerns(self, interaction: Interaction) -> bool:
        if self.message is not None:
            return self.message.interaction is interaction or self.message.id == interaction.message_id
        return self.interaction is interaction


class World:
    """All of the state. Reading is by attribute; what changes it publishes an `Event`."""

    def __init__(self, clock: Clock, folder: Path, bot_name: str = "Semblance") -> None:
        self.clock = clock
        self.snowflakes = Snowflakes(clock)
        self.cdn = Cdn(clock, folder)
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.commands: dict[int, Command] = {}
        self.interactions: dict[int, Interaction] = {}
        self._tokens: dict[str, Interaction] = {}
        self._listeners: list[Callable[[Event], None]] = []
        bot = User(self.snowflakes.next(), bot_name, None, bot=True)
        self.users[bot.id] = bot
        self.application = Application(bot.id, bot, owner_id=bot.id)

    # The bus

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` on every change from now on, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def publish(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    async def until(self, condition: Callable[[], bool], within: float, *, about: Interaction | None = None) -> None:
        """Wait until `condition` holds, looking again after every change; `TimeoutError` after `within` seconds.

        With `about` only changes of that interaction and of its messages are looked at.
        """
        if condition():
            return
        held = asyncio.get_running_loop().create_future()

        def look(event: Event) -> None:
            if about is not None and not event.concerns(about):
                return
            if not held.done() and condition():
                held.set_result(None)

        unsubscribe = self.subscribe(look)
        try:
            await asyncio.wait_for(held, within)
        finally:
            unsubscribe()

    # People and places

    def add_user(self, name: str, *, locale: str = "en-US", installed: bool = False) -> User:
        user = User(
            self.snowflakes.next(),
            name.lower().replace(" ", "_"),
            name,
            locale=locale,
            has_installed_app=installed,
        )
        self.users[user.id] = user
        return user

    def add_guild(
        self,
        name: str,
        *,
        owner: User | None = None,
        locale: str = "en-US",
        has_bot: bool = True,
        shard: tuple[int, int] = (0, 1),
    ) -> Guild:
        """A server with `@everyone`, a Manager role and the bot. `shard` is `(shard, shards)`: its id falls there."""
        now = self.clock.now()
        guild = Guild(
            self.snowflakes.next_for_shard(*shard),
            name,
            owner_id=owner.id if owner else 0,
            created=now,
            locale=locale,
            has_bot=has_bot,
        )
        guild.roles[guild.id] = everyone(guild.id)
        manager = manager_role(self.snowflakes.next())
        guild.roles[manager.id] = manager
        self.guilds[guild.id] = guild
        if owner:
            guild.members[owner.id] = Member(owner.id, [], now)
        if has_bot:
            self._admit_bot(guild)
        self.publish(Event("GUILD_CREATE", guild_id=guild.id))
        return guild

    def _admit_bot(self, guild: Guild) -> None:
        bot = self.application.bot
        role = bot_role(self.snowflakes.next(), bot.username)
        guild.roles[role.id] = role
        guild.members[bot.id] = Member(bot.id, [role.id], self.clock.now())
        guild.has_bot = True

    def remove_bot(self, guild: Guild) -> None:
        """The bot is kicked: it hears GUILD_DELETE and may do nothing there any more."""
        guild.members.pop(self.application.id)
        guild.has_bot = False
        self.publish(Event("GUILD_DELETE", guild_id=guild.id))

    def add_channel(self, guild: Guild, name: str, *, nsfw: bool = False, topic: str | None = None) -> Channel:
        channel = Channel(
            self.snowflakes.next(),
            ChannelType.TEXT,
            name,
            topic=topic,
            guild_id=guild.id,
            nsfw=nsfw,
            position=len(guild.channel_ids),
        )
        self.channels[channel.id] = channel
        guild.channel_ids.append(channel.id)
        self.publish(Event("CHANNEL_CREATE", guild_id=guild.id, channel_id=channel.id))
        return channel

    def join(self, guild: Guild, user: User, *, manager: bool = False) -> Member:
        roles = [role.id for role in guild.roles.values() if manager and role.name == "Manager"]
        member = Member(user.id, roles, self.clock.now())
        guild.members[user.id] = member
        self.publish(Event("GUILD_MEMBER_ADD", guild_id=guild.id, data={"user_id": user.id}))
        return member

    def dm_channel(self, user: User) -> Channel:
        """The direct-message channel of the bot and `user`, opened when there is none."""
        if user.dm_channel_id is None:
            channel = Channel(self.snowflakes.next(), ChannelType.DM, recipient_ids=[user.id])
            self.channels[channel.id] = channel
            user.dm_channel_id = channel.id
        return self.channels[user.dm_channel_id]

    def private_channel(self, *users: User) -> Channel:
        """Direct messages of people among themselves, where only an app that one of them installed can be used."""
        channel = Channel(
            self.snowflakes.next(), ChannelType.DM, recipient_ids=[user.id for user in users], has_bot=False
        )
        self.channels[channel.id] = channel
        return channel

    # Looking up

    def guild_of(self, channel: Channel) -> Guild | None:
        return self.guilds[channel.guild_id] if channel.guild_id is not None else None

    def channel(self, channel_id: int) -> Channel:
        try:
            return self.channels[channel_id]
        except KeyError:
            raise errors.unknown_channel() from None

    def message(self, channel_id: int, message_id: int) -> Message:
        try:
            return self.channel(channel_id).messages[message_id]
        except KeyError:
            raise errors.unknown_message() from None

    def messages_seen_by(self, user: User, channel: Channel) -> Iterator[Message]:
        return (message for message in channel.messages.values() if message.visible_to(user.id))

    def permissions(self, user_id: int, channel: Channel) -> Permission:
        """What that user may do in `channel`; nothing for somebody who is not there."""
        guild = self.guild_of(channel)
        if guild is None:
            here = user_id in channel.recipient_ids or (channel.has_bot and user_id == self.application.id)
            return permissions.DIRECT_MESSAGE if here else Permission(0)
        member = guild.members.get(user_id)
        return permissions.of_member(guild, member, channel) if member else Permission(0)

    def role(self, guild: Guild, name: str) -> Role:
        return next(role for role in guild.roles.values() if role.name == name)

    # Messages

    def add_message(self, message: Message) -> None:
        channel = self.channels[message.channel_id]
        channel.messages[message.id] = message
        while len(channel.messages) > limits.HISTORY:
            oldest = channel.messages.pop(next(iter(channel.messages)))
            self.cdn.forget(oldest.attachments)
        self._tell("MESSAGE_CREATE", message)

    def message_changed(self, message: Message) -> None:
        self._tell("MESSAGE_UPDATE", message)

    def delete_message(self, message: Message) -> None:
        self.channels[message.channel_id].messages.pop(message.id, None)
        self.cdn.forget(message.attachments)
        self._tell("MESSAGE_DELETE", message)

    def _tell(self, name: str, message: Message) -> None:
        guild_id = self.channels[message.channel_id].guild_id
        self.publish(Event(name, guild_id=guild_id, channel_id=message.channel_id, message=message))

    # Interactions

    def add_interaction(self, interaction: Interaction) -> None:
        now = self.clock.now()
        while self.interactions:
            oldest = next(iter(self.interactions.values()))
            if now - oldest.created <= 2 * limits.TOKEN_S:
                break
            del self.interactions[oldest.id], self._tokens[oldest.token]
        self.interactions[interaction.id] = interaction
        self._tokens[interaction.token] = interaction
        self.publish(
            Event(
                "INTERACTION_CREATE",
                guild_id=interaction.guild_id,
                channel_id=interaction.channel_id,
                interaction=interaction,
            )
        )

    def interaction_changed(self, interaction: Interaction) -> None:
        self.publish(
            Event(
                "interaction_changed",
                guild_id=interaction.guild_id,
                channel_id=interaction.channel_id,
                interaction=interaction,
            )
        )

    def interaction_by_token(self, token: str) -> Interaction | None:
        return self._tokens.get(token)

    @staticmethod
    def new_token() -> str:
        return secrets.token_urlsafe(48)

    def require_member(self, guild_id: int, user_id: int) -> Member:
        guild = self.guilds.get(guild_id)
        if guild is None or not guild.has_bot:
            raise errors.DiscordError(404, Code.UNKNOWN_GUILD, "Unknown Guild")
        if user_id not in guild.members:
            raise errors.DiscordError(404, Code.UNKNOWN_MEMBER, "Unknown Member")
        return guild.members[user_id]
