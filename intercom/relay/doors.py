"""How many connections are let in at all: in all, and from one address.

Stands between the listening socket and the HTTP server: a protocol that hands everything on, once the connection was
counted. It knows bytes and addresses only. A connection on which no request arrives is closed by the HTTP server itself
(its keep-alive time); here it is only seen to that such connections do not fill the house.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import cast

from intercom.home.tries import source_of


class Doors:
    """Counts the connections of one relay, over all its ports."""

    def __init__(
        self, *, most: int, most_by_address: int, is_exempt: Callable[[str], bool] = lambda _address: False
    ) -> None:
        """`is_exempt` tells of an address that it stands for many clients: a listed proxy's."""
        self.count = 0
        self._is_exempt = is_exempt
        self._most = most
        self._most_by_address = most_by_address
        self._by_source: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Count a connection, unless there are too many."""
        source = source_of(address)
        is_one_too_many = self._by_source.get(source, 0) >= self._most_by_address and not self._is_exempt(address)
        if self.count >= self._most or is_one_too_many:
            return False
        self.count += 1
        self._by_source[source] += 1
        return True

    def leave(self, address: str) -> None:
        """Forget one connection."""
        source = source_of(address)
        self.count -= 1
        self._by_source[source] -= 1
        if not self._by_source[source]:
            del self._by_source[source]

    def before(self, make: Callable[[], asyncio.Protocol]) -> Callable[[], asyncio.Protocol]:
        """Return a maker of protocols that count each connection before the one that `make` makes hears of it."""
        return lambda: Door(self, make)

    def entered(self, make: Callable[[], asyncio.Protocol], address: str) -> Door:
        """Return the protocol of a connection that `enter` let in; whoever never opens it has to call `leave`."""
        return Door(self, make, entered_from=address)


class Door(asyncio.Protocol):
    """One connection."""

    def __init__(self, doors: Doors, make: Callable[[], asyncio.Protocol], *, entered_from: str | None = None) -> None:
        self._doors = doors
        self._make = make
        self._inner: asyncio.Protocol | None = None
        self._entered_from = entered_from
        self._address = entered_from or ""

    @property
    def was_opened(self) -> bool:
        """Whether the connection was handed on."""
        return self._inner is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._entered_from is None:
            peer = transport.get_extra_info("peername")
            self._address = peer[0] if peer else ""
            if not self._doors.enter(self._address):
                cast(asyncio.Transport, transport).abort()
                return
        self._inner = self._make()
        self.data_received = self._inner.data_received  # type: ignore[method-assign]  # straight on: bytes come often
        self._inner.connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._inner is not None:
            self._doors.leave(self._address)
            self._inner.connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Nothing: the connection was not let in."""

    def eof_received(self) -> bool | None:
        return None if self._inner is None else self._inner.eof_received()

    def pause_writing(self) -> None:
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner is not None:
            self._inner.resume_writing()
