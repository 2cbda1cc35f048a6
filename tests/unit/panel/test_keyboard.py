"""The wall's own keyboard and PIN pad, in the real window, under real fingers as far as Qt is concerned."""

from __future__ import annotations

import itertools
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt, QUrl
from PySide6.QtQml import QQmlComponent
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from intercom.home.capabilities import CapabilityId, Light, LightState
from intercom.home.model import DeviceId
from intercom.panel.hangul import keys_of
from intercom.panel.keyboard import ROWS, Keyboard
from intercom.panel.preferences import Preferences
from tests.conftest import Run
from tests.unit.panel.house import House, add, house, until
from tests.unit.panel.test_window import expect_touchable_and_whole

SIZES = [(800, 480), (1024, 600), (1280, 800), (1920, 1080), (480, 800)]
ENGLISH = Preferences(language="en", theme="dark", is_still=True)
KOREAN = Preferences(language="ko", theme="light", is_still=True)

FORM = """
    Sheet {
        contentItem: Column {
            spacing: 12
            TextEntry { objectName: "name"; label: "<b>Name<br></b>"; placeholder: "<i>Jiwon<br></i>"; next: password
                        width: parent.width; maximumLength: 8 }
            TextEntry { id: password; objectName: "password"; label: "Password"; isSecret: true; width: parent.width
                        problem: "<u>Too short<br></u>" }
            Pill { objectName: "elsewhere"; text: "Save" }
        }
        visible: true
    }
"""
PAD = """
    Sheet {
        contentItem: PinPad { objectName: "pad"; focus: true; title: "Owner's PIN" }
        visible: true
    }
"""


def show(h: House, source: str) -> QQuickItem:
    """Put something made of the panel's own parts into the window; it stays while what is returned is kept."""
    assert h.panel._engine is not None
    component = QQmlComponent(h.panel._engine)
    component.setData(f"import QtQuick\nimport Intercom\nItem {{ {source} }}".encode(), QUrl())
    item = component.create()
    assert isinstance(item, QQuickItem), component.errors()
    item.setParent(h.window)
    item.setParentItem(h.window.contentItem())
    return item


def keyboard_of(h: House) -> Keyboard:
    return h.panel._keyboard


def field_of(h: House, name: str) -> QQuickItem:
    return h.find(f"{name}/field")


def text_in(h: House, name: str) -> str:
    return str(field_of(h, name).property("text"))


async def touch(h: House, name: str) -> None:
    """Touch a field, and wait for the keyboard and for what it moves."""
    await h.tap(f"{name}/field")
    await until(lambda: h.shows("key-done") and field_of(h, name).hasActiveFocus())
    await painted(h)


async def painted(h: House) -> None:
    """Wait until everything stands where it belongs."""
    frames: list[int] = []
    h.window.frameSwapped.connect(lambda: frames.append(1))
    h.window.update()
    await until(lambda: len(frames) > 0)


async def judged(h: House) -> None:
    """Wait until the keyboard has made up its mind about the last touch or focus."""
    await until(lambda: not keyboard_of(h)._judging.isActive())


async def type_in(h: House, keys: str) -> None:
    """Touch key after key; a doubled consonant or a capital takes shift."""
    for key in keys:
        if key not in " ,." and not h.shows(f"key-{key}"):
            await h.tap("key-shift")
        await h.tap("key-space" if key == " " else f"key-{key}")


def scene_rect(item: QQuickItem) -> QRectF:
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


async def open_rename(h: House) -> DeviceId:
    """Open the sheet of a lamp where its name is changed."""
    device_id = add(h.home, "lamp", (Light(id=CapabilityId("light"), has_brightness=True), LightState(on=True)))
    await until(lambda: h.shows("tile-lamp"))
    h.panel._sheet.open("lamp")
    await until(lambda: h.shows("sheet-arrange"))
    await h.tap("sheet-arrange")
    await until(lambda: h.shows("sheet-rename/field"))
    await painted(h)
    return device_id


# A device gets another name


