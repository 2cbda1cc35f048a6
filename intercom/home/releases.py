"""Newer versions of the program: what an index says of them, and which of that is worth telling in this home.

Pure: the index was found genuine before (`storage/release_index.py`), time is passed in. Nothing is ever installed from
here; residents are told, and how a newer version comes to this machine depends on how this one did.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from intercom.home.errors import IntercomError

FORMAT: Final = 1
PRODUCT: Final = "intercom"

_VERSION: Final = re.compile(
    r"([0-9]{1,9}(?:\.[0-9]{1,9}){0,3})(?:(a|b|rc)([0-9]{1,9}))?(?:\.dev([0-9]{1,9}))?(?:\+[a-z0-9.]+)?"
)
_FINISHED: Final = ("rc", 1 << 62)


class IndexRefusedError(IntercomError):
    """An index of releases is not believed; the message says why."""

    code: ClassVar[str] = "release_index"


class Channel(StrEnum):
    """How much a release was tried before."""

    STABLE = "stable"
    BETA = "beta"


class Way(StrEnum):
    """How the program came to a machine, and how a newer version does."""

    APT = "apt"
    DOWNLOAD = "download"
    PIP = "pip"


class FileKind(StrEnum):
    """What a file of a release is."""

    DEB = "deb"
    BUNDLE = "bundle"
    WHEEL = "wheel"


_KINDS: Final = {Way.APT: FileKind.DEB, Way.DOWNLOAD: FileKind.BUNDLE, Way.PIP: FileKind.WHEEL}


@functools.total_ordering
class Version:
    """A version as PEP 440 orders them, of those forms that this program has: 1.4, 1.4.1, 1.5rc1, 1.5.dev3."""

    __slots__ = ("_order", "_text")

    def __init__(self, text: str) -> None:
        """Read one, or raise IndexRefusedError."""
        found = _VERSION.fullmatch(text)
        if found is None:
            raise IndexRefusedError("expected a version such as 1.4, 1.4.1 or 1.5rc1")
        numbers, stage, number, dev = found.groups()
        counted = [int(each) for each in numbers.split(".")]
        while counted[-1:] == [0]:
            counted.pop()
        reached = (stage, int(number)) if stage else ("", 0) if dev else _FINISHED
        self._order = (counted, reached, dev is None, int(dev or 0))
        self._text = text

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<Version {self._text}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._order == other._order

    def __lt__(self, other: Version) -> bool:
        return self._order < other._order

    def __hash__(self) -> int:
        return hash(str(self._order))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """A file of a release.

    Attributes:
        kind: a `FileKind`, or one that only newer programs know.
        platform: such as "linux-x86_64"; "any" for all of them.
        sha256: in hexadecimal digits.
        size: in bytes.
    """

    kind: str
    platform: str
    url: str
    sha256: str
    size: int

    def __post_init__(self) -> None:
        """Raise IndexRefusedError for what no publisher means."""
        if not re.fullmatch(r"https://[!-~]{1,1000}", self.url):
            raise IndexRefusedError("expected the url of a file to begin with https://")
        if not re.fullmatch(r"[0-9a-f]{64}", self.sha256) or not 0 < self.size < 1 << 33:
            raise IndexRefusedError("expected the sha256 and the size of each file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One version.

    Attributes:
        channel: a `Channel`, or one that only newer programs know.
        notes: what is new, in few words and by language ("en", "ko").
    """

    version: Version
    channel: str = Channel.STABLE
    notes: Mapping[str, str] = field(default_factory=dict)
    files: tuple[ReleaseFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseIndex:
    """What a publisher says.

    Attributes:
        serial: grows with each index, so that an older one, which is genuine too, can be told from a newer one.
        valid_until: not believed any more from then on, so that nobody can hold the world still for ever.
    """

    format: int
    product: str
    serial: int
    published: datetime
    valid_until: datetime
    releases: tuple[Release, ...]

    def check(self, now: float) -> None:
        """Raise IndexRefusedError unless it is for this program and holds at a time in seconds since the epoch."""
        if (self.format, self.product) != (FORMAT, PRODUCT):
            raise IndexRefusedError(f"the index is of format {self.format}, for '{self.product[:40]}'")
        if self.valid_until.tzinfo is None or not 0 <= self.serial < 1 << 53:
            raise IndexRefusedError("expected a time with its zone, and a serial that is not negative")
        if self.valid_until.timestamp() <= now:
            raise IndexRefusedError(f"the index was valid until {self.valid_until:%Y-%m-%d}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What is installed here, and how; `platform` as in `ReleaseFile`."""

    version: Version
    way: Way
    platform: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRelease:
    """A newer version that there is for this machine; `file` is what a download would be."""

    version: Version
    way: Way
    notes: Mapping[str, str]
    file: ReleaseFile


def newer_release(index: ReleaseIndex, installed: Installation, channel: Channel) -> NewRelease | None:
    """Return the newest release that is newer than what is installed and has a file for this machine."""
    channels = {Channel.STABLE, channel}
    found = [
        NewRelease(version=release.version, way=installed.way, notes=release.notes, file=file)
        for release in index.releases
        if release.channel in channels and release.version > installed.version
        for file in release.files
        if file.kind == _KINDS[installed.way] and file.platform in (installed.platform, "any")
    ]
    return max(found, key=lambda each: each.version, default=None)


class ReleaseBoard:
    """What is known of newer versions, for all who show it.

    Attributes:
        newest: None while none is known.
    """

    def __init__(self) -> None:
        self.newest: NewRelease | None = None
        self._watchers: list[Callable[[], None]] = []

    def post(self, newest: NewRelease | None) -> None:
        """Take note of what is known now, and tell the watchers when that is something else."""
        if newest != self.newest:
            self.newest = newest
            for watcher in list(self._watchers):
                watcher()

    @contextlib.contextmanager
    def watched_by(self, watcher: Callable[[], None]) -> Iterator[None]:
        """Call `watcher` whenever something else is known, while the block lasts."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)
