"""What can be asked of devices.

A command knows three things without any I/O: whether a capability can obey it (`check`), what its state would then be
(`wanted`), and whether a report shows that it did (`is_confirmed`). Fields that are None are left as they are.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from intercom.home.capabilities import (
    Alarm,
    AlarmState,
    Bolt,
    Button,
    Capability,
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
    InfraredEmitter,
    Light,
    LightMode,
    LightState,
    Lock,
    LockState,
    Motion,
    Mower,
    MowerState,
    Notify,
    Number,
    NumberState,
    Scene,
    Select,
    SelectState,
    Siren,
    State,
    Switch,
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
    Work,
)
from intercom.home.confirmation import is_near, obeys
from intercom.home.errors import InvalidInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something asked of one capability.

    Attributes:
        do: the word for it on the wire.
        kinds: the capabilities that may be asked.
    """

    do: ClassVar[str]
    kinds: ClassVar[tuple[type[Capability], ...]]

    def check(self, capability: Capability) -> None:
        """Raise InvalidInputError, saying what was expected, unless the capability can be asked this."""
        if not isinstance(capability, self.kinds):
            raise InvalidInputError(f"'{self.do}' is not for a {capability.kind}")
        self._check(capability)

    def wanted(self, capability: Capability, state: State) -> State | None:
        """Return the state to show until the device answers, or None when there is nothing to wait for."""
        same = {name: value for name, value in self._asked().items() if hasattr(state, name)}
        return dataclasses.replace(state, **same) if same else None

    def is_confirmed(self, capability: Capability, before: State, reported: State) -> bool:
        """Tell whether `reported` shows that the device obeys; `before` is its state when it was asked."""
        return all(
            is_near(capability, name, value, getattr(reported, name))
            for name, value in self._asked().items()
            if hasattr(reported, name)
        )

    def _check(self, capability: Capability) -> None:
        """Check the fields; the kind is right already."""

    def _asked(self) -> dict[str, Any]:
        return {
            field.name: value for field in dataclasses.fields(self) if (value := getattr(self, field.name)) is not None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Command):
    """Turn on or off, leaving everything else as it was."""

    do: ClassVar[str] = "turn"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Switch, Light, Fan, Siren, Humidifier, Climate, WaterHeater)

    on: bool

    def _check(self, capability: Capability) -> None:
        if isinstance(capability, Climate) and not (capability.can_turn or "off" in capability.modes):
            raise InvalidInputError("it has no power switch")
        if isinstance(capability, WaterHeater) and not (capability.can_turn or "off" in capability.modes):
            raise InvalidInputError("it has no power switch")

    def wanted(self, capability: Capability, state: State) -> State | None:
        if isinstance(state, ClimateState | WaterHeaterState) and not self.on and "off" in _modes(capability):
            return dataclasses.replace(state, on=False, mode="off")
        return dataclasses.replace(state, on=self.on)  # type: ignore[call-arg]  # every kind above has `on`

    def is_confirmed(self, capability: Capability, before: State, reported: State) -> bool:
        if isinstance(reported, ClimateState | WaterHeaterState) and reported.mode is not None:
            return (reported.mode != "off") == self.on
        return getattr(reported, "on", None) == self.on


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLight(Command):
    """Set a light; anything but `on=False` turns it on. `transition_s` is how long the change should take."""

    do: ClassVar[str] = "set_light"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Light,)

    on: bool | None = None
    brightness_pct: float | None = None
    color: Color | None = None
    color_temp_k: int | None = None
    white_pct: float | None = None
    effect: str | None = None
    transition_s: float | None = None

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Light)
        _need(self.brightness_pct, capability.has_brightness, "a brightness")
        _need(self.color, capability.has_color, "a colour")
        _need(self.white_pct, capability.has_white, "a white channel")
        _need(self.color_temp_k, capability.coldest_k is not None, "a colour temperature")
        _within("brightness_pct", self.brightness_pct, 0, 100)
        _within("white_pct", self.white_pct, 0, 100)
        _within("transition_s", self.transition_s, 0, 3600)
        if self.color is not None:
            _within("hue_deg", self.color.hue_deg, 0, 360)
            _within("saturation_pct", self.color.saturation_pct, 0, 100)
        if capability.coldest_k is not None and capability.warmest_k is not None:
            _within("color_temp_k", self.color_temp_k, capability.warmest_k, capability.coldest_k)
        _one_of("effect", self.effect, capability.effects)

    def wanted(self, capability: Capability, state: State) -> State | None:
        assert isinstance(state, LightState)
        asked = {
            name: value
            for name, value in self._asked().items()
            if name in ("brightness_pct", "color", "color_temp_k", "effect")
        }
        if self.color is not None:
            asked["mode"] = LightMode.COLOR
        elif self.color_temp_k is not None:
            asked["mode"] = LightMode.TEMPERATURE
        elif self.white_pct is not None:
            asked |= {"mode": LightMode.WHITE, "brightness_pct": self.white_pct}
        return dataclasses.replace(state, on=self.on is not False and self.brightness_pct != 0, **asked)

    def is_confirmed(self, capability: Capability, before: State, reported: State) -> bool:
        assert isinstance(reported, LightState)
        wanted = self.wanted(capability, reported)
        assert isinstance(wanted, LightState)
        if not wanted.on:
            return reported.on is False
        return reported.on is True and all(
            is_near(capability, name, value, getattr(reported, name))
            for name, value in self._asked().items()
            if name in ("brightness_pct", "color", "color_temp_k", "effect")
        )


