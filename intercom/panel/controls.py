"""What a device's sheet offers for each capability, and the command that each control stands for.

Pure: a control is a value that says what to draw; `intercom.panel.control` makes it live for QML. A label is either
one of the panel's own texts (a `str`, context "Panel" of the catalogue) or words of the home (`Words`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from intercom.home.capabilities import (
    Alarm,
    AlarmState,
    BinarySensor,
    Bolt,
    Button,
    Capability,
    CapabilityId,
    Category,
    Climate,
    ClimateState,
    Color,
    Cover,
    CoverState,
    Direction,
    Fan,
    FanState,
    Guard,
    Humidifier,
    HumidifierState,
    Image,
    ImageState,
    InfraredEmitter,
    Light,
    LightMode,
    LightState,
    Lock,
    LockState,
    Motion,
    Mower,
    Notify,
    Number,
    NumberState,
    Scene,
    Select,
    SelectState,
    Sensor,
    Siren,
    SirenState,
    State,
    Switch,
    SwitchState,
    Text,
    TextState,
    Update,
    UpdateState,
    Vacuum,
    VacuumState,
    Valve,
    ValveState,
    WaterHeater,
    WaterHeaterState,
)
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
from intercom.home.errors import InvalidInputError
from intercom.home.glance import Tone, format_number, format_reading, glance_of, is_held_to_open
from intercom.home.model import Held, Trust
from intercom.home.words import CLASSES, MODES, Words, literal, mode_words

Label = str | Words

_NOBODY = CapabilityId("")


class ControlKind(StrEnum):
    """How a control is drawn."""

    SWITCH = "switch"
    SLIDER = "slider"
    KELVIN = "kelvin"
    COLOR = "color"
    STEPPER = "stepper"
    CHOICE = "choice"
    ACTIONS = "actions"
    TEXT = "text"
    VALUE = "value"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Option:
    """One of several to choose from, or one action.

    Attributes:
        value: what `command_of` takes.
        needs_hold: it takes a press of a second.
    """

    value: str
    label: Label
    needs_hold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One line of a sheet.

    Attributes:
        key: what of the capability it sets; unique within the capability.
        label: what it is; `name` stands before or in place of it.
        name: the device's own name for the capability.
        is_main: the capability's first control, which its name alone describes.
        note: the state in words or as a number with its unit.
        on, number, color, chosen: the state to draw, None when it is unknown.
        tone: what a level's colour means; plain for one that means nothing.
        asks_code: an action takes a code.
        text: the present text of a text field.
    """

    kind: ControlKind
    key: str
    label: Label
    capability_id: CapabilityId = _NOBODY
    name: str | None = None
    icon: str = ""
    category: Category = Category.PRIMARY
    is_shown: bool = True
    is_main: bool = False
    is_pending: bool = False
    is_assumed: bool = False
    is_available: bool = True
    note: tuple[Words, ...] = ()
    on: bool | None = None
    number: float | None = None
    low: float = 0.0
    high: float = 100.0
    step: float = 1.0
    unit: str = ""
    tone: Tone = Tone.PLAIN
    color: Color | None = None
    options: tuple[Option, ...] = ()
    chosen: str | None = None
    asks_code: bool = False
    text: str = ""
    is_secret: bool = False
    image: ImageState | None = None


def controls_of(capability: Capability, held: Held) -> tuple[Control, ...]:
    """Return the controls of one capability as they look now, the main one first."""
    made = tuple(_controls(capability, held.shown))
    icon = capability.icon or glance_of(capability, held.shown).icon
    return tuple(
        replace(
            control,
            capability_id=capability.id,
            name=capability.name,
            icon=icon,
            category=capability.category,
            is_shown=capability.is_shown,
            is_main=number == 0,
            is_pending=_is_pending(held, control.key),
            is_assumed=held.trust is Trust.ASSUMED,
            is_available=held.is_available,
        )
        for number, control in enumerate(made)
    )


