"""One SQLite file in WAL mode: opened, checked and brought to today's schema; then transactions and reads, in order.

Knows no table. SQLite runs in a thread of its own, one statement after the other; a lock keeps the statements of a
transaction together, and reads wait for it, so nobody sees half of one. What a transaction decided is applied to memory
by `Transaction.then`, right after the commit and before anybody else may write: memory and file never differ, even when
the caller is cancelled while the commit is under way.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sqlite3
import stat
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from enum import Enum, StrEnum, auto
from pathlib import Path
from typing import Any, ClassVar, Final

import aiosqlite

from intercom.home.errors import IntercomError, StartupError

Row = tuple[Any, ...]
Parameters = Sequence[object] | Mapping[str, object]
"""For `?` in order, or for `:name` by name."""
Migration = tuple[str, ...]
"""Statements that belong together. Migrations are only ever appended; their number is the file's `user_version`."""

_WAIT_FOR_OTHERS_S: Final = 5.0
DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
REFUSALS: Final = DAMAGE | {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
"""SQLite's answers that are about the world; all others are about our statements, hence bugs."""


_DISK_CODES: Final = REFUSALS - DAMAGE - {sqlite3.SQLITE_BUSY}
_DISK_ERRNOS: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EFBIG}
)


class StorageError(IntercomError):
    """The disk refuses: it is full, broken or read-only; nothing was written."""

    code: ClassVar[str] = "storage"
    status: ClassVar[int] = 507


class DamagedError(StartupError):
    """The file was damaged; it now bears the name `kept_as`, and the next try makes a new one."""

    def __init__(self, path: Path, kept_as: Path) -> None:
        super().__init__(f"{path} is damaged; it was set aside as {kept_as.name}, and the next start makes a new one")
        self.kept_as = kept_as


class Refusal(StrEnum):
    """Why the disk cannot be written."""

    FULL = "full"
    BROKEN = "broken"
    """Read-only, or worse."""


class WhenRefused(Enum):
    """What becomes of a transaction that the disk refuses, where the database goes on in memory (`HomeDatabase`)."""

    FAIL = auto()
    """Nothing of it is done: whoever was let in must not be put out by the next start."""

    TAKE_EFFECT = auto()
    """It is done at once, and StorageError says if that may not outlive the process: for what takes rights away."""

    GO_ON = auto()
    """It is done, and written once there is room: for what may be lost."""


class Transaction:
    """What is written together or not at all."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._afterwards: list[Callable[[], None]] = []

    async def execute(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Run one statement; return the rows that it gives (a RETURNING clause gives those it touched)."""
        return [tuple(row) for row in await self._connection.execute_fetchall(sql, parameters)]

    async def execute_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one statement for each row; the rows are drawn in SQLite's thread."""
        await self._connection.executemany(sql, rows)

    def then(self, apply: Callable[[], None]) -> None:
        """Call `apply` once this is written, before anything else is."""
        self._afterwards.append(apply)

    def apply(self) -> None:
        """Call what was given to `then`; for the database, after the commit."""
        for apply in self._afterwards:
            apply()


