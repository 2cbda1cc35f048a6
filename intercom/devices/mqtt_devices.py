"""Devices that announce themselves over MQTT: carries what `discovery` decides between the link and the home.

The journey of a connection: the link is up → the filters are asked for → kept announcements and states come in →
announcements have been silent for a moment → *settled*: the birth message makes devices say how they are, now that
their topics are listened to, and what is no longer announced is withdrawn.

The last is a judgement, for a broker does not say "that was all", nor whether it would keep a message:

1. Most of what it kept comes again: it remembers, so what does not come again was taken back while we were away.
2. Little comes again: it lost its memory, and devices will need a while to find it and announce themselves again.
3. An announcement that was only ever heard live may not be kept at all; its device has to answer the birth message.

What is missing is withdrawn at once in the first case and after `PATIENCE_S` in the others.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from typing import Final, Never, assert_never, cast

from intercom.devices.complaints import Complaints
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
from intercom.devices.discovery.engine import Discovery
from intercom.devices.mqtt import MqttLink
from intercom.devices.mqtt_packets import QoS
from intercom.devices.switch_devices import SwitchDevices
from intercom.devices.switches import REGIST_TOPIC, STATE_TOPIC
from intercom.home.capabilities import Capability
from intercom.home.commands import Command
from intercom.home.errors import LinkDownError
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId

ADAPTER: Final = "mqtt"
QUIET_S: Final = 0.5
"""No announcement for so long, and the kept ones are all in."""
SETTLES_IN_S: Final = 1.0
"""But not sooner than this after the connection: a flood is read before it is handled."""
PATIENCE_S: Final = 60.0

_SWITCH_TOPICS: Final = frozenset({REGIST_TOPIC, STATE_TOPIC})
_ANNOUNCEMENT_ENDS: Final = ("/config", "/sensors")

_log = logging.getLogger(__name__)


class MqttDevices:
    """The adapter for what announces itself over MQTT; takes the link over and also serves the ancestor's switches.

    Attributes:
        watch_link: called with why the link is down, and with None once it is up.
    """

    def __init__(
        self,
        *,
        home: Home,
        link: MqttLink,
        switches: SwitchDevices | None = None,
        prefix: str = "homeassistant",
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Attach to the home; all devices are stale until the link is up.

        Args:
            switches: gets the messages of the ancestor's switches, and the link's news.
            prefix: the first level of discovery topics.
            clock: seconds since the epoch.
        """
        self._home = home
        self._link = link
        self._switches = switches
        self.watch_link: Callable[[LinkDownError | None], None] = lambda trouble: None
        self._clock = clock
        self._discovery = Discovery(clock, prefix=prefix, adapter=ADAPTER)
        self._announcement_heads = (f"{prefix}/", "tasmota/discovery/")
        self._complaints = Complaints()
        self._undescribed: dict[DeviceId, None] = {}
        self._kept: dict[str, bool] = {}
        """Discovery topics that stand, and whether the broker is known to keep what was said on them."""
        self._missing: set[str] = set()
        """Those of them that did not come again since the link is up."""
        self._unborn: Publish | None = None
        self._settles_at: float | None = None
        self._gives_up_at: float | None = None
        self._ticks_at = 0.0
        """When discovery wants its next `tick`, as far as `run` knows."""
        self._woken = asyncio.Event()
        home.attach(ADAPTER, self)
        home.link_down(ADAPTER)
        link.on_message = self._receive
        link.on_up = self._go_up
        link.on_down = self._go_down

    async def run(self) -> Never:
        """Do what is due with time, until cancelled; the link runs by itself."""
        while True:
            self._woken.clear()
            self._do_what_is_due()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._idle_s()):
                    await self._woken.wait()

    async def execute(self, device: Device, capability: Capability, command: Command) -> None:
        """Publish what makes the device obey.

        Raises:
            LinkDownError: it could not be sent.
        """
        for effect in self._discovery.command(device.id, capability.id, command):
            if isinstance(effect, Publish):
                self._publish(effect)
            else:
                self._carry_out((effect,))

    # The link

    def _receive(self, topic: str, payload: bytes, is_retained: bool) -> None:
        if topic in _SWITCH_TOPICS and self._switches is not None:
            self._switches.receive(topic, payload)
            return
        effects = self._discovery.handle(topic, payload, is_retained=is_retained)
        if topic.endswith(_ANNOUNCEMENT_ENDS) and topic.startswith(self._announcement_heads):
            self._note_announcement(topic, payload, is_retained=is_retained)
        if effects:
            self._carry_out(effects)
        due_at = self._discovery.next_due_at
        if due_at is not None and due_at < self._ticks_at:
            self._woken.set()

    def _go_up(self) -> None:
        *needs, birth = self._discovery.connected()
        assert isinstance(birth, Publish)
        self._unborn = birth
        self._missing = set(self._kept)
        now = asyncio.get_running_loop().time()
        self._settles_at = now + SETTLES_IN_S
        self._gives_up_at = now + PATIENCE_S
        self._woken.set()
        self._carry_out(needs)
        self._home.link_up(ADAPTER)
        if self._switches is not None:
            self._switches.link_up()
        self.watch_link(None)

    def _go_down(self, reason: LinkDownError, since: float) -> None:
        self._settles_at = self._gives_up_at = None
        self._home.link_down(ADAPTER)
        if self._switches is not None:
            self._switches.link_down()
        self.watch_link(reason)

    def _note_announcement(self, topic: str, payload: bytes, *, is_retained: bool) -> None:
        self._missing.discard(topic)
        if payload:
            self._kept[topic] = is_retained or self._kept.get(topic, False)
        else:
            self._kept.pop(topic, None)
        if self._settles_at is not None:
            self._settles_at = max(self._settles_at, asyncio.get_running_loop().time() + QUIET_S)

    # Time

    def _idle_s(self) -> float | None:
        """Return for how long nothing is due; None when nothing is due at all.

        What discovery waits for follows the clock on the wall, as its templates do; the rest follows the loop's, which
        nobody sets.
        """
        due_at = self._discovery.next_due_at
        self._ticks_at = float("inf") if due_at is None else due_at
        now = asyncio.get_running_loop().time()
        delays = [at - now for at in (self._settles_at, self._gives_up_at) if at is not None]
        if due_at is not None:
            delays.append(due_at - self._clock())
        return max(0.0, min(delays)) if delays else None

    def _do_what_is_due(self) -> None:
        due_at = self._discovery.next_due_at
        if due_at is not None and due_at <= self._clock():
            self._carry_out(self._discovery.tick())
        now = asyncio.get_running_loop().time()
        if self._settles_at is not None and self._settles_at <= now:
            self._settles_at = None
            self._settle()
        if self._gives_up_at is not None and self._gives_up_at <= now:
            self._gives_up_at = None
            self._give_up(self._missing)

    def _settle(self) -> None:
        if self._unborn is not None:
            birth, self._unborn = self._unborn, None
            self._carry_out((birth,))
        kept = {topic for topic, is_kept in self._kept.items() if is_kept}
        forgotten = kept & self._missing
        if 2 * len(forgotten) <= len(kept):
            self._give_up(forgotten)

    def _give_up(self, topics: set[str]) -> None:
        """Take these announcements for taken back."""
        for topic in sorted(topics):
            _log.info("'%s' is no longer announced", topic)
            self._kept.pop(topic, None)
            self._missing.discard(topic)
            self._carry_out(self._discovery.handle(topic, b""))

    # What discovery decides

    def _carry_out(self, effects: Iterable[Effect]) -> None:
        """Do what discovery asks for, in order; never fails for want of a link."""
        home = self._home
        for effect in effects:
            match effect:
                case Reported(device_id, capability_id, state):
                    if self._undescribed:
                        self._describe(device_id)
                    home.report(device_id, capability_id, state)
                case AvailabilityChanged(device_id, capability_id, is_available):
                    self._describe(device_id)
                    home.set_available(device_id, capability_id, is_available=is_available)
                case Publish():
                    with contextlib.suppress(LinkDownError):  # whatever it asks for is asked for again once it is up
                        self._publish(effect)
                case Subscribe(topic_filter):
                    self._link.subscribe(topic_filter)
                case Unsubscribe(topic_filter):
                    self._link.unsubscribe(topic_filter)
                case Announced(device_id):
                    if not self._undescribed:
                        asyncio.get_running_loop().call_soon(self._describe_all)
                    self._undescribed[device_id] = None
                case Withdrawn(device_id):
                    self._undescribed.pop(device_id, None)
                    home.withdraw(device_id)
                case Refused(topic, reason, component):
                    part = "" if component is None else f" ('{component}')"
                    about = f"the announcement on '{topic}'"
                    self._complain(logging.WARNING, about, f"{part} cannot be used: {reason}")
                case Misread(device_id, capability_id, topic, reason):
                    about = f"{device_id} {capability_id}"
                    self._complain(logging.INFO, about, f": a message on '{topic}' cannot be read: {reason}")
                case _:
                    assert_never(effect)

    def _complain(self, level: int, about: str, reason: str) -> None:
        end = self._complaints.due(about, reason, asyncio.get_running_loop().time())
        if end is not None:
            _log.log(level, "%s%s%s", about, reason, end)

    def _publish(self, message: Publish) -> None:
        self._link.publish(message.topic, message.payload, qos=cast("QoS", message.qos), retain=message.retain)

    def _describe(self, device_id: DeviceId) -> None:
        """Announce a device to the home before anything is said of it."""
        if device_id in self._undescribed:
            del self._undescribed[device_id]
            self._home.announce(self._discovery.device(device_id))

    def _describe_all(self) -> None:
        """Announce what was announced in this pass of the loop: a device with a dozen announcements only once."""
        for device_id in list(self._undescribed):
            self._describe(device_id)
