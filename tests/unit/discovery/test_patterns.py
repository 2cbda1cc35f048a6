"""Regular expressions from the network: those that devices use are taken, those that could hold up the home are not."""

from __future__ import annotations

import re
import time

import pytest

from intercom.devices.discovery.patterns import check_cost, usable_pattern
from intercom.home.errors import InvalidInputError

CODE_LENGTH = 64
TEXT_LENGTH = 255


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d{4,8}$",
        r"\d+",
        ".+",
        r"^[A-Za-z0-9 _-]{1,32}$",
        r"^([0-9A-F]{2}:){5}[0-9A-F]{2}$",
        r"^(\d{1,3}\.){3}\d{1,3}$",
        r"^#?([0-9a-f]{3}|[0-9a-f]{6})$",
        r"^\d+(\.\d+)?$",
        r"^(?:on|off|auto)(?:,(?:on|off|auto))?$",
        r"^(?=.*\d)(?=.*[a-z]).{8,64}$",
    ],
)
def test_what_devices_ask_for_is_taken_as_it_is(pattern: str) -> None:
    assert usable_pattern(pattern, TEXT_LENGTH, None) == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "((a+))+$",
        "(?:(?:a+))+$",
        "(a|aa)+$",
        "((a|a)b?)*$",
        "(?:a{0,64}){0,64}b",
        "a?" * 26 + "a" * 26,
        "(a|b|ab)" * 30,
        "(?=(a+)+$)b",
        "a*a*a*a*a*b",
        "(a)(?(1)(a+)+|b)$",
        "a" * 513,
        "(" * 250 + "a" + ")" * 250 + "+" * 2,
        "a{99999999999}",
        "[",
        "(",
    ],
)
def test_what_could_hold_up_the_home_or_is_none_is_not_taken(pattern: str) -> None:
    assert usable_pattern(pattern, CODE_LENGTH, ".+") == ".+"


def test_a_longer_text_may_be_too_long_for_the_same_expression() -> None:
    check_cost("a+b", 1_000, is_anchored=False)

    with pytest.raises(InvalidInputError, match="too costly"):
        check_cost("a+b", 100_000, is_anchored=False)


@pytest.mark.parametrize("pattern", ["a*a*a*b", "(a{1,9}|a{1,9}){1,4}b", "a?" * 9 + "a*b", "(?:a{0,5}){0,5}b"])
def test_what_is_taken_is_over_soon_on_the_text_that_is_worst_for_it(pattern: str) -> None:
    assert usable_pattern(pattern, CODE_LENGTH, None) == pattern

    since = time.process_time()
    re.match(pattern, "a" * CODE_LENGTH)

    assert time.process_time() - since < 2
