"""The embedded broker: where the home's devices meet when there is no other broker.

It lives in this process, on the loop of the window, and takes its turn in slices: measured beside child processes
(docs/measurements/broker.md), a touch waits a few milliseconds at most, messages arrive sooner, a fraction of the
memory is needed, and there is no child to lose. It speaks MQTT 3.1.1 on one TCP port, lets in who knows the home's user
and password, keeps an eye on everybody and throws out who misbehaves. What clients say to each other is
`broker_exchange`'s business, what outlives us is `kept_log`'s.
"""

from __future__ import annotations

import asyncio
import errno
import hmac
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

from intercom.devices import mqtt_packets as packets
from intercom.devices.broker_credentials import own_credentials
from intercom.devices.broker_exchange import Exchange, Visit
from intercom.devices.kept_log import KeptLog
from intercom.devices.mqtt_packets import Connect, Kind, MalformedPacketError, OversizedPacketError, Publish, Refusal
from intercom.devices.mqtt_stream import SLICE_S, PacketStream
from intercom.home.errors import StartupError
from intercom.storage.database import refusal_of

HELLO_WITHIN_S: Final = 10.0
"""So long may a stranger hold a connection without having said who it is."""
STRANGERS_CAP: Final = 64
"""Connections of strangers at a time; with the next one, the oldest of them goes."""
STRANGERS_BYTES: Final = 128 * 1024
"""More than this from a stranger is no CONNECT."""
LARGEST_PACKET_BYTES: Final = 8 * 1024 * 1024
UNREAD_CAP_BYTES: Final = 1024 * 1024
UNSENT_CAP_BYTES: Final = 32 * 1024 * 1024
"""A client that leaves this much unread is cut; when it returns, it is sent what is kept."""
REPLAY_TOPICS: Final = 100
"""Kept topics that are looked at between two looks at the clock."""
REFUSED_CAP: Final = 1_000
BACKLOG: Final = 1_024
WATCH_EVERY_S: Final = 1.0

_log = logging.getLogger(__name__)


class EmbeddedBroker:
    """One broker on one port, from `start` to `stop`.

    Attributes:
        credentials: what devices need, to be shown in the settings.
        port: where it listens; known after `start` if 0 was asked for.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host: str,
        port: int = 1883,
        on_refused: Callable[[OSError | None], None] = lambda error: None,
    ) -> None:
        """Prepare to listen.

        Args:
            folder: for this broker alone; made if need be.
            host: an address of this machine; "0.0.0.0" for every IPv4 address, "" for every address.
            port: 0 for a free one.
            on_refused: called when the disk refuses what is to be kept, and with None when it does no more.

        Raises:
            StartupError: the folder cannot be read.
        """
        self.port = port
        self._host = host
        self._folder = folder
        self._on_refused = on_refused
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.stat().st_mode & 0o077:
                folder.chmod(0o700)
        except OSError as error:
            if refusal_of(error) is None:
                raise StartupError(f"The broker's folder {folder} cannot be used: {error.strerror}.") from error
        self.credentials = own_credentials(folder / "credentials.json")
        self.exchange = Exchange(on_kept=self._keep)
        self.callers: set[Caller] = set()
        self.strangers: dict[Caller, None] = {}
        """Callers that have not said who they are, the oldest first."""
        self._kept_log: KeptLog | None = None
        self._unsent: set[Caller] = set()
        self._server: asyncio.Server | None = None
        self._watching: asyncio.TimerHandle | None = None
        self._refused: set[tuple[str, str]] = set()

    @property
    def own_host(self) -> str:
        """Where a client in this machine reaches it."""
        return {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)  # noqa: S104

    async def start(self) -> None:
        """Listen.

        Raises:
            StartupError: the port is taken or not ours to take, or kept messages cannot be read.
        """
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: Caller(self), self._host or None, self.port, backlog=BACKLOG, start_serving=False
            )
        except OSError as error:
            place = f"port {self.port}" + (f" of {self._host}" if self._host else "")
            if error.errno == errno.EADDRINUSE:
                raise StartupError(
                    f"The broker cannot have {place}: another program listens there. If that is a broker, name it in "
                    "the configuration; else stop it or choose another port."
                ) from error
            raise StartupError(f"The broker cannot have {place}: {error.strerror}.") from error
        try:
            self._kept_log = KeptLog(self._folder / "kept.mqtt", on_refused=self._on_refused)
        except StartupError:
            self._server.close()
            raise
        self.exchange.take_kept(self._kept_log.loaded)
        await self._server.start_serving()
        self.port = self._server.sockets[0].getsockname()[1]
        self._watching = loop.call_later(WATCH_EVERY_S, self._watch)
        _log.info("the embedded broker listens on port %s, %s kept messages", self.port, len(self.exchange.kept))

    async def stop(self) -> None:
        """Throw everybody out, without publishing their last wills, and see the kept messages on the disk."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        if self._watching is not None:
            self._watching.cancel()
        leaving = [caller.gone for caller in self.callers]
        for caller in list(self.callers):
            caller.throw_out(is_polite=True)
        if leaving:
            await asyncio.wait(leaving)
        await server.wait_closed()
        if self._kept_log is not None:
            await self._kept_log.close(self.exchange.kept)

    @property
    def is_running(self) -> bool:
        """Whether callers are welcome at all."""
        return self._server is not None

    def note_refused(self, address: str, reason: str) -> None:
        """Tell of a client that was refused, once: it will try for ever."""
        if (address, reason) not in self._refused and len(self._refused) < REFUSED_CAP:
            self._refused.add((address, reason))
            _log.info("the embedded broker refuses a client at %s: %s", address, reason)

    def is_welcome(self, hello: Connect) -> bool:
        """Whether a client says the right user and password."""
        user, password = self.credentials.user, self.credentials.password
        is_user = hmac.compare_digest((hello.user or "").encode(), user.encode())
        is_password = hmac.compare_digest((hello.password or "").encode(), password.encode())
        return is_user and is_password

    def note_unsent(self, caller: Caller) -> None:
        """Something waits to be sent to a caller."""
        self._unsent.add(caller)

    def send_all(self) -> None:
        """Send what a slice has brought for each caller, in one write; what is to be kept is handed on before."""
        if self._kept_log is not None:
            self._kept_log.flush(self.exchange.kept)
        while self._unsent:
            self._unsent.pop().send_now()

    def _keep(self, message: Publish) -> None:
        assert self._kept_log is not None
        self._kept_log.append(message)

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        self._watching = loop.call_later(WATCH_EVERY_S, self._watch)
        now = loop.time()
        for caller in list(self.callers):
            if now > caller.patience_until:
                caller.throw_out(is_polite=False)
        self.send_all()
        if self._kept_log is not None:
            self._kept_log.try_again(self.exchange.kept)


