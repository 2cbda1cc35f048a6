"""Thermostats, water heaters, fans, humidifiers."""

from __future__ import annotations

from typing import Any

import pytest

from intercom.home.capabilities import (
    Climate,
    ClimateState,
    Direction,
    Fan,
    FanState,
    Humidifier,
    HumidifierState,
    WaterHeaterState,
)
from intercom.home.commands import Command, SetClimate, SetFan, SetHumidifier, SetWaterHeater, Turn
from tests.unit.discovery.desk import Desk, misreadings, reports

ROOM = {
    "mode_command_topic": "m/set",
    "mode_state_topic": "m",
    "temperature_command_topic": "t/set",
    "temperature_state_topic": "t",
    "current_temperature_topic": "c",
}


@pytest.mark.parametrize(
    ("options", "command", "messages"),
    [
        (ROOM, SetClimate(mode="heat"), [("m/set", "heat")]),
        (ROOM, SetClimate(target_c=21), [("t/set", "21.0")]),
        (ROOM, SetClimate(mode="heat", target_c=21.5), [("m/set", "heat"), ("t/set", "21.5")]),
        ({**ROOM, "temperature_unit": "F"}, SetClimate(target_c=25), [("t/set", "77.0")]),
        (
            {**ROOM, "temperature_command_template": '{"t":{{ value }}}'},
            SetClimate(target_c=20),
            [("t/set", '{"t":20.0}')],
        ),
        (
            {"temperature_low_command_topic": "lo", "temperature_high_command_topic": "hi"},
            SetClimate(low_c=18, high_c=22),
            [("lo", "18.0"), ("hi", "22.0")],
        ),
        ({"target_humidity_command_topic": "h"}, SetClimate(target_humidity_pct=45), [("h", "45")]),
        ({"fan_mode_command_topic": "f"}, SetClimate(fan_mode="high"), [("f", "high")]),
        ({"swing_mode_command_topic": "s"}, SetClimate(swing_mode="on"), [("s", "on")]),
        ({"swing_horizontal_mode_command_topic": "s"}, SetClimate(swing_horizontal_mode="off"), [("s", "off")]),
        (
            {"preset_mode_command_topic": "p", "preset_modes": ["eco"], "preset_mode_command_template": "p{{ value }}"},
            SetClimate(preset="eco"),
            [("p", "peco")],
        ),
        ({**ROOM, "power_command_topic": "p", "payload_off": "0"}, Turn(on=False), [("p", "0")]),
        ({**ROOM, "modes": ["off", "auto"]}, Turn(on=True), [("m/set", "auto")]),
        (ROOM, Turn(on=True), [("m/set", "heat")]),
        (ROOM, Turn(on=False), [("m/set", "off")]),
    ],
)
def test_a_thermostat_is_asked_as_its_payload_says(
    desk: Desk, options: dict[str, Any], command: Command, messages: list[tuple[str, str]]
) -> None:
    desk.announce("climate", **options)

    assert desk.ask(command) == messages


def test_a_thermostat_reports_on_many_topics(desk: Desk) -> None:
    desk.announce(
        "climate",
        **ROOM,
        action_topic="a",
        current_humidity_topic="h",
        fan_mode_state_topic="f",
        fan_mode_command_topic="f/set",
        preset_mode_command_topic="p/set",
        preset_mode_state_topic="p",
        preset_modes=["eco"],
    )
    for topic, payload in (
        ("m", "heat"),
        ("t", "21.5"),
        ("c", "19.25"),
        ("a", "heating"),
        ("h", "45"),
        ("f", "low"),
        ("p", "eco"),
    ):
        desk.say(topic, payload)

    assert desk.state == ClimateState(
        on=True,
        mode="heat",
        action="heating",
        target_c=21.5,
        current_c=19.25,
        humidity_pct=45.0,
        fan_mode="low",
        preset="eco",
    )
    desk.say("p", "none")
    desk.say("a", "None")
    desk.say("m", "off")
    assert desk.state == ClimateState(
        on=False, mode="off", target_c=21.5, current_c=19.25, humidity_pct=45.0, fan_mode="low"
    )


def test_a_message_that_says_many_things_is_one_report(desk: Desk) -> None:
    same = dict.fromkeys(("mode_state_topic", "temperature_state_topic", "current_temperature_topic"), "st")
    desk.announce(
        "climate",
        **same,
        mode_command_topic="m",
        temperature_command_topic="t",
        mode_state_template="{{ value_json.mode }}",
        temperature_state_template="{{ value_json.target }}",
        current_temperature_template="{{ value_json.now }}",
    )

    effects = desk.say("st", {"mode": "cool", "target": 24, "now": None})

    assert reports(effects) == [ClimateState(on=True, mode="cool", target_c=24.0)]


def test_fahrenheit_is_shown_as_celsius(desk: Desk) -> None:
    desk.announce("climate", **ROOM, temperature_unit="F", min_temp=41, max_temp=95, temp_step=1)
    desk.say("c", "72")

    climate = desk.capability
    assert isinstance(climate, Climate)
    assert (climate.min_c, climate.max_c, climate.step_c) == (5.0, 35.0, 0.56)
    assert desk.state == ClimateState(current_c=22.22)


