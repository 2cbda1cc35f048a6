"""The view-models, without a window: what they tell QML, and when."""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QDateTime, QLocale, QModelIndex, QObject, Qt
from PySide6.QtGui import QImage

from intercom.home.access import Role
from intercom.home.capabilities import (
    CapabilityId,
    Climate,
    ClimateState,
    ImageState,
    Light,
    LightState,
    Sensor,
    SensorState,
    Switch,
    SwitchState,
)
from intercom.home.commands import Turn
from intercom.home.errors import (
    DeviceUnavailableError,
    ForbiddenError,
    IntercomError,
    InvalidInputError,
    LinkDownError,
    NotFoundError,
)
from intercom.home.home import Home
from intercom.home.model import Area, AreaId, DeviceId, Placement
from intercom.home.pairing import CODE_LIVES_S, PairingDesk
from intercom.home.pin import WaitError
from intercom.home.tries import Tries
from intercom.home.words import Words
from intercom.panel.areas import AreaModel
from intercom.panel.clients import ClientModel
from intercom.panel.clock import WallClock
from intercom.panel.control import picture_source
from intercom.panel.gate import OwnerGate
from intercom.panel.language import Language, clock_time, panel_text, say, say_all
from intercom.panel.pairing import PairingSheet
from intercom.panel.preferences import Preferences, PreferencesFile
from intercom.panel.settings import PanelSettings, qr_source
from intercom.panel.tasks import Tasks
from intercom.panel.tiles import NO_AREA, WHOLE_HOME, TileModel, devices_in
from intercom.panel.toasts import MOST_TOASTS, ToastModel, refusal_text
from intercom.storage.accounts import LastOwnerError
from intercom.storage.database import StorageError
from intercom.storage.storage import open_storage
from tests.conftest import Run
from tests.unit.panel.house import WHEREABOUTS, Obedient, add, until

C = CapabilityId
LIVING, BED = AreaId("living"), AreaId("bed")
LAMP = Light(id=C("light"), has_brightness=True)


@pytest.fixture
def parent(loop: object) -> QObject:
    """What owns the view-models of a test; they need Qt's loop."""
    return QObject()


@pytest.fixture
def korean(loop: object) -> Iterator[None]:
    language = Language()
    language.speak("ko")
    yield
    language.speak("en")


@pytest.fixture
def home() -> Home:
    home = Home(name="home")
    home.attach("a", Obedient(home))
    home.set_areas([Area(id=LIVING, name="Living room", icon="sofa"), Area(id=BED, name="Bedroom", position=1)])
    return home


def lamp(home: Home, name: str, *, on: bool = True, area_id: AreaId | None = LIVING) -> DeviceId:
    return add(home, name, (LAMP, LightState(on=on, brightness_pct=50)), area_id=area_id)


