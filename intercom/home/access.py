"""Who is acting, and what each role may do: one table, asked by every route, event and view."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from intercom.home.errors import ForbiddenError
from intercom.home.model import Placement

SessionId = NewType("SessionId", str)


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
    SEE_CODES = "see pairing codes"
    MANAGE_CLIENTS = "manage paired clients"


_MAY: dict[Role, frozenset[Action]] = {
    Role.OWNER: frozenset(Action),
    Role.RESIDENT: frozenset(
        {Action.SEE_DEVICES, Action.SEE_ALL_DEVICES, Action.COMMAND, Action.SEE_HISTORY, Action.ARRANGE}
    ),
    Role.GUEST: frozenset({Action.SEE_DEVICES, Action.COMMAND}),
    Role.SCREEN: frozenset({Action.SEE_DEVICES, Action.SEE_ALL_DEVICES, Action.COMMAND, Action.SEE_CODES}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is acting.

    Attributes:
        session_id: the standing that this rests on; None for the panel itself.
        name: what residents call this client.
    """

    session_id: SessionId | None
    name: str
    role: Role

    def may(self, action: Action) -> bool:
        return action in _MAY[self.role]

    def require(self, action: Action) -> None:
        """Raise ForbiddenError unless this principal may do it."""
        if not self.may(action):
            raise ForbiddenError(f"a {self.role} may not {action}")

    def may_see(self, placement: Placement) -> bool:
        """Tell whether a device with this placement exists for this principal."""
        return self.may(Action.SEE_ALL_DEVICES) or (self.may(Action.SEE_DEVICES) and placement.is_shared)


PANEL = Principal(session_id=None, name="panel", role=Role.RESIDENT)
"""The wall itself: whoever stands before it acts as a resident."""
