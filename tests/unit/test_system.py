"""Locks and positions in files, as every system has them in its own way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from intercom import system
from tests.unit.as_windows import let_it_be_windows


@pytest.fixture(params=["as it is", "as on Windows"])
def platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "as on Windows":
        let_it_be_windows(monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"one\r\ntwo\n")
    return path


@pytest.fixture
def two(platform: None, path: Path) -> Iterator[tuple[int, int]]:
    """Open a file twice; the test closes the first."""
    one, other = system.open_to_change(path), system.open_to_change(path)
    yield one, other
    system.close_locked(other)


def test_only_one_has_a_lock_until_it_closes_the_file(two: tuple[int, int]) -> None:
    one, other = two

    assert system.try_lock(one)
    assert not system.try_lock(other)

    system.close_locked(one)
    assert system.try_lock(other)


def test_who_waits_for_a_lock_gets_it_when_the_other_one_closes_the_file(two: tuple[int, int]) -> None:
    one, other = two
    assert system.try_lock(one)
    has_it = threading.Event()

    def wait() -> None:
        system.lock(other)
        has_it.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not has_it.wait(0.05)
    system.close_locked(one)

    waiting.join(30)
    assert has_it.is_set()


def test_closing_a_file_that_another_one_has_locked_leaves_it_locked(two: tuple[int, int], path: Path) -> None:
    one, other = two
    assert system.try_lock(other)
    assert not system.try_lock(one)

    system.close_locked(one)

    third = system.open_to_change(path)
    assert not system.try_lock(third)
    system.close_locked(third)


def test_bytes_are_read_and_written_where_they_are(two: tuple[int, int], path: Path) -> None:
    one, other = two
    assert system.try_lock(one)

    system.write_at(one, b"\n2\x1a", 5)

    assert system.read_at(other, 100, 3) == b"\r\n\n2\x1a\n"
    assert path.read_bytes() == b"one\r\n\n2\x1a\n"
    system.close_locked(one)


@pytest.mark.usefixtures("platform")
def test_files_and_folders_are_seen_on_the_disk(path: Path) -> None:
    system.sync_file(path)
    system.sync_folder(path.parent)

    with pytest.raises(FileNotFoundError):
        system.sync_file(path.with_name("other"))
