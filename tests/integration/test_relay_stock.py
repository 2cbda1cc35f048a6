"""The fallback: the same clients see the same when the libraries have moved what the direct way needs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import socketio

from intercom.home.access import Role
from intercom.home.capabilities import SensorState, SwitchState
from intercom.home.model import Placement
from intercom.relay import direct
from tests.integration.relays import LAMP, MAIN, THERMOMETER, Phone, RunningRelay, running_relay


@pytest.fixture
async def here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[RunningRelay]:
    monkeypatch.setattr(direct, "what_moved", lambda: "AsyncSocket.receive")
    async with running_relay(tmp_path) as running:
        yield running
    for task in asyncio.all_tasks():
        if "_send_ping" in repr(task):  # by public ways python-engineio's pings cannot be ended
            task.cancel()


async def test_it_is_said_that_sockets_are_served_the_slower_way(
    here: RunningRelay, caplog: pytest.LogCaptureFixture
) -> None:
    warnings = [record.getMessage() for record in caplog.get_records("setup") if record.levelname == "WARNING"]

    assert len(warnings) == 1
    assert "moved AsyncSocket.receive" in warnings[0]


@pytest.mark.parametrize("transports", [("websocket",), ("polling", "websocket")], ids=len)
async def test_clients_watch_and_command(
    here: RunningRelay, transports: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    async with Phone(here, transports=transports) as phone:
        await phone.connect(await here.token())
        await phone.watch()

        here.report(THERMOMETER, SensorState(value=21.5))
        assert await phone.command(LAMP, "turn_on") == {"outcome": "confirmed"}
        await phone.until_revision(here.home.revision)

        assert phone.states() == here.states()


async def test_a_flood_ends_with_the_newest_state(here: RunningRelay, caplog: pytest.LogCaptureFixture) -> None:
    sensors = here.add_sensors(20)
    async with Phone(here) as phone:
        await phone.connect(await here.token())
        await phone.watch()

        for value in range(200):
            for sensor in sensors:
                here.report(sensor, SensorState(value=value))
            await asyncio.sleep(0)
        await phone.until_revision(here.home.revision)

        assert phone.states() == here.states()


async def test_strangers_are_refused_and_guests_see_what_is_shared(
    here: RunningRelay, caplog: pytest.LogCaptureFixture
) -> None:
    here.home.place(LAMP, Placement(is_shared=True))
    async with Phone(here) as stranger, Phone(here) as guest:
        with pytest.raises(socketio.exceptions.ConnectionError):
            await stranger.connect("nonsense")
        await guest.connect(await here.token(Role.GUEST))
        await guest.watch()

        here.report(THERMOMETER, SensorState(value=1))
        here.report(LAMP, SwitchState(on=True))
        await guest.until_revision(here.home.revision)

        assert guest.states() == {(LAMP, MAIN): {"on": True}}


async def test_the_end_of_a_session_ends_its_sockets(here: RunningRelay, caplog: pytest.LogCaptureFixture) -> None:
    session = await here.session()
    async with Phone(here) as phone:
        await phone.connect(here.storage.tokens.issue(session))

        await here.storage.sessions.remove(session.id)
        await asyncio.wait_for(phone.is_gone.wait(), 1)

        assert phone.all("session") == [{"ended": True}]
