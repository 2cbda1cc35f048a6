"""All that a home keeps, opened together, and what has to be done for it while the program runs."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from intercom.home.errors import StartupError
from intercom.home.home import Home
from intercom.storage.accounts import Accounts
from intercom.storage.audit import Audit, AuditEvent
from intercom.storage.clock import HomeClock
from intercom.storage.database import Database, StorageError, open_database
from intercom.storage.history import History, open_history
from intercom.storage.identity import load_home_id
from intercom.storage.layout import Layout
from intercom.storage.passwords import Passwords
from intercom.storage.pin import OwnerPin
from intercom.storage.registry import Registry
from intercom.storage.schema import HOME
from intercom.storage.sessions import Sessions
from intercom.storage.spent import Spent
from intercom.storage.tokens import Tokens
from intercom.storage.wrong_tries import WrongTries

CATCH_UP_EVERY_S: Final = 0.5
WRITE_EVERY_S: Final = 60.0
TOLD_BEHIND_S: Final = 60.0
"""A machine's clock that is found so far behind stands in the audit log."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """What outlives the process; made by `open_storage`.

    Attributes:
        home_id: names the home in tokens and to the ancestor's clients (`api_serial`).
    """

    home_id: str
    clock: HomeClock
    audit: Audit
    sessions: Sessions
    tokens: Tokens
    accounts: Accounts
    pin: OwnerPin
    spent: Spent
    wrong_tries: WrongTries
    layout: Layout
    registry: Registry
    history: History
    database: Database = field(repr=False)

    async def run(self) -> None:
        """Look after it until cancelled.

        Twice a second: what another process did. Once a minute, when there is something: everything that may wait is
        written. At any time: devices are placed in the areas that they name.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self.layout.run())
            group.create_task(self._catch_up())
            group.create_task(self._write_now_and_then())

    async def write(self) -> None:
        """Write what may wait, or raise StorageError."""
        await self.write_seen()
        await self.history.write()

    async def write_seen(self) -> None:
        """Write which clients were seen and, since that is a write anyway, the time."""
        self.sessions.see_present()
        if self.sessions.has_unwritten:
            await self.write_last()

    async def write_last(self) -> None:
        """Write who was seen, and in any case the time, which the next run does not go behind."""
        async with self.database.transaction() as transaction:
            await self.sessions.write_seen(transaction)
            await self.clock.write(transaction)

    async def _catch_up(self) -> None:
        while True:
            await asyncio.sleep(CATCH_UP_EVERY_S)
            try:
                await self.sessions.catch_up()
            except StorageError as error:
                _log.warning("%s", error)
                await asyncio.sleep(WRITE_EVERY_S)

    async def _write_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            try:
                await self.write()
            except StorageError as error:
                _log.warning("%s", error)


@contextlib.asynccontextmanager
async def open_storage(folder: Path, home: Home, *, history_days: int, history_mb: int) -> AsyncIterator[Storage]:
    """Open everything below `folder` and give the home its areas; write and close when the block ends.

    Raises:
        StartupError: the folder or a file in it cannot be used; one clear line.
    """
    async with (
        open_home_database(folder) as database,
        _alone(folder),
        open_history(folder / "history.db", home, max_days=history_days, max_mb=history_mb) as history,
    ):
        home_id = await load_home_id(database)
        clock = await HomeClock.load(database)
        audit = Audit(database)
        await _begin_a_run(database, clock, audit)
        sessions = await Sessions.load(database, audit=audit, clock=clock.now)
        wrong_tries = await WrongTries.load(database, clock)
        passwords = Passwords()
        layout = Layout(database, home)
        await layout.load()
        storage = Storage(
            home_id=home_id,
            clock=clock,
            audit=audit,
            sessions=sessions,
            tokens=Tokens(home_id=home_id, sessions=sessions, clock=clock.now),
            accounts=Accounts(
                database,
                sessions=sessions,
                audit=audit,
                wrong_tries=wrong_tries,
                passwords=passwords,
                clock=clock.now,
            ),
            pin=await OwnerPin.load(database, audit=audit, passwords=passwords, clock=clock),
            spent=Spent(database),
            wrong_tries=wrong_tries,
            layout=layout,
            registry=Registry(database),
            history=history,
            database=database,
        )
        try:
            yield storage
        finally:
            try:
                await storage.write_last()
            except StorageError as error:
                _log.warning("who was seen last is not written: %s", error)


async def _begin_a_run(database: Database, clock: HomeClock, audit: Audit) -> None:
    """Write down when this run began, so that none begins before it; somebody may have set the clock back."""
    async with database.transaction() as transaction:
        await clock.write(transaction)
        if clock.behind_s >= TOLD_BEHIND_S:
            detail = f"{clock.behind_s:.0f} s"
            await audit.add(AuditEvent.CLOCK, detail=detail, transaction=transaction)


@contextlib.asynccontextmanager
async def _alone(folder: Path) -> AsyncIterator[None]:
    """Keep a second program from the folder while the block lasts; the lock goes with the process, however it ends."""
    path = folder / "running.lock"
    try:
        file = path.open("w")
    except OSError as error:
        raise StartupError(f"{path} cannot be written: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StartupError(f"another intercom is running on {folder}; choose another with --data-dir") from None
        path.chmod(0o600)
        yield


def open_home_database(folder: Path) -> contextlib.AbstractAsyncContextManager[Database]:
    """Open what must not be lost, all but the history; errors as `open_storage`."""
    return open_database(folder / "intercom.db", HOME)
