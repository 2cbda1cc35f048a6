"""How residents arranged their home: written first, applied to the home, and the same after a restart."""

from __future__ import annotations

import asyncio

import pytest

from intercom.home.capabilities import CapabilityId, Switch
from intercom.home.errors import InvalidInputError, NotFoundError
from intercom.home.home import Home
from intercom.home.model import AreaId, Change, ChangeKind, Device, DeviceId, Placement
from intercom.storage.database import Database
from intercom.storage.layout import MOST_AREAS, SETTLED_AT_ONCE, Layout

LAMP = DeviceId("lamp")
PLUG = DeviceId("plug")


def announce(home: Home, device_id: DeviceId, *, area: str | None = None, name: str = "A device") -> None:
    switch = Switch(id=CapabilityId("switch"))
    home.announce(Device(id=device_id, adapter="test", name=name, area=area, capabilities=(switch,)))


def areas(home: Home) -> list[str]:
    return [area.name for area in home.areas]


def area_of(home: Home, device_id: DeviceId) -> str | None:
    area_id = home.placement(device_id).area_id
    return None if area_id is None else home.area(area_id).name


async def until(home: Home, device_ids: list[DeviceId]) -> None:
    """Wait until the home says that each of these devices changed."""
    missing = set(device_ids)
    done = asyncio.Event()

    def watch(change: Change) -> None:
        if change.kind is ChangeKind.DEVICE and change.device_id is not None:
            missing.discard(change.device_id)
            if not missing:
                done.set()

    with home.watched_by(watch):
        await asyncio.wait_for(done.wait(), 10)


async def settle(layout: Layout, home: Home, *device_ids: DeviceId) -> None:
    """Let devices be placed where they say that they are."""
    waiting = asyncio.create_task(until(home, list(device_ids)))
    running = asyncio.create_task(layout.run())
    await waiting
    running.cancel()
    await asyncio.wait([running])


async def restarted(database: Database) -> tuple[Layout, Home]:
    home = Home()
    layout = Layout(database, home)
    await layout.load()
    return layout, home


@pytest.fixture
def home() -> Home:
    home = Home()
    announce(home, LAMP)
    announce(home, PLUG)
    return home


@pytest.fixture
async def layout(database: Database, home: Home) -> Layout:
    layout = Layout(database, home)
    await layout.load()
    return layout


# Devices


async def test_a_device_is_named_moved_hidden_and_shared_for_good(
    layout: Layout, home: Home, database: Database
) -> None:
    area = await layout.add_area("Kitchen")

    await layout.change_device(LAMP, name=" Our  lamp", area_id=area.id)
    placement = await layout.change_device(LAMP, position=3, is_hidden=True, is_shared=True)

    expected = Placement(name="Our lamp", area_id=area.id, position=3, is_hidden=True, is_shared=True)
    assert placement == home.placement(LAMP) == expected
    assert home.shown_name(LAMP) == "Our lamp"
    _, again = await restarted(database)
    assert again.placement(LAMP) == expected
    assert again.placement(PLUG) == Placement()


async def test_none_puts_the_default_back(layout: Layout, home: Home) -> None:
    area = await layout.add_area("Kitchen")
    await layout.change_device(LAMP, name="Ours", area_id=area.id, position=3, is_hidden=True, is_shared=True)

    await layout.change_device(LAMP, name=None, area_id=None, position=None, is_hidden=None, is_shared=None)

    assert home.placement(LAMP) == Placement()


async def test_what_is_wrong_changes_nothing(layout: Layout, home: Home, database: Database) -> None:
    with pytest.raises(NotFoundError, match="no device"):
        await layout.change_device(DeviceId("nobody"), name="Name")
    with pytest.raises(NotFoundError, match="no area"):
        await layout.change_device(LAMP, name="Name", area_id=AreaId("nowhere"))
    with pytest.raises(InvalidInputError, match="1 to 64 characters"):
        await layout.change_device(LAMP, name="", is_hidden=True)
    with pytest.raises(InvalidInputError, match="position"):
        await layout.change_device(LAMP, position=10**30)

    assert home.placement(LAMP) == Placement()
    _, again = await restarted(database)
    assert again.placement(LAMP) == Placement()


