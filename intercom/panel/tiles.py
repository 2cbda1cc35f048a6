"""The tiles of the area that is shown, as a list for QML.

Many changes a second must not cost the window its smoothness, so a change only marks its device. At the pace of
`pace` the marked tiles *that can be seen* are looked up anew and the roles that differ are announced; a tile out of
sight costs nothing until it is scrolled into view.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

from PySide6.QtCore import (
    Property,
    QAbstractListModel,
    QByteArray,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtQml import QmlElement

from intercom.home.access import PANEL
from intercom.home.capabilities import CapabilityId, Light
from intercom.home.commands import Command
from intercom.home.errors import NotFoundError
from intercom.home.glance import Tone, Touch
from intercom.home.home import Home
from intercom.home.model import AreaId, Change, ChangeKind, DeviceId
from intercom.home.tile import tile_of
from intercom.panel.controls import slide_command
from intercom.panel.fonts import glyph
from intercom.panel.language import say_all
from intercom.panel.pace import Pace
from intercom.panel.tasks import Tasks

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1

Index = QModelIndex | QPersistentModelIndex

WHOLE_HOME = AreaId("")
"""All areas together."""

NO_AREA = AreaId("-")
"""What nobody has given an area yet."""

NO_LEVEL = -1.0

_NUMBER = re.compile(r"(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Row:
    """What QML knows of a tile; each field is a role of the same name."""

    deviceId: str
    name: str
    glyph: str
    tone: str
    isOn: bool
    level: float
    canSlide: bool
    slideTone: str
    number: str
    words: str
    isPending: bool
    isStale: bool
    needsHold: bool
    buttonNames: list[str]
    buttonsOn: list[bool]
    buttonsPending: list[bool]


BLANK = Row(
    deviceId="",
    name="",
    glyph="",
    tone=Tone.PLAIN.value,
    isOn=False,
    level=NO_LEVEL,
    canSlide=False,
    slideTone=Tone.PLAIN.value,
    number="",
    words="",
    isPending=False,
    isStale=False,
    needsHold=False,
    buttonNames=[],
    buttonsOn=[],
    buttonsPending=[],
)
"""No device's tile."""

_ROLES = {Qt.ItemDataRole.UserRole + 1 + number: field.name for number, field in enumerate(fields(Row))}


