"""The real window, touched by real fingers as far as Qt is concerned."""

from __future__ import annotations

import asyncio
import gc
import itertools
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from intercom.home.access import Role
from intercom.home.capabilities import (
    BinarySensor,
    BinarySensorState,
    Bolt,
    CapabilityId,
    Climate,
    ClimateState,
    Cover,
    CoverState,
    Light,
    LightState,
    Lock,
    LockState,
    Motion,
    Sensor,
    SensorState,
    Switch,
    SwitchState,
)
from intercom.home.commands import OperateLock, SetClimate, SetLight, Turn, Turnkey
from intercom.home.home import Home
from intercom.home.model import AreaId, DeviceId, Placement
from intercom.panel.preferences import Preferences
from tests.conftest import Run
from tests.unit.panel.house import WHEREABOUTS, House, add, house, until

C = CapabilityId


def lamp(home: Home, name: str = "lamp", *, area_id: AreaId | None = None) -> DeviceId:
    light = Light(id=C("light"), has_brightness=True)
    return add(home, name, (light, LightState(on=True, brightness_pct=70)), area_id=area_id)


async def open_settings(h: House, section: str) -> None:
    """Go to a part of the settings."""
    if not h.shows("settings-page"):
        await h.tap("settings-button")
        await until(lambda: h.shows(f"section-{section}"))
    await h.tap(f"section-{section}")
    await until(lambda: h.find(f"section-{section}").property("checked") is True)


