"""How often clients are told: at once while little happens, and in joined rounds when telling has become costly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

from intercom.home.access import Role
from intercom.home.capabilities import CapabilityId, Sensor, SensorState
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId
from intercom.home.pairing import PairingDesk
from intercom.relay.frames import Frame
from intercom.relay.live import Live
from intercom.relay.snapshot import Snapshots
from intercom.storage.storage import open_storage

THERMOMETER, MAIN = DeviceId("test:thermometer"), CapabilityId("main")
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
        self.values: list[float] = []
        self.has_last = asyncio.Event()
        self._clock = clock

    def offer(self, frame: Frame) -> bool:
        self._clock.now += self.cost_s
        self.values.append(json.loads(frame.payload)["states"][0]["state"]["value"])
        if self.values[-1] == LAST:
            self.has_last.set()
        return True

    def close(self) -> None: ...
    def cut(self) -> None: ...


@pytest.fixture
def home() -> Home:
    home = Home()
    home.announce(Device(id=THERMOMETER, adapter="test", name="Thermometer", capabilities=(Sensor(id=MAIN),)))
    return home


@pytest.fixture
async def outlet(home: Home, tmp_path: Path) -> AsyncIterator[CostlyOutlet]:
    """A client that watches."""
    clock = Clock()
    outlet = CostlyOutlet(clock)
    async with open_storage(tmp_path, home, history_days=1, history_mb=8) as storage:
        sessions, tokens = storage.sessions, storage.tokens
        live = Live(home=home, snapshots=Snapshots(home, run="1"), sessions=sessions, tokens=tokens, clock=clock)
        session = (await sessions.add(name="phone", role=Role.RESIDENT)).session
        with live.watching(PairingDesk(clock=clock)):
            await live.connect(outlet, make_mocked_request("GET", "/"), {"token": tokens.issue(session)})
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
