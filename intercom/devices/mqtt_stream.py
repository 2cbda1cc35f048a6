"""A socket's bytes as MQTT packets, handled in slices so that whatever else lives on the loop has its turn.

Knows no packet's meaning: the link's connection and the broker's both stand on it.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Final

from intercom.devices.mqtt_packets import MalformedPacketError, OversizedPacketError, PacketBuffer

SLICE_S: Final = 0.002
"""The longest time that packets are handled before the loop, and with it the window, has its turn."""
FLOOD_BYTES: Final = 32 * 1024
"""So much in one piece announces a flood."""


class PacketStream(asyncio.Protocol, ABC):
    """One connection's packets, in the order of arrival, usually in the very callback that received them."""

    def __init__(self, *, largest_bytes: int, unread_cap_bytes: int, read_first_s: float) -> None:
        """Make the stream of a connection that is to come.

        Args:
            largest_bytes: larger packets are left out.
            unread_cap_bytes: so much may wait in memory for its slice before the other side has to wait.
            read_first_s: so long a flood is only read, not handled, while the socket keeps filling.
        """
        self.loop = asyncio.get_running_loop()
        self.is_open = False
        self.is_congested = False
        """The other side does not read what it is sent."""
        self._transport: asyncio.Transport | None = None
        self._buffer = PacketBuffer(largest_bytes=largest_bytes)
        self._unread_cap_bytes = unread_cap_bytes
        self._read_first_s = read_first_s
        self._is_deaf = False
        self._end: str | None = None
        self._is_reading_paused = False
        self._has_fresh = False
        self._backlog_since: float | None = None

    @property
    def unread_bytes(self) -> int:
        """What has arrived and was not yet handled."""
        return self._buffer.waiting_bytes

    @property
    def transport(self) -> asyncio.Transport:
        """The way out; only once connected."""
        assert self._transport is not None
        return self._transport

    @abstractmethod
    def handle(self, first: int, body: bytes) -> None:
        """Handle one packet.

        Raises:
            MalformedPacketError: nothing more is read.
        """

    @abstractmethod
    def ended(self, reason: str) -> None:
        """The connection is lost and all that it brought is handled, or it is of no further use.

        May be called more than once.
        """

    @abstractmethod
    def left_out(self, error: OversizedPacketError) -> None:
        """A packet was too large.

        Raises:
            MalformedPacketError: if the connection must end for it; else the packet is skipped.
        """

    def slice_ended(self) -> None:
        """Some packets have been handled."""

    def write(self, data: bytes) -> None:
        """Send, unless the connection has ended."""
        if self.is_open and not self.transport.is_closing():
            self.transport.write(data)

    def deafen(self) -> None:
        """Handle nothing more; what has arrived is left alone."""
        self._is_deaf = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.is_open = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self.is_open = False
        self._end = "the connection was closed" if exc is None else f"the connection broke: {exc}"
        if self._backlog_since is None or self._is_deaf:
            self.ended(self._end)

    def pause_writing(self) -> None:
        """Called by the loop."""
        self.is_congested = True

    def resume_writing(self) -> None:
        """Called by the loop."""
        self.is_congested = False

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if self._is_deaf:
            return
        self._has_fresh = True
        self._buffer.feed(data)
        if self._buffer.waiting_bytes > self._unread_cap_bytes:
            self._is_reading_paused = True
            self.transport.pause_reading()
        if self._backlog_since is None:
            if len(data) < FLOOD_BYTES:
                self._handle_slice()
            else:
                self._handle_later()

    def _handle_later(self) -> None:
        if self._backlog_since is None:
            self._backlog_since = self.loop.time()
        self.loop.call_soon(self._handle_backlog)

    def _handle_backlog(self) -> None:
        """The next slice of a flood, unless the socket is still filling: then reading comes first for a while."""
        has_fresh, self._has_fresh = self._has_fresh, False
        if (
            has_fresh
            and self._backlog_since is not None
            and self.loop.time() < self._backlog_since + self._read_first_s
        ):
            self._handle_later()
        else:
            self._handle_slice()

    def _handle_slice(self) -> None:
        until = self.loop.time() + SLICE_S
        try:
            while not self._is_deaf and (packet := self._next_packet()) is not None:
                self.handle(*packet)
                if self.loop.time() >= until:
                    self._handle_later()
                    break
            else:
                self._backlog_since = None
                if self._end is not None:
                    self.ended(self._end)
        except MalformedPacketError as error:
            self.deafen()
            self.ended(f"it speaks no MQTT that we know: {error}")
        self.slice_ended()
        # Without a backlog there is no whole packet left: what waits is the beginning of a large one.
        has_room = self._backlog_since is None or self._buffer.waiting_bytes <= self._unread_cap_bytes // 2
        if self._is_reading_paused and has_room:
            self._is_reading_paused = False
            if self.is_open:
                self.transport.resume_reading()

    def _next_packet(self) -> tuple[int, bytes] | None:
        while True:
            try:
                return self._buffer.next()
            except OversizedPacketError as error:
                self.left_out(error)
