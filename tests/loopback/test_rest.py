"""Discord's rules and codes, asked of the REST API directly."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from loopback import LoopbackDiscord, Person, people
from loopback.limits import TOKEN_S, USER_INSTALL_FOLLOWUPS, Code
from loopback.state import Interaction, Message
from tests.loopback.minibot import png

Json = dict[str, Any]


class Client:
    """A bot that speaks bare HTTP, so that it can break rules that discord.py keeps."""

    def __init__(self, server: LoopbackDiscord, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session

    async def send(self, method: str, path: str, body: Any = None, files: list[bytes] | None = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {self.server.bot_token}"}
        data: Any = None
        if files is not None:
            data = aiohttp.FormData(quote_fields=False)
            data.add_field("payload_json", json.dumps(body or {}))
            for i, content in enumerate(files):
                data.add_field(f"files[{i}]", content, filename=f"{i}.png")
        elif body is not None:
            data = json.dumps(body)
            headers["Content-Type"] = "application/json"
        async with self.session.request(method, self.server.api_base + path, data=data, headers=headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def answer(self, interaction: Interaction, kind: int, data: Json | None = None) -> tuple[int, Any]:
        path = f"/interactions/{interaction.id}/{interaction.token}/callback?with_response=1"
        return await self.send("POST", path, {"type": kind} | ({"data": data} if data is not None else {}))

    def hook(self, interaction: Interaction, rest: str = "") -> str:
        return f"/webhooks/{self.server.world.application.id}/{interaction.token}{rest}"

    async def post(self, **payload: Any) -> tuple[int, Any]:
        return await self.send("POST", f"/channels/{self.server.channel.id}/messages", payload)


@pytest.fixture
async def client(server: LoopbackDiscord) -> AsyncIterator[Client]:
    server.limiter.enabled = False
    async with aiohttp.ClientSession() as session:
        client = Client(server, session)
        commands = [{"name": "go", "description": "Go", "integration_types": [0, 1], "contexts": [0, 1]}]
        status, _ = await client.send("PUT", f"/applications/{server.world.application.id}/commands", commands)
        assert status == 200
        yield client


@pytest.fixture
async def begun(client: Client, ada: Person) -> Interaction:
    return (await ada.slash("go")).interaction


def faults(body: Json) -> set[str]:
    """The `_errors` codes of a refused form."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "_errors":
                    found.update(error["code"] for error in value)
                else:
                    walk(value)

    walk(body.get("errors", {}))
    return found


# Interactions


async def test_answer_with_response_names_the_message(client: Client, begun: Interaction) -> None:
    status, body = await client.answer(begun, 4, {"content": "hi", "flags": 64})
    assert status == 200
    assert body["resource"]["message"]["content"] == "hi"
    assert body["interaction"]["response_message_ephemeral"] is True
    assert body["resource"]["message"]["flags"] == 64


async def test_answer_without_response_is_empty(client: Client, begun: Interaction) -> None:
    path = f"/interactions/{begun.id}/{begun.token}/callback"
    assert await client.send("POST", path, {"type": 5}) == (204, None)


async def test_second_answer_is_40060(client: Client, begun: Interaction) -> None:
    await client.answer(begun, 5)
    status, body = await client.answer(begun, 4, {"content": "again"})
    assert (status, body["code"]) == (400, Code.ALREADY_ACKNOWLEDGED)


async def test_refused_answer_leaves_the_interaction_open(client: Client, begun: Interaction) -> None:
    status, body = await client.answer(begun, 4, {"content": "x" * 2001})
    assert (status, body["code"], faults(body)) == (400, Code.INVALID_FORM, {"BASE_TYPE_MAX_LENGTH"})
    assert body["errors"]["data"]["content"]
    assert (await client.answer(begun, 4, {"content": "shorter"}))[0] == 200


async def test_answer_after_three_seconds_is_10062(client: Client, server: LoopbackDiscord, begun: Interaction) -> None:
    server.clock.advance(3.1)
    status, body = await client.answer(begun, 5)
    assert (status, body["code"]) == (404, Code.UNKNOWN_INTERACTION)


