"""The gateway: websocket sessions that can be identified, heard, resumed and broken."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import zlib
from collections import deque
from enum import IntEnum, IntFlag
from typing import Any

from aiohttp import WSMsgType, web

from loopback import limits, payloads
from loopback.limits import Close
from loopback.permissions import Permission
from loopback.state import Json, Message
from loopback.world import Event, World

log = logging.getLogger(__name__)


class Op(IntEnum):
    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE_STATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Intent(IntFlag):
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
KNOWN_INTENTS = (1 << 26) - 1  # every intent that Discord has given out so far

# Event -> the intent that it needs in a guild, and in a direct message (None: always sent)
NEEDS: dict[str, tuple[Intent | None, Intent | None]] = {
    "INTERACTION_CREATE": (None, None),
    "GUILD_CREATE": (Intent.GUILDS, None),
    "GUILD_DELETE": (Intent.GUILDS, None),
    "CHANNEL_CREATE": (Intent.GUILDS, None),
    "CHANNEL_UPDATE": (Intent.GUILDS, None),
    "GUILD_MEMBER_ADD": (Intent.GUILD_MEMBERS, None),
    "MESSAGE_CREATE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_UPDATE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_DELETE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_REACTION_ADD": (Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
    "TYPING_START": (Intent.GUILD_MESSAGE_TYPING, Intent.DIRECT_MESSAGE_TYPING),
}


class Session:
    """What RESUME brings back: the sequence, the events since, and what the bot asked for."""

    def __init__(self, shard: int, shards: int, intents: Intent) -> None:
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.shards = shards
        self.intents = intents
        self.sequence = 0
        self.sent: deque[tuple[int, Json]] = deque(maxlen=limits.RESUME_BUFFER)
        self.connection: Connection | None = None
        self.left: float | None = None  # when its socket went

    def dispatch(self, name: str, data: Json) -> None:
        self.sequence += 1
        payload = {"op": Op.DISPATCH, "t": name, "s": self.sequence, "d": data}
        self.sent.append((self.sequence, payload))
        if self.connection:
            self.connection.send(payload)

    def replay(self, after: int) -> bool:
        """Send again what came after `after`; False when the buffer no longer reaches back so far."""
        if after > self.sequence or (self.sent and after < self.sent[0][0] - 1):
            return False
        missed = [payload for sequence, payload in self.sent if sequence > after]
        for payload in missed:
            if self.connection:
                self.connection.send(payload)
        return True


class Connection:
    """One websocket. `send` never waits: a writer task takes from a queue, in order."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None, *, compressed: bool) -> None:
        self.socket = socket
        self.transport = transport
        self.session: Session | None = None
        self.held = False
        self._deflate = zlib.compressobj() if compressed else None
        self._queue: asyncio.Queue[Json] = asyncio.Queue()
        self._go = asyncio.Event()
        self._go.set()
        self._received: deque[float] = deque()

    def send(self, payload: Json) -> None:
        self._queue.put_nowait(payload)

    def hold(self, held: bool) -> None:
        if held:
            self._go.clear()
        else:
            self._go.set()

    async def write(self) -> None:
        while True:
            payload = await self._queue.get()
            if payload["op"] == Op.DISPATCH:
                await self._go.wait()
            text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
            try:
                if self._deflate:
                    data = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(data)
                else:
                    await self.socket.send_str(text)
            except ConnectionError:
                return

    def too_fast(self, now: float) -> bool:
        """More than 120 messages in a minute from the bot."""
        self._received.append(now)
        while self._received[0] < now - 60:
            self._received.popleft()
        return len(self._received) > limits.GATEWAY_EVENTS_PER_MINUTE