class Move(StrEnum):
    """Which way something is asked to move."""

    OPEN = "open"
    CLOSE = "close"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCover(Command):
    """Move a cover or tilt its slats: one of `move`, `position_pct`, `tilt` and `tilt_pct`."""

    do: ClassVar[str] = "move_cover"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Cover,)

    move: Move | None = None
    position_pct: float | None = None
    tilt: Move | None = None
    tilt_pct: float | None = None

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Cover)
        if len(self._asked()) != 1:
            raise InvalidInputError("expected one of move, position_pct, tilt and tilt_pct")
        _check_move(capability, self.move)
        _need(self.position_pct, capability.has_position, "a position")
        _need(self.tilt, capability.has_tilt, "a tilt")
        _need(self.tilt_pct, capability.has_tilt, "a tilt")
        _within("position_pct", self.position_pct, 0, 100)
        _within("tilt_pct", self.tilt_pct, 0, 100)

    def wanted(self, capability: Capability, state: State) -> State | None:
        assert isinstance(state, CoverState)
        if self.tilt is not None or self.tilt_pct is not None:
            if self.tilt is Move.STOP:
                return None
            tilt_pct = self.tilt_pct if self.tilt is None else (100.0 if self.tilt is Move.OPEN else 0.0)
            return dataclasses.replace(state, tilt_pct=tilt_pct)
        motion = _wanted_motion(self.move, self.position_pct, state.position_pct)
        if motion is None:
            return None
        return dataclasses.replace(state, motion=motion, position_pct=_wanted_position(self, state.position_pct))

    def is_confirmed(self, capability: Capability, before: State, reported: State) -> bool:
        assert isinstance(before, CoverState) and isinstance(reported, CoverState)
        if self.tilt is not None or self.tilt_pct is not None:
            wanted = self.wanted(capability, before)
            assert isinstance(wanted, CoverState)
            return obeys(before.tilt_pct, reported.tilt_pct, wanted.tilt_pct)
        return _moves(self.move, self.position_pct, before, reported)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveValve(Command):
    """Open, close or stop a valve, or set how far it is open: one of `move` and `position_pct`."""

    do: ClassVar[str] = "move_valve"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Valve,)

    move: Move | None = None
    position_pct: float | None = None

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Valve)
        if len(self._asked()) != 1:
            raise InvalidInputError("expected one of move and position_pct")
        _check_move(capability, self.move)
        _need(self.position_pct, capability.has_position, "a position")
        _within("position_pct", self.position_pct, 0, 100)

    def wanted(self, capability: Capability, state: State) -> State | None:
        assert isinstance(state, ValveState)
        motion = _wanted_motion(self.move, self.position_pct, state.position_pct)
        if motion is None:
            return None
        return dataclasses.replace(state, motion=motion, position_pct=_wanted_position(self, state.position_pct))

    def is_confirmed(self, capability: Capability, before: State, reported: State) -> bool:
        assert isinstance(before, ValveState) and isinstance(reported, ValveState)
        return _moves(self.move, self.position_pct, before, reported)


