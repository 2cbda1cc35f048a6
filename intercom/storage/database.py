"""One SQLite file in WAL mode: opened, checked and brought to today's schema; then transactions and reads, in order.

Knows no table. SQLite runs in a thread of its own, one statement after the other; a lock keeps the statements of a
transaction together, and reads wait for it, so nobody sees half of one. What a transaction decided is applied to memory
by `Transaction.then`, right after the commit and before anybody else may write: memory and file never differ, even when
the caller is cancelled while the commit is under way.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from intercom.home.errors import IntercomError

Row = tuple[Any, ...]


class StorageError(IntercomError):
    """The disk refuses: it is full, broken or read-only; nothing was written."""

    code: ClassVar[str] = "storage"
    status: ClassVar[int] = 507


class Transaction:
    """What is written together or not at all."""

    async def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run one statement; return the rows that it gives (a RETURNING clause gives those it touched)."""
        raise NotImplementedError

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row; the rows are drawn in SQLite's thread."""
        raise NotImplementedError

    def then(self, apply: Callable[[], None]) -> None:
        """Call `apply` once this is written, before anything else is."""
        raise NotImplementedError


class Database:
    """An open database; made by `open_database`."""

    path: Path

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Write what the block says when it ends, or nothing when it raises.

        Raises:
            StorageError: the disk refuses.
        """
        raise NotImplementedError
        yield

    async def fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Return the rows of a query, or raise StorageError."""
        raise NotImplementedError

    async def is_changed_elsewhere(self) -> bool:
        """Tell whether another process wrote since this was last asked."""
        raise NotImplementedError


@contextlib.asynccontextmanager
async def open_database(path: Path, migrations: Sequence[str]) -> AsyncIterator[Database]:
    """Open the database, or make it; close it when the block ends.

    Raises:
        StartupError: it cannot be used; when it is damaged, it was set aside, and the next try makes a new one.
    """
    raise NotImplementedError
    yield
