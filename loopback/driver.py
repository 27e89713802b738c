"""People as objects, for tests and benchmarks: `await ada.slash("find", query="a horse")`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from loopback import components, people
from loopback.body import Upload
from loopback.limits import ACKNOWLEDGE_S
from loopback.state import Attachment, Channel, Interaction, Json, Member, Message, MessageFlag, User
from loopback.world import World

ANSWER_S = 15.0  # how long the waiting methods wait unless told otherwise


class Invocation:
    """One interaction that a person began, and what the bot made of it."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self._world = world
        self.interaction = interaction

    @property
    def acknowledged_after(self) -> float | None:
        """Seconds from the click to the first answer."""
        taken = self.interaction.acknowledged
        return None if taken is None else taken - self.interaction.created

    @property
    def failed(self) -> bool:
        """Whether Discord showed "The application did not respond"."""
        return self.interaction.failed

    @property
    def original(self) -> Message | None:
        """The message that `@original` names, as it is now."""
        messages = self._world.channels[self.interaction.channel_id].messages
        return messages.get(self.interaction.original_id or 0)

    @property
    def followups(self) -> list[Message]:
        messages = self._world.channels[self.interaction.channel_id].messages
        return [messages[i] for i in self.interaction.followup_ids if i in messages]

    @property
    def modal(self) -> Json | None:
        return self.interaction.modal

    async def acknowledged(self, within: float = ACKNOWLEDGE_S + 1) -> float:
        """Wait for the first answer; the seconds it took. `TimeoutError` when Discord gave up."""
        await self._world.until(
            lambda: self.interaction.acknowledged is not None or self.failed, within, about=self.interaction
        )
        if self.acknowledged_after is None:
            raise TimeoutError("The application did not respond")
        return self.acknowledged_after

    async def message(self, condition: Callable[[Message], Any] | None = None, *, within: float = ANSWER_S) -> Message:
        """Wait until the original response is there, is no longer "thinking" and meets `condition`."""

        def there() -> bool:
            found = self.original
            return found is not None and not found.loading and (condition is None or bool(condition(found)))

        await self._world.until(there, within, about=self.interaction)
        assert self.original is not None
        return self.original

    async def followup(self, number: int = 1, *, within: float = ANSWER_S) -> Message:
        """Wait for the follow-up of that number."""
        await self._world.until(lambda: len(self.followups) >= number, within, about=self.interaction)
        return self.followups[number - 1]

    async def opened_modal(self, *, within: float = ACKNOWLEDGE_S + 1) -> Json:
        """Wait for the modal that the bot opens."""
        await self._world.until(
            lambda: self.interaction.modal is not None or self.failed, within, about=self.interaction
        )
        if self.interaction.modal is None:
            raise TimeoutError("The application did not respond")
        return self.interaction.modal


