"""The ancestor's switches: what they say, what they obey, and how to turn something that can only be toggled.

A device with 1, 2 or 4 switches publishes `regist` once it is connected and `state` whenever a switch changed, by hand
or by us; it takes a switch number on `<host>/action` and toggles that switch. Nothing is retained, and nothing answers
a number but the next `state`. No I/O here, and no clock: times are passed in. `switch_devices` does the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from intercom.home.errors import InvalidInputError
from intercom.home.names import checked_name

REGIST_TOPIC: Final = "regist"
STATE_TOPIC: Final = "state"
WAYS: Final = (1, 2, 4)
HOST_LENGTH: Final = 64
ANSWER_WITHIN_S: Final = 3.0
"""How long a toggle may take to show in a `state`; what was asked is forgotten after that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchRegistration:
    """A device as it introduces itself.

    Attributes:
        host: the device's own identifier, the first level of its topic.
        way: how many switches it has.
    """

    host: str
    name: str
    way: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchReport:
    """What a device says of its switches, the first one first; there may be more places than switches."""

    host: str
    on: tuple[bool, ...]


class _Regist(msgspec.Struct):
    device_host: str
    device_way: int
    device_name: str = ""


class _State(msgspec.Struct):
    device_host: str
    device_state: str


_Said = TypeVar("_Said", _Regist, _State)
_REGIST: Final = msgspec.json.Decoder(_Regist, strict=False)
_STATE: Final = msgspec.json.Decoder(_State)


def read_regist(payload: bytes) -> SwitchRegistration:
    """Take a `regist` message apart.

    Raises:
        InvalidInputError: not one; the message says what was expected.
    """
    said = _decode(_REGIST, payload)
    host = checked_host(said.device_host)
    name = checked_name(said.device_name.strip() or host)
    return SwitchRegistration(host=host, name=name, way=checked_way(said.device_way))


def read_state(payload: bytes) -> SwitchReport:
    """Take a `state` message apart; errors as in `read_regist`."""
    said = _decode(_STATE, payload)
    if not 1 <= len(said.device_state) <= max(WAYS) or set(said.device_state) - {"0", "1"}:
        raise InvalidInputError(f"device_state must be up to {max(WAYS)} digits, each 0 or 1, one for each switch")
    return SwitchReport(host=checked_host(said.device_host), on=tuple(digit == "1" for digit in said.device_state))


def action_topic(host: str) -> str:
    """Where a device takes the number of the switch to toggle."""
    return f"{host}/action"


def checked_host(host: str) -> str:
    """Return the host itself, fit to stand in a topic.

    Raises:
        InvalidInputError: it would make another topic than one of its own: empty, too long, with a level of its own, a
            wildcard, a control character, or a `$` in front.
    """
    if not 1 <= len(host) <= HOST_LENGTH or not host.isprintable() or host.strip() != host:
        raise InvalidInputError(f"device_host must be 1 to {HOST_LENGTH} printable characters")
    if host.startswith("$") or any(character in host for character in "/+#"):
        raise InvalidInputError("device_host must not contain '/', '+' or '#', nor begin with '$'")
    return host


def checked_way(way: int) -> int:
    """Return the number of switches itself.

    Raises:
        InvalidInputError: no device has so many.
    """
    if way not in WAYS:
        raise InvalidInputError(f"device_way must be 1, 2 or 4, not {way}")
    return way


@dataclass(frozen=True, slots=True)
class _Sent:
    """A toggle on its way: `leads_to` is None when it was not known from where it starts."""

    leads_to: bool | None
    until: float


@dataclass(frozen=True, slots=True)
class _Goal:
    on: bool
    until: float


class SwitchBank:
    """The switches of one device: what is known of them, and which toggles bring them to where they should be.

    At most one toggle of a switch is on its way. It has arrived when a report shows where it leads, not at the next
    report: that may have been sent before, for a neighbour. What was asked meanwhile is seen to then. A switch of which
    nothing is known is toggled all the same and, if the report shows that this was the wrong way, toggled back; only
    one of a device at a time, so that the report is surely about it.
    """

    def __init__(self, way: int) -> None:
        """All switches are unknown."""
        self.on: list[bool | None] = [None] * way
        """What is known of each, the first one first."""
        self._sent: dict[int, _Sent] = {}
        self._goals: dict[int, _Goal] = {}

    def turn(self, number: int, *, on: bool, now: float) -> list[int]:
        """Ask for a switch to be on or off; return the numbers to toggle now, none when it is so or under way."""
        self._goals[number] = _Goal(on, now + ANSWER_WITHIN_S)
        return self._due(number, now)

    def is_at_rest(self, number: int, *, now: float) -> bool:
        """Tell whether nothing is asked of a switch and no toggle is on its way to it."""
        return self._goal_now(number, now) is None and self._sent_now(number, now) is None

    def report(self, on: tuple[bool, ...], *, now: float) -> list[int]:
        """Take note of what the device says; return the numbers to toggle now.

        Raises:
            InvalidInputError: it says less than it has switches.
        """
        if len(on) < len(self.on):
            raise InvalidInputError(f"device_state must have a digit for each of the {len(self.on)} switches")
        self.on = list(on[: len(self.on)])
        for number, sent in list(self._sent.items()):
            if sent.leads_to in (None, self.on[number - 1]):
                del self._sent[number]
        return [due for number in list(self._goals) for due in self._due(number, now)]

    def doubt(self) -> None:
        """Forget what is known and asked: reports may have been missed."""
        self.on = [None] * len(self.on)
        self._sent.clear()
        self._goals.clear()

    def _due(self, number: int, now: float) -> list[int]:
        goal = self._goal_now(number, now)
        if goal is None or self._sent_now(number, now) is not None:
            return []
        known = self.on[number - 1]
        if known is goal.on:
            del self._goals[number]
            return []
        if known is None and any(self._sent_now(other, now) for other in range(1, len(self.on) + 1)):
            return []
        self._sent[number] = _Sent(None if known is None else goal.on, now + ANSWER_WITHIN_S)
        return [number]

    def _sent_now(self, number: int, now: float) -> _Sent | None:
        sent = self._sent.get(number)
        return sent if sent is not None and now < sent.until else None

    def _goal_now(self, number: int, now: float) -> _Goal | None:
        goal = self._goals.get(number)
        return goal if goal is not None and now < goal.until else None


def _decode(decoder: msgspec.json.Decoder[_Said], payload: bytes) -> _Said:
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidInputError(f"expected JSON with device_host and the rest: {error}") from error
