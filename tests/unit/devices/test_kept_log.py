from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from intercom.devices import kept_log
from intercom.devices.kept_log import KeptLog
from intercom.devices.mqtt_packets import Publish
from intercom.home.errors import StartupError


@contextmanager
def opened(path: Path) -> Iterator[KeptLog]:
    """Open it, and at the end do what the system does for a killed process."""
    log = KeptLog(path)
    try:
        yield log
    finally:
        log._file.close()


def write(path: Path, *messages: Publish) -> None:
    with opened(path) as log:
        for message in messages:
            log.append(message)
        log.flush({})


def read(path: Path) -> dict[str, Publish]:
    with opened(path) as log:
        return log.loaded


def put_a_folder_in_its_place(path: Path) -> Path:
    """Let the name of an open file belong to what no file can replace; return the file's new name."""
    aside = path.rename(path.with_name("aside.mqtt"))
    path.mkdir()
    return aside


def kept(topic: str, payload: bytes, qos: int = 0) -> Publish:
    return Publish(topic, payload, qos, retain=True)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept.mqtt"


def test_what_was_flushed_is_there_again_without_a_close(path: Path) -> None:
    write(
        path,
        kept("a", b"1"),
        kept("거실/불", b"\x00\xff", 2),
        kept("a", b"2", 1),
        kept("gone", b"x"),
        kept("gone", b""),
    )

    assert read(path) == {"a": kept("a", b"2", 1), "거실/불": kept("거실/불", b"\x00\xff", 2)}


def test_nothing_is_written_while_nothing_changes(path: Path) -> None:
    with opened(path) as log:
        log.append(kept("a", b"1"))
        log.flush({})
        before = path.stat()

        for _ in range(5):
            log.flush({})

        assert path.stat() == before


@pytest.mark.parametrize("torn", [1, 3, 5])
def test_a_torn_end_costs_only_itself(path: Path, torn: int) -> None:
    write(path, kept("a", b"1"), kept("b", b"2"))
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - torn)

    write(path, kept("c", b"3"))

    assert set(read(path)) == {"a", "c"}


def test_zeros_that_a_power_cut_left_at_the_end_are_cut_off(path: Path) -> None:
    write(path, kept("a", b"1"))
    clean = path.read_bytes()
    path.write_bytes(clean + bytes(5_000))

    assert set(read(path)) == {"a"}
    assert path.read_bytes() == clean


@pytest.mark.parametrize("junk", [b"\xff" * 40, b"SQLite format 3\x00", b"\x00" * 40 + b"more"])
def test_what_follows_damage_is_cut_off_and_kept_aside(
    path: Path, junk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    write(path, kept("a", b"1"))
    clean = path.read_bytes()
    path.write_bytes(clean + junk)

    assert set(read(path)) == {"a"}
    assert path.read_bytes() == clean
    (aside,) = path.parent.glob("kept.mqtt.damaged-*")
    assert aside.read_bytes() == clean + junk
    assert aside.name in caplog.text


async def test_the_file_is_written_anew_when_most_of_it_is_waste_and_no_change_is_lost(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_log, "WASTE_CAP_BYTES", 10_000)
    log = KeptLog(path)
    truth: dict[str, Publish] = {}

    for number in range(2_000):
        message = kept(f"t/{number % 7}", b"x" * 50 + str(number).encode())
        truth[message.topic] = message
        log.append(message)
        log.flush(truth)
        if number % 50 == 0:
            await asyncio.sleep(0.001)
        assert number % 400 or read(path) == truth
    await log.close(truth)

    assert read(path) == truth
    assert {file.name: file.stat().st_size < 60_000 for file in path.parent.iterdir()} == {"kept.mqtt": True}


async def test_when_it_cannot_be_written_anew_it_goes_on_as_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(kept_log, "WASTE_CAP_BYTES", 1_000)
    log = KeptLog(path)
    aside = put_a_folder_in_its_place(path)
    truth: dict[str, Publish] = {}

    for number in range(200):
        truth["t"] = kept("t", str(number).encode() * 20)
        log.append(truth["t"])
        log.flush(truth)
        await asyncio.sleep(0)
    await log.close(truth)

    assert read(aside) == truth
    assert "could not be written anew" in caplog.text


def test_only_we_can_read_it(path: Path) -> None:
    write(path, kept("a", b"1"))

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_place_that_cannot_be_used_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "kept.mqtt").mkdir()

    with pytest.raises(StartupError, match=r"kept\.mqtt"):
        KeptLog(tmp_path / "kept.mqtt")
