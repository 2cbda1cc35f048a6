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
        self._tries = PinTries()
        self._turn = asyncio.Lock()
        self._watchers: list[Callable[[], None]] = []

    @classmethod
    async def load(cls, database: Database, *, audit: Audit, passwords: Passwords, clock: HomeClock) -> OwnerPin:
        """Read it."""
        pin = cls(database, audit=audit, passwords=passwords, clock=clock)
        for hash_, wrong, waits_until in await database.fetch("SELECT hash, wrong, waits_until FROM owner_pin"):
            pin._hash, pin._tries = hash_, PinTries(wrong=wrong, waits_until=waits_until)
        return pin

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
        await self._keep(hash_, PinTries(), AuditEvent.PIN_CHANGED, by=by, address=address)

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
                    await self._keep(self._hash, PinTries(), None)
                return
            await self._keep(self._hash, self._tries.after_wrong(self._clock.steady()), AuditEvent.WRONG_PIN)
            raise WrongPinError("this is not the owner's PIN")

    async def _keep(
        self, hash_: str | None, tries: PinTries, event: AuditEvent | None, *, by: str = "panel", address: str = ""
    ) -> None:
        # A try counts, and a PIN that was changed is another, even while nothing can be written.
        when_refused = WhenRefused.TAKE_EFFECT if event is AuditEvent.PIN_CHANGED else WhenRefused.GO_ON
        async with self._database.transaction(when_refused) as transaction:
            await transaction.execute(
                "INSERT OR REPLACE INTO owner_pin (only_row, hash, wrong, waits_until) VALUES (1, ?, ?, ?)",
                (hash_, tries.wrong, tries.waits_until),
            )
            await self._clock.write(transaction)
            if event is not None:
                await self._audit.add(event, who=by, address=address, transaction=transaction)
            transaction.then(lambda: self._take(hash_, tries))

    def _take(self, hash_: str | None, tries: PinTries) -> None:
        is_another = hash_ != self._hash
        self._hash, self._tries = hash_, tries
        if is_another:
            for watcher in list(self._watchers):
                watcher()
