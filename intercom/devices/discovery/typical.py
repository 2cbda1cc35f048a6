"""The commands that residents give most, one of each kind that a capability obeys: for checking what they publish."""

from __future__ import annotations

from collections.abc import Iterator

from intercom.home.capabilities import (
    Alarm,
    Button,
    Capability,
    Climate,
    Color,
    Cover,
    Direction,
    Fan,
    Guard,
    Humidifier,
    InfraredEmitter,
    Light,
    Lock,
    Mower,
    Notify,
    Number,
    Scene,
    Select,
    Siren,
    Switch,
    Text,
    Update,
    Vacuum,
    Valve,
    WaterHeater,
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

_CODE = "1234"


def typical_commands(capability: Capability) -> list[Command]:
    """Return what the capability may typically be asked; nothing for what is only read."""
    return list(_typical(capability))


def _typical(capability: Capability) -> Iterator[Command]:
    match capability:
        case Switch():
            yield from _turns()
        case Light():
            yield from _turns()
            yield from _of_light(capability)
        case Siren():
            yield from _turns()
            yield SoundSiren(
                tone=capability.tones[0] if capability.tones else None,
                volume_pct=50.0 if capability.has_volume else None,
                duration_s=10 if capability.has_duration else None,
            )
        case Cover():
            yield from _of_cover(capability)
        case Valve():
            for move in _moves(capability):
                yield MoveValve(move=move)
            if capability.has_position:
                yield MoveValve(position_pct=37)
        case Lock():
            code = _CODE if capability.code_pattern is not None else None
            for turn in (Turnkey.LOCK, Turnkey.UNLOCK, *((Turnkey.OPEN,) if capability.can_open else ())):
                yield OperateLock(turn=turn, code=code)
        case Climate():
            yield from _of_climate(capability)
        case WaterHeater():
            if capability.can_turn:
                yield from _turns()
            yield from (SetWaterHeater(mode=mode) for mode in capability.modes)
            if capability.has_target:
                yield SetWaterHeater(target_c=_between(capability.min_c, capability.max_c, capability.step_c))
        case Fan():
            yield from _of_fan(capability)
        case Humidifier():
            yield from _turns()
            if capability.has_target:
                yield SetHumidifier(target_pct=round((capability.min_pct + capability.max_pct) / 2))
            yield from (SetHumidifier(mode=mode) for mode in capability.modes)
        case Alarm():
            code = _CODE if capability.code_pattern is not None else None
            guards = (*capability.arms, *((Guard.TRIGGERED,) if capability.can_trigger else ()), Guard.DISARMED)
            yield from (SetAlarm(guard=guard, code=code) for guard in guards)
        case Vacuum() | Mower():
            yield from (DriveRobot(drive=Drive(action)) for action in capability.actions)
            if isinstance(capability, Vacuum):
                yield from (DriveRobot(fan_speed=speed) for speed in capability.fan_speeds)
                if capability.takes_orders:
                    yield DriveRobot(order="find")
        case Button() | Scene():
            yield Press()
        case Number():
            for value in (capability.min_value, _between(capability.min_value, capability.max_value, capability.step)):
                yield SetNumber(value=value)
        case Select():
            yield from (SelectOption(option=option) for option in capability.options)
        case Text():
            if capability.pattern is None and capability.min_length <= len("hello") <= capability.max_length:
                yield SetText(text="hello")
        case Notify() | InfraredEmitter():
            yield SendMessage(message="hello")
        case Update():
            if capability.can_install:
                yield InstallUpdate()
        case _:
            return


def _turns() -> Iterator[Command]:
    yield Turn(on=True)
    yield Turn(on=False)


def _of_light(light: Light) -> Iterator[Command]:
    if light.has_brightness:
        yield SetLight(brightness_pct=50)
        yield SetLight(brightness_pct=1)
    if light.coldest_k is not None and light.warmest_k is not None:
        yield SetLight(color_temp_k=round((light.coldest_k + light.warmest_k) / 2))
    if light.has_color:
        yield SetLight(color=Color(hue_deg=300, saturation_pct=70))
        yield SetLight(color=Color(hue_deg=120, saturation_pct=100), brightness_pct=40)
    if light.has_white:
        yield SetLight(white_pct=60)
    if light.effects:
        yield SetLight(effect=light.effects[0])
    yield SetLight(on=True, transition_s=2)
    yield SetLight(on=False, transition_s=2)


def _of_cover(cover: Cover) -> Iterator[Command]:
    for move in _moves(cover):
        yield MoveCover(move=move)
    if cover.has_position:
        yield from (MoveCover(position_pct=position) for position in (0, 37, 100))
    if cover.has_tilt:
        yield from (MoveCover(tilt=move) for move in Move)
        yield MoveCover(tilt_pct=37)


def _moves(moving: Cover | Valve) -> Iterator[Move]:
    if moving.can_open:
        yield Move.OPEN
    if moving.can_close:
        yield Move.CLOSE
    if moving.can_stop:
        yield Move.STOP


def _of_climate(climate: Climate) -> Iterator[Command]:
    if climate.can_turn or "off" in climate.modes:
        yield from _turns()
    yield from (SetClimate(mode=mode) for mode in climate.modes)
    middle = _between(climate.min_c, climate.max_c, climate.step_c)
    if climate.has_target:
        yield SetClimate(target_c=middle)
    if climate.has_range:
        yield SetClimate(low_c=middle, high_c=min(climate.max_c, middle + 2))
    if climate.has_target_humidity:
        yield SetClimate(target_humidity_pct=round((climate.min_humidity_pct + climate.max_humidity_pct) / 2))
    yield from (SetClimate(fan_mode=mode) for mode in climate.fan_modes)
    yield from (SetClimate(swing_mode=mode) for mode in climate.swing_modes)
    yield from (SetClimate(swing_horizontal_mode=mode) for mode in climate.swing_horizontal_modes)
    yield from (SetClimate(preset=preset) for preset in climate.presets)


def _of_fan(fan: Fan) -> Iterator[Command]:
    yield from _turns()
    if fan.speeds:
        yield from (SetFan(speed_pct=speed) for speed in (25, 66, 100))
    yield from (SetFan(preset=preset) for preset in fan.presets)
    if fan.can_oscillate:
        yield from (SetFan(oscillating=oscillating) for oscillating in (True, False))
    if fan.can_reverse:
        yield from (SetFan(direction=direction) for direction in Direction)


def _between(low: float, high: float, step: float) -> float:
    """Return a value in the middle that the steps reach."""
    return round(low + round((high - low) / 2 / step) * step, 6)
