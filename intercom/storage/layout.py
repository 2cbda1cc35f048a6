"""How residents arranged their home: areas, their order, and the names and places of devices.

Each method writes first and then applies to the home. A device that says where it is gets placed there once, when it
says so for the first time (then it is *settled*); from then on only residents decide.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, TypedDict, Unpack

from intercom.home.errors import InvalidInputError
from intercom.home.home import Home
from intercom.home.model import Area, AreaId, Change, ChangeKind, DeviceId, Placement
from intercom.home.names import checked_name
from intercom.home.words import area_icon
from intercom.storage.database import Database, StorageError, Transaction

MOST_AREAS: Final = 100
SETTLED_AT_ONCE: Final = 200
"""So many devices are placed in one go; the loop is free in between."""

_TRY_AGAIN_S: Final = 60.0
_MOST_POSITION: Final = 1_000_000
_ICON: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_log = logging.getLogger(__name__)


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
        self._database = database
        self._home = home
        self._settled: set[DeviceId] = set()
        self._to_settle: dict[DeviceId, None] = {}
        self._has_to_settle = asyncio.Event()

    async def load(self) -> None:
        """Give the home its areas and placements; before any adapter starts."""
        areas = await self._database.fetch("SELECT id, name, icon, position FROM areas")
        placements = await self._database.fetch(
            "SELECT device_id, name, area_id, position, is_hidden, is_shared, is_settled FROM placements"
        )
        self._home.set_areas(
            [
                Area(id=AreaId(id_), name=name, icon=icon or area_icon(name), position=position)
                for id_, name, icon, position in areas
            ]
        )
        for device_id, name, area_id, position, is_hidden, is_shared, is_settled in placements:
            placement = Placement(
                name=name,
                area_id=area_id,
                position=position,
                is_hidden=bool(is_hidden),
                is_shared=bool(is_shared),
            )
            self._place(device_id, placement, is_settled=bool(is_settled))

    async def run(self) -> None:
        """Place devices where they say that they are, until cancelled."""
        with self._home.watched_by(self._notice):
            for device_id in self._home.device_ids:
                self._notice_device(device_id)
            while True:
                await self._has_to_settle.wait()
                try:
                    await self._settle(list(itertools.islice(self._to_settle, SETTLED_AT_ONCE)))
                except StorageError as error:
                    _log.warning("devices cannot be placed in their areas: %s", error)
                    await asyncio.sleep(_TRY_AGAIN_S)

    async def change_device(self, device_id: DeviceId, **changes: Unpack[PlacementChanges]) -> Placement:
        """Name, move, hide or share a device; what is not given stays.

        Raises:
            NotFoundError: no such device or area.
            InvalidInputError: a name that cannot be shown, or a position out of range.
        """
        async with self._database.transaction() as transaction:
            self._home.device(device_id)
            area_id = changes.get("area_id")
            if area_id is not None:
                self._home.area(area_id)
            placement = _changed(self._home.placement(device_id), changes)
            is_settled = "area_id" in changes or device_id in self._settled
            await _write_placements(transaction, [(device_id, placement, is_settled)])
            transaction.then(lambda: self._place(device_id, placement, is_settled=is_settled))
        return placement

    async def add_area(self, name: str, *, icon: str | None = None) -> Area:
        """Make an area and put it last; without `icon` it gets one that goes with its name.

        Raises:
            InvalidInputError: a name that cannot be shown or that another area has, no icon's name, or one area too
                many.
        """
        async with self._database.transaction() as transaction:
            areas = self._home.areas
            if len(areas) >= MOST_AREAS:
                raise InvalidInputError(f"a home has at most {MOST_AREAS} areas")
            area = _new_area(_free_name(name, areas), areas, icon=None if icon is None else _checked_icon(icon))
            await _write_areas(transaction, [area])
            transaction.then(lambda: self._home.set_areas([*areas, area]))
        return area

    async def change_area(self, area_id: AreaId, *, name: str | None = None, icon: str | None = None) -> Area:
        """Rename an area or change its icon; errors as in `add_area`, and NotFoundError."""
        async with self._database.transaction() as transaction:
            area = self._home.area(area_id)
            others = [other for other in self._home.areas if other.id != area_id]
            if name is not None:
                area = replace(area, name=_free_name(name, others))
            if icon is not None:
                area = replace(area, icon=_checked_icon(icon))
            await _write_areas(transaction, [area])
            transaction.then(lambda: self._home.set_areas([*others, area]))
        return area

    async def remove_area(self, area_id: AreaId) -> None:
        """Remove an area; its devices are then in none. NotFoundError when there is none."""
        async with self._database.transaction() as transaction:
            self._home.area(area_id)
            await transaction.execute("DELETE FROM areas WHERE id = ?", (area_id,))
            others = [other for other in self._home.areas if other.id != area_id]
            transaction.then(lambda: self._home.set_areas(others))

    async def order_areas(self, area_ids: Sequence[AreaId]) -> None:
        """Show the areas in this order; InvalidInputError unless each one is named once."""
        async with self._database.transaction() as transaction:
            known = {area.id: area for area in self._home.areas}
            if len(area_ids) != len(known) or set(area_ids) != set(known):
                raise InvalidInputError("expected the id of each area, once")
            areas = [replace(known[area_id], position=position) for position, area_id in enumerate(area_ids)]
            await _write_areas(transaction, areas)
            transaction.then(lambda: self._home.set_areas(areas))

    # Inside

    def _notice(self, change: Change) -> None:
        if change.kind is ChangeKind.DEVICE and change.device_id is not None:
            self._notice_device(change.device_id)

    def _notice_device(self, device_id: DeviceId) -> None:
        if device_id not in self._settled and self._home.device(device_id).area is not None:
            self._to_settle[device_id] = None
            self._has_to_settle.set()

    async def _settle(self, device_ids: Sequence[DeviceId]) -> None:
        """Place devices in the areas that they name; areas that are missing are made."""
        async with self._database.transaction() as transaction:
            areas = self._home.areas
            by_name = {area.name.casefold(): area for area in areas}
            made: list[Area] = []
            settled: list[tuple[DeviceId, Placement, bool]] = []
            for device_id in device_ids:
                name = self._wished_area(device_id)
                if name is None:
                    continue
                area = by_name.get(name.casefold())
                if area is None and len(by_name) < MOST_AREAS:
                    area = by_name[name.casefold()] = _new_area(name, [*areas, *made])
                    made.append(area)
                if area is not None:
                    settled.append((device_id, replace(self._home.placement(device_id), area_id=area.id), True))
            await _write_areas(transaction, made)
            await _write_placements(transaction, settled)
            transaction.then(lambda: self._apply_settled(device_ids, [*areas, *made] if made else [], settled))

    def _wished_area(self, device_id: DeviceId) -> str | None:
        """Return the name of the area that a device is to be placed in, None for nowhere."""
        if device_id in self._settled or not self._home.has(device_id):
            return None
        wish = self._home.device(device_id).area
        try:
            return None if wish is None else checked_name(wish)
        except InvalidInputError as error:
            _log.info("'%s' names an area that cannot be made: %s", self._home.shown_name(device_id), error)
            return None

    def _apply_settled(
        self, seen_to: Iterable[DeviceId], areas: list[Area], settled: Iterable[tuple[DeviceId, Placement, bool]]
    ) -> None:
        if areas:
            self._home.set_areas(areas)
        for device_id, placement, is_settled in settled:
            self._place(device_id, placement, is_settled=is_settled)
        for device_id in seen_to:
            self._to_settle.pop(device_id, None)
        if not self._to_settle:
            self._has_to_settle.clear()

    def _place(self, device_id: DeviceId, placement: Placement, *, is_settled: bool) -> None:
        if is_settled:
            self._settled.add(device_id)
        self._home.place(device_id, placement)


def _changed(placement: Placement, changes: PlacementChanges) -> Placement:
    if "name" in changes:
        name = changes["name"]
        placement = replace(placement, name=None if name is None else checked_name(name))
    if "area_id" in changes:
        placement = replace(placement, area_id=changes["area_id"])
    if "position" in changes:
        position = changes["position"] or 0
        if abs(position) > _MOST_POSITION:
            raise InvalidInputError(f"expected a position from -{_MOST_POSITION} to {_MOST_POSITION}")
        placement = replace(placement, position=position)
    if "is_hidden" in changes:
        placement = replace(placement, is_hidden=bool(changes["is_hidden"]))
    if "is_shared" in changes:
        placement = replace(placement, is_shared=bool(changes["is_shared"]))
    return placement


def _new_area(name: str, others: Sequence[Area], *, icon: str | None = None) -> Area:
    position = max((other.position for other in others), default=-1) + 1
    return Area(id=AreaId(secrets.token_hex(4)), name=name, icon=icon or area_icon(name), position=position)


def _free_name(name: str, others: Iterable[Area]) -> str:
    name = checked_name(name)
    if any(other.name.casefold() == name.casefold() for other in others):
        raise InvalidInputError(f"there is already an area '{name}'")
    return name


def _checked_icon(icon: str) -> str:
    if len(icon) > 64 or not _ICON.fullmatch(icon):
        raise InvalidInputError("expected an icon's name, such as 'sofa'")
    return icon


async def _write_areas(transaction: Transaction, areas: Iterable[Area]) -> None:
    await transaction.execute_many(
        """INSERT INTO areas (id, name, icon, position) VALUES (?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, icon = excluded.icon, position = excluded.position""",
        [(area.id, area.name, area.icon, area.position) for area in areas],
    )


async def _write_placements(transaction: Transaction, placed: Iterable[tuple[DeviceId, Placement, bool]]) -> None:
    await transaction.execute_many(
        """INSERT OR REPLACE INTO placements
            (device_id, name, area_id, position, is_hidden, is_shared, is_settled) VALUES (?, ?, ?, ?, ?, ?, ?)""",
        [
            (device_id, place.name, place.area_id, place.position, place.is_hidden, place.is_shared, is_settled)
            for device_id, place, is_settled in placed
        ],
    )
