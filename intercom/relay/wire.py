"""What goes over the wire: JSON to and from the home's dataclasses. Knows no sockets and no HTTP.

The wire is lean, because a snapshot of a large home is made of these: what says nothing is left out. An absent field is
null, false or an empty list; besides, an absent `position` is 0, `available` and `is_shown` are true and `category` is
"primary". States leave out only what is unknown: `false` and 0 stand there. `PROTOCOL` counts up when a client of the
version before could no longer understand.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from intercom.home.access import NO_TERMS, OutsideHoursError, Principal, Role
from intercom.home.capabilities import Capability, CapabilityId, Category, EventState, ImageState, State, Text
from intercom.home.commands import COMMANDS, Command, Turn
from intercom.home.errors import IntercomError, InvalidInputError
from intercom.home.glance import Tile, TileButton, Tone, Touch
from intercom.home.home import Home, Outcome
from intercom.home.model import Area, DeviceId, Held, Trust
from intercom.home.releases import NewRelease, Way
from intercom.home.tile import tile_of
from intercom.home.trouble import Trouble
from intercom.home.words import Words
from intercom.storage.terms import TermsGiven, hours_wire, terms_wire

PROTOCOL: Final = 1

Json = dict[str, Any]
Asked = TypeVar("Asked")

encode = msgspec.json.Encoder().encode
"""Turn anything from this module into JSON, in UTF-8."""


# Asking


class _Body(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a client sends: unknown fields are refused, so that a slip of the pen is told and not swallowed.

    It may hold a password or a code, so it is never shown whole.
    """

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class PairingAsked(_Body):
    name: str


class CodeGiven(_Body):
    secret: str
    code: str
    native: bool = False


class RefreshAsked(_Body):
    refresh_credential: str | None = None


class LoginAsked(_Body):
    """`client` is what the client calls itself."""

    name: str
    password: str
    client: str = ""


class PasswordChange(_Body):
    old: str
    new: str


class PinChosen(_Body):
    pin: str


class SessionPatch(_Body):
    """What an owner changes about a paired client: absent leaves it."""

    name: str | None = None
    role: Role | None = None
    terms: TermsGiven | None = None


class AccountMade(_Body):
    name: str
    password: str
    role: Role
    terms: TermsGiven | None = None


class AccountPatch(_Body):
    """What an owner changes about an account: absent leaves it."""

    role: Role | None = None
    terms: TermsGiven | None = None
    password: str | None = None


class DevicePatch(_Body):
    """What a resident decides about a device: absent leaves it, null gives it back to the device."""

    name: str | msgspec.UnsetType | None = msgspec.UNSET
    area_id: str | msgspec.UnsetType | None = msgspec.UNSET
    position: int | msgspec.UnsetType | None = msgspec.UNSET
    is_hidden: bool | msgspec.UnsetType | None = msgspec.UNSET
    is_shared: bool | msgspec.UnsetType | None = msgspec.UNSET


class AreaMade(_Body):
    name: str
    icon: str | None = None


class AreaPatch(_Body):
    name: str | None = None
    icon: str | None = None


class AreaOrder(_Body):
    ids: list[str]


class CommandAsked(_Body):
    """What a client asks of a device.

    Attributes:
        capability: left out, the device's first one that can be asked this is meant.
        once: a word that was never sent before; for what opens a lock.
    """

    command: Json
    capability: str | None = None
    once: str | None = None


class SocketCommandAsked(CommandAsked, kw_only=True):
    device: str


class WatchAsked(_Body):
    """What the client holds already: the revision of a run of the relay."""

    run: str | None = None
    revision: int | None = None


class Credentials(msgspec.Struct, kw_only=True):
    """What a Socket.IO client says when it connects; others may say more."""

    token: str = ""

    def __repr__(self) -> str:
        return "<Credentials>"


