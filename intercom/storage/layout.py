"""How residents arranged their home: areas, their order, and the names and places of devices.

Each method writes first and then applies to the home. A device that says where it is gets placed there once, when it
says so for the first time; from then on only residents decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from intercom.home.home import Home
from intercom.home.model import Area, AreaId, DeviceId, Placement
from intercom.storage.database import Database


class PlacementChanges(TypedDict, total=False):
    """What may be said of a device's placement; None puts the default back."""

    name: str | None
    area_id: AreaId | None
    position: int | None
    is_hidden: bool | None
    is_shared: bool | None


class Layout:
    """The arrangement of one home."""

    def __init__(self, database: Database, home: Home) -> None:
        """Nothing is read before `load`."""
        raise NotImplementedError

    async def load(self) -> None:
        """Give the home its areas and placements; before any adapter starts."""
        raise NotImplementedError

    async def run(self) -> None:
        """Place devices where they say that they are, until cancelled."""
        raise NotImplementedError

    async def change_device(self, device_id: DeviceId, **changes: Unpack[PlacementChanges]) -> Placement:
        """Name, move, hide or share a device; what is not given stays.

        Raises:
            NotFoundError: no such device or area.
            InvalidInputError: a name that cannot be shown.
        """
        raise NotImplementedError

    async def add_area(self, name: str, *, icon: str = "house") -> Area:
        """Make an area and put it last.

        Raises:
            InvalidInputError: a name that cannot be shown or that another area has, or no icon's name.
        """
        raise NotImplementedError

    async def change_area(self, area_id: AreaId, *, name: str | None = None, icon: str | None = None) -> Area:
        """Rename an area or change its icon; errors as in `add_area`, and NotFoundError."""
        raise NotImplementedError

    async def remove_area(self, area_id: AreaId) -> None:
        """Remove an area; its devices are then in none. NotFoundError when there is none."""
        raise NotImplementedError

    async def order_areas(self, area_ids: Sequence[AreaId]) -> None:
        """Show the areas in this order; InvalidInputError unless each one is named once."""
        raise NotImplementedError
