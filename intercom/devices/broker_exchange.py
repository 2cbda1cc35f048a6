"""What a broker does between its connections: who is sent which message, what is kept, what is still owed.

Knows no socket, clock or disk: a connection is a `send` and a `cut`, a kept message is reported to `on_kept`. The whole
of MQTT 3.1.1: QoS 0 to 2, kept messages, last wills, lasting sessions, take-over, wildcards. Section numbers are those
of the standard.

A *peer* is what the standard calls a session: one client id, its subscriptions, and what it has not yet acknowledged.
A *visit* is one connection of a peer. A peer without `clean session` outlives its visits.
"""

from __future__ import annotations

import itertools
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from intercom.devices import mqtt_packets as packets
from intercom.devices.mqtt_packets import Connect, Kind, MalformedPacketError, Publish, QoS, Refusal
from intercom.devices.topic_filter import covers
from intercom.home.errors import InvalidInputError

UNANSWERED_CAP: Final = 20
"""Messages of QoS 1 and 2 on their way to one peer at a time."""
OWED_CAP: Final = 1_000
"""Messages of QoS 1 and 2 that wait for one peer; later ones are dropped, as Mosquitto does."""
OWED_BYTES_CAP: Final = 4 * 1024 * 1024
"""And so many bytes of them."""
KEPT_CAP: Final = 100_000
"""Topics with a kept message; a device that invents topics without end must not fill the memory."""
KEPT_BYTES_CAP: Final = 64 * 1024 * 1024
"""And the bytes of all kept messages with their topics."""
ABSENT_CAP: Final = 200
"""Peers that are remembered while they are away; who has been away longest is forgotten first."""
_ROUTES_CAP: Final = 20_000

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Peer:
    client_id: str
    is_clean: bool
    visit: Visit | None = None
    filters: dict[str, QoS] = field(default_factory=dict)
    unanswered: dict[int, Publish | None] = field(default_factory=dict)
    """Sent and not acknowledged, by packet id; None once only the last word (PUBCOMP) is missing."""
    owed: deque[Publish] = field(default_factory=deque)
    owed_bytes: int = 0
    received: set[int] = field(default_factory=set)
    """Packet ids of QoS 2 that were routed and whose PUBREL has not come."""
    last_id: int = 0


