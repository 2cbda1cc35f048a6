"""What devices may say, and what pretends to be one: announcements, states, topics of every kind, and what is no MQTT.

Announcements are real ones, spoiled. The program may say of one that it cannot be used; nothing else may come of it.
"""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.e2e.until import until
from tests.fuzz.house import LAMP, House
from tests.fuzz.inputs import Tally, patient, tries
from tests.fuzz.mqtt_peer import connect, field, packet, publish
from tests.fuzz.mutations import ODD_TEXTS, as_sent, odd_values, spoiled_bytes, spoiled_json
from tests.fuzz.raw import throw

pytestmark = patient

Message = tuple[bytes, bytes, bool]
"""Topic, payload, and whether the broker is to keep it."""

with gzip.open(Path(__file__).parents[1] / "data" / "zigbee2mqtt-discovery.jsonl.gz", "rt", encoding="utf-8") as lines:
    CAPTURED: list[dict[str, Any]] = [record for record in map(json.loads, lines) if "topic" in record]
ANNOUNCED = [record for record in CAPTURED if record["kind"] == "discovery"]
COMPONENTS = sorted({record["topic"].split("/")[1] for record in ANNOUNCED} | {"camera", "siren", "valve", "nonsense"})
TOPICS = [record["topic"].encode() for record in CAPTURED if record["kind"] == "state"]

_odd_topics = st.one_of(
    st.sampled_from([each.encode("utf-8", "surrogatepass")[:200] or b"x" for each in ODD_TEXTS]),
    st.text(min_size=1, max_size=30).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(
        (b"/", b"//", b"$SYS/x", b"homeassistant", b"homeassistant/", b"homeassistant//config", b"a/" * 120)
    ),
    st.sampled_from(
        (b"homeassistant/status", b"homeassistant/sensor/\xed\xa0\x80/config", b"tasmota/discovery//config")
    ),
)
_payloads = st.one_of(
    odd_values.map(as_sent),
    st.binary(max_size=60),
    st.sampled_from(
        (
            b"",
            b"\xff\xfe",
            b"\x00",
            b"[" * 60_000,
            b'{"a":' * 5_000,
            b"1" * 5_000,
            b'{"state":"\\ud800"}',
            b"a" * 70_000,
        )
    ),
)


@st.composite
def _announcement(draw: st.DrawFn) -> Message:
    """A real announcement, spoiled, as it was or as one of something else."""
    record = draw(st.sampled_from(ANNOUNCED))
    other = draw(st.none() | st.none() | st.sampled_from(COMPONENTS))
    topic = record["topic"] if other is None else f"homeassistant/{other}/junk/config"
    return topic.encode(), as_sent(draw(spoiled_json(st.just(record["payload"])))), True


_announcements = _announcement()
_states: st.SearchStrategy[Message] = st.tuples(st.sampled_from(TOPICS), _payloads, st.booleans())
_captured: st.SearchStrategy[Message] = st.sampled_from(CAPTURED).map(
    lambda record: (record["topic"].encode(), _plain(record["payload"]), record["kind"] != "state")
)
_strange: st.SearchStrategy[Message] = st.tuples(_odd_topics, _payloads, st.booleans())
_switches: st.SearchStrategy[Message] = st.tuples(
    st.sampled_from((b"regist", b"state")),
    st.fixed_dictionaries(
        {},
        optional={
            "device_host": st.sampled_from(("x", "good-switch", "a/b", "+", "#", "")) | odd_values,
            "device_name": odd_values,
            "device_way": st.sampled_from((1, 2, 4, "4", 3)) | odd_values,
            "device_state": st.sampled_from(("1000", "2", "")) | odd_values,
        },
    ).map(as_sent)
    | _payloads,
    st.booleans(),
)
_tasmota: st.SearchStrategy[Message] = st.tuples(
    st.sampled_from((b"tasmota/discovery/AA/config", b"tasmota/discovery/AA/sensors")),
    st.dictionaries(st.sampled_from(("t", "ft", "tp", "state", "rl", "sn", "so", "swc", "btn", "fn")), odd_values).map(
        as_sent
    ),
    st.booleans(),
)
_messages = st.lists(
    _announcements | _announcements | _states | _captured | _strange | _switches | _tasmota, min_size=1, max_size=24
)