class Database:
    """An open database; made by `open_database`.

    Attributes:
        is_damaged: SQLite stumbled over a damaged page since it was opened.
    """

    _connection: aiosqlite.Connection

    def __init__(self, path: Path, connection: aiosqlite.Connection | None = None) -> None:
        self.path = path
        self.is_damaged = False
        self._is_over = False
        if connection is not None:
            self._connection = connection
        self._lock = asyncio.Lock()
        self._data_version: int | None = None

    @contextlib.asynccontextmanager
    async def transaction(self, when_refused: WhenRefused = WhenRefused.FAIL) -> AsyncIterator[Transaction]:
        """Write what the block says when it ends, or nothing when it raises.

        Args:
            when_refused: for databases that can go on in memory; this one cannot.

        Raises:
            StorageError: the disk refuses.
        """
        async with self._lock:
            self._check_not_over()
            transaction = Transaction(self._connection)
            with self._refusals("written"):
                try:
                    await transaction.execute("BEGIN IMMEDIATE")
                    yield transaction
                    cancelled = await to_the_end(self._connection.commit())
                except BaseException:
                    await to_the_end(self._connection.rollback())
                    raise
            transaction.apply()
            if cancelled is not None:
                raise cancelled

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Let nobody read or write any more: the block closes this database, and opens another in its place."""
        async with self._lock:
            try:
                yield
            finally:
                self._is_over = True

    def _check_not_over(self) -> None:
        if self._is_over:
            raise StorageError(f"{self.path} was just exchanged; ask again")

    async def fetch(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return the rows of a query, or raise StorageError."""
        async with self._lock:
            self._check_not_over()
            with self._refusals("read"):
                return [tuple(row) for row in await self._connection.execute_fetchall(sql, parameters)]

    async def shrink(self) -> None:
        """Give the room of what was deleted back to the disk, or raise StorageError."""
        async with self._lock:
            self._check_not_over()
            with self._refusals("shrunk"):
                # Only a script is run to its end when it gives no rows; one step frees one page.
                await self._connection.executescript("PRAGMA incremental_vacuum")

    async def is_changed_elsewhere(self) -> bool:
        """Tell whether another process wrote since this was last asked."""
        ((version,),) = await self.fetch("PRAGMA data_version")
        is_changed = self._data_version not in (None, version)
        self._data_version = version
        return is_changed

    @contextlib.contextmanager
    def _refusals(self, done: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = primary_code(error)
            if code not in REFUSALS:
                raise
            if code in DAMAGE:
                self._note_damage()
            raise StorageError(f"{self.path} cannot be {done}: {error}") from error

    def _note_damage(self) -> None:
        self.is_damaged = True


@contextlib.asynccontextmanager
async def open_database(
    path: Path, migrations: Sequence[Migration], *, is_precious: bool = True
) -> AsyncIterator[Database]:
    """Open the database, or make it; close it when the block ends.

    Args:
        is_precious: what is written must survive a power cut, not only our own end, and is checked for damage now;
            otherwise damage shows when its page is used.

    Raises:
        StartupError: it cannot be used.
        DamagedError: it was damaged.
    """
    prepare_file(path)
    if is_cut_off(path):
        raise DamagedError(path, set_aside(path))
    async with contextlib.AsyncExitStack() as stack:
        try:
            connection = await stack.enter_async_context(connected(path, is_precious=is_precious))
            await migrate(connection, path, migrations)
            database = Database(path, connection)
            await database.is_changed_elsewhere()
        except (sqlite3.DatabaseError, StorageError, _FoundDamage) as error:
            await stack.aclose()
            code = primary_code(error) if isinstance(error, sqlite3.DatabaseError) else None
            if code in DAMAGE or isinstance(error, _FoundDamage):
                raise DamagedError(path, set_aside(path)) from error
            if code is not None and code not in REFUSALS:
                raise
            raise StartupError(f"{path} cannot be used: {error}") from error
        yield database


def prepare_folder(folder: Path) -> None:
    """Make a data folder that is for its owner alone.

    An existing folder is shut only while it is empty: it may hold other things, and be meant for others.

    Raises:
        StartupError: it cannot be made or read.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = folder.stat().st_mode
        if not any(folder.iterdir()) and mode & 0o077 and not mode & stat.S_ISVTX:
            with contextlib.suppress(OSError):  # a read-only disk: nothing will be in it
                folder.chmod(0o700)
    except FileExistsError as error:
        raise StartupError(f"the data folder {folder} is not a folder") from error
    except OSError as error:
        raise StartupError(f"the data folder {folder} cannot be used: {error.strerror} ({error.filename})") from error


@contextlib.contextmanager
def rubbish_as_damage() -> Iterator[None]:
    """Raise as damage what SQLite says of a schema that is rubbish: it quotes that, and Python cannot read it."""
    try:
        yield
    except UnicodeDecodeError as error:
        damage = sqlite3.DatabaseError("its schema is no text")
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage from error


@contextlib.contextmanager
def opened(path: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """Connect this thread to a database that is there; `mode` is as in URIs of SQLite. Errors as SQLite's."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=_WAIT_FOR_OTHERS_S, isolation_level=None)
    with rubbish_as_damage(), contextlib.closing(connection):
        yield connection


def refusal_of(error: BaseException | None) -> Refusal | None:
    """Return why the disk refuses; None when it is something else that went wrong."""
    while error is not None:
        if isinstance(error, sqlite3.DatabaseError) and primary_code(error) in _DISK_CODES:
            return Refusal.FULL if primary_code(error) == sqlite3.SQLITE_FULL else Refusal.BROKEN
        if isinstance(error, OSError) and error.errno in _DISK_ERRNOS:
            return Refusal.FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else Refusal.BROKEN
        error = error.__cause__
    return None


def set_aside(path: Path) -> Path:
    """Give a closed database another name, so that a new one can be made; return that name.

    Raises:
        StartupError: the folder does not let us.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    number = 0
    while (kept_as := path.with_name(f"{path.name}.damaged-{stamp}" + (f"-{number}" if number else ""))).exists():
        number += 1
    try:
        for suffix in ("-wal", "-shm", ""):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + suffix).replace(kept_as.with_name(kept_as.name + suffix))
    except OSError as error:
        raise StartupError(f"{path} is damaged and cannot be set aside: {error.strerror}") from error
    return kept_as


@contextlib.asynccontextmanager
async def connected(path: Path, *, is_precious: bool, is_checked: bool = False) -> AsyncIterator[aiosqlite.Connection]:
    """Connect to a file that is there; `is_checked` says that it was looked at for damage. Errors as SQLite's."""
    async with aiosqlite.connect(path, timeout=_WAIT_FOR_OTHERS_S, isolation_level=None) as connection:
        with rubbish_as_damage():
            await _set_up(connection, is_precious=is_precious, is_checked=is_checked)
        yield connection


class _FoundDamage(Exception):  # noqa: N818  # never leaves this module
    """`PRAGMA quick_check` found something."""


async def _set_up(connection: aiosqlite.Connection, *, is_precious: bool, is_checked: bool) -> None:
    if list(await connection.execute_fetchall("PRAGMA page_count")) == [(0,)]:
        # Freed pages can be given back only when that is said before the first table.
        await connection.execute_fetchall("PRAGMA auto_vacuum = INCREMENTAL")
    await _use_wal(connection)
    await connection.execute_fetchall(f"PRAGMA synchronous = {'FULL' if is_precious else 'NORMAL'}")
    await connection.execute_fetchall("PRAGMA journal_size_limit = 4194304")
    await connection.execute_fetchall("PRAGMA foreign_keys = ON")
    if is_precious and not is_checked and list(await connection.execute_fetchall("PRAGMA quick_check(1)")) != [("ok",)]:
        raise _FoundDamage


async def _use_wal(connection: aiosqlite.Connection) -> None:
    """Turn WAL on; whoever turns it on at the same time makes SQLite refuse instead of wait."""
    give_up_at = time.monotonic() + _WAIT_FOR_OTHERS_S
    while True:
        try:
            await connection.execute_fetchall("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() >= give_up_at:
                raise
            await asyncio.sleep(0.01)
        else:
            return


async def migrate(connection: aiosqlite.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    if await _version(connection, path, migrations) == len(migrations):
        return
    await connection.execute_fetchall("BEGIN IMMEDIATE")
    # Another process may have been quicker: only now it cannot be any more.
    for statements in migrations[await _version(connection, path, migrations) :]:
        for statement in statements:
            await connection.execute_fetchall(statement)
    await connection.execute_fetchall(f"PRAGMA user_version = {len(migrations)}")
    await connection.commit()


async def _version(connection: aiosqlite.Connection, path: Path, migrations: Sequence[Migration]) -> int:
    ((version,),) = await connection.execute_fetchall("PRAGMA user_version")
    if not 0 <= version <= len(migrations):
        raise StartupError(f"{path} was written by a newer version of the program (schema {version}); update this one")
    return int(version)


def prepare_file(path: Path) -> None:
    """Make the folder and the file ours alone; errors as `prepare_folder`."""
    folder = path.parent
    prepare_folder(folder)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise StartupError(f"the data folder {folder} cannot be used: {error.strerror} ({error.filename})") from error


def is_cut_off(path: Path) -> bool:
    """Tell whether a database lost all but its newest changes; SQLite would take it for a new one and drop those."""
    changes = path.with_name(f"{path.name}-wal")
    return path.stat().st_size == 0 and changes.exists() and changes.stat().st_size > 0


def primary_code(error: sqlite3.DatabaseError) -> int | None:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


async def to_the_end(work: Coroutine[Any, Any, None]) -> asyncio.CancelledError | None:
    """Await what must not be left half done; return the cancellation that came meanwhile, to be raised then."""
    task = asyncio.ensure_future(work)
    cancelled = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    return cancelled
