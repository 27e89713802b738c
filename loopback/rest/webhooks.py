"""After the first answer: the original response and follow-ups, by the interaction's token."""

from __future__ import annotations

import dataclasses

from loopback import errors, limits, messages, payloads
from loopback.errors import DiscordError, UnimplementedError
from loopback.limits import Code
from loopback.rest.interactions import origin_of
from loopback.rest.route import Call, Routes
from loopback.state import CallbackType, Interaction, Json, Message

routes = Routes()
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
ORIGINAL = WEBHOOK + "/messages/@original"
ONE = WEBHOOK + "/messages/{message_id}"


@routes("POST", WEBHOOK, needs_bot_token=False, rate=limits.WEBHOOK)
async def send_followup(call: Call) -> Json:
    interaction = _interaction(call)
    original = _held(call, interaction, interaction.original_id)
    if original is not None and original.loading and original.interaction is interaction:
        # The first follow-up after a deferral takes the place of "is thinking...", and its visibility.
        messages.edit(call.world, original, call.body)
        return payloads.message(call.world, original)
    if interaction.user_installed_only and interaction.followups_sent >= limits.USER_INSTALL_FOLLOWUPS:
        raise DiscordError(
            400, Code.FOLLOWUPS_EXHAUSTED, "This interaction has reached the maximum number of follow up messages"
        )
    origin = origin_of(call, interaction, call.body.payload)
    if original is not None:
        origin = dataclasses.replace(origin, replies_to=original.id)
    message = messages.create(call.world, origin, call.body)
    interaction.followups_sent += 1
    interaction.followup_ids.append(message.id)
    call.world.interaction_changed(interaction)
    return payloads.message(call.world, message)


@routes("GET", ORIGINAL, needs_bot_token=False, rate=limits.WEBHOOK)
@routes("GET", ONE, needs_bot_token=False, rate=limits.WEBHOOK)
async def get_response(call: Call) -> Json:
    return payloads.message(call.world, _message(call))


@routes("PATCH", ORIGINAL, needs_bot_token=False, rate=limits.WEBHOOK)
@routes("PATCH", ONE, needs_bot_token=False, rate=limits.WEBHOOK)
async def edit_response(call: Call) -> Json:
    message = _message(call)
    messages.edit(call.world, message, call.body)
    return payloads.message(call.world, message)


@routes("DELETE", ORIGINAL, needs_bot_token=False, rate=limits.WEBHOOK)
@routes("DELETE", ONE, needs_bot_token=False, rate=limits.WEBHOOK)
async def delete_response(call: Call) -> None:
    call.world.delete_message(_message(call))


def _interaction(call: Call) -> Interaction:
    """The acknowledged interaction of the token: 10015 when there is none, 50027 after its quarter of an hour."""
    interaction = call.world.interaction_by_token(call.text("webhook_token"))
    if call.id("webhook_id") != call.world.application.id:
        raise UnimplementedError("webhooks other than the application's own")
    if interaction is None:
        raise errors.invalid_webhook_token()
    expired = call.world.clock.now() - interaction.created > limits.TOKEN_S
    if expired or interaction.token_revoked:
        raise errors.invalid_webhook_token()
    if interaction.callback in (None, CallbackType.AUTOCOMPLETE):
        raise errors.unknown_webhook()
    return interaction


def _message(call: Call) -> Message:
    interaction = _interaction(call)
    wanted = interaction.original_id
    if "message_id" in call.request.match_info:
        wanted = call.id("message_id")
    message = _held(call, interaction, wanted)
    mine = message is not None and (wanted == interaction.original_id or wanted in interaction.followup_ids)
    if message is None or not mine:
        raise errors.unknown_message()
    return message


def _held(call: Call, interaction: Interaction, message_id: int | None) -> Message | None:
    return call.world.channel(interaction.channel_id).messages.get(message_id or 0)
