"""What all servers of sockets share: how much a client may leave unread, websockets without detours, tasks that end.

Knows no library of sockets: a websocket is here the transport that finished frames are written to.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Iterator
from typing import Any, Final

from intercom.relay.frames import CLOSE, websocket_frame

BEHIND_BYTES: Final = 128 * 1024
"""A client with more than this unread is behind and gets no more frames until it has caught up."""

MOST_UNREAD_BYTES: Final = 1024 * 1024
"""A client with more than this unread that asks for still more is cut."""

LARGE_BYTES: Final = 64 * 1024
"""What is larger is written piece by piece: joining it takes longer than writing it."""

MOST_WAITING_PACKETS: Final = 8
"""A client that polls with more than this waiting is behind; python-engineio's own client takes 16 at once."""

STRANGERS_LIVE_S: Final = 9.0
"""A socket that nobody was let in by is dropped after this long, give or take a second."""

MOST_STRANGERS: Final = 1_000
"""Of more sockets that nobody was let in by, the oldest go at once."""

CLOSE_WITHIN_S: Final = 0.4
MOST_SOCKETS: Final = 2_000
"""So many sockets may be let in."""

_log = logging.getLogger(__name__)


class Wire:
    """A websocket's transport: what is written here is on its way, and nothing can overtake it."""

    __slots__ = ("transport",)

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def write(self, *pieces: bytes) -> None:
        """Write a frame that cannot be left out; who has not read what came before is cut."""
        if self.transport.is_closing():
            return
        if self.transport.get_write_buffer_size() > MOST_UNREAD_BYTES:
            self.transport.abort()
            return
        if sum(map(len, pieces)) <= LARGE_BYTES:
            self.transport.write(b"".join(pieces))
            return
        for piece in pieces:
            self.transport.write(piece)

    def close(self) -> None:
        """Close it after what was written; by force after `CLOSE_WITHIN_S`."""
        if self.transport.is_closing():
            return
        self.transport.write(websocket_frame(CLOSE, (1000).to_bytes(2, "big")))
        self.transport.close()
        asyncio.get_running_loop().call_later(CLOSE_WITHIN_S, self.transport.abort)

    def cut(self) -> None:
        """Close it now; what is not read is gone."""
        self.transport.abort()


class Wires:
    """The websockets that are being served."""

    def __init__(self) -> None:
        self._served: set[Wire] = set()
        self._are_none = asyncio.Event()
        self._are_none.set()

    @contextlib.contextmanager
    def serving(self, wire: Wire) -> Iterator[None]:
        """Know the websocket while the block lasts."""
        self._served.add(wire)
        self._are_none.clear()
        try:
            yield
        finally:
            self._served.discard(wire)
            if not self._served:
                self._are_none.set()

    async def end(self) -> None:
        """Return once all, which are being closed, have ended, by force after `CLOSE_WITHIN_S`."""
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._are_none.wait()
        except TimeoutError:
            for wire in list(self._served):
                wire.cut()
            await self._are_none.wait()


class Tasks:
    """Tasks that run until they end, or until all of them are ended."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def own(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run it until it ends, or `end` is called."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._running.add(task)
        task.add_done_callback(self._forget)
        return task

    async def end(self) -> None:
        """Cancel all tasks and return once they have ended."""
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a task of a Socket.IO server failed", exc_info=error)
