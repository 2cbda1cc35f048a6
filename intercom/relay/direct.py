"""Socket.IO with the shortest way out: the one module that leans on private parts of its libraries.

python-socketio sends an event by a task, a queue and a timer for each client, and runs each event handler in a task
that nobody owns. Here a finished frame goes straight to each websocket's transport, and every task is owned and ended
by `stop`. What that takes, each of it watched by `what_moved` and the tests:

- python-engineio takes a websocket driver from a table. Ours serves the socket's messages itself and, once the socket
  is upgraded, puts a stand-in where the socket's queue was: a packet that is put there is on the wire already. So
  nothing can be overtaken, whoever sends it: pings, answers and frames leave in the order in which they were put.
- Frames are written to the transport behind aiohttp's back. Its own writer puts out a whole frame in one step, and
  without compression it keeps nothing, so frames never mix.
- python-socketio dispatches events in one method, which is replaced; so is the method by which its Engine.IO server
  starts tasks.
- Clients that poll keep python-engineio's own queue, and so does everything that is still to be upgraded.

When one of these is moved by a new version, `stock` serves instead, by public ways only.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Coroutine, Mapping
from typing import Any, Final

import engineio
import socketio
from aiohttp import WSMsgType, hdrs, web
from engineio.async_drivers.aiohttp import WebSocket
from engineio.async_socket import AsyncSocket
from engineio.packet import CLOSE as CLOSE_PACKET
from engineio.packet import MESSAGE, NOOP, Packet
from engineio.payload import Payload

from intercom.home.errors import IntercomError
from intercom.relay import frames
from intercom.relay.fences import address_of
from intercom.relay.frames import Answer, Frame, Listener, websocket_frame, websocket_head
from intercom.relay.strangers import Strangers
from intercom.relay.wire import refusal_wire
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

UPGRADE_WITHIN_S: Final = 9.0

_NONSENSE: Final = (ValueError, LookupError, RecursionError, engineio.exceptions.EngineIOError)
"""What python-engineio raises for packets that are none."""

_log = logging.getLogger(__name__)
_quiet = logging.getLogger(f"{__name__}.library")
_quiet.setLevel(logging.ERROR)
_quiet.addFilter(lambda record: record.exc_info is not None)  # bugs only: strangers' nonsense is not worth a line


class DirectServer(socketio.AsyncServer):  # type: ignore[misc]  # python-socketio is untyped
    """A Socket.IO server for one listener; it serves the default namespace and text only."""

    def __init__(self, listener: Listener, *, max_frame_bytes: int, strangers_by_address: int) -> None:
        """`strangers_by_address` is how many sockets of one address may wait at once for being let in."""
        super().__init__(
            async_mode="aiohttp",
            cors_allowed_origins=[],  # the relay checks origins itself, for all routes
            max_http_buffer_size=max_frame_bytes,
            http_compression=False,
            logger=_quiet,
            engineio_logger=_quiet,
        )
        self.eio._async = {**self.eio._async, "websocket": _WebSocket}
        self.on("connect", self._let_in)
        self.on("disconnect", self._let_out)
        self._listener = listener
        self._outlets: dict[str, _Outlet] = {}
        self._strangers = Strangers(most=MOST_STRANGERS, most_by_address=strangers_by_address)
        self._is_stopping = False

    def start(self) -> None:
        """Begin to look after sockets; in the running loop."""
        self.eio.tasks.own(self._drop_strangers())

    async def stop(self) -> None:
        """Let nobody in any more, close all sockets and end every task, within about a second."""
        self._is_stopping = True
        for socket in list(self.eio.sockets.values()):
            await socket.close(wait=False)
        await self.eio.wires.end()
        await self.shutdown()
        await self.eio.tasks.end()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a request to the Socket.IO path."""
        if "sid" not in request.query and (self._is_stopping or len(self._outlets) >= MOST_SOCKETS):
            raise web.HTTPServiceUnavailable(text="too many sockets")
        if request.method == hdrs.METH_POST:
            return await self._take_post(request)
        response: web.StreamResponse = await self.handle_request(request)
        return response

    # What python-socketio calls

    def _engineio_server_class(self) -> type[engineio.AsyncServer]:
        return _Engine

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        self._is_stranger(eio_sid, environ)
        await super()._handle_eio_connect(eio_sid, environ)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        await super()._handle_eio_disconnect(eio_sid, reason)
        self._strangers.discard(eio_sid)
        self._forget(eio_sid)
        # Else a poll would wait on for a client that is gone; soon, since a farewell may still be put.
        asyncio.get_running_loop().call_soon(self.eio.sockets[eio_sid].queue.put_nowait, None)

    async def _handle_eio_message(self, eio_sid: str, data: object) -> None:
        """Take a Socket.IO packet; who sends anything else is cut."""
        if eio_sid not in self.environ:
            return  # it has gone, and this came after its farewell
        try:
            await super()._handle_eio_message(eio_sid, _checked(data))
        except (ValueError, RecursionError) as error:
            _log.info("a socket sent what is not Socket.IO: %s", error)
            self._cut(eio_sid)

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: object) -> None:  # noqa: A002
        outlet = self._outlets.get(eio_sid)
        if outlet is None:
            return  # it was not let in
        if not isinstance(data, list) or not data or not isinstance(data[0], str):
            raise ValueError("an event without a name")
        answer = self._listener.hear(outlet, data[0], data[1:])
        if isinstance(answer, bytes | tuple):
            outlet.answer(id, answer)
        else:
            self.eio.tasks.own(self._answer_later(outlet, id, answer))

    # Inside

    async def _take_post(self, request: web.Request) -> web.Response:
        """Take the packets that a client which polls has posted; who posts anything else is cut.

        python-engineio would believe the client how long the body is, and take the first piece of it for the whole.
        """
        socket = self.eio.sockets.get(request.query.get("sid", ""))
        if socket is None or socket.closed or not socket.connected or socket.upgraded:
            raise web.HTTPBadRequest(reason="there is no such socket, or it does not poll")
        try:
            body = await request.read()
            if len(body) > self.eio.max_http_buffer_size:
                raise web.HTTPRequestEntityTooLarge(self.eio.max_http_buffer_size, len(body))
            for packet in Payload(encoded_payload=body.decode()).packets:
                await socket.receive(packet)
        except _NONSENSE as error:
            _log.info("a socket posted what is not Socket.IO: %s", error)
            self._cut(socket.sid)
            raise web.HTTPBadRequest(reason="this is not Socket.IO") from error
        return web.Response(text="OK")

    async def _answer_later(self, outlet: _Outlet, id: int | None, answer: Coroutine[Any, Any, Answer]) -> None:  # noqa: A002
        outlet.answer(id, await answer)

    async def _let_in(self, sid: str, environ: Mapping[str, Any], said: object) -> None:
        eio_sid = self.manager.eio_sid_from_sid(sid, "/")
        outlet = _Outlet(self.eio, self.eio.sockets[eio_sid])
        try:
            await self._listener.connect(outlet, environ["aiohttp.request"], said)
        except IntercomError as error:
            raise socketio.exceptions.ConnectionRefusedError(str(error), refusal_wire(error)) from error
        self._outlets[eio_sid] = outlet
        self._strangers.discard(eio_sid)
        if eio_sid not in self.environ:
            self._forget(eio_sid)
            raise socketio.exceptions.ConnectionRefusedError("it was closed meanwhile")

    async def _let_out(self, sid: str, _reason: str) -> None:
        eio_sid = self.manager.eio_sid_from_sid(sid, "/")
        self._is_stranger(eio_sid, self.environ[eio_sid])
        self._forget(eio_sid)

    def _forget(self, eio_sid: str) -> None:
        outlet = self._outlets.pop(eio_sid, None)
        if outlet is not None:
            self._listener.gone(outlet)

    async def _drop_strangers(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(1)
            for eio_sid in self._strangers.take_late(clock() - STRANGERS_LIVE_S):
                self._cut(eio_sid)

    def _is_stranger(self, eio_sid: str, environ: Mapping[str, Any]) -> None:
        """Take note of a socket that nobody is let in by, in place of an older one where there are too many."""
        now = asyncio.get_running_loop().time()
        too_many = self._strangers.add(eio_sid, address_of(environ["aiohttp.request"]), now)
        if too_many is not None:
            self._cut(too_many)

    def _cut(self, eio_sid: str) -> None:
        socket = self.eio.sockets.get(eio_sid)
        if socket is not None:
            _Outlet(self.eio, socket).cut()


def what_moved() -> str | None:
    """Return which private part is not where it is looked for, or None when all are."""
    expected: tuple[tuple[object, str, tuple[str, ...]], ...] = (
        (WebSocket, "__init__", ("self", "handler", "server")),
        (WebSocket, "__call__", ("self", "environ")),
        (AsyncSocket, "receive", ("self", "pkt")),
        (AsyncSocket, "send", ("self", "pkt")),
        (AsyncSocket, "close", ("self", "wait", "abort", "reason")),
        (AsyncSocket, "_websocket_handler", ("self", "ws")),
        (AsyncSocket, "_upgrade_websocket", ("self", "environ")),
        (engineio.AsyncServer, "start_background_task", ("self", "target", "args", "kwargs")),
        (engineio.AsyncServer, "handle_request", ("self", "args", "kwargs")),
        (socketio.AsyncServer, "_engineio_server_class", ("self",)),
        (socketio.AsyncServer, "_handle_eio_connect", ("self", "eio_sid", "environ")),
        (socketio.AsyncServer, "_handle_eio_message", ("self", "eio_sid", "data")),
        (socketio.AsyncServer, "_handle_eio_disconnect", ("self", "eio_sid", "reason")),
        (socketio.AsyncServer, "_handle_event", ("self", "eio_sid", "namespace", "id", "data")),
        (socketio.AsyncManager, "eio_sid_from_sid", ("self", "sid", "namespace")),
    )
    for owner, name, parameters in expected:
        found = getattr(owner, name, None)
        if found is None or tuple(inspect.signature(found).parameters) != parameters:
            return f"{getattr(owner, '__qualname__', owner)}.{name}"
    engine = engineio.AsyncServer(async_mode="aiohttp", logger=_quiet)
    if engine._async.get("websocket") is not WebSocket:
        return "the table of websocket drivers"
    socket = AsyncSocket(engine, "")
    names = ("queue", "upgraded", "upgrading", "connected", "closed", "closing")
    missing = [name for name in names if name not in vars(socket)]
    return f"AsyncSocket.{missing[0]}" if missing else None


class _Engine(engineio.AsyncServer):  # type: ignore[misc]  # python-engineio is untyped
    """python-engineio's server, of which every task is known."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.wires = Wires()
        self.tasks = Tasks()

    def start_background_task(self, target: Any, *args: Any, **kwargs: Any) -> asyncio.Task[Any]:
        return self.tasks.own(target(*args, **kwargs))


class _Wire(Wire):
    """Stands where a socket's queue was: what is put here is on the websocket."""

    __slots__ = ()

    async def put(self, packet: Packet | None) -> None:
        self.put_nowait(packet)

    def put_nowait(self, packet: Packet | None) -> None:
        if packet is None:
            return
        encoded = packet.encode()
        if isinstance(encoded, str):
            self.write(websocket_frame(frames.TEXT, encoded.encode()))
        else:
            self.write(websocket_frame(frames.BINARY, encoded))
        if packet.packet_type == CLOSE_PACKET:
            self.close()

    async def join(self) -> None:
        """Nothing is ever left to be taken."""


class _WebSocket:
    """python-engineio's driver for one websocket: serves it to its end."""

    def __init__(self, handler: Any, server: _Engine) -> None:
        """`handler` is the socket's own method, of which only the socket is wanted."""
        self._socket: AsyncSocket = handler.__self__
        self._engine = server

    async def __call__(self, environ: Mapping[str, Any]) -> web.WebSocketResponse:
        request: web.Request = environ["aiohttp.request"]
        websocket = web.WebSocketResponse(
            compress=False, max_msg_size=self._engine.max_http_buffer_size, timeout=CLOSE_WITHIN_S
        )
        await websocket.prepare(request)
        transport = request.transport
        if transport is None:
            return websocket
        wire = _Wire(transport)
        with self._engine.wires.serving(wire):
            if self._socket.connected and not await self._upgrade(websocket):
                return websocket
            self._take_over(wire)
            try:
                await self._serve(websocket)
            finally:
                reason = self._engine.reason.TRANSPORT_CLOSE
                await self._socket.close(wait=False, abort=True, reason=reason)
        return websocket

    async def _upgrade(self, websocket: web.WebSocketResponse) -> bool:
        """Bring a client that polls over to the websocket; False when it does not do its part.

        1. It sends a ping `probe`; until it is upgraded, packets are kept.
        2. It gets a pong, and an empty packet ends the poll that is under way.
        3. It says `upgrade`; from then on everything goes by the websocket, what was kept first.
        """
        socket = self._socket
        if socket.upgrading:
            return False
        socket.upgrading = True
        try:
            async with asyncio.timeout(UPGRADE_WITHIN_S):
                if await _text(websocket) != "2probe":
                    return False
                await websocket.send_str("3probe")
                socket.queue.put_nowait(Packet(NOOP))
                return await _text(websocket) == "5" and not socket.closed
        except TimeoutError:
            return False
        finally:
            socket.upgrading = False

    def _take_over(self, wire: _Wire) -> None:
        socket, kept = self._socket, self._socket.queue
        socket.queue = wire
        socket.connected = socket.upgraded = True
        while not kept.empty():
            packet = kept.get_nowait()
            if packet is not None and packet.packet_type != NOOP:
                wire.put_nowait(packet)

    async def _serve(self, websocket: web.WebSocketResponse) -> None:
        while True:
            message = await websocket.receive()
            if message.type is not WSMsgType.TEXT and message.type is not WSMsgType.BINARY:
                return
            try:
                await self._socket.receive(Packet(encoded_packet=message.data))
            except _NONSENSE:
                return
            if self._socket.closed:
                return


class _Outlet:
    """The way out to one socket, by websocket or by the queue that its polls empty."""

    __slots__ = ("_engine", "_socket")

    def __init__(self, engine: _Engine, socket: AsyncSocket) -> None:
        self._engine = engine
        self._socket = socket

    @property
    def backlog_bytes(self) -> int:
        way = self._socket.queue
        if type(way) is _Wire:
            return way.transport.get_write_buffer_size()
        return 0 if self._socket.closed else sum(len(packet.encode()) for packet in way._queue if packet is not None)

    def offer(self, frame: Frame) -> bool:
        way = self._socket.queue
        if type(way) is _Wire:
            transport = way.transport
            if transport.get_write_buffer_size() > BEHIND_BYTES:
                return False
            if not transport.is_closing():
                transport.write(frame.websocket)
            return True
        if way.qsize() >= MOST_WAITING_PACKETS or self.backlog_bytes > BEHIND_BYTES:
            return False
        if not self._socket.closed:
            way.put_nowait(_packet(frame.text))
        return True

    def answer(self, id: int | None, said: Answer) -> None:  # noqa: A002
        """Send the answer to an event, if the client asked for one."""
        if id is None or self._socket.closed:
            return
        first, *others = (said,) if isinstance(said, bytes) else said
        pieces = (b"43%d[%b" % (id, first), *others, b"]")
        way = self._socket.queue
        if type(way) is _Wire:
            way.write(websocket_head(frames.TEXT, sum(map(len, pieces))), *pieces)
        elif self.backlog_bytes > MOST_UNREAD_BYTES:
            self.cut()
        else:
            way.put_nowait(_packet(b"".join(pieces)))

    def close(self) -> None:
        self._engine.tasks.own(self._socket.close(wait=False))

    def cut(self) -> None:
        way = self._socket.queue
        if type(way) is _Wire:
            way.cut()
        else:
            self.close()


def _checked(data: object) -> str:
    """Return a Socket.IO packet, if it can be one: a connect, disconnect, event or answer, without attachments."""
    if not isinstance(data, str) or data[:1] not in ("0", "1", "2", "3"):
        raise ValueError("neither connect, disconnect, event nor answer")
    return data


def _packet(text: bytes) -> Packet:
    return Packet(MESSAGE, data=text[1:].decode())


async def _text(websocket: web.WebSocketResponse) -> str | None:
    message = await websocket.receive()
    return message.data if message.type is WSMsgType.TEXT else None
