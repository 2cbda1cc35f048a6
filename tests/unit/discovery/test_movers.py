"""Covers and valves: positions, tilts, ranges of their own, what they publish."""

from __future__ import annotations

from typing import Any

import pytest

from intercom.home.capabilities import Cover, CoverState, Motion, Valve, ValveState
from intercom.home.commands import Command, Move, MoveCover, MoveValve
from tests.unit.discovery.desk import Desk, misreadings, reports

BOTH = {"command_topic": "set", "state_topic": "st"}
POSITIONS = {**BOTH, "position_topic": "pos", "set_position_topic": "pos/set"}
TILTS = {**BOTH, "tilt_command_topic": "tilt/set", "tilt_status_topic": "tilt"}


@pytest.mark.parametrize(
    ("options", "abilities"),
    [
        (BOTH, (True, True, True, False, False)),
        ({**BOTH, "payload_stop": None}, (True, True, False, False, False)),
        ({"position_topic": "pos"}, (False, False, False, False, False)),
        (POSITIONS, (True, True, True, True, False)),
        (TILTS, (True, True, True, False, True)),
    ],
)
def test_a_cover_can_do_what_it_has_topics_for(
    desk: Desk, options: dict[str, Any], abilities: tuple[bool, ...]
) -> None:
    desk.announce("cover", **options)

    cover = desk.capability
    assert isinstance(cover, Cover)
    assert (cover.can_open, cover.can_close, cover.can_stop, cover.has_position, cover.has_tilt) == abilities


@pytest.mark.parametrize(
    ("options", "command", "message"),
    [
        (BOTH, MoveCover(move=Move.OPEN), ("set", "OPEN")),
        ({**BOTH, "payload_close": "DOWN"}, MoveCover(move=Move.CLOSE), ("set", "DOWN")),
        (POSITIONS, MoveCover(position_pct=37), ("pos/set", "37")),
        (
            {**POSITIONS, "set_position_template": '{ "position": {{ position }} }'},
            MoveCover(position_pct=37),
            ("pos/set", '{ "position": 37 }'),
        ),
        ({**POSITIONS, "position_open": 0, "position_closed": 100}, MoveCover(position_pct=37), ("pos/set", "63")),
        (
            {
                **POSITIONS,
                "position_open": 255,
                "set_position_template": "{{ value }}/{{ position }}/{{ position_open }}",
            },
            MoveCover(position_pct=37),
            ("pos/set", "94/37/255"),
        ),
        (TILTS, MoveCover(tilt=Move.OPEN), ("tilt/set", "100")),
        ({**TILTS, "payload_stop_tilt": "HALT"}, MoveCover(tilt=Move.STOP), ("tilt/set", "HALT")),
        (
            {**TILTS, "tilt_min": -90, "tilt_max": 90, "tilt_closed_value": -90},
            MoveCover(tilt=Move.CLOSE),
            ("tilt/set", "-90"),
        ),
        (
            {**TILTS, "tilt_min": -90, "tilt_max": 90, "tilt_command_template": "{{ value }} {{ tilt_position }}"},
            MoveCover(tilt_pct=37),
            ("tilt/set", "-23 37"),
        ),
    ],
)
def test_a_cover_is_asked_as_its_payload_says(
    desk: Desk, options: dict[str, Any], command: Command, message: tuple[str, str]
) -> None:
    desk.announce("cover", **options)

    assert desk.ask(command) == [message]


