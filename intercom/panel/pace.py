"""How often the window follows the home: the first change at once, many of them together."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Slot

UPDATES_EVERY_MS = 60
"""Some sixteen updates a second are seen as live and leave a weak processor to the touches."""


class Pace(QObject):
    """Calls `due` on the next pass of the loop after a request, and not again within `every_ms`.

    Whatever is requested meanwhile is one call, so the cost is bounded by time and not by the number of changes.
    """

    def __init__(self, due: Callable[[], None], *, every_ms: int = UPDATES_EVERY_MS, parent: QObject) -> None:
        super().__init__(parent)
        self._due = due
        self._every_ms = every_ms
        self._is_requested = False
        self._last_at = -float(every_ms)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._run)

    def request(self) -> None:
        """Ask for a call; cheap when one is on its way."""
        if self._is_requested:
            return
        self._is_requested = True
        rest_ms = self._last_at + self._every_ms - time.monotonic() * 1000
        self._timer.start(max(0, round(rest_ms)))

    @Slot()
    def _run(self) -> None:
        self._is_requested = False
        self._last_at = time.monotonic() * 1000
        self._due()
