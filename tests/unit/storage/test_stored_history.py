"""The history: what is kept of a home's changes, how much of it, and for how long."""

from __future__ import annotations

import errno
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from intercom.home.capabilities import (
    Capability,
    CapabilityId,
    Category,
    Color,
    Event,
    EventState,
    Image,
    ImageState,
    Light,
    LightMode,
    LightState,
    Sensor,
    SensorState,
    Switch,
    SwitchState,
    Text,
    TextState,
)
from intercom.home.errors import InvalidInputError, StartupError
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId
from intercom.home.trouble import TroubleKind
from intercom.storage import history as module
from intercom.storage.database import Database, StorageError
from intercom.storage.history import History, open_history

if TYPE_CHECKING:
    from tests.unit.storage.conftest import Clock

LAMP = DeviceId("lamp")
PLUG = DeviceId("plug")
SWITCH = CapabilityId("switch")
POWER = CapabilityId("power")

DAY_S = 86400.0


@pytest.fixture
def home(clock: Clock) -> Home:
    home = Home(clock=clock)
    announce(home, LAMP)
    announce(home, PLUG)
    return home


def announce(home: Home, device_id: DeviceId, *capabilities: Capability) -> None:
    both = (Switch(id=SWITCH), Sensor(id=POWER, unit="W"))
    home.announce(Device(id=device_id, adapter="test", name=device_id, capabilities=capabilities or both))


def turn(home: Home, device_id: DeviceId, on: bool) -> None:
    home.report(device_id, SWITCH, SwitchState(on=on))


@pytest.fixture
def opened(tmp_path: Path, home: Home, clock: Clock) -> Any:
    """Open the history of the home, as often as the test likes."""

    @asynccontextmanager
    async def opened(*, max_days: int = 30, max_mb: int = 10) -> AsyncIterator[History]:
        path = tmp_path / "history.db"
        async with open_history(path, home, max_days=max_days, max_mb=max_mb, clock=clock) as history:
            yield history

    return opened


def set_aside(folder: Path) -> list[Path]:
    return list(folder.glob("history.db.damaged-????????T??????Z"))


async def states(history: History, device_id: DeviceId = LAMP, **asked: Any) -> list[dict[str, Any]]:
    return [entry.state for entry in await history.query(device_id, **asked)]


# What is kept


async def test_changes_are_there_at_once_the_newest_first_with_their_times(
    opened: Any, home: Home, clock: Clock
) -> None:
    async with opened() as history:
        turn(home, LAMP, on=True)
        clock.now += 5
        turn(home, LAMP, on=False)
        turn(home, PLUG, on=True)

        entries = await history.query(LAMP)

    assert [(entry.at, entry.capability_id, entry.state) for entry in entries] == [
        (clock.now, SWITCH, {"on": False}),
        (clock.now - 5, SWITCH, {"on": True}),
    ]


async def test_nothing_changes_in_what_is_told_by_writing_it_down(opened: Any, home: Home, clock: Clock) -> None:
    async with opened() as history:
        for number in range(6):
            turn(home, LAMP, on=number % 2 == 0)
            clock.now += 1
            if number == 2:
                await history.write()
        before = await history.query(LAMP)
        await history.write()

        assert len(before) == 6
        assert await history.query(LAMP) == before

    async with opened() as history:
        assert await history.query(LAMP) == before


async def test_a_query_is_limited_in_capability_time_and_number(opened: Any, home: Home, clock: Clock) -> None:
    began = clock.now
    async with opened() as history:
        for number in range(4):
            clock.now = began + number
            turn(home, LAMP, on=number % 2 == 0)
            home.report(LAMP, POWER, SensorState(value=number))
            if number == 1:
                await history.write()

        assert await states(history, capability_id=POWER) == [{"value": 3}, {"value": 2}, {"value": 1}, {"value": 0}]
        assert await states(history, capability_id=POWER, since=began + 1) == [{"value": 3}, {"value": 2}, {"value": 1}]
        assert await states(history, capability_id=POWER, limit=3) == [{"value": 3}, {"value": 2}, {"value": 1}]
        assert len(await states(history)) == 8
        assert len(await states(history, limit=3)) == 3
        assert await states(history, DeviceId("nobody")) == []
        for limit in (0, -1, 1001):
            with pytest.raises(InvalidInputError, match="limit"):
                await history.query(LAMP, limit=limit)


async def test_only_what_a_device_said_is_kept_of_its_state(opened: Any, home: Home) -> None:
    announce(home, LAMP, Light(id=CapabilityId("light"), has_color=True))
    state = LightState(on=True, mode=LightMode.COLOR, color=Color(hue_deg=120, saturation_pct=50))

    async with opened() as history:
        home.report(LAMP, CapabilityId("light"), state)

        assert await states(history) == [{"on": True, "mode": "color", "color": {"hue_deg": 120, "saturation_pct": 50}}]


