"""Which strangers' sockets go when there are too many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from intercom.relay.strangers import Strangers


def test_the_oldest_of_an_address_goes_for_its_newest() -> None:
    strangers = Strangers(most=100, most_by_address=2)

    gone = [strangers.add(sid, "192.0.2.1", at) for at, sid in enumerate(("a", "b", "c", "d"))]

    assert gone == [None, None, "a", "b"]
    assert strangers.count == 2


def test_of_too_many_in_all_the_oldest_goes_from_where_most_are() -> None:
    strangers = Strangers(most=3, most_by_address=2)
    for at, (sid, address) in enumerate((("alone", "192.0.2.1"), ("a", "192.0.2.2"), ("b", "192.0.2.2"))):
        assert strangers.add(sid, address, at) is None

    assert strangers.add("new", "192.0.2.3", 3) == "a"
    assert sorted(strangers.take_late(9)) == ["alone", "b", "new"]


def test_one_host_with_a_whole_network_of_ipv6_is_one_address() -> None:
    strangers = Strangers(most=100, most_by_address=1)

    assert strangers.add("a", "2001:db8::1", 0) is None
    assert strangers.add("b", "2001:db8::2", 0) == "a"
    assert strangers.add("c", "2001:db8:0:1::1", 0) is None


def test_who_is_late_goes_and_who_was_let_in_does_not() -> None:
    strangers = Strangers(most=100, most_by_address=100)
    for at, sid in enumerate(("early", "let in", "late")):
        strangers.add(sid, "192.0.2.1", at)
    strangers.discard("let in")

    assert strangers.take_late(before=2) == ["early"]
    assert strangers.take_late(before=2) == []
    assert strangers.count == 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9), st.integers(0, 4))))
def test_there_are_never_more_than_may_be(steps: list[tuple[bool, int, int]]) -> None:
    strangers, here = Strangers(most=5, most_by_address=2), dict[str, int]()
    for at, (comes, number, place) in enumerate(steps):
        sid = str(number)
        here.pop(sid, None)
        if comes:
            gone = strangers.add(sid, f"192.0.2.{place}", at)
            here[sid] = place
            assert gone != sid
            if gone is not None:
                del here[gone]
        else:
            strangers.discard(sid)

        assert strangers.count == len(here) <= 5
        assert all(list(here.values()).count(each) <= 2 for each in here.values())
    assert set(strangers.take_late(1e9)) == set(here)
