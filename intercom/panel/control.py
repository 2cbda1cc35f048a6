"""One control of a sheet, made live for QML."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from intercom.home.capabilities import Color, ImageState
from intercom.home.glance import format_number
from intercom.panel.controls import Control, ControlKind, Label
from intercom.panel.fonts import glyph
from intercom.panel.language import panel_text, say, say_all

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1

Set = Callable[[Control, Any, str | None], None]
"""Takes the control, what it was set to, and a code if one was typed."""


@QmlElement
class ControlItem(QObject):
    """What QML draws of a control, and where it says what was touched."""

    changed = Signal()

    def __init__(self, control: Control, on_set: Set, parent: QObject) -> None:
        super().__init__(parent)
        self._control = control
        self._set = on_set

    def show(self, control: Control) -> None:
        """Draw the control's new state."""
        if control != self._control:
            self._control = control
            self.changed.emit()

    @property
    def control(self) -> Control:
        return self._control

    # For QML: what to draw

    @Property(str, notify=changed)
    def identity(self) -> str:
        return f"{self._control.capability_id}/{self._control.key}"

    @Property(str, notify=changed)
    def kind(self) -> str:
        return self._control.kind.value

    @Property(str, notify=changed)
    def label(self) -> str:
        control = self._control
        if control.name is None:
            return label_text(control.label)
        return control.name if control.is_main else f"{control.name} · {label_text(control.label)}"

    @Property(str, notify=changed)
    def glyph(self) -> str:
        return glyph(self._control.icon)

    @Property(str, notify=changed)
    def note(self) -> str:
        """The state in words, and how sure it is."""
        control = self._control
        if not control.is_available:
            return panel_text("cannot be reached")
        words = say_all(control.note)
        if not words and control.number is not None and control.kind is not ControlKind.KELVIN:
            words = self._number_text(control.number)
        assumed = panel_text("assumed") if control.is_assumed else ""
        return " · ".join(filter(None, (words, assumed)))

    @Property(bool, notify=changed)
    def isPending(self) -> bool:
        return self._control.is_pending

    @Property(bool, notify=changed)
    def isAvailable(self) -> bool:
        return self._control.is_available

    @Property(bool, notify=changed)
    def isOn(self) -> bool:
        return self._control.on is True

    @Property(bool, notify=changed)
    def hasNumber(self) -> bool:
        return self._control.number is not None

    @Property(float, notify=changed)
    def number(self) -> float:
        return self._control.low if self._control.number is None else self._control.number

    @Property(float, notify=changed)
    def low(self) -> float:
        return self._control.low

    @Property(float, notify=changed)
    def high(self) -> float:
        return self._control.high

    @Property(float, notify=changed)
    def step(self) -> float:
        return self._control.step

    @Property(str, notify=changed)
    def tone(self) -> str:
        return self._control.tone.value

    @Property(float, notify=changed)
    def hue(self) -> float:
        """From 0 to 360; negative while the colour is unknown or not in use."""
        return -1.0 if self._control.color is None else self._control.color.hue_deg

    @Property(float, notify=changed)
    def saturation(self) -> float:
        return 100.0 if self._control.color is None else self._control.color.saturation_pct

    @Property("QStringList", notify=changed)  # type: ignore[arg-type]  # a type's name serves as well
    def optionLabels(self) -> list[str]:
        return [label_text(option.label) for option in self._control.options]

    @Property("QStringList", notify=changed)  # type: ignore[arg-type]  # a type's name serves as well
    def optionsToHold(self) -> list[str]:
        """The labels of the options that take a press of a second."""
        return [label_text(option.label) for option in self._control.options if option.needs_hold]

    @Property(int, notify=changed)
    def chosen(self) -> int:
        values = [option.value for option in self._control.options]
        return values.index(self._control.chosen) if self._control.chosen in values else -1

    @Property(bool, notify=changed)
    def asksCode(self) -> bool:
        return self._control.asks_code

    @Property(str, notify=changed)
    def text(self) -> str:
        return self._control.text

    @Property(bool, notify=changed)
    def isSecret(self) -> bool:
        return self._control.is_secret

    @Property(str, notify=changed)
    def picture(self) -> str:
        """Where the picture is to be had from, empty when there is none."""
        image = self._control.image
        return "" if image is None else picture_source(image)

    # For QML: what was touched

    @Slot(bool)
    def turn(self, on: bool) -> None:
        self._set(self._control, on, None)

    @Slot(float)
    def setNumber(self, number: float) -> None:
        self._set(self._control, self._within(number), None)

    @Slot(int)
    def stepBy(self, steps: int) -> None:
        """Add so many steps to what is shown."""
        control = self._control
        start = (control.low + control.high) / 2 if control.number is None else control.number
        on_grid = round(start / control.step) * control.step if control.step > 0 else start
        self._set(control, self._within(on_grid + steps * control.step), None)

    @Slot(float, float)
    def setColor(self, hue: float, saturation: float) -> None:
        self._set(self._control, Color(hue_deg=hue % 360, saturation_pct=min(max(saturation, 0), 100)), None)

    @Slot(int, str)
    def choose(self, option: int, code: str) -> None:
        """Choose an option or do an action; `code` is empty when none was typed."""
        if 0 <= option < len(self._control.options):
            self._set(self._control, self._control.options[option].value, code or None)

    @Slot(str)
    def send(self, text: str) -> None:
        self._set(self._control, text, None)

    @Slot(float, result=str)
    def numberText(self, number: float) -> str:
        """Return how a number would be shown, for what a finger is just setting."""
        return self._number_text(self._within(number))

    def _number_text(self, number: float) -> str:
        decimals = None if self._control.step < 1 else 0
        return f"{format_number(number, decimals)}{self._control.unit}"

    def _within(self, number: float) -> float:
        return round(min(max(number, self._control.low), self._control.high), 6)


def label_text(label: Label) -> str:
    """Return a label in the household's language."""
    return panel_text(label) if isinstance(label, str) else say(label)


def picture_source(image: ImageState) -> str:
    """Return an address that QML's Image can show; nothing for an address that is not on the web."""
    if image.data is not None:
        kind = image.media_type or "image/jpeg"
        return f"data:{kind};base64,{base64.b64encode(image.data).decode('ascii')}"
    return image.url if image.url is not None and image.url.startswith(("http://", "https://")) else ""
