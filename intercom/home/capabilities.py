"""What devices can do: for each kind a description (fixed until it is announced anew) and a state (reported).

The description says what is offered and within which limits; the state holds what the device last said, every field
None until it did. Units stand in the names; percentages run from 0 to 100 and temperatures are in °C whatever the
device uses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, NewType

CapabilityId = NewType("CapabilityId", str)


class Category(StrEnum):
    """Where a capability is shown."""

    PRIMARY = "primary"
    """On the tile and in the sheet."""

    SETTING = "setting"
    """In the sheet, under the device's settings."""

    DIAGNOSTIC = "diagnostic"
    """In the sheet, among the technical values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What all kinds have in common.

    Attributes:
        kind: the word for this kind on the wire.
        id: unique within the device and the same after a restart.
        name: None when it speaks for the device itself.
        icon: a Lucide icon's name, when the device asked for one that we know.
        is_assumed: it never reports, so its state is what was last asked.
        is_shown: False when the device says that few people want to see it.
    """

    kind: ClassVar[str]

    id: CapabilityId
    name: str | None = None
    category: Category = Category.PRIMARY
    icon: str | None = None
    is_assumed: bool = False
    is_shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a device said of one capability."""


# On and off


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Capability):
    """Something that is on or off. `device_class` is "outlet", "switch" or None."""

    kind: ClassVar[str] = "switch"
    device_class: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchState(State):
    on: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Siren(Capability):
    kind: ClassVar[str] = "siren"
    tones: tuple[str, ...] = ()
    has_volume: bool = False
    has_duration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SirenState(State):
    on: bool | None = None


# Light


@dataclass(frozen=True, slots=True, kw_only=True)
class Color:
    """A colour without its brightness: hue 0 to 360 degrees, saturation 0 to 100 %."""

    hue_deg: float
    saturation_pct: float


class LightMode(StrEnum):
    """Which of its abilities a light is using."""

    PLAIN = "plain"
    TEMPERATURE = "temperature"
    COLOR = "color"
    WHITE = "white"


@dataclass(frozen=True, slots=True, kw_only=True)
class Light(Capability):
    """A light.

    Attributes:
        coldest_k, warmest_k: limits of the colour temperature, in kelvin; None without one.
    """

    kind: ClassVar[str] = "light"
    has_brightness: bool = False
    has_color: bool = False
    has_white: bool = False
    coldest_k: int | None = None
    warmest_k: int | None = None
    effects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LightState(State):
    on: bool | None = None
    brightness_pct: float | None = None
    mode: LightMode | None = None
    color: Color | None = None
    color_temp_k: int | None = None
    effect: str | None = None


# Things that move


class Motion(StrEnum):
    """Where a cover or valve is, or is going."""

    OPEN = "open"
    CLOSED = "closed"
    OPENING = "opening"
    CLOSING = "closing"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover(Capability):
    """A curtain, blind, shutter, window or garage door; `device_class` says which, when the device does."""

    kind: ClassVar[str] = "cover"
    device_class: str | None = None
    can_open: bool = True
    can_close: bool = True
    can_stop: bool = True
    has_position: bool = False
    has_tilt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverState(State):
    """`position_pct` and `tilt_pct` are 0 when closed and 100 when fully open."""

    motion: Motion | None = None
    position_pct: float | None = None
    tilt_pct: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Valve(Capability):
    """A valve; `device_class` is "gas", "water" or None. A gas valve may be closable only."""

    kind: ClassVar[str] = "valve"
    device_class: str | None = None
    can_open: bool = True
    can_close: bool = True
    can_stop: bool = False
    has_position: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ValveState(State):
    motion: Motion | None = None
    position_pct: float | None = None


class Bolt(StrEnum):
    """What a lock is doing."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    LOCKING = "locking"
    UNLOCKING = "unlocking"
    OPENING = "opening"
    OPEN = "open"
    JAMMED = "jammed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock(Capability):
    """A lock.

    Attributes:
        can_open: it can also pull the latch.
        code_pattern: a regular expression for the code that it asks for; None when it asks for none.
    """

    kind: ClassVar[str] = "lock"
    can_open: bool = False
    code_pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LockState(State):
    bolt: Bolt | None = None


