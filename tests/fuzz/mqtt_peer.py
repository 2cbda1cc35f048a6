"""An MQTT client that can be as rude as one likes, and knows when the broker has handled what it said."""

from __future__ import annotations

import contextlib
import socket
from types import TracebackType

_ANSWERS_WITHIN_S = 10.0


class Peer:
    """One connection to a broker, from `with` to its end."""

    def __init__(self, port: int, *, user: str, password: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_ANSWERS_WITHIN_S)
        self._unread = b""
        self._socket.sendall(connect(user=user, password=password))
        assert self._packet() == b"\x20\x02\x00\x00", "the broker did not let us in"

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def publish(self, topic: bytes, payload: bytes, *, retain: bool = False) -> None:
        """Say something; who was hung up on speaks into the void."""
        with contextlib.suppress(ConnectionError):
            self._socket.sendall(publish(topic, payload, retain=retain))

    def settle(self) -> bool:
        """Return once the broker has handled all that was said; False when it has hung up instead."""
        try:
            self._socket.sendall(packet(0xC0, b""))
            while (answer := self._packet()) and answer[0] != 0xD0:
                pass
        except ConnectionError:
            return False
        return bool(answer)

    def _packet(self) -> bytes:
        """The next packet with less than 128 bytes behind its head; nothing at the end of the connection."""
        while len(self._unread) < 2 or len(self._unread) < 2 + self._unread[1]:
            data = self._socket.recv(4096)
            if not data:
                return b""
            self._unread += data
        length = 2 + self._unread[1]
        found, self._unread = self._unread[:length], self._unread[length:]
        return found


def packet(first: int, body: bytes) -> bytes:
    """A packet with its length (MQTT 3.1.1 §2.2.3)."""
    length, left = b"", len(body)
    while True:
        left, septet = divmod(left, 128)
        length += bytes([septet | (0x80 if left else 0)])
        if not left:
            return bytes([first]) + length + body


def field(text: bytes) -> bytes:
    """What stands behind its length in two bytes (MQTT 3.1.1 §1.5.3)."""
    return len(text).to_bytes(2, "big") + text


def connect(*, user: str, password: str, client: str = "") -> bytes:
    head = field(b"MQTT") + b"\x04\xc2\x00\x00"
    return packet(0x10, head + field(client.encode()) + field(user.encode()) + field(password.encode()))


def publish(topic: bytes, payload: bytes, *, retain: bool = False) -> bytes:
    return packet(0x31 if retain else 0x30, field(topic) + payload)
