"""Draw the program's icon as other systems want it: `python packaging/icons.py FILE.ico|FILE.icns|FILE.png`.

The web client's icon is the one source. Windows and macOS take several sizes in one file; Qt draws and writes them.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SOURCE = Path(__file__).resolve().parent.parent / "resources" / "web" / "public" / "favicon.svg"
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_KINDS = {b"ic11": 32, b"ic12": 64, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024}
"""Apple's names for the sizes that hold a PNG."""


def png(size: int) -> bytes:
    """Return the icon as a PNG of `size` × `size` pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data.data())


def ico() -> bytes:
    """Return an icon file of Windows: a table of sizes, then their pictures."""
    pictures = [(size, png(size)) for size in ICO_SIZES]
    table = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(table) + 16 * len(pictures)
    for size, picture in pictures:
        table += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return table + b"".join(picture for _size, picture in pictures)


def icns() -> bytes:
    """Return an icon file of macOS: named blocks."""
    blocks = [(kind, png(size)) for kind, size in ICNS_KINDS.items()]
    body = b"".join(kind + struct.pack(">I", 8 + len(picture)) + picture for kind, picture in blocks)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def main() -> None:
    if len(sys.argv) != 2 or Path(sys.argv[1]).suffix not in (".ico", ".icns", ".png"):
        raise SystemExit("usage: python packaging/icons.py FILE.ico|FILE.icns|FILE.png")
    _app = QGuiApplication([])
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes({".ico": ico, ".icns": icns, ".png": lambda: png(512)}[target.suffix]())


if __name__ == "__main__":
    main()
