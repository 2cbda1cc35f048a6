"""The audit log as people read it: who came in, who was refused, what was unlocked."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from intercom.home.access import PANEL, Role
from intercom.home.home import Outcome
from intercom.home.names import THE_MACHINE
from intercom.panel.clients import ROLE_TEXTS
from intercom.panel.fonts import glyph
from intercom.panel.language import clock_time, isolated, panel_text
from intercom.panel.rows import FollowingModel
from intercom.panel.tasks import Tasks
from intercom.storage.audit import Audit, AuditEntry, AuditEvent

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1

PAGE: Final = 50
"""How many entries are fetched at a time."""

ICONS: Final = {
    AuditEvent.PAIRED: "smartphone",
    AuditEvent.LOGGED_IN: "log-in",
    AuditEvent.LOGGED_OUT: "log-out",
    AuditEvent.REMOVED: "user-minus",
    AuditEvent.CHANGED: "user-cog",
    AuditEvent.EXPIRED: "clock",
    AuditEvent.THEFT: "shield-alert",
    AuditEvent.WRONG_CODE: "triangle-alert",
    AuditEvent.WRONG_PASSWORD: "triangle-alert",
    AuditEvent.WRONG_PIN: "triangle-alert",
    AuditEvent.TOO_MANY_TRIES: "shield-alert",
    AuditEvent.REFUSED: "ban",
    AuditEvent.ACCOUNT_ADDED: "user-plus",
    AuditEvent.ACCOUNT_REMOVED: "user-minus",
    AuditEvent.PASSWORD_CHANGED: "key-round",
    AuditEvent.PIN_CHANGED: "key-round",
    AuditEvent.UNLOCKED: "lock-open",
    AuditEvent.RESTORED: "shield-alert",
    AuditEvent.CLOCK: "clock",
}

_ALARMING: Final = frozenset(
    {AuditEvent.THEFT, AuditEvent.WRONG_CODE, AuditEvent.WRONG_PASSWORD, AuditEvent.WRONG_PIN}
    | {AuditEvent.TOO_MANY_TRIES, AuditEvent.RESTORED}
)
_DONE: Final = frozenset({Outcome.CONFIRMED, Outcome.ASSUMED, Outcome.SENT})


@QmlElement
class LogModel(FollowingModel):
    """The entries, the newest first; while the list is on the screen new ones come in by themselves."""

    changed = Signal()

    fields: ClassVar = {
        "text": lambda entry: entry_text(entry),
        "words": lambda entry: entry_words(entry),
        "glyph": lambda entry: glyph(ICONS[entry.event]),
        "tone": lambda entry: "red" if entry.event in _ALARMING else "",
    }

    _rows: list[AuditEntry]

    def __init__(self, audit: Audit, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._audit = audit
        self._tasks = tasks
        self._has_older = False
        self._is_fetching = False

    def retranslate(self) -> None:
        """Fetch all words anew."""
        self._redraw()

    # For QML

    @Property(int, notify=changed)
    def count(self) -> int:
        return len(self._rows)

    @Property(bool, notify=changed)
    def hasOlder(self) -> bool:
        return self._has_older

    @Slot(bool)
    def watch(self, on: bool) -> None:
        """Say whether the list is on the screen; each time it begins with the newest."""
        if on:
            self._replace([])
        super().watch(on)

    @Slot()
    def refresh(self) -> None:
        """Take in what is new."""
        self._fetch(self._take_in_newest())

    @Slot()
    def showOlder(self) -> None:
        """Fetch what is older than the oldest that is shown."""
        if self._rows:
            self._fetch(self._take_in_older())

    # Inside

    def _fetch(self, fetching: Any) -> None:
        """Fetch, unless something is being fetched already."""
        if self._is_fetching:
            fetching.close()
            return
        self._is_fetching = True
        self._tasks.start(fetching)

    async def _take_in_newest(self) -> None:
        known = self._rows[0].id if self._rows else 0
        try:
            newest = await self._audit.latest(limit=PAGE)
        finally:
            self._is_fetching = False
        fresh = [entry for entry in newest if entry.id > known]
        if not fresh:
            return
        if len(fresh) == len(newest):  # perhaps some are between these and the known ones
            self._replace(newest)
            self._has_older = len(newest) == PAGE
        else:
            self._insert(0, fresh)
        self.changed.emit()

    async def _take_in_older(self) -> None:
        oldest = self._rows[-1].id
        try:
            older = await self._audit.latest(limit=PAGE, before=oldest)
        finally:
            self._is_fetching = False
        if self._rows and self._rows[-1].id == oldest:
            if older:
                self._insert(len(self._rows), older)
            self._has_older = len(older) == PAGE
            self.changed.emit()


def entry_text(entry: AuditEntry) -> str:
    """Return what happened, as a resident reads it."""
    about, who = isolated(entry.about), isolated(entry.who)
    match entry.event:
        case AuditEvent.PAIRED:
            return panel_text("%1 was let in · %2", about, _role_text(entry.detail))
        case AuditEvent.LOGGED_IN:
            return panel_text("%1 logged in · %2", who, _role_text(entry.detail))
        case AuditEvent.LOGGED_OUT:
            return panel_text("%1 logged out", who)
        case AuditEvent.REMOVED:
            return panel_text("%1 was put out", about)
        case AuditEvent.CHANGED:
            return panel_text("%1 has other rights · %2", about, _role_text(entry.detail))
        case AuditEvent.EXPIRED:
            return panel_text("The time of %1 is over", about)
        case AuditEvent.THEFT:
            return panel_text("%1 was put out: somebody used a stolen key", about)
        case AuditEvent.WRONG_CODE:
            return panel_text("A wrong pairing code was typed")
        case AuditEvent.WRONG_PASSWORD:
            if about:
                return panel_text("A wrong password was typed for %1", about)
            return panel_text("A password was typed for an unknown name")
        case AuditEvent.WRONG_PIN:
            return panel_text("A wrong PIN was typed")
        case AuditEvent.TOO_MANY_TRIES:
            return panel_text("Somebody was turned away after too many tries")
        case AuditEvent.REFUSED:
            return panel_text("%1 was refused", about) if about else panel_text("A new device was refused")
        case AuditEvent.ACCOUNT_ADDED:
            return panel_text("%1 has an account · %2", about, _role_text(entry.detail))
        case AuditEvent.ACCOUNT_REMOVED:
            return panel_text("The account of %1 was removed", about)
        case AuditEvent.PASSWORD_CHANGED:
            return panel_text("%1 has a new password", about)
        case AuditEvent.PIN_CHANGED:
            return panel_text("A new PIN was chosen")
        case AuditEvent.UNLOCKED:
            if entry.detail in _DONE:
                return panel_text("%1 was unlocked", about)
            return panel_text("%1 was to be unlocked, but was not", about)
        case AuditEvent.RESTORED:
            return panel_text("The settings were damaged and restored as of %1", entry.detail)
        case AuditEvent.CLOCK:
            return panel_text("The clock was behind by %1", entry.detail)


def entry_words(entry: AuditEntry) -> str:
    """Return when that was, who did it, and from where."""
    is_told = entry.event in (AuditEvent.LOGGED_IN, AuditEvent.LOGGED_OUT) or not entry.who
    return " · ".join(filter(None, (clock_time(entry.at), "" if is_told else _doer(entry.who), entry.address)))


def _doer(who: str) -> str:
    if who == PANEL.name:
        return panel_text("at the panel")
    if who == THE_MACHINE:
        return panel_text("by the command line")
    return panel_text("by %1", isolated(who))


def _role_text(role: str) -> str:
    """Return what a role is called; nothing for a word that is none."""
    return panel_text(ROLE_TEXTS[Role(role)]) if role in {*Role} else ""
