"""A screen of its own for the window: an X server without a monitor, its pixels, and a finger on it.

The X server writes its frame buffer to a file (in the format of `xwd`), so what is looked at is what a monitor would
show. The finger is the server's own pointer, moved through the XTEST extension: to the program it is a real one.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import struct
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

_HEADER = struct.Struct(">25I")
_HEADER_SIZE, _WIDTH, _HEIGHT, _BYTES_PER_LINE, _COLORS = 0, 4, 5, 12, 19
_COLOR_BYTES = 12
_CLIENT_MESSAGE = 33


@dataclass(frozen=True)
class Picture:
    """What the screen showed at one moment; pixels are numbers 0xRRGGBB."""

    width: int
    height: int
    pixels: memoryview

    def __getitem__(self, place: tuple[int, int]) -> int:
        x, y = place
        return int(self.pixels[y * self.width + x]) & 0xFFFFFF

    def row(self, y: int, left: int, right: int) -> list[int]:
        """The pixels of a part of a row."""
        return [pixel & 0xFFFFFF for pixel in self.pixels[y * self.width + left : y * self.width + right]]

    def save(self, path: Path) -> None:
        """Keep it as a PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        image = QImage(self.pixels.tobytes(), self.width, self.height, self.width * 4, QImage.Format.Format_RGB32)
        assert image.save(str(path)), f"{path} could not be written"


class Screen:
    """An X server, as long as the `with` block of `screen()` lasts.

    Attributes:
        name: what DISPLAY has to say.
    """

    def __init__(self, name: str, frame_buffer: Path) -> None:
        self.name = name
        self._finger = _Finger(name)
        with frame_buffer.open("rb") as file:
            self._buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header = _HEADER.unpack_from(self._buffer)
        self.width, self.height = header[_WIDTH], header[_HEIGHT]
        assert header[_BYTES_PER_LINE] == self.width * 4
        self._start = header[_HEADER_SIZE] + header[_COLORS] * _COLOR_BYTES

    def look(self) -> Picture:
        """What it shows now."""
        shown = self._buffer[self._start : self._start + self.width * self.height * 4]
        return Picture(self.width, self.height, memoryview(shown).cast("I"))

    def pixel(self, x: int, y: int) -> int:
        """One pixel of what it shows now."""
        (value,) = struct.unpack_from("<I", self._buffer, self._start + (y * self.width + x) * 4)
        return int(value) & 0xFFFFFF

    def touch(self, x: int, y: int, *, hold_s: float = 0.05) -> None:
        """Put the finger there, lift it, and take it away to the corner."""
        self._finger.move(x, y)
        self._finger.press(is_down=True)
        time.sleep(hold_s)  # so long does the finger rest
        self._finger.press(is_down=False)
        self._finger.move(self.width - 1, self.height - 1)

    def ask_to_close(self) -> None:
        """Ask the only window to close, as a window manager does when its cross is clicked."""
        self._finger.ask_to_close()

    def close(self) -> None:
        """Let go of it."""
        self._finger.lift()
        self._buffer.close()


@contextlib.contextmanager
def screen(folder: Path, *, width: int = 1280, height: int = 800) -> Iterator[Screen]:
    """Run an X server with one screen; `folder` is for its frame buffer."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            *("Xvfb", "-displayfd", str(writing), "-nolisten", "tcp", "-noreset"),
            *("-screen", "0", f"{width}x{height}x24", "-fbdir", str(folder)),
        ],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    try:
        os.close(writing)
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        assert number, "the X server did not start"
        shown = Screen(f":{number}", folder / "Xvfb_screen0")
        try:
            yield shown
        finally:
            shown.close()
    finally:
        server.terminate()
        server.wait(5)


class _Finger:
    """A connection to the X server that moves its pointer, through Xlib."""

    def __init__(self, display: str) -> None:
        self._x = _library("libX11.so.6", _X11)
        self._test = _library("libXtst.so.6", _XTEST)
        self._display = self._x.XOpenDisplay(display.encode())
        assert self._display, f"no X server at {display}"

    def move(self, x: int, y: int) -> None:
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        self._x.XSync(self._display, 0)

    def press(self, *, is_down: bool) -> None:
        self._test.XTestFakeButtonEvent(self._display, 1, is_down, 0)
        self._x.XSync(self._display, 0)

    def ask_to_close(self) -> None:
        protocols = self._x.XInternAtom(self._display, b"WM_PROTOCOLS", 0)
        closing = self._x.XInternAtom(self._display, b"WM_DELETE_WINDOW", 0)
        window = self._window(protocols)
        event = _ClientMessage(type=_CLIENT_MESSAGE, window=window, message_type=protocols, format=32)
        event.data[0] = closing
        assert self._x.XSendEvent(self._display, window, 0, 0, ctypes.byref(event))
        self._x.XSync(self._display, 0)

    def lift(self) -> None:
        self._x.XCloseDisplay(self._display)

    def _window(self, protocols: int) -> int:
        """The window that can be asked to close: without a window manager, a child of the root."""
        root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
        children = ctypes.POINTER(ctypes.c_ulong)()
        assert self._x.XQueryTree(
            self._display,
            self._x.XDefaultRootWindow(self._display),
            ctypes.byref(root),
            ctypes.byref(parent),
            ctypes.byref(children),
            ctypes.byref(count),
        )
        windows = children[: count.value]
        if count.value:
            self._x.XFree(children)
        able = [window for window in windows if self._understands(window)]
        assert len(able) == 1, f"expected one window, not {len(able)}"
        return able[0]

    def _understands(self, window: int) -> bool:
        atoms, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_int()
        if not self._x.XGetWMProtocols(self._display, window, ctypes.byref(atoms), ctypes.byref(count)):
            return False
        self._x.XFree(atoms)
        return True


class _ClientMessage(ctypes.Structure):
    """Xlib's XClientMessageEvent, padded to the size of an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("padding", ctypes.c_long * 12),
    )


_P, _W, _I = ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int
_X11 = {
    "XOpenDisplay": (_P, (ctypes.c_char_p,)),
    "XCloseDisplay": (_I, (_P,)),
    "XSync": (_I, (_P, _I)),
    "XInternAtom": (_W, (_P, ctypes.c_char_p, _I)),
    "XDefaultRootWindow": (_W, (_P,)),
    "XQueryTree": (_I, (_P, _W, _P, _P, _P, _P)),
    "XGetWMProtocols": (_I, (_P, _W, _P, _P)),
    "XSendEvent": (_I, (_P, _W, _I, ctypes.c_long, _P)),
    "XFree": (_I, (_P,)),
}
_XTEST = {
    "XTestFakeMotionEvent": (_I, (_P, _I, _I, _I, ctypes.c_ulong)),
    "XTestFakeButtonEvent": (_I, (_P, ctypes.c_uint, _I, ctypes.c_ulong)),
}


def _library(name: str, functions: dict[str, tuple[type, tuple[type, ...]]]) -> ctypes.CDLL:
    library = ctypes.CDLL(name)
    for function, (result, arguments) in functions.items():
        found = getattr(library, function)
        found.restype, found.argtypes = result, arguments
    return library
