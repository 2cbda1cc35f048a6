"""Live clients against a running relay: what they are told, by which way, and that nothing falls in between."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from intercom.home.capabilities import Category, EventState, Sensor, SensorState, SwitchState
from intercom.home.model import AreaId, Device, DeviceId, Placement
from tests.conftest import Run
from tests.integration import contract
from tests.integration.relays import BELL, LAMP, MAIN, THERMOMETER, Phone, RunningRelay, SlowPhone, running_relay

WAYS = pytest.mark.parametrize(
    "transports",
    [("websocket",), ("polling",), ("polling", "websocket")],
    ids=["websocket", "polling", "upgraded"],
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with running_relay(tmp_path) as running:
        yield running


@WAYS
async def test_a_client_gets_the_home_and_then_what_changes(here: RunningRelay, transports: tuple[str, ...]) -> None:
    async with Phone(here, transports=transports) as phone:
        await phone.connect(await here.token())
        snapshot = await phone.watch()

        here.report(THERMOMETER, SensorState(value=21.5))
        changes = (await phone.until("changes"))[0]

    assert snapshot["protocol"] == 1
    assert snapshot["home"] == {"name": "Our home"}
    assert snapshot["you"]["role"] == "resident"
    assert [area["name"] for area in snapshot["areas"]] == ["Hall", "Kitchen"]
    assert [device["id"] for device in snapshot["devices"]] == [LAMP, THERMOMETER, BELL]
    assert changes["revision"] == snapshot["revision"] + 1
    assert changes["states"][0] | {"at": 0} == {
        "device": THERMOMETER,
        "capability": MAIN,
        "state": {"value": 21.5},
        "at": 0,
    }
    assert changes["tiles"][THERMOMETER]["number"] == "21.5°"


@WAYS
async def test_a_command_is_answered_with_how_it_ended(here: RunningRelay, transports: tuple[str, ...]) -> None:
    async with Phone(here, transports=transports) as phone:
        await phone.connect(await here.token())
        await phone.watch()

        outcome = await phone.command(LAMP, "turn_on")

        await phone.until_revision(here.home.revision)
        assert outcome == {"outcome": "confirmed"}
        assert phone.states()[LAMP, MAIN] == {"on": True}


async def test_a_command_with_half_a_character_in_it_is_refused_like_any_other(here: RunningRelay) -> None:
    async with SlowPhone(here) as phone:
        await phone.watch(await here.token())

        phone.send('427["command",{"device":"test:lamp","command":{"do":"turn","\\ud800":true}}]')
        (answer,) = await phone.read_until("437")

    contract.check_event("outcome", answer)
    assert answer["error"]["code"] == "invalid"


async def test_changes_of_one_pass_share_a_frame_and_the_newest_state_wins(here: RunningRelay) -> None:
    async with Phone(here) as phone:
        await phone.connect(await here.token())
        before = await phone.watch()

        for value in range(10):
            here.report(THERMOMETER, SensorState(value=value))
        here.report(LAMP, SwitchState(on=True))
        frames = await phone.until("changes")

    assert len(frames) == 1
    assert frames[0]["revision"] == before["revision"] + 11
    assert {told["device"]: told["state"] for told in frames[0]["states"]} == {
        THERMOMETER: {"value": 9},
        LAMP: {"on": True},
    }


async def test_a_pending_command_shows_as_wanted_to_everybody(here: RunningRelay) -> None:
    here.devices.obeys = False
    async with Phone(here) as one, Phone(here) as other:
        await one.connect(await here.token())
        await other.connect(await here.token())
        await other.watch()

        asking = asyncio.create_task(one.command(LAMP, "turn_on"))
        frame = (await other.until("changes"))[0]
        here.report(LAMP, SwitchState(on=True))

        assert frame["states"][0]["wanted"] == {"on": True}
        assert frame["tiles"][LAMP]["pending"] is True
        assert await asking == {"outcome": "confirmed"}


async def test_a_newer_command_of_the_same_client_supersedes_the_older(here: RunningRelay) -> None:
    here.devices.obeys = False
    async with Phone(here) as phone:
        await phone.connect(await here.token())
        await phone.watch()

        older = asyncio.create_task(phone.command(LAMP, "turn_on"))
        await phone.until("changes")
        newer = asyncio.create_task(phone.command(LAMP, "turn_off"))

        assert await older == {"outcome": "superseded"}
        here.report(LAMP, SwitchState(on=False))
        assert await newer == {"outcome": "confirmed"}


async def test_devices_come_change_and_go(here: RunningRelay) -> None:
    async with Phone(here) as phone:
        await phone.connect(await here.token())
        await phone.watch()

        here.home.place(LAMP, Placement(name="Lantern", area_id=AreaId("hall")))
        renamed = (await phone.until("changes"))[-1]["devices"][0]
        here.home.withdraw(BELL)
        removed = (await phone.until("changes", 2))[-1]["removed"]
        here.home.set_areas([])
        areas = (await phone.until("changes", 3))[-1]

    assert (renamed["name"], renamed["area"]) == ("Lantern", "hall")
    assert removed == [BELL]
    assert areas["areas"] == []
    assert "area" not in areas["devices"][0]


async def test_what_happens_is_told_each_time(here: RunningRelay) -> None:
    async with Phone(here) as phone:
        await phone.connect(await here.token())
        await phone.watch()

        here.report(BELL, EventState(event="ring", happened_at=1_700_000_000.0))
        here.report(BELL, EventState(event="ring", happened_at=1_700_000_001.0))
        frame = (await phone.until("changes"))[0]

    told = {"device": BELL, "capability": MAIN, "event": "ring"}
    assert frame["events"] == [told | {"at": 1_700_000_000.0}, told | {"at": 1_700_000_001.0}]
    assert frame["states"][0]["state"]["happened_at"] == 1_700_000_001.0


async def test_who_has_seen_this_revision_of_this_run_is_told_so(here: RunningRelay) -> None:
    token = await here.token()
    async with Phone(here) as phone:
        await phone.connect(token)
        first = await phone.watch()
    known = {"run": first["run"], "revision": first["revision"]}

    async with Phone(here) as phone:
        await phone.connect(token)
        again = await phone.watch(**known)
        here.report(LAMP, SwitchState(on=True))
        after = await phone.watch(**known)
        of_another_run = await phone.watch(run="another", revision=first["revision"])

    assert again == {**known, "unchanged": True}
    assert after["devices"][0]["capabilities"][0]["state"] == {"on": True}
    assert "devices" in of_another_run


async def test_a_client_that_does_not_watch_is_told_nothing(here: RunningRelay) -> None:
    async with Phone(here) as idle, Phone(here) as watching:
        await idle.connect(await here.token())
        await watching.connect(await here.token())
        await watching.watch()

        here.report(LAMP, SwitchState(on=True))
        await watching.until("changes")

        assert idle.told == []


async def test_nothing_falls_between_snapshot_and_changes(here: RunningRelay) -> None:
    sensors = here.add_sensors(50)
    token = await here.token()
    is_over = asyncio.Event()

    async def chatter() -> None:
        count = 0
        while not is_over.is_set():
            count += 1
            here.report(sensors[count % len(sensors)], SensorState(value=count))
            await asyncio.sleep(0)

    phones = [Phone(here) for _ in range(10)]
    async with asyncio.TaskGroup() as group, contextlib.AsyncExitStack() as open_phones:
        group.create_task(chatter())
        for phone in phones:
            await open_phones.enter_async_context(phone)
            await phone.connect(token)
            await phone.watch()
        is_over.set()
        for phone in phones:
            await phone.until_revision(here.home.revision)

        for phone in phones:
            assert phone.states() == here.states()
            told = [frame["revision"] for frame in phone.all("changes")]
            assert told == sorted(set(told))


def test_it_lives_on_the_windows_loop_too(run: Run, tmp_path: Path) -> None:
    async def live_a_while() -> None:
        async with running_relay(tmp_path) as here, Phone(here) as phone, Phone(here, transports=("polling",)) as other:
            for each in (phone, other):
                await each.connect(await here.token())
                await each.watch()

            assert await phone.command(LAMP, "turn_on") == {"outcome": "confirmed"}
            for each in (phone, other):
                await each.until_revision(here.home.revision)
                assert each.states() == here.states()

    run(live_a_while())


async def test_a_batterys_charge_is_told_with_its_device(here: RunningRelay) -> None:
    sensor = DeviceId("test:sensor")
    battery = Sensor(id=MAIN, device_class="battery", category=Category.DIAGNOSTIC)
    here.home.announce(Device(id=sensor, adapter="test", name="sensor", capabilities=(battery,)))
    async with Phone(here) as phone:
        await phone.connect(await here.token())
        await phone.watch()

        here.report(sensor, SensorState(value=12))

        assert (await phone.until("changes"))[0]["devices"][0]["battery_pct"] == 12


async def test_owners_see_when_a_client_was_there(here: RunningRelay) -> None:
    session = await here.session()
    async with Phone(here) as phone:
        await phone.connect(here.storage.tokens.issue(session))
    seen = here.storage.sessions.find(session.id)

    assert seen is not None
    assert seen.address == "127.0.0.1"
