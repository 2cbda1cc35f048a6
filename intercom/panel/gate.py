"""What only an owner may do at the wall waits behind this gate, once there is a PIN.

It stands before the settings and before what changes a device's name and place, and nowhere else. Whoever rings, calls
for help or shuts the gas meets no gate, whether it is open, locked, or waiting after wrong PINs.
"""

from __future__ import annotations

import math
from collections.abc import Coroutine
from typing import Any, Final

from PySide6.QtCore import Property, QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickWindow

from intercom.home.errors import IntercomError
from intercom.home.pin import WaitError, WrongPinError
from intercom.panel.language import panel_text
from intercom.panel.tasks import Tasks
from intercom.storage.pin import OwnerPin

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1

OPEN_FOR_MS: Final = 120_000
"""How long the gate stays open while nobody touches anything."""

_TOUCHES: Final = frozenset(
    {QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel}
    | {QEvent.Type.KeyPress}
)


@QmlElement
class OwnerGate(QObject):
    """Open while there is no PIN, and after the right one, until it is locked or left alone for `OPEN_FOR_MS`."""

    changed = Signal()
    waitChanged = Signal()
    problemChanged = Signal()

    def __init__(self, pin: OwnerPin, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._pin = pin
        self._tasks = tasks
        self._is_open = False
        self._looked_at: object | None = None
        self._is_choosing = False
        self._wait_s = 0
        self._problem = ""
        self._window: QQuickWindow | None = None
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(OPEN_FOR_MS)
        self._idle.timeout.connect(self.lock)
        self._waiting = QTimer(self)
        self._waiting.setInterval(250)
        self._waiting.timeout.connect(self._follow_wait)
        self._follow_wait()

    def attend(self, window: QQuickWindow) -> None:
        """Take each touch of the window for a sign that somebody is still there."""
        self._window = window

    def leave(self) -> None:
        """Let go of the window; before it goes away."""
        self.lock()
        self._window = None

    def on_pin_changed(self) -> None:
        """Take note of another PIN: who has opened the gate by the old one has to know the new one."""
        self._set_open(is_open=self._is_choosing)
        self.changed.emit()

    def start(self, coroutine: Coroutine[Any, Any, object]) -> None:
        """Run what only an owner may do; nothing happens while the gate is locked."""
        if self.isOpen:
            self._tasks.start(coroutine)
        else:
            coroutine.close()

    async def choose(self, pin: str) -> None:
        """Set another PIN, and stay open for the one who did; errors as `OwnerPin.choose`."""
        self._is_choosing = True
        try:
            await self._pin.choose(pin)
        finally:
            self._is_choosing = False

    def retranslate(self) -> None:
        """Fetch all words anew."""
        self._show_problem("")

    # For QML

    @Property(bool, notify=changed)
    def isSet(self) -> bool:
        """There is a PIN."""
        return self._pin.is_set

    @Property(bool, notify=changed)
    def isOpen(self) -> bool:
        return self._is_open or not self._pin.is_set

    @Property(int, notify=waitChanged)
    def waitS(self) -> int:
        """How long the next try has to wait."""
        return self._wait_s

    @Property(str, notify=problemChanged)
    def problem(self) -> str:
        return self._problem

    @Slot(str)
    def enter(self, pin: str) -> None:
        """Open with the owner's PIN; while one is looked at, no other is."""
        if not self.isOpen and self._looked_at is None:
            attempt = self._looked_at = object()
            self._tasks.start(self._check(pin, attempt))

    @Slot()
    def lock(self) -> None:
        """Ask for the PIN again; also a PIN that is just being looked at will not open any more."""
        self._looked_at = None
        self._show_problem("")
        self._set_open(is_open=False)

    # Inside

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take note of what touches the window while the gate is open, and let it pass."""
        if event.type() in _TOUCHES:
            self._idle.start()
        return False

    async def _check(self, pin: str, attempt: object) -> None:
        try:
            await self._pin.check(pin)
        except WaitError:
            self._end(attempt)
        except WrongPinError:
            self._end(attempt, problem=panel_text("This is not the owner's PIN"))
        except IntercomError:
            self._end(attempt)
            raise
        else:
            is_wanted = attempt is self._looked_at
            self._end(attempt)
            if is_wanted:
                self._set_open(is_open=True)

    def _end(self, attempt: object, *, problem: str = "") -> None:
        """Take note of how an attempt ended; what was left meanwhile says nothing."""
        if attempt is self._looked_at:
            self._looked_at = None
            self._show_problem(problem)
        self._follow_wait()

    def _set_open(self, *, is_open: bool) -> None:
        if is_open == self._is_open:
            return
        self._is_open = is_open
        if is_open:
            self._idle.start()
        else:
            self._idle.stop()
        if self._window is not None and is_open:
            self._window.installEventFilter(self)
        elif self._window is not None:
            self._window.removeEventFilter(self)
        self.changed.emit()

    def _show_problem(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self.problemChanged.emit()

    @Slot()
    def _follow_wait(self) -> None:
        wait_s = math.ceil(self._pin.wait_s)
        if wait_s != self._wait_s:
            self._wait_s = wait_s
            self.waitChanged.emit()
        if wait_s == 0:
            self._waiting.stop()
        elif not self._waiting.isActive():
            self._waiting.start()