async def test_secret_texts_and_pictures_are_never_kept(opened: Any, home: Home) -> None:
    secret, picture = CapabilityId("secret"), CapabilityId("picture")
    announce(home, LAMP, Text(id=secret, is_secret=True), Image(id=picture), Text(id=CapabilityId("text")))

    async with opened() as history:
        home.report(LAMP, secret, TextState(text="hunter2"))
        home.report(LAMP, picture, ImageState(taken_at=1.0, data=b"JPEG"))
        home.report(LAMP, CapabilityId("text"), TextState(text="hello"))

        assert await states(history) == [{"text": "hello"}]


async def test_a_text_that_becomes_secret_is_no_longer_kept(opened: Any, home: Home) -> None:
    text = CapabilityId("text")
    announce(home, LAMP, Text(id=text))

    async with opened() as history:
        home.report(LAMP, text, TextState(text="hello"))
        announce(home, LAMP, Text(id=text, is_secret=True))
        home.report(LAMP, text, TextState(text="hunter2"))

        assert await states(history) == [{"text": "hello"}]


async def test_what_is_not_a_change_of_state_is_not_kept(opened: Any, home: Home) -> None:
    async with opened() as history:
        turn(home, LAMP, on=True)
        home.set_available(LAMP, SWITCH, is_available=False)
        home.set_available(LAMP, SWITCH, is_available=True)
        home.set_available(LAMP, POWER, is_available=False)
        home.link_down("test")

        assert await states(history) == [{"on": True}]


async def test_each_happening_is_kept_even_when_it_says_the_same(opened: Any, home: Home) -> None:
    ring = CapabilityId("ring")
    announce(home, LAMP, Event(id=ring, device_class="doorbell", event_types=("ring",)))

    async with opened() as history:
        for number in range(3):
            home.report(LAMP, ring, EventState(event="ring", happened_at=7.0))
            home.set_available(LAMP, ring, is_available=number % 2 == 1)
        await history.write()

        assert await states(history) == [{"event": "ring", "happened_at": 7.0}] * 3


async def test_what_devices_report_again_after_a_restart_is_no_change(opened: Any, home: Home, clock: Clock) -> None:
    async with opened():
        turn(home, LAMP, on=True)
        home.report(LAMP, POWER, SensorState(value=5))
    home.withdraw(LAMP)
    clock.now += 100

    async with opened() as history:
        announce(home, LAMP)
        turn(home, LAMP, on=True)
        home.report(LAMP, POWER, SensorState(value=6))
        before = await history.query(LAMP)
        await history.write()

        assert [entry.state for entry in before] == [{"value": 6}, {"value": 5}, {"on": True}]
        assert await history.query(LAMP) == before


# How much is kept


async def test_of_a_lively_capability_the_first_changes_of_a_minute_and_the_last_are_kept(
    opened: Any, home: Home, clock: Clock
) -> None:
    async with opened() as history:
        for minute in range(2):
            for number in range(1000):
                clock.now += 0.01
                home.report(LAMP, POWER, SensorState(value=minute * 1000 + number))
                turn(home, LAMP, on=number % 2 == 0)
            told = await states(history, capability_id=POWER)
            await history.write()
            assert await states(history, capability_id=POWER) == told

        assert await states(history, capability_id=POWER) == [
            {"value": value} for value in (1999, 1002, 1001, 1000, 999, 2, 1, 0)
        ]
        assert len(await states(history, capability_id=SWITCH)) == 40


async def test_of_a_technical_value_the_last_of_a_minute_is_kept(opened: Any, home: Home) -> None:
    signal = CapabilityId("signal")
    announce(home, LAMP, Sensor(id=signal, category=Category.DIAGNOSTIC))

    async with opened() as history:
        for value in range(10):
            home.report(LAMP, signal, SensorState(value=value))

        assert await states(history) == [{"value": 9}]


