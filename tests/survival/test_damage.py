"""Whatever happens to the bytes of the home's files: the program starts, nothing is lost, nobody comes back, residents
are told.

Each place is damaged in a home that was stopped or killed, which then starts and is looked at by its household.
"""

from __future__ import annotations

import contextlib
import copy
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.survival.household import Household
from tests.survival.length import DAMAGES, SEED, tell
from tests.survival.life import Life, Said

pytestmark = pytest.mark.timeout(60 + 12 * DAMAGES)

PAGE = 4096


@dataclass
class Lived:
    """A home that somebody lived in, and a copy of its folder as a kill left it."""

    life: Life
    household: Household
    killed: Path
    known: dict[str, object]
    """What the household was told until then."""

    def lay(self) -> Path:
        """Put the copy in place; return the data folder."""
        self.life.end()
        shutil.rmtree(self.life.data)
        shutil.copytree(self.killed, self.life.data)
        self.life.take_complaints()
        vars(self.household).update(copy.deepcopy(self.known))
        return self.life.data


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    place = tmp_path_factory.mktemp("lived")
    life = Life(place / "life")
    life.start()
    household = Household(life, random.Random(SEED))
    try:
        household.settle(12)
        life.stop()
        life.start()
        household.settle(6)
        life.kill()
        shutil.copytree(life.data, place / "killed")
        apart = ("life", "rng", "_codes")
        known = {name: copy.deepcopy(each) for name, each in vars(household).items() if name not in apart}
        yield Lived(life, household, place / "killed", known)
    finally:
        life.end()


@pytest.fixture
def home(lived: Lived) -> Iterator[Lived]:
    """The home as it was killed, for one test."""
    lived.lay()
    yield lived
    lived.life.end()


def ask(life: Life, token: str, path: str) -> Said:
    with contextlib.closing(life.client()) as client:
        return client.ask("GET", path, token=token)


def troubles(home: Lived) -> list[str]:
    said = ask(home.life, home.household.owner.token, "snapshot")
    assert said.status == 200, said
    return [each["kind"] for each in said.json.get("troubles", [])]


# Any byte


def _overwritten(rng: random.Random, path: Path) -> str:
    content = bytearray(path.read_bytes())
    length = rng.choice((1, 16, 200, PAGE, 3 * PAGE))
    at = rng.randrange(len(content))
    end = min(len(content), at + length)
    with_zeros = rng.random() < 0.4
    content[at:end] = bytes(end - at) if with_zeros else rng.randbytes(end - at)
    path.write_bytes(content)
    return f"{path.name}: {end - at} {'zeros' if with_zeros else 'random bytes'} at {at}"


def _cut(rng: random.Random, path: Path) -> str:
    size = rng.randrange(path.stat().st_size)
    with path.open("r+b") as file:
        file.truncate(size)
    return f"{path.name}: cut to {size}"


def _headless(rng: random.Random, path: Path) -> str:
    with path.open("r+b") as file:
        file.write(rng.randbytes(100))
    return f"{path.name}: another head"


def _page_of(rng: random.Random, path: Path) -> str:
    pages = path.stat().st_size // PAGE
    here, there = rng.randrange(pages), rng.randrange(pages)
    content = bytearray(path.read_bytes())
    content[here * PAGE : (here + 1) * PAGE] = content[there * PAGE : (there + 1) * PAGE]
    path.write_bytes(content)
    return f"{path.name}: page {there} in the place of page {here}"


def _gone(_rng: random.Random, path: Path) -> str:
    path.unlink()
    return f"{path.name}: removed"


DAMAGE: tuple[Callable[[random.Random, Path], str], ...] = (
    _overwritten,
    _overwritten,
    _overwritten,
    _cut,
    _headless,
    _page_of,
    _gone,
)


