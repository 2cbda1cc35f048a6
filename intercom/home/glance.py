"""How each kind of capability looks at a glance: its icon, colour, words and number, and what a touch asks for.

In no language: a word is an English source text with its arguments (`words`). What becomes of a whole device, with its
several capabilities, is decided in `tile`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from intercom.home.capabilities import (
    Alarm,
    AlarmState,
    BinarySensor,
    BinarySensorState,
    Bolt,
    Button,
    Capability,
    CapabilityId,
    Climate,
    ClimateState,
    Cover,
    CoverState,
    Event,
    EventState,
    Fan,
    FanState,
    Guard,
    Humidifier,
    HumidifierState,
    Image,
    ImageState,
    InfraredEmitter,
    InfraredReceiver,
    Light,
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
    Sensor,
    SensorState,
    Siren,
    SirenState,
    State,
    Switch,
    SwitchState,
    Text,
    TextState,
    Tracker,
    TrackerState,
    Trigger,
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
from intercom.home.commands import (
    Command,
    Drive,
    DriveRobot,
    Move,
    MoveCover,
    MoveValve,
    OperateLock,
    Press,
    Turn,
    Turnkey,
)
from intercom.home.words import (
    ACTIONS,
    BOLTS,
    COVER_ICONS,
    GUARDS,
    SENSES,
    SENSOR_ICONS,
    WORKS,
    Words,
    literal,
    mode_words,
)

FEW_SPEEDS = 6


class Tone(StrEnum):
    """What a tile's colour means."""

    PLAIN = "plain"
    """Off, or nothing to say."""

    AMBER = "amber"
    """Giving light or drawing power."""

    BLUE = "blue"
    """Moving air, water or cloth."""

    GREEN = "green"
    """Safe and shut."""

    RED = "red"
    """Needs a look."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What a touch asks for.

    Attributes:
        needs_hold: it takes a press of a second, for what should not happen by accident (a lock).
    """

    capability_id: CapabilityId
    command: Command
    needs_hold: bool = False


@dataclass(frozen=True, slots=True)
class TileButton:
    """One of several switches of a device."""

    capability_id: CapabilityId
    name: str
    is_on: bool
    is_pending: bool
    touch: Touch


@dataclass(frozen=True, slots=True)
class Tile:
    """How a device looks from two metres.

    Attributes:
        icon: a Lucide icon's name.
        is_on: the round icon is filled.
        level_pct: how much of the tile is filled from the left; None for no fill.
        slide: the capability whose level a horizontal drag sets (a light, cover, valve or fan); None for none.
        number: a large number with its unit, such as "22.5°".
        words: the second line, joined by " · ".
        is_pending: something is asked and not yet confirmed.
        is_stale: no fill and a dashed edge: nothing new can be expected of it now.
        touch: None when a touch opens the sheet.
        buttons: several switches in one device; then `touch` is None.
    """

    icon: str
    tone: Tone = Tone.PLAIN
    is_on: bool = False
    level_pct: float | None = None
    slide: CapabilityId | None = None
    number: str | None = None
    words: tuple[Words, ...] = ()
    is_pending: bool = False
    is_stale: bool = False
    touch: Touch | None = None
    buttons: tuple[TileButton, ...] = ()


def format_number(value: float, precision: int | None = None) -> str:
    """Return a number as people write it: so many digits after the point, or as few as it needs (three at most)."""
    if precision is not None:
        return f"{value:.{precision}f}"
    return f"{round(value, 3):.12g}"


def format_reading(sensor: Sensor | Number, value: float) -> str:
    """Return a value with its unit, such as "22.5°", "48%" or "412 ppm"."""
    number = format_number(value, sensor.precision if isinstance(sensor, Sensor) else None)
    unit = sensor.unit
    if not unit:
        return number
    if unit in ("°C", "°F", "°"):
        return f"{number}°"
    return f"{number}%" if unit == "%" else f"{number} {unit}"


# One face


