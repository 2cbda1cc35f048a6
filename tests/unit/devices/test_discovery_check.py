"""`intercom discovery check`: a line for every announcement and command, and a count."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from intercom.devices import discovery_check
from intercom.home.errors import InvalidInputError

SWITCH = "homeassistant/switch/lamp/config"
LAMP = {"command_topic": "lamp/set", "state_topic": "lamp", "unique_id": "1", "name": "Lamp"}


def check(*lines: dict[str, Any] | str, with_commands: bool = False) -> list[dict[str, Any]]:
    out = io.StringIO()
    text = [line if isinstance(line, str) else json.dumps(line) for line in lines]

    assert discovery_check.run(text, out, with_commands=with_commands) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_accepted_announcement_shows_device_capabilities_and_the_state_in_the_end() -> None:
    lamp, summary = check(
        {"topic": SWITCH, "payload": LAMP, "kind": "discovery", "device": "whatever"},
        {"topic": "lamp", "payload": "OFF"},
        {"topic": "lamp", "payload": "ON"},
    )

    assert lamp == {
        "topic": SWITCH,
        "status": "accepted",
        "device": {"id": "1", "name": "Lamp"},
        "capabilities": [
            {
                "id": "lamp",
                "kind": "switch",
                "name": None,
                "category": "primary",
                "icon": None,
                "is_assumed": False,
                "is_shown": True,
                "device_class": None,
                "available": True,
                "state": {"on": True},
            }
        ],
    }
    assert summary == {
        "summary": {
            "payloads": 1,
            "accepted": 1,
            "refused": 0,
            "removed": 0,
            "devices": 1,
            "capabilities": 1,
            "messages": 2,
            "misread": 0,
        }
    }


def test_a_payload_may_be_text_and_other_lines_are_passed_over() -> None:
    lamp, summary = check({"kind": "device", "device": "x"}, "", {"topic": SWITCH, "payload": json.dumps(LAMP)})

    assert (lamp["status"], summary["summary"]["payloads"]) == ("accepted", 1)


def test_a_refused_announcement_says_why() -> None:
    lamp, summary = check({"topic": SWITCH, "payload": {"state_topic": "s"}})

    assert lamp == {
        "topic": SWITCH,
        "status": "refused",
        "reason": "'command_topic' is missing; a switch needs it",
    }
    assert (summary["summary"]["accepted"], summary["summary"]["refused"]) == (0, 1)


def test_a_refused_component_is_named_beside_those_that_stand() -> None:
    (device, summary) = check(
        {
            "topic": "homeassistant/device/lamp/config",
            "payload": {
                "dev": {"ids": "x"},
                "o": {"name": "me"},
                "cmps": {"a": {"p": "switch", **LAMP}, "b": {"p": "light", "name": "B"}},
            },
        }
    )

    assert [capability["id"] for capability in device["capabilities"]] == ["a"]
    assert device["refused"] == [{"component": "b", "reason": "'command_topic' is missing; a light needs it"}]
    assert device["status"] == "accepted"
    assert summary["summary"]["capabilities"] == 1


def test_what_becomes_of_an_announcement_later_is_told() -> None:
    first, second, same, empty, summary = check(
        {"topic": SWITCH, "payload": LAMP},
        {"topic": SWITCH, "payload": {**LAMP, "name": "Other"}},
        {"topic": SWITCH, "payload": {**LAMP, "name": "Other"}},
        {"topic": SWITCH, "payload": None},
    )

    assert [first["status"], second["status"], same["status"], empty["status"]] == [
        "replaced",
        "removed",
        "unchanged",
        "removed",
    ]
    assert summary["summary"]["devices"] == 0


def test_a_message_that_cannot_be_understood_is_told_with_its_capability() -> None:
    lamp, summary = check(
        {"topic": "homeassistant/number/n/config", "payload": LAMP}, {"topic": "lamp", "payload": "many"}
    )

    assert lamp["capabilities"][0]["misread"] == [{"topic": "lamp", "reason": "expected a number, got 'many'"}]
    assert summary["summary"]["misread"] == 1


def test_a_command_shows_what_would_be_published() -> None:
    _, turned, wrong, unknown, _ = check(
        {"topic": SWITCH, "payload": {**LAMP, "qos": 1}},
        {"topic": SWITCH, "command": {"do": "turn", "on": True}},
        {"topic": SWITCH, "command": {"do": "press"}},
        {"topic": SWITCH, "command": {"do": "fly"}},
    )

    assert turned == {
        "topic": SWITCH,
        "command": {"do": "turn", "on": True},
        "publishes": [{"topic": "lamp/set", "payload": "ON", "qos": 1, "retain": False}],
    }
    assert wrong["reason"] == f"nothing announced on '{SWITCH}' can be asked to 'press'"
    assert unknown["reason"].startswith("'do' must be one of turn, set_light")


def test_typical_commands_can_be_asked_for() -> None:
    lamp, _ = check({"topic": SWITCH, "payload": LAMP}, with_commands=True)

    assert [
        (tried["command"], [message["payload"] for message in tried["publishes"]])
        for tried in lamp["capabilities"][0]["commands"]
    ] == [({"do": "turn", "on": True}, ["ON"]), ({"do": "turn", "on": False}, ["OFF"])]


def test_tasmota_is_checked_as_well() -> None:
    plug, summary = check(
        {
            "topic": "tasmota/discovery/AABBCC/config",
            "payload": {
                "t": "plug",
                "ft": "%prefix%/%topic%/",
                "tp": ["cmnd", "stat", "tele"],
                "state": ["OFF", "ON"],
                "rl": [1],
            },
        },
        {"topic": "stat/plug/RESULT", "payload": {"POWER": "ON"}},
    )

    assert plug["capabilities"][0]["state"] == {"on": True}
    assert summary["summary"]["accepted"] == 1


@pytest.mark.parametrize("line", ["{", "[]", '"x"', '{"payload": 1}', "[" * 100_000])
def test_a_line_of_another_form_is_named(line: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^line 2 "):
        check({"topic": SWITCH, "payload": LAMP}, line)
