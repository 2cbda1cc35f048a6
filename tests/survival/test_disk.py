"""A disk that is full or read-only: the home goes on, says so, refuses what it cannot keep, and keeps again."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.screen import screen
from tests.e2e.until import until
from tests.e2e.wall import Wall
from tests.survival.life import Client, Life, Paired

ARTIFACTS = Path(__file__).parents[2] / "artifacts" / "survival"
BESIDE_THE_WORDS = (1240, 112)
"""Where nothing is drawn in the banner of a window of 1280 × 800 but its surface."""

DISK = "size=3m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for a home and little more; the tests run as root, in CI as well."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def life(tmp_path: Path, small_disk: Path) -> Iterator[Life]:
    life = Life(tmp_path / "life", settings={"data_dir": small_disk / "data"})
    yield life
    life.end()


def fill(disk: Path) -> None:
    """Leave no room at all."""
    with (disk / "filler").open("ab", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4096))


def troubles(client: Client, who: Paired) -> list[str]:
    said = client.ask("GET", "snapshot", token=who.token)
    assert said.status == 200, said
    return [each["kind"] for each in said.json.get("troubles", [])]


def remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how},{DISK}", str(disk)], check=True)


def test_a_full_disk_is_told_and_what_it_cannot_keep_is_refused_until_there_is_room(
    life: Life, small_disk: Path
) -> None:
    life.start()
    owner, phone = life.pair(), life.pair("resident", "phone")
    with contextlib.closing(life.client()) as client, life.device() as device:
        area = client.ask("POST", "areas", {"name": "Kitchen"}, token=owner.token).json
        device.keep("survival/before", b"1")
        fill(small_disk)

        said = until(lambda: refused(client, owner), "the disk is full")
        assert said["code"] == "storage"
        assert troubles(client, owner) == ["disk_full"]
        device.keep("survival/full", b"2" * 9000)
        assert device.kept("survival/+") == {"survival/before": b"1", "survival/full": b"2" * 9000}
        assert client.ask("DELETE", f"clients/{phone.id}", token=owner.token).status == 204
        assert client.ask("GET", "session", token=phone.token).status == 401
        again = client.ask("POST", "session/refresh", {"refresh_credential": owner.credential})
        assert again.status == 200
        names = [each["name"] for each in client.ask("GET", "areas", token=owner.token).json["areas"]]
        assert names[0] == "Kitchen"

        life.kill()
    life.start()  # on the full disk

    with contextlib.closing(life.client()) as client, life.device() as device:
        assert troubles(client, owner) == ["disk_full"]
        assert client.ask("GET", "session", token=phone.token).status == 401
        assert device.kept("survival/+")["survival/before"] == b"1"
        (small_disk / "filler").unlink()

        until(lambda: troubles(client, owner) == [], "it is kept again")
        renamed = client.ask("PATCH", f"areas/{area['id']}", {"name": "Cellar"}, token=owner.token)
        assert renamed.status == 200
        device.keep("survival/after", b"3")
    life.kill()
    life.start()

    with contextlib.closing(life.client()) as client, life.device() as device:
        names = [each["name"] for each in client.ask("GET", "areas", token=owner.token).json["areas"]]
        assert names[0] == "Cellar"
        assert client.ask("GET", "session", token=phone.token).status == 401
        assert device.kept("survival/+")["survival/after"] == b"3"
    assert not [line for line in life.take_complaints() if "damaged" in line or "Traceback" in line]


def refused(client: Client, owner: Paired) -> dict[str, str] | None:
    """Make areas until one cannot be kept."""
    said = client.ask("POST", "areas", {"name": os.urandom(12).hex()}, token=owner.token)
    return said.json["error"] if said.status == 507 else None


def test_on_a_read_only_disk_the_home_starts_as_it_was_and_says_so(life: Life, small_disk: Path) -> None:
    life.start()
    owner = life.pair()
    with contextlib.closing(life.client()) as client, life.device() as device:
        client.ask("POST", "areas", {"name": "Kitchen"}, token=owner.token)
        device.keep("survival/before", b"1")
    life.kill()
    remount(small_disk, "ro")
    try:
        life.start()
        with contextlib.closing(life.client()) as client, life.device() as device:
            assert troubles(client, owner) == ["disk_broken"]
            (area,) = client.ask("GET", "areas", token=owner.token).json["areas"]
            assert area["name"] == "Kitchen"
            assert client.ask("POST", "areas", {"name": "Cellar"}, token=owner.token).status == 507
            assert device.kept("survival/+") == {"survival/before": b"1"}
            assert client.ask("DELETE", f"clients/{owner.id}", token=owner.token).status == 507
            assert client.ask("GET", "session", token=owner.token).status == 401
        life.stop()
    finally:
        remount(small_disk, "rw")
    assert not [line for line in life.take_complaints() if "Traceback" in line]


def test_on_an_empty_read_only_disk_the_wall_shows_the_home_and_says_so(tmp_path: Path, small_disk: Path) -> None:
    (small_disk / "data").mkdir()
    remount(small_disk, "ro")
    (tmp_path / "screen").mkdir()
    with screen(tmp_path / "screen") as shown, contextlib.ExitStack() as ending:
        settings = {"data_dir": small_disk / "data", "display": shown.name, "home_theme": "dark"}
        life = Life(tmp_path / "life", flags=("--demo", "--kiosk"), settings=settings)
        ending.callback(life.end)
        life.start()
        wall = Wall(shown)

        until(lambda: len(wall.tiles()) > 3, "tiles on the wall")
        until(lambda: wall.shows(BESIDE_THE_WORDS, "red-fill"), "the wall says so")
        wall.come_to_rest().save(ARTIFACTS / "read-only-wall.png")
        life.stop()

    assert not [line for line in life.take_complaints() if "Traceback" in line]


def test_a_disk_that_refuses_every_write_from_now_on_is_told_until_it_takes_them_again(life: Life) -> None:
    """A file system that turns read-only under open files refuses so; no mount can be made to do that on demand."""
    life.start()
    owner, phone = life.pair(), life.pair("resident", "phone")
    with contextlib.closing(life.client()) as client:
        assert client.ask("POST", "areas", {"name": "Kitchen"}, token=owner.token).status == 201
        assert life.process is not None
        with nothing_written_by(life.process.pid):
            assert until(lambda: refused(client, owner), "the disk refuses")["code"] == "storage"
            assert troubles(client, owner) == ["disk_broken"]
            names = [each["name"] for each in client.ask("GET", "areas", token=owner.token).json["areas"]]
            assert names[0] == "Kitchen"
            client.ask("DELETE", f"clients/{phone.id}", token=owner.token)
            assert client.ask("GET", "session", token=phone.token).status == 401
        until(lambda: troubles(client, owner) == [], "it is kept again")
        assert client.ask("POST", "areas", {"name": "Cellar"}, token=owner.token).status == 201
    life.kill()
    life.start()

    with contextlib.closing(life.client()) as client:
        names = [each["name"] for each in client.ask("GET", "areas", token=owner.token).json["areas"]]
        assert names[0] == "Kitchen"
        assert names[-1] == "Cellar"
        assert client.ask("GET", "session", token=phone.token).status == 401
        assert troubles(client, owner) == []
    life.stop()


@contextlib.contextmanager
def nothing_written_by(pid: int) -> Iterator[None]:
    """Let a process write nothing into any file."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