class Caller(PacketStream):
    """One connection to the broker: a stranger, until its CONNECT was accepted."""

    def __init__(self, broker: EmbeddedBroker) -> None:
        super().__init__(largest_bytes=LARGEST_PACKET_BYTES, unread_cap_bytes=UNREAD_CAP_BYTES, read_first_s=0)
        self._broker = broker
        self.gone: asyncio.Future[None] = self.loop.create_future()
        """Done once the connection has ended."""
        self._visit: Visit | None = None
        self._heard_at = self.loop.time()
        self._silence_s = HELLO_WITHIN_S
        self._unsent: list[bytes] = []
        self._address = "an unknown address"
        self._is_replaying = False

    @property
    def patience_until(self) -> float:
        """The loop's time at which it will have been silent for too long."""
        return self._heard_at + self._silence_s

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=UNSENT_CAP_BYTES)
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        peer = transport.get_extra_info("peername")
        if peer:
            self._address = peer[0]
        if not self._broker.is_running:  # it came in just as we stopped
            self.transport.abort()
            return
        self._broker.callers.add(self)
        self._broker.strangers[self] = None
        if len(self._broker.strangers) > STRANGERS_CAP:
            next(iter(self._broker.strangers)).throw_out(is_polite=False)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        super().connection_lost(exc)
        self.gone.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if self._visit is not None:
            self._heard_at = self.loop.time()
        super().data_received(data)

    def pause_writing(self) -> None:
        """Called by the loop: too much lies unread."""
        self.throw_out(is_polite=False)

    def handle(self, first: int, body: bytes) -> None:
        """Handle one packet from the client."""
        if self._visit is not None:
            self._visit.handle(first, body)
        elif first & 0xF0 == Kind.CONNECT:
            self._greet(body)
        else:
            raise MalformedPacketError("it does not say CONNECT")

    def left_out(self, error: OversizedPacketError) -> None:
        """A packet was too large."""
        raise MalformedPacketError(str(error)) from error

    def slice_ended(self) -> None:
        """Send the answers; a stranger that talks too much goes."""
        if self._visit is None and self.unread_bytes > STRANGERS_BYTES:
            self.throw_out(is_polite=False)
        if self._visit is not None and not self._is_replaying:
            self._replay(self._visit)
        self._broker.send_all()

    def ended(self, reason: str) -> None:
        """The connection is lost, or was broken by the client."""
        _log.debug("a client left: %s", reason)
        self.throw_out(is_polite=False)
        self._broker.send_all()

    def send(self, data: bytes) -> None:
        """Send at the end of this slice."""
        self._unsent.append(data)
        self._broker.note_unsent(self)

    def send_now(self) -> None:
        """Send what waits."""
        data = b"".join(self._unsent)
        self._unsent.clear()
        self.write(data)

    def throw_out(self, *, is_polite: bool) -> None:
        """End the connection, with the last words if the client reads them; may be called again."""
        self.deafen()
        self._broker.callers.discard(self)
        self._broker.strangers.pop(self, None)
        if self._visit is not None:
            self._visit.end(is_polite=is_polite)
        if self.is_open and not self.transport.is_closing():
            self.send_now()
            if self.transport.get_write_buffer_size():
                self.transport.abort()
            else:
                self.transport.close()

    def _replay(self, visit: Visit) -> None:
        """Send what is kept for new subscriptions, a slice at a time."""
        until = self.loop.time() + SLICE_S
        while True:
            self._is_replaying = visit.replay(REPLAY_TOPICS)
            if not self._is_replaying:
                break
            if self.loop.time() >= until:
                self.loop.call_soon(self._replay, visit)
                break
        self._broker.send_all()

    def _greet(self, body: bytes) -> None:
        try:
            hello = packets.read_connect(body)
        except packets.UnsupportedProtocolError as error:
            self._refuse(Refusal.PROTOCOL, str(error))
            return
        if not self._broker.is_welcome(hello):
            self._refuse(Refusal.NOT_AUTHORIZED, "wrong user or password")
            return
        self._visit = self._broker.exchange.join(hello, send=self.send, cut=lambda: self.throw_out(is_polite=False))
        if self._visit is None:
            self.throw_out(is_polite=False)
        self._broker.strangers.pop(self, None)
        self._silence_s = hello.keep_alive_s * 1.5 or float("inf")
        self._heard_at = self.loop.time()

    def _refuse(self, code: Refusal, reason: str) -> None:
        self._broker.note_refused(self._address, reason)
        self.send(packets.connack(code))
        self.throw_out(is_polite=False)