# Air, warmth and water


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate(Capability):
    """A thermostat or an air conditioner.

    Attributes:
        has_target: one setpoint; `has_range`: a lower and an upper one.
        can_turn: it has a power switch of its own, apart from its modes.
    """

    kind: ClassVar[str] = "climate"
    modes: tuple[str, ...] = ()
    fan_modes: tuple[str, ...] = ()
    swing_modes: tuple[str, ...] = ()
    swing_horizontal_modes: tuple[str, ...] = ()
    presets: tuple[str, ...] = ()
    has_target: bool = False
    has_range: bool = False
    has_target_humidity: bool = False
    can_turn: bool = False
    min_c: float = 7.0
    max_c: float = 35.0
    step_c: float = 0.5
    min_humidity_pct: float = 30.0
    max_humidity_pct: float = 99.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateState(State):
    """`action` is what it does now (heating, cooling, drying, fan, idle, off); `mode` is what it may do."""

    on: bool | None = None
    mode: str | None = None
    action: str | None = None
    target_c: float | None = None
    low_c: float | None = None
    high_c: float | None = None
    current_c: float | None = None
    humidity_pct: float | None = None
    target_humidity_pct: float | None = None
    fan_mode: str | None = None
    swing_mode: str | None = None
    swing_horizontal_mode: str | None = None
    preset: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterHeater(Capability):
    kind: ClassVar[str] = "water_heater"
    modes: tuple[str, ...] = ()
    has_target: bool = False
    can_turn: bool = False
    min_c: float = 43.0
    max_c: float = 60.0
    step_c: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterHeaterState(State):
    on: bool | None = None
    mode: str | None = None
    target_c: float | None = None
    current_c: float | None = None


class Direction(StrEnum):
    """Which way a fan turns."""

    FORWARD = "forward"
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan(Capability):
    """A fan or ventilation; `speeds` is the number of its speeds, 0 when it has no choice of speed."""

    kind: ClassVar[str] = "fan"
    speeds: int = 0
    presets: tuple[str, ...] = ()
    can_oscillate: bool = False
    can_reverse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FanState(State):
    on: bool | None = None
    speed_pct: float | None = None
    preset: str | None = None
    oscillating: bool | None = None
    direction: Direction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Humidifier(Capability):
    """A humidifier, or with `dries` a dehumidifier."""

    kind: ClassVar[str] = "humidifier"
    dries: bool = False
    modes: tuple[str, ...] = ()
    has_target: bool = True
    min_pct: float = 0.0
    max_pct: float = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HumidifierState(State):
    on: bool | None = None
    target_pct: float | None = None
    current_pct: float | None = None
    mode: str | None = None
    action: str | None = None


# Guarding and working


