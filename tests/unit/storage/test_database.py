"""One SQLite file: whose it is, what happens when it is damaged, and that memory and file never differ."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from pathlib import Path

import pytest

from intercom.home.errors import StartupError
from intercom.storage import database as module
from intercom.storage.database import DamagedError, Database, StorageError, open_database

NOTES = (("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",),)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: mode(path) for path in folder.iterdir()}


def spoil(folder: Path, content: bytes) -> None:
    """Put something that is no database where one is expected."""
    folder.mkdir(exist_ok=True)
    (folder / "a.db").write_bytes(content)


async def write(database: Database, text: str) -> None:
    async with database.transaction() as transaction:
        await transaction.execute("INSERT INTO notes (text) VALUES (?)", (text,))


async def notes(database: Database) -> list[str]:
    return [text for (text,) in await database.fetch("SELECT text FROM notes ORDER BY id")]


# Whose it is


async def test_folder_and_files_are_for_their_owner_alone(folder: Path) -> None:
    async with open_database(folder / "a.db", NOTES) as database:
        await write(database, "hello")

        assert mode(folder) == 0o700
        assert modes(folder) == {"a.db": 0o600, "a.db-wal": 0o600, "a.db-shm": 0o600}


async def test_an_empty_folder_is_shut_and_one_with_other_things_in_it_is_left_as_it_is(tmp_path: Path) -> None:
    empty, shared = tmp_path / "empty", tmp_path / "shared"
    for each in (empty, shared):
        each.mkdir()
        each.chmod(0o755)
    (shared / "somebody's.txt").touch()

    for each in (empty, shared):
        async with open_database(each / "a.db", NOTES):
            pass

    assert mode(empty) == 0o700
    assert mode(shared) == 0o755
    assert mode(shared / "a.db") == 0o600


async def test_a_data_folder_that_is_a_file_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")

    with pytest.raises(StartupError, match=r"data folder .* is not a folder") as refusal:
        async with open_database(tmp_path / "data" / "a.db", NOTES):
            pass

    assert "\n" not in str(refusal.value)


async def test_a_data_folder_that_cannot_be_made_is_refused_with_the_reason() -> None:
    with pytest.raises(StartupError, match="data folder /proc/intercom cannot be used: No such file"):
        async with open_database(Path("/proc/intercom/a.db"), NOTES):
            pass


async def test_a_database_that_is_a_folder_is_refused(folder: Path) -> None:
    (folder / "a.db").mkdir(parents=True)

    with pytest.raises(StartupError, match="Is a directory"):
        async with open_database(folder / "a.db", NOTES):
            pass


# Its schema


async def test_what_was_written_is_there_the_next_time(folder: Path) -> None:
    async with open_database(folder / "a.db", NOTES) as database:
        await write(database, "hello")

    async with open_database(folder / "a.db", NOTES) as database:
        assert await notes(database) == ["hello"]


async def test_appended_migrations_are_applied_to_what_is_there(folder: Path) -> None:
    async with open_database(folder / "a.db", NOTES) as database:
        await write(database, "hello")

    longer = (*NOTES, ("ALTER TABLE notes ADD COLUMN color TEXT", "UPDATE notes SET color = 'red'"))
    async with open_database(folder / "a.db", longer) as database:
        assert await database.fetch("SELECT text, color FROM notes") == [("hello", "red")]


async def test_a_migration_that_fails_leaves_the_database_as_it_was(folder: Path) -> None:
    async with open_database(folder / "a.db", NOTES) as database:
        await write(database, "hello")

    with pytest.raises(sqlite3.OperationalError, match="nonsense"):
        async with open_database(folder / "a.db", (*NOTES, ("DROP TABLE notes", "nonsense"))):
            pass

    async with open_database(folder / "a.db", NOTES) as database:
        assert await notes(database) == ["hello"]


async def test_a_database_of_a_newer_program_is_refused_and_left_alone(folder: Path) -> None:
    async with open_database(folder / "a.db", (*NOTES, ("CREATE TABLE more (id INTEGER)",))):
        pass
    before = (folder / "a.db").read_bytes()

    with pytest.raises(StartupError, match="newer version of the program"):
        async with open_database(folder / "a.db", NOTES):
            pass

    assert (folder / "a.db").read_bytes() == before


async def test_two_that_open_a_new_database_at_once_make_it_once(folder: Path) -> None:
    async def open_and_write(text: str) -> None:
        async with open_database(folder / "a.db", NOTES) as database:
            await write(database, text)

    await asyncio.gather(*(open_and_write(text) for text in "abc"))

    async with open_database(folder / "a.db", NOTES) as database:
        assert sorted(await notes(database)) == ["a", "b", "c"]


# Damage


async def test_a_file_that_is_no_database_is_set_aside_whole_and_the_next_start_makes_a_new_one(folder: Path) -> None:
    spoil(folder, b"rubbish" * 1000)

    with pytest.raises(DamagedError, match=r"a\.db is damaged; it was set aside as a\.db\.damaged-") as refusal:
        async with open_database(folder / "a.db", NOTES):
            pass

    assert "\n" not in str(refusal.value)
    assert refusal.value.kept_as.read_bytes() == b"rubbish" * 1000
    assert refusal.value.kept_as.parent == folder
    async with open_database(folder / "a.db", NOTES) as database:
        assert await notes(database) == []


async def test_a_damaged_page_is_found_at_the_start(folder: Path) -> None:
    path = folder / "a.db"
    async with open_database(path, NOTES) as database:
        for number in range(100):
            await write(database, f"{number}" * 200)
    content = bytearray(path.read_bytes())
    content[4096 * 4 : 4096 * 6] = b"\xff" * 4096 * 2
    path.write_bytes(content)

    with pytest.raises(DamagedError) as refusal:
        async with open_database(path, NOTES):
            pass

    assert refusal.value.kept_as.read_bytes() == bytes(content)


async def test_newest_changes_without_their_database_are_set_aside_with_it(folder: Path) -> None:
    spoil(folder, b"")
    (folder / "a.db-wal").write_bytes(b"changes")

    with pytest.raises(DamagedError) as refusal:
        async with open_database(folder / "a.db", NOTES):
            pass

    kept_as = refusal.value.kept_as
    assert kept_as.with_name(f"{kept_as.name}-wal").read_bytes() == b"changes"


async def test_two_damaged_databases_in_one_second_are_both_kept(folder: Path) -> None:
    kept = []
    for content in (b"first" * 1000, b"second" * 1000):
        spoil(folder, content)
        with pytest.raises(DamagedError) as refusal:
            async with open_database(folder / "a.db", NOTES):
                pass
        kept.append(refusal.value.kept_as)

    assert [path.read_bytes()[:5] for path in kept] == [b"first", b"secon"]


# Transactions


async def test_a_block_that_raises_writes_nothing_and_applies_nothing(folder: Path) -> None:
    applied: list[str] = []

    async def write_half(database: Database) -> None:
        async with database.transaction() as transaction:
            await transaction.execute("INSERT INTO notes (text) VALUES ('half')")
            transaction.then(lambda: applied.append("half"))
            raise ZeroDivisionError

    async with open_database(folder / "a.db", NOTES) as database:
        with pytest.raises(ZeroDivisionError):
            await write_half(database)

        assert await notes(database) == []
        assert applied == []


@pytest.mark.parametrize("steps", range(0, 40, 2))
async def test_wherever_a_writer_is_cancelled_memory_and_file_say_the_same(folder: Path, steps: int) -> None:
    applied: list[str] = []

    async def write_two(database: Database) -> None:
        async with database.transaction() as transaction:
            await transaction.execute("INSERT INTO notes (text) VALUES ('a')")
            await transaction.execute("INSERT INTO notes (text) VALUES ('b')")
            transaction.then(lambda: applied.extend("ab"))

    async with open_database(folder / "a.db", NOTES) as database:
        writer = asyncio.create_task(write_two(database))
        for _ in range(steps):
            await asyncio.sleep(0)
        writer.cancel()
        await asyncio.wait([writer])

        assert await notes(database) == applied
        await write(database, "later")

    async with open_database(folder / "a.db", NOTES) as database:
        assert await notes(database) == [*applied, "later"]


async def test_a_cancellation_during_the_commit_comes_after_it_was_applied(folder: Path) -> None:
    applied: list[str] = []
    outcomes: set[tuple[bool, bool]] = set()

    async def write_one(database: Database, number: int) -> None:
        async with database.transaction() as transaction:
            await transaction.execute("INSERT INTO notes (text) VALUES (?)", (f"{number}",))
            transaction.then(lambda: applied.append(f"{number}"))
            asyncio.get_running_loop().call_soon(asyncio.current_task().cancel)  # type: ignore[union-attr]

    async with open_database(folder / "a.db", NOTES) as database:
        for number in range(5):
            writer = asyncio.create_task(write_one(database, number))
            await asyncio.wait([writer])
            outcomes.add((writer.cancelled(), f"{number}" in applied))

        assert outcomes == {(True, True)}
        assert await notes(database) == applied


async def test_what_was_written_is_applied_before_anybody_else_writes(folder: Path) -> None:
    seen: list[int] = []
    count = 0

    async def add_one(database: Database) -> None:
        def apply(new: int) -> None:
            nonlocal count
            count = new

        async with database.transaction() as transaction:
            seen.append(count)
            await transaction.execute("INSERT INTO notes (text) VALUES ('x')")
            new = count + 1
            transaction.then(lambda: apply(new))

    async with open_database(folder / "a.db", NOTES) as database:
        await asyncio.gather(*(add_one(database) for _ in range(10)))

    assert seen == list(range(10))


async def test_a_reader_never_sees_half_a_transaction(folder: Path) -> None:
    async with open_database(folder / "a.db", NOTES) as database:
        half_way, go_on = asyncio.Event(), asyncio.Event()

        async def write_two() -> None:
            async with database.transaction() as transaction:
                await transaction.execute("INSERT INTO notes (text) VALUES ('a')")
                half_way.set()
                await go_on.wait()
                await transaction.execute("INSERT INTO notes (text) VALUES ('b')")

        async with asyncio.TaskGroup() as group:
            group.create_task(write_two())
            await half_way.wait()
            reader = group.create_task(notes(database))
            await asyncio.sleep(0)
            go_on.set()

        assert reader.result() == ["a", "b"]


# What the disk refuses


async def test_a_full_disk_is_an_error_to_show_and_writes_nothing(folder: Path) -> None:
    async with open_database(folder / "a.db", NOTES) as database:
        await write(database, "before")
        await database.fetch("PRAGMA max_page_count = 8")

        with pytest.raises(StorageError, match=r"cannot be written: .*full"):
            await write(database, "x" * 100_000)

        assert await notes(database) == ["before"]
        await write(database, "small")
        assert await notes(database) == ["before", "small"]


async def test_a_database_that_another_process_keeps_locked_is_an_error_to_show(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WAIT_FOR_OTHERS_S", 0.01)
    async with open_database(folder / "a.db", NOTES) as database:
        other = sqlite3.connect(folder / "a.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StorageError, match="locked"):
            await write(database, "hello")

        other.execute("ROLLBACK")
        other.close()
        await write(database, "hello")
        assert await notes(database) == ["hello"]


async def test_a_page_that_turns_out_damaged_is_remembered(folder: Path) -> None:
    path = folder / "a.db"
    async with open_database(path, NOTES, is_precious=False) as database:
        for number in range(100):
            await write(database, f"{number}" * 200)
    content = bytearray(path.read_bytes())
    content[4096 * 4 : 4096 * 6] = b"\xff" * 4096 * 2
    path.write_bytes(content)

    async with open_database(path, NOTES, is_precious=False) as database:
        assert not database.is_damaged
        with pytest.raises(StorageError, match=r"cannot be read: .*malformed"):
            await notes(database)

        assert database.is_damaged


async def test_a_wrong_statement_is_a_bug_and_flies(folder: Path) -> None:
    async with open_database(folder / "a.db", NOTES) as database:
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            await database.fetch("SELECT * FROM nowhere")


# Other processes


async def test_what_another_process_writes_is_noticed_once_and_our_own_writing_is_not(folder: Path) -> None:
    async with open_database(folder / "a.db", NOTES) as ours, open_database(folder / "a.db", NOTES) as theirs:
        await write(ours, "ours")
        assert not await ours.is_changed_elsewhere()

        await write(theirs, "theirs")
        assert await ours.is_changed_elsewhere()
        assert not await ours.is_changed_elsewhere()
