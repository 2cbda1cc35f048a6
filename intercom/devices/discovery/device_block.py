"""The `device` block: which device a component belongs to, and what that device says of itself."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields
from typing import Any

from intercom.devices.discovery.update import web_address
from intercom.home.errors import InvalidInputError
from intercom.home.names import shown_name

_UNSAFE = re.compile(r"[^A-Za-z0-9_.:-]+")
_MAX_ID = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceBlock:
    """What one announcement says of its device.

    Attributes:
        marks: what it can be recognised by, the best first; two blocks with a mark in common are one device.
        via: a mark of the device through which it is reached.
    """

    marks: tuple[str, ...]
    name: str | None = None
    maker: str | None = None
    model: str | None = None
    firmware: str | None = None
    area: str | None = None
    via: str | None = None
    url: str | None = None

    def updated(self, newer: DeviceBlock) -> DeviceBlock:
        """Return what is known once `newer` has been heard: what it leaves out stays."""
        if newer == self:
            return self
        marks = (*self.marks, *(mark for mark in newer.marks if mark not in self.marks))
        said = {
            field.name: getattr(newer, field.name) or getattr(self, field.name)
            for field in fields(self)
            if field.name != "marks"
        }
        return DeviceBlock(marks=marks, **said)


def parse_device(said: Any) -> DeviceBlock | None:
    """Return the block, None when there is none; InvalidInputError when nothing in it identifies a device."""
    if said is None:
        return None
    if not isinstance(said, dict):
        raise InvalidInputError("'device' must be an object")
    identifiers = said.get("identifiers")
    marks = [_mark(one) for one in (identifiers if isinstance(identifiers, list) else [identifiers])]
    connections = said.get("connections") or []
    for connection in connections if isinstance(connections, list) else [connections]:
        if not (isinstance(connection, list) and len(connection) == 2):
            raise InvalidInputError("'connections' of the device must be pairs of a kind and an address")
        marks.append(f"{_mark(connection[0])}:{str(connection[1]).lower()}")
    known = tuple(dict.fromkeys(mark for mark in marks if mark))
    if not known:
        raise InvalidInputError("the device needs 'identifiers' or 'connections'")
    return DeviceBlock(
        marks=known,
        name=_text(said, "name"),
        maker=_text(said, "manufacturer"),
        model=_text(said, "model") or _text(said, "model_id"),
        firmware=_text(said, "sw_version"),
        area=_text(said, "suggested_area"),
        via=_text(said, "via_device"),
        url=web_address(said.get("configuration_url")),
    )


def as_id(text: str) -> str:
    """Return an id that reads like `text`, is safe in addresses, and differs for different texts."""
    plain = _UNSAFE.sub("_", text)
    if plain == text and 0 < len(text) <= _MAX_ID:
        return text
    return f"{plain[:_MAX_ID]}-{hashlib.blake2b(text.encode('utf-8', 'replace'), digest_size=3).hexdigest()}"


def _mark(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _text(said: dict[str, Any], key: str) -> str | None:
    value = said.get(key)
    return shown_name(str(value)) or None if isinstance(value, str | int | float) else None