class Guard(StrEnum):
    """What an alarm panel is doing."""

    DISARMED = "disarmed"
    ARMED_HOME = "armed_home"
    ARMED_AWAY = "armed_away"
    ARMED_NIGHT = "armed_night"
    ARMED_VACATION = "armed_vacation"
    ARMED_CUSTOM = "armed_custom_bypass"
    PENDING = "pending"
    ARMING = "arming"
    DISARMING = "disarming"
    TRIGGERED = "triggered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Capability):
    """An alarm panel.

    Attributes:
        arms: the armed states that it offers; `can_trigger`: it can be set off by command.
        code_pattern: a regular expression for its code, None when it asks for none.
    """

    kind: ClassVar[str] = "alarm"
    arms: tuple[Guard, ...] = ()
    can_trigger: bool = False
    code_pattern: str | None = None
    arming_needs_code: bool = False
    disarming_needs_code: bool = False

    @property
    def guards(self) -> tuple[Guard, ...]:
        """The states that it can be asked for."""
        return (Guard.DISARMED, *self.arms, *((Guard.TRIGGERED,) if self.can_trigger else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmState(State):
    guard: Guard | None = None


class Work(StrEnum):
    """What a vacuum or mower is doing."""

    WORKING = "working"
    DOCKED = "docked"
    IDLE = "idle"
    PAUSED = "paused"
    RETURNING = "returning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacuum(Capability):
    """A vacuum robot; `actions` are those of `Drive` that it offers, by name."""

    kind: ClassVar[str] = "vacuum"
    actions: tuple[str, ...] = ()
    fan_speeds: tuple[str, ...] = ()
    takes_orders: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VacuumState(State):
    work: Work | None = None
    fan_speed: str | None = None
    battery_pct: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mower(Capability):
    """A mowing robot; `actions` are those of `Drive` that it offers, by name."""

    kind: ClassVar[str] = "mower"
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MowerState(State):
    work: Work | None = None


# Settings and triggers by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Button(Capability):
    kind: ClassVar[str] = "button"
    device_class: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonState(State):
    """Buttons have nothing to report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene(Capability):
    kind: ClassVar[str] = "scene"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Capability):
    kind: ClassVar[str] = "number"
    device_class: str | None = None
    unit: str | None = None
    min_value: float = 1.0
    max_value: float = 100.0
    step: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberState(State):
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Select(Capability):
    kind: ClassVar[str] = "select"
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectState(State):
    option: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Capability):
    """A line of text that can be set. `is_secret` texts are never shown, logged or kept."""

    kind: ClassVar[str] = "text"
    min_length: int = 0
    max_length: int = 255
    pattern: str | None = None
    is_secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextState(State):
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify(Capability):
    """A display or speaker that takes a message."""

    kind: ClassVar[str] = "notify"


@dataclass(frozen=True, slots=True, kw_only=True)
class InfraredEmitter(Capability):
    """Sends learned infrared codes."""

    kind: ClassVar[str] = "infrared_emitter"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageState(State):
    """For what takes messages and reports nothing."""


# What is only read


@dataclass(frozen=True, slots=True, kw_only=True)
class BinarySensor(Capability):
    """Yes or no; `device_class` ("door", "motion", "smoke", …) says of what."""

    kind: ClassVar[str] = "binary_sensor"
    device_class: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BinarySensorState(State):
    on: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor(Capability):
    """A value.

    Attributes:
        unit: as the device writes it, such as "°C" or "lx".
        precision: digits after the point to show; None shows what was reported.
        options: the values of an "enum" sensor.
    """

    kind: ClassVar[str] = "sensor"
    device_class: str | None = None
    state_class: str | None = None
    unit: str | None = None
    precision: int | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorState(State):
    """A number for what is measured, a text for everything else (a time stamp is ISO 8601)."""

    value: float | int | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Capability):
    """Something that happens: a press, a ring; `device_class` is "button", "doorbell", "motion" or None."""

    kind: ClassVar[str] = "event"
    device_class: str | None = None
    event_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Capability):
    """A device trigger such as ("button_short_press", "button_1"), or a tag reader ("tag", "")."""

    kind: ClassVar[str] = "trigger"
    trigger_type: str = ""
    subtype: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventState(State):
    """The latest happening; each one is a change, even when it says the same as the one before.

    Attributes:
        event: its type; for a trigger its payload.
        happened_at: seconds since the epoch.
    """

    event: str | None = None
    happened_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InfraredReceiver(Capability):
    """Learns infrared codes; its events carry the code."""

    kind: ClassVar[str] = "infrared_receiver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Capability):
    kind: ClassVar[str] = "update"
    device_class: str | None = None
    can_install: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateState(State):
    installed: str | None = None
    latest: str | None = None
    is_running: bool | None = None
    progress_pct: float | None = None
    title: str | None = None
    notes: str | None = None
    notes_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Capability):
    """A camera's or device's latest picture."""

    kind: ClassVar[str] = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageState(State):
    """`data` stays within the process; clients fetch it by the capability's address.

    Attributes:
        url: where the device itself serves it, when it gave an address instead of a picture.
        taken_at: seconds since the epoch.
    """

    taken_at: float | None = None
    media_type: str | None = None
    url: str | None = None
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker(Capability):
    """Whether something or somebody is at home."""

    kind: ClassVar[str] = "tracker"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerState(State):
    """`place` is "home", "not_home" or the name of a place."""

    place: str | None = None


STATE_OF: dict[type[Capability], type[State]] = {
    Switch: SwitchState,
    Siren: SirenState,
    Light: LightState,
    Cover: CoverState,
    Valve: ValveState,
    Lock: LockState,
    Climate: ClimateState,
    WaterHeater: WaterHeaterState,
    Fan: FanState,
    Humidifier: HumidifierState,
    Alarm: AlarmState,
    Vacuum: VacuumState,
    Mower: MowerState,
    Button: ButtonState,
    Scene: ButtonState,
    Number: NumberState,
    Select: SelectState,
    Text: TextState,
    Notify: MessageState,
    InfraredEmitter: MessageState,
    BinarySensor: BinarySensorState,
    Sensor: SensorState,
    Event: EventState,
    Trigger: EventState,
    InfraredReceiver: EventState,
    Update: UpdateState,
    Image: ImageState,
    Tracker: TrackerState,
}
"""The state that belongs to each kind."""

HAPPENINGS: tuple[type[Capability], ...] = (Event, Trigger, InfraredReceiver)
"""Kinds whose reports are things that happen, not conditions that last."""


def is_battery(capability: Capability) -> bool:
    """Tell whether a capability speaks of its device's battery."""
    return isinstance(capability, Sensor | BinarySensor) and capability.device_class == "battery"
