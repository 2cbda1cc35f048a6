"""What discovery asks of its surroundings, and what it has learnt, as values.

The engine does no I/O: whoever feeds it messages carries these out, in order.
"""

from __future__ import annotations

from dataclasses import dataclass

from intercom.home.capabilities import CapabilityId, State
from intercom.home.model import DeviceId


@dataclass(frozen=True, slots=True)
class Publish:
    """Send this message to the broker."""

    topic: str
    payload: str | bytes
    qos: int = 0
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Ask the broker for a topic filter; its retained messages are wanted again even when it was asked before."""

    topic_filter: str
    qos: int = 0


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Nobody needs this topic filter any more."""

    topic_filter: str


@dataclass(frozen=True, slots=True)
class Announced:
    """A device is new or described anew; `Discovery.device` tells how.

    It carries no description, so that a device announced by a dozen messages in a row is described once.
    """

    device_id: DeviceId


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A device has no capability left."""

    device_id: DeviceId


@dataclass(frozen=True, slots=True)
class Reported:
    """A capability has a new state, has something happen, or answers a command."""

    device_id: DeviceId
    capability_id: CapabilityId
    state: State


@dataclass(frozen=True, slots=True)
class AvailabilityChanged:
    """A capability can be reached, or cannot."""

    device_id: DeviceId
    capability_id: CapabilityId
    is_available: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """An announcement cannot be used; said once for each content.

    Attributes:
        component: the part of a device payload that is refused; None when it is all of it.
    """

    topic: str
    reason: str
    component: str | None = None


@dataclass(frozen=True, slots=True)
class Misread:
    """A message could not be understood, so the state stays as it was; said once for each template or value option."""

    device_id: DeviceId
    capability_id: CapabilityId
    topic: str
    reason: str


Effect = Publish | Subscribe | Unsubscribe | Announced | Withdrawn | Reported | AvailabilityChanged | Refused | Misread
