"""What devices, states, tiles and commands look like as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from intercom.devices.mqtt_packets import Connect
from intercom.home.access import Role
from intercom.home.capabilities import (
    CapabilityId,
    Category,
    Climate,
    Color,
    Cover,
    ImageState,
    Light,
    LightState,
    Lock,
    Sensor,
    SensorState,
    Switch,
    SwitchState,
)
from intercom.home.commands import MoveCover, SetLight, Turn
from intercom.home.errors import InvalidInputError, NotFoundError
from intercom.home.home import Home
from intercom.home.model import Area, AreaId, Device, DeviceId, Placement
from intercom.home.pairing import LiveCode, PairingRequest
from intercom.relay import wire

LAMP = DeviceId("lamp")
LIGHT = CapabilityId("light")
POWER = CapabilityId("power")


@pytest.fixture
def home() -> Home:
    home = Home(clock=lambda: 1_700_000_000.12345)
    home.set_areas([Area(id=AreaId("hall"), name="Hall")])
    home.announce(
        Device(
            id=LAMP,
            adapter="test",
            name="Lamp",
            capabilities=(
                Light(
                    id=LIGHT, has_brightness=True, has_color=True, coldest_k=6500, warmest_k=2000, effects=("rainbow",)
                ),
                Sensor(id=POWER, name="Power", category=Category.DIAGNOSTIC, unit="W", is_shown=False),
            ),
        )
    )
    return home


def told(home: Home) -> Any:
    return json.loads(wire.encode(wire.device_wire(home, LAMP)))


def test_a_device_without_news_says_only_what_it_is(home: Home) -> None:
    assert told(home) == {
        "id": "lamp",
        "name": "Lamp",
        "capabilities": [
            {
                "id": "light",
                "kind": "light",
                "has_brightness": True,
                "has_color": True,
                "coldest_k": 6500,
                "warmest_k": 2000,
                "effects": ["rainbow"],
                "state": {},
            },
            {
                "id": "power",
                "kind": "sensor",
                "name": "Power",
                "category": "diagnostic",
                "is_shown": False,
                "unit": "W",
                "state": {},
            },
        ],
        "tile": told(home)["tile"],
    }


def test_states_tell_what_is_known_and_false_and_zero_are_known(home: Home) -> None:
    home.report(LAMP, LIGHT, LightState(on=False, brightness_pct=0, color=Color(hue_deg=0, saturation_pct=100)))
    home.report(LAMP, POWER, SensorState(value=0))

    light, power = told(home)["capabilities"]

    assert light["state"] == {"on": False, "brightness_pct": 0, "color": {"hue_deg": 0, "saturation_pct": 100}}
    assert power["state"] == {"value": 0}
    assert light["at"] == 1_700_000_000.123


def test_what_residents_decided_and_what_is_wrong_is_told(home: Home) -> None:
    home.place(LAMP, Placement(name="Lantern", area_id=AreaId("hall"), position=3, is_hidden=True, is_shared=True))
    home.set_available(LAMP, LIGHT, is_available=False)
    home.set_available(LAMP, POWER, is_available=False)
    home.link_down("test")

    device = told(home)

    assert {key: device[key] for key in ("name", "area", "position", "hidden", "shared", "available")} == {
        "name": "Lantern",
        "area": "hall",
        "position": 3,
        "hidden": True,
        "shared": True,
        "available": False,
    }
    assert device["stale_since"] == 1_700_000_000.123
    assert device["tile"]["stale"] is True
    assert device["capabilities"][0]["available"] is False


def test_a_picture_is_told_of_but_not_told() -> None:
    state = ImageState(taken_at=1.0, media_type="image/png", data=b"\x00")
    home = Home()
    from intercom.home.capabilities import Image

    home.announce(Device(id=LAMP, adapter="test", name="Camera", capabilities=(Image(id=LIGHT),)))
    home.report(LAMP, LIGHT, state)

    assert wire.state_wire(home, LAMP, LIGHT)["state"] == {"taken_at": 1.0, "media_type": "image/png"}


def test_a_tiles_touch_can_be_sent_back_as_it_is(home: Home) -> None:
    home.report(LAMP, LIGHT, LightState(on=True, brightness_pct=40))

    tile = told(home)["tile"]
    capability_id, command = wire.command_asked(
        home, LAMP, CapabilityId(tile["touch"]["capability"]), tile["touch"]["command"]
    )

    assert (tile["icon"], tile["tone"], tile["on"], tile["level"], tile["slide"]) == (
        "lamp-ceiling",
        "amber",
        True,
        40,
        "light",
    )
    assert tile["words"] == [["On"], ["%1%", "40"]] or tile["words"][0] == ["On"]
    assert (capability_id, command) == (LIGHT, Turn(on=False))


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ({"do": "turn", "on": True}, Turn(on=True)),
        ({"do": "turn_on"}, Turn(on=True)),
        ({"do": "turn_off"}, Turn(on=False)),
        ({"do": "toggle"}, Turn(on=True)),
        ({"do": "set_light", "brightness_pct": 40}, SetLight(brightness_pct=40)),
        (
            {"do": "set_light", "color": {"hue_deg": 10, "saturation_pct": 20}, "on": None},
            SetLight(color=Color(hue_deg=10, saturation_pct=20)),
        ),
    ],
)
def test_commands_are_read(home: Home, said: dict[str, Any], command: object) -> None:
    assert wire.command_asked(home, LAMP, None, said) == (LIGHT, command)


def test_toggling_turns_off_what_is_wanted_on(home: Home) -> None:
    home.report(LAMP, LIGHT, LightState(on=True))

    assert wire.command_asked(home, LAMP, LIGHT, {"do": "toggle"})[1] == Turn(on=False)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "command.do must be one of turn, set_light"),
        ({"do": 3}, "command.do must be one of turn"),
        ({"do": "explode"}, "command.do must be one of turn"),
        ({"do": "turn"}, "missing required field on"),
        ({"do": "turn", "on": "yes"}, "on: expected bool, got str"),
        ({"do": "turn", "on": True, "at": 1}, "'turn' has no field 'at'; it has on"),
        ({"do": "turn_on", "at": 1}, "'turn' has no field 'at'"),
        ({"do": "set_light", "color": {"hue_deg": "red"}}, "color.hue_deg: expected float, got str"),
        ({"do": "move_cover", "move": "sideways"}, "move: invalid enum value 'sideways'"),
    ],
)
def test_a_wrong_command_is_told_by_its_field(home: Home, said: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        wire.command_asked(home, LAMP, LIGHT, said)

    assert message.lower() in str(refusal.value).lower()


def test_a_command_for_nothing_that_is_there_is_refused(home: Home) -> None:
    with pytest.raises(NotFoundError):
        wire.command_asked(home, DeviceId("none"), None, {"do": "toggle"})
    with pytest.raises(NotFoundError):
        wire.command_asked(home, LAMP, CapabilityId("none"), {"do": "toggle"})
    with pytest.raises(InvalidInputError):
        wire.command_asked(home, LAMP, None, {"do": "move_cover", "move": "open"})


def test_commands_are_written_without_what_they_leave_alone() -> None:
    assert wire.command_wire(MoveCover(position_pct=0)) == {"do": "move_cover", "position_pct": 0}
    assert wire.command_wire(Turn(on=False)) == {"do": "turn", "on": False}


def test_numbers_of_a_description_are_always_told() -> None:
    assert wire.capability_wire(Climate(id=LIGHT, min_c=0.0)) | {"max_c": 35.0, "step_c": 0.5} == wire.capability_wire(
        Climate(id=LIGHT, min_c=0.0)
    )
    assert wire.capability_wire(Cover(id=LIGHT, can_open=False)) == {
        "id": "light",
        "kind": "cover",
        "can_close": True,
        "can_stop": True,
    }
    assert wire.capability_wire(Lock(id=LIGHT)) == {"id": "light", "kind": "lock"}


def test_an_unknown_switch_state_is_an_empty_one() -> None:
    home = Home()
    home.announce(Device(id=LAMP, adapter="test", name="Lamp", capabilities=(Switch(id=LIGHT),)))
    assert wire.state_wire(home, LAMP, LIGHT)["state"] == {}

    home.report(LAMP, LIGHT, SwitchState(on=False))
    assert wire.state_wire(home, LAMP, LIGHT)["state"] == {"on": False}


@pytest.mark.parametrize(
    "said",
    [
        wire.LoginAsked(name="Mina", password="hush", client="phone"),
        wire.PasswordChange(old="hush", new="hush"),
        wire.CodeGiven(secret="hush", code="hush"),
        wire.AccountMade(name="Mina", password="hush", role=Role.GUEST),
        wire.RefreshAsked(refresh_credential="hush"),
        wire.PinChosen(pin="hush"),
        wire.Credentials(token="hush"),
        PairingRequest(request_id="1", secret="hush"),
        LiveCode(request_id="1", code="hush", name="", address="", role=Role.GUEST, ends_at=0.0, secret_hash=b"hush"),
        Connect(client_id="1", password="hush"),
    ],
    ids=lambda said: type(said).__name__,
)
def test_what_holds_a_secret_does_not_show_it(said: object) -> None:
    assert "hush" not in repr(said)