@pytest.mark.parametrize(
    ("options", "messages", "state"),
    [
        (BOTH, [("st", "opening")], CoverState(motion=Motion.OPENING)),
        (BOTH, [("st", "closed"), ("st", "stopped")], CoverState(motion=Motion.CLOSED)),
        (BOTH, [("st", "opening"), ("st", "stopped")], CoverState(motion=Motion.OPEN)),
        (BOTH, [("st", "open"), ("st", "None")], CoverState()),
        (POSITIONS, [("pos", "0"), ("st", "stopped")], CoverState(motion=Motion.CLOSED, position_pct=0.0)),
        (POSITIONS, [("pos", "30"), ("st", "stopped")], CoverState(motion=Motion.OPEN, position_pct=30.0)),
        ({"position_topic": "pos"}, [("pos", "0")], CoverState(motion=Motion.CLOSED, position_pct=0.0)),
        (
            {"position_topic": "pos", "position_open": 0, "position_closed": 100},
            [("pos", "30")],
            CoverState(motion=Motion.OPEN, position_pct=70.0),
        ),
        (
            {"position_topic": "pos", "position_open": 255},
            [("pos", "100")],
            CoverState(motion=Motion.OPEN, position_pct=39.0),
        ),
        (
            {"position_topic": "pos", "position_template": '{"position": {{ value }}, "tilt_position": 20}'},
            [("pos", "40")],
            CoverState(motion=Motion.OPEN, position_pct=40.0, tilt_pct=20.0),
        ),
        (TILTS, [("tilt", "30")], CoverState(tilt_pct=30.0)),
        ({**TILTS, "tilt_min": -90, "tilt_max": 90}, [("tilt", "30")], CoverState(tilt_pct=66.0)),
    ],
)
def test_a_cover_reports_in_percent(
    desk: Desk, options: dict[str, Any], messages: list[tuple[str, str]], state: CoverState
) -> None:
    desk.announce("cover", **options)
    for topic, payload in messages:
        desk.say(topic, payload)

    assert desk.state == state
    assert misreadings(desk.effects) == []


def test_an_unknown_word_leaves_a_cover_as_it_was(desk: Desk) -> None:
    desk.announce("cover", **BOTH)
    desk.say("st", "open")

    effects = desk.say("st", "ajar")

    assert (reports(effects), desk.state) == ([], CoverState(motion=Motion.OPEN))
    assert misreadings(effects) == ["expected one of 'closed', 'open', 'closing', 'opening', 'stopped', got 'ajar'"]


# Valves


@pytest.mark.parametrize(
    ("options", "command", "message"),
    [
        (BOTH, MoveValve(move=Move.OPEN), ("set", "OPEN")),
        ({**BOTH, "payload_stop": "HALT"}, MoveValve(move=Move.STOP), ("set", "HALT")),
        ({**BOTH, "reports_position": True}, MoveValve(move=Move.OPEN), ("set", "100")),
        ({**BOTH, "reports_position": True, "position_open": 80}, MoveValve(position_pct=50), ("set", "40")),
        (
            {**BOTH, "reports_position": True, "command_template": "{{ value }}:{{ position }}"},
            MoveValve(position_pct=50),
            ("set", "50:50"),
        ),
    ],
)
def test_a_valve_is_asked_as_its_payload_says(
    desk: Desk, options: dict[str, Any], command: Command, message: tuple[str, str]
) -> None:
    desk.announce("valve", **options)

    assert desk.ask(command) == [message]


@pytest.mark.parametrize(
    ("options", "messages", "state"),
    [
        (BOTH, ["open"], ValveState(motion=Motion.OPEN)),
        (BOTH, ['{"state": "closing"}'], ValveState(motion=Motion.CLOSING)),
        ({**BOTH, "reports_position": True}, ["40"], ValveState(motion=Motion.OPEN, position_pct=40.0)),
        ({**BOTH, "reports_position": True}, ["0"], ValveState(motion=Motion.CLOSED, position_pct=0.0)),
        (
            {**BOTH, "reports_position": True},
            ['{"position": 20, "state": "opening"}', "60"],
            ValveState(motion=Motion.OPENING, position_pct=60.0),
        ),
        (
            {**BOTH, "reports_position": True},
            ['{"position": 20, "state": "opening"}', "100"],
            ValveState(motion=Motion.OPEN, position_pct=100.0),
        ),
        ({**BOTH, "reports_position": True}, ["40", "None"], ValveState()),
    ],
)
def test_a_valve_reports_by_word_or_by_position(
    desk: Desk, options: dict[str, Any], messages: list[str], state: ValveState
) -> None:
    desk.announce("valve", **options)
    for payload in messages:
        desk.say("st", payload)

    assert desk.state == state


def test_a_gas_valve_may_be_closable_only(desk: Desk) -> None:
    desk.announce("valve", **BOTH, payload_open=None, device_class="gas")

    valve = desk.capability
    assert isinstance(valve, Valve)
    assert (valve.can_open, valve.can_close, valve.device_class) == (False, True, "gas")
