"""What stands in the log cannot be made up by a device or client."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from intercom.log_lines import LineFormatter, log_to


@pytest.mark.parametrize(
    ("topic", "shown"),
    [
        ("집/거실/전등", "집/거실/전등"),
        ("a\n2026-01-01 00:00:00 INFO intercom.app: stopping", "a\\n2026-01-01 00:00:00 INFO intercom.app: stopping"),
        ("a\r\x1b[2Jb\x00", "a\\r\\x1b[2Jb\\x00"),
        ("a\u2028b\u202ec\ud800", "a\\u2028b\\u202ec\\ud800"),
    ],
)
def test_a_message_is_one_line_that_can_be_printed(topic: str, shown: str) -> None:
    record = logging.LogRecord("intercom.x", logging.WARNING, "x.py", 1, "no device on '%s'", (topic,), None)

    assert LineFormatter("%(levelname)s %(message)s").format(record) == f"WARNING no device on '{shown}'"


def test_a_traceback_keeps_its_lines() -> None:
    try:
        int("a bug")
    except ValueError:
        record = logging.LogRecord("intercom.x", logging.ERROR, "x.py", 1, "it\nfailed", (), sys.exc_info())

    first, second, *_, last = LineFormatter("%(message)s").format(record).split("\n")

    assert (first, second) == ("it\\nfailed", "Traceback (most recent call last):")
    assert last == "ValueError: invalid literal for int() with base 10: 'a bug'"


def test_libraries_tell_nothing_for_debugging(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, root, said = logging.getLogger("intercom"), logging.getLogger(), io.StringIO()
    monkeypatch.setattr(root, "handlers", [])
    levels = ours.level, root.level

    try:
        log_to(said, "debug")
        logging.getLogger("intercom.x").debug("ours")
        logging.getLogger("aiosqlite").debug("INSERT the secret")
        logging.getLogger("aiosqlite").info("theirs")
    finally:
        ours.setLevel(levels[0])
        root.setLevel(levels[1])

    assert [line.rpartition(" ")[2] for line in said.getvalue().splitlines()] == ["ours", "theirs"]
