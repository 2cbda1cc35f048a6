"""What an owner chose for a guest, as JSON: in the database and on the wire alike.

`{"devices": ["…"], "hours": {"days": [0, 1], "from_minute": 480, "until_minute": 1080}, "sees_history": true}`; what is
left out is not restricted, or not granted.
"""

from __future__ import annotations

from typing import Any

import msgspec

from intercom.home.access import NO_TERMS, Hours, Terms
from intercom.home.errors import InvalidInputError
from intercom.home.model import DeviceId

MOST_DEVICES = 1_000


class HoursGiven(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`Hours` in JSON."""

    days: list[int]
    from_minute: int
    until_minute: int

    @classmethod
    def of(cls, hours: Hours) -> HoursGiven:
        return cls(days=sorted(hours.days), from_minute=hours.from_minute, until_minute=hours.until_minute)

    @property
    def hours(self) -> Hours:
        """What it says, or InvalidInputError."""
        return Hours(days=frozenset(self.days), from_minute=self.from_minute, until_minute=self.until_minute)


class TermsGiven(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`Terms` in JSON."""

    devices: list[str] | None = None
    hours: HoursGiven | None = None
    sees_history: bool = False

    @property
    def terms(self) -> Terms:
        """What it says, or InvalidInputError."""
        if self.devices is not None and len(self.devices) > MOST_DEVICES:
            raise InvalidInputError(f"terms.devices: expected at most {MOST_DEVICES}")
        return Terms(
            devices=None if self.devices is None else frozenset(map(DeviceId, self.devices)),
            hours=None if self.hours is None else self.hours.hours,
            sees_history=self.sees_history,
        )


def terms_given(terms: Terms) -> TermsGiven:
    """Return terms as JSON has them."""
    return TermsGiven(
        devices=None if terms.devices is None else sorted(terms.devices),
        hours=None if terms.hours is None else HoursGiven.of(terms.hours),
        sees_history=terms.sees_history,
    )


def terms_text(terms: Terms) -> str | None:
    """Return terms for the database; None when nothing was chosen."""
    return None if terms == NO_TERMS else msgspec.json.encode(terms_given(terms)).decode()


def terms_of(text: str | None) -> Terms:
    """Read what `terms_text` wrote."""
    return NO_TERMS if text is None else msgspec.json.decode(text, type=TermsGiven).terms


def hours_wire(hours: Hours) -> Any:
    """Return hours for the wire."""
    return msgspec.to_builtins(HoursGiven.of(hours))


def terms_wire(terms: Terms) -> Any:
    """Return terms for the wire."""
    return msgspec.to_builtins(terms_given(terms))