class Turnkey(StrEnum):
    """What a lock is asked to do."""

    LOCK = "lock"
    UNLOCK = "unlock"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperateLock(Command):
    """Lock, unlock, or pull the latch."""

    do: ClassVar[str] = "operate_lock"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Lock,)

    turn: Turnkey
    code: str | None = field(default=None, repr=False)

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Lock)
        if self.turn is Turnkey.OPEN and not capability.can_open:
            raise InvalidInputError("this lock cannot pull its latch")
        _check_code(capability.code_pattern, self.code, needed=capability.code_pattern is not None)

    def wanted(self, capability: Capability, state: State) -> State | None:
        bolt = {Turnkey.LOCK: Bolt.LOCKED, Turnkey.UNLOCK: Bolt.UNLOCKED, Turnkey.OPEN: Bolt.OPEN}[self.turn]
        assert isinstance(state, LockState)
        return dataclasses.replace(state, bolt=bolt)

    def is_confirmed(self, capability: Capability, before: State, reported: State) -> bool:
        assert isinstance(reported, LockState)
        return (
            reported.bolt
            in {
                Turnkey.LOCK: (Bolt.LOCKED, Bolt.LOCKING),
                Turnkey.UNLOCK: (Bolt.UNLOCKED, Bolt.UNLOCKING, Bolt.OPEN, Bolt.OPENING),
                Turnkey.OPEN: (Bolt.OPEN, Bolt.OPENING, Bolt.UNLOCKED),
            }[self.turn]
        )