def glance_of(face: Capability, state: State) -> Tile:
    """Return how one capability looks in a state, apart from its device: what a sheet says of it."""
    match face, state:  # tried in this order: what there is most of and changes most often comes first
        case Sensor(), SensorState():
            return _sensor(face, state)
        case BinarySensor(), BinarySensorState():
            return _binary_sensor(face, state)
        case Light(), LightState():
            return _light(face, state)
        case Switch(), SwitchState():
            icon = "plug" if face.device_class == "outlet" else "power"
            return _on_off(face, state.on, icon, Tone.AMBER)
        case Cover(), CoverState():
            return _cover(face, state)
        case Valve(), ValveState():
            return _valve(face, state)
        case Lock(), LockState():
            return _lock(face, state)
        case Climate(), ClimateState():
            return _climate(state)
        case WaterHeater(), WaterHeaterState():
            return _water_heater(face, state)
        case Fan(), FanState():
            return _fan(face, state)
        case Humidifier(), HumidifierState():
            return _humidifier(face, state)
        case Siren(), SirenState():
            tile = _on_off(face, state.on, "siren", Tone.RED)
            return replace(tile, touch=Touch(face.id, Turn(on=not state.on), needs_hold=not state.on))
        case Alarm(), AlarmState():
            return _alarm(state)
        case Vacuum() | Mower(), VacuumState() | MowerState():
            return _robot(face, state)
        case Button() | Scene(), _:
            icon = "sparkles" if isinstance(face, Scene) else "circle-dot"
            return Tile(icon=icon, words=(Words("Press"),), touch=Touch(face.id, Press()))
        case Number(), NumberState():
            value = state.value
            return Tile(
                icon="sliders-horizontal",
                number=None if value is None else format_reading(face, value),
                words=_unknown_if(value is None),
            )
        case Select(), SelectState():
            return Tile(icon="list", words=_told(state.option, mode_words))
        case Text(), TextState():
            return Tile(icon="text-cursor-input", words=_told(None if face.is_secret else state.text, literal))
        case Event() | Trigger() | InfraredReceiver(), EventState():
            return _event(face, state)
        case Update(), UpdateState():
            return _update(state)
        case Image(), ImageState():
            at = state.taken_at
            return Tile(icon="camera", words=(Words("No picture yet") if at is None else Words("at %1", at=at),))
        case Tracker(), TrackerState():
            return _tracker(state)
        case Notify(), _:
            return Tile(icon="message-square", words=(Words("Message"),))
        case InfraredEmitter(), _:
            return Tile(icon="radio", words=(Words("Message"),))
    raise AssertionError(f"no tile for {type(face).__name__} with {type(state).__name__}")


def _on_off(face: Capability, on: bool | None, icon: str, tone: Tone) -> Tile:
    if on is None:
        return Tile(icon=icon, words=_UNKNOWN, touch=Touch(face.id, Turn(on=True)))
    return Tile(
        icon=icon,
        tone=tone if on else Tone.PLAIN,
        is_on=on,
        level_pct=100.0 if on else None,
        words=(Words("On") if on else Words("Off"),),
        touch=Touch(face.id, Turn(on=not on)),
    )


def _light(face: Light, state: LightState) -> Tile:
    tile = _on_off(face, state.on, "lamp-ceiling" if face.has_brightness else "lightbulb", Tone.AMBER)
    if not face.has_brightness:
        return tile
    tile = replace(tile, slide=face.id)
    if not state.on or state.brightness_pct is None:
        return tile
    return replace(tile, level_pct=state.brightness_pct, words=(*tile.words, _percent(state.brightness_pct)))


def _cover(face: Cover, state: CoverState) -> Tile:
    icon = COVER_ICONS.get(face.device_class, "blinds")
    touch = _move_touch(face, state)
    slide = face.id if face.has_position else None
    if state.motion is None and state.position_pct is None:
        return Tile(icon=icon, words=_UNKNOWN, touch=touch, slide=slide)
    is_open = _is_open(state)
    level = (state.position_pct if state.position_pct is not None else 100.0) if is_open else None
    return Tile(
        icon=icon,
        tone=Tone.BLUE if is_open else Tone.PLAIN,
        is_on=is_open,
        level_pct=level or None,
        slide=slide,
        words=(_motion_words(state),),
        touch=touch,
    )


def _valve(face: Valve, state: ValveState) -> Tile:
    icon = "flame" if face.device_class == "gas" else "droplet"
    touch = _move_touch(face, state)
    if state.motion is None and state.position_pct is None:
        return Tile(icon=icon, words=_UNKNOWN, touch=touch)
    is_open = _is_open(state)
    open_tone = Tone.AMBER if face.device_class == "gas" else Tone.BLUE
    return Tile(
        icon=icon,
        tone=open_tone if is_open else Tone.GREEN,
        is_on=is_open,
        level_pct=(state.position_pct if state.position_pct is not None else 100.0) if is_open else None,
        slide=face.id if face.has_position else None,
        words=(_motion_words(state),),
        touch=touch,
    )


def _move_touch(face: Cover | Valve, state: CoverState | ValveState) -> Touch | None:
    """Return what a touch on something that moves asks for: stop it in its way, else the other way."""
    if state.motion in (Motion.OPENING, Motion.CLOSING) and face.can_stop:
        move = Move.STOP
    elif _is_open(state) and face.can_close:
        move = Move.CLOSE
    elif not _is_open(state) and face.can_open:
        move = Move.OPEN
    else:
        return None
    command = MoveCover(move=move) if isinstance(face, Cover) else MoveValve(move=move)
    return Touch(face.id, command, needs_hold=move is Move.OPEN and is_held_to_open(face))


