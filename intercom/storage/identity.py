"""What a home makes once, at its first start, and keeps for good."""

from __future__ import annotations

from dataclasses import dataclass, field

from intercom.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who this home is.

    Attributes:
        home_id: names the home in tokens and to the ancestor's clients (`api_serial`).
        broker_user, broker_password: what devices use at the embedded broker.
    """

    home_id: str
    broker_user: str
    broker_password: str = field(repr=False)


async def load_identity(database: Database) -> Identity:
    """Return the home's identity, made now if there is none."""
    raise NotImplementedError
