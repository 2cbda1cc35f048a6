"""The door: messages go in, effects come out; commands go in, messages come out.

A message is either an announcement or something that an announced component reads. What an announcement does:

1. its parts are read; a part that cannot be used is refused in words, once, and stops no other;
2. a new component is brought to life, a known one replaced with its state kept, an omitted or emptied one removed;
3. topics that nobody read so far are subscribed; of known ones the latest message is read at once;
4. the device is announced, or withdrawn when nothing of it is left.

The engine never sleeps: `tick` lets readings expire, `next_due_at` says when that is wanted.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Container, Iterable

from intercom.devices.discovery import payload, tasmota
from intercom.devices.discovery.availability import Availability, Rule, parse_availability
from intercom.devices.discovery.claims import Claims, Key
from intercom.devices.discovery.components import make_entity
from intercom.devices.discovery.device_block import DeviceBlock, parse_device
from intercom.devices.discovery.effects import (
    Announced,
    AvailabilityChanged,
    Effect,
    Misread,
    Publish,
    Refused,
    Reported,
    Subscribe,
    Unsubscribe,
    Withdrawn,
)
from intercom.devices.discovery.entity import Common, Entity, Place, Watch
from intercom.devices.discovery.icons import lucide
from intercom.devices.discovery.message import Message
from intercom.devices.discovery.options import Options
from intercom.devices.discovery.payload import DiscoveryTopic, Part
from intercom.devices.discovery.roster import ALONE, Roster
from intercom.devices.discovery.switchboard import Line, Switchboard
from intercom.devices.discovery.templates import Templates
from intercom.home.capabilities import CapabilityId, Category, State
from intercom.home.commands import Command
from intercom.home.errors import InvalidInputError
from intercom.home.model import Device, DeviceId
from intercom.home.names import shown_name
from intercom.home.words import CLASSES

AWAITED_FOR_S = 5.0
"""After a command reports are told for so long even when they change nothing: one of them is the answer."""
CONFIRMED_EVERY_S = 60.0
"""A state that stays the same is told again this often while its device keeps saying so, and no more often."""

_SENSES = ("sensor", "binary_sensor")
_CATEGORIES = {"config": Category.SETTING, "diagnostic": Category.DIAGNOSTIC}


class Discovery:
    """All that has been announced over one broker.

    Attributes:
        will: what the broker is to say when the link to us breaks.
    """

    def __init__(self, clock: Callable[[], float], *, prefix: str = "homeassistant", adapter: str = "mqtt") -> None:
        """`clock` gives seconds since the epoch; `adapter` is the name that the devices carry."""
        self.will = Publish(f"{prefix}/status", "offline")
        self._clock = clock
        self._prefix = prefix
        self._templates = Templates(clock)
        self._switchboard = Switchboard()
        self._roster = Roster(adapter)
        self._tasmota = tasmota.Tasmota()
        self._claims = Claims()
        self._availabilities: dict[Rule, Availability] = {}
        self._due: list[tuple[float, int, Entity]] = []
        self._scheduled = 0

    # What is known

    @property
    def device_ids(self) -> list[DeviceId]:
        return self._roster.device_ids

    def device(self, device_id: DeviceId) -> Device:
        """Return a device as it is announced now, or raise NotFoundError."""
        return self._roster.describe(device_id)

    def state(self, device_id: DeviceId, capability_id: CapabilityId) -> State:
        """Return what a capability last said, or raise NotFoundError."""
        return self._roster.entity(device_id, capability_id).state

    def is_available(self, device_id: DeviceId, capability_id: CapabilityId) -> bool:
        """Tell whether a capability can be reached, or raise NotFoundError."""
        return self._roster.entity(device_id, capability_id).can_be_reached

    def is_announcement(self, topic: str) -> bool:
        """Tell whether a topic is one on which devices announce themselves."""
        return payload.split_topic(self._prefix, topic) is not None or tasmota.owner_of(topic) is not None

    def announced_by(self, topic: str) -> list[tuple[DeviceId, CapabilityId]]:
        """Return the capabilities that stand because of what was said on a discovery topic."""
        standing = self._claims.on(tasmota.owner_of(topic) or topic)
        return [(entity.place.device_id, entity.capability.id) for entity in standing]

    # The link

    def connected(self) -> list[Effect]:
        """Return what a fresh link to the broker needs: every topic, then the word that makes devices announce."""
        own = (f"{self._prefix}/+/+/config", f"{self._prefix}/+/+/+/config", *tasmota.TOPICS)
        return [
            *(Subscribe(topic) for topic in own),
            *self._switchboard.subscriptions,
            *(Subscribe(topic) for topic in self._tasmota.echoes),
            Publish(f"{self._prefix}/status", "online"),
        ]

    def handle(self, topic: str, raw: bytes | str, *, is_retained: bool = False) -> list[Effect]:
        """Take a message; return what follows from it."""
        effects: list[Effect] = []
        for line in self._switchboard.lines_for(topic):
            message = Message(topic, raw, is_retained=is_retained, at=self._clock())
            line.keep(raw)
            self._hear(line, line.watches, message, effects)
        if self._tasmota.concerns(topic):
            self._hear_tasmota(topic, raw, effects, is_retained=is_retained)
        if (found := payload.split_topic(self._prefix, topic)) is not None:
            self._announce(topic, found, raw, effects)
        return effects

    def command(self, device_id: DeviceId, capability_id: CapabilityId, command: Command) -> list[Effect]:
        """Return the messages that ask a device to obey, and what is assumed of fields that it never reports.

        Raises:
            NotFoundError: no such device or capability.
            InvalidInputError: the capability cannot do that.
        """
        entity = self._roster.entity(device_id, capability_id)
        command.check(entity.capability)
        effects: list[Effect] = list(entity.obey(command))
        entity.place.awaited_until = self._clock() + AWAITED_FOR_S
        wanted = command.wanted(entity.capability, entity.state)
        if wanted is None:
            return effects
        if entity.capability.is_assumed:
            entity.state = wanted
        elif entity.silent:
            before = entity.state
            entity.change(**{name: getattr(wanted, name) for name in entity.silent if hasattr(wanted, name)})
            if entity.state is not before:
                effects.append(Reported(device_id, capability_id, entity.state))
        return effects

    def _hear_tasmota(self, topic: str, raw: bytes | str, effects: list[Effect], *, is_retained: bool) -> None:
        before = set(self._tasmota.echoes)
        try:
            owner = self._tasmota.take(topic, raw)
        except InvalidInputError as error:
            effects.append(Refused(topic, str(error)))
            return
        if owner is not None:
            after = set(self._tasmota.echoes)
            effects.extend(Subscribe(echo) for echo in sorted(after - before))
            effects.extend(Unsubscribe(echo) for echo in sorted(before - after))
            self._take(owner, self._tasmota.parts(owner), effects)
            return
        for target, told in self._tasmota.echoed(topic, raw):
            line = self._switchboard.line(target)
            if line is not None:
                message = Message(target, told, is_retained=is_retained, at=self._clock(), is_echo=True)
                self._hear(line, line.watches, message, effects)
        effects.extend(self._tasmota.polls(topic, raw))

    # Time

    @property
    def next_due_at(self) -> float | None:
        """When `tick` is wanted, in seconds since the epoch; None when it is not."""
        return self._due[0][0] if self._due else None

    def tick(self) -> list[Effect]:
        """Let expire what has been silent for too long, and switch off what does so by itself."""
        effects: list[Effect] = []
        now = self._clock()
        while self._due and self._due[0][0] <= now:
            due_at, _, entity = heapq.heappop(self._due)
            if entity.place.scheduled_at != due_at:
                continue
            entity.place.scheduled_at = None
            before = entity.state
            if entity.due_at is not None and entity.due_at <= now:
                entity.fall_due(now)
            self._tell(entity, before, effects)
        return effects

    # Reading

    def _hear(self, line: Line, watches: Iterable[Watch], message: Message, effects: list[Effect]) -> None:
        """Let those that watch a line read a message."""
        entity: Entity | None = None
        before: State | None = None
        for watch in watches:
            if watch.entity is not entity:
                if entity is not None and before is not None:
                    self._tell(entity, before, effects)
                entity = watch.entity
                before = entity.state
                entity.heard_at = message.at
            if message.is_retained and not entity.reads_retained:
                continue
            try:
                watch.hear(message)
            except InvalidInputError as error:
                if not (watch.has_complained or message.is_echo):
                    watch.has_complained = True
                    effects.append(Misread(entity.place.device_id, entity.capability.id, message.topic, str(error)))
        if entity is not None and before is not None:
            self._tell(entity, before, effects)
        for availability in line.availabilities:
            self._hear_availability(line.topic, availability, message, effects)

    def _hear_availability(
        self, topic: str, availability: Availability, message: Message, effects: list[Effect]
    ) -> None:
        try:
            has_changed = availability.hear(topic, message)
        except InvalidInputError as error:
            if not availability.has_complained:
                availability.has_complained = True
                member = next(iter(availability.members))
                effects.append(Misread(member.place.device_id, member.capability.id, message.topic, str(error)))
            return
        if has_changed:
            for member in availability.members:
                self._tell_availability(member, effects)

    def _tell(self, entity: Entity, before: State, effects: list[Effect]) -> None:
        """Tell what has become of an entity since it was in the state `before`."""
        place = entity.place
        state = entity.state
        is_news = state is not before and state != before
        heard_at = entity.heard_at
        is_due = place.told_at is not None and heard_at - place.told_at >= CONFIRMED_EVERY_S
        if is_news or entity.has_news or is_due or place.awaited_until > heard_at:
            entity.has_news = False
            place.told_at = heard_at
            effects.append(Reported(place.device_id, entity.capability.id, state))
        due_at = entity.due_at
        if due_at is not None and (place.scheduled_at is None or due_at < place.scheduled_at):
            self._scheduled += 1
            place.scheduled_at = due_at
            heapq.heappush(self._due, (due_at, self._scheduled, entity))
        if place.is_available is entity.is_expired:
            self._tell_availability(entity, effects)

    def _tell_availability(self, entity: Entity, effects: list[Effect]) -> None:
        place = entity.place
        is_available = entity.can_be_reached
        if is_available is not place.is_available:
            place.is_available = is_available
            effects.append(AvailabilityChanged(place.device_id, entity.capability.id, is_available))

    # Announcements

    def _announce(self, topic: str, found: DiscoveryTopic, raw: bytes | str, effects: list[Effect]) -> None:
        if not self._claims.is_news(topic, raw):
            return
        if not raw:
            self._remove(topic, (), effects)
            return
        try:
            said = payload.parse_object(raw)
            if payload.wants_migration(said):
                self._claims.leave_to_others(topic)
                return
            parts = list(payload.parts_of(found, said))
        except InvalidInputError as error:
            effects.append(Refused(topic, str(error)))
            return
        self._take(topic, parts, effects)

    def _take(self, topic: str, parts: Iterable[Part], effects: list[Effect]) -> None:
        """Bring the components of an announcement to life and remove those that it no longer has."""
        standing: set[Key] = set()
        for part in parts:
            if part.options is None:
                continue
            standing.add(part.key)
            try:
                self._place(topic, part, effects)
            except InvalidInputError as error:
                effects.append(Refused(topic, str(error), part.label))
        self._remove(topic, standing, effects)

    def _place(self, topic: str, part: Part, effects: list[Effect]) -> None:
        """Bring one component to life, in place of the one that stood there."""
        assert part.options is not None
        options = Options(part.kind, part.options, self._templates)
        old = self._claims.entity(part.key)
        block = parse_device(options.raw("device"))
        rule = parse_availability(options)
        device_id = self._roster.admit(*self._belonging(options, part, block))
        try:
            place = Place(device_id)
            is_same_device = old is not None and old.place.device_id == device_id
            common = self._common(options, part, place, old.capability.id if old and is_same_device else None, block)
            entity = (part.make or make_entity)(options, common)
        except InvalidInputError:
            self._roster.forget_empty(device_id)
            raise
        place.availability = self._availability(rule)
        if old is not None and is_same_device:
            place.is_available = old.place.is_available
            place.awaited_until = old.place.awaited_until
            place.told_at = old.place.told_at
            if type(entity.state) is type(old.state):
                entity.state = old.state
        effects.extend(self._switchboard.connect(entity))
        if place.availability is not None:
            place.availability.members[entity] = None
            effects.extend(self._switchboard.connect_availability(place.availability, entity.wire.qos))
        if old is not None:
            self._disconnect(old, effects)
            if not is_same_device:
                self._leave(old, effects)
        self._roster.enter(entity)
        self._claims.claim(part.key, entity, topic)
        effects.append(Announced(device_id))
        self._catch_up(entity, effects)

    def _catch_up(self, entity: Entity, effects: list[Effect]) -> None:
        """Let a new entity read what was said before it came."""
        heard: set[str] = set()
        for watch in entity.watches:
            line = self._switchboard.line(watch.topic)
            if line is None or line.latest is None or line.topic in heard:
                continue
            heard.add(line.topic)
            message = Message(line.topic, line.latest, is_retained=True, at=self._clock())
            before = entity.state
            entity.heard_at = message.at
            for own in entity.watches:
                if own.topic == line.topic and entity.reads_retained:
                    try:
                        own.hear(message)
                    except InvalidInputError:
                        continue
            self._tell(entity, before, effects)
        self._tell_availability(entity, effects)

    def _belonging(self, options: Options, part: Part, block: DeviceBlock | None) -> tuple[DeviceBlock, str]:
        """Return the device of a component, one of its own when it names none, and what that would be called."""
        if block is not None:
            return block, ""
        object_id = _entity_object_id(options) or options.text("unique_id") or part.object_id
        return DeviceBlock(marks=(f"{ALONE}{object_id}",)), shown_name(options.text("name") or "") or object_id

    def _common(
        self, options: Options, part: Part, place: Place, known_id: CapabilityId | None, block: DeviceBlock | None
    ) -> Common:
        capability_id = known_id or self._roster.free_id(place.device_id, part.object_id, part.kind)
        device_name = self._roster.name(place.device_id)
        name = None if block is None else _name(options, part, device_name)
        object_id = _entity_object_id(options) or f"{device_name} {name or ''}".strip().lower().replace(" ", "_")
        return Common(
            place=place,
            id=capability_id,
            entity_id=f"{part.kind}.{object_id}",
            name=name,
            label=name or device_name,
            category=_CATEGORIES.get(options.text_or("entity_category", ""), Category.PRIMARY),
            icon=lucide(options.text("icon")),
            is_shown=options.flag("enabled_by_default", default=True),
        )

    def _availability(self, rule: Rule | None) -> Availability | None:
        if rule is None:
            return None
        if rule not in self._availabilities:
            self._availabilities[rule] = Availability(rule)
        return self._availabilities[rule]

    def _remove(self, topic: str, but: Container[Key], effects: list[Effect]) -> None:
        """Remove what was announced on a topic, apart from what still stands."""
        for entity in self._claims.release(topic, but):
            self._disconnect(entity, effects)
            self._leave(entity, effects)

    def _disconnect(self, entity: Entity, effects: list[Effect]) -> None:
        effects.extend(self._switchboard.disconnect(entity))
        entity.due_at = entity.place.scheduled_at = None
        availability = entity.place.availability
        if availability is not None:
            del availability.members[entity]
            if not availability.members:
                effects.extend(self._switchboard.disconnect_availability(availability))
                del self._availabilities[availability.rule]

    def _leave(self, entity: Entity, effects: list[Effect]) -> None:
        device_id = entity.place.device_id
        effects.append(Withdrawn(device_id) if self._roster.leave(entity) else Announced(device_id))


def _entity_object_id(options: Options) -> str | None:
    """Return the short name that the payload asks for."""
    default = options.text("default_entity_id")
    return options.text("object_id") or (default.rpartition(".")[2] if default else None)


def _name(options: Options, part: Part, device_name: str) -> str | None:
    """Return what to call a capability beside its device.

    None when it speaks for the device, or when its class says in the household's own language what it senses.
    """
    if options.names("name"):
        name = shown_name(options.text("name") or "")
        if name.lower().startswith(f"{device_name.lower()} "):
            name = name[len(device_name) + 1 :].strip()
        return name or None
    if part.kind == "device_automation":
        words = f"{options.text_or('subtype', '')} {options.text_or('type', '')}"
    else:
        device_class = options.text("device_class")
        if part.kind in _SENSES and device_class in CLASSES:
            return None
        words = device_class or part.object_id
    return words.replace("_", " ").strip().capitalize() or None
