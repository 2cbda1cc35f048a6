from __future__ import annotations

import pytest

from intercom.devices import broker_exchange
from intercom.devices import mqtt_packets as packets
from intercom.devices.broker_exchange import ABSENT_CAP, OWED_CAP, UNANSWERED_CAP, Exchange, Visit
from intercom.devices.mqtt_packets import Connect, Kind, MalformedPacketError, PacketBuffer, Publish, QoS, Refusal


class Broker:
    """An exchange whose clients' packets can be read."""

    def __init__(self) -> None:
        self.noted: list[Publish] = []
        self.exchange = Exchange(on_kept=self.noted.append)

    def client(
        self, name: str, *, is_clean: bool = True, will: Publish | None = None, asks: tuple[tuple[str, QoS], ...] = ()
    ) -> Client:
        client = Client(self.exchange, Connect(client_id=name, is_clean=is_clean, will=will))
        if asks:
            client.subscribe(*asks)
            client.heard()
        return client


class Client:
    """One connection, seen from outside."""

    def __init__(self, exchange: Exchange, hello: Connect) -> None:
        self._buffer = PacketBuffer(largest_bytes=1_000_000)
        self.is_cut = False
        visit = exchange.join(hello, send=self._buffer.feed, cut=self._be_cut)
        assert visit is not None
        self.visit: Visit = visit
        first, answer = self.packet()
        assert first == Kind.CONNACK
        self.is_known = answer == b"\x01\x00"

    def _be_cut(self) -> None:
        self.is_cut = True

    def packet(self) -> tuple[int, bytes]:
        packet = self._buffer.next()
        assert packet is not None
        return packet

    def say(self, data: bytes) -> None:
        buffer = PacketBuffer(largest_bytes=1_000_000)
        buffer.feed(data)
        packet = buffer.next()
        assert packet is not None
        self.visit.handle(*packet)

    def subscribe(self, *asks: tuple[str, QoS]) -> list[int]:
        self.say(packets.subscribe(9, asks))
        first, body = self.packet()
        assert (first, packets.read_packet_id(body)) == (Kind.SUBACK, 9)
        while self.visit.replay(1_000):
            pass
        return list(body[2:])

    def publish(self, topic: str, payload: bytes, qos: QoS = 0, *, retain: bool = False, packet_id: int = 1) -> None:
        self.say(packets.publish(Publish(topic, payload, qos, retain, packet_id if qos else None)))

    def heard(self) -> list[Publish]:
        """The messages that have come, other packets left out."""
        messages = []
        while (packet := self._buffer.next()) is not None:
            if packet[0] & 0xF0 == Kind.PUBLISH:
                messages.append(packets.read_publish(*packet))
        return messages


def texts(messages: list[Publish]) -> list[tuple[str, bytes]]:
    return [(message.topic, message.payload) for message in messages]


