"""The ancestor's switches: what is believed of their messages, and toggles that end where they should."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from intercom.devices.mqtt_packets import checked_topic
from intercom.devices.switches import (
    ANSWER_WITHIN_S,
    SwitchBank,
    SwitchRegistration,
    SwitchReport,
    action_topic,
    checked_host,
    read_regist,
    read_state,
)
from intercom.home.errors import InvalidInputError


def _bytes(**fields: object) -> bytes:
    return json.dumps(fields).encode()


# Messages


def test_an_introduction_is_read_with_a_way_that_is_a_number_or_its_digits() -> None:
    for way in (4, "4"):
        said = read_regist(_bytes(device_host="sw-1", device_name=" 거실  스위치 ", device_way=way))

        assert said == SwitchRegistration(host="sw-1", name="거실 스위치", way=4)


def test_a_device_without_a_name_is_called_by_its_host() -> None:
    assert read_regist(_bytes(device_host="sw-1", device_name="", device_way=1)).name == "sw-1"


def test_a_state_is_read_in_the_order_of_the_switches() -> None:
    assert read_state(_bytes(device_host="sw-1", device_state="1000", device_way=4)) == SwitchReport(
        host="sw-1", on=(True, False, False, False)
    )


@pytest.mark.parametrize(
    "host", ["", "a/b", "/", "#", "+", "a+", "$SYS", "a\0b", "a\nb", " a", "a ", "x" * 65, "\ud800", "\u200e"]
)
def test_a_host_that_would_make_an_evil_topic_is_refused(host: str) -> None:
    with pytest.raises(InvalidInputError, match="device_host"):
        checked_host(host)


@pytest.mark.parametrize("way", [0, 3, 5, -1, 1.5, None, "two", True, [4]])
def test_a_number_of_switches_that_no_device_has_is_refused(way: object) -> None:
    with pytest.raises(InvalidInputError):
        read_regist(_bytes(device_host="sw-1", device_name="x", device_way=way))


@pytest.mark.parametrize("nested", [b"[" * 60_000, b'{"device_host":"x","device_state":' + b'{"a":' * 5_000])
@pytest.mark.parametrize("read", [read_regist, read_state])
def test_what_is_nested_deeper_than_any_switch_would_is_refused(read: Callable[[bytes], object], nested: bytes) -> None:
    with pytest.raises(InvalidInputError, match="expected JSON"):
        read(nested)


@pytest.mark.parametrize("state", ["", "10001", "2", "on", 1000, None])
def test_a_state_that_is_not_digits_of_switches_is_refused(state: object) -> None:
    with pytest.raises(InvalidInputError):
        read_state(_bytes(device_host="sw-1", device_state=state, device_way=4))


@given(
    st.binary()
    | st.recursive(
        st.none() | st.integers() | st.text() | st.booleans(),
        lambda inner: st.dictionaries(
            st.sampled_from(["device_host", "device_name", "device_way", "device_state"]), inner
        ),
    )
    .map(json.dumps)
    .map(str.encode)
)
def test_whatever_arrives_is_read_or_refused_in_words(payload: bytes) -> None:
    for read in (read_regist, read_state):
        try:
            said = read(payload)
        except InvalidInputError:
            continue
        assert checked_topic(action_topic(said.host)).count("/") == 1


# Toggling


def test_a_switch_is_toggled_only_when_it_is_not_so_already() -> None:
    bank = SwitchBank(4)
    bank.report((True, False, False, False), now=0)

    assert bank.turn(1, on=True, now=1) == []
    assert bank.turn(2, on=True, now=1) == [2]


def test_a_second_wish_for_the_same_does_not_toggle_back() -> None:
    bank = SwitchBank(1)
    bank.report((False,), now=0)

    assert bank.turn(1, on=True, now=1) == [1]
    assert bank.turn(1, on=True, now=1.1) == []


def test_a_changed_mind_waits_for_the_first_toggle_and_then_undoes_it() -> None:
    bank = SwitchBank(1)
    bank.report((False,), now=0)
    bank.turn(1, on=True, now=1)

    assert bank.turn(1, on=False, now=1.1) == []
    assert bank.report((True,), now=1.2) == [1]
    assert bank.report((False,), now=1.3) == []
    assert bank.is_at_rest(1, now=1.3)


def test_a_report_sent_before_for_a_neighbour_does_not_make_it_toggle_twice() -> None:
    bank = SwitchBank(2)
    bank.report((False, False), now=0)
    assert bank.turn(1, on=True, now=1) + bank.turn(2, on=True, now=1) == [1, 2]

    assert bank.report((True, False), now=1.1) == []
    assert bank.report((True, True), now=1.2) == []


def test_a_switch_of_which_nothing_is_known_is_toggled_and_toggled_back_if_that_was_wrong() -> None:
    bank = SwitchBank(1)

    assert bank.turn(1, on=True, now=0) == [1]
    assert bank.report((False,), now=0.1) == [1]
    assert bank.report((True,), now=0.2) == []
    assert bank.on == [True]


def test_unknown_switches_of_one_device_are_tried_one_at_a_time() -> None:
    bank = SwitchBank(2)

    assert bank.turn(1, on=False, now=0) == [1]
    assert bank.turn(2, on=False, now=0) == []
    assert bank.report((False, True), now=0.1) == [2]
    assert bank.report((False, False), now=0.2) == []


def test_a_wish_that_was_not_answered_in_time_is_forgotten() -> None:
    bank = SwitchBank(1)
    bank.report((False,), now=0)
    bank.turn(1, on=True, now=1)

    late = 1 + ANSWER_WITHIN_S
    assert bank.report((False,), now=late) == []
    assert bank.turn(1, on=True, now=late) == [1]


def test_what_was_missed_while_the_link_was_down_is_not_taken_for_granted() -> None:
    bank = SwitchBank(1)
    bank.report((True,), now=0)

    bank.doubt()

    assert bank.turn(1, on=True, now=1) == [1]


def test_a_report_of_fewer_switches_than_the_device_has_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="each of the 4"):
        SwitchBank(4).report((True,), now=0)


class TogglesReachTheirGoal(RuleBasedStateMachine):
    """A device that answers each toggle in time, in order, ends up as last asked, whoever else pressed before."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.real = [False, True, False, False]
        self.bank = SwitchBank(4)
        self.to_device: list[int] = []
        self.to_us: list[tuple[bool, ...]] = []
        self.asked: dict[int, bool] = {}

    @rule(number=st.integers(1, 4), on=st.booleans())
    def ask(self, number: int, on: bool) -> None:
        self.asked[number] = on
        self.to_device += self.bank.turn(number, on=on, now=self.now)

    @precondition(lambda self: self.to_device)
    @rule()
    def device_obeys(self) -> None:
        number = self.to_device.pop(0)
        self.real[number - 1] = not self.real[number - 1]
        self.to_us.append(tuple(self.real))

    @precondition(lambda self: self.to_us)
    @rule()
    def device_is_heard(self) -> None:
        self.to_device += self.bank.report(self.to_us.pop(0), now=self.now)

    def teardown(self) -> None:
        for _ in range(200):
            if self.to_device:
                self.device_obeys()
            elif self.to_us:
                self.device_is_heard()
            else:
                break
        assert not self.to_device
        assert not self.to_us
        assert {number: self.real[number - 1] for number in self.asked} == self.asked


test_toggles_reach_their_goal = TogglesReachTheirGoal.TestCase
