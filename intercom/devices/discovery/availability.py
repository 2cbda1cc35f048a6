"""Whether a device says that it can be reached: by one topic, or by several of which all, any or the latest count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from intercom.devices.discovery.message import Message
from intercom.devices.discovery.options import Options
from intercom.devices.discovery.templates import Template
from intercom.home.errors import InvalidInputError

if TYPE_CHECKING:
    from intercom.devices.discovery.entity import Entity


class Mode(StrEnum):
    """Which of several topics count."""

    ALL = "all"
    ANY = "any"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Beacon:
    """One topic that says whether something is there."""

    topic: str
    template: Template | None
    here: str
    gone: str


@dataclass(frozen=True, slots=True)
class Rule:
    """How a component tells that it can be reached; components with equal rules share one Availability."""

    beacons: tuple[Beacon, ...]
    mode: Mode


def parse_availability(options: Options) -> Rule | None:
    """Return the rule, None for what is always there."""
    beacons: dict[str, Beacon] = {}
    if (topic := options.watched("availability_topic")) is not None:
        beacons[topic] = _beacon(options, topic, "availability_template")
    entries = options.raw("availability")
    if entries is not None and not isinstance(entries, list):
        raise InvalidInputError("'availability' must be a list of topics")
    for entry in entries or ():
        if not isinstance(entry, Mapping):
            raise InvalidInputError("'availability' must be a list of objects with a 'topic'")
        said = Options("availability entry", entry, options.templates)
        topic = said.needed_watched("topic")
        beacons[topic] = _beacon(said, topic, "value_template")
    if not beacons:
        return None
    mode = options.text_or("availability_mode", Mode.LATEST)
    if mode not in tuple(Mode):
        raise InvalidInputError(f"'availability_mode' must be all, any or latest, not {mode!r}")
    return Rule(tuple(beacons.values()), Mode(mode))


class Availability:
    """What the topics of one rule have said so far; unreachable until they say otherwise.

    Attributes:
        members: the entities that share the rule, in the order in which they came.
        has_complained: a message could not be understood, and that has been said.
    """

    __slots__ = ("_heard", "_latest", "has_complained", "members", "rule")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.has_complained = False
        self._heard: dict[str, bool] = {}
        self._latest = False
        self.members: dict[Entity, None] = {}

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(beacon.topic for beacon in self.rule.beacons)

    @property
    def is_available(self) -> bool:
        if self.rule.mode is Mode.LATEST:
            return self._latest
        heard = [self._heard.get(beacon.topic, False) for beacon in self.rule.beacons]
        return all(heard) if self.rule.mode is Mode.ALL else any(heard)

    def hear(self, topic: str, message: Message) -> bool:
        """Take note of a message on one of the topics; return whether the answer changes."""
        before = self.is_available
        for beacon in self.rule.beacons:
            if beacon.topic == topic:
                text = message.text if beacon.template is None else beacon.template.read(message)
                if text in (beacon.here, beacon.gone):
                    self._heard[topic] = self._latest = text == beacon.here
        return self.is_available is not before


def _beacon(options: Options, topic: str, template_key: str) -> Beacon:
    return Beacon(
        topic,
        options.template(template_key),
        options.text_or("payload_available", "online"),
        options.text_or("payload_not_available", "offline"),
    )
