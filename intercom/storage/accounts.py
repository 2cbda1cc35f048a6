"""Local accounts: names and passwords of people who log in, with what they are to the home.

An account is read from the database each time, for that is rare. Its logins are sessions (`sessions`), and follow it:
when its role changes they change, when it goes or gets another password they end.
"""

from __future__ import annotations

import functools
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from intercom.home.access import NO_TERMS, AccountId, Principal, Role, Terms
from intercom.home.errors import IntercomError, InvalidInputError, NotFoundError, UnauthorizedError
from intercom.home.names import checked_actor_name
from intercom.home.tries import Secret, Wrong
from intercom.storage.audit import Audit, AuditEvent
from intercom.storage.database import Database, Row, Transaction, WhenRefused
from intercom.storage.passwords import Passwords, TooBusyError, checked_password
from intercom.storage.sessions import Login, Sessions
from intercom.storage.terms import terms_of, terms_text
from intercom.storage.wrong_tries import WrongTries

MOST_ACCOUNTS: Final = 100


class WrongPasswordError(UnauthorizedError):
    """No account has this name and this password; which of both is wrong is not told."""

    code: ClassVar[str] = "wrong_password"


class ConflictError(IntercomError):
    """This cannot stand beside what there is: a name that is taken, the last owner."""

    code: ClassVar[str] = "conflict"
    status: ClassVar[int] = 409


class NameTakenError(ConflictError):
    """Another account has this name."""


class LastOwnerError(ConflictError):
    """The home would be left without an owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account; `created_at` in seconds since the epoch."""

    id: AccountId
    name: str
    role: Role
    terms: Terms
    created_at: float
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanges:
    """What an owner changes about an account; None leaves it."""

    role: Role | None = None
    terms: Terms | None = None
    password: str | None = field(default=None, repr=False)


