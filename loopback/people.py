"""What a person does in Discord's client: run commands, press buttons, fill in modals, upload, write.

Each act checks what the client would check, raises `Refused` with what it would say, and otherwise puts an interaction
(or a message) into the world. Page and test driver both act through here.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from loopback import limits, messages, payloads
from loopback.body import Body, Upload
from loopback.commands import NESTING, CommandType, OptionType
from loopback.components import SELECTS, Kind, find, walk
from loopback.permissions import Permission
from loopback.state import (
    Attachment,
    Channel,
    ChannelType,
    Command,
    Context,
    Install,
    Interaction,
    InteractionType,
    Json,
    Message,
    User,
)
from loopback.world import World


class Refused(Exception):
    """Discord's client does not let the person do it. `reason` is a key for the page, `detail` what it is about."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class _Resolved:
    """Collects the `resolved` part of an interaction's data."""

    users: Json = field(default_factory=dict)
    members: Json = field(default_factory=dict)
    roles: Json = field(default_factory=dict)
    channels: Json = field(default_factory=dict)
    messages: Json = field(default_factory=dict)
    attachments: Json = field(default_factory=dict)

    def json(self) -> Json:
        parts = {name: getattr(self, name) for name in self.__slots__}
        return {name: part for name, part in parts.items() if part}


# Commands


def installs(world: World, user: User, channel: Channel) -> dict[str, str]:
    """By which installs the app is available to `user` there: the guild's, the user's own, both or none."""
    guild = world.guild_of(channel)
    owners: dict[str, str] = {}
    if guild is None and channel.has_bot:
        owners[str(Install.GUILD.value)] = "0"
    elif guild is not None and guild.has_bot:
        owners[str(Install.GUILD.value)] = str(guild.id)
    if user.has_installed_app:
        owners[str(Install.USER.value)] = str(user.id)
    return owners


def commands_for(world: World, user: User, channel: Channel) -> list[Command]:
    """The commands that Discord shows this user in this channel; a guild's own hides a global one of its name."""
    shown = [c for c in world.commands.values() if why_not(world, user, channel, c) is None]
    own = {(c.type, c.name) for c in shown if c.guild_id is not None}
    return [c for c in shown if c.guild_id is not None or (c.type, c.name) not in own]


def why_not(world: World, user: User, channel: Channel, command: Command) -> str | None:
    """Why the user cannot run it there: None, or a reason."""
    given = command.payload
    context = context_of(channel)
    contexts = given.get("contexts")
    if command.guild_id is not None and command.guild_id != channel.guild_id:
        return "unknown-command"
    if contexts is not None and context not in contexts:
        return "wrong-context"
    if contexts is None and context != Context.GUILD and given.get("dm_permission") is False:
        return "wrong-context"
    kinds = {str(kind) for kind in given.get("integration_types") or [Install.GUILD.value]}
    if not kinds & set(installs(world, user, channel)):
        return "not-installed"
    if given.get("nsfw") and channel.guild_id is not None and not channel.nsfw:
        return "age-restricted"
    rights = world.permissions(user.id, channel)
    if not rights & Permission.USE_APPLICATION_COMMANDS:
        return "missing-permissions"
    needed = given.get("default_member_permissions")
    if needed is not None and channel.guild_id is not None:
        needed = Permission(int(needed))
        allowed = rights & Permission.ADMINISTRATOR or (needed and not needed & ~rights)
        if not allowed:
            return "missing-permissions"
    return None


def context_of(channel: Channel) -> Context:
    if channel.type != ChannelType.DM:
        return Context.GUILD
    return Context.BOT_DM if channel.has_bot else Context.PRIVATE_CHANNEL


def run(world: World, user: User, channel: Channel, path: str, values: dict[str, Any]) -> Interaction:
    """Run the slash command `path` (`"find"`, `"gallery add"`) with `values` by option name."""
    command, parents, specs = _find_command(world, user, channel, path)
    resolved = _Resolved()
    options = _fill_options(world, user, channel, specs, values, resolved)
    data = _command_data(command, parents, options, resolved)
    return _begin(world, user, channel, InteractionType.COMMAND, data, command=command)


def complete(
    world: World, user: User, channel: Channel, path: str, focused: str, typed: str, values: dict[str, Any]
) -> Interaction:
    """Ask for suggestions for the option `focused`, in which `typed` stands; `values` are the other options so far."""
    command, parents, specs = _find_command(world, user, channel, path)
    spec = next((s for s in specs if s["name"] == focused), None)
    if spec is None or not spec.get("autocomplete"):
        raise Refused("no-autocomplete", focused)
    options = [
        {"name": s["name"], "type": s["type"], "value": values[s["name"]]}
        for s in specs
        if s["name"] in values and s["name"] != focused and s["type"] != OptionType.ATTACHMENT
    ]
    options.append({"name": focused, "type": spec["type"], "value": typed, "focused": True})
    data = _command_data(command, parents, options, _Resolved())
    return _begin(world, user, channel, InteractionType.AUTOCOMPLETE, data, command=command)