@pytest.mark.parametrize("size", SIZES)
def test_a_device_is_renamed_in_korean_by_touch_alone(run: Run, tmp_path: Path, size: tuple[int, int]) -> None:
    async def scene() -> None:
        async with house(tmp_path, size=size, preferences=KOREAN) as h:
            device_id = await open_rename(h)
            await touch(h, "sheet-rename")
            assert text_in(h, "sheet-rename") == "lamp"

            await h.press("key-erase", lambda: text_in(h, "sheet-rename") == "")
            await type_in(h, keys_of("까만 값등"))
            assert text_in(h, "sheet-rename") == "까만 값등"
            await h.tap("key-done")

            await until(lambda: h.home.shown_name(device_id) == "까만 값등")
            await until(lambda: h.says("까만 값등", "sheet-name"))
            await until(lambda: not h.shows("keyboard") and not keyboard_of(h).isUp)

    run(scene())


def test_a_name_that_will_not_do_is_told_in_place_until_it_is_changed(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, size=(800, 480), preferences=ENGLISH) as h:
            device_id = await open_rename(h)
            await touch(h, "sheet-rename")
            field_of(h, "sheet-rename").setProperty("text", "x" * 65)

            await h.tap("sheet-rename/send")

            await until(lambda: h.says("A name has at most 64 characters; this one has 65", "sheet-rename/problem"))
            assert h.home.shown_name(device_id) == "lamp"
            await h.tap("key-erase")
            await until(lambda: not h.shows("sheet-rename/problem"))
            await h.tap("sheet-rename/send")
            await until(lambda: h.home.shown_name(device_id) == "x" * 64)
            await until(lambda: not keyboard_of(h).isUp)

    run(scene())


def test_a_name_that_cannot_be_seen_is_refused_in_korean(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=KOREAN) as h:
            await open_rename(h)
            await touch(h, "sheet-rename")
            field_of(h, "sheet-rename").setProperty("text", "등\u200b")

            await h.tap("key-done")

            await until(lambda: h.says("이름에는 눈에 보이는 글자만 쓸 수 있습니다", "sheet-rename/problem"))
            assert text_in(h, "sheet-rename") == "등\u200b"

    run(scene())


def test_an_empty_name_gives_a_device_back_its_own_which_stands_there_meanwhile(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=ENGLISH) as h:
            device_id = await open_rename(h)
            await h.storage.layout.change_device(device_id, name="Ours")
            await until(lambda: text_in(h, "sheet-rename") == "Ours")
            await touch(h, "sheet-rename")

            await h.press("key-erase", lambda: text_in(h, "sheet-rename") == "")
            assert h.says("lamp", "sheet-rename/field")
            await h.tap("key-done")

            await until(lambda: h.home.shown_name(device_id) == "lamp")
            await until(lambda: text_in(h, "sheet-rename") == "lamp")

    run(scene())


# When the keyboard is up


def test_it_follows_from_field_to_field_and_goes_down_when_done(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=ENGLISH) as h:
            show(h, FORM)
            await until(lambda: h.shows("name/field"))

            await touch(h, "name")
            assert h.says("Next", "key-done")
            await type_in(h, "jiwon")
            await h.tap("key-done")
            await until(lambda: field_of(h, "password").hasActiveFocus() and h.says("Done", "key-done"))
            await type_in(h, "Pa.s")
            await h.tap("key-done")
            await until(lambda: not h.shows("keyboard"))

            assert not keyboard_of(h).isUp
            assert (text_in(h, "name"), text_in(h, "password")) == ("jiwon", "Pa.s")
            await touch(h, "password")

    run(scene())


def test_what_is_touched_beside_a_field_does_not_slip_away(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=ENGLISH) as h:
            show(h, FORM)
            await until(lambda: h.shows("name/field"))
            await touch(h, "name")
            clicked: list[int] = []
            h.find("elsewhere").clicked.connect(lambda: clicked.append(1))  # type: ignore[attr-defined]

            finger = h.finger(h.middle("elsewhere"))
            await until(lambda: not field_of(h, "name").hasActiveFocus())
            await painted(h)
            assert keyboard_of(h).isUp
            finger.release()

            await until(lambda: not keyboard_of(h).isUp)
            assert clicked == [1]

    run(scene())


def test_a_key_of_a_real_keyboard_writes_and_sends_it_down(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=KOREAN) as h:
            show(h, FORM)
            await until(lambda: h.shows("name/field"))
            await touch(h, "name")
            await type_in(h, "ㄱㅏ")

            QTest.keyClick(h.window, Qt.Key.Key_X)

            assert not keyboard_of(h).isUp
            assert text_in(h, "name") == "가x"
            QTest.keyClick(h.window, Qt.Key.Key_Tab)
            await until(lambda: field_of(h, "password").hasActiveFocus())
            await judged(h)
            assert not keyboard_of(h).isUp

    run(scene())