def is_unlocking(command: Command) -> bool:
    """Tell whether a command opens a lock."""
    return isinstance(command, OperateLock) and command.turn is not Turnkey.LOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class SetClimate(Command):
    """Set a thermostat or air conditioner."""

    do: ClassVar[str] = "set_climate"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Climate,)

    mode: str | None = None
    target_c: float | None = None
    low_c: float | None = None
    high_c: float | None = None
    target_humidity_pct: float | None = None
    fan_mode: str | None = None
    swing_mode: str | None = None
    swing_horizontal_mode: str | None = None
    preset: str | None = None

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Climate)
        _some(self)
        _need(self.target_c, capability.has_target, "a setpoint")
        _need(self.low_c, capability.has_range, "a lower setpoint")
        _need(self.high_c, capability.has_range, "an upper setpoint")
        _need(self.target_humidity_pct, capability.has_target_humidity, "a humidity to set")
        for name in ("target_c", "low_c", "high_c"):
            _within(name, getattr(self, name), capability.min_c, capability.max_c)
        if self.low_c is not None and self.high_c is not None and self.low_c > self.high_c:
            raise InvalidInputError("low_c must not be above high_c")
        _within(
            "target_humidity_pct",
            self.target_humidity_pct,
            capability.min_humidity_pct,
            capability.max_humidity_pct,
        )
        _one_of("mode", self.mode, capability.modes)
        _one_of("fan_mode", self.fan_mode, capability.fan_modes)
        _one_of("swing_mode", self.swing_mode, capability.swing_modes)
        _one_of("swing_horizontal_mode", self.swing_horizontal_mode, capability.swing_horizontal_modes)
        _one_of("preset", self.preset, ("none", *capability.presets))

    def wanted(self, capability: Capability, state: State) -> State | None:
        asked = self._asked()
        if asked.get("preset") == "none":
            asked["preset"] = None
        return dataclasses.replace(state, **asked)

    def is_confirmed(self, capability: Capability, before: State, reported: State) -> bool:
        assert isinstance(reported, ClimateState)
        if self.preset == "none" and reported.preset not in (None, "none"):
            return False
        return all(
            is_near(capability, name, value, getattr(reported, name))
            for name, value in self._asked().items()
            if (name, value) != ("preset", "none")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWaterHeater(Command):
    do: ClassVar[str] = "set_water_heater"
    kinds: ClassVar[tuple[type[Capability], ...]] = (WaterHeater,)

    mode: str | None = None
    target_c: float | None = None

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, WaterHeater)
        _some(self)
        _need(self.target_c, capability.has_target, "a setpoint")
        _within("target_c", self.target_c, capability.min_c, capability.max_c)
        _one_of("mode", self.mode, capability.modes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFan(Command):
    """Set a fan; a speed of 0 turns it off, any other turns it on."""

    do: ClassVar[str] = "set_fan"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Fan,)

    on: bool | None = None
    speed_pct: float | None = None
    preset: str | None = None
    oscillating: bool | None = None
    direction: Direction | None = None

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Fan)
        _some(self)
        _need(self.speed_pct, capability.speeds > 0, "a speed")
        _need(self.oscillating, capability.can_oscillate, "oscillation")
        _need(self.direction, capability.can_reverse, "a direction")
        _within("speed_pct", self.speed_pct, 0, 100)
        _one_of("preset", self.preset, capability.presets)

    def wanted(self, capability: Capability, state: State) -> State | None:
        assert isinstance(state, FanState)
        asked = self._asked()
        if self.on is None and (self.speed_pct is not None or self.preset is not None):
            asked["on"] = self.speed_pct != 0
        return dataclasses.replace(state, **asked)

    def is_confirmed(self, capability: Capability, before: State, reported: State) -> bool:
        assert isinstance(reported, FanState)
        if self.speed_pct == 0 or self.on is False:
            return reported.on is False or reported.speed_pct == 0
        return all(is_near(capability, name, value, getattr(reported, name)) for name, value in self._asked().items())


@dataclass(frozen=True, slots=True, kw_only=True)
class SetHumidifier(Command):
    do: ClassVar[str] = "set_humidifier"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Humidifier,)

    target_pct: float | None = None
    mode: str | None = None

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Humidifier)
        _some(self)
        _need(self.target_pct, capability.has_target, "a humidity to set")
        _within("target_pct", self.target_pct, capability.min_pct, capability.max_pct)
        _one_of("mode", self.mode, capability.modes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundSiren(Command):
    """Sound a siren in a chosen way; `Turn` sounds and silences it plainly."""

    do: ClassVar[str] = "sound_siren"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Siren,)

    tone: str | None = None
    volume_pct: float | None = None
    duration_s: int | None = None

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Siren)
        _need(self.volume_pct, capability.has_volume, "a volume")
        _need(self.duration_s, capability.has_duration, "a duration")
        _within("volume_pct", self.volume_pct, 0, 100)
        _within("duration_s", self.duration_s, 1, 86_400)
        _one_of("tone", self.tone, capability.tones)

    def wanted(self, capability: Capability, state: State) -> State | None:
        return dataclasses.replace(state, on=True)  # type: ignore[call-arg]  # a SirenState

    def is_confirmed(self, capability: Capability, before: State, reported: State) -> bool:
        return getattr(reported, "on", None) is True


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAlarm(Command):
    """Arm, disarm or trigger: `guard` is the state to reach."""

    do: ClassVar[str] = "set_alarm"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Alarm,)

    guard: Guard
    code: str | None = field(default=None, repr=False)

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Alarm)
        _one_of("guard", self.guard, capability.guards)
        needed = capability.disarming_needs_code if self.guard is Guard.DISARMED else capability.arming_needs_code
        _check_code(capability.code_pattern, self.code, needed=needed)

    def wanted(self, capability: Capability, state: State) -> State | None:
        assert isinstance(state, AlarmState)
        return dataclasses.replace(state, guard=self.guard)

    def is_confirmed(self, capability: Capability, before: State, reported: State) -> bool:
        assert isinstance(reported, AlarmState)
        if self.guard is Guard.DISARMED:
            return reported.guard in (Guard.DISARMED, Guard.DISARMING)
        return reported.guard in (self.guard, Guard.ARMING, Guard.PENDING)


