"""The packed form of a home: a compressed tar of few, known files, the first of which says what follows.

Any `tar` can unpack one. Reading is far narrower than that: the manifest names every file with size and digest, and
each header has to be, byte for byte, the one that this module would have written for it. So there are no links, no
devices, no other names, no twins, no extensions and no second readings; and nothing is unpacked that the manifest did
not announce, within the limits below.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import msgspec

from intercom.home.errors import InvalidInputError
from intercom.storage.contents import HISTORY, HOME
from intercom.storage.database import StorageError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"

_MB: Final = 1_000_000
MOST_BYTES: Final[dict[str, int]] = {
    HOME: 512 * _MB,
    HISTORY: 8_000 * _MB,
    "panel.json": _MB,
    "broker/credentials.json": _MB,
    "broker/kept.mqtt": 1_000 * _MB,
    "tls/authority.pem": _MB,
}
"""The only files that there can be, and how large each may be. What is not here is made anew when it is missing."""

MOST_PACKED_BYTES: Final = 256 * _MB
"""Packed it is held in memory, some two times: age's passphrases come with no stream."""

_MOST_MANIFEST_BYTES: Final = 64 * 1024
_KEPT_FREE_BYTES: Final = 16 * _MB
_LEVEL: Final = 1
"""More would take twice as long for a tenth less."""
_BLOCK: Final = 512
_END: Final = bytes(2 * _BLOCK)
_SLICE: Final = 256 * 1024
_SIZE_FIELD: Final = slice(124, 135)
_OCTAL: Final = re.compile(rb"[0-7]{11}")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One file; `sha256` in hexadecimal digits."""

    name: str
    size: Annotated[int, msgspec.Meta(ge=0)]
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself; `version` is the program's, `created_at` in seconds since the epoch."""

    format: int
    version: Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z.+-]{1,64}\Z")]
    home_id: Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z_-]{1,64}\Z")]
    created_at: Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]
    entries: Annotated[list[Entry], msgspec.Meta(max_length=len(MOST_BYTES))]


class _Format(msgspec.Struct):
    format: int


def entries_in(folder: Path) -> list[Entry]:
    """Return what there is to pack in a folder.

    Raises:
        InvalidInputError: a file is too large.
    """
    entries = []
    for name in MOST_BYTES:
        if (folder / name).exists():
            with (folder / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
            if size > MOST_BYTES[name]:
                raise _too_large(name)
            entries.append(Entry(name=name, size=size, sha256=digest))
    return entries


def pack(folder: Path, manifest: Manifest) -> bytes:
    """Pack the files that a manifest names.

    Raises:
        InvalidInputError: they are too large to be packed.
    """
    packed = io.BytesIO()
    described = msgspec.json.encode(manifest)
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=_LEVEL, mtime=0) as stream:
        stream.write(_header(MANIFEST, len(described)) + described + _padding(len(described)))
        for entry in manifest.entries:
            stream.write(_header(entry.name, entry.size))
            with (folder / entry.name).open("rb") as file:
                while piece := file.read(_SLICE):
                    stream.write(piece)
                    if packed.tell() > MOST_PACKED_BYTES:
                        raise _too_large(entry.name)
            stream.write(_padding(entry.size))
        stream.write(_END)
    return packed.getvalue()


def unpack(packed: bytes, folder: Path) -> Manifest:
    """Unpack into an empty folder; return what is there now, every byte of it as the manifest says.

    Raises:
        InvalidInputError: it is not what `pack` makes.
        StorageError: there is no room for it, or the disk refuses.
    """
    with gzip.GzipFile(fileobj=io.BytesIO(packed), mode="rb") as stream:
        manifest = _manifest(stream)
        needed = sum(entry.size for entry in manifest.entries) + _KEPT_FREE_BYTES
        if shutil.disk_usage(folder).free < needed:
            raise StorageError(f"the disk is too full for this backup: {needed // _MB + 1} MB are needed in {folder}")
        for entry in manifest.entries:
            if _read(stream, _BLOCK) != _header(entry.name, entry.size):
                raise _not_ours(f"{entry.name} does not follow where the manifest says")
            try:
                digest = _write(folder / entry.name, _pieces(stream, entry.size))
            except OSError as error:
                raise StorageError(f"the backup cannot be unpacked in {folder}: {error.strerror}") from error
            if digest != entry.sha256:
                raise _not_ours(f"{entry.name} is not as it was packed")
        if _read(stream, len(_END)) != _END or _read(stream, 1, may_end=True):
            raise _not_ours("something follows after its end")
    return manifest


def _manifest(stream: BinaryIO | gzip.GzipFile) -> Manifest:
    header = _read(stream, _BLOCK)
    size = int(header[_SIZE_FIELD], 8) if _OCTAL.fullmatch(header[_SIZE_FIELD]) else 0
    if size > _MOST_MANIFEST_BYTES or header != _header(MANIFEST, size):
        raise _not_ours("it does not begin with a manifest")
    described = b"".join(_pieces(stream, size))
    try:
        if msgspec.json.decode(described, type=_Format).format != FORMAT:
            raise InvalidInputError("the backup was made by a newer version of the program; update this one")
        manifest = msgspec.json.decode(described, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _not_ours("its manifest cannot be read") from error
    names = [entry.name for entry in manifest.entries]
    if len(set(names)) < len(names) or not set(names) <= MOST_BYTES.keys() or HOME not in names:
        raise _not_ours("its manifest names other files than those of a home")
    for entry in manifest.entries:
        if entry.size > MOST_BYTES[entry.name]:
            raise _too_large(entry.name)
    return manifest


def _header(name: str, size: int) -> bytes:
    described = tarfile.TarInfo(name)
    described.size = size
    described.mode = 0o600
    return described.tobuf(tarfile.USTAR_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


def _pieces(stream: BinaryIO | gzip.GzipFile, size: int) -> Iterator[bytes]:
    """Give the content of a file, and read the zeros that fill its last block."""
    left = size
    while left:
        piece = _read(stream, min(left, _SLICE))
        left -= len(piece)
        yield piece
    if _read(stream, -size % _BLOCK).strip(b"\0"):
        raise _not_ours("there is something between its files")


def _read(stream: BinaryIO | gzip.GzipFile, size: int, *, may_end: bool = False) -> bytes:
    try:
        read = stream.read(size) if size else b""
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise _not_ours("it is damaged") from error
    if len(read) < size and not may_end:
        raise _not_ours("it ends too early")
    return read


def _write(path: Path, pieces: Iterator[bytes]) -> str:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def _not_ours(why: str) -> InvalidInputError:
    return InvalidInputError(f"this is no backup that the intercom made: {why}")


def _too_large(name: str) -> InvalidInputError:
    return InvalidInputError(f"{name} is too large for a backup; with --without-history the history is left out")