async def test_when_too_much_is_unwritten_only_the_latest_states_are_remembered(
    opened: Any, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUFFERED_AT_MOST", 4)

    async with opened() as history:
        for number in range(51):
            turn(home, LAMP, on=number % 2 == 0)
            turn(home, PLUG, on=number % 2 == 1)
        assert [len(await states(history, each)) for each in (LAMP, PLUG)] == [3, 3]

        for _ in range(2):
            await history.write()
        assert (await states(history))[0] == {"on": True}
        assert (await states(history, PLUG))[0] == {"on": False}
        assert [len(await states(history, each)) for each in (LAMP, PLUG)] == [3, 3]


async def test_what_is_too_old_is_dropped(opened: Any, home: Home, clock: Clock) -> None:
    async with opened(max_days=7) as history:
        for day in range(10):
            turn(home, LAMP, on=day % 2 == 0)
            await history.write()
            clock.now += DAY_S
        clock.now -= DAY_S
        await history.write()

        ages = [round((clock.now - entry.at) / DAY_S) for entry in await history.query(LAMP)]

    assert ages == [0, 1, 2, 3, 4, 5, 6, 7]


async def test_the_file_stays_within_its_size_and_keeps_the_newest(
    opened: Any, home: Home, clock: Clock, tmp_path: Path
) -> None:
    text = CapabilityId("text")
    announce(home, LAMP, Text(id=text))
    number = 0

    async with opened(max_mb=1) as history:
        for _ in range(300):
            for _ in range(20):
                number += 1
                clock.now += 3
                home.report(LAMP, text, TextState(text=f"{number} " + "x" * 400))
            await history.write()
        kept = await states(history, limit=1000)

    assert (tmp_path / "history.db").stat().st_size <= 1_000_000
    numbers = [int(state["text"].split()[0]) for state in kept]
    assert numbers == list(range(number, number - len(numbers), -1))
    assert len(numbers) == 1000


async def test_a_smaller_size_is_reached_in_a_few_steps(opened: Any, home: Home, clock: Clock, tmp_path: Path) -> None:
    text = CapabilityId("text")
    announce(home, LAMP, Text(id=text))
    async with opened(max_mb=100) as history:
        for _ in range(30):
            for number in range(20):
                home.report(LAMP, text, TextState(text=f"{number}" * 3000))
            await history.write()
    assert (tmp_path / "history.db").stat().st_size > 2_000_000

    async with opened(max_mb=1) as history:
        for _ in range(3):
            clock.now += 3600
            await history.write()

    assert (tmp_path / "history.db").stat().st_size <= 1_000_000


async def test_the_history_of_one_device_or_of_all_is_forgotten(opened: Any, home: Home) -> None:
    async with opened() as history:
        for device_id in (LAMP, PLUG):
            turn(home, device_id, on=True)
        await history.write()
        for device_id in (LAMP, PLUG):
            turn(home, device_id, on=False)

        await history.forget(LAMP)
        assert await states(history) == []
        assert await states(history, PLUG) == [{"on": False}, {"on": True}]

        await history.forget()
        assert await states(history, PLUG) == []

        turn(home, LAMP, on=True)
        await history.write()
        assert await states(history) == [{"on": True}]


# When things go wrong


async def test_what_the_disk_refused_is_written_later(opened: Any, home: Home, tmp_path: Path) -> None:
    async with opened() as history:
        turn(home, LAMP, on=True)
        await history.write()
        await history._database.fetch("PRAGMA max_page_count = 1")
        announce(home, PLUG, Text(id=CapabilityId("text")))
        home.report(PLUG, CapabilityId("text"), TextState(text="x" * 100_000))

        with pytest.raises(StorageError, match="full"):
            await history.write()
        await history._database.fetch("PRAGMA max_page_count = 100000")
        await history.write()

    async with opened() as history:
        assert await states(history, PLUG) == [{"text": "x" * 100_000}]


async def test_a_disk_that_refuses_for_weeks_is_one_warning(
    opened: Any, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def warnings() -> int:
        return caplog.text.count("the history cannot be written, and begins in memory")

    with monkeypatch.context() as refusing:
        refusing.setattr(module, "open_database", refusing_disk)
        async with opened() as history:
            for _ in range(3):
                await history.look_after()
            assert warnings() == 1
            assert [trouble.kind for trouble in home.troubles] == [TroubleKind.DISK_BROKEN]

            refusing.undo()
            await history.look_after()
            assert home.troubles == []
            turn(home, LAMP, on=True)
            await history.write()

    async with opened() as history:
        assert await states(history) == [{"on": True}]


@asynccontextmanager
async def refusing_disk(path: Path, *_: object, **__: object) -> AsyncIterator[Database]:
    """Open nothing, as on a read-only disk."""
    raise StartupError(f"{path} cannot be used") from OSError(errno.EROFS, "Read-only file system")
    yield  # so that it is a context


async def test_a_damaged_history_is_set_aside_and_a_new_one_begun(
    opened: Any, home: Home, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "history.db").write_bytes(b"rubbish" * 1000)

    async with opened() as history:
        turn(home, LAMP, on=True)
        await history.write()
        assert await states(history) == [{"on": True}]

    (kept,) = set_aside(tmp_path)
    assert kept.read_bytes() == b"rubbish" * 1000
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert str(kept) in caplog.text


async def test_a_history_that_turns_out_damaged_is_set_aside_when_it_is_closed(
    opened: Any, home: Home, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "history.db"
    announce(home, LAMP, Text(id=CapabilityId("text")))
    async with opened() as history:
        for number in range(20):
            home.report(LAMP, CapabilityId("text"), TextState(text=f"{number}" * 1000))
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = b"\xff" * (len(content) - 4096 * 3)
    path.write_bytes(content)

    async with opened() as history:
        with pytest.raises(StorageError):
            await history.query(LAMP)

    assert "the next start begins anew" in caplog.text
    assert len(set_aside(tmp_path)) == 1
    async with opened() as history:
        assert await history.query(LAMP) == []
