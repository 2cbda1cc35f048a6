"""The paired phones and computers and the logins: what they may do, and their removal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from intercom.home.access import PANEL, AccountId, Role, SessionId
from intercom.home.errors import NotFoundError
from intercom.home.tries import Secret
from intercom.panel.gate import OwnerGate
from intercom.panel.language import clock_time, isolated, panel_text
from intercom.panel.rows import FollowingModel
from intercom.panel.tasks import Tasks
from intercom.panel.toasts import ToastModel
from intercom.storage.sessions import Session, SessionChanges, Sessions
from intercom.storage.wrong_tries import WrongTries

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1

ROLE_TEXTS = {Role.OWNER: "Owner", Role.RESIDENT: "Family", Role.GUEST: "Guest", Role.SCREEN: "Screen"}

ROLES = (Role.OWNER, Role.RESIDENT, Role.GUEST, Role.SCREEN)
"""What a paired client may be, in the order of the choices."""


@dataclass(frozen=True, slots=True)
class _Row:
    session_id: SessionId
    name: str
    words: str
    role: Role
    is_login: bool


@QmlElement
class ClientModel(FollowingModel):
    """The sessions that live, the one seen last first; looked at anew while the list is on the screen."""

    countChanged = Signal()
    rolesChanged = Signal()
    closedChanged = Signal()

    fields: ClassVar = {
        "sessionId": lambda row: row.session_id,
        "name": lambda row: row.name,
        "words": lambda row: row.words,
        "role": lambda row: ROLES.index(row.role),
        "isLogin": lambda row: row.is_login,
    }

    _rows: list[_Row]

    def __init__(
        self,
        sessions: Sessions,
        wrong_tries: WrongTries,
        gate: OwnerGate,
        tasks: Tasks,
        toasts: ToastModel,
        parent: QObject,
        *,
        name_of: Callable[[AccountId], str] = lambda _: "",
    ) -> None:
        """`name_of` gives the name of an account, as far as it is known."""
        super().__init__(parent)
        self._sessions = sessions
        self._wrong_tries = wrong_tries
        self._gate = gate
        self._name_of = name_of
        self._closed: frozenset[Secret] = frozenset()
        self._tasks = tasks
        self._toasts = toasts

    @Slot()
    def refresh(self) -> None:
        """Look at the sessions anew, the oldest first: one touch removes, so nothing may move beneath the finger."""
        self._show([self._row(session) for session in self._sessions.all])
        closed = frozenset(filter(self._wrong_tries.tries.keeps_out, Secret))
        if closed != self._closed:
            self._closed = closed
            self.closedChanged.emit()

    def on_session_end(self, session_id: SessionId) -> None:
        """Take away a session that has ended, whoever ended it."""
        for number, row in enumerate(self._rows):
            if row.session_id == session_id:
                self._take_away(number)
                self.countChanged.emit()
                return

    def on_session_change(self, _session: Session) -> None:
        """Take note of what somebody may do now, whoever changed it."""
        if self._timer.isActive():
            self.refresh()

    def retranslate(self) -> None:
        """Fetch all words anew."""
        self.rolesChanged.emit()
        self.refresh()

    # For QML

    @Property(int, notify=countChanged)
    def count(self) -> int:
        return len(self._rows)

    @Property("QStringList", notify=rolesChanged)  # type: ignore[arg-type]  # a type's name serves as well
    def roles(self) -> list[str]:
        """What a paired client may be."""
        return [panel_text(ROLE_TEXTS[role]) for role in ROLES]

    @Property(bool, notify=closedChanged)
    def isPairingClosed(self) -> bool:
        """After too many wrong codes somebody, or everybody, has to wait."""
        return Secret.CODE in self._closed

    @Property(bool, notify=closedChanged)
    def areLoginsClosed(self) -> bool:
        """The same after too many wrong passwords."""
        return Secret.PASSWORD in self._closed

    @Slot(str)
    def remove(self, session_id: str) -> None:
        """End a session; its client is out at once and can pair again."""
        self._gate.start(self._remove(SessionId(session_id)))

    @Slot(str, int)
    def changeRole(self, session_id: str, role: int) -> None:
        """Let a paired client do what another of `roles` may; a login follows its account instead."""
        session = self._sessions.find(SessionId(session_id))
        if session is not None and session.account_id is None and session.role is not ROLES[role]:
            self._gate.start(self._change(session.id, SessionChanges(role=ROLES[role])))

    @Slot()
    def allowPairing(self) -> None:
        """Forget the wrong codes, so that whoever was kept out may try again."""
        self._gate.start(self._forgive(Secret.CODE))

    @Slot()
    def allowLogins(self) -> None:
        """Forget the wrong passwords, so that whoever was kept out may try again."""
        self._gate.start(self._forgive(Secret.PASSWORD))

    # Inside

    def _show(self, rows: list[_Row]) -> None:
        old = self._rows
        if [row.session_id for row in old] != [row.session_id for row in rows]:
            self._replace(rows)
            self.countChanged.emit()
        elif old != rows:
            self._rows = rows
            self._redraw()

    def _row(self, session: Session) -> _Row:
        whose = "" if session.account_id is None else self._name_of(session.account_id)
        words = (
            panel_text(ROLE_TEXTS[session.role]),
            panel_text("login of %1", isolated(whose)) if whose else "",
            panel_text("last here %1", clock_time(session.seen_at)),
            session.address,
        )
        return _Row(
            session_id=session.id,
            name=session.name,
            words=" · ".join(filter(None, words)),
            role=session.role,
            is_login=session.account_id is not None,
        )

    async def _change(self, session_id: SessionId, changes: SessionChanges) -> None:
        try:
            await self._sessions.change(session_id, changes, by=PANEL.name)
        except NotFoundError:
            return
        self.refresh()

    async def _forgive(self, secret: Secret) -> None:
        self._wrong_tries.tries.forgive(secret)
        await self._wrong_tries.keep()
        self.refresh()

    async def _remove(self, session_id: SessionId) -> None:
        session = self._sessions.find(session_id)
        if session is not None:
            try:
                await self._sessions.remove(session_id, by=PANEL.name)
            except NotFoundError:
                return
            self._toasts.show(panel_text("%1 was removed", isolated(session.name)))