def test_devices_may_say_what_they_like(house: House, tally: Tally) -> None:
    kept: set[bytes] = set()

    @tries(usual=90, long=3200)
    @given(_messages)
    def say(messages: list[Message]) -> None:
        with house.peer() as peer:
            for topic, payload, is_kept in messages:
                peer.publish(topic, payload, retain=is_kept)
                if is_kept:
                    kept.add(topic)
            has_heard = peer.settle()  # it hangs up on who publishes to what is no topic

        tally.count("MQTT messages", "heard" if has_heard else "hung up", inputs=len(messages))
        house.look()

    say()
    house.check_lamp()
    _clear(house, kept)


def test_what_is_no_mqtt_is_hung_up_on(house: House, tally: Tally) -> None:
    hello = connect(user=house.user, password=house.password, client="rude")

    @tries(usual=18, long=700)
    @given(st.lists(_conversations(hello), min_size=12, max_size=24), st.integers(0, 15), st.booleans())
    def say(conversations: Sequence[bytes], source: int, and_leave: bool) -> None:
        throw(house.broker_port, conversations, source=house.source(source), and_leave=and_leave)

        tally.count("MQTT packets", inputs=len(conversations))
        house.look()

    say()


def test_the_beacon_answers_whatever_else_it_is_sent(house: House, tally: Tally) -> None:
    @tries(usual=60, long=1000)
    @given(st.lists(st.binary(max_size=600) | st.sampled_from((b"", b"127.0.0.1", b"::1", b"a" * 60_000)), max_size=12))
    def say(datagrams: list[bytes]) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind((house.source(len(datagrams)), 0))
            for datagram in datagrams:
                sender.sendto(datagram, ("127.0.0.1", house.beacon_port))

        tally.count("UDP datagrams", inputs=len(datagrams))
        house.look()

    say()
    until(lambda: _beacon_answers(house), "the beacon answers a switch", within_s=5)


# Inside


@st.composite
def _conversations(draw: st.DrawFn, hello: bytes) -> bytes:
    """A greeting and some packets, or what was made of them."""
    first = draw(
        st.sampled_from((hello, hello, hello, b"", packet(0x10, field(b"MQIsdp") + b"\x03\x02\x00\x3c\x00\x00")))
    )
    good = st.one_of(
        st.builds(publish, st.sampled_from((b"good/x", b"+", b"")), st.binary(max_size=20)),
        st.builds(packet, st.integers(0, 255), st.binary(max_size=40)),
        st.builds(
            lambda topic, qos: packet(0x82, b"\x00\x07" + field(topic) + qos), _odd_topics, st.binary(max_size=2)
        ),
        st.builds(lambda topic: packet(0xA2, b"\x00\x08" + field(topic)), _odd_topics),
        st.builds(
            lambda rest: b"\x3d" + rest, st.sampled_from((b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff\x01", b"\x80"))
        ),
        st.sampled_from(
            (b"\x40\x02\x00\x01", b"\x62\x02\x00\x01", b"\xc0\x00", b"\xe0\x00", b"GET / HTTP/1.1\r\n\r\n")
        ),
    )
    said = draw(st.lists(good, max_size=5))
    return draw(spoiled_bytes(st.just(first + b"".join(said))))


def _plain(payload: Any) -> bytes:
    return payload.encode() if isinstance(payload, str) else as_sent(payload)


def _clear(house: House, kept: set[bytes]) -> None:
    """Take back what the broker keeps, and see that the home is as it was."""
    for topic in kept:
        with house.peer() as peer:
            peer.publish(topic, b"", retain=True)
            peer.settle()
    until(lambda: LAMP in {device["name"] for device in house.devices()}, "the good lamp is still there")


def _beacon_answers(house: House) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as switch:
        switch.bind(("127.0.0.99", 0))
        switch.settimeout(0.3)
        switch.sendto(b"where are you?", ("127.0.0.1", house.beacon_port))
        try:
            return switch.recv(100) == b"127.0.0.1"
        except TimeoutError:
            return False
