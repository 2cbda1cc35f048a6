"""The factory reset: what is erased, what is not, and what happens when it is interrupted."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from intercom.home.access import Role
from intercom.home.errors import StartupError
from intercom.home.home import Home
from intercom.storage import erasing
from intercom.storage.alone import alone, remove
from intercom.storage.contents import is_ours
from intercom.storage.erasing import erase_home
from intercom.storage.storage import open_home_database, open_storage
from tests.unit.storage.homes import live_in, tell

LEFTOVERS = (
    "intercom.db.damaged-20260101T000000Z",
    "intercom.db.damaged-20260101T000000Z-wal",
    "history.db.damaged-20260101T000000Z-1",
    "history.db-journal",
    "panel.new",
    "tls/relay.pem",
    "broker/kept.new",
    "restoring/new/intercom.db",
    "backing-up/history.db",
)


def leave(folder: Path) -> None:
    """Live in a folder, with all that may be left there in the course of time."""
    live_in(folder)
    for name in LEFTOVERS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("secret")


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"running.lock"}


def test_nothing_of_the_home_is_left(folder: Path) -> None:
    leave(folder)

    erase_home(folder)

    assert left(folder) == set()


def test_what_somebody_else_put_there_stays(folder: Path, tmp_path: Path) -> None:
    leave(folder)
    for name in ("notes.txt", "intercom.db.bak", "my-history.db", "intercom.db.damaged-yes", "home.age"):
        (folder / name).write_text("mine")
    (folder / "photos").mkdir()
    (folder / "photos" / "panel.json").write_text("mine")

    erase_home(folder)

    assert left(folder) == {
        "notes.txt", "intercom.db.bak", "my-history.db", "intercom.db.damaged-yes", "home.age", "photos",
    }  # fmt: skip
    assert (folder / "photos" / "panel.json").read_text() == "mine"


def test_links_are_removed_and_not_what_they_lead_to(folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept.mqtt").write_text("mine")
    (folder / "broker").symlink_to(tmp_path / "elsewhere")
    (folder / "tls").mkdir()
    (folder / "tls" / "link").symlink_to(tmp_path / "elsewhere")

    erase_home(folder)

    assert left(folder) == set()
    assert (tmp_path / "elsewhere" / "kept.mqtt").read_text() == "mine"


def test_the_next_start_is_a_new_home(folder: Path) -> None:
    live_in(folder)
    old = tell(folder)

    erase_home(folder)

    new = tell(folder)
    assert new.home_id != old.home_id
    assert (new.areas, new.clients, new.history, new.broker_password, new.wrong_tries) == ([], [], [], "", ())


def test_erasing_that_was_decided_is_done_by_the_next_start(folder: Path) -> None:
    live_in(folder)
    erasing.mark(folder)

    assert tell(folder).areas == []
    assert not erasing.is_marked(folder)


async def test_erasing_that_was_decided_is_done_by_the_next_command(folder: Path) -> None:
    await asyncio.to_thread(live_in, folder)
    erasing.mark(folder)

    async with open_home_database(folder) as database:
        assert await database.fetch("SELECT * FROM areas") == []


async def test_no_command_works_on_a_home_that_another_process_is_erasing(folder: Path) -> None:
    await asyncio.to_thread(live_in, folder)
    erasing.mark(folder)

    with alone(folder), pytest.raises(StartupError, match="is just being restored or erased"):
        async with open_home_database(folder):
            pass

    assert (folder / "intercom.db").exists()


def test_what_cannot_be_erased_is_told_and_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live_in(folder)

    def refuse(path: Path) -> None:
        if path.name == "history.db":
            raise PermissionError(1, "Operation not permitted", str(path))
        remove(path)

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "remove", refuse)
        with pytest.raises(StartupError, match=r"not everything in .*: Operation not permitted .*history\.db"):
            erase_home(folder)
    assert left(folder) == {"history.db", "erasing"}

    assert tell(folder).history == []


async def test_a_home_that_runs_ends_its_sessions_at_once_and_is_gone_when_it_is_closed(folder: Path) -> None:
    async with open_storage(folder, Home(), history_days=1, history_mb=1) as storage:
        sessions = [(await storage.sessions.add(name=name, role=Role.OWNER)).session.id for name in ("a", "b")]
        ended: list[str] = []
        with storage.sessions.watched_by(ended.append):
            await storage.begin_erasing()

        assert sorted(ended) == sorted(sessions)
        assert storage.sessions.all == []
        assert erasing.is_marked(folder)

    assert left(folder) == set()


async def test_a_home_that_is_closed_by_an_error_is_erased_all_the_same(folder: Path) -> None:
    with contextlib.suppress(ZeroDivisionError):
        async with open_storage(folder, Home(), history_days=1, history_mb=1) as storage:
            await storage.begin_erasing()
            raise ZeroDivisionError

    assert left(folder) == set()


def test_a_home_is_known_by_its_files() -> None:
    assert all(is_ours(name.partition("/")[0]) for name in LEFTOVERS)
    for name in ("Intercom.db", "intercom.dbx", "history.db-wal.txt", "broker2", "running.lock\n", ""):
        assert not is_ours(name)