def command_of(capability: Capability, key: str, value: Any, code: str | None = None) -> Command:
    """Return the command for a control that was set to `value`; the home checks what it holds.

    Raises:
        InvalidInputError: the control sets nothing.
    """
    match capability, key:
        case Switch() | Light() | Fan() | Siren() | Humidifier() | Climate() | WaterHeater(), "on":
            return Turn(on=value)
        case Light(), _:
            return SetLight(**{key: round(value) if key == "color_temp_k" else value})
        case Cover(), "move":
            return MoveCover(move=Move(value))
        case Cover(), _:
            return MoveCover(**{key: value})
        case Valve(), "move":
            return MoveValve(move=Move(value))
        case Valve(), _:
            return MoveValve(**{key: value})
        case Lock(), _:
            return OperateLock(turn=Turnkey(value), code=code)
        case Climate(), _:
            return SetClimate(**{key: value})
        case WaterHeater(), _:
            return SetWaterHeater(**{key: value})
        case Fan(), "direction":
            return SetFan(direction=Direction(value))
        case Fan(), _:
            return SetFan(**{key: value})
        case Humidifier(), _:
            return SetHumidifier(**{key: value})
        case Siren(), _:
            return SoundSiren(**{key: value})
        case Alarm(), _:
            return SetAlarm(guard=Guard(value), code=code)
        case Vacuum() | Mower(), "drive":
            return DriveRobot(drive=Drive(value))
        case Vacuum() | Mower(), _:
            return DriveRobot(**{key: value})
        case Button() | Scene(), _:
            return Press()
        case Number(), _:
            return SetNumber(value=value)
        case Select(), _:
            return SelectOption(option=value)
        case Text(), _:
            return SetText(text=value)
        case Notify() | InfraredEmitter(), _:
            return SendMessage(message=value)
        case Update(), _:
            return InstallUpdate()
    raise InvalidInputError(f"a {capability.kind} has nothing to set")


def slide_command(capability: Capability, level_pct: float) -> Command:
    """Return the command for a level that was dragged on a tile."""
    match capability:
        case Light():
            return SetLight(brightness_pct=level_pct) if level_pct else Turn(on=False)
        case Cover():
            return MoveCover(position_pct=level_pct)
        case Valve():
            return MoveValve(position_pct=level_pct)
        case Fan():
            return SetFan(speed_pct=level_pct)
    raise InvalidInputError(f"a {capability.kind} has no level")


def all_texts() -> frozenset[str]:
    """Return every label that is one of the panel's own texts, for the catalogue to cover."""
    return frozenset({*_LABELS, *_MOVES.values(), *_TURNS.values(), *_GUARDS.values(), *_DRIVES.values()})


_LABELS = (
    "Brightness",
    "Charge",
    "Colour",
    "Colour temperature",
    "Direction",
    "Effect",
    "Fan",
    "Forward",
    "From",
    "Humidity",
    "Install",
    "Message",
    "Mode",
    "Now",
    "Operate",
    "Order",
    "Picture",
    "Position",
    "Power",
    "Press",
    "Preset",
    "Reverse",
    "Speed",
    "State",
    "Swing",
    "Swing, sideways",
    "Swivel",
    "Target humidity",
    "Temperature",
    "Text",
    "Tilt",
    "To",
    "Tone",
    "Value",
    "Version",
    "Volume",
    "White",
)
_MOVES = {Move.OPEN: "Open", Move.STOP: "Stop", Move.CLOSE: "Close"}
_TURNS = {Turnkey.LOCK: "Lock", Turnkey.UNLOCK: "Unlock", Turnkey.OPEN: "Open the door"}
_GUARDS = {
    Guard.DISARMED: "Disarm",
    Guard.ARMED_HOME: "Arm, home",
    Guard.ARMED_AWAY: "Arm, away",
    Guard.ARMED_NIGHT: "Arm, night",
    Guard.ARMED_VACATION: "Arm, vacation",
    Guard.ARMED_CUSTOM: "Arm, custom",
    Guard.TRIGGERED: "Set off",
}
_DRIVES = {
    Drive.START: "Start",
    Drive.PAUSE: "Pause",
    Drive.STOP: "Stop",
    Drive.DOCK: "Back to the dock",
    Drive.LOCATE: "Where are you?",
    Drive.CLEAN_SPOT: "Clean this spot",
}


