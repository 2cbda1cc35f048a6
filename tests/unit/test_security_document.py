"""Each line of `docs/security.md` names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
DOCUMENT = TESTS.parent / "docs" / "security.md"
LINES = re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", DOCUMENT.read_text(), re.MULTILINE)


def test_the_lines_are_numbered_without_a_gap() -> None:
    assert [int(number) for number, _ in LINES] == list(range(1, len(LINES) + 1))
    assert len(LINES) >= 50


@pytest.mark.parametrize(("number", "cell"), LINES, ids=[number for number, _ in LINES])
def test_a_promise_has_tests_that_are_there(number: str, cell: str) -> None:
    named = re.findall(r"`([^`]+)`", cell)
    assert named, number
    for each in named:
        path, _, name = each.partition("::")
        assert (TESTS / path).exists(), each
        assert not name or re.search(rf"^(async )?def {name}\(", (TESTS / path).read_text(), re.MULTILINE), each
