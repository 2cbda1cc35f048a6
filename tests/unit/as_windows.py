"""A stand-in for what Windows refuses and lacks, on Linux: the program then takes the ways that it takes there.

It is no Windows. It knows that a file that this process has open cannot be replaced, renamed or removed, that a folder
cannot be opened, that locks are of bytes, and which modules and functions are not there.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

UNLOCK, LOCK_AT_ONCE = 0, 2
MISSING = ("pread", "pwrite", "fdatasync", "execv", "O_CLOEXEC", "O_NOCTTY")


def let_it_be_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be on something like Windows until `monkeypatch` is undone."""
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "resource", None)
    locks = _Locks(os.close)
    msvcrt: Any = SimpleNamespace(LK_UNLCK=UNLOCK, LK_NBLCK=LOCK_AT_ONCE, locking=locks.locking)
    monkeypatch.setattr(os, "close", locks.close)
    monkeypatch.setitem(sys.modules, "msvcrt", msvcrt)
    monkeypatch.setattr(os, "O_BINARY", 0, raising=False)
    # What only Windows has to be told, Linux does unasked once it is told this.
    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR, raising=False)
    for name in MISSING:
        monkeypatch.delattr(os, name)
    monkeypatch.setattr(shutil, "_use_fd_functions", False)
    monkeypatch.setattr(os, "open", _refusing_folders(os.open))
    for name in ("replace", "rename", "unlink", "remove"):
        monkeypatch.setattr(os, name, _refusing_what_is_open(getattr(os, name)))


class _Locks:
    """Locks of bytes, from where a file stands; of the open file and not of the process."""

    def __init__(self, close: Callable[[int], None]) -> None:
        self._close = close
        self._held: set[int] = set()

    def locking(self, opened: int, mode: int, size: int) -> None:
        """As `msvcrt.locking`."""
        at = os.lseek(opened, 0, os.SEEK_CUR)
        assert at >= os.fstat(opened).st_size, "nobody else could read what is locked"
        kind = fcntl.F_UNLCK if mode == UNLOCK else fcntl.F_WRLCK
        fcntl.fcntl(opened, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", kind, os.SEEK_SET, at, size, 0))
        (self._held.discard if mode == UNLOCK else self._held.add)(opened)

    def close(self, opened: int) -> None:
        assert opened not in self._held, "it would be unlocked no one knows when"
        self._close(opened)


def _refusing_folders(real: Callable[..., int]) -> Callable[..., int]:
    def open_file(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, flags, *more, **named)

    return open_file


def _refusing_what_is_open(real: Callable[..., None]) -> Callable[..., None]:
    def change(*paths: Any, **named: Any) -> None:
        for path in paths:
            if os.path.realpath(path) in _open_files():
                raise PermissionError(errno.EACCES, "The process cannot access the file", str(path))
        real(*paths, **named)

    return change


def _open_files() -> set[str]:
    found = set()
    for each in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # that of the listing itself
            found.add(str(each.readlink()))
    return found
