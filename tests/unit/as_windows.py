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
    msvcrt: Any = SimpleNamespace(LK_UNLCK=UNLOCK, LK_NBLCK=LOCK_AT_ONCE, locking=_locking)
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


def _locking(opened: int, mode: int, size: int) -> None:
    """As `msvcrt.locking`: from where the file stands; of the open file and not of the process."""
    kind = fcntl.F_UNLCK if mode == UNLOCK else fcntl.F_WRLCK
    asked = struct.pack("hhqqi4x", kind, os.SEEK_SET, os.lseek(opened, 0, os.SEEK_CUR), size, 0)
    fcntl.fcntl(opened, fcntl.F_OFD_SETLK, asked)


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
