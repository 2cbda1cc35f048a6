"""Who is acting, and what each role may do: one table, asked by every route, event and view."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, NewType

from intercom.home.errors import ForbiddenError, InvalidInputError
from intercom.home.model import DeviceId, Placement

SessionId = NewType("SessionId", str)
AccountId = NewType("AccountId", str)


class Role(StrEnum):
    """What somebody is to the home."""

    OWNER = "owner"
    RESIDENT = "resident"
    GUEST = "guest"
    SCREEN = "screen"


class Action(StrEnum):
    """Something that not everybody may do."""

    SEE_DEVICES = "see devices"
    SEE_ALL_DEVICES = "see all devices"
    COMMAND = "command devices"
    SEE_HISTORY = "see the history"
    ARRANGE = "arrange names and areas"
    SHARE = "choose what guests see"
    SEE_CODES = "see pairing codes"
    MANAGE_PEOPLE = "manage accounts and paired clients"
    SEE_AUDIT = "see the audit log"
    SEE_RELEASES = "see newer versions"


MAY: Final[dict[Role, frozenset[Action]]] = {
    Role.OWNER: frozenset(Action) - {Action.SEE_CODES},
    Role.RESIDENT: frozenset(
        {Action.SEE_DEVICES, Action.SEE_ALL_DEVICES, Action.COMMAND, Action.SEE_HISTORY, Action.ARRANGE}
    ),
    Role.GUEST: frozenset({Action.SEE_DEVICES, Action.COMMAND}),
    Role.SCREEN: frozenset({Action.SEE_DEVICES, Action.SEE_ALL_DEVICES, Action.COMMAND, Action.SEE_CODES}),
}
"""The one table. A guest's terms may add the history of the devices that the guest sees, and nothing else."""

_MINUTES_A_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When a guest is let in, by the wall's own clock.

    Attributes:
        days: 0 is Monday, 6 is Sunday; the days on which the time begins.
        from_minute, until_minute: minutes of the day, 0 to 1439; a time that ends at or before its beginning ends on
            the next day.
    """

    days: frozenset[int]
    from_minute: int
    until_minute: int

    def __post_init__(self) -> None:
        """Raise InvalidInputError for what is no time."""
        if not self.days or not self.days <= frozenset(range(7)):
            raise InvalidInputError("hours: expected days from 0 (Monday) to 6 (Sunday), at least one")
        if not (0 <= self.from_minute < _MINUTES_A_DAY and 0 <= self.until_minute < _MINUTES_A_DAY):
            raise InvalidInputError("hours: expected minutes of the day, from 0 to 1439")

    def include(self, now: datetime) -> bool:
        """Tell whether a local time is within."""
        minute, today = now.hour * 60 + now.minute, now.weekday()
        if self.from_minute < self.until_minute:
            return today in self.days and self.from_minute <= minute < self.until_minute
        begun_today = today in self.days and minute >= self.from_minute
        begun_yesterday = (today - 1) % 7 in self.days and minute < self.until_minute
        return begun_today or begun_yesterday


class OutsideHoursError(ForbiddenError):
    """A guest, at a time that no owner chose; `hours` are those that one did."""

    code = "outside_hours"

    def __init__(self, hours: Hours) -> None:
        super().__init__("this is outside the hours that were chosen for you")
        self.hours = hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an owner chose for one guest.

    Attributes:
        devices: those that this guest sees; None for those that are shared with all guests.
        hours: when; None at any time.
        sees_history: also what happened to those devices.
    """

    devices: frozenset[DeviceId] | None = None
    hours: Hours | None = None
    sees_history: bool = False


NO_TERMS: Final = Terms()


class View:
    """Which devices somebody sees. Compared by identity: those who have the same one are told the same frames."""

    __slots__ = ("chosen", "is_whole")

    def __init__(self, *, is_whole: bool = False, chosen: frozenset[DeviceId] | None = None) -> None:
        """Everything; or the chosen ones; or those that are shared with all guests."""
        self.is_whole = is_whole
        self.chosen = chosen

    def shows(self, device_id: DeviceId, placement: Placement) -> bool:
        """Tell whether a device exists for those who have this view."""
        if self.is_whole:
            return True
        return placement.is_shared if self.chosen is None else device_id in self.chosen


WHOLE: Final = View(is_whole=True)
SHARED: Final = View()
NOTHING: Final = View(chosen=frozenset())


@lru_cache(maxsize=256)
def _chosen(devices: frozenset[DeviceId]) -> View:
    return View(chosen=devices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is acting.

    Attributes:
        session_id: the standing that this rests on; None for the panel itself.
        name: what residents call this person or client.
        account_id: whose login it is; None for a paired client.
        terms: what was chosen for a guest.
    """

    session_id: SessionId | None
    name: str
    role: Role
    account_id: AccountId | None = None
    terms: Terms = NO_TERMS

    def may(self, action: Action) -> bool:
        return action in MAY[self.role] or (
            action is Action.SEE_HISTORY and self.role is Role.GUEST and self.terms.sees_history
        )

    def require(self, action: Action) -> None:
        """Raise ForbiddenError unless this principal may do it."""
        if not self.may(action):
            raise ForbiddenError(f"a {self.role} may not {action}")

    @property
    def view(self) -> View:
        """Which devices exist for this principal."""
        if self.may(Action.SEE_ALL_DEVICES):
            return WHOLE
        if not self.may(Action.SEE_DEVICES):
            return NOTHING
        return SHARED if self.terms.devices is None else _chosen(self.terms.devices)

    def may_see(self, device_id: DeviceId, placement: Placement) -> bool:
        """Tell whether a device exists for this principal."""
        return self.view.shows(device_id, placement)

    def check_hours(self, now: datetime) -> None:
        """Raise OutsideHoursError when a guest comes at a time that no owner chose; `now` is local."""
        hours = self.terms.hours
        if self.role is Role.GUEST and hours is not None and not hours.include(now):
            raise OutsideHoursError(hours)


PANEL = Principal(session_id=None, name="panel", role=Role.RESIDENT)
"""The wall itself: whoever stands before it acts as a resident."""