def is_held_to_open(face: Cover | Valve) -> bool:
    """Tell whether opening takes a press of a second: a gate lets people in, a valve lets gas or water out."""
    return isinstance(face, Valve) or face.device_class in ("garage", "gate", "door")


def _lock(face: Lock, state: LockState) -> Tile:
    is_locked = state.bolt in (Bolt.LOCKED, Bolt.LOCKING)
    touch = None
    if face.code_pattern is None:
        turn = Turnkey.UNLOCK if is_locked else Turnkey.LOCK
        touch = Touch(face.id, OperateLock(turn=turn), needs_hold=turn is Turnkey.UNLOCK)
    if state.bolt is None:
        return Tile(icon="lock", words=_UNKNOWN, touch=touch)
    return Tile(
        icon="lock" if is_locked else "lock-open",
        tone=Tone.GREEN if is_locked else Tone.RED,
        is_on=not is_locked,
        level_pct=None if is_locked else 100.0,
        words=(Words(BOLTS[state.bolt]),),
        touch=touch,
    )


def _climate(state: ClimateState) -> Tile:
    words = []
    if state.target_c is not None:
        words.append(Words("Set to %1", (_degrees(state.target_c),)))
    elif state.low_c is not None and state.high_c is not None:
        words.append(Words("Set to %1", (f"{_degrees(state.low_c)}–{_degrees(state.high_c)}",)))
    is_off = state.mode == "off" or state.on is False
    if is_off:
        words = [Words("Off")]
    elif state.action in ACTIONS:
        words.append(Words(ACTIONS[state.action]))
    elif state.mode is not None:
        words.append(mode_words(state.mode))
    action = None if is_off else state.action
    heats = action in ("heating", "preheating", "defrosting")
    moves = action in ("cooling", "drying", "fan")
    return Tile(
        icon="thermometer",
        tone=Tone.AMBER if heats else Tone.BLUE if moves else Tone.PLAIN,
        is_on=heats or moves,
        number=None if state.current_c is None else _degrees(state.current_c),
        words=tuple(words) or _UNKNOWN,
    )


def _water_heater(face: WaterHeater, state: WaterHeaterState) -> Tile:
    is_on = state.on is not False and state.mode not in (None, "off")
    words = [mode_words(state.mode)] if state.mode is not None else []
    if state.target_c is not None and state.mode != "off":
        words.append(Words("Set to %1", (_degrees(state.target_c),)))
    return Tile(
        icon="shower-head",
        tone=Tone.AMBER if is_on else Tone.PLAIN,
        is_on=is_on,
        number=None if state.current_c is None else _degrees(state.current_c),
        words=tuple(words) or _UNKNOWN,
        touch=Touch(face.id, Turn(on=not is_on)) if face.can_turn else None,
    )


def _fan(face: Fan, state: FanState) -> Tile:
    tile = _on_off(face, state.on, "wind", Tone.BLUE)
    if face.speeds:
        tile = replace(tile, slide=face.id)
    if not state.on:
        return tile
    if state.preset is not None:
        return replace(tile, words=(mode_words(state.preset),))
    if face.speeds and state.speed_pct is not None:
        return replace(tile, level_pct=state.speed_pct, words=(_speed(face.speeds, state.speed_pct),))
    return tile


def _humidifier(face: Humidifier, state: HumidifierState) -> Tile:
    tile = _on_off(face, state.on, "droplets", Tone.BLUE)
    words = tile.words
    if state.on and state.target_pct is not None:
        words = (*words, Words("Set to %1", (f"{state.target_pct:.0f}%",)))
    number = None if state.current_pct is None else f"{state.current_pct:.0f}%"
    return replace(tile, number=number, words=words)


def _alarm(state: AlarmState) -> Tile:
    if state.guard is None:
        return Tile(icon="shield", words=_UNKNOWN)
    alarms = state.guard in (Guard.TRIGGERED, Guard.PENDING)
    is_armed = state.guard not in (Guard.DISARMED, Guard.DISARMING)
    return Tile(
        icon="shield-alert" if alarms else "shield-check" if is_armed else "shield",
        tone=Tone.RED if alarms else Tone.GREEN if is_armed else Tone.PLAIN,
        is_on=alarms,
        level_pct=100.0 if alarms else None,
        words=(Words(GUARDS[state.guard]),),
    )


