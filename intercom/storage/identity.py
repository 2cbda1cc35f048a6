"""What a home makes once, at its first start, and keeps for good."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Final

from intercom.storage.database import Database

_READABLE: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Characters that are not taken for one another when somebody copies them by hand."""


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
    if await database.fetch("SELECT COUNT(*) FROM identity") == [(0,)]:
        made = Identity(
            home_id=secrets.token_hex(8),
            broker_user="intercom",
            broker_password="".join(secrets.choice(_READABLE) for _ in range(16)),
        )
        async with database.transaction() as transaction:
            # Another process may have been quicker; then its identity stays.
            await transaction.execute_many(
                "INSERT OR IGNORE INTO identity (name, value) VALUES (?, ?)",
                [(name, getattr(made, name)) for name in Identity.__slots__],
            )
    kept: dict[str, str] = dict(await database.fetch("SELECT name, value FROM identity"))
    return Identity(home_id=kept["home_id"], broker_user=kept["broker_user"], broker_password=kept["broker_password"])