class Exchange:
    """All peers of one broker.

    Attributes:
        kept: the kept messages, by topic.
    """

    def __init__(self, *, on_kept: Callable[[Publish], None]) -> None:
        """Begin with no peers.

        Args:
            on_kept: called with each message that is kept; an empty payload ends a topic's keeping.
        """
        self.kept: dict[str, Publish] = {}
        self._kept_bytes = 0
        self._was_full = False
        self._on_kept = on_kept
        self._peers: dict[str, _Peer] = {}
        self._absent: dict[str, _Peer] = {}
        self._exact: dict[str, dict[_Peer, QoS]] = {}
        self._wild: dict[str, dict[_Peer, QoS]] = {}
        self._routes: dict[str, list[tuple[_Peer, QoS]]] = {}
        self._made_up = itertools.count(1)

    def join(self, hello: Connect, *, send: Callable[[bytes], None], cut: Callable[[], None]) -> Visit | None:
        """Let a client in that has shown who it is, and answer its CONNECT; None when its id will not do.

        A client that is here already under the same id is cut (§3.1.4), after its last will.
        """
        client_id = hello.client_id
        if not client_id:
            if not hello.is_clean:
                send(packets.connack(Refusal.CLIENT_ID))
                return None
            client_id = f"\0{next(self._made_up)}"  # NUL: no client can name itself so
        known = self._peers.get(client_id)
        if known is not None and known.visit is not None:
            earlier = known.visit  # which is no longer the peer's once it has ended, and `cut` may end it
            earlier.cut()
            earlier.end(is_polite=False)
        absent = self._absent.pop(client_id, None)
        if absent is not None and hello.is_clean:
            self._forget(absent)
            absent = None
        peer = absent or _Peer(client_id, hello.is_clean)
        self._peers[client_id] = peer
        visit = peer.visit = Visit(self, peer, will=hello.will, send=send, cut=cut)
        send(packets.connack(session_present=absent is not None))
        visit.remind()
        return visit

    def publish(self, message: Publish) -> None:
        """Send a message to whoever subscribed to its topic, and keep it if it says so."""
        if message.topic.startswith("$"):
            return
        if message.retain:
            self._keep(message)
        plain: bytes | None = None
        for peer, asked in self._route(message.topic):
            qos = min(asked, message.qos)
            if qos:
                self.owe(peer, Publish(message.topic, message.payload, qos))
            elif peer.visit is not None:
                if plain is None:
                    plain = packets.publish(Publish(message.topic, message.payload))
                peer.visit.send(plain)

    def subscribe(self, peer: _Peer, topic_filter: str, qos: QoS) -> None:
        """Note a subscription."""
        peer.filters[topic_filter] = qos
        self._subscribers(topic_filter).setdefault(topic_filter, {})[peer] = qos
        self._routes.clear()

    def unsubscribe(self, peer: _Peer, topic_filter: str) -> None:
        """Forget a subscription, if there is one."""
        if peer.filters.pop(topic_filter, None) is None:
            return
        table = self._subscribers(topic_filter)
        del table[topic_filter][peer]
        if not table[topic_filter]:
            del table[topic_filter]
        self._routes.clear()

    def depart(self, peer: _Peer) -> None:
        """A peer's visit is over."""
        peer.visit = None
        if peer.is_clean:
            self._forget(peer)
            return
        self._absent[peer.client_id] = peer
        if len(self._absent) > ABSENT_CAP:
            self._forget(self._absent.pop(next(iter(self._absent))))

    def send_owed(self, peer: _Peer) -> None:
        """Send what is owed, as far as acknowledgements allow."""
        while peer.visit is not None and peer.owed and len(peer.unanswered) < UNANSWERED_CAP:
            owed = peer.owed.popleft()
            peer.owed_bytes -= _size(owed)
            peer.last_id = next(
                number % 0xFFFF + 1
                for number in itertools.count(peer.last_id)
                if number % 0xFFFF + 1 not in peer.unanswered
            )
            message = peer.unanswered[peer.last_id] = replace(owed, packet_id=peer.last_id)
            peer.visit.send(packets.publish(message))

    def owe(self, peer: _Peer, message: Publish) -> None:
        """Send a message of QoS 1 or 2 when its turn has come."""
        has_room = len(peer.owed) < OWED_CAP and peer.owed_bytes < OWED_BYTES_CAP
        if message.retain or has_room:
            peer.owed.append(message)
            peer.owed_bytes += _size(message)
            self.send_owed(peer)

    def take_kept(self, messages: Mapping[str, Publish]) -> None:
        """Begin with what was kept before."""
        self.kept.update(messages)
        self._kept_bytes = sum(map(_size, self.kept.values()))

    def _keep(self, message: Publish) -> None:
        before = self.kept.get(message.topic)
        if not message.payload:
            if before is None:
                return
            del self.kept[message.topic]
            self._kept_bytes -= _size(before)
        else:
            kept = Publish(message.topic, message.payload, message.qos, retain=True)
            kept_bytes = self._kept_bytes + _size(kept) - (0 if before is None else _size(before))
            if (before is None and len(self.kept) >= KEPT_CAP) or kept_bytes > KEPT_BYTES_CAP:
                self._tell_full(message.topic)
                return
            self.kept[message.topic] = kept
            self._kept_bytes = kept_bytes
        self._on_kept(message)

    def _tell_full(self, topic: str) -> None:
        """Say once, and not for each message, that there is no more room."""
        if not self._was_full:
            self._was_full = True
            _log.warning("no more messages are kept, there is no room; the first that is not is of %s", topic)

    def _forget(self, peer: _Peer) -> None:
        for topic_filter in list(peer.filters):
            self.unsubscribe(peer, topic_filter)
        if self._peers.get(peer.client_id) is peer:
            del self._peers[peer.client_id]

    def _subscribers(self, topic_filter: str) -> dict[str, dict[_Peer, QoS]]:
        return self._wild if _is_wild(topic_filter) else self._exact

    def _route(self, topic: str) -> list[tuple[_Peer, QoS]]:
        """Whom a topic goes to, each once, at the highest QoS that it asked for (§3.3.5)."""
        route = self._routes.get(topic)
        if route is None:
            found: dict[_Peer, QoS] = dict(self._exact.get(topic, {}))
            levels = topic.split("/")
            for topic_filter, subscribers in self._wild.items():
                if covers(topic_filter.split("/"), levels):
                    for peer, qos in subscribers.items():
                        found[peer] = max(qos, found.get(peer, 0))
            route = list(found.items())
            if len(self._routes) >= _ROUTES_CAP:
                self._routes.clear()
            self._routes[topic] = route
        return route


