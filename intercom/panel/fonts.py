"""The type and the icons that the window draws with, from what the build put into `resources/built`."""

from __future__ import annotations

import json
import logging
from functools import cache

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtQml import QmlElement, QmlSingleton

from intercom.resources import resource

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1

TYPE_FILES = ("Pretendard-Light.otf", "Pretendard-Regular.otf", "Pretendard-SemiBold.otf")
ICON_FILE = "lucide.ttf"

_log = logging.getLogger(__name__)


def load_fonts(app: QGuiApplication) -> None:
    """Make the fonts known to Qt and use them; the system's own serve where they are missing."""
    families = [_load(name) for name in TYPE_FILES]
    _load(ICON_FILE)
    family = next((family for family in families if family), None)
    if family is not None:
        app.setFont(QFont(family))


@QmlElement
@QmlSingleton
class Icons(QObject):
    """Lucide's icons by name, as characters of its font."""

    @Slot(str, result=str)
    def glyph(self, name: str) -> str:
        """Return the character for an icon, or that for an unknown thing."""
        return glyph(name)


def glyph(name: str) -> str:
    """Return the character of the icon font that shows an icon; nothing when there is no icon font."""
    points = _codepoints()
    return chr(points.get(name) or points.get("circle-help") or points.get("circle-question-mark") or 0x20)


@cache
def _codepoints() -> dict[str, int]:
    path = resource("built", "icons.json")
    try:
        points: dict[str, int] = json.loads(path.read_bytes())
    except OSError:
        _log.warning("no icons at %s: build the resources", path)
        return {}
    return points


def _load(name: str) -> str | None:
    path = resource("built", "fonts", name)
    number = QFontDatabase.addApplicationFont(str(path)) if path.exists() else -1
    if number < 0:
        _log.warning("no font at %s: build the resources", path)
        return None
    return QFontDatabase.applicationFontFamilies(number)[0]
