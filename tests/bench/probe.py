"""Run the intercom with its window, and write down when it drew frames and when touches reached their handler.

    python tests/bench/probe.py FILE [the intercom's arguments]

On SIGUSR1 the middles of the tiles that are on the screen go to FILE, as JSON, and from then on a frame is always due:
as soon as one is shown the next is asked for, so that the time between two tells how long a due frame had to wait. At
the end FILE holds the times of both, in nanoseconds of the monotonic clock. The product's code is run as it is, apart
from noting when `TileModel.touch`, which QML calls, is entered.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QPointF
from PySide6.QtQuick import QQuickItem, QQuickWindow

from intercom.__main__ import main
from intercom.panel.panel import Panel
from intercom.panel.tiles import TileModel

_frames: list[int] = []
_touches: list[int] = []
_windows: list[QQuickWindow] = []


def _tiles(item: QQuickItem) -> Iterator[QQuickItem]:
    for child in item.childItems():
        if child.objectName().startswith("tile-") and child.isVisible():
            yield child
        else:
            yield from _tiles(child)


def _begin(file: Path) -> None:
    (window,) = _windows
    centres = {}
    for tile in _tiles(window.contentItem()):
        centre = window.position() + tile.mapToScene(QPointF(tile.width() / 2, tile.height() / 2)).toPoint()
        centres[tile.objectName().removeprefix("tile-")] = (centre.x(), centre.y())
    _write(file, centres)
    window.frameSwapped.connect(lambda: _frames.append(time.monotonic_ns()))
    window.frameSwapped.connect(window.update)
    window.update()


def _write(file: Path, value: object) -> None:
    unfinished = file.with_suffix(".new")
    unfinished.write_text(json.dumps(value))
    unfinished.rename(file)


def run(file: Path) -> int:
    touch, show = TileModel.touch, Panel.show

    def noted_touch(self: TileModel, device_id: str) -> None:
        _touches.append(time.monotonic_ns())
        touch(self, device_id)

    def noted_show(self: Panel, *, is_kiosk: bool = False) -> None:
        show(self, is_kiosk=is_kiosk)
        _windows.append(self.window)

    TileModel.touch, Panel.show = noted_touch, noted_show  # type: ignore[method-assign, assignment]
    signal.signal(signal.SIGUSR1, lambda *_: _begin(file))
    code = main()
    _write(file, {"frames": _frames, "touches": _touches})
    return code


if __name__ == "__main__":
    where = Path(sys.argv.pop(1))
    sys.exit(run(where))
