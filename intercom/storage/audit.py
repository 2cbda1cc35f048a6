"""The audit log: who let whom in, who was refused, put out or given another role, and who unlocked what.

An entry is written in the transaction that does what it tells, so neither is there without the other. Never a secret in
it: names, addresses and roles only. The oldest entries go when there are more than `MOST_ENTRIES`, or more of one kind
than `MOST_OF_A_KIND`: there are few kinds that strangers and guests can cause at will, and however often they do, the
others stay.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from intercom.storage.database import Database, Transaction, WhenRefused

MOST_ENTRIES: Final = 5_000
MOST_OF_A_KIND: Final = 700
MOST_TEXT: Final = 200


class AuditEvent(StrEnum):
    """What happened; `who`, `about` and `detail` of an entry are as told here."""

    PAIRED = "paired"
    """`who` let the client `about` in, with the role `detail`."""

    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    REMOVED = "removed"
    """`who` ended the session of `about`."""

    CHANGED = "changed"
    """`who` gave the client or account `about` another role, or changed what a guest may: `detail`."""

    EXPIRED = "expired"
    """The session of `about` came to its end."""

    THEFT = "theft"
    """A used credential of `about` was seen, so the session was ended."""

    WRONG_CODE = "wrong_code"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105  # a word
    """`about` is the name that was tried, when an account has it."""

    WRONG_PIN = "wrong_pin"
    TOO_MANY_TRIES = "too_many_tries"
    """Told once for an address in an hour; `detail` says of what."""

    REFUSED = "refused"
    """The panel refused `about`, who asked to be paired."""

    ACCOUNT_ADDED = "account_added"
    ACCOUNT_REMOVED = "account_removed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # a word
    PIN_CHANGED = "pin_changed"
    UNLOCKED = "unlocked"
    """`who` unlocked or opened the device `about`; `detail` says how that ended."""

    RESTORED = "restored"
    """The database was damaged; the home is now as of `detail`."""

    CLOCK = "clock"
    """The machine's clock was found behind what it had been; `detail` says by how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One entry; `at` is the wall clock's time in seconds since the epoch."""

    id: int
    at: float
    event: AuditEvent
    who: str
    about: str
    detail: str
    address: str


class Audit:
    """The log."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives the seconds since the epoch that people are to read."""
        self._database = database
        self._clock = clock

    async def add(
        self,
        event: AuditEvent,
        *,
        who: str = "",
        about: str = "",
        detail: str = "",
        address: str = "",
        transaction: Transaction | None = None,
    ) -> None:
        """Write an entry, along with the transaction or in one of its own; StorageError when the disk refuses."""
        if transaction is None:
            async with self._database.transaction(WhenRefused.GO_ON) as own:
                await self.add(event, who=who, about=about, detail=detail, address=address, transaction=own)
            return
        texts = (each[:MOST_TEXT] for each in (who, about, detail, address))
        await transaction.execute(
            "INSERT INTO audit (at, event, who, about, detail, address) VALUES (?, ?, ?, ?, ?, ?)",
            (self._clock(), event, *texts),
        )
        for condition, parameters, most in (("event = ?", (event,), MOST_OF_A_KIND), ("true", (), MOST_ENTRIES)):
            await transaction.execute(
                f"""DELETE FROM audit WHERE {condition} AND id <= (
                    SELECT id FROM audit WHERE {condition} ORDER BY id DESC LIMIT 1 OFFSET ?)""",  # noqa: S608  # our own constants
                (*parameters, *parameters, most),
            )

    async def latest(self, *, limit: int = 100, before: int | None = None) -> list[AuditEntry]:
        """Return entries, the newest first; `before` is the id of the last one that is known."""
        rows = await self._database.fetch(
            "SELECT id, at, event, who, about, detail, address FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
            (before if before is not None else 1 << 62, limit),
        )
        return [
            AuditEntry(id=id_, at=at, event=AuditEvent(event), who=who, about=about, detail=detail, address=address)
            for id_, at, event, who, about, detail, address in rows
        ]
