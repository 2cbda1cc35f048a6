"""Passwords guessed, and logins after their time."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Generator

import pytest

from tests.blackbox.attack import (
    DAY_S,
    HOUR_S,
    IS_LONG,
    Besieged,
    Clock,
    Stranger,
    at_once,
    code_of,
    cookie_in,
    how_many,
    in_the_same_moment,
    socket,
)
from tests.e2e.conftest import MakeProgram
from tests.e2e.until import AT_ONCE_S, until

MOST_WRONG_BY_ADDRESS = 10
MOST_WRONG_IN_ALL = 60
LOGIN_IDLE_S = 14 * DAY_S
LOGIN_LIVES_S = 90 * DAY_S
RIGHT = "쓸쓸한 저녁 a long enough word"
NEVER_BUSY = 8
"""So many passwords are checked at once without any being put off."""

LONGEST_ATTACK_S = 3600 if IS_LONG else 180  # sixty hashes, on a machine that has other things to do


@pytest.fixture(scope="module")
def running(make_program: MakeProgram, tmp_path_factory: pytest.TempPathFactory) -> Besieged:
    """A home in which Mina has an account, and nobody else."""
    clock = Clock(tmp_path_factory.mktemp("clock"))
    home = Besieged(make_program("--headless", environ=clock.environ), clock)
    home.program.start()
    account = {"name": "Mina", "password": RIGHT, "role": "resident"}
    assert home.member().ask("POST", "accounts", account).status == 201
    return home


@pytest.fixture
def home(running: Besieged) -> Generator[Besieged, None, None]:
    """The home, an hour after the attack before: all that was counted has lapsed."""
    running.later(HOUR_S + 1)
    yield running
    running.check()


def wrong(n: int) -> str:
    return f"a wrong password, number {n}"


def guess(who: Stranger, n: int) -> str:
    """Guess once; return how that was refused."""
    return code_of(who.log_in("Mina", wrong(n)))


def test_of_many_wrong_passwords_from_one_address_ten_are_looked_at_and_then_not_the_right_one(home: Besieged) -> None:
    robber, mina = home.at("127.39.0.1"), home.at("127.39.0.2")

    came_of_it = Counter(
        at_once([lambda n=n: guess(robber, n) for n in range(how_many(1000, bounded=40))], threads=NEVER_BUSY)
    )

    assert came_of_it["wrong_password"] == MOST_WRONG_BY_ADDRESS
    assert set(came_of_it) == {"wrong_password", "too_many_tries"}
    assert code_of(robber.log_in("Mina", RIGHT)) == "too_many_tries"
    assert mina.log_in("Mina", RIGHT).status == 200, "who is somewhere else is not kept out"
    audited = Counter(home.rows("SELECT event, about FROM audit WHERE address = '127.39.0.1'"))
    assert audited == {("wrong_password", "Mina"): MOST_WRONG_BY_ADDRESS, ("too_many_tries", ""): 1}
    home.later(HOUR_S + 1)
    assert robber.log_in("Mina", RIGHT).status == 200


@pytest.mark.timeout(LONGEST_ATTACK_S)
def test_of_many_wrong_passwords_from_many_addresses_sixty_are_looked_at_and_nobody_inside_waits(
    home: Besieged,
) -> None:
    owner, mina = home.member(), home.at("127.40.9.9")
    cookie = cookie_in(mina.log_in("Mina", RIGHT))
    robbers = [home.at(f"127.40.{n // 250}.{1 + n % 250}") for n in range(how_many(1000, bounded=100))]

    is_over = threading.Event()
    took: list[float] = []

    def use_the_home() -> Counter[str]:
        while not is_over.wait(0.05):
            began = time.monotonic()
            assert owner.ask("GET", "devices").status == 200
            took.append(time.monotonic() - began)
        return Counter()

    def guess_on_and_on() -> Counter[str]:
        try:
            guesses = [lambda n=n: guess(robbers[n], n) for n in range(len(robbers))]
            return Counter(at_once(guesses, threads=NEVER_BUSY))
        finally:
            is_over.set()

    came_of_it, _ = at_once([guess_on_and_on, use_the_home], threads=2)

    assert sorted(took)[len(took) // 2] < AT_ONCE_S / 2
    assert came_of_it["wrong_password"] == MOST_WRONG_IN_ALL
    assert set(came_of_it) == {"wrong_password", "too_many_tries"}
    for moment in ("at once", "after a kill"):
        if moment == "after a kill":
            home.restart(by_force=True)
        assert code_of(mina.log_in("Mina", RIGHT)) == "too_many_tries", "for an hour nobody logs in"
        assert mina.ask("GET", "session", headers={"Cookie": f"sid={cookie}"}).status == 200, "who is in stays in"
        assert owner.ask("GET", "accounts").status == 200
    home.later(HOUR_S + 1)
    assert mina.log_in("Mina", RIGHT).status == 200


def test_wrong_passwords_in_one_moment_are_no_more_than_in_turn(home: Besieged) -> None:
    robber = home.at("127.39.1.1")

    answers = in_the_same_moment([lambda n=n: robber.log_in("Mina", wrong(n)) for n in range(40)])

    came_of_it = Counter(map(code_of, answers))
    assert came_of_it["wrong_password"] <= MOST_WRONG_BY_ADDRESS
    assert set(came_of_it) <= {"wrong_password", "too_many_tries", "busy"}
    assert home.rows("SELECT count(*) FROM wrong_tries WHERE source = '127.39.1.1'") == [
        (came_of_it["wrong_password"],)
    ]


def test_a_right_password_makes_no_wrong_one_forgotten(home: Besieged) -> None:
    robber = home.at("127.39.2.1")
    for n in range(MOST_WRONG_BY_ADDRESS - 1):
        assert guess(robber, n) == "wrong_password"

    assert robber.log_in("Mina", RIGHT).status == 200

    assert guess(robber, 0) == "wrong_password"
    assert code_of(robber.log_in("Mina", RIGHT)) == "too_many_tries"


def test_the_own_password_is_guessed_no_more_often_by_changing_it(home: Besieged) -> None:
    robber = home.at("127.39.3.1")
    cookie = cookie_in(robber.log_in("Mina", RIGHT))
    taken = {"Cookie": f"sid={cookie}"}

    came_of_it = Counter(
        code_of(robber.ask("PUT", "session/password", {"old": wrong(n), "new": "another long word"}, headers=taken))
        for n in range(MOST_WRONG_BY_ADDRESS + 2)
    )

    assert came_of_it == {"wrong_password": MOST_WRONG_BY_ADDRESS, "too_many_tries": 2}
    assert code_of(robber.log_in("Mina", RIGHT)) == "too_many_tries"


@pytest.mark.timeout(LONGEST_ATTACK_S)
def test_a_name_that_has_an_account_is_refused_like_one_that_has_none(home: Besieged) -> None:
    took: dict[str, list[float]] = {"Mina": [], "Nobody": []}
    answers = []

    def are_alike() -> bool:
        """Whether they take as long; noise only ever adds, so the quickest tell what the relay itself takes."""
        return 0.8 < min(took["Mina"]) / min(took["Nobody"]) < 1.25

    for n in range(28):
        for name, times in took.items():
            began = time.perf_counter()
            answer = home.at(f"127.39.4.{1 + n}").log_in(name, wrong(n))
            times.append(time.perf_counter() - began)
            answers.append((answer.status, str(answer.said), sorted(answer.headers.keys())))
        if n >= 5 and are_alike():
            break

    assert are_alike(), took
    assert answers == [answers[0]] * len(answers)
    assert answers[0][0] == 401


# The end of a login


@pytest.fixture(scope="module")
def calendar(make_program: MakeProgram, tmp_path_factory: pytest.TempPathFactory) -> Besieged:
    """A home whose months pass; its monotonic clock stays, so that sockets do not time out meanwhile."""
    clock = Clock(tmp_path_factory.mktemp("calendar"), wall_only=True)
    home = Besieged(make_program("--headless", name="calendar", environ=clock.environ), clock)
    home.program.start()
    account = {"name": "Mina", "password": RIGHT, "role": "resident"}
    assert home.member().ask("POST", "accounts", account).status == 201
    return home


def is_in(home: Besieged, cookie: str) -> bool:
    """Whether a cookie is a login's, by HTTP and by a socket, which must agree."""
    answer = home.at("127.0.0.1").ask("GET", "session", headers={"Cookie": f"sid={cookie}"})
    with socket(home.url, cookie=cookie) as opened:
        assert (opened.refusal == "") is (answer.status == 200)
    return answer.status == 200


