"""Clients of Socket.IO 2: revision 3 of Engine.IO and revision 4 of Socket.IO, which python-socketio no longer speaks.

Sources: the engine.io-protocol and socket.io-protocol documents of these revisions. What differs from today's: the
client pings and the server answers; a poll carries packets that each have their length before them, counted in UTF-16
code units; the default namespace is connected by the server, so a client cannot say who it is when it connects. It says
so in the opening request (a header, the query, a cookie), or after it, by the event `authenticate`.

A socket is carried by polls, by a websocket, or first by the one and then by the other:

1. A client that polls opens a websocket beside it, and pings `probe` there; from now on packets are kept.
2. It gets a pong, and the poll that is under way ends with an empty packet.
3. It says `upgrade`; from then on everything goes by the websocket, what was kept first.

Text only: who sends binary packets or asks for JSONP is refused.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec
from aiohttp import WSMsgType, hdrs, web

from intercom.home.errors import IntercomError, InvalidInputError
from intercom.relay.fences import address_of
from intercom.relay.frames import TEXT, Answer, Frame, Listener, SocketServer, websocket_frame, websocket_head
from intercom.relay.strangers import Strangers
from intercom.relay.wire import encode, error_wire
from intercom.relay.wires import (
    BEHIND_BYTES,
    CLOSE_WITHIN_S,
    MOST_SOCKETS,
    MOST_STRANGERS,
    MOST_UNREAD_BYTES,
    MOST_WAITING_PACKETS,
    STRANGERS_LIVE_S,
    Tasks,
    Wire,
    Wires,
)

PING_EVERY_S: Final = 25.0
PING_WITHIN_S: Final = 20.0
"""A client that says nothing for as long as both together is gone."""

POLL_WAITS_S: Final = 25.0
UPGRADE_WITHIN_S: Final = 10.0
UPGRADING_POLL_WAITS_S: Final = 0.1
FAREWELL_LIVES_S: Final = 5.0
"""For so long a socket that was closed between two polls is kept, so that the next one is told."""

MOST_PACKETS_A_PAYLOAD: Final = 128
MOST_KEPT_PACKETS: Final = 256
MOST_WRONG_TRIES: Final = 3
LONGEST_NAMESPACE: Final = 128

_EMPTY: Final = b"6"
_CLOSE: Final = b"1"
_PONG: Final = b"3"
_CONNECTED: Final = b"40"
_DISCONNECTED: Final = b"41"
_REFUSED: Final = b"44"

_LENGTH: Final = re.compile(r"([0-9]{1,7}):")
_PACKET: Final = re.compile(r"([0-3])(?:(/[^,]*)(?:,|\Z))?([0-9]{0,15})(.*)", re.DOTALL)

_log = logging.getLogger(__name__)


# The codec


class Kind(StrEnum):
    """What a packet of Socket.IO is; those of them that a client may send."""

    CONNECT = "0"
    DISCONNECT = "1"
    EVENT = "2"
    ACKNOWLEDGEMENT = "3"


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketPacket:
    """A packet of Socket.IO.

    Attributes:
        namespace: without the query that clients put behind it.
        id: the number of the event that is to be acknowledged, or was.
        said: what an event tells, its name first; empty for all others.
    """

    kind: Kind
    namespace: str = "/"
    id: int | None = None
    said: tuple[Any, ...] = ()


def encode_payload(packets: Iterable[bytes]) -> bytes:
    """Return what a poll is answered with: each packet, in UTF-8, with its length in UTF-16 code units before it."""
    return b"".join([b"%d:%b" % (_utf16_length(packet), packet) for packet in packets])


def decode_payload(payload: bytes) -> list[str]:
    """Return the packets of a payload.

    Raises:
        ValueError: it is not UTF-8, not packets with the right length, or too many of them.
    """
    try:
        units = payload.decode().encode("utf-16-le")
        packets, at = [], 0
        while at < len(units):
            head = _LENGTH.match(units[at : at + 16].decode("utf-16-le", "replace"))
            length = int(head[1]) if head is not None else 0
            if head is None or length == 0:
                raise ValueError("expected each packet's length before it")
            start = at + 2 * head.end()
            at = start + 2 * length
            if at > len(units):
                raise ValueError("the payload is shorter than it says")
            packets.append(units[start:at].decode("utf-16-le"))
            if len(packets) > MOST_PACKETS_A_PAYLOAD:
                raise ValueError(f"expected at most {MOST_PACKETS_A_PAYLOAD} packets in a payload")
    except UnicodeError:
        raise ValueError("the payload is not text in UTF-8, or a length cuts a character in two") from None
    return packets


def decode_packet(text: str) -> SocketPacket:
    """Return the packet of Socket.IO that an Engine.IO message holds.

    Raises:
        ValueError: it is none that a client may send; binary ones are not.
    """
    parts = _PACKET.fullmatch(text)
    if parts is None:
        raise ValueError("expected connect, disconnect, event or acknowledgement, in text")
    kind, namespace = Kind(parts[1]), (parts[2] or "/").partition("?")[0]
    if len(namespace) > LONGEST_NAMESPACE:
        raise ValueError(f"expected a namespace of at most {LONGEST_NAMESPACE} characters")
    said: tuple[Any, ...] = ()
    if kind is Kind.EVENT:
        try:
            event = msgspec.json.decode(parts[4])
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            raise ValueError("an event that is not JSON") from None
        if not isinstance(event, list) or not event or not isinstance(event[0], str):
            raise ValueError("an event without a name")
        said = tuple(event)
    return SocketPacket(kind=kind, namespace=namespace, id=int(parts[3]) if parts[3] else None, said=said)


def _utf16_length(text: bytes) -> int:
    return len(text) if text.isascii() else len(text.decode().encode("utf-16-le")) // 2


# The server


class OldSocketServer:
    """Serves old clients for one listener, and lets another server serve all who are not."""

    def __init__(
        self, listener: Listener, newer: SocketServer, *, max_frame_bytes: int, strangers_by_address: int
    ) -> None:
        """`newer` is started and stopped along with this one; `strangers_by_address` may wait to be let in."""
        self._listener = listener
        self._newer = newer
        self._max_frame_bytes = max_frame_bytes
        self._sockets: dict[str, _Socket] = {}
        self._strangers = Strangers(most=MOST_STRANGERS, most_by_address=strangers_by_address)
        self._wires = Wires()
        self._tasks = Tasks()
        self._is_stopping = False

    def start(self) -> None:
        """Begin to look after sockets; in the running loop."""
        self._newer.start()
        self._tasks.own(self._look_after())

    async def stop(self) -> None:
        """Let nobody in any more, close all sockets and end every task, within about a second."""
        self._is_stopping = True
        for socket in list(self._sockets.values()):
            socket.end()
        await asyncio.gather(self._newer.stop(), self._wires.end())
        await self._tasks.end()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a request to the Socket.IO path.

        Raises:
            InvalidInputError: it is not what the protocol says, or a transport that is not served.
        """
        asked = request.query
        if asked.get("EIO") != "3":
            return await self._newer.serve(request)
        transport = asked.get("transport")
        if transport not in ("polling", "websocket"):
            raise InvalidInputError("expected the transport polling or websocket")
        if "j" in asked:
            raise InvalidInputError("JSONP is not served; poll with XMLHttpRequest instead")
        by_websocket = transport == "websocket"
        if request.method != hdrs.METH_GET and (by_websocket or request.method != hdrs.METH_POST):
            raise InvalidInputError("expected GET or, to send while polling, POST")
        sid = asked.get("sid")
        if sid is None:
            return await self._open(request, by_websocket=by_websocket)
        socket = self._sockets.get(sid)
        if socket is None:
            raise InvalidInputError("there is no socket with this sid")
        if by_websocket:
            return await self._upgrade(socket, request)
        if socket.wire is not None:
            raise InvalidInputError("this socket is served by a websocket")
        return await (self._poll(socket) if request.method == hdrs.METH_GET else self._take_in(socket, request))

    # Opening

    async def _open(self, request: web.Request, *, by_websocket: bool) -> web.StreamResponse:
        if request.method != hdrs.METH_GET:
            raise InvalidInputError("expected a sid")
        if self._is_stopping or len(self._sockets) - self._strangers.count >= MOST_SOCKETS:
            raise web.HTTPServiceUnavailable(text="too many sockets")
        if not by_websocket:
            socket = self._add(request)
            await self._greet(socket)
            return _text(encode_payload((socket.greeting(upgrades=("websocket",)), *self._tell(socket))))
        websocket, wire = await self._accept(request)
        if wire is None:
            return websocket
        with self._wires.serving(wire):
            socket = self._add(request)
            socket.wire = wire
            wire.write(websocket_frame(TEXT, socket.greeting()))
            await self._greet(socket)
            socket.flow()
            await self._listen(socket, websocket)
        return websocket

    def _add(self, request: web.Request) -> _Socket:
        socket = _Socket(self, request)
        self._sockets[socket.sid] = socket
        too_many = self._strangers.add(socket.sid, address_of(request), socket.opened_at)
        if too_many is not None:
            self._sockets[too_many].cut()
        return socket

    async def _accept(self, request: web.Request) -> tuple[web.WebSocketResponse, Wire | None]:
        websocket = web.WebSocketResponse(compress=False, max_msg_size=self._max_frame_bytes, timeout=CLOSE_WITHIN_S)
        await websocket.prepare(request)
        return websocket, None if request.transport is None else Wire(request.transport)

    async def _greet(self, socket: _Socket) -> None:
        """Let a client in by what its opening request holds; who brings no token may still authenticate."""
        token = _token_of(socket.request)
        try:
            await self._let_in(socket, None if token is None else {"token": token})
        except IntercomError as error:
            if token is not None:
                socket.put(_REFUSED + encode(error_wire(error)["error"]))
                socket.end()
                return
        socket.put_first(_CONNECTED)

    async def _let_in(self, socket: _Socket, said: object) -> None:
        await self._listener.connect(socket, socket.request, said)
        if socket.is_closed:
            self._listener.gone(socket)
        else:
            socket.is_known = True
            self._strangers.discard(socket.sid)

    # Polls

    async def _poll(self, socket: _Socket) -> web.Response:
        """Answer with what there is to tell, as soon as there is."""
        if socket.is_polling:
            socket.end()
            raise InvalidInputError("expected one poll at a time; the socket is closed")
        socket.is_polling = True
        try:
            await socket.wait_for_news()
        finally:
            socket.is_polling = False
        is_elsewhere = socket.wire is not None or (socket.is_upgrading and not socket.is_closed)
        packets = [] if is_elsewhere else self._tell(socket)
        return _text(encode_payload(packets or (_EMPTY,)))

    def _tell(self, socket: _Socket) -> list[bytes]:
        """Return what a poll is to be told; a socket that was told of its end is gone."""
        if socket.is_closed:
            self._sockets.pop(socket.sid, None)
        return socket.take_kept()

    async def _take_in(self, socket: _Socket, request: web.Request) -> web.Response:
        """Take the packets that a client posts; who sends what is none is closed."""
        if socket.is_closed or socket.is_posting:
            socket.end()
            raise InvalidInputError("expected one post at a time to an open socket; the socket is closed")
        socket.is_posting = True
        try:
            for packet in decode_payload(await _posted(request, at_most_bytes=self._max_frame_bytes)):
                self._take(socket, packet)
        except ValueError as error:
            _log.info("a socket posted what is not Socket.IO 2: %s", error)
            socket.end()
            raise InvalidInputError(str(error)) from None
        finally:
            socket.is_posting = False
        return _text(b"ok")

    # Websockets

    async def _upgrade(self, socket: _Socket, request: web.Request) -> web.StreamResponse:
        if socket.wire is not None or socket.is_probed or socket.is_closed:
            raise InvalidInputError("this socket cannot be upgraded")
        socket.is_probed = True
        try:
            websocket, wire = await self._accept(request)
            if wire is None:
                return websocket
            with self._wires.serving(wire):
                if await self._is_upgraded(socket, websocket, wire):
                    socket.wire = wire
                    socket.flow()
                    await self._listen(socket, websocket)
        finally:
            socket.is_probed = False
        return websocket

    async def _is_upgraded(self, socket: _Socket, websocket: web.WebSocketResponse, wire: Wire) -> bool:
        """Do what the head of this file tells; False when the client does not do its part."""
        try:
            async with asyncio.timeout(UPGRADE_WITHIN_S):
                if await _received(websocket) != "2probe":
                    return False
                wire.write(websocket_frame(TEXT, b"3probe"))
                socket.is_upgrading = True
                socket.news.set()
                return await _received(websocket) == "5" and not socket.is_closed and not self._is_stopping
        except TimeoutError:
            return False
        finally:
            socket.is_upgrading = False

    async def _listen(self, socket: _Socket, websocket: web.WebSocketResponse) -> None:
        try:
            while (text := await _received(websocket)) is not None:
                self._take(socket, text)
        except ValueError as error:
            _log.info("a socket sent what is not Socket.IO 2: %s", error)
        finally:
            socket.lose()

    # What clients say

    def _take(self, socket: _Socket, packet: str) -> None:
        """Take an Engine.IO packet, or raise ValueError."""
        if socket.is_closed:
            return
        socket.heard_at = asyncio.get_running_loop().time()
        kind, said = packet[:1], packet[1:]
        if kind == "4":
            self._hear(socket, decode_packet(said))
        elif kind == "2":
            socket.put(_PONG + said.encode())
        elif kind == "1":
            socket.end()
        elif kind not in ("3", "5", "6"):
            raise ValueError("expected a ping, a message or the end, in text")

    def _hear(self, socket: _Socket, packet: SocketPacket) -> None:
        if packet.kind is Kind.CONNECT and packet.namespace != "/":
            refusal = {"message": "there is only the default namespace", "code": "not_found"}
            socket.put(b"%b%b,%b" % (_REFUSED, packet.namespace.encode(), encode(refusal)))
        elif packet.namespace != "/":
            return
        elif packet.kind is Kind.DISCONNECT:
            socket.end()
        elif packet.kind is Kind.EVENT:
            event, *said = packet.said
            if socket.is_known:
                answer = self._listener.hear(socket, event, said)
                if isinstance(answer, bytes | tuple):
                    socket.answer(packet.id, answer)
                else:
                    self._tasks.own(self._answer_later(socket, packet.id, answer))
            elif event == "authenticate" and not socket.is_asking:
                socket.is_asking = True
                self._tasks.own(self._authenticate(socket, packet.id, said[0] if said else {}))

    async def _answer_later(self, socket: _Socket, id: int | None, answer: Coroutine[Any, Any, Answer]) -> None:  # noqa: A002
        socket.answer(id, await answer)

    async def _authenticate(self, socket: _Socket, id: int | None, said: object) -> None:  # noqa: A002
        try:
            await self._let_in(socket, said)
        except IntercomError as error:
            socket.wrong_tries += 1
            socket.answer(id, encode(error_wire(error)))
            if socket.wrong_tries >= MOST_WRONG_TRIES:
                socket.end()
        else:
            socket.answer(id, b"{}")
        finally:
            socket.is_asking = False

    # Looking after

    def forget(self, socket: _Socket) -> None:
        """Take note that a socket is closed; one that polls is kept until it was told."""
        self._strangers.discard(socket.sid)
        if socket.wire is not None:
            self._sockets.pop(socket.sid, None)
        if socket.is_known:
            socket.is_known = False
            self._listener.gone(socket)

    async def _look_after(self) -> None:
        """Drop strangers, those who are silent, and those who did not come for their farewell."""
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(1)
            now = clock()
            for sid in self._strangers.take_late(now - STRANGERS_LIVE_S):
                self._sockets[sid].cut()
            for socket in list(self._sockets.values()):
                if socket.is_closed:
                    if now - socket.closed_at > FAREWELL_LIVES_S:
                        self._sockets.pop(socket.sid, None)
                elif now - socket.heard_at > PING_EVERY_S + PING_WITHIN_S:
                    socket.cut()


