"""Wrong codes and passwords, kept over restarts."""

from __future__ import annotations

from intercom.home.tries import Secret, Tries, Wrong
from intercom.storage.clock import HomeClock
from intercom.storage.database import Database, WhenRefused


class WrongTries:
    """The tries that the pairing desk and the accounts count with, and where they are kept."""

    def __init__(self, database: Database, clock: HomeClock, kept: list[Wrong]) -> None:
        """Nothing is read; `load` does."""
        self.tries = Tries(clock=clock.steady, kept=kept)
        self._database = database
        self._clock = clock

    @classmethod
    async def load(cls, database: Database, clock: HomeClock) -> WrongTries:
        """Read them."""
        rows = await database.fetch("SELECT secret, source, at FROM wrong_tries ORDER BY at")
        return cls(database, clock, [Wrong(Secret(secret), source, at) for secret, source, at in rows])

    async def keep(self) -> None:
        """Write them down; to be awaited before a wrong try is answered."""
        async with self._database.transaction(WhenRefused.GO_ON) as transaction:
            await transaction.execute("DELETE FROM wrong_tries")
            await transaction.execute_many(
                "INSERT INTO wrong_tries (secret, source, at) VALUES (?, ?, ?)",
                [(wrong.secret, wrong.source, wrong.at) for wrong in self.tries.kept],
            )
            await self._clock.write(transaction)
