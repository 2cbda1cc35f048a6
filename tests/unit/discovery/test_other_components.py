"""Switches, sirens, locks, alarm panels, robots, settings, readings, happenings, updates, pictures, places."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from intercom.devices.discovery.effects import Publish
from intercom.home.capabilities import (
    Alarm,
    AlarmState,
    BinarySensorState,
    Bolt,
    Capability,
    CapabilityId,
    CoverState,
    Event,
    EventState,
    Guard,
    ImageState,
    InfraredEmitter,
    InfraredReceiver,
    LightMode,
    LightState,
    Lock,
    LockState,
    MowerState,
    Number,
    NumberState,
    SelectState,
    Sensor,
    SensorState,
    Siren,
    SirenState,
    State,
    SwitchState,
    Text,
    TextState,
    TrackerState,
    Trigger,
    UpdateState,
    VacuumState,
    Work,
)
from intercom.home.commands import (
    Command,
    Drive,
    DriveRobot,
    InstallUpdate,
    OperateLock,
    Press,
    SelectOption,
    SendMessage,
    SetAlarm,
    SetNumber,
    SetText,
    SoundSiren,
    Turn,
    Turnkey,
)
from intercom.home.errors import InvalidInputError
from tests.unit.discovery.desk import BEGINNING, Desk, misreadings, of, refusals, reports

X = CapabilityId("x")

BOTH = {"command_topic": "set", "state_topic": "st"}
ALL_VACUUM = ["start", "pause", "stop", "return_home", "locate", "clean_spot", "fan_speed", "send_command"]
ROBOT = {
    **BOTH,
    "supported_features": ALL_VACUUM,
    "set_fan_speed_topic": "fan",
    "fan_speed_list": ["min", "max"],
    "send_command_topic": "order",
}


@pytest.mark.parametrize(
    ("component", "options", "command", "messages"),
    [
        ("switch", BOTH, Turn(on=True), [("set", "ON")]),
        ("switch", {**BOTH, "payload_off": False}, Turn(on=False), [("set", "False")]),
        ("switch", {**BOTH, "command_template": '{"v":"{{ value }}"}'}, Turn(on=True), [("set", '{"v":"ON"}')]),
        ("siren", BOTH, Turn(on=False), [("set", '{"state":"OFF"}')]),
        (
            "siren",
            {**BOTH, "available_tones": ["fire"]},
            SoundSiren(tone="fire", duration_s=10, volume_pct=50),
            [("set", '{"state":"ON","tone":"fire","duration":10,"volume_level":0.5}')],
        ),
        (
            "siren",
            {**BOTH, "command_template": "{{ value }} {{ tone | default('x') }}", "command_off_template": "quiet"},
            Turn(on=True),
            [("set", "ON x")],
        ),
        (
            "siren",
            {**BOTH, "command_template": "a", "command_off_template": "quiet"},
            Turn(on=False),
            [("set", "quiet")],
        ),
        ("lock", BOTH, OperateLock(turn=Turnkey.LOCK), [("set", "LOCK")]),
        ("lock", {**BOTH, "payload_open": "PULL"}, OperateLock(turn=Turnkey.OPEN), [("set", "PULL")]),
        (
            "lock",
            {**BOTH, "code_format": r"^\d{4}$", "command_template": "{{ value }}:{{ code }}"},
            OperateLock(turn=Turnkey.UNLOCK, code="1234"),
            [("set", "UNLOCK:1234")],
        ),
        ("alarm_control_panel", BOTH, SetAlarm(guard=Guard.ARMED_AWAY), [("set", "ARM_AWAY")]),
        ("alarm_control_panel", BOTH, SetAlarm(guard=Guard.TRIGGERED), [("set", "TRIGGER")]),
        (
            "alarm_control_panel",
            {**BOTH, "code": "1234", "command_template": "{{ action }}/{{ code }}"},
            SetAlarm(guard=Guard.DISARMED, code="1234"),
            [("set", "DISARM/1234")],
        ),
        (
            "alarm_control_panel",
            {**BOTH, "code": "REMOTE_CODE", "command_template": "{{ action }}/{{ code }}"},
            SetAlarm(guard=Guard.ARMED_HOME, code="9"),
            [("set", "ARM_HOME/9")],
        ),
        ("vacuum", ROBOT, DriveRobot(drive=Drive.DOCK), [("set", "return_to_base")]),
        ("vacuum", ROBOT, DriveRobot(fan_speed="max"), [("fan", "max")]),
        ("vacuum", ROBOT, DriveRobot(order="sing"), [("order", "sing")]),
        (
            "lawn_mower",
            {"start_mowing_command_topic": "go", "start_mowing_command_template": "{{ value }}!"},
            DriveRobot(drive=Drive.START),
            [("go", "start_mowing!")],
        ),
        ("number", BOTH, SetNumber(value=5), [("set", "5")]),
        ("number", {**BOTH, "command_template": "n={{ value }}"}, SetNumber(value=5.5), [("set", "n=5.5")]),
        ("select", {**BOTH, "options": ["a", "b"]}, SelectOption(option="b"), [("set", "b")]),
        ("text", BOTH, SetText(text="hi"), [("set", "hi")]),
        ("button", {"command_topic": "set"}, Press(), [("set", "PRESS")]),
        (
            "button",
            {"command_topic": "set", "payload_press": "b'\\x01'", "command_template": "{{ value }}"},
            Press(),
            [("set", b"\x01")],
        ),
        ("scene", {"command_topic": "set", "payload_on": "recall"}, Press(), [("set", "recall")]),
        (
            "notify",
            {"command_topic": "set", "command_template": "<{{ value }}>"},
            SendMessage(message="hi"),
            [("set", "<hi>")],
        ),
        ("infrared", {"command_topic": "set", "schema": "emitter"}, SendMessage(message="9,5"), [("set", "9,5")]),
        ("update", {**BOTH, "payload_install": "go"}, InstallUpdate(), [("set", "go")]),
    ],
)
def test_every_command_publishes_what_its_payload_says(
    desk: Desk, component: str, options: dict[str, Any], command: Command, messages: list[tuple[str, str | bytes]]
) -> None:
    desk.announce(component, **options)

    assert refusals(desk.effects) == []
    assert desk.ask(command) == messages


@pytest.mark.parametrize(
    ("component", "options", "messages", "state"),
    [
        ("switch", BOTH, ["ON"], SwitchState(on=True)),
        ("switch", BOTH, ["ON", "what"], SwitchState(on=True)),
        ("switch", {**BOTH, "state_on": "1", "state_off": "0"}, ["0"], SwitchState(on=False)),
        ("switch", BOTH, ["ON", "None"], SwitchState()),
        ("siren", BOTH, ["ON"], SirenState(on=True)),
        ("siren", BOTH, ['{"state": "OFF", "tone": "x"}'], SirenState(on=False)),
        ("lock", BOTH, ["LOCKED"], LockState(bolt=Bolt.LOCKED)),
        ("lock", {**BOTH, "state_jammed": "J"}, ["J"], LockState(bolt=Bolt.JAMMED)),
        ("lock", {**BOTH, "state_locked": "LOCK"}, ["LOCK", "None"], LockState()),
        ("alarm_control_panel", BOTH, ["pending"], AlarmState(guard=Guard.PENDING)),
        (
            "vacuum",
            ROBOT,
            ['{"state": "cleaning", "battery_level": 61, "fan_speed": "max"}'],
            VacuumState(work=Work.WORKING, battery_pct=61.0, fan_speed="max"),
        ),
        (
            "vacuum",
            ROBOT,
            ['{"state": "docked"}', '{"battery_level": 7}'],
            VacuumState(work=Work.DOCKED, battery_pct=7.0),
        ),
        ("lawn_mower", {"activity_state_topic": "st"}, ["mowing"], MowerState(work=Work.WORKING)),
        ("number", BOTH, ["42"], NumberState(value=42.0)),
        ("number", {**BOTH, "payload_reset": "R"}, ["42", "R"], NumberState()),
        ("number", BOTH, ["42", "4200"], NumberState(value=42.0)),
        ("select", {**BOTH, "options": ["a", "b"]}, ["b", "c"], SelectState(option="b")),
        ("select", {**BOTH, "options": ["a", "b"]}, ["b", "None"], SelectState()),
        ("text", BOTH, ["hello"], TextState(text="hello")),
        ("sensor", {"state_topic": "st"}, ["21.50"], SensorState(value="21.50")),
        ("sensor", {"state_topic": "st", "unit_of_measurement": "°C"}, ["21.50"], SensorState(value=21.5)),
        ("sensor", {"state_topic": "st", "unit_of_measurement": "°C"}, ["21", "", "bad"], SensorState(value=21)),
        ("sensor", {"state_topic": "st", "state_class": "measurement"}, ["21", "None"], SensorState()),
        ("sensor", {"state_topic": "st", "device_class": "enum", "options": ["a"]}, ["a", "z"], SensorState(value="a")),
        (
            "sensor",
            {"state_topic": "st", "device_class": "timestamp"},
            ["2024-01-01T10:00:00+02:00"],
            SensorState(value="2024-01-01T08:00:00+00:00"),
        ),
        ("sensor", {"state_topic": "st", "device_class": "date"}, ["2024-01-31"], SensorState(value="2024-01-31")),
        ("binary_sensor", {"state_topic": "st"}, ["ON"], BinarySensorState(on=True)),
        (
            "binary_sensor",
            {"state_topic": "st", "payload_on": False, "payload_off": True},
            ["True"],
            BinarySensorState(on=False),
        ),
        ("binary_sensor", {"state_topic": "st"}, ["ON", "what"], BinarySensorState(on=True)),
        ("device_tracker", {"state_topic": "st"}, ["home"], TrackerState(place="home")),
        ("device_tracker", {"state_topic": "st", "payload_not_home": "gone"}, ["gone"], TrackerState(place="not_home")),
        ("device_tracker", {"state_topic": "st"}, ["work"], TrackerState(place="work")),
        ("update", {"state_topic": "st"}, ["1.2"], UpdateState(installed="1.2")),
        (
            "update",
            {"state_topic": "st", "title": "T"},
            [
                '{"installed_version": "1", "latest_version": "2", "update_percentage": 30, "release_url": "https://x.y"}'
            ],
            UpdateState(
                installed="1", latest="2", title="T", is_running=True, progress_pct=30.0, notes_url="https://x.y"
            ),
        ),
        (
            "update",
            {"state_topic": "st"},
            ['{"installed_version":"None","latest_version":"None","update_percentage":null,"in_progress":false}'],
            UpdateState(is_running=False),
        ),
        ("image", {"url_topic": "st"}, ["https://x.y/z.jpg"], ImageState(url="https://x.y/z.jpg", taken_at=BEGINNING)),
    ],
)
def test_every_report_means_what_its_payload_says(
    desk: Desk, component: str, options: dict[str, Any], messages: list[str], state: State
) -> None:
    desk.announce(component, **options)
    for payload in messages:
        desk.say("st", payload)

    assert refusals(desk.effects) == []
    assert desk.state == state


@pytest.mark.parametrize(
    ("component", "options", "expected"),
    [
        (
            "siren",
            {**BOTH, "support_duration": False, "support_volume_set": False, "available_tones": ["a"]},
            Siren(id=X, tones=("a",)),
        ),
        ("lock", {**BOTH, "payload_open": "O", "code_format": r"\d+"}, Lock(id=X, can_open=True, code_pattern=r"\d+")),
        ("lock", {**BOTH, "code_format": "(a+)+$"}, Lock(id=X, code_pattern=".+")),
        (
            "alarm_control_panel",
            {**BOTH, "code": "12", "supported_features": ["arm_night", "trigger"], "code_arm_required": False},
            Alarm(id=X, arms=(Guard.ARMED_NIGHT,), can_trigger=True, code_pattern=r"\d+", disarming_needs_code=True),
        ),
        (
            "number",
            {**BOTH, "min": "-5", "max": 5, "step": 0.1, "unit_of_measurement": "V"},
            Number(id=X, min_value=-5.0, max_value=5.0, step=0.1, unit="V"),
        ),
        ("number", {**BOTH, "min": 9, "max": 2}, Number(id=X, min_value=2.0, max_value=9.0)),
        (
            "text",
            {**BOTH, "min": 2, "max": 9, "pattern": "[a-z]+", "mode": "password"},
            Text(id=X, min_length=2, max_length=9, pattern="[a-z]+", is_secret=True),
        ),
        ("text", {**BOTH, "pattern": "((("}, Text(id=X)),
        (
            "sensor",
            {
                "state_topic": "s",
                "suggested_display_precision": 1,
                "device_class": "power",
                "state_class": "measurement",
            },
            Sensor(id=X, precision=1, device_class="power", state_class="measurement"),
        ),
        (
            "event",
            {"state_topic": "s", "event_types": "ring", "device_class": "doorbell"},
            Event(id=X, event_types=("ring",), device_class="doorbell"),
        ),
        ("infrared", {"command_topic": "c", "schema": "emitter"}, InfraredEmitter(id=X)),
        ("infrared", {"state_topic": "c", "schema": "receiver"}, InfraredReceiver(id=X)),
    ],
)
def test_every_ability_is_described(desk: Desk, component: str, options: dict[str, Any], expected: Capability) -> None:
    desk.announce(component, **options)

    assert desk.capability == expected


def test_a_command_travels_as_its_payload_asks(desk: Desk) -> None:
    desk.announce("switch", **BOTH, qos=2, retain=True, encoding="utf-16")

    effects = desk.discovery.command(*desk.only, Turn(on=True))

    assert of(Publish, effects) == [Publish("set", "ON".encode("utf-16"), 2, True)]


def test_a_text_in_another_encoding_is_read_in_it(desk: Desk) -> None:
    desk.announce("sensor", state_topic="st", encoding="latin-1")
    desk.say("st", b"gr\xfcn")

    assert desk.state == SensorState(value="grün")


def test_a_message_that_is_half_a_character_is_not_taken_for_text(desk: Desk) -> None:
    desk.announce("sensor", state_topic="st", encoding="utf-7")

    effects = desk.say("st", b"+2AA-")

    assert misreadings(effects) == ["the message is not utf-7 text"]
    assert desk.state == SensorState()


def test_bytes_that_are_no_text_are_told_and_change_nothing(desk: Desk) -> None:
    desk.announce("sensor", state_topic="st")
    desk.say("st", "old")

    effects = desk.say("st", b"\xff\xfe")

    assert misreadings(effects) == ["the message is not utf-8 text"]
    assert desk.state == SensorState(value="old")


def test_a_wrong_code_is_not_sent(desk: Desk) -> None:
    desk.announce("alarm_control_panel", **BOTH, code="1234")

    with pytest.raises(InvalidInputError, match="the code is wrong"):
        desk.ask(SetAlarm(guard=Guard.DISARMED, code="4321"))


def test_a_value_that_cannot_be_read_is_told_once(desk: Desk) -> None:
    desk.announce("sensor", state_topic="st", unit_of_measurement="W")

    told = [misreadings(desk.say("st", payload)) for payload in ("bad", "worse", "5", "bad")]

    assert told == [["expected a number, got 'bad'"], [], [], []]


def test_only_changes_are_reported_unless_a_command_waits_for_an_answer(desk: Desk) -> None:
    desk.announce("switch", **BOTH)
    desk.say("st", "ON")
    silent = desk.say("st", "ON")
    desk.ask(Turn(on=True))
    answered = desk.say("st", "ON")
    desk.wait(30)
    silent_again = desk.say("st", "ON")

    assert (reports(silent), reports(answered), reports(silent_again)) == ([], [SwitchState(on=True)], [])


def test_a_state_that_stays_is_confirmed_once_a_minute(desk: Desk) -> None:
    desk.announce("sensor", state_topic="st")
    told = []
    for _ in range(13):
        told += reports(desk.say("st", "5"))
        desk.wait(10)

    assert told == [SensorState(value="5")] * 3


def test_what_never_reports_is_assumed(desk: Desk) -> None:
    desk.announce("switch", command_topic="set")
    effects = desk.discovery.command(*desk.only, Turn(on=True))

    assert desk.capability.is_assumed
    assert (reports(effects), desk.state) == ([], SwitchState(on=True))


# Happenings


def test_every_press_is_an_event_even_the_same_one_again(desk: Desk) -> None:
    desk.announce("event", state_topic="st", event_types=["press"])
    desk.say("st", {"event_type": "press"})
    desk.now += 1
    desk.say("st", {"event_type": "press", "more": 1})

    assert reports(desk.effects) == [
        EventState(event="press", happened_at=BEGINNING),
        EventState(event="press", happened_at=BEGINNING + 1),
    ]


def test_what_the_broker_kept_is_no_event(desk: Desk) -> None:
    desk.announce("event", state_topic="st", event_types=["press"])
    desk.announce("device_automation", automation_type="trigger", type="a", subtype="b", topic="st")

    assert reports(desk.say("st", {"event_type": "press"}, is_retained=True)) == []


@pytest.mark.parametrize("payload", ['{"event_type": "hold"}', "press", "{}", "", "None"])
def test_an_event_of_another_kind_does_not_happen(desk: Desk, payload: str) -> None:
    desk.announce("event", state_topic="st", event_types=["press"])

    assert reports(desk.say("st", payload)) == []


def test_a_device_trigger_happens_when_its_payload_comes(desk: Desk) -> None:
    desk.announce(
        "device_automation",
        automation_type="trigger",
        type="button_short_press",
        subtype="button_1",
        topic="action",
        payload="single",
        device={"identifiers": "d"},
    )
    desk.say("action", "double")
    desk.say("action", "single")

    trigger = desk.capability
    assert isinstance(trigger, Trigger)
    assert (trigger.trigger_type, trigger.subtype) == ("button_short_press", "button_1")
    assert trigger.name == "Button 1 button short press"
    assert reports(desk.effects) == [EventState(event="single", happened_at=BEGINNING)]


def test_a_scanned_tag_is_an_event(desk: Desk) -> None:
    desk.announce("tag", topic="rfid", value_template="{{ value_json.uid }}", device={"identifiers": "d"})
    desk.say("rfid", {"uid": "E9F3"})

    assert reports(desk.effects) == [EventState(event="E9F3", happened_at=BEGINNING)]


def test_a_learnt_infrared_code_that_stays_in_the_state_is_learnt_once(desk: Desk) -> None:
    desk.announce("infrared", schema="receiver", state_topic="st", value_template="{{ value_json.code | tojson }}")
    for payload in ({"code": None}, {"code": [9, 5]}, {"code": [9, 5]}, {"code": [1]}):
        desk.say("st", payload)

    assert [state.event for state in reports(desk.effects) if isinstance(state, EventState)] == ["[9, 5]", "[1]"]


# Pictures


@pytest.mark.parametrize(
    ("component", "options", "sent", "media_type"),
    [
        ("image", {"image_topic": "st", "content_type": "image/png"}, b"\x00\x01", "image/png"),
        ("image", {"image_topic": "st"}, b"\x89PNG...", "image/png"),
        ("camera", {"topic": "st"}, b"\xff\xd8\xff\xe0", "image/jpeg"),
    ],
)
def test_a_picture_is_kept_as_it_comes(
    desk: Desk, component: str, options: dict[str, Any], sent: bytes, media_type: str
) -> None:
    desk.announce(component, **options)
    desk.say("st", sent)

    assert desk.state == ImageState(taken_at=BEGINNING, media_type=media_type, data=sent)


def test_a_picture_in_base64_is_decoded(desk: Desk) -> None:
    desk.announce("camera", topic="st", image_encoding="b64")
    desk.say("st", base64.b64encode(b"\xff\xd8\xff\xe0"))

    assert desk.state == ImageState(taken_at=BEGINNING, media_type="image/jpeg", data=b"\xff\xd8\xff\xe0")


def test_a_picture_may_come_from_the_web_only(desk: Desk) -> None:
    desk.announce("image", url_topic="st")

    assert misreadings(desk.say("st", "file:///etc/passwd")) == ["expected an http address, got 'file:///etc/passwd'"]


@pytest.mark.parametrize(("asked", "precision"), [(-1, 0), (2, 2), (10**20, 12)])
def test_a_sensor_is_shown_with_as_many_digits_as_can_be_shown(desk: Desk, asked: int, precision: int) -> None:
    desk.announce("sensor", state_topic="st", suggested_display_precision=asked)

    assert isinstance(desk.capability, Sensor)
    assert desk.capability.precision == precision


def test_a_number_beyond_all_ranges_is_told_and_changes_nothing(desk: Desk) -> None:
    desk.announce("cover", command_topic="c", position_topic="st", set_position_topic="p")

    effects = desk.say("st", "1e308")

    assert misreadings(effects) == ["expected a number from 0 to 100, got 1e+308"]
    assert desk.state == CoverState()


def test_a_colour_temperature_of_next_to_no_mired_is_taken_for_the_coldest_light(desk: Desk) -> None:
    desk.announce("light", command_topic="c", color_temp_state_topic="st", color_temp_command_topic="t")

    desk.say("st", "1e-320")

    assert desk.state == LightState(mode=LightMode.TEMPERATURE, color_temp_k=1_000_000)
