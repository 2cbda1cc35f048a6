"""The ancestor's switches that introduced themselves: they do not do it again by themselves, so we remember."""

from __future__ import annotations

from dataclasses import dataclass

from intercom.home.errors import NotFoundError
from intercom.storage.database import Database, WhenRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredSwitches:
    """One device with `way` switches; `host` is its own identifier."""

    host: str
    name: str
    way: int


class Registry:
    """The registered devices of one home."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[RegisteredSwitches]:
        """Return them in the order in which they came."""
        rows = await self._database.fetch("SELECT host, name, way FROM switches ORDER BY id")
        return [RegisteredSwitches(host=host, name=name, way=way) for host, name, way in rows]

    async def add(self, *, host: str, name: str, way: int) -> None:
        """Register a device; one that is known gets its new name and number of switches."""
        async with self._database.transaction(WhenRefused.GO_ON) as transaction:
            await transaction.execute(
                """INSERT INTO switches (host, name, way) VALUES (?, ?, ?)
                    ON CONFLICT (host) DO UPDATE SET name = excluded.name, way = excluded.way""",
                (host, name, way),
            )

    async def rename(self, host: str, name: str) -> None:
        """Call a registered device something else, or raise NotFoundError."""
        async with self._database.transaction() as transaction:
            if not await transaction.execute("UPDATE switches SET name = ? WHERE host = ? RETURNING id", (name, host)):
                raise NotFoundError("there is no such switch")

    async def remove(self, host: str) -> None:
        """Forget a device; one that is not registered is none the less forgotten."""
        async with self._database.transaction(WhenRefused.TAKE_EFFECT) as transaction:
            await transaction.execute("DELETE FROM switches WHERE host = ?", (host,))
