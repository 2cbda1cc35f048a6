"""What all announced components have in common: what they listen to, what they know, what they publish.

An entity turns texts into its state and commands into messages. It is fed by the engine, which compares its state
before and after and tells the home; it knows nothing of devices, subscriptions or other entities.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from intercom.devices.discovery.availability import Availability
from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.message import Message
from intercom.devices.discovery.options import Options, Wire
from intercom.devices.discovery.templates import Names, Template
from intercom.home.capabilities import STATE_OF, Capability, CapabilityId, Category, State
from intercom.home.commands import Command
from intercom.home.errors import InvalidInputError
from intercom.home.model import DeviceId

NONE = "None"
"""What a template renders for a value that is not known."""


class Place:
    """Where an entity stands; the engine's own notes about it.

    Attributes:
        availability: shared with all that have the same rule; None when it is always there.
        is_available: as it was last told.
        awaited_until: a command waits for an answer, so reports are told even when they change nothing.
        scheduled_at: when the engine will look at `Entity.due_at` again.
        told_at: when its state was last told; None before the first time.
    """

    __slots__ = ("availability", "awaited_until", "device_id", "is_available", "scheduled_at", "told_at")

    def __init__(self, device_id: DeviceId) -> None:
        self.device_id = device_id
        self.availability: Availability | None = None
        self.is_available = True
        self.awaited_until = 0.0
        self.scheduled_at: float | None = None
        self.told_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What the engine has found out about any component.

    Attributes:
        entity_id, label: what templates know it by.
    """

    place: Place
    id: CapabilityId
    entity_id: str
    name: str | None
    label: str
    category: Category
    icon: str | None
    is_shown: bool

    def fields(self, *, is_assumed: bool = False) -> dict[str, Any]:
        """Return the fields that every Capability has."""
        return {
            "id": self.id,
            "name": self.name,
            "category": self.category,
            "icon": self.icon,
            "is_shown": self.is_shown,
            "is_assumed": is_assumed,
        }


class Entity:
    """One announced component.

    Attributes:
        state: replaced, never changed.
        silent: fields of the state that the device never reports; they hold what was last asked.
        heard_at: when the message that is being read came, in seconds since the epoch.
        due_at: when `fall_due` wants to be called; None when never.
        is_expired: it has been silent for longer than it promised.
        has_news: what happened is to be told even when the state looks the same.
    """

    __slots__ = (
        "_label",
        "capability",
        "due_at",
        "entity_id",
        "has_news",
        "heard_at",
        "is_expired",
        "place",
        "silent",
        "state",
        "watches",
        "wire",
    )
    reads_retained: ClassVar[bool] = True

    def __init__(self, options: Options, common: Common, capability: Capability) -> None:
        self.capability = capability
        self.state: State = STATE_OF[type(capability)]()
        self.place = common.place
        self.wire: Wire = options.wire()
        self.watches: tuple[Watch, ...] = ()
        self.silent: frozenset[str] = frozenset()
        self.entity_id = common.entity_id
        self.heard_at = 0.0
        self.due_at: float | None = None
        self.is_expired = False
        self.has_news = False
        self._label = common.label

    def obey(self, command: Command) -> Iterable[Publish]:
        """Return the messages that ask the device for what `command` says; it has passed `command.check`."""
        raise InvalidInputError(f"a {self.capability.kind} takes no commands")

    def fall_due(self, now: float) -> None:
        """Do what `due_at` was set for, and set or clear it."""
        self.due_at = None

    @property
    def can_be_reached(self) -> bool:
        """Whether its device says that it is there and it has not been silent for too long."""
        availability = self.place.availability
        return not self.is_expired and (availability is None or availability.is_available)

    # For subclasses

    def watch(
        self,
        topic: str | None,
        template: Template | None,
        apply: Callable[[str], None],
        names: Names | None = None,
    ) -> bool:
        """Call `apply` with what each message on `topic` says; return whether there is a topic."""
        if topic is None:
            return False
        self.watches = (*self.watches, Watch(self, topic, template, apply, names))
        return True

    def watch_raw(self, topic: str | None, apply: Callable[[Message], None]) -> bool:
        """Call `apply` with each message on `topic`; return whether there is a topic."""
        if topic is None:
            return False
        self.watches = (*self.watches, RawWatch(self, topic, apply))
        return True

    def change(self, **fields: Any) -> None:
        """Replace the state unless it says the same already."""
        state = self.state
        if any(getattr(state, name) != value for name, value in fields.items()):
            self.state = replace(state, **fields)

    def change_on(self, text: str, *, on: str, off: str) -> None:
        """Take over what a text says of being on; one that says neither is passed over."""
        known = {NONE: None, off: False, on: True}
        if text in known:
            self.change(on=known[text])

    def send(
        self, topic: str, template: Template | None, value: object, variables: Mapping[str, object] | None = None
    ) -> Publish:
        """Return the message that says `value`, worded by the template if there is one."""
        if template is None:
            return self.wire.publish(topic, str(value))
        names = self.names() if template.wants_names else {}
        return self.wire.publish(topic, template.write(value, {**names, **variables} if variables else names))

    def names(self) -> dict[str, object]:
        """Return what templates may know of the entity itself."""
        this = {"entity_id": self.entity_id, "state": _in_a_word(self.state), "attributes": {}}
        return {"entity_id": self.entity_id, "name": self._label, "this": this}


class Watch:
    """One topic that an entity reads, and how.

    Attributes:
        has_complained: a message could not be understood, and that has been said.
    """

    __slots__ = ("_apply", "_names", "_template", "entity", "has_complained", "topic")

    def __init__(
        self,
        entity: Entity,
        topic: str,
        template: Template | None,
        apply: Callable[[str], None],
        names: Names | None,
    ) -> None:
        self.entity = entity
        self.topic = topic
        self.has_complained = False
        self._template = template
        self._apply = apply
        self._names = names

    def hear(self, message: Message) -> None:
        """Let the entity read the message.

        Raises:
            InvalidInputError: it cannot be understood; the state is as before.
        """
        template = self._template
        if template is None:
            encoding = self.entity.wire.encoding
            text = message.text if encoding == "utf-8" else message.text_in(encoding or "utf-8")
        elif template.wants_names or self._names:
            text = template.read(message, {**self.entity.names(), **(self._names or {})})
        else:
            text = template.read(message)
        self._apply(text)


class RawWatch(Watch):
    """A topic whose messages the entity takes as they are."""

    __slots__ = ("_take",)

    def __init__(self, entity: Entity, topic: str, take: Callable[[Message], None]) -> None:
        super().__init__(entity, topic, None, _ignore, None)
        self._take = take

    def hear(self, message: Message) -> None:
        self._take(message)


def _ignore(text: str) -> None:
    """Read nothing: a RawWatch takes the message itself."""


def unexpected(text: str, expected: Iterable[str]) -> InvalidInputError:
    """Return the error that says which words were expected."""
    return InvalidInputError(f"expected one of {', '.join(expected)}, got {text[:60]!r}")


def number_in(text: str) -> float:
    """Return the number that a text says; InvalidInputError when it says none."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidInputError(f"expected a number, got {text[:60]!r}")
    return number


def number_or_none(text: str) -> float | None:
    """Return the number that a text says, None for a value that is not known."""
    return None if text == NONE else number_in(text)


def _in_a_word(state: State) -> str:
    for name in ("value", "option", "text", "motion", "bolt", "guard", "work", "mode", "on"):
        value = getattr(state, name, None)
        if value is not None:
            return ("on" if value else "off") if isinstance(value, bool) else str(value)
    return "unknown"
