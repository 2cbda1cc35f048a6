"""Announcements: short names, `~`, device payloads, removal, renewal, refusal."""

from __future__ import annotations

from typing import Any

import pytest

from intercom.devices.discovery.effects import Announced, Refused, Withdrawn
from intercom.home.capabilities import Category, Sensor, SensorState, Switch, SwitchState
from intercom.home.model import DeviceId
from tests.unit.discovery.desk import Desk, of, refusals, reports, subscribed, unsubscribed

LAMP = {"identifiers": ["lamp-1"], "name": "Lamp"}
SENSOR = "homeassistant/sensor/n/t/config"


def test_short_names_mean_the_same_as_long_ones() -> None:
    short, long = Desk(), Desk()
    short.announce(
        "sensor",
        stat_t="a/b",
        val_tpl="{{ value_json.t }}",
        unit_of_meas="°C",
        dev_cla="temperature",
        ent_cat="diagnostic",
        uniq_id="u",
        avty=[{"t": "a/lwt", "pl_avail": "1", "pl_not_avail": "0", "val_tpl": "{{ value_json.on }}"}],
        dev={"ids": "d", "name": "D", "mf": "M", "mdl": "X", "sw": "1.2", "sa": "Hall", "cu": "http://d.local/"},
        o={"name": "me", "sw": "1", "url": "http://me.local/"},
    )
    long.announce(
        "sensor",
        state_topic="a/b",
        value_template="{{ value_json.t }}",
        unit_of_measurement="°C",
        device_class="temperature",
        entity_category="diagnostic",
        unique_id="u",
        availability=[
            {
                "topic": "a/lwt",
                "payload_available": "1",
                "payload_not_available": "0",
                "value_template": "{{ value_json.on }}",
            }
        ],
        device={
            "identifiers": ["d"],
            "name": "D",
            "manufacturer": "M",
            "model": "X",
            "sw_version": "1.2",
            "suggested_area": "Hall",
            "configuration_url": "http://d.local/",
        },
        origin={"name": "me", "sw_version": "1", "support_url": "http://me.local/"},
    )

    assert short.discovery.device(short.only[0]) == long.discovery.device(long.only[0])
    assert subscribed(short.effects) == subscribed(long.effects) == ["a/b", "a/lwt"]


def test_a_tilde_stands_for_the_base_at_either_end_of_a_topic(desk: Desk) -> None:
    desk.announce(
        "switch",
        **{"~": "home/lamp"},
        state_topic="~/state",
        command_topic="cmnd/~",
        payload_on="~",
        availability=[{"topic": "~/lwt"}, {"topic": "tele/~"}],
    )

    assert sorted(subscribed(desk.effects)) == ["home/lamp/lwt", "home/lamp/state", "tele/home/lamp"]


def test_a_device_says_who_it_is(desk: Desk) -> None:
    desk.announce(
        "sensor",
        state_topic="s",
        device={
            "identifiers": ["zigbee2mqtt_0x01"],
            "name": "Kitchen",
            "manufacturer": "IKEA",
            "model_id": "E1",
            "sw_version": 7,
            "suggested_area": "Kitchen",
            "via_device": "zigbee2mqtt_bridge_0x02",
            "configuration_url": "javascript:alert(1)",
        },
    )

    device = desk.discovery.device(desk.only[0])

    assert (device.id, device.name, device.maker, device.model, device.firmware, device.area) == (
        "zigbee2mqtt_0x01",
        "Kitchen",
        "IKEA",
        "E1",
        "7",
        "Kitchen",
    )
    assert device.via == "zigbee2mqtt_bridge_0x02"
    assert device.url is None


def test_capabilities_with_an_identifier_or_a_connection_in_common_are_one_device(desk: Desk) -> None:
    mac = [["mac", "AA:BB"]]
    desk.say("homeassistant/sensor/a/t/config", {"state_topic": "1", "device": {"identifiers": "x", "name": "X"}})
    desk.say(
        "homeassistant/sensor/a/h/config",
        {"state_topic": "2", "device": {"identifiers": ["y", "x"], "connections": mac}},
    )
    desk.say("homeassistant/sensor/a/p/config", {"state_topic": "3", "device": {"connections": [["mac", "aa:bb"]]}})

    (device_id,) = desk.discovery.device_ids

    assert [capability.id for capability in desk.discovery.device(device_id).capabilities] == ["t", "h", "p"]
    assert desk.discovery.device(device_id).name == "X"


def test_a_component_without_a_device_is_one_of_its_own(desk: Desk) -> None:
    desk.say(
        "homeassistant/switch/s0/config",
        {"name": "Socket", "unique_id": "u0", "object_id": "s0", "command_topic": "c", "state_topic": "s"},
    )

    device = desk.discovery.device(desk.only[0])

    assert (device.id, device.name) == ("s0", "Socket")
    assert device.capabilities[0].name is None


