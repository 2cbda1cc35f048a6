"""Sessions of paired clients: kept, refreshed, ended, and the same in every process."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from intercom.home.access import PANEL, Principal, Role, SessionId
from intercom.home.errors import InvalidInputError, NotFoundError, UnauthorizedError
from intercom.storage.database import Database
from intercom.storage.sessions import GIVEN_AGAIN_S, SessionChanges, Sessions

if TYPE_CHECKING:
    from tests.unit.storage.conftest import Clock


@pytest.fixture
async def sessions(database: Database, clock: Clock) -> Sessions:
    return await Sessions.load(database, clock=clock)


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def write_seen(sessions: Sessions, database: Database) -> None:
    async with database.transaction() as transaction:
        await sessions.write_seen(transaction)


async def test_a_new_session_is_found_as_who_was_paired(sessions: Sessions) -> None:
    admission = await sessions.add(name="  Mina's   phone ", role=Role.RESIDENT, address="10.0.0.7")

    session = sessions.find(admission.session.id)

    assert session == admission.session
    assert session is not None
    assert session.principal == Principal(session_id=session.id, name="Mina's phone", role=Role.RESIDENT)
    assert session.address == "10.0.0.7"


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "a\u202eb", "a\0b"])
async def test_a_name_that_cannot_be_shown_is_refused(sessions: Sessions, name: str) -> None:
    with pytest.raises(InvalidInputError, match="1 to 64 characters"):
        await sessions.add(name=name, role=Role.GUEST)

    assert sessions.all == []


async def test_sessions_are_the_same_after_a_restart(sessions: Sessions, database: Database, clock: Clock) -> None:
    first = (await sessions.add(name="first", role=Role.OWNER)).session
    clock.now += 1
    second = (await sessions.add(name="second", role=Role.GUEST, lives_s=100)).session

    again = await Sessions.load(database, clock=clock)

    assert again.all == [first, second]


async def test_no_credential_is_on_the_disk(sessions: Sessions, folder: Path) -> None:
    admission = await sessions.add(name="phone", role=Role.OWNER)
    _, family, secret = admission.refresh_credential.split(".")

    content = everything_in(folder)

    assert family.encode() not in content
    assert secret.encode() not in content
    assert admission.refresh_credential not in repr(admission)


async def test_a_refresh_gives_the_next_credential_for_the_same_session(sessions: Sessions, clock: Clock) -> None:
    first = await sessions.add(name="phone", role=Role.OWNER)
    clock.now += 1000

    second = await sessions.refresh(first.refresh_credential, address="10.0.0.9")
    third = await sessions.refresh(second.refresh_credential, address="10.0.0.9")

    assert len({each.refresh_credential for each in (first, second, third)}) == 3
    assert third.session.id == first.session.id
    assert third.session.key == first.session.key
    assert (third.session.seen_at, third.session.address) == (clock.now, "10.0.0.9")
    assert sessions.find(first.session.id) == third.session


async def test_a_role_that_is_lowered_during_a_refresh_stays_lowered(sessions: Sessions) -> None:
    admission = await sessions.add(name="phone", role=Role.OWNER)

    lowering = asyncio.create_task(sessions.change(admission.session.id, SessionChanges(role=Role.GUEST), by="test"))
    await asyncio.sleep(0)  # it has the database, and the refresh waits for it
    refreshed = await sessions.refresh(admission.refresh_credential, address="10.0.0.9")
    await lowering

    assert refreshed.session.role is Role.GUEST
    assert sessions.find(admission.session.id) == refreshed.session


async def test_two_tabs_that_send_the_same_credential_at_once_are_given_the_same_next_one(
    sessions: Sessions, clock: Clock
) -> None:
    admission = await sessions.add(name="phone", role=Role.OWNER)

    both = await asyncio.gather(*(sessions.refresh(admission.refresh_credential, address="10.0.0.9") for _ in range(2)))
    clock.now += GIVEN_AGAIN_S
    late = await sessions.refresh(admission.refresh_credential, address="10.0.0.9")

    assert len({each.refresh_credential for each in (*both, late)}) == 1
    await sessions.refresh(late.refresh_credential, address="10.0.0.9")


async def test_a_credential_before_the_last_is_a_used_one_even_at_once(
    sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    first = await sessions.add(name="phone", role=Role.OWNER)
    second = await sessions.refresh(first.refresh_credential, address="10.0.0.9")
    await sessions.refresh(second.refresh_credential, address="10.0.0.9")

    with caplog.at_level(logging.WARNING), pytest.raises(UnauthorizedError, match="used before"):
        await sessions.refresh(first.refresh_credential, address="10.0.0.9")

    assert sessions.all == []


async def test_a_used_credential_ends_the_session_with_all_its_credentials(
    sessions: Sessions, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    stolen = await sessions.add(name="phone", role=Role.OWNER)
    newest = await sessions.refresh(stolen.refresh_credential, address="10.0.0.9")
    clock.now += GIVEN_AGAIN_S + 1
    ended: list[SessionId] = []

    with (
        sessions.watched_by(ended.append),
        caplog.at_level(logging.WARNING),
        pytest.raises(UnauthorizedError, match="used before"),
    ):
        await sessions.refresh(stolen.refresh_credential, address="10.6.6.6")

    assert ended == [stolen.session.id]
    assert sessions.all == []
    assert "'phone' was ended" in caplog.text
    assert "10.6.6.6" in caplog.text
    assert not any(part in caplog.text for part in stolen.refresh_credential.split(".")[1:])
    with pytest.raises(UnauthorizedError):
        await sessions.refresh(newest.refresh_credential, address="10.0.0.9")


async def test_a_guessed_credential_is_refused_and_harms_nobody(sessions: Sessions) -> None:
    admission = await sessions.add(name="phone", role=Role.OWNER)
    session_id, family, secret = admission.refresh_credential.split(".")

    near = [f"{session_id}.guess.{secret}", f"{session_id}..", f"{session_id}.{secret}", f"x.{family}.{secret}"]
    for guess in ("", ".", "..", "a.b", "a.b.c", "a.b.c.d", "\ud800.\ud800.\ud800", *near):
        with pytest.raises(UnauthorizedError, match="not a credential"):
            await sessions.refresh(guess, address="10.6.6.6")

    await sessions.refresh(admission.refresh_credential, address="10.0.0.9")


async def test_a_removed_session_is_gone_at_once_and_its_watchers_are_told(sessions: Sessions) -> None:
    admission = await sessions.add(name="phone", role=Role.OWNER)
    kept = await sessions.add(name="tablet", role=Role.OWNER)
    ended: list[SessionId] = []

    with sessions.watched_by(ended.append):
        await sessions.remove(admission.session.id)

    assert ended == [admission.session.id]
    assert sessions.find(admission.session.id) is None
    assert sessions.all == [kept.session]
    with pytest.raises(UnauthorizedError):
        await sessions.refresh(admission.refresh_credential, address="10.0.0.9")
    with pytest.raises(NotFoundError, match="no paired client"):
        await sessions.remove(admission.session.id)


async def test_who_stopped_watching_is_told_nothing(sessions: Sessions) -> None:
    admission = await sessions.add(name="phone", role=Role.OWNER)
    ended: list[SessionId] = []
    with sessions.watched_by(ended.append):
        pass

    await sessions.remove(admission.session.id)

    assert ended == []


async def test_a_client_is_renamed_for_good(sessions: Sessions, database: Database, clock: Clock) -> None:
    admission = await sessions.add(name="phone", role=Role.OWNER)

    renamed = await sessions.change(admission.session.id, SessionChanges(name="Mina's phone"), by="test")

    assert renamed.name == "Mina's phone"
    assert sessions.all == [renamed]
    assert (await Sessions.load(database, clock=clock)).all == [renamed]
    with pytest.raises(InvalidInputError):
        await sessions.change(admission.session.id, SessionChanges(name=""), by="test")
    with pytest.raises(NotFoundError):
        await sessions.change(SessionId("nobody"), SessionChanges(name="name"), by="test")


async def test_a_session_that_lives_for_a_while_ends_by_itself(sessions: Sessions, clock: Clock) -> None:
    admission = await sessions.add(name="switch page", role=Role.RESIDENT, lives_s=100)
    ended: list[SessionId] = []

    with sessions.watched_by(ended.append):
        clock.now += 99
        await sessions.catch_up()
        assert sessions.find(admission.session.id) is not None

        clock.now += 1
        assert sessions.find(admission.session.id) is None
        assert sessions.all == []
        await sessions.catch_up()

    assert ended == [admission.session.id]


# Who was seen


async def test_a_client_is_seen_to_the_minute_and_written_when_it_is_time(
    sessions: Sessions, database: Database, clock: Clock
) -> None:
    session_id = (await sessions.add(name="phone", role=Role.OWNER, address="10.0.0.7")).session.id
    started = clock.now

    clock.now += 59
    sessions.saw(session_id, address="10.0.0.7")
    assert not sessions.has_unwritten

    clock.now += 1
    sessions.saw(session_id, address="10.0.0.7")
    assert sessions.has_unwritten
    assert sessions.all[0].seen_at == started + 60
    assert (await Sessions.load(database, clock=clock)).all[0].seen_at == started

    await write_seen(sessions, database)
    assert not sessions.has_unwritten
    assert (await Sessions.load(database, clock=clock)).all[0].seen_at == started + 60


async def test_another_address_is_noted_at_once(sessions: Sessions) -> None:
    session_id = (await sessions.add(name="phone", role=Role.OWNER, address="10.0.0.7")).session.id

    sessions.saw(session_id, address="10.0.0.8")

    assert sessions.all[0].address == "10.0.0.8"


async def test_nobody_is_brought_back_by_being_seen(sessions: Sessions, database: Database) -> None:
    session_id = (await sessions.add(name="phone", role=Role.OWNER)).session.id
    sessions.saw(session_id, address="10.0.0.8")
    await sessions.remove(session_id)

    sessions.saw(session_id, address="10.0.0.9")
    await write_seen(sessions, database)

    assert sessions.all == []
    assert PANEL.session_id is None


# Other processes


async def test_what_another_process_did_is_caught_up_with(
    sessions: Sessions, elsewhere: Database, clock: Clock
) -> None:
    gone = (await sessions.add(name="gone", role=Role.OWNER)).session
    stays = (await sessions.add(name="stays", role=Role.OWNER)).session
    others = await Sessions.load(elsewhere, clock=clock)
    ended: list[SessionId] = []

    with sessions.watched_by(ended.append):
        await others.remove(gone.id)
        new = (await others.add(name="new", role=Role.GUEST)).session
        await sessions.catch_up()

    assert ended == [gone.id]
    assert {session.id for session in sessions.all} == {stays.id, new.id}


async def test_catching_up_does_not_forget_who_was_seen(sessions: Sessions, elsewhere: Database, clock: Clock) -> None:
    session_id = (await sessions.add(name="phone", role=Role.OWNER)).session.id
    clock.now += 100
    sessions.saw(session_id, address="10.0.0.8")

    await (await Sessions.load(elsewhere, clock=clock)).add(name="new", role=Role.GUEST)
    await sessions.catch_up()

    seen = sessions.find(session_id)
    assert seen is not None
    assert (seen.seen_at, seen.address) == (clock.now, "10.0.0.8")
    assert sessions.has_unwritten


async def test_a_client_that_another_process_paired_can_refresh_at_once(
    sessions: Sessions, elsewhere: Database, clock: Clock
) -> None:
    admission = await (await Sessions.load(elsewhere, clock=clock)).add(name="script", role=Role.OWNER)

    refreshed = await sessions.refresh(admission.refresh_credential, address="10.0.0.9")

    assert refreshed.session.id == admission.session.id