async def test_two_changes_at_once_are_both_kept(layout: Layout, home: Home) -> None:
    await asyncio.gather(layout.change_device(LAMP, name="Ours"), layout.change_device(LAMP, is_shared=True))

    assert home.placement(LAMP) == Placement(name="Ours", is_shared=True)


# Areas


async def test_areas_are_shown_in_the_order_that_residents_chose(
    layout: Layout, home: Home, database: Database
) -> None:
    kitchen, hall, study = [await layout.add_area(name) for name in ("Kitchen", "Hall", "Study")]
    assert areas(home) == ["Kitchen", "Hall", "Study"]

    await layout.order_areas([study.id, kitchen.id, hall.id])

    _, again = await restarted(database)
    assert areas(home) == areas(again) == ["Study", "Kitchen", "Hall"]


@pytest.mark.parametrize("chosen", [[], [0], [0, 0], [0, 1, 1], [0, 1, None]])
async def test_an_order_must_name_each_area_once(layout: Layout, home: Home, chosen: list[int | None]) -> None:
    known = [(await layout.add_area(name)).id for name in ("Kitchen", "Hall")]

    with pytest.raises(InvalidInputError, match="each area, once"):
        await layout.order_areas([AreaId("nowhere") if number is None else known[number] for number in chosen])

    assert areas(home) == ["Kitchen", "Hall"]


async def test_an_area_is_renamed_and_gets_another_icon(layout: Layout, home: Home, database: Database) -> None:
    area = await layout.add_area("Kitchen")

    await layout.change_area(area.id, name="Cucina")
    changed = await layout.change_area(area.id, icon="cooking-pot")

    assert (changed.name, changed.icon) == ("Cucina", "cooking-pot")
    _, again = await restarted(database)
    assert home.areas == again.areas == [changed]


async def test_two_areas_never_have_one_name(layout: Layout, home: Home) -> None:
    await layout.add_area("Kitchen")
    hall = await layout.add_area("Hall")

    with pytest.raises(InvalidInputError, match="already an area 'kitchen'"):
        await layout.add_area("kitchen")
    with pytest.raises(InvalidInputError, match="already an area"):
        await layout.change_area(hall.id, name="KITCHEN")
    await layout.change_area(hall.id, name="HALL")

    assert areas(home) == ["Kitchen", "HALL"]


async def test_wrong_areas_are_refused(layout: Layout, home: Home) -> None:
    for name in ("", "x" * 65):
        with pytest.raises(InvalidInputError, match="1 to 64 characters"):
            await layout.add_area(name)
    for icon in ("", "../x", "Sofa", "x" * 65):
        with pytest.raises(InvalidInputError, match="icon"):
            await layout.add_area("Kitchen", icon=icon)
    for attempt in (layout.change_area(AreaId("nowhere"), name="X"), layout.remove_area(AreaId("nowhere"))):
        with pytest.raises(NotFoundError):
            await attempt

    assert home.areas == []


async def test_there_is_an_end_to_areas(layout: Layout, home: Home) -> None:
    for number in range(MOST_AREAS):
        await layout.add_area(f"Area {number}")

    with pytest.raises(InvalidInputError, match="at most 100 areas"):
        await layout.add_area("One more")


async def test_the_devices_of_a_removed_area_are_in_none_even_those_that_are_away(
    layout: Layout, home: Home, database: Database
) -> None:
    area = await layout.add_area("Kitchen")
    for device_id in (LAMP, PLUG):
        await layout.change_device(device_id, area_id=area.id)
    home.withdraw(PLUG)

    await layout.remove_area(area.id)
    announce(home, PLUG)

    _, again = await restarted(database)
    for each in (home, again):
        assert each.areas == []
        assert each.placement(LAMP).area_id is None
        assert each.placement(PLUG).area_id is None
    await layout.change_device(PLUG, name="Still here")


# Devices that say where they are


