"""How costly a regular expression from the network may become.

Python's `re` backtracks and cannot be interrupted, and it runs on the window's own loop. So before an expression runs,
the ways in which it could be tried on a text are counted, from what `re` itself makes of it. The count is an upper
limit: `(\\d+,)*` is refused although no text is slow, `(\\d{1,3},){3}` is not. The parser of `re` is no documented part
of it; a test fails when it moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from re import _constants as code  # type: ignore[attr-defined]  # not documented
from re import _parser  # type: ignore[attr-defined]  # not documented
from typing import Any

from intercom.home.errors import InvalidInputError

_MAX_LENGTH = 512
_MAX_WAYS = 20_000_000


def check_cost(pattern: str, length: int, *, is_anchored: bool) -> None:
    """Raise InvalidInputError when it is none, or matching might take too long on a text of `length` characters."""
    if len(pattern) > _MAX_LENGTH:
        raise InvalidInputError("the regular expression is too long")
    starts = 1 if is_anchored or pattern.startswith("^") else length
    try:
        ways = _ways(_parsed(pattern), max(length, 1))
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidInputError(f"the regular expression cannot be used: {error}") from error
    if starts * ways > _MAX_WAYS:
        raise InvalidInputError("the regular expression is too costly for a text of this length")


def usable_pattern(pattern: str | None, length: int, fallback: str | None) -> str | None:
    """Return a regular expression to match texts of `length` with, `fallback` for one that cannot be used."""
    if pattern is None:
        return None
    try:
        check_cost(pattern, length, is_anchored=True)
        re.compile(pattern)
    except (re.error, InvalidInputError):
        return fallback
    return pattern


@lru_cache(maxsize=256)
def _parsed(pattern: str) -> Any:
    return _parser.parse(pattern)


def _ways(items: Iterable[tuple[Any, Any]], length: int) -> int:
    """Return in how many ways a sequence can be tried on a text; somewhat above `_MAX_WAYS` stands for any more."""
    return _product(_ways_of(kind, value, length) for kind, value in items)


def _ways_of(kind: Any, value: Any, length: int) -> int:
    match kind:
        case code.MAX_REPEAT | code.MIN_REPEAT | code.POSSESSIVE_REPEAT:
            least, most, repeated = value
            return _repeated(_ways(repeated, length), min(least, length), min(most, length))
        case code.BRANCH:
            return sum(_ways(branch, length) for branch in value[1])
        case code.GROUPREF_EXISTS:
            return sum(_ways(branch or (), length) for branch in value[1:])
        case code.SUBPATTERN | code.ASSERT | code.ASSERT_NOT:
            return _ways(value[-1], length)
        case code.ATOMIC_GROUP:
            return _ways(value, length)
        case _:
            return 1


def _repeated(ways: int, least: int, most: int) -> int:
    if ways == 1:
        return most - least + 1
    if least > _MAX_WAYS.bit_length():
        return _MAX_WAYS + 1
    total = 0
    for times in range(least, most + 1):
        total += ways**times
        if total > _MAX_WAYS:
            break
    return total


def _product(factors: Iterable[int]) -> int:
    product = 1
    for factor in factors:
        product *= factor
        if product > _MAX_WAYS:
            return _MAX_WAYS + 1
    return product
