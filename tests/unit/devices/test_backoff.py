from intercom.devices.backoff import Backoff


def test_delays_double_up_to_the_cap_and_start_again_after_a_reset() -> None:
    backoff = Backoff(first_s=0.1, cap_s=1.0, random=lambda: 1.0)

    delays = [backoff.next_s() for _ in range(6)]
    backoff.reset()

    assert delays == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
    assert backoff.next_s() == 0.1


def test_chance_shortens_a_delay_to_half_of_it_at_most() -> None:
    backoff = Backoff(first_s=1.0, cap_s=1.0, random=iter([0.0, 0.5, 1.0]).__next__)

    assert [backoff.next_s() for _ in range(3)] == [0.5, 0.75, 1.0]
