"""The home's database when its file or its disk is not what it should be, while the home runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from intercom.home.access import Role
from intercom.home.capabilities import CapabilityId, Switch
from intercom.home.errors import UnauthorizedError
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId
from intercom.home.pin import WaitError, WrongPinError
from intercom.home.trouble import TroubleKind
from intercom.storage import ledger as ledger_module
from intercom.storage import schema
from intercom.storage.database import StorageError
from intercom.storage.home_database import HomeDatabase, open_home
from intercom.storage.ledger import Ledger
from intercom.storage.sessions import SessionChanges
from intercom.storage.storage import Storage, open_home_database, open_storage

LAMP = DeviceId("lamp")
PASSWORD = "grey heron by the pond"


@contextlib.asynccontextmanager
async def opened(folder: Path, home: Home | None = None) -> AsyncIterator[Storage]:
    home = home or Home()
    async with open_storage(folder, home, history_days=30, history_mb=10) as storage:
        home.announce(Device(id=LAMP, adapter="test", name="Lamp", capabilities=(Switch(id=CapabilityId("switch")),)))
        yield storage


@contextlib.contextmanager
def full(database: HomeDatabase) -> Iterator[None]:
    """Let the disk have no room for another page, as far as the database can see."""

    class Full:
        def __getattr__(self, name: str) -> object:
            return getattr(connection, name)

        async def commit(self) -> None:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error

    connection = database._connection
    database._connection = Full()  # type: ignore[assignment]
    back_to_the_file = database._back_to_the_file

    def refuse(_memory: object) -> None:
        raise OSError(28, "No space left on device")

    database._back_to_the_file = refuse  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        database._back_to_the_file = back_to_the_file  # type: ignore[method-assign]


def spoil(folder: Path) -> None:
    """Damage what is in the file, with nothing beside it."""
    with contextlib.closing(sqlite3.connect(folder / "intercom.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray((folder / "intercom.db").read_bytes())
    at = content.index(b"Kitchen")
    content[at : at + 7] = b"Kitsche"
    (folder / "intercom.db").write_bytes(content)


# Damage


async def test_a_letter_that_is_another_one_is_found_at_the_next_start(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(folder) as storage:
        await storage.layout.add_area("Kitchen")
    spoil(folder)
    home = Home()

    async with opened(folder, home):
        assert [area.name for area in home.areas] == ["Kitchen"]
        assert [trouble.kind for trouble in home.troubles] == [TroubleKind.RESTORED]
    assert "intercom.db is damaged" in caplog.text


def garble(database: Path) -> None:
    """Make its schema one that SQLite complains of in bytes that are no text."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.write_bytes(database.read_bytes().replace(b"CREATE TABLE", b"CREATE \xc7\xd9BLE", 1))


@pytest.mark.parametrize("name", ["intercom.db", "history.db"])
async def test_a_schema_that_is_no_text_is_damage(folder: Path, caplog: pytest.LogCaptureFixture, name: str) -> None:
    async with opened(folder) as storage:
        await storage.layout.add_area("Kitchen")
    garble(folder / name)
    home = Home()

    async with opened(folder, home):
        assert [area.name for area in home.areas] == ["Kitchen"]
    assert "is damaged" in caplog.text


