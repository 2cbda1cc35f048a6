"""The paired phones and computers, and their removal."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    Property,
    QAbstractListModel,
    QByteArray,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtQml import QmlElement

from intercom.home.access import Role, SessionId
from intercom.home.errors import NotFoundError
from intercom.panel.language import clock_time, panel_text
from intercom.panel.tasks import Tasks
from intercom.panel.toasts import ToastModel
from intercom.storage.sessions import Session, Sessions

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1

LOOK_EVERY_MS = 2000

_SESSION_ID = Qt.ItemDataRole.UserRole + 1
_NAME = Qt.ItemDataRole.UserRole + 2
_WORDS = Qt.ItemDataRole.UserRole + 3

ROLE_TEXTS = {Role.OWNER: "Owner", Role.RESIDENT: "Family", Role.GUEST: "Guest", Role.SCREEN: "Screen"}

Index = QModelIndex | QPersistentModelIndex


@QmlElement
class ClientModel(QAbstractListModel):
    """The sessions that live, the one seen last first; looked at anew while the list is on the screen."""

    countChanged = Signal()

    def __init__(self, sessions: Sessions, tasks: Tasks, toasts: ToastModel, parent: QObject) -> None:
        super().__init__(parent)
        self._sessions = sessions
        self._tasks = tasks
        self._toasts = toasts
        self._rows: list[tuple[SessionId, str, str]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Look at the sessions anew."""
        sessions = sorted(self._sessions.all, key=lambda session: session.seen_at, reverse=True)
        rows = [(session.id, session.name, _words(session)) for session in sessions]
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            self.countChanged.emit()

    def on_session_end(self, session_id: SessionId) -> None:
        """Take away a session that has ended, whoever ended it."""
        for number, row in enumerate(self._rows):
            if row[0] == session_id:
                self.beginRemoveRows(QModelIndex(), number, number)
                del self._rows[number]
                self.endRemoveRows()
                self.countChanged.emit()
                return

    # For QML

    @Property(int, notify=countChanged)
    def count(self) -> int:
        return len(self._rows)

    @Slot(bool)
    def watch(self, on: bool) -> None:
        """Say whether the list is on the screen."""
        if on:
            self.refresh()
            self._timer.start()
        else:
            self._timer.stop()

    @Slot(str)
    def remove(self, session_id: str) -> None:
        """End a session; its client is out at once and can pair again."""
        self._tasks.start(self._remove(SessionId(session_id)))

    # For Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self._rows):
            return None
        session_id, name, words = self._rows[index.row()]
        return {_SESSION_ID: session_id, _NAME: name, _WORDS: words}.get(role)

    def roleNames(self) -> dict[int, QByteArray]:
        return {_SESSION_ID: QByteArray(b"sessionId"), _NAME: QByteArray(b"name"), _WORDS: QByteArray(b"words")}

    # Inside

    async def _remove(self, session_id: SessionId) -> None:
        session = self._sessions.find(session_id)
        if session is not None:
            try:
                await self._sessions.remove(session_id, by="panel")
            except NotFoundError:
                return
            self._toasts.show(panel_text("%1 was removed", session.name))


def _words(session: Session) -> str:
    seen = panel_text("last here %1", clock_time(session.seen_at))
    return " · ".join(filter(None, (panel_text(ROLE_TEXTS[session.role]), seen, session.address)))
