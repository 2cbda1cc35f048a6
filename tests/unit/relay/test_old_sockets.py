"""The wire of Socket.IO 2: what a payload and a packet are, and that strangers' bytes are only ever wrong."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intercom.relay.old_sockets import (
    MOST_PACKETS_A_PAYLOAD,
    Kind,
    SocketPacket,
    decode_packet,
    decode_payload,
    encode_payload,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts


@given(st.lists(texts, max_size=MOST_PACKETS_A_PAYLOAD))
def test_packets_come_out_of_a_payload_as_they_went_in(packets: list[str]) -> None:
    assert decode_payload(encode_payload(packet.encode() for packet in packets)) == packets


@pytest.mark.parametrize(
    ("packets", "payload"),
    [
        (["2probe"], "6:2probe"),
        (["40", "2"], "2:401:2"),
        (["4한글"], "3:4한글"),
        (["4🔔", "3"], "3:4🔔1:3"),
    ],
)
def test_lengths_are_counted_as_javascript_counts(packets: list[str], payload: str) -> None:
    assert encode_payload(packet.encode() for packet in packets) == payload.encode()
    assert decode_payload(payload.encode()) == packets


@pytest.mark.parametrize(
    "payload",
    [
        b"2",
        b":2",
        b"0:",
        b"x:2",
        b"-1:2",
        b"+1:2",
        b" 1:2",
        "١:2".encode(),
        b"2:2",
        b"1:23",
        b"99999999:2",
        b"1:\xff",
        "2:4🔔".encode(),
        b"b4:aGk=",
        b"\x00\x01\xff4",
        b"1:2" * (MOST_PACKETS_A_PAYLOAD + 1),
    ],
)
def test_what_is_no_payload_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"expected|payload"):
        decode_payload(payload)


@given(st.binary(max_size=80) | st.text("0123456789:24bé🔔", max_size=40).map(str.encode))
def test_a_payload_of_anything_is_at_worst_a_value_error(payload: bytes) -> None:
    with contextlib.suppress(ValueError):
        packets = decode_payload(payload)
        assert decode_payload(encode_payload(packet.encode() for packet in packets)) == packets


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("0", SocketPacket(kind=Kind.CONNECT)),
        ("0/door?token=x,", SocketPacket(kind=Kind.CONNECT, namespace="/door")),
        ("0/door", SocketPacket(kind=Kind.CONNECT, namespace="/door")),
        ("1", SocketPacket(kind=Kind.DISCONNECT)),
        ('2["watch"]', SocketPacket(kind=Kind.EVENT, said=("watch",))),
        ('2/,["watch"]', SocketPacket(kind=Kind.EVENT, said=("watch",))),
        ('212["watch",{"run":null},1]', SocketPacket(kind=Kind.EVENT, id=12, said=("watch", {"run": None}, 1))),
        ('2/door,0["x"]', SocketPacket(kind=Kind.EVENT, namespace="/door", id=0, said=("x",))),
        ('2["a\\nb\\ud83d\\udd14"]', SocketPacket(kind=Kind.EVENT, said=("a\nb🔔",))),
        ("37[]", SocketPacket(kind=Kind.ACKNOWLEDGEMENT, id=7)),
    ],
)
def test_what_clients_say_is_understood(text: str, packet: SocketPacket) -> None:
    assert decode_packet(text) == packet


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2",
        "2{}",
        "2[]",
        "2[1]",
        '2["watch"',
        '2["\\ud800"]',
        '2/door["x"]',
        "2" + "[" * 90_000,
        '4"error"',
        '51-["watch",{"_placeholder":true,"num":0}]',
        "61-[]",
        "0/" + "d" * 200,
        '21234567890123456["x"]',
    ],
)
def test_what_no_client_may_say_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|event"):
        decode_packet(text)


@given(st.text(max_size=60) | st.text('0123456/,-?[]{}":ab', max_size=30))
def test_a_packet_of_anything_is_at_worst_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert decode_packet(text).namespace.startswith("/")
