"""Pairing codes under attack: guessed, replayed, raced, malformed, asked for on and on, with the clock turned back."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Generator, Mapping
from typing import Any

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
    how_many,
    in_the_same_moment,
)
from tests.e2e.conftest import MakeProgram
from tests.e2e.until import AT_ONCE_S, until

LIVES_S = 120
TRIES = 5
MOST_WRONG_BY_ADDRESS = 15
MOST_WRONG_IN_ALL = 30
MOST_ASKED_BY_ADDRESS = 30
LONGEST_ATTACK_S = 3600 if IS_LONG else 60
EXPIRED_CODE, WRONG_CODE = "만료된 코드", "잘못된 인증코드"


@pytest.fixture(scope="module")
def running(make_program: MakeProgram, tmp_path_factory: pytest.TempPathFactory) -> Besieged:
    clock = Clock(tmp_path_factory.mktemp("clock"))
    home = Besieged(make_program("--headless", environ=clock.environ), clock)
    home.program.start()
    return home


@pytest.fixture
def home(running: Besieged) -> Generator[Besieged, None, None]:
    """The home, an hour after the attack before: all that was counted has lapsed."""
    running.later(HOUR_S + 1)
    yield running
    running.check()


class Robber:
    """Guesses codes from one address or many, and asks for another code whenever the one before is gone."""

    def __init__(self, asker: Stranger) -> None:
        self._asker = asker
        self._lock = threading.Lock()
        self._pairing = asker.ask_pairing("robber").said

    def guess(self, guesser: Stranger, code: str) -> str:
        """Guess once; return how that was refused, or "in"."""
        pairing = self._pairing
        answer = guesser.give_code(pairing, code)
        if answer.status == 200:
            return "in"
        if code_of(answer) in ("expired_code", "not_found"):
            self._ask_again(pairing)
        return code_of(answer)

    def _ask_again(self, stale: Mapping[str, Any]) -> None:
        with self._lock:
            if self._pairing is stale:
                asked = self._asker.ask_pairing("robber")
                if asked.status == 201:
                    self._pairing = asked.said


def wrong(code: str, by: int = 1) -> str:
    """Another code of six digits."""
    return f"{(int(code) + by) % 1_000_000:06d}"


def use_up_a_code(home: Besieged, guesser: Stranger) -> None:
    """Ask for a code and be wrong until it is burnt."""
    asked = guesser.ask_pairing().said
    code = home.shown_code()
    answers = in_the_same_moment(
        [lambda by=by: guesser.give_code(asked, wrong(code, by)) for by in range(1, 1 + TRIES)]
    )
    assert [code_of(answer) for answer in answers] == ["wrong_code"] * TRIES


def clock_entries(home: Besieged) -> list[dict[str, Any]]:
    """What the audit log says of a clock that was set back, the newest first."""
    return [entry for entry in home.member().get("audit?limit=500")["entries"] if entry["event"] == "clock"]


def audited(home: Besieged) -> Counter[tuple[str, str]]:
    """How often each event came from each address."""
    return Counter(home.rows("SELECT event, address FROM audit"))


@pytest.mark.timeout(LONGEST_ATTACK_S)
def test_of_thousands_of_wrong_codes_from_one_address_fifteen_are_looked_at_and_none_lets_in(home: Besieged) -> None:
    address = home.at("127.1.0.1")
    sessions = home.rows("SELECT id FROM sessions")
    robber = Robber(address)
    tries = how_many(10_000, bounded=300)

    came_of_it = Counter(at_once([lambda n=n: robber.guess(address, f"{n:06d}") for n in range(tries)]))

    assert came_of_it["wrong_code"] == MOST_WRONG_BY_ADDRESS
    assert set(came_of_it) <= {"wrong_code", "expired_code", "not_found", "too_many_tries"}
    assert home.rows("SELECT id FROM sessions") == sessions
    assert audited(home)["wrong_code", "127.1.0.1"] == MOST_WRONG_BY_ADDRESS
    assert audited(home)["too_many_tries", "127.1.0.1"] == 1
    home.later(LIVES_S + 1)
    friend = home.at("127.1.0.2")
    asked = friend.ask_pairing().said
    code = home.shown_code()
    assert code_of(address.give_code(asked, code)) == "too_many_tries", "the robber is out even with the right code"
    assert friend.give_code(asked, code).status == 200, "who is somewhere else is not"


@pytest.mark.timeout(LONGEST_ATTACK_S)
def test_of_thousands_of_wrong_codes_from_a_thousand_addresses_thirty_are_looked_at_and_none_lets_in(
    home: Besieged,
) -> None:
    owner = home.member()
    sessions = home.rows("SELECT id FROM sessions")
    robber = Robber(home.at("127.2.0.1"))
    tries = how_many(10_000, bounded=300)
    addresses = [home.at(f"127.2.{1 + n // 250}.{1 + n % 250}") for n in range(1000)]

    came_of_it = Counter(
        at_once([lambda n=n: robber.guess(addresses[n % len(addresses)], f"{n:06d}") for n in range(tries)])
    )

    assert came_of_it["wrong_code"] == MOST_WRONG_IN_ALL
    assert set(came_of_it) <= {"wrong_code", "expired_code", "not_found", "too_many_tries"}
    assert home.rows("SELECT id FROM sessions") == sessions
    assert code_of(home.at("127.2.9.9").ask_pairing()) == "too_many_tries", "for an hour nobody is paired"
    assert owner.ask("GET", "devices").status == 200, "who is paired goes on"
    home.later(HOUR_S + 1)
    assert home.pair(home.at("127.2.0.1")).status == 200


def test_the_right_code_is_worth_nothing_once_it_was_burnt(home: Besieged) -> None:
    guesser = home.at("127.3.0.1")
    asked = guesser.ask_pairing().said
    code = home.shown_code()
    for by in range(1, TRIES + 1):
        assert code_of(guesser.give_code(asked, wrong(code, by))) == "wrong_code"

    assert code_of(guesser.give_code(asked, code)) == "expired_code"

    assert guesser.ask("GET", "/auth/code").said == {"success": True}
    code = home.shown_code()
    for by in range(1, TRIES + 1):
        assert guesser.check_plain(wrong(code, by)).said["error"] == {"status": 401, "message": WRONG_CODE}
    assert guesser.check_plain(code).said["error"] == {"status": 401, "message": EXPIRED_CODE}


def test_the_right_code_lets_in_once(home: Besieged) -> None:
    guest = home.at("127.3.0.2")
    asked = guest.ask_pairing().said
    code = home.shown_code()
    assert guest.give_code(asked, code).status == 200

    assert code_of(guest.give_code(asked, code)) == "expired_code"
    assert guest.check_plain(code).said["error"]["message"] == EXPIRED_CODE


def test_wrong_codes_stay_counted_when_the_program_is_killed_or_stopped_between_them(home: Besieged) -> None:
    guesser = home.at("127.4.0.1")

    use_up_a_code(home, guesser)
    home.restart(by_force=True)
    use_up_a_code(home, guesser)
    use_up_a_code(home, guesser)
    home.restart()

    assert code_of(guesser.ask_pairing()) == "too_many_tries"


def test_the_right_code_sent_many_times_in_one_moment_lets_in_once(home: Besieged) -> None:
    guest = home.at("127.5.0.1")
    asked = guest.ask_pairing("racer").said
    code = home.shown_code()

    answers = in_the_same_moment([lambda: guest.give_code(asked, code)] * 40)

    assert Counter(map(code_of, answers)) == {"": 1, "expired_code": 39}
    assert home.rows("SELECT count(*) FROM sessions WHERE name = 'racer'") == [(1,)]

    assert guest.ask("GET", "/auth/code").said == {"success": True}
    code = home.shown_code()
    plain = in_the_same_moment([lambda: guest.check_plain(code)] * 40)
    assert Counter(answer.status for answer in plain) == {201: 1, 401: 39}


def test_wrong_codes_in_one_moment_are_no_more_than_in_turn(home: Besieged) -> None:
    guesser = home.at("127.5.0.2")
    asked = guesser.ask_pairing().said
    code = home.shown_code()

    answers = in_the_same_moment([lambda n=n: guesser.give_code(asked, wrong(code, n)) for n in range(1, 41)])

    assert Counter(map(code_of, answers)) == {"wrong_code": TRIES, "expired_code": 40 - TRIES}


def test_a_code_ends_with_its_time(home: Besieged) -> None:
    guest = home.at("127.6.0.1")
    asked = guest.ask_pairing()
    assert asked.said["lives_s"] == LIVES_S
    code = home.shown_code()
    home.later(LIVES_S + 1)
    assert code_of(guest.give_code(asked.said, code)) == "expired_code"

    asked = guest.ask_pairing()
    code = home.shown_code()
    home.later(LIVES_S - 30)
    assert guest.give_code(asked.said, code).status == 200, "until then it is good"

    guest.ask("GET", "/auth/code")
    code = home.shown_code()
    home.later(LIVES_S + 1)
    assert guest.check_plain(code).said["error"]["message"] == EXPIRED_CODE


@pytest.mark.timeout(LONGEST_ATTACK_S)
def test_who_asks_a_thousand_times_has_one_live_code_and_hinders_nobody_who_is_in(home: Besieged) -> None:
    owner = home.member()
    nuisance, other = home.at("127.8.0.1"), home.at("127.8.0.2")
    took: list[float] = []
    is_over = threading.Event()

    def use_the_home() -> None:
        while not is_over.wait(0.05):
            began = time.monotonic()
            assert owner.ask("GET", "devices").status == 200
            assert owner.ask("GET", "clients").status == 200
            took.append(time.monotonic() - began)

    def ask_on_and_on() -> list[Any]:
        try:
            return at_once([nuisance.ask_pairing] * how_many(1000, bounded=300))
        finally:
            is_over.set()

    answers = at_once([ask_on_and_on, use_the_home], threads=2)[0]

    assert Counter(map(code_of, answers)) == {"": MOST_ASKED_BY_ADDRESS, "too_many_tries": len(answers) - 30}
    assert took and sorted(took)[len(took) // 2] < AT_ONCE_S
    assert code_of(other.ask_pairing()) == "busy", "nobody takes the place of a live code"
    code = home.shown_code()
    given = at_once([lambda each=each: nuisance.give_code(each.said, code) for each in answers if each.status == 201])
    assert [answer.status for answer in given].count(200) == 1
    assert {code_of(answer) for answer in given if answer.status != 200} <= {"not_found", "expired_code"}
    assert home.pair(other).status == 200


ZEROS = {"fullwidth": "０", "arabic": "٠", "devanagari": "०", "mathematical": "𝟎"}
NOT_A_CODE = [None, 123456, 1e5, True, ["1"] * 6, {"code": "1"}]


def test_digits_of_other_scripts_are_not_the_code(home: Besieged) -> None:
    guest = home.at("127.9.0.1")
    asked = guest.ask_pairing().said
    code = home.shown_code()

    for zero in ZEROS.values():
        spelt = "".join(chr(ord(zero) + int(digit)) for digit in code)
        assert code_of(guest.give_code(asked, spelt)) == "wrong_code"

    assert guest.give_code(asked, code).status == 200, "four were counted, and this is the fifth"


@pytest.mark.parametrize("spelling", [" {}", "{}\n", "+{}", "{}\x00", "0x{}", "{0}{0}", "{}" + "0" * 50_000])
def test_what_only_holds_the_code_is_not_the_code(home: Besieged, spelling: str) -> None:
    guest = home.at("127.9.0.2")
    asked = guest.ask_pairing().said

    assert code_of(guest.give_code(asked, spelling.format(home.shown_code()))) == "wrong_code"


def test_what_is_no_text_is_refused_in_words_and_counts_as_no_try(home: Besieged) -> None:
    guest = home.at("127.9.0.3")
    asked = guest.ask_pairing().said
    path, code = f"pairing/{asked['request_id']}", home.shown_code()
    bodies = [b"", b"{", b"null", b"[]", b'"123456"', b"\xff\xfe", b"[" * 50_000, b'{"code":"\\ud800', b"{}" * 9]

    answers = [guest.give_code(asked, each) for each in [*NOT_A_CODE, [code], int(code)]]
    answers += [guest.ask("POST", path, body) for body in bodies]
    too_large = guest.ask("POST", path, b'{"secret":"' + b"0" * (1024 * 1024) + b'"}')

    assert {(answer.status, code_of(answer)) for answer in answers} == {(400, "invalid")}
    assert answers[1].said["error"]["message"] == "code: expected str, got int"
    assert (too_large.status, code_of(too_large)) == (413, "too_large")
    assert guest.give_code(asked, code).status == 200


def test_the_ancestors_header_takes_only_the_six_digits(home: Besieged) -> None:
    guest = home.at("127.9.0.4")
    guest.ask("GET", "/auth/code")
    code = home.shown_code()
    fullwidth = "".join(chr(ord("０") + int(digit)) for digit in code)

    for given in (fullwidth.encode(), b"\xff\xfe", b"", b"1" * 4000):
        assert guest.check_plain(given).said["error"] == {"status": 401, "message": WRONG_CODE}

    assert guest.check_plain(code).status == 201


def test_right_wrong_and_ended_codes_are_answered_after_the_same_time(home: Besieged) -> None:
    took: dict[str, list[float]] = {}

    def timed(kind: str, answer_with: Any, expected: str) -> None:
        began = time.perf_counter()
        answer = answer_with()
        took.setdefault(kind, []).append(time.perf_counter() - began)
        assert code_of(answer) == expected

    for n in range(how_many(28, bounded=8)):
        guest, guesser = home.at(f"127.10.0.{1 + n}"), home.at(f"127.10.1.{1 + n}")
        asked = guest.ask_pairing().said
        code = home.shown_code()
        unknown = {"request_id": "nobody's", "secret": "nobody's"}
        timed("wrong", lambda: guesser.give_code(asked, wrong(code)), "wrong_code")  # noqa: B023  # called at once
        timed("unknown", lambda: guesser.give_code(unknown, code), "not_found")  # noqa: B023
        timed("right", lambda: guest.give_code(asked, code), "")  # noqa: B023
        timed("ended", lambda: guest.give_code(asked, code), "expired_code")  # noqa: B023

    # Noise only ever adds, so the quickest of each kind tell what the relay itself takes.
    quickest = {kind: min(times) for kind, times in took.items()}
    assert min(quickest.values()) >= 0.099, quickest
    assert max(quickest.values()) - min(quickest.values()) < 0.02, quickest


# The clock


@pytest.fixture(scope="module")
def set_back(make_program: MakeProgram, tmp_path_factory: pytest.TempPathFactory) -> Besieged:
    """A home whose machine's time somebody sets."""
    clock = Clock(tmp_path_factory.mktemp("clock"), wall_only=True)
    home = Besieged(make_program("--headless", name="clock", environ=clock.environ), clock)
    home.program.start()
    return home


