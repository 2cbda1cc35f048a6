"""Everything that a home keeps, opened together and looked after."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from intercom.home.access import Role, SessionId
from intercom.home.capabilities import CapabilityId, Switch, SwitchState
from intercom.home.errors import StartupError
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId
from intercom.home.trouble import TroubleKind
from intercom.storage import storage as module
from intercom.storage.audit import AuditEvent
from intercom.storage.sessions import Sessions
from intercom.storage.storage import Storage, open_home_database, open_storage

LAMP = DeviceId("lamp")
SWITCH = CapabilityId("switch")


@contextlib.asynccontextmanager
async def opened(folder: Path, home: Home) -> AsyncIterator[Storage]:
    async with open_storage(folder, home, history_days=30, history_mb=10) as storage:
        yield storage


@contextlib.asynccontextmanager
async def running(storage: Storage) -> AsyncIterator[None]:
    task = asyncio.create_task(storage.run())
    yield
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


def announce(home: Home, area: str | None = None) -> None:
    home.announce(Device(id=LAMP, adapter="test", name="Lamp", area=area, capabilities=(Switch(id=SWITCH),)))


def spoil(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"rubbish" * 1000)


def set_aside(folder: Path) -> list[Path]:
    return list(folder.glob("intercom.db.damaged-*"))


async def test_names_areas_pairings_and_history_are_as_they_were_after_a_restart(folder: Path) -> None:
    home = Home()
    async with opened(folder, home) as storage:
        announce(home)
        area = await storage.layout.add_area("Kitchen")
        await storage.layout.change_device(LAMP, name="Ours", area_id=area.id)
        admission = await storage.sessions.add(name="phone", role=Role.RESIDENT)
        home.report(LAMP, SWITCH, SwitchState(on=True))
        home_id, token = storage.home_id, storage.tokens.issue(admission.session)

    home = Home()
    async with opened(folder, home) as storage:
        announce(home)

        assert storage.home_id == home_id
        assert home.shown_name(LAMP) == "Ours"
        assert home.areas == [area]
        assert (await storage.tokens.verify(token)).name == "phone"
        assert [entry.state for entry in await storage.history.query(LAMP)] == [{"on": True}]
        await storage.sessions.refresh(admission.refresh_credential, address="10.0.0.7")


async def test_two_homes_are_told_apart(tmp_path: Path) -> None:
    home_ids = []
    for name in ("one", "two"):
        async with opened(tmp_path / name, Home()) as storage:
            home_ids.append(storage.home_id)

    assert len(set(home_ids)) == 2


async def test_a_client_that_another_process_removed_is_gone_within_a_second(folder: Path) -> None:
    async with opened(folder, Home()) as storage:
        session_id = (await storage.sessions.add(name="phone", role=Role.OWNER)).session.id
        ended: asyncio.Future[SessionId] = asyncio.get_running_loop().create_future()

        async with running(storage):
            with storage.sessions.watched_by(ended.set_result):
                async with open_home_database(folder) as elsewhere:
                    await (await Sessions.load(elsewhere)).remove(session_id)
                async with asyncio.timeout(1):
                    assert await ended == session_id


async def test_what_may_wait_is_written_now_and_then(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WRITE_EVERY_S", 0.01)
    home = Home()
    async with opened(folder, home) as storage:
        announce(home)
        session_id = (await storage.sessions.add(name="phone", role=Role.OWNER)).session.id

        async with running(storage), open_home_database(folder) as elsewhere:
            storage.sessions.saw(session_id, address="10.0.0.9")
            async with asyncio.timeout(5):
                while (await Sessions.load(elsewhere)).all[0].address != "10.0.0.9":
                    pass


async def test_who_was_seen_last_is_written_at_the_end(folder: Path) -> None:
    async with opened(folder, Home()) as storage:
        session_id = (await storage.sessions.add(name="phone", role=Role.OWNER)).session.id
        storage.sessions.saw(session_id, address="10.0.0.9")

    async with opened(folder, Home()) as storage:
        assert storage.sessions.all[0].address == "10.0.0.9"


async def test_no_run_begins_before_the_end_of_the_one_before_though_nobody_was_seen(folder: Path) -> None:
    async with opened(folder, Home()) as storage:
        began = storage.clock.now()
    async with open_home_database(folder) as database:
        ((written,),) = await database.fetch("SELECT at FROM latest_time")

    assert written > began


async def test_a_clock_that_was_set_back_between_two_runs_is_told_in_the_audit_log(folder: Path) -> None:
    async with opened(folder, Home()) as storage:
        ahead = storage.clock.now() + 86_400
    async with open_home_database(folder) as database, database.transaction() as transaction:
        await transaction.execute("UPDATE latest_time SET at = ?", (ahead,))

    async with opened(folder, Home()) as storage:
        (entry,) = await storage.audit.latest()
        assert entry.event is AuditEvent.CLOCK
        assert 86_000 < int(entry.detail.removesuffix(" s")) <= 86_400
        assert storage.clock.now() >= ahead


async def test_devices_are_placed_where_they_say_while_it_runs(folder: Path) -> None:
    home = Home()
    async with opened(folder, home) as storage, running(storage):
        placed = asyncio.Event()

        with home.watched_by(lambda change: placed.set() if home.placement(LAMP).area_id else None):
            announce(home, area="Kitchen")
            async with asyncio.timeout(5):
                await placed.wait()

        assert [area.name for area in home.areas] == ["Kitchen"]


async def test_a_damaged_database_without_a_copy_is_set_aside_and_residents_are_told(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(folder / "intercom.db")
    home = Home()

    async with opened(folder, home) as storage:
        assert storage.sessions.all == []
        assert [trouble.kind for trouble in home.troubles] == [TroubleKind.BEGUN_ANEW]
    assert "the home begins anew" in caplog.text

    (kept,) = set_aside(folder)
    assert kept.read_bytes() == b"rubbish" * 1000


async def test_a_folder_that_another_intercom_runs_on_is_refused_until_it_ends(folder: Path) -> None:
    async with opened(folder, Home()):
        with pytest.raises(StartupError, match="another intercom is running"):
            async with opened(folder, Home()):
                pass

    async with opened(folder, Home()):
        pass
