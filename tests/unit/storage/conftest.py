"""A database in a folder of the test's own, and a clock that moves only when it is told to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from intercom.storage.database import Database
from intercom.storage.storage import open_home_database


class Clock:
    """Shows what it is set to."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(1_750_000_000.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
async def database(folder: Path) -> AsyncIterator[Database]:
    async with open_home_database(folder) as database:
        yield database


@pytest.fixture
async def elsewhere(database: Database, folder: Path) -> AsyncIterator[Database]:
    """The same database as another process has it open."""
    async with open_home_database(folder) as elsewhere:
        yield elsewhere
