"""The sessions of paired clients: kept in the database, held in memory, told about when they end.

A refresh credential is `<session id>.<family>.<secret>`. The family stays the same as long as the session lives, the
secret is new after each refresh, and the database holds only their hashes. So a credential of the right family with a
secret that has been used up is a stolen or a copied one, and the session ends; a credential of no family at all is
nothing but a wrong one.

Two tabs of one browser send the same credential at once, and an answer may get lost on its way. So who sends the one
before the newest again, within `GIVEN_AGAIN_S`, is given the newest again, and nothing else happens.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from intercom.home.access import Principal, Role, SessionId
from intercom.home.errors import NotFoundError, UnauthorizedError
from intercom.home.names import checked_name
from intercom.storage.database import Database, Row, Transaction

SEEN_EVERY_S: Final = 60.0
GIVEN_AGAIN_S: Final = 10.0

_log = logging.getLogger(__name__)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exchange:
    """The latest refresh of a session: which secret it took, and which one it gave."""

    taken_hash: bytes = field(repr=False)
    given: str = field(repr=False)
    at: float


class Sessions:
    """All sessions."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        """Nothing is read; `load` does."""
        self._database = database
        self._clock = clock
        self._sessions: dict[SessionId, Session] = {}
        self._exchanges: dict[SessionId, _Exchange] = {}
        self._unwritten: set[SessionId] = set()
        self._catching_up = asyncio.Lock()
        self._watchers: list[Callable[[SessionId], None]] = []

    @classmethod
    async def load(cls, database: Database, *, clock: Callable[[], float] = time.time) -> Sessions:
        """Read them; `clock` gives seconds since the epoch."""
        sessions = cls(database, clock=clock)
        await sessions._read()
        return sessions

    @contextlib.contextmanager
    def watched_by(self, watcher: Callable[[SessionId], None]) -> Iterator[None]:
        """Call `watcher` with each session that ends, whoever ended it, while the block lasts."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)

    @property
    def all(self) -> list[Session]:
        """The sessions that live, the oldest first."""
        living = [session for session in self._sessions.values() if not self._is_over(session)]
        return sorted(living, key=lambda session: (session.created_at, session.id))

    def find(self, session_id: SessionId) -> Session | None:
        """Return a session that lives, from memory."""
        session = self._sessions.get(session_id)
        return None if session is None or self._is_over(session) else session

    async def add(self, *, name: str, role: Role, address: str = "", lives_s: float | None = None) -> Admission:
        """Make a session; with `lives_s` it ends by itself.

        Raises:
            InvalidInputError: no name, or one that cannot be shown.
        """
        now = self._clock()
        session = Session(
            id=SessionId(secrets.token_hex(8)),
            name=checked_name(name),
            role=role,
            key=secrets.token_bytes(32),
            created_at=now,
            seen_at=now,
            address=address,
            ends_at=None if lives_s is None else now + lives_s,
        )
        family, secret = secrets.token_urlsafe(12), secrets.token_urlsafe(32)
        async with self._database.transaction() as transaction:
            await transaction.execute(
                """INSERT INTO sessions
                    (id, name, role, key, family_hash, secret_hash, created_at, seen_at, address, ends_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (session.id, session.name, role, session.key, _hash(family), _hash(secret), now, now, address,
                 session.ends_at),
            )  # fmt: skip
            transaction.then(lambda: self._keep(session))
        return Admission(session=session, refresh_credential=f"{session.id}.{family}.{secret}")

    async def refresh(self, credential: str, *, address: str) -> Admission:
        """Take a refresh credential back and give the next one.

        The credential before the newest gives the newest again for `GIVEN_AGAIN_S`.

        Raises:
            UnauthorizedError: not a credential of a session that lives; when it is a used one, the session has ended.
        """
        session_id, family, secret = _parts(credential)
        if session_id not in self._sessions:
            await self.catch_up()
        session = self.find(session_id)
        if session is None:
            raise _not_a_credential()
        next_secret = secrets.token_urlsafe(32)
        async with self._database.transaction() as transaction:
            rows = await transaction.execute(
                "SELECT family_hash, secret_hash FROM sessions WHERE id = ?", (session_id,)
            )
            if not rows or not hmac.compare_digest(rows[0][0], _hash(family)):
                raise _not_a_credential()
            is_used_up = not hmac.compare_digest(rows[0][1], _hash(secret))
            given = self._given_just_now(session_id, secret)
            if is_used_up and given is not None and hmac.compare_digest(rows[0][1], _hash(given)):
                return Admission(session=session, refresh_credential=f"{session_id}.{family}.{given}")
            if is_used_up:
                await transaction.execute("DELETE FROM sessions WHERE id = ?", (session_id,))
                transaction.then(lambda: self._end([session_id]))
            else:
                session = replace(session, seen_at=self._clock(), address=address)
                await transaction.execute(
                    "UPDATE sessions SET secret_hash = ?, seen_at = ?, address = ? WHERE id = ?",
                    (_hash(next_secret), session.seen_at, address, session_id),
                )
                exchange = _Exchange(taken_hash=_hash(secret), given=next_secret, at=session.seen_at)
                transaction.then(lambda: self._exchanges.update({session_id: exchange}))
                transaction.then(lambda: self._keep(session))
        if is_used_up:
            _log.warning("'%s' was ended: a used refresh credential of it came from %s", session.name, address)
            raise UnauthorizedError("this credential was used before; the session has ended, pair again")
        return Admission(session=session, refresh_credential=f"{session_id}.{family}.{next_secret}")

    async def rename(self, session_id: SessionId, name: str) -> Session:
        """Call a client something else; errors as in `add`, and NotFoundError."""
        name = checked_name(name)
        async with self._database.transaction() as transaction:
            rows = await transaction.execute(
                f"UPDATE sessions SET name = ? WHERE id = ? RETURNING {_COLUMNS}",  # noqa: S608  # our own constant
                (name, session_id),
            )
            if not rows:
                raise _no_such_client(session_id)
            session = _session(rows[0])
            transaction.then(lambda: self._keep(session))
        return session

    async def remove(self, session_id: SessionId) -> None:
        """End a session, or raise NotFoundError."""
        async with self._database.transaction() as transaction:
            if not await transaction.execute("DELETE FROM sessions WHERE id = ? RETURNING id", (session_id,)):
                raise _no_such_client(session_id)
            transaction.then(lambda: self._end([session_id]))

    async def remove_all(self) -> None:
        """End every session."""
        async with self._database.transaction() as transaction:
            await transaction.execute("DELETE FROM sessions")
            transaction.then(lambda: self._end(list(self._sessions)))

    def saw(self, session_id: SessionId, *, address: str) -> None:
        """Take note that a client is there, to the minute; written with the next `write_seen`."""
        session = self._sessions.get(session_id)
        now = self._clock()
        if session is not None and (now - session.seen_at >= SEEN_EVERY_S or session.address != address):
            self._sessions[session_id] = replace(session, seen_at=now, address=address)
            self._unwritten.add(session_id)

    @property
    def has_unwritten(self) -> bool:
        """Tell whether `write_seen` has something to write."""
        return bool(self._unwritten)

    async def write_seen(self, transaction: Transaction) -> None:
        """Write who was seen since the last time."""
        seen = [self._sessions[session_id] for session_id in self._unwritten]
        await transaction.execute_many(
            "UPDATE sessions SET seen_at = ?, address = ? WHERE id = ?",
            [(session.seen_at, session.address, session.id) for session in seen],
        )
        written = {session.id for session in seen if self._sessions.get(session.id) is session}
        transaction.then(lambda: self._unwritten.difference_update(written))

    async def catch_up(self) -> None:
        """See what another process did, and end what is over."""
        async with self._catching_up:
            if await self._database.is_changed_elsewhere():
                await self._read()
        over = [session.id for session in self._sessions.values() if self._is_over(session)]
        if over:
            async with self._database.transaction() as transaction:
                await transaction.execute_many("DELETE FROM sessions WHERE id = ?", [(each,) for each in over])
                transaction.then(lambda: self._end(over))

    # Inside

    async def _read(self) -> None:
        rows = await self._database.fetch(f"SELECT {_COLUMNS} FROM sessions")  # noqa: S608  # our own constant
        found = {session.id: session for session in map(_session, rows)}
        self._end([session_id for session_id in self._sessions if session_id not in found])
        for session in found.values():
            self._keep(session)

    def _keep(self, session: Session) -> None:
        known = self._sessions.get(session.id)
        if known is not None and known.seen_at > session.seen_at:
            session = replace(session, seen_at=known.seen_at, address=known.address)
        self._sessions[session.id] = session

    def _end(self, session_ids: Iterable[SessionId]) -> None:
        for session_id in session_ids:
            self._exchanges.pop(session_id, None)
            if self._sessions.pop(session_id, None) is not None:
                self._unwritten.discard(session_id)
                for watcher in list(self._watchers):
                    watcher(session_id)

    def _given_just_now(self, session_id: SessionId, secret: str) -> str | None:
        """Return the secret that was given for this one within the last moments."""
        latest = self._exchanges.get(session_id)
        if latest is None or self._clock() - latest.at > GIVEN_AGAIN_S:
            return None
        return latest.given if hmac.compare_digest(latest.taken_hash, _hash(secret)) else None

    def _is_over(self, session: Session) -> bool:
        return session.ends_at is not None and self._clock() >= session.ends_at


_COLUMNS: Final = "id, name, role, key, created_at, seen_at, address, ends_at"


def _session(row: Row) -> Session:
    session_id, name, role, key, created_at, seen_at, address, ends_at = row
    return Session(
        id=SessionId(session_id),
        name=name,
        role=Role(role),
        key=key,
        created_at=created_at,
        seen_at=seen_at,
        address=address,
        ends_at=ends_at,
    )


def _parts(credential: str) -> tuple[SessionId, str, str]:
    parts = credential.split(".")
    if len(parts) != 3:
        raise _not_a_credential()
    return SessionId(parts[0]), parts[1], parts[2]


def _not_a_credential() -> UnauthorizedError:
    return UnauthorizedError("this is not a credential of a paired client; pair again")


def _no_such_client(session_id: SessionId) -> NotFoundError:
    return NotFoundError(f"there is no paired client '{session_id}'")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
