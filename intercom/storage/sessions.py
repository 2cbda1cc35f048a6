"""Who has a standing in the home, paired clients and logins: kept in the database, held in memory, told about.

A paired client has a refresh credential, a login has a cookie (`sids`). The refresh credential is
`<session id>.<family>.<secret>`. The family stays the same as long as the session lives, the secret is new after each
refresh, and the database holds only their hashes. So a credential of the right family with a secret that has been used
up is a stolen or a copied one, and the session ends; a credential of no family at all is nothing but a wrong one.

Two tabs of one browser send the same credential at once, and an answer may get lost on its way. So who sends the one
before the newest again, within `GIVEN_AGAIN_S`, is given the newest again, and nothing else happens.

A login ends when it was not used for `idle_s`, and at the latest at `ends_at`. A live socket is use. When its role
changes, its cookie is due to be renewed: the next request gets a new one, and the old one is nobody's from then on.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import hmac
import logging
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from intercom.home.access import NO_TERMS, AccountId, Principal, Role, SessionId, Terms
from intercom.home.errors import NotFoundError, UnauthorizedError
from intercom.home.names import THE_MACHINE, checked_actor_name
from intercom.storage.audit import Audit, AuditEvent
from intercom.storage.database import Database, Row, StorageError, Transaction, WhenRefused
from intercom.storage.sids import Sids
from intercom.storage.terms import terms_of, terms_text

SEEN_EVERY_S: Final = 60.0
PRESENT_EVERY_S: Final = 3600.0
"""How often it is written down that a client whose socket is open is still there."""

GIVEN_AGAIN_S: Final = 10.0
LOGIN_IDLE_S: Final = 14 * 24 * 3600.0
LOGIN_LIVES_S: Final = 90 * 24 * 3600.0
MOST_LOGINS: Final = 20
"""Of one account; of more, the ones that were not used for longest end."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One standing.

    Attributes:
        key: signs the session's access tokens.
        created_at, seen_at, ends_at: seconds since the epoch; `ends_at` None lives until it is removed.
        address: from where it was last seen; empty when it was made on the machine itself and never used.
        account_id: whose login it is; None for a paired client.
        idle_s: it ends when it was not used for so long.
        terms: what was chosen for a guest.
        is_sid_due: its cookie is to be renewed.
    """

    id: SessionId
    name: str
    role: Role
    key: bytes = field(repr=False)
    created_at: float
    seen_at: float
    address: str
    ends_at: float | None = None
    account_id: AccountId | None = None
    idle_s: float | None = None
    terms: Terms = NO_TERMS
    is_sid_due: bool = False

    @property
    def principal(self) -> Principal:
        return Principal(
            session_id=self.id, name=self.name, role=self.role, account_id=self.account_id, terms=self.terms
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A session with the credential that its client keeps; nobody can tell the credential again."""

    session: Session
    refresh_credential: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A session with the value of its cookie; nobody can tell the value again."""

    session: Session
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChanges:
    """What an owner changes about a session; None leaves it."""

    name: str | None = None
    role: Role | None = None
    terms: Terms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exchange:
    """The latest refresh of a session: which secret it took, and which one it gave."""

    taken_hash: bytes = field(repr=False)
    given: str = field(repr=False)
    at: float


class Sessions:
    """All sessions."""

    def __init__(self, database: Database, *, audit: Audit, sids: Sids, clock: Callable[[], float]) -> None:
        """Nothing is read; `load` does."""
        self._database = database
        self._audit = audit
        self._sids = sids
        self._clock = clock
        self._sessions: dict[SessionId, Session] = {}
        self._by_sid: dict[bytes, SessionId] = {}
        self._exchanges: dict[SessionId, _Exchange] = {}
        self._present: Counter[SessionId] = Counter()
        self._unwritten: set[SessionId] = set()
        self._catching_up = asyncio.Lock()
        self._end_watchers: list[Callable[[SessionId], None]] = []
        self._change_watchers: list[Callable[[Session], None]] = []

    @classmethod
    async def load(
        cls, database: Database, *, audit: Audit | None = None, clock: Callable[[], float] = time.time
    ) -> Sessions:
        """Read them; `clock` gives seconds since the epoch that do not run backwards."""
        sessions = cls(database, audit=audit or Audit(database), sids=await Sids.load(database), clock=clock)
        await sessions._read()
        return sessions

    @contextlib.contextmanager
    def watched_by(
        self, watcher: Callable[[SessionId], None], *, changed: Callable[[Session], None] | None = None
    ) -> Iterator[None]:
        """Call `watcher` with each session that ends, and `changed` with each whose principal is another now.

        Whoever did it, while the block lasts.
        """
        self._end_watchers.append(watcher)
        if changed is not None:
            self._change_watchers.append(changed)
        try:
            yield
        finally:
            self._end_watchers.remove(watcher)
            if changed is not None:
                self._change_watchers.remove(changed)

    @property
    def all(self) -> list[Session]:
        """The sessions that live, the oldest first."""
        living = [session for session in self._sessions.values() if not self._is_over(session)]
        return sorted(living, key=lambda session: (session.created_at, session.id))

    def find(self, session_id: SessionId) -> Session | None:
        """Return a session that lives, from memory."""
        session = self._sessions.get(session_id)
        return None if session is None or self._is_over(session) else session

    async def find_by_cookie(self, value: str) -> Session | None:
        """Return the login that lives whose cookie this is; waits for the disk only when it is not in memory."""
        sid_hash = self._sids.read(value)
        if sid_hash is None:
            return None
        if sid_hash not in self._by_sid:
            await self.catch_up()
        session_id = self._by_sid.get(sid_hash)
        return None if session_id is None else self.find(session_id)

    async def add(
        self,
        *,
        name: str,
        role: Role,
        address: str = "",
        lives_s: float | None = None,
        let_in_by: str = THE_MACHINE,
    ) -> Admission:
        """Make a session of a paired client; with `lives_s` it ends by itself.

        Raises:
            InvalidInputError: no name, or one that cannot be shown.
        """
        session = self._made(name=name, role=role, address=address, lives_s=lives_s)
        family, secret = secrets.token_urlsafe(12), secrets.token_urlsafe(32)
        async with self._database.transaction() as transaction:
            await self._insert(transaction, session, family_hash=_hash(family), secret_hash=_hash(secret))
            await self._audit.add(
                AuditEvent.PAIRED,
                who=let_in_by,
                about=session.name,
                detail=role,
                address=address,
                transaction=transaction,
            )
            transaction.then(lambda: self._keep(session))
        return Admission(session=session, refresh_credential=f"{session.id}.{family}.{secret}")

    async def log_in(
        self,
        *,
        account_id: AccountId,
        name: str,
        role: Role,
        terms: Terms,
        address: str,
        in_place_of: str | None = None,
        checked: Callable[[Transaction], Awaitable[None]] | None = None,
    ) -> Login:
        """Make the session of a login.

        Args:
            in_place_of: the cookie that came with it, whose session ends.
            checked: raises when the account is not what it was any more; what it raises is raised.

        Raises:
            InvalidInputError: no name, or one that cannot be shown.
        """
        session = replace(
            self._made(name=name, role=role, address=address, lives_s=LOGIN_LIVES_S),
            account_id=account_id,
            idle_s=LOGIN_IDLE_S,
            terms=terms,
        )
        cookie, sid_hash = self._sids.make()
        old_hash = None if in_place_of is None else self._sids.read(in_place_of)
        async with self._database.transaction() as transaction:
            if checked is not None:
                await checked(transaction)
            if old_hash is not None:
                await self._end_where(transaction, "sid_hash = ?", old_hash)
            await self._insert(transaction, session, sid_hash=sid_hash)
            await self._end_where(
                transaction,
                """id IN (SELECT id FROM sessions WHERE account_id = ? AND id != ?
                    ORDER BY seen_at DESC, created_at DESC LIMIT -1 OFFSET ?)""",
                account_id,
                session.id,
                MOST_LOGINS - 1,
            )
            await self._audit.add(
                AuditEvent.LOGGED_IN, who=session.name, detail=role, address=address, transaction=transaction
            )
            transaction.then(lambda: self._keep(session, sid_hash))
        return Login(session=session, cookie=cookie)

    async def renew_cookie(self, session_id: SessionId) -> str:
        """Give a login another cookie; the one before is nobody's any more.

        Raises:
            UnauthorizedError: the session ended, or somebody was quicker and has the new cookie.
        """
        cookie, sid_hash = self._sids.make()
        async with self._database.transaction(WhenRefused.GO_ON) as transaction:
            rows = await transaction.execute(
                f"UPDATE sessions SET sid_hash = ?, is_sid_due = 0 WHERE id = ? AND is_sid_due RETURNING {_COLUMNS}",  # noqa: S608  # our own constant
                (sid_hash, session_id),
            )
            if not rows:
                raise UnauthorizedError("this cookie was replaced by a newer one")
            transaction.then(lambda: self._keep(*_session(rows[0])))
        return cookie

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
        try:
            return await self._exchange(session, family, secret, address=address)
        except StorageError:
            return await self._admit_unchanged(session, family, secret, address=address)

    async def _exchange(self, session: Session, family: str, secret: str, *, address: str) -> Admission:
        session_id, next_secret = session.id, secrets.token_urlsafe(32)
        async with self._database.transaction() as transaction:
            rows = await transaction.execute(
                "SELECT family_hash, secret_hash FROM sessions WHERE id = ?", (session_id,)
            )
            if not rows or not hmac.compare_digest(rows[0][0], _hash(family)):
                raise _not_a_credential()
            is_used_up = not hmac.compare_digest(rows[0][1], _hash(secret))
            given = self._given_just_now(session_id, secret)
            if is_used_up and given is not None and hmac.compare_digest(rows[0][1], _hash(given)):
                session = self._sessions.get(session_id, session)
                return Admission(session=session, refresh_credential=f"{session_id}.{family}.{given}")
            if is_used_up:
                await self._end_where(transaction, "id = ?", session_id)
                await self._audit.add(AuditEvent.THEFT, about=session.name, address=address, transaction=transaction)
            else:
                # What the session may do is read here and not before: an owner may have changed it while this waited.
                rows = await transaction.execute(
                    f"""UPDATE sessions SET secret_hash = ?, seen_at = ?, address = ? WHERE id = ?
                        RETURNING {_COLUMNS}""",  # noqa: S608  # our own constant
                    (_hash(next_secret), self._clock(), address, session_id),
                )
                session, sid_hash = _session(rows[0])
                exchange = _Exchange(taken_hash=_hash(secret), given=next_secret, at=session.seen_at)
                transaction.then(lambda: self._exchanges.update({session_id: exchange}))
                transaction.then(lambda: self._keep(session, sid_hash))
        if is_used_up:
            raise _stolen(session, address)
        return Admission(session=session, refresh_credential=f"{session_id}.{family}.{next_secret}")

    async def _admit_unchanged(self, session: Session, family: str, secret: str, *, address: str) -> Admission:
        """Let a client in while nothing can be written: it keeps its credential, and a used one ends the session."""
        rows = await self._database.fetch("SELECT family_hash, secret_hash FROM sessions WHERE id = ?", (session.id,))
        if not rows or not hmac.compare_digest(rows[0][0], _hash(family)):
            raise _not_a_credential()
        newest = secret
        if not hmac.compare_digest(rows[0][1], _hash(secret)):
            given = self._given_just_now(session.id, secret)
            if given is None or not hmac.compare_digest(rows[0][1], _hash(given)):
                async with self._database.transaction(WhenRefused.TAKE_EFFECT) as transaction:
                    await self._end_where(transaction, "id = ?", session.id)
                    await self._audit.add(
                        AuditEvent.THEFT, about=session.name, address=address, transaction=transaction
                    )
                raise _stolen(session, address)
            newest = given
        self.saw(session.id, address=address)
        return Admission(session=session, refresh_credential=f"{session.id}.{family}.{newest}")

    async def change(self, session_id: SessionId, changes: SessionChanges, *, by: str, address: str = "") -> Session:
        """Name a client anew, give it another role or other terms; errors as in `add`, and NotFoundError."""
        name = None if changes.name is None else checked_actor_name(changes.name)
        async with self._database.transaction(WhenRefused.TAKE_EFFECT) as transaction:
            rows = await transaction.execute(
                f"""UPDATE sessions SET name = coalesce(:name, name), role = coalesce(:role, role),
                    terms = CASE WHEN :has_terms THEN :terms ELSE terms END
                    WHERE id = :id RETURNING {_COLUMNS}""",  # noqa: S608  # our own constant
                {
                    "id": session_id,
                    "name": name,
                    "role": changes.role,
                    "has_terms": changes.terms is not None,
                    "terms": None if changes.terms is None else terms_text(changes.terms),
                },
            )
            if not rows:
                raise _no_such_client(session_id)
            session, sid_hash = _session(rows[0])
            if changes.role is not None or changes.terms is not None:
                await self._audit.add(
                    AuditEvent.CHANGED,
                    who=by,
                    about=session.name,
                    detail=session.role,
                    address=address,
                    transaction=transaction,
                )
            transaction.then(lambda: self._keep(session, sid_hash))
        return session

    async def remove(
        self, session_id: SessionId, *, by: str = THE_MACHINE, address: str = "", is_own: bool = False
    ) -> None:
        """End a session, or raise NotFoundError; `is_own` says that it logged out, for a name may be that of many."""
        async with self._database.transaction(WhenRefused.TAKE_EFFECT) as transaction:
            ended = await self._end_where(transaction, "id = ?", session_id)
            if not ended:
                raise _no_such_client(session_id)
            await self._audit.add(
                AuditEvent.LOGGED_OUT if is_own else AuditEvent.REMOVED,
                who=by,
                about="" if is_own else ended[0],
                address=address,
                transaction=transaction,
            )

    async def change_logins(self, transaction: Transaction, account_id: AccountId, *, role: Role, terms: Terms) -> None:
        """Give all logins of an account another role or other terms; their cookies are due to be renewed."""
        rows = await transaction.execute(
            f"""UPDATE sessions SET role = ?, terms = ?, is_sid_due = 1 WHERE account_id = ? RETURNING {_COLUMNS}""",  # noqa: S608  # our own constant
            (role, terms_text(terms), account_id),
        )
        for session, sid_hash in map(_session, rows):
            transaction.then(functools.partial(self._keep, session, sid_hash))

    async def end_logins(
        self, transaction: Transaction, account_id: AccountId, *, but: SessionId | None = None
    ) -> None:
        """End all logins of an account, `but` one."""
        await self._end_where(transaction, "account_id = ? AND id IS NOT ?", account_id, but)

    async def remove_all(self) -> None:
        """End every session."""
        async with self._database.transaction(WhenRefused.TAKE_EFFECT) as transaction:
            await transaction.execute("DELETE FROM sessions")
            transaction.then(lambda: self._end(list(self._sessions)))

    def saw(self, session_id: SessionId, *, address: str) -> None:
        """Take note that a client is there, to the minute; written with the next `write_seen`."""
        session = self._sessions.get(session_id)
        now = self._clock()
        if session is not None and (now - session.seen_at >= SEEN_EVERY_S or session.address != address):
            self._sessions[session_id] = replace(session, seen_at=now, address=address)
            self._unwritten.add(session_id)

    def enter(self, session_id: SessionId, *, address: str) -> None:
        """Take note that a client opened a socket; until `leave` it is not idle."""
        self._present[session_id] += 1
        self.saw(session_id, address=address)

    def leave(self, session_id: SessionId, *, address: str) -> None:
        """Take note that a socket is closed."""
        self._present[session_id] -= 1
        if self._present[session_id] <= 0:
            del self._present[session_id]
        self.saw(session_id, address=address)

    def see_present(self) -> None:
        """Take note of those whose sockets are open; an hour is fine enough for who never goes."""
        now = self._clock()
        for session_id in self._present:
            session = self._sessions.get(session_id)
            if session is not None and now - session.seen_at >= PRESENT_EVERY_S:
                self.saw(session_id, address=session.address)

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

    async def catch_up(self) -> bool:
        """See what another process did, and end what is over; tell whether another one wrote into the database."""
        async with self._catching_up:
            is_changed = await self._database.is_changed_elsewhere()
            if is_changed:
                await self._read()
        over = [session for session in self._sessions.values() if self._is_over(session)]
        if over:
            async with self._database.transaction(WhenRefused.GO_ON) as transaction:
                for session in over:
                    await self._end_where(transaction, "id = ?", session.id)
                    await self._audit.add(AuditEvent.EXPIRED, about=session.name, transaction=transaction)
        return is_changed

    async def read_again(self) -> None:
        """See what is in the database, which may be another one now."""
        async with self._catching_up:
            await self._read()

    # Inside

    def _made(self, *, name: str, role: Role, address: str, lives_s: float | None) -> Session:
        now = self._clock()
        return Session(
            id=SessionId(secrets.token_hex(8)),
            name=checked_actor_name(name),
            role=role,
            key=secrets.token_bytes(32),
            created_at=now,
            seen_at=now,
            address=address,
            ends_at=None if lives_s is None else now + lives_s,
        )

    async def _insert(
        self,
        transaction: Transaction,
        session: Session,
        *,
        family_hash: bytes = b"",
        secret_hash: bytes = b"",
        sid_hash: bytes | None = None,
    ) -> None:
        """Write a new session; a login has no refresh credential, and no hash is that of no bytes."""
        await transaction.execute(
            """INSERT INTO sessions
                (id, name, role, key, family_hash, secret_hash, created_at, seen_at, address, ends_at,
                 account_id, sid_hash, idle_s, terms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (session.id, session.name, session.role, session.key, family_hash, secret_hash, session.created_at,
             session.seen_at, session.address, session.ends_at, session.account_id, sid_hash, session.idle_s,
             terms_text(session.terms)),
        )  # fmt: skip

    async def _end_where(self, transaction: Transaction, condition: str, *parameters: object) -> list[str]:
        """End the sessions that meet a condition of ours; return their names."""
        rows = await transaction.execute(
            f"DELETE FROM sessions WHERE {condition} RETURNING id, name",  # noqa: S608  # our own constants
            parameters,
        )
        ended = [SessionId(session_id) for session_id, _ in rows]
        transaction.then(lambda: self._end(ended))
        return [name for _, name in rows]

    async def _read(self) -> None:
        rows = await self._database.fetch(f"SELECT {_COLUMNS} FROM sessions")  # noqa: S608  # our own constant
        found = [_session(row) for row in rows]
        ids = {session.id for session, _ in found}
        self._end([session_id for session_id in self._sessions if session_id not in ids])
        for session, sid_hash in found:
            self._keep(session, sid_hash)

    def _keep(self, session: Session, sid_hash: bytes | None = None) -> None:
        known = self._sessions.get(session.id)
        if known is not None and known.seen_at > session.seen_at:
            session = replace(session, seen_at=known.seen_at, address=known.address)
        self._sessions[session.id] = session
        if session.account_id is not None and self._by_sid.get(sid_hash or b"") != session.id:
            self._forget_sid(session.id)
            self._by_sid[sid_hash or b""] = session.id
        if known is not None and known.principal != session.principal:
            for watcher in list(self._change_watchers):
                watcher(session)

    def _end(self, session_ids: Iterable[SessionId]) -> None:
        for session_id in session_ids:
            self._exchanges.pop(session_id, None)
            if self._sessions.pop(session_id, None) is not None:
                self._forget_sid(session_id)
                self._unwritten.discard(session_id)
                for watcher in list(self._end_watchers):
                    watcher(session_id)

    def _forget_sid(self, session_id: SessionId) -> None:
        for sid_hash in [each for each, owner in self._by_sid.items() if owner == session_id]:
            del self._by_sid[sid_hash]

    def _given_just_now(self, session_id: SessionId, secret: str) -> str | None:
        """Return the secret that was given for this one within the last moments."""
        latest = self._exchanges.get(session_id)
        if latest is None or self._clock() - latest.at > GIVEN_AGAIN_S:
            return None
        return latest.given if hmac.compare_digest(latest.taken_hash, _hash(secret)) else None

    def _is_over(self, session: Session) -> bool:
        now = self._clock()
        if session.ends_at is not None and now >= session.ends_at:
            return True
        return (
            session.idle_s is not None and now - session.seen_at >= session.idle_s and session.id not in self._present
        )


