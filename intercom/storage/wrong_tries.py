"""When wrong pairing codes were typed, kept over restarts, and the clock by which they are counted.

That clock cannot be set back: within a run it follows the monotonic clock, and a run begins no earlier than the latest
time that any run has written down.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from intercom.storage.database import Database, Transaction


class WrongTries:
    """What `PairingDesk(clock=…, wrong_tries=…)` is made with, and where its wrong tries are kept."""

    def __init__(
        self, database: Database, *, times: tuple[float, ...], starts_at: float, monotonic: Callable[[], float]
    ) -> None:
        """The clock shows `starts_at` now."""
        self._database = database
        self._times = times
        self._ahead_s = starts_at - monotonic()
        self._monotonic = monotonic

    @classmethod
    async def load(
        cls,
        database: Database,
        *,
        wall_clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> WrongTries:
        """Read them, and start the clock."""
        times = tuple(at for (at,) in await database.fetch("SELECT at FROM wrong_tries ORDER BY at"))
        latest = [at for (at,) in await database.fetch("SELECT at FROM latest_time")]
        return cls(database, times=times, starts_at=max([wall_clock(), *latest, *times]), monotonic=monotonic)

    @property
    def times(self) -> tuple[float, ...]:
        """The wrong tries that are kept, by `clock`."""
        return self._times

    def clock(self) -> float:
        """Return the time in seconds; comparable over restarts."""
        return self._monotonic() + self._ahead_s

    async def keep(self, times: tuple[float, ...]) -> None:
        """Write the desk's wrong tries down; to be awaited before a wrong code is answered."""
        async with self._database.transaction() as transaction:
            await transaction.execute("DELETE FROM wrong_tries")
            await transaction.execute_many("INSERT INTO wrong_tries (at) VALUES (?)", [(at,) for at in times])
            await self.write_time(transaction)
            transaction.then(lambda: self._take(times))

    async def write_time(self, transaction: Transaction) -> None:
        """Write the time down, along with something else."""
        await transaction.execute("INSERT OR REPLACE INTO latest_time (only_row, at) VALUES (1, ?)", (self.clock(),))

    def _take(self, times: tuple[float, ...]) -> None:
        self._times = times