class Visit:
    """One connection of a peer, from CONNACK on.

    Attributes:
        send: takes a whole packet on its way.
        cut: ends the connection.
    """

    def __init__(
        self,
        exchange: Exchange,
        peer: _Peer,
        *,
        will: Publish | None,
        send: Callable[[bytes], None],
        cut: Callable[[], None],
    ) -> None:
        self.send = send
        self.cut = cut
        self._exchange = exchange
        self._peer = peer
        self._will = will
        self._is_over = False
        self._replays: deque[_Replay] = deque()

    def remind(self) -> None:
        """Send again what an earlier visit left without an answer, then what is owed (§4.4)."""
        for packet_id, message in self._peer.unanswered.items():
            if message is None:
                self.send(packets.answer(Kind.PUBREL, packet_id))
            else:
                self.send(packets.publish(replace(message, is_repeat=True)))
        self._exchange.send_owed(self._peer)

    def replay(self, topics: int) -> bool:
        """Send what is kept for new subscriptions (§3.8.4), looking at so many topics; whether there are more.

        In pieces, because thousands of kept messages must not hold up whoever else lives on the loop.
        """
        while self._replays and topics > 0 and not self._is_over:
            topics -= self._replays[0].send_some(self._exchange, self._peer, topics)
            if not self._replays[0].topics:
                self._replays.popleft()
        return bool(self._replays) and not self._is_over

    def end(self, *, is_polite: bool) -> None:
        """The connection is over; without a DISCONNECT the last will is published. May be called again."""
        if self._is_over:
            return
        self._is_over = True
        self._exchange.depart(self._peer)
        if self._will is not None and not is_polite:
            self._exchange.publish(self._will)

    def handle(self, first: int, body: bytes) -> None:
        """Do what a packet of the client asks for.

        Raises:
            MalformedPacketError: it asks for what no client may; the connection must end (§4.8).
        """
        if self._is_over:
            return
        exchange, peer = self._exchange, self._peer
        match first & 0xF0:
            case Kind.PUBLISH:
                self._take(packets.read_publish(first, body))
            case Kind.PUBACK | Kind.PUBCOMP:
                peer.unanswered.pop(packets.read_packet_id(body), None)
                exchange.send_owed(peer)
            case Kind.PUBREC:
                packet_id = packets.read_packet_id(body)
                if packet_id in peer.unanswered:
                    peer.unanswered[packet_id] = None
                self.send(packets.answer(Kind.PUBREL, packet_id))
            case Kind.PUBREL:
                packet_id = packets.read_packet_id(body)
                peer.received.discard(packet_id)
                self.send(packets.answer(Kind.PUBCOMP, packet_id))
            case Kind.SUBSCRIBE:
                self._subscribe(packets.read_packet_id(body), packets.read_subscribe(body))
            case Kind.UNSUBSCRIBE:
                packet_id = packets.read_packet_id(body)
                for topic_filter in packets.read_unsubscribe(body):
                    exchange.unsubscribe(peer, topic_filter)
                self.send(packets.answer(Kind.UNSUBACK, packet_id))
            case Kind.PINGREQ:
                self.send(packets.PINGRESP)
            case Kind.DISCONNECT:
                self.end(is_polite=True)
                self.cut()
            case _:
                raise MalformedPacketError(f"an unexpected packet 0x{first:02x}")

    def _take(self, message: Publish) -> None:
        try:
            packets.checked_topic(message.topic)
        except InvalidInputError as error:
            raise MalformedPacketError(str(error)) from error
        match message.qos, message.packet_id:
            case 1, int(packet_id):
                self._exchange.publish(message)
                self.send(packets.answer(Kind.PUBACK, packet_id))
            case 2, int(packet_id):
                if packet_id not in self._peer.received:
                    self._peer.received.add(packet_id)
                    self._exchange.publish(message)
                self.send(packets.answer(Kind.PUBREC, packet_id))
            case _:
                self._exchange.publish(message)

    def _subscribe(self, packet_id: int, asked: list[tuple[str, QoS]]) -> None:
        """Answer first, then send what is kept: some clients are confused by messages before SUBACK."""
        granted: list[tuple[str, QoS]] = []
        codes: list[int] = []
        for topic_filter, qos in asked:
            try:
                packets.checked_filter(topic_filter)
            except InvalidInputError:
                codes.append(packets.SUBSCRIPTION_REFUSED)
            else:
                codes.append(qos)
                granted.append((topic_filter, qos))
        self.send(packets.suback(packet_id, codes))
        for topic_filter, qos in granted:
            self._exchange.subscribe(self._peer, topic_filter, qos)
            topics = deque(self._exchange.kept if _is_wild(topic_filter) else (topic_filter,))
            self._replays.append(_Replay(topic_filter, qos, topics))


@dataclass(slots=True)
class _Replay:
    """What is still to be looked at for one new subscription."""

    topic_filter: str
    qos: QoS
    topics: deque[str]

    def send_some(self, exchange: Exchange, peer: _Peer, count: int) -> int:
        """Look at up to so many topics and send what is kept there now; returns how many."""
        looked_at = min(count, len(self.topics))
        levels = self.topic_filter.split("/")
        for _ in range(looked_at):
            message = exchange.kept.get(self.topics.popleft())
            if message is None or peer.visit is None or not covers(levels, message.topic.split("/")):
                continue
            qos = min(self.qos, message.qos)
            if qos:
                exchange.owe(peer, Publish(message.topic, message.payload, qos, retain=True))
            else:
                peer.visit.send(packets.publish(Publish(message.topic, message.payload, retain=True)))
        return looked_at


def _is_wild(topic_filter: str) -> bool:
    return "#" in topic_filter or "+" in topic_filter


def _size(message: Publish) -> int:
    return len(message.topic) + len(message.payload)
