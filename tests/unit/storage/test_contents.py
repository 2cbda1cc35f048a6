"""Whose the data folder is: what is closed to others, and when we only say that it is open."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from intercom.home.home import Home
from intercom.home.tries import Secret
from intercom.storage.contents import close_to_others
from intercom.storage.storage import open_storage
from tests.unit.storage.homes import live_in


@pytest.fixture(params=[0o000, 0o022], ids=oct)
def careless(request: pytest.FixtureRequest) -> Generator[None, None, None]:
    """Let new files be open to others unless the program closes them."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def open_to_others(folder: Path) -> set[str]:
    return {path.name for path in [folder, *folder.rglob("*")] if path.stat().st_mode & 0o077}


@pytest.mark.usefixtures("careless")
async def test_what_the_storage_makes_is_for_its_owner_alone(folder: Path) -> None:
    async with open_storage(folder, Home(), history_days=1, history_mb=1) as storage:
        storage.wrong_tries.tries.count(Secret.CODE, "10.0.0.7")
        await storage.wrong_tries.keep()

        assert {"running.lock", "intercom.db-wal", "history.db-shm"} <= names(folder)
        assert open_to_others(folder) == set()


def test_a_home_that_was_open_is_closed_with_all_in_it(folder: Path) -> None:
    live_in(folder)
    (folder / "intercom.db.damaged-20260101T000000Z").touch()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o775 if path.is_dir() else 0o664)

    close_to_others(folder)

    assert open_to_others(folder) == set()


def test_a_folder_with_other_things_in_it_keeps_its_rights_and_that_is_told(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live_in(folder)
    (folder / "photos").mkdir()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)

    close_to_others(folder)

    assert open_to_others(folder) == {folder.name, "photos"}
    assert f"the data folder {folder} is open to others" in caplog.text


def test_links_lead_to_nothing_that_is_closed(folder: Path, tmp_path: Path) -> None:
    live_in(folder)
    (tmp_path / "mine").mkdir(mode=0o755)
    (tmp_path / "mine").chmod(0o755)
    (folder / "tls" / "link").symlink_to(tmp_path / "mine")

    close_to_others(folder)

    assert (tmp_path / "mine").stat().st_mode & 0o777 == 0o755