def test_ids_are_safe_in_addresses_and_differ_where_names_differ(desk: Desk) -> None:
    for name in ("living room", "living_room", "거실"):
        desk.say(f"homeassistant/sensor/{name}/config", {"state_topic": "s", "unique_id": name})

    ids = desk.discovery.device_ids

    assert len(set(ids)) == 3
    assert all(id_.isascii() and " " not in id_ and "/" not in id_ for id_ in ids)


def test_two_components_of_a_device_with_the_same_object_id_both_stand(desk: Desk) -> None:
    for component in ("sensor", "binary_sensor"):
        desk.say(f"homeassistant/{component}/d/battery/config", {"state_topic": "s", "device": LAMP})

    (device_id,) = desk.discovery.device_ids

    assert [capability.id for capability in desk.discovery.device(device_id).capabilities] == [
        "battery",
        "battery.binary_sensor",
    ]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"name": "Power"}, "Power"),
        ({"name": "Lamp Power"}, "Power"),
        ({"name": None}, None),
        ({"name": ""}, None),
        ({"device_class": "battery"}, None),
        ({"device_class": "battery", "name": "Cell"}, "Cell"),
        ({"device_class": "never_heard_of"}, "Never heard of"),
        ({}, "X"),
    ],
)
def test_a_capability_is_called_what_the_payload_says_beside_its_device(
    desk: Desk, options: dict[str, Any], name: str | None
) -> None:
    desk.announce("sensor", state_topic="s", device=LAMP, **options)

    assert desk.capability.name == name


def test_what_few_want_to_see_and_where_the_rest_belongs_is_told(desk: Desk) -> None:
    desk.announce("sensor", state_topic="s", enabled_by_default=False, entity_category="config", icon="mdi:thermometer")

    capability = desk.capability

    assert (capability.is_shown, capability.category, capability.icon) == (False, Category.SETTING, "thermometer")


# Device payloads


def test_a_device_payload_announces_all_its_components(desk: Desk) -> None:
    desk.say(
        "homeassistant/device/lamp/config",
        {
            "dev": {"ids": "lamp-1", "name": "Lamp"},
            "o": {"name": "me"},
            "stat_t": "lamp/state",
            "avty_t": "lamp/lwt",
            "qos": 1,
            "cmps": {
                "power": {"p": "sensor", "unit_of_meas": "W", "val_tpl": "{{ value_json.p }}", "uniq_id": "1"},
                "relay": {"p": "switch", "cmd_t": "lamp/set", "val_tpl": "{{ value_json.s }}", "uniq_id": "2"},
            },
        },
    )

    desk.say("lamp/state", {"p": 12, "s": "ON"})

    (device_id,) = desk.discovery.device_ids
    assert [type(capability) for capability in desk.discovery.device(device_id).capabilities] == [Sensor, Switch]
    assert reports(desk.effects) == [SensorState(value=12), SwitchState(on=True)]
    assert subscribed(desk.effects) == ["lamp/state", "lamp/lwt"]


def _lamp(**components: Any) -> dict[str, Any]:
    return {"device": LAMP, "origin": {"name": "me"}, "components": components}


SENSOR_PART = {"platform": "sensor", "state_topic": "s", "unique_id": "1"}
BUTTON_PART = {"platform": "button", "command_topic": "b", "unique_id": "2"}


@pytest.mark.parametrize("rest", [{"b": {"platform": "button"}}, {}])
def test_a_component_is_removed_by_its_bare_platform_or_by_leaving_it_out(desk: Desk, rest: dict[str, Any]) -> None:
    desk.say("homeassistant/device/lamp/config", _lamp(s=SENSOR_PART, b=BUTTON_PART))

    effects = desk.say("homeassistant/device/lamp/config", _lamp(s=SENSOR_PART, **rest))

    (device_id,) = desk.discovery.device_ids
    assert [capability.id for capability in desk.discovery.device(device_id).capabilities] == ["s"]
    assert not refusals(effects)


def test_an_unusable_component_of_a_device_payload_does_not_stop_the_others(desk: Desk) -> None:
    effects = desk.say(
        "homeassistant/device/lamp/config",
        _lamp(bad={"platform": "sensor", "unique_id": "0"}, odd={"unique_id": "3"}, s=SENSOR_PART),
    )

    (device_id,) = desk.discovery.device_ids
    assert [capability.id for capability in desk.discovery.device(device_id).capabilities] == ["s"]
    assert of(Refused, effects) == [
        Refused("homeassistant/device/lamp/config", "'state_topic' is missing; a sensor needs it", "bad"),
        Refused(
            "homeassistant/device/lamp/config",
            "'platform' is missing; every component of a device payload needs it",
            "odd",
        ),
    ]


