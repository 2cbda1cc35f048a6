"""A pretend screen with a pointer: Xvfb, its pixels as they change, and clicks as the X server delivers them."""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import mmap
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

WIDTH, HEIGHT = 1280, 800
_ROW_STEP = 16
"""Every so many rows of pixels are looked at."""


class Screen:
    """One Xvfb screen with nothing else on it."""

    def __init__(self, display: str, frame_file: Path) -> None:
        self.display = display
        self._file = frame_file.open("rb")
        self._pixels = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        header_bytes, *fields = struct.unpack(">25I", self._pixels[:100])  # XWD file, version 7
        self._row_bytes, colours = fields[11], fields[18]
        self._start = header_bytes + 12 * colours
        self._pointer: _Pointer | None = None

    def look(self) -> bytes:
        """Return a sample of the pixels."""
        rows = range(0, HEIGHT, _ROW_STEP)
        starts = (self._start + row * self._row_bytes for row in rows)
        return b"".join([self._pixels[start : start + self._row_bytes] for start in starts])

    def tap(self, x: int, y: int, *, held_s: float) -> int:
        """Press and release at a place; return when the finger left, on the monotonic clock in nanoseconds."""
        if self._pointer is None:
            self._pointer = _Pointer(self.display)
        self._pointer.move(x, y)
        self._pointer.button(is_down=True)
        time.sleep(held_s)
        released_at = time.monotonic_ns()
        self._pointer.button(is_down=False)
        return released_at

    def close(self) -> None:
        if self._pointer is not None:
            self._pointer.close()
        self._pixels.close()
        self._file.close()


class _Pointer:
    """The XTEST extension, by the C libraries that X programs use."""

    def __init__(self, display: str) -> None:
        self._x11 = ctypes.CDLL(ctypes.util.find_library("X11"))
        self._xtst = ctypes.CDLL(ctypes.util.find_library("Xtst"))
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(display.encode()))

    def move(self, x: int, y: int) -> None:
        self._xtst.XTestFakeMotionEvent(self._display, 0, x, y, 0)
        self._x11.XFlush(self._display)

    def button(self, *, is_down: bool) -> None:
        self._xtst.XTestFakeButtonEvent(self._display, 1, is_down, 0)
        self._x11.XFlush(self._display)

    def close(self) -> None:
        self._x11.XCloseDisplay(self._display)


def is_possible() -> bool:
    """Tell whether what this needs is installed."""
    return shutil.which("Xvfb") is not None and all(ctypes.util.find_library(name) for name in ("X11", "Xtst"))


@contextlib.contextmanager
def screen(folder: Path, *, cpus: set[int]) -> Iterator[Screen]:
    """Run a screen on these processors while the block lasts."""
    reading, writing = os.pipe()
    size = f"{WIDTH}x{HEIGHT}x24"
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-fbdir", str(folder), "-nolisten", "tcp"]
    with (folder / "screen.log").open("wb") as log:
        server = subprocess.Popen(
            command, pass_fds=(writing,), stdout=log, stderr=log, preexec_fn=lambda: os.sched_setaffinity(0, cpus)
        )
    os.close(writing)
    try:
        with os.fdopen(reading) as said:
            number = said.readline().strip()
        if not number:
            raise RuntimeError(f"Xvfb did not start: {(folder / 'screen.log').read_text()}")
        shown = Screen(f":{number}", folder / "Xvfb_screen0")
        try:
            yield shown
        finally:
            shown.close()
    finally:
        server.terminate()
        server.wait()
