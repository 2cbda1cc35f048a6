"""What a tile says at a glance: one device's icon, colour, words, number, and what a touch does.

The panel and the relay both show tiles, so what they say is decided here, once, and in no language: a word is an
English source text with its arguments, which the panel and the web client translate from one catalogue
(`resources/i18n`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from intercom.home.capabilities import CapabilityId
from intercom.home.commands import Command
from intercom.home.home import Home
from intercom.home.model import DeviceId


class Tone(StrEnum):
    """What a tile's colour means."""

    PLAIN = "plain"
    """Off, or nothing to say."""

    AMBER = "amber"
    """Giving light or drawing power."""

    BLUE = "blue"
    """Moving air, water or cloth."""

    GREEN = "green"
    """Safe and shut."""

    RED = "red"
    """Needs a look."""


@dataclass(frozen=True, slots=True)
class Words:
    """A phrase to translate.

    Attributes:
        text: the English source text, with `%1`, `%2` where the arguments go.
        args: literal texts (already formatted numbers, a device's own words).
        at: seconds since the epoch, shown as a local time of day in place of `%1`.
    """

    text: str
    args: tuple[str, ...] = ()
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """What a touch asks for.

    Attributes:
        needs_hold: it takes a press of a second, for what should not happen by accident (a lock).
    """

    capability_id: CapabilityId
    command: Command
    needs_hold: bool = False


@dataclass(frozen=True, slots=True)
class TileButton:
    """One of several switches of a device."""

    capability_id: CapabilityId
    name: str
    is_on: bool
    is_pending: bool
    touch: Touch


@dataclass(frozen=True, slots=True)
class Tile:
    """How a device looks from two metres.

    Attributes:
        icon: a Lucide icon's name.
        is_on: the round icon is filled.
        level_pct: how much of the tile is filled from the left; None for no fill.
        slide: the capability whose level a horizontal drag sets (a light, cover, valve or fan); None for none.
        number: a large number with its unit, such as "22.5°".
        words: the second line, joined by " · ".
        is_pending: something is asked and not yet confirmed.
        is_stale: no fill and a dashed edge: nothing new can be expected of it now.
        buttons: several switches in one device; then `touch` is None.
    """

    icon: str
    tone: Tone = Tone.PLAIN
    is_on: bool = False
    level_pct: float | None = None
    slide: CapabilityId | None = None
    number: str | None = None
    words: tuple[Words, ...] = ()
    is_pending: bool = False
    is_stale: bool = False
    touch: Touch | None = None
    buttons: tuple[TileButton, ...] = ()


def tile_of(home: Home, device_id: DeviceId) -> Tile:
    """Return how a device looks now."""
    raise NotImplementedError(device_id, home)
