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

from intercom.home.access import PANEL
from intercom.home.home import Home
from intercom.home.model import Change
from intercom.home.pairing import LiveCode, PairingDesk
from intercom.home.releases import ReleaseBoard
from intercom.panel.areas import AreaModel
from intercom.panel.clients import ClientModel
from intercom.panel.clock import WallClock
from intercom.panel.first_owner import FirstOwner
from intercom.panel.fonts import load_fonts
from intercom.panel.gate import OwnerGate
from intercom.panel.keyboard import Keyboard
from intercom.panel.language import Language
from intercom.panel.log import LogModel
from intercom.panel.pairing import PairingSheet
from intercom.panel.people import PeopleModel
from intercom.panel.preferences import Preferences
from intercom.panel.settings import PanelSettings, Whereabouts
from intercom.panel.sheet import DeviceSheet
from intercom.panel.tasks import Tasks
from intercom.panel.tiles import TileModel
from intercom.panel.toasts import ToastModel
from intercom.panel.troubles import TroubleNotice
from intercom.resources import resource
from intercom.storage.audit import AuditEvent
from intercom.storage.storage import Storage

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
        storage: Storage,
        group: asyncio.TaskGroup,
        whereabouts: Whereabouts,
        preferences: Preferences,
        keep_preferences: Callable[[Preferences], Coroutine[Any, Any, None]] | None = None,
        on_closed: Callable[[], None] = lambda: None,
        releases: ReleaseBoard | None = None,
        reset: Callable[[], None] | None = None,
        desk_clock: Callable[[], float] = time.time,
    ) -> None:
        """Make what QML needs; nothing is drawn yet.

        `on_closed` is called when a person closes the window. `desk_clock` is the pairing desk's.
        `reset` erases the home and starts the program anew; without it that is not offered.
        """
        load_fonts(app)
        self._app = app
        self._is_kiosk = False
        self._home = home
        self._desk = desk
        self._storage = storage
        self._on_closed = on_closed
        self._language = Language()
        self._language.speak(preferences.language)
        self._models = QObject()
        self._toasts = ToastModel(self._models)
        self._tasks = Tasks(home, group, self._toasts, storage.audit)
        self._gate = OwnerGate(storage.pin, self._tasks, self._models)
        self._tiles = TileModel(home, self._tasks, self._models)
        self._areas = AreaModel(home, self._tiles, self._tasks, self._models)
        self._sheet = DeviceSheet(home, storage.layout, self._gate, self._tasks, self._models)
        self._pairing = PairingSheet(desk, desk_clock, self._models, on_refused=self._on_refused)
        self._people = PeopleModel(storage.accounts, self._gate, self._tasks, self._toasts, self._models)
        self._clients = ClientModel(
            storage.sessions,
            storage.wrong_tries,
            self._gate,
            self._tasks,
            self._toasts,
            self._models,
            name_of=self._people.name_of,
        )
        self._people.countChanged.connect(self._clients.refresh)
        self._log = LogModel(storage.audit, self._tasks, self._models)
        self._trouble = TroubleNotice(home, self._tasks, self._models, end_notice=storage.end_notice)
        self._clock = WallClock(parent=self._models)
        self._keyboard = Keyboard(self._models)
        self._releases = releases or ReleaseBoard()
        self._settings = PanelSettings(
            whereabouts,
            preferences,
            keep_preferences,
            self._tasks,
            self._models,
            releases=self._releases,
            reset=self._guarded(reset),
        )
        self._first_owner = FirstOwner(
            storage.accounts,
            self._gate,
            self._tasks,
            self._toasts,
            self._models,
            on_offered=self._settings.remember_offer,
        )
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

    def show(self, *, is_kiosk: bool = False, size: QSize | None = None) -> None:
        """Open the window, as large as usual where there is room; as a kiosk it fills the screen, without a pointer."""
        if size is None:
            size = DEFAULT_SIZE.boundedTo(QGuiApplication.primaryScreen().availableSize())
        self._watching.enter_context(self._home.watched_by(self._on_change))
        self._watching.enter_context(self._desk.watched_by(self._on_live_code))
        self._watching.enter_context(self._releases.watched_by(self._settings.releaseChanged.emit))
        self._watching.enter_context(self._storage.pin.watched_by(self._gate.on_pin_changed))
        self._watching.enter_context(
            self._storage.sessions.watched_by(self._clients.on_session_end, changed=self._clients.on_session_change)
        )
        engine = self._engine = QQmlApplicationEngine()
        engine.warnings.connect(_log_warnings)
        engine.addImportPath(str(resource("qml")))
        engine.setInitialProperties(
            {
                "tiles": self._tiles,
                "areas": self._areas,
                "sheet": self._sheet,
                "pairing": self._pairing,
                "gate": self._gate,
                "firstOwner": self._first_owner,
                "people": self._people,
                "clients": self._clients,
                "log": self._log,
                "clock": self._clock,
                "settings": self._settings,
                "toasts": self._toasts,
                "trouble": self._trouble,
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
        self._gate.attend(self._window)
        self._keyboard.attend(self._window, is_mouse_a_finger=is_kiosk)
        self._is_kiosk = is_kiosk
        if is_kiosk:
            self._app.setOverrideCursor(Qt.CursorShape.BlankCursor)  # over fields of text as well
            self._window.setGeometry(self._window.screen().geometry())  # a kiosk's X server has no window manager
            self._window.showFullScreen()
        else:
            self._window.show()
        if not self._settings.preferences.has_offered_owner:
            self._first_owner.offer()

    def close(self) -> None:
        """Take the window away; may be called twice."""
        self._watching.close()
        if self._taking_in is not None:
            self._taking_in.cancel()
        if self._engine is not None:
            assert self._window is not None
            self._window.closing.disconnect(self._on_closed)
            self._gate.leave()
            self._keyboard.leave()
            self._window.close()
            self._window = None
            if self._is_kiosk:
                self._app.restoreOverrideCursor()
            shiboken6.delete(self._engine)
            self._engine = None
        if shiboken6.isValid(self._models):
            shiboken6.delete(self._models)
        self._language.fall_silent()

    def show_link(self, *, is_up: bool) -> None:
        """Tell whether the link to the broker is up."""
        self._settings.show_link(is_up=is_up)

    def show_whereabouts(self, whereabouts: Whereabouts) -> None:
        """Tell where the home is reached now."""
        self._settings.show_whereabouts(whereabouts)

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
            self._trouble.on_change(change)

    def _on_live_code(self, live: LiveCode | None) -> None:
        self._pairing.on_live_code(live)
        if live is None:
            self._clients.refresh()

    def _guarded(self, reset: Callable[[], None] | None) -> Callable[[], None] | None:
        """Return what resets the home while the gate is open, and does nothing while it is locked."""
        return None if reset is None else lambda: reset() if self._gate.isOpen else None

    def _on_refused(self, refused: LiveCode) -> None:
        self._tasks.start(
            self._storage.audit.add(AuditEvent.REFUSED, who=PANEL.name, about=refused.name, address=refused.address)
        )

    def _retranslate(self) -> None:
        self._language.speak(self._settings.preferences.language)
        for model in (self._tiles, self._areas, self._sheet, self._pairing, self._clock, self._keyboard, self._trouble):
            model.retranslate()
        for behind in (self._gate, self._first_owner, self._people, self._clients, self._log, self._settings):
            behind.retranslate()
        if self._engine is not None:
            self._engine.retranslate()


def _log_warnings(warnings: list[QQmlError]) -> None:
    for warning in warnings:
        _log.warning("%s", warning.toString())
