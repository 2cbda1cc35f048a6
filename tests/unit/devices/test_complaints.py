from intercom.devices.complaints import AGAIN_AFTER_S, MOST, MOST_OF_ONE, Complaints


def test_what_is_new_is_told_at_once_and_what_repeats_once_an_hour_with_how_often_it_was_left_out() -> None:
    complaints = Complaints()

    assert complaints.due("lamp", "not JSON", 0.0) == ""
    assert [complaints.due("lamp", "not JSON", 10.0 * again) for again in range(1, 38)] == [None] * 37
    assert complaints.due("lamp", "no topic", 400.0) == ""
    assert complaints.due("pump", "not JSON", 400.0) == ""
    assert complaints.due("lamp", "not JSON", AGAIN_AFTER_S) == " (37 more since the last time)"
    assert complaints.due("lamp", "not JSON", AGAIN_AFTER_S + 1) is None
    assert complaints.due("lamp", "not JSON", 2 * AGAIN_AFTER_S) == " (1 more since the last time)"
    assert complaints.due("lamp", "not JSON", 4 * AGAIN_AFTER_S) == ""


def test_ever_new_reasons_of_one_thing_fill_nothing_and_leave_the_others_their_words() -> None:
    complaints = Complaints()

    told = [complaints.due("liar", f"reason {number}", number * 0.1) for number in range(1000)]

    assert sum(end is not None for end in told) == MOST_OF_ONE + 1
    assert complaints.due("lamp", "not JSON", 101.0) == ""
    assert complaints.due("liar", "one more", AGAIN_AFTER_S + 100.0) == ""


def test_ever_new_things_are_told_up_to_a_bound_and_again_an_hour_later() -> None:
    complaints = Complaints()

    told = [complaints.due(f"invented {number}", "not JSON", 0.0) for number in range(10 * MOST)]

    assert sum(end is not None for end in told) == MOST + 1
    assert complaints.due("lamp", "not JSON", AGAIN_AFTER_S) == ""