def test_a_touch_does_what_the_tile_is_for(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            add(h.home, "kettle", (Switch(id=C("power")), SwitchState(on=False)))
            await until(lambda: h.shows("tile-kettle"))

            await h.tap("tile-kettle")

            await until(lambda: h.says("On", "tile-kettle"))
            assert h.adapter.asked == [("kettle", "power", Turn(on=True))]

    run(scene())


def test_a_silent_device_shows_what_was_asked_then_goes_back_and_is_named(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            h.adapter.silent.add(add(h.home, "kettle", (Switch(id=C("power")), SwitchState(on=False))))
            await until(lambda: h.shows("tile-kettle"))

            await h.tap("tile-kettle")

            await until(lambda: h.says("Turning on…", "tile-kettle"))
            assert h.find("tile-kettle").property("isOn") is True
            await until(lambda: h.says("kettle did not answer"))
            await until(lambda: h.says("Off", "tile-kettle"))

    run(scene())


def test_what_cannot_be_reached_says_so_at_once(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=Preferences(language="ko")) as h:
            add(h.home, "주전자", (Switch(id=C("power")), SwitchState(on=False)))
            h.home.link_down("a")
            await until(lambda: any("부터 소식 없음" in text for text in h.texts()))

            await h.tap("tile-주전자")

            await until(lambda: h.says("주전자: 연결이 끊겨 조작할 수 없습니다"))

    run(scene())


def test_a_drag_sets_the_level(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            lamp(h.home)
            await until(lambda: h.shows("tile-lamp"))

            await h.drag("tile-lamp", 0.7, 0.2)

            await until(lambda: len(h.adapter.asked) == 1)
            command = h.adapter.asked[0][2]
            assert isinstance(command, SetLight) and command.brightness_pct == pytest.approx(20, abs=2)
            await until(lambda: h.find("tile-lamp").property("level") == command.brightness_pct)

    run(scene())


def test_a_drag_upwards_scrolls_and_sets_nothing(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, size=(800, 480)) as h:
            for number in range(24):
                lamp(h.home, f"lamp{number:02}")
            await until(lambda: h.shows("tile-lamp04"))
            grid = h.find("tiles")
            start = h.middle("tile-lamp04")
            finger = h.finger(start)
            for step in range(1, 11):
                await asyncio.sleep(0.01)
                finger.move(start - QPointF(0, 15 * step).toPoint())
            finger.release()

            await until(lambda: grid.property("contentY") > 50)
            assert h.adapter.asked == []

    run(scene())


def test_the_wall_begins_at_its_top_whatever_order_the_devices_come_in(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, size=(1024, 600)) as h:
            lamp(h.home, "z")
            await until(lambda: h.shows("tile-z"))
            for number in range(30):
                lamp(h.home, f"m{number:02}")
            await until(lambda: h.shows("tile-m00"))

            h.home.place(DeviceId("z"), Placement(name="a"))
            await until(lambda: h.panel._tiles._ids[0] == "z")
            frames: list[int] = []
            h.window.frameSwapped.connect(lambda: frames.append(1))
            h.window.update()
            await until(lambda: len(frames) > 0)

            assert h.find("tiles").property("contentY") == 0

    run(scene())


def test_a_long_press_opens_the_sheet_and_its_controls_command(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            lamp(h.home)
            await until(lambda: h.shows("tile-lamp"))

            await h.press("tile-lamp", lambda: h.shows("sheet-name"))
            await until(lambda: h.shows("control-light/on/toggle"))
            await h.tap("control-light/on/toggle")

            await until(lambda: ("lamp", "light", Turn(on=False)) in h.adapter.asked)
            await until(lambda: h.says("Off", "sheet-words"))
            await h.tap("sheet-close")
            await until(lambda: not h.shows("sheet-name"))

    run(scene())


def test_a_setpoint_is_stepped(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            climate = Climate(id=C("climate"), modes=("off", "heat"), has_target=True, step_c=0.5)
            add(h.home, "heating", (climate, ClimateState(mode="heat", target_c=21, current_c=20.5)))
            await until(lambda: h.shows("tile-heating"))

            await h.tap("tile-heating")
            await until(lambda: h.shows("control-climate/target_c/stepper/up"))
            await h.tap("control-climate/target_c/stepper/up")

            await until(lambda: h.says("21.5°"))
            assert h.adapter.asked == [("heating", "climate", SetClimate(target_c=21.5))]

    run(scene())


def test_a_lock_asks_to_be_held(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            add(h.home, "door", (Lock(id=C("lock")), LockState(bolt=Bolt.LOCKED)))
            await until(lambda: h.shows("tile-door"))

            await h.tap("tile-door")
            await until(lambda: h.says("Keep pressed", "tile-door"))
            assert h.adapter.asked == []
            await h.press("tile-door", lambda: h.says("Unlocked", "tile-door"))
            await asyncio.sleep(0.1)

            assert h.says("Unlocked", "tile-door")
            assert h.adapter.asked == [("door", "lock", OperateLock(turn=Turnkey.UNLOCK))]

    run(scene())


def test_a_tile_is_touched_by_keyboard(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            add(h.home, "kettle", (Switch(id=C("power")), SwitchState(on=False)))
            await until(lambda: h.shows("tile-kettle"))
            h.find("tile-kettle").forceActiveFocus()

            QTest.keyClick(h.window, Qt.Key.Key_Return)

            await until(lambda: h.adapter.asked == [("kettle", "power", Turn(on=True))])

    run(scene())


def test_each_switch_of_a_strip_has_its_button(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            sockets = [(Switch(id=C(f"s{n}"), name=f"Socket {n}"), SwitchState(on=n == 1)) for n in (1, 2, 3, 4)]
            add(h.home, "strip", *sockets)
            await until(lambda: h.shows("tile-strip/2"))

            await h.tap("tile-strip/2")

            await until(lambda: h.says("2 on", "tile-strip"))
            assert h.adapter.asked == [("strip", "s3", Turn(on=True))]

    run(scene())


def test_who_asks_to_pair_is_shown_with_the_code_until_it_is_used(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            request = h.desk.ask(name="Jiwon's phone", address="192.168.0.23")
            await until(lambda: h.shows("pairing-code"))
            live = h.desk.live
            assert live is not None
            assert h.find("pairing-code").property("text") == f"{live.code[:3]} {live.code[3:]}"
            assert h.find("pairing-name").property("text") == "Jiwon's phone wants to come in"

            h.desk.redeem(request_id=request.request_id, secret=request.secret, code=live.code, address="10.0.0.7")

            await until(lambda: not h.shows("pairing-code"))

    run(scene())


def test_a_guest_is_chosen_and_a_stranger_refused_at_the_wall(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            h.desk.ask(name="phone", address="192.168.0.23")
            await until(lambda: h.shows("pairing-refuse"))

            h.panel._pairing.chooseGuest(True)
            assert h.desk.live is not None and h.desk.live.role is Role.GUEST
            await h.tap("pairing-refuse")

            await until(lambda: h.desk.live is None)

    run(scene())


def test_a_paired_client_is_removed_by_one_tap(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            admission = await h.storage.sessions.add(name="old phone", role=Role.RESIDENT)
            await open_settings(h, "people")
            await until(lambda: h.says("old phone"))

            await h.tap(f"remove-{admission.session.id}")

            await until(lambda: h.storage.sessions.all == [])
            await until(lambda: not h.says("old phone"))
            assert h.says("old phone was removed")

    run(scene())


def test_the_settings_tell_where_devices_connect_and_hide_the_password(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            await open_settings(h, "connect")
            await until(lambda: h.says("192.168.0.10:1883"))
            assert h.says("http://192.168.0.10:8080")
            assert not h.says("kR7vQ2pXw9")

            await h.tap("reveal-password")

            await until(lambda: h.says("kR7vQ2pXw9"))

    run(scene())


def test_another_language_is_spoken_at_once(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            lamp(h.home)
            await until(lambda: h.says("On · 70 %", "tile-lamp"))

            h.panel._settings.chooseLanguage("ko")

            await until(lambda: h.says("켜짐 · 70 %", "tile-lamp"))
            assert h.says("집 전체")

    run(scene())


def test_an_area_shows_its_devices_only(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            area = await h.storage.layout.add_area("Kitchen")
            lamp(h.home, "stove", area_id=area.id)
            lamp(h.home, "porch")
            await until(lambda: h.shows("tile-porch") and h.shows(f"area-{area.id}"))

            await h.tap(f"area-{area.id}")

            await until(lambda: h.shows("tile-stove") and not h.shows("tile-porch"))
            assert h.find("title").property("text") == "Kitchen"

    run(scene())


def test_a_device_is_renamed_and_moved_in_its_sheet(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            area = await h.storage.layout.add_area("Kitchen")
            device_id = lamp(h.home)
            await until(lambda: h.shows("tile-lamp"))
            await h.press("tile-lamp", lambda: h.shows("sheet-name"))

            h.panel._sheet.rename("Reading lamp")
            h.panel._sheet.move(1)

            await until(lambda: h.home.placement(device_id).area_id == area.id)
            await until(lambda: h.find("sheet-name").property("text") == "Reading lamp")

    run(scene())


def test_a_device_is_moved_to_an_area_that_was_made_while_the_window_was_open(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            device_id = lamp(h.home)
            await until(lambda: h.shows("tile-lamp"))
            h.panel._sheet.open("lamp")
            await until(lambda: h.shows("sheet-arrange"))
            await h.tap("sheet-arrange")
            area = await h.storage.layout.add_area("Kitchen")

            await until(lambda: h.says("Kitchen", "sheet-body"))
            h.panel._sheet.move(1)

            await until(lambda: h.home.placement(device_id).area_id == area.id)

    run(scene())


def test_closing_the_window_is_told(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        closed = asyncio.Event()
        async with house(tmp_path, on_closed=closed.set) as h:
            h.window.close()
            await asyncio.wait_for(closed.wait(), 2)

    run(scene())


def furnish(home: Home, *, long: bool) -> None:
    def name(short: str) -> str:
        return f"{short} 복도 끝 서재에 있는 아주 긴 이름을 가진 기기 with a long name" if long else short

    lamp(home, name("lamp"))
    add(home, name("curtain"), (Cover(id=C("c"), has_position=True), CoverState(motion=Motion.OPEN, position_pct=40)))
    add(
        home,
        name("heat"),
        (Climate(id=C("c"), has_target=True), ClimateState(mode="heat", target_c=21, current_c=20.5)),
    )
    add(home, name("air"), (Sensor(id=C("s"), device_class="humidity", unit="%"), SensorState(value=48)))
    add(home, name("window"), (BinarySensor(id=C("w"), device_class="window"), BinarySensorState(on=True)))
    add(home, name("strip"), *[(Switch(id=C(f"s{n}"), name=f"{n}"), SwitchState(on=True)) for n in (1, 2, 3, 4)])
    add(home, name("door"), (Lock(id=C("lock")), LockState(bolt=Bolt.LOCKED)))


def test_the_window_is_no_larger_than_the_screen(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, size=None) as h:
            screen = h.window.screen().availableSize()
            assert screen.width() < 1280, "the screen of this test has no room for the usual size"

            assert h.window.width() == screen.width()
            assert h.window.height() <= screen.height()

    run(scene())


SIZES = [(800, 480), (1024, 600), (1280, 800), (1920, 1080), (600, 1024)]


@pytest.mark.parametrize(("size", "language"), list(itertools.product(SIZES, ["ko", "en"])))
def test_everything_is_large_enough_to_touch_and_nothing_is_cut(
    run: Run, tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    async def scene() -> None:
        preferences = Preferences(language=language, theme="light", is_still=True)
        async with house(tmp_path, size=size, preferences=preferences) as h:
            area = await h.storage.layout.add_area("거실")
            furnish(h.home, long=False)
            h.panel.show_link(is_up=True)
            await until(lambda: h.shows("tile-lamp") and h.shows(f"area-{area.id}"))
            expect_touchable_and_whole(h)

            h.panel._sheet.open("heat")
            await until(lambda: h.shows("sheet-name"))
            expect_touchable_and_whole(h)
            h.panel._sheet.close()

            h.desk.ask(name="민수의 휴대폰", address="192.168.0.23")
            await until(lambda: h.shows("pairing-code") and not h.shows("sheet-name"))
            expect_touchable_and_whole(h)
            h.desk.refuse()

            await h.storage.sessions.add(name="민수의 휴대폰", role=Role.RESIDENT, address="192.168.0.23")
            await until(lambda: not h.shows("pairing-code"))
            for section in ("connect", "people", "log", "panel"):
                await open_settings(h, section)
                expect_touchable_and_whole(h)

    run(scene())


def test_the_settings_lead_a_phone_to_the_secure_address(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            h.window.setProperty("isHome", False)
            await until(lambda: h.shows("settings-page") and h.shows("trust-qr"))

            assert h.says(WHEREABOUTS.secure_url, "secure-address")
            assert WHEREABOUTS.fingerprint in [text.replace("\n", " ") for text in h.texts("secure-address")]

    run(scene())


@pytest.mark.parametrize("size", SIZES)
def test_long_names_take_two_lines_and_push_nothing_aside(run: Run, tmp_path: Path, size: tuple[int, int]) -> None:
    async def scene() -> None:
        async with house(tmp_path, size=size, preferences=Preferences(language="ko", is_still=True)) as h:
            furnish(h.home, long=True)
            await until(lambda: sum(item.objectName().startswith("tile-") for item in h.items()) >= 6)

            for tile in [item for item in h.items() if item.metaObject().className().startswith("DeviceTile")]:
                frame = QRectF(0, 0, tile.width(), tile.height())
                for child in tile.childItems():
                    for text in [
                        item for item in child.childItems() if item.inherits("QQuickText") and item.isVisible()
                    ]:
                        rect = text.mapRectToItem(tile, QRectF(0, 0, text.width(), text.height()))
                        assert frame.contains(rect), text.property("text")
                        assert text.property("lineCount") <= 2

    run(scene())


def expect_touchable_and_whole(h: House) -> None:
    """Nothing to touch is under 48 px, no text is shortened, and nothing stands out of the window."""
    window = QRectF(0, 0, h.window.width(), h.window.height())
    for item in h.items():
        if item.inherits("QQuickAbstractButton") or item.inherits("QQuickSlider"):
            assert item.width() >= 48 and item.height() >= 48, (item.objectName(), item.width(), item.height())
        if item.inherits("QQuickText") and item.property("text"):
            assert not item.property("truncated"), item.property("text")
            rect = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
            is_beside = rect.right() > window.right() + 1 or rect.left() < -1
            assert not is_beside or _is_in_horizontal_list(h, rect), item.property("text")


def _is_in_horizontal_list(h: House, rect: QRectF) -> bool:
    """The areas on top of a narrow screen are drawn aside."""
    return h.window.height() > h.window.width() and rect.top() < 140


def test_the_window_follows_thousands_of_changes_at_a_bounded_pace(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path) as h:
            sensor = Sensor(id=C("power"), unit="W")
            ids = [add(h.home, f"meter{n:03}", (sensor, SensorState(value=0))) for n in range(200)]
            await until(lambda: h.shows("tile-meter000"))
            updates = []
            h.panel._tiles.dataChanged.connect(lambda *_: updates.append(time.monotonic()))
            started = time.monotonic()

            for value in range(1, 26):
                for device_id in ids:
                    h.home.report(device_id, C("power"), SensorState(value=value))
                await asyncio.sleep(0)
            await until(lambda: h.says("25 W", "tile-meter000"))

            seen = sum(item.objectName().startswith("tile-") for item in h.items())
            passes = 2 + (time.monotonic() - started) / 0.06
            assert len(updates) <= seen * passes

    run(scene())


def test_what_a_closed_window_leaves_behind_may_be_collected_on_any_thread(run: Run, tmp_path: Path) -> None:
    """Qt complains, and may crash, when an object with a running timer is destroyed on another thread."""

    async def scene() -> None:
        async with house(tmp_path) as h:
            lamp(h.home)
            await until(lambda: h.shows("tile-lamp"))

    gc.collect()
    run(scene())
    collector = threading.Thread(target=gc.collect)
    collector.start()
    collector.join()


def test_no_view_model_grows_a_metaobject_of_its_own(run: Run, tmp_path: Path) -> None:
    """PySide makes one for each object that a signal is connected to by an undeclared slot.

    Such a metaobject dies with its object; the next one may get its address, and with it what the QML engine remembers
    of the old one's properties, which then read as undefined.
    """

    async def scene() -> None:
        async with house(tmp_path) as h:
            lamp(h.home)
            h.panel._sheet.open("lamp")
            for model in h.panel._models.findChildren(QObject):
                methods = type(model).staticMetaObject.methodCount()  # type: ignore[attr-defined]
                assert model.metaObject().methodCount() == methods, type(model).__name__

    run(scene())


def test_a_kiosk_shows_no_pointer_not_even_over_a_text(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, is_kiosk=True):
            pointer = QGuiApplication.overrideCursor()
            assert pointer is not None
            assert pointer.shape() is Qt.CursorShape.BlankCursor

        assert QGuiApplication.overrideCursor() is None

    run(scene())
