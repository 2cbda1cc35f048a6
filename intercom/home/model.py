"""Areas and devices: what a home is made of, apart from what its devices can do (`capabilities`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from intercom.home.capabilities import Capability, CapabilityId, State

DeviceId = NewType("DeviceId", str)
AreaId = NewType("AreaId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of the home.

    Attributes:
        icon: the name of a Lucide icon, such as "sofa".
        position: areas are shown in ascending order of it.
    """

    id: AreaId
    name: str
    icon: str = "house"
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One thing with a name and a tile, as its adapter announces it.

    Attributes:
        adapter: the adapter that speaks to it, by its name.
        name: what the device calls itself; a resident's own name is in its `Placement`.
        area: where the device says that it is, by the area's name.
        via: the device through which it is reached (a radio coordinator).
        url: its own page for settings, http or https.
        capabilities: in the order in which they are shown; ids are unique within the device.
    """

    id: DeviceId
    adapter: str
    name: str
    capabilities: tuple[Capability, ...]
    maker: str | None = None
    model: str | None = None
    firmware: str | None = None
    area: str | None = None
    via: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What residents decided about a device; it outlives the device's announcements.

    Attributes:
        name: a resident's own name for it; None leaves the device's.
        area_id: None until somebody or the device itself says where it is.
        position: tiles of an area are shown in ascending order of it, then by name.
        is_hidden: no tile.
        is_shared: guests may see and use it.
    """

    name: str | None = None
    area_id: AreaId | None = None
    position: int = 0
    is_hidden: bool = False
    is_shared: bool = False


class Trust(StrEnum):
    """How much the shown state of a capability is worth."""

    CONFIRMED = "confirmed"
    """The device reported it."""

    ASSUMED = "assumed"
    """We asked for it and the device has no way to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the home holds of one capability now.

    Attributes:
        state: the last known state; its fields are None until the first report.
        wanted: asked and not yet confirmed; None when nothing is pending.
        is_available: False once the device says that it cannot be reached.
        reported_at: seconds since the epoch of the last report, None before the first.
    """

    state: State
    wanted: State | None = None
    trust: Trust = Trust.CONFIRMED
    is_available: bool = True
    reported_at: float | None = None

    @property
    def shown(self) -> State:
        """What a tile shows: the wanted state while one is pending, else the known one."""
        return self.state if self.wanted is None else self.wanted


class ChangeKind(StrEnum):
    """What happened, for those who watch the home."""

    AREAS = "areas"
    TROUBLES = "troubles"
    DEVICE = "device"
    REMOVED = "removed"
    STATE = "state"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Change:
    """One step of the home; the receiver reads the new truth from the home.

    Attributes:
        revision: counts every change of the home, by one.
        device_id: None when the areas or the troubles changed.
        capability_id: set for STATE and EVENT.
    """

    revision: int
    kind: ChangeKind
    device_id: DeviceId | None = None
    capability_id: CapabilityId | None = None
