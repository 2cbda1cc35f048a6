"""A sheet has a control for everything that a device can be asked, and each one asks what it says."""

from __future__ import annotations

from typing import Any

import pytest

from intercom.home import capabilities as c
from intercom.home.commands import COMMANDS, Command, MoveCover, SetAlarm, SetClimate, SetLight
from intercom.home.errors import InvalidInputError
from intercom.home.model import Held
from intercom.home.words import Words, literal
from intercom.panel.controls import Control, ControlKind, Label, command_of, controls_of, slide_command

ID = c.CapabilityId("c")

RICHEST: list[c.Capability] = [
    c.Switch(id=ID),
    c.Siren(id=ID, tones=("fire", "burglar"), has_volume=True, has_duration=True),
    c.Light(
        id=ID, has_brightness=True, has_color=True, has_white=True, coldest_k=6500, warmest_k=2200, effects=("rainbow",)
    ),
    c.Cover(id=ID, has_position=True, has_tilt=True),
    c.Valve(id=ID, device_class="gas", can_stop=True, has_position=True),
    c.Lock(id=ID, can_open=True),
    c.Climate(
        id=ID,
        modes=("off", "heat"),
        fan_modes=("low", "high"),
        swing_modes=("on", "off"),
        swing_horizontal_modes=("on", "off"),
        presets=("eco",),
        has_target=True,
        has_range=True,
        has_target_humidity=True,
        can_turn=True,
    ),
    c.WaterHeater(id=ID, modes=("eco", "off"), has_target=True, can_turn=True),
    c.Fan(id=ID, speeds=3, presets=("sleep",), can_oscillate=True, can_reverse=True),
    c.Humidifier(id=ID, modes=("normal",)),
    c.Alarm(id=ID, arms=(c.Guard.ARMED_HOME, c.Guard.ARMED_AWAY), can_trigger=True),
    c.Vacuum(id=ID, actions=("start", "pause", "dock", "locate"), fan_speeds=("min", "max"), takes_orders=True),
    c.Mower(id=ID, actions=("start", "pause", "dock")),
    c.Button(id=ID),
    c.Scene(id=ID),
    c.Number(id=ID, min_value=0, max_value=10, step=0.5, unit="s"),
    c.Select(id=ID, options=("a", "b")),
    c.Text(id=ID, max_length=20),
    c.Notify(id=ID),
    c.InfraredEmitter(id=ID),
    c.BinarySensor(id=ID, device_class="door"),
    c.Sensor(id=ID, unit="lx"),
    c.Event(id=ID, event_types=("single",)),
    c.Trigger(id=ID),
    c.InfraredReceiver(id=ID),
    c.Update(id=ID, can_install=True),
    c.Image(id=ID),
    c.Tracker(id=ID),
]

by_kind = pytest.mark.parametrize("capability", RICHEST, ids=lambda capability: capability.kind)


def held_by(capability: c.Capability) -> Held:
    if isinstance(capability, c.Update):
        return Held(state=c.UpdateState(installed="1", latest="2"))
    return Held(state=c.STATE_OF[type(capability)]())


def values_for(control: Control) -> list[Any]:
    """Return what a finger could set a control to."""
    match control.kind:
        case ControlKind.SWITCH:
            return [True, False]
        case ControlKind.SLIDER | ControlKind.KELVIN | ControlKind.STEPPER:
            return [control.low, control.high]
        case ControlKind.COLOR:
            return [c.Color(hue_deg=120, saturation_pct=80)]
        case ControlKind.CHOICE | ControlKind.ACTIONS:
            return [option.value for option in control.options]
        case ControlKind.TEXT:
            return ["hello"]
    return []


def test_every_kind_is_tried_here() -> None:
    assert {type(capability) for capability in RICHEST} == set(c.STATE_OF)


@by_kind
def test_every_kind_has_a_control(capability: c.Capability) -> None:
    controls = controls_of(capability, held_by(capability))

    assert controls and controls[0].is_main
    assert len({control.key for control in controls}) == len(controls)


@by_kind
def test_every_control_asks_for_what_the_capability_can_do(capability: c.Capability) -> None:
    for control in controls_of(capability, held_by(capability)):
        for value in values_for(control):
            command_of(capability, control.key, value).check(capability)


