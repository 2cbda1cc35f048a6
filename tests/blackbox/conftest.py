"""What the black-box tests stand on: the real program in a process of its own, attacked from outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.blackbox.visitors import Household, expect_well, household
from tests.e2e.conftest import ARTIFACTS, browser, display, make_phone, make_program, pictures

__all__ = ["browser", "display", "make_phone", "make_program", "pictures"]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Household]:
    """One home for all visitors, since starting and furnishing one takes long."""
    with household(tmp_path_factory.mktemp("household"), ARTIFACTS / f"household-{worker_id}.log") as home:
        yield home


@pytest.fixture
def home(furnished: Household) -> Iterator[Household]:
    """The home, which has nothing to complain about afterwards and still answers."""
    yield furnished
    expect_well(furnished)
