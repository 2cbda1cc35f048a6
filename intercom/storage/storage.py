"""All that a home keeps, opened together, and what has to be done for it while the program runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

from intercom.home.home import Home
from intercom.home.trouble import Trouble, TroubleKind
from intercom.storage import erasing
from intercom.storage.access import Access, load_access
from intercom.storage.alone import alone
from intercom.storage.audit import AuditEvent
from intercom.storage.contents import HISTORY, HOME, close_to_others
from intercom.storage.database import Database, Refusal, StorageError, WhenRefused, prepare_folder
from intercom.storage.history import History, open_history
from intercom.storage.home_database import TRY_AGAIN_S, HomeDatabase, open_home
from intercom.storage.layout import Layout
from intercom.storage.registry import Registry
from intercom.storage.release_index import ReleaseMarks
from intercom.storage.rescue import RESTORED
from intercom.storage.schema import HOME as HOME_TABLES
from intercom.storage.unfinished import finish_interrupted

CATCH_UP_EVERY_S: Final = 0.5
WRITE_EVERY_S: Final = 60.0
TOLD_BEHIND_S: Final = 60.0
"""A machine's clock that is found so far behind stands in the audit log."""

_DAMAGE_TROUBLES: Final = {
    "whole": TroubleKind.RESTORED,
    "doubtful": TroubleKind.RESTORED_IN_DOUBT,
    "anew": TroubleKind.BEGUN_ANEW,
}
DISK_TROUBLES: Final = {
    Refusal.FULL: Trouble(kind=TroubleKind.DISK_FULL),
    Refusal.BROKEN: Trouble(kind=TroubleKind.DISK_BROKEN),
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage(Access):
    """What outlives the process; made by `open_storage`.

    Attributes:
        to_be_erased: set when nothing of the home is to be left once it is closed.
    """

    layout: Layout
    registry: Registry
    history: History
    release_marks: ReleaseMarks
    database: HomeDatabase = field(repr=False)
    home: Home = field(repr=False)
    to_be_erased: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _has_news: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    async def run(self) -> None:
        """Look after it until cancelled.

        Twice a second: what another process did. Once a minute, when there is something: everything that may wait is
        written. At any time: devices are placed in the areas that they name, and residents are told what is the matter
        with the disk.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self.database.run())
            group.create_task(self._mind_database())
            group.create_task(self.history.run())
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
        async with self.database.transaction(WhenRefused.GO_ON) as transaction:
            await self.sessions.write_seen(transaction)
            await self.clock.write(transaction)

    async def end_notice(self) -> None:
        """Take note that a resident has read that the home was restored."""
        async with self.database.transaction(WhenRefused.GO_ON) as transaction:
            await transaction.execute("DELETE FROM identity WHERE name = ?", (RESTORED,))
            transaction.then(lambda: self.home.set_trouble("damage", None))

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

    async def begin_to_tell(self) -> None:
        """Let residents know how the disk is, from now on, and what happened to the database until now."""
        self.database.on_care = self._on_care
        self._tell_refusal()
        await self._tell_damage()

    def _on_care(self) -> None:
        self._tell_refusal()
        self._has_news.set()

    def _tell_refusal(self) -> None:
        refusal = self.database.refusal
        self.home.set_trouble("database", None if refusal is None else DISK_TROUBLES[refusal])

    async def _tell_damage(self) -> None:
        found = self.database.take_found()
        if found is not None and found.restored_to is None:
            async with self.database.transaction(WhenRefused.GO_ON) as transaction:
                await transaction.execute(
                    "INSERT OR REPLACE INTO identity (name, value) VALUES (?, ?)", (RESTORED, f"{time.time()} anew")
                )
        rows = await self.database.fetch("SELECT value FROM identity WHERE name = ?", (RESTORED,))
        for (said,) in rows:
            at, _, how = said.partition(" ")
            self.home.set_trouble("damage", Trouble(kind=_DAMAGE_TROUBLES[how], at=float(at)))

    async def _mind_database(self) -> None:
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            try:
                await self._tell_damage()
                await self.sessions.read_again()
            except StorageError as error:
                _log.warning("%s", error)

    async def _catch_up(self) -> None:
        while True:
            await asyncio.sleep(CATCH_UP_EVERY_S)
            try:
                if await self.sessions.catch_up():
                    await self.pin.catch_up()
            except StorageError as error:
                _log.warning("%s", error)
                await asyncio.sleep(WRITE_EVERY_S)

    async def _write_now_and_then(self) -> None:
        has_warned = False
        while True:
            await asyncio.sleep(TRY_AGAIN_S if has_warned else WRITE_EVERY_S)
            try:
                await self.write()
                has_warned = False
            except StorageError as error:
                if not has_warned:
                    _log.warning("%s", error)
                has_warned = True


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
        open_home(folder / HOME, HOME_TABLES, is_owner=True) as database,
        open_history(folder / HISTORY, home, max_days=history_days, max_mb=history_mb) as history,
    ):
        access = await load_access(database)
        await _begin_a_run(database, access)
        layout = Layout(database, home)
        await layout.load()
        storage = Storage(
            **{each.name: getattr(access, each.name) for each in fields(access)},
            layout=layout,
            registry=Registry(database),
            history=history,
            release_marks=ReleaseMarks(database),
            database=database,
            home=home,
        )
        await storage.begin_to_tell()
        try:
            yield storage
        finally:
            try:
                await storage.write_last()
            except StorageError as error:
                _log.warning("who was seen last is not written: %s", error)


async def _begin_a_run(database: Database, access: Access) -> None:
    """Write down when this run began, so that none begins before it; somebody may have set the clock back."""
    clock = access.clock
    async with database.transaction(WhenRefused.GO_ON) as transaction:
        await clock.write(transaction)
        if clock.behind_s >= TOLD_BEHIND_S:
            detail = f"{clock.behind_s:.0f} s"
            await access.audit.add(AuditEvent.CLOCK, detail=detail, transaction=transaction)


@contextlib.asynccontextmanager
async def open_home_database(folder: Path) -> AsyncIterator[Database]:
    """Open what must not be lost, all but the history, beside an intercom that may run; errors as `open_storage`."""
    finish_interrupted(folder)
    async with open_home(folder / HOME, HOME_TABLES, is_owner=False) as database:
        yield database
