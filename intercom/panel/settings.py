"""What the settings page shows: addresses to connect to, how the window looks, and what is installed."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, assert_never
from urllib.parse import urlsplit

import segno
from PySide6.QtCore import Property, QLocale, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QmlElement

from intercom.home.releases import ReleaseBoard, Way
from intercom.panel.language import panel_text
from intercom.panel.preferences import AUTO, Preferences
from intercom.panel.tasks import Tasks

QML_IMPORT_NAME = "Intercom.Models"
QML_IMPORT_MAJOR_VERSION = 1

_PAIRS_IN_LINE = 8
_LONGEST_NOTES = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where the home can be reached, for people to read off the wall.

    Attributes:
        url: what a browser in the home opens.
        broker: host and port for devices that speak MQTT.
        user, password: what such a device says to the broker; empty when an outside broker keeps them.
        secure_url: the same by TLS; empty when there is none.
        trust_url: where a phone finds how to get there.
        fingerprint: that of the home's certificate authority; empty without one.
    """

    url: str
    broker: str
    user: str = ""
    password: str = ""
    version: str = ""
    secure_url: str = ""
    trust_url: str = ""
    fingerprint: str = ""


@QmlElement
class PanelSettings(QObject):
    """What residents read and choose on the settings page, and the state of the link to the devices."""

    changed = Signal()
    preferred = Signal()
    languageChanged = Signal()
    linkChanged = Signal()
    releaseChanged = Signal()

    def __init__(
        self,
        whereabouts: Whereabouts,
        preferences: Preferences,
        keep: Callable[[Preferences], Coroutine[Any, Any, None]] | None,
        tasks: Tasks,
        parent: QObject,
        *,
        releases: ReleaseBoard | None = None,
        reset: Callable[[], None] | None = None,
    ) -> None:
        """`keep` remembers what was chosen until the next start; without it nothing is remembered.

        `reset` erases the home, if that may be; without it that is not offered.
        """
        super().__init__(parent)
        self._whereabouts = whereabouts
        self._preferences = preferences
        self._keep = keep
        self._tasks = tasks
        self._reset = reset
        self._releases = releases or ReleaseBoard()
        self._is_linked = False
        self._qr = qr_source(whereabouts.url)
        self._trust_qr = qr_source(whereabouts.trust_url)
        style = QGuiApplication.styleHints()
        style.colorSchemeChanged.connect(self.preferred)

    @property
    def preferences(self) -> Preferences:
        return self._preferences

    def show_whereabouts(self, whereabouts: Whereabouts) -> None:
        """Take note of where the home is reached now."""
        if whereabouts != self._whereabouts:
            self._whereabouts = whereabouts
            self._qr = qr_source(whereabouts.url)
            self._trust_qr = qr_source(whereabouts.trust_url)
            self.changed.emit()

    def show_link(self, *, is_up: bool) -> None:
        """Take note of whether the link to the broker is up."""
        if is_up != self._is_linked:
            self._is_linked = is_up
            self.linkChanged.emit()

    def retranslate(self) -> None:
        """Fetch all words anew."""
        self.releaseChanged.emit()

    # For QML

    @Property(bool, notify=releaseChanged)
    def hasNewVersion(self) -> bool:
        return self._releases.newest is not None

    @Property(str, notify=releaseChanged)
    def newVersion(self) -> str:
        """Which version there is, and how it comes here; the panel itself installs nothing."""
        newest = self._releases.newest
        if newest is None:
            return ""
        version = str(newest.version)
        match newest.way:
            case Way.APT:
                return panel_text("Version %1 is available. Install it with apt.", version)
            case Way.PIP:
                return panel_text("Version %1 is available. Install it with pip.", version)
            case Way.DOWNLOAD:
                host = urlsplit(newest.file.url).hostname or ""
                return panel_text("Version %1 is available. Download it from %2.", version, host)
            case _:
                assert_never(newest.way)

    @Property(str, notify=releaseChanged)
    def newVersionNotes(self) -> str:
        """What is new in it, in the household's language if the publisher speaks that."""
        newest = self._releases.newest
        notes = {} if newest is None else newest.notes
        text = notes.get(QLocale().name().partition("_")[0]) or notes.get("en", "")
        return textwrap.shorten(text, _LONGEST_NOTES, placeholder="…")

    @Property(bool, notify=linkChanged)
    def isLinked(self) -> bool:
        return self._is_linked

    @Property(str, notify=changed)
    def url(self) -> str:
        return self._whereabouts.url

    @Property(str, notify=changed)
    def qr(self) -> str:
        """The address as a QR code: a picture of one pixel per module."""
        return self._qr

    @Property(str, notify=changed)
    def secureUrl(self) -> str:
        return self._whereabouts.secure_url

    @Property(str, notify=changed)
    def trustQr(self) -> str:
        """Where a phone learns to trust the home, as a QR code."""
        return self._trust_qr

    @Property(str, notify=changed)
    def fingerprint(self) -> str:
        """That of the home's authority, in lines as the page for phones has them."""
        pairs = self._whereabouts.fingerprint.split()
        return "\n".join(" ".join(pairs[at : at + _PAIRS_IN_LINE]) for at in range(0, len(pairs), _PAIRS_IN_LINE))

    @Property(str, notify=changed)
    def broker(self) -> str:
        return self._whereabouts.broker

    @Property(str, notify=changed)
    def user(self) -> str:
        return self._whereabouts.user

    @Property(str, notify=changed)
    def password(self) -> str:
        return self._whereabouts.password

    @Property(str, constant=True)
    def version(self) -> str:
        return self._whereabouts.version

    @Property(bool, notify=changed)
    def canReset(self) -> bool:
        return self._reset is not None

    @Property(str, notify=preferred)
    def language(self) -> str:
        return self._preferences.language

    @Property(str, notify=preferred)
    def theme(self) -> str:
        return self._preferences.theme

    @Property(bool, notify=preferred)
    def isDark(self) -> bool:
        """What the theme comes to: a wall whose system does not say is dark."""
        if self._preferences.theme != AUTO:
            return self._preferences.theme == "dark"
        return QGuiApplication.styleHints().colorScheme() is not Qt.ColorScheme.Light

    @Property(bool, notify=preferred)
    def isStill(self) -> bool:
        return self._preferences.is_still

    @Slot(str)
    def chooseLanguage(self, language: str) -> None:
        self._prefer(replace(self._preferences, language=language))
        self.languageChanged.emit()

    @Slot(str)
    def chooseTheme(self, theme: str) -> None:
        self._prefer(replace(self._preferences, theme=theme))

    @Slot(bool)
    def chooseStill(self, still: bool) -> None:
        self._prefer(replace(self._preferences, is_still=still))

    @Slot()
    def reset(self) -> None:
        """Erase the home, and start anew."""
        if self._reset is not None:
            self._reset()

    def remember_offer(self) -> None:
        """Do not offer by itself any more to make an owner."""
        self._prefer(replace(self._preferences, has_offered_owner=True))

    def _prefer(self, preferences: Preferences) -> None:
        if preferences == self._preferences:
            return
        self._preferences = preferences
        self.preferred.emit()
        if self._keep is not None:
            self._tasks.start(self._keep(preferences))


def qr_source(url: str) -> str:
    """Return a QR code as an address that QML's Image can show; nothing for no address."""
    if not url:
        return ""
    source: str = segno.make(url, micro=False, error="m").png_data_uri(scale=1, border=2)
    return source
