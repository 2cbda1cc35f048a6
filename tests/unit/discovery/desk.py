"""A desk to test discovery at: messages are laid on it, what follows is read off."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from intercom.devices.discovery.effects import (
    AvailabilityChanged,
    Effect,
    Misread,
    Publish,
    Refused,
    Reported,
    Subscribe,
    Unsubscribe,
)
from intercom.devices.discovery.engine import Discovery
from intercom.home.capabilities import Capability, CapabilityId, State
from intercom.home.commands import Command
from intercom.home.model import DeviceId

Some = TypeVar("Some", bound=Effect)

BEGINNING = 1_700_000_000.0


class Desk:
    """A Discovery with a clock that stands still until it is moved.

    Attributes:
        now: seconds since the epoch.
        effects: everything so far.
    """

    def __init__(self) -> None:
        self.now = BEGINNING
        self.effects: list[Effect] = []
        self.discovery = Discovery(lambda: self.now)

    def say(self, topic: str, payload: Any, *, is_retained: bool = False) -> list[Effect]:
        """Lay a message on the desk; an object travels as JSON."""
        raw = payload if isinstance(payload, bytes) else as_sent(payload).encode()
        effects = self.discovery.handle(topic, raw, is_retained=is_retained)
        self.effects += effects
        return effects

    def announce(self, component: str, /, **options: Any) -> list[Effect]:
        """Announce a component with the object id "x"."""
        return self.say(f"homeassistant/{component}/x/config", options, is_retained=True)

    def wait(self, seconds: float) -> list[Effect]:
        """Let time pass, as the adapter does: it looks at the desk when that is wanted."""
        until = self.now + seconds
        effects: list[Effect] = []
        while (due_at := self.discovery.next_due_at) is not None and due_at <= until:
            self.now = due_at
            effects += self.discovery.tick()
        self.now = until
        self.effects += effects
        return effects

    @property
    def only(self) -> tuple[DeviceId, CapabilityId]:
        """The one capability that has been announced."""
        (device_id,) = self.discovery.device_ids
        (capability,) = self.discovery.device(device_id).capabilities
        return device_id, capability.id

    @property
    def capability(self) -> Capability:
        (capability,) = self.discovery.device(self.only[0]).capabilities
        return capability

    @property
    def state(self) -> State:
        return self.discovery.state(*self.only)

    def ask(self, command: Command) -> list[tuple[str, str | bytes]]:
        """Ask the only capability for something; return what is published."""
        effects = self.discovery.command(*self.only, command)
        self.effects += effects
        return [(effect.topic, effect.payload) for effect in effects if isinstance(effect, Publish)]


def of(kind: type[Some], effects: Iterable[Effect]) -> list[Some]:
    """Return the effects of one kind."""
    return [effect for effect in effects if isinstance(effect, kind)]


def refusals(effects: Iterable[Effect]) -> list[str]:
    return [effect.reason for effect in of(Refused, effects)]


def misreadings(effects: Iterable[Effect]) -> list[str]:
    return [effect.reason for effect in of(Misread, effects)]


def reports(effects: Iterable[Effect]) -> list[State]:
    return [effect.state for effect in of(Reported, effects)]


def availabilities(effects: Iterable[Effect]) -> list[bool]:
    return [effect.is_available for effect in of(AvailabilityChanged, effects)]


def subscribed(effects: Iterable[Effect]) -> list[str]:
    return [effect.topic_filter for effect in of(Subscribe, effects)]


def unsubscribed(effects: Iterable[Effect]) -> list[str]:
    return [effect.topic_filter for effect in of(Unsubscribe, effects)]


def as_sent(payload: Any) -> str:
    return payload if isinstance(payload, str) else json.dumps(payload, separators=(",", ":"))
