"""The pairing desk: one live code, few tries, nothing forgotten."""

from dataclasses import replace

import pytest

from intercom.home.access import Role
from intercom.home.errors import InvalidInputError, NotFoundError, TooManyTriesError
from intercom.home.pairing import (
    CODE_LIVES_S,
    MOST_ASKED_BY_ADDRESS,
    TRIES_PER_CODE,
    BusyError,
    ExpiredCodeError,
    LiveCode,
    PairingDesk,
    PairingRequest,
    WrongCodeError,
)
from intercom.home.tries import MOST_BY_ADDRESS, MOST_IN_ALL, Secret, Tries


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tries(clock: Clock) -> Tries:
    return Tries(clock=clock)


@pytest.fixture
def desk(clock: Clock, tries: Tries) -> PairingDesk:
    return PairingDesk(clock=clock, tries=tries)


def ask(desk: PairingDesk, address: str = "10.0.0.2") -> tuple[PairingRequest, LiveCode]:
    request = desk.ask(name="Minsu's phone", address=address)
    live = desk.live
    assert live is not None
    return request, live


def redeem(desk: PairingDesk, request: PairingRequest, code: str, address: str = "10.0.0.2") -> LiveCode:
    return desk.redeem(request_id=request.request_id, secret=request.secret, code=code, address=address)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_right_code_lets_the_one_who_asked_in_once(desk: PairingDesk) -> None:
    request, live = ask(desk)
    desk.choose_role(Role.GUEST)

    taken = redeem(desk, request, live.code)

    assert (taken.name, taken.role) == ("Minsu's phone", Role.GUEST)
    with pytest.raises(ExpiredCodeError):
        redeem(desk, request, live.code)


def test_the_code_alone_is_of_no_use_to_somebody_else(desk: PairingDesk) -> None:
    request, live = ask(desk)

    with pytest.raises(NotFoundError):
        redeem(desk, replace(request, secret="guessed"), live.code)
    with pytest.raises(ExpiredCodeError):
        desk.redeem_plain(live.code, address="10.0.0.2")

    assert redeem(desk, request, live.code)


def test_a_code_is_burnt_by_five_wrong_tries(desk: PairingDesk) -> None:
    request, live = ask(desk)
    for _ in range(TRIES_PER_CODE):
        with pytest.raises(WrongCodeError):
            redeem(desk, request, other_than(live.code))

    with pytest.raises(ExpiredCodeError):
        redeem(desk, request, live.code)


def test_a_code_ends_after_two_minutes(desk: PairingDesk, clock: Clock) -> None:
    request, live = ask(desk)
    clock.now += CODE_LIVES_S

    with pytest.raises(ExpiredCodeError):
        redeem(desk, request, live.code)
    assert desk.live is None


def be_wrong(desk: PairingDesk, times: int, address: str) -> None:
    for _ in range(times):
        request, live = ask(desk, address)
        with pytest.raises(WrongCodeError):
            redeem(desk, request, other_than(live.code), address)
    desk.burn()


def test_an_address_with_too_many_wrong_tries_has_to_wait_and_others_have_not(desk: PairingDesk, clock: Clock) -> None:
    be_wrong(desk, MOST_BY_ADDRESS[Secret.CODE], "10.0.0.2")

    with pytest.raises(TooManyTriesError):
        desk.ask(name="Again", address="10.0.0.2")
    request, live = ask(desk, "10.0.0.3")
    with pytest.raises(TooManyTriesError):
        redeem(desk, request, live.code, "10.0.0.2")
    assert redeem(desk, request, live.code, "10.0.0.3")
    clock.now += 3601
    assert desk.ask(name="Later", address="10.0.0.2")


