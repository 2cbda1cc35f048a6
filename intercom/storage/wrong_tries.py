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

    @classmethod
    async def load(
        cls,
        database: Database,
        *,
        wall_clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> WrongTries:
        """Read them, and start the clock."""
        raise NotImplementedError

    @property
    def times(self) -> tuple[float, ...]:
        """The wrong tries that are kept, by `clock`."""
        raise NotImplementedError

    def clock(self) -> float:
        """Return the time in seconds; comparable over restarts."""
        raise NotImplementedError

    async def keep(self, times: tuple[float, ...]) -> None:
        """Write the desk's wrong tries down; to be awaited before a wrong code is answered."""
        raise NotImplementedError

    async def write_time(self, transaction: Transaction) -> None:
        """Write the time down, along with something else."""
        raise NotImplementedError