class Accounts:
    """All accounts."""

    def __init__(
        self,
        database: Database,
        *,
        sessions: Sessions,
        audit: Audit,
        wrong_tries: WrongTries,
        passwords: Passwords,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._audit = audit
        self._wrong_tries = wrong_tries
        self._passwords = passwords
        self._clock = clock

    async def all(self) -> list[Account]:
        """Return the accounts, the oldest first."""
        rows = await self._database.fetch(f"SELECT {_COLUMNS} FROM accounts ORDER BY created_at, id")  # noqa: S608  # our own constant
        return [_account(row) for row in rows]

    async def get_by_name(self, name: str) -> Account:
        """Return an account, however its name is written, or raise NotFoundError."""
        account = await self._find(name)
        if account is None:
            raise NotFoundError(f"there is no account '{name}'")
        return account

    async def has_owner(self) -> bool:
        """Tell whether there is an owner who can log in."""
        return bool(await self._database.fetch("SELECT 1 FROM accounts WHERE role = ? LIMIT 1", (Role.OWNER,)))

    async def add(
        self,
        *,
        name: str,
        password: str,
        role: Role,
        terms: Terms = NO_TERMS,
        by: str,
        address: str = "",
        only_first: bool = False,
    ) -> Account:
        """Make an account.

        Args:
            by, address: who makes it and from where, for the audit log.
            only_first: refuse when there is an owner already.

        Raises:
            InvalidInputError: no name, or no good password.
            NameTakenError: another account has this name.
            ConflictError: there is an owner already, or there are too many accounts.
        """
        name = checked_actor_name(name)
        if role is Role.SCREEN:
            raise InvalidInputError("expected one of owner, resident, guest: a screen is paired")
        password_hash = await self._passwords.hash(checked_password(password, name=name))
        account = Account(
            id=AccountId(secrets.token_hex(8)),
            name=name,
            role=role,
            terms=terms,
            created_at=self._clock(),
            password_hash=password_hash,
        )
        async with self._database.transaction() as transaction:
            if only_first and await transaction.execute("SELECT 1 FROM accounts WHERE role = ?", (Role.OWNER,)):
                raise ConflictError("there is an owner already")
            ((count,),) = await transaction.execute("SELECT count(*) FROM accounts")
            if count >= MOST_ACCOUNTS:
                raise ConflictError(f"there are {MOST_ACCOUNTS} accounts already")
            if not await transaction.execute(
                """INSERT INTO accounts (id, name, folded_name, role, password_hash, terms, created_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id""",
                (account.id, name, _folded(name), role, password_hash, terms_text(terms), account.created_at),
            ):
                raise NameTakenError(f"there is an account '{name}' already")
            await self._audit.add(
                AuditEvent.ACCOUNT_ADDED, who=by, about=name, detail=role, address=address, transaction=transaction
            )
        return account

    async def log_in(
        self, *, name: str, password: str, address: str, client: str = "", in_place_of: str | None = None
    ) -> Login:
        """Let somebody in by name and password.

        Args:
            client: what the client calls itself.
            in_place_of: the cookie that came along; its session ends.

        Raises:
            WrongPasswordError: no such account, or another password.
            TooManyTriesError: too many wrong passwords in the last hour.
            TooBusyError: too many are logging in now.
        """
        counted = self._count(address)
        account = await self._find(name)
        if not await self._is_right(account, password, counted, address):
            raise WrongPasswordError("no account has this name and password")
        assert account is not None
        if self._passwords.is_weak(account.password_hash):
            account = await self._store_hash(account, await self._passwords.hash(password))
        client = " ".join(client.split())
        return await self._sessions.log_in(
            account_id=account.id,
            name=f"{account.name} · {client}"[:_LONGEST_NAME] if client.isprintable() and client else account.name,
            role=account.role,
            terms=account.terms,
            address=address,
            in_place_of=in_place_of,
            checked=functools.partial(self._check_unchanged, account),
        )

    async def change(self, account_id: AccountId, changes: AccountChanges, *, by: str, address: str = "") -> Account:
        """Give an account another role, other terms, or another password, which ends its logins.

        Raises:
            NotFoundError: there is no such account.
            InvalidInputError: no good password, or a role that no account has.
            LastOwnerError: it is the last owner.
        """
        if changes.role is Role.SCREEN:
            raise InvalidInputError("expected one of owner, resident, guest: a screen is paired")
        account = await self._get(account_id)
        password_hash = None
        if changes.password is not None:
            password_hash = await self._passwords.hash(checked_password(changes.password, name=account.name))
        async with self._database.transaction(WhenRefused.TAKE_EFFECT) as transaction:
            account = await self._get_in(transaction, account_id)
            rows = await transaction.execute(
                f"""UPDATE accounts SET role = coalesce(:role, role), password_hash = coalesce(:hash, password_hash),
                    terms = CASE WHEN :has_terms THEN :terms ELSE terms END
                    WHERE id = :id RETURNING {_COLUMNS}""",  # noqa: S608  # our own constant
                {
                    "id": account_id,
                    "role": changes.role,
                    "hash": password_hash,
                    "has_terms": changes.terms is not None,
                    "terms": None if changes.terms is None else terms_text(changes.terms),
                },
            )
            changed = _account(rows[0])
            await _check_an_owner_stays(transaction, account)
            if (changed.role, changed.terms) != (account.role, account.terms):
                await self._sessions.change_logins(transaction, account_id, role=changed.role, terms=changed.terms)
                await self._audit.add(
                    AuditEvent.CHANGED,
                    who=by,
                    about=account.name,
                    detail=changed.role,
                    address=address,
                    transaction=transaction,
                )
            if password_hash is not None:
                await self._sessions.end_logins(transaction, account_id)
                await self._audit.add(
                    AuditEvent.PASSWORD_CHANGED, who=by, about=account.name, address=address, transaction=transaction
                )
        return changed

    async def change_own_password(self, principal: Principal, *, old: str, new: str, address: str) -> None:
        """Give one's own account another password; its other logins end.

        Raises:
            InvalidInputError: this is no login, or no good password.
            WrongPasswordError, TooManyTriesError, TooBusyError: as in `log_in`.
        """
        if principal.account_id is None:
            raise InvalidInputError("a paired client has no password")
        account = await self._get(principal.account_id)
        if not await self._is_right(account, old, self._count(address), address):
            raise WrongPasswordError("this is not your password")
        password_hash = await self._passwords.hash(checked_password(new, name=account.name))
        async with self._database.transaction(WhenRefused.TAKE_EFFECT) as transaction:
            await self._check_unchanged(account, transaction)
            await transaction.execute("UPDATE accounts SET password_hash = ? WHERE id = ?", (password_hash, account.id))
            await self._sessions.end_logins(transaction, account.id, but=principal.session_id)
            await self._audit.add(
                AuditEvent.PASSWORD_CHANGED,
                who=principal.name,
                about=account.name,
                address=address,
                transaction=transaction,
            )

    async def remove(self, account_id: AccountId, *, by: str, address: str = "") -> None:
        """Remove an account; its logins end.

        Raises:
            NotFoundError: there is no such account.
            LastOwnerError: it is the last owner.
        """
        async with self._database.transaction(WhenRefused.TAKE_EFFECT) as transaction:
            account = await self._get_in(transaction, account_id)
            await self._sessions.end_logins(transaction, account_id)
            await transaction.execute("DELETE FROM accounts WHERE id = ?", (account_id,))
            await _check_an_owner_stays(transaction, account)
            await self._audit.add(
                AuditEvent.ACCOUNT_REMOVED, who=by, about=account.name, address=address, transaction=transaction
            )

    def _count(self, address: str) -> Wrong:
        """Count a try before anything is awaited, so that many at once are no more than many in turn.

        Raises:
            TooManyTriesError: there were too many.
        """
        self._wrong_tries.tries.check(Secret.PASSWORD, address)
        return self._wrong_tries.tries.count(Secret.PASSWORD, address)

    async def _is_right(self, account: Account | None, password: str, counted: Wrong, address: str) -> bool:
        """Tell whether this is the account's password; a wrong one stays counted and is written down."""
        tries = self._wrong_tries.tries
        hash_ = None if account is None else account.password_hash
        try:
            is_right = await self._passwords.is_right(password[:_LONGEST], hash_)
        except TooBusyError:
            tries.take_back(counted)
            raise
        if is_right:
            tries.take_back(counted)
        else:
            await self._wrong_tries.keep()
            about = "" if account is None else account.name
            await self._audit.add(AuditEvent.WRONG_PASSWORD, about=about, address=address)
        return is_right

    async def _find(self, name: str) -> Account | None:
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM accounts WHERE folded_name = ?",  # noqa: S608  # our own constant
            (_folded(name),),
        )
        return _account(rows[0]) if rows else None

    async def _get(self, account_id: AccountId) -> Account:
        rows = await self._database.fetch(f"SELECT {_COLUMNS} FROM accounts WHERE id = ?", (account_id,))  # noqa: S608  # our own constant
        if not rows:
            raise _no_such_account(account_id)
        return _account(rows[0])

    async def _get_in(self, transaction: Transaction, account_id: AccountId) -> Account:
        """Return an account as it is within a transaction, which nobody changes meanwhile, or raise NotFoundError."""
        rows = await transaction.execute(f"SELECT {_COLUMNS} FROM accounts WHERE id = ?", (account_id,))  # noqa: S608  # our own constant
        if not rows:
            raise _no_such_account(account_id)
        return _account(rows[0])

    async def _store_hash(self, account: Account, password_hash: str) -> Account:
        async with self._database.transaction(WhenRefused.GO_ON) as transaction:
            await self._check_unchanged(account, transaction)
            await transaction.execute("UPDATE accounts SET password_hash = ? WHERE id = ?", (password_hash, account.id))
        return replace(account, password_hash=password_hash)

    async def _check_unchanged(self, account: Account, transaction: Transaction) -> None:
        """Raise WrongPasswordError when an account changed while its password was looked at, which takes long.

        Else a login that began before an owner removed it, or changed its password or role, would outlive that.
        """
        try:
            is_unchanged = await self._get_in(transaction, account.id) == account
        except NotFoundError:
            is_unchanged = False
        if not is_unchanged:
            raise WrongPasswordError("this account was changed just now; try again")


_COLUMNS: Final = "id, name, role, terms, created_at, password_hash"
_LONGEST: Final = 1024
_LONGEST_NAME: Final = 64


async def _check_an_owner_stays(transaction: Transaction, changed: Account) -> None:
    """Raise LastOwnerError when the change of an owner left the home without one."""
    if changed.role is Role.OWNER and not await transaction.execute(
        "SELECT 1 FROM accounts WHERE role = ? LIMIT 1", (Role.OWNER,)
    ):
        raise LastOwnerError(f"'{changed.name}' is the last owner; make another one first")


def _account(row: Row) -> Account:
    account_id, name, role, terms, created_at, password_hash = row
    return Account(
        id=AccountId(account_id),
        name=name,
        role=Role(role),
        terms=terms_of(terms),
        created_at=created_at,
        password_hash=password_hash,
    )


def _folded(name: str) -> str:
    """Return the name as it is compared: whoever logs in need not know how it was written."""
    spaced = " ".join(name.split())[:_LONGEST]
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", spaced).casefold())


def _no_such_account(account_id: AccountId) -> NotFoundError:
    return NotFoundError(f"there is no account '{account_id}'")
