"""What a home makes once, at its first start, and keeps for good: its id and its keys."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from intercom.storage.database import Database, WhenRefused


async def load_home_id(database: Database) -> str:
    """Return the id that names the home in tokens and to the ancestor's clients (`api_serial`); made now if need be."""
    return await made_once(database, "home_id", lambda: secrets.token_hex(8))


async def made_once(database: Database, name: str, make: Callable[[], str]) -> str:
    """Return what is kept under a name; made now if need be."""
    query = "SELECT value FROM identity WHERE name = ?"
    rows = await database.fetch(query, (name,))
    if not rows:
        async with database.transaction(WhenRefused.GO_ON) as transaction:
            # Another process may have been quicker; then what it made stays.
            await transaction.execute("INSERT OR IGNORE INTO identity (name, value) VALUES (?, ?)", (name, make()))
            rows = await transaction.execute(query, (name,))
    return str(rows[0][0])