class Person:
    """A user at a client. `channel` is where they are; `go` moves them."""

    def __init__(self, world: World, user: User, channel: Channel) -> None:
        self._world = world
        self.user = user
        self.channel = channel

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def mention(self) -> str:
        return f"<@{self.user.id}>"

    def go(self, channel: Channel) -> Person:
        """The same person, in another channel."""
        return Person(self._world, self.user, channel)

    def dm(self) -> Person:
        """The same person, in their direct messages with the bot."""
        return self.go(self._world.dm_channel(self.user))

    def member(self) -> Member | None:
        guild = self._world.guild_of(self.channel)
        return guild.members.get(self.user.id) if guild else None

    @property
    def messages(self) -> list[Message]:
        """What they see in the channel, oldest first."""
        return list(self._world.messages_seen_by(self.user, self.channel))

    @property
    def commands(self) -> list[str]:
        """Names of the commands that Discord offers them here."""
        return [c.name for c in people.commands_for(self._world, self.user, self.channel)]

    async def slash(self, path: str, **values: Any) -> Invocation:
        """Run a slash command. Options by name; a file as `Attachment` from `upload`."""
        given = {name: _plain(value) for name, value in values.items()}
        return Invocation(self._world, people.run(self._world, self.user, self.channel, path, given))

    async def autocomplete(
        self, path: str, option: str, typed: str = "", *, within: float = ACKNOWLEDGE_S + 1, **others: Any
    ) -> list[Json]:
        """The choices that the bot offers for `option` while `typed` stands in it."""
        interaction = people.complete(self._world, self.user, self.channel, path, option, typed, others)
        await self._world.until(lambda: interaction.choices is not None or interaction.failed, within)
        if interaction.choices is None:
            raise TimeoutError("Loading options failed")
        return interaction.choices

    async def message_menu(self, name: str, message: Message) -> Invocation:
        """Run a message command: Apps > `name`."""
        return Invocation(self._world, people.run_on_message(self._world, self.user, message, name))

    async def user_menu(self, name: str, target: Person | User) -> Invocation:
        user = target.user if isinstance(target, Person) else target
        return Invocation(self._world, people.run_on_user(self._world, self.user, self.channel, user, name))

    async def click(self, message: Message, custom_id: str | None = None, *, label: str | None = None) -> Invocation:
        """Press the button of that custom_id, or the first whose label contains `label`."""
        chosen = custom_id if custom_id is not None else str(button(message, label or "")["custom_id"])
        return Invocation(self._world, people.press(self._world, self.user, message, chosen))

    async def choose(self, message: Message, custom_id: str, values: Sequence[Any]) -> Invocation:
        """Choose in a select menu."""
        chosen = [str(getattr(value, "id", value)) for value in values]
        return Invocation(self._world, people.press(self._world, self.user, message, custom_id, chosen))

    async def submit_modal(self, opened: Invocation, values: dict[str, Any] | None = None) -> Invocation:
        """Send off the modal that `opened` brought, `values` by custom_id."""
        await opened.opened_modal()
        return Invocation(self._world, people.submit(self._world, self.user, opened.interaction, values or {}))

    async def upload(self, data: bytes, filename: str) -> Attachment:
        """Put a file into the composer."""
        return people.upload(self._world, self.channel, data, filename)

    async def say(self, content: str = "", *files: tuple[bytes, str], reply_to: Message | None = None) -> Message:
        """Write a message; files are `(bytes, name)`."""
        uploads = [Upload(name, data) for data, name in files]
        return people.say(self._world, self.user, self.channel, content, uploads, reply_to)

    async def sees(self, condition: Callable[[Message], Any], *, within: float = ANSWER_S) -> Message:
        """Wait for a message in the channel that meets `condition`, and that this person sees."""

        def found() -> Message | None:
            return next((m for m in self.messages if condition(m)), None)

        await self._world.until(lambda: found() is not None, within)
        message = found()
        assert message is not None
        return message


def buttons(message: Message) -> list[Json]:
    """The buttons of a message, in order."""
    return [c for c in components.walk(message.components) if c["type"] == components.Kind.BUTTON]


def button(message: Message, label: str) -> Json:
    """The first button whose label contains `label` and that has a custom_id."""
    for found in buttons(message):
        if label in (found.get("label") or "") and found.get("custom_id"):
            return found
    raise LookupError(f"no button {label!r} among {[b.get('label') for b in buttons(message)]}")


def text(message: Message) -> str:
    """All words of a message: content, embeds and text components, for assertions."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [embed.get("title") or "", embed.get("description") or ""]
        parts += [f"{f['name']}\n{f['value']}" for f in embed.get("fields") or []]
        parts.append((embed.get("footer") or {}).get("text") or "")
    parts += [c["content"] for c in components.walk(message.components) if c["type"] == components.Kind.TEXT_DISPLAY]
    return "\n".join(part for part in parts if part)


def is_ephemeral(message: Message) -> bool:
    return bool(message.flags & MessageFlag.EPHEMERAL)


def _plain(value: Any) -> Any:
    return value.user if isinstance(value, Person) else value
