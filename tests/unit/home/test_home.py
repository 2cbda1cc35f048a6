"""The home: revisions, pending commands, stale links, what residents decided."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from intercom.home import home as home_module
from intercom.home.capabilities import (
    Capability,
    CapabilityId,
    Event,
    EventState,
    Light,
    LightState,
    Sensor,
    SensorState,
    Switch,
    SwitchState,
)
from intercom.home.commands import Command, SetLight, Turn
from intercom.home.errors import DeviceUnavailableError, InvalidInputError, LinkDownError, NotFoundError
from intercom.home.home import Home, Outcome
from intercom.home.model import Area, AreaId, Change, ChangeKind, Device, DeviceId, Placement, Trust

LAMP = DeviceId("lamp")
LIGHT = CapabilityId("light")


class ObedientAdapter:
    """Reports what it was asked, like a device that works."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.asked: list[Command] = []

    async def execute(self, device: Device, capability: Capability, command: Command) -> None:
        self.asked.append(command)
        state = self.home.held(device.id)[capability.id].shown
        asyncio.get_running_loop().call_soon(self.home.report, device.id, capability.id, state)


class SilentAdapter:
    """Takes commands and never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def execute(self, device: Device, capability: Capability, command: Command) -> None:
        self.asked.set()


def lamp(*capabilities: Capability, name: str = "Lamp") -> Device:
    return Device(
        id=LAMP,
        adapter="test",
        name=name,
        capabilities=capabilities or (Light(id=LIGHT, has_brightness=True),),
    )


@contextmanager
def recorded(home: Home) -> Iterator[list[Change]]:
    changes: list[Change] = []
    with home.watched_by(changes.append):
        yield changes


@pytest.fixture
def home() -> Home:
    return Home(clock=lambda: 1000.0)


def test_every_change_has_the_next_revision(home: Home) -> None:
    with recorded(home) as changes:
        home.announce(lamp())
        home.report(LAMP, LIGHT, LightState(on=True))
        home.report(LAMP, LIGHT, LightState(on=False))
        home.withdraw(LAMP)

    assert [change.revision for change in changes] == [1, 2, 3, 4]
    assert [change.kind for change in changes] == [
        ChangeKind.DEVICE,
        ChangeKind.STATE,
        ChangeKind.STATE,
        ChangeKind.REMOVED,
    ]


def test_a_report_that_says_nothing_new_is_no_change_but_is_dated(home: Home) -> None:
    home.announce(lamp())
    home.report(LAMP, LIGHT, LightState(on=True))

    with recorded(home) as changes:
        home.report(LAMP, LIGHT, LightState(on=True))

    assert changes == []
    assert home.held(LAMP)[LIGHT].reported_at == 1000.0


def test_two_equal_presses_of_a_button_are_two_changes(home: Home) -> None:
    home.announce(lamp(Event(id=CapabilityId("press"))))
    press = EventState(event="single", happened_at=5.0)

    with recorded(home) as changes:
        home.report(LAMP, CapabilityId("press"), press)
        home.report(LAMP, CapabilityId("press"), press)

    assert [change.kind for change in changes] == [ChangeKind.EVENT, ChangeKind.EVENT]


def test_reports_of_unknown_devices_are_ignored(home: Home) -> None:
    with recorded(home) as changes:
        home.report(DeviceId("ghost"), LIGHT, LightState(on=True))

    assert changes == []


async def test_a_command_shows_at_once_and_is_confirmed_by_the_report(home: Home) -> None:
    adapter = ObedientAdapter(home)
    home.attach("test", adapter)
    home.announce(lamp())
    home.report(LAMP, LIGHT, LightState(on=False))
    wanted = []

    with home.watched_by(lambda change: wanted.append(home.held(LAMP)[LIGHT].wanted)):
        outcome = await home.command(LAMP, LIGHT, Turn(on=True))

    assert outcome is Outcome.CONFIRMED
    assert wanted == [LightState(on=True), None]
    assert home.held(LAMP)[LIGHT].state == LightState(on=True)


async def test_a_silent_device_goes_back_and_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_module, "CONFIRM_WITHIN_S", 0.01)
    home.attach("test", SilentAdapter())
    home.announce(lamp(name="Bedside lamp"))
    home.report(LAMP, LIGHT, LightState(on=False))

    with pytest.raises(DeviceUnavailableError, match="Bedside lamp did not answer"):
        await home.command(LAMP, LIGHT, Turn(on=True))

    assert home.held(LAMP)[LIGHT].shown == LightState(on=False)


async def test_a_newer_command_supersedes_an_older_one(home: Home) -> None:
    adapter = SilentAdapter()
    home.attach("test", adapter)
    home.announce(lamp())
    first = asyncio.create_task(home.command(LAMP, LIGHT, SetLight(brightness_pct=30)))
    await adapter.asked.wait()

    second = asyncio.create_task(home.command(LAMP, LIGHT, SetLight(brightness_pct=80)))

    assert await first is Outcome.SUPERSEDED
    shown = home.held(LAMP)[LIGHT].shown
    assert isinstance(shown, LightState)
    assert shown.brightness_pct == 80
    home.report(LAMP, LIGHT, LightState(on=True, brightness_pct=30))
    assert not second.done()
    home.report(LAMP, LIGHT, LightState(on=True, brightness_pct=80.3))
    assert await second is Outcome.CONFIRMED


async def test_a_device_without_feedback_is_assumed_to_obey(home: Home) -> None:
    home.attach("test", SilentAdapter())
    home.announce(lamp(Switch(id=CapabilityId("on"), is_assumed=True)))

    outcome = await home.command(LAMP, CapabilityId("on"), Turn(on=True))

    held = home.held(LAMP)[CapabilityId("on")]
    assert outcome is Outcome.ASSUMED
    assert (held.state, held.trust) == (SwitchState(on=True), Trust.ASSUMED)


async def test_commands_fail_at_once_while_the_link_is_down(home: Home) -> None:
    adapter = SilentAdapter()
    home.attach("test", adapter)
    home.announce(lamp())
    home.link_down("test")

    with pytest.raises(LinkDownError, match="Lamp"):
        await home.command(LAMP, LIGHT, Turn(on=True))

    assert not adapter.asked.is_set()
    assert home.stale_since(LAMP) == 1000.0
    home.link_up("test")
    assert home.stale_since(LAMP) is None


async def test_a_broken_link_fails_what_waits_for_an_answer(home: Home) -> None:
    adapter = SilentAdapter()
    home.attach("test", adapter)
    home.announce(lamp())
    waiting = asyncio.create_task(home.command(LAMP, LIGHT, Turn(on=True)))
    await adapter.asked.wait()

    home.link_down("test")

    with pytest.raises(LinkDownError):
        await waiting
    assert home.held(LAMP)[LIGHT].wanted is None


async def test_a_removed_device_fails_what_waits_for_it(home: Home) -> None:
    adapter = SilentAdapter()
    home.attach("test", adapter)
    home.announce(lamp())
    waiting = asyncio.create_task(home.command(LAMP, LIGHT, Turn(on=True)))
    await adapter.asked.wait()

    home.withdraw(LAMP)

    with pytest.raises(DeviceUnavailableError, match="removed"):
        await waiting
    with pytest.raises(NotFoundError):
        home.device(LAMP)


async def test_a_command_that_a_capability_cannot_obey_is_refused(home: Home) -> None:
    home.attach("test", SilentAdapter())
    home.announce(lamp(Light(id=LIGHT)))

    with pytest.raises(InvalidInputError, match="brightness"):
        await home.command(LAMP, LIGHT, SetLight(brightness_pct=40))


def test_a_device_announced_anew_keeps_the_states_of_what_it_still_has(home: Home) -> None:
    sensor = Sensor(id=CapabilityId("power"))
    home.announce(lamp(Light(id=LIGHT), sensor))
    home.report(LAMP, LIGHT, LightState(on=True))
    home.report(LAMP, CapabilityId("power"), SensorState(value=12.0))

    home.announce(lamp(Light(id=LIGHT, has_brightness=True)))

    assert home.held(LAMP)[LIGHT].state == LightState(on=True)
    assert set(home.held(LAMP)) == {LIGHT}


def test_what_residents_decided_outlives_the_device(home: Home) -> None:
    home.set_areas([Area(id=AreaId("kitchen"), name="Kitchen")])
    home.announce(lamp())
    home.place(LAMP, Placement(name="Spots", area_id=AreaId("kitchen")))
    home.withdraw(LAMP)

    home.announce(lamp())

    assert home.shown_name(LAMP) == "Spots"
    assert home.placement(LAMP).area_id == "kitchen"


def test_devices_of_an_area_that_is_gone_are_in_none(home: Home) -> None:
    home.set_areas([Area(id=AreaId("kitchen"), name="Kitchen")])
    home.announce(lamp())
    home.place(LAMP, Placement(area_id=AreaId("kitchen")))

    home.set_areas([])

    assert home.placement(LAMP).area_id is None


def test_a_device_is_out_of_reach_when_all_that_it_can_do_is(home: Home) -> None:
    home.announce(lamp(Light(id=LIGHT), Sensor(id=CapabilityId("power"))))

    home.set_available(LAMP, LIGHT, is_available=False)
    assert home.is_available(LAMP)
    home.set_available(LAMP, CapabilityId("power"), is_available=False)

    assert not home.is_available(LAMP)
