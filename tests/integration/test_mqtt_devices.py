"""Devices that announce themselves at a real Mosquitto, from the announcement to the confirmed command."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from intercom.devices import mqtt_devices
from intercom.devices.complaints import MOST_OF_ONE
from intercom.devices.mqtt import MqttLink
from intercom.home.capabilities import CapabilityId, Event, Sensor, SensorState, State
from intercom.home.commands import Turn
from intercom.home.errors import LinkDownError
from intercom.home.home import Outcome
from intercom.home.model import ChangeKind, DeviceId
from tests.integration.brokers import Mosquitto
from tests.integration.houses import House, house, known_to


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    async with Mosquitto(tmp_path) as running:
        yield running


class Maker:
    """A program that announces devices and speaks for them."""

    def __init__(self, broker: Mosquitto) -> None:
        self.heard: list[tuple[str, str]] = []
        self._changed = asyncio.Event()
        self._obey: dict[str, Callable[[str], None]] = {}
        self.link = MqttLink(known_to(broker, "maker"), on_message=self._hear, on_up=self._changed.set)
        self.link.subscribe("maker/fence", "homeassistant/status")

    def announce(self, component: str, key: str, *, retain: bool = True, **config: object) -> None:
        device = {"identifiers": [key], "name": config.pop("device_name", key)}
        said = {"name": None, "unique_id": key, "device": device, **config}
        self.say(f"homeassistant/{component}/{key}/config", json.dumps(said), retain=retain)

    def sensor(self, key: str, *, retain: bool = True, **config: object) -> None:
        self.announce("sensor", key, retain=retain, state_topic=f"maker/{key}", **config)

    def take_back(self, component: str, key: str) -> None:
        self.say(f"homeassistant/{component}/{key}/config", "")

    def say(self, topic: str, payload: str, *, retain: bool = True) -> None:
        self.link.publish(topic, payload, retain=retain)

    def obey(self, topic: str, obey: Callable[[str], None]) -> None:
        self._obey[topic] = obey
        self.link.subscribe(topic)

    async def fence(self) -> None:
        """Return once the broker has taken everything that was said so far."""
        count = len(self.heard)
        self.say("maker/fence", "", retain=False)
        await self.until(lambda: ("maker/fence", "") in self.heard[count:])

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def _hear(self, topic: str, payload: bytes, is_retained: bool) -> None:
        self.heard.append((topic, payload.decode()))
        self._changed.set()
        if topic in self._obey:
            self._obey[topic](payload.decode())


@asynccontextmanager
async def making(broker: Mosquitto) -> AsyncIterator[Maker]:
    maker = Maker(broker)
    running = asyncio.create_task(maker.link.run())
    await maker.until(lambda: maker.link.trouble is None)
    try:
        yield maker
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def state_of(here: House, key: str) -> State | None:
    """What the home knows of the only capability of a device; None while there is no such device."""
    if not here.home.has(DeviceId(key)):
        return None
    (held,) = here.home.held(DeviceId(key)).values()
    return held.state


def value_of(here: House, key: str) -> Any:
    state = state_of(here, key)
    return state.value if isinstance(state, SensorState) else None


def only_capability(here: House, key: str) -> CapabilityId:
    (capability,) = here.home.device(DeviceId(key)).capabilities
    return capability.id


# Coming and going


async def test_what_was_announced_before_we_came_is_there_with_its_kept_state(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with making(broker) as maker:
        maker.sensor("outside", device_class="temperature", unit_of_measurement="°C", device_name="Outside")
        maker.say("maker/outside", "21.5")
        await maker.fence()

        async with house(broker, tmp_path) as here:
            await here.until(lambda: value_of(here, "outside") == 21.5)

            device = here.home.device(DeviceId("outside"))
            assert (device.name, device.adapter) == ("Outside", "mqtt")
            assert isinstance(device.capabilities[0], Sensor)


async def test_a_device_with_many_announcements_is_announced_to_the_home_about_once(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with making(broker) as maker:
        device = {"identifiers": ["station"], "name": "Station"}
        for number in range(30):
            config = {
                "unique_id": f"s{number}",
                "state_topic": f"maker/s{number}",
                "device": device,
                "name": f"S{number}",
            }
            maker.say(f"homeassistant/sensor/s{number}/config", json.dumps(config))
        await maker.fence()

        async with house(broker, tmp_path) as here:
            await here.until(
                lambda: (
                    here.home.has(DeviceId("station")) and len(here.home.device(DeviceId("station")).capabilities) == 30
                )
            )

            assert (
                sum(change.kind is ChangeKind.DEVICE for change in here.changes) <= 6
            )  # a busy machine reads in pieces


async def test_a_device_that_is_taken_back_goes_and_its_siblings_stay(broker: Mosquitto, tmp_path: Path) -> None:
    async with making(broker) as maker, house(broker, tmp_path) as here:
        maker.sensor("one")
        maker.sensor("two")
        await here.until(lambda: here.home.has(DeviceId("one")) and here.home.has(DeviceId("two")))

        maker.take_back("sensor", "one")

        await here.until(lambda: here.home.device_ids == ["two"])


async def test_a_payload_that_cannot_be_used_is_told_once_in_words_with_its_topic(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with making(broker) as maker, house(broker, tmp_path) as here:
        for _ in range(3):
            maker.say("homeassistant/switch/broken/config", '{"name": "no command topic"}')
        maker.sensor("fine")
        await here.until(lambda: here.home.has(DeviceId("fine")))

    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(told) == 1
    assert "homeassistant/switch/broken/config" in told[0]
    assert "command_topic" in told[0]


async def test_a_device_that_announces_other_junk_again_and_again_does_not_fill_the_log(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with making(broker) as maker, house(broker, tmp_path) as here:
        maker.sensor("first")
        await here.until(lambda: here.home.has(DeviceId("first")))
        for number in range(100):
            maker.say("homeassistant/switch/broken/config", f'{{"name": "{number}"}}', retain=False)
            maker.say("homeassistant/sensor/liar/config", f'{{"state_topic": "s", "qos": {3 + number}}}', retain=False)
        maker.sensor("fine")
        await here.until(lambda: here.home.has(DeviceId("fine")))

    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len([line for line in told if "switch/broken" in line]) == 1
    assert len([line for line in told if "sensor/liar" in line]) == MOST_OF_ONE + 1


async def test_a_reading_that_promised_to_come_again_is_unavailable_when_it_does_not(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with making(broker) as maker, house(broker, tmp_path) as here:
        maker.sensor("short", expire_after=1)
        maker.sensor("other")
        maker.say("maker/other", "heard")
        await here.until(lambda: value_of(here, "other") == "heard")  # so the topic before it is listened to as well
        maker.say("maker/short", "1")
        await here.until(lambda: value_of(here, "short") == "1" and here.home.is_available(DeviceId("short")))

        await here.until(lambda: not here.home.is_available(DeviceId("short")))

        maker.say("maker/short", "2")
        await here.until(lambda: here.home.is_available(DeviceId("short")))


async def test_the_birth_message_comes_once_the_devices_are_listened_to(broker: Mosquitto, tmp_path: Path) -> None:
    """A device that keeps nothing at the broker and tells its state when it hears that we are there."""
    async with making(broker) as maker:
        maker.sensor("asleep")
        maker.obey("homeassistant/status", lambda text: maker.say("maker/asleep", f"after {text}", retain=False))
        await maker.fence()

        async with house(broker, tmp_path) as here:
            await here.until(lambda: value_of(here, "asleep") == "after online")


async def test_the_broker_says_that_we_are_offline_when_we_go(broker: Mosquitto, tmp_path: Path) -> None:
    async with making(broker) as maker:
        async with house(broker, tmp_path):
            pass

        await maker.until(lambda: ("homeassistant/status", "offline") in maker.heard)


# Commands


@pytest.mark.parametrize("name", ["도어락", "Lamp"])
async def test_a_command_is_confirmed_by_the_devices_own_word(broker: Mosquitto, tmp_path: Path, name: str) -> None:
    async with making(broker) as maker, house(broker, tmp_path) as here:
        maker.obey("maker/lamp/set", lambda text: maker.say("maker/lamp", text))
        maker.announce("switch", "lamp", command_topic="maker/lamp/set", state_topic="maker/lamp", device_name=name)
        await here.until(lambda: here.home.has(DeviceId("lamp")))

        outcome = await here.home.command(DeviceId("lamp"), only_capability(here, "lamp"), Turn(on=True))

        assert outcome is Outcome.CONFIRMED
        assert ("maker/lamp/set", "ON") in maker.heard
        assert getattr(state_of(here, "lamp"), "on", None) is True


async def test_while_the_link_is_down_devices_are_stale_and_commands_fail_at_once(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with making(broker) as maker, house(broker, tmp_path) as here:
        maker.announce("switch", "lamp", command_topic="maker/lamp/set", state_topic="maker/lamp")
        await here.until(lambda: here.home.has(DeviceId("lamp")))
        await here.cable.pull_out()
        await here.until(lambda: here.home.stale_since(DeviceId("lamp")) is not None)

        async with asyncio.timeout(0.5):
            with pytest.raises(LinkDownError):
                await here.home.command(DeviceId("lamp"), only_capability(here, "lamp"), Turn(on=True))
        await here.cable.plug_in()
        await here.until(lambda: here.home.stale_since(DeviceId("lamp")) is None)


# Away and back


async def test_what_changed_while_the_link_was_down_is_right_within_two_seconds_of_its_return(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with making(broker) as maker, house(broker, tmp_path) as here:
        for key in ("a", "b", "gone"):
            maker.sensor(key)
            maker.say(f"maker/{key}", "before")
        await here.until(lambda: all(value_of(here, key) == "before" for key in ("a", "b", "gone")))

        await here.cable.pull_out()
        await here.until(lambda: here.link.trouble is not None)
        maker.say("maker/a", "after")
        maker.sensor("new")
        maker.say("maker/new", "after")
        await maker.fence()
        await here.cable.plug_in()

        await here.until(lambda: value_of(here, "a") == value_of(here, "new") == "after", within_s=2)
        assert value_of(here, "b") == "before"


async def test_what_was_taken_back_while_the_link_was_down_goes_soon_after_its_return(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with making(broker) as maker:
        for key in ("stays", "stays too", "gone"):
            maker.sensor(key)
        await maker.fence()
        async with house(broker, tmp_path) as here:
            await here.until(lambda: len(here.home.device_ids) == 3)

            await here.cable.pull_out()
            await here.until(lambda: here.link.trouble is not None)
            maker.take_back("sensor", "gone")
            await maker.fence()
            await here.cable.plug_in()

            await here.until(lambda: len(here.home.device_ids) == 2)
            assert not here.home.has(DeviceId("gone"))


async def test_a_broker_that_lost_its_memory_does_not_empty_the_home(
    broker: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt_devices, "PATIENCE_S", 3.0)
    async with making(broker) as maker:
        for key in ("quick", "slow", "never"):
            maker.sensor(key)
            maker.say(f"maker/{key}", "before")
        await maker.fence()
        async with house(broker, tmp_path) as here:
            await here.until(lambda: len(here.home.device_ids) == 3)
            changes = len(here.changes)
            await broker.kill()
            await here.until(lambda: here.link.trouble is not None)
            await broker.start()
            await here.until(lambda: here.link.trouble is None)
            await maker.until(lambda: maker.link.trouble is None)
            maker.sensor("quick")
            births = sum(topic == "homeassistant/status" for topic, _ in maker.heard)
            await maker.until(lambda: sum(topic == "homeassistant/status" for topic, _ in maker.heard) > births)

            maker.sensor("slow")
            maker.say("maker/slow", "after")
            await here.until(lambda: value_of(here, "slow") == "after")
            assert not [change for change in here.changes[changes:] if change.kind is ChangeKind.REMOVED]

            await here.until(lambda: not here.home.has(DeviceId("never")))
            assert len(here.home.device_ids) == 2


async def test_an_announcement_that_the_broker_was_not_asked_to_keep_outlives_a_short_break(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with making(broker) as maker, house(broker, tmp_path) as here:
        maker.sensor("kept")
        await here.until(lambda: here.home.has(DeviceId("kept")))
        maker.sensor("spoken", retain=False)
        await here.until(lambda: len(here.home.device_ids) == 2)
        births = sum(topic == "homeassistant/status" for topic, _ in maker.heard)
        await here.cable.pull_out()
        await here.until(lambda: here.link.trouble is not None)
        await here.cable.plug_in()
        await here.until(lambda: here.link.trouble is None)
        await maker.until(lambda: sum(topic == "homeassistant/status" for topic, _ in maker.heard) >= births + 2)

        maker.say("maker/spoken", "still here")

        await here.until(lambda: value_of(here, "spoken") == "still here")


async def test_a_bell_that_rang_while_we_were_away_does_not_ring_now(broker: Mosquitto, tmp_path: Path) -> None:
    async with making(broker) as maker, house(broker, tmp_path) as here:
        maker.announce("event", "bell", state_topic="maker/bell", event_types=["ring"], device_class="doorbell")
        maker.sensor("other")
        await here.until(lambda: here.home.has(DeviceId("bell")))
        await here.cable.pull_out()
        await here.until(lambda: here.link.trouble is not None)
        maker.say("maker/bell", '{"event_type": "ring"}', retain=True)
        maker.say("maker/other", "after")
        await maker.fence()
        await here.cable.plug_in()
        await here.until(lambda: value_of(here, "other") == "after")

        assert isinstance(here.home.device(DeviceId("bell")).capabilities[0], Event)
        assert not [change for change in here.changes if change.kind is ChangeKind.EVENT]
