"""MQTT 3.1.1 packets: bytes to values and values to bytes, for the link and for the small broker alike.

Knows no socket, clock or session. A packet is one first byte (kind and flags) and a body; `PacketBuffer` cuts a stream
into such pairs, `read_*` functions take a body apart, the others build whole packets. Section numbers are those of the
OASIS standard "MQTT Version 3.1.1".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from intercom.home.errors import InvalidInputError

QoS = Literal[0, 1, 2]

SUBSCRIPTION_REFUSED = 0x80

_TEXT_BYTES = 65_535
_LENGTH_BYTES = 4
_SUBSCRIBE_BYTES = 16_384
_NOT_IN_TOPICS = frozenset("#+\0")


class MalformedPacketError(Exception):
    """The other side does not speak MQTT 3.1.1, or not well; the connection is of no further use."""


class OversizedPacketError(Exception):
    """A packet is larger than the buffer accepts; it is being skipped."""

    def __init__(self, packet_bytes: int) -> None:
        super().__init__(f"a packet of {packet_bytes} bytes")
        self.packet_bytes = packet_bytes


class Kind(IntEnum):
    """The upper half of a packet's first byte (§2.2.1)."""

    CONNECT = 0x10
    CONNACK = 0x20
    PUBLISH = 0x30
    PUBACK = 0x40
    PUBREC = 0x50
    PUBREL = 0x60
    PUBCOMP = 0x70
    SUBSCRIBE = 0x80
    SUBACK = 0x90
    UNSUBSCRIBE = 0xA0
    UNSUBACK = 0xB0
    PINGREQ = 0xC0
    PINGRESP = 0xD0
    DISCONNECT = 0xE0


class Refusal(IntEnum):
    """Why a broker refuses a connection (§3.2.2.3)."""

    PROTOCOL = 1
    CLIENT_ID = 2
    UNAVAILABLE = 3
    CREDENTIALS = 4
    NOT_AUTHORIZED = 5


PINGREQ = bytes((Kind.PINGREQ, 0))
PINGRESP = bytes((Kind.PINGRESP, 0))
DISCONNECT = bytes((Kind.DISCONNECT, 0))


@dataclass(frozen=True, slots=True)
class Publish:
    """One application message as it travels.

    Attributes:
        retain: towards the broker, "keep this"; from it, "this was kept".
        packet_id: None exactly when `qos` is 0.
        is_repeat: the sender has sent it before and saw no answer (DUP).
    """

    topic: str
    payload: bytes
    qos: QoS = 0
    retain: bool = False
    packet_id: int | None = None
    is_repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """What a client says first.

    Attributes:
        will: published by the broker when the connection ends without DISCONNECT.
    """

    client_id: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    keep_alive_s: int = 0
    is_clean: bool = True
    will: Publish | None = None


class PacketBuffer:
    """Takes bytes as they arrive and gives packets as they are whole, each byte copied a bounded number of times."""

    def __init__(self, *, largest_bytes: int) -> None:
        self._largest_bytes = largest_bytes
        self._head = b""
        self._at = 0
        self._rest: deque[bytes] = deque()
        self._needed = 2
        self._to_skip = 0
        self.waiting_bytes = 0
        """Bytes that arrived and were not yet handed out."""

    def feed(self, data: bytes) -> None:
        """Append what arrived."""
        if self._to_skip:
            skipped = min(self._to_skip, len(data))
            self._to_skip -= skipped
            data = data[skipped:]
        if data:
            self._rest.append(data)
            self.waiting_bytes += len(data)

    def next(self) -> tuple[int, bytes] | None:
        """The next whole packet as first byte and body; None when more bytes must arrive first.

        Raises:
            MalformedPacketError: the length field is not one.
            OversizedPacketError: the packet is too large; the call after this one gives the packet behind it.
        """
        while self.waiting_bytes >= self._needed:
            if len(self._head) - self._at < self._needed:
                self._gather()
            head, at = self._head, self._at
            body_bytes = head[at + 1]
            body_at = at + 2
            if body_bytes & 0x80:
                length = _length_at(head, at + 1)
                if length is None:
                    self._needed += 1
                    continue
                body_bytes, body_at = length
            packet_bytes = body_at - at + body_bytes
            if packet_bytes > self._largest_bytes:
                self._skip(packet_bytes)
                raise OversizedPacketError(packet_bytes)
            end = at + packet_bytes
            if end > len(head):
                self._needed = packet_bytes
                continue
            self._needed = 2
            self._at = end
            self.waiting_bytes -= packet_bytes
            return head[at], head[body_at:end]
        return None

    def _gather(self) -> None:
        """Bring `_needed` bytes together in `_head`; they have arrived."""
        parts = [self._head[self._at :]]
        missing = self._needed - len(parts[0])
        while missing > 0:
            part = self._rest.popleft()
            parts.append(part)
            missing -= len(part)
        self._head = b"".join(parts)
        self._at = 0

    def _skip(self, packet_bytes: int) -> None:
        self._needed = self.waiting_bytes
        self._gather()
        kept = self._head[self._at + packet_bytes :]
        self._to_skip = max(0, packet_bytes - self.waiting_bytes)
        self._head, self._at, self._needed = kept, 0, 2
        self.waiting_bytes = len(kept)


