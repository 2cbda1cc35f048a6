"""What is the matter with the panel itself, for the banner that says so."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from intercom.home.home import Home
from intercom.home.model import Change, ChangeKind
from intercom.panel.language import say
from intercom.panel.tasks import Tasks

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class TroubleNotice(QObject):
    """All troubles as one text, until they have passed or somebody has read them."""

    changed = Signal()

    def __init__(
        self, home: Home, tasks: Tasks, parent: QObject, *, end_notice: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        """`end_notice` takes note that somebody has read what does not pass by itself."""
        super().__init__(parent)
        self._home = home
        self._tasks = tasks
        self._end_notice = end_notice

    def on_change(self, change: Change) -> None:
        """Take in a change of the home."""
        if change.kind is ChangeKind.TROUBLES:
            self.changed.emit()

    def retranslate(self) -> None:
        """Fetch all words anew."""
        self.changed.emit()

    @Property(str, notify=changed)
    def text(self) -> str:
        """Empty while nothing is the matter."""
        return "\n".join(say(trouble.words) for trouble in self._home.troubles)

    @Property(bool, notify=changed)
    def canBeRead(self) -> bool:
        """Whether there is something that stays until somebody says that it was read."""
        return any(not trouble.passes_by_itself for trouble in self._home.troubles)

    @Slot()
    def markRead(self) -> None:
        """Take away what does not pass by itself."""
        self._tasks.start(self._end_notice())
