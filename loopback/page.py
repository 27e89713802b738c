"""The browser's side: static files, one websocket on which people act and hear, and uploads.

The page is a client of its own: it never speaks Discord's API. Everything but the static files needs the token of the
address, a Host of ours and, where the browser sends one, an Origin of ours.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from loopback import body, limits, payloads, people
from loopback.answer import json_answer
from loopback.body import Upload
from loopback.commands import NESTING, CommandType
from loopback.errors import DiscordError
from loopback.gateway import Gateway
from loopback.people import Refused
from loopback.permissions import Permission
from loopback.state import Channel, ChannelType, InteractionType, Json, Message, User
from loopback.world import Event, World

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
LOCALES = ("en-US", "zh-CN", "zh-TW")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; "
        "img-src 'self' data: blob: https:; media-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the token is in the address
    "Cache-Control": "no-cache",
}


class Page:
    """Serves the page. `token` is what the address must carry."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.token = secrets.token_urlsafe(16)
        self._world = world
        self._gateway = gateway
        self._hosts: set[str] = set()
        self._tabs: set[Tab] = set()
        world.subscribe(self._on_event)

    def allow(self, host: str, port: int) -> None:
        """The addresses under which the page may be asked for: with a name that leads elsewhere it is not."""
        self._hosts = {f"{name}:{port}" for name in (host, "127.0.0.1", "localhost")}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._index),
            web.get(r"/static/{name:[\w.\-/]+}", self._static),
            web.get("/page/socket", self._socket),
            web.post("/page/upload", self._upload),
        ]

    async def close(self) -> None:
        for tab in list(self._tabs):
            await tab.socket.close(code=1001)

    # Guarding

    def _check_host(self, request: web.Request) -> None:
        if request.host not in self._hosts:
            raise web.HTTPMisdirectedRequest(text="This server answers on the loopback interface only.\n")

    def _check(self, request: web.Request) -> None:
        self._check_host(request)
        origin = request.headers.get("Origin")
        if origin is not None and origin.removeprefix("http://") not in self._hosts:
            raise web.HTTPForbidden(text="Cross-origin requests are refused.\n")
        if not secrets.compare_digest(request.query.get("token", ""), self.token):
            raise web.HTTPUnauthorized(text="Open the page with the link that was printed at the start.\n")

    # Static files

    async def _index(self, request: web.Request) -> web.StreamResponse:
        self._check_host(request)
        return web.FileResponse(STATIC / "index.html", headers=HEADERS)

    async def _static(self, request: web.Request) -> web.StreamResponse:
        self._check_host(request)
        path = (STATIC / request.match_info["name"]).resolve()
        if not path.is_relative_to(STATIC) or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=HEADERS)

    # Uploads

    async def _upload(self, request: web.Request) -> web.Response:
        self._check(request)
        channel = self._world.channels.get(int(request.query.get("channel") or 0))
        if channel is None:
            raise web.HTTPNotFound
        try:
            files = (await body.read(request, limits.ATTACHMENT_BYTES)).files
            held = [people.upload(self._world, channel, f.data, f.filename) for f in files.values()]
        except Refused as refusal:
            return json_answer({"error": {"reason": refusal.reason, "detail": refusal.detail}}, 413)
        except DiscordError as error:
            return json_answer({"error": {"reason": "too-large", "detail": error.message}}, error.status)
        return json_answer([payloads.attachment(self._world, attachment) for attachment in held])

    # The socket

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        self._check(request)
        socket = web.WebSocketResponse(heartbeat=30, max_msg_size=1 << 20)
        await socket.prepare(request)
        tab = Tab(self._world, self._gateway, socket)
        self._tabs.add(tab)
        writer = asyncio.create_task(tab.write(), name="loopback page writer")
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    await tab.act(json.loads(message.data))
        finally:
            writer.cancel()
            self._tabs.discard(tab)
        return socket

    def _on_event(self, event: Event) -> None:
        for tab in self._tabs:
            tab.hear(event)