def test_a_mouse_does_not_call_it_but_one_that_is_a_touchscreen_does(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=ENGLISH) as h:
            show(h, FORM)
            await until(lambda: h.shows("name/field"))
            QTest.mouseClick(h.window, Qt.MouseButton.LeftButton, pos=h.middle("name/field"))
            await until(lambda: field_of(h, "name").hasActiveFocus())
            await judged(h)
            assert not keyboard_of(h).isUp

            keyboard_of(h).leave()
            keyboard_of(h).attend(h.window, is_mouse_a_finger=True)
            QTest.mouseClick(h.window, Qt.MouseButton.LeftButton, pos=h.middle("password/field"))

            await until(lambda: keyboard_of(h).isUp)

    run(scene())


def test_it_goes_down_with_the_sheet_whose_field_it_wrote_into(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, size=(800, 480), preferences=ENGLISH) as h:
            await open_rename(h)
            await touch(h, "sheet-rename")

            await h.tap("sheet-close")

            await until(lambda: not h.shows("sheet-name") and not h.shows("keyboard"))
            assert not keyboard_of(h).isUp

    run(scene())


# What the keys write


def test_backspace_undoes_each_step_whatever_was_typed(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=KOREAN) as h:
            show(h, 'TextEntry { objectName: "line"; width: 400 }')
            await until(lambda: h.shows("line/field"))
            await touch(h, "line")
            keyboard, field = keyboard_of(h), field_of(h, "line")
            jamo = [key for rows in ROWS["korean"] for row in rows for key in row]

            @settings(max_examples=60, deadline=None)
            @given(st.text(st.sampled_from(jamo), max_size=12))
            def check(keys: str) -> None:
                field.setProperty("text", "집 ")
                seen = []
                for key in keys:
                    seen.append(field.property("text"))
                    keyboard.write(key)
                while seen:
                    keyboard.erase()
                    assert field.property("text") == seen.pop()

            check()

    run(scene(), timeout_s=30)


def test_a_word_that_was_left_is_not_taken_up_again(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=KOREAN) as h:
            show(h, 'TextEntry { objectName: "line"; width: 400 }')
            await until(lambda: h.shows("line/field"))
            await touch(h, "line")
            keyboard, field = keyboard_of(h), field_of(h, "line")
            for key in "ㄱㅏㄴ":
                keyboard.write(key)

            field.setProperty("cursorPosition", 0)
            keyboard.write("ㅏ")
            assert field.property("text") == "ㅏ간"

            field.setProperty("cursorPosition", 2)
            keyboard.erase()
            assert field.property("text") == "ㅏ"
            keyboard.write("ㄷ")
            keyboard.write("ㅏ")
            field.selectAll()  # type: ignore[attr-defined]
            keyboard.write("ㄴ")
            assert field.property("text") == "ㄴ"

    run(scene())


def test_a_full_field_keeps_what_it_has(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=KOREAN) as h:
            show(h, 'TextEntry { objectName: "line"; width: 400; maximumLength: 2 }')
            await until(lambda: h.shows("line/field"))
            await touch(h, "line")

            await type_in(h, "ㅎㅏㄴㄱㅜㄱㅏ")

            assert text_in(h, "line") == "한국"
            await h.tap("key-erase")
            assert text_in(h, "line") == "한구"

    run(scene())


def test_shift_is_for_one_key_or_locked_by_a_second_touch(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=ENGLISH) as h:
            show(h, 'TextEntry { objectName: "line"; width: 400 }')
            await until(lambda: h.shows("line/field"))
            await touch(h, "line")

            await h.tap("key-shift")
            await h.tap("key-A")
            await h.tap("key-b")
            await h.tap("key-shift")
            await h.tap("key-shift")
            await h.tap("key-C")
            await h.tap("key-D")
            await h.tap("key-shift")
            await h.tap("key-e")

            assert text_in(h, "line") == "AbCDe"

    run(scene())