class Gateway:
    """All sessions. Hears every change of the world and tells each session what its intents and shard entitle it to."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()
        self._held = False
        self.ignores_heartbeats = False
        self.url = ""  # set by the server
        self.identifies = 0  # how many sessions were begun, for session_start_limit and tests
        self.resumes = 0
        world.subscribe(self._on_event)

    @property
    def online(self) -> bool:
        """Whether a bot is connected and identified."""
        return any(connection.session for connection in self._connections)

    @property
    def sessions(self) -> list[Session]:
        """The sessions that can be heard or resumed."""
        return list(self._sessions.values())

    # The socket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        compress = request.query.get("compress")
        if compress not in (None, "zlib-stream") or request.query.get("encoding", "json") != "json":
            log.error("501: the loopback Discord does not implement the gateway with %s", request.query_string)
            return web.Response(status=501)
        socket = web.WebSocketResponse(max_msg_size=4096 * 4, autoping=True)
        await socket.prepare(request)
        connection = Connection(socket, request.transport, compressed=compress == "zlib-stream")
        connection.hold(self._held)
        self._connections.add(connection)
        writer = asyncio.create_task(connection.write(), name="loopback gateway writer")
        connection.send({"op": Op.HELLO, "t": None, "s": None, "d": {"heartbeat_interval": limits.HEARTBEAT_MS}})
        try:
            await self._listen(connection)
        finally:
            writer.cancel()
            self._connections.discard(connection)
            if connection.session and connection.session.connection is connection:
                connection.session.connection = None
                connection.session.left = self._world.clock.now()
                self._world.publish(Event("bot_presence"))
        return socket

    async def _listen(self, connection: Connection) -> None:
        quiet_s = limits.HEARTBEAT_MS / 1000 * 1.5
        while True:
            try:
                message = await connection.socket.receive(timeout=quiet_s)
            except TimeoutError:
                await connection.socket.close(code=Close.SESSION_TIMED_OUT, message=b"Session timed out.")
                return
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            code = self._receive(connection, message.data)
            if code is not None:
                await connection.socket.close(code=code)
                return

    def _receive(self, connection: Connection, raw: str | bytes) -> int | None:
        """Act on one message of the bot; the code to close the socket with, if any."""
        if connection.too_fast(self._world.clock.now()):
            return Close.RATE_LIMITED
        try:
            payload = json.loads(raw)
            op, data = payload["op"], payload.get("d")
        except (ValueError, KeyError, TypeError):
            return Close.DECODE_ERROR
        if op == Op.HEARTBEAT:
            if not self.ignores_heartbeats:
                connection.send({"op": Op.HEARTBEAT_ACK, "t": None, "s": None, "d": None})
            return None
        if op == Op.IDENTIFY:
            return Close.ALREADY_AUTHENTICATED if connection.session else self._identify(connection, data)
        if op == Op.RESUME:
            return Close.ALREADY_AUTHENTICATED if connection.session else self._resume(connection, data)
        if connection.session is None:
            return Close.NOT_AUTHENTICATED
        if op == Op.REQUEST_MEMBERS:
            self._send_members(connection.session, data)
        elif op not in (Op.PRESENCE, Op.VOICE_STATE):
            return Close.UNKNOWN_OPCODE
        elif op == Op.VOICE_STATE:
            log.error("The loopback Discord has no voice: VOICE_STATE was dropped")
        return None

    # Sessions

    def _identify(self, connection: Connection, data: Any) -> int | None:
        app = self._world.application
        if data.get("token") != app.token:
            return Close.AUTHENTICATION_FAILED
        shard, shards = data.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            return Close.INVALID_SHARD
        if data.get("intents") is None or data["intents"] & ~KNOWN_INTENTS:
            return Close.INVALID_INTENTS
        intents = Intent(data["intents"])
        if intents & PRIVILEGED & ~Intent(app.privileged_intents):
            return Close.DISALLOWED_INTENTS
        session = Session(shard, shards, intents)
        self._sessions[session.id] = session
        self._attach(connection, session)
        self.identifies += 1
        guilds = [g for g in self._world.guilds.values() if g.has_bot and self._shard_of(g.id, shards) == shard]
        session.dispatch(
            "READY",
            {
                "v": 10,
                "user": payloads.own_user(app.bot),
                "guilds": [{"id": str(g.id), "unavailable": True} for g in guilds],
                "session_id": session.id,
                "resume_gateway_url": self.url,
                "session_type": "normal",
                "shard": [shard, shards],
                "private_channels": [],
                "application": {"id": str(app.id), "flags": 0},
            },
        )
        if intents & Intent.GUILDS:
            for guild in guilds:
                body = payloads.guild_create(self._world, guild, all_members=bool(intents & Intent.GUILD_MEMBERS))
                session.dispatch("GUILD_CREATE", body)
        self._world.publish(Event("bot_presence"))
        return None

    def _resume(self, connection: Connection, data: Any) -> int | None:
        if data.get("token") != self._world.application.token:
            return Close.AUTHENTICATION_FAILED
        session = self._sessions.get(data.get("session_id"))
        gone_too_long = (
            session is not None
            and session.left is not None
            and self._world.clock.now() - session.left > limits.RESUME_S
        )
        if session is None or gone_too_long:
            connection.send(_invalid_session(resumable=False))
            return None
        self._attach(connection, session)
        if not session.replay(data.get("seq") or 0):
            self._detach(session)
            connection.send(_invalid_session(resumable=False))
            return None
        self.resumes += 1
        session.dispatch("RESUMED", {})
        self._world.publish(Event("bot_presence"))
        return None

    def _attach(self, connection: Connection, session: Session) -> None:
        connection.session = session
        session.connection = connection
        session.left = None

    def _detach(self, session: Session) -> None:
        self._sessions.pop(session.id, None)
        if session.connection:
            session.connection.session = None
            session.connection = None

    @staticmethod
    def _shard_of(guild_id: int | None, shards: int) -> int:
        return (guild_id >> 22) % shards if guild_id is not None else 0  # direct messages go to shard 0

    # Events

    def _on_event(self, event: Event) -> None:
        if event.name not in NEEDS:
            return  # one of ours, for page and driver
        body: Json | None = None
        for session in self._sessions.values():
            if not self._entitled(session, event):
                continue
            if body is None:
                body = self._body(event)
            session.dispatch(event.name, self._as_seen_by(session, event, body))

    def _entitled(self, session: Session, event: Event) -> bool:
        world = self._world
        guild = world.guilds.get(event.guild_id) if event.guild_id is not None else None
        if self._shard_of(event.guild_id, session.shards) != session.shard:
            return False
        if event.name == "INTERACTION_CREATE":
            return True
        if guild is not None and not guild.has_bot and event.name != "GUILD_DELETE":
            return False
        if event.channel_id is not None:
            place = world.channels[event.channel_id]
            if not world.permissions(world.application.id, place) & Permission.VIEW_CHANNEL:
                return False
        in_guild, in_dm = NEEDS[event.name]
        ephemeral = event.message is not None and event.message.ephemeral
        if ephemeral and event.message and event.message.author_id != world.application.id:
            return False
        # An ephemeral message goes straight to the user and the bot: it is a direct message to the gateway.
        need = in_dm if guild is None or ephemeral else in_guild
        return need is None or bool(session.intents & need)

    def _body(self, event: Event) -> Json:
        world = self._world
        if event.interaction is not None:
            return payloads.interaction(world, event.interaction)
        if event.message is not None and event.name in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            return payloads.message_event(world, event.message)
        place = {"guild_id": str(event.guild_id)} if event.guild_id else {}
        if event.message is not None and event.name == "MESSAGE_DELETE":
            return {"id": str(event.message.id), "channel_id": str(event.channel_id)} | place
        if event.name == "GUILD_DELETE":
            return {"id": str(event.guild_id)}
        if event.name.startswith("CHANNEL_") and event.channel_id is not None:
            return payloads.channel(world, world.channels[event.channel_id])
        if event.name == "GUILD_MEMBER_ADD" and event.guild_id is not None and event.data:
            return payloads.member(world, world.guilds[event.guild_id].members[event.data["user_id"]]) | place
        return {"channel_id": str(event.channel_id)} | place | (event.data or {})

    def _as_seen_by(self, session: Session, event: Event, body: Json) -> Json:
        if event.name == "GUILD_CREATE" and event.guild_id is not None:
            all_members = bool(session.intents & Intent.GUILD_MEMBERS)
            return payloads.guild_create(self._world, self._world.guilds[event.guild_id], all_members=all_members)
        if event.message is not None and event.name in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            return body if self._may_read(session, event.message) else payloads.without_content(body)
        return body

    def _may_read(self, session: Session, message: Message) -> bool:
        bot_id = self._world.application.id
        return bool(
            session.intents & Intent.MESSAGE_CONTENT
            or message.author_id == bot_id
            or bot_id in message.mention_user_ids
            or self._world.channels[message.channel_id].guild_id is None
        )

    def _send_members(self, session: Session, data: Any) -> None:
        world = self._world
        guild = world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        wanted = {int(i) for i in data.get("user_ids") or []}
        query, most = (data.get("query") or "").lower(), data.get("limit") or 0
        if not wanted and not query and not session.intents & Intent.GUILD_MEMBERS:
            return  # the whole list needs the members intent
        members = [
            m
            for m in guild.members.values()
            if (m.user_id in wanted if wanted else world.users[m.user_id].username.startswith(query))
        ]
        members = members[:most] if most else members
        body = {
            "guild_id": str(guild.id),
            "members": [payloads.member(world, m) for m in members],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [str(i) for i in wanted if i not in guild.members],
        }
        session.dispatch("GUILD_MEMBERS_CHUNK", body | ({"nonce": data["nonce"]} if data.get("nonce") else {}))

    # Faults and closing

    def _of_shard(self, shard: int | None) -> list[Connection]:
        return [c for c in self._connections if shard is None or (c.session and c.session.shard == shard)]

    async def cut(self, *, shard: int | None = None) -> int:
        connections = self._of_shard(shard)
        for connection in connections:
            if connection.transport is not None:  # no close frame, as when a cable is pulled
                connection.transport.abort()
        await asyncio.sleep(0)
        return len(connections)

    def ask_to_reconnect(self, *, shard: int | None = None) -> None:
        for connection in self._of_shard(shard):
            connection.send({"op": Op.RECONNECT, "t": None, "s": None, "d": None})

    def invalidate(self, *, shard: int | None = None, resumable: bool) -> None:
        for connection in self._of_shard(shard):
            if connection.session and not resumable:
                self._detach(connection.session)
            connection.send(_invalid_session(resumable=resumable))

    def hold(self, held: bool) -> None:
        self._held = held
        for connection in self._connections:
            connection.hold(held)

    async def close(self) -> None:
        for connection in list(self._connections):
            await connection.socket.close(code=1001, message=b"loopback shuts down")


def _invalid_session(*, resumable: bool) -> Json:
    return {"op": Op.INVALID_SESSION, "t": None, "s": None, "d": resumable}
