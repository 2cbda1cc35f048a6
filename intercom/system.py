"""What operating systems do each in their own way: locks, and seeing on the disk what was written.

It knows nothing of the intercom. Where a system lacks something, what comes closest stands for it. Files are opened by
`open` and `os.fdopen`, which never change a line's end; what `os.open` opens is never inherited by another program.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path
from typing import Final

if sys.platform == "win32":
    NEVER_WAIT: Final = 0
else:
    NEVER_WAIT: Final = os.O_NONBLOCK
"""For `os.open`: who opens a pipe that nobody writes to goes on at once. Windows has no pipes in folders."""

LOCKED_AT: Final = 0x7FFF_0000
"""The byte that is locked on Windows, where nobody else can read what is locked: far behind all that is in a file."""

_LOOK_EVERY_S: Final = 0.01


def try_lock(opened: int) -> bool:
    """Lock an open file against all who lock it as well, and tell whether that could be had; closing it unlocks it."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(opened, LOCKED_AT, os.SEEK_SET)
        try:
            msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
    else:
        import fcntl

        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


def lock(opened: int) -> None:
    """Lock an open file as soon as nobody else has it locked; blocks."""
    if sys.platform == "win32":
        while not try_lock(opened):  # Windows itself looks once a second, and gives up after ten
            time.sleep(_LOOK_EVERY_S)
    else:
        import fcntl

        fcntl.flock(opened, fcntl.LOCK_EX)


def close_locked(opened: int) -> None:
    """Close a file that may be locked, and let the next one have it at once: Windows alone would do so some time."""
    try:
        if sys.platform == "win32":
            import contextlib
            import msvcrt

            os.lseek(opened, LOCKED_AT, os.SEEK_SET)
            with contextlib.suppress(OSError):  # it was not locked
                msvcrt.locking(opened, msvcrt.LK_UNLCK, 1)
    finally:
        os.close(opened)


def read_at(opened: int, size: int, at: int) -> bytes:
    """Return up to `size` bytes of an open file from `at` on."""
    if sys.platform == "win32":
        os.lseek(opened, at, os.SEEK_SET)
        return os.read(opened, size)
    return os.pread(opened, size, at)


def write_at(opened: int, content: bytes, at: int) -> None:
    """Write into an open file from `at` on; OSError when not all of it could be."""
    if sys.platform == "win32":
        os.lseek(opened, at, os.SEEK_SET)
        written = os.write(opened, content)
    else:
        written = os.pwrite(opened, content, at)
    if written < len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def open_to_change(path: Path) -> int:
    """Open a file that is there for reading and writing, byte by byte; OSError as `os.open`."""
    if sys.platform == "win32":
        return os.open(path, os.O_RDWR | os.O_BINARY)
    return os.open(path, os.O_RDWR)


def sync_content(opened: int) -> None:
    """See on the disk what is in an open file; when it was changed need not be there."""
    if sys.platform == "linux":
        os.fdatasync(opened)
    else:
        os.fsync(opened)


def sync_file(path: Path) -> None:
    """See on the disk what is in a file."""
    # Windows does so only for who may write it.
    opened = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def sync_folder(folder: Path) -> None:
    """See on the disk which names are in a folder: after a power cut they are there, or gone, as they are now.

    On Windows no folder can be opened; NTFS writes a journal of names on its own, in the order of what was done.
    """
    if sys.platform == "win32":
        return
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
