"""The journeys of a data folder where no open file can be replaced, no folder opened, and locks are of bytes."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pyrage
import pytest

from intercom.devices import kept_log
from intercom.devices.kept_log import KeptLog
from intercom.devices.mqtt_packets import Publish
from intercom.home.errors import StartupError
from intercom.storage.alone import alone, remove_abandoned, working_folder
from intercom.storage.backup import make_backup, restore
from intercom.storage.contents import is_ours
from intercom.storage.erasing import erase_home
from tests.unit.as_windows import let_it_be_windows
from tests.unit.storage.homes import PASSPHRASE, live_in, running, tell


@pytest.fixture(autouse=True)
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    let_it_be_windows(monkeypatch)


def test_a_home_is_lived_in_and_is_the_same_after_a_restart(folder: Path) -> None:
    live_in(folder)

    assert tell(folder).areas == ["Kitchen"]
    assert tell(folder).clients == ["phone"]


def test_a_second_program_is_kept_away(folder: Path) -> None:
    folder.mkdir()
    with alone(folder), pytest.raises(StartupError, match="another intercom is running"), alone(folder):
        pass

    with alone(folder):
        pass


def test_a_damaged_database_is_set_aside_and_made_anew(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    live_in(folder)
    before = tell(folder)
    (folder / "intercom.db").write_bytes(b"nothing that was a database" * 1000)

    after = tell(folder)
    assert (after.areas, after.clients, after.lamp) == (before.areas, before.clients, before.lamp)
    assert "intercom.db is damaged" in caplog.text
    assert list(folder.glob("intercom.db.damaged-*"))


def test_a_backup_of_a_home_that_runs_comes_back(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyrage.passphrase, "encrypt", lambda content, _passphrase: content)
    monkeypatch.setattr(pyrage.passphrase, "decrypt", lambda content, _passphrase: content)
    monkeypatch.setattr("intercom.storage.backup.read_backup", Path.read_bytes)
    live_in(folder)
    with running(folder):
        make_backup(folder, tmp_path / "home.age", PASSPHRASE)
    live_in(folder, area="Hall")

    restore(folder, tmp_path / "home.age", PASSPHRASE)

    assert tell(folder).areas == ["Kitchen"]
    assert all(is_ours(path.name) for path in folder.iterdir())


def test_a_home_is_erased(folder: Path) -> None:
    live_in(folder)

    erase_home(folder)

    assert [path.name for path in folder.iterdir()] == ["running.lock"]


def test_only_one_works_in_a_folder_and_what_it_left_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "backing-up"
    with working_folder(path):
        (path / "copy").touch()
        with contextlib.suppress(StartupError), working_folder(path):
            pytest.fail("two work in it")
        remove_abandoned(path)
        assert (path / "copy").exists()
    assert not path.exists()

    path.mkdir()
    (path / "left").touch()
    remove_abandoned(path)
    assert not path.exists()
    assert all(is_ours(each.name) for each in tmp_path.iterdir())


async def test_the_kept_messages_are_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_log, "WASTE_CAP_BYTES", 1_000)
    path = tmp_path / "kept.mqtt"
    log = KeptLog(path)
    truth: dict[str, Publish] = {}

    for number in range(200):
        message = Publish("topic", b"x" * 50 + str(number).encode(), 0, retain=True)
        truth[message.topic] = message
        log.append(message)
        log.flush(truth)
        await asyncio.sleep(0.001)
    await log.close(truth)

    assert path.stat().st_size < 200 * 50
    again = KeptLog(path)
    assert again.loaded == truth
    await again.close(truth)


async def test_no_message_is_lost_while_another_program_keeps_the_file_from_being_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(kept_log, "WASTE_CAP_BYTES", 100)
    path = tmp_path / "kept.mqtt"
    log = KeptLog(path)
    truth: dict[str, Publish] = {}

    with path.open("rb"):  # the stand-in does not care whose it is
        for number in range(100):
            message = Publish(f"topic/{number}", b"x" * 50, 0, retain=True)
            truth[message.topic] = message
            log.append(message)
            log.flush(truth)
            await asyncio.sleep(0.001)
        await log.close(truth)

    assert "could not be written anew" in caplog.text
    again = KeptLog(path)
    assert again.loaded == truth
    await again.close(truth)
