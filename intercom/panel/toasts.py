"""Short messages that come and go by themselves."""

from __future__ import annotations

from operator import itemgetter
from typing import ClassVar, Final

from PySide6.QtCore import QObject, Slot
from PySide6.QtQml import QmlElement

from intercom.home.errors import (
    DeviceUnavailableError,
    ForbiddenError,
    IntercomError,
    InvalidInputError,
    LinkDownError,
    NotFoundError,
    TooManyTriesError,
    UnauthorizedError,
)
from intercom.panel.language import panel_text
from intercom.panel.rows import RowModel
from intercom.storage.accounts import ConflictError
from intercom.storage.database import StorageError

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1

MOST_TOASTS = 3

REFUSAL_TEXTS: Final[dict[type[IntercomError], str]] = {
    StorageError: "This could not be kept: the disk is full or broken",
    TooManyTriesError: "That was too often. Try again in a while",
    NotFoundError: "This is not there any more",
    InvalidInputError: "This is not possible here",
    ConflictError: "This does not fit with what is there already",
    UnauthorizedError: "Only the owner may do this",
    ForbiddenError: "Only the owner may do this",
    DeviceUnavailableError: "This cannot be reached at the moment",
    IntercomError: "Something went wrong",
}
"""What refusals are in the panel's own words; the catalogue has to cover them."""


@QmlElement
class ToastModel(RowModel):
    """The messages that are shown now, the oldest first, `MOST_TOASTS` at most."""

    fields: ClassVar = {"number": itemgetter(0), "text": itemgetter(1)}

    _rows: list[tuple[int, str]]

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._made = 0

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self._rows]

    def show(self, text: str) -> None:
        """Show a message; one that is shown already is shown anew."""
        for number, shown in self._rows:
            if shown == text:
                self.dismiss(number)
                break
        if len(self._rows) == MOST_TOASTS:
            self.dismiss(self._rows[0][0])
        self._made += 1
        self._insert(len(self._rows), [(self._made, text)])

    @Slot(int)
    def dismiss(self, number: int) -> None:
        """Take a message away; nothing happens when it is gone already."""
        for row, (known, _) in enumerate(self._rows):
            if known == number:
                self._take_away(row)
                return


def refusal_text(error: IntercomError, about: str) -> str:
    """Return what the world refused as a resident reads it; `about` is the name of the device it is about, if any.

    What the error itself says is English, and for programs and logs.
    """
    if about and isinstance(error, LinkDownError):
        return panel_text("%1 cannot be reached: the link is down", about)
    if about and isinstance(error, DeviceUnavailableError):
        return panel_text("%1 did not answer", about)
    text = panel_text(next(text for kind, text in REFUSAL_TEXTS.items() if isinstance(error, kind)))
    return f"{about}: {text}" if about else text
