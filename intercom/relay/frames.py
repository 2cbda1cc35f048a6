"""An event encoded once for everybody, and the two sides of a Socket.IO server: who listens, and the ways out.

Knows neither the home nor any library of sockets. `direct` and `stock` are the servers, `live` is the listener.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final, Protocol

from aiohttp import web

TEXT: Final = 1
BINARY: Final = 2
CLOSE: Final = 8


class Frame:
    """One event, ready to be sent to any number of sockets.

    Attributes:
        event: the event's name.
        payload: its one argument, as JSON.
        text: the Engine.IO packet that holds the Socket.IO packet that holds the event.
        websocket: the same as a finished websocket frame.
    """

    __slots__ = ("event", "payload", "text", "websocket")

    def __init__(self, event: str, payload: bytes) -> None:
        self.event = event
        self.payload = payload
        self.text = b"".join((b'42["', event.encode(), b'",', payload, b"]"))
        self.websocket = websocket_frame(TEXT, self.text)


Answer = bytes | tuple[bytes, ...]
"""JSON, or pieces of it one after the other: what is large and the same for many is not copied for each."""


class Outlet(Protocol):
    """The way out to one socket. Nothing here waits, and nothing is lost or overtaken once it is taken."""

    @property
    def backlog_bytes(self) -> int:
        """How much of what was sent has not left this process; 0 once the socket is gone."""

    def offer(self, frame: Frame) -> bool:
        """Send it, unless the client is behind with reading: then return False and send nothing."""

    def close(self) -> None:
        """Close the socket after what was sent; by force when that takes too long."""

    def cut(self) -> None:
        """Close the socket now; what was sent and is not read is gone."""


class Listener(Protocol):
    """What a Socket.IO server tells of its sockets."""

    async def connect(self, outlet: Outlet, request: web.Request, said: object) -> None:
        """A client asks to be let in; `said` is its authentication.

        Raises:
            IntercomError: it is refused.
        """

    def hear(self, outlet: Outlet, event: str, said: list[Any]) -> Answer | Coroutine[Any, Any, Answer]:
        """A client sent an event; return the answer, at once or later."""

    def gone(self, outlet: Outlet) -> None:
        """A client that was let in is gone."""


class SocketServer(Protocol):
    """A Socket.IO server for one listener."""

    def start(self) -> None:
        """Begin to look after sockets; in the running loop."""

    async def stop(self) -> None:
        """Close all sockets and end every task."""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a request to the Socket.IO path."""


def websocket_frame(opcode: int, payload: bytes) -> bytes:
    """Return an unfragmented, unmasked frame, as servers send it (RFC 6455 §5.2)."""
    return websocket_head(opcode, len(payload)) + payload


def websocket_head(opcode: int, length: int) -> bytes:
    """Return what stands before so many bytes to make a frame of them."""
    if length < 126:
        return bytes((0x80 | opcode, length))
    if length < 1 << 16:
        return bytes((0x80 | opcode, 126, length >> 8, length & 0xFF))
    return bytes((0x80 | opcode, 127)) + length.to_bytes(8, "big")
