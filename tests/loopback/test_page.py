"""The page's own server: who may use it, and words in every language."""

from __future__ import annotations

import json
import re
from typing import Any

import aiohttp
import pytest

from loopback import LoopbackDiscord, serve
from loopback.page import LOCALES, STATIC


@pytest.mark.parametrize("path", ["/", "/static/style.css", "/static/js/main.js", "/static/strings/zh-CN.json"])
async def test_static_files_are_served_with_a_strict_policy(server: LoopbackDiscord, path: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(server.origin + path) as answer:
        assert answer.status == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("headers", "token", "status"),
    [
        ({}, "wrong", 401),
        ({}, "", 401),
        ({"Origin": "http://evil.example"}, None, 403),
        ({"Origin": "null"}, None, 403),
        ({"Host": "evil.example:8642"}, None, 421),
    ],
)
async def test_stranger_is_turned_away(
    server: LoopbackDiscord, headers: dict[str, str], token: str | None, status: int
) -> None:
    query = {"token": server.page.token if token is None else token}
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(server.origin + "/page/socket", params=query, headers=headers)
        assert refused.value.status == status
        async with session.post(server.origin + "/page/upload", params=query, headers=headers) as answer:
            assert answer.status == status


async def test_page_under_a_foreign_name_is_not_served(server: LoopbackDiscord) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(server.origin, headers={"Host": "evil.example"}) as answer,
    ):
        assert answer.status == 421


async def test_no_file_outside_static_is_served(server: LoopbackDiscord) -> None:
    async with aiohttp.ClientSession() as session, session.get(server.origin + "/static/%2e%2e/page.py") as answer:
        assert answer.status == 404


async def test_server_refuses_to_listen_beyond_the_loopback_interface() -> None:
    with pytest.raises(ValueError, match="loopback"):
        LoopbackDiscord("0.0.0.0")


async def test_first_person_of_the_page_owns_the_bot_and_manages_its_server() -> None:
    async with serve(port=0) as discord:
        ada = discord.user("Ada")
        assert discord.world.application.owner_id == discord.guild.owner_id == ada.id


async def test_uploaded_page_is_downloaded_not_run(server: LoopbackDiscord) -> None:
    ada = server.user("Ada")
    said = await ada.say("", (b"<script>alert(1)</script>", "a.html"))
    async with aiohttp.ClientSession() as session, session.get(server.world.cdn.url(said.attachments[0])) as answer:
        assert answer.headers["Content-Disposition"] == "attachment"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_one_person_cannot_act_on_what_only_another_sees(server: LoopbackDiscord) -> None:
    server.user("Ada")
    grace = server.user("Grace")
    secret = await grace.say("secret")
    secret.only_for = grace.id
    async with aiohttp.ClientSession() as session, _tab(session, server) as tab:
        opened = await _ask(tab, "open", channel=str(server.channel.id))
        assert opened["ok"]["messages"] == []
        deleted = await _ask(tab, "delete", channel=str(server.channel.id), message=str(secret.id))
        assert deleted["error"]["reason"] == "unknown-message"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_of_the_page_is_in_every_language(locale: str) -> None:
    def read(name: str) -> dict[str, str]:
        return json.loads((STATIC / "strings" / f"{name}.json").read_text(encoding="utf-8"))

    def holes(text: str) -> set[str]:
        return set(re.findall(r"\{\w+\}", text))

    english, other = read("en-US"), read(locale)
    assert list(english) == list(other)
    assert [key for key in english if holes(english[key]) != holes(other[key])] == []


def test_page_uses_every_word_it_has_and_has_every_word_it_uses() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in [*STATIC.glob("js/*.js"), STATIC / "index.html"])
    used = set(re.findall(r"""\bt\(\s*["']([\w-]+)["']""", source)) | set(
        re.findall(r'data-t(?:-label)?="([\w-]+)"', source)
    )
    known = set(json.loads((STATIC / "strings" / "en-US.json").read_text(encoding="utf-8")))
    assert used - known == set()
    assert {key for key in known - used if f'"{key}"' not in source and not key.startswith("refused-")} == set()


def _tab(session: aiohttp.ClientSession, server: LoopbackDiscord) -> Any:
    return session.ws_connect(f"{server.origin}/page/socket?token={server.page.token}")


async def _ask(tab: aiohttp.ClientWebSocketResponse, what: str, **params: Any) -> Any:
    await tab.send_json({"id": 1, "do": what, **params})
    while True:
        answer = await tab.receive_json()
        if answer.get("re") == 1:
            return answer