async def test_wrong_token_is_10062(client: Client, begun: Interaction) -> None:
    status, body = await client.send("POST", f"/interactions/{begun.id}/nonsense/callback", {"type": 5})
    assert (status, body["code"]) == (404, Code.UNKNOWN_INTERACTION)


async def test_command_cannot_be_answered_with_an_update(client: Client, begun: Interaction) -> None:
    status, body = await client.answer(begun, 7, {"content": "x"})
    assert (status, body["code"]) == (400, Code.INVALID_FORM)


async def test_followup_before_the_answer_is_10015(client: Client, begun: Interaction) -> None:
    status, body = await client.send("POST", client.hook(begun), {"content": "early"})
    assert (status, body["code"]) == (404, Code.UNKNOWN_WEBHOOK)


async def test_first_followup_takes_the_place_of_thinking(client: Client, begun: Interaction) -> None:
    _, deferred = await client.answer(begun, 5, {"flags": 64})
    _, first = await client.send("POST", client.hook(begun), {"content": "done"})
    assert first["id"] == deferred["resource"]["message"]["id"]
    assert first["flags"] == 64  # hidden as the deferral was, whatever the follow-up says
    _, second = await client.send("POST", client.hook(begun), {"content": "more"})
    assert second["message_reference"]["message_id"] == first["id"]
    assert second["flags"] == 0


@pytest.mark.parametrize(
    ("method", "rest"), [("PATCH", "/messages/@original"), ("GET", "/messages/@original"), ("POST", "")]
)
async def test_token_is_dead_after_a_quarter_of_an_hour(
    client: Client, server: LoopbackDiscord, begun: Interaction, method: str, rest: str
) -> None:
    await client.answer(begun, 5)
    server.clock.advance(TOKEN_S + 1)
    status, body = await client.send(method, client.hook(begun, rest), None if method == "GET" else {"content": "late"})
    assert (status, body["code"]) == (401, Code.INVALID_WEBHOOK_TOKEN)


async def test_deleted_original_cannot_be_edited(client: Client, begun: Interaction) -> None:
    await client.answer(begun, 4, {"content": "gone soon"})
    assert (await client.send("DELETE", client.hook(begun, "/messages/@original")))[0] == 204
    status, body = await client.send("PATCH", client.hook(begun, "/messages/@original"), {"content": "x"})
    assert (status, body["code"]) == (404, Code.UNKNOWN_MESSAGE)


async def test_followup_can_be_edited_and_anothers_message_not(client: Client, ada: Person, begun: Interaction) -> None:
    await client.answer(begun, 4, {"content": "one"})
    _, followup = await client.send("POST", client.hook(begun), {"content": "two"})
    path = client.hook(begun, f"/messages/{followup['id']}")
    assert (await client.send("PATCH", path, {"content": "2"}))[1]["content"] == "2"
    foreign = await ada.say("mine")
    status, body = await client.send("PATCH", client.hook(begun, f"/messages/{foreign.id}"), {"content": "yours"})
    assert (status, body["code"]) == (404, Code.UNKNOWN_MESSAGE)


async def test_user_installed_app_has_five_followups(client: Client, server: LoopbackDiscord) -> None:
    _, elsewhere = server.add_guild("Elsewhere", has_bot=False)
    begun = (await server.user("Tess", installed=True, channel=elsewhere).slash("go")).interaction
    await client.answer(begun, 4, {"content": "hi"})
    for _ in range(USER_INSTALL_FOLLOWUPS):
        assert (await client.send("POST", client.hook(begun), {"content": "more"}))[0] == 200
    status, body = await client.send("POST", client.hook(begun), {"content": "one too many"})
    assert (status, body["code"]) == (400, Code.FOLLOWUPS_EXHAUSTED)
    status, _ = await client.send("PATCH", client.hook(begun, "/messages/@original"), {"content": "edits go on"})
    assert status == 200


async def test_ephemeral_answer_is_out_of_reach_of_the_channel(
    client: Client, server: LoopbackDiscord, begun: Interaction
) -> None:
    _, body = await client.answer(begun, 4, {"content": "hidden", "flags": 64})
    message_id = body["resource"]["message"]["id"]
    path = f"/channels/{server.channel.id}/messages"
    assert (await client.send("GET", f"{path}/{message_id}"))[1]["code"] == Code.UNKNOWN_MESSAGE
    assert (await client.send("GET", path))[1] == []


