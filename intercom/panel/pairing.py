"""What the window shows while somebody asks to come in."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement

from intercom.home.access import Role
from intercom.home.pairing import TRIES_PER_CODE, LiveCode, PairingDesk
from intercom.panel.language import panel_text

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class PairingSheet(QObject):
    """Who asks, the code, and how long it lives; open while a code does. What it says stays until the next one asks."""

    changed = Signal()
    remainingChanged = Signal()

    def __init__(
        self,
        desk: PairingDesk,
        clock: Callable[[], float],
        parent: QObject,
        *,
        on_refused: Callable[[LiveCode], None] = lambda _: None,
    ) -> None:
        """`clock` is the desk's; `on_refused` is called with whom somebody at the wall did not let in."""
        super().__init__(parent)
        self._desk = desk
        self._clock = clock
        self._on_refused = on_refused
        self._live: LiveCode | None = None
        self._last: LiveCode | None = None
        self._remaining_s = 0
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self._tick)
        self.on_live_code(desk.live)

    def on_live_code(self, live: LiveCode | None) -> None:
        """Show the live code, or that there is none any more."""
        self._live = live
        if live is None:
            self._timer.stop()
        else:
            self._last = live
            self._tick()
            self._timer.start()
        self.changed.emit()

    def retranslate(self) -> None:
        """Fetch all words anew."""
        self.changed.emit()
        self.remainingChanged.emit()

    @Property(bool, notify=changed)
    def isOpen(self) -> bool:
        return self._live is not None

    @Property(str, notify=changed)
    def title(self) -> str:
        if self._last is None or not self._last.name:
            return panel_text("A new device wants to come in")
        return panel_text("%1 wants to come in", self._last.name)

    @Property(str, notify=changed)
    def address(self) -> str:
        return "" if self._last is None else self._last.address

    @Property(str, notify=changed)
    def code(self) -> str:
        """The code as it is read aloud: in two halves."""
        return "" if self._last is None else f"{self._last.code[:3]} {self._last.code[3:]}"

    @Property(str, notify=remainingChanged)
    def remaining(self) -> str:
        """How long the code lives, as minutes and seconds."""
        return f"{self._remaining_s // 60}:{self._remaining_s % 60:02d}"

    @Property(bool, notify=changed)
    def isForGuest(self) -> bool:
        return self._last is not None and self._last.role is Role.GUEST

    @Property(bool, notify=changed)
    def hasWrongTry(self) -> bool:
        """A wrong code has been typed."""
        return self._last is not None and self._last.tries_left < TRIES_PER_CODE

    @Slot(bool)
    def chooseGuest(self, guest: bool) -> None:
        """Say whether a guest or one of the family is coming in."""
        self._desk.choose_role(Role.GUEST if guest else Role.RESIDENT)

    @Slot()
    def refuse(self) -> None:
        """Let nobody in."""
        live = self._desk.live
        if live is not None:
            self._desk.refuse()
            self._on_refused(live)

    @Slot()
    def _tick(self) -> None:
        live = self._live
        if live is None:
            return
        remaining_s = max(0, math.ceil(live.ends_at - self._clock()))
        if remaining_s != self._remaining_s:
            self._remaining_s = remaining_s
            self.remainingChanged.emit()
        if remaining_s == 0 and self._desk.live is None and self._live is not None:
            self.on_live_code(None)
