"""`intercom discovery check`: what becomes of MQTT discovery messages, for those who make devices.

It reads lines of JSON and feeds them, in order, to the very engine that the adapter uses:

    {"topic": "homeassistant/switch/x/config", "payload": {…}}       an announcement or a state; text or object
    {"topic": "homeassistant/switch/x/config", "command": {"do": "turn", "on": true}}       a command to what stands

`"payload": null` or `""` is an empty message, `"retain": true` one that the broker had kept; `"capability"` beside a
command names one of several. Lines with neither payload nor command are passed over, as are other keys.

Once all is read it prints a line of JSON for every announcement and command, in the order in which they came:

    {"topic", "status": "accepted", "device": {…}, "capabilities": [{"id", "kind", …, "available", "state": {…}}]}
    {"topic", "status": "refused", "reason"}
    {"topic", "status": "removed" | "replaced" | "unchanged" | "migrating"}
    {"topic", "command", "publishes": [{"topic", "payload", "qos", "retain"}]}   or "reason" instead of "publishes"

Devices and states are as they are after the last message. A component of a device payload that is refused stands under
"refused" with its "component" and "reason"; messages that could not be understood stand under "misread". With
`--commands` every capability that obeys carries "commands": its typical commands, each with what it would publish.
The last line counts:

    {"summary": {"payloads", "accepted", "refused", "removed", "devices", "capabilities", "messages", "misread"}}
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TextIO

import msgspec

from intercom.devices.discovery.effects import Misread, Publish, Refused
from intercom.devices.discovery.engine import Discovery
from intercom.devices.discovery.typical import typical_commands
from intercom.home.capabilities import CapabilityId
from intercom.home.commands import COMMANDS, Command
from intercom.home.errors import IntercomError, InvalidInputError
from intercom.home.model import DeviceId

_HIDDEN_STATE = "data"
"""A picture's bytes, which are not for a terminal."""


@dataclass(slots=True)
class _Entry:
    """One announcement, and what is known of its fate."""

    topic: str
    status: str
    reason: str | None = None
    refused: list[dict[str, str]] = field(default_factory=list)


def run(lines: Iterable[str], out: TextIO, *, with_commands: bool = False) -> int:
    """Check the messages and print what becomes of them; return 0, for it is no failure when some are refused.

    Raises:
        InvalidInputError: a line is not as described above; the message names it.
    """
    check = _Check()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            check.read(number, line)
    for result in check.results(with_commands=with_commands):
        out.write(json.dumps(result, ensure_ascii=False, separators=(",", ":")))
        out.write("\n")
    return 0


