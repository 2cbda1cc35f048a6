"""Words that are good for one unlocking only: an unlocking that was recorded on its way cannot be played again.

A client makes up a new word for each. It is written down before the door is asked, and stays known over restarts and as
long as the session lives; of more than `MOST_KEPT` of a session the oldest are forgotten.
"""

from __future__ import annotations

import hashlib
from typing import ClassVar, Final

from intercom.home.access import SessionId
from intercom.home.errors import IntercomError, InvalidInputError
from intercom.storage.database import Database, WhenRefused

MOST_KEPT: Final = 5_000


class ReplayedError(IntercomError):
    """This was asked before, word for word."""

    code: ClassVar[str] = "replayed"
    status: ClassVar[int] = 409


class Spent:
    """The words that were used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spend(self, session_id: SessionId, once: str) -> None:
        """Use a word.

        Raises:
            InvalidInputError: it is no good as one.
            ReplayedError: this session used it before.
        """
        if not 8 <= len(once) <= 64:
            raise InvalidInputError("once: expected 8 to 64 characters that were never sent before")
        digest = hashlib.sha256(once.encode("utf-8", "surrogatepass")).digest()
        async with self._database.transaction(WhenRefused.GO_ON) as transaction:
            if not await transaction.execute(
                "INSERT INTO spent (session_id, once_hash) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING id",
                (session_id, digest),
            ):
                raise ReplayedError("this was asked before; ask anew")
            await transaction.execute(
                """DELETE FROM spent WHERE session_id = ?1 AND id <= (
                    SELECT id FROM spent WHERE session_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)""",
                (session_id, MOST_KEPT),
            )
