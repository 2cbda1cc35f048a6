"""Wrong codes and passwords are remembered over restarts, by a clock that cannot be set back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from intercom.home.errors import TooManyTriesError
from intercom.home.pairing import PairingDesk, WrongCodeError
from intercom.home.tries import MOST_BY_ADDRESS, Secret
from intercom.storage.clock import HomeClock
from intercom.storage.database import Database
from intercom.storage.wrong_tries import WrongTries

if TYPE_CHECKING:
    from tests.unit.storage.conftest import Clock


@pytest.fixture
def monotonic(clock: Clock) -> Clock:
    """The machine's clock since it was switched on."""
    return type(clock)(5000.0)


async def test_the_clock_goes_on_when_the_machines_is_set_back(
    database: Database, clock: Clock, monotonic: Clock
) -> None:
    home_clock = await HomeClock.load(database, wall=clock, monotonic=monotonic)
    began = clock.now

    clock.now -= 86400
    monotonic.now += 10

    assert home_clock.now() == home_clock.steady() == began + 10


async def test_only_what_is_to_be_hurried_follows_a_clock_that_is_set_forward(
    database: Database, clock: Clock, monotonic: Clock
) -> None:
    home_clock = await HomeClock.load(database, wall=clock, monotonic=monotonic)
    began = clock.now

    clock.now += 86400
    assert (home_clock.now(), home_clock.steady()) == (began + 86400, began)
    clock.now = 0
    monotonic.now += 10

    assert (home_clock.now(), home_clock.steady()) == (began + 86400, began + 10)


async def test_a_clock_that_was_set_back_between_two_runs_does_not_show(
    database: Database, clock: Clock, monotonic: Clock
) -> None:
    home_clock = await HomeClock.load(database, wall=clock, monotonic=monotonic)
    monotonic.now += 1000
    async with database.transaction() as transaction:
        await home_clock.write(transaction)
    latest = home_clock.now()

    clock.now -= 365 * 86400
    monotonic.now = 3.0
    again = await HomeClock.load(database, wall=clock, monotonic=monotonic)

    assert again.now() == again.steady() == latest


async def test_the_hourly_limit_holds_over_a_restart_and_ends_after_an_hour(
    database: Database, clock: Clock, monotonic: Clock
) -> None:
    home_clock = await HomeClock.load(database, wall=clock, monotonic=monotonic)
    kept = await WrongTries.load(database, home_clock)
    desk = PairingDesk(clock=home_clock.steady, tries=kept.tries)
    for _ in range(MOST_BY_ADDRESS[Secret.CODE]):
        request = desk.ask(name="phone", address="10.0.0.7")
        with pytest.raises(WrongCodeError):
            desk.redeem(request_id=request.request_id, secret=request.secret, code="wrong", address="10.0.0.7")
        await kept.keep()

    clock.now -= 7200
    home_clock = await HomeClock.load(database, wall=clock, monotonic=monotonic)
    kept = await WrongTries.load(database, home_clock)
    desk = PairingDesk(clock=home_clock.steady, tries=kept.tries)
    with pytest.raises(TooManyTriesError):
        desk.ask(name="phone", address="10.0.0.7")
    clock.now += 365 * 86400  # nor does it end sooner when the machine's clock is set forward
    with pytest.raises(TooManyTriesError):
        desk.ask(name="phone", address="10.0.0.7")

    monotonic.now += 3600
    desk.ask(name="phone", address="10.0.0.7")
