import pytest

from intercom.devices import mqtt_packets as packets
from intercom.devices.mqtt_packets import Connect, Kind, PacketBuffer, Publish
from intercom.home.errors import InvalidInputError


def taken(buffer: PacketBuffer) -> list[tuple[int, bytes]]:
    found = []
    while (packet := buffer.next()) is not None:
        found.append(packet)
    return found


def only(data: bytes) -> tuple[int, bytes]:
    buffer = PacketBuffer(largest_bytes=1_000_000)
    buffer.feed(data)
    packet = buffer.next()
    assert packet is not None and buffer.waiting_bytes == 0
    return packet


def test_a_publish_is_written_as_the_standard_draws_it() -> None:
    assert packets.publish(Publish("a/b", b"hi")) == b"\x30\x07\x00\x03a/bhi"
    assert packets.publish(Publish("a/b", b"hi", 1, True, 10)) == b"\x33\x09\x00\x03a/b\x00\x0ahi"


def test_a_long_packet_has_its_length_in_several_bytes() -> None:
    data = packets.publish(Publish("t", b"x" * 20_000))

    assert data[:4] == b"\x30\xa3\x9c\x01"
    assert packets.read_publish(*only(data)).payload == b"x" * 20_000


def test_a_packet_is_given_once_its_last_byte_has_arrived() -> None:
    buffer = PacketBuffer(largest_bytes=1_000)
    data = packets.publish(Publish("t", b"x" * 200)) + packets.PINGRESP

    for byte in data[:-3]:
        buffer.feed(bytes((byte,)))
        assert buffer.next() is None
    buffer.feed(data[-3:])

    assert [first for first, _ in taken(buffer)] == [Kind.PUBLISH, Kind.PINGRESP]


@pytest.mark.parametrize("piece", [1, 7, 100, 5_000])
def test_a_packet_that_is_too_large_is_skipped_and_the_next_one_is_whole(piece: int) -> None:
    buffer = PacketBuffer(largest_bytes=100)
    data = packets.publish(Publish("t", b"x" * 2_000)) + packets.publish(Publish("u", b"small"))
    refused: list[int] = []
    found: list[Publish] = []

    for at in range(0, len(data), piece):
        buffer.feed(data[at : at + piece])
        try:
            found += [packets.read_publish(*packet) for packet in taken(buffer)]
        except packets.OversizedPacketError as error:
            refused.append(error.packet_bytes)
    found += [packets.read_publish(*packet) for packet in taken(buffer)]

    assert refused == [2_006]
    assert found == [Publish("u", b"small")]
    assert buffer.waiting_bytes == 0


def test_a_length_of_five_bytes_is_malformed() -> None:
    buffer = PacketBuffer(largest_bytes=1_000)
    buffer.feed(b"\x30\xff\xff\xff\xff\x01")

    with pytest.raises(packets.MalformedPacketError):
        buffer.next()


def test_connect_says_who_we_are_and_what_to_publish_when_we_vanish() -> None:
    hello = Connect(
        client_id="wand", user="나", password="비밀", keep_alive_s=15, will=Publish("s", b"offline", 1, retain=True)
    )

    first, body = only(packets.connect(hello))

    assert first == Kind.CONNECT
    assert packets.read_connect(body) == hello


def test_connect_of_another_version_is_told_from_junk() -> None:
    with pytest.raises(packets.UnsupportedProtocolError):
        packets.read_connect(b"\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x01a")
    with pytest.raises(packets.MalformedPacketError) as caught:
        packets.read_connect(b"\x00\x04HTTP\x05\x02\x00\x3c\x00\x01a")
    assert caught.type is packets.MalformedPacketError


def test_subscribe_and_unsubscribe_carry_filters_beyond_ascii() -> None:
    first, body = only(packets.subscribe(7, [("거실/#", 1), ("a/+/b", 0)]))
    assert (first, packets.read_packet_id(body)) == (0x82, 7)
    assert packets.read_subscribe(body) == [("거실/#", 1), ("a/+/b", 0)]

    first, body = only(packets.unsubscribe(8, ["거실/#"]))
    assert (first, packets.read_packet_id(body)) == (0xA2, 8)
    assert packets.read_unsubscribe(body) == ["거실/#"]


@pytest.mark.parametrize("topic", ["", "a/#", "a/+/b", "a\0b", "x" * 65_536, "\ud800"])
def test_a_topic_that_a_broker_would_cut_us_for_is_refused_here(topic: str) -> None:
    with pytest.raises(InvalidInputError):
        packets.publish(Publish(topic, b""))


@pytest.mark.parametrize("topic_filter", ["", "a/#/b", "a#", "a+/b", "#/#", "a\0b", "x" * 65_536])
def test_a_filter_that_a_broker_would_cut_us_for_is_refused_here(topic_filter: str) -> None:
    with pytest.raises(InvalidInputError):
        packets.checked_filter(topic_filter)


@pytest.mark.parametrize("topic_filter", ["#", "+", "a", "/", "a/+/#", "+/+", "$SYS/#", "/a/"])
def test_every_filter_of_the_standard_is_accepted(topic_filter: str) -> None:
    assert packets.checked_filter(topic_filter) == topic_filter


def test_a_topic_that_is_not_utf8_is_readable_all_the_same() -> None:
    assert packets.read_publish(0x30, b"\x00\x02a\xffpayload") == Publish("a\ufffd", b"payload")


def test_many_filters_travel_in_few_packets_of_bounded_size() -> None:
    filters = [f"zigbee2mqtt/a device with a long name {n}/availability" for n in range(3_000)]

    batches = list(packets.in_batches(filters))

    assert [topic_filter for batch in batches for topic_filter in batch] == filters
    assert len(batches) < 15
    assert max(len(packets.subscribe(1, [(one, 0) for one in batch])) for batch in batches) < 17_000