@QmlElement
class TileModel(QAbstractListModel):
    """The tiles of one area in the order in which residents put them."""

    countChanged = Signal()
    sheetAsked = Signal(str, arguments=["deviceId"])

    def __init__(self, home: Home, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._home = home
        self._tasks = tasks
        self._area_id = WHOLE_HOME
        self._ids: list[DeviceId] = []
        self._rows: dict[DeviceId, Row] = {}
        self._seen = range(0)
        self._dirty: set[DeviceId] = set()
        self._is_order_dirty = False
        self._pace = Pace(self._follow, parent=self)
        self._ids = self._order()

    def on_change(self, change: Change) -> None:
        """Take note of a change of the home."""
        if change.kind not in (ChangeKind.STATE, ChangeKind.EVENT):
            self._is_order_dirty = True
        if change.device_id is not None:
            self._dirty.add(change.device_id)
        self._pace.request()

    def show_area(self, area_id: AreaId) -> None:
        """Show the tiles of another area."""
        self.beginResetModel()
        self._area_id = area_id
        self._rows.clear()
        self._dirty.clear()
        self._ids = self._order()
        self.endResetModel()
        self.countChanged.emit()

    def retranslate(self) -> None:
        """Fetch all words anew."""
        self._rows.clear()
        if self._ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    # For QML

    @Property(int, notify=countChanged)
    def count(self) -> int:
        return len(self._ids)

    @Slot(int, int)
    def look(self, first: int, last: int) -> None:
        """Say which rows can be seen: only these follow the home."""
        self._seen = range(max(first, 0), last + 1)
        if self._dirty:
            self._pace.request()

    @Slot(str)
    def touch(self, device_id: str) -> None:
        """Do the one thing that a touch on the tile does; where there is none, ask for the sheet."""
        with contextlib.suppress(NotFoundError):
            touch = tile_of(self._home, DeviceId(device_id)).touch
            if touch is None:
                self.sheetAsked.emit(device_id)
            elif not touch.needs_hold:
                self._do(DeviceId(device_id), touch)

    @Slot(str)
    def hold(self, device_id: str) -> None:
        """Do what the tile asked to be held for."""
        with contextlib.suppress(NotFoundError):
            touch = tile_of(self._home, DeviceId(device_id)).touch
            if touch is not None and touch.needs_hold:
                self._do(DeviceId(device_id), touch)

    @Slot(str, int)
    def press(self, device_id: str, button: int) -> None:
        """Press one of the tile's buttons."""
        with contextlib.suppress(NotFoundError):
            buttons = tile_of(self._home, DeviceId(device_id)).buttons
            if 0 <= button < len(buttons):
                self._do(DeviceId(device_id), buttons[button].touch)

    @Slot(str, float)
    def slide(self, device_id: str, level_pct: float) -> None:
        """Set the tile's level."""
        with contextlib.suppress(NotFoundError):
            slide = tile_of(self._home, DeviceId(device_id)).slide
            if slide is not None:
                capability = self._home.capability(DeviceId(device_id), slide)
                self._command(DeviceId(device_id), slide, slide_command(capability, level_pct))

    # For Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        name = _ROLES.get(role)
        if name is None or not 0 <= index.row() < len(self._ids):
            return None
        return getattr(self._row(self._ids[index.row()]), name)

    def roleNames(self) -> dict[int, QByteArray]:
        return {role: QByteArray(name.encode()) for role, name in _ROLES.items()}

    # Inside

    def _do(self, device_id: DeviceId, touch: Touch) -> None:
        self._command(device_id, touch.capability_id, touch.command)

    def _command(self, device_id: DeviceId, capability_id: CapabilityId, command: Command) -> None:
        self._tasks.command(device_id, capability_id, command)

    def _row(self, device_id: DeviceId) -> Row:
        row = self._rows.get(device_id)
        if row is None:
            row = self._rows[device_id] = row_of(self._home, device_id)
            self._dirty.discard(device_id)
        return row

    def _order(self) -> list[DeviceId]:
        return devices_in(self._home, self._area_id)

    def _follow(self) -> None:
        if self._is_order_dirty:
            self._is_order_dirty = False
            self._reorder(self._order())
        self._dirty &= self._rows.keys()
        for number in self._seen:
            if number < len(self._ids) and self._ids[number] in self._dirty:
                self._refresh(number)

    def _refresh(self, number: int) -> None:
        device_id = self._ids[number]
        self._dirty.discard(device_id)
        old, new = self._rows[device_id], row_of(self._home, device_id)
        self._rows[device_id] = new
        roles = [role for role, name in _ROLES.items() if getattr(old, name) != getattr(new, name)]
        if roles:
            self.dataChanged.emit(self.index(number), self.index(number), roles)

    def _reorder(self, ids: list[DeviceId]) -> None:
        """Take over a new order, by removing and inserting rows where that is enough."""
        if ids == self._ids:
            return
        wanted, known = set(ids), set(self._ids)
        if [i for i in self._ids if i in wanted] != [i for i in ids if i in known]:
            self.beginResetModel()
            self._ids = ids
            self._forget(known - wanted)
            self.endResetModel()
        else:
            for first, last in reversed(_runs(row for row, i in enumerate(self._ids) if i not in wanted)):
                self.beginRemoveRows(QModelIndex(), first, last)
                del self._ids[first : last + 1]
                self.endRemoveRows()
            self._forget(known - wanted)
            for first, last in _runs(row for row, i in enumerate(ids) if i not in known):
                self.beginInsertRows(QModelIndex(), first, last)
                self._ids[first:first] = ids[first : last + 1]
                self.endInsertRows()
        self.countChanged.emit()

    def _forget(self, gone: Iterable[DeviceId]) -> None:
        for device_id in gone:
            self._rows.pop(device_id, None)


def row_of(home: Home, device_id: DeviceId) -> Row:
    """Return what QML knows of a device's tile; a withdrawn one is blank until its row is gone."""
    if not home.has(device_id):
        return replace(BLANK, deviceId=device_id, isStale=True)
    tile = tile_of(home, device_id)
    return Row(
        deviceId=device_id,
        name=home.shown_name(device_id),
        glyph=glyph(tile.icon),
        tone=tile.tone.value,
        isOn=tile.is_on,
        level=NO_LEVEL if tile.level_pct is None else tile.level_pct,
        canSlide=tile.slide is not None and not tile.is_stale,
        slideTone=_slide_tone(home, device_id, tile.slide).value,
        number=tile.number or "",
        words=say_all(tile.words),
        isPending=tile.is_pending,
        isStale=tile.is_stale,
        needsHold=tile.touch is not None and tile.touch.needs_hold,
        buttonNames=[button.name for button in tile.buttons],
        buttonsOn=[button.is_on for button in tile.buttons],
        buttonsPending=[button.is_pending for button in tile.buttons],
    )


def _slide_tone(home: Home, device_id: DeviceId, slide: CapabilityId | None) -> Tone:
    """Return what the colour of a level means that a finger is setting."""
    if slide is None:
        return Tone.PLAIN
    return Tone.AMBER if isinstance(home.capability(device_id, slide), Light) else Tone.BLUE


def devices_in(home: Home, area_id: AreaId) -> list[DeviceId]:
    """Return the devices that have a tile in an area, in the order in which they are shown."""
    rank = {area.id: number for number, area in enumerate(home.areas)}
    found = []
    for device_id in home.device_ids:
        placement = home.placement(device_id)
        if placement.is_hidden or not PANEL.may_see(device_id, placement):
            continue
        at = placement.area_id if placement.area_id in rank else None
        if area_id == WHOLE_HOME or at == area_id or (area_id == NO_AREA and at is None):
            name = home.shown_name(device_id)
            key = (rank.get(at, len(rank)) if at else len(rank), placement.position, _as_counted(name), name)
            found.append((key, device_id))
    return [device_id for _, device_id in sorted(found)]


@lru_cache(maxsize=16_384)
def _as_counted(name: str) -> tuple[str | int, ...]:
    """Return what sorts names as people do, and as the web client does: "Lamp 2" before "lamp 10"."""
    return tuple(int(part) if number % 2 else part.casefold() for number, part in enumerate(_NUMBER.split(name)))


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return ascending rows as ranges, both ends included."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