def test_a_language_once_chosen_stays_for_the_next_field(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=ENGLISH) as h:
            show(h, 'Column { TextEntry { objectName: "a"; width: 300 } TextEntry { objectName: "b"; width: 300 } }')
            await until(lambda: h.shows("b/field"))
            await touch(h, "a")
            assert h.shows("key-q")

            await h.tap("key-language")
            await type_in(h, "ㅃㅏㄹㄹㅏ")
            await touch(h, "b")

            assert text_in(h, "a") == "빨라"
            assert h.shows("key-ㅂ")

    run(scene())


def test_every_character_of_a_keyboard_can_be_typed() -> None:
    keys = {key for layout in ROWS.values() for rows in layout for row in rows for key in row} | set(" ,.")

    assert keys >= set(string.ascii_letters + string.digits + string.punctuation)


def test_digits_come_first_where_a_number_is_asked_for(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=KOREAN) as h:
            show(h, 'TextEntry { objectName: "line"; width: 400; hints: Qt.ImhPreferNumbers }')
            await until(lambda: h.shows("line/field"))

            await touch(h, "line")
            await type_in(h, "48")

            assert text_in(h, "line") == "48"

    run(scene())


# Secrets, and text that is not trusted


def test_a_secret_is_shown_as_dots_typed_in_latin_and_read_only_through_the_eye(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=KOREAN) as h:
            show(h, FORM)
            await until(lambda: h.shows("password/field"))

            await touch(h, "password")
            await type_in(h, "secret")

            assert not h.shows("key-language")
            assert set(field_of(h, "password").property("displayText")).isdisjoint("secret")
            assert (keyboard_of(h)._keys, keyboard_of(h)._written) == ("", "")
            await h.tap("password/reveal")
            await until(lambda: field_of(h, "password").property("displayText") == "secret")
            assert keyboard_of(h).isUp and not h.shows("key-language")

    run(scene())


def test_no_text_around_a_field_is_taken_for_rich_text(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=ENGLISH) as h:
            show(h, FORM)
            await until(lambda: h.shows("name/field"))

            for text in ("<b>Name<br></b>", "<i>Jiwon<br></i>", "<u>Too short<br></u>"):
                shown = [item for item in h.items() if item.inherits("QQuickText") and item.property("text") == text]
                assert len(shown) == 1
                assert shown[0].property("lineCount") == 1

    run(scene())


# How it looks


