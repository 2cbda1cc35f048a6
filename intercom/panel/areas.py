"""The areas beside the tiles: which there are, what is on in each, and which one is shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
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

from intercom.home.capabilities import (
    Capability,
    CapabilityId,
    Category,
    Climate,
    ClimateState,
    Fan,
    Humidifier,
    Light,
    Sensor,
    SensorState,
    Siren,
    Switch,
)
from intercom.home.commands import Turn
from intercom.home.glance import format_number
from intercom.home.home import Home
from intercom.home.model import AreaId, Change, ChangeKind, DeviceId
from intercom.panel.fonts import glyph
from intercom.panel.language import panel_text
from intercom.panel.pace import Pace
from intercom.panel.tasks import Tasks
from intercom.panel.tiles import NO_AREA, WHOLE_HOME, TileModel

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1

COUNTS_EVERY_MS = 500

_ON_OFF = (Switch, Light, Fan, Siren, Humidifier)

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one device adds to its area."""

    area_id: AreaId
    is_on: bool
    lights_on: tuple[CapabilityId, ...]
    measured_c: float | None


@dataclass(frozen=True, slots=True)
class _Row:
    area_id: AreaId
    name: str
    glyph: str
    on_count: int


_ROLES = {Qt.ItemDataRole.UserRole + 1 + n: name for n, name in enumerate(("areaId", "name", "glyph", "onCount"))}