def run_on_message(world: World, user: User, message: Message, name: str) -> Interaction:
    """Run the message command `name` (Apps in the message's context menu)."""
    channel = world.channels[message.channel_id]
    command = _find_menu(world, user, channel, CommandType.MESSAGE, name)
    resolved = _Resolved(messages={str(message.id): payloads.message(world, message)})
    data = _menu_data(command, message.id, resolved)
    return _begin(world, user, channel, InteractionType.COMMAND, data, command=command, target_message_id=message.id)


def run_on_user(world: World, user: User, channel: Channel, target: User, name: str) -> Interaction:
    """Run the user command `name` on `target`."""
    command = _find_menu(world, user, channel, CommandType.USER, name)
    resolved = _Resolved()
    _resolve_user(world, channel, target.id, resolved)
    return _begin(
        world, user, channel, InteractionType.COMMAND, _menu_data(command, target.id, resolved), command=command
    )


def _find_command(world: World, user: User, channel: Channel, path: str) -> tuple[Command, list[Json], list[Json]]:
    """The command, the subcommand specs down to the one meant, and the specs of its options."""
    name, *rest = path.split()
    candidates = [c for c in world.commands.values() if c.type == CommandType.CHAT_INPUT and c.name == name]
    candidates.sort(key=lambda c: c.guild_id is None)
    command = next((c for c in candidates if why_not(world, user, channel, c) is None), None)
    if command is None:
        reason = why_not(world, user, channel, candidates[0]) if candidates else None
        raise Refused(reason or "unknown-command", path)
    specs: list[Json] = command.payload.get("options") or []
    parents: list[Json] = []
    for part in rest:
        found = next((s for s in specs if s["name"] == part and s["type"] in NESTING), None)
        if found is None:
            raise Refused("unknown-command", path)
        parents.append(found)
        specs = found.get("options") or []
    if any(s["type"] in NESTING for s in specs):
        raise Refused("unknown-command", path)
    return command, parents, specs


def _find_menu(world: World, user: User, channel: Channel, kind: CommandType, name: str) -> Command:
    candidates = [c for c in world.commands.values() if c.type == kind and c.name == name]
    for command in candidates:
        if why_not(world, user, channel, command) is None:
            return command
    reason = why_not(world, user, channel, candidates[0]) if candidates else None
    raise Refused(reason or "unknown-command", name)


def _command_data(command: Command, parents: list[Json], options: list[Json], resolved: _Resolved) -> Json:
    for parent in reversed(parents):
        options = [{"name": parent["name"], "type": parent["type"], "options": options}]
    data: Json = {"id": str(command.id), "name": command.name, "type": int(CommandType.CHAT_INPUT), "options": options}
    return _with_extras(data, command, resolved)


def _menu_data(command: Command, target_id: int, resolved: _Resolved) -> Json:
    data = {"id": str(command.id), "name": command.name, "type": command.type, "target_id": str(target_id)}
    return _with_extras(data, command, resolved)


def _with_extras(data: Json, command: Command, resolved: _Resolved) -> Json:
    if command.guild_id is not None:
        data["guild_id"] = str(command.guild_id)
    if parts := resolved.json():
        data["resolved"] = parts
    return data


def _fill_options(
    world: World, user: User, channel: Channel, specs: list[Json], values: dict[str, Any], resolved: _Resolved
) -> list[Json]:
    known = {spec["name"] for spec in specs}
    if unknown := set(values) - known:
        raise Refused("unknown-option", ", ".join(sorted(unknown)))
    filled = []
    for spec in specs:
        value = values.get(spec["name"])
        if value is None:
            if spec.get("required"):
                raise Refused("required", spec["name"])
            continue
        wire = _wire_value(world, user, channel, spec, value, resolved)
        filled.append({"name": spec["name"], "type": spec["type"], "value": wire})
    return filled


def _wire_value(world: World, user: User, channel: Channel, spec: Json, value: Any, resolved: _Resolved) -> Any:
    """The value as it travels, once it has met the option's type, bounds and choices."""
    kind, name = OptionType(spec["type"]), spec["name"]
    if kind == OptionType.STRING:
        if not isinstance(value, str):
            raise Refused("not-text", name)
        if not (spec.get("min_length") or 0) <= len(value) <= (spec.get("max_length") or limits.STRING_OPTION):
            raise Refused("length", name)
    elif kind in (OptionType.INTEGER, OptionType.NUMBER):
        value = _number(spec, kind, value)
    elif kind == OptionType.BOOLEAN:
        if not isinstance(value, bool):
            raise Refused("not-boolean", name)
    else:
        return _resolve(world, channel, kind, name, value, resolved)
    choices = [choice["value"] for choice in spec.get("choices") or []]
    if choices and value not in choices:
        raise Refused("not-a-choice", name)
    return value