def connect(hello: Connect) -> bytes:
    """Build CONNECT (§3.1)."""
    flags = 0x02 if hello.is_clean else 0
    payload = _text(hello.client_id)
    if hello.will is not None:
        flags |= 0x04 | hello.will.qos << 3 | (0x20 if hello.will.retain else 0)
        payload += topic_bytes(hello.will.topic) + _binary(hello.will.payload)
    if hello.user is not None:
        flags |= 0x80
        payload += _text(hello.user)
        if hello.password is not None:
            flags |= 0x40
            payload += _text(hello.password)
    return _packet(Kind.CONNECT, _text("MQTT") + bytes((4, flags)) + hello.keep_alive_s.to_bytes(2, "big") + payload)


def read_connect(body: bytes) -> Connect:
    """Take CONNECT apart.

    Raises:
        UnsupportedProtocolError: not MQTT 3.1 or 3.1.1.
        MalformedPacketError: not a CONNECT at all.
    """
    reader = _Reader(body)
    name, level = reader.text(), reader.byte()
    if (name, level) not in {("MQTT", 4), ("MQIsdp", 3)}:
        if name not in {"MQTT", "MQIsdp"}:
            raise MalformedPacketError("not an MQTT client")
        raise UnsupportedProtocolError(f"{name} level {level}")
    flags = reader.byte()
    keep_alive_s = reader.number()
    client_id = reader.text()
    will = None
    if flags & 0x04:
        topic = reader.text()
        if not topic or not _NOT_IN_TOPICS.isdisjoint(topic):
            raise MalformedPacketError("the last will has no proper topic")
        will = Publish(topic, reader.binary(), _qos(flags >> 3), bool(flags & 0x20))
    return Connect(
        client_id=client_id,
        user=reader.text() if flags & 0x80 else None,
        password=reader.text() if flags & 0x40 else None,
        keep_alive_s=keep_alive_s,
        is_clean=bool(flags & 0x02),
        will=will,
    )


class UnsupportedProtocolError(MalformedPacketError):
    """A CONNECT of another version of MQTT."""


def connack(code: int = 0, *, session_present: bool = False) -> bytes:
    """Build CONNACK; `code` 0 accepts."""
    return bytes((Kind.CONNACK, 2, session_present, code))


def read_connack(body: bytes) -> int:
    """The return code: 0 accepts, else a `Refusal`."""
    if len(body) < 2:
        raise MalformedPacketError("CONNACK is too short")
    return body[1]


def publish(message: Publish) -> bytes:
    """Build PUBLISH (§3.3).

    Raises:
        InvalidInputError: the topic is not one.
    """
    first = Kind.PUBLISH | message.qos << 1 | message.retain | (0x08 if message.is_repeat else 0)
    topic = topic_bytes(message.topic)
    if message.packet_id is None:
        return _packet(first, topic + message.payload)
    return _packet(first, topic + message.packet_id.to_bytes(2, "big") + message.payload)


def read_publish(first: int, body: bytes) -> Publish:
    """Take PUBLISH apart; a topic that is not UTF-8 is shown with replacement characters."""
    if len(body) < 2:
        raise MalformedPacketError("PUBLISH is too short")
    end = 2 + (body[0] << 8 | body[1])
    if end > len(body):
        raise MalformedPacketError("the topic is longer than its packet")
    topic = str(body[2:end], "utf-8", "replace")
    if not first & 0x06:
        return Publish(topic, body[end:], 0, first & 0x01 == 1)
    qos = _qos(first >> 1)
    packet_id = read_packet_id(body[end : end + 2])
    return Publish(topic, body[end + 2 :], qos, first & 0x01 == 1, packet_id, first & 0x08 != 0)


def answer(kind: Kind, packet_id: int) -> bytes:
    """Build PUBACK, PUBREC, PUBREL, PUBCOMP or UNSUBACK."""
    return bytes((kind | 0x02 if kind is Kind.PUBREL else kind, 2, packet_id >> 8, packet_id & 0xFF))


def read_packet_id(body: bytes) -> int:
    """The packet identifier at the start of a body (§2.3.1: never 0)."""
    packet_id = int.from_bytes(body[:2], "big") if len(body) >= 2 else 0
    if packet_id == 0:
        raise MalformedPacketError("no packet identifier")
    return packet_id


def subscribe(packet_id: int, filters: Iterable[tuple[str, QoS]]) -> bytes:
    """Build SUBSCRIBE (§3.8).

    Raises:
        InvalidInputError: a filter is not one.
    """
    asked = b"".join(filter_bytes(topic_filter) + bytes((qos,)) for topic_filter, qos in filters)
    return _packet(Kind.SUBSCRIBE | 0x02, packet_id.to_bytes(2, "big") + asked)


def read_subscribe(body: bytes) -> list[tuple[str, QoS]]:
    """The filters asked for, in order; they are not yet checked."""
    reader = _Reader(body, 2)
    asked: list[tuple[str, QoS]] = []
    while not reader.is_at_end:
        asked.append((reader.text(), _qos(reader.byte())))
    if not asked:
        raise MalformedPacketError("SUBSCRIBE asks for nothing")
    return asked


