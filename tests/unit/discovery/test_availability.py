"""Availability: one topic or several, templates, and what falls silent."""

from __future__ import annotations

from typing import Any

import pytest

from intercom.devices.discovery.effects import AvailabilityChanged
from intercom.home.capabilities import BinarySensorState, SensorState
from tests.unit.discovery.desk import Desk, availabilities, misreadings, of, reports


def test_what_names_no_topic_is_always_there(desk: Desk) -> None:
    desk.announce("sensor", state_topic="s")

    assert availabilities(desk.effects) == []


def test_what_names_a_topic_is_there_only_once_it_says_so(desk: Desk) -> None:
    desk.announce("sensor", state_topic="s", availability_topic="lwt")
    desk.say("lwt", "online")
    desk.say("lwt", "something else")
    desk.say("lwt", "offline")

    assert availabilities(desk.effects) == [False, True, False]


@pytest.mark.parametrize(
    ("mode", "said", "is_there"),
    [
        ("all", {"x": "online"}, False),
        ("all", {"x": "online", "y": "online"}, True),
        ("all", {"x": "online", "y": "offline"}, False),
        ("any", {"x": "online"}, True),
        ("any", {"x": "online", "y": "offline"}, True),
        ("any", {"x": "offline", "y": "offline"}, False),
        ("latest", {"x": "offline", "y": "online"}, True),
        ("latest", {"x": "online", "y": "offline"}, False),
    ],
)
def test_of_several_topics_all_any_or_the_latest_count(
    desk: Desk, mode: str, said: dict[str, str], is_there: bool
) -> None:
    desk.announce("sensor", state_topic="s", availability_mode=mode, availability=[{"topic": "x"}, {"topic": "y"}])
    for topic, payload in said.items():
        desk.say(topic, payload)

    assert desk.discovery.is_available(*desk.only) is is_there


def test_the_latest_counts_when_no_mode_is_named(desk: Desk) -> None:
    desk.announce("sensor", state_topic="s", availability=[{"topic": "x"}, {"topic": "y"}])
    desk.say("x", "offline")
    desk.say("y", "online")

    assert desk.discovery.is_available(*desk.only)


def test_an_availability_may_be_worded_by_a_template(desk: Desk) -> None:
    desk.announce(
        "sensor",
        state_topic="s",
        availability_topic="lwt",
        availability_template="{{ 'online' if value_json.rssi > -80 else 'offline' }}",
    )
    desk.say("lwt", {"rssi": -60})
    desk.say("lwt", "not json")
    desk.say("lwt", "nor this")
    desk.say("lwt", {"rssi": -90})

    assert availabilities(desk.effects) == [False, True, False]
    assert misreadings(desk.effects) == ["'value_json' is undefined"]


def test_what_shares_a_topic_comes_and_goes_together(desk: Desk) -> None:
    device = {"identifiers": "d"}
    for object_id in ("a", "b", "c"):
        desk.say(
            f"homeassistant/sensor/d/{object_id}/config",
            {"state_topic": object_id, "availability_topic": "lwt", "device": device},
        )

    effects = desk.say("lwt", "online")

    assert [(effect.capability_id, effect.is_available) for effect in of(AvailabilityChanged, effects)] == [
        ("a", True),
        ("b", True),
        ("c", True),
    ]


def test_a_newcomer_knows_what_was_said_before_it_came(desk: Desk) -> None:
    for object_id in ("a", "b"):
        desk.say(f"homeassistant/sensor/{object_id}/config", {"state_topic": object_id, "availability_topic": "lwt"})
        desk.say("lwt", "online")

    assert all(
        desk.discovery.is_available(device_id, _only(desk, device_id)) for device_id in desk.discovery.device_ids
    )


def _only(desk: Desk, device_id: Any) -> Any:
    return desk.discovery.device(device_id).capabilities[0].id


# Expiry


def test_a_reading_expires_when_its_device_falls_silent(desk: Desk) -> None:
    desk.announce("sensor", state_topic="s", expire_after=30)
    desk.say("s", "5")
    early = desk.wait(29)
    late = desk.wait(2)
    again = desk.say("s", "5")

    assert availabilities(desk.effects) == [False, True, False, True]
    assert (availabilities(early), availabilities(late), availabilities(again)) == ([], [False], [True])


def test_every_message_puts_expiry_off(desk: Desk) -> None:
    desk.announce("sensor", state_topic="s", expire_after=30)
    for _ in range(10):
        desk.say("s", "5")
        desk.wait(20)

    assert availabilities(desk.effects) == [False, True]


def test_a_removed_reading_does_not_expire(desk: Desk) -> None:
    desk.announce("sensor", state_topic="s", expire_after=30)
    desk.say("s", "5")
    desk.say("homeassistant/sensor/x/config", "")

    assert desk.wait(60) == []


def test_a_binary_sensor_can_go_off_by_itself(desk: Desk) -> None:
    desk.announce("binary_sensor", state_topic="s", off_delay=10)
    desk.say("s", "ON")
    desk.wait(6)
    desk.say("s", "ON")
    early = desk.wait(6)
    late = desk.wait(6)

    assert (reports(early), reports(late)) == ([], [BinarySensorState(on=False)])


def test_off_delay_and_expiry_of_one_sensor_do_not_disturb_each_other(desk: Desk) -> None:
    desk.announce("binary_sensor", state_topic="s", off_delay=2, expire_after=60)
    desk.say("s", "ON")
    off = desk.wait(3)
    expired = desk.wait(60)

    assert (reports(off), availabilities(off)) == ([BinarySensorState(on=False)], [])
    assert (reports(expired), availabilities(expired)) == ([], [False])


def test_repeating_a_value_is_news_only_when_the_payload_asks_for_it(desk: Desk) -> None:
    desk.announce("sensor", state_topic="s", force_update=True)
    desk.say("s", "5")
    forced = desk.say("s", "5")
    desk.announce("sensor", state_topic="s")
    plain = desk.say("s", "5")

    assert (reports(forced), reports(plain)) == ([SensorState(value="5")], [])