def _number(spec: Json, kind: OptionType, value: Any) -> int | float:
    try:
        number = int(value) if kind == OptionType.INTEGER else float(value)
    except (TypeError, ValueError):
        raise Refused("not-a-number", spec["name"]) from None
    low, high = spec.get("min_value"), spec.get("max_value")
    if (low is not None and number < low) or (high is not None and number > high):
        raise Refused("bounds", spec["name"])
    return number


def _resolve(world: World, channel: Channel, kind: OptionType, name: str, value: Any, resolved: _Resolved) -> str:
    """A user, role, channel or attachment: its id, with its data added to `resolved`."""
    target_id = int(getattr(value, "id", value))
    guild = world.guild_of(channel)
    if kind == OptionType.ATTACHMENT:
        held = value if isinstance(value, Attachment) else world.cdn.find(target_id)
        if held is None:
            raise Refused("unknown-attachment", name)
        resolved.attachments[str(held.id)] = payloads.attachment(world, held)
    elif kind in (OptionType.USER, OptionType.MENTIONABLE) and target_id in world.users:
        _resolve_user(world, channel, target_id, resolved)
    elif kind in (OptionType.ROLE, OptionType.MENTIONABLE) and guild and target_id in guild.roles:
        resolved.roles[str(target_id)] = payloads.role(guild.roles[target_id])
    elif kind == OptionType.CHANNEL and guild and target_id in guild.channel_ids:
        target = world.channels[target_id]
        resolved.channels[str(target_id)] = payloads.resolved_channel(target, world.permissions(0, target))
    else:
        raise Refused("unknown-target", name)
    return str(target_id)


def _resolve_user(world: World, channel: Channel, user_id: int, resolved: _Resolved) -> None:
    resolved.users[str(user_id)] = payloads.user(world.users[user_id])
    guild = world.guild_of(channel)
    if guild and user_id in guild.members:
        resolved.members[str(user_id)] = payloads.resolved_member(world, guild, user_id, channel)


# Components and modals


def press(world: World, user: User, message: Message, custom_id: str, values: list[str] | None = None) -> Interaction:
    """Press a button, or choose `values` in a select menu."""
    channel = world.channels[message.channel_id]
    shown = channel.messages.get(message.id)
    component = find(shown.components, custom_id) if shown and shown.visible_to(user.id) else None
    if shown is None or component is None:
        raise Refused("unknown-component", custom_id)
    if component.get("disabled"):
        raise Refused("disabled", custom_id)
    data: Json = {"custom_id": custom_id, "component_type": component["type"], "id": component["id"]}
    if component["type"] in SELECTS:
        resolved = _Resolved()
        data["values"] = _chosen(world, channel, component, values or [], resolved)
        if parts := resolved.json():
            data["resolved"] = parts
    return _begin(
        world, user, channel, InteractionType.COMPONENT, data, message_id=message.id, parent=shown.interaction
    )


def _chosen(world: World, channel: Channel, component: Json, values: list[str], resolved: _Resolved) -> list[str]:
    least, most = component.get("min_values", 1), component.get("max_values", 1)
    if component.get("required") is False and not values:
        return []
    if not least <= len(values) <= most:
        raise Refused("selection-size", component["custom_id"])
    kind = Kind(component["type"])
    if kind == Kind.STRING_SELECT:
        known = {option["value"] for option in component.get("options") or []}
        if not set(values) <= known:
            raise Refused("not-a-choice", component["custom_id"])
        return list(values)
    target = {
        Kind.USER_SELECT: OptionType.USER,
        Kind.ROLE_SELECT: OptionType.ROLE,
        Kind.MENTIONABLE_SELECT: OptionType.MENTIONABLE,
        Kind.CHANNEL_SELECT: OptionType.CHANNEL,
    }[kind]
    return [_resolve(world, channel, target, component["custom_id"], value, resolved) for value in values]


def submit(world: World, user: User, opened_by: Interaction, values: dict[str, Any]) -> Interaction:
    """Send off the modal that `opened_by` opened, with `values` by the fields' custom_id.

    A field that is not named keeps the value with which the modal opened. Uploads are given as `Attachment`s.
    """
    modal = opened_by.modal
    if modal is None:
        raise Refused("no-modal")
    known = {c["custom_id"] for c in walk(modal["components"]) if "custom_id" in c}
    if unknown := set(values) - known:
        raise Refused("unknown-field", ", ".join(sorted(unknown)))
    channel = world.channels[opened_by.channel_id]
    resolved = _Resolved()
    components = [_submitted(world, channel, component, values, resolved) for component in modal["components"]]
    data: Json = {"custom_id": modal["custom_id"], "components": components}
    if parts := resolved.json():
        data["resolved"] = parts
    return _begin(world, user, channel, InteractionType.MODAL, data, message_id=opened_by.message_id, parent=opened_by)