class _Check:
    """A run of the engine over a file."""

    def __init__(self) -> None:
        self._discovery = Discovery(time.time)
        self._results: list[_Entry | dict[str, Any]] = []
        self._latest: dict[str, _Entry] = {}
        self._misread: dict[tuple[DeviceId, CapabilityId], list[dict[str, str]]] = {}
        self._messages = 0

    def read(self, number: int, line: str) -> None:
        """Take one line."""
        try:
            said = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InvalidInputError(f"line {number} is not JSON: {error}") from error
        if not isinstance(said, dict):
            raise InvalidInputError(f"line {number} must be an object with 'topic' and 'payload'")
        topic = said.get("topic")
        if "payload" not in said and "command" not in said:
            return
        if not isinstance(topic, str):
            raise InvalidInputError(f"line {number} has no 'topic'")
        if "command" in said:
            self._results.append(self._obey(topic, said))
        else:
            self._hear(topic, _as_sent(said["payload"]), is_retained=said.get("retain") is True)

    def results(self, *, with_commands: bool) -> Iterator[dict[str, Any]]:
        """Return a line for each announcement and command, and the closing count."""
        counts = dict.fromkeys(("payloads", "accepted", "refused", "removed"), 0)
        capabilities = 0
        for entry in self._results:
            if isinstance(entry, dict):
                yield entry
                continue
            result = self._result(entry, with_commands=with_commands)
            counts["payloads"] += 1
            if entry.status in counts:
                counts[entry.status] += 1
            capabilities += len(result.get("capabilities", ()))
            yield result
        yield {
            "summary": {
                **counts,
                "devices": len(self._discovery.device_ids),
                "capabilities": capabilities,
                "messages": self._messages,
                "misread": sum(len(found) for found in self._misread.values()),
            }
        }

    def _hear(self, topic: str, payload: str, *, is_retained: bool) -> None:
        was_announced = self._discovery.announced_by(topic)
        effects = self._discovery.handle(topic, payload, is_retained=is_retained)
        for effect in effects:
            if isinstance(effect, Misread):
                found = self._misread.setdefault((effect.device_id, effect.capability_id), [])
                found.append({"topic": effect.topic, "reason": effect.reason})
        if not self._discovery.is_announcement(topic):
            self._messages += 1
            return
        entry = _Entry(topic, "accepted")
        whole = [effect.reason for effect in effects if isinstance(effect, Refused) and effect.component is None]
        entry.refused = [
            {"component": effect.component, "reason": effect.reason}
            for effect in effects
            if isinstance(effect, Refused) and effect.component is not None
        ]
        older = self._latest.get(topic)
        if whole:
            entry.status, entry.reason = "refused", whole[0]
        elif not payload:
            entry.status = "removed"
        elif not self._discovery.announced_by(topic):
            entry.status = "refused" if entry.refused else "migrating" if was_announced else "accepted"
        elif not effects and older is not None:
            entry.status = "unchanged"
        if older is not None and older.status == "accepted" and entry.status in ("accepted", "removed", "migrating"):
            older.status = "replaced" if entry.status == "accepted" else entry.status
        if entry.status != "unchanged":
            self._latest[topic] = entry
        self._results.append(entry)

    def _result(self, entry: _Entry, *, with_commands: bool) -> dict[str, Any]:
        result: dict[str, Any] = {"topic": entry.topic, "status": entry.status}
        if entry.reason is not None:
            result["reason"] = entry.reason
        if entry.refused:
            result["refused"] = entry.refused
        standing = self._discovery.announced_by(entry.topic)
        if entry.status in ("accepted", "unchanged") and standing:
            device = self._discovery.device(standing[0][0])
            result["device"] = {
                name: value
                for name, value in msgspec.to_builtins(device).items()
                if name not in ("capabilities", "adapter") and value is not None
            }
            result["capabilities"] = [
                self._capability(device_id, capability_id, with_commands=with_commands)
                for device_id, capability_id in standing
            ]
        return result

    def _capability(self, device_id: DeviceId, capability_id: CapabilityId, *, with_commands: bool) -> dict[str, Any]:
        capability = next(one for one in self._discovery.device(device_id).capabilities if one.id == capability_id)
        state = msgspec.to_builtins(self._discovery.state(device_id, capability_id))
        state.pop(_HIDDEN_STATE, None)
        shown: dict[str, Any] = {"id": capability.id, "kind": capability.kind, **msgspec.to_builtins(capability)}
        shown["available"] = self._discovery.is_available(device_id, capability_id)
        shown["state"] = state
        if (found := self._misread.get((device_id, capability_id))) is not None:
            shown["misread"] = found
        if with_commands and (commands := typical_commands(capability)):
            shown["commands"] = [self._try(device_id, capability_id, command) for command in commands]
        return shown

    def _obey(self, topic: str, said: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {"topic": topic, "command": said["command"]}
        try:
            command = _parse_command(said["command"])
            device_id, capability_id = self._addressed(topic, said.get("capability"), command)
            effects = self._discovery.command(device_id, capability_id, command)
        except IntercomError as error:
            return {**result, "reason": str(error)}
        return {**result, "publishes": _published(effects)}

    def _addressed(self, topic: str, wanted: object, command: Command) -> tuple[DeviceId, CapabilityId]:
        """Return the capability that a command on a discovery topic is for."""
        standing = self._discovery.announced_by(topic)
        for device_id, capability_id in standing:
            capability = next(one for one in self._discovery.device(device_id).capabilities if one.id == capability_id)
            if wanted == capability_id or (wanted is None and isinstance(capability, command.kinds)):
                return device_id, capability_id
        raise InvalidInputError(f"nothing announced on '{topic}' can be asked to '{command.do}'")

    def _try(self, device_id: DeviceId, capability_id: CapabilityId, command: Command) -> dict[str, Any]:
        spelled = {name: value for name, value in msgspec.to_builtins(command).items() if value is not None}
        result: dict[str, Any] = {"command": {"do": command.do, **spelled}}
        try:
            return {**result, "publishes": _published(self._discovery.command(device_id, capability_id, command))}
        except IntercomError as error:
            return {**result, "reason": str(error)}


def _published(effects: Iterable[object]) -> list[dict[str, Any]]:
    return [
        {
            "topic": effect.topic,
            "payload": effect.payload if isinstance(effect.payload, str) else effect.payload.decode("latin-1"),
            "qos": effect.qos,
            "retain": effect.retain,
        }
        for effect in effects
        if isinstance(effect, Publish)
    ]


def _as_sent(payload: Any) -> str:
    """Return what travels over the wire: objects as compact JSON, text as it is."""
    if payload is None:
        return ""
    return payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def _parse_command(said: Any) -> Command:
    """Return the command that an object such as {"do": "turn", "on": true} spells."""
    kind = COMMANDS.get(str(said.get("do"))) if isinstance(said, dict) else None
    if kind is None:
        raise InvalidInputError(f"'do' must be one of {', '.join(COMMANDS)}")
    try:
        return msgspec.convert({name: value for name, value in said.items() if name != "do"}, kind)
    except msgspec.ValidationError as error:
        raise InvalidInputError(str(error)) from error
