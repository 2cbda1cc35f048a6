"""Is the home's database what was written into it? If not, it is set aside, and made anew from copies and ledgers.

SQLite notices when the structure of its file is damaged, but not when the bytes of a name or a key are others. So at
the start the database is compared with what the `ledger` says that it must be, row by row. It may be one entry behind,
when the process was killed between noting and writing; that entry was not acknowledged.

When a part of the ledger is missing or damaged as well, nobody can tell who was removed since the copy was made. Then
every session ends, and the residents are told to look at the people.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from intercom.storage.audit import AuditEvent
from intercom.storage.database import DAMAGE, Migration, is_cut_off, opened, primary_code, rubbish_as_damage, set_aside
from intercom.storage.ledger import Entry, Kind, Ledger, Noted
from intercom.system import sync_file, sync_folder

ROUTINE_TABLES: Final = frozenset({"wrong_tries", "latest_time", "audit", "spent"})
"""Of these the copy is good enough."""

ROUTINE_COLUMNS: Final = {"sessions": ("seen_at", "address")}
RESTORED: Final = "restored"
"""The row of `identity` that is there until a resident has read that the home was restored."""
NUMBER: Final = "noted"
"""The row of `identity` that holds the number of the last change."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of the database.

    Attributes:
        restored_to: of when the home is now, in seconds since the epoch; None when it begins anew.
        is_doubtful: something since then may be missing, and every session has ended.
    """

    restored_to: float | None
    is_doubtful: bool


@dataclass(slots=True)
class _Rebuilt:
    """The home by its ledger, but for the last change, which a kill may have kept from the database, and what is owed.

    Attributes:
        number: that of the change before the last one.
    """

    memory: sqlite3.Connection
    at: float
    number: int
    is_doubtful: bool = False
    last: Entry | None = None
    owed: list[Noted] = field(default_factory=list)

    def take_last(self) -> None:
        """Let the last change be one like all others."""
        if self.last is not None:
            apply(self.memory, self.last.rows)
            self.number, self.last = self.last.number, None


def examine(
    path: Path, ledger: Ledger, migrations: Sequence[Migration], *, is_known_damaged: bool = False
) -> Found | None:
    """Look at a closed database; when it is damaged, put a good one in its place. None when it is sound.

    What a sound one lacks of its ledger is written into it. Blocks; the caller is alone in the folder.

    Raises:
        OSError, sqlite3.DatabaseError: the disk refuses.
        StartupError: it cannot be set aside.
    """
    with contextlib.ExitStack() as stack:
        with _at_rest(path) as connection:
            rebuilt = _rebuilt(ledger, migrations, stack)
            if not path.exists() and rebuilt is None:
                return None
            if connection is not None and not is_known_damaged and _is_sound(path, connection, rebuilt):
                return None
        is_gone = not path.exists()
        kept_as = set_aside(path)
        if rebuilt is None:
            _log.warning("%s is damaged and there is no copy: the home begins anew; it is kept as %s", path, kept_as)
            return Found(restored_to=None, is_doubtful=True)
        _put_in_place(rebuilt, path, ledger)
    day = time.strftime("%Y-%m-%d %H:%M", time.localtime(rebuilt.at))
    fate = "is gone" if is_gone else f"is damaged; it is kept as {kept_as.name}"
    _log.warning("%s %s, and the home is as of %s", path, fate, day)
    return Found(restored_to=rebuilt.at, is_doubtful=rebuilt.is_doubtful)


def rebuild_in_memory(
    path: Path, ledger: Ledger, migrations: Sequence[Migration]
) -> tuple[sqlite3.Connection, Found | None]:
    """Return a home that cannot be written as it is, in memory and for any thread; blocks.

    Args:
        path: a copy of the database that is nobody else's; it need not be there.

    Raises:
        OSError, sqlite3.DatabaseError: it cannot be read.
    """
    with contextlib.ExitStack() as stack:
        rebuilt = _rebuilt(ledger, migrations, stack)
        memory = sqlite3.connect(":memory:", uri=True, isolation_level=None, check_same_thread=False)
        with _at_rest(path) as connection:
            if connection is not None and _is_sound(path, connection, rebuilt):
                connection.backup(memory)
                return memory, None
        if rebuilt is not None:
            _settle(rebuilt)
            rebuilt.memory.backup(memory)
            return memory, Found(restored_to=rebuilt.at, is_doubtful=rebuilt.is_doubtful)
    return memory, Found(restored_to=None, is_doubtful=True) if path.exists() else None


@rubbish_as_damage()
def is_as_noted(path: Path, ledger: Ledger, migrations: Sequence[Migration]) -> bool:
    """Tell whether an open database still is what its ledger says; True when that cannot be told."""
    with contextlib.ExitStack() as stack:
        rebuilt = _rebuilt(ledger, migrations, stack)
        return rebuilt is None or rebuilt.is_doubtful or _agrees(path, rebuilt)


def apply(connection: sqlite3.Connection, rows: Iterable[Noted]) -> None:
    """Put rows into a database, whose foreign keys are not minded."""
    for noted in rows:
        key = key_of(connection, noted.table)
        if noted.row is None:
            connection.execute(f'DELETE FROM "{noted.table}" WHERE {key} = ?', (noted.key,))  # noqa: S608  # a name of ours
            continue
        columns = ", ".join(f'"{name}"' for name in noted.row)
        places = ", ".join("?" * len(noted.row))
        connection.execute(
            f'INSERT OR REPLACE INTO "{noted.table}" ({columns}) VALUES ({places})',  # noqa: S608  # the same
            tuple(noted.row.values()),
        )


def without_changed(owed: Iterable[Noted], entries: Iterable[Entry]) -> list[Noted]:
    """Leave out what a command has changed since it became owed; a removal stays one."""
    changed = {(noted.table, noted.key) for entry in entries for noted in entry.rows}
    return [noted for noted in owed if noted.row is None or (noted.table, noted.key) not in changed]


def key_of(connection: sqlite3.Connection, table: str) -> str:
    """Return the column by which rows of a table are known."""
    keys = [name for _, name, _, _, _, place in connection.execute(f'PRAGMA table_info("{table}")') if place]
    return keys[0] if keys else "rowid"


def number_of(connection: sqlite3.Connection, schema: str = "main") -> int:
    """Return the number of the last change that a database holds; 0 when it holds none, -1 when that is damaged."""
    rows = connection.execute(
        f"SELECT value FROM {schema}.identity WHERE name = ?",  # noqa: S608  # a name of ours
        (NUMBER,),
    ).fetchall()
    try:
        return int(rows[0][0]) if rows else 0
    except ValueError:
        return -1


def version_of(copy: Path) -> int:
    """Return the schema of a copy from its header (www.sqlite.org/fileformat.html §1.3); 0 when it cannot be read."""
    with contextlib.suppress(OSError), copy.open("rb") as file:
        header = file.read(100)
        if header.startswith(b"SQLite format 3\0"):
            return int.from_bytes(header[60:64], "big")
    return 0


def tables_of(connection: sqlite3.Connection, schema: str = "main") -> list[str]:
    """Return the tables of a database."""
    rows = connection.execute(
        f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"  # noqa: S608  # a name of ours
    )
    return [name for (name,) in rows]


def load_into_memory(path: Path) -> sqlite3.Connection:
    """Return a sound database as a copy in memory, for any thread; the file is only read.

    Raises:
        sqlite3.DatabaseError: it is not sound.
    """
    memory = sqlite3.connect(":memory:", uri=True, isolation_level=None, check_same_thread=False)
    try:
        with opened(path, "ro&immutable=1") as source:
            source.backup(memory)
        _check(memory)
    except BaseException:
        memory.close()
        raise
    return memory


# Inside


def _check(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
        raise sqlite3.DatabaseError("it is not sound")
    if connection.execute("PRAGMA user_version").fetchone() == (0,):
        raise sqlite3.DatabaseError("there is nothing in it")


def _rebuilt(ledger: Ledger, migrations: Sequence[Migration], stack: contextlib.ExitStack) -> _Rebuilt | None:
    generations = ledger.generations
    for number in reversed(generations):
        copy = ledger.copy(number)
        try:
            memory = load_into_memory(copy)
        except sqlite3.DatabaseError as error:
            _log.warning("the copy %s cannot be used: %s", copy, error)
            continue
        stack.callback(memory.close)
        rebuilt = _Rebuilt(memory, at=copy.stat().st_mtime, number=number_of(memory))
        since = generations[generations.index(number) :]
        read = [ledger.read(each) for each in since]
        rebuilt.is_doubtful = not all(is_all for _, is_all in read)
        for generation, entries in zip(since, _done([entries for entries, _ in read]), strict=True):
            _replay(rebuilt, entries, version_of(ledger.copy(generation)), migrations)
        return rebuilt
    return None


def _done(read: list[list[Entry]]) -> list[list[Entry]]:
    """Leave out the changes whose place another one took."""
    lowest: float = float("inf")
    done = []
    for entries in reversed(read):
        kept = []
        for entry in reversed(entries):
            if entry.kind is Kind.OWED:
                kept.append(entry)
            elif entry.number < lowest:
                kept.append(entry)
                lowest = entry.number
        done.append(kept[::-1])
    return done[::-1]


def _replay(rebuilt: _Rebuilt, entries: Iterable[Entry], version: int, migrations: Sequence[Migration]) -> None:
    """Do what a generation's ledger says, after all of the one before."""
    memory = rebuilt.memory
    try:
        _bring_up(memory, migrations, version)
        rebuilt.take_last()
        apply(memory, rebuilt.owed)
        rebuilt.owed = []
        for entry in entries:
            rebuilt.at = max(rebuilt.at, entry.at)
            if entry.kind is Kind.OWED:
                rebuilt.owed += entry.rows
            else:
                rebuilt.owed = without_changed(rebuilt.owed, [entry])
                rebuilt.take_last()
                rebuilt.last = entry
    except sqlite3.DatabaseError as error:
        _log.warning("changes that were noted do not fit: %s", error)
        rebuilt.is_doubtful = True