@pytest.mark.parametrize(
    ("topic_filter", "topic", "is_heard"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a/", True),
        ("a/+", "a", False),
        ("a/+/c", "a/b/c", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/#", "ab", False),
        ("#", "a/b", True),
        ("+/+", "/b", True),
        ("+", "/b", False),
        ("/#", "/b", True),
        ("거실/+", "거실/불", True),
    ],
)
def test_a_filter_covers_the_topics_that_the_standard_says(topic_filter: str, topic: str, *, is_heard: bool) -> None:
    broker = Broker()
    ear, mouth = broker.client("ear", asks=((topic_filter, 0),)), broker.client("mouth")

    mouth.publish(topic, b"live", retain=True)
    late = broker.client("late")
    late.subscribe((topic_filter, 0))

    assert texts(ear.heard()) == ([(topic, b"live")] if is_heard else [])
    assert texts(late.heard()) == ([(topic, b"live")] if is_heard else [])


def test_overlapping_subscriptions_bring_a_message_once_at_the_highest_quality() -> None:
    broker = Broker()
    ear = broker.client("ear", asks=(("a/#", 0), ("a/b", 1), ("+/b", 0)))

    broker.client("mouth").publish("a/b", b"x", 2)

    assert [(message.payload, message.qos) for message in ear.heard()] == [(b"x", 1)]


@pytest.mark.parametrize(("said", "asked", "heard"), [(0, 2, 0), (1, 0, 0), (1, 2, 1), (2, 2, 2), (2, 1, 1)])
def test_a_message_travels_at_the_lower_of_both_qualities(said: QoS, asked: QoS, heard: QoS) -> None:
    broker = Broker()
    ear = broker.client("ear", asks=(("a", asked),))

    broker.client("mouth").publish("a", b"x", said)

    assert [message.qos for message in ear.heard()] == [heard]


def test_a_kept_message_is_marked_for_the_latecomer_only_and_ends_with_an_empty_one() -> None:
    broker = Broker()
    ear, mouth = broker.client("ear", asks=(("a", 0),)), broker.client("mouth")

    mouth.publish("a", b"on", retain=True)
    late = broker.client("late")
    late.subscribe(("a", 0))
    mouth.publish("a", b"", retain=True)
    later = broker.client("later")
    later.subscribe(("#", 0))

    assert [message.retain for message in ear.heard()] == [False, False]
    assert [(message.payload, message.retain) for message in late.heard()] == [(b"on", True), (b"", False)]
    assert later.heard() == []
    assert [message.payload for message in broker.noted] == [b"on", b""]


def test_what_is_kept_is_sent_in_pieces_and_the_newest_of_each_topic() -> None:
    broker = Broker()
    mouth, late = broker.client("mouth"), broker.client("late")
    for number in range(10):
        mouth.publish(f"a/{number}", b"old", retain=True)
    late.say(packets.subscribe(1, [("a/+", 0)]))

    assert late.visit.replay(4)
    assert len(late.heard()) == 4
    mouth.publish("a/9", b"new", retain=True)
    mouth.publish("a/8", b"", retain=True)
    late.heard()
    while late.visit.replay(4):
        pass

    rest = late.heard()
    assert len(rest) == 5
    assert rest[-1].payload == b"new"


def test_a_client_hears_nothing_that_it_did_not_ask_for() -> None:
    broker = Broker()
    broker.client("ear", asks=(("a/#", 0),))
    mouth = broker.client("mouth")
    mouth.publish("a/1", b"kept", retain=True)

    mute = broker.client("mute")
    mouth.publish("a/2", b"live")

    assert mute.heard() == []


def test_a_given_up_filter_brings_nothing_any_more() -> None:
    broker = Broker()
    ear, mouth = broker.client("ear", asks=(("a", 0), ("b/#", 0))), broker.client("mouth")
    mouth.publish("a", b"1")

    ear.say(packets.unsubscribe(3, ["a", "b/#", "never asked for"]))
    mouth.publish("a", b"2")
    mouth.publish("b/c", b"3")

    assert texts(ear.heard()) == [("a", b"1")]


def test_a_broken_filter_is_refused_beside_good_ones() -> None:
    broker = Broker()
    ear = broker.client("ear")

    ear.visit.handle(0x82, b"\x00\x09" + b"\x00\x05a/#/b\x00" + b"\x00\x01a\x01" + b"\x00\x02a+\x00")

    first, body = ear.packet()
    assert (first, list(body[2:])) == (Kind.SUBACK, [0x80, 1, 0x80])


def test_a_last_will_is_published_unless_the_client_says_goodbye() -> None:
    broker = Broker()
    ear = broker.client("ear", asks=(("#", 0),))
    will = Publish("gone", b"offline", 0, retain=True)

    polite = broker.client("polite", will=will)
    polite.say(packets.DISCONNECT)
    assert polite.is_cut
    polite.visit.end(is_polite=False)
    assert ear.heard() == []
    broker.client("rude", will=will).visit.end(is_polite=False)

    assert texts(ear.heard()) == [("gone", b"offline")]
    assert broker.exchange.kept["gone"].payload == b"offline"


def test_a_second_connection_of_the_same_client_cuts_the_first_and_its_late_end_changes_nothing() -> None:
    broker = Broker()
    ear = broker.client("ear", asks=(("gone", 0),))
    first = broker.client("a", will=Publish("gone", b"first"))

    second = broker.client("a", asks=(("t", 0),))
    first.visit.end(is_polite=False)
    broker.client("mouth").publish("t", b"x")

    assert first.is_cut and not second.is_cut
    assert texts(ear.heard()) == [("gone", b"first")]
    assert texts(second.heard()) == [("t", b"x")]


def test_a_lasting_client_gets_what_it_missed_and_a_clean_one_does_not() -> None:
    broker = Broker()
    broker.client("lasting", is_clean=False, asks=(("a", 1),)).visit.end(is_polite=False)
    broker.client("clean", asks=(("a", 1),)).visit.end(is_polite=False)
    mouth = broker.client("mouth")
    mouth.publish("a", b"missed", 1)
    mouth.publish("a", b"of no weight", 0)

    lasting = broker.client("lasting", is_clean=False)
    clean = broker.client("clean", is_clean=False)

    assert lasting.is_known and not clean.is_known
    assert texts(lasting.heard()) == [("a", b"missed")]
    assert clean.heard() == []


def test_what_was_not_acknowledged_is_sent_again_and_marked() -> None:
    broker = Broker()
    ear, mouth = broker.client("ear", is_clean=False, asks=(("a", 2),)), broker.client("mouth")
    mouth.publish("a", b"1", 1)
    mouth.publish("a", b"2", 2, packet_id=2)
    once, twice = ear.heard()
    assert once.packet_id is not None and twice.packet_id is not None
    ear.say(packets.answer(Kind.PUBREC, twice.packet_id))
    ear.visit.end(is_polite=False)

    again = broker.client("ear", is_clean=False)

    first, body = again.packet()
    assert first & 0x08 and packets.read_publish(first, body).payload == b"1"
    assert again.packet() == (Kind.PUBREL | 0x02, twice.packet_id.to_bytes(2, "big"))
    again.say(packets.answer(Kind.PUBACK, once.packet_id))
    again.say(packets.answer(Kind.PUBCOMP, twice.packet_id))
    again.visit.end(is_polite=False)
    assert broker.client("ear", is_clean=False).heard() == []


def test_a_message_of_quality_two_that_is_sent_twice_is_routed_once() -> None:
    broker = Broker()
    ear, mouth = broker.client("ear", asks=(("a", 0),)), broker.client("mouth")

    mouth.publish("a", b"x", 2, packet_id=7)
    mouth.publish("a", b"x", 2, packet_id=7)
    mouth.say(packets.answer(Kind.PUBREL, 7))
    mouth.publish("a", b"next", 2, packet_id=7)

    assert texts(ear.heard()) == [("a", b"x"), ("a", b"next")]
    assert [mouth.packet()[0] for _ in range(4)] == [Kind.PUBREC, Kind.PUBREC, Kind.PUBCOMP, Kind.PUBREC]


def test_a_client_that_does_not_acknowledge_is_owed_a_bounded_number() -> None:
    broker = Broker()
    ear, mouth = broker.client("ear", asks=(("a", 1),)), broker.client("mouth")

    for number in range(UNANSWERED_CAP + OWED_CAP + 50):
        mouth.publish("a", str(number).encode(), 1)
    received = []
    while messages := ear.heard():
        received += messages
        for message in messages:
            assert message.packet_id is not None
            ear.say(packets.answer(Kind.PUBACK, message.packet_id))

    assert [int(message.payload) for message in received] == list(range(UNANSWERED_CAP + OWED_CAP))


def test_a_client_that_does_not_acknowledge_is_owed_so_many_bytes_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_exchange, "OWED_BYTES_CAP", 1_000)
    broker = Broker()
    ear, mouth = broker.client("ear", asks=(("a", 1),)), broker.client("mouth")

    for number in range(UNANSWERED_CAP + 30):
        mouth.publish("a", f"{number:0200}".encode(), 1)
    received = []
    while messages := ear.heard():
        received += [int(message.payload) for message in messages]
        for message in messages:
            assert message.packet_id is not None
            ear.say(packets.answer(Kind.PUBACK, message.packet_id))
    mouth.publish("a", b"999", 1)

    assert received == list(range(UNANSWERED_CAP + 5))
    assert [message.payload for message in ear.heard()] == [b"999"], "there is room again"


