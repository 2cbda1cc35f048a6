"""Restoring, erasing and backing up, killed at every step and at any moment: then there is one whole home, or none.

Each runs in a process of its own, which kills itself with SIGKILL after a step, or is killed from outside. What the old
home knew last is only in its database's log, as after a kill: it must not get into the new one.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from intercom.storage import swap
from intercom.storage.backup import restore
from intercom.storage.erasing import erase_home
from intercom.storage.storage import open_home_database
from tests.unit.storage.age_files import age_file
from tests.unit.storage.homes import PASSPHRASE, Told, killed, live_in, packed, tell

CHECKOUT = Path(__file__).parents[2]
OLD = ("Kitchen", "Old, and not yet in the file")
NEW = ("Cellar",)

# Does what it is told to, and dies after a step. It says that it begins, for those who kill it at any moment.
DOER = """
import os, signal, sys
from pathlib import Path
from intercom.storage.alone import alone
from intercom.storage.backup import make_backup, restore
from intercom.storage.erasing import erase_home

what, folder, backup, last = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]

def at_step(step):
    if step == last:
        os.kill(os.getpid(), signal.SIGKILL)

print("begins", flush=True)
if what == "restore":
    restore(folder, backup, "correct horse battery", at_step=at_step)
elif what == "erase":
    with alone(folder):
        erase_home(folder, at_step=at_step)
else:
    make_backup(folder, backup, "correct horse battery")
print("is done", flush=True)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the old home, as a kill left it, and a backup of the same home when it was different."""
    place = tmp_path_factory.mktemp("place")
    live_in(place / "lived", area=NEW[0], client="new phone")
    (place / "lived" / "panel.json").write_text("new")
    (place / "lived" / "broker" / "kept.mqtt").write_bytes(b"")
    (place / "new.age").write_bytes(age_file(packed(place / "lived"), PASSPHRASE))
    shutil.rmtree(place / "lived" / "tls")
    (place / "lived" / "panel.json").write_text("old")
    (place / "lived" / "broker" / "credentials.json").write_text('{"user": "intercom", "password": "old"}')
    rename_area(place / "lived", OLD[0])
    killed(place / "lived", place / "old", area=OLD[1])
    return place


def rename_area(folder: Path, name: str) -> None:
    async def rename() -> None:
        async with open_home_database(folder) as database, database.transaction() as transaction:
            await transaction.execute("UPDATE areas SET name = ?", (name,))

    asyncio.run(rename())


@pytest.fixture
def folder(place: Path, tmp_path: Path) -> Path:
    """The old home's folder, for one test."""
    shutil.copytree(place / "old", tmp_path / "data")
    return tmp_path / "data"


def steps(work: Callable[[Callable[[str], None]], object]) -> list[str]:
    seen: list[str] = []
    work(seen.append)
    return seen