class Watched:
    """Counts what a list tells QML, and lets a test read it as QML does."""

    def __init__(self, model: QAbstractItemModel) -> None:
        self.model = model
        self.changed: list[tuple[int, set[str]]] = []
        self.resets = self.inserts = self.removes = 0
        self._roles = {role: bytes(name.data()).decode() for role, name in model.roleNames().items()}
        model.dataChanged.connect(self._note)
        model.modelReset.connect(lambda: setattr(self, "resets", self.resets + 1))
        model.rowsInserted.connect(lambda: setattr(self, "inserts", self.inserts + 1))
        model.rowsRemoved.connect(lambda: setattr(self, "removes", self.removes + 1))

    def read(self, row: int, name: str) -> object:
        role = next(role for role, known in self._roles.items() if known == name)
        return self.model.data(self.model.index(row, 0), role)

    def column(self, name: str) -> list[object]:
        return [self.read(row, name) for row in range(self.model.rowCount(QModelIndex()))]

    def _note(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        self.changed.append((first.row(), {self._roles[role] for role in roles}))


def tiles_of(home: Home, parent: QObject, watching: ExitStack) -> tuple[TileModel, Watched]:
    """Return the tiles of a home as a screen shows them that has room for ten."""
    model = TileModel(home, Tasks(home, asyncio.TaskGroup(), ToastModel(parent)), parent)
    watching.enter_context(home.watched_by(model.on_change))
    watched = Watched(model)
    model.look(0, 9)
    watched.column("name")
    return model, watched


# Tiles


def test_only_what_differs_is_announced(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        with ExitStack() as watching:
            lamp(home, "a")
            _, tiles = tiles_of(home, parent, watching)

            home.report(DeviceId("a"), C("light"), LightState(on=True, brightness_pct=80))
            await until(lambda: tiles.changed != [])

            assert tiles.changed == [(0, {"level", "words"})]
            assert tiles.read(0, "level") == 80
            assert tiles.resets == 0

    run(scene())


def test_a_change_that_alters_nothing_to_see_is_not_announced(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        with ExitStack() as watching:
            lamp(home, "a")
            lamp(home, "b")
            _, tiles = tiles_of(home, parent, watching)

            home.report(DeviceId("a"), C("light"), LightState(on=True, brightness_pct=50.2))
            home.report(DeviceId("a"), C("light"), LightState(on=True, brightness_pct=50))
            home.report(DeviceId("b"), C("light"), LightState(on=False))
            await until(lambda: tiles.changed != [])

            assert [row for row, _ in tiles.changed] == [1]

    run(scene())


def test_many_changes_are_one_update(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        with ExitStack() as watching:
            lamp(home, "a")
            _, tiles = tiles_of(home, parent, watching)

            for level in range(1, 500):
                home.report(DeviceId("a"), C("light"), LightState(on=True, brightness_pct=level % 99 + 1))
            await until(lambda: tiles.changed != [])

            assert len(tiles.changed) == 1

    run(scene())


def test_a_tile_out_of_sight_follows_when_it_is_scrolled_into_view(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        with ExitStack() as watching:
            for number in range(30):
                lamp(home, f"lamp{number:02}")
            model, tiles = tiles_of(home, parent, watching)

            home.report(DeviceId("lamp20"), C("light"), LightState(on=False))
            home.report(DeviceId("lamp00"), C("light"), LightState(on=False))
            await until(lambda: tiles.changed != [])
            assert [row for row, _ in tiles.changed] == [0]
            assert tiles.read(20, "isOn") is True

            model.look(15, 25)
            await until(lambda: len(tiles.changed) == 2)
            assert tiles.read(20, "isOn") is False

    run(scene())


def test_devices_come_and_go_without_a_reset(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        with ExitStack() as watching:
            for name in ("b", "d", "f"):
                lamp(home, name)
            _, tiles = tiles_of(home, parent, watching)

            for name in ("a", "c", "e"):
                lamp(home, name)
            await until(lambda: tiles.column("name") == ["a", "b", "c", "d", "e", "f"])
            for name in ("b", "c", "f"):
                home.withdraw(DeviceId(name))
            await until(lambda: tiles.column("name") == ["a", "d", "e"])

            assert (tiles.resets, tiles.inserts, tiles.removes) == (0, 3, 2)

    run(scene())


def test_a_resident_s_order_and_names_are_shown(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        with ExitStack() as watching:
            for name in ("a", "b", "c"):
                lamp(home, name)
            _, tiles = tiles_of(home, parent, watching)

            home.place(DeviceId("a"), Placement(area_id=LIVING, position=9, name="Last"))
            home.place(DeviceId("b"), Placement(area_id=LIVING, is_hidden=True))

            await until(lambda: tiles.column("name") == ["c", "Last"])

    run(scene())


def test_the_whole_home_is_in_the_order_of_its_areas(home: Home) -> None:
    lamp(home, "in bed", area_id=BED)
    lamp(home, "nowhere", area_id=None)
    lamp(home, "living", area_id=LIVING)

    assert devices_in(home, WHOLE_HOME) == ["living", "in bed", "nowhere"]
    assert devices_in(home, BED) == ["in bed"]
    assert devices_in(home, NO_AREA) == ["nowhere"]


def test_names_are_in_the_order_in_which_people_count(home: Home) -> None:
    names = ["lamp 10", "Lamp 2", "등 10", "lamp 1", "등 9", "10", "9", "Lamp"]
    for name in names:
        lamp(home, name)

    assert devices_in(home, WHOLE_HOME) == ["9", "10", "Lamp", "lamp 1", "Lamp 2", "lamp 10", "등 9", "등 10"]


def test_a_touch_on_what_has_gone_does_nothing(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        with ExitStack() as watching:
            model, _ = tiles_of(home, parent, watching)
            for slot in (model.touch, model.hold):
                slot("gone")
            model.press("gone", 0)
            model.slide("gone", 50)

    run(scene())


# Areas


def areas_of(
    home: Home, parent: QObject, watching: ExitStack, group: asyncio.TaskGroup
) -> tuple[AreaModel, TileModel, Watched]:
    tasks = Tasks(home, group, ToastModel(parent))
    tiles = TileModel(home, tasks, parent)
    areas = AreaModel(home, tiles, tasks, parent)
    watching.enter_context(home.watched_by(areas.on_change))
    watching.enter_context(home.watched_by(tiles.on_change))
    return areas, tiles, Watched(areas)


def test_areas_tell_how_many_things_are_on(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        with ExitStack() as watching:
            async with asyncio.TaskGroup() as group:
                lamp(home, "a")
                lamp(home, "b", area_id=BED)
                _, _, watched = areas_of(home, parent, watching, group)
                assert watched.column("name") == ["Whole home", "Living room", "Bedroom"]
                assert watched.column("onCount") == [2, 1, 1]

                home.report(DeviceId("b"), C("light"), LightState(on=False))

                await until(lambda: watched.column("onCount") == [1, 1, 0])
                assert watched.resets == 0

    run(scene())


def test_what_is_in_no_area_has_a_place_only_when_there_is_something(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        with ExitStack() as watching:
            async with asyncio.TaskGroup() as group:
                areas, tiles, watched = areas_of(home, parent, watching, group)
                lamp(home, "a", area_id=None)
                await until(lambda: watched.column("name") == ["Whole home", "Living room", "Bedroom", "Elsewhere"])
                areas.show(3)

                home.place(DeviceId("a"), Placement(area_id=BED))

                await until(lambda: watched.column("name") == ["Whole home", "Living room", "Bedroom"])
                assert areas.property("currentName") == "Whole home"
                assert tiles.property("count") == 1

    run(scene())


def test_the_summary_tells_lights_and_the_temperature_of_the_area(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        with ExitStack() as watching:
            async with asyncio.TaskGroup() as group:
                lamp(home, "a")
                lamp(home, "b", on=False)
                add(home, "heat", (Climate(id=C("c")), ClimateState(current_c=21.26)), area_id=LIVING)
                sensor = Sensor(id=C("t"), device_class="temperature", unit="°C")
                add(home, "thermometer", (sensor, SensorState(value=18)), area_id=BED)
                areas, _, _ = areas_of(home, parent, watching, group)
                assert areas.property("summary") == "1 light on"

                areas.show(1)
                assert areas.property("summary") == "1 light on · 21.3°"
                areas.show(2)
                assert areas.property("summary") == "18°"

    run(scene())


def test_all_lights_of_the_area_go_off_and_nothing_else(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        with ExitStack() as watching:
            async with asyncio.TaskGroup() as group:
                lamp(home, "a")
                lamp(home, "elsewhere", area_id=BED)
                add(home, "fridge", (Switch(id=C("p")), SwitchState(on=True)), area_id=LIVING)
                areas, _, _ = areas_of(home, parent, watching, group)
                areas.show(1)

                areas.turnLightsOff()

                await until(lambda: areas.property("hasLightsOn") is False)
            adapter = home._adapters["a"]
            assert isinstance(adapter, Obedient) and adapter.asked == [("a", "light", Turn(on=False))]

    run(scene())


def test_nothing_counts_as_on_while_the_link_is_down(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        with ExitStack() as watching:
            async with asyncio.TaskGroup() as group:
                lamp(home, "a")
                _, _, watched = areas_of(home, parent, watching, group)

                home.link_down("a")

                await until(lambda: watched.column("onCount") == [0, 0, 0])

    run(scene())


# Pairing, clients, clock, settings


def test_the_countdown_ends_with_the_code(run: Run, parent: QObject) -> None:
    async def scene() -> None:
        now = [1000.0]
        desk = PairingDesk(clock=lambda: now[0], tries=Tries(clock=lambda: now[0]))
        sheet = PairingSheet(desk, lambda: now[0], parent)
        with desk.watched_by(sheet.on_live_code):
            desk.ask(name="phone", address="10.0.0.2")
            assert sheet.property("isOpen") and sheet.property("remaining") == "2:00"

            now[0] += 18
            await until(lambda: sheet.property("remaining") == "1:42")
            now[0] += CODE_LIVES_S
            await until(lambda: not sheet.property("isOpen"))

            assert desk.live is None

    run(scene())


def test_what_a_sheet_said_stays_while_it_fades_away(run: Run, parent: QObject) -> None:
    async def scene() -> None:
        desk = PairingDesk(clock=lambda: 0.0, tries=Tries(clock=lambda: 0.0))
        sheet = PairingSheet(desk, lambda: 0.0, parent)
        with desk.watched_by(sheet.on_live_code):
            desk.ask(name="phone", address="10.0.0.2")
            said = [sheet.property(name) for name in ("title", "address", "code")]

            desk.burn()

            assert not sheet.property("isOpen")
            assert [sheet.property(name) for name in ("title", "address", "code")] == said

    run(scene())


def test_a_wrong_code_is_told(run: Run, parent: QObject) -> None:
    async def scene() -> None:
        desk = PairingDesk(clock=lambda: 0.0, tries=Tries(clock=lambda: 0.0))
        sheet = PairingSheet(desk, lambda: 0.0, parent)
        with desk.watched_by(sheet.on_live_code):
            request = desk.ask(name="phone", address="10.0.0.2")
            assert not sheet.property("hasWrongTry")
            live = desk.live
            assert live is not None
            wrong = "000000" if live.code != "000000" else "111111"

            with pytest.raises(Exception, match="wrong code"):
                desk.redeem(request_id=request.request_id, secret=request.secret, code=wrong, address="10.0.0.7")

            assert sheet.property("hasWrongTry")

    run(scene())


def test_clients_are_listed_and_go_when_their_session_ends(
    run: Run, home: Home, parent: QObject, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with open_storage(tmp_path, home, history_days=1, history_mb=1) as storage, asyncio.TaskGroup() as group:
            toasts = ToastModel(parent)
            tasks = Tasks(home, group, toasts)
            gate = OwnerGate(storage.pin, tasks, parent)
            model = ClientModel(storage.sessions, storage.wrong_tries, gate, tasks, toasts, parent)
            watched = Watched(model)
            admission = await storage.sessions.add(name="phone", role=Role.GUEST, address="10.0.0.2")
            model.refresh()
            assert watched.column("name") == ["phone"]
            words = str(watched.read(0, "words"))
            assert words.startswith("Guest · last here ") and words.endswith(" · 10.0.0.2")

            with storage.sessions.watched_by(model.on_session_end):
                model.remove(admission.session.id)
                await until(lambda: watched.column("name") == [])

            await until(lambda: toasts.texts == ["phone was removed"])

    run(scene())


def test_clients_keep_their_places_in_the_list_whoever_was_here_last(
    run: Run, home: Home, parent: QObject, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with open_storage(tmp_path, home, history_days=1, history_mb=1) as storage, asyncio.TaskGroup() as group:
            toasts = ToastModel(parent)
            tasks = Tasks(home, group, toasts)
            gate = OwnerGate(storage.pin, tasks, parent)
            model = ClientModel(storage.sessions, storage.wrong_tries, gate, tasks, toasts, parent)
            watched = Watched(model)
            await storage.sessions.add(name="phone", role=Role.RESIDENT, address="10.0.0.2")
            tablet = await storage.sessions.add(name="tablet", role=Role.RESIDENT, address="10.0.0.3")
            model.refresh()

            storage.sessions.saw(tablet.session.id, address="10.0.0.4")
            model.refresh()

            assert str(watched.read(1, "words")).endswith(" · 10.0.0.4")
            assert watched.column("name") == ["phone", "tablet"]

    run(scene())


def test_the_clock_tells_the_time_in_the_language_of_the_household(korean: None, parent: QObject) -> None:
    clock = WallClock(lambda: QDateTime.fromString("2026-11-23T14:17:58", Qt.DateFormat.ISODate), parent=parent)

    assert clock.property("time") == "14:17"
    assert clock.property("date") == "11월 23일 월요일"


def test_what_was_chosen_is_kept(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        kept: list[Preferences] = []

        async def keep(preferences: Preferences) -> None:
            kept.append(preferences)

        async with asyncio.TaskGroup() as group:
            tasks = Tasks(home, group, ToastModel(parent))
            settings = PanelSettings(WHEREABOUTS, Preferences(), keep, tasks, parent)
            settings.chooseTheme("light")
            settings.chooseTheme("light")
            assert settings.property("isDark") is False

        assert kept == [Preferences(theme="light")]

    run(scene())


def test_what_is_not_chosen_is_as_the_system_has_it(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        async with asyncio.TaskGroup() as group:
            tasks = Tasks(home, group, ToastModel(parent))
            settings = PanelSettings(WHEREABOUTS, Preferences(), None, tasks, parent)

        assert settings.property("language") == settings.property("theme") == "auto"
        assert settings.property("isDark") is True

    run(scene())


async def test_what_was_chosen_outlives_the_window(tmp_path: Path) -> None:
    file = PreferencesFile(tmp_path / "panel.json")
    assert file.load(Preferences(theme="light")) == Preferences(theme="light")

    await file.keep(Preferences(language="ko", is_still=True))

    assert PreferencesFile(tmp_path / "panel.json").load(Preferences()) == Preferences(language="ko", is_still=True)


async def test_what_was_chosen_is_for_the_owner_of_the_home_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        await PreferencesFile(tmp_path / "panel.json").keep(Preferences())
    finally:
        os.umask(before)

    assert (tmp_path / "panel.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"3"])
def test_a_spoilt_file_of_choices_stops_nobody(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "panel.json").write_bytes(content)

    assert PreferencesFile(tmp_path / "panel.json").load(Preferences()) == Preferences()


def test_a_choice_of_another_kind_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "panel.json").write_text('{"language": 3, "theme": "dark", "later": 1}')

    assert PreferencesFile(tmp_path / "panel.json").load(Preferences()) == Preferences(theme="dark")


def test_the_qr_code_is_a_picture_of_the_address(loop: object) -> None:
    picture = QImage.fromData(base64.b64decode(qr_source("http://192.168.0.10:8080").split(",")[1]))

    assert picture.width() == picture.height() >= 21
    assert qr_source("") == ""


def test_the_addresses_follow_the_network(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        async with asyncio.TaskGroup() as group:
            tasks = Tasks(home, group, ToastModel(parent))
            settings = PanelSettings(WHEREABOUTS, Preferences(), None, tasks, parent)
            told: list[str] = []
            settings.changed.connect(lambda: told.append(settings.property("url")))

            settings.show_whereabouts(replace(WHEREABOUTS, url="http://10.0.0.7:8080", broker="10.0.0.7:1883"))
            settings.show_whereabouts(replace(WHEREABOUTS, url="http://10.0.0.7:8080", broker="10.0.0.7:1883"))

        assert told == ["http://10.0.0.7:8080"]
        assert settings.property("broker") == "10.0.0.7:1883"
        assert settings.property("qr") == qr_source("http://10.0.0.7:8080")

    run(scene())


def test_the_fingerprint_stands_in_lines_that_can_be_compared(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        async with asyncio.TaskGroup() as group:
            tasks = Tasks(home, group, ToastModel(parent))
            settings = PanelSettings(WHEREABOUTS, Preferences(), None, tasks, parent)
            bare = PanelSettings(replace(WHEREABOUTS, fingerprint=""), Preferences(), None, tasks, parent)

        lines = settings.property("fingerprint").split("\n")
        assert [len(line.split(" ")) for line in lines] == [8, 8, 8, 8]
        assert " ".join(lines) == WHEREABOUTS.fingerprint
        assert bare.property("fingerprint") == ""

    run(scene())


def test_only_pictures_and_web_addresses_are_shown() -> None:
    assert picture_source(ImageState(data=b"\x00", media_type="image/png")) == "data:image/png;base64,AA=="
    assert picture_source(ImageState(url="http://camera/1.jpg")) == "http://camera/1.jpg"
    assert picture_source(ImageState(url="file:///etc/passwd")) == ""


# Tasks and toasts


def test_a_refusal_is_shown_and_a_bug_is_logged(
    run: Run, home: Home, parent: QObject, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "intercom.panel.tasks")

    async def scene() -> None:
        toasts = ToastModel(parent)

        async def refuse() -> None:
            raise InvalidInputError("expected a name")

        async def fail() -> None:
            raise ZeroDivisionError

        async with asyncio.TaskGroup() as group:
            tasks = Tasks(home, group, toasts)
            tasks.start(refuse())
            tasks.start(fail())

        assert toasts.texts == ["This is not possible here", "Something went wrong"]
        assert "a touch was refused: expected a name" in caplog.text
        assert "a touch failed" in caplog.text

    run(scene())


def test_a_touch_while_the_app_stops_does_nothing(run: Run, home: Home, parent: QObject) -> None:
    async def scene() -> None:
        async with asyncio.TaskGroup() as group:
            tasks = Tasks(home, group, ToastModel(parent))
        tasks.start(asyncio.sleep(1))

    run(scene())


def test_few_messages_are_shown_at_once_and_none_twice(loop: object, parent: QObject) -> None:
    toasts = ToastModel(parent)

    for text in ("a", "b", "a", "c", "d"):
        toasts.show(text)

    assert toasts.texts == ["a", "c", "d"]
    assert len(toasts.texts) == MOST_TOASTS


# Language


def test_a_device_that_does_not_answer_is_named_in_korean(korean: None) -> None:
    assert refusal_text(DeviceUnavailableError("lamp did not answer"), "거실 천장등") == "거실 천장등: 응답이 없습니다"
    assert refusal_text(LinkDownError(""), "거실 천장등") == "거실 천장등: 연결이 끊겨 조작할 수 없습니다"


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (StorageError("/data/intercom.db cannot be written: disk I/O error"), "저장하지 못했습니다"),
        (WaitError(30.0), "시도가 너무 잦습니다"),
        (NotFoundError("there is no device 'lamp'"), "이미 없어졌습니다"),
        (InvalidInputError("expected one of move and position_pct"), "여기서는 할 수 없습니다"),
        (LastOwnerError("'Mina' is the last owner"), "지금 있는 것과 맞지 않습니다"),
        (ForbiddenError("owners only"), "주인만 할 수 있습니다"),
        (IntercomError("whatever it is"), "문제가 생겼습니다"),
    ],
)
def test_no_refusal_is_shown_in_the_words_of_a_program(korean: None, error: IntercomError, shown: str) -> None:
    assert refusal_text(error, "").startswith(shown)
    assert refusal_text(error, "거실 천장등").startswith(f"거실 천장등: {shown}")
    assert str(error) not in refusal_text(error, "거실 천장등")


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("휴대폰", "휴대폰이 들어오려고"),
        ("아이패드", "아이패드가 들어오려고"),
        ("폰 7", "폰 7이 들어오려고"),
        ("iPad", "iPad이(가) 들어오려고"),
    ],
)
def test_a_korean_particle_follows_the_sound_before_it(korean: None, name: str, phrase: str) -> None:
    assert panel_text("%1 wants to come in", name).startswith(phrase)


def test_words_are_said_in_korean_with_their_arguments(korean: None) -> None:
    assert say_all((Words("On"), Words("%1", ("70 %",)))) == "켜짐 · 70 %"
    assert say(Words("No news since %1", at=time.time())).endswith("부터 소식 없음")


def test_an_argument_with_a_place_in_it_stays_as_it_is(loop: object) -> None:
    assert say(Words("%1 at %2", ("%2", "x"))) == "%2 at x"


def test_another_day_is_told(korean: None) -> None:
    at = QDateTime.fromString("2024-01-02T03:04:00", Qt.DateFormat.ISODate).toSecsSinceEpoch()

    assert clock_time(at) == "1월 2일 03:04"


def test_an_unknown_language_is_the_systems(loop: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QLocale, "uiLanguages", lambda _: ["ko-Kore-KR", "en-US"])
    language = Language()

    language.speak("auto")
    assert panel_text("Whole home") == "집 전체"

    language.speak("en")
    assert panel_text("Whole home") == "Whole home"
