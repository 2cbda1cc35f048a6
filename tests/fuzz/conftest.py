"""Bad input, thrown at the real process from all sides; every module throws at the same house, as the world does."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import hypothesis.core
import pytest
import schemathesis.generation.hypothesis
from hypothesis.vendor.pretty import RepresentationPrinter

from tests.fuzz.house import House
from tests.fuzz.inputs import IS_LONG, Tally

# Schemathesis lets hypothesis print nothing of the inputs that fail, in this whole process: let it, and put that back.
schemathesis.generation.hypothesis.setup()
hypothesis.core.RepresentationPrinter = RepresentationPrinter

ARTIFACTS = Path(__file__).parents[2] / "artifacts"


@pytest.fixture(scope="session")
def tally() -> Generator[Tally, None, None]:
    """Counts the inputs; what was counted is left in `artifacts/fuzz.txt` by the long run."""
    tally = Tally()
    yield tally
    if IS_LONG:
        ARTIFACTS.mkdir(exist_ok=True)
        (ARTIFACTS / "fuzz.txt").write_text(str(tally))


@pytest.fixture(scope="session")
def _house(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Generator[House, None, None]:
    house = House(tmp_path_factory.mktemp("house"), ARTIFACTS / "fuzz" / f"house-{worker_id}.log")
    yield house
    house.end()


@pytest.fixture
def house(_house: House) -> Generator[House, None, None]:
    """The house; after each test it must still stand."""
    yield _house
    _house.check_lamp()