def read(body: bytes, kind: type[Asked]) -> Asked:
    """Parse a request's JSON; InvalidInputError names the field that is wrong."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInputError(_in_words(error)) from error


def take(said: object, kind: type[Asked]) -> Asked:
    """Parse what arrived as JSON and is decoded already; InvalidInputError names the field that is wrong."""
    try:
        return msgspec.convert(said, type=kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise InvalidInputError(_in_words(error)) from error


def command_asked(
    home: Home, device_id: DeviceId, capability_id: CapabilityId | None, said: Mapping[str, Any]
) -> tuple[CapabilityId, Command]:
    """Return which capability is asked to do what; "turn_on", "turn_off" and "toggle" are other words for "turn".

    Raises:
        InvalidInputError: no such command, a field that it does not have, or a wrong value; the message names it.
        NotFoundError: no such device or capability.
    """
    do = said.get("do")
    fields = {name: value for name, value in said.items() if name != "do"}
    if do == "toggle":
        if capability_id is None:
            capability_id = home.main_capability(device_id, Turn(on=True))
        home.capability(device_id, capability_id)
        shown = home.held(device_id)[capability_id].shown
        do, fields = "turn", {**fields, "on": getattr(shown, "on", None) is not True}
    elif do in ("turn_on", "turn_off"):
        do, fields = "turn", {**fields, "on": do == "turn_on"}
    kind = COMMANDS.get(do) if isinstance(do, str) else None
    if kind is None:
        raise InvalidInputError(f"command.do must be one of {', '.join(COMMANDS)}")
    known = [field.name for field in dataclasses.fields(kind)]
    strange = [name for name in fields if name not in known]
    if strange:
        raise InvalidInputError(f"'{do}' has no field '{strange[0]}'; it has {', '.join(known) or 'none'}")
    command = take(fields, kind)
    return capability_id or home.main_capability(device_id, command), command


# Telling


def error_wire(error: IntercomError) -> Json:
    """Tell what was refused; the message may quote what no JSON holds: half a character, bytes that are no text."""
    message = str(error).encode("utf-8", "backslashreplace").decode()
    return {"error": {**refusal_wire(error), "message": message}}


def refusal_wire(error: IntercomError) -> Json:
    """Tell what was refused where the message goes another way; a guest is told the hours that were chosen."""
    return {"code": error.code, **({"hours": hours_wire(error.hours)} if isinstance(error, OutsideHoursError) else {})}


def outcome_wire(outcome: Outcome) -> Json:
    return {"outcome": outcome}


def principal_wire(principal: Principal) -> Json:
    told: Json = {"id": principal.session_id, "name": principal.name, "role": principal.role}
    if principal.account_id is not None:
        told["account"] = principal.account_id
    if principal.role is Role.GUEST and principal.terms != NO_TERMS:
        told["terms"] = terms_wire(principal.terms)
    return told


def release_wire(newest: NewRelease) -> Json:
    told: Json = {"version": str(newest.version), "way": newest.way, "notes": dict(newest.notes)}
    if newest.way is Way.DOWNLOAD:
        told["file"] = {"url": newest.file.url, "sha256": newest.file.sha256, "size": newest.file.size}
    return told


def area_wire(area: Area) -> Json:
    return {"id": area.id, "name": area.name, "icon": area.icon, "position": area.position}


def device_wire(home: Home, device_id: DeviceId) -> Json:
    """Describe a device whole: what it is, its states, and its tile."""
    device = home.device(device_id)
    placement = home.placement(device_id)
    all_held = home.held(device_id)
    told: Json = {"id": device_id, "name": placement.name or device.name}
    optional = {
        "area": placement.area_id,
        "position": placement.position,
        "hidden": placement.is_hidden,
        "shared": placement.is_shared,
        "maker": device.maker,
        "model": device.model,
        "firmware": device.firmware,
        "url": device.url,
    }
    told.update({name: value for name, value in optional.items() if value})
    if not home.is_available(device_id):
        told["available"] = False
    stale_since = home.stale_since(device_id)
    if stale_since is not None:
        told["stale_since"] = _instant(stale_since)
    battery_pct = home.battery_pct(device_id)
    if battery_pct is not None:
        told["battery_pct"] = battery_pct
    told["capabilities"] = described = [capability_wire(capability) for capability in device.capabilities]
    for capability, told_of_it in zip(device.capabilities, described, strict=True):
        _tell_held(told_of_it, capability, all_held[capability.id])
    told["tile"] = tile_wire(tile_of(home, device_id))
    return told


def capability_wire(capability: Capability) -> Json:
    """Describe what a capability can do, apart from its state."""
    told: Json = {"id": capability.id, "kind": capability.kind}
    for name in _spec_fields(type(capability)):
        value = getattr(capability, name)
        if value is not None and value is not False and value != ():
            told[name] = value
    if capability.category is not Category.PRIMARY:
        told["category"] = capability.category
    if not capability.is_shown:
        told["is_shown"] = False
    return told


def state_wire(home: Home, device_id: DeviceId, capability_id: CapabilityId) -> Json:
    """Tell the state of one capability."""
    capability = home.capability(device_id, capability_id)
    held = home.held(device_id)[capability_id]
    told: Json = {"device": device_id, "capability": capability_id}
    _tell_held(told, capability, held)
    return told


def event_wire(home: Home, device_id: DeviceId, capability_id: CapabilityId) -> Json:
    """Tell of what just happened at one capability."""
    held = home.held(device_id)[capability_id]
    assert isinstance(held.state, EventState)
    at = held.state.happened_at if held.state.happened_at is not None else held.reported_at
    told = {"device": device_id, "capability": capability_id, "event": held.state.event}
    return told if at is None else {**told, "at": _instant(at)}


def tile_wire(tile: Tile) -> Json:
    told: Json = {"icon": tile.icon}
    if tile.tone is not Tone.PLAIN:
        told["tone"] = tile.tone
    if tile.is_on:
        told["on"] = True
    if tile.level_pct is not None:
        told["level"] = tile.level_pct
    if tile.slide is not None:
        told["slide"] = tile.slide
    if tile.number is not None:
        told["number"] = tile.number
    if tile.words:
        told["words"] = [_words_wire(words) for words in tile.words]
    if tile.is_pending:
        told["pending"] = True
    if tile.is_stale:
        told["stale"] = True
    if tile.touch is not None:
        told["touch"] = _touch_wire(tile.touch)
    if tile.buttons:
        told["buttons"] = [_button_wire(button) for button in tile.buttons]
    return told


def trouble_wire(trouble: Trouble) -> Json:
    return {"kind": trouble.kind, "words": _words_wire(trouble.words)}


def command_wire(command: Command) -> Json:
    asked = {field.name: getattr(command, field.name) for field in dataclasses.fields(command)}
    return {"do": command.do, **{name: value for name, value in asked.items() if value is not None}}


# Inside


def _tell_held(told: Json, capability: Capability, held: Held) -> None:
    if held.wanted is not None:  # first, so that a frame's beginning tells what is pending from what is confirmed
        told["wanted"] = _fields_known(capability, held.wanted)
    told["state"] = _fields_known(capability, held.state)
    if held.trust is not Trust.CONFIRMED:
        told["trust"] = held.trust
    if not held.is_available:
        told["available"] = False
    if held.reported_at is not None:
        told["at"] = _instant(held.reported_at)


def _fields_known(capability: Capability, state: State) -> Json:
    if isinstance(capability, Text) and capability.is_secret:
        return {}
    return {name: value for name in _state_fields(type(state)) if (value := getattr(state, name)) is not None}


def _touch_wire(touch: Touch) -> Json:
    told: Json = {"capability": touch.capability_id, "command": command_wire(touch.command)}
    if touch.needs_hold:
        told["hold"] = True
    return told


def _button_wire(button: TileButton) -> Json:
    told: Json = {"capability": button.capability_id, "name": button.name}
    if button.is_on:
        told["on"] = True
    if button.is_pending:
        told["pending"] = True
    return {**told, "touch": _touch_wire(button.touch)}


def _words_wire(words: Words) -> list[str | Json]:
    if words.at is not None:
        return [words.text, {"at": _instant(words.at)}]
    return [words.text, *words.args]


def _instant(at: float) -> float:
    """Round seconds since the epoch to what people can tell apart."""
    return round(at, 3)


_state_field_names: dict[type[State], tuple[str, ...]] = {}
_spec_field_names: dict[type[Capability], tuple[str, ...]] = {}


def _state_fields(kind: type[State]) -> tuple[str, ...]:
    names = _state_field_names.get(kind)
    if names is None:
        kept_inside = ("data",) if kind is ImageState else ()
        names = tuple(field.name for field in dataclasses.fields(kind) if field.name not in kept_inside)
        _state_field_names[kind] = names
    return names


def _spec_fields(kind: type[Capability]) -> tuple[str, ...]:
    names = _spec_field_names.get(kind)
    if names is None:
        names = tuple(f.name for f in dataclasses.fields(kind) if f.name not in ("id", "category", "is_shown"))
        _spec_field_names[kind] = names
    return names


def _in_words(error: Exception) -> str:
    """Turn msgspec's "Expected `str`, got `int` - at `$.name`" into "name: expected str, got int"."""
    text = str(error).replace("`", "")
    found = re.fullmatch(r"(.*?) - at \$\.?(.*)", text, re.DOTALL)
    if found is None:
        return text[:1].lower() + text[1:]
    what, where = found[1][:1].lower() + found[1][1:], found[2]
    return f"{where}: {what}" if where else what