async def test_autocomplete_takes_at_most_25_choices(client: Client, server: LoopbackDiscord, ada: Person) -> None:
    option = {"type": 3, "name": "word", "description": "A word", "autocomplete": True}
    path = f"/applications/{server.world.application.id}/commands"
    await client.send("POST", path, {"name": "ask", "description": "Ask", "options": [option]})
    begun = people.complete(server.world, ada.user, ada.channel, "ask", "word", "", {})
    many = [{"name": str(n), "value": str(n)} for n in range(26)]
    status, body = await client.answer(begun, 8, {"choices": many})
    assert (status, faults(body)) == (400, {"BASE_TYPE_MAX_LENGTH"})
    assert (await client.answer(begun, 8, {"choices": many[:25]}))[0] == 200


# Messages


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"content": "x" * 2001}, "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"title": "x" * 257}]}, "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 3500}, {"description": "x" * 3500}]}, "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"fields": [{"name": "a", "value": ""}]}]}, "BASE_TYPE_REQUIRED"),
        ({"embeds": [{"title": "x"}] * 11}, "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"image": {"url": "ftp://x"}}]}, "URL_TYPE_INVALID_URL"),
        ({"components": [{"type": 1, "components": []}]}, "BASE_TYPE_REQUIRED"),
        ({"components": [{"type": 2, "style": 1, "label": "x", "custom_id": "x"}]}, "BASE_TYPE_CHOICES"),
    ],
)
async def test_message_beyond_a_limit_is_refused(client: Client, payload: Json, code: str) -> None:
    status, body = await client.post(**payload)
    assert (status, body["code"]) == (400, Code.INVALID_FORM)
    assert code in faults(body)


def row(*components: Json) -> Json:
    return {"components": [{"type": 1, "components": list(components)}]}