@pytest.mark.parametrize(("size", "language"), list(itertools.product(SIZES, ["ko", "en"])))
def test_the_keys_are_large_enough_and_the_field_stays_in_sight(
    run: Run, tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    async def scene() -> None:
        async with house(tmp_path, size=size, preferences=Preferences(language=language, is_still=True)) as h:
            show(h, FORM)
            await until(lambda: h.shows("password/field"))
            for name in ("password", "name"):
                await touch(h, name)
                expect_clear_keyboard(h)
                expect_above_keyboard(h, name)
            await h.tap("key-page")
            expect_clear_keyboard(h)
            await h.tap("key-shift")
            expect_clear_keyboard(h)
            await h.tap("key-page")
            await h.tap("key-language")
            expect_clear_keyboard(h)

    run(scene())


@pytest.mark.parametrize("size", SIZES)
def test_a_field_far_down_a_sheet_is_scrolled_above_the_keyboard(
    run: Run, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def scene() -> None:
        async with house(tmp_path, size=size, preferences=KOREAN) as h:
            await open_rename(h)

            await touch(h, "sheet-rename")

            expect_above_keyboard(h, "sheet-rename")
            body, field = scene_rect(h.find("sheet-body")), scene_rect(field_of(h, "sheet-rename"))
            assert body.top() <= field.top() and field.bottom() <= body.bottom() + 1

    run(scene())


@pytest.mark.parametrize("size", [(800, 480), (1280, 800)])
def test_it_slides_and_carries_the_sheet_along(run: Run, tmp_path: Path, size: tuple[int, int]) -> None:
    async def scene() -> None:
        async with house(tmp_path, size=size, preferences=Preferences(language="en")) as h:
            show(h, FORM)
            await until(lambda: h.shows("password/field"))
            before = scene_rect(field_of(h, "password")).top()

            await h.tap("password/field")

            await until(lambda: h.shows("keyboard") and scene_rect(h.find("key-q")).top() < h.window.height() - 200)
            await painted(h)
            expect_above_keyboard(h, "password")
            assert scene_rect(field_of(h, "password")).top() < before

    run(scene())


def expect_clear_keyboard(h: House) -> None:
    expect_touchable_and_whole(h)
    keys = [item for item in h.items() if item.objectName().startswith("key-")]
    assert len(keys) > 30
    window = QRectF(0, 0, h.window.width(), h.window.height())
    for key in keys:
        assert window.contains(scene_rect(key)), key.objectName()
        assert key.property("text") or key.property("name")
    for one, other in itertools.combinations(keys, 2):
        shared = scene_rect(one).intersected(scene_rect(other))
        assert shared.width() < 1 or shared.height() < 1, (one.objectName(), other.objectName())


def expect_above_keyboard(h: House, name: str) -> None:
    field = scene_rect(field_of(h, name))
    assert field.height() >= 48
    assert field.top() >= 0
    assert field.bottom() <= scene_rect(h.find("keyboard")).top()


# The PIN pad


@pytest.mark.parametrize("size", SIZES)
def test_a_pin_is_typed_handed_on_and_forgotten(run: Run, tmp_path: Path, size: tuple[int, int]) -> None:
    async def scene() -> None:
        async with house(tmp_path, size=size, preferences=ENGLISH) as h:
            show(h, PAD)
            await until(lambda: h.shows("pin-1"))
            await painted(h)
            pins: list[str] = []
            h.find("pad").entered.connect(pins.append)  # type: ignore[attr-defined]
            expect_clear_pad(h)

            for digit in "139":
                await h.tap(f"pin-{digit}")
            await h.tap("pin-confirm")
            assert pins == []
            await h.tap("pin-erase")
            for digit in "07":
                await h.tap(f"pin-{digit}")
            assert dots(h) == 4
            await h.tap("pin-confirm")

            assert pins == ["1307"]
            await until(lambda: dots(h) == 0)

    run(scene())


def test_a_pin_has_at_most_eight_digits_and_may_be_typed_on_a_real_keyboard(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=ENGLISH) as h:
            show(h, PAD)
            await until(lambda: h.shows("pin-1") and h.find("pad").hasActiveFocus())
            pins: list[str] = []
            h.find("pad").entered.connect(pins.append)  # type: ignore[attr-defined]

            for key in "1234567890":
                QTest.keyClick(h.window, Qt.Key(ord(key)))
            QTest.keyClick(h.window, Qt.Key.Key_Backspace)
            QTest.keyClick(h.window, Qt.Key.Key_Return)

            assert pins == ["1234567"]
            assert not h.says("1234567")

    run(scene())


@pytest.mark.parametrize(("size", "language"), list(itertools.product(SIZES, ["ko", "en"])))
def test_after_too_many_tries_the_pad_waits_as_long_as_it_is_told(
    run: Run, tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    async def scene() -> None:
        async with house(tmp_path, size=size, preferences=Preferences(language=language, is_still=True)) as h:
            show(h, PAD)
            await until(lambda: h.shows("pin-1"))
            pad = h.find("pad")
            pins: list[str] = []
            pad.entered.connect(pins.append)  # type: ignore[attr-defined]
            pad.setProperty("problem", "Wrong PIN")
            await until(lambda: h.says("Wrong PIN"))
            await h.tap("pin-1")

            pad.setProperty("waitS", 65)

            await until(lambda: "1:05" in h.find("pin-problem").property("text"))
            await painted(h)
            expect_clear_pad(h)
            for digit in "1234":
                await h.tap(f"pin-{digit}")
                QTest.keyClick(h.window, Qt.Key(ord(digit)))
            await h.tap("pin-confirm")
            assert (dots(h), pins) == (0, [])
            pad.setProperty("waitS", 0)
            await until(lambda: h.says("Wrong PIN"))
            await h.tap("pin-1")
            assert dots(h) == 1

    run(scene())


def dots(h: House) -> int:
    return sum(item.objectName() == "pin-dot" for item in h.items())


def expect_clear_pad(h: House) -> None:
    expect_touchable_and_whole(h)
    window = QRectF(0, 0, h.window.width(), h.window.height())
    keys = [item for item in h.items() if item.inherits("QQuickAbstractButton") and item.objectName()[:4] == "pin-"]
    assert len(keys) == 12
    for key in keys:
        assert key.width() >= 64 and key.height() >= 64
        assert window.contains(scene_rect(key))
    for name in ("pin-title", "pin-dots", "pin-problem"):
        assert window.contains(scene_rect(h.find(name)))
