"""The beacon: how the ancestor's switches find this relay on the network.

A switch that does not know where the broker is broadcasts a datagram, whatever is in it, and takes the text of the
answer for the broker's address: that of the interface of ours on which the sender is reachable.

Anybody can put a false sender on a datagram, so the answers must not be worth having: they go to addresses of a home's
network only, are as short as an address, and are few per second. An answer is never answered, so that two relays cannot
keep each other talking.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
from collections import Counter
from collections.abc import Callable
from typing import Final, cast

from intercom.home.errors import StartupError

LONGEST_QUESTION_BYTES: Final = 512
ANSWERS_PER_S: Final = 20
ANSWERS_PER_SENDER_AND_S: Final = 4

_log = logging.getLogger(__name__)


class Beacon:
    """Answers on one UDP port from `start()` to `stop()`."""

    def __init__(
        self,
        *,
        port: int,
        host: str = "0.0.0.0",  # noqa: S104  # broadcasts reach only a socket that is bound to all interfaces
        clock: Callable[[], float] | None = None,
    ) -> None:
        """`port` 0 takes a free one; `clock` gives seconds that never run backwards, the loop's by default."""
        self._address = (host, port)
        self._clock = clock
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; the one asked for while it is not."""
        if self._transport is None:
            return self._address[1]
        return int(self._transport.get_extra_info("sockname")[1])

    async def start(self) -> None:
        """Listen.

        Raises:
            StartupError: somebody else has the port.
        """
        loop = asyncio.get_running_loop()
        limit = AnswerLimit(clock=self._clock or loop.time)
        try:
            self._transport, _ = await loop.create_datagram_endpoint(
                lambda: _BeaconProtocol(limit), local_addr=self._address, family=socket.AF_INET
            )
        except OSError as error:
            port = self._address[1]
            raise StartupError(f"the switches' beacon cannot have UDP port {port}: {error.strerror}") from error

    def stop(self) -> None:
        """Give up the port; harmless when it was not started."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None


class AnswerLimit:
    """Decides which datagrams are answered."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._second = -1
        self._answered: Counter[str] = Counter()

    def admits(self, datagram: bytes, sender: str, sender_port: int) -> bool:
        """Tell whether to answer this datagram, and count it if so."""
        if not 1 <= len(datagram) <= LONGEST_QUESTION_BYTES or sender_port == 0 or not _is_of_a_home(sender):
            return False
        if _is_address(datagram):
            return False
        second = int(self._clock())
        if second != self._second:
            self._second = second
            self._answered.clear()
        if self._answered.total() >= ANSWERS_PER_S or self._answered[sender] >= ANSWERS_PER_SENDER_AND_S:
            return False
        self._answered[sender] += 1
        return True


class _BeaconProtocol(asyncio.DatagramProtocol):
    def __init__(self, limit: AnswerLimit) -> None:
        self._limit = limit
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast, for before Python 3.12 asyncio's own datagram transport is no DatagramTransport.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._transport is not None
        if self._limit.admits(data, addr[0], addr[1]):
            with contextlib.suppress(OSError):  # no way back to the sender
                self._transport.sendto(_own_address_towards(addr[0]).encode(), addr)

    def error_received(self, exc: Exception) -> None:
        _log.debug("a switch did not take the beacon's answer: %s", exc)


def _own_address_towards(host: str) -> str:
    """Return the address of ours from which packets to `host` leave; connecting UDP sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.setblocking(False)
        probe.connect((host, 9))
        return str(probe.getsockname()[0])


def _is_of_a_home(sender: str) -> bool:
    address = ipaddress.ip_address(sender)
    return address.is_private and not (address.is_unspecified or address.is_multicast or address.is_reserved)


def _is_address(datagram: bytes) -> bool:
    try:
        ipaddress.ip_address(datagram.decode("ascii").strip())
    except ValueError:
        return False
    return True
