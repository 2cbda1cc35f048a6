"""Socket.IO by public ways only: slower, but it serves when a new version of the libraries moved what `direct` needs.

Each event is sent to each client by python-socketio's own `emit`, one after the other. How much a client has not read
cannot be seen from here, so clients that are slow are told apart only by the events that still wait to be emitted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import socketio
from aiohttp import web

from intercom.home.errors import IntercomError
from intercom.relay.frames import Frame, Listener
from intercom.relay.wire import refusal_wire

MOST_WAITING: Final = 4

_quiet = logging.getLogger(f"{__name__}.library")
_quiet.setLevel(logging.ERROR)
_quiet.addFilter(lambda record: record.exc_info is not None)  # bugs only: strangers' nonsense is not worth a line


class StockServer:
    """A Socket.IO server for one listener."""

    def __init__(self, listener: Listener, *, max_frame_bytes: int) -> None:
        self._sio = socketio.AsyncServer(
            async_mode="aiohttp",
            cors_allowed_origins=[],
            max_http_buffer_size=max_frame_bytes,
            http_compression=False,
            logger=_quiet,
            engineio_logger=_quiet,
        )
        self._sio.on("connect", self._let_in)
        self._sio.on("disconnect", self._let_out)
        self._sio.on("*", self._hear)
        self._listener = listener
        self._outlets: dict[str, _Outlet] = {}
        self._waiting: asyncio.Queue[tuple[_Outlet, Frame | None]] = asyncio.Queue()
        self._sender: asyncio.Task[None] | None = None
        self._serving: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        """Begin to send; in the running loop."""
        self._sender = asyncio.get_running_loop().create_task(self._send())

    async def stop(self) -> None:
        """Disconnect everybody and stop sending."""
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
        for sid in list(self._outlets):
            await self._sio.disconnect(sid)
        await self._sio.shutdown()
        serving = list(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a request to the Socket.IO path."""
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            response: web.StreamResponse = await self._sio.handle_request(request)
        finally:
            self._serving.discard(task)
        return response

    async def _let_in(self, sid: str, environ: Mapping[str, Any], said: object) -> None:
        outlet = _Outlet(sid, self._waiting)
        try:
            await self._listener.connect(outlet, environ["aiohttp.request"], said)
        except IntercomError as error:
            raise socketio.exceptions.ConnectionRefusedError(str(error), refusal_wire(error)) from error
        self._outlets[sid] = outlet

    async def _let_out(self, sid: str, _reason: str) -> None:
        outlet = self._outlets.pop(sid, None)
        if outlet is not None:
            self._listener.gone(outlet)

    async def _hear(self, event: str, sid: str, *said: Any) -> Any:
        outlet = self._outlets.get(sid)
        if outlet is None:
            return None
        answer = self._listener.hear(outlet, event, list(said))
        told = answer if isinstance(answer, bytes | tuple) else await answer
        return msgspec.json.decode(told if isinstance(told, bytes) else b"".join(told))

    async def _send(self) -> None:
        while True:
            outlet, frame = await self._waiting.get()
            if frame is None:
                await self._sio.disconnect(outlet.sid)
            else:
                await self._sio.emit(frame.event, msgspec.json.decode(frame.payload), to=outlet.sid)
                outlet.waiting -= 1


class _Outlet:
    __slots__ = ("_queue", "sid", "waiting")

    def __init__(self, sid: str, queue: asyncio.Queue[tuple[_Outlet, Frame | None]]) -> None:
        self.sid = sid
        self.waiting = 0
        self._queue = queue

    @property
    def backlog_bytes(self) -> int:
        return self.waiting

    def offer(self, frame: Frame) -> bool:
        if self.waiting >= MOST_WAITING:
            return False
        self.waiting += 1
        self._queue.put_nowait((self, frame))
        return True

    def close(self) -> None:
        self._queue.put_nowait((self, None))

    def cut(self) -> None:
        self.close()
