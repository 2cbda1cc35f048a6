"""How long to wait before trying again: soon at first, then longer, never all at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Backoff:
    """Delays that double up to a cap, each shortened by chance to between half and all of itself.

    Attributes:
        first_s: the first delay, in seconds.
        cap_s: no delay is longer.
        random: gives a number from 0 to 1.
    """

    first_s: float
    cap_s: float
    random: Callable[[], float]
    _next_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start again from the first delay."""
        self._next_s = self.first_s

    def next_s(self) -> float:
        """The seconds to wait now."""
        delay_s = self._next_s
        self._next_s = min(self.cap_s, delay_s * 2)
        return delay_s * (0.5 + 0.5 * self.random())
