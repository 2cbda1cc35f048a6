"""What a tile says at a glance: one device's icon, colour, words, number, and what a touch does.

The panel and the relay both show tiles, so what they say is decided here, once, and in no language: the panel and the
web client translate from one catalogue (`resources/i18n`).

One of a device's capabilities is its *face*: the one that people think of when they see the device. It decides the
icon, the colour and the touch (`glance`); what the device measures besides may add to the words.
"""

from __future__ import annotations

from collections.abc import Mapping

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
    Cover,
    CoverState,
    Event,
    Fan,
    Guard,
    Humidifier,
    Image,
    InfraredEmitter,
    InfraredReceiver,
    Light,
    LightState,
    Lock,
    LockState,
    Motion,
    Mower,
    Notify,
    Number,
    Scene,
    Select,
    Sensor,
    SensorState,
    Siren,
    State,
    Switch,
    SwitchState,
    Text,
    Tracker,
    Trigger,
    Update,
    UpdateState,
    Vacuum,
    Valve,
    ValveState,
    WaterHeater,
    is_battery,
)
from intercom.home.commands import Turn
from intercom.home.glance import Tile, TileButton, Tone, Touch, format_reading, glance_of
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId, Held, Trust
from intercom.home.words import Words, literal

MOST_BUTTONS = 4

_RANK: tuple[type[Capability], ...] = (
    Alarm,
    Lock,
    Climate,
    WaterHeater,
    Light,
    Cover,
    Valve,
    Humidifier,
    Fan,
    Vacuum,
    Mower,
    Siren,
    Switch,
    Image,
    BinarySensor,
    Sensor,
    Tracker,
    Event,
    Scene,
    Button,
    Select,
    Number,
    Text,
    Notify,
    InfraredEmitter,
    InfraredReceiver,
    Trigger,
    Update,
)
_RANK_OF = {kind: rank for rank, kind in enumerate(_RANK)}
_CATEGORIES = (Category.PRIMARY, Category.SETTING, Category.DIAGNOSTIC)
_GANGED = (Switch, Light)
_GLANCED = ("temperature", "humidity", "power", "carbon_dioxide", "pm25", "illuminance", "moisture")


def face_of(device: Device) -> Capability | None:
    """Return the capability that people think of when they see a device; None when it has none at all."""
    if len(device.capabilities) == 1:
        return device.capabilities[0]
    return min(device.capabilities, key=_rank, default=None)


def tile_of(home: Home, device_id: DeviceId) -> Tile:
    """Return how a device looks now.

    Raises:
        NotFoundError: no such device.
    """
    device = home.device(device_id)
    face = face_of(device)
    if face is None:
        return Tile(icon="circle-help", words=(Words("No state yet"),))
    all_held = home.held(device_id)
    held = all_held[face.id]
    gang = _gang(device, face)
    tile = _gang_tile(gang, all_held) if gang else glance_of(face, held.shown)
    words = tile.words
    if held.wanted is not None and not gang:
        words = (Words(_pending_words(face, held.state, held.wanted)),)
    else:
        if held.trust is Trust.ASSUMED and not isinstance(face, Button | Scene):
            words = (*words, Words("assumed"))
        words = (*words, *_readings(device, face, all_held, tile))
    stale_since = home.stale_since(device_id)
    is_stale = stale_since is not None or not home.is_available(device_id) or not held.is_available
    if stale_since is not None:
        words = (Words("No news since %1", at=stale_since),)
    elif is_stale:
        at = held.reported_at
        words = (Words("No news since %1", at=at),) if at is not None else (Words("Cannot be reached"),)
    return Tile(  # field by field: `replace` takes longer than all the rest, with every change of every device
        icon=face.icon or tile.icon,
        tone=tile.tone,
        is_on=tile.is_on,
        level_pct=None if is_stale else tile.level_pct,
        slide=tile.slide,
        number=tile.number,
        words=words,
        is_pending=held.wanted is not None or any(button.is_pending for button in tile.buttons),
        is_stale=is_stale,
        touch=tile.touch if _is_clear(device, face) else None,
        buttons=tile.buttons,
    )


def _rank(capability: Capability) -> tuple[int, bool, int, bool, bool]:
    return (
        _CATEGORIES.index(capability.category),
        not capability.is_shown,
        _RANK_OF[type(capability)],
        is_battery(capability),
        capability.name is not None,
    )


def _is_clear(device: Device, face: Capability) -> bool:
    """Tell whether a touch can mean one thing only; with several things to press, the sheet shows which."""
    if not isinstance(face, Button | Scene):
        return True
    return sum(isinstance(each, Button | Scene) and each.category is face.category for each in device.capabilities) == 1


# Several switches in one device


def _gang(device: Device, face: Capability) -> list[Capability]:
    """Return the equal switches of a device that has two to four of them, else nothing."""
    if not isinstance(face, _GANGED):
        return []
    kind: type[Capability] = type(face)
    same = [
        capability
        for capability in device.capabilities
        if type(capability) is kind and capability.category is face.category and capability.is_shown
    ]
    return same if 2 <= len(same) <= MOST_BUTTONS else []


def _gang_tile(gang: list[Capability], all_held: Mapping[CapabilityId, Held]) -> Tile:
    buttons = []
    for capability in gang:
        held = all_held[capability.id]
        shown = held.shown
        assert isinstance(shown, SwitchState | LightState)
        touch = Touch(capability.id, Turn(on=not shown.on))
        buttons.append(
            TileButton(capability.id, capability.name or "", shown.on is True, held.wanted is not None, touch)
        )
    on = sum(button.is_on for button in buttons)
    return Tile(
        icon="power",
        tone=Tone.AMBER if on else Tone.PLAIN,
        is_on=on > 0,
        words=(Words("%1 on", (str(on),)) if on else Words("All off"),),
        buttons=tuple(buttons),
    )


# Words


def _pending_words(face: Capability, state: State, wanted: State) -> str:
    match wanted:
        case CoverState(motion=Motion.OPENING | Motion.OPEN) | ValveState(motion=Motion.OPENING | Motion.OPEN):
            return "opening…"
        case CoverState(motion=Motion.CLOSING | Motion.CLOSED) | ValveState(motion=Motion.CLOSING | Motion.CLOSED):
            return "closing…"
        case LockState(bolt=Bolt.LOCKED):
            return "locking…"
        case LockState(bolt=Bolt.OPEN):
            return "opening…"
        case LockState():
            return "unlocking…"
        case AlarmState(guard=Guard.DISARMED):
            return "disarming…"
        case AlarmState():
            return "arming…"
        case UpdateState():
            return "installing…"
    was_on, will_be_on = getattr(state, "on", None), getattr(wanted, "on", None)
    if was_on == will_be_on:
        return "setting…"
    return "turning on…" if will_be_on else "turning off…"


def _readings(device: Device, face: Capability, all_held: Mapping[CapabilityId, Held], tile: Tile) -> tuple[Words, ...]:
    """Return what a device measures besides its face, as far as it matters at a glance: one value, two at most."""
    readings = []
    for capability in device.capabilities:
        if capability is face or not isinstance(capability, Sensor) or capability.category is not Category.PRIMARY:
            continue
        state = all_held[capability.id].shown
        if capability.device_class in _GLANCED and isinstance(state, SensorState):
            value = state.value
            if isinstance(value, int | float) and format_reading(capability, value) != tile.number:
                readings.append(literal(format_reading(capability, value)))
    return tuple(readings[: 2 if isinstance(face, Sensor) else 1])