async def test_a_device_is_placed_in_the_area_that_it_names_and_the_area_is_made(
    layout: Layout, home: Home, database: Database
) -> None:
    await layout.add_area("Kitchen")
    announce(home, LAMP, area="kitchen")
    announce(home, PLUG, area="Hall")

    await settle(layout, home, LAMP, PLUG)

    _, again = await restarted(database)
    for each in (home, again):
        assert areas(each) == ["Kitchen", "Hall"]
        assert (area_of(each, LAMP), area_of(each, PLUG)) == ("Kitchen", "Hall")


async def test_a_device_that_is_announced_later_is_placed_then(layout: Layout, home: Home) -> None:
    running = asyncio.create_task(layout.run())
    await asyncio.sleep(0)
    new = DeviceId("new")

    announce(home, new, area="Garage")
    await until(home, [new])

    assert area_of(home, new) == "Garage"
    running.cancel()
    await asyncio.wait([running])


async def test_a_resident_who_moved_a_device_wins_over_what_it_says(
    layout: Layout, home: Home, database: Database
) -> None:
    await layout.change_device(LAMP, area_id=None)
    announce(home, LAMP, area="Hall")
    announce(home, PLUG, area="Kitchen")
    await settle(layout, home, PLUG)

    assert area_of(home, LAMP) is None
    assert areas(home) == ["Kitchen"]
    again, home = await restarted(database)
    announce(home, LAMP, area="Hall")
    announce(home, PLUG, area="Garage")
    announce(home, new := DeviceId("new"), area="Study")
    await settle(again, home, new)
    assert area_of(home, LAMP) is None
    assert area_of(home, PLUG) == "Kitchen"


async def test_a_resident_who_only_named_a_device_has_not_placed_it(layout: Layout, home: Home) -> None:
    await layout.change_device(LAMP, name="Ours")
    announce(home, LAMP, area="Hall")

    await settle(layout, home, LAMP)

    assert home.placement(LAMP).name == "Ours"
    assert area_of(home, LAMP) == "Hall"


async def test_an_area_that_a_resident_removed_does_not_come_back(
    layout: Layout, home: Home, database: Database
) -> None:
    announce(home, LAMP, area="Hall")
    await settle(layout, home, LAMP)
    await layout.remove_area(home.areas[0].id)

    again, home = await restarted(database)
    announce(home, LAMP, area="Hall")
    announce(home, PLUG, area="Kitchen")
    await settle(again, home, PLUG)

    assert areas(home) == ["Kitchen"]
    assert area_of(home, LAMP) is None


async def test_a_name_that_cannot_be_an_areas_places_nobody_and_stops_nobody(layout: Layout, home: Home) -> None:
    announce(home, LAMP, area="x" * 1000)
    announce(home, PLUG, area="Hall")

    await settle(layout, home, PLUG)

    assert areas(home) == ["Hall"]
    assert area_of(home, LAMP) is None


async def test_many_devices_at_once_make_each_area_once(layout: Layout, home: Home, database: Database) -> None:
    device_ids = [DeviceId(f"device {number}") for number in range(2 * SETTLED_AT_ONCE + 10)]
    for number, device_id in enumerate(device_ids):
        announce(home, device_id, area=f"Area {number % 7}")

    await settle(layout, home, *device_ids)

    assert sorted(areas(home)) == [f"Area {number}" for number in range(7)]
    assert all(area_of(home, device_id) == f"Area {number % 7}" for number, device_id in enumerate(device_ids))
    _, again = await restarted(database)
    assert [again.placement(each) for each in device_ids] == [home.placement(each) for each in device_ids]


async def test_devices_cannot_make_areas_without_end(layout: Layout, home: Home) -> None:
    device_ids = [DeviceId(f"device {number:03}") for number in range(MOST_AREAS + 50)]
    for number, device_id in enumerate(device_ids):
        announce(home, device_id, area=f"Area {number}")

    await settle(layout, home, *device_ids[:MOST_AREAS])

    assert len(home.areas) == MOST_AREAS
