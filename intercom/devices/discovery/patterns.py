"""How costly a regular expression from the network may become.

Python's `re` backtracks and cannot be interrupted, so an expression is judged by its text before it runs.
"""

from __future__ import annotations

import re

from intercom.home.errors import InvalidInputError

_MAX_LENGTH = 512
_MAX_STEPS = 20_000_000
_UNBOUNDED = re.compile(r"(?<!\\)(?:\\\\)*(?:[*+]|\{\d*,\})")
_NESTED = re.compile(r"\((?:[^()\\]|\\.)*(?:[*+|]|\{\d*,\})(?:[^()\\]|\\.)*\)(?:[*+]|\{\d*,\})")


def check_cost(pattern: str, length: int, *, is_anchored: bool) -> None:
    """Raise InvalidInputError when matching might backtrack for too long on a text of `length` characters."""
    if len(pattern) > _MAX_LENGTH or _NESTED.search(pattern):
        raise InvalidInputError("the regular expression is too costly")
    loops = len(_UNBOUNDED.findall(pattern)) + (0 if is_anchored or pattern.startswith("^") else 1)
    if loops > 1 and length**loops > _MAX_STEPS:
        raise InvalidInputError("the regular expression is too costly for a text of this length")


def usable_pattern(pattern: str | None, length: int, fallback: str | None) -> str | None:
    """Return a regular expression to match texts of `length` with, `fallback` for one that cannot be used."""
    if pattern is None:
        return None
    try:
        re.compile(pattern)
        check_cost(pattern, length, is_anchored=True)
    except (re.error, InvalidInputError):
        return fallback
    return pattern
