"""The ancestor's switches that introduced themselves: they do not do it again by themselves, so we remember."""

from __future__ import annotations

from dataclasses import dataclass

from intercom.storage.database import Database


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
        raise NotImplementedError

    async def add(self, *, host: str, name: str, way: int) -> None:
        """Register a device; one that is known gets its new name and number of switches."""
        raise NotImplementedError

    async def rename(self, host: str, name: str) -> None:
        """Call a registered device something else, or raise NotFoundError."""
        raise NotImplementedError

    async def remove(self, host: str) -> None:
        """Forget a device; one that is not registered is none the less forgotten."""
        raise NotImplementedError
