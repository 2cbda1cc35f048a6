"""What is precious in the home's database, a second time: copies of it, and every change since, in files of their own.

A *generation* is a copy of the database and the ledger of all changes that came after it, until the next generation
begins. So the newest copy with its ledger is the home as it is now, and an older copy with all ledgers since is the
same: no change is undone by taking one, and a client that was removed stays removed.

A ledger has its room from the beginning, so that a change can be noted though the disk is full. It is written before
the database is, and each entry is on the disk before anybody is told that something was done. Changes are numbered, and
the database holds the number of its last one. Who is killed between both leaves an entry that the database does not
know; the next start makes that change, for a database that has lost the end of its own log looks the same. A change
that the disk refuses is withdrawn: an entry of the same number takes its place, if need be that of the next change.

An entry is its length and CRC-32 in four bytes each, least first, and then MessagePack; a length of zero ends them.
Knows no table: a row is what stands under a key, or nothing. All of it blocks.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec

from intercom import system

ROOM_BYTES: Final = 64 * 1024
KEPT: Final = 5
"""So many generations are kept."""

_HEAD_BYTES: Final = 8
_COPY: Final = re.compile(r"(\d{8})\.db")


class Kind(StrEnum):
    """What an entry is."""

    CHANGE = "change"
    """The database was changed so."""

    OWED = "owed"
    """It holds, but the database could not be written."""


class Noted(msgspec.Struct, frozen=True, array_like=True):
    """One row as it is now, by column and with values as SQLite has them; None when it is gone."""

    table: str
    key: str | int
    row: dict[str, Any] | None


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """Rows that changed together, at a time in seconds since the epoch; what is owed has no number."""

    kind: Kind
    number: int
    at: float
    rows: list[Noted]


class NoRoomError(Exception):
    """The ledger is full; a new generation has to begin."""


class Ledger:
    """The generations in one folder, which need not be there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._end = (0, 0)

    @property
    def generations(self) -> list[int]:
        """Their numbers, the oldest first."""
        try:
            found = [_COPY.fullmatch(each.name) for each in self._folder.iterdir()]
        except OSError:
            return []
        return sorted(int(match[1]) for match in found if match)

    def copy(self, generation: int) -> Path:
        """Return where the copy of a generation is."""
        return self._folder / f"{generation:08}.db"

    def begin(self, make_copy: Callable[[Path], None]) -> None:
        """Begin a generation with the copy that is made at the path that is given; nobody may write meanwhile.

        Whatever is raised, the generation before goes on.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        generations = self.generations
        number = generations[-1] + 1 if generations else 1
        fresh = self._folder / "new.db"
        fresh.unlink(missing_ok=True)
        try:
            make_copy(fresh)
            system.sync_file(fresh)
            _reserve(self._notes(number))
            fresh.replace(self.copy(number))
        except BaseException:
            fresh.unlink(missing_ok=True)
            self._notes(number).unlink(missing_ok=True)
            raise
        system.sync_folder(self._folder)
        for old in generations[: 1 - KEPT]:
            self.copy(old).unlink(missing_ok=True)
            self._notes(old).unlink(missing_ok=True)

    def note(self, entry: Entry) -> None:
        """Write an entry and see it on the disk.

        Raises:
            NoRoomError: it does not fit any more, or there is no generation, or it was given up.
            OSError: the disk refuses.
        """
        generations = self.generations
        if not generations:
            raise NoRoomError
        number = generations[-1]
        try:
            opened = system.open_to_change(self._notes(number))
        except FileNotFoundError:
            raise NoRoomError from None
        try:
            system.lock(opened)  # commands write beside a running intercom
            content = system.read_at(opened, ROOM_BYTES, 0)
            end = _end(content, self._end[1] if self._end[0] == number else 0)
            packed = _packed(entry)
            if end + len(packed) + _HEAD_BYTES > len(content):
                raise NoRoomError
            system.write_at(opened, packed, end)
            system.sync_content(opened)
            self._end = (number, end + len(packed))
        finally:
            system.close_locked(opened)

    def give_up(self) -> None:
        """Let nobody take the newest ledger for all that happened; OSError when that cannot be."""
        for number in self.generations[-1:]:
            self._notes(number).unlink(missing_ok=True)
            system.sync_folder(self._folder)

    def read(self, generation: int) -> tuple[list[Entry], bool]:
        """Return the entries of a generation, and whether these are all: nothing is missing or damaged."""
        try:
            content = self._notes(generation).read_bytes()
        except OSError:
            return [], False
        entries: list[Entry] = []
        at = 0
        while (length := int.from_bytes(content[at : at + 4], "little")) != 0:
            packed = content[at + _HEAD_BYTES : at + _HEAD_BYTES + length]
            crc = int.from_bytes(content[at + 4 : at + _HEAD_BYTES], "little")
            try:
                if len(packed) < length or zlib.crc32(packed) != crc:
                    return entries, False
                entry = _DECODER.decode(packed)
            except msgspec.MsgspecError:
                return entries, False
            entries.append(entry)
            at += _HEAD_BYTES + length
        return entries, len(content) == ROOM_BYTES and not any(content[at:])

    def _notes(self, generation: int) -> Path:
        return self._folder / f"{generation:08}.ledger"


_DECODER: Final = msgspec.msgpack.Decoder(Entry)
_encode: Final[Callable[[Any], bytes]] = msgspec.msgpack.Encoder().encode


def _packed(entry: Entry) -> bytes:
    packed = _encode(entry)
    return len(packed).to_bytes(4, "little") + zlib.crc32(packed).to_bytes(4, "little") + packed


def _end(content: bytes, at: int) -> int:
    """Return where the entries end, from one that is known to begin at `at`."""
    while (length := int.from_bytes(content[at : at + 4], "little")) != 0:
        at += _HEAD_BYTES + length
    return at


def _reserve(path: Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(bytes(ROOM_BYTES))
        file.flush()
        os.fsync(file.fileno())
