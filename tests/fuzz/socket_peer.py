"""A Socket.IO client that keeps to no rule: it speaks in bytes, and hears what it is answered."""

from __future__ import annotations

import contextlib
import json
import re
import socket
from types import TracebackType
from typing import Any

PATIENCE_S = 10.0
CLOSE = b"\x88\x80\0\0\0\0"
"""A frame that asks for the websocket to be closed, once all before it was heard."""

_ANSWER = re.compile(r"43(\d+)(\[.*)", re.DOTALL)


class WebsocketPeer:
    """One websocket, from `with` to its end."""

    def __init__(self, port: int, *, source: str, cookie: str = "") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S, source_address=(source, 0))
        self._stream = self._socket.makefile("rb")
        self._socket.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Extensions: permessage-deflate\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        assert self._stream.readline().startswith(b"HTTP/1.1 101"), "no websocket"
        while self._stream.readline() != b"\r\n":
            pass

    def __enter__(self) -> WebsocketPeer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes as they are; who was hung up on speaks into the void."""
        with contextlib.suppress(ConnectionError):
            self._socket.sendall(data)

    def leave(self) -> None:
        """Say that nothing more comes."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def answers(self, wanted: int) -> dict[int, Any]:
        """What was answered to questions by number, until so many are or the relay has hung up."""
        found: dict[int, Any] = {}
        with contextlib.suppress(ConnectionError):
            while len(found) < wanted:
                head = self._stream.read(2)
                if len(head) < 2:
                    break
                length = head[1]
                if length >= 126:
                    length = int.from_bytes(self._stream.read(2 if length == 126 else 8), "big")
                said = self._stream.read(length)
                if head[0] == 0x81:
                    found |= answers_in(said.decode())
        return found


def answers_in(text: str) -> dict[int, Any]:
    """The answer in one Engine.IO packet, if it is one."""
    found = _ANSWER.fullmatch(text)
    return {int(found[1]): json.loads(found[2])[0]} if found else {}


def frame(payload: bytes, *, first: int = 0x81, length: int | None = None, is_masked: bool = True) -> bytes:
    """A client's frame (RFC 6455 §5.2), honest unless told otherwise.

    Args:
        first: the bits FIN and RSV, and the opcode.
        length: what it says that its length is.
    """
    said = len(payload) if length is None else length
    mask = 0x80 if is_masked else 0
    if said < 126:
        head = bytes([first, mask | said])
    elif said < 1 << 16:
        head = bytes([first, mask | 126]) + said.to_bytes(2, "big")
    else:
        head = bytes([first, mask | 127]) + (said & (1 << 64) - 1).to_bytes(8, "big")
    return head + (bytes(4) if is_masked else b"") + payload
