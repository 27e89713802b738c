"""Application commands: Discord's rules for registering them, and keeping ids through a sync."""

from __future__ import annotations

import json
import re
from enum import IntEnum

from loopback import limits
from loopback.errors import DiscordError, Form
from loopback.limits import Code
from loopback.state import Command, Json
from loopback.world import Event, World

# Discord: \p{L}\p{N} and the Devanagari and Thai scripts, with - _ and '; \w covers letters and digits of all scripts.
NAME = re.compile(r"^[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}$")


class CommandType(IntEnum):
    CHAT_INPUT = 1
    USER = 2
    MESSAGE = 3


class OptionType(IntEnum):
    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


NESTING = {OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP}


def replace_all(world: World, guild_id: int | None, payloads: list[Json]) -> list[Command]:
    """Bulk overwrite: the scope's commands become exactly these. One of the same name and type keeps its id."""
    check(payloads)
    before = {(c.type, c.name): c for c in world.commands.values() if c.guild_id == guild_id}
    after = [_revised(world, before.get((p.get("type") or 1, p["name"])), guild_id, p) for p in payloads]
    for old in before.values():
        del world.commands[old.id]
    for command in after:
        world.commands[command.id] = command
    world.publish(Event("commands_changed", guild_id=guild_id))
    return after


def put_one(world: World, guild_id: int | None, payload: Json, known: Command | None = None) -> Command:
    """Create one command, or change `known` (one of the same name is overwritten, as Discord does)."""
    payload = (known.payload | payload) if known else payload
    others = [c for c in world.commands.values() if c.guild_id == guild_id and c is not known]
    known = known or next(
        (c for c in others if (c.type, c.name) == (payload.get("type") or 1, payload.get("name"))), None
    )
    check([payload, *(c.payload for c in others if c is not known)])
    command = _revised(world, known, guild_id, payload)
    world.commands[command.id] = command
    world.publish(Event("commands_changed", guild_id=guild_id))
    return command


def remove(world: World, command: Command) -> None:
    del world.commands[command.id]
    world.publish(Event("commands_changed", guild_id=command.guild_id))


def _revised(world: World, known: Command | None, guild_id: int | None, payload: Json) -> Command:
    if known is not None and known.payload == payload:
        return known
    version = world.snowflakes.next()
    return Command(known.id if known else world.snowflakes.next(), version, guild_id, payload)


def check(payloads: list[Json]) -> None:
    """Refuse what Discord would refuse: 50035 with every fault, 30032 for too many."""
    form = Form()
    for kind, most in (
        (CommandType.CHAT_INPUT, limits.COMMANDS),
        (CommandType.USER, limits.CONTEXT_MENUS),
        (CommandType.MESSAGE, limits.CONTEXT_MENUS),
    ):
        if sum((p.get("type") or 1) == kind for p in payloads) > most:
            raise DiscordError(400, Code.TOO_MANY_COMMANDS, f"Maximum number of application commands reached ({most}).")
    seen: set[tuple[int, str]] = set()
    for i, payload in enumerate(payloads):
        _check_command(form, payload, str(i))
        key = (payload.get("type") or 1, payload.get("name", ""))
        if key in seen:
            form.fault(f"{i}.name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        seen.add(key)
    form.refuse_if_faulty()


def _check_command(form: Form, payload: Json, path: str) -> None:
    if (payload.get("type") or 1) == CommandType.CHAT_INPUT:
        _check_name(form, payload, path)
        form.length(f"{path}.description", payload.get("description"), limits.COMMAND_DESCRIPTION, least=1)
        _check_localised(form, payload, "description", limits.COMMAND_DESCRIPTION, path)
        _check_options(form, payload.get("options") or [], f"{path}.options")
        if _weight(payload) > limits.COMMAND_TOTAL:
            form.fault(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
    else:
        form.length(f"{path}.name", payload.get("name"), limits.COMMAND_NAME, least=1)
        _check_localised(form, payload, "name", limits.COMMAND_NAME, path)
        if payload.get("description"):
            form.fault(
                f"{path}.description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_ALLOWED", "Cannot have one"
            )


def _check_name(form: Form, payload: Json, path: str) -> None:
    names = {f"{path}.name": payload.get("name") or ""}
    for locale, name in (payload.get("name_localizations") or {}).items():
        names[f"{path}.name_localizations.{locale}"] = name
    for at, name in names.items():
        if not NAME.match(name) or name != name.lower():
            form.fault(at, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_localised(form: Form, payload: Json, field: str, most: int, path: str) -> None:
    for locale, text in (payload.get(f"{field}_localizations") or {}).items():
        form.length(f"{path}.{field}_localizations.{locale}", text, most, least=1)


def _check_options(form: Form, options: list[Json], path: str) -> None:
    form.length(path, options, limits.COMMAND_OPTIONS)
    names: set[str] = set()
    optional_seen = False
    for i, option in enumerate(options):
        at = f"{path}.{i}"
        _check_name(form, option, at)
        form.length(f"{at}.description", option.get("description"), limits.COMMAND_DESCRIPTION, least=1)
        _check_localised(form, option, "description", limits.COMMAND_DESCRIPTION, at)
        if option.get("name") in names:
            form.fault(f"{at}.name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        names.add(option.get("name", ""))
        if option.get("type") in NESTING:
            _check_options(form, option.get("options") or [], f"{at}.options")
            continue
        if option.get("required") and optional_seen:
            form.fault(
                at,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required",
            )
        optional_seen = optional_seen or not option.get("required")
        _check_choices(form, option, at)


def _check_choices(form: Form, option: Json, path: str) -> None:
    choices = option.get("choices") or []
    form.length(f"{path}.choices", choices, limits.CHOICES)
    if choices and option.get("autocomplete"):
        form.fault(path, "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES", "Cannot have both choices and autocomplete")
    for i, choice in enumerate(choices):
        form.length(f"{path}.choices.{i}.name", choice.get("name"), limits.CHOICE_TEXT, least=1)
        _check_localised(form, choice, "name", limits.CHOICE_TEXT, f"{path}.choices.{i}")
        if isinstance(choice.get("value"), str):
            form.length(f"{path}.choices.{i}.value", choice["value"], limits.CHOICE_TEXT, least=1)
    for key, most in (("min_length", limits.STRING_OPTION), ("max_length", limits.STRING_OPTION)):
        if not 0 <= (option.get(key) or 0) <= most:
            form.fault(f"{path}.{key}", "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")


def _weight(node: Json) -> int:
    """Characters that count towards the 8,000 of a command; of each localised text the longest counts."""
    total = 0
    for field in ("name", "description"):
        texts = [node.get(field) or "", *(node.get(f"{field}_localizations") or {}).values()]
        total += max(map(len, texts))
    for choice in node.get("choices") or []:
        names = [choice.get("name") or "", *(choice.get("name_localizations") or {}).values()]
        total += max(map(len, names)) + len(json.dumps(choice.get("value"), ensure_ascii=False).strip('"'))
    return total + sum(_weight(option) for option in node.get("options") or [])
