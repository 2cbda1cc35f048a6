"""How often clients are told: at once while little happens, and in joined rounds when telling has become costly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from intercom.home.access import Role
from intercom.home.capabilities import Capability, CapabilityId, Sensor, SensorState, Switch, SwitchState
from intercom.home.commands import Command, Turn
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId
from intercom.home.pairing import PairingDesk
from intercom.home.releases import ReleaseBoard
from intercom.home.tries import Tries
from intercom.relay.asking import Asking
from intercom.relay.auth import Entrance
from intercom.relay.fences import VISITOR, Visitor
from intercom.relay.frames import Frame
from intercom.relay.live import Live
from intercom.relay.snapshot import Snapshots
from intercom.storage.storage import open_storage

THERMOMETER, LAMP, MAIN = DeviceId("test:thermometer"), DeviceId("test:lamp"), CapabilityId("main")
LAST = 50


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class CostlyOutlet:
    """Takes every frame, and so much time."""

    backlog_bytes = 0

    def __init__(self, clock: Clock) -> None:
        self.cost_s = 0.0
        self.states: list[dict[str, Any]] = []
        self.has_last = asyncio.Event()
        self._clock = clock

    def offer(self, frame: Frame) -> bool:
        self._clock.now += self.cost_s
        self.states += json.loads(frame.payload)["states"]
        if self.states[-1]["state"].get("value") == LAST or "wanted" in self.states[-1]:
            self.has_last.set()
        return True

    @property
    def values(self) -> list[float]:
        return [state["state"]["value"] for state in self.states]

    def close(self) -> None: ...
    def cut(self) -> None: ...


class Lamps:
    """An adapter whose device answers a pass of the loop later, or never."""

    answers = True

    def __init__(self, home: Home) -> None:
        self._home = home

    async def execute(self, device: Device, capability: Capability, command: Command) -> None:
        if Lamps.answers:
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._home.report, device.id, capability.id, SwitchState(on=True))


@pytest.fixture
def home() -> Home:
    home = Home()
    home.announce(Device(id=THERMOMETER, adapter="test", name="Thermometer", capabilities=(Sensor(id=MAIN),)))
    home.announce(Device(id=LAMP, adapter="lamps", name="Lamp", capabilities=(Switch(id=MAIN),)))
    home.attach("lamps", Lamps(home))
    return home


@pytest.fixture
async def outlet(home: Home, tmp_path: Path) -> AsyncIterator[CostlyOutlet]:
    """A client that watches."""
    clock = Clock()
    outlet = CostlyOutlet(clock)
    async with open_storage(tmp_path, home, history_days=1, history_mb=8) as storage:
        sessions, tokens = storage.sessions, storage.tokens
        live = Live(
            home=home,
            snapshots=Snapshots(home, run="1"),
            sessions=sessions,
            entrance=Entrance(sessions=sessions, tokens=tokens),
            asking=Asking(home, spent=storage.spent, audit=storage.audit),
            clock=clock,
        )
        request = make_mocked_request("GET", "/")
        request[VISITOR] = Visitor(address="10.0.0.7", host="localhost", is_secure=False)
        session = (await sessions.add(name="phone", role=Role.RESIDENT)).session
        with live.watching(PairingDesk(clock=clock, tries=Tries(clock=clock)), ReleaseBoard()):
            await live.connect(outlet, request, {"token": tokens.issue(session)})
            live.hear(outlet, "watch", [])
            yield outlet


async def _report_in_each_pass(home: Home, count: int) -> None:
    for value in range(1, count + 1):
        home.report(THERMOMETER, MAIN, SensorState(value=value))
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_what_follows_closely_is_told_at_once_while_telling_is_cheap(home: Home, outlet: CostlyOutlet) -> None:
    outlet.cost_s = 0.0002

    await _report_in_each_pass(home, 5)

    assert outlet.values == [1, 2, 3, 4, 5]


async def test_changes_share_rounds_when_telling_is_costly_and_the_last_one_arrives(
    home: Home, outlet: CostlyOutlet
) -> None:
    outlet.cost_s = 0.010

    await _report_in_each_pass(home, LAST)
    async with asyncio.timeout(5):
        await outlet.has_last.wait()

    assert len(outlet.values) < LAST / 2


async def test_what_is_confirmed_at_once_is_told_once(home: Home, outlet: CostlyOutlet) -> None:
    await home.command(LAMP, MAIN, Turn(on=True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert [(told["state"], told.get("wanted")) for told in outlet.states] == [({"on": True}, None)]


async def test_what_is_not_confirmed_at_once_is_told_as_wanted(
    home: Home, outlet: CostlyOutlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lamps, "answers", False)

    async with asyncio.TaskGroup() as group:
        asking = group.create_task(home.command(LAMP, MAIN, Turn(on=True)))
        async with asyncio.timeout(2):
            await outlet.has_last.wait()
        asking.cancel()

    assert outlet.states[0]["wanted"] == {"on": True}
