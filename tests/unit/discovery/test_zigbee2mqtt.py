"""A captured house of Zigbee2MQTT: all of it is shown, and every command finds its topic."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from intercom.devices.discovery.effects import Misread, Publish, Refused
from intercom.devices.discovery.typical import typical_commands
from intercom.home.capabilities import Trigger
from tests.unit.discovery.desk import Desk, as_sent, of

CAPTURE = Path(__file__).parents[2] / "data" / "zigbee2mqtt-discovery.jsonl.gz"


@cache
def captured() -> tuple[dict[str, Any], ...]:
    with gzip.open(CAPTURE, "rt", encoding="utf-8") as lines:
        return tuple(json.loads(line) for line in lines)


@pytest.fixture(scope="module")
def house() -> Desk:
    """A desk with the whole capture on it."""
    desk = Desk()
    for line in captured():
        if "payload" in line:
            desk.say(line["topic"], line["payload"], is_retained=line["kind"] == "discovery")
    return desk


def test_every_payload_becomes_a_capability(house: Desk) -> None:
    topics = [line["topic"] for line in captured() if line["kind"] == "discovery"]

    assert of(Refused, house.effects) == []
    assert [topic for topic in topics if len(house.discovery.announced_by(topic)) != 1] == []


def test_every_state_is_understood(house: Desk) -> None:
    assert of(Misread, house.effects) == []


def test_every_device_is_one_device_with_its_own_name(house: Desk) -> None:
    devices = {line["device"] for line in captured() if line["kind"] == "device"}

    assert {house.discovery.device(device_id).name for device_id in house.discovery.device_ids} == devices
    assert len(house.discovery.device_ids) == len(devices)


def test_all_is_there_since_the_bridge_says_so(house: Desk) -> None:
    assert all(
        house.discovery.is_available(device_id, capability.id)
        for device_id in house.discovery.device_ids
        for capability in house.discovery.device(device_id).capabilities
    )


def test_every_command_goes_to_a_topic_that_its_announcement_names(house: Desk) -> None:
    asked: Counter[str] = Counter()
    for line in captured():
        if line["kind"] != "discovery":
            continue
        named = {
            value for key, value in line["payload"].items() if key.endswith("command_topic") or key.startswith("set_")
        }
        ((device_id, capability_id),) = house.discovery.announced_by(line["topic"])
        capability = next(c for c in house.discovery.device(device_id).capabilities if c.id == capability_id)
        for command in typical_commands(capability):
            messages = of(Publish, house.discovery.command(device_id, capability_id, command))

            assert messages, (line["topic"], command)
            assert {message.topic for message in messages} <= named
            asked[capability.kind] += 1

    assert set(asked) >= {"switch", "light", "cover", "climate", "lock", "fan", "number", "select", "text", "button"}


def test_announcing_it_all_again_changes_nothing(house: Desk) -> None:
    for line in captured():
        if line["kind"] == "discovery":
            assert house.discovery.handle(line["topic"], as_sent(line["payload"]).encode()) == []


def test_taking_it_all_back_leaves_nothing() -> None:
    desk = Desk()
    for line in captured():
        if "payload" in line:
            desk.say(line["topic"], line["payload"])
    for line in captured():
        if line["kind"] == "discovery":
            desk.say(line["topic"], "")

    assert desk.discovery.device_ids == []
    assert [effect for effect in desk.discovery.connected() if effect not in Desk().discovery.connected()] == []


def test_an_action_is_a_trigger(house: Desk) -> None:
    kinds = {
        type(capability)
        for device_id in house.discovery.device_ids
        for capability in house.discovery.device(device_id).capabilities
    }

    assert Trigger in kinds