def button(**given: Any) -> Json:
    return {"type": 2, "style": 2, "label": "x", "custom_id": "x"} | given


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (row(*(button(custom_id=str(n)) for n in range(6))), "BASE_TYPE_MAX_LENGTH"),
        (row(button(), button()), "COMPONENT_CUSTOM_ID_DUPLICATED"),
        (row(button(custom_id="x" * 101)), "BASE_TYPE_MAX_LENGTH"),
        (row(button(label="x" * 81)), "BASE_TYPE_MAX_LENGTH"),
        (row(button(label=None)), "BUTTON_COMPONENT_INVALID_EMPTY"),
        (
            row({"type": 2, "style": 5, "label": "x", "url": "https://x.y", "custom_id": "x"}),
            "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
        ),
        (
            row({"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}] * 2}),
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        ),
        (
            row({"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}]}, button()),
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        ),
    ],
)
async def test_component_beyond_a_limit_is_refused(client: Client, payload: Json, code: str) -> None:
    status, body = await client.post(content="x", **payload)
    assert status == 400
    assert code in faults(body)


async def test_components_v2_exclude_content(client: Client) -> None:
    text = {"type": 10, "content": "hello"}
    status, body = await client.post(content="x", components=[text], flags=1 << 15)
    assert (status, faults(body)) == (400, {"MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"})
    status, body = await client.post(components=[text], flags=1 << 15)
    assert (status, body["components"]) == (200, [{"type": 10, "content": "hello", "id": 1}])


async def test_empty_message_is_50006(client: Client) -> None:
    status, body = await client.post(content="")
    assert (status, body["code"]) == (400, Code.EMPTY_MESSAGE)


async def test_eleventh_file_is_refused(client: Client, server: LoopbackDiscord) -> None:
    path = f"/channels/{server.channel.id}/messages"
    status, body = await client.send("POST", path, {"content": "x"}, [png()] * 11)
    assert (status, body["code"]) == (400, Code.TOO_MANY_ATTACHMENTS)


async def test_file_of_the_guilds_own_limit_is_refused(client: Client, server: LoopbackDiscord) -> None:
    server.guild.attachment_bytes = 1000
    path = f"/channels/{server.channel.id}/messages"
    status, body = await client.send("POST", path, {}, [bytes(1001)])
    assert (status, body["code"]) == (413, Code.TOO_LARGE)
    assert (await client.send("POST", path, {}, [bytes(1000)]))[0] == 200


async def test_edit_keeps_listed_files_and_drops_the_rest(client: Client, server: LoopbackDiscord) -> None:
    path = f"/channels/{server.channel.id}/messages"
    _, sent = await client.send(
        "POST", path, {"attachments": [{"id": 0, "description": "alt"}, {"id": 1}]}, [png(), png()]
    )
    first = sent["attachments"][0]
    assert first["description"] == "alt"
    _, edited = await client.send("PATCH", f"{path}/{sent['id']}", {"attachments": [{"id": first["id"]}]})
    assert [a["id"] for a in edited["attachments"]] == [first["id"]]
    _, untouched = await client.send("PATCH", f"{path}/{sent['id']}", {"content": "words"})
    assert [a["id"] for a in untouched["attachments"]] == [first["id"]]


async def test_file_shown_in_an_embed_is_not_listed_again(client: Client, server: LoopbackDiscord) -> None:
    path = f"/channels/{server.channel.id}/messages"
    payload = {"embeds": [{"image": {"url": "attachment://0.png"}}], "attachments": [{"id": 0, "filename": "0.png"}]}
    _, sent = await client.send("POST", path, payload, [png(6, 4)])
    assert sent["attachments"] == []
    image = sent["embeds"][0]["image"]
    assert (image["width"], image["height"]) == (6, 4)
    async with client.session.get(image["url"]) as picture:
        assert await picture.read() == png(6, 4)


@pytest.mark.parametrize(
    ("allowed", "pinged", "everyone"),
    [(None, True, False), ({"parse": []}, False, False), ({"parse": ["users"]}, True, False)],
)
async def test_mentions_ping_only_whom_they_may(
    client: Client, server: LoopbackDiscord, ada: Person, allowed: Json | None, pinged: bool, everyone: bool
) -> None:
    payload = {"content": f"{ada.mention} @everyone"} | ({} if allowed is None else {"allowed_mentions": allowed})
    _, sent = await client.post(**payload)
    message = server.channel.messages[int(sent["id"])]
    assert (ada.id in message.pinged_user_ids, message.mention_everyone) == (pinged, everyone)


async def test_anothers_message_can_neither_be_edited_nor_deleted(client: Client, ada: Person) -> None:
    said = await ada.say("mine")
    path = f"/channels/{ada.channel.id}/messages/{said.id}"
    assert (await client.send("PATCH", path, {"content": "yours"}))[1]["code"] == Code.OTHERS_MESSAGE
    assert (await client.send("DELETE", path))[1]["code"] == Code.MISSING_PERMISSIONS


async def test_channel_without_permission_is_closed(client: Client, server: LoopbackDiscord) -> None:
    role = server.world.role(server.guild, "@everyone")
    bot = server.world.role(server.guild, "Semblance")
    role.permissions = bot.permissions = 1 << 10  # may look, not write
    assert (await client.post(content="x"))[1]["code"] == Code.MISSING_PERMISSIONS
    role.permissions = bot.permissions = 0
    assert (await client.post(content="x"))[1]["code"] == Code.MISSING_ACCESS


async def test_direct_message_to_one_who_takes_none_is_50007(
    client: Client, server: LoopbackDiscord, ada: Person
) -> None:
    status, channel = await client.send("POST", "/users/@me/channels", {"recipient_id": str(ada.id)})
    assert status == 200
    assert (await client.send("POST", f"/channels/{channel['id']}/messages", {"content": "hi"}))[0] == 200
    ada.user.accepts_dms = False
    status, body = await client.send("POST", f"/channels/{channel['id']}/messages", {"content": "hi"})
    assert (status, body["code"]) == (403, Code.CANNOT_DM)


async def test_sixth_message_in_five_seconds_meets_429(client: Client, server: LoopbackDiscord) -> None:
    server.limiter.enabled = True
    for _ in range(5):
        assert (await client.post(content="x"))[0] == 200
    status, body = await client.post(content="x")
    assert status == 429
    assert 0 < body["retry_after"] <= 5
    server.clock.advance(5)
    assert (await client.post(content="x"))[0] == 200


async def test_bare_request_without_the_bots_token_is_401(client: Client, server: LoopbackDiscord) -> None:
    server.world.application.token, token = "changed", server.bot_token
    client.server.world.application.token = "changed"
    async with client.session.get(server.api_base + "/users/@me", headers={"Authorization": f"Bot {token}"}) as answer:
        assert answer.status == 401


# Commands


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"name": "Big", "description": "x"}, "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "two words", "description": "x"}, "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "ok", "description": ""}, "BASE_TYPE_REQUIRED"),
        ({"name": "ok", "description": "x" * 101}, "BASE_TYPE_MAX_LENGTH"),
        (
            {"name": "ok", "description": "x", "name_localizations": {"zh-CN": "查 找"}},
            "APPLICATION_COMMAND_INVALID_NAME",
        ),
        (
            {
                "name": "ok",
                "description": "x",
                "options": [
                    {"type": 3, "name": "a", "description": "x"},
                    {"type": 3, "name": "b", "description": "x", "required": True},
                ],
            },
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        ),
        (
            {
                "name": "ok",
                "description": "x",
                "options": [
                    {
                        "type": 3,
                        "name": f"o{n}",
                        "description": "x" * 100,
                        "choices": [{"name": f"{m}" + "y" * 98, "value": f"{m}" + "z" * 98} for m in range(9)],
                    }
                    for n in range(5)
                ],
            },
            "APPLICATION_COMMAND_TOO_LARGE",
        ),
    ],
)
async def test_command_that_discord_refuses_is_refused(
    client: Client, server: LoopbackDiscord, command: Json, code: str
) -> None:
    status, body = await client.send("PUT", f"/applications/{server.world.application.id}/commands", [command])
    assert (status, body["code"]) == (400, Code.INVALID_FORM)
    assert code in faults(body)


