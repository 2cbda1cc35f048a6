"""What residents should know of the panel itself: that it cannot keep anything, or that it had to go back in time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from intercom.home.words import Words


class TroubleKind(StrEnum):
    """What is the matter."""

    DISK_FULL = "disk_full"
    DISK_BROKEN = "disk_broken"
    """It is read-only, or worse."""

    RESTORED = "restored"
    """The settings were damaged; as far as anybody can tell, nothing is lost."""

    RESTORED_IN_DOUBT = "restored_in_doubt"
    """The settings were damaged, and so was the record of the latest changes; every session has ended."""

    BEGUN_ANEW = "begun_anew"
    """The settings were damaged, and there was no copy."""


PASSES_BY_ITSELF = frozenset({TroubleKind.DISK_FULL, TroubleKind.DISK_BROKEN})
"""Of all others somebody has to have read."""

TEXTS = {
    TroubleKind.DISK_FULL: "The disk is full. Everything works, but nothing new is kept.",
    TroubleKind.DISK_BROKEN: "The disk cannot be written. Everything works, but nothing new is kept.",
    TroubleKind.RESTORED: "The settings were damaged. They were restored as of %1.",
    TroubleKind.RESTORED_IN_DOUBT: "The settings were damaged. They were restored as of %1. "
    "Every phone has to be paired again; please look at the people as well.",
    TroubleKind.BEGUN_ANEW: "The settings were damaged, and there was no copy. The home begins anew.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One trouble; `at` in seconds since the epoch: of when the home is now."""

    kind: TroubleKind
    at: float | None = None

    @property
    def passes_by_itself(self) -> bool:
        return self.kind in PASSES_BY_ITSELF

    @property
    def words(self) -> Words:
        return Words(TEXTS[self.kind], at=self.at)
