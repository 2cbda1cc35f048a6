"""What was acknowledged survives `kill -9`; an idle home writes nothing, and a busy one now and then.

Each test runs the storage in a process of its own, which is killed or watched from outside.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from intercom.home.home import Home
from intercom.storage.storage import Storage, open_storage

KILLED_AFTER = (1, 2, 3, 10, 30)
"""How many acknowledged writes the process lives for."""

# Writes without a pause, and says what is written only after the storage has said so.
WRITER = """
import asyncio, itertools, sys
from pathlib import Path
from intercom.home.tries import Secret, Wrong
from intercom.home.access import Role
from intercom.home.capabilities import CapabilityId, Switch
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId
from intercom.storage.storage import open_storage

async def main():
    home = Home()
    async with open_storage(Path(sys.argv[1]), home, history_days=1, history_mb=1) as storage:
        home.announce(Device(id=DeviceId("lamp"), adapter="test", name="Lamp",
            capabilities=(Switch(id=CapabilityId("switch")),)))
        credential = (await storage.sessions.add(name="refreshed", role=Role.OWNER)).refresh_credential
        for number in itertools.count():
            session = (await storage.sessions.add(name=f"client {number}", role=Role.OWNER)).session
            credential = (await storage.sessions.refresh(credential, address="10.0.0.7")).refresh_credential
            area = await storage.layout.add_area(f"Area {session.id}")
            await storage.layout.change_device(DeviceId("lamp"), name=f"Lamp {number}", area_id=area.id)
            storage.wrong_tries.tries.kept = (Wrong(Secret.CODE, "10.0.0.7", float(number)),)
            await storage.wrong_tries.keep()
            print(number, session.id, credential, area.id, flush=True)

asyncio.run(main())
"""

# Runs the upkeep with a short minute; the lamp blinks when it is told to.
KEEPER = """
import asyncio, sys
from pathlib import Path
from intercom.home.access import Role
from intercom.home.capabilities import CapabilityId, Switch, SwitchState
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId
from intercom.storage import storage as module

module.WRITE_EVERY_S, module.CATCH_UP_EVERY_S = float(sys.argv[2]), 0.01

async def blink(home, storage, session_id):
    home.announce(Device(id=DeviceId("lamp"), adapter="test", name="Lamp",
        capabilities=(Switch(id=CapabilityId("switch")),)))
    number = 0
    while True:
        await asyncio.sleep(0.002)
        number += 1
        home.report(DeviceId("lamp"), CapabilityId("switch"), SwitchState(on=number % 2 == 0))
        storage.sessions.saw(session_id, address=f"10.0.0.{number % 200}")

async def main():
    home = Home()
    async with module.open_storage(Path(sys.argv[1]), home, history_days=1, history_mb=1) as storage:
        async with asyncio.TaskGroup() as group:
            group.create_task(storage.run())
            session_id = (await storage.sessions.add(name="phone", role=Role.OWNER)).session.id
            await asyncio.sleep(0.3)
            if sys.argv[3] == "busy":
                group.create_task(blink(home, storage, session_id))
            print("ready", flush=True)

asyncio.run(main())
"""


@contextlib.contextmanager
def process(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run a script until the block ends, then kill it."""
    with subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def said(started: subprocess.Popen[str]) -> list[str]:
    assert started.stdout is not None
    return started.stdout.readline().split()


@contextlib.asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Storage, Home]]:
    home = Home()
    async with open_storage(folder, home, history_days=1, history_mb=1) as storage:
        yield storage, home


def written_bytes(pid: int) -> int:
    """Return how much a process has handed to the system to write, to files and all else."""
    fields = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return int(fields["wchar"])


# Kept


@pytest.mark.parametrize("lives_for", KILLED_AFTER)
async def test_every_acknowledged_write_is_there_after_a_kill(tmp_path: Path, lives_for: int) -> None:
    acknowledged: list[list[str]] = []
    with process(WRITER, tmp_path / "data") as writer:
        while len(acknowledged) < lives_for:
            acknowledged.append(said(writer))
        writer.kill()
        assert writer.stdout is not None
        acknowledged += [line.split() for line in writer.stdout if line.endswith("\n")]
    assert writer.returncode == -signal.SIGKILL

    async with opened(tmp_path / "data") as (storage, home):
        last, _, credential, area_id = acknowledged[-1]
        names = {session.id: session.name for session in storage.sessions.all}
        for number, session_id, _, _ in acknowledged:
            assert names[session_id] == f"client {number}"  # type: ignore[index]
        assert [area.name for area in home.areas][: len(acknowledged)] == [f"Area {each[1]}" for each in acknowledged]
        # One more round may have been under way, and may have come to any point.
        placement = home.placement("lamp")  # type: ignore[arg-type]
        assert placement.name in (f"Lamp {last}", f"Lamp {int(last) + 1}")
        assert placement.name != f"Lamp {last}" or placement.area_id == area_id
        assert [wrong.at for wrong in storage.wrong_tries.tries.kept] in ([float(last)], [float(last) + 1])
        if f"client {int(last) + 1}" not in names.values():
            await storage.sessions.refresh(credential, address="10.0.0.7")


async def test_after_a_kill_the_next_start_needs_no_care(tmp_path: Path) -> None:
    for _ in range(3):
        with process(WRITER, tmp_path / "data") as writer:
            assert len(said(writer)) == 4

    assert not list((tmp_path / "data").glob("*.damaged-*"))  # a handful of names
    async with opened(tmp_path / "data") as (storage, _):
        assert len(storage.sessions.all) >= 6


# Quiet


async def test_an_idle_home_writes_nothing(tmp_path: Path) -> None:
    with process(KEEPER, tmp_path / "data", 0.05, "idle") as keeper:
        assert said(keeper) == ["ready"]
        before, files = written_bytes(keeper.pid), changed_at(tmp_path / "data")

        await asyncio.sleep(1)  # twenty of its minutes

        wake_ups = written_bytes(keeper.pid) - before
        assert changed_at(tmp_path / "data") == files
        assert wake_ups < 4096, "the loop is woken by single bytes, and nothing else is written"


async def test_a_busy_home_writes_once_a_minute(tmp_path: Path) -> None:
    with process(KEEPER, tmp_path / "data", 0.5, "busy") as keeper:
        assert said(keeper) == ["ready"]
        bursts = await bursts_of_writing(tmp_path / "data", for_s=2.4)

    assert 2 <= bursts <= 5


def changed_at(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.suffix != ".db-shm"}


async def bursts_of_writing(folder: Path, *, for_s: float) -> int:
    """Count how often files are written to, a tenth of a second and more apart."""
    seen = changed_at(folder)
    bursts, last = 0, 0.0
    ends_at = time.monotonic() + for_s
    while (now := time.monotonic()) < ends_at:
        await asyncio.sleep(0.005)
        if (found := changed_at(folder)) != seen:
            bursts += now - last > 0.1
            seen, last = found, now
    return bursts
