"""A backup of a home, and the way back.

A backup is one file in the age format (age-encryption.org/v1), encrypted with a passphrase; in it is what `archive`
packs. It is made while the home runs as well as while it does not: of the databases SQLite makes copies that are whole
in themselves, without what was deleted.

Restoring believes nothing. The file is opened only when its size and the work that it asks of us are within limits,
everything is unpacked and examined in a folder of its own, and only then takes the place of what is there, all of it or
nothing (`swap`). Every session is ended: a client that was removed after the backup was made must not come back with
it, and credentials have changed since anyway. Limits are not reset: what the home that is there knows of wrong codes
and of the time is taken over.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyrage

from intercom import __version__
from intercom.home.errors import InvalidInputError, NotFoundError
from intercom.storage import archive, schema, swap
from intercom.storage.alone import alone, working_folder
from intercom.storage.archive import Manifest
from intercom.storage.contents import BACKING_UP, COPIES, HISTORY, HOME, RESTORING
from intercom.storage.database import Migration, StorageError, opened, prepare_folder
from intercom.storage.unfinished import finish_interrupted
from intercom.system import NEVER_WAIT, sync_folder

AtStep = Callable[[str], None]

MOST_WORK: Final = 20
"""The highest scrypt work factor that is undertaken. Making a backup takes the one that costs this machine a second, 18
as a rule; each one more doubles time and memory: 20 takes 1 GiB and, on a small machine, half a minute."""

_AGE_HEADER: Final = re.compile(
    rb"age-encryption\.org/v1\n"
    rb"-> scrypt [A-Za-z0-9+/]{22} ([1-9][0-9]?)\n[A-Za-z0-9+/]{43}\n"
    rb"--- [A-Za-z0-9+/]{43}\n"
)
"""All of it, so that age can see nothing else in there than we do."""
_MOST_ENCRYPTED_BYTES: Final = archive.MOST_PACKED_BYTES + 1_000_000
_DISK_REFUSES: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
_MADE_BY_SQLITE: Final = frozenset({"sqlite_stat1", "sqlite_stat4"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made; `size` in bytes, encrypted."""

    size: int
    manifest: Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What the home that is there knows, and a restored one must not forget."""

    home_id: str
    latest_time: float
    wrong_tries: list[tuple[object, ...]]
    audit: list[tuple[object, ...]]
    pin_tries: tuple[int, float]
    release_index: list[tuple[object, ...]]


def check_target(target: Path, *, may_replace: bool) -> None:
    """Raise InvalidInputError when a backup cannot be written there; to be asked before a passphrase is."""
    if not target.parent.is_dir():
        raise InvalidInputError(f"there is no folder {target.parent}")
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise InvalidInputError(f"{target} is not a file")
    if target.exists() and not may_replace:
        raise InvalidInputError(f"{target} is there already; name another file, or replace it with --force")


def make_backup(
    folder: Path, target: Path, passphrase: str, *, may_replace: bool = False, with_history: bool = True
) -> Backup:
    """Write a backup of the home in a data folder, all or nothing. Blocks for seconds.

    Raises:
        InvalidInputError: as `check_target`; or the home is too large.
        NotFoundError: there is no home.
        StorageError: the disk refuses, or a database is damaged.
        StartupError: another backup is being made, or a restore is going on.
    """
    check_target(target, may_replace=may_replace)
    if not (folder / HOME).exists():
        raise NotFoundError(f"there is no home in {folder}")
    finish_interrupted(folder)
    try:
        with working_folder(folder / BACKING_UP):
            copies = folder / BACKING_UP
            home_id = _copy(folder, copies, with_history=with_history)
            manifest = Manifest(
                format=archive.FORMAT,
                version=__version__,
                home_id=home_id,
                created_at=int(time.time()),
                entries=archive.entries_in(copies),
            )
            packed = archive.pack(copies, manifest)
        encrypted = pyrage.passphrase.encrypt(packed, passphrase)
        check_target(target, may_replace=may_replace)
        _write(target, encrypted)
    except OSError as error:
        raise StorageError(f"the backup cannot be made: {error.strerror} ({error.filename})") from error
    return Backup(size=len(encrypted), manifest=manifest)


def read_backup(source: Path) -> bytes:
    """Read a file and check what can be checked without the passphrase.

    Raises:
        NotFoundError: it cannot be read.
        InvalidInputError: it is no backup, or one that asks for too much.
    """
    try:
        # Opening a pipe that nobody writes to would wait for ever.
        with os.fdopen(os.open(source, os.O_RDONLY | NEVER_WAIT), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InvalidInputError(f"{source} is not a file")
            if os.fstat(file.fileno()).st_size > _MOST_ENCRYPTED_BYTES:
                raise InvalidInputError(f"{source} is larger than any backup of an intercom; it was not opened")
            encrypted = file.read(_MOST_ENCRYPTED_BYTES)
    except OSError as error:
        raise NotFoundError(f"{source} cannot be read: {error.strerror}") from error
    header = _AGE_HEADER.match(encrypted)
    if header is None:
        raise InvalidInputError(f"{source} is not a backup of an intercom")
    if int(header[1]) > MOST_WORK:
        raise InvalidInputError(f"{source} asks for more work than any backup of an intercom; it was not opened")
    return encrypted


def restore(folder: Path, source: Path, passphrase: str, *, at_step: AtStep = lambda step: None) -> Manifest:
    """Put the home of a backup into a data folder, all or nothing; every session of it is ended. Blocks for seconds.

    Args:
        at_step: called after each step, for tests.

    Raises:
        NotFoundError, InvalidInputError: as `read_backup`; or the passphrase is wrong, or the content is not right, or
            there is another home.
        StartupError: an intercom is running on the folder, or it cannot be used.
        StorageError: the disk refuses.
    """
    encrypted = read_backup(source)
    prepare_folder(folder)
    with alone(folder, advice="stop it first"):
        finish_interrupted(folder, is_alone=True)
        packed = _decrypted(encrypted, passphrase, source)
        del encrypted
        try:
            new = swap.new_home(folder)
            manifest = archive.unpack(packed, new)
            del packed
            at_step("unpacked")
            _check_and_settle(new, manifest, _standing(folder / HOME))
            (new / COPIES).mkdir(mode=0o700)  # those of the home before would undo what is restored
            at_step("settled")
            swap.commit(folder, at_step=at_step)
        except OSError as error:
            more = "; the next start goes on with it" if swap.is_committed(folder) else ""
            raise StorageError(f"the home cannot be restored: {error.strerror} ({error.filename}){more}") from error
        finally:
            if not swap.is_committed(folder):
                shutil.rmtree(folder / RESTORING, ignore_errors=True)
    return manifest


# Making


def _copy(folder: Path, copies: Path, *, with_history: bool) -> str:
    """Copy what belongs into a backup; return the home's id."""
    home_id = _copy_database(folder / HOME, copies / HOME)
    if home_id is None:
        raise NotFoundError(f"there is no home in {folder}: the intercom was never started on it")
    if with_history and (folder / HISTORY).exists():
        _copy_database(folder / HISTORY, copies / HISTORY)
    for name in archive.MOST_BYTES.keys() - {HOME, HISTORY}:
        with contextlib.suppress(FileNotFoundError), (folder / name).open("rb") as file:
            (copies / name).parent.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(copies / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
                shutil.copyfileobj(file, copy)
    return home_id


def _copy_database(source: Path, copy: Path) -> str | None:
    """Copy a database as it is at one moment, unless there is nothing in it; return the home's id if that is there."""
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with opened(source) as connection:
            if _user_version(connection) == 0:
                copy.unlink()
                return None
            connection.execute("VACUUM INTO ?", (str(copy),))
        with opened(copy) as connection:
            return _home_id(connection)
    except sqlite3.DatabaseError as error:
        raise StorageError(f"{source} cannot be copied: {error}") from error


def _write(target: Path, content: bytes) -> None:
    """All or nothing, whenever we are killed."""
    fresh = target.with_name(f"{target.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    with contextlib.suppress(OSError):  # not every file system of a memory stick can do that
        sync_folder(target.parent)


# Restoring


def _decrypted(encrypted: bytes, passphrase: str, source: Path) -> bytes:
    try:
        packed: bytes = pyrage.passphrase.decrypt(encrypted, passphrase)
    except pyrage.DecryptError:
        raise InvalidInputError(f"the passphrase is wrong, or {source} is damaged") from None
    return packed


def _standing(path: Path) -> _Standing | None:
    """Return what the home that is there knows; None where there is none yet."""
    if not path.exists():
        return None
    try:
        with opened(path) as connection:
            home_id = _home_id(connection)
            if home_id is None:
                return None
            times = [at for (at,) in _rows_of(connection, "latest_time", "at")]
            pins = _rows_of(connection, "owner_pin", "wrong, waits_until")
            return _Standing(
                home_id=home_id,
                latest_time=max(times, default=0.0),
                wrong_tries=_rows_of(connection, "wrong_tries", _WRONG_TRIES),
                audit=_rows_of(connection, "audit", _AUDIT),
                pin_tries=pins[0] if pins else (0, 0.0),
                release_index=_rows_of(connection, "release_index", _RELEASE_INDEX),
            )
    except sqlite3.DatabaseError as error:
        _raise_if_disk_refuses(error, path)
        raise InvalidInputError(
            f"{path} cannot be read ({error}), so nobody can tell whether it is of the same home; "
            "erase what is there with `intercom reset`, then restore"
        ) from error


_WRONG_TRIES: Final = "secret, source, at"
_RELEASE_INDEX: Final = "only_row, public_key, serial"
_AUDIT: Final = "id, at, event, who, about, detail, address"


def _rows_of(connection: sqlite3.Connection, table: str, columns: str) -> list[Any]:
    """Return a table's rows; none when an older version of the program made it otherwise, or not at all."""
    if not _has_columns(connection, table, columns):
        return []
    return connection.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608  # names of our own


def _put_rows(connection: sqlite3.Connection, table: str, columns: str, rows: list[tuple[object, ...]]) -> None:
    """Replace a table's rows by others, unless an older version made it otherwise."""
    if rows and _has_columns(connection, table, columns):
        places = ", ".join("?" * len(columns.split(",")))
        connection.execute(f"DELETE FROM {table}")  # noqa: S608  # names of our own
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)  # noqa: S608  # the same


def _has_columns(connection: sqlite3.Connection, table: str, columns: str) -> bool:
    found = {name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}
    return found.issuperset(columns.split(", "))


def _check_and_settle(new: Path, manifest: Manifest, standing: _Standing | None) -> None:
    """Examine the databases of a home that was unpacked; end its sessions, and let it know what is known today."""
    if standing is not None and standing.home_id != manifest.home_id:
        raise InvalidInputError(
            f"this is the backup of another home ({manifest.home_id}) than the one that is there "
            f"({standing.home_id}); erase that with `intercom reset`, then restore"
        )
    with _examined(new / HOME, schema.HOME) as connection:
        if _home_id(connection) != manifest.home_id:
            raise InvalidInputError("the backup's database is of another home than its manifest says")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM sessions")
        if standing is not None:
            wrong_tries = {*standing.wrong_tries, *_rows_of(connection, "wrong_tries", _WRONG_TRIES)}
            _put_rows(connection, "wrong_tries", _WRONG_TRIES, list(wrong_tries))
            _put_rows(connection, "audit", _AUDIT, standing.audit)
            _put_rows(connection, "release_index", _RELEASE_INDEX, standing.release_index)
            if _has_columns(connection, "owner_pin", "wrong, waits_until"):
                connection.execute("UPDATE owner_pin SET wrong = ?, waits_until = ?", standing.pin_tries)
            latest = max([standing.latest_time, *(at for (at,) in _rows_of(connection, "latest_time", "at"))])
            connection.execute("INSERT OR REPLACE INTO latest_time (only_row, at) VALUES (1, ?)", (latest,))
        connection.execute("COMMIT")
    if (new / HISTORY).exists():
        with _examined(new / HISTORY, schema.HISTORY):
            pass
    for path in new.iterdir():
        if path.name not in {entry.name.partition("/")[0] for entry in manifest.entries}:
            path.unlink()  # what SQLite left


@contextlib.contextmanager
def _examined(path: Path, migrations: Sequence[Migration]) -> Iterator[sqlite3.Connection]:
    """Open a database of which it is sure that it is sound, and has the tables that the program makes and no others.

    Triggers, views and what else could act by itself is thereby refused.
    """
    try:
        with opened(path) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA cell_size_check = ON")
            version = _user_version(connection)
            if version > len(migrations):
                raise InvalidInputError(
                    f"the backup was made by a newer version of the program ({path.name} has schema {version}); "
                    "update this one"
                )
            if version < 1 or connection.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
                raise InvalidInputError(f"{path.name} in the backup is damaged")
            if _shape(connection) != _shape_after(migrations[:version]):
                raise InvalidInputError(f"{path.name} in the backup is not built as the intercom builds it")
            yield connection
    except sqlite3.DatabaseError as error:
        _raise_if_disk_refuses(error, path)
        raise InvalidInputError(f"{path.name} in the backup is damaged: {error}") from error


def _raise_if_disk_refuses(error: sqlite3.DatabaseError, path: Path) -> None:
    """Raise StorageError when SQLite's complaint is not about what is in the file."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DISK_REFUSES:
        raise StorageError(f"{path} cannot be used: {error}") from error


def _shape_after(migrations: Sequence[Migration]) -> object:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for statements in migrations:
            for statement in statements:
                connection.execute(statement)
        return _shape(connection)


def _shape(connection: sqlite3.Connection) -> object:
    """Return what a database is built of.

    Of tables the columns are compared and not the words that made them: SQLite's versions differ in how they write down
    a table that was altered. Of what acts by itself every word counts.
    """
    parts = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    shape: dict[object, object] = {}
    for kind, name, table, sql in parts:
        if kind == "table" and name not in _MADE_BY_SQLITE:
            columns = connection.execute("SELECT * FROM pragma_table_xinfo(?)", (name,)).fetchall()
            is_virtual = str(sql).lstrip().upper().startswith("CREATE VIRTUAL")
            shape[kind, name] = (columns, is_virtual)
        elif kind != "table":
            shape[kind, name] = (table, sql)
    return shape


def _home_id(connection: sqlite3.Connection) -> str | None:
    if not _has_table(connection, "identity"):
        return None
    rows = connection.execute("SELECT value FROM identity WHERE name = 'home_id'").fetchall()
    return str(rows[0][0]) if rows else None


def _has_table(connection: sqlite3.Connection, name: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchall())


def _user_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
