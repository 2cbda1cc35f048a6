"""Which datagrams the beacon answers, and how many."""

from __future__ import annotations

import pytest

from intercom.devices.beacon import ANSWERS_PER_S, ANSWERS_PER_SENDER_AND_S, LONGEST_QUESTION_BYTES, AnswerLimit


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_any_short_datagram_from_the_homes_network_is_answered() -> None:
    limit = AnswerLimit(clock=Clock())

    assert limit.admits(b"?", "192.168.0.7", 4000)
    assert limit.admits(b"\xff\x00 where are you", "10.1.2.3", 4000)
    assert limit.admits(b"hello", "169.254.3.4", 4000)


@pytest.mark.parametrize("sender", ["8.8.8.8", "0.0.0.0", "255.255.255.255", "224.0.0.1"])
def test_a_sender_that_is_not_of_a_home_is_not_answered(sender: str) -> None:
    assert not AnswerLimit(clock=Clock()).admits(b"?", sender, 4000)


@pytest.mark.parametrize("datagram", [b"", b"x" * (LONGEST_QUESTION_BYTES + 1)])
def test_junk_is_not_answered(datagram: bytes) -> None:
    assert not AnswerLimit(clock=Clock()).admits(datagram, "192.168.0.7", 4000)


@pytest.mark.parametrize("answer", [b"192.168.0.9", b"192.168.0.9\n", b"fe80::1"])
def test_an_answer_is_never_answered_so_that_two_relays_do_not_keep_each_other_talking(answer: bytes) -> None:
    assert not AnswerLimit(clock=Clock()).admits(answer, "192.168.0.7", 4000)


def test_one_sender_gets_few_answers_a_second() -> None:
    clock = Clock()
    limit = AnswerLimit(clock=clock)

    answered = [limit.admits(b"?", "192.168.0.7", port) for port in range(1, 100)]
    assert sum(answered) == ANSWERS_PER_SENDER_AND_S

    clock.now += 1
    assert limit.admits(b"?", "192.168.0.7", 1)


def test_all_senders_together_get_few_answers_a_second() -> None:
    limit = AnswerLimit(clock=Clock())

    answered = [limit.admits(b"?", f"192.168.0.{host}", 4000) for host in range(1, 200)]

    assert sum(answered) == ANSWERS_PER_S
