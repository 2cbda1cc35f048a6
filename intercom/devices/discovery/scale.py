"""Percentages on one side, a device's own range of numbers on the other.

Both directions round as Home Assistant rounds, so that a device hears the same number from either program.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from intercom.home.errors import InvalidInputError

_FAR_PCT: Final = 1e9


@dataclass(frozen=True, slots=True)
class Scale:
    """A range of a device's numbers.

    Attributes:
        zero: the number that means 0 %.
        full: the number that means 100 %; it may be the smaller one.
    """

    zero: float
    full: float

    def percent(self, value: float) -> int:
        """Return the percentage that a device's number stands for, rounded down; it may lie outside 0 to 100."""
        percent = (value - self.zero) * 100 // (self.full - self.zero)
        if not abs(percent) < _FAR_PCT:  # or no number at all
            raise InvalidInputError(f"expected a number from {self.zero:g} to {self.full:g}, got {value:g}")
        return int(percent)

    def value(self, percent: float) -> float:
        """Return the device's number for a percentage."""
        return percent * (self.full - self.zero) / 100 + self.zero


def scale(zero: float, full: float, what: str) -> Scale:
    """Return a Scale, or refuse one whose ends are the same; `what` names them."""
    if zero == full:
        raise InvalidInputError(f"{what} must not be the same number ({zero:g})")
    return Scale(zero, full)