@QmlElement
class AreaModel(QAbstractListModel):
    """The whole home, its areas in their order, and what is in none of them if there is anything."""

    currentChanged = Signal()
    summaryChanged = Signal()

    def __init__(self, home: Home, tiles: TileModel, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._home = home
        self._tiles = tiles
        self._tasks = tasks
        self._current = WHOLE_HOME
        self._facts: dict[DeviceId, _Facts] = {}
        self._telling: dict[DeviceId, tuple[Capability, ...]] = {}
        self._dirty: set[DeviceId] = set(home.device_ids)
        self._rows: list[_Row] = []
        self._summary = ""
        self._device_count = 0
        self._pace = Pace(self._follow, every_ms=COUNTS_EVERY_MS, parent=self)
        self._follow()

    def on_change(self, change: Change) -> None:
        """Take note of a change of the home."""
        if change.device_id is not None:
            self._dirty.add(change.device_id)
            if change.kind in (ChangeKind.DEVICE, ChangeKind.REMOVED):
                self._telling.pop(change.device_id, None)
        else:
            self._dirty.update(self._facts)
        self._pace.request()

    def retranslate(self) -> None:
        """Fetch all words anew."""
        self._show(self._make_rows())
        self._sum_up()
        self.currentChanged.emit()

    # For QML

    @Property(int, notify=currentChanged)
    def current(self) -> int:
        """The row of the area that is shown."""
        return next((n for n, row in enumerate(self._rows) if row.area_id == self._current), 0)

    @Property(str, notify=currentChanged)
    def currentName(self) -> str:
        return next((row.name for row in self._rows if row.area_id == self._current), "")

    @Property(str, notify=summaryChanged)
    def summary(self) -> str:
        """What matters of the area that is shown, in a few words."""
        return self._summary

    @Property(bool, notify=summaryChanged)
    def hasLightsOn(self) -> bool:
        return any(facts.lights_on for facts in self._shown_facts())

    @Property(int, notify=summaryChanged)
    def deviceCount(self) -> int:
        """The number of devices in the whole home."""
        return self._device_count

    @Slot(int)
    def show(self, row: int) -> None:
        """Show another area."""
        if 0 <= row < len(self._rows):
            self._go_to(self._rows[row].area_id)

    @Slot()
    def turnLightsOff(self) -> None:
        """Turn off the lights of the area that is shown."""
        for device_id, facts in list(self._facts.items()):
            if self._is_shown(facts):
                for capability_id in facts.lights_on:
                    self._tasks.command(device_id, capability_id, Turn(on=False))

    # For Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        values = {"areaId": row.area_id, "name": row.name, "glyph": row.glyph, "onCount": row.on_count}
        return values.get(_ROLES.get(role, ""))

    def roleNames(self) -> dict[int, QByteArray]:
        return {role: QByteArray(name.encode()) for role, name in _ROLES.items()}

    # Inside

    def _go_to(self, area_id: AreaId) -> None:
        if area_id != self._current:
            self._current = area_id
            self._tiles.show_area(area_id)
            self.currentChanged.emit()
            self._sum_up()

    def _follow(self) -> None:
        areas = {area.id for area in self._home.areas}
        for device_id in self._dirty:
            facts = self._facts_of(device_id, areas)
            if facts is None:
                self._facts.pop(device_id, None)
            else:
                self._facts[device_id] = facts
        self._dirty.clear()
        self._show(self._make_rows())
        if all(row.area_id != self._current for row in self._rows):
            self._go_to(WHOLE_HOME)
        self._sum_up()

    def _facts_of(self, device_id: DeviceId, areas: set[AreaId]) -> _Facts | None:
        if not self._home.has(device_id):
            return None
        placement = self._home.placement(device_id)
        if placement.is_hidden:
            return None
        area_id = placement.area_id if placement.area_id in areas else None
        telling = self._telling.get(device_id)
        if telling is None:
            telling = self._telling[device_id] = _telling(self._home.device(device_id).capabilities)
        if not self._home.is_available(device_id) or self._home.stale_since(device_id) is not None:
            return _Facts(area_id or NO_AREA, False, (), None)
        all_held = self._home.held(device_id)
        is_on, lights_on, measured_c = False, [], None
        for capability in telling:
            state = all_held[capability.id].shown
            if isinstance(state, ClimateState):
                is_on = is_on or state.action in ("heating", "cooling", "drying", "fan")
                measured_c = state.current_c if state.current_c is not None else measured_c
            elif isinstance(state, SensorState):
                value = state.value
                measured_c = float(value) if measured_c is None and isinstance(value, int | float) else measured_c
            elif getattr(state, "on", None):
                is_on = True
                if isinstance(capability, Light):
                    lights_on.append(capability.id)
        return _Facts(area_id or NO_AREA, is_on, tuple(lights_on), measured_c)

    def _make_rows(self) -> list[_Row]:
        on = Counter(facts.area_id for facts in self._facts.values() if facts.is_on)
        rows = [_Row(WHOLE_HOME, panel_text("Whole home"), glyph("house"), on.total())]
        rows += [_Row(area.id, area.name, glyph(area.icon), on[area.id]) for area in self._home.areas]
        if len(rows) > 1 and any(facts.area_id == NO_AREA for facts in self._facts.values()):
            rows.append(_Row(NO_AREA, panel_text("Elsewhere"), glyph("layout-grid"), on[NO_AREA]))
        return rows

    def _show(self, rows: list[_Row]) -> None:
        old, self._rows = self._rows, rows
        if [row.area_id for row in old] != [row.area_id for row in rows]:
            self.beginResetModel()
            self.endResetModel()
            self.currentChanged.emit()
            return
        for number, (was, row) in enumerate(zip(old, rows, strict=True)):
            if was != row:
                self.dataChanged.emit(self.index(number), self.index(number))
                if was.name != row.name:
                    self.currentChanged.emit()

    def _shown_facts(self) -> list[_Facts]:
        return [facts for facts in self._facts.values() if self._is_shown(facts)]

    def _is_shown(self, facts: _Facts) -> bool:
        return self._current in (WHOLE_HOME, facts.area_id)

    def _sum_up(self) -> None:
        shown = self._shown_facts()
        lights = sum(len(facts.lights_on) for facts in shown)
        words = []
        if lights:
            words.append(panel_text("1 light on") if lights == 1 else panel_text("%1 lights on", str(lights)))
        measured_c = next((facts.measured_c for facts in shown if facts.measured_c is not None), None)
        if measured_c is not None and self._current not in (WHOLE_HOME, NO_AREA):
            words.append(f"{format_number(round(measured_c, 1))}°")
        summary, count = " · ".join(words), len(self._home.device_ids)
        if (summary, count) != (self._summary, self._device_count):
            self._summary, self._device_count = summary, count
            self.summaryChanged.emit()


def _telling(capabilities: tuple[Capability, ...]) -> tuple[Capability, ...]:
    """Return the capabilities that say whether a device is on, and how warm its area is."""
    return tuple(
        capability
        for capability in capabilities
        if capability.category is Category.PRIMARY
        and (
            isinstance(capability, (*_ON_OFF, Climate))
            or (isinstance(capability, Sensor) and capability.device_class == "temperature")
        )
    )
