"""The panel's own keyboard: what stands on its keys, what they write, and when it is up.

It writes into whatever text field of the window has the focus, with the events that an input method sends, so that each
field keeps its own rules (most characters, validator, dots for a password). What a field is for it reads from the
field's input method hints: a secret is never typed in Korean, and nothing of it is remembered here.

It comes up when a finger puts the focus into a field or touches the field that has it, and goes down when the focus
leaves for something else or a key of a real keyboard is pressed. While a finger is down nothing moves: what it touches
would slip away beneath it. So the window is watched, and each touch is judged at its end.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

import shiboken6
from PySide6.QtCore import (
    Property,
    QCoreApplication,
    QEvent,
    QLocale,
    QObject,
    QPointF,
    QRectF,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QGuiApplication, QInputDevice, QInputMethodEvent, QKeyEvent, QMouseEvent, QTouchEvent
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickItem, QQuickWindow

from intercom.panel.hangul import compose, is_jamo

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1


class Shift(StrEnum):
    """What shift does: nothing, something to the next key, or something until it is pressed again."""

    OFF = "off"
    ONCE = "once"
    LOCKED = "locked"


class Layout(StrEnum):
    """What stands on the keys."""

    ENGLISH = "english"
    KOREAN = "korean"
    SYMBOLS = "symbols"


Rows = tuple[str, str, str]

ROWS: Final[dict[Layout, tuple[Rows, Rows]]] = {
    Layout.ENGLISH: (("qwertyuiop", "asdfghjkl", "zxcvbnm"), ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")),
    Layout.KOREAN: (
        ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ"),
        ("ㅃㅉㄸㄲㅆㅛㅕㅑㅒㅖ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ"),
    ),
    Layout.SYMBOLS: (("1234567890", "@#$%&-+()/", "*\"':;!?"), ("~`|^_={}[]", "\\<>₩€£¥°•·", "×÷±§–—…")),
}
"""Three rows of keys, without shift and with it. Comma and full stop stand beside the space bar in every layout."""

_SECRET: Final = Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData
_NUMBERS: Final = (
    Qt.InputMethodHint.ImhDigitsOnly
    | Qt.InputMethodHint.ImhFormattedNumbersOnly
    | Qt.InputMethodHint.ImhDialableCharactersOnly
    | Qt.InputMethodHint.ImhPreferNumbers
)
_LATIN: Final = (
    Qt.InputMethodHint.ImhLatinOnly
    | Qt.InputMethodHint.ImhEmailCharactersOnly
    | Qt.InputMethodHint.ImhUrlCharactersOnly
)
_PRESSES: Final = frozenset({QEvent.Type.TouchBegin, QEvent.Type.MouseButtonPress})
_RELEASES: Final = frozenset({QEvent.Type.TouchEnd, QEvent.Type.TouchCancel, QEvent.Type.MouseButtonRelease})
_MINDED: Final = _PRESSES | _RELEASES | {QEvent.Type.KeyPress}


@QmlElement
class Keyboard(QObject):
    """What QML draws as a keyboard, and what its keys do."""

    upChanged = Signal()
    keysChanged = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._window: QQuickWindow | None = None
        self._is_mouse_a_finger = False
        self._is_up = False
        self._speaks_korean: bool | None = None
        self._has_symbols = False
        self._shift = Shift.OFF
        self._hints = Qt.InputMethodHint(0)
        self._is_next = False
        self._keys = ""
        self._written = ""
        self._is_pressed = False
        self._is_by_finger = False
        self._is_focus_new = False
        self._touched_at: QPointF | None = None
        self._judging = QTimer(self)
        self._judging.setSingleShot(True)
        self._judging.timeout.connect(self._judge)

    def attend(self, window: QQuickWindow, *, is_mouse_a_finger: bool = False) -> None:
        """Write into the fields of a window from now on.

        `is_mouse_a_finger`: some touchscreens say that they are a mouse; where there is no mouse, they are believed.
        """
        self._window = window
        self._is_mouse_a_finger = is_mouse_a_finger
        window.installEventFilter(self)
        window.activeFocusItemChanged.connect(self._on_focus)

    def leave(self) -> None:
        """Let go of the window; before it goes away."""
        if self._window is not None:
            self._judging.stop()
            self._window.removeEventFilter(self)
            self._window.activeFocusItemChanged.disconnect(self._on_focus)
            self._window = None

    def retranslate(self) -> None:
        """Begin with the letters of the household's language again."""
        self._speaks_korean = None
        self.keysChanged.emit()

    # For QML: what to draw

    @Property(bool, notify=upChanged)
    def isUp(self) -> bool:
        return self._is_up

    @Property("QStringList", notify=keysChanged)  # type: ignore[arg-type]  # a type's name serves as well
    def upperKeys(self) -> list[str]:
        return list(self._rows[0])

    @Property("QStringList", notify=keysChanged)  # type: ignore[arg-type]  # a type's name serves as well
    def middleKeys(self) -> list[str]:
        return list(self._rows[1])

    @Property("QStringList", notify=keysChanged)  # type: ignore[arg-type]  # a type's name serves as well
    def lowerKeys(self) -> list[str]:
        return list(self._rows[2])

    @Property(bool, notify=keysChanged)
    def isKorean(self) -> bool:
        """The letters are Korean ones, also while symbols are shown."""
        if not self.takesKorean:
            return False
        if self._speaks_korean is None:
            return QLocale().language() == QLocale.Language.Korean
        return self._speaks_korean

    @Property(bool, notify=keysChanged)
    def takesKorean(self) -> bool:
        """There is a choice of languages."""
        return not self._hints & (_SECRET | _NUMBERS | _LATIN)

    @Property(bool, notify=keysChanged)
    def hasSymbols(self) -> bool:
        """Digits and symbols are shown."""
        return self._has_symbols

    @Property(bool, notify=keysChanged)
    def isShifted(self) -> bool:
        return self._shift is not Shift.OFF

    @Property(bool, notify=keysChanged)
    def isLocked(self) -> bool:
        """Shift stays until it is pressed again."""
        return self._shift is Shift.LOCKED

    @Property(bool, notify=keysChanged)
    def isNext(self) -> bool:
        """Another field follows this one."""
        return self._is_next

    # For QML: what was pressed

    @Slot(str)
    def write(self, key: str) -> None:
        """Write what stands on a key."""
        field = self._field()
        if field is None:
            return
        if is_jamo(key) and self.takesKorean:
            self._write_jamo(field, key)
        else:
            self._forget_keys()
            _replace(field, "", key)
        if self._shift is Shift.ONCE:
            self._set_shift(Shift.OFF)

    @Slot()
    def erase(self) -> None:
        """Take back the last key of the word that is being written, or else what stands before the cursor."""
        field = self._field()
        if field is None:
            return
        keys = self._keys_at(field)
        if keys:
            _replace(field, compose(keys), compose(keys[:-1]))
            self._remember(field, keys[:-1])
        else:
            self._forget_keys()
            _press(field, Qt.Key.Key_Backspace)

    @Slot()
    def shift(self) -> None:
        """Shift the next key, then all, then none; symbols stay shifted until it is pressed again."""
        if self._has_symbols:
            self._set_shift(Shift.OFF if self._shift is Shift.LOCKED else Shift.LOCKED)
        else:
            self._set_shift({Shift.OFF: Shift.ONCE, Shift.ONCE: Shift.LOCKED, Shift.LOCKED: Shift.OFF}[self._shift])

    @Slot()
    def changeLanguage(self) -> None:
        """Show the letters of the other language."""
        if self.takesKorean:
            self._speaks_korean = not self.isKorean
            self._has_symbols = False
            self._shift = Shift.OFF
            self._forget_keys()
            self.keysChanged.emit()

    @Slot()
    def changePage(self) -> None:
        """Show symbols instead of letters, or letters again."""
        self._has_symbols = not self._has_symbols
        self._shift = Shift.OFF
        self.keysChanged.emit()

    @Slot()
    def finish(self) -> None:
        """Tell the field that its text is as it should be; then go down, unless another field has the focus now."""
        field = self._field()
        if field is not None:
            self._forget_keys()
            _press(field, Qt.Key.Key_Return)
        if field is None or self._field() is field:
            self._set_up(False)

    # Inside: when it is up

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take note of what touches the window, and let it pass."""
        kind = event.type()
        if kind not in _MINDED:
            return False
        if kind in _PRESSES and self._is_finger(event):
            self._is_pressed = self._is_by_finger = True
            point = _point_of(event)
            field = self._field()
            self._touched_at = point if field is not None and _holds(field, point) else None
        elif kind in _RELEASES and self._is_pressed and self._is_finger(event):
            self._is_pressed = False
            if self._touched_at is not None and not _is_near(self._touched_at, _point_of(event)):
                self._touched_at = None
            self._judging.start(0)
        elif kind == QEvent.Type.MouseButtonPress and not _is_by_touch(event):
            self._is_by_finger = False
        elif kind == QEvent.Type.KeyPress:
            self._is_by_finger = False
            self._forget_keys()
            self._set_up(False)
        return False

    @Slot()
    def _on_focus(self) -> None:
        self._forget_keys()
        self._is_focus_new = True
        if not self._is_pressed:
            self._judging.start(0)

    @Slot()
    def _judge(self) -> None:
        """Decide whether it is up, now that all have heard of the touch or of the new focus."""
        if self._is_pressed:
            return
        field = self._field()
        is_asked_for = self._is_focus_new or self._touched_at is not None
        self._touched_at = None
        if field is None:
            self._set_up(False)
        elif is_asked_for:
            if self._is_focus_new:
                self._suit(field)
            if self._is_by_finger:
                self._set_up(True)
        self._is_focus_new = False

    def _is_finger(self, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            return self._is_mouse_a_finger and not _is_by_touch(event)
        return isinstance(event, QTouchEvent)

    def _set_up(self, is_up: bool) -> None:
        if is_up != self._is_up:
            self._is_up = is_up
            self.upChanged.emit()

    def _suit(self, field: QQuickItem) -> None:
        """Have the keys that suit a field."""
        self._hints = Qt.InputMethodHint(field.inputMethodQuery(Qt.InputMethodQuery.ImHints))
        self._is_next = field.inputMethodQuery(Qt.InputMethodQuery.ImEnterKeyType) == Qt.EnterKeyType.EnterKeyNext.value
        self._has_symbols = bool(self._hints & _NUMBERS)
        self._shift = Shift.OFF
        self.keysChanged.emit()

    # Inside: what is written

    @property
    def _rows(self) -> Rows:
        layout = Layout.SYMBOLS if self._has_symbols else Layout.KOREAN if self.isKorean else Layout.ENGLISH
        return ROWS[layout][self._shift is not Shift.OFF]

    def _set_shift(self, shift: Shift) -> None:
        self._shift = shift
        self.keysChanged.emit()

    def _field(self) -> QQuickItem | None:
        """Return the text field that has the focus."""
        item = self._window.activeFocusItem() if self._window is not None else None
        if item is None or not shiboken6.isValid(item):
            return None
        return item if item.flags() & QQuickItem.Flag.ItemAcceptsInputMethod else None

    def _write_jamo(self, field: QQuickItem, key: str) -> None:
        keys = self._keys_at(field)
        before, after = compose(keys), compose(keys + key)
        if len(after) - len(before) <= _room_in(field):
            _replace(field, before, after)
            self._remember(field, keys + key)

    def _keys_at(self, field: QQuickItem) -> str:
        """Return the keys of the word before the cursor, if it is the one that is being written here."""
        is_there = self._keys and not _selected(field) and _before_cursor(field) == self._written
        return self._keys if is_there else ""

    def _remember(self, field: QQuickItem, keys: str) -> None:
        self._keys, self._written = keys, _before_cursor(field)

    def _forget_keys(self) -> None:
        self._keys = self._written = ""


def _replace(field: QQuickItem, before: str, after: str) -> None:
    """Write `after` instead of `before`, which stands before the cursor."""
    event = QInputMethodEvent()
    event.setCommitString(after, -len(before), len(before))
    QCoreApplication.sendEvent(field, event)


def _press(field: QQuickItem, key: Qt.Key) -> None:
    """Press and release a key, for this field only: the window takes it for none of a real keyboard."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QCoreApplication.sendEvent(field, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