def test_a_device_payload_takes_over_from_component_payloads(desk: Desk) -> None:
    desk.say("homeassistant/sensor/lamp/s/config", {"state_topic": "s", "unique_id": "1", "device": LAMP})
    desk.say("s", "5")

    desk.say("homeassistant/sensor/lamp/s/config", {"migrate_discovery": True})
    desk.say("homeassistant/device/lamp/config", _lamp(s=SENSOR_PART))
    desk.say("homeassistant/sensor/lamp/s/config", "")

    assert desk.only == ("lamp-1", "s")
    assert desk.state == SensorState(value="5")


# Removal and renewal


def test_an_empty_payload_removes_and_the_last_one_withdraws(desk: Desk) -> None:
    for object_id in ("t", "h"):
        desk.say(f"homeassistant/sensor/n/{object_id}/config", {"state_topic": object_id, "device": LAMP})

    first = desk.say("homeassistant/sensor/n/t/config", "")
    last = desk.say("homeassistant/sensor/n/h/config", "")

    assert (unsubscribed(first), of(Withdrawn, first)) == (["t"], [])
    assert (unsubscribed(last), of(Withdrawn, last)) == (["h"], [Withdrawn(DeviceId("lamp-1"))])
    assert desk.discovery.device_ids == []


def test_what_was_removed_can_be_announced_again(desk: Desk) -> None:
    first = desk.say(SENSOR, {"state_topic": "t", "device": LAMP})
    desk.say(SENSOR, "")

    again = desk.say(SENSOR, {"state_topic": "t", "device": LAMP})

    assert again == first


def test_saying_the_same_again_changes_nothing(desk: Desk) -> None:
    desk.say(SENSOR, {"state_topic": "t", "device": LAMP})

    assert desk.say(SENSOR, {"state_topic": "t", "device": LAMP}) == []


def test_a_renewed_announcement_keeps_the_state_and_changes_the_topics(desk: Desk) -> None:
    desk.say(SENSOR, {"state_topic": "old", "device": LAMP})
    desk.say("old", "7")

    effects = desk.say(SENSOR, {"state_topic": "new", "device": LAMP, "name": "Renamed"})

    assert (subscribed(effects), unsubscribed(effects)) == (["new"], ["old"])
    assert desk.state == SensorState(value="7")
    assert desk.capability.name == "Renamed"
    assert desk.say("old", "8") == []


def test_an_announcement_that_moves_to_another_device_leaves_the_old_one(desk: Desk) -> None:
    desk.say(SENSOR, {"state_topic": "t", "device": LAMP})

    effects = desk.say(SENSOR, {"state_topic": "t", "device": {"identifiers": "other"}})

    assert desk.only == ("other", "t")
    assert of(Withdrawn, effects) == [Withdrawn(DeviceId("lamp-1"))]


def test_an_announcement_that_turns_unusable_leaves_the_old_one_standing(desk: Desk) -> None:
    desk.say(SENSOR, {"state_topic": "t", "device": LAMP})

    effects = desk.say(SENSOR, {"device": LAMP})

    assert refusals(effects) == ["'state_topic' is missing; a sensor needs it"]
    assert desk.only == ("lamp-1", "t")


def test_a_topic_that_is_read_already_is_read_at_once_by_a_newcomer(desk: Desk) -> None:
    desk.say("homeassistant/sensor/n/a/config", {"state_topic": "t", "device": LAMP})
    desk.say("t", "7")

    effects = desk.say("homeassistant/sensor/n/b/config", {"state_topic": "t", "device": LAMP})

    assert reports(effects) == [SensorState(value="7")]
    assert subscribed(effects) == []


def test_a_topic_is_kept_as_long_as_somebody_reads_it(desk: Desk) -> None:
    for object_id in ("a", "b"):
        desk.say(f"homeassistant/sensor/n/{object_id}/config", {"state_topic": "t", "device": LAMP})

    assert unsubscribed(desk.say("homeassistant/sensor/n/a/config", "")) == []
    assert unsubscribed(desk.say("homeassistant/sensor/n/b/config", "")) == ["t"]


def test_a_state_topic_may_have_wildcards(desk: Desk) -> None:
    desk.announce("sensor", state_topic="room/+/t/#")

    desk.say("room/1/t/inner", "5")
    desk.say("room/1/x/inner", "6")

    assert desk.state == SensorState(value="5")


