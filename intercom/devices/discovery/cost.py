"""What the values of a template weigh, so that none can grow until it fills the memory.

A value is weighed by what it would be if it were written out: a list that holds the same list twice counts twice.
Whatever a template makes is weighed and paid for; what could explode in one step is judged before the step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

MAX_TEXT = 262_144
MAX_WEIGHT = 50_000
MAX_BITS = 4_096
MAX_COUNT = 1_000
_CHARACTERS = 64
"""As many characters weigh as much as one item of a list."""

_WIDE_PERCENT = re.compile(r"%(?:\([^)]*\))?[-+ #0_^]*(?:\d*\.)?(?:\d{3,}|\*)")
_WIDE_BRACES = re.compile(r"\{[^{}]*(?:\d{3,}[^{}]*\}|\{)")
_LONG_STRUCT = re.compile(r"\d{4,}")


class TooCostlyError(ValueError):
    """A template wants more than it may have."""


def weight(value: Any) -> int:
    """Return the weight of a value, which is at least 1; TooCostlyError when it is too heavy."""
    if not isinstance(value, str | bytes | list | tuple | dict | set | range):
        return 1
    total = 0
    left = [value]
    while left:
        item = left.pop()
        total += 1
        if isinstance(item, str | bytes):
            total += len(item) // _CHARACTERS
        elif isinstance(item, range):
            total += len(item) // 16
        elif isinstance(item, dict):
            left.extend(item.keys())
            left.extend(item.values())
        elif isinstance(item, list | tuple | set):
            left.extend(item)
        if total + len(left) > MAX_WEIGHT:
            raise TooCostlyError("the template makes too large a value")
    return total


def check_size(characters: Any) -> None:
    """Refuse to make a text of so many characters, or a list of so many items."""
    if isinstance(characters, int) and characters > MAX_TEXT:
        raise TooCostlyError(f"the template makes more than {MAX_TEXT} characters")


def check_bits(bits: int) -> None:
    """Refuse to make a whole number of so many bits."""
    if bits > MAX_BITS:
        raise TooCostlyError("the template makes too large a number")


def check_count(count: Any) -> None:
    """Refuse to do something so many times in one step."""
    if isinstance(count, int) and abs(count) > MAX_COUNT:
        raise TooCostlyError(f"the template asks for more than {MAX_COUNT}")


def check_replacement(text: Any, old: Any, new: Any) -> None:
    """Refuse a replacement that makes too long a text."""
    check_size(len(text) + text.count(old) * max(0, len(new) - len(old)))


def check_percent(text: Any, values: Iterable[Any] = ()) -> None:
    """Refuse a `%` format that is too wide, or that its values make too long."""
    spelled = text.decode("latin-1") if isinstance(text, bytes) else str(text)
    if _WIDE_PERCENT.search(spelled):
        raise TooCostlyError("a format may not be wider than 99 characters")
    _check_filled(spelled, "%", values)


def check_braces(text: Any, values: Iterable[Any] = ()) -> None:
    """Refuse a `{}` format that is too wide, or that its values make too long."""
    spelled = str(text).replace("{{", "").replace("}}", "")
    if _WIDE_BRACES.search(spelled):
        raise TooCostlyError("a format may not be wider than 99 characters")
    _check_filled(spelled, "{", values)


def check_struct(layout: Any) -> None:
    """Refuse a layout of binary data that is too long."""
    if _LONG_STRUCT.search(str(layout)):
        raise TooCostlyError("a layout may not repeat anything more than 999 times")


def _check_filled(text: str, marker: str, values: Iterable[Any]) -> None:
    longest = max(
        (len(value) if isinstance(value, str) else weight(value) * _CHARACTERS for value in values), default=0
    )
    check_size(len(text) + text.count(marker) * longest)
