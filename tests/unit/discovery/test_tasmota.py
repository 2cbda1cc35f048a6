"""Tasmota's own discovery: relays, lights, shutters, switches, buttons, sensors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from intercom.devices.discovery.effects import Publish, Withdrawn
from intercom.home.capabilities import (
    BinarySensorState,
    Capability,
    CapabilityId,
    Color,
    Cover,
    CoverState,
    FanState,
    Light,
    LightMode,
    LightState,
    Motion,
    Sensor,
    SensorState,
    State,
    SwitchState,
    Trigger,
)
from intercom.home.commands import Command, Move, MoveCover, SetFan, SetLight, Turn
from intercom.home.model import DeviceId
from tests.unit.discovery.desk import Desk, availabilities, of, refusals, reports, subscribed, unsubscribed

MAC = "5CCF7F1DBCA4"


def config(**changes: Any) -> dict[str, Any]:
    """Return what Tasmota 13 publishes for a plug, changed as asked."""
    return {
        "ip": "192.168.1.42",
        "dn": "Plug",
        "fn": ["Plug", None, None, None, None, None, None, None],
        "hn": "tasmota-1DBCA4-7332",
        "mac": MAC,
        "md": "Sonoff Basic",
        "ty": 0,
        "if": 0,
        "cam": 0,
        "ofln": "Offline",
        "onln": "Online",
        "state": ["OFF", "ON", "TOGGLE", "HOLD"],
        "sw": "13.4.0",
        "t": "tasmota_1DBCA4",
        "ft": "%prefix%/%topic%/",
        "tp": ["cmnd", "stat", "tele"],
        "rl": [1, 0, 0, 0, 0, 0, 0, 0],
        "swc": [-1, -1, -1, -1, -1, -1, -1, -1],
        "swn": [None] * 8,
        "btn": [0] * 8,
        "so": {"4": 0, "11": 0, "13": 0, "17": 0, "20": 0, "30": 0, "68": 0, "73": 0, "82": 0, "114": 0, "117": 0},
        "lk": 1,
        "lt_st": 0,
        "bat": 0,
        "dslp": 0,
        "sho": [0, 0, 0, 0],
        "sht": [[0, 0, 0]] * 4,
        "ver": 1,
        **changes,
    }


@pytest.fixture
def plugged(desk: Desk) -> Desk:
    desk.say(f"tasmota/discovery/{MAC}/config", config(), is_retained=True)
    return desk


def introduce(desk: Desk, **changes: Any) -> None:
    desk.say(f"tasmota/discovery/{MAC}/config", config(**changes), is_retained=True)
    assert refusals(desk.effects) == []


def capabilities(desk: Desk) -> dict[str, Capability]:
    return {str(capability.id): capability for capability in desk.discovery.device(DeviceId(MAC)).capabilities}


def state(desk: Desk, capability_id: str) -> State:
    return desk.discovery.state(DeviceId(MAC), CapabilityId(capability_id))


def ask(desk: Desk, capability_id: str, command: Command) -> list[tuple[str, str | bytes]]:
    effects = desk.discovery.command(DeviceId(MAC), CapabilityId(capability_id), command)
    return [(message.topic, message.payload) for message in of(Publish, effects)]


def test_a_plug_is_a_device_with_one_switch(plugged: Desk) -> None:
    device = plugged.discovery.device(DeviceId(MAC))

    assert (device.name, device.maker, device.model, device.firmware, device.url) == (
        "Plug",
        "Tasmota",
        "Sonoff Basic",
        "13.4.0",
        "http://192.168.1.42/",
    )
    assert [(capability.id, capability.kind, capability.name) for capability in device.capabilities] == [
        ("relay_1", "switch", None)
    ]
    assert sorted(subscribed(plugged.effects)) == [
        "stat/tasmota_1DBCA4/RESULT",
        "stat/tasmota_1DBCA4/STATUS10",
        "tele/tasmota_1DBCA4/LWT",
        "tele/tasmota_1DBCA4/STATE",
    ]


@pytest.mark.parametrize("topic", ["tele/tasmota_1DBCA4/STATE", "stat/tasmota_1DBCA4/RESULT"])
def test_a_relay_is_read_from_reports_and_from_answers(plugged: Desk, topic: str) -> None:
    plugged.say(topic, {"POWER": "ON"})

    assert state(plugged, "relay_1") == SwitchState(on=True)
    assert ask(plugged, "relay_1", Turn(on=False)) == [("cmnd/tasmota_1DBCA4/POWER1", "OFF")]


def test_an_answer_to_something_else_changes_nothing_and_is_no_trouble(plugged: Desk) -> None:
    plugged.say("stat/tasmota_1DBCA4/RESULT", {"POWER": "ON"})
    effects = plugged.say("stat/tasmota_1DBCA4/RESULT", {"TelePeriod": 300})

    assert effects == []


def test_a_plug_that_comes_back_is_asked_how_it_is(plugged: Desk) -> None:
    effects = plugged.say("tele/tasmota_1DBCA4/LWT", "Online", is_retained=True)

    assert availabilities(effects) == [True]
    assert [(message.topic, message.payload) for message in of(Publish, effects)] == [
        ("cmnd/tasmota_1DBCA4/STATE", ""),
        ("cmnd/tasmota_1DBCA4/STATUS", "10"),
    ]
    assert availabilities(plugged.say("tele/tasmota_1DBCA4/LWT", "Offline")) == [False]


def test_a_device_that_sleeps_is_always_there(desk: Desk) -> None:
    introduce(desk, dslp=1)

    assert desk.discovery.is_available(DeviceId(MAC), CapabilityId("relay_1"))


def test_several_relays_are_numbered(desk: Desk) -> None:
    introduce(desk, rl=[1, 1], fn=["Strip", "Fan"], dn="Strip")
    desk.say("tele/tasmota_1DBCA4/STATE", {"POWER1": "OFF", "POWER2": "ON"})

    assert [capability.name for capability in capabilities(desk).values()] == [None, "Fan"]
    assert (state(desk, "relay_1"), state(desk, "relay_2")) == (SwitchState(on=False), SwitchState(on=True))


def test_a_relay_may_be_declared_a_light(desk: Desk) -> None:
    introduce(desk, so={"30": 1})
    desk.say("tele/tasmota_1DBCA4/STATE", {"POWER": "ON"})

    assert isinstance(capabilities(desk)["relay_1"], Light)
    assert ask(desk, "relay_1", Turn(on=False)) == [("cmnd/tasmota_1DBCA4/POWER1", "OFF")]


@pytest.mark.parametrize(
    ("subtype", "abilities"),
    [
        (1, (True, False, False, False)),
        (2, (True, False, False, True)),
        (3, (True, True, False, False)),
        (4, (True, True, True, False)),
        (5, (True, True, False, True)),
    ],
)
def test_a_light_has_the_abilities_of_its_kind(desk: Desk, subtype: int, abilities: tuple[bool, ...]) -> None:
    introduce(desk, rl=[2], lt_st=subtype)

    light = capabilities(desk)["light_1"]
    assert isinstance(light, Light)
    assert (light.has_brightness, light.has_color, light.has_white, light.coldest_k is not None) == abilities


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (Turn(on=True), ("Power1", "ON")),
        (SetLight(brightness_pct=50), ("Dimmer", "50")),
        (SetLight(color_temp_k=4000), ("Backlog", "NoDelay;Power1 ON;NoDelay;CT 250")),
        (
            SetLight(color=Color(hue_deg=120, saturation_pct=80), brightness_pct=30),
            ("Backlog", "NoDelay;Dimmer 30;NoDelay;HsbColor1 120;NoDelay;HsbColor2 80"),
        ),
        (
            SetLight(brightness_pct=50, transition_s=3),
            ("Backlog", "NoDelay;Fade2 1;NoDelay;Speed2 6;NoDelay;Dimmer 50"),
        ),
    ],
)
def test_a_light_is_asked_in_its_own_words(desk: Desk, command: Command, message: tuple[str, str]) -> None:
    introduce(desk, rl=[2], lt_st=5)

    word, argument = message
    assert ask(desk, "light_1", command) == [(f"cmnd/tasmota_1DBCA4/{word}", argument)]


def test_a_light_reports_in_one_object(desk: Desk) -> None:
    introduce(desk, rl=[2], lt_st=5)
    desk.say("tele/tasmota_1DBCA4/STATE", {"POWER": "ON", "Dimmer": 40, "HSBColor": "120,80,40", "CT": 250})

    assert state(desk, "light_1") == LightState(
        on=True,
        brightness_pct=40.0,
        mode=LightMode.COLOR,
        color=Color(hue_deg=120.0, saturation_pct=80.0),
        color_temp_k=4000,
    )
    desk.say("stat/tasmota_1DBCA4/RESULT", {"POWER": "ON", "HSBColor": "0,0,40", "CT": 200})
    assert state(desk, "light_1") == LightState(
        on=True,
        brightness_pct=40.0,
        mode=LightMode.TEMPERATURE,
        color=Color(hue_deg=0.0, saturation_pct=0.0),
        color_temp_k=5000,
    )


@pytest.mark.parametrize(("option", "at_30"), [(0, (30.0, Motion.OPENING)), (1, (70.0, Motion.CLOSING))])
def test_two_relays_are_a_shutter(desk: Desk, option: int, at_30: tuple[float, Motion]) -> None:
    introduce(desk, rl=[3, 3, 1], sho=[option])
    desk.say("tele/tasmota_1DBCA4/SENSOR", {"Shutter1": {"Position": 30, "Direction": 1, "Target": 60, "Tilt": 0}})
    position, motion = at_30

    cover = capabilities(desk)["shutter_1"]
    assert isinstance(cover, Cover)
    assert list(capabilities(desk)) == ["shutter_1", "relay_3"]
    assert state(desk, "shutter_1") == CoverState(position_pct=position, motion=motion)
    desk.say("stat/tasmota_1DBCA4/RESULT", {"Shutter1": {"Position": 60, "Direction": 0, "Target": 60}})
    assert state(desk, "shutter_1") == CoverState(position_pct=100 - 60 if option else 60, motion=Motion.OPEN)
    assert ask(desk, "shutter_1", MoveCover(move=Move.OPEN)) == [("cmnd/tasmota_1DBCA4/Backlog", "ShutterOpen1")]
    assert ask(desk, "shutter_1", MoveCover(position_pct=20)) == [
        ("cmnd/tasmota_1DBCA4/ShutterPosition1", "80" if option else "20")
    ]


def test_a_venetian_blind_tilts(desk: Desk) -> None:
    introduce(desk, rl=[3, 3], sht=[[-90, 90, 24]])
    desk.say("tele/tasmota_1DBCA4/SENSOR", {"Shutter1": {"Position": 0, "Direction": 0, "Tilt": 0}})

    assert state(desk, "shutter_1") == CoverState(position_pct=0.0, motion=Motion.CLOSED, tilt_pct=50.0)
    assert ask(desk, "shutter_1", MoveCover(tilt=Move.OPEN)) == [("cmnd/tasmota_1DBCA4/ShutterTilt1", "90")]


def test_a_ceiling_fan_has_three_speeds_and_a_plain_light(desk: Desk) -> None:
    introduce(desk, rl=[1], **{"if": 1})
    desk.say("tele/tasmota_1DBCA4/STATE", {"POWER1": "ON", "FanSpeed": 2})

    assert isinstance(capabilities(desk)["relay_1"], Light)
    assert state(desk, "fan") == FanState(on=True, speed_pct=66.0)
    assert ask(desk, "fan", SetFan(speed_pct=100)) == [("cmnd/tasmota_1DBCA4/FanSpeed", "3")]
    assert ask(desk, "fan", Turn(on=False)) == [("cmnd/tasmota_1DBCA4/FanSpeed", "0")]


def test_a_wall_switch_is_read_from_its_actions_and_reports(desk: Desk) -> None:
    introduce(desk, rl=[0], swc=[1, 13, 0], swn=["Door", None, None])
    desk.say("stat/tasmota_1DBCA4/RESULT", {"Door": {"Action": "ON"}})
    desk.say("stat/tasmota_1DBCA4/RESULT", {"Switch2": {"Action": "ON"}})

    assert list(capabilities(desk)) == ["switch_1", "switch_2"]
    assert state(desk, "switch_1") == state(desk, "switch_2") == BinarySensorState(on=True)
    assert reports(desk.wait(2)) == [BinarySensorState(on=False)]
    desk.say("tele/tasmota_1DBCA4/SENSOR", {"Time": "2024-01-01T00:00:00", "Door": "OFF"})
    assert state(desk, "switch_1") == BinarySensorState(on=False)


def test_a_button_triggers_when_it_is_decoupled(desk: Desk) -> None:
    introduce(desk, btn=[1], so={"73": 1})
    desk.say("stat/tasmota_1DBCA4/RESULT", {"Button1": {"Action": "DOUBLE"}})

    trigger = capabilities(desk)["button_1_double"]
    assert isinstance(trigger, Trigger)
    assert (trigger.trigger_type, trigger.subtype) == ("button_double_press", "button_1")
    assert [getattr(report, "event", None) for report in reports(desk.effects)] == ["DOUBLE"]


SENSORS = {
    "sn": {
        "Time": "2024-01-01T00:00:00",
        "AM2301": {"Temperature": 20.1, "Humidity": 55.0, "DewPoint": 10.8},
        "ENERGY": {"TotalStartTime": "2023-01-01T00:00:00", "Total": 1.5, "Power": [3, 4], "Factor": 0.9},
        "TX23": {"Dir": {"Card": "WSW", "Deg": 247.5}},
        "TempUnit": "C",
    },
    "ver": 1,
}


def test_sensors_are_told_apart_by_where_they_stand(plugged: Desk) -> None:
    plugged.say(f"tasmota/discovery/{MAC}/sensors", SENSORS, is_retained=True)
    found = capabilities(plugged)

    described = {
        name: (sensor.device_class, sensor.unit) for name, sensor in found.items() if isinstance(sensor, Sensor)
    }
    assert described == {
        "AM2301_Temperature": ("temperature", "°C"),
        "AM2301_Humidity": ("humidity", "%"),
        "AM2301_DewPoint": ("temperature", "°C"),
        "ENERGY_TotalStartTime": (None, None),
        "ENERGY_Total": ("energy", "kWh"),
        "ENERGY_Power_0": ("power", "W"),
        "ENERGY_Power_1": ("power", "W"),
        "ENERGY_Factor": ("power_factor", None),
        "TX23_Dir_Card": (None, None),
        "TX23_Dir_Deg": (None, None),
    }
    assert found["AM2301_Temperature"].name == "AM2301 Temperature"


@pytest.mark.parametrize("is_polled", [False, True])
def test_sensors_are_read_from_reports_and_from_polls(plugged: Desk, *, is_polled: bool) -> None:
    plugged.say(f"tasmota/discovery/{MAC}/sensors", SENSORS, is_retained=True)
    said = {"Time": "x", "AM2301": {"Temperature": 21.5}, "ENERGY": {"Power": [7, 8]}}
    if is_polled:
        plugged.say("stat/tasmota_1DBCA4/STATUS10", {"StatusSNS": said})
    else:
        plugged.say("tele/tasmota_1DBCA4/SENSOR", said)

    assert state(plugged, "AM2301_Temperature") == SensorState(value=21.5)
    assert state(plugged, "ENERGY_Power_1") == SensorState(value=8)
    assert state(plugged, "AM2301_Humidity") == SensorState()


def test_sensors_may_be_announced_before_their_device(desk: Desk) -> None:
    desk.say(f"tasmota/discovery/{MAC}/sensors", SENSORS, is_retained=True)
    assert desk.discovery.device_ids == []

    introduce(desk)

    assert len(capabilities(desk)) == 11


def test_a_device_that_is_taken_back_is_gone_with_all_its_topics(plugged: Desk) -> None:
    plugged.say(f"tasmota/discovery/{MAC}/sensors", SENSORS, is_retained=True)

    effects = plugged.say(f"tasmota/discovery/{MAC}/config", "")

    assert of(Withdrawn, effects) == [Withdrawn(DeviceId(MAC))]
    assert sorted(unsubscribed(effects)) == sorted(set(subscribed(plugged.effects)))
    assert plugged.discovery.device_ids == []


def test_a_topic_may_be_built_in_another_order(desk: Desk) -> None:
    introduce(desk, ft="home/%topic%/%prefix%/", t="plug")

    assert ask(desk, "relay_1", Turn(on=True)) == [("home/plug/cmnd/POWER1", "ON")]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("nothing", "the payload must be a JSON object"),
        (json.dumps({"t": "x"}), "'ft' (the full topic) is missing from Tasmota's description"),
        (json.dumps(config(tp=["cmnd"])), "'tp' in Tasmota's description must be a list of at least 3"),
    ],
)
def test_an_unusable_description_is_refused_in_words(desk: Desk, payload: str, reason: str) -> None:
    assert refusals(desk.say(f"tasmota/discovery/{MAC}/config", payload)) == [reason]


def test_a_new_link_asks_for_the_echoes_as_well(plugged: Desk) -> None:
    assert {"stat/tasmota_1DBCA4/RESULT", "tasmota/discovery/+/config"} <= set(
        subscribed(plugged.discovery.connected())
    )
