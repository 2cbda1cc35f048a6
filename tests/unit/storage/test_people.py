"""Passwords, the owner's PIN, the audit log and words that are good once, in the database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import argon2
import pytest

from intercom.home.access import Role
from intercom.home.errors import InvalidInputError
from intercom.home.pin import FIRST_WAIT_S, FREE_TRIES, LONGEST_WAIT_S, WaitError, WrongPinError
from intercom.storage import audit as audit_module
from intercom.storage import passwords as passwords_module
from intercom.storage import spent as spent_module
from intercom.storage.accounts import Accounts, ConflictError, WrongPasswordError
from intercom.storage.audit import Audit, AuditEvent
from intercom.storage.clock import HomeClock
from intercom.storage.database import Database
from intercom.storage.passwords import Passwords
from intercom.storage.pin import OwnerPin
from intercom.storage.sessions import Sessions
from intercom.storage.spent import ReplayedError, Spent
from intercom.storage.wrong_tries import WrongTries

if TYPE_CHECKING:
    from tests.unit.storage.conftest import Clock

CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
CHEAPER = argon2.PasswordHasher(time_cost=1, memory_cost=32, parallelism=1)


async def accounts_on(database: Database, hasher: argon2.PasswordHasher = CHEAP) -> Accounts:
    clock = await HomeClock.load(database)
    audit = Audit(database)
    return Accounts(
        database,
        sessions=await Sessions.load(database, audit=audit, clock=clock.now),
        audit=audit,
        wrong_tries=await WrongTries.load(database, clock),
        passwords=Passwords(hasher),
        clock=clock.now,
    )


# Passwords


async def test_a_password_is_kept_as_argon2id_and_made_anew_at_login_when_the_parameters_grew(
    database: Database,
) -> None:
    old = await accounts_on(database, CHEAPER)
    made = await old.add(name="Mina", password="correct horse", role=Role.OWNER, by="test")
    assert made.password_hash.startswith("$argon2id$v=19$m=32,t=1,p=1$")
    today = await accounts_on(database)

    with pytest.raises(WrongPasswordError):
        await today.log_in(name="Mina", password="wrong horse", address="10.0.0.7")
    assert (await today.all())[0].password_hash == made.password_hash
    await today.log_in(name="Mina", password="correct horse", address="10.0.0.7")
    (upgraded,) = await today.all()
    await today.log_in(name="Mina", password="correct horse", address="10.0.0.7")

    assert upgraded.password_hash.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert (await today.all())[0].password_hash == upgraded.password_hash


def test_a_hash_made_today_costs_what_was_decided() -> None:
    assert (Passwords()._hasher.memory_cost, Passwords()._hasher.time_cost) == (46 * 1024, 2)
    assert not Passwords().is_weak(passwords_module._NOBODYS), "unknown names would take another time"


@pytest.mark.parametrize(
    "password", ["", "short", "x" * 257, "aaaaaaaaaa", "Mina Kim", "mina kim", "password123", "12345678"]
)
async def test_a_password_that_is_easily_guessed_is_refused(database: Database, password: str) -> None:
    accounts = await accounts_on(database)

    with pytest.raises(InvalidInputError):
        await accounts.add(name="Mina Kim", password=password, role=Role.OWNER, by="test")

    assert await accounts.all() == []


async def test_a_name_is_one_however_it_is_written(database: Database) -> None:
    accounts = await accounts_on(database)
    await accounts.add(name="김 민아", password="correct horse", role=Role.OWNER, by="test")
    decomposed = "\u1100\u1175\u11b7 \u1106\u1175\u11ab\u110b\u1161"

    await accounts.log_in(name=f"  {decomposed} ", password="correct horse", address="10.0.0.7")

    with pytest.raises(ConflictError):
        await accounts.add(name=decomposed, password="correct horse", role=Role.GUEST, by="test")


async def test_the_first_owner_is_made_once(database: Database) -> None:
    accounts = await accounts_on(database)
    assert not await accounts.has_owner()
    await accounts.add(name="Mina", password="correct horse", role=Role.OWNER, by="panel", only_first=True)

    assert await accounts.has_owner()
    with pytest.raises(ConflictError):
        await accounts.add(name="Jun", password="correct horse", role=Role.OWNER, by="panel", only_first=True)


# The PIN


async def test_wrong_pins_have_to_wait_ever_longer_also_after_a_restart(database: Database, clock: Clock) -> None:
    monotonic = type(clock)(0.0)

    async def load() -> OwnerPin:
        home_clock = await HomeClock.load(database, wall=clock, monotonic=monotonic)
        return await OwnerPin.load(database, audit=Audit(database), passwords=Passwords(CHEAP), clock=home_clock)

    pin = await load()
    assert not pin.is_set
    await pin.choose("2580")
    for _ in range(FREE_TRIES):
        with pytest.raises(WrongPinError):
            await pin.check("0000")
    waits = []
    for _ in range(7):
        waits.append(pin.wait_s)
        with pytest.raises(WaitError):
            await pin.check("2580")
        pin = await load()
        assert pin.is_set
        assert pin.wait_s == waits[-1]
        clock.now = 0.0  # sets nothing back
        monotonic.now += waits[-1]
        with pytest.raises(WrongPinError):
            await pin.check("0000")
    monotonic.now += LONGEST_WAIT_S

    await pin.check("2580")

    assert waits == [FIRST_WAIT_S * 2**n for n in range(5)] + [LONGEST_WAIT_S] * 2
    assert pin.wait_s == 0


async def test_wrong_pins_at_once_are_as_many_tries_as_wrong_pins_in_turn(database: Database, clock: Clock) -> None:
    home_clock = await HomeClock.load(database, wall=clock, monotonic=type(clock)(0.0))
    pin = await OwnerPin.load(database, audit=Audit(database), passwords=Passwords(CHEAP), clock=home_clock)
    await pin.choose("2580")

    ends = await asyncio.gather(*(pin.check("0000") for _ in range(FREE_TRIES + 2)), return_exceptions=True)

    assert [type(end) for end in ends] == [WrongPinError] * FREE_TRIES + [WaitError] * 2


async def test_a_wrong_try_does_not_bring_back_a_pin_that_was_changed_elsewhere(
    database: Database, clock: Clock
) -> None:
    async def load() -> OwnerPin:
        home_clock = await HomeClock.load(database, wall=clock, monotonic=type(clock)(0.0))
        return await OwnerPin.load(database, audit=Audit(database), passwords=Passwords(CHEAP), clock=home_clock)

    here = await load()
    await here.choose("2580")
    elsewhere = await load()
    await elsewhere.choose("8642")

    with pytest.raises(WrongPinError):
        await here.check("0000")
    await here.catch_up()

    await here.check("8642")
    await (await load()).check("8642")


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "１２３４", "1111", "1234", "8765"])
async def test_a_pin_that_is_easily_guessed_or_none_is_refused(database: Database, pin: str) -> None:
    clock = await HomeClock.load(database)
    owner_pin = await OwnerPin.load(database, audit=Audit(database), passwords=Passwords(CHEAP), clock=clock)

    with pytest.raises(InvalidInputError):
        await owner_pin.choose(pin)


# The audit log


async def test_a_flood_of_one_kind_leaves_the_other_entries(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "MOST_ENTRIES", 20)
    monkeypatch.setattr(audit_module, "MOST_OF_A_KIND", 5)
    audit = Audit(database)
    await audit.add(AuditEvent.CHANGED, about="phone")

    for number in range(30):
        await audit.add(AuditEvent.WRONG_CODE, address=f"10.0.0.{number}")
        await audit.add(AuditEvent.LOGGED_IN, who="guest")

    entries = await audit.latest(limit=100)
    assert [entry.about for entry in entries if entry.event is AuditEvent.CHANGED] == ["phone"]
    assert [entry.address for entry in entries if entry.event is AuditEvent.WRONG_CODE] == [
        f"10.0.0.{number}" for number in range(29, 24, -1)
    ]


async def test_the_log_keeps_the_newest_entries_only(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_module, "MOST_ENTRIES", 10)
    audit = Audit(database)

    for number in range(25):
        await audit.add(AuditEvent.PAIRED, about=f"phone {number}", detail="x" * 1_000)

    entries = await audit.latest(limit=100)
    assert [entry.about for entry in entries] == [f"phone {number}" for number in range(24, 14, -1)]
    assert len(entries[0].detail) == audit_module.MOST_TEXT
    assert [entry.about for entry in await audit.latest(limit=2, before=entries[3].id)] == ["phone 20", "phone 19"]


# Words


async def test_a_word_is_good_once_for_a_session_as_long_as_that_lives(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = await Sessions.load(database)
    mina, jun = [(await sessions.add(name=name, role=Role.RESIDENT)).session.id for name in ("Mina", "Jun")]
    await Spent(database).spend(mina, "a new word")

    with pytest.raises(ReplayedError):
        await Spent(database).spend(mina, "a new word")
    await Spent(database).spend(jun, "a new word")
    for bad in ("", "short", "x" * 65):
        with pytest.raises(InvalidInputError):
            await Spent(database).spend(mina, bad)

    monkeypatch.setattr(spent_module, "MOST_KEPT", 3)
    for number in range(5):
        await Spent(database).spend(mina, f"word number {number}")
    with pytest.raises(ReplayedError):
        await Spent(database).spend(jun, "a new word")
    assert await database.fetch("SELECT count(*) FROM spent") == [(4,)]
    await sessions.remove(mina)
    assert await database.fetch("SELECT count(*) FROM spent") == [(1,)]
