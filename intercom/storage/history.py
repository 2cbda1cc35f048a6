"""What happened to the home's devices, in a file of its own: the newest that fit a number of days and a size.

A watcher of the home puts each change into memory; once a minute, and at the end, they are written in one transaction.
How much of a lively capability is kept is bounded for each minute: its first changes and always its last state, which
is read from the home only when it is written. So thousands of changes a second cost a look-up each and no memory.
Secret texts and pictures are never kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiosqlite
import msgspec

from intercom.home.capabilities import HAPPENINGS, Capability, CapabilityId, Category, Image, Sensor, State, Text
from intercom.home.errors import InvalidInputError, StartupError
from intercom.home.home import Home
from intercom.home.model import Change, ChangeKind, Device, DeviceId, Trust
from intercom.home.trouble import Trouble, TroubleKind
from intercom.storage.database import (
    DamagedError,
    Database,
    Refusal,
    Row,
    StorageError,
    Transaction,
    WhenRefused,
    migrate,
    open_database,
    refusal_of,
    set_aside,
)
from intercom.storage.schema import HISTORY

MOST_ASKED: Final = 1000
BUFFERED_AT_MOST: Final = 20_000
TIDY_EVERY_S: Final = 3600.0
LOOK_EVERY_S: Final = 2.0

_TIDIED_AT_ONCE: Final = 50_000
_FULL: Final = 0.9
"""Tidied from this share of the permitted size on, so that the file itself stays within it."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change.

    Attributes:
        at: seconds since the epoch.
        state: the fields of the capability's state that were known, as JSON has them.
    """

    at: float
    capability_id: CapabilityId
    state: dict[str, Any]


@dataclass(slots=True)
class _Subject:
    """A capability of which changes are kept.

    Attributes:
        left: so many more changes are kept before the next writing, and then the last state.
        last: the state that was kept last.
    """

    device_id: DeviceId
    capability: Capability
    is_happening: bool
    allowance: int
    left: int
    last: State | None = None
    has_more: bool = False


_Kept = tuple[_Subject, float, State]


class History:
    """The history of one home; made by `open_history`."""

    def __init__(self, path: Path, home: Home, *, max_days: int, max_mb: int, clock: Callable[[], float]) -> None:
        """Nothing is opened; `open` does. `clock` gives seconds since the epoch."""
        self._path = path
        self._database: Database
        self._opened = contextlib.AsyncExitStack()
        self._home = home
        self._max_age_s = max_days * 86400.0
        self._max_bytes = max_mb * 1_000_000
        self._clock = clock
        self._devices: dict[DeviceId, Device] = {}
        self._subjects: dict[DeviceId, dict[CapabilityId, _Subject | None]] = {}
        self._kept: list[_Kept] = []
        self._more: list[_Subject] = []
        self._tidied_at: float | None = None
        self._has_warned = False

    async def open(self) -> None:
        """Open the file; what is damaged is set aside, and what cannot be written is done without.

        Raises:
            StartupError: the file cannot be used.
        """
        try:
            try:
                self._database = await self._opened.enter_async_context(self._file())
            except DamagedError as error:
                _log.warning("the history is damaged and begins anew; the old one is kept as %s", error.kept_as)
                self._database = await self._opened.enter_async_context(self._file())
        except StartupError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            if not self._has_warned:  # it is tried again every few seconds, maybe for weeks
                self._has_warned = True
                _log.warning("the history cannot be written, and begins in memory: %s", error)
            self._database = await self._opened.enter_async_context(_stand_in(self._path))
            self._tell(refusal)
            return
        self._has_warned = False
        self._tell(None)

    async def close(self) -> None:
        """Write what is in memory and close the file."""
        try:
            await self.write()
        except StorageError as error:
            _log.warning("the latest changes are not in the history: %s", error)
        await self._opened.aclose()
        if self._database.is_damaged:
            _log.warning("the history is damaged; it is kept as %s, and the next start begins anew", self._set_aside())

    async def run(self) -> None:
        """Begin anew when the file turns out damaged, and use it once that is possible, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look_after()

    async def look_after(self) -> None:
        """Do what `run` does, once."""
        database = self._database
        if not database.is_damaged and not isinstance(database, _StandIn):
            return
        async with database.alone():
            await self._opened.aclose()
            try:
                if database.is_damaged:
                    _log.warning("the history is damaged and begins anew; the old one is kept as %s", self._set_aside())
                await self.open()
            except StartupError as error:
                _log.warning("%s", error)
                self._database = await self._opened.enter_async_context(_stand_in(self._path))

    def _file(self) -> contextlib.AbstractAsyncContextManager[Database]:
        return open_database(self._path, HISTORY, is_precious=False)

    def _set_aside(self) -> Path:
        return set_aside(self._path)

    def _tell(self, refusal: Refusal | None) -> None:
        kind = TroubleKind.DISK_FULL if refusal is Refusal.FULL else TroubleKind.DISK_BROKEN
        self._home.set_trouble("history", None if refusal is None else Trouble(kind=kind))

    def note(self, change: Change) -> None:
        """Keep a change of the home; its watcher, called with every single one."""
        kind = change.kind
        if kind is ChangeKind.DEVICE or kind is ChangeKind.REMOVED:
            self._look_again(change)
        if kind is not ChangeKind.STATE and kind is not ChangeKind.EVENT:
            return
        device_id, capability_id = change.device_id, change.capability_id
        assert device_id is not None and capability_id is not None
        try:
            subject = self._subjects[device_id][capability_id]
        except KeyError:
            subject = self._new_subject(device_id, capability_id)
        if subject is None or (subject.is_happening and kind is not ChangeKind.EVENT):
            return
        if not subject.left or len(self._kept) >= BUFFERED_AT_MOST:
            if not subject.has_more:
                subject.has_more = True
                self._more.append(subject)
            return
        state = self._home.held(device_id)[capability_id].state
        if state is not subject.last:  # else something is wanted of it, or it cannot be reached
            subject.left -= 1
            subject.last = state
            self._kept.append((subject, self._clock(), state))

    async def query(
        self,
        device_id: DeviceId,
        *,
        capability_id: CapabilityId | None = None,
        since: float | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """Return the latest changes of a device, the newest first, including those that are not written yet.

        Raises:
            InvalidInputError: `limit` is not 1 to `MOST_ASKED`.
        """
        if not 1 <= limit <= MOST_ASKED:
            raise InvalidInputError(f"expected a limit from 1 to {MOST_ASKED}")
        since = 0.0 if since is None else since
        rows = await self._database.fetch(
            """SELECT changes.at, capability_id, state
                FROM subjects JOIN changes ON changes.id IN (
                    SELECT id FROM changes WHERE subject_id = subjects.id AND at >= :since
                        ORDER BY at DESC, id DESC LIMIT :limit
                )
                WHERE device_id = :device AND (:capability IS NULL OR capability_id = :capability)
                ORDER BY changes.at, changes.id""",
            {"device": device_id, "capability": capability_id, "since": since, "limit": limit},
        )
        entries = list(_entries(rows))
        latest = {entry.capability_id: entry.state for entry in entries}
        for subject, at, state in (*self._kept, *self._last_states(self._more)):
            changed = subject.capability.id
            if subject.device_id == device_id and capability_id in (None, changed) and at >= since:
                fields = msgspec.json.decode(_encoded(state))
                if subject.is_happening or latest.get(changed, {}) != fields:
                    latest[changed] = fields
                    entries.append(Entry(at=at, capability_id=changed, state=fields))
        entries.sort(key=lambda entry: entry.at)
        return entries[: -limit - 1 : -1]

    async def forget(self, device_id: DeviceId | None = None) -> None:
        """Erase the history of one device, or all of it."""
        async with self._database.transaction() as transaction:
            await transaction.execute(
                """DELETE FROM changes WHERE :device IS NULL
                    OR subject_id IN (SELECT id FROM subjects WHERE device_id = :device)""",
                {"device": device_id},
            )
            await transaction.execute(
                "DELETE FROM subjects WHERE :device IS NULL OR device_id = :device", {"device": device_id}
            )
            transaction.then(lambda: self._forget_unwritten(device_id))
        await self._database.shrink()

    async def write(self) -> None:
        """Write what is in memory, and drop what is too old or too much; StorageError when the disk refuses."""
        self._keep_more()
        now = self._clock()
        is_untidy = self._tidied_at is None or now - self._tidied_at >= TIDY_EVERY_S
        kept = self._kept[:]
        if not kept and not is_untidy:
            return
        try:
            async with self._database.transaction() as transaction:
                await self._insert(transaction, kept)
                is_too_large = await self._tidy(transaction, now)
                transaction.then(lambda: self._written(len(kept), now))
        except StorageError as error:
            refusal = refusal_of(error)
            if refusal is not None:
                self._tell(refusal)
            raise
        self._tell(None)
        if is_too_large:
            await self._database.shrink()

    # Inside

    def _look_again(self, change: Change) -> None:
        """Forget the capabilities of a device that was withdrawn or announced with a new description."""
        device_id = change.device_id
        assert device_id is not None
        device = self._home.device(device_id) if self._home.has(device_id) else None
        if device is not None and self._devices.get(device_id) is device:
            return
        self._devices.pop(device_id, None)
        self._subjects.pop(device_id, None)

    def _new_subject(self, device_id: DeviceId, capability_id: CapabilityId) -> _Subject | None:
        capability = self._home.capability(device_id, capability_id)
        allowance = _allowance(capability)
        subject = None
        if allowance is not None:
            subject = _Subject(device_id, capability, isinstance(capability, HAPPENINGS), allowance, allowance)
        self._devices[device_id] = self._home.device(device_id)
        self._subjects.setdefault(device_id, {})[capability_id] = subject
        return subject

    def _keep_more(self) -> None:
        """Keep the last state of those that changed more often than they may, as far as there is room."""
        more = self._more[: max(0, BUFFERED_AT_MOST - len(self._kept))]
        del self._more[: len(more)]
        for subject, at, state in self._last_states(more):
            subject.last = state
            self._kept.append((subject, at, state))
        for subject in more:
            subject.has_more = False

    def _last_states(self, subjects: Iterable[_Subject]) -> Iterator[_Kept]:
        for subject in subjects:
            if self._home.has(subject.device_id):
                held = self._home.held(subject.device_id).get(subject.capability.id)
                if held is not None and held.state is not subject.last:
                    reported_at = held.reported_at if held.trust is Trust.CONFIRMED else None
                    yield subject, self._clock() if reported_at is None else reported_at, held.state

    async def _insert(self, transaction: Transaction, kept: Sequence[_Kept]) -> None:
        await transaction.execute_many(
            "INSERT OR IGNORE INTO subjects (device_id, capability_id) VALUES (?, ?)",
            {(subject.device_id, subject.capability.id) for subject, _, _ in kept},
        )
        # A condition that is the same as before is no news: after each start, devices report what they last reported.
        await transaction.execute_many(
            """INSERT INTO changes (subject_id, at, state)
                SELECT id, :at, :state FROM subjects WHERE device_id = :device AND capability_id = :capability
                    AND (:is_happening OR :state <> COALESCE((
                        SELECT state FROM changes WHERE subject_id = subjects.id
                            ORDER BY at DESC, changes.id DESC LIMIT 1
                    ), '{}'))""",
            _rows(kept),
        )

    async def _tidy(self, transaction: Transaction, now: float) -> bool:
        """Drop the oldest changes, a bounded number at a time; tell whether the file is larger than it may be."""
        ((lowest, highest),) = await transaction.execute("SELECT MIN(id), MAX(id) FROM changes")
        if lowest is None:
            return False
        young = await transaction.execute(
            "SELECT id FROM changes WHERE at >= ? ORDER BY id LIMIT 1", (now - self._max_age_s,)
        )
        first_kept = young[0][0] if young else highest + 1
        ((page_bytes,),) = await transaction.execute("PRAGMA page_size")
        ((pages,),) = await transaction.execute("PRAGMA page_count")
        ((free_pages,),) = await transaction.execute("PRAGMA freelist_count")
        share = (pages - free_pages) * page_bytes / (self._max_bytes * _FULL)
        if share > 1:
            first_kept = max(first_kept, lowest + int((highest - lowest + 1) * (1 - 1 / share)) + 1)
        await transaction.execute("DELETE FROM changes WHERE id < ?", (min(first_kept, lowest + _TIDIED_AT_ONCE),))
        return bool(pages * page_bytes > self._max_bytes)

    def _written(self, number: int, now: float) -> None:
        del self._kept[:number]
        self._tidied_at = now
        for subjects in self._subjects.values():
            for subject in subjects.values():
                if subject is not None:
                    subject.left = subject.allowance

    def _forget_unwritten(self, device_id: DeviceId | None) -> None:
        self._kept = [] if device_id is None else [kept for kept in self._kept if kept[0].device_id != device_id]


@contextlib.asynccontextmanager
async def open_history(
    path: Path, home: Home, *, max_days: int, max_mb: int, clock: Callable[[], float] = time.time
) -> AsyncIterator[History]:
    """Open the history and watch the home while the block lasts; at its end everything is written.

    A damaged history is set aside and a new one begun; that is worth a warning, not a refusal to start.

    Raises:
        StartupError: the file cannot be used.
    """
    history = History(path, home, max_days=max_days, max_mb=max_mb, clock=clock)
    await history.open()
    try:
        with home.watched_by(history.note):
            yield history
    finally:
        await history.close()


class _StandIn(Database):
    """An empty history for as long as the file cannot be used."""

    @contextlib.asynccontextmanager
    async def transaction(self, when_refused: WhenRefused = WhenRefused.FAIL) -> AsyncIterator[Transaction]:
        raise StorageError(f"{self.path} cannot be written")
        yield


@contextlib.asynccontextmanager
async def _stand_in(path: Path) -> AsyncIterator[Database]:
    async with aiosqlite.connect(":memory:", isolation_level=None) as connection:
        await migrate(connection, path, HISTORY)
        yield _StandIn(path, connection)


def _entries(rows: Iterable[Row]) -> Iterator[Entry]:
    """Give what rows say; one that was damaged says nothing."""
    for at, capability_id, state in rows:
        with contextlib.suppress(msgspec.DecodeError, UnicodeError):
            fields = msgspec.json.decode(state)
            if isinstance(fields, dict):
                yield Entry(at=at, capability_id=CapabilityId(capability_id), state=fields)


def _allowance(capability: Capability) -> int | None:
    """Return how many changes of a capability are kept each minute beside the last; None when none is ever kept."""
    if isinstance(capability, Image) or (isinstance(capability, Text) and capability.is_secret):
        return None
    if capability.category is Category.DIAGNOSTIC:
        return 0
    if isinstance(capability, Sensor) and capability.unit is not None:
        return 3
    return 20


def _rows(kept: Sequence[_Kept]) -> Iterator[dict[str, object]]:
    for subject, at, state in kept:
        yield {
            "device": subject.device_id,
            "capability": subject.capability.id,
            "at": at,
            "state": _encoded(state).decode(),
            "is_happening": subject.is_happening,
        }


def _encoded(state: State) -> bytes:
    fields: dict[str, Any] = msgspec.to_builtins(state)
    return msgspec.json.encode({name: value for name, value in fields.items() if value is not None})