def test_a_login_ends_without_use_and_in_any_case_in_the_end_along_with_its_sockets(calendar: Besieged) -> None:
    home, mina = calendar, calendar.at("127.0.0.1")
    assert home.clock is not None
    unused, used, watched = (cookie_in(mina.log_in("Mina", RIGHT, cookie="")) for _ in range(3))
    began = home.clock.now()
    assert is_in(home, unused) and is_in(home, used) and is_in(home, watched)
    with socket(home.url, cookie=watched) as live:
        live.watch()

        home.later(LOGIN_IDLE_S - HOUR_S)
        assert is_in(home, used)
        home.later(2 * HOUR_S)
        assert not is_in(home, unused), "two weeks without use"
        assert is_in(home, used), "used within two weeks"

        for _ in range(5):
            home.later(LOGIN_IDLE_S - HOUR_S)
            assert is_in(home, used)
        assert not live.is_closed.is_set(), "an open socket is use"
        home.clock.set_to(began + LOGIN_LIVES_S - HOUR_S)
        assert is_in(home, used)
        assert is_in(home, watched)

        home.later(HOUR_S + 1)
        until(live.is_closed.is_set, "the socket is closed", within_s=AT_ONCE_S)
        assert live.events("session") == [{"ended": True}]
        assert not is_in(home, used) and not is_in(home, watched)
    ended = home.rows("SELECT about FROM audit WHERE event = 'expired'")
    assert ended == [("Mina",)] * 3

    now = home.clock.now()
    home.clock.set_to(began)
    assert not is_in(home, unused) and not is_in(home, used), "and stays so when the clock is set back"
    home.clock.set_to(now)
    home.check()


def test_an_idle_login_does_not_come_back_with_a_clock_that_was_set_back_before_the_start(calendar: Besieged) -> None:
    assert calendar.clock is not None
    cookie = cookie_in(calendar.at("127.0.0.1").log_in("Mina", RIGHT))
    began = calendar.clock.now()
    calendar.program.kill()
    calendar.later(LOGIN_IDLE_S + HOUR_S)
    calendar.program.start()
    calendar.program.end()

    calendar.clock.set_to(began)
    calendar.program.start()

    assert not is_in(calendar, cookie)
    calendar.check()