def test_thirty_wrong_tries_close_the_desk_for_an_hour_whatever_succeeds(
    desk: PairingDesk, clock: Clock, tries: Tries
) -> None:
    for number in range(MOST_IN_ALL[Secret.CODE] // 10):
        address = f"10.0.1.{number}"
        be_wrong(desk, 10, address)
        if number < MOST_IN_ALL[Secret.CODE] // 10 - 1:
            request, live = ask(desk, address)
            redeem(desk, request, live.code, address)

    with pytest.raises(TooManyTriesError):
        desk.ask(name="Again", address="10.0.0.9")
    again = PairingDesk(clock=clock, tries=Tries(clock=clock, kept=tries.kept))
    with pytest.raises(TooManyTriesError):
        again.ask(name="After a restart", address="10.0.0.9")
    clock.now += 3601
    assert desk.ask(name="Later", address="10.0.0.9")


def test_who_asks_on_and_on_is_told_that_it_is_enough_and_one_code_is_live(desk: PairingDesk, clock: Clock) -> None:
    refused = 0
    for _ in range(1_000):
        try:
            desk.ask(name="Again", address="10.0.0.2")
        except TooManyTriesError:
            refused += 1

    assert refused == 1_000 - MOST_ASKED_BY_ADDRESS
    desk.burn()
    assert desk.ask(name="Somebody else", address="10.0.0.3")


def test_a_host_with_a_whole_ipv6_network_is_one_address(desk: PairingDesk) -> None:
    for number in range(MOST_BY_ADDRESS[Secret.CODE]):
        be_wrong(desk, 1, f"2001:db8:1:2::{number + 1:x}")

    with pytest.raises(TooManyTriesError):
        desk.ask(name="Again", address="2001:db8:1:2:ffff::1")
    assert desk.ask(name="A neighbour", address="2001:db8:1:3::1")


def test_codes_are_drawn_evenly(clock: Clock, tries: Tries) -> None:
    seen = [0] * 10_000

    for number in range(100_000):
        desk = PairingDesk(clock=clock, tries=tries)
        desk.make_plain(address=f"10.1.{number >> 8 & 255}.{number & 255}")
        assert desk.live is not None and len(desk.live.code) == 6
        seen[int(desk.live.code) // 100] += 1

    # Chi-square with 9,999 degrees of freedom: mean 9,999, standard deviation 141; six of those never happen.
    assert abs(sum((count - 10) ** 2 / 10 for count in seen) - 9_999) < 6 * 142


def test_one_code_is_live_at_a_time(desk: PairingDesk) -> None:
    ask(desk, "10.0.0.2")

    with pytest.raises(BusyError):
        desk.ask(name="Another", address="10.0.0.3")
    with pytest.raises(BusyError):
        desk.make_plain(address="10.0.0.3")


def test_asking_again_from_the_same_place_replaces_the_code(desk: PairingDesk) -> None:
    old, old_live = ask(desk)
    new, new_live = ask(desk)

    with pytest.raises(NotFoundError):
        redeem(desk, old, old_live.code)
    assert redeem(desk, new, new_live.code)


def test_whoever_was_refused_at_the_panel_has_to_wait(desk: PairingDesk, clock: Clock) -> None:
    ask(desk, "10.0.0.2")
    desk.refuse()

    with pytest.raises(TooManyTriesError):
        desk.ask(name="Again", address="10.0.0.2")
    assert desk.ask(name="Somebody else", address="10.0.0.3")
    clock.now += 601
    desk.burn()
    assert desk.ask(name="Again", address="10.0.0.2")


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "bell\x07", "right\u202eleft"])
def test_a_name_that_cannot_be_shown_is_refused(desk: PairingDesk, name: str) -> None:
    with pytest.raises(InvalidInputError):
        desk.ask(name=name, address="10.0.0.2")


def test_watchers_see_the_code_come_and_go(desk: PairingDesk) -> None:
    seen: list[str | None] = []

    def note(live: LiveCode | None) -> None:
        seen.append(live.code if live else None)

    with desk.watched_by(note):
        request, live = ask(desk)
        redeem(desk, request, live.code)

    assert seen == [live.code, None]


def test_a_plain_code_is_for_whoever_stands_before_the_panel(desk: PairingDesk) -> None:
    desk.make_plain(address="10.0.0.2")
    live = desk.live
    assert live is not None

    assert desk.redeem_plain(live.code, address="10.0.0.2").name == ""


@pytest.mark.parametrize("code", ["", "١٢٣٤٥٦", "１２３４５６", "0" * 1_000_000, "\ud800"])
def test_strange_codes_are_merely_wrong(desk: PairingDesk, code: str) -> None:
    request, _ = ask(desk)

    with pytest.raises(WrongCodeError):
        redeem(desk, request, code)
