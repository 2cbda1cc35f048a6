"""Wrong pairing codes are remembered over restarts, by a clock that cannot be set back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from intercom.home.errors import TooManyTriesError
from intercom.home.pairing import WRONG_TRIES_PER_HOUR, PairingDesk, WrongCodeError
from intercom.storage.database import Database
from intercom.storage.wrong_tries import WrongTries

if TYPE_CHECKING:
    from tests.unit.storage.conftest import Clock


async def load(database: Database, *, wall: Clock, monotonic: Clock) -> WrongTries:
    return await WrongTries.load(database, wall_clock=wall, monotonic=monotonic)


@pytest.fixture
def monotonic(clock: Clock) -> Clock:
    """The machine's clock since it was switched on."""
    return type(clock)(5000.0)


async def test_the_clock_follows_the_machines_monotonic_one(database: Database, clock: Clock, monotonic: Clock) -> None:
    tries = await load(database, wall=clock, monotonic=monotonic)
    began = tries.clock()

    clock.now -= 86400
    monotonic.now += 10

    assert began == clock.now + 86400
    assert tries.clock() == began + 10


async def test_wrong_tries_are_there_after_a_restart(database: Database, clock: Clock, monotonic: Clock) -> None:
    tries = await load(database, wall=clock, monotonic=monotonic)
    await tries.keep((tries.clock() - 5, tries.clock()))

    again = await load(database, wall=clock, monotonic=monotonic)

    assert again.times == tries.times == (clock.now - 5, clock.now)


async def test_a_clock_that_was_set_back_between_two_runs_does_not_show(
    database: Database, clock: Clock, monotonic: Clock
) -> None:
    tries = await load(database, wall=clock, monotonic=monotonic)
    await tries.keep((tries.clock(),))
    monotonic.now += 1000
    async with database.transaction() as transaction:
        await tries.write_time(transaction)
    latest = tries.clock()

    clock.now -= 365 * 86400
    monotonic.now = 3.0
    again = await load(database, wall=clock, monotonic=monotonic)

    assert again.clock() == latest


async def test_the_hourly_limit_of_the_pairing_desk_holds_over_a_restart_and_ends_after_an_hour(
    database: Database, clock: Clock, monotonic: Clock
) -> None:
    tries = await load(database, wall=clock, monotonic=monotonic)
    desk = PairingDesk(clock=tries.clock, wrong_tries=tries.times)
    for _ in range(WRONG_TRIES_PER_HOUR):
        request = desk.ask(name="phone", address="10.0.0.7")
        with pytest.raises(WrongCodeError):
            desk.redeem(request_id=request.request_id, secret=request.secret, code="wrong")
        await tries.keep(desk.wrong_tries)

    clock.now -= 7200
    again = await load(database, wall=clock, monotonic=monotonic)
    desk = PairingDesk(clock=again.clock, wrong_tries=again.times)
    with pytest.raises(TooManyTriesError):
        desk.ask(name="phone", address="10.0.0.7")

    monotonic.now += 3600
    desk.ask(name="phone", address="10.0.0.7")
