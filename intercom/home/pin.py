"""The wait after wrong PINs at the panel: nothing for the first few, then ever longer, up to a quarter of an hour.

Pure. Only what asks for the PIN waits: settings, people and deletions. Tiles, rings and the gas never do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from intercom.home.errors import InvalidInputError, TooManyTriesError, UnauthorizedError

FREE_TRIES: Final = 3
FIRST_WAIT_S: Final = 30.0
LONGEST_WAIT_S: Final = 900.0


class WrongPinError(UnauthorizedError):
    """This is not the owner's PIN."""

    code: ClassVar[str] = "wrong_pin"


class WaitError(TooManyTriesError):
    """A PIN may be typed again only after `wait_s`."""

    def __init__(self, wait_s: float) -> None:
        super().__init__("too many wrong PINs; wait a moment")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True, kw_only=True)
class PinTries:
    """How often in a row a PIN was wrong, and until when the next one has to wait; seconds of the caller's clock."""

    wrong: int = 0
    waits_until: float = 0.0

    def check(self, now: float) -> None:
        """Raise WaitError before the time."""
        if now < self.waits_until:
            raise WaitError(self.waits_until - now)

    def after_wrong(self, now: float) -> PinTries:
        """Return the tries with one more that was wrong."""
        wrong = self.wrong + 1
        over = wrong - FREE_TRIES
        wait_s = 0.0 if over < 0 else min(FIRST_WAIT_S * 2 ** min(over, 10), LONGEST_WAIT_S)
        return PinTries(wrong=wrong, waits_until=now + wait_s)


def checked_pin(pin: str) -> str:
    """Return a PIN that may be chosen, or raise InvalidInputError."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
        raise InvalidInputError("expected a PIN of 4 to 8 digits")
    if len(set(pin)) == 1 or pin in "0123456789" or pin in "9876543210":
        raise InvalidInputError("this PIN is guessed too easily; choose another")
    return pin
