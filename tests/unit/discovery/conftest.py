import pytest

from tests.unit.discovery.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