@by_kind
def test_whatever_can_be_asked_of_a_kind_can_be_asked_in_its_sheet(capability: c.Capability) -> None:
    able = {command for command in COMMANDS.values() if isinstance(capability, command.kinds)}

    offered: set[type[Command]] = {
        type(command_of(capability, control.key, value))
        for control in controls_of(capability, held_by(capability))
        for value in values_for(control)
    }

    assert offered == able


@pytest.mark.parametrize("capability", [c.Sensor(id=ID), c.BinarySensor(id=ID), c.Tracker(id=ID)], ids=lambda x: x.kind)
def test_what_is_only_read_sets_nothing(capability: c.Capability) -> None:
    with pytest.raises(InvalidInputError):
        command_of(capability, "state", 1)


@pytest.mark.parametrize(
    ("capability", "label"),
    [
        (c.Sensor(id=ID, device_class="pm25"), Words("Fine dust PM2.5")),
        (c.BinarySensor(id=ID, device_class="moisture"), Words("Moisture")),
        (c.Sensor(id=ID, device_class="never_heard_of"), "State"),
        (c.BinarySensor(id=ID), "State"),
    ],
)
def test_what_a_sensor_senses_is_said_in_words_that_can_be_translated(capability: c.Capability, label: Label) -> None:
    (control,) = controls_of(capability, held_by(capability))

    assert control.label == label


def test_a_measured_temperature_has_one_digit_after_the_point_at_most() -> None:
    climate = c.Climate(id=ID, modes=("off", "heat"))

    now = {each.key: each for each in controls_of(climate, Held(state=c.ClimateState(current_c=22.54)))}["current_c"]

    assert now.note == (literal("22.5°"),)


def test_only_the_control_that_was_touched_is_pending() -> None:
    light = c.Light(id=ID, has_brightness=True)
    before = c.LightState(on=True, brightness_pct=20)

    controls = controls_of(light, Held(state=before, wanted=c.LightState(on=True, brightness_pct=80)))

    assert {control.key: control.is_pending for control in controls} == {"on": False, "brightness_pct": True}
    assert {control.key: control.number for control in controls}["brightness_pct"] == 80


def test_a_light_in_a_colour_shows_no_colour_temperature() -> None:
    light = c.Light(id=ID, has_color=True, warmest_k=2200, coldest_k=6500)
    color = c.Color(hue_deg=10, saturation_pct=90)
    state = c.LightState(on=True, mode=c.LightMode.COLOR, color=color, color_temp_k=3000)

    by_key = {control.key: control for control in controls_of(light, Held(state=state))}

    assert by_key["color"].color == color
    assert by_key["color_temp_k"].number is None


def test_what_should_not_happen_by_accident_takes_a_hold() -> None:
    lock = controls_of(c.Lock(id=ID, can_open=True), Held(state=c.LockState(bolt=c.Bolt.LOCKED)))[0]
    gas = controls_of(c.Valve(id=ID, device_class="gas"), Held(state=c.ValveState(motion=c.Motion.CLOSED)))[0]

    assert [option.value for option in lock.options if option.needs_hold] == ["unlock", "open"]
    assert [option.value for option in gas.options if option.needs_hold] == ["open"]


def test_a_code_goes_along() -> None:
    alarm = c.Alarm(id=ID, arms=(c.Guard.ARMED_AWAY,), code_pattern=r"^\d{4}$", disarming_needs_code=True)

    assert controls_of(alarm, Held(state=c.AlarmState(guard=c.Guard.ARMED_AWAY)))[0].asks_code
    assert command_of(alarm, "guard", "disarmed", "1234") == SetAlarm(guard=c.Guard.DISARMED, code="1234")


def test_a_secret_text_is_not_shown() -> None:
    control = controls_of(c.Text(id=ID, is_secret=True), Held(state=c.TextState(text="hush")))[0]

    assert control.text == "" and control.is_secret


def test_a_chosen_preset_can_be_left() -> None:
    climate = c.Climate(id=ID, presets=("eco",))
    control = controls_of(climate, Held(state=c.ClimateState(preset="eco")))[0]

    assert [option.value for option in control.options] == ["none", "eco"]
    assert command_of(climate, "preset", "none") == SetClimate(preset="none")


@pytest.mark.parametrize(
    ("capability", "command"),
    [
        (c.Light(id=ID, has_brightness=True), SetLight(brightness_pct=40)),
        (c.Cover(id=ID, has_position=True), MoveCover(position_pct=40)),
    ],
)
def test_a_dragged_level_is_a_command(capability: c.Capability, command: Command) -> None:
    assert slide_command(capability, 40) == command
