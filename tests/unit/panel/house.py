"""A home with its window, for the panel's tests: the real view-models, QML and storage, and devices that obey at once.

Delegates are not found by `findChild`, so items are found by walking what is on the screen. Fingers are synthetic
touches; they take the time that a person's finger takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QSize
from PySide6.QtGui import QGuiApplication, QPointingDevice
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest

from intercom.home.capabilities import Capability, CapabilityId, State
from intercom.home.commands import Command
from intercom.home.home import Home
from intercom.home.model import AreaId, Device, DeviceId, Placement
from intercom.home.pairing import PairingDesk
from intercom.home.releases import ReleaseBoard
from intercom.panel.panel import Panel
from intercom.panel.preferences import Preferences
from intercom.panel.settings import Whereabouts
from intercom.storage.storage import Storage, open_storage

WHEREABOUTS = Whereabouts(
    url="http://192.168.0.10:8080",
    broker="192.168.0.10:1883",
    user="intercom",
    password="kR7vQ2pXw9",
    version="1.2.3",
    secure_url="https://192.168.0.10:8443",
    trust_url="http://192.168.0.10:8080/trust",
    fingerprint=" ".join(f"{7 * number % 256:02X}" for number in range(32)),
)

_fingers: list[QPointingDevice] = []


@dataclass
class Obedient:
    """An adapter whose devices report what they are asked for, apart from the silent ones."""

    home: Home
    silent: set[DeviceId] = field(default_factory=set)
    asked: list[tuple[DeviceId, CapabilityId, Command]] = field(default_factory=list)

    async def execute(self, device: Device, capability: Capability, command: Command) -> None:
        self.asked.append((device.id, capability.id, command))
        wanted = command.wanted(capability, self.home.held(device.id)[capability.id].state)
        if device.id not in self.silent and wanted is not None:
            asyncio.get_running_loop().call_soon(self.home.report, device.id, capability.id, wanted)


def add(home: Home, name: str, *pairs: tuple[Capability, State | None], area_id: AreaId | None = None) -> DeviceId:
    """Announce a device by its name, and report a state for each capability that has one."""
    device_id = DeviceId(name)
    home.place(device_id, Placement(area_id=area_id))
    home.announce(Device(id=device_id, adapter="a", name=name, capabilities=tuple(pair[0] for pair in pairs)))
    for capability, state in pairs:
        if state is not None:
            home.report(device_id, capability.id, state)
    return device_id


@dataclass
class House:
    """A home, what obeys in it, and its window."""

    home: Home
    adapter: Obedient
    desk: PairingDesk
    storage: Storage
    panel: Panel

    @property
    def window(self) -> QQuickWindow:
        return self.panel.window

    # What is on the screen

    def items(self) -> Iterator[QQuickItem]:
        """Yield everything that is visible, sheets too."""
        return _visible(self.window.contentItem())

    def find(self, name: str) -> QQuickItem:
        """Return the visible item of that object name, or raise LookupError."""
        found = next((item for item in self.items() if item.objectName() == name), None)
        if found is None:
            raise LookupError(f"{name} is not on the screen")
        return found

    def shows(self, name: str) -> bool:
        return any(item.objectName() == name for item in self.items())

    def texts(self, within: str | None = None) -> list[str]:
        """Return everything that can be read on the screen, or within one item."""
        items = self.items() if within is None else _visible(self.find(within))
        return [item.property("text") for item in items if item.inherits("QQuickText")]

    def says(self, text: str, within: str | None = None) -> bool:
        return (within is None or self.shows(within)) and text in self.texts(within)

    # What a finger does

    async def tap(self, name: str) -> None:
        """Touch an item shortly."""
        finger = self.finger(self.middle(name))
        await asyncio.sleep(0.02)
        finger.release()

    async def press(self, name: str, done: Callable[[], bool]) -> None:
        """Keep an item pressed until something has happened."""
        finger = self.finger(self.middle(name))
        try:
            await until(done)
        finally:
            finger.release()

    async def drag(self, name: str, start: float, end: float) -> None:
        """Draw a finger over an item, from one share of its width to another."""
        item = self.find(name)
        points = [
            item.mapToScene(QPointF(item.width() * (start + (end - start) * step / 10), item.height() / 2)).toPoint()
            for step in range(11)
        ]
        finger = self.finger(points[0])
        for point in points[1:]:
            await asyncio.sleep(0.01)
            finger.move(point)
        finger.release()

    def middle(self, name: str) -> QPoint:
        item = self.find(name)
        return item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()

    def finger(self, point: QPoint) -> Finger:
        return Finger(self.window, point)


class Finger:
    """One that touches the window at a point, until it is released."""

    def __init__(self, window: QQuickWindow, point: QPoint) -> None:
        if not _fingers:
            _fingers.append(QTest.createTouchDevice())
        self._window = window
        self._point = point
        QTest.touchEvent(window, _fingers[0]).press(1, point, window).commit()

    def move(self, point: QPoint) -> None:
        self._point = point
        QTest.touchEvent(self._window, _fingers[0]).move(1, point, self._window).commit()

    def release(self) -> None:
        QTest.touchEvent(self._window, _fingers[0]).release(1, self._point, self._window).commit()


@contextlib.asynccontextmanager
async def house(
    folder: Path,
    *,
    size: tuple[int, int] | None = (1280, 800),
    preferences: Preferences | None = None,
    clock: Callable[[], float] = time.time,
    on_closed: Callable[[], None] = lambda: None,
    offers_owner: bool = False,
    is_kiosk: bool = False,
    reset: Callable[[], None] | None = None,
    releases: ReleaseBoard | None = None,
) -> AsyncIterator[House]:
    """Open the window on an empty home, and take everything away at the end; English and dark unless told otherwise.

    `offers_owner`: as at the very first start.
    """
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    home = Home(name="home")
    adapter = Obedient(home)
    home.attach("a", adapter)
    async with open_storage(folder, home, history_days=1, history_mb=1) as storage, _cancelled_group() as group:
        desk = PairingDesk(clock=clock, tries=storage.wrong_tries.tries)
        panel = Panel(
            app=app,
            home=home,
            desk=desk,
            storage=storage,
            group=group,
            whereabouts=WHEREABOUTS,
            preferences=replace(
                preferences or Preferences(language="en", theme="dark"), has_offered_owner=not offers_owner
            ),
            reset=reset,
            releases=releases,
            on_closed=on_closed,
            desk_clock=clock,
        )
        panel.show(size=size and QSize(*size), is_kiosk=is_kiosk)
        try:
            await until(panel.window.isExposed)
            yield House(home, adapter, desk, storage, panel)
        finally:
            panel.close()


async def until(condition: Callable[[], bool], within_s: float = 20.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110  # what is on the screen has no event to wait for
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def _cancelled_group() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group that ends what is left in it, as the app's does when it stops."""

    class Left(Exception):  # noqa: N818  # ends the group's tasks, and is no error
        pass

    try:
        async with asyncio.TaskGroup() as group:
            yield group
            raise Left  # noqa: TRY301  # only an exception ends a group's tasks
    except* Left:
        pass


def _visible(item: QQuickItem) -> Iterator[QQuickItem]:
    if item.isVisible() and item.opacity() > 0:
        yield item
        for child in item.childItems():
            yield from _visible(child)