class _Socket:
    """One client's socket and the way out to it.

    Attributes:
        request: the one that opened it.
        wire: its websocket; None while it polls.
        is_known: the listener has let it in.
        is_asking: the listener is about to decide whether to.
        is_probed, is_upgrading: a client that polls has opened a websocket beside it, and has pinged there.
        news: set when a poll that waits has a reason to end.
    """

    __slots__ = (
        "_flows", "_kept", "_kept_bytes", "_server", "closed_at", "heard_at", "is_asking", "is_closed", "is_known",
        "is_polling", "is_posting", "is_probed", "is_upgrading", "news", "opened_at", "request", "sid", "wire",
        "wrong_tries",
    )  # fmt: skip

    def __init__(self, server: OldSocketServer, request: web.Request) -> None:
        self.sid = secrets.token_urlsafe(15)
        self.request = request
        self.wire: Wire | None = None
        self.news = asyncio.Event()
        self.is_known = self.is_asking = self.is_closed = False
        self.is_polling = self.is_posting = self.is_probed = self.is_upgrading = False
        self.wrong_tries = 0
        self.opened_at = self.heard_at = self.closed_at = asyncio.get_running_loop().time()
        self._server = server
        self._flows = False
        self._kept: list[bytes] = []
        self._kept_bytes = 0

    # The way out, for the listener

    @property
    def backlog_bytes(self) -> int:
        if self._flows:
            assert self.wire is not None
            return self.wire.transport.get_write_buffer_size()
        return 0 if self.is_closed else self._kept_bytes

    def offer(self, frame: Frame) -> bool:
        if self._flows:
            assert self.wire is not None
            transport = self.wire.transport
            if transport.get_write_buffer_size() > BEHIND_BYTES:
                return False
            if not transport.is_closing():
                transport.write(frame.websocket)
            return True
        if len(self._kept) >= MOST_WAITING_PACKETS or self._kept_bytes > BEHIND_BYTES:
            return False
        if not self.is_closed:
            self._keep(frame.text)
        return True

    def close(self) -> None:
        """Put the client out: it does not come back by itself."""
        self.put(_DISCONNECTED)
        self.end()

    def cut(self) -> None:
        if self.is_closed:
            return
        self._kept = [_CLOSE]
        if self.wire is not None:
            self.wire.cut()
        self.lose()

    # The way out, for the server

    def greeting(self, *, upgrades: tuple[str, ...] = ()) -> bytes:
        """Return the packet that opens the socket."""
        said = {
            "sid": self.sid,
            "upgrades": upgrades,
            "pingInterval": round(PING_EVERY_S * 1000),
            "pingTimeout": round(PING_WITHIN_S * 1000),
        }
        return b"0" + encode(said)

    def put(self, *pieces: bytes) -> None:
        """Send a packet that cannot be left out; who has not read what came before is cut."""
        if self.is_closed:
            return
        if self._flows:
            assert self.wire is not None
            self.wire.write(websocket_head(TEXT, sum(map(len, pieces))), *pieces)
        elif self._kept_bytes > MOST_UNREAD_BYTES or len(self._kept) >= MOST_KEPT_PACKETS:
            self.cut()
        else:
            self._keep(b"".join(pieces))

    def put_first(self, packet: bytes) -> None:
        """Send it before all that is kept."""
        if not self.is_closed:
            self._kept.insert(0, packet)

    def answer(self, id: int | None, said: Answer) -> None:  # noqa: A002
        """Acknowledge an event, if the client asked for it."""
        if id is not None:
            pieces = (said,) if isinstance(said, bytes) else said
            self.put(b"43%d[" % id, *pieces, b"]")

    def end(self) -> None:
        """Close it after what was sent; the client may come back."""
        if self.is_closed:
            return
        self.put(_CLOSE)
        if self.wire is not None:
            self.flow()
            self.wire.close()
        self.lose()

    def lose(self) -> None:
        """Take note that it is closed."""
        if self.is_closed:
            return
        self.is_closed = True
        self.closed_at = asyncio.get_running_loop().time()
        self.news.set()
        self._server.forget(self)

    def flow(self) -> None:
        """Send what is kept, and from now on everything, by the websocket."""
        if self._flows or self.is_closed:
            return
        assert self.wire is not None
        self._flows = True
        for packet in self.take_kept():
            self.wire.write(websocket_frame(TEXT, packet))

    def take_kept(self) -> list[bytes]:
        """Return what is kept, which is from now on the caller's to send."""
        kept, self._kept, self._kept_bytes = self._kept, [], 0
        return kept

    async def wait_for_news(self) -> None:
        """Return when a poll has something to tell, or has waited long enough."""
        if self.is_closed or (self._kept and not self.is_upgrading):
            return
        self.news.clear()
        try:
            async with asyncio.timeout(UPGRADING_POLL_WAITS_S if self.is_upgrading else POLL_WAITS_S):
                await self.news.wait()
        except TimeoutError:
            return

    def _keep(self, packet: bytes) -> None:
        self._kept.append(packet)
        self._kept_bytes += len(packet)
        self.news.set()


def _token_of(request: web.Request) -> str | None:
    """Return the access token that the opening request holds, the better kept places first; None when it is empty."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.headers.get("x-access-token") or request.query.get("token") or None


async def _posted(request: web.Request, *, at_most_bytes: int) -> bytes:
    """Return what was posted; ValueError when it is binary or too much."""
    if request.content_type == "application/octet-stream":
        raise ValueError("expected text: binary payloads are not served")
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > at_most_bytes:
            raise ValueError(f"expected a payload of at most {at_most_bytes} bytes")
    return bytes(body)


def _text(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="text/plain", charset="utf-8")


async def _received(websocket: web.WebSocketResponse) -> str | None:
    """Return the next text; None at the end, and for what is binary."""
    message = await websocket.receive()
    return message.data if message.type is WSMsgType.TEXT else None