def _robot(face: Vacuum | Mower, state: VacuumState | MowerState) -> Tile:
    works = state.work in (Work.WORKING, Work.RETURNING)
    needs_help = state.work is Work.ERROR
    drive = Drive.DOCK if works else Drive.START
    return Tile(
        icon="bot" if isinstance(face, Vacuum) else "trees",
        tone=Tone.RED if needs_help else Tone.BLUE if works else Tone.PLAIN,
        is_on=works or needs_help,
        level_pct=100.0 if works or needs_help else None,
        words=_UNKNOWN if state.work is None else (Words(WORKS[state.work]),),
        touch=Touch(face.id, DriveRobot(drive=drive)) if drive in face.actions else None,
    )


def _binary_sensor(face: BinarySensor, state: BinarySensorState) -> Tile:
    sense = SENSES.get(face.device_class, SENSES[None])
    if state.on is None:
        return Tile(icon=sense.icon, words=_UNKNOWN)
    alarms = state.on and sense.alarms
    off_tone = Tone.GREEN if sense.guards else Tone.PLAIN
    return Tile(
        icon=sense.icon,
        tone=Tone.RED if alarms else Tone.PLAIN if state.on else off_tone,
        is_on=state.on,
        level_pct=100.0 if alarms else None,
        words=(Words(sense.on if state.on else sense.off),),
    )


def _sensor(face: Sensor, state: SensorState) -> Tile:
    icon = SENSOR_ICONS.get(face.device_class or "", "activity")
    if isinstance(state.value, int | float):
        return Tile(icon=icon, number=format_reading(face, state.value))
    return Tile(icon=icon, words=_told(state.value, mode_words if face.options else literal))


def _event(face: Event | Trigger | InfraredReceiver, state: EventState) -> Tile:
    icon = "radio"
    if isinstance(face, Event):
        icon = "bell-ring" if face.device_class == "doorbell" else "circle-dot"
    if state.happened_at is None:
        return Tile(icon=icon, words=(Words("Never"),))
    if isinstance(face, InfraredReceiver) or not state.event:
        return Tile(icon=icon, words=(Words("at %1", at=state.happened_at),))
    return Tile(icon=icon, words=(literal(state.event), Words("at %1", at=state.happened_at)))


def _update(state: UpdateState) -> Tile:
    if state.is_running:
        if state.progress_pct is None:
            return Tile(icon="refresh-cw", tone=Tone.BLUE, is_on=True, words=(Words("installing…"),))
        progress = Words("Installing… %1 %", (f"{state.progress_pct:.0f}",))
        return Tile(icon="refresh-cw", tone=Tone.BLUE, is_on=True, level_pct=state.progress_pct, words=(progress,))
    if state.latest is not None and state.installed is not None and state.latest != state.installed:
        return Tile(icon="package", tone=Tone.AMBER, is_on=True, words=(Words("Install %1", (state.latest,)),))
    return Tile(icon="package", words=_UNKNOWN if state.installed is None else (Words("Up to date"),))


def _tracker(state: TrackerState) -> Tile:
    if state.place is None:
        return Tile(icon="map-pin", words=_UNKNOWN)
    known = {"home": Words("at home"), "not_home": Words("away")}
    return Tile(icon="map-pin", is_on=state.place == "home", words=(known.get(state.place, literal(state.place)),))


# Words


_UNKNOWN = (Words("No state yet"),)


def _unknown_if(is_unknown: bool) -> tuple[Words, ...]:
    return _UNKNOWN if is_unknown else ()


def _told(value: str | None, words_of: Callable[[str], Words]) -> tuple[Words, ...]:
    return _UNKNOWN if value is None else (words_of(value[:255]),)


def _percent(value: float) -> Words:
    return literal(f"{value:.0f} %")


def _speed(speeds: int, speed_pct: float) -> Words:
    """Return a fan's speed as people count it: by its number as long as there are few."""
    if speeds <= FEW_SPEEDS:
        return Words("Speed %1", (f"{speed_pct * speeds / 100:.0f}",))
    return Words("Speed %1 %", (f"{speed_pct:.0f}",))


def _degrees(value: float) -> str:
    return f"{value:.3g}°" if value == round(value, 1) else f"{value:.1f}°"


def _is_open(state: CoverState | ValveState) -> bool:
    if state.motion in (Motion.OPEN, Motion.OPENING, Motion.CLOSING):
        return True
    if state.motion is Motion.CLOSED:
        return False
    return (state.position_pct or 0) > 0


def _motion_words(state: CoverState | ValveState) -> Words:
    if state.motion is Motion.OPENING:
        return Words("opening…")
    if state.motion is Motion.CLOSING:
        return Words("closing…")
    if state.position_pct is not None and 0 < state.position_pct < 100:
        return Words("%1 % open", (f"{state.position_pct:.0f}",))
    return Words("Open") if _is_open(state) else Words("Closed")
