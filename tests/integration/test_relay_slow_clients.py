"""Clients that read slowly or not at all: they miss nothing that lasts, cost little, and hinder nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from intercom.home.access import Role
from intercom.home.capabilities import SensorState, SwitchState
from intercom.home.model import Area, AreaId, Placement
from intercom.relay import direct, live
from tests.integration.relays import BELL, LAMP, MAIN, Phone, RunningRelay, SlowPhone, certificates_in, running_relay

SENSORS = 50
LONG = "x" * 4_000


@pytest.fixture(params=["plain", "tls"])
async def here(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunningRelay]:
    monkeypatch.setattr(live, "CUT_AFTER_S", 60.0)  # a busy machine takes its time with all that is sent here
    certificates = await certificates_in(tmp_path) if request.param == "tls" else None
    async with running_relay(tmp_path, certificates=certificates) as running:
        running.add_sensors(SENSORS)
        yield running


async def test_a_slow_client_ends_up_with_the_newest_of_everything(here: RunningRelay) -> None:
    async with Phone(here) as healthy, SlowPhone(here) as slow:
        await healthy.connect(await here.token())
        await healthy.watch()
        snapshot = await slow.watch(await here.token())

        sent = await flood(here, healthy, rounds=150)
        here.home.withdraw(BELL)
        here.home.set_areas([Area(id=AreaId("attic"), name="Attic")])
        await healthy.until_revision(here.home.revision)
        known = await read_up(here, slow, snapshot)

        assert known.states() == here.states()
        assert [area["name"] for area in known.frames[-1]["areas"]] == ["Attic"]
        assert slow.bytes_read < sent / 2, "what was outdated was sent all the same"


async def test_a_slow_client_that_has_caught_up_is_told_what_happens_next(here: RunningRelay) -> None:
    async with Phone(here) as healthy, SlowPhone(here) as slow:
        await healthy.connect(await here.token())
        await healthy.watch()
        snapshot = await slow.watch(await here.token())
        await flood(here, healthy, rounds=150)
        await read_up(here, slow, snapshot)

        here.report(LAMP, SwitchState(on=True))

        assert (await slow.read_event("changes"))["states"][0]["state"] == {"on": True}


async def test_a_slow_guest_is_not_shown_what_it_may_no_longer_see(here: RunningRelay) -> None:
    here.home.place(LAMP, Placement(is_shared=True))
    sensors = [device_id for device_id in here.home.device_ids if device_id.startswith("test:s")]
    for sensor in sensors:
        here.home.place(sensor, Placement(is_shared=True))
    async with Phone(here) as healthy, SlowPhone(here) as slow:
        await healthy.connect(await here.token())
        await healthy.watch()
        snapshot = await slow.watch(await here.token(Role.GUEST))

        await flood(here, healthy, rounds=150)
        here.home.place(LAMP, Placement(is_shared=False))
        here.report(LAMP, SwitchState(on=True))
        await healthy.until_revision(here.home.revision)
        known = await read_up(here, slow, snapshot)

        assert (LAMP, MAIN) not in known.states()
        assert known.states() == {key: state for key, state in here.states().items() if key[0] in sensors}


async def test_a_client_that_reads_nothing_is_cut_and_the_others_are_not(
    here: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CUT_AFTER_S", 1.0)
    async with Phone(here) as healthy, SlowPhone(here) as slow:
        await healthy.connect(await here.token())
        await healthy.watch()
        await slow.watch(await here.token())

        while here.relay.sockets == 2:
            await flood(here, healthy, rounds=1)

        assert healthy.states() == here.states()
        assert not healthy.is_gone.is_set()


async def test_who_asks_again_and_again_without_reading_is_cut(here: RunningRelay) -> None:
    for sensor in [device_id for device_id in here.home.device_ids if device_id.startswith("test:s")]:
        here.report(sensor, SensorState(value=LONG))
    async with Phone(here) as healthy, SlowPhone(here) as slow:
        await healthy.connect(await here.token())
        await slow.watch(await here.token())

        asked = 0
        while here.relay.sockets == 2:
            slow.send('429["watch"]')
            asked += 1
            await healthy.watch()

        most = direct.MOST_UNREAD_BYTES + direct.BEHIND_BYTES
        assert asked * SENSORS * len(LONG) < 20 * most, "far more was kept for it than may be"


async def flood(here: RunningRelay, healthy: Phone, *, rounds: int) -> int:
    """Change all sensors so many times, each time as fast as a healthy client reads; return about how many bytes."""
    sensors = [device_id for device_id in here.home.device_ids if device_id.startswith("test:s")]
    for count in range(rounds):
        for sensor in sensors:
            here.report(sensor, SensorState(value=f"{here.home.revision}.{count}{LONG}"))
        await healthy.until_revision(here.home.revision)
    return rounds * len(sensors) * len(LONG)


async def read_up(here: RunningRelay, slow: SlowPhone, snapshot: Any) -> Phone:
    """Read until the client was told everything; return what it then knows, as a phone that never connected."""
    known = Phone(here)
    known.told.append(("snapshot", snapshot))
    while known.revisions[-1] < here.home.revision:
        known.told.append(("changes", await slow.read_event("changes")))
    return known