def _controls(capability: Capability, state: State) -> Iterator[Control]:
    match capability, state:
        case Switch(), SwitchState():
            yield _switch("on", "Power", state.on)
        case Siren(), SirenState():
            yield _switch("on", "Power", state.on)
            yield from _choice("tone", "Tone", capability.tones, None)
            if capability.has_volume:
                yield _percent("volume_pct", "Volume", None)
        case Light(), LightState():
            yield from _light(capability, state)
        case Cover(), CoverState():
            yield _moves(capability, state)
            if capability.has_position:
                yield _percent("position_pct", "Position", state.position_pct, Tone.BLUE)
            if capability.has_tilt:
                yield _percent("tilt_pct", "Tilt", state.tilt_pct, Tone.BLUE)
        case Valve(), ValveState():
            yield _moves(capability, state)
            if capability.has_position:
                yield _percent("position_pct", "Position", state.position_pct, Tone.BLUE)
        case Lock(), LockState():
            yield _lock(capability, state)
        case Climate(), ClimateState():
            yield from _climate(capability, state)
        case WaterHeater(), WaterHeaterState():
            yield from _water_heater(capability, state)
        case Fan(), FanState():
            yield from _fan(capability, state)
        case Humidifier(), HumidifierState():
            yield _switch("on", "Power", state.on)
            if capability.has_target:
                low, high = capability.min_pct, capability.max_pct
                yield replace(
                    _percent("target_pct", "Target humidity", state.target_pct, Tone.BLUE), low=low, high=high
                )
            yield from _choice("mode", "Mode", capability.modes, state.mode)
        case Alarm(), AlarmState():
            yield _alarm(capability, state)
        case Vacuum() | Mower(), _:
            yield from _robot(capability, state)
        case Button() | Scene(), _:
            yield _actions("press", "Press", (Option("press", "Press"),))
        case Number(), NumberState():
            yield _number(capability, state)
        case Select(), SelectState():
            yield from _choice("option", "Mode", capability.options, state.option)
        case Text(), TextState():
            shown = "" if capability.is_secret else state.text or ""
            yield Control(kind=ControlKind.TEXT, key="text", label="Text", text=shown, is_secret=capability.is_secret)
        case Notify() | InfraredEmitter(), _:
            yield Control(kind=ControlKind.TEXT, key="message", label="Message")
        case Update(), UpdateState():
            yield _update(capability, state)
        case Image(), ImageState():
            yield Control(
                kind=ControlKind.IMAGE, key="image", label="Picture", image=state, note=_glance(capability, state)
            )
        case Sensor() | BinarySensor(), _:
            sensed = CLASSES.get(capability.device_class or "")
            yield _value("state", Words(sensed) if sensed else "State", _glance(capability, state))
        case _:
            yield _value("state", "State", _glance(capability, state))


def _light(light: Light, state: LightState) -> Iterator[Control]:
    yield _switch("on", "Power", state.on)
    if light.has_brightness:
        yield replace(_percent("brightness_pct", "Brightness", state.brightness_pct, Tone.AMBER), low=1.0)
    if light.warmest_k is not None and light.coldest_k is not None:
        yield Control(
            kind=ControlKind.KELVIN,
            key="color_temp_k",
            label="Colour temperature",
            number=None if state.mode is LightMode.COLOR else state.color_temp_k,
            low=light.warmest_k,
            high=light.coldest_k,
            step=50,
            unit=" K",
        )
    if light.has_color:
        color = None if state.mode is LightMode.TEMPERATURE else state.color
        yield Control(kind=ControlKind.COLOR, key="color", label="Colour", color=color)
    if light.has_white:
        white = state.brightness_pct if state.mode is LightMode.WHITE else None
        yield _percent("white_pct", "White", white, Tone.AMBER)
    yield from _choice("effect", "Effect", light.effects, state.effect)