def test_every_topic_is_asked_for_again_on_a_new_link_and_the_birth_comes_last(desk: Desk) -> None:
    desk.announce("sensor", state_topic="t", availability_topic="lwt")

    *needs, birth = desk.discovery.connected()

    assert {"homeassistant/+/+/config", "homeassistant/+/+/+/config", "t", "lwt"} <= set(subscribed(needs))
    assert (birth.topic, birth.payload) == ("homeassistant/status", "online")  # type: ignore[union-attr]
    assert (desk.discovery.will.topic, desk.discovery.will.payload) == ("homeassistant/status", "offline")


def test_a_state_topic_may_look_like_a_discovery_topic_of_somebody_else(desk: Desk) -> None:
    assert desk.say("other/sensor/x/config", {"state_topic": "s"}) == []
    assert desk.say("homeassistant/sensor/a/b/c/config", {"state_topic": "s"}) == []
    assert desk.say("homeassistantx/sensor/a/config", {"state_topic": "s"}) == []


# Refusal


@pytest.mark.parametrize(
    ("component", "payload", "reason"),
    [
        ("sensor", "not json", "the payload is not JSON"),
        ("sensor", "[1]", "the payload must be a JSON object"),
        ("sensor", {}, "'state_topic' is missing; a sensor needs it"),
        ("sensor", {"state_topic": ""}, "'state_topic' is empty"),
        ("sensor", {"state_topic": ["a"]}, "'state_topic' must be a text, not a list"),
        (
            "sensor",
            {"state_topic": "a/b+"},
            "'state_topic' is not a topic: a wildcard must fill its whole level in 'a/b+'",
        ),
        ("sensor", {"state_topic": "s", "qos": 3}, "'qos' must be 0, 1 or 2, not 3"),
        ("sensor", {"state_topic": "s", "expire_after": "soon"}, "'expire_after' must be a number, not 'soon'"),
        ("sensor", {"state_topic": "s", "force_update": "maybe"}, "'force_update' must be true or false, not 'maybe'"),
        (
            "sensor",
            {"state_topic": "s", "value_template": "{{ value"},
            "'value_template' is not a template that can be used: unexpected end of template, "
            "expected 'end of print statement'. (line 1)",
        ),
        (
            "sensor",
            {"state_topic": "s", "expire_after": 10**400},
            f"'expire_after' must be a number, not 1{'0' * 56}...",
        ),
        ("sensor", {"state_topic": "s", "encoding": "hex"}, "'encoding' 'hex' is not known"),
        ("sensor", {"state_topic": "s", "encoding": "\0"}, "'encoding' '\\x00' is not known"),
        (
            "sensor",
            {"state_topic": "s", "device": {"identifiers": "x", "connections": 5}},
            "'connections' of the device must be pairs of a kind and an address",
        ),
        ("sensor", {"~": "a", "state_topic": "s", "availability": 5}, "'availability' must be a list of topics"),
        ("sensor", {"state_topic": "s", "device": {}}, "the device needs 'identifiers' or 'connections'"),
        ("sensor", {"state_topic": "s", "availability": "x"}, "'availability' must be a list of topics"),
        ("sensor", {"state_topic": "s", "availability": [{}]}, "'topic' is missing; an availability entry needs it"),
        ("switch", {"state_topic": "s"}, "'command_topic' is missing; a switch needs it"),
        ("switch", {"command_topic": "a/#"}, "'command_topic' must be a topic without wildcards, not 'a/#'"),
        (
            "light",
            {"command_topic": "c", "schema": "x"},
            "'schema' must be one of basic, default, json, template, not 'x'",
        ),
        (
            "cover",
            {"position_open": 5, "position_closed": 5},
            "'position_open' and 'position_closed' must not be the same number (5)",
        ),
        ("event", {"state_topic": "s"}, "'event_types' is missing; an event needs it"),
        ("nonsense", {"state_topic": "s"}, "the component 'nonsense' is not known"),
        ("device", {"device": LAMP}, "'components' is missing; a device payload needs it"),
        ("device", {"components": {}}, "'device' is missing; a device payload needs it"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(desk: Desk, component: str, payload: Any, reason: str) -> None:
    effects = desk.say(f"homeassistant/{component}/x/config", payload)

    assert of(Refused, effects) == [Refused(f"homeassistant/{component}/x/config", reason)]
    assert desk.discovery.device_ids == []


def test_a_refusal_is_said_once_for_each_content(desk: Desk) -> None:
    first = desk.announce("sensor", name="x")
    same = desk.announce("sensor", name="x")
    other = desk.announce("sensor", name="y")

    assert [len(refusals(effects)) for effects in (first, same, other)] == [1, 0, 1]


def test_what_was_refused_stands_once_it_is_mended(desk: Desk) -> None:
    desk.announce("sensor", name="x")

    effects = desk.announce("sensor", name="x", state_topic="s")

    assert len(of(Announced, effects)) == 1
