"""The pairing desk: one live code, few tries, nothing forgotten."""

import pytest

from intercom.home.access import Role
from intercom.home.errors import InvalidInputError, NotFoundError, TooManyTriesError
from intercom.home.pairing import (
    CODE_LIVES_S,
    TRIES_PER_CODE,
    WRONG_TRIES_PER_HOUR,
    BusyError,
    ExpiredCodeError,
    LiveCode,
    PairingDesk,
    PairingRequest,
    WrongCodeError,
)


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
def desk(clock: Clock) -> PairingDesk:
    return PairingDesk(clock=clock)


def ask(desk: PairingDesk, address: str = "10.0.0.2") -> tuple[PairingRequest, LiveCode]:
    request = desk.ask(name="Minsu's phone", address=address)
    live = desk.live
    assert live is not None
    return request, live


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_right_code_lets_the_one_who_asked_in_once(desk: PairingDesk) -> None:
    request, live = ask(desk)
    desk.choose_role(Role.GUEST)

    taken = desk.redeem(request_id=request.request_id, secret=request.secret, code=live.code)

    assert (taken.name, taken.role) == ("Minsu's phone", Role.GUEST)
    with pytest.raises(ExpiredCodeError):
        desk.redeem(request_id=request.request_id, secret=request.secret, code=live.code)


def test_the_code_alone_is_of_no_use_to_somebody_else(desk: PairingDesk) -> None:
    request, live = ask(desk)

    with pytest.raises(NotFoundError):
        desk.redeem(request_id=request.request_id, secret="guessed", code=live.code)
    with pytest.raises(ExpiredCodeError):
        desk.redeem_plain(live.code)

    assert desk.redeem(request_id=request.request_id, secret=request.secret, code=live.code)


def test_a_code_is_burnt_by_five_wrong_tries(desk: PairingDesk) -> None:
    request, live = ask(desk)
    for _ in range(TRIES_PER_CODE):
        with pytest.raises(WrongCodeError):
            desk.redeem(request_id=request.request_id, secret=request.secret, code=other_than(live.code))

    with pytest.raises(ExpiredCodeError):
        desk.redeem(request_id=request.request_id, secret=request.secret, code=live.code)


def test_a_code_ends_after_two_minutes(desk: PairingDesk, clock: Clock) -> None:
    request, live = ask(desk)
    clock.now += CODE_LIVES_S

    with pytest.raises(ExpiredCodeError):
        desk.redeem(request_id=request.request_id, secret=request.secret, code=live.code)
    assert desk.live is None


def test_thirty_wrong_tries_close_the_desk_for_an_hour_whatever_succeeds(desk: PairingDesk, clock: Clock) -> None:
    wrong = 0
    while wrong < WRONG_TRIES_PER_HOUR:
        request, live = ask(desk)
        for _ in range(TRIES_PER_CODE - 1):
            if wrong == WRONG_TRIES_PER_HOUR:
                break
            with pytest.raises(WrongCodeError):
                desk.redeem(request_id=request.request_id, secret=request.secret, code=other_than(live.code))
            wrong += 1
        if wrong < WRONG_TRIES_PER_HOUR:
            desk.redeem(request_id=request.request_id, secret=request.secret, code=live.code)

    with pytest.raises(TooManyTriesError):
        desk.ask(name="Again", address="10.0.0.9")
    with pytest.raises(TooManyTriesError):
        PairingDesk(clock=clock, wrong_tries=desk.wrong_tries).ask(name="After a restart", address="10.0.0.9")
    clock.now += 3601
    assert desk.ask(name="Later", address="10.0.0.9")


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
        desk.redeem(request_id=old.request_id, secret=old.secret, code=old_live.code)
    assert desk.redeem(request_id=new.request_id, secret=new.secret, code=new_live.code)


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
        desk.redeem(request_id=request.request_id, secret=request.secret, code=live.code)

    assert seen == [live.code, None]


def test_a_plain_code_is_for_whoever_stands_before_the_panel(desk: PairingDesk) -> None:
    desk.make_plain(address="10.0.0.2")
    live = desk.live
    assert live is not None

    assert desk.redeem_plain(live.code).name == ""


@pytest.mark.parametrize("code", ["", "١٢٣٤٥٦", "１２３４５６", "0" * 1_000_000, "\ud800"])
def test_strange_codes_are_merely_wrong(desk: PairingDesk, code: str) -> None:
    request, _ = ask(desk)

    with pytest.raises(WrongCodeError):
        desk.redeem(request_id=request.request_id, secret=request.secret, code=code)
