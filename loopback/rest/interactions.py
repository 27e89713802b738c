"""The first answer to an interaction."""

from __future__ import annotations

from loopback import components, errors, limits, messages, payloads, validation
from loopback.body import Body
from loopback.errors import DiscordError, UnimplementedError
from loopback.limits import Code
from loopback.permissions import Permission
from loopback.rest.route import Call, Routes
from loopback.state import CallbackType, Interaction, InteractionType, Json, Message, MessageFlag

routes = Routes()

# Which interaction takes which answer. A modal may not answer a modal; an update needs a message to update.
ANSWERS = {
    InteractionType.COMMAND: {CallbackType.MESSAGE, CallbackType.DEFERRED_MESSAGE, CallbackType.MODAL},
    InteractionType.COMPONENT: {
        CallbackType.MESSAGE,
        CallbackType.DEFERRED_MESSAGE,
        CallbackType.DEFERRED_UPDATE,
        CallbackType.UPDATE_MESSAGE,
        CallbackType.MODAL,
    },
    InteractionType.AUTOCOMPLETE: {CallbackType.AUTOCOMPLETE},
    InteractionType.MODAL: {
        CallbackType.MESSAGE,
        CallbackType.DEFERRED_MESSAGE,
        CallbackType.DEFERRED_UPDATE,
        CallbackType.UPDATE_MESSAGE,
    },
}


@routes("POST", "/interactions/{interaction_id}/{interaction_token}/callback", needs_bot_token=False)
async def answer_interaction(call: Call) -> Json | None:
    interaction = _find(call)
    kind = _kind(interaction, call.body.payload)
    data = call.body.payload.get("data") or {}
    inner = Body(data, call.body.files)
    message = _act(call, interaction, kind, inner)
    interaction.callback = kind
    interaction.acknowledged = call.world.clock.now()
    interaction.original_id = message.id if message else interaction.message_id
    call.world.interaction_changed(interaction)
    return _receipt(call, interaction, kind, message) if call.flag("with_response") else None


def _find(call: Call) -> Interaction:
    """10062 for an unknown one or one that waited over 3 s; 40060 for one that has its answer."""
    world = call.world
    interaction = world.interactions.get(call.id("interaction_id"))
    if interaction is None or interaction.token != call.text("interaction_token"):
        raise errors.unknown_interaction()
    if interaction.callback is not None:
        raise errors.already_acknowledged()
    if interaction.failed or world.clock.now() - interaction.created > limits.ACKNOWLEDGE_S:
        raise errors.unknown_interaction()
    return interaction


def _kind(interaction: Interaction, payload: Json) -> CallbackType:
    given = payload.get("type")
    allowed = ANSWERS[interaction.type]
    if interaction.message_id is None:
        allowed = allowed - {CallbackType.DEFERRED_UPDATE, CallbackType.UPDATE_MESSAGE}
    if given not in [int(kind) for kind in allowed]:
        if given in (10, 12):  # premium required, launch activity
            raise UnimplementedError(f"interaction callback type {given}")
        names = ", ".join(str(int(kind)) for kind in sorted(allowed))
        fault = {"type": ("BASE_TYPE_CHOICES", f"Value of field 'type' must be one of ({names}).")}
        raise DiscordError(400, Code.INVALID_FORM, "Invalid Form Body", fault)
    return CallbackType(given)


def _act(call: Call, interaction: Interaction, kind: CallbackType, body: Body) -> Message | None:
    world = call.world
    if kind == CallbackType.AUTOCOMPLETE:
        choices = body.payload.get("choices") or []
        validation.check_choices(choices)
        interaction.choices = choices
        return None
    if kind == CallbackType.MODAL:
        components.check_modal(body.payload)
        interaction.modal = body.payload | {"components": components.numbered(body.payload["components"])}
        return None
    if kind == CallbackType.DEFERRED_UPDATE:
        return None
    if kind == CallbackType.UPDATE_MESSAGE:
        message = world.message(interaction.channel_id, interaction.message_id or 0)
        messages.edit(world, message, body, prefix="data.")
        return message
    origin = origin_of(call, interaction, body.payload)
    if kind == CallbackType.DEFERRED_MESSAGE:
        return messages.thinking(world, origin)
    return messages.create(world, origin, body, prefix="data.")


def origin_of(call: Call, interaction: Interaction, payload: Json) -> messages.Origin:
    """An answer's author is the bot; with the ephemeral flag only the asker sees it.

    Where members may not use external apps, an app that is only theirs answers them alone whatever it says.
    """
    channel = call.world.channel(interaction.channel_id)
    external = bool(call.world.permissions(interaction.user_id, channel) & Permission.USE_EXTERNAL_APPS)
    asked_for = MessageFlag(payload.get("flags") or 0) & MessageFlag.EPHEMERAL
    ephemeral = asked_for or (interaction.user_installed_only and not external)
    return messages.Origin(
        channel,
        call.world.application.id,
        interaction,
        interaction.user_id if ephemeral else None,
        interaction.message_id,
    )


def _receipt(call: Call, interaction: Interaction, kind: CallbackType, message: Message | None) -> Json:
    receipt: Json = {"interaction": {"id": str(interaction.id), "type": int(interaction.type)}}
    shown = message
    if kind == CallbackType.DEFERRED_UPDATE:
        shown = call.world.message(interaction.channel_id, interaction.message_id or 0)
    if shown is not None:
        receipt["interaction"] |= {
            "response_message_id": str(shown.id),
            "response_message_loading": shown.loading,
            "response_message_ephemeral": shown.ephemeral,
        }
        receipt["resource"] = {"type": int(kind), "message": payloads.message(call.world, shown)}
    return receipt
