"""Discord's rules for the forms that a bot sends: messages, embeds, autocomplete choices."""

from __future__ import annotations

from loopback import limits
from loopback.components import check_message_components
from loopback.errors import DiscordError, Form
from loopback.limits import Code
from loopback.state import Json, Message, MessageFlag

SETTABLE = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.COMPONENTS_V2


def check_message(payload: Json, files: dict[int, str], *, edited: Message | None = None, prefix: str = "") -> None:
    """Refuse a message that Discord would refuse: 50035 with the faults, 50006 when it is empty.

    `files` maps the index of each uploaded file to its name; `edited` is the message that the payload changes, whose
    parts count where the payload is silent; `prefix` is where the form sits in the request (`data.`).
    """
    form = Form()
    flags = MessageFlag(payload.get("flags") or 0)
    v2 = bool((flags | (edited.flags if edited else 0)) & MessageFlag.COMPONENTS_V2)
    form.length(f"{prefix}content", payload.get("content"), limits.CONTENT)
    form.length(f"{prefix}nonce", payload.get("nonce"), limits.NONCE)
    _check_embeds(form, payload.get("embeds") or [], f"{prefix}embeds")
    _check_attachments(form, payload.get("attachments") or [], files, f"{prefix}attachments")
    if v2:
        for field in ("content", "embeds"):
            if payload.get(field):
                form.fault(
                    f"{prefix}{field}",
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    "The 'content' and 'embeds' fields cannot be used with the IS_COMPONENTS_V2 flag",
                )
    check_message_components(form, payload.get("components") or [], v2, f"{prefix}components")
    form.refuse_if_faulty()
    if _is_empty(payload, files, edited):
        raise DiscordError(400, Code.EMPTY_MESSAGE, "Cannot send an empty message")


def _is_empty(payload: Json, files: dict[int, str], edited: Message | None) -> bool:
    def after(field: str) -> object:
        return payload[field] if field in payload or edited is None else getattr(edited, field)

    payload = (
        {"content": "", "embeds": [], "components": [], "attachments": []} | payload if edited is None else payload
    )
    return not (files or any(after(field) for field in ("content", "embeds", "components", "attachments")))


def _check_embeds(form: Form, embeds: list[Json], path: str) -> None:
    form.length(path, embeds, limits.EMBEDS)
    total = 0
    for i, embed in enumerate(embeds):
        at = f"{path}.{i}"
        texts = [
            ("title", embed.get("title"), limits.EMBED_TITLE),
            ("description", embed.get("description"), limits.EMBED_DESCRIPTION),
            ("footer.text", (embed.get("footer") or {}).get("text"), limits.EMBED_FOOTER),
            ("author.name", (embed.get("author") or {}).get("name"), limits.EMBED_AUTHOR),
        ]
        fields = embed.get("fields") or []
        form.length(f"{at}.fields", fields, limits.EMBED_FIELDS)
        for j, field in enumerate(fields):
            form.length(f"{at}.fields.{j}.name", field.get("name"), limits.EMBED_FIELD_NAME, least=1)
            form.length(f"{at}.fields.{j}.value", field.get("value"), limits.EMBED_FIELD_VALUE, least=1)
            total += len(field.get("name") or "") + len(field.get("value") or "")
        for name, text, most in texts:
            form.length(f"{at}.{name}", text, most)
            total += len(text or "")
        for name in ("image", "thumbnail"):
            url = (embed.get(name) or {}).get("url")
            if url is not None and not url.startswith(("http://", "https://", "attachment://")):
                form.fault(f"{at}.{name}.url", "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    if total > limits.EMBEDS_TOTAL:
        form.fault(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {limits.EMBEDS_TOTAL}")


def _check_attachments(form: Form, attachments: list[Json], files: dict[int, str], path: str) -> None:
    if max(len(attachments), len(files)) > limits.ATTACHMENTS:
        raise DiscordError(400, Code.TOO_MANY_ATTACHMENTS, "Maximum number of attachments in a message reached (10)")
    for i, attachment in enumerate(attachments):
        form.length(f"{path}.{i}.description", attachment.get("description"), limits.ALT_TEXT)


def check_choices(choices: list[Json]) -> None:
    """Autocomplete: 25 choices, each with a name of 1 to 100 characters."""
    form = Form()
    form.length("data.choices", choices, limits.CHOICES)
    for i, choice in enumerate(choices):
        form.length(f"data.choices.{i}.name", choice.get("name"), limits.CHOICE_TEXT, least=1)
        value = choice.get("value")
        if isinstance(value, str):
            form.length(f"data.choices.{i}.value", value, limits.CHOICE_TEXT, least=1)
        elif value is None:
            form.fault(f"data.choices.{i}.value", "BASE_TYPE_REQUIRED", "This field is required")
    form.refuse_if_faulty()
