"""Which topic concerns whom, and which topics the broker has to send.

A topic remembers its latest message: a capability announced later reads it at once, as it would a retained one, without
asking the broker for the same topic again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from intercom.devices.discovery.availability import Availability
from intercom.devices.discovery.effects import Subscribe, Unsubscribe
from intercom.devices.discovery.entity import Entity, Watch
from intercom.devices.topic_filter import covers

_MAX_KEPT = 65_536


class Line:
    """One topic or topic filter.

    Attributes:
        watches: those of one entity stand together.
        latest: the payload that came last; None before the first, and when it was too large to be a state.
    """

    __slots__ = ("availabilities", "latest", "qos", "topic", "watches")

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.watches: list[Watch] = []
        self.availabilities: list[Availability] = []
        self.latest: bytes | str | None = None
        self.qos = -1

    def keep(self, raw: bytes | str) -> None:
        """Remember the latest message, unless it is too large to be a state."""
        self.latest = raw if len(raw) <= _MAX_KEPT else None

    @property
    def is_needed(self) -> bool:
        return bool(self.watches or self.availabilities)


class Switchboard:
    """All lines."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._patterns: dict[str, tuple[str, ...]] = {}

    @property
    def subscriptions(self) -> list[Subscribe]:
        """Everything that the broker has to send."""
        return [Subscribe(line.topic, line.qos) for line in self._lines.values()]

    def lines_for(self, topic: str) -> tuple[Line, ...]:
        """Return the lines that a message on `topic` belongs to."""
        line = self._lines.get(topic)
        exact = () if line is None else (line,)
        if not self._patterns:
            return exact
        levels = tuple(topic.split("/"))
        return (
            *exact,
            *(self._lines[pattern] for pattern, wanted in self._patterns.items() if covers(wanted, levels)),
        )

    def line(self, topic: str) -> Line | None:
        """Return the line of one topic or filter."""
        return self._lines.get(topic)

    def connect(self, entity: Entity) -> Iterator[Subscribe]:
        """Let an entity hear what it watches."""
        for watch in entity.watches:
            line = self._open(watch.topic)
            line.watches.append(watch)
            yield from _raise_qos(line, entity.wire.qos)

    def disconnect(self, entity: Entity) -> Iterator[Unsubscribe]:
        """Let an entity hear nothing any more."""
        for watch in entity.watches:
            line = self._lines[watch.topic]
            line.watches.remove(watch)
            yield from self._close(line)

    def connect_availability(self, availability: Availability, qos: int) -> Iterator[Subscribe]:
        for topic in availability.topics:
            line = self._open(topic)
            if availability not in line.availabilities:
                line.availabilities.append(availability)
            yield from _raise_qos(line, qos)

    def disconnect_availability(self, availability: Availability) -> Iterator[Unsubscribe]:
        for topic in availability.topics:
            line = self._lines[topic]
            line.availabilities.remove(availability)
            yield from self._close(line)

    def _open(self, topic: str) -> Line:
        line = self._lines.get(topic)
        if line is None:
            line = self._lines[topic] = Line(topic)
            levels = tuple(topic.split("/"))
            if "+" in levels or "#" in levels:
                self._patterns[topic] = levels
        return line

    def _close(self, line: Line) -> Iterable[Unsubscribe]:
        if line.is_needed or line.topic not in self._lines:
            return
        del self._lines[line.topic]
        self._patterns.pop(line.topic, None)
        yield Unsubscribe(line.topic)


def _raise_qos(line: Line, qos: int) -> Iterable[Subscribe]:
    if qos > line.qos:
        line.qos = qos
        yield Subscribe(line.topic, qos)
