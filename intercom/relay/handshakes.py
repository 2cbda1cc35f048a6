"""Lets connections in by TLS. Each is counted as soon as it is there, before it has said a word.

asyncio's own server tells of a connection only when its handshake is over, so until then no limit would know of it,
and each of them holds a quarter of a megabyte. Here the doors are asked first; and as with sockets that nobody was let
in by, of too many handshakes that are under way the oldest go, those of the address that has the most. Whoever means
it is done within moments.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Final

from intercom.relay.doors import Door, Doors
from intercom.relay.strangers import Strangers
from intercom.relay.wires import Tasks

HANDSHAKE_WITHIN_S: Final = 8.0
GOODBYE_WITHIN_S: Final = 1.0
"""Who is left without a word after this long has not read it; asyncio would wait for half a minute (RFC 8446 §6.1)."""

MOST_UNDER_WAY: Final = 400
MOST_UNDER_WAY_BY_ADDRESS: Final = 128
NO_FILES_WAIT_S: Final = 0.2


class Handshakes:
    """Accepts connections at one listening socket, from `start` to `stop`."""

    def __init__(self, doors: Doors, make: Callable[[], asyncio.Protocol], *, context: ssl.SSLContext) -> None:
        """`make` makes the protocol of a connection that is let in."""
        self._doors = doors
        self._make = make
        self._context = context
        self._under_way = Strangers(most=MOST_UNDER_WAY, most_by_address=MOST_UNDER_WAY_BY_ADDRESS)
        self._tasks_under_way: dict[str, asyncio.Task[None]] = {}
        self._tasks = Tasks()
        self._count = 0

    def start(self, listening: socket.socket, *, backlog: int) -> None:
        """Begin; the socket stays the caller's to close, after `stop`."""
        listening.listen(backlog)
        self._tasks.own(self._accept(listening))

    async def stop(self) -> None:
        """Let nobody in any more; those who are in stay."""
        await self._tasks.end()

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, peer = await loop.sock_accept(listening)
            except ConnectionError:  # it has gone already
                continue
            except OSError:  # no files are left: those that are open have to go first
                await asyncio.sleep(NO_FILES_WAIT_S)
                continue
            if self._doors.enter(peer[0]):
                self._begin(connection, peer[0])
            else:
                connection.close()
            await asyncio.sleep(0)  # many may wait to be accepted, and others live on the loop

    def _begin(self, connection: socket.socket, address: str) -> None:
        self._count += 1
        number = str(self._count)
        door = self._doors.entered(self._make, address)
        too_many = self._under_way.add(number, address, asyncio.get_running_loop().time())
        task = self._tasks_under_way[number] = self._tasks.own(self._shake_hands(door, connection))

        def end(task: asyncio.Task[None]) -> None:  # called even when the task was cancelled before it began
            self._under_way.discard(number)
            del self._tasks_under_way[number]
            if not door.was_opened:
                self._doors.leave(address)
            if task.cancelled():
                connection.close()

        task.add_done_callback(end)
        if too_many is not None:
            self._tasks_under_way[too_many].cancel()

    async def _shake_hands(self, door: Door, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):  # ssl.SSLError is one: strangers' nonsense is not worth a line
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: door,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=HANDSHAKE_WITHIN_S,
                ssl_shutdown_timeout=GOODBYE_WITHIN_S,
            )
