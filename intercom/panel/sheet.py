"""The sheet of one device: everything that it can do, its name and where it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from intercom.home.capabilities import Category
from intercom.home.errors import InvalidInputError
from intercom.home.home import Home
from intercom.home.model import Area, Change, DeviceId, Placement
from intercom.panel.control import ControlItem
from intercom.panel.controls import Control, command_of, controls_of
from intercom.panel.gate import OwnerGate
from intercom.panel.language import panel_text
from intercom.panel.pace import Pace
from intercom.panel.problems import name_problem
from intercom.panel.tasks import Tasks
from intercom.panel.tiles import BLANK, row_of
from intercom.storage.layout import Layout, PlacementChanges

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class DeviceSheet(QObject):
    """What QML draws of the device whose sheet is open.

    Controls stand in three groups: what people use daily, the device's settings, and details (technical values, and
    what the device itself wants kept out of sight). A group is made anew only when the controls themselves are
    others; a change of state changes the controls in place. Its name and its place are behind the gate, its controls
    never.
    """

    opened = Signal()
    closed = Signal()
    changed = Signal()
    controlsChanged = Signal()
    placesChanged = Signal()
    nameProblemChanged = Signal()
    renamed = Signal()

    def __init__(self, home: Home, layout: Layout, gate: OwnerGate, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._home = home
        self._layout = layout
        self._gate = gate
        self._tasks = tasks
        self._device_id: DeviceId | None = None
        self._row = BLANK
        self._placement = Placement()
        self._areas: tuple[Area, ...] = ()
        self._own_name = ""
        self._facts = ""
        self._name_problem = ""
        self._items: list[ControlItem] = []
        self._pace = Pace(self._follow, parent=self)

    def on_change(self, change: Change) -> None:
        """Take note of a change of the home."""
        if self._device_id is not None and change.device_id in (None, self._device_id):
            self._pace.request()

    def retranslate(self) -> None:
        """Fetch all words anew."""
        self._row = BLANK
        self.forgetProblem()
        self._follow()
        for item in self._items:
            item.changed.emit()
        self.placesChanged.emit()

    @Slot(str)
    def open(self, device_id: str) -> None:
        """Open the sheet of a device; nothing happens when it has gone."""
        if self._home.has(DeviceId(device_id)):
            self._device_id = DeviceId(device_id)
            self.forgetProblem()
            self._follow()
            self.opened.emit()

    @Slot()
    def close(self) -> None:
        """Close the sheet."""
        if self._device_id is not None:
            self._device_id = None
            self._make_items([])
            self.closed.emit()

    # For QML: what to draw

    @Property(str, notify=changed)
    def deviceId(self) -> str:
        return self._row.deviceId

    @Property(str, notify=changed)
    def name(self) -> str:
        return self._row.name

    @Property(str, notify=changed)
    def ownName(self) -> str:
        """What the device calls itself."""
        return self._own_name

    @Property(str, notify=nameProblemChanged)
    def nameProblem(self) -> str:
        """Why the device cannot be called what was asked for last; empty when it can."""
        return self._name_problem

    @Property(str, notify=changed)
    def words(self) -> str:
        return " · ".join(filter(None, (self._row.number, self._row.words)))

    @Property(str, notify=changed)
    def glyph(self) -> str:
        return self._row.glyph

    @Property(str, notify=changed)
    def tone(self) -> str:
        return self._row.tone

    @Property(bool, notify=changed)
    def isOn(self) -> bool:
        return self._row.isOn

    @Property(bool, notify=changed)
    def isPending(self) -> bool:
        return self._row.isPending

    @Property(bool, notify=changed)
    def isStale(self) -> bool:
        return self._row.isStale

    @Property(str, notify=changed)
    def facts(self) -> str:
        """Who made it, which model and firmware it is."""
        return self._facts

    @Property("QVariantList", notify=controlsChanged)  # type: ignore[arg-type]  # a type's name serves as well
    def primary(self) -> list[ControlItem]:
        return [item for item in self._items if group_of(item.control) == "primary"]

    @Property("QVariantList", notify=controlsChanged)  # type: ignore[arg-type]  # a type's name serves as well
    def settings(self) -> list[ControlItem]:
        return [item for item in self._items if group_of(item.control) == "settings"]

    @Property("QVariantList", notify=controlsChanged)  # type: ignore[arg-type]  # a type's name serves as well
    def details(self) -> list[ControlItem]:
        return [item for item in self._items if group_of(item.control) == "details"]

    @Property("QStringList", notify=placesChanged)  # type: ignore[arg-type]  # a type's name serves as well
    def areaNames(self) -> list[str]:
        return [panel_text("None"), *(area.name for area in self._areas)]

    @Property(int, notify=placesChanged)
    def area(self) -> int:
        """The place in `areaNames`."""
        ids = [area.id for area in self._areas]
        return 1 + ids.index(self._placement.area_id) if self._placement.area_id in ids else 0

    @Property(bool, notify=placesChanged)
    def isHidden(self) -> bool:
        return self._placement.is_hidden

    @Property(bool, notify=placesChanged)
    def isShared(self) -> bool:
        """Guests may see and use it."""
        return self._placement.is_shared

    # For QML: what was touched

    @Slot(str)
    def rename(self, name: str) -> None:
        """Call the device `name`; an empty one gives it back its own. `renamed` tells when it is done."""
        if self._device_id is not None:
            self._gate.start(self._rename(self._device_id, name.strip()))

    @Slot()
    def forgetProblem(self) -> None:
        """Say no more that a name will not do."""
        self._show_problem("")

    @Slot(int)
    def move(self, area: int) -> None:
        """Move the device to another of `areaNames`."""
        if 0 <= area <= len(self._areas):
            self._place(area_id=self._areas[area - 1].id if area else None)

    @Slot(bool)
    def hide(self, hidden: bool) -> None:
        self._place(is_hidden=hidden)

    @Slot(bool)
    def share(self, shared: bool) -> None:
        self._place(is_shared=shared)

    # Inside

    def _place(self, **changes: Unpack[PlacementChanges]) -> None:
        if self._device_id is not None:
            self._gate.start(self._layout.change_device(self._device_id, **changes))

    async def _rename(self, device_id: DeviceId, name: str) -> None:
        try:
            await self._layout.change_device(device_id, name=name or None)
        except InvalidInputError:
            if device_id == self._device_id:
                self._show_problem(name_problem(name))
            return
        if device_id == self._device_id:
            self.forgetProblem()
            self._follow()
            self.renamed.emit()

    def _show_problem(self, problem: str) -> None:
        if problem != self._name_problem:
            self._name_problem = problem
            self.nameProblemChanged.emit()

    def _set(self, control: Control, value: Any, code: str | None) -> None:
        device_id = self._device_id
        if device_id is None or not self._home.has(device_id):
            return
        capability = self._home.capability(device_id, control.capability_id)
        self._tasks.command(device_id, capability.id, command_of(capability, control.key, value, code))

    def _follow(self) -> None:
        device_id = self._device_id
        if device_id is None:
            return
        if not self._home.has(device_id):
            self.close()
            return
        device = self._home.device(device_id)
        row = row_of(self._home, device_id)
        facts = " · ".join(filter(None, (device.maker, device.model, device.firmware)))
        if (row, device.name, facts) != (self._row, self._own_name, self._facts):
            self._row, self._own_name, self._facts = row, device.name, facts
            self.changed.emit()
        placement, areas = self._home.placement(device_id), tuple(self._home.areas)
        if (placement, areas) != (self._placement, self._areas):
            self._placement, self._areas = placement, areas
            self.placesChanged.emit()
        held = self._home.held(device_id)
        self._show([c for capability in device.capabilities for c in controls_of(capability, held[capability.id])])

    def _show(self, controls: list[Control]) -> None:
        if [_shape(item.control) for item in self._items] != [_shape(control) for control in controls]:
            self._make_items(controls)
            return
        for item, control in zip(self._items, controls, strict=True):
            item.show(control)

    def _make_items(self, controls: Iterable[Control]) -> None:
        old = self._items
        self._items = [ControlItem(control, self._set, self) for control in controls]
        self.controlsChanged.emit()
        for item in old:
            item.deleteLater()


def group_of(control: Control) -> str:
    """Return the group of the sheet in which a control stands: "primary", "settings" or "details"."""
    if not control.is_shown or control.category is Category.DIAGNOSTIC:
        return "details"
    return "settings" if control.category is Category.SETTING else "primary"


def _shape(control: Control) -> tuple[object, ...]:
    """Return what makes it another control, not the same one in another state."""
    return (control.capability_id, control.key, control.kind, control.category, control.is_shown)