async def test_hundred_and_first_command_is_30032(client: Client, server: LoopbackDiscord) -> None:
    many = [{"name": f"c{n}", "description": "x"} for n in range(101)]
    status, body = await client.send("PUT", f"/applications/{server.world.application.id}/commands", many)
    assert (status, body["code"]) == (400, Code.TOO_MANY_COMMANDS)


async def test_changed_command_keeps_its_id_and_gets_a_new_version(client: Client, server: LoopbackDiscord) -> None:
    path = f"/applications/{server.world.application.id}/commands"
    _, (before,) = await client.send("GET", path)
    _, (after,) = await client.send("PUT", path, [{"name": "go", "description": "Changed"}])
    assert after["id"] == before["id"]
    assert after["version"] != before["version"]


@pytest.mark.parametrize(
    ("modal", "code"),
    [
        ({"title": "x" * 46}, "BASE_TYPE_MAX_LENGTH"),
        ({"custom_id": "x" * 101}, "BASE_TYPE_MAX_LENGTH"),
        ({"components": []}, "BASE_TYPE_REQUIRED"),
        (
            {"components": [{"type": 18, "label": "x" * 46, "component": {"type": 4, "custom_id": "a", "style": 1}}]},
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            {"components": [{"type": 18, "label": "x", "component": {"type": 2, "custom_id": "a", "style": 1}}]},
            "BASE_TYPE_CHOICES",
        ),
    ],
)
async def test_modal_that_discord_refuses_is_refused(
    client: Client, begun: Interaction, modal: Json, code: str
) -> None:
    field = {"type": 18, "label": "x", "component": {"type": 4, "custom_id": "a", "style": 1}}
    status, body = await client.answer(begun, 9, {"title": "x", "custom_id": "m", "components": [field]} | modal)
    assert status == 400
    assert code in faults(body)


def test_message_is_visible_to_its_one_reader_only() -> None:
    hidden = Message(1, 2, 3, 0.0, only_for=7)
    assert (hidden.visible_to(7), hidden.visible_to(8)) == (True, False)
