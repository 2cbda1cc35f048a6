"""The time and the date on the wall, right to the minute."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Property, QDateTime, QLocale, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement

from intercom.panel.language import panel_text

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class WallClock(QObject):
    """The local time, told anew when the minute turns."""

    changed = Signal()

    def __init__(self, now: Callable[[], QDateTime] = QDateTime.currentDateTime, *, parent: QObject) -> None:
        super().__init__(parent)
        self._now = now
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._turn)
        self._turn()

    def retranslate(self) -> None:
        """Fetch all words anew."""
        self.changed.emit()

    @Property(str, notify=changed)
    def time(self) -> str:
        return self._now().toString("HH:mm")

    @Property(str, notify=changed)
    def date(self) -> str:
        return QLocale().toString(self._now(), panel_text("dddd, d MMMM"))

    @Slot()
    def _turn(self) -> None:
        time = self._now().time()
        self._timer.start(60_000 - time.second() * 1000 - time.msec())
        self.changed.emit()
