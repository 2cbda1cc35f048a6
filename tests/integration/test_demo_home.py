"""The demo over the real path: pretend things, a real broker, discovery, the home."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from intercom.devices.demo.demo_home import DemoHome
from intercom.devices.demo.guards import AlarmPanel
from intercom.devices.demo.household import Tongue
from intercom.devices.demo.thing import STATUS_TOPIC
from intercom.devices.mqtt import MqttLink
from intercom.home import home as home_module
from intercom.home.capabilities import STATE_OF, Color, Direction, Guard, ImageState, LightState, SwitchState
from intercom.home.commands import (
    Command,
    Drive,
    DriveRobot,
    InstallUpdate,
    Move,
    MoveCover,
    MoveValve,
    OperateLock,
    Press,
    SelectOption,
    SendMessage,
    SetAlarm,
    SetClimate,
    SetFan,
    SetHumidifier,
    SetLight,
    SetNumber,
    SetText,
    SetWaterHeater,
    SoundSiren,
    Turn,
    Turnkey,
)
from intercom.home.errors import DeviceUnavailableError
from intercom.home.home import Outcome
from intercom.home.model import DeviceId
from tests.integration.brokers import Mosquitto
from tests.integration.houses import House, house, known_to

DEVICES = 33
BY_WALL_SWITCH = DeviceId("switches:pretend-sw2")


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    async with Mosquitto(tmp_path) as running:
        yield running


@asynccontextmanager
async def living(broker: Mosquitto, *, speed: float = 1.0, tongue: Tongue = Tongue.KOREAN) -> AsyncIterator[None]:
    demo = DemoHome(known_to(broker, "demo"), tongue=tongue, speed=speed, start_hour=12)
    running = asyncio.create_task(demo.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def demo(
    broker: Mosquitto, folder: Path, *, speed: float = 1.0, tongue: Tongue = Tongue.KOREAN
) -> AsyncIterator[House]:
    """A house in which the whole demo has arrived."""
    async with house(broker, folder) as here, living(broker, speed=speed, tongue=tongue):
        await here.until(lambda: len(here.home.device_ids) == DEVICES and here.home.has(BY_WALL_SWITCH))
        await here.until(lambda: all(here.home.is_available(device_id) for device_id in here.home.device_ids))
        yield here


class Observer:
    """A client that sees whether the demo is online; use as `async with`."""

    def __init__(self, broker: Mosquitto) -> None:
        self.is_online = asyncio.Event()
        self._link = MqttLink(known_to(broker, "observer"), on_message=self._see)
        self._link.subscribe(STATUS_TOPIC)

    async def __aenter__(self) -> Observer:
        self._running = asyncio.create_task(self._link.run())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    def _see(self, topic: str, payload: bytes, is_retained: bool) -> None:
        if payload == b"online":
            self.is_online.set()


def named(here: House, key: str) -> DeviceId:
    return DeviceId(f"pretend_{key}")


async def test_every_kind_of_capability_is_in_the_demo(broker: Mosquitto, tmp_path: Path) -> None:
    async with demo(broker, tmp_path) as here:
        devices = [here.home.device(device_id) for device_id in here.home.device_ids]

        assert {type(capability) for device in devices for capability in device.capabilities} == set(STATE_OF)
        assert {device.area for device in devices if device.adapter == "mqtt"} == {
            "거실", "안방", "주방", "욕실", "현관", "서재",
        }  # fmt: skip


async def test_nothing_that_a_pretend_thing_says_is_misunderstood(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    async with demo(broker, tmp_path, speed=1000, tongue=Tongue.ENGLISH) as here:
        await here.until(lambda: len(here.changes) > 1000)

    assert [record.getMessage() for record in caplog.records if "cannot be" in record.getMessage()] == []


COMMANDS: list[tuple[str, Command, Outcome]] = [
    ("living_ceiling", SetLight(brightness_pct=20, color_temp_k=4000), Outcome.CONFIRMED),
    ("living_mood", SetLight(color=Color(hue_deg=200, saturation_pct=90)), Outcome.CONFIRMED),
    ("living_mood", SetLight(effect="candle"), Outcome.CONFIRMED),
    ("bedroom_light", SetLight(brightness_pct=75), Outcome.CONFIRMED),
    ("bedroom_light", Turn(on=False), Outcome.CONFIRMED),
    ("study_lamp", SetLight(brightness_pct=30), Outcome.CONFIRMED),
    ("living_curtain", MoveCover(move=Move.CLOSE), Outcome.CONFIRMED),
    ("living_curtain", MoveCover(position_pct=40), Outcome.CONFIRMED),
    ("living_curtain", MoveCover(move=Move.STOP), Outcome.SENT),
    ("bedroom_blind", MoveCover(tilt_pct=80), Outcome.CONFIRMED),
    ("bedroom_blind", MoveCover(move=Move.OPEN), Outcome.CONFIRMED),
    ("living_aircon", Turn(on=True), Outcome.CONFIRMED),
    ("living_aircon", SetClimate(target_c=22.5), Outcome.CONFIRMED),
    ("living_aircon", SetClimate(fan_mode="high"), Outcome.CONFIRMED),
    ("living_aircon", SetClimate(swing_mode="on"), Outcome.CONFIRMED),
    ("living_aircon", SetClimate(preset="eco"), Outcome.CONFIRMED),
    ("living_aircon", SetClimate(mode="dry"), Outcome.CONFIRMED),
    ("living_aircon", Turn(on=False), Outcome.CONFIRMED),
    ("living_vacuum", DriveRobot(drive=Drive.START), Outcome.CONFIRMED),
    ("living_vacuum", DriveRobot(fan_speed="turbo"), Outcome.CONFIRMED),
    ("living_vacuum", DriveRobot(drive=Drive.DOCK), Outcome.CONFIRMED),
    ("living_vacuum", DriveRobot(drive=Drive.LOCATE), Outcome.SENT),
    ("living_infrared", SendMessage(message="[9000,-4500]"), Outcome.SENT),
    ("living_infrared", Press(), Outcome.SENT),
    ("bedroom_heating", SetClimate(target_c=24), Outcome.CONFIRMED),
    ("bedroom_heating", SetClimate(preset="away"), Outcome.CONFIRMED),
    ("bedroom_heating", SetClimate(mode="off"), Outcome.CONFIRMED),
    ("bedroom_humidifier", SetHumidifier(target_pct=60), Outcome.CONFIRMED),
    ("bedroom_humidifier", SetHumidifier(mode="sleep"), Outcome.CONFIRMED),
    ("bedroom_humidifier", Turn(on=False), Outcome.CONFIRMED),
    ("kitchen_gas", MoveValve(move=Move.CLOSE), Outcome.CONFIRMED),
    ("kitchen_strip", Turn(on=False), Outcome.CONFIRMED),
    ("kitchen_hood", SetFan(speed_pct=100), Outcome.CONFIRMED),
    ("kitchen_hood", SetFan(on=False), Outcome.CONFIRMED),
    ("kitchen_hood", SetLight(on=True), Outcome.CONFIRMED),
    ("kitchen_boiler", SetWaterHeater(target_c=55), Outcome.CONFIRMED),
    ("kitchen_boiler", SetWaterHeater(mode="performance"), Outcome.CONFIRMED),
    ("kitchen_boiler", Turn(on=False), Outcome.CONFIRMED),
    ("entrance_lock", OperateLock(turn=Turnkey.UNLOCK), Outcome.CONFIRMED),
    ("entrance_lock", OperateLock(turn=Turnkey.OPEN), Outcome.CONFIRMED),
    ("entrance_lock", OperateLock(turn=Turnkey.LOCK), Outcome.CONFIRMED),
    ("entrance_alarm", SetAlarm(guard=Guard.ARMED_AWAY), Outcome.CONFIRMED),
    ("entrance_alarm", SetAlarm(guard=Guard.DISARMED, code=AlarmPanel.CODE), Outcome.CONFIRMED),
    ("entrance_siren", SoundSiren(tone="fire", duration_s=5), Outcome.CONFIRMED),
    ("entrance_siren", Turn(on=False), Outcome.CONFIRMED),
    ("entrance_scenes", Press(), Outcome.SENT),
    ("garden_mower", DriveRobot(drive=Drive.START), Outcome.CONFIRMED),
    ("garden_mower", DriveRobot(drive=Drive.PAUSE), Outcome.CONFIRMED),
    ("garden_mower", DriveRobot(drive=Drive.DOCK), Outcome.CONFIRMED),
    ("study_plug", Turn(on=False), Outcome.CONFIRMED),
    ("study_plug", SetNumber(value=30), Outcome.CONFIRMED),
    ("study_plug", SelectOption(option="off"), Outcome.CONFIRMED),
    ("study_plug", SetText(text='말 "따옴표"'), Outcome.CONFIRMED),
    ("study_plug", InstallUpdate(), Outcome.CONFIRMED),
    ("study_circulator", SetFan(speed_pct=70), Outcome.CONFIRMED),
    ("study_circulator", SetFan(preset="natural"), Outcome.CONFIRMED),
    ("study_circulator", SetFan(oscillating=True), Outcome.CONFIRMED),
    ("study_circulator", SetFan(direction=Direction.REVERSE), Outcome.CONFIRMED),
    ("study_printer", Turn(on=True), Outcome.CONFIRMED),
]


async def test_every_thing_obeys_every_command_of_its_kind(broker: Mosquitto, tmp_path: Path) -> None:
    async with demo(broker, tmp_path) as here:
        outcomes = []
        for key, command, _ in COMMANDS:
            capability_id = here.home.main_capability(named(here, key), command)
            try:
                outcomes.append((key, command, await here.home.command(named(here, key), capability_id, command)))
            except DeviceUnavailableError as error:
                pytest.fail(f"{command}: {error}")

        assert outcomes == COMMANDS


async def test_the_silent_light_goes_back_and_is_named(
    broker: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_module, "CONFIRM_WITHIN_S", 0.3)
    async with demo(broker, tmp_path) as here:
        mirror = named(here, "bath_mirror")
        capability_id = here.home.main_capability(mirror, Turn(on=True))

        with pytest.raises(DeviceUnavailableError, match="거울 조명"):
            await here.home.command(mirror, capability_id, Turn(on=True))

        assert here.home.held(mirror)[capability_id].shown == LightState(on=False)


async def test_the_ancestors_switch_is_there_and_toggles(broker: Mosquitto, tmp_path: Path) -> None:
    async with demo(broker, tmp_path) as here:
        await here.switches.toggle("pretend-sw2", 2)

        assert here.switches.states("pretend-sw2") == [False, True]
        assert here.home.held(BY_WALL_SWITCH)[here.home.device(BY_WALL_SWITCH).capabilities[1].id].state == SwitchState(
            on=True
        )


async def test_the_outlet_at_the_edge_goes_and_comes_back(broker: Mosquitto, tmp_path: Path) -> None:
    async with demo(broker, tmp_path, speed=100) as here:
        printer = named(here, "study_printer")

        await here.until(lambda: not here.home.is_available(printer))
        await here.until(lambda: here.home.is_available(printer))


async def test_the_door_camera_has_a_picture(broker: Mosquitto, tmp_path: Path) -> None:
    async with demo(broker, tmp_path) as here:
        states = [held.state for held in here.home.held(named(here, "entrance_station")).values()]

        (picture,) = [state for state in states if isinstance(state, ImageState)]
        assert picture.data is not None
        assert picture.data.startswith(b"\x89PNG")


async def test_a_demo_that_has_ended_leaves_things_that_cannot_be_reached(broker: Mosquitto, tmp_path: Path) -> None:
    async with house(broker, tmp_path) as here:
        async with living(broker):
            await here.until(lambda: len(here.home.device_ids) == DEVICES)

        await here.until(
            lambda: (
                not any(
                    here.home.is_available(device_id)
                    for device_id in here.home.device_ids
                    if device_id != BY_WALL_SWITCH
                )
            )
        )


async def test_a_broker_that_forgot_everything_is_told_again(broker: Mosquitto, tmp_path: Path) -> None:
    async with demo(broker, tmp_path) as here, Observer(broker) as observer:
        ceiling = named(here, "living_ceiling")
        capability_id = here.home.main_capability(ceiling, Turn(on=False))
        await broker.kill()
        observer.is_online.clear()
        await here.until(lambda: here.home.stale_since(ceiling) is not None)
        await broker.start()
        await here.until(lambda: here.home.stale_since(ceiling) is None)

        await asyncio.wait_for(observer.is_online.wait(), 5)

        assert await here.home.command(ceiling, capability_id, Turn(on=False)) is Outcome.CONFIRMED
