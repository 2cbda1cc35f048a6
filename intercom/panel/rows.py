"""Lists for QML: rows of one kind, of which it draws fields by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtQml import QmlElement

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1

LOOK_EVERY_MS: Final = 2000

_FIRST_ROLE: Final = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


@QmlElement
class RowModel(QAbstractListModel):
    """Some rows.

    Attributes:
        fields: what QML reads of a row, by the name by which it does.
    """

    fields: ClassVar[Mapping[str, Callable[[Any], object]]]

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[Any] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        number = role - _FIRST_ROLE
        if not (0 <= index.row() < len(self._rows) and 0 <= number < len(self.fields)):
            return None
        return list(self.fields.values())[number](self._rows[index.row()])

    def roleNames(self) -> dict[int, QByteArray]:
        return {_FIRST_ROLE + number: QByteArray(name.encode()) for number, name in enumerate(self.fields)}

    def _replace(self, rows: list[Any]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def _insert(self, at: int, rows: list[Any]) -> None:
        """Show more rows, at least one, before the one with the number `at`."""
        self.beginInsertRows(QModelIndex(), at, at + len(rows) - 1)
        self._rows[at:at] = rows
        self.endInsertRows()

    def _take_away(self, at: int) -> None:
        """Show one row no more."""
        self.beginRemoveRows(QModelIndex(), at, at)
        del self._rows[at]
        self.endRemoveRows()

    def _redraw(self) -> None:
        """Let QML read all rows anew."""
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))


@QmlElement
class FollowingModel(RowModel):
    """Rows of what others may change: looked at anew, by `refresh`, while they are on the screen."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.refresh)

    @Slot(bool)
    def watch(self, on: bool) -> None:
        """Say whether the list is on the screen."""
        if on:
            self.refresh()
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def refresh(self) -> None:
        """Look anew."""
        raise NotImplementedError
