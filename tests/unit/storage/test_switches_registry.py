"""The ancestor's switches are remembered in the order in which they came."""

from __future__ import annotations

import pytest

from intercom.home.errors import NotFoundError
from intercom.storage.database import Database
from intercom.storage.registry import RegisteredSwitches, Registry


def switches(host: str, name: str, way: int) -> RegisteredSwitches:
    return RegisteredSwitches(host=host, name=name, way=way)


async def test_registered_devices_are_there_in_the_order_in_which_they_came(database: Database) -> None:
    registry = Registry(database)
    await registry.add(host="b", name="Hall", way=2)
    await registry.add(host="a", name="거실", way=4)

    assert await Registry(database).all() == [switches("b", "Hall", 2), switches("a", "거실", 4)]


async def test_a_device_that_comes_again_keeps_its_place(database: Database) -> None:
    registry = Registry(database)
    await registry.add(host="b", name="Hall", way=2)
    await registry.add(host="a", name="Kitchen", way=4)

    await registry.add(host="b", name="Hall", way=1)

    assert await registry.all() == [switches("b", "Hall", 1), switches("a", "Kitchen", 4)]


async def test_devices_are_renamed_and_forgotten(database: Database) -> None:
    registry = Registry(database)
    await registry.add(host="a", name="Hall", way=1)
    await registry.add(host="b", name="Kitchen", way=1)

    await registry.rename("a", "Corridor")
    await registry.remove("b")
    await registry.remove("nobody")

    assert await registry.all() == [switches("a", "Corridor", 1)]
    with pytest.raises(NotFoundError):
        await registry.rename("b", "Kitchen")