class Drive(StrEnum):
    """What a robot is asked to do."""

    START = "start"
    PAUSE = "pause"
    STOP = "stop"
    DOCK = "dock"
    LOCATE = "locate"
    CLEAN_SPOT = "clean_spot"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveRobot(Command):
    """Send a vacuum or mower about its work: one of `drive`, `fan_speed` and `order` (a maker's own command)."""

    do: ClassVar[str] = "drive_robot"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Vacuum, Mower)

    drive: Drive | None = None
    fan_speed: str | None = None
    order: str | None = None

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Vacuum | Mower)
        if len(self._asked()) != 1:
            raise InvalidInputError("expected one of drive, fan_speed and order")
        _one_of("drive", self.drive, capability.actions)
        if isinstance(capability, Vacuum):
            _one_of("fan_speed", self.fan_speed, capability.fan_speeds)
            _need(self.order, capability.takes_orders, "orders of its own")
        else:
            _need(self.fan_speed or self.order, False, "that ability")

    def wanted(self, capability: Capability, state: State) -> State | None:
        assert isinstance(state, VacuumState | MowerState)
        if self.fan_speed is not None and isinstance(state, VacuumState):
            return dataclasses.replace(state, fan_speed=self.fan_speed)
        if self.drive not in _WORK_AFTER:
            return None
        return dataclasses.replace(state, work=_WORK_AFTER[self.drive][0])

    def is_confirmed(self, capability: Capability, before: State, reported: State) -> bool:
        assert isinstance(reported, VacuumState | MowerState)
        if self.fan_speed is not None:
            return getattr(reported, "fan_speed", None) == self.fan_speed
        return self.drive is not None and reported.work in _WORK_AFTER[self.drive]


_WORK_AFTER: dict[Drive | None, tuple[Work, ...]] = {
    Drive.START: (Work.WORKING,),
    Drive.PAUSE: (Work.PAUSED, Work.IDLE),
    Drive.STOP: (Work.IDLE, Work.DOCKED),
    Drive.DOCK: (Work.RETURNING, Work.DOCKED),
    Drive.CLEAN_SPOT: (Work.WORKING,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Press(Command):
    """Press a button or set a scene."""

    do: ClassVar[str] = "press"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Button, Scene)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNumber(Command):
    do: ClassVar[str] = "set_number"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Number,)

    value: float

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Number)
        _within("value", self.value, capability.min_value, capability.max_value)

    def wanted(self, capability: Capability, state: State) -> State | None:
        assert isinstance(state, NumberState)
        return dataclasses.replace(state, value=self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectOption(Command):
    do: ClassVar[str] = "select_option"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Select,)

    option: str

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Select)
        _one_of("option", self.option, capability.options)

    def wanted(self, capability: Capability, state: State) -> State | None:
        assert isinstance(state, SelectState)
        return dataclasses.replace(state, option=self.option)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetText(Command):
    do: ClassVar[str] = "set_text"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Text,)

    text: str

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Text)
        if not capability.min_length <= len(self.text) <= capability.max_length:
            raise InvalidInputError(f"expected {capability.min_length} to {capability.max_length} characters")
        if capability.pattern is not None and not re.match(capability.pattern, self.text):
            raise InvalidInputError(f"expected a text that matches {capability.pattern}")

    def wanted(self, capability: Capability, state: State) -> State | None:
        assert isinstance(state, TextState)
        return dataclasses.replace(state, text=self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage(Command):
    """Send a message to a display, or a code to an infrared emitter."""

    do: ClassVar[str] = "send_message"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Notify, InfraredEmitter)

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallUpdate(Command):
    do: ClassVar[str] = "install_update"
    kinds: ClassVar[tuple[type[Capability], ...]] = (Update,)

    def _check(self, capability: Capability) -> None:
        assert isinstance(capability, Update)
        _need(True, capability.can_install, "a way to install updates")

    def wanted(self, capability: Capability, state: State) -> State | None:
        assert isinstance(state, UpdateState)
        return dataclasses.replace(state, is_running=True)

    def is_confirmed(self, capability: Capability, before: State, reported: State) -> bool:
        assert isinstance(before, UpdateState) and isinstance(reported, UpdateState)
        return reported.is_running is True or reported.installed != before.installed


