"""Tell the service manager how the program is: that it has started, that its loop lives, and that it stops.

The protocol is sd_notify(3): datagrams to the socket that NOTIFY_SOCKET names. Where none is named, nothing is told to
anybody. It knows nothing of the intercom.

The watchdog is fed by a task of the loop that everything lives on, so a loop that is stuck goes hungry, and systemd
starts the program anew. WATCHDOG_PID is not looked at: it names the process that systemd started, and when that is a
wrapper the program is another one.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import time
from collections.abc import Mapping

FULL_FOR_S = 0.1
"""So long after the service manager did not take a message it is tried again."""
STARTS_WITHIN_S = 300
"""So long the watchdog waits for a program that starts anew; at its first start it does not watch yet."""

_log = logging.getLogger(__name__)


class ServiceManager:
    """Whoever started the program, if they want to be told."""

    def __init__(self, *, address: str = "", watchdog_s: float | None = None) -> None:
        """Prepare to tell.

        Args:
            address: of the socket, `@` first for an abstract one; empty when nobody wants to be told.
            watchdog_s: within this time a sign of life is expected; None when none is.
        """
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._watchdog_s = watchdog_s

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> ServiceManager:
        """Return the one that the environment names; what it says wrongly is logged, and not followed."""
        address = environ.get("NOTIFY_SOCKET", "")
        if address and address[0] not in "/@":
            _log.warning("NOTIFY_SOCKET: expected a path or an abstract name, so the service manager is told nothing")
            return cls()
        wanted = environ.get("WATCHDOG_USEC", "")
        if wanted and not (wanted.isascii() and wanted.isdecimal() and int(wanted)):
            _log.warning("WATCHDOG_USEC: expected microseconds, so the watchdog is not fed")
            wanted = ""
        return cls(address=address, watchdog_s=int(wanted) / 1e6 if wanted else None)

    async def run(self, status: str) -> None:
        """Tell that the program has started and what it does, and feed the watchdog until cancelled."""
        started = ["READY=1", f"STATUS={status}"]
        if self._watchdog_s is not None:  # after a start anew it was more
            started.append(f"WATCHDOG_USEC={round(self._watchdog_s * 1e6)}")
        while not self._tell(*started):  # noqa: ASYNC110  # nobody says when it takes messages
            await asyncio.sleep(FULL_FOR_S)
        if self._watchdog_s is None or not self._address:
            return
        while True:
            self._tell("WATCHDOG=1")
            await asyncio.sleep(self._watchdog_s / 2)

    def stopping(self) -> None:
        """Tell that the program ends."""
        self._tell("STOPPING=1", "STATUS=stopping")

    def starting_anew(self) -> None:
        """Tell that the program becomes itself again, in the same process; `run` tells when it has."""
        now_us = time.monotonic_ns() // 1000  # that is CLOCK_MONOTONIC, as systemd wants it
        patience = () if self._watchdog_s is None else (f"WATCHDOG_USEC={STARTS_WITHIN_S * 1_000_000}",)
        self._tell("RELOADING=1", f"MONOTONIC_USEC={now_us}", "STATUS=starting anew", *patience)

    def _tell(self, *lines: str) -> bool:
        """Send a message, and tell whether there is no need to send it again: never waits, never fails."""
        if sys.platform == "win32" or not self._address:  # nobody there has such sockets to be told at
            return True
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.setblocking(False)
            try:
                sending.sendto("\n".join(lines).encode(), self._address)
            except BlockingIOError:
                return False
            except OSError as error:
                _log.warning("the service manager cannot be told: %s", error.strerror or error)
        return True
