"""A small picture from a pretend camera: a door at some hour of the day, with or without somebody before it."""

from __future__ import annotations

import math
import struct
import zlib
from typing import Final

WIDTH: Final = 320
HEIGHT: Final = 180
_SKY = 0
_SKY_STEPS = 64
_WALL, _DOOR, _KNOB, _STEP, _COAT, _FACE, _LAMP = range(_SKY_STEPS, _SKY_STEPS + 7)


def door_picture(*, hour: float, has_visitor: bool) -> bytes:
    """Draw the picture as PNG; `hour` runs from 0 to 24."""
    daylight = max(0.08, math.sin((hour - 6) / 12 * math.pi)) if 6 <= hour <= 18 else 0.08
    rows = [_sky_row(y) for y in range(HEIGHT)]
    _fill(rows, 120, 30, WIDTH, 150, _WALL)
    _fill(rows, 190, 48, 262, 150, _DOOR)
    _fill(rows, 198, 98, 204, 104, _KNOB)
    _fill(rows, 150, 56, 160, 70, _LAMP)
    _fill(rows, 0, 150, WIDTH, HEIGHT, _STEP)
    if has_visitor:
        _disc(rows, 92, 74, 17, _FACE)
        _disc(rows, 92, 132, 34, _COAT)
        _fill(rows, 58, 132, 126, HEIGHT, _COAT)
    return _png(rows, _palette(daylight))


def _sky_row(y: int) -> bytearray:
    return bytearray([_SKY + min(_SKY_STEPS - 1, y * _SKY_STEPS // HEIGHT)]) * WIDTH


def _fill(rows: list[bytearray], left: int, top: int, right: int, bottom: int, colour: int) -> None:
    for y in range(top, bottom):
        rows[y][left:right] = bytes([colour]) * (right - left)


def _disc(rows: list[bytearray], x: int, y: int, radius: int, colour: int) -> None:
    for dy in range(-radius, radius + 1):
        half = int(math.sqrt(radius * radius - dy * dy))
        _fill(rows, x - half, y + dy, x + half, y + dy + 1, colour)


def _palette(daylight: float) -> bytes:
    sky = [(90 + 2 * step, 140 + step, 210 + step // 2) for step in range(_SKY_STEPS)]
    things = [(176, 164, 148), (112, 72, 48), (214, 190, 120), (120, 118, 114), (54, 74, 110), (222, 184, 156)]
    shaded = [tuple(min(255, int(part * daylight)) for part in colour) for colour in sky + things]
    return b"".join(bytes(colour) for colour in [*shaded, (255, 226, 160)])


def _png(rows: list[bytearray], palette: bytes) -> bytes:
    """Pack rows of palette indexes (PNG, third edition, §11.2)."""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