_COLUMNS: Final = (
    "id, name, role, key, created_at, seen_at, address, ends_at, account_id, idle_s, terms, is_sid_due, sid_hash"
)


def _session(row: Row) -> tuple[Session, bytes | None]:
    """Return the session of a row of `_COLUMNS`, and the hash of its cookie."""
    (session_id, name, role, key, created_at, seen_at, address, ends_at, account_id, idle_s, terms, is_sid_due,
     sid_hash) = row  # fmt: skip
    session = Session(
        id=SessionId(session_id),
        name=name,
        role=Role(role),
        key=key,
        created_at=created_at,
        seen_at=seen_at,
        address=address,
        ends_at=ends_at,
        account_id=None if account_id is None else AccountId(account_id),
        idle_s=idle_s,
        terms=terms_of(terms),
        is_sid_due=bool(is_sid_due),
    )
    return session, sid_hash


def _parts(credential: str) -> tuple[SessionId, str, str]:
    parts = credential.split(".")
    if len(parts) != 3:
        raise _not_a_credential()
    return SessionId(parts[0]), parts[1], parts[2]


def _not_a_credential() -> UnauthorizedError:
    return UnauthorizedError("this is not a credential of a paired client; pair again")


def _stolen(session: Session, address: str) -> UnauthorizedError:
    _log.warning("'%s' was ended: a used refresh credential of it came from %s", session.name, address)
    return UnauthorizedError("this credential was used before; the session has ended, pair again")


def _no_such_client(session_id: SessionId) -> NotFoundError:
    return NotFoundError(f"there is no paired client '{session_id}'")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