def do(what: str, folder: Path, backup: Path, *, last: str = "", kill_after_s: float | None = None) -> int:
    """Run one in a process of its own; return its exit code."""
    with subprocess.Popen(
        [sys.executable, "-c", DOER, what, str(folder), str(backup), last], stdout=subprocess.PIPE, cwd=CHECKOUT
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"begins\n"
            process.wait(60 if kill_after_s is None else kill_after_s)
        except subprocess.TimeoutExpired:
            pass
        finally:
            process.kill()
    return process.returncode


def is_whole_old(told: Told, folder: Path) -> bool:
    """Tell whether it is the old home; fail when it is a bit of both."""
    is_old = told.areas == list(OLD)
    assert is_old or told.areas == list(NEW)
    assert told.clients == (["new phone"] if is_old else [])
    assert (told.broker_password == "old") is is_old
    assert (folder / "panel.json").read_text() == ("old" if is_old else "new")
    assert (folder / "tls").exists() is not is_old
    assert (folder / "broker" / "kept.mqtt").exists()
    assert told.history == [{"on": True}]
    assert told.wrong_tries == (100.0, 200.0)
    assert not any((folder / name).exists() for name in ("restoring", "erasing", "backing-up"))
    assert not list(folder.glob("*.damaged-*"))
    return is_old


def test_a_restore_that_is_killed_after_any_step_leaves_the_whole_old_or_the_whole_new_home(
    place: Path, folder: Path, tmp_path: Path
) -> None:
    seen = steps(lambda at_step: restore(folder, place / "new.age", PASSPHRASE, at_step=at_step))
    assert not is_whole_old(tell(folder), folder)
    assert len(seen) == len(set(seen)) >= 14
    came_back_old = []

    for step in seen:
        shutil.rmtree(folder)
        shutil.copytree(place / "old", folder)
        assert do("restore", folder, place / "new.age", last=step) == -signal.SIGKILL
        came_back_old.append(is_whole_old(tell(folder), folder))

    ready = seen.index("ready")
    assert came_back_old == [index < ready for index in range(len(seen))]


def test_a_restore_that_was_killed_is_finished_or_undone_by_the_next_one(place: Path, folder: Path) -> None:
    seen = steps(lambda at_step: restore(folder, place / "new.age", PASSPHRASE, at_step=at_step))

    for step in seen[:: len(seen) // 4]:
        shutil.rmtree(folder)
        shutil.copytree(place / "old", folder)
        assert do("restore", folder, place / "new.age", last=step) == -signal.SIGKILL

        restore(folder, place / "new.age", PASSPHRASE)

        assert not is_whole_old(tell(folder), folder)


def test_finishing_a_restore_can_be_killed_as_well(place: Path, folder: Path) -> None:
    assert do("restore", folder, place / "new.age", last="ready") == -signal.SIGKILL
    shutil.copytree(folder, folder.with_name("ready"))
    seen = steps(lambda at_step: swap.finish(folder, at_step=at_step))

    for step in seen:
        shutil.rmtree(folder)
        shutil.copytree(folder.with_name("ready"), folder)

        def die(now: str, at: str = step) -> None:
            if now == at:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            swap.finish(folder, at_step=die)
        assert not is_whole_old(tell(folder), folder)


def test_a_restore_that_is_killed_at_any_moment_leaves_a_whole_home(place: Path, folder: Path) -> None:
    for seed in range(12):
        shutil.rmtree(folder)
        shutil.copytree(place / "old", folder)
        do("restore", folder, place / "new.age", kill_after_s=random.Random(seed).uniform(0, 0.12))
        is_whole_old(tell(folder), folder)  # which of them depends on the machine; it fails on anything between


def test_a_home_that_is_killed_while_it_is_erased_is_erased_by_the_next_start(place: Path, folder: Path) -> None:
    seen = steps(lambda at_step: erase_home(folder, at_step=at_step))
    assert len(seen) >= 6

    for step in seen:
        shutil.rmtree(folder)
        shutil.copytree(place / "old", folder)
        assert do("erase", folder, folder, last=step) == -signal.SIGKILL

        told = tell(folder)

        assert (told.areas, told.clients, told.history, told.broker_password) == ([], [], [], "")
        assert {path.name for path in folder.iterdir()} == {"intercom.db", "history.db", "copies", "running.lock"}


def test_a_home_is_erased_though_a_restore_was_under_way(place: Path, folder: Path) -> None:
    assert do("restore", folder, place / "new.age", last="out broker") == -signal.SIGKILL
    assert do("erase", folder, folder, last="marked") == -signal.SIGKILL

    assert tell(folder).areas == []


def test_a_backup_that_is_killed_leaves_no_copies_behind(place: Path, folder: Path, tmp_path: Path) -> None:
    for seed in range(6):
        do("back up", folder, tmp_path / "a.age", kill_after_s=random.Random(seed).uniform(0, 0.1))

        assert is_whole_old(tell(folder), folder)


def test_a_backup_that_was_killed_does_not_hinder_the_next_one(place: Path, folder: Path, tmp_path: Path) -> None:
    (folder / "backing-up" / "broker").mkdir(parents=True)
    (folder / "backing-up" / "intercom.db").write_text("a torn copy")

    assert do("back up", folder, tmp_path / "a.age") == 0

    restore(folder, tmp_path / "a.age", PASSPHRASE)
    assert tell(folder).areas == list(OLD)