def _submitted(world: World, channel: Channel, component: Json, values: dict[str, Any], resolved: _Resolved) -> Json:
    kind = Kind(component["type"])
    body: Json = {"type": component["type"], "id": component["id"]}
    if kind == Kind.TEXT_DISPLAY:
        return body
    if kind == Kind.LABEL:
        return body | {"component": _submitted(world, channel, component["component"], values, resolved)}
    if kind == Kind.ACTION_ROW:
        return body | {
            "components": [_submitted(world, channel, child, values, resolved) for child in component["components"]]
        }
    custom_id = component["custom_id"]
    body["custom_id"] = custom_id
    given = values.get(custom_id)
    required = component.get("required", True)
    if kind == Kind.TEXT_INPUT:
        text = component.get("value") or "" if given is None else str(given)
        _check_text(component, text, required)
        return body | {"value": text}
    if kind == Kind.CHECKBOX:
        return body | {"value": bool(component.get("default") if given is None else given)}
    if given is None:
        given = [o["value"] for o in component.get("options") or [] if o.get("default")]
    chosen = given if isinstance(given, list | tuple) else [given]
    if required and not chosen:
        raise Refused("required", custom_id)
    if kind == Kind.FILE_UPLOAD:
        return body | {
            "values": [_resolve(world, channel, OptionType.ATTACHMENT, custom_id, a, resolved) for a in chosen]
        }
    if kind in SELECTS:
        return body | {"values": _chosen(world, channel, component, list(chosen), resolved)}
    options = {option["value"] for option in component.get("options") or []}
    if not set(chosen) <= options:
        raise Refused("not-a-choice", custom_id)
    if kind == Kind.RADIO_GROUP:
        return body | {"value": chosen[0] if chosen else None}
    return body | {"values": list(chosen)}


def _check_text(component: Json, text: str, required: bool) -> None:
    if required and not text:
        raise Refused("required", component["custom_id"])
    least, most = component.get("min_length") or 0, component.get("max_length") or limits.TEXT_INPUT
    if text and not least <= len(text) <= most:
        raise Refused("length", component["custom_id"])


# Writing and uploading


def upload(world: World, channel: Channel, data: bytes, filename: str) -> Attachment:
    """A file that the person hands to a command or a modal."""
    guild = world.guild_of(channel)
    most = guild.attachment_bytes if guild else limits.ATTACHMENT_BYTES
    if len(data) > most:
        raise Refused("too-large", filename)
    return world.cdn.store(world.snowflakes.next(), channel.id, filename, data, ephemeral=True)


def say(
    world: World,
    user: User,
    channel: Channel,
    content: str,
    uploads: list[Upload] | None = None,
    reply_to: Message | None = None,
) -> Message:
    """Write a message, with files, into the channel."""
    rights = world.permissions(user.id, channel)
    needed = Permission.SEND_MESSAGES | (Permission.ATTACH_FILES if uploads else Permission.VIEW_CHANNEL)
    if needed & ~rights:
        raise Refused("missing-permissions", channel.name)
    payload: Json = {"content": content}
    if reply_to:
        payload["message_reference"] = {"message_id": str(reply_to.id)}
    body = Body(payload, dict(enumerate(uploads or [])))
    return messages.create(world, messages.Origin(channel, user.id), body)


# Beginning an interaction


def _begin(
    world: World,
    user: User,
    channel: Channel,
    kind: InteractionType,
    data: Json,
    *,
    command: Command | None = None,
    message_id: int | None = None,
    parent: Interaction | None = None,
    target_message_id: int | None = None,
) -> Interaction:
    owners = installs(world, user, channel)
    if command is not None:
        kinds = {str(i) for i in command.payload.get("integration_types") or [Install.GUILD.value]}
        owners = {key: owner for key, owner in owners.items() if key in kinds}
    elif parent is not None:
        owners = parent.owners
    interaction = Interaction(
        id=world.snowflakes.next(),
        token=world.new_token(),
        type=kind,
        user_id=user.id,
        channel_id=channel.id,
        guild_id=channel.guild_id,
        context=context_of(channel),
        owners=owners,
        data=data,
        locale=user.locale,
        created=world.clock.now(),
        message_id=message_id,
        parent=parent,
        target_message_id=target_message_id,
    )
    world.add_interaction(interaction)
    asyncio.get_running_loop().call_later(limits.ACKNOWLEDGE_S, _give_up, world, interaction)
    return interaction


def _give_up(world: World, interaction: Interaction) -> None:
    """Three seconds without an answer: "The application did not respond"."""
    if interaction.callback is None:
        interaction.failed = True
        world.interaction_changed(interaction)
