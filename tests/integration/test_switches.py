"""The ancestor's switches at a real Mosquitto: introduced, obeyed, remembered, removed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from intercom.devices.mqtt import MqttLink
from intercom.home.capabilities import CapabilityId, SwitchState
from intercom.home.commands import Turn
from intercom.home.errors import InvalidInputError, LinkDownError, NotFoundError
from intercom.home.home import Outcome
from intercom.home.model import DeviceId
from tests.integration.brokers import Mosquitto
from tests.integration.houses import House, house, known_to


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    async with Mosquitto(tmp_path) as running:
        yield running


class WallSwitch:
    """A switch as it hangs on a wall: toggles by number, tells its state, keeps none of it at the broker."""

    def __init__(self, broker: Mosquitto, host: str, *, way: int, on: str) -> None:
        self.host = host
        self.way = way
        self.on = [digit == "1" for digit in on]
        self.toggled: list[str] = []
        self.listens = asyncio.Event()
        self.link = MqttLink(known_to(broker, host), on_message=self._obey, on_up=self._call_itself)
        self.link.subscribe(f"{host}/action", f"{host}/fence")

    def introduce(self, name: str) -> None:
        self.link.publish("regist", json.dumps({"device_host": self.host, "device_name": name, "device_way": self.way}))

    def tell(self) -> None:
        digits = "".join("1" if on else "0" for on in self.on).ljust(4, "0")
        self.link.publish(
            "state", json.dumps({"device_host": self.host, "device_state": digits, "device_way": self.way})
        )

    def _call_itself(self) -> None:
        self.link.publish(f"{self.host}/fence", "")

    def _obey(self, topic: str, payload: bytes, is_retained: bool) -> None:
        assert not is_retained
        if topic.endswith("/fence"):
            self.listens.set()
            return
        self.toggled.append(payload.decode())
        number = int(payload)
        self.on[number - 1] = not self.on[number - 1]
        self.tell()


async def turn(here: House, host: str, number: int, *, on: bool) -> Outcome:
    return await here.home.command(here.switches.device_id(host), CapabilityId(str(number)), Turn(on=on))


async def until_on(here: House, host: str, *on: bool | None) -> None:
    """Wait until the home shows these switches of a device so."""

    def shown() -> list[bool | None]:
        held = here.home.held(DeviceId(f"switches:{host}"))
        return [each.state.on for each in held.values() if isinstance(each.state, SwitchState)]

    await here.until(lambda: here.home.has(DeviceId(f"switches:{host}")) and shown() == list(on))


@asynccontextmanager
async def hanging(switch: WallSwitch) -> AsyncIterator[WallSwitch]:
    running = asyncio.create_task(switch.link.run())
    await switch.listens.wait()
    try:
        yield switch
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def introduced(broker: Mosquitto, folder: Path, *, way: int, on: str) -> AsyncIterator[tuple[House, WallSwitch]]:
    async with house(broker, folder) as here, hanging(WallSwitch(broker, "sw-1", way=way, on=on)) as switch:
        await here.until(lambda: here.link.trouble is None)
        switch.introduce("거실 스위치")
        switch.tell()
        await until_on(here, "sw-1", *(digit == "1" for digit in on))
        yield here, switch


async def test_a_switch_that_introduces_itself_is_a_device_with_its_states(broker: Mosquitto, tmp_path: Path) -> None:
    async with introduced(broker, tmp_path, way=4, on="1000") as (here, _):
        device = here.home.device(here.switches.device_id("sw-1"))

        assert device.name == "거실 스위치"
        assert [(capability.id, capability.kind) for capability in device.capabilities] == [
            ("1", "switch"), ("2", "switch"), ("3", "switch"), ("4", "switch"),
        ]  # fmt: skip
        assert here.switches.states("sw-1") == [True, False, False, False]


async def test_it_is_toggled_only_if_it_is_not_so_already_and_its_state_confirms(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with introduced(broker, tmp_path, way=2, on="10") as (here, switch):
        assert await turn(here, "sw-1", 2, on=True) is Outcome.CONFIRMED
        assert await turn(here, "sw-1", 1, on=True) is Outcome.CONFIRMED

        assert switch.toggled == ["2"]
        assert switch.on == [True, True]


async def test_all_switches_of_a_device_can_be_turned_at_once(broker: Mosquitto, tmp_path: Path) -> None:
    async with introduced(broker, tmp_path, way=4, on="0110") as (here, switch):
        outcomes = await asyncio.gather(*(turn(here, "sw-1", number, on=True) for number in (1, 2, 3, 4)))

        assert set(outcomes) == {Outcome.CONFIRMED}
        assert switch.on == [True] * 4
        assert sorted(switch.toggled) == ["1", "4"]


async def test_a_hand_at_the_wall_shows_at_once(broker: Mosquitto, tmp_path: Path) -> None:
    async with introduced(broker, tmp_path, way=1, on="0") as (here, switch):
        switch.on = [True]
        switch.tell()

        await until_on(here, "sw-1", True)


async def test_the_registry_outlives_a_restart_with_the_name_that_a_resident_gave(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with introduced(broker, tmp_path, way=2, on="10") as (here, switch):
        await here.switches.rename("sw-1", "복도")
        switch.introduce("거실 스위치")
        switch.on = [True, True]
        switch.tell()
        await until_on(here, "sw-1", True, True)

    async with house(broker, tmp_path) as again:
        assert [(each.host, each.name, each.way) for each in again.switches.hosts()] == [("sw-1", "복도", 2)]
        assert again.home.shown_name(again.switches.device_id("sw-1")) == "복도"


async def test_a_switch_of_which_nothing_is_known_after_a_restart_still_ends_up_as_asked(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with introduced(broker, tmp_path, way=2, on="10"):
        pass

    silent = WallSwitch(broker, "sw-1", way=2, on="10")
    async with house(broker, tmp_path) as again, hanging(silent):
        await again.until(lambda: again.link.trouble is None)
        assert await turn(again, "sw-1", 1, on=True) is Outcome.CONFIRMED

        assert silent.on == [True, False]
        assert silent.toggled == ["1", "1"]


async def test_a_removed_switch_is_gone_until_it_introduces_itself_again(broker: Mosquitto, tmp_path: Path) -> None:
    async with introduced(broker, tmp_path, way=1, on="1") as (here, switch):
        await here.switches.remove("sw-1")
        assert here.home.device_ids == []
        with pytest.raises(NotFoundError):
            here.switches.device_id("sw-1")

        switch.tell()
        switch.introduce("다시")
        switch.tell()
        await until_on(here, "sw-1", True)
        assert [each.name for each in here.switches.hosts()] == ["다시"]

        await here.switches.remove("sw-1")
        assert here.switches.hosts() == []
        assert here.home.device_ids == []

    async with house(broker, tmp_path) as again:
        assert again.switches.hosts() == []


async def test_toggle_turns_to_the_other_side_and_refuses_what_is_not_there(broker: Mosquitto, tmp_path: Path) -> None:
    async with introduced(broker, tmp_path, way=2, on="10") as (here, switch):
        await here.switches.toggle("sw-1", 1)
        assert switch.on == [False, False]
        await here.switches.toggle("sw-1", 1)
        assert switch.on == [True, False]

        with pytest.raises(InvalidInputError, match="1 to 2"):
            await here.switches.toggle("sw-1", 3)
        with pytest.raises(NotFoundError):
            await here.switches.toggle("nobody", 1)


async def test_messages_that_mean_nothing_are_told_once_and_stop_nobody(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with introduced(broker, tmp_path, way=1, on="0") as (here, switch):
        for payload in (b"\xff", b"[]", b"{}", *[b'{"device_host": "a/b", "device_way": 1}'] * 5):
            switch.link.publish("regist", payload)
            switch.link.publish("state", payload)
        switch.on = [True]
        switch.tell()
        await until_on(here, "sw-1", True)

        assert [each.host for each in here.switches.hosts()] == ["sw-1"]
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(told) == len(set(told)) > 3


async def test_while_the_broker_is_gone_a_command_fails_at_once_and_what_was_missed_is_made_good(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with introduced(broker, tmp_path, way=1, on="1") as (here, switch):
        device_id = here.switches.device_id("sw-1")
        await broker.kill()
        await here.until(lambda: here.home.stale_since(device_id) is not None)
        with pytest.raises(LinkDownError):
            await turn(here, "sw-1", 1, on=False)

        switch.on = [False]  # by hand, and nobody hears it
        switch.listens.clear()
        await broker.start()
        await switch.listens.wait()
        await here.until(lambda: here.home.stale_since(device_id) is None)

        assert await turn(here, "sw-1", 1, on=True) is Outcome.CONFIRMED
        assert switch.on == [True]
