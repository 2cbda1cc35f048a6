"""The window: its view-models, the QML that draws them, and their beginning and end.

`Panel` is made and shown within the app's running loop. It watches the home and the pairing desk from `show` to
`close`, and starts what touches ask for as tasks of the group that it is given. `close` takes the QML engine away
before the view-models that QML reads, and those as well: the cyclic collector would come for them on any thread, and
their timers may end on this one only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine, QQmlError
from PySide6.QtQuick import QQuickWindow

from intercom.home.home import Home
from intercom.home.model import Change
from intercom.home.pairing import LiveCode, PairingDesk
from intercom.panel.areas import AreaModel
from intercom.panel.clients import ClientModel
from intercom.panel.clock import WallClock
from intercom.panel.fonts import load_fonts
from intercom.panel.keyboard import Keyboard
from intercom.panel.language import Language
from intercom.panel.pairing import PairingSheet
from intercom.panel.preferences import Preferences
from intercom.panel.settings import PanelSettings, Whereabouts
from intercom.panel.sheet import DeviceSheet
from intercom.panel.tasks import Tasks
from intercom.panel.tiles import TileModel
from intercom.panel.toasts import ToastModel
from intercom.resources import resource
from intercom.storage.layout import Layout
from intercom.storage.sessions import Sessions

DEFAULT_SIZE = QSize(1280, 800)

_log = logging.getLogger(__name__)


class Panel:
    """The window on the wall."""

    def __init__(
        self,
        *,
        app: QGuiApplication,
        home: Home,
        desk: PairingDesk,
        layout: Layout,
        sessions: Sessions,
        group: asyncio.TaskGroup,
        whereabouts: Whereabouts,
        preferences: Preferences,
        keep_preferences: Callable[[Preferences], Coroutine[Any, Any, None]] | None = None,
        on_closed: Callable[[], None] = lambda: None,
        desk_clock: Callable[[], float] = time.time,
    ) -> None:
        """Make what QML needs; nothing is drawn yet.

        `on_closed` is called when a person closes the window. `desk_clock` is the pairing desk's.
        """
        load_fonts(app)
        self._home = home
        self._desk = desk
        self._sessions = sessions
        self._on_closed = on_closed
        self._language = Language()
        self._language.speak(preferences.language)
        self._models = QObject()
        self._toasts = ToastModel(self._models)
        self._tasks = Tasks(home, group, self._toasts)
        self._tiles = TileModel(home, self._tasks, self._models)
        self._areas = AreaModel(home, self._tiles, self._tasks, self._models)
        self._sheet = DeviceSheet(home, layout, self._tasks, self._models)
        self._pairing = PairingSheet(desk, desk_clock, self._models)
        self._clients = ClientModel(sessions, self._tasks, self._toasts, self._models)
        self._clock = WallClock(parent=self._models)
        self._keyboard = Keyboard(self._models)
        self._settings = PanelSettings(whereabouts, preferences, keep_preferences, self._tasks, self._models)
        self._settings.languageChanged.connect(self._retranslate)
        self._tiles.sheetAsked.connect(self._sheet.open)
        self._watching = contextlib.ExitStack()
        self._changes: list[Change] = []
        self._taking_in: asyncio.Handle | None = None
        self._engine: QQmlApplicationEngine | None = None
        self._window: QQuickWindow | None = None

    @property
    def window(self) -> QQuickWindow:
        """The window, between `show` and `close`."""
        assert self._window is not None, "the window is not shown"
        return self._window

    def show(self, *, is_kiosk: bool = False, size: QSize = DEFAULT_SIZE) -> None:
        """Open the window; as a kiosk it fills the screen."""
        self._watching.enter_context(self._home.watched_by(self._on_change))
        self._watching.enter_context(self._desk.watched_by(self._on_live_code))
        self._watching.enter_context(self._sessions.watched_by(self._clients.on_session_end))
        engine = self._engine = QQmlApplicationEngine()
        engine.warnings.connect(_log_warnings)
        engine.addImportPath(str(resource("qml")))
        engine.setInitialProperties(
            {
                "tiles": self._tiles,
                "areas": self._areas,
                "sheet": self._sheet,
                "pairing": self._pairing,
                "clients": self._clients,
                "clock": self._clock,
                "settings": self._settings,
                "toasts": self._toasts,
                "keyboard": self._keyboard,
                "width": size.width(),
                "height": size.height(),
            }
        )
        engine.loadFromModule("Intercom", "PanelWindow")
        roots = engine.rootObjects()
        if not roots or not isinstance(roots[0], QQuickWindow):
            raise RuntimeError("the panel's QML did not load")
        self._window = roots[0]
        self._window.closing.connect(self._on_closed)
        self._keyboard.attend(self._window, is_mouse_a_finger=is_kiosk)
        if is_kiosk:
            self._window.setCursor(Qt.CursorShape.BlankCursor)
            self._window.setGeometry(self._window.screen().geometry())  # a kiosk's X server has no window manager
            self._window.showFullScreen()
        else:
            self._window.show()

    def close(self) -> None:
        """Take the window away; may be called twice."""
        self._watching.close()
        if self._taking_in is not None:
            self._taking_in.cancel()
        if self._engine is not None:
            assert self._window is not None
            self._window.closing.disconnect(self._on_closed)
            self._keyboard.leave()
            self._window.close()
            self._window = None
            shiboken6.delete(self._engine)
            self._engine = None
        if shiboken6.isValid(self._models):
            shiboken6.delete(self._models)

    def show_link(self, *, is_up: bool) -> None:
        """Tell whether the link to the broker is up."""
        self._settings.show_link(is_up=is_up)

    def _on_change(self, change: Change) -> None:
        """Keep a change until those have been told who hear of it over the network: they wait longer for it."""
        if not self._changes:
            self._taking_in = asyncio.get_running_loop().call_soon(self._take_in)
        self._changes.append(change)

    def _take_in(self) -> None:
        changes, self._changes = self._changes, []
        for change in changes:
            self._tiles.on_change(change)
            self._areas.on_change(change)
            self._sheet.on_change(change)

    def _on_live_code(self, live: LiveCode | None) -> None:
        self._pairing.on_live_code(live)
        if live is None:
            self._clients.refresh()

    def _retranslate(self) -> None:
        self._language.speak(self._settings.preferences.language)
        for model in (self._tiles, self._areas, self._sheet, self._pairing, self._clock, self._keyboard):
            model.retranslate()
        self._clients.refresh()
        if self._engine is not None:
            self._engine.retranslate()


def _log_warnings(warnings: list[QQmlError]) -> None:
    for warning in warnings:
        _log.warning("%s", warning.toString())
