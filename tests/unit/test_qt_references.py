"""A guard: the installed PySide6 keeps count of its references to None.

PySide6 6.12.0 on Python 3.11 gives back a reference to None that it never took with each call of C++ that
returns nothing; after some twenty thousand of them the interpreter aborts. From Python 3.12 on None is
immortal and its count stands still.
"""

import select
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSocketNotifier,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication

TIMES = 500


class Rows(QAbstractListModel):
    def rowCount(self, _: QModelIndex | QPersistentModelIndex | None = None) -> int:  # noqa: N802  # Qt's name
        return 1

    def data(self, _: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> None: ...


class Speaker(QObject):
    said = Signal(str)

    def customEvent(self, event: QEvent) -> None: ...  # noqa: N802  # Qt's name


def the_timer_of_the_loop() -> Callable[[], object]:
    timer = QTimer()

    def use() -> None:
        timer.start(100_000)
        timer.stop()

    return use


def a_timer_that_rings() -> Callable[[], object]:
    timer, rung = QTimer(), list[int]()
    timer.setSingleShot(True)
    timer.timeout.connect(lambda: rung.append(1))

    def use() -> None:
        rung.clear()
        timer.start(0)
        while not rung:
            QCoreApplication.processEvents()

    return use


def the_notifier_of_the_loop() -> Callable[[], object]:
    files = select.epoll()
    notifier = QSocketNotifier(files.fileno(), QSocketNotifier.Type.Read)

    def use() -> None:
        assert not files.closed
        notifier.setEnabled(False)
        notifier.setEnabled(True)

    return use


def a_signal_to_python() -> Callable[[], object]:
    speaker = Speaker()
    speaker.said.connect(lambda _: None)
    return lambda: speaker.said.emit("hello")


def a_model_that_changes() -> Callable[[], object]:
    rows = Rows()

    def use() -> None:
        rows.dataChanged.emit(rows.index(0), rows.index(0), [])
        rows.beginResetModel()
        rows.endResetModel()
        rows.index(0).data()

    return use


def an_event_handled_in_python() -> Callable[[], object]:
    speaker = Speaker()
    return lambda: QCoreApplication.sendEvent(speaker, QEvent(QEvent.Type.User))


@pytest.mark.parametrize(
    "make",
    [
        the_timer_of_the_loop,
        a_timer_that_rings,
        the_notifier_of_the_loop,
        a_signal_to_python,
        a_model_that_changes,
        an_event_handled_in_python,
    ],
)
def test_using_qt_leaves_the_references_to_none_as_they_were(
    make: Callable[[], Callable[[], object]], qapp: QGuiApplication
) -> None:
    use = make()
    use()

    before = sys.getrefcount(None)
    for _ in range(TIMES):
        use()
    lost = before - sys.getrefcount(None)

    assert abs(lost) < TIMES / 5, "the installed PySide6 miscounts: pin another (pyproject.toml)"