def test_wherever_the_database_is_damaged_nothing_is_lost_and_residents_are_told(lived: Lived) -> None:
    rng = random.Random(SEED)
    found = unharmed = 0
    for number in range(DAMAGES):
        is_killed = number % 2 == 1
        data = lived.lay()
        if not is_killed:  # all that is known, in one file
            lived.life.start()
            lived.life.stop()
            lived.life.take_complaints()
        name = "intercom.db-wal" if is_killed and rng.random() < 0.4 else "intercom.db"
        damage = rng.choice(DAMAGE)(rng, data / name)

        lived.life.start()

        complaints = lived.life.take_complaints()
        lived.household.look()
        if complaints:
            assert troubles(lived) == ["restored"], damage
            assert any("intercom.db is " in line for line in complaints), damage
            assert list(data.glob("intercom.db.damaged-*")) or damage.endswith("removed"), damage
            found += 1
        else:
            assert not list(data.glob("*.damaged-*")), damage
            assert troubles(lived) == [], damage
            unharmed += 1
    lived.life.end()
    assert found > DAMAGES / 2
    tell(f"damage: {DAMAGES} places (seed {SEED}); {found} found and mended, {unharmed} where nothing was; none lost")


# Beyond the database


def test_with_the_newest_copy_damaged_too_an_older_one_is_taken_and_nothing_is_lost(home: Lived) -> None:
    data = home.life.data
    home.life.start()
    home.life.stop()
    copies = sorted((data / "copies").glob("*.db"))
    (data / "intercom.db").write_bytes(b"no database" * 1000)
    home.life.start()  # this made another copy
    home.life.kill()
    home.life.take_complaints()
    newest = max((data / "copies").glob("*.db"))
    assert newest > copies[-1]
    newest.write_bytes(b"no copy" * 1000)
    (data / "intercom.db").write_bytes(b"no database" * 1000)

    home.life.start()

    assert troubles(home) == ["restored"]
    home.household.look()


def test_when_the_latest_changes_are_in_doubt_every_session_ends(home: Lived) -> None:
    data = home.life.data
    ledger = max((data / "copies").glob("*.ledger"))
    content = bytearray(ledger.read_bytes())
    content[200:220] = bytes(20)
    ledger.write_bytes(content)
    (data / "intercom.db").write_bytes(b"no database" * 1000)

    home.life.start()

    assert ask(home.life, home.household.owner.token, "session").status == 401
    owner = home.life.pair("owner", "new owner")
    said = ask(home.life, owner.token, "snapshot")
    assert [each["kind"] for each in said.json["troubles"]] == ["restored_in_doubt"]
    clients = ask(home.life, owner.token, "clients").json["clients"]
    assert [each["name"] for each in clients] == ["new owner"]


def test_a_damaged_ledger_alone_costs_nothing(home: Lived) -> None:
    for each in (home.life.data / "copies").iterdir():
        each.write_bytes(b"")

    home.life.start()

    home.household.look()
    assert troubles(home) == []


def test_residents_are_told_at_every_start(home: Lived) -> None:
    (home.life.data / "intercom.db").write_bytes(b"no database" * 1000)
    home.life.start()
    home.life.kill()
    home.life.start()
    assert troubles(home) == ["restored"]
    home.life.stop()


# The other files


@pytest.mark.parametrize("is_headless", [True, False], ids=["another head", "a damaged page"])
def test_a_damaged_history_begins_anew_and_the_home_lives(home: Lived, *, is_headless: bool) -> None:
    history = home.life.data / "history.db"
    for name in ("history.db-wal", "history.db-shm"):
        (home.life.data / name).unlink(missing_ok=True)
    content = b"" if is_headless else history.read_bytes()[:PAGE]
    history.write_bytes(content + b"\xff" * PAGE * 4)

    home.life.start()

    home.household.look()
    home.household.settle(1)
    home.life.stop()
    assert list(home.life.data.glob("history.db.damaged-*"))


OTHERS = ("panel.json", "broker/kept.mqtt", "broker/credentials.json", "running.lock", "copies/new.db")


@pytest.mark.parametrize("content", [b"", b"\xff\x00rubbish" * 50], ids=["empty", "rubbish"])
def test_other_damaged_files_do_not_keep_the_home_from_living(home: Lived, content: bytes) -> None:
    for name in OTHERS:
        (home.life.data / name).write_bytes(content)

    home.life.start()

    assert ask(home.life, home.household.owner.token, "clients").status == 200
    with home.life.device() as device:
        device.keep("survival/anew", b"1")
    home.life.stop()
