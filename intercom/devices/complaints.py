"""Which complaints are worth a line of the log: a device that says the same junk for ever must not fill it.

Pure: time is passed in. What is new is told at once, what repeats at most once an hour, with how often it was left out.
Both are bounded, for a device may invent topics and ever new mistakes: past the bounds different ones count as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

AGAIN_AFTER_S: Final = 3600.0
MOST_OF_ONE: Final = 8
"""Different complaints about one thing within an hour."""
MOST: Final = 256
"""The same about everything."""


@dataclass(slots=True)
class _Told:
    at_s: float
    left_out: int = 0


class Complaints:
    """What was complained about lately."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], _Told] = {}

    def due(self, about: str, reason: str, now_s: float) -> str | None:
        """Return how a complaint ends that is to be told now, which says how many were left out; None to leave it out.

        Args:
            about: what it is about, such as a topic.
            now_s: in seconds of a clock that never runs backwards.
        """
        key = self._key(about, reason, now_s)
        told = self._told.get(key)
        if told is not None and now_s - told.at_s < AGAIN_AFTER_S:
            told.left_out += 1
            return None
        self._told[key] = _Told(now_s)
        return f" ({told.left_out} more since the last time)" if told is not None and told.left_out else ""

    def _key(self, about: str, reason: str, now_s: float) -> tuple[str, str]:
        if (about, reason) in self._told:
            return about, reason
        if len(self._told) >= MOST:
            self._told = {key: told for key, told in self._told.items() if now_s - told.at_s < AGAIN_AFTER_S}
        if len(self._told) >= MOST:
            return "", ""
        lately = sum(key[0] == about and now_s - told.at_s < AGAIN_AFTER_S for key, told in self._told.items())
        return (about, reason) if lately < MOST_OF_ONE else (about, "")
