"""Choosing a PIN: typed twice, for nobody sees what was typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from intercom.panel.language import panel_text
from intercom.panel.problems import pin_problem

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class PinChoice(QObject):
    """A PIN that is being chosen; what was typed is forgotten with `begin`."""

    changed = Signal()

    def __init__(self, chosen: Callable[[str], None], parent: QObject) -> None:
        """`chosen` is called with a good PIN that was typed twice."""
        super().__init__(parent)
        self._chosen = chosen
        self._first = ""
        self._problem = ""

    @Property(bool, notify=changed)
    def isRepeating(self) -> bool:
        """The PIN is to be typed for the second time."""
        return bool(self._first)

    @Property(str, notify=changed)
    def problem(self) -> str:
        return self._problem

    @Slot()
    def begin(self) -> None:
        """Begin anew."""
        self._show("", "")

    @Slot(str)
    def enter(self, pin: str) -> None:
        """Take what was typed."""
        first = self._first
        if not first:
            problem = pin_problem(pin)
            self._show("" if problem else pin, problem)
        elif pin != first:
            self._show("", panel_text("These were two different PINs"))
        else:
            self._show("", "")
            self._chosen(pin)

    def _show(self, first: str, problem: str) -> None:
        self._first, self._problem = first, problem
        self.changed.emit()