def _query(field: QQuickItem, query: Qt.InputMethodQuery) -> Any:
    return field.inputMethodQuery(query)


def _before_cursor(field: QQuickItem) -> str:
    return str(_query(field, Qt.InputMethodQuery.ImTextBeforeCursor))


def _selected(field: QQuickItem) -> str:
    return str(_query(field, Qt.InputMethodQuery.ImCurrentSelection) or "")


def _room_in(field: QQuickItem) -> int:
    """Return how many characters more a field can hold."""
    text = str(_query(field, Qt.InputMethodQuery.ImSurroundingText))
    return int(_query(field, Qt.InputMethodQuery.ImMaximumTextLength)) - len(text) + len(_selected(field))


def _holds(field: QQuickItem, point: QPointF) -> bool:
    return QRectF(0, 0, field.width(), field.height()).contains(field.mapFromScene(point))


def _is_near(one: QPointF, other: QPointF) -> bool:
    return (one - other).manhattanLength() < QGuiApplication.styleHints().startDragDistance()


def _is_by_touch(event: QEvent) -> bool:
    """Tell whether a mouse event stands for a touch that nobody took."""
    return isinstance(event, QMouseEvent) and event.deviceType() == QInputDevice.DeviceType.TouchScreen


def _point_of(event: QEvent) -> QPointF:
    """Return where the window was touched."""
    assert isinstance(event, QTouchEvent | QMouseEvent)
    return event.points()[0].position() if event.points() else QPointF()
