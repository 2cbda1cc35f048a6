"""One connection to a broker, from the name's look-up to the last byte.

Knows how to be let in, to keep the connection alive and to leave; does not know what comes after it: `mqtt.MqttLink`
makes the next one. Used once.

A flood is handled in slices, so that the window can draw in between. The socket is nevertheless emptied as fast as it
fills: a broker drops messages for a client that reads slowly (Mosquitto after 1,000).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from intercom.devices import mqtt_packets as packets
from intercom.devices.complaints import Complaints
from intercom.devices.mqtt_packets import Connect, Kind, Publish, QoS, Refusal
from intercom.devices.mqtt_stream import PacketStream
from intercom.home.errors import LinkDownError

CONNECT_WITHIN_S: Final = 2.0
HANDSHAKE_WITHIN_S: Final = 8.0
"""For a name, for TLS and for CONNACK: long enough for a broker that is just starting, or far away."""
PING_EVERY_S: Final = 3.0
SILENT_PINGS: Final = 3
"""So many intervals without a byte from the broker, and it is taken for dead: within 9 s."""
KEEP_ALIVE_S: Final = 15
"""What the broker is told: after 1.5 times this without a word of ours it publishes our last will."""
GOODBYE_WITHIN_S: Final = 0.3
RECEIVE_BUFFER_BYTES: Final = 4 * 1024 * 1024
"""Asked of the system, which may give less. Its own choice starts small and grows too late for the first flood."""
READ_FIRST_S: Final = 0.5
"""So long a flood is only read, not handled, while the socket keeps filling."""
LARGEST_PACKET_BYTES: Final = 16 * 1024 * 1024
UNREAD_CAP_BYTES: Final = 64 * 1024 * 1024
"""So much may wait in our memory for its slice before the broker has to wait."""
UNSENT_CAP_BYTES: Final = 1024 * 1024
"""A broker that leaves this much unread is not sent more."""
UNANSWERED_CAP: Final = 20
"""Messages of QoS 1 and 2 on their way at a time; Mosquitto cuts a client that has more."""
HELD_CAP: Final = 1_000
"""Messages of QoS 1 and 2 that wait for their turn."""

ONLINE: Final = b"online"
OFFLINE: Final = b"offline"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How we know an outside broker, and how it knows us.

    Attributes:
        ca_file: PEM of who signs for the broker; None trusts whom the system trusts.
        certificate_file: PEM of our own certificate, if the broker asks for one.
        key_file: PEM of its key; None when it stands in `certificate_file`.
    """

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """Which broker, and as whom.

    Attributes:
        client_id: the same for one installation for ever, so that a broker which still holds our dead connection
            ends it when we return, and its last will cannot arrive after our birth.
        status_topic: says `online` or `offline`, retained; `offline` is the last will.
    """

    host: str
    port: int = 1883
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    client_id: str
    tls: Tls | None = None
    status_topic: str = "intercom/status"

    @property
    def place(self) -> str:
        """Host and port, fit to be shown."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class BrokerRefusesError(Exception):
    """The broker says no, or our trust in its certificate does; trying again soon will not help."""


class Connection(PacketStream):
    """One connection: its bytes, its answers, its end.

    Attributes:
        receive: called with each message, in the order of arrival; must not raise.
        refused: called with filters whose subscription the broker refuses.
    """

    def __init__(
        self, settings: LinkSettings, *, receive: Callable[[Publish], None], refused: Callable[[list[str]], None]
    ) -> None:
        super().__init__(
            largest_bytes=LARGEST_PACKET_BYTES, unread_cap_bytes=UNREAD_CAP_BYTES, read_first_s=READ_FIRST_S
        )
        self.receive = receive
        self.refused = refused
        self._settings = settings
        self._accepted: asyncio.Future[int] = self.loop.create_future()
        self._lost: asyncio.Future[str] = self.loop.create_future()
        self._complaints = Complaints()
        self._has_heard = False
        self._packet_id = 0
        self._asked: dict[int, list[str]] = {}
        self._unanswered: set[int] = set()
        self._held: deque[tuple[int, bytes]] = deque()

    async def open(self) -> None:
        """Connect, be accepted, and say that we are online.

        Raises:
            BrokerRefusesError: the other side, or our trust in it, says no.
            LinkDownError: nobody is there, or does not answer.
        """
        settings, place = self._settings, self._settings.place
        try:
            tls = None if settings.tls is None else await asyncio.to_thread(_tls_context, settings.tls)
            await self._connect(await _look_up(settings.host, settings.port), tls)
            will = Publish(settings.status_topic, OFFLINE, retain=True)
            self.write(
                packets.connect(
                    Connect(
                        client_id=settings.client_id,
                        user=settings.user,
                        password=settings.password,
                        keep_alive_s=KEEP_ALIVE_S,
                        will=will,
                    )
                )
            )
            answered, _ = await asyncio.wait(
                (self._accepted, self._lost), timeout=HANDSHAKE_WITHIN_S, return_when=asyncio.FIRST_COMPLETED
            )
        except ssl.SSLCertVerificationError as error:
            reason = error.verify_message
            raise BrokerRefusesError(f"The certificate of the broker at {place} is not trusted: {reason}.") from error
        except ssl.SSLError as error:
            raise BrokerRefusesError(f"No TLS with the broker at {place}: {error.reason}.") from error
        except socket.gaierror as error:
            raise LinkDownError(f"The broker's name {settings.host} is not known on this network.") from error
        except ConnectionRefusedError as error:
            raise LinkDownError(f"No broker listens at {place}.") from error
        except TimeoutError as error:
            raise LinkDownError(f"The broker at {place} does not answer.") from error
        except OSError as error:
            raise LinkDownError(f"The broker at {place} cannot be reached: {error.strerror or error}.") from error
        if not answered:
            raise LinkDownError(f"The broker at {place} does not answer.")
        if not self._accepted.done():
            raise LinkDownError(self._lost.result())
        self._judge(self._accepted.result())
        self.publish(settings.status_topic, ONLINE, 0, retain=True)

    async def watch(self) -> str:
        """Wait until the connection is lost, with a ping now and then; returns the reason.

        Intervals are counted, not seconds: after the machine slept, the broker's words are first given a chance.
        """
        silent = 0
        while True:
            self._has_heard = False
            await asyncio.wait((self._lost,), timeout=PING_EVERY_S)
            if self._lost.done():
                return self._lost.result()
            silent = 0 if self._has_heard else silent + 1
            if silent >= SILENT_PINGS:
                return "The broker has stopped answering."
            self.write(packets.PINGREQ)

    async def close(self) -> None:
        """Leave: say that we are offline if anyone listens, then close, gently for a moment and then at once."""
        self.deafen()
        if not self.is_open:
            return
        try:
            if not self._lost.done():
                if self._accepted.done() and self._accepted.result() == 0:
                    offline = Publish(self._settings.status_topic, OFFLINE, retain=True)
                    self.write(packets.publish(offline) + packets.DISCONNECT)
                self.transport.close()
                await asyncio.wait((self._lost,), timeout=GOODBYE_WITHIN_S)
        finally:
            if self.is_open:
                self.transport.abort()

    def ended(self, reason: str) -> None:
        """The connection is of no further use."""
        if not self._lost.done():
            self._lost.set_result(f"The link to the broker ended: {reason}.")

    def publish(self, topic: str, payload: bytes, qos: QoS, *, retain: bool) -> None:
        """Send a message.

        Raises:
            LinkDownError: the broker has stopped reading.
            InvalidInputError: the topic is none.
        """
        if self.is_congested or len(self._held) >= HELD_CAP:
            raise LinkDownError("The broker has stopped reading.")
        if qos == 0:
            self.write(packets.publish(Publish(topic, payload, 0, retain)))
        else:
            packet_id = self._next_id()
            self._held.append((packet_id, packets.publish(Publish(topic, payload, qos, retain, packet_id))))
            self._send_held()

    def subscribe(self, topic_filters: list[str]) -> None:
        """Ask for messages, at QoS 0."""
        packet_id = self._next_id()
        self._asked[packet_id] = topic_filters
        self.write(packets.subscribe(packet_id, ((topic_filter, 0) for topic_filter in topic_filters)))

    def unsubscribe(self, topic_filters: list[str]) -> None:
        """Ask for messages no longer."""
        self.write(packets.unsubscribe(self._next_id(), topic_filters))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=UNSENT_CAP_BYTES)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._has_heard = True
        super().data_received(data)

    async def _connect(self, addresses: list[str], tls: ssl.SSLContext | None) -> None:
        """Connect to the first address that answers, or raise the last one's error."""
        within_s = CONNECT_WITHIN_S if tls is None else HANDSHAKE_WITHIN_S
        hostname = None if tls is None else self._settings.host
        failure: OSError | None = None
        for address in addresses:
            try:
                async with asyncio.timeout(within_s):
                    await self.loop.create_connection(
                        lambda: self, address, self._settings.port, ssl=tls, server_hostname=hostname
                    )
            except OSError as error:
                failure = error
            else:
                return
        assert failure is not None
        raise failure

    def _judge(self, code: int) -> None:
        place = self._settings.place
        match code:
            case 0:
                return
            case Refusal.UNAVAILABLE:
                raise LinkDownError(f"The broker at {place} is not available.")
            case Refusal.CREDENTIALS | Refusal.NOT_AUTHORIZED:
                raise BrokerRefusesError(f"The broker at {place} refuses user name or password.")
            case _:
                raise BrokerRefusesError(f"The broker at {place} refuses us with code {code}.")

    def handle(self, first: int, body: bytes) -> None:
        """Handle one packet from the broker."""
        kind = first & 0xF0
        if kind != Kind.CONNACK and not self._accepted.done():
            raise packets.MalformedPacketError("it does not answer CONNECT")
        match kind:
            case Kind.PUBLISH:
                message = packets.read_publish(first, body)
                if message.packet_id is not None:
                    answer = Kind.PUBACK if message.qos == 1 else Kind.PUBREC
                    self.write(packets.answer(answer, message.packet_id))
                self.receive(message)
            case Kind.CONNACK if not self._accepted.done():
                self._accepted.set_result(packets.read_connack(body))
            case Kind.PUBREC:
                self.write(packets.answer(Kind.PUBREL, packets.read_packet_id(body)))
            case Kind.PUBREL:
                self.write(packets.answer(Kind.PUBCOMP, packets.read_packet_id(body)))
            case Kind.SUBACK:
                asked = self._asked.pop(packets.read_packet_id(body), [])
                codes = body[2:]
                refused = [topic_filter for topic_filter, code in zip(asked, codes, strict=False) if code & 0x80]
                if refused:
                    self.refused(refused)
            case Kind.PUBACK | Kind.PUBCOMP:
                self._unanswered.discard(packets.read_packet_id(body))
                self._send_held()
            case Kind.UNSUBACK | Kind.PINGRESP:
                pass
            case _:
                raise packets.MalformedPacketError(f"an unexpected packet 0x{first:02x}")

    def left_out(self, error: packets.OversizedPacketError) -> None:
        """A message was too large: it is skipped, for a kept one would come again with each connection."""
        end = self._complaints.due("size", "too large", self.loop.time())
        if end is not None:
            _log.warning("left out a message from the broker: %s%s", error, end)

    def _send_held(self) -> None:
        while self._held and len(self._unanswered) < UNANSWERED_CAP:
            packet_id, packet = self._held.popleft()
            self._unanswered.add(packet_id)
            self.write(packet)

    def _next_id(self) -> int:
        self._packet_id = self._packet_id % 0xFFFF + 1
        return self._packet_id


async def _look_up(host: str, port: int) -> list[str]:
    """The addresses of a name.

    In a thread of its own, not in the loop's executor: that one is waited for at the program's end, and without a
    network a resolver may hang for half a minute.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def settle(addresses: list[str], failure: OSError | None) -> None:
        if found.done():
            return
        if failure is None:
            found.set_result(addresses)
        else:
            found.set_exception(failure)

    def look_up() -> None:
        addresses: list[str] = []
        failure: OSError | None = None
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        except OSError as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, addresses, failure)

    threading.Thread(target=look_up, name="broker-name", daemon=True).start()
    async with asyncio.timeout(HANDSHAKE_WITHIN_S):
        return await found


def _tls_context(tls: Tls) -> ssl.SSLContext:
    file = tls.ca_file
    try:
        context = ssl.create_default_context(cafile=file)
        # Python 3.13 asks for extensions that the certificates of a home's own authority seldom carry.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if tls.certificate_file is not None:
            file = tls.certificate_file
            context.load_cert_chain(tls.certificate_file, tls.key_file)
    except OSError as error:
        raise BrokerRefusesError(f"The certificate file {file} cannot be used: {error.strerror or error}.") from error
    return context