async def test_a_schema_that_is_no_text_any_more_is_found_with_the_daily_copy(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(folder) as storage:
        await storage.layout.add_area("Kitchen")
        garble(folder / "intercom.db")

        await storage.database.copy()

        assert await storage.database.fetch("SELECT name FROM areas") == [("Kitchen",)]
    assert "intercom.db is damaged" in caplog.text


async def test_damage_is_found_with_the_daily_copy_and_mended_while_the_home_runs(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = Home()
    async with opened(folder, home) as storage:
        await storage.layout.add_area("Kitchen")
        phone = await storage.sessions.add(name="phone", role=Role.RESIDENT)
        spoil(folder)

        await storage.database.copy()

        assert not storage.database.is_damaged
        await storage.layout.add_area("Cellar")
        assert await storage.database.fetch("SELECT name FROM areas ORDER BY position") == [("Kitchen",), ("Cellar",)]
        await storage.sessions.refresh(phone.refresh_credential, address="10.0.0.7")
    assert caplog.text.count("intercom.db is damaged") == 1


async def test_residents_are_told_of_a_restoration_until_one_takes_note(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(folder) as storage:
        await storage.layout.add_area("Kitchen")
    (folder / "intercom.db").write_bytes(b"")
    for _ in range(2):
        home = Home()
        async with opened(folder, home) as storage:
            assert [trouble.kind for trouble in home.troubles] == [TroubleKind.RESTORED]

    async with opened(folder, home) as storage:
        await storage.end_notice()
        assert home.troubles == []

    home = Home()
    async with opened(folder, home):
        assert home.troubles == []
    assert caplog.text.count("is damaged") == 1


async def test_a_full_ledger_begins_another_one_and_no_change_is_lost(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ledger_module, "ROOM_BYTES", 600)
    async with opened(folder) as storage:
        for number in range(40):
            await storage.layout.add_area(f"Area {number}")
        assert len(Ledger(folder / "copies").generations) == ledger_module.KEPT
    (folder / "intercom.db").write_bytes(b"rubbish" * 1000)
    home = Home()

    async with opened(folder, home):
        assert [area.name for area in home.areas] == [f"Area {number}" for number in range(40)]


async def test_a_change_beyond_a_full_ledger_is_no_damage_though_no_copy_could_be_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "ROOM_BYTES", 600)

    async def refuse() -> None:
        raise OSError(28, "No space left on device")

    async with opened(folder) as storage:
        monkeypatch.setattr(storage.database, "_begin_generation", refuse)
        for number in range(20):
            await storage.layout.add_area(f"Area {number}")

    home = Home()
    async with opened(folder, home):
        assert [area.name for area in home.areas] == [f"Area {number}" for number in range(20)]
        assert home.troubles == []


async def test_a_change_that_was_noted_and_not_made_does_not_count(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(folder) as storage:
        await storage.layout.add_area("Kitchen")
        with full(storage.database), pytest.raises(StorageError):
            await storage.layout.add_area("Never made")
        assert await storage.database.try_again()

    home = Home()
    async with opened(folder, home):
        assert [area.name for area in home.areas] == ["Kitchen"]


async def test_a_removal_whose_place_in_the_log_of_the_database_is_cut_off_stays(folder: Path, tmp_path: Path) -> None:
    async with opened(folder) as storage:
        phone = await storage.sessions.add(name="phone", role=Role.RESIDENT)
        await storage.layout.add_area("Kitchen")
        before = (folder / "intercom.db-wal").stat().st_size
        await storage.sessions.remove(phone.session.id)
        shutil.copytree(folder, tmp_path / "killed")
    os.truncate(tmp_path / "killed" / "intercom.db-wal", before)

    async with opened(tmp_path / "killed") as storage:
        assert storage.sessions.all == []
        await storage.layout.add_area("Cellar")
    async with opened(tmp_path / "killed") as storage:
        assert storage.sessions.all == []
        assert await storage.database.fetch("SELECT name FROM areas ORDER BY position") == [("Kitchen",), ("Cellar",)]


async def test_an_upgrade_of_the_schema_begins_another_ledger_so_nothing_is_in_doubt(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = folder / "intercom.db"
    newer = (*schema.HOME, ("ALTER TABLE areas ADD COLUMN colour TEXT",))
    async with open_home(path, schema.HOME, is_owner=True) as database, database.transaction() as transaction:
        await transaction.execute("INSERT INTO areas (id, name, icon, position) VALUES ('1', 'Kitchen', '', 0)")
    async with open_home(path, newer, is_owner=True) as database, database.transaction() as transaction:
        await transaction.execute("UPDATE areas SET colour = 'red'")
    path.write_bytes(b"rubbish" * 1000)

    async with open_home(path, newer, is_owner=True) as database:
        found = database.take_found()
        assert found is not None
        assert not found.is_doubtful
        assert await database.fetch("SELECT name, colour FROM areas") == [("Kitchen", "red")]


async def test_a_command_waits_while_a_start_looks_at_the_database(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(folder) as storage:
        phone = await storage.sessions.add(name="phone", role=Role.RESIDENT)

    async def remove() -> None:
        async with open_home_database(folder) as beside, beside.transaction() as transaction:
            await transaction.execute("DELETE FROM sessions WHERE id = ?", (phone.session.id,))

    command = threading.Thread(target=lambda: asyncio.run(remove()))
    read = Ledger.read

    def read_and_let_the_command_come(self: Ledger, generation: int) -> object:
        if command.ident is None:
            found = read(self, generation)
            command.start()
            command.join(0.5)
            return found
        return read(self, generation)

    monkeypatch.setattr(Ledger, "read", read_and_let_the_command_come)
    async with opened(folder) as storage:
        await asyncio.to_thread(command.join)
        await storage.sessions.catch_up()
        assert storage.sessions.all == []
    assert caplog.text == ""


async def test_a_database_that_lacks_what_a_doubtful_ledger_knows_is_not_believed(
    folder: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    async with opened(folder) as storage:
        phone = await storage.sessions.add(name="phone", role=Role.RESIDENT)
        await storage.layout.add_area("Kitchen")
        before = (folder / "intercom.db-wal").stat().st_size
        await storage.sessions.remove(phone.session.id)
        await storage.layout.add_area("Cellar")
        shutil.copytree(folder, tmp_path / "killed")
    os.truncate(tmp_path / "killed" / "intercom.db-wal", before)
    ledger = max((tmp_path / "killed" / "copies").glob("*.ledger"))
    ledger.write_bytes(ledger.read_bytes()[:-1] + b"?")

    async with opened(tmp_path / "killed") as storage:
        assert storage.sessions.all == []
    assert "is damaged" in caplog.text


async def test_what_a_command_changes_beside_the_running_home_is_noted_too(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(folder) as storage:
        phone = await storage.sessions.add(name="phone", role=Role.RESIDENT)
        async with open_home_database(folder) as beside, beside.transaction() as transaction:
            await transaction.execute("DELETE FROM sessions WHERE id = ?", (phone.session.id,))
        await storage.sessions.catch_up()
    (folder / "intercom.db").write_bytes(b"rubbish" * 1000)

    async with opened(folder) as storage:
        assert storage.sessions.all == []


# A disk that refuses


async def test_on_a_full_disk_what_is_new_is_refused_and_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    home = Home()
    async with opened(folder, home) as storage:
        with full(storage.database):
            with pytest.raises(StorageError, match="full"):
                await storage.sessions.add(name="phone", role=Role.RESIDENT)

            assert storage.sessions.all == []
            assert [trouble.kind for trouble in home.troubles] == [TroubleKind.DISK_FULL]
            with pytest.raises(StorageError, match="the disk is full"):
                await storage.layout.add_area("Kitchen")
            assert not await storage.database.try_again()

        assert await storage.database.try_again()
        assert home.troubles == []
        await storage.layout.add_area("Kitchen")
    assert caplog.text.count("cannot be written") == 1


async def test_on_a_full_disk_a_removal_takes_effect_and_holds_over_a_kill(
    folder: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    async with opened(folder) as storage:
        phone = await storage.sessions.add(name="phone", role=Role.RESIDENT)
        account = await storage.accounts.add(name="Mina", password=PASSWORD, role=Role.OWNER, by="panel")
        other = await storage.accounts.add(name="Juho", password=PASSWORD, role=Role.RESIDENT, by="panel")
        login = await storage.accounts.log_in(name="Juho", password=PASSWORD, address="10.0.0.7")
        with full(storage.database):
            await storage.sessions.remove(phone.session.id)
            await storage.accounts.remove(other.id, by="panel")

            assert storage.sessions.all == []
            assert await storage.accounts.all() == [account]
            killed = tmp_path / "killed"
            shutil.copytree(folder, killed)

    for each in (folder, killed):
        async with opened(each) as storage:
            assert storage.sessions.all == []
            assert [found.name for found in await storage.accounts.all()] == ["Mina"]
            assert await storage.sessions.find_by_cookie(login.cookie) is None
            with pytest.raises(UnauthorizedError):
                await storage.sessions.refresh(phone.refresh_credential, address="10.0.0.7")
    assert "is damaged" not in caplog.text


async def test_a_client_that_a_command_removed_while_the_disk_refused_stays_removed(
    folder: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    async with opened(folder) as storage:
        phone = await storage.sessions.add(name="phone", role=Role.RESIDENT)
        with full(storage.database):
            await storage.sessions.change(phone.session.id, SessionChanges(role=Role.GUEST), by="panel")
            async with open_home_database(folder) as beside, beside.transaction() as transaction:
                await transaction.execute("DELETE FROM sessions WHERE id = ?", (phone.session.id,))
            shutil.copytree(folder, tmp_path / "killed")

        assert await storage.database.try_again()
        await storage.sessions.catch_up()
        assert storage.sessions.all == []

    for each in (folder, tmp_path / "killed"):
        async with opened(each) as storage:
            assert storage.sessions.all == []
    assert "is damaged" not in caplog.text


async def test_a_kill_right_after_the_way_back_to_the_file_is_no_damage(
    folder: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(folder) as storage:
        phone = await storage.sessions.add(name="phone", role=Role.RESIDENT)
        with full(storage.database):
            await storage.sessions.remove(phone.session.id)

        async def be_killed() -> None:
            shutil.copytree(folder, tmp_path / "killed")

        monkeypatch.setattr(storage.database, "_begin_generation_or_give_up", be_killed)
        assert await storage.database.try_again()

    async with opened(tmp_path / "killed") as storage:
        assert storage.sessions.all == []
    assert "is damaged" not in caplog.text


async def test_a_copy_that_was_due_when_the_disk_began_to_refuse_is_not_made(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(folder) as storage:
        phone = await storage.sessions.add(name="phone", role=Role.RESIDENT)
        with full(storage.database):
            await storage.sessions.remove(phone.session.id)
            before = Ledger(folder / "copies").generations

            await storage.database.copy()

            assert Ledger(folder / "copies").generations == before
    assert "cannot be written" in caplog.text


async def test_on_a_full_disk_a_removal_that_cannot_be_noted_takes_effect_and_says_so(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(folder) as storage:
        phone = await storage.sessions.add(name="phone", role=Role.RESIDENT)
        storage.database._ledger.note = no_room  # type: ignore[method-assign,assignment]
        with full(storage.database), pytest.raises(StorageError, match="holds from now on"):
            await storage.sessions.remove(phone.session.id)

        assert storage.sessions.all == []
    assert caplog.text


def no_room(_entry: object) -> None:
    raise OSError(os.strerror(5))


async def test_on_a_full_disk_phones_go_on_and_a_used_credential_still_ends_a_session(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(folder) as storage:
        phone = await storage.sessions.add(name="phone", role=Role.RESIDENT)
        stolen = await storage.sessions.add(name="stolen", role=Role.RESIDENT)
        storage.sessions._clock = lambda: 0.0
        await storage.sessions.refresh(stolen.refresh_credential, address="10.0.0.7")
        storage.sessions._clock = lambda: 100.0
        with full(storage.database):
            for _ in range(3):
                again = await storage.sessions.refresh(phone.refresh_credential, address="10.0.0.8")
                assert again.refresh_credential == phone.refresh_credential
            with pytest.raises(UnauthorizedError, match="used before"):
                await storage.sessions.refresh(stolen.refresh_credential, address="10.0.0.9")

            assert [session.name for session in storage.sessions.all] == ["phone"]
        assert await storage.database.try_again()
        newer = await storage.sessions.refresh(phone.refresh_credential, address="10.0.0.8")
        assert newer.refresh_credential != phone.refresh_credential


async def test_on_a_full_disk_wrong_pins_still_count(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with opened(folder) as storage:
        await storage.pin.choose("739154")
        with full(storage.database):
            for _ in range(20):
                with contextlib.suppress(WrongPinError, WaitError):
                    await storage.pin.check("000000")

            with pytest.raises(WaitError):
                await storage.pin.check("739154")
        assert storage.pin.wait_s > 0
    assert caplog.text
