"""The owner's PIN for the panel, hashed, and the wrong tries at it: both outlive the process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from intercom.home.pin import PinTries, WrongPinError, checked_pin
from intercom.storage.audit import Audit, AuditEvent
from intercom.storage.clock import HomeClock
from intercom.storage.database import Database, WhenRefused
from intercom.storage.passwords import Passwords


class OwnerPin:
    """The PIN.

    Attributes:
        is_set: there is one; without it the panel's settings are open.
    """

    def __init__(self, database: Database, *, audit: Audit, passwords: Passwords, clock: HomeClock) -> None:
        """Nothing is read; `load` does."""
        self._database = database
        self._audit = audit
        self._passwords = passwords
        self._clock = clock
        self._hash: str | None = None
        self._read_last: str | None = None
        self._tries = PinTries()
        self._turn = asyncio.Lock()
        self._watchers: list[Callable[[], None]] = []

    @classmethod
    async def load(cls, database: Database, *, audit: Audit, passwords: Passwords, clock: HomeClock) -> OwnerPin:
        """Read it."""
        pin = cls(database, audit=audit, passwords=passwords, clock=clock)
        for hash_, tries in await pin._read():
            pin._hash = pin._read_last = hash_
            pin._tries = tries
        return pin

    async def catch_up(self) -> None:
        """See whether another process chose another PIN; then the tries at it begin anew as well."""
        for hash_, tries in await self._read():
            if hash_ != self._read_last:  # else it is what it was, and the one chosen here could not be written
                self._read_last = hash_
                self._take(hash_, tries)

    @contextlib.contextmanager
    def watched_by(self, watcher: Callable[[], None]) -> Iterator[None]:
        """Call `watcher` whenever another PIN was chosen, by whomever, while the block lasts."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)

    @property
    def is_set(self) -> bool:
        return self._hash is not None

    @property
    def wait_s(self) -> float:
        """How long the next try has to wait."""
        return max(0.0, self._tries.waits_until - self._clock.steady())

    async def choose(self, pin: str, *, by: str = "panel", address: str = "") -> None:
        """Set another PIN; who may is the caller's part. InvalidInputError for what is no good PIN."""
        hash_ = await self._passwords.hash(checked_pin(pin))
        async with self._database.transaction(WhenRefused.TAKE_EFFECT) as transaction:
            await transaction.execute(
                "INSERT OR REPLACE INTO owner_pin (only_row, hash, wrong, waits_until) VALUES (1, ?, 0, 0)", (hash_,)
            )
            await self._audit.add(AuditEvent.PIN_CHANGED, who=by, address=address, transaction=transaction)
            transaction.then(lambda: self._take(hash_, PinTries()))

    async def check(self, pin: str) -> None:
        """Return when it is right.

        Raises:
            WrongPinError: it is not.
            WaitError: too many were not; this one was not looked at.
        """
        async with self._turn:  # so that several at once are no more tries than several in turn
            self._tries.check(self._clock.steady())
            if self._hash is not None and await self._passwords.is_right(pin[:64], self._hash):
                if self._tries.wrong:
                    await self._keep(PinTries(), None)
                return
            await self._keep(self._tries.after_wrong(self._clock.steady()), AuditEvent.WRONG_PIN)
            raise WrongPinError("this is not the owner's PIN")

    async def _read(self) -> list[tuple[str | None, PinTries]]:
        """Return the one row, or none."""
        rows = await self._database.fetch("SELECT hash, wrong, waits_until FROM owner_pin")
        return [(hash_, PinTries(wrong=wrong, waits_until=waits_until)) for hash_, wrong, waits_until in rows]

    async def _keep(self, tries: PinTries, event: AuditEvent | None) -> None:
        """Write the tries down, and leave the hash: another process may just have changed it."""
        async with self._database.transaction(WhenRefused.GO_ON) as transaction:  # a try counts, written down or not
            await transaction.execute(
                """INSERT INTO owner_pin (only_row, wrong, waits_until) VALUES (1, ?, ?)
                    ON CONFLICT DO UPDATE SET wrong = excluded.wrong, waits_until = excluded.waits_until""",
                (tries.wrong, tries.waits_until),
            )
            await self._clock.write(transaction)
            if event is not None:
                await self._audit.add(event, who="panel", transaction=transaction)
            transaction.then(lambda: self._take(self._hash, tries))

    def _take(self, hash_: str | None, tries: PinTries) -> None:
        is_another = hash_ != self._hash
        self._hash, self._tries = hash_, tries
        if is_another:
            for watcher in list(self._watchers):
                watcher()
