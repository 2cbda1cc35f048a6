"""The home's clock, which cannot be set back: neither within a run nor between two.

Whoever may set the machine's clock, or sends it wrong time, must not get back what has ended: a code, a token, a
session, an hour that wrong tries are counted over. So a run begins no earlier than the latest time that any run has
written down, and within a run time only goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from intercom.storage.database import Database, Transaction


class HomeClock:
    """Seconds since the epoch, in two ways of counting; both comparable over restarts.

    Attributes:
        behind_s: how far the machine's clock was behind the latest time of any run when this one began, or 0.
    """

    def __init__(self, *, starts_at: float, wall: Callable[[], float], monotonic: Callable[[], float]) -> None:
        """Both ways show `starts_at` now, unless the wall clock is ahead of it."""
        self.behind_s = max(0.0, starts_at - wall())
        self._wall = wall
        self._monotonic = monotonic
        self._ahead_s = starts_at - monotonic()
        self._latest = starts_at

    @classmethod
    async def load(
        cls,
        database: Database,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> HomeClock:
        """Start the clock."""
        written = [at for (at,) in await database.fetch("SELECT at FROM latest_time")]
        return cls(starts_at=max([wall(), *written]), wall=wall, monotonic=monotonic)

    def steady(self) -> float:
        """Return the time as the machine's monotonic clock counts it within this run: nothing can hurry it either."""
        return self._monotonic() + self._ahead_s

    def now(self) -> float:
        """Return the time, following the wall clock when that is set forward, as it is once a network tells it."""
        self._latest = max(self._latest, self._wall(), self.steady())
        return self._latest

    async def write(self, transaction: Transaction) -> None:
        """Write the time down, along with something else."""
        await transaction.execute("INSERT OR REPLACE INTO latest_time (only_row, at) VALUES (1, ?)", (self.now(),))
