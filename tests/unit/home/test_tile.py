"""What tiles say: the words, colours and touches that residents see."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intercom.home.capabilities import (
    STATE_OF,
    BinarySensor,
    BinarySensorState,
    Bolt,
    Button,
    Capability,
    CapabilityId,
    Category,
    Climate,
    ClimateState,
    Cover,
    CoverState,
    Fan,
    FanState,
    Light,
    LightState,
    Lock,
    LockState,
    Motion,
    Scene,
    Sensor,
    SensorState,
    State,
    Switch,
    SwitchState,
    Valve,
    ValveState,
)
from intercom.home.commands import Move, MoveCover, MoveValve, OperateLock, Press, Turn, Turnkey
from intercom.home.glance import Tile, Tone
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId
from intercom.home.tile import face_of, tile_of
from intercom.home.words import Words, all_texts, area_icon

DEVICE = DeviceId("thing")
ID = CapabilityId("main")


def home_with(parts: Sequence[tuple[Capability, State | None]]) -> Home:
    home = Home(clock=lambda: 1_000.0)
    home.announce(Device(id=DEVICE, adapter="test", name="Thing", capabilities=tuple(part[0] for part in parts)))
    for capability, state in parts:
        if state is not None:
            home.report(DEVICE, capability.id, state)
    return home


def tile(capability: Capability, state: State | None = None) -> Tile:
    return tile_of(home_with([(capability, state)]), DEVICE)


def said(tile: Tile) -> list[str]:
    """The second line in English."""
    lines = []
    for words in tile.words:
        text = words.text
        for number, arg in enumerate(words.args, 1):
            text = text.replace(f"%{number}", arg)
        lines.append(text)
    return lines


def test_a_dimmed_light_is_amber_as_far_as_it_is_bright() -> None:
    shown = tile(Light(id=ID, has_brightness=True), LightState(on=True, brightness_pct=69.8))

    assert (shown.tone, shown.is_on, shown.level_pct, shown.slide) == (Tone.AMBER, True, 69.8, ID)
    assert said(shown) == ["On", "70 %"]
    assert shown.touch is not None
    assert shown.touch.command == Turn(on=False)


def test_a_light_that_is_off_is_plain() -> None:
    shown = tile(Light(id=ID, has_brightness=True), LightState(on=False, brightness_pct=70))

    assert (shown.tone, shown.is_on, shown.level_pct, said(shown)) == (Tone.PLAIN, False, None, ["Off"])


def test_a_curtain_says_how_far_it_is_open_and_a_touch_closes_it() -> None:
    shown = tile(Cover(id=ID, has_position=True), CoverState(motion=Motion.OPEN, position_pct=40))

    assert (shown.tone, shown.level_pct, said(shown)) == (Tone.BLUE, 40, ["40 % open"])
    assert shown.touch is not None
    assert shown.touch.command == MoveCover(move=Move.CLOSE)


def test_a_touch_stops_a_curtain_in_its_way() -> None:
    shown = tile(Cover(id=ID), CoverState(motion=Motion.OPENING))

    assert shown.touch is not None
    assert shown.touch.command == MoveCover(move=Move.STOP)


def test_unlocking_takes_a_hold_and_locking_does_not() -> None:
    locked = tile(Lock(id=ID), LockState(bolt=Bolt.LOCKED))
    unlocked = tile(Lock(id=ID), LockState(bolt=Bolt.UNLOCKED))

    assert locked.touch is not None
    assert unlocked.touch is not None
    assert (locked.tone, locked.touch.needs_hold) == (Tone.GREEN, True)
    assert (unlocked.tone, unlocked.touch.needs_hold) == (Tone.RED, False)
    assert unlocked.touch.command == OperateLock(turn=Turnkey.LOCK)


def test_a_lock_that_asks_for_a_code_opens_its_sheet() -> None:
    assert tile(Lock(id=ID, code_pattern=r"^\d+$"), LockState(bolt=Bolt.LOCKED)).touch is None


def test_shutting_the_gas_never_waits() -> None:
    valve = Valve(id=ID, device_class="gas", can_open=False)

    shown = tile(valve, ValveState(motion=Motion.OPEN))

    assert shown.touch is not None
    assert (shown.touch.command, shown.touch.needs_hold) == (MoveValve(move=Move.CLOSE), False)
    assert tile(valve, ValveState(motion=Motion.CLOSED)).touch is None


def test_a_ventilation_with_few_speeds_counts_them() -> None:
    three, many = Fan(id=ID, speeds=3), Fan(id=ID, speeds=100)

    assert said(tile(three, FanState(on=True, speed_pct=66.7))) == ["Speed 2"]
    assert said(tile(many, FanState(on=True, speed_pct=66.7))) == ["Speed 67 %"]


def test_a_thermostat_shows_what_it_measures_and_what_it_does() -> None:
    shown = tile(
        Climate(id=ID, has_target=True, modes=("off", "heat")),
        ClimateState(mode="heat", action="heating", target_c=23.0, current_c=22.5),
    )

    assert (shown.number, said(shown), shown.tone) == ("22.5°", ["Set to 23°", "heating"], Tone.AMBER)


def test_an_open_window_needs_a_look_and_a_shut_one_is_safe() -> None:
    window = BinarySensor(id=ID, device_class="window")

    assert tile(window, BinarySensorState(on=True)).tone is Tone.RED
    assert tile(window, BinarySensorState(on=False)).tone is Tone.GREEN


@pytest.mark.parametrize(
    ("sensor", "value", "number"),
    [
        (Sensor(id=ID, unit="°C"), 22.5, "22.5°"),
        (Sensor(id=ID, unit="%"), 48, "48%"),
        (Sensor(id=ID, unit="ppm", precision=0), 412.4, "412 ppm"),
        (Sensor(id=ID), 0.1 + 0.2, "0.3"),
        (Sensor(id=ID, unit="lx"), 120_000, "120000 lx"),
    ],
)
def test_numbers_are_written_as_people_write_them(sensor: Sensor, value: float, number: str) -> None:
    assert tile(sensor, SensorState(value=value)).number == number


def test_a_power_strip_has_a_button_for_each_switch() -> None:
    parts = [(Switch(id=CapabilityId(f"l{n}"), name=f"L{n}"), SwitchState(on=n % 2 == 0)) for n in range(4)]

    shown = tile_of(home_with(parts), DEVICE)

    assert [button.is_on for button in shown.buttons] == [True, False, True, False]
    assert said(shown) == ["2 on"]
    assert shown.touch is None
    assert shown.buttons[1].touch.command == Turn(on=True)


def test_a_meter_in_a_plug_adds_to_its_words() -> None:
    plug = (Switch(id=ID, device_class="outlet"), SwitchState(on=True))
    meter = (Sensor(id=CapabilityId("w"), name="Power", device_class="power", unit="W"), SensorState(value=12))

    assert said(tile_of(home_with([meter, plug]), DEVICE)) == ["On", "12 W"]


def test_the_settings_of_a_sensor_do_not_make_its_face() -> None:
    sensor = Sensor(id=CapabilityId("t"), device_class="temperature", unit="°C")
    child_lock = Switch(id=CapabilityId("lock"), category=Category.SETTING)

    home = home_with([(child_lock, SwitchState(on=True)), (sensor, SensorState(value=21))])

    assert face_of(home.device(DEVICE)) is sensor


def test_a_device_out_of_reach_says_since_when_and_has_no_fill() -> None:
    home = home_with([(Switch(id=ID), SwitchState(on=True))])
    home.set_available(DEVICE, ID, is_available=False)

    shown = tile_of(home, DEVICE)

    assert shown.is_stale
    assert shown.level_pct is None
    assert shown.words == (Words("No news since %1", at=1_000.0),)


def test_a_broken_link_makes_every_tile_stale_since_then() -> None:
    home = home_with([(Switch(id=ID), SwitchState(on=True))])
    home.link_down("test")

    assert tile_of(home, DEVICE).words == (Words("No news since %1", at=1_000.0),)


async def test_what_is_asked_shows_at_once_with_the_words_for_it() -> None:
    class Silent:
        async def execute(self, *asked: object) -> None:
            """Say nothing."""

    home = home_with([(Switch(id=ID), SwitchState(on=False))])
    home.attach("test", Silent())
    asking = asyncio.create_task(home.command(DEVICE, ID, Turn(on=True)))
    await asyncio.sleep(0)

    shown = tile_of(home, DEVICE)

    assert (shown.is_on, shown.is_pending, said(shown)) == (True, True, ["turning on…"])
    asking.cancel()


def test_a_button_is_pressed_by_a_touch() -> None:
    shown = tile(Button(id=ID))

    assert shown.touch is not None
    assert shown.touch.command == Press()


def test_with_several_buttons_a_touch_opens_the_sheet() -> None:
    press, scene = Button(id=ID, name="Test the bell"), Scene(id=CapabilityId("off"), name="All off")

    shown = tile_of(home_with([(press, None), (scene, None)]), DEVICE)

    assert (shown.icon, shown.touch) == ("sparkles", None)


@given(st.data())
def test_every_kind_in_every_state_has_a_tile_in_words_that_are_translated(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(STATE_OF, key=lambda kind: kind.__name__)))
    capability = data.draw(st.builds(kind))
    state = data.draw(st.builds(STATE_OF[kind]))

    shown = tile(capability, state)

    assert {words.text for words in shown.words} <= all_texts()


@pytest.mark.parametrize(
    ("name", "icon"), [("거실", "sofa"), ("Kids' bedroom", "baby"), ("Kitchen", "cooking-pot"), ("Somewhere", "house")]
)
def test_an_area_gets_an_icon_that_goes_with_its_name(name: str, icon: str) -> None:
    assert area_icon(name) == icon