def _moves(capability: Cover | Valve, state: CoverState | ValveState) -> Control:
    able = {Move.OPEN: capability.can_open, Move.STOP: capability.can_stop, Move.CLOSE: capability.can_close}
    options = [
        Option(move, label, needs_hold=move is Move.OPEN and is_held_to_open(capability))
        for move, label in _MOVES.items()
        if able[move]
    ]
    going = {Motion.OPENING: Move.OPEN, Motion.CLOSING: Move.CLOSE}
    control = _actions("move", "Operate", options, going.get(state.motion) if state.motion else None)
    return replace(control, note=_glance(capability, state))


def _lock(lock: Lock, state: LockState) -> Control:
    options = [
        Option(turn, label, needs_hold=turn is not Turnkey.LOCK)
        for turn, label in _TURNS.items()
        if turn is not Turnkey.OPEN or lock.can_open
    ]
    going = {Bolt.LOCKING: Turnkey.LOCK, Bolt.UNLOCKING: Turnkey.UNLOCK, Bolt.OPENING: Turnkey.OPEN}
    control = _actions("turn", "Operate", options, going.get(state.bolt) if state.bolt else None)
    return replace(control, note=_glance(lock, state), asks_code=lock.code_pattern is not None)


def _climate(climate: Climate, state: ClimateState) -> Iterator[Control]:
    if climate.has_target:
        yield _degrees("target_c", "Temperature", state.target_c, climate)
    if climate.has_range:
        yield _degrees("low_c", "From", state.low_c, climate)
        yield _degrees("high_c", "To", state.high_c, climate)
    yield from _choice("mode", "Mode", climate.modes, state.mode)
    if climate.can_turn:
        yield _switch("on", "Power", state.on if state.on is not None else _is_on(state.mode))
    if climate.has_target_humidity:
        low, high = climate.min_humidity_pct, climate.max_humidity_pct
        humidity = _percent("target_humidity_pct", "Target humidity", state.target_humidity_pct)
        yield replace(humidity, low=low, high=high)
    yield from _choice("fan_mode", "Fan", climate.fan_modes, state.fan_mode)
    yield from _choice("swing_mode", "Swing", climate.swing_modes, state.swing_mode)
    yield from _choice(
        "swing_horizontal_mode", "Swing, sideways", climate.swing_horizontal_modes, state.swing_horizontal_mode
    )
    if climate.presets:
        presets = dict.fromkeys(("none", *climate.presets))
        yield from _choice("preset", "Preset", presets, state.preset or "none")
    if state.current_c is not None:
        yield _value("current_c", "Now", (_measured(state.current_c),))
    if state.humidity_pct is not None:
        yield _value("humidity_pct", "Humidity", (literal(f"{state.humidity_pct:.0f} %"),))


def _water_heater(heater: WaterHeater, state: WaterHeaterState) -> Iterator[Control]:
    if heater.has_target:
        yield _degrees("target_c", "Temperature", state.target_c, heater)
    yield from _choice("mode", "Mode", heater.modes, state.mode)
    if heater.can_turn:
        yield _switch("on", "Power", state.on if state.on is not None else _is_on(state.mode))
    if state.current_c is not None:
        yield _value("current_c", "Now", (_measured(state.current_c),))


def _fan(fan: Fan, state: FanState) -> Iterator[Control]:
    yield _switch("on", "Power", state.on)
    if fan.speeds:
        yield replace(_percent("speed_pct", "Speed", state.speed_pct, Tone.BLUE), step=100 / fan.speeds)
    yield from _choice("preset", "Preset", fan.presets, state.preset)
    if fan.can_oscillate:
        yield _switch("oscillating", "Swivel", state.oscillating)
    if fan.can_reverse:
        options = (Option(Direction.FORWARD, "Forward"), Option(Direction.REVERSE, "Reverse"))
        yield Control(
            kind=ControlKind.CHOICE, key="direction", label="Direction", options=options, chosen=state.direction
        )