@pytest.mark.timeout(300)
def test_a_code_outlives_neither_its_time_nor_a_restart_when_the_clock_is_set_back(set_back: Besieged) -> None:
    assert set_back.clock is not None
    guest = set_back.at("127.7.0.2")
    asked = guest.ask_pairing().said
    code = set_back.shown_code()

    set_back.clock.set_to(86_400.0)
    if IS_LONG:  # the monotonic clock is not set, so its time has to be waited for
        shown_at = time.monotonic()
        until(lambda: time.monotonic() > shown_at + LIVES_S, "the code's time", within_s=LIVES_S + 30)
        assert code_of(guest.give_code(asked, code)) == "expired_code"
    set_back.restart()

    assert code_of(guest.give_code(asked, code)) == "expired_code"
    assert set_back.pair(guest).status == 200, "in 1970 people are paired as at any time"
    set_back.check()


def test_setting_the_clock_gives_no_tries_back(set_back: Besieged) -> None:
    assert set_back.clock is not None
    guesser = set_back.at("127.7.0.1")
    set_back.clock.set(0)
    for _ in range(MOST_WRONG_BY_ADDRESS // TRIES):
        use_up_a_code(set_back, guesser)
    noticed = len(clock_entries(set_back))

    for instant in (time.time() - DAY_S, 86_400.0, time.time() + 10 * DAY_S):
        set_back.clock.set_to(instant)
        assert code_of(guesser.ask_pairing()) == "too_many_tries", "set while it runs"
    set_back.program.kill()  # so that it cannot write down that it is ten days later
    set_back.clock.set_to(86_400.0)
    set_back.program.start()
    assert code_of(guesser.ask_pairing()) == "too_many_tries", "set back before it starts"
    latest, *others = clock_entries(set_back)
    assert len(others) == noticed, "an owner reads in the audit log that it was"
    assert float(latest["detail"].removesuffix(" s")) > 1e9
    set_back.check()