def test_only_so_many_bytes_are_kept_and_what_ends_makes_room(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(broker_exchange, "KEPT_BYTES_CAP", 1_000)
    broker = Broker()
    mouth = broker.client("mouth")

    for number in range(20):
        mouth.publish(f"a/{number}", b"x" * 297, retain=True)
    full = sorted(broker.exchange.kept)
    mouth.publish("a/0", b"y" * 297, retain=True)
    mouth.publish("a/1", b"", retain=True)
    mouth.publish("a/9", b"z" * 297, retain=True)

    assert full == ["a/0", "a/1", "a/2"]
    assert sorted(broker.exchange.kept) == ["a/0", "a/2", "a/9"]
    assert broker.exchange.kept["a/0"].payload[:1] == b"y"
    assert len(caplog.records) == 1, "a device that goes on must not fill the log"
    caplog.clear()


def test_clients_that_never_return_are_forgotten_the_longest_away_first() -> None:
    broker = Broker()
    for number in range(ABSENT_CAP + 1):
        broker.client(f"lasting {number}", is_clean=False, asks=(("a", 1),)).visit.end(is_polite=True)

    assert not broker.client("lasting 0", is_clean=False).is_known
    assert broker.client("lasting 1", is_clean=False).is_known


def test_a_client_without_a_name_is_given_one_or_refused_if_it_wants_to_last() -> None:
    broker = Broker()
    answers: list[bytes] = []

    one, other = broker.client(""), broker.client("")
    refused = broker.exchange.join(Connect(client_id="", is_clean=False), send=answers.append, cut=lambda: None)

    assert not one.is_cut and not other.is_cut
    assert refused is None
    assert answers == [packets.connack(Refusal.CLIENT_ID)]


def test_nobody_speaks_on_the_brokers_own_topics() -> None:
    broker = Broker()
    ear = broker.client("ear", asks=(("$SYS/#", 0), ("#", 0)))

    broker.client("mouth").publish("$SYS/broker/version", b"forged", retain=True)

    assert ear.heard() == []
    assert broker.exchange.kept == {}


@pytest.mark.parametrize(
    ("first", "body"),
    [
        (Kind.CONNECT, b"\x00\x04MQTT\x04\x02\x00\x3c\x00\x01a"),
        (Kind.PUBLISH, b"\x00\x03a/+x"),
        (Kind.PUBLISH | 0x06, b"\x00\x01a\x00\x01"),
        (Kind.SUBSCRIBE | 0x02, b"\x00\x01"),
        (Kind.SUBSCRIBE | 0x02, b"\x00\x00\x00\x01a\x00"),
        (Kind.SUBACK, b"\x00\x01\x00"),
        (0xF0, b""),
    ],
)
def test_what_no_client_may_say_is_malformed(first: int, body: bytes) -> None:
    client = Broker().client("a")

    with pytest.raises(MalformedPacketError):
        client.visit.handle(first, body)
