"""The private parts that `direct` leans on: where they are looked for, and what happens when they have moved."""

from __future__ import annotations

from typing import Any

import engineio
import pytest
import socketio
from engineio.async_drivers import aiohttp as driver
from engineio.async_socket import AsyncSocket

from intercom.relay import direct
from intercom.relay.frames import Frame, websocket_frame


def test_the_installed_versions_have_everything_where_it_is_looked_for() -> None:
    assert direct.what_moved() is None


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (AsyncSocket, "receive"),
        (AsyncSocket, "close"),
        (AsyncSocket, "_websocket_handler"),
        (engineio.AsyncServer, "start_background_task"),
        (socketio.AsyncServer, "_handle_event"),
        (socketio.AsyncServer, "_handle_eio_message"),
        (socketio.AsyncServer, "_engineio_server_class"),
    ],
)
def test_a_method_that_moved_or_takes_something_else_is_named(
    monkeypatch: pytest.MonkeyPatch, owner: type[Any], name: str
) -> None:
    with monkeypatch.context() as gone:
        gone.setattr(owner, name, None)
        assert direct.what_moved() == f"{owner.__qualname__}.{name}"
    with monkeypatch.context() as changed:
        changed.setattr(owner, name, lambda self, something, new: None)
        assert direct.what_moved() == f"{owner.__qualname__}.{name}"


def test_a_table_of_drivers_that_moved_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "_async", {**driver._async, "websocket": object})

    assert direct.what_moved() == "the table of websocket drivers"


def test_a_socket_that_looks_different_inside_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(self: Any, server: Any, sid: str) -> None:
        self.queue = self.connected = self.upgrading = self.closed = self.closing = None

    monkeypatch.setattr(AsyncSocket, "__init__", other)

    assert direct.what_moved() == "AsyncSocket.upgraded"


@pytest.mark.parametrize(
    ("length", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_websocket_frame_tells_its_length_as_the_rfc_says(length: int, head: bytes) -> None:
    payload = b"x" * length

    assert websocket_frame(1, payload) == head + payload


def test_a_frame_is_the_event_in_a_socketio_packet_in_an_engineio_packet() -> None:
    frame = Frame("changes", b'{"revision":1}')

    assert frame.text == b'42["changes",{"revision":1}]'
    assert frame.websocket == bytes([0x81, len(frame.text)]) + frame.text