def _alarm(alarm: Alarm, state: AlarmState) -> Control:
    options = [Option(guard, _GUARDS[guard], needs_hold=guard is Guard.TRIGGERED) for guard in alarm.guards]
    control = _actions("guard", "Operate", options, state.guard)
    asks_code = alarm.arming_needs_code or alarm.disarming_needs_code
    return replace(control, note=_glance(alarm, state), asks_code=asks_code)


def _robot(robot: Vacuum | Mower, state: State) -> Iterator[Control]:
    options = [Option(drive, label) for drive, label in _DRIVES.items() if drive in robot.actions]
    yield replace(_actions("drive", "Operate", options), note=_glance(robot, state))
    if isinstance(robot, Vacuum) and isinstance(state, VacuumState):
        yield from _choice("fan_speed", "Speed", robot.fan_speeds, state.fan_speed)
        if state.battery_pct is not None:
            yield _value("battery_pct", "Charge", (literal(f"{state.battery_pct:.0f} %"),))
        if robot.takes_orders:
            yield Control(kind=ControlKind.TEXT, key="order", label="Order")


def _number(number: Number, state: NumberState) -> Control:
    steps = (number.max_value - number.min_value) / number.step if number.step > 0 else 0
    return Control(
        kind=ControlKind.SLIDER if 0 < steps <= 1000 else ControlKind.STEPPER,
        key="value",
        label="Value",
        number=state.value,
        low=number.min_value,
        high=number.max_value,
        step=number.step,
        unit=format_reading(number, 0).removeprefix("0"),
    )


def _update(update: Update, state: UpdateState) -> Control:
    is_behind = state.latest is not None and state.latest != state.installed and not state.is_running
    options = (Option("install", "Install"),) if update.can_install and is_behind else ()
    versions = " → ".join(dict.fromkeys(version for version in (state.installed, state.latest) if version))
    note = (literal(versions),) if versions and not state.is_running else _glance(update, state)
    return replace(_actions("install", "Version", options), note=note)


def _switch(key: str, label: Label, on: bool | None) -> Control:
    return Control(kind=ControlKind.SWITCH, key=key, label=label, on=on)


def _percent(key: str, label: Label, value: float | None, tone: Tone = Tone.PLAIN) -> Control:
    return Control(kind=ControlKind.SLIDER, key=key, label=label, number=value, unit=" %", tone=tone)


def _degrees(key: str, label: Label, value: float | None, limits: Climate | WaterHeater) -> Control:
    return Control(
        kind=ControlKind.STEPPER,
        key=key,
        label=label,
        number=value,
        low=limits.min_c,
        high=limits.max_c,
        step=limits.step_c,
        unit="°",
    )


def _measured(temperature_c: float) -> Words:
    return literal(f"{format_number(round(temperature_c, 1))}°")


def _choice(key: str, label: Label, values: Iterable[str], chosen: str | None) -> Iterator[Control]:
    options = tuple(Option(value, mode_words(value) if value in MODES else literal(value)) for value in values)
    if options:
        yield Control(kind=ControlKind.CHOICE, key=key, label=label, options=options, chosen=chosen)


def _actions(key: str, label: Label, options: Iterable[Option], chosen: str | None = None) -> Control:
    return Control(kind=ControlKind.ACTIONS, key=key, label=label, options=tuple(options), chosen=chosen)


def _value(key: str, label: Label, note: tuple[Words, ...]) -> Control:
    return Control(kind=ControlKind.VALUE, key=key, label=label, note=note)


def _glance(capability: Capability, state: State) -> tuple[Words, ...]:
    tile = glance_of(capability, state)
    return (literal(tile.number),) if tile.number and not tile.words else tile.words


def _is_on(mode: str | None) -> bool | None:
    return None if mode is None else mode != "off"


def _is_pending(held: Held, key: str) -> bool:
    if held.wanted is None:
        return False
    if hasattr(held.wanted, key):
        return bool(getattr(held.wanted, key) != getattr(held.state, key))
    return True
