"""Waiting for what has to come: on a condition, with a deadline, never for a length of time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

LOOK_EVERY_S = 0.01
PATIENCE_S = 20.0
AT_ONCE_S = 2.5
"""For what a promise calls at once or a second, on a machine that has other things to do; less than the 3 s for which a
silent device is waited."""

_T = TypeVar("_T")


def until(what: Callable[[], _T], wanted: str, *, within_s: float = PATIENCE_S) -> _T:
    """Return the first truthy value that `what` gives; fail, naming what was `wanted`, when none comes in time."""
    deadline = time.monotonic() + within_s
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{wanted}: not within {within_s:g} s")
        time.sleep(LOOK_EVERY_S)
