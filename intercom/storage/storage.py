"""All that a home keeps, opened together, and what has to be done for it while the program runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from intercom.home.home import Home
from intercom.storage import erasing
from intercom.storage.accounts import Accounts
from intercom.storage.alone import alone
from intercom.storage.audit import Audit, AuditEvent
from intercom.storage.clock import HomeClock
from intercom.storage.contents import close_to_others
from intercom.storage.database import Database, StorageError, open_database, prepare_folder
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
from intercom.storage.unfinished import finish_interrupted
from intercom.storage.wrong_tries import WrongTries

CATCH_UP_EVERY_S: Final = 0.5
WRITE_EVERY_S: Final = 60.0
BEHIND_S: Final = 300.0
"""A clock that is set back further than this is told in the audit log."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """What outlives the process; made by `open_storage`.

    Attributes:
        home_id: names the home in tokens and to the ancestor's clients (`api_serial`).
        to_be_erased: set when nothing of the home is to be left once it is closed.
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
    to_be_erased: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

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
            async with self.database.transaction() as transaction:
                await self.sessions.write_seen(transaction)
                await self.clock.write(transaction)

    async def begin_erasing(self) -> None:
        """Decide that the home is erased when it is closed, or by the next start; end every session at once."""
        self.to_be_erased.set()
        try:
            await asyncio.to_thread(erasing.mark, self.database.path.parent)
        except OSError as error:
            _log.warning("the home is erased, but not if that is interrupted: %s", error.strerror)
        try:
            await self.sessions.remove_all()
        except StorageError as error:
            _log.warning("%s", error)

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

    What was interrupted is finished first, and a home that is to be erased is, when all else of it has ended.

    Raises:
        StartupError: the folder or a file in it cannot be used; one clear line.
    """
    prepare_folder(folder)
    with alone(folder):
        finish_interrupted(folder, is_alone=True)
        close_to_others(folder)
        is_to_be_erased = False
        try:
            async with _opened(folder, home, history_days=history_days, history_mb=history_mb) as storage:
                try:
                    yield storage
                finally:
                    is_to_be_erased = storage.to_be_erased.is_set()
        finally:
            if is_to_be_erased:
                erasing.erase_home(folder)


@contextlib.asynccontextmanager
async def _opened(folder: Path, home: Home, *, history_days: int, history_mb: int) -> AsyncIterator[Storage]:
    async with (
        open_database(folder / "intercom.db", HOME) as database,
        open_history(folder / "history.db", home, max_days=history_days, max_mb=history_mb) as history,
    ):
        home_id = await load_home_id(database)
        clock = await HomeClock.load(database)
        audit = Audit(database)
        if clock.behind_s > BEHIND_S:
            await audit.add(AuditEvent.CLOCK, detail=f"{clock.behind_s:.0f} s")
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
                await storage.write_seen()
            except StorageError as error:
                _log.warning("who was seen last is not written: %s", error)


@contextlib.asynccontextmanager
async def open_home_database(folder: Path) -> AsyncIterator[Database]:
    """Open what must not be lost, all but the history, beside an intercom that may run; errors as `open_storage`."""
    finish_interrupted(folder)
    async with open_database(folder / "intercom.db", HOME) as database:
        yield database