def _bring_up(memory: sqlite3.Connection, migrations: Sequence[Migration], version: int) -> None:
    """Bring an older copy to the schema by which a later ledger was written."""
    (now,) = memory.execute("PRAGMA user_version").fetchone()
    for statements in migrations[now:version]:
        for statement in statements:
            memory.execute(statement)
    if version > now:
        memory.execute(f"PRAGMA user_version = {version}")


@contextlib.contextmanager
def _at_rest(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Open a database so that no command beside writes it, or its ledger; None when there is nothing to open."""
    if not path.exists() or is_cut_off(path):
        yield None
        return
    with opened(path) as connection:
        with contextlib.suppress(sqlite3.DatabaseError), rubbish_as_damage():  # damaged, or nobody can write it
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
        yield connection


def _is_sound(path: Path, connection: sqlite3.Connection, rebuilt: _Rebuilt | None) -> bool:
    """Tell whether a database at rest is; all of the ledger is then in it."""
    try:
        return _takes_ledger(path, connection, rebuilt)
    except sqlite3.DatabaseError as error:
        if primary_code(error) in DAMAGE:
            return False
        raise


@rubbish_as_damage()
def _takes_ledger(path: Path, connection: sqlite3.Connection, rebuilt: _Rebuilt | None) -> bool:
    if connection.execute("PRAGMA user_version").fetchone() == (0,):  # nothing was ever in it
        return rebuilt is None
    if connection.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
        return False
    if rebuilt is None:
        return True
    if rebuilt.is_doubtful:
        number = number_of(connection)
        if number > rebuilt.number:
            rebuilt.take_last()
        if number != rebuilt.number:  # it may have more than is known, but not less
            return number > rebuilt.number
    elif not _agrees(path, rebuilt):
        return False
    # Without its last change it was killed right before that was made, or has lost it: nobody can tell.
    rows = [*(rebuilt.last.rows if rebuilt.last else ()), *rebuilt.owed]
    if rows:
        rebuilt.take_last()
        if not connection.in_transaction:
            connection.execute("BEGIN IMMEDIATE")
        apply(connection, rows)
        _set_number(connection, rebuilt.number)
    if connection.in_transaction:
        connection.execute("COMMIT")
    return True


def _agrees(path: Path, rebuilt: _Rebuilt) -> bool:
    memory = rebuilt.memory
    memory.execute("ATTACH ? AS file", (f"{path.absolute().as_uri()}?mode=rw",))
    try:
        (theirs,), (ours,) = (memory.execute(f"PRAGMA {each}.user_version").fetchone() for each in ("file", "main"))
        if theirs != ours:  # of a program before or after this one: nothing to compare
            rebuilt.take_last()
            rebuilt.number = max(rebuilt.number, number_of(memory, "file"))
            return True
        number = number_of(memory, "file")
        if number != rebuilt.number:
            rebuilt.take_last()
        if number != rebuilt.number:
            return False
        if _are_same(memory):
            return True
        apply(memory, rebuilt.owed)  # it may have been written already
        return _are_same(memory)
    finally:
        memory.execute("DETACH file")


def _are_same(memory: sqlite3.Connection) -> bool:
    """Compare what is precious in `main` and `file`."""
    tables = set(tables_of(memory)) - ROUTINE_TABLES
    if tables != set(tables_of(memory, "file")) - ROUTINE_TABLES:
        return False
    for table in sorted(tables):
        routine = ROUTINE_COLUMNS.get(table, ())
        names = [name for _, name, *_ in memory.execute(f'PRAGMA table_info("{table}")') if name not in routine]
        columns = ", ".join(f'"{name}"' for name in names)
        but = f" WHERE name != '{NUMBER}'" if table == "identity" else ""
        one, other = (f'SELECT {columns} FROM {schema}."{table}"{but}' for schema in ("main", "file"))  # noqa: S608  # names of ours
        for query in (f"{one} EXCEPT {other}", f"{other} EXCEPT {one}"):
            if memory.execute(f"{query} LIMIT 1").fetchall():
                return False
    return True


def _settle(rebuilt: _Rebuilt) -> None:
    """Let it be all that is known, end what is in doubt, and say of when it is."""
    memory = rebuilt.memory
    rebuilt.take_last()
    apply(memory, rebuilt.owed)
    if rebuilt.is_doubtful:
        memory.execute("DELETE FROM sessions")
    # Nothing is in no list at all, so those without an account have to be left out by name.
    memory.execute("DELETE FROM sessions WHERE account_id IS NOT NULL AND account_id NOT IN (SELECT id FROM accounts)")
    memory.execute("DELETE FROM spent WHERE session_id NOT IN (SELECT id FROM sessions)")
    _set_number(memory, rebuilt.number)
    said = f"{rebuilt.at} {'doubtful' if rebuilt.is_doubtful else 'whole'}"
    memory.execute("INSERT OR REPLACE INTO identity (name, value) VALUES (?, ?)", (RESTORED, said))
    memory.execute("INSERT OR IGNORE INTO latest_time (only_row, at) VALUES (1, ?)", (rebuilt.at,))
    memory.execute("UPDATE latest_time SET at = max(at, ?)", (rebuilt.at,))
    memory.execute(
        "INSERT INTO audit (at, event, who, about, detail, address) VALUES (?, ?, '', '', ?, '')",
        (time.time(), AuditEvent.RESTORED, time.strftime("%Y-%m-%d %H:%M", time.localtime(rebuilt.at))),
    )


def _set_number(connection: sqlite3.Connection, number: int) -> None:
    connection.execute("INSERT OR REPLACE INTO identity (name, value) VALUES (?, ?)", (NUMBER, str(number)))


def _put_in_place(rebuilt: _Rebuilt, path: Path, ledger: Ledger) -> None:
    _settle(rebuilt)
    fresh = ledger.copy(0).with_name("restored.db")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    rebuilt.memory.execute("VACUUM INTO ?", (str(fresh),))
    sync_file(fresh)
    fresh.replace(path)
    sync_folder(path.parent)
