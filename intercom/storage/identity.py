"""What a home makes once, at its first start, and keeps for good: its id."""

from __future__ import annotations

import secrets

from intercom.storage.database import Database


async def load_home_id(database: Database) -> str:
    """Return the id that names the home in tokens and to the ancestor's clients (`api_serial`); made now if need be."""
    rows = await database.fetch("SELECT value FROM identity WHERE name = 'home_id'")
    if not rows:
        async with database.transaction() as transaction:
            # Another process may have been quicker; then its id stays.
            await transaction.execute(
                "INSERT OR IGNORE INTO identity (name, value) VALUES ('home_id', ?)", (secrets.token_hex(8),)
            )
            rows = await transaction.execute("SELECT value FROM identity WHERE name = 'home_id'")
    return str(rows[0][0])
