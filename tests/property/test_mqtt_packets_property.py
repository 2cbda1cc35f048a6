"""A stream is cut into the same packets however it arrives, and junk is only ever malformed."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from intercom.devices import mqtt_packets as packets
from intercom.devices.mqtt_packets import Connect, PacketBuffer, Publish

topics = st.text(st.characters(exclude_characters="#+\0", exclude_categories=["Cs"]), min_size=1, max_size=40)
messages = st.one_of(
    st.builds(Publish, topics, st.binary(max_size=400), st.just(0), st.booleans()),
    st.builds(Publish, topics, st.binary(max_size=400), st.sampled_from((1, 2)), st.booleans(), st.integers(1, 65_535)),
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(messages, max_size=12), st.lists(st.integers(1, 300)))
def test_messages_come_out_as_they_went_in_however_the_bytes_are_cut(sent: list[Publish], cuts: list[int]) -> None:
    data = b"".join(map(packets.publish, sent))
    buffer = PacketBuffer(largest_bytes=10_000)
    received: list[Publish] = []

    for size in [*cuts, len(data)]:
        piece, data = data[:size], data[size:]
        buffer.feed(piece)
        while (packet := buffer.next()) is not None:
            received.append(packets.read_publish(*packet))

    assert received == sent
    assert buffer.waiting_bytes == 0


@given(
    st.builds(
        Connect,
        client_id=texts,
        user=texts,
        password=st.none() | texts,
        keep_alive_s=st.integers(0, 65_535),
        is_clean=st.booleans(),
        will=st.none() | st.builds(Publish, topics, st.binary(max_size=50), st.sampled_from((0, 1, 2)), st.booleans()),
    )
)
def test_connect_comes_out_as_it_went_in(hello: Connect) -> None:
    buffer = PacketBuffer(largest_bytes=10_000)
    buffer.feed(packets.connect(hello))

    packet = buffer.next()

    assert packet is not None and packets.read_connect(packet[1]) == hello


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=20))
def test_junk_is_malformed_or_oversized_and_nothing_else(pieces: list[bytes]) -> None:
    buffer = PacketBuffer(largest_bytes=50)

    for piece in pieces:
        buffer.feed(piece)
        with contextlib.suppress(packets.OversizedPacketError, packets.MalformedPacketError):
            while (packet := buffer.next()) is not None:
                assert len(packet[1]) <= 50


@given(st.integers(0, 255), st.binary(max_size=80))
def test_no_body_makes_a_reader_stumble(first: int, body: bytes) -> None:
    for read in (
        packets.read_connect,
        packets.read_connack,
        packets.read_packet_id,
        packets.read_subscribe,
        packets.read_unsubscribe,
        lambda body: packets.read_publish(first, body),
    ):
        with contextlib.suppress(packets.MalformedPacketError):
            read(body)
