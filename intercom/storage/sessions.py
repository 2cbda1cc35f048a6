"""The sessions of paired clients: kept in the database, held in memory, told about when they end.

A refresh credential is `<session id>.<family>.<secret>`. The family stays the same as long as the session lives, the
secret is new after each refresh, and the database holds only their hashes. So a credential of the right family with a
secret that has been used up is a stolen or a copied one, and the session ends; a credential of no family at all is
nothing but a wrong one.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from intercom.home.access import Principal, Role, SessionId
from intercom.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One standing.

    Attributes:
        key: signs the session's access tokens.
        created_at, seen_at, ends_at: seconds since the epoch; `ends_at` None lives until it is removed.
        address: from where it was last seen; empty when it was made on the machine itself and never used.
    """

    id: SessionId
    name: str
    role: Role
    key: bytes = field(repr=False)
    created_at: float
    seen_at: float
    address: str
    ends_at: float | None = None

    @property
    def principal(self) -> Principal:
        return Principal(session_id=self.id, name=self.name, role=self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A session with the credential that its client keeps; nobody can tell the credential again."""

    session: Session
    refresh_credential: str = field(repr=False)


class Sessions:
    """All sessions."""

    @classmethod
    async def load(cls, database: Database, *, clock: Callable[[], float] = time.time) -> Sessions:
        """Read them; `clock` gives seconds since the epoch."""
        raise NotImplementedError

    @contextlib.contextmanager
    def watched_by(self, watcher: Callable[[SessionId], None]) -> Iterator[None]:
        """Call `watcher` with each session that ends, whoever ended it, while the block lasts."""
        raise NotImplementedError
        yield

    @property
    def all(self) -> list[Session]:
        """The sessions that live, the oldest first."""
        raise NotImplementedError

    def find(self, session_id: SessionId) -> Session | None:
        """Return a session that lives, from memory."""
        raise NotImplementedError

    async def add(self, *, name: str, role: Role, address: str = "", lives_s: float | None = None) -> Admission:
        """Make a session; with `lives_s` it ends by itself.

        Raises:
            InvalidInputError: no name, or one that cannot be shown.
        """
        raise NotImplementedError

    async def refresh(self, credential: str, *, address: str) -> Admission:
        """Take a refresh credential back and give the next one.

        Raises:
            UnauthorizedError: not a credential of a session that lives; when it is a used one, the session has ended.
        """
        raise NotImplementedError

    async def rename(self, session_id: SessionId, name: str) -> Session:
        """Call a client something else; errors as in `add`, and NotFoundError."""
        raise NotImplementedError

    async def remove(self, session_id: SessionId) -> None:
        """End a session, or raise NotFoundError."""
        raise NotImplementedError

    def saw(self, session_id: SessionId, *, address: str) -> None:
        """Take note that a client is there; written with the next `write_seen`."""
        raise NotImplementedError

    async def write_seen(self, transaction: Transaction) -> None:
        """Write who was seen since the last time."""
        raise NotImplementedError

    async def catch_up(self) -> None:
        """See what another process did, and end what is over."""
        raise NotImplementedError
