"""Who may do what in the home, and how they prove it: all of it together, for the relay, the panel and the commands."""

from __future__ import annotations

from dataclasses import dataclass

from intercom.storage.accounts import Accounts
from intercom.storage.audit import Audit
from intercom.storage.clock import HomeClock
from intercom.storage.database import Database
from intercom.storage.identity import load_home_id
from intercom.storage.passwords import Passwords
from intercom.storage.pin import OwnerPin
from intercom.storage.sessions import Sessions
from intercom.storage.spent import Spent
from intercom.storage.tokens import Tokens
from intercom.storage.wrong_tries import WrongTries


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Sessions, accounts, keys and limits of one home; made by `load_access`.

    Attributes:
        home_id: names the home in tokens and to the ancestor's clients (`api_serial`).
    """

    home_id: str
    clock: HomeClock
    audit: Audit
    sessions: Sessions
    tokens: Tokens
    accounts: Accounts
    pin: OwnerPin
    spent: Spent
    wrong_tries: WrongTries


async def load_access(database: Database) -> Access:
    """Read everything from an open database."""
    home_id = await load_home_id(database)
    clock = await HomeClock.load(database)
    audit = Audit(database)
    sessions = await Sessions.load(database, audit=audit, clock=clock.now)
    wrong_tries = await WrongTries.load(database, clock)
    passwords = Passwords()
    return Access(
        home_id=home_id,
        clock=clock,
        audit=audit,
        sessions=sessions,
        tokens=Tokens(home_id=home_id, sessions=sessions, clock=clock.now),
        accounts=Accounts(
            database,
            sessions=sessions,
            audit=audit,
            wrong_tries=wrong_tries,
            passwords=passwords,
            clock=clock.now,
        ),
        pin=await OwnerPin.load(database, audit=audit, passwords=passwords, clock=clock),
        spent=Spent(database),
        wrong_tries=wrong_tries,
    )
