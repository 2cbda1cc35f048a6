"""Announcements as they come: topics, JSON, short names, `~`, and device payloads taken apart into components."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from intercom.devices.discovery import abbreviations
from intercom.devices.discovery.claims import Key
from intercom.devices.discovery.entity import Common, Entity
from intercom.devices.discovery.message import NOT_JSON, decode_json
from intercom.devices.discovery.options import Options
from intercom.home.errors import InvalidInputError

_SHARED = (
    "availability",
    "availability_mode",
    "availability_template",
    "availability_topic",
    "command_topic",
    "encoding",
    "payload_available",
    "payload_not_available",
    "qos",
    "state_topic",
)
"""What components of a device payload inherit from it."""


@dataclass(frozen=True, slots=True)
class DiscoveryTopic:
    """`<prefix>/<component>/[<node>/]<object>/config`."""

    component: str
    node: str | None
    object_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One component of an announcement.

    Attributes:
        kind: the component's name, such as "binary_sensor".
        key: the same for the same component, whether a topic of its own or a device payload announces it.
        object_id: its short name.
        options: None when the announcement takes it back.
        label: what a device payload calls it; None when the announcement is all its own.
        make: brings it to life, where that is not done as for all of its kind.
    """

    kind: str
    key: Key
    object_id: str
    options: Mapping[str, Any] | None
    label: str | None = None
    make: Callable[[Options, Common], Entity] | None = None


def split_topic(prefix: str, topic: str) -> DiscoveryTopic | None:
    """Return what a discovery topic says, None for another topic."""
    if not (topic.endswith("/config") and topic.startswith(prefix)):
        return None
    outer, *levels = topic[len(prefix) : -len("/config")].split("/")
    if outer:
        return None
    if len(levels) == 2:
        return DiscoveryTopic(levels[0], None, levels[1])
    if len(levels) == 3:
        return DiscoveryTopic(levels[0], levels[1], levels[2])
    return None


def parse_object(raw: bytes | str) -> dict[str, Any]:
    """Return the payload's JSON object with all names in full, `~` not yet replaced."""
    said = decode_json(raw)
    if said is NOT_JSON:
        raise InvalidInputError("the payload is not JSON")
    if not isinstance(said, dict):
        raise InvalidInputError("the payload must be a JSON object")
    return said


def parts_of(topic: DiscoveryTopic, said: dict[str, Any]) -> Iterator[Part]:
    """Take an announcement apart.

    Raises:
        InvalidInputError: it cannot be used as a whole.
    """
    said = _expanded(said)
    if topic.component != "device":
        _replace_base(said, said.pop("~", None))
        node = f"{topic.node} " if topic.node else ""
        key = (topic.component, f"{node}{topic.object_id}")
        yield Part(kind=topic.component, key=key, object_id=topic.object_id, options=said)
        return
    components = said.get("components")
    if not isinstance(components, dict):
        raise InvalidInputError("'components' is missing; a device payload needs it")
    if not isinstance(said.get("device"), dict):
        raise InvalidInputError("'device' is missing; a device payload needs it")
    base = said.get("~")
    shared = {key: said[key] for key in _SHARED if key in said}
    _replace_base(shared, base)
    node = f"{topic.node} " if topic.node else ""
    for label, component in components.items():
        options = _expanded(component) if isinstance(component, dict) else {}
        kind = options.pop("platform", None)
        if not isinstance(kind, str):
            kind = ""
        key = (kind, f"{topic.object_id} {node}{label}")
        if kind and not options:
            yield Part(kind=kind, key=key, object_id=label, options=None, label=label)
            continue
        _replace_base(options, options.pop("~", base))
        yield Part(
            kind=kind,
            key=key,
            object_id=label,
            options={**shared, **options, "device": said["device"], "origin": said.get("origin")},
            label=label,
        )


def wants_migration(said: dict[str, Any]) -> bool:
    """Tell whether the announcement only says that another topic will take over."""
    return said.get("migrate_discovery", said.get("migr_discvry")) is True


def _expanded(said: dict[str, Any]) -> dict[str, Any]:
    """Return a copy with all names in full."""
    long = _renamed(said, abbreviations.OPTIONS)
    if "availability" in long:
        entries = long["availability"]
        if isinstance(entries, dict):
            entries = [entries]
        if isinstance(entries, list):
            long["availability"] = [
                _renamed(entry, abbreviations.OPTIONS) if isinstance(entry, dict) else entry for entry in entries
            ]
    for block, names in (("device", abbreviations.DEVICE), ("origin", abbreviations.ORIGIN)):
        if isinstance(long.get(block), dict):
            long[block] = _renamed(long[block], names)
    return long


def _renamed(said: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in said.items()}


def _replace_base(options: dict[str, Any], base: object) -> None:
    """Write out `~` at either end of every topic."""
    if not isinstance(base, str):
        return
    for key, value in options.items():
        if key.endswith("topic"):
            options[key] = _with_base(value, base)
    entries = options.get("availability")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and "topic" in entry:
            entry["topic"] = _with_base(entry["topic"], base)


def _with_base(topic: object, base: str) -> object:
    if not isinstance(topic, str) or not topic:
        return topic
    if topic[0] == "~":
        topic = base + topic[1:]
    if topic and topic[-1] == "~":
        topic = topic[:-1] + base
    return topic