def test_what_zigbee2mqtt_says_of_a_thermostat_is_understood(desk: Desk) -> None:
    desk.announce(
        "climate",
        action_template=(
            "{% set values = {None:None,'idle':'idle','heat':'heating'} %}{{ values[value_json.running_state] }}"
        ),
        action_topic="st",
        max_temp="30",
        min_temp="7",
        mode_command_topic="m",
        mode_state_template='{{ value_json["system_mode"] }}',
        mode_state_topic="st",
        modes=["off", "heat", "emergency_heating"],
    )
    desk.say("st", {"running_state": "heat", "system_mode": "emergency_heating"})

    assert desk.state == ClimateState(on=True, mode="emergency_heating", action="heating")
    desk.say("st", {"running_state": None, "system_mode": None})
    assert desk.state == ClimateState()
    assert misreadings(desk.effects) == []


def test_a_thermostat_without_feedback_is_assumed(desk: Desk) -> None:
    desk.announce("climate", mode_command_topic="m", temperature_command_topic="t")
    desk.ask(SetClimate(mode="cool", target_c=24))

    assert desk.capability.is_assumed
    assert desk.state == ClimateState(mode="cool", target_c=24)


@pytest.mark.parametrize(
    ("command", "messages"),
    [
        (SetWaterHeater(mode="eco"), [("m/set", "eco")]),
        (SetWaterHeater(target_c=50), [("t/set", "50.0")]),
        (Turn(on=True), [("p", "ON")]),
    ],
)
def test_a_water_heater_is_asked_as_its_payload_says(
    desk: Desk, command: Command, messages: list[tuple[str, str]]
) -> None:
    desk.announce("water_heater", **ROOM, power_command_topic="p")
    for topic, payload in (("m", "gas"), ("t", "55"), ("c", "48")):
        desk.say(topic, payload)

    assert desk.state == WaterHeaterState(on=True, mode="gas", target_c=55.0, current_c=48.0)
    assert desk.ask(command) == messages


# Air

FAN = {
    "command_topic": "set",
    "state_topic": "st",
    "percentage_command_topic": "p/set",
    "percentage_state_topic": "p",
    "speed_range_max": 3,
    "preset_mode_command_topic": "m/set",
    "preset_mode_state_topic": "m",
    "preset_modes": ["auto"],
    "oscillation_command_topic": "o/set",
    "oscillation_state_topic": "o",
    "direction_command_topic": "d/set",
    "direction_state_topic": "d",
}


@pytest.mark.parametrize(
    ("command", "messages"),
    [
        (Turn(on=True), [("set", "ON")]),
        (SetFan(speed_pct=25), [("p/set", "1")]),
        (SetFan(speed_pct=66), [("p/set", "2")]),
        (SetFan(speed_pct=0), [("p/set", "0")]),
        (SetFan(on=True, speed_pct=100, preset="auto"), [("set", "ON"), ("p/set", "3"), ("m/set", "auto")]),
        (SetFan(on=False), [("set", "OFF")]),
        (SetFan(oscillating=True), [("o/set", "oscillate_on")]),
        (SetFan(direction=Direction.REVERSE), [("d/set", "reverse")]),
    ],
)
def test_a_fan_is_asked_as_its_payload_says(desk: Desk, command: Command, messages: list[tuple[str, str]]) -> None:
    desk.announce("fan", **FAN)

    assert desk.ask(command) == messages


def test_a_fan_reports_its_speed_within_its_range(desk: Desk) -> None:
    desk.announce("fan", **FAN)
    for topic, payload in (("st", "ON"), ("p", "2"), ("m", "auto"), ("o", "oscillate_on"), ("d", "reverse")):
        desk.say(topic, payload)

    fan = desk.capability
    assert isinstance(fan, Fan)
    assert (fan.speeds, fan.presets, fan.can_oscillate, fan.can_reverse) == (3, ("auto",), True, True)
    assert desk.state == FanState(on=True, speed_pct=66.0, preset="auto", oscillating=True, direction=Direction.REVERSE)
    desk.say("p", "None")
    desk.say("m", "None")
    assert misreadings(desk.say("p", "9")) == ["expected a speed up to 3, got 9"]
    assert desk.state == FanState(on=True, oscillating=True, direction=Direction.REVERSE)


def test_a_humidifier_is_asked_and_reports(desk: Desk) -> None:
    desk.announce(
        "humidifier",
        command_topic="set",
        state_topic="st",
        target_humidity_command_topic="h/set",
        target_humidity_state_topic="h",
        current_humidity_topic="c",
        mode_command_topic="m/set",
        mode_state_topic="m",
        modes=["eco"],
        action_topic="a",
        device_class="dehumidifier",
        min_humidity=30,
        max_humidity=70,
    )
    for topic, payload in (("st", "ON"), ("h", "50"), ("c", "44.6"), ("m", "eco"), ("a", "drying")):
        desk.say(topic, payload)

    humidifier = desk.capability
    assert isinstance(humidifier, Humidifier)
    assert (humidifier.dries, humidifier.min_pct, humidifier.max_pct) == (True, 30.0, 70.0)
    assert desk.state == HumidifierState(on=True, target_pct=50.0, current_pct=45.0, mode="eco", action="drying")
    assert desk.ask(SetHumidifier(target_pct=55)) == [("h/set", "55")]
    assert desk.ask(SetHumidifier(mode="eco")) == [("m/set", "eco")]
    assert desk.ask(Turn(on=False)) == [("set", "OFF")]