class Tab:
    """One open page, with the person who sits at it. Requests `{id, do, ...}` are answered `{re, ok | error}`."""

    def __init__(self, world: World, gateway: Gateway, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self._world = world
        self._gateway = gateway
        self._queue: asyncio.Queue[Json] = asyncio.Queue()
        self._user: User = next(u for u in world.users.values() if not u.bot)
        self._acts: dict[str, Callable[[Json], Awaitable[Any]]] = {
            "hello": self._hello,
            "be": self._be,
            "open": self._open,
            "commands": self._commands,
            "slash": self._slash,
            "autocomplete": self._autocomplete,
            "press": self._press,
            "submit": self._submit,
            "message_menu": self._message_menu,
            "user_menu": self._user_menu,
            "say": self._say,
            "delete": self._delete,
        }

    async def write(self) -> None:
        while True:
            try:
                await self.socket.send_str(json.dumps(await self._queue.get(), ensure_ascii=False))
            except ConnectionError:
                return

    async def act(self, request: Json) -> None:
        answer: Json = {"re": request.get("id")}
        try:
            answer["ok"] = await self._acts[request["do"]](request)
        except Refused as refusal:
            answer["error"] = {"reason": refusal.reason, "detail": refusal.detail}
        except DiscordError as error:
            answer["error"] = {"reason": "discord", "detail": error.message}
        except (KeyError, ValueError, TypeError):
            log.exception("The page asked for something that makes no sense: %s", request)
            answer["error"] = {"reason": "bad-request", "detail": str(request.get("do"))}
        self._queue.put_nowait(answer)

    # Who and where

    async def _hello(self, _: Json) -> Json:
        world = self._world
        return {
            "bot": self._person(world.application.bot) | {"online": self._gateway.online},
            "users": [self._person(user) for user in world.users.values() if not user.bot],
            "me": str(self._user.id),
            "places": self._places(),
        }

    async def _be(self, request: Json) -> Json:
        """Become another person, or change one's language."""
        self._user = self._world.users[int(request["user"])]
        if request.get("locale") in LOCALES:
            self._user.locale = request["locale"]
        return await self._hello(request)

    def _person(self, user: User) -> Json:
        guilds = [g for g in self._world.guilds.values() if user.id in g.members]
        managers = [g for g in guilds if self._manages(user, g.channel_ids)]
        return {
            "id": str(user.id),
            "name": user.display_name,
            "username": user.username,
            "locale": user.locale,
            "bot": user.bot,
            "manager": bool(managers),
            "installed": user.has_installed_app,
        }

    def _manages(self, user: User, channel_ids: list[int]) -> bool:
        return any(
            self._world.permissions(user.id, self._world.channels[i]) & Permission.MANAGE_GUILD for i in channel_ids
        )

    def _places(self) -> list[Json]:
        world = self._world
        guilds = [g for g in world.guilds.values() if self._user.id in g.members]
        places = [
            {
                "id": str(g.id),
                "name": g.name,
                "has_bot": g.has_bot,
                "channels": [self._channel(world.channels[i]) for i in g.channel_ids if self._sees(world.channels[i])],
                "roles": [payloads.role(role) for role in g.roles.values()],
                "members": [str(i) for i in g.members],
            }
            for g in guilds
        ]
        dm = {"id": "dm", "name": "", "has_bot": True, "roles": [], "members": [str(self._user.id)]}
        return [*places, dm | {"channels": [self._channel(world.dm_channel(self._user))]}]

    def _channel(self, channel: Channel) -> Json:
        return {
            "id": str(channel.id),
            "guild_id": str(channel.guild_id) if channel.guild_id else None,
            "dm": channel.type == ChannelType.DM,
            "name": channel.name or self._world.application.bot.username,
            "topic": channel.topic,
            "nsfw": channel.nsfw,
        }

    def _sees(self, channel: Channel) -> bool:
        return bool(self._world.permissions(self._user.id, channel) & Permission.VIEW_CHANNEL)

    def _at(self, request: Json) -> Channel:
        channel = self._world.channels[int(request["channel"])]
        if not self._sees(channel):
            raise Refused("missing-permissions", channel.name)
        return channel

    async def _open(self, request: Json) -> Json:
        channel = self._at(request)
        shown = list(self._world.messages_seen_by(self._user, channel))[-100:]
        rights = self._world.permissions(self._user.id, channel)
        return {
            "channel": self._channel(channel),
            "messages": [self._message(m) for m in shown],
            "commands": await self._commands(request),
            "may_write": bool(rights & Permission.SEND_MESSAGES),
            "may_delete": bool(rights & Permission.MANAGE_MESSAGES),
        }

    async def _commands(self, request: Json) -> list[Json]:
        channel = self._at(request)
        return [payloads.command(self._world, c) for c in people.commands_for(self._world, self._user, channel)]

    # What they do

    async def _slash(self, request: Json) -> Json:
        return self._begun(people.run(self._world, self._user, self._at(request), request["path"], request["values"]))

    async def _autocomplete(self, request: Json) -> Json:
        interaction = people.complete(
            self._world,
            self._user,
            self._at(request),
            request["path"],
            request["option"],
            request["typed"],
            request["values"],
        )
        # Not awaited on the socket's own task: the next letter must not wait for this answer.
        return self._begun(interaction)

    async def _press(self, request: Json) -> Json:
        message = self._message_of(request)
        values = request.get("values")
        return self._begun(people.press(self._world, self._user, message, request["custom_id"], values))

    async def _submit(self, request: Json) -> Json:
        opened_by = self._world.interactions[int(request["interaction"])]
        if opened_by.user_id != self._user.id:
            raise Refused("no-modal")
        return self._begun(people.submit(self._world, self._user, opened_by, request["values"]))

    async def _message_menu(self, request: Json) -> Json:
        return self._begun(people.run_on_message(self._world, self._user, self._message_of(request), request["name"]))

    async def _user_menu(self, request: Json) -> Json:
        target = self._world.users[int(request["target"])]
        return self._begun(people.run_on_user(self._world, self._user, self._at(request), target, request["name"]))

    async def _say(self, request: Json) -> Json:
        channel = self._at(request)
        held = [self._world.cdn.find(int(i)) for i in request.get("attachments") or []]
        files = [a for a in held if a is not None]
        uploads = [Upload(a.filename, await asyncio.to_thread(a.path.read_bytes)) for a in files]
        reply = channel.messages.get(int(request.get("reply_to") or 0))
        message = people.say(self._world, self._user, channel, request["content"], uploads, reply)
        self._world.cdn.forget(files)
        return {"message": str(message.id)}

    async def _delete(self, request: Json) -> None:
        """Delete one's own message, dismiss an ephemeral one, or, with the permission, delete another's."""
        message = self._message_of(request)
        channel = self._world.channels[message.channel_id]
        rights = self._world.permissions(self._user.id, channel)
        mine = message.author_id == self._user.id or message.only_for == self._user.id
        if not mine and not rights & Permission.MANAGE_MESSAGES:
            raise Refused("missing-permissions", channel.name)
        self._world.delete_message(message)

    def _message_of(self, request: Json) -> Message:
        message = self._at(request).messages.get(int(request["message"]))
        if message is None or not message.visible_to(self._user.id):
            raise Refused("unknown-message")
        return message

    @staticmethod
    def _begun(interaction: Any) -> Json:
        return {"interaction": str(interaction.id)}

    # What they hear

    def _message(self, message: Message) -> Json:
        """A message as the page draws it: Discord's own shape, and who ran which command."""
        shown = payloads.message(self._world, message)
        drawn: Json = {
            "ephemeral": message.ephemeral,
            "loading": message.loading,
            "pings_me": self._user.id in message.pinged_user_ids,
        }
        if (used := message.interaction) is not None:
            drawn["used"] = {"user": str(used.user_id)} | self._spelled(used.root.data)
        return shown | {"drawn": drawn}

    def _spelled(self, data: Json) -> Json:
        """The command above an answer: its `path` (`gallery add`) and, in the reader's language, its `label`."""
        command = self._world.commands.get(int(data.get("id") or 0))
        if "name" not in data or command is None:
            return {"path": data.get("name"), "label": data.get("name")}
        nodes, options = [command.payload], data.get("options") or []
        while options and options[0]["type"] in NESTING:
            name, options = options[0]["name"], options[0].get("options") or []
            nodes.append(next(o for o in nodes[-1]["options"] if o["name"] == name))
        locale = self._user.locale
        names = [(node.get("name_localizations") or {}).get(locale) or node["name"] for node in nodes]
        is_slash = command.type == CommandType.CHAT_INPUT
        path = " ".join(node["name"] for node in nodes) if is_slash else None
        return {"path": path, "label": ("/" if is_slash else "") + " ".join(names)}

    def hear(self, event: Event) -> None:
        if event.message is not None and event.channel_id is not None:
            if not event.message.visible_to(self._user.id) or not self._sees(self._world.channels[event.channel_id]):
                return
            kind = {"MESSAGE_CREATE": "message", "MESSAGE_UPDATE": "message", "MESSAGE_DELETE": "deleted"}.get(
                event.name
            )
            if kind is not None:
                news = {"event": kind, "channel": str(event.channel_id), "id": str(event.message.id)}
                self._queue.put_nowait(news | ({"message": self._message(event.message)} if kind == "message" else {}))
        elif event.name == "interaction_changed" and event.interaction and event.interaction.user_id == self._user.id:
            self._hear_interaction(event)
        elif event.name == "commands_changed":
            self._queue.put_nowait({"event": "commands"})
        elif event.name == "bot_presence":
            self._queue.put_nowait({"event": "bot", "online": self._gateway.online})
        elif event.name == "TYPING_START":
            self._queue.put_nowait({"event": "typing", "channel": str(event.channel_id)})

    def _hear_interaction(self, event: Event) -> None:
        interaction = event.interaction
        assert interaction is not None
        news: Json = {"event": "interaction", "id": str(interaction.id), "failed": interaction.failed}
        news["acknowledged"] = interaction.callback is not None
        if interaction.type == InteractionType.AUTOCOMPLETE:
            news["choices"] = interaction.choices
        if interaction.modal is not None:
            news["modal"] = interaction.modal
        self._queue.put_nowait(news)
