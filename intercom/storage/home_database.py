"""The home's database, which goes on when its disk does not: what must not be lost is kept twice, and used from memory
while it cannot be written.

Each transaction's changes are noted in the `ledger` before they are committed; triggers, which live in the connection
and not in the file, see which rows those are. So a damaged database can be made anew (`rescue`).

When the disk refuses (it is full, read-only or broken), the database goes on as a copy in memory:

1. What would be new and precious is refused, as `WhenRefused.FAIL` says.
2. What takes rights away, and what may be lost, is done in memory and owed to the file. What is precious of it is noted
   in the ledger, which has its room already: so it holds over a kill, too.
3. Every `TRY_AGAIN_S` the file is tried again. Once it can be written, what is owed is, and all goes on from there.

The process that is alone in the folder looks after the file (`run`); commands beside it only note and write.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import aiosqlite

from intercom.home.errors import StartupError
from intercom.storage.contents import COPIES
from intercom.storage.database import (
    DAMAGE,
    Database,
    Migration,
    Refusal,
    StorageError,
    Transaction,
    WhenRefused,
    connected,
    is_cut_off,
    migrate,
    opened,
    prepare_file,
    primary_code,
    refusal_of,
    to_the_end,
)
from intercom.storage.ledger import Entry, Kind, Ledger, NoRoomError, Noted
from intercom.storage.rescue import (
    NUMBER,
    ROUTINE_COLUMNS,
    ROUTINE_TABLES,
    Found,
    apply,
    examine,
    is_as_noted,
    load_into_memory,
    number_of,
    rebuild_in_memory,
    version_of,
    without_changed,
)

TRY_AGAIN_S: Final = 2.0
COPY_EVERY_S: Final = 24 * 3600.0

_OTHERS_MAY_HAVE_WRITTEN: Final = -1
_IN_MEMORY: Final = "/dev/shm"  # noqa: S108  # what is made there is ours alone

_log = logging.getLogger(__name__)


class HomeDatabase(Database):
    """The database of one home; made by `open_home`.

    Attributes:
        refusal: why it is in memory only; None while it is written.
        found: what became of it when it was found damaged last; `take_found` takes it.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration], *, is_owner: bool) -> None:
        """Nothing is opened; `open` does."""
        super().__init__(path)
        self.refusal: Refusal | None = None
        self.found: Found | None = None
        self.on_care: Callable[[], None] = lambda: None
        """Called when `refusal` or `found` has become another."""

        self._migrations = migrations
        self._is_owner = is_owner
        self._ledger = Ledger(path.parent / COPIES)
        self._open = contextlib.AsyncExitStack()
        self._memory: sqlite3.Connection | None = None
        self._tables: dict[str, str] = {}
        self._owed: dict[tuple[str, str | int], Noted] = {}
        self._left_at = 0  # the number of the last change when it went into memory
        self._needs_care = asyncio.Event()

    # From the beginning to the end

    async def open(self) -> None:
        """Open it; errors as `open_database`."""
        try:
            if self._is_owner:
                self.found = await asyncio.to_thread(self._examine)
            await self._open_file(is_checked=self._is_owner)
            if self._is_outdated() or (self._is_owner and (self.found is not None or self._is_copy_due())):
                await self._begin_generation()
        except (OSError, sqlite3.DatabaseError, StorageError, StartupError) as error:
            await self._open.aclose()
            refusal = refusal_of(error)
            if not self._is_owner or refusal is None:
                raise _startup_error(self.path, error) from error
            try:
                await self._open_memory(refusal)
            except (OSError, sqlite3.DatabaseError) as worse:
                await self._open.aclose()
                raise _startup_error(self.path, worse) from error
            _log.warning("%s cannot be written, so nothing is kept: %s", self.path, error)

    async def close(self) -> None:
        """Write what is owed, if that is possible, and close it."""
        if self.refusal is not None:
            await self.try_again()
        if self._owed:
            _log.warning("changes are not in %s: the disk refuses them to the end", self.path)
        await self._open.aclose()

    async def run(self) -> None:
        """Look after the file until cancelled: go back to it, heal it, and copy it once a day."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._needs_care.wait(), COPY_EVERY_S / 100)
            self._needs_care.clear()
            if self.is_damaged:
                await self.heal()
            elif self.refusal is not None:
                await asyncio.sleep(TRY_AGAIN_S)
                if not await self.try_again():
                    self._needs_care.set()
            elif await asyncio.to_thread(self._is_copy_due):
                await self.copy()

    async def copy(self) -> None:
        """Begin a generation; a database that is not what was written into it is healed instead."""
        async with self._lock:
            if self.refusal is not None:  # since this waited: the file is not the home any more
                return
            try:
                await self._begin_generation(is_compared=True)
            except (OSError, sqlite3.DatabaseError) as error:
                _log.warning("no copy could be made of %s: %s", self.path, error)
        if self.is_damaged:
            await self.heal()

    async def heal(self) -> None:
        """Put a good database in the place of the damaged one, while the home runs."""
        async with self._lock:
            self.is_damaged = False
            if self.refusal is not None:  # it is looked at before it is written again
                return
            await self._open.aclose()
            try:
                self.found = await asyncio.to_thread(self._examine, is_known_damaged=True)
                await self._open_file(is_checked=True)
                await self._begin_generation()
            except (OSError, sqlite3.DatabaseError, StorageError, StartupError) as error:
                _log.warning("%s cannot be made anew: %s", self.path, error)
                await self._open.aclose()
                await self._open_memory(refusal_of(error) or Refusal.BROKEN)
        self.on_care()

    async def try_again(self) -> bool:
        """Go back to the file and write what is owed; False when that is not possible yet."""
        is_back = False

        async def go_back() -> None:
            nonlocal is_back
            is_back = await self._go_back()

        cancelled = await to_the_end(go_back())
        if cancelled is not None:
            raise cancelled
        return is_back

    async def _go_back(self) -> bool:
        async with self._lock:
            if self.refusal is None:
                return True
            old, connection = self._open, self._connection
            self._open = contextlib.AsyncExitStack()
            try:
                found = await asyncio.to_thread(self._back_to_the_file, self._memory)
                await self._open_file(is_checked=True)
            except (OSError, sqlite3.DatabaseError, StorageError, StartupError) as error:
                _log.debug("%s still cannot be written: %s", self.path, error)
                await self._open.aclose()
                self._open, self._connection = old, connection
                return False
            self._owed.clear()
            self.refusal, self._memory = None, None
            self._data_version = _OTHERS_MAY_HAVE_WRITTEN
            self.found = found or self.found
            await old.aclose()
            await self._begin_generation_or_give_up()
        _log.info("%s is written again", self.path)
        self.on_care()
        return True

    def take_found(self) -> Found | None:
        """Return what became of it when it was found damaged, once."""
        found, self.found = self.found, None
        return found

    # Transactions

    @contextlib.asynccontextmanager
    async def transaction(self, when_refused: WhenRefused = WhenRefused.FAIL) -> AsyncIterator[Transaction]:
        """Write what the block says when it ends, or nothing when it raises.

        Args:
            when_refused: what becomes of it when the disk refuses.

        Raises:
            StorageError: the disk refuses; what `TAKE_EFFECT` says is done all the same.
        """
        async with self._lock:
            with self._refusals("written"):
                await self._begin(when_refused)
                transaction = Transaction(self._connection)
                try:
                    yield transaction
                    is_kept = True

                    async def write() -> None:
                        nonlocal is_kept
                        is_kept = await self._write(when_refused)

                    cancelled = await to_the_end(write())
                except BaseException:
                    await to_the_end(self._connection.rollback())
                    raise
            transaction.apply()
            if cancelled is not None:
                raise cancelled
            if not is_kept and when_refused is WhenRefused.TAKE_EFFECT:
                raise StorageError(
                    f"this holds from now on, but cannot be written down: {self._why()}. Do it again when it can"
                )

    async def is_changed_elsewhere(self) -> bool:
        return self.refusal is None and await super().is_changed_elsewhere()

    # Inside

    def _why(self) -> str:
        return "the disk is full" if self.refusal is Refusal.FULL else "the disk cannot be written"

    async def _begin(self, when_refused: WhenRefused) -> None:
        if self.refusal is None:
            try:
                await self._connection.execute_fetchall("BEGIN IMMEDIATE")
            except sqlite3.DatabaseError as error:
                if not await self._go_on_in_memory(error):
                    raise
            else:
                return
        if when_refused is WhenRefused.FAIL:
            raise StorageError(f"nothing can be kept now: {self._why()}")
        await self._connection.execute_fetchall("BEGIN IMMEDIATE")

    async def _write(self, when_refused: WhenRefused) -> bool:
        """Note and commit; return whether it outlives the process."""
        rows, precious = await self._noted(precious_only=self.refusal is None and when_refused is WhenRefused.FAIL)
        if self.refusal is not None:
            await self._connection.commit()
            return await self._owe(rows, precious)
        number = await self._count_change() if precious else 0
        is_noted = not precious or await self._note(Entry(Kind.CHANGE, number, time.time(), precious))
        if not is_noted:  # before it is done: a kill in between must not leave a ledger that lacks something
            await self._give_up()
        try:
            await self._connection.commit()
        except sqlite3.DatabaseError as error:
            await self._connection.rollback()
            if precious:
                await self._note(Entry(Kind.CHANGE, number, time.time(), []))  # in its place
            if not await self._go_on_in_memory(error) or when_refused is WhenRefused.FAIL:
                raise
            assert self._memory is not None
            await asyncio.to_thread(_apply_to_memory, self._memory, rows)
            return await self._owe(rows, precious)
        if not is_noted:
            await self._begin_generation_or_give_up()
        return True

    async def _owe(self, rows: Iterable[Noted], precious: list[Noted]) -> bool:
        self._owed.update({(noted.table, noted.key): noted for noted in rows})
        return not precious or await self._note(Entry(Kind.OWED, 0, time.time(), precious))

    async def _count_change(self) -> int:
        """Give the change its number."""
        found = await self._connection.execute_fetchall("SELECT value FROM identity WHERE name = ?", (NUMBER,))
        number = 1 + max((int(value) for (value,) in found), default=0)
        await self._connection.execute_fetchall("INSERT OR REPLACE INTO identity VALUES (?, ?)", (NUMBER, str(number)))
        await self._connection.execute_fetchall("DELETE FROM noted")
        return number

    async def _note(self, entry: Entry) -> bool:
        """Write into the ledger; False when it has no room or the disk refuses."""
        try:
            await asyncio.to_thread(self._ledger.note, entry)
        except NoRoomError:
            return False
        except OSError as error:
            _log.info("a change cannot be noted: %s", error)
            return False
        return True

    async def _noted(self, *, precious_only: bool) -> tuple[list[Noted], list[Noted]]:
        """Return the rows that the transaction changed as they are now, and those of them that are precious."""
        found = await self._connection.execute_fetchall(
            "SELECT DISTINCT tbl FROM noted WHERE is_precious >= ?", (int(precious_only),)
        )
        rows: list[Noted] = []
        precious: list[Noted] = []
        for (table,) in found:
            key = self._tables[table]
            cursor = await self._connection.execute(
                f'SELECT n.is_precious, n.id, t."{key}" IS NOT NULL, t.* FROM '  # noqa: S608  # names of ours
                "(SELECT id, max(is_precious) AS is_precious FROM noted WHERE tbl = ? GROUP BY id) n "
                f'LEFT JOIN "{table}" t ON t."{key}" = n.id WHERE n.is_precious >= ?',
                (table, int(precious_only)),
            )
            names = [each[0] for each in cursor.description][3:]
            for is_precious, id_, is_there, *values in await cursor.fetchall():
                row = dict(zip(names, values, strict=True)) if is_there else None
                if row is not None and key == "rowid":
                    row["rowid"] = id_
                noted = Noted(table, id_, row)
                rows.append(noted)
                if is_precious:
                    precious.append(noted)
            await cursor.close()
        if found:
            await self._connection.execute_fetchall("DELETE FROM noted")
        return rows, precious

    async def _begin_generation_or_give_up(self) -> None:
        """Begin a generation, for the ledger lacks something; else nobody may rely on it."""
        try:
            await self._begin_generation()
        except (OSError, sqlite3.DatabaseError) as error:
            _log.info("no copy could be made of %s: %s", self.path, error)
            await self._give_up()

    async def _give_up(self) -> None:
        with contextlib.suppress(OSError):
            await asyncio.to_thread(self._ledger.give_up)

    async def _begin_generation(self, *, is_compared: bool = False) -> None:
        await self._connection.execute_fetchall("BEGIN IMMEDIATE")
        try:
            if is_compared and not await asyncio.to_thread(is_as_noted, self.path, self._ledger, self._migrations):
                self._note_damage()
                return
            await asyncio.to_thread(self._ledger.begin, self._copy_to)
        except sqlite3.DatabaseError as error:
            if primary_code(error) in DAMAGE:
                self._note_damage()
            raise
        finally:
            await self._connection.rollback()

    def _copy_to(self, copy: Path) -> None:
        with opened(self.path) as source:
            source.execute("VACUUM INTO ?", (str(copy),))
        copy.chmod(0o600)
        load_into_memory(copy).close()

    def _is_copy_due(self) -> bool:
        generations = self._ledger.generations
        if not generations or not self._ledger.read(generations[-1])[1]:
            return True
        with contextlib.suppress(OSError):
            return abs(time.time() - self._ledger.copy(generations[-1]).stat().st_mtime) > COPY_EVERY_S
        return True

    def _is_outdated(self) -> bool:
        """Tell whether the newest copy has an older schema, so that changes from now on would not fit to it."""
        generations = self._ledger.generations
        return bool(generations) and 0 < version_of(self._ledger.copy(generations[-1])) < len(self._migrations)

    def _examine(self, *, is_known_damaged: bool = False) -> Found | None:
        found = examine(self.path, self._ledger, self._migrations, is_known_damaged=is_known_damaged)
        prepare_file(self.path)
        return found

    def _back_to_the_file(self, memory: sqlite3.Connection | None) -> Found | None:
        """Make the file what is in memory; blocks."""
        found = self._examine()
        with opened(self.path) as file:
            (version,) = file.execute("PRAGMA user_version").fetchone()
            if version == 0:
                assert memory is not None
                memory.backup(file)
                return found
            file.execute("PRAGMA synchronous = FULL")
            file.execute("BEGIN IMMEDIATE")
            for statements in self._migrations[version:]:
                for statement in statements:
                    file.execute(statement)
            file.execute(f"PRAGMA user_version = {len(self._migrations)}")
            apply(file, self._still_owed(number_of(file)))
            # Something has to be written, or nobody knows whether it can be.
            file.execute("INSERT OR REPLACE INTO latest_time SELECT * FROM latest_time")
            file.execute("COMMIT")
        return found

    def _still_owed(self, number: int) -> list[Noted]:
        """Return what is owed to a file that holds the change of this number."""
        owed = list(self._owed.values())
        if number == self._left_at:
            return owed
        read = [self._ledger.read(each) for each in self._ledger.generations]
        if not all(is_all for _, is_all in read):  # nobody can tell what was changed
            return [noted for noted in owed if noted.row is None]
        entries = [entry for entries, _ in read for entry in entries]
        return without_changed(
            owed, [entry for entry in entries if entry.kind is Kind.CHANGE and entry.number > self._left_at]
        )

    async def _open_file(self, *, is_checked: bool) -> None:
        prepare_file(self.path)
        if is_cut_off(self.path):
            raise StartupError(f"{self.path} is damaged; the next start of the intercom takes its newest copy")
        connection = await self._open.enter_async_context(connected(self.path, is_precious=True, is_checked=is_checked))
        await migrate(connection, self.path, self._migrations)
        await self._use(connection)
        ((self._data_version,),) = await connection.execute_fetchall("PRAGMA data_version")

    async def _open_memory(self, refusal: Refusal) -> None:
        memory, self.found = await asyncio.to_thread(self._read_into_memory)
        await self._use_memory(memory, refusal)

    def _read_into_memory(self) -> tuple[sqlite3.Connection, Found | None]:
        """Return the home as it is on the disk, which is only read; blocks."""
        # In memory, if that can be: the disk for temporary files may be the same one.
        place_for_it = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
        with tempfile.TemporaryDirectory(prefix="intercom-", dir=place_for_it) as place:
            aside = Path(place) / self.path.name
            for suffix in ("", "-wal"):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(self.path.with_name(self.path.name + suffix), aside.with_name(aside.name + suffix))
            return rebuild_in_memory(aside, self._ledger, self._migrations)

    async def _go_on_in_memory(self, error: sqlite3.DatabaseError) -> bool:
        """Use a copy in memory from now on, when it is the disk that refuses and the file can be read."""
        refusal = refusal_of(error)
        if not self._is_owner or refusal is None:
            return False
        memory = sqlite3.connect(":memory:", uri=True, isolation_level=None, check_same_thread=False)
        try:
            await self._connection.rollback()
            await self._connection.backup(memory)
        except sqlite3.DatabaseError as worse:
            _log.warning("%s can neither be written nor read: %s", self.path, worse)
            memory.close()
            return False
        await self._open.aclose()
        await self._use_memory(memory, refusal)
        _log.warning("%s cannot be written, and is used from memory: %s", self.path, error)
        self.on_care()
        return True

    async def _use_memory(self, memory: sqlite3.Connection, refusal: Refusal) -> None:
        self._memory, self.refusal = memory, refusal
        connection = await self._open.enter_async_context(aiosqlite.Connection(lambda: memory, iter_chunk_size=64))
        await migrate(connection, self.path, self._migrations)
        await connection.execute_fetchall("PRAGMA foreign_keys = ON")
        self._left_at = number_of(memory)
        await self._use(connection)
        self._needs_care.set()

    async def _use(self, connection: aiosqlite.Connection) -> None:
        """Use a connection from now on, and see which rows are changed by it."""
        self._connection = connection
        tables = [
            name
            for (name,) in await connection.execute_fetchall(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        script = ["PRAGMA temp_store = MEMORY;", "CREATE TEMP TABLE noted (tbl TEXT, id, is_precious INTEGER);"]
        for table in tables:
            columns = [tuple(row) for row in await connection.execute_fetchall(f'PRAGMA table_info("{table}")')]
            self._tables[table] = key = next((name for _, name, *_, place in columns if place), "rowid")
            script += _triggers(table, key, [name for _, name, *_ in columns])
        await connection.executescript("\n".join(script))

    def _note_damage(self) -> None:
        super()._note_damage()
        self._needs_care.set()


@contextlib.asynccontextmanager
async def open_home(path: Path, migrations: Sequence[Migration], *, is_owner: bool) -> AsyncIterator[HomeDatabase]:
    """Open the home's database, or make it; close it when the block ends.

    Args:
        is_owner: this process is alone in the folder, and looks after the file.

    Raises:
        StartupError: it can be neither written nor read; or, for who is not the owner, it cannot be written.
    """
    database = HomeDatabase(path, migrations, is_owner=is_owner)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def _triggers(table: str, key: str, columns: Sequence[str]) -> list[str]:
    routine = ROUTINE_COLUMNS.get(table, ())
    is_precious = int(table not in ROUTINE_TABLES)
    differs = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in columns if name not in routine)
    updated = f"({differs})" if is_precious else "0"
    note = "INSERT INTO noted VALUES"
    made = f'CREATE TEMP TRIGGER "noted_{table}'
    return [
        f"""{made}_added" AFTER INSERT ON main."{table}"
            BEGIN {note} ('{table}', NEW."{key}", {is_precious}); END;""",
        f"""{made}_removed" AFTER DELETE ON main."{table}"
            BEGIN {note} ('{table}', OLD."{key}", {is_precious}); END;""",
        f"""{made}_changed" AFTER UPDATE ON main."{table}"
            BEGIN {note} ('{table}', NEW."{key}", {updated}), ('{table}', OLD."{key}", {updated}); END;""",
    ]


def _apply_to_memory(memory: sqlite3.Connection, rows: Sequence[Noted]) -> None:
    memory.execute("PRAGMA foreign_keys = OFF")
    memory.execute("BEGIN")
    apply(memory, rows)
    memory.execute("DELETE FROM noted")
    memory.execute("COMMIT")
    memory.execute("PRAGMA foreign_keys = ON")


def _startup_error(path: Path, error: BaseException) -> StartupError:
    if isinstance(error, StartupError):
        return error
    if isinstance(error, sqlite3.DatabaseError) and primary_code(error) in DAMAGE:
        return StartupError(f"{path} is damaged; the next start of the intercom takes its newest copy")
    return StartupError(f"{path} cannot be used: {error}")
