"""Bytes thrown at a port, over many connections at once, and what came back."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence

ENOUGH_S = 0.25
"""Who has said nothing for so long, and was not hung up on, waits for more from us."""

MOST_BYTES = 1 << 20


def throw(port: int, inputs: Sequence[bytes], *, source: str, and_leave: bool = False) -> list[bytes]:
    """Send each input over a connection of its own; return what each was answered until it was hung up or fell silent.

    Args:
        and_leave: say that nothing more comes, as somebody does who is cut off in the middle of a word.
    """
    answers = [bytearray() for _ in inputs]
    with selectors.DefaultSelector() as waiting:
        for at, sent in enumerate(inputs):
            connection = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0))
            connection.setblocking(False)
            waiting.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE, (at, memoryview(sent)))
        silent_at = time.monotonic() + ENOUGH_S
        while waiting.get_map() and time.monotonic() < silent_at:
            for key, _ in waiting.select(0.02):
                if _go_on(waiting, key, answers, and_leave=and_leave):
                    silent_at = time.monotonic() + ENOUGH_S
        for key in list(waiting.get_map().values()):
            _hang_up(waiting, key)
    return [bytes(answer) for answer in answers]


def _go_on(
    waiting: selectors.BaseSelector, key: selectors.SelectorKey, answers: list[bytearray], *, and_leave: bool
) -> bool:
    """Send some and read some of one connection; whether anything was sent or read."""
    connection, (at, left) = key.fileobj, key.data
    assert isinstance(connection, socket.socket)
    has_moved = False
    try:
        if left:
            left = left[connection.send(left) :]
            has_moved = True
        if not left and key.events & selectors.EVENT_WRITE:
            if and_leave:
                connection.shutdown(socket.SHUT_WR)
            waiting.modify(connection, selectors.EVENT_READ, (at, left))
        elif left:
            waiting.modify(connection, key.events, (at, left))
        data = connection.recv(1 << 16)
    except BlockingIOError:
        return has_moved
    except ConnectionError:
        data = b""
    if data and len(answers[at]) < MOST_BYTES:
        answers[at] += data
    else:
        _hang_up(waiting, key)
    return True


def _hang_up(waiting: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    waiting.unregister(key.fileobj)
    assert isinstance(key.fileobj, socket.socket)
    key.fileobj.close()
