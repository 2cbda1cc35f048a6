"""The ancestor's switches as devices of the home.

`switches` knows what they mean; this carries it between broker, home and storage. What introduced itself once is a
device until a resident removes it, over restarts too: `regist` is not retained, so the registry has to remember. A name
that a resident gave it outlives its next introduction.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from intercom.devices.mqtt import MqttLink
from intercom.devices.switches import (
    REGIST_TOPIC,
    STATE_TOPIC,
    SwitchBank,
    SwitchRegistration,
    action_topic,
    read_regist,
    read_state,
)
from intercom.home.capabilities import Capability, CapabilityId, Switch, SwitchState
from intercom.home.commands import Command, Turn
from intercom.home.errors import InvalidInputError, LinkDownError, NotFoundError
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId
from intercom.home.names import checked_name
from intercom.storage.database import StorageError
from intercom.storage.registry import Registry

ADAPTER: Final = "switches"
MOST_DEVICES: Final = 256
"""So many introductions are believed; more than a home has, less than would fill the screen's memory."""
MOST_COMPLAINTS: Final = 100
RETRY_S: Final = 10.0

_log = logging.getLogger(__name__)


class SwitchDevices:
    """The adapter for the ancestor's switches.

    `start()` brings back what is registered; `run()` writes down what introduces itself later.
    """

    def __init__(self, *, home: Home, link: MqttLink, registry: Registry, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never run backwards."""
        self._home = home
        self._link = link
        self._registry = registry
        self._clock = clock
        self._registered: dict[str, SwitchRegistration] = {}
        self._banks: dict[str, SwitchBank] = {}
        self._unwritten: dict[str, SwitchRegistration] = {}
        self._has_unwritten = asyncio.Event()
        self._complaints: set[str] = set()

    # What the program calls

    async def start(self) -> None:
        """Announce the registered devices and ask the broker for what they say."""
        self._home.attach(ADAPTER, self)
        self._home.link_down(ADAPTER)
        for kept in await self._registry.all():
            self._take(SwitchRegistration(host=kept.host, name=kept.name, way=kept.way))
        self._link.subscribe(REGIST_TOPIC, STATE_TOPIC)

    async def run(self) -> None:
        """Write down new devices until cancelled, and once more then; what a full disk refuses is tried again."""
        try:
            while True:
                await self._has_unwritten.wait()
                try:
                    await self._write()
                except StorageError as error:
                    _log.warning("new switches could not be registered: %s", error)
                    await asyncio.sleep(RETRY_S)
        finally:
            with contextlib.suppress(StorageError):
                await self._write()

    def link_up(self) -> None:
        """The link is up: what the devices do is heard again."""
        self._home.link_up(ADAPTER)

    def link_down(self) -> None:
        """The link is down: what they do now will not be heard."""
        for bank in self._banks.values():
            bank.doubt()
        self._home.link_down(ADAPTER)

    def receive(self, topic: str, payload: bytes) -> None:
        """Take a message on `REGIST_TOPIC` or `STATE_TOPIC`; what is not understood is logged once."""
        if not payload:
            return
        try:
            if topic == REGIST_TOPIC:
                self._introduce(read_regist(payload))
            else:
                report = read_state(payload)
                self._report(report.host, report.on)
        except InvalidInputError as error:
            self._complain(f"a message on '{topic}' cannot be used: {error}")

    # What the home calls

    async def execute(self, device: Device, capability: Capability, command: Command) -> None:
        """Send the toggles that the command needs; a switch that is known to be so already is confirmed at once.

        Raises:
            LinkDownError: it could not be sent.
        """
        assert isinstance(command, Turn)
        host = _host(device.id)
        bank = self._banks[host]
        number = int(capability.id)
        self._send(host, bank.turn(number, on=command.on, now=self._clock()))
        if bank.is_at_rest(number, now=self._clock()):
            self._home.report(device.id, capability.id, SwitchState(on=command.on))

    # What the relay's ancestor routes call

    def hosts(self) -> list[SwitchRegistration]:
        """The registered devices, in the order in which they introduced themselves."""
        return list(self._registered.values())

    def device_id(self, host: str) -> DeviceId:
        """Return the home's id of a registered device, or raise NotFoundError."""
        return _device_id(self._registration(host).host)

    def states(self, host: str) -> list[bool]:
        """Return which switches of a device are on, the first one first; one that is not known yet counts as off.

        Raises:
            NotFoundError: it is not registered.
        """
        held = self._home.held(self.device_id(host))
        return [getattr(each.state, "on", None) is True for each in held.values()]

    async def rename(self, host: str, name: str) -> None:
        """Call a device something else, for good.

        Raises:
            NotFoundError: it is not registered.
            InvalidInputError: no name, or one that cannot be shown.
        """
        renamed = replace(self._registration(host), name=checked_name(name))
        await self._write()
        await self._registry.rename(host, renamed.name)
        self._take(renamed)

    async def remove(self, host: str) -> None:
        """Forget a device until it introduces itself again; NotFoundError when it is not registered."""
        device_id = self.device_id(host)
        await self._write()
        await self._registry.remove(host)
        self._registered.pop(host, None)
        self._banks.pop(host, None)
        self._home.withdraw(device_id)

    async def toggle(self, host: str, number: int) -> None:
        """Toggle one switch, numbered from 1; return once the device says so, or at once when its state is not known.

        Raises:
            NotFoundError: it is not registered.
            InvalidInputError: it has no such switch.
            LinkDownError: it could not be sent.
            DeviceUnavailableError: it did not answer.
        """
        registration = self._registration(host)
        if not 1 <= number <= registration.way:
            raise InvalidInputError(f"'{host}' has the switches 1 to {registration.way}, not {number}")
        device_id, capability_id = _device_id(host), CapabilityId(str(number))
        shown = self._home.held(device_id)[capability_id].shown
        assert isinstance(shown, SwitchState)
        if shown.on is None:
            self._send(host, [number])
        else:
            await self._home.command(device_id, capability_id, Turn(on=not shown.on))

    # Inside

    def _registration(self, host: str) -> SwitchRegistration:
        try:
            return self._registered[host]
        except KeyError:
            raise NotFoundError("there is no such switch") from None

    def _introduce(self, said: SwitchRegistration) -> None:
        known = self._registered.get(said.host)
        if known is None and len(self._registered) >= MOST_DEVICES:
            raise InvalidInputError(f"more than {MOST_DEVICES} devices are not believed")
        now = said if known is None else replace(said, name=known.name)
        if now != known:
            self._take(now)
            self._unwritten[now.host] = now
            self._has_unwritten.set()

    def _take(self, registration: SwitchRegistration) -> None:
        known = self._registered.get(registration.host)
        self._registered[registration.host] = registration
        if known is None or known.way != registration.way:
            self._banks[registration.host] = SwitchBank(registration.way)
        self._home.announce(_described(registration))

    def _report(self, host: str, on: tuple[bool, ...]) -> None:
        bank = self._banks.get(host)
        if bank is None:
            return  # removed by a resident, or it will introduce itself
        due = bank.report(on, now=self._clock())
        device_id = _device_id(host)
        for number, value in enumerate(bank.on, 1):
            self._home.report(device_id, CapabilityId(str(number)), SwitchState(on=value))
        try:
            self._send(host, due)
        except LinkDownError as error:
            _log.info("the switches of '%s' could not be set: %s", host, error)

    def _send(self, host: str, numbers: list[int]) -> None:
        for number in numbers:
            self._link.publish(action_topic(host), str(number))

    async def _write(self) -> None:
        while self._unwritten:
            host, registration = next(iter(self._unwritten.items()))
            await self._registry.add(host=host, name=registration.name, way=registration.way)
            if self._unwritten.get(host) is registration:
                del self._unwritten[host]
        self._has_unwritten.clear()

    def _complain(self, complaint: str) -> None:
        if complaint not in self._complaints and len(self._complaints) < MOST_COMPLAINTS:
            self._complaints.add(complaint)
            _log.warning("%s", complaint)


def _device_id(host: str) -> DeviceId:
    return DeviceId(f"{ADAPTER}:{host}")


def _host(device_id: DeviceId) -> str:
    return device_id.removeprefix(f"{ADAPTER}:")


def _described(registration: SwitchRegistration) -> Device:
    numbers = [str(number) for number in range(1, registration.way + 1)]
    return Device(
        id=_device_id(registration.host),
        adapter=ADAPTER,
        name=registration.name,
        capabilities=tuple(
            Switch(id=CapabilityId(number), name=number if registration.way > 1 else None) for number in numbers
        ),
    )