def suback(packet_id: int, codes: Sequence[int]) -> bytes:
    """Build SUBACK: one granted QoS or `SUBSCRIPTION_REFUSED` for each filter, in order."""
    return _packet(Kind.SUBACK, packet_id.to_bytes(2, "big") + bytes(codes))


def unsubscribe(packet_id: int, filters: Iterable[str]) -> bytes:
    """Build UNSUBSCRIBE (§3.10)."""
    return _packet(Kind.UNSUBSCRIBE | 0x02, packet_id.to_bytes(2, "big") + b"".join(map(filter_bytes, filters)))


def read_unsubscribe(body: bytes) -> list[str]:
    """The filters given up."""
    reader = _Reader(body, 2)
    filters: list[str] = []
    while not reader.is_at_end:
        filters.append(reader.text())
    if not filters:
        raise MalformedPacketError("UNSUBSCRIBE names nothing")
    return filters


def in_batches(filters: Iterable[str]) -> Iterable[list[str]]:
    """Split filters so that each batch makes a packet of a size that any broker accepts."""
    batch: list[str] = []
    batch_bytes = 0
    for topic_filter in filters:
        size = len(topic_filter.encode()) + 3
        if batch and batch_bytes + size > _SUBSCRIBE_BYTES:
            yield batch
            batch, batch_bytes = [], 0
        batch.append(topic_filter)
        batch_bytes += size
    if batch:
        yield batch


def checked_topic(topic: str) -> str:
    """The topic itself, fit to be published to.

    Raises:
        InvalidInputError: empty, too long, or with a wildcard or NUL in it (§4.7).
    """
    topic_bytes(topic)
    return topic


def checked_filter(topic_filter: str) -> str:
    """The filter itself, fit to be subscribed to.

    Raises:
        InvalidInputError: empty, too long, with NUL, or with a wildcard where none may stand (§4.7).
    """
    filter_bytes(topic_filter)
    return topic_filter


def topic_bytes(topic: str) -> bytes:
    """A topic as it stands in a packet; errors as in `checked_topic`."""
    if not topic or not _NOT_IN_TOPICS.isdisjoint(topic):
        raise InvalidInputError(f"an MQTT topic without wildcards was expected, not {topic!r}")
    return _text(topic)


def filter_bytes(topic_filter: str) -> bytes:
    """A filter as it stands in a packet; errors as in `checked_filter`."""
    levels = topic_filter.split("/")
    if (
        not topic_filter
        or "\0" in topic_filter
        or ("#" in topic_filter and (topic_filter.count("#") > 1 or levels[-1] != "#"))
        or ("+" in topic_filter and any("+" in level and level != "+" for level in levels))
    ):
        raise InvalidInputError(f"an MQTT topic filter was expected, not {topic_filter!r}")
    return _text(topic_filter)


class _Reader:
    """Walks over a body; every step past its end is a `MalformedPacketError`."""

    def __init__(self, body: bytes, at: int = 0) -> None:
        self._body = body
        self._at = at

    @property
    def is_at_end(self) -> bool:
        return self._at >= len(self._body)

    def byte(self) -> int:
        return self._take(1)[0]

    def number(self) -> int:
        return int.from_bytes(self._take(2), "big")

    def binary(self) -> bytes:
        return self._take(self.number())

    def text(self) -> str:
        try:
            return self.binary().decode()
        except UnicodeDecodeError as error:
            raise MalformedPacketError("text is not UTF-8") from error

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._body):
            raise MalformedPacketError("the packet ends too early")
        taken = self._body[self._at : end]
        self._at = end
        return taken


def _length_at(data: bytes, at: int) -> tuple[int, int] | None:
    """The remaining length (§2.2.3) and where the body begins; None when its bytes have not all arrived."""
    value = 0
    for place in range(_LENGTH_BYTES):
        if at + place >= len(data):
            return None
        byte = data[at + place]
        value |= (byte & 0x7F) << 7 * place
        if not byte & 0x80:
            return value, at + place + 1
    raise MalformedPacketError("the packet's length is not one")


def _packet(first: int, body: bytes) -> bytes:
    size = len(body)
    if size < 0x80:
        return bytes((first, size)) + body
    head = bytearray((first,))
    while size >= 0x80:
        head.append(size & 0x7F | 0x80)
        size >>= 7
    head.append(size)
    return bytes(head) + body


def _text(value: str) -> bytes:
    try:
        return _binary(value.encode())
    except UnicodeEncodeError as error:
        raise InvalidInputError("text that can be written as UTF-8 was expected") from error


def _binary(value: bytes) -> bytes:
    if len(value) > _TEXT_BYTES:
        raise InvalidInputError(f"at most {_TEXT_BYTES} bytes were expected, not {len(value)}")
    return len(value).to_bytes(2, "big") + value


def _qos(bits: int) -> QoS:
    match bits & 0x03:
        case 0:
            return 0
        case 1:
            return 1
        case 2:
            return 2
        case _:
            raise MalformedPacketError("QoS 3 does not exist")