COMMANDS: dict[str, type[Command]] = {
    command.do: command
    for command in (
        Turn,
        SetLight,
        MoveCover,
        MoveValve,
        OperateLock,
        SetClimate,
        SetWaterHeater,
        SetFan,
        SetHumidifier,
        SoundSiren,
        SetAlarm,
        DriveRobot,
        Press,
        SetNumber,
        SelectOption,
        SetText,
        SendMessage,
        InstallUpdate,
    )
}
"""Every command by its word on the wire."""


def _modes(capability: Capability) -> tuple[str, ...]:
    return capability.modes if isinstance(capability, Climate | WaterHeater) else ()


def _wanted_motion(move: Move | None, position_pct: float | None, now_pct: float | None) -> Motion | None:
    """Return what a cover or valve will be doing; None when it is asked to stop where it is."""
    if move is Move.STOP:
        return None
    if position_pct is not None:
        if now_pct is None:
            return Motion.CLOSED if position_pct == 0 else Motion.OPEN
        if position_pct == now_pct:
            return Motion.CLOSED if position_pct == 0 else Motion.OPEN
        return Motion.OPENING if position_pct > now_pct else Motion.CLOSING
    return Motion.OPENING if move is Move.OPEN else Motion.CLOSING


def _wanted_position(command: MoveCover | MoveValve, now_pct: float | None) -> float | None:
    if command.position_pct is not None:
        return command.position_pct
    if now_pct is None:
        return None
    return 100.0 if command.move is Move.OPEN else 0.0


def _moves(
    move: Move | None, position_pct: float | None, before: CoverState | ValveState, reported: CoverState | ValveState
) -> bool:
    """Tell whether something that takes its time has set out the right way or arrived."""
    if position_pct is None:
        ends = {Move.OPEN: (Motion.OPEN, Motion.OPENING), Move.CLOSE: (Motion.CLOSED, Motion.CLOSING)}
        if reported.motion in ends.get(move or Move.STOP, ()):
            return True
        position_pct = 100.0 if move is Move.OPEN else 0.0
    return obeys(before.position_pct, reported.position_pct, position_pct)


def _check_move(capability: Cover | Valve, move: Move | None) -> None:
    _need(move is Move.OPEN or None, capability.can_open, "a way to open it")
    _need(move is Move.CLOSE or None, capability.can_close, "a way to close it")
    _need(move is Move.STOP or None, capability.can_stop, "a way to stop it")


def _check_code(pattern: str | None, code: str | None, *, needed: bool) -> None:
    if code is None:
        if needed:
            raise InvalidInputError("it asks for a code")
        return
    if pattern is not None and not re.match(pattern, code):
        raise InvalidInputError("the code does not have the form that it asks for")


def _some(command: Command) -> None:
    if not command._asked():
        raise InvalidInputError(f"'{command.do}' sets nothing")


def _need(value: object, has_it: bool, what: str) -> None:
    if value is not None and not has_it:
        raise InvalidInputError(f"it does not have {what}")


def _within(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise InvalidInputError(f"{name} must be from {low:g} to {high:g}, not {value:g}")


def _one_of(name: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise InvalidInputError(f"{name} must be one of {', '.join(allowed) or 'nothing'}, not {value}")
