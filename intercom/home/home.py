"""The home: every device's state, in one place, with one revision per change.

Adapters announce devices and report what those say; the panel and the relay watch and command. A watcher is called
synchronously, in the loop's thread, and reads what it needs from the home; it must neither block nor raise.

A command shows its *wanted* state at once and then waits for the report that confirms it. What can happen meanwhile:

1. a matching report arrives: the command is CONFIRMED;
2. a newer command for the same capability arrives: this one is SUPERSEDED and its wait ends;
3. nothing matching arrives within `CONFIRM_WITHIN_S`: the wanted state is dropped, so the tile goes back, and the
   command fails with the device's name;
4. the link breaks or the device is withdrawn: the command fails at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from intercom.home.capabilities import (
    HAPPENINGS,
    STATE_OF,
    BinarySensorState,
    Capability,
    CapabilityId,
    Category,
    SensorState,
    State,
    is_battery,
)
from intercom.home.commands import Command
from intercom.home.errors import DeviceUnavailableError, InvalidInputError, LinkDownError, NotFoundError
from intercom.home.model import Area, AreaId, Change, ChangeKind, Device, DeviceId, Held, Placement, Trust
from intercom.home.trouble import Trouble

CONFIRM_WITHIN_S = 3.0

Watcher = Callable[[Change], None]


class Adapter(Protocol):
    """Speaks to one kind of device."""

    async def execute(self, device: Device, capability: Capability, command: Command) -> None:
        """Send a command that the capability can obey.

        Raises:
            LinkDownError: it could not be sent.
        """


class Outcome(StrEnum):
    """How a command ended, when it did not fail."""

    CONFIRMED = "confirmed"
    ASSUMED = "assumed"
    SENT = "sent"
    SUPERSEDED = "superseded"


@dataclass(slots=True)
class _Pending:
    command: Command
    before: State
    done: asyncio.Future[Outcome]


@dataclass(slots=True)
class _Record:
    device: Device
    placement: Placement
    capabilities: dict[CapabilityId, Capability]
    held: dict[CapabilityId, Held]
    battery_ids: tuple[CapabilityId, ...]
    is_available: bool = True
    pending: dict[CapabilityId, _Pending] = field(default_factory=dict)


class Home:
    """Owns the state of all devices, and says so to its watchers.

    Attributes:
        name: what residents call their home.
        revision: the number of changes so far; every watcher sees each number once, in order.
    """

    def __init__(self, *, name: str = "", clock: Callable[[], float] = time.time) -> None:
        """`clock` gives seconds since the epoch."""
        self.name = name
        self.revision = 0
        self._clock = clock
        self._adapters: dict[str, Adapter] = {}
        self._down_since: dict[str, float] = {}
        self._records: dict[DeviceId, _Record] = {}
        self._placements: dict[DeviceId, Placement] = {}
        self._areas: dict[AreaId, Area] = {}
        self._troubles: dict[str, Trouble] = {}
        self._watchers: list[Watcher] = []

    # Watching

    @contextlib.contextmanager
    def watched_by(self, watcher: Watcher) -> Iterator[None]:
        """Call `watcher` with every change while the block lasts."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)

    # Reading

    @property
    def areas(self) -> list[Area]:
        """The areas, in the order in which they are shown."""
        return sorted(self._areas.values(), key=lambda area: (area.position, area.name))

    def area(self, area_id: AreaId) -> Area:
        """Return one area or raise NotFoundError."""
        try:
            return self._areas[area_id]
        except KeyError:
            raise NotFoundError(f"there is no area '{area_id}'") from None

    @property
    def device_ids(self) -> list[DeviceId]:
        """All devices, in the order in which they were first announced."""
        return list(self._records)

    def has(self, device_id: DeviceId) -> bool:
        return device_id in self._records

    def device(self, device_id: DeviceId) -> Device:
        """Return one device as its adapter announced it, or raise NotFoundError."""
        return self._record(device_id).device

    def placement(self, device_id: DeviceId) -> Placement:
        """Return what residents decided about a device; the default when they decided nothing."""
        record = self._records.get(device_id)
        return record.placement if record else self._placements.get(device_id, Placement())

    def shown_name(self, device_id: DeviceId) -> str:
        """Return the name that residents see."""
        record = self._record(device_id)
        return record.placement.name or record.device.name

    def capability(self, device_id: DeviceId, capability_id: CapabilityId) -> Capability:
        """Return one capability's description, or raise NotFoundError."""
        record = self._record(device_id)
        try:
            return record.capabilities[capability_id]
        except KeyError:
            raise NotFoundError(f"{self.shown_name(device_id)} has no capability '{capability_id}'") from None

    def held(self, device_id: DeviceId) -> Mapping[CapabilityId, Held]:
        """Return what is held of every capability of a device; the mapping is live."""
        return MappingProxyType(self._record(device_id).held)

    def is_available(self, device_id: DeviceId) -> bool:
        """Tell whether the device itself says that it can be reached (the link to it may still be down)."""
        return self._record(device_id).is_available

    def stale_since(self, device_id: DeviceId) -> float | None:
        """Return since when the link to the device is down, in seconds since the epoch; None while it is up."""
        return self._down_since.get(self._record(device_id).device.adapter)

    def battery_pct(self, device_id: DeviceId) -> float | None:
        """Return the charge of the device's battery; 0 when it only says that it is low; None when unknown."""
        record = self._record(device_id)
        for capability_id in record.battery_ids:
            state = record.held[capability_id].state
            if isinstance(state, SensorState) and isinstance(state.value, int | float):
                return float(state.value)
            if isinstance(state, BinarySensorState) and state.on:
                return 0.0
        return None

    # Troubles

    @property
    def troubles(self) -> list[Trouble]:
        """What residents should know of the panel itself, each once."""
        return list(dict.fromkeys(self._troubles.values()))

    def set_trouble(self, part: str, trouble: Trouble | None) -> None:
        """Say what is the matter with a part of the program; None when nothing is any more."""
        before = self.troubles
        if trouble is not None:
            self._troubles[part] = trouble
        else:
            self._troubles.pop(part, None)
        if self.troubles != before:
            self._tell(ChangeKind.TROUBLES)

    # Areas and placements; `storage.layout` keeps them

    def set_areas(self, areas: list[Area]) -> None:
        """Replace all areas; devices in an area that is gone are in none."""
        self._areas = {area.id: area for area in areas}
        self._tell(ChangeKind.AREAS)
        for device_id, placement in list(self._placements.items()):
            if placement.area_id is not None and placement.area_id not in self._areas:
                self.place(device_id, replace(placement, area_id=None))

    def place(self, device_id: DeviceId, placement: Placement) -> None:
        """Set what residents decided about a device, known or yet to be announced."""
        self._placements[device_id] = placement
        record = self._records.get(device_id)
        if record is not None and record.placement != placement:
            record.placement = placement
            self._tell(ChangeKind.DEVICE, device_id)

    # What adapters say

    def attach(self, name: str, adapter: Adapter) -> None:
        """Make an adapter known under the name that its devices carry."""
        self._adapters[name] = adapter

    def announce(self, device: Device) -> None:
        """Add a device, or take note of its new description; states of unchanged capabilities are kept."""
        known = self._records.get(device.id)
        if known is not None and known.device == device:
            return
        held: dict[CapabilityId, Held] = {}
        for capability in device.capabilities:
            old = known.held.get(capability.id) if known else None
            state_type = STATE_OF[type(capability)]
            held[capability.id] = old if old and type(old.state) is state_type else Held(state=state_type())
        record = _Record(
            device=device,
            placement=self.placement(device.id),
            capabilities={capability.id: capability for capability in device.capabilities},
            held=held,
            battery_ids=tuple(c.id for c in device.capabilities if is_battery(c)),
        )
        if known is not None:
            for capability_id, pending in known.pending.items():
                if capability_id in held:
                    record.pending[capability_id] = pending
                else:
                    _fail(pending, DeviceUnavailableError(f"{self.shown_name(device.id)} can no longer do that"))
        record.is_available = _any_available(record)
        self._records[device.id] = record
        self._tell(ChangeKind.DEVICE, device.id)

    def withdraw(self, device_id: DeviceId) -> None:
        """Forget a device that is no longer announced; what residents decided about it is kept."""
        record = self._records.pop(device_id, None)
        if record is None:
            return
        for pending in record.pending.values():
            _fail(pending, DeviceUnavailableError(f"{record.placement.name or record.device.name} was removed"))
        self._tell(ChangeKind.REMOVED, device_id)

    def report(self, device_id: DeviceId, capability_id: CapabilityId, state: State) -> None:
        """Take note of what a device says; reports for what is not announced are ignored."""
        record = self._records.get(device_id)
        held = record.held.get(capability_id) if record is not None else None
        if record is None or held is None:
            return
        wanted = held.wanted
        pending = record.pending.get(capability_id)
        if pending is not None:
            capability = record.capabilities[capability_id]
            if pending.command.is_confirmed(capability, pending.before, state):
                del record.pending[capability_id]
                wanted = None
                if not pending.done.done():
                    pending.done.set_result(Outcome.CONFIRMED)
        is_event = isinstance(record.capabilities[capability_id], HAPPENINGS)
        is_news = is_event or held.state != state or held.wanted is not wanted or held.trust is not Trust.CONFIRMED
        record.held[capability_id] = Held(
            state=state, wanted=wanted, is_available=held.is_available, reported_at=self._clock()
        )
        if is_news:
            self._tell(ChangeKind.EVENT if is_event else ChangeKind.STATE, device_id, capability_id)

    def set_available(self, device_id: DeviceId, capability_id: CapabilityId, *, is_available: bool) -> None:
        """Take note of whether the device says that a capability can be reached."""
        record = self._records.get(device_id)
        held = record.held.get(capability_id) if record is not None else None
        if record is None or held is None or held.is_available == is_available:
            return
        record.held[capability_id] = replace(held, is_available=is_available)
        was_available, record.is_available = record.is_available, _any_available(record)
        self._tell(ChangeKind.STATE, device_id, capability_id)
        if was_available != record.is_available:
            self._tell(ChangeKind.DEVICE, device_id)

    def link_down(self, adapter: str) -> None:
        """Mark all devices of an adapter as stale from now on, and fail what waits for them."""
        if adapter in self._down_since:
            return
        self._down_since[adapter] = self._clock()
        for device_id, record in self._of(adapter):
            for pending in record.pending.values():
                _fail(pending, LinkDownError(f"{self.shown_name(device_id)}: the link broke before it answered"))
            self._tell(ChangeKind.DEVICE, device_id)

    def link_up(self, adapter: str) -> None:
        """Mark the devices of an adapter as fresh again."""
        if self._down_since.pop(adapter, None) is not None:
            for device_id, _ in self._of(adapter):
                self._tell(ChangeKind.DEVICE, device_id)

    # What residents ask

    async def command(self, device_id: DeviceId, capability_id: CapabilityId, command: Command) -> Outcome:
        """Ask a device to change; return once it reports the change, or at once when it never reports.

        Raises:
            NotFoundError: no such device or capability.
            InvalidInputError: the capability cannot do that; the message says what it can.
            LinkDownError: the link to the device is down; nothing was sent.
            DeviceUnavailableError: no matching report within `CONFIRM_WITHIN_S`.
        """
        capability = self.capability(device_id, capability_id)
        command.check(capability)
        record = self._records[device_id]
        name = self.shown_name(device_id)
        adapter = self._adapters.get(record.device.adapter)
        if adapter is None or record.device.adapter in self._down_since:
            raise LinkDownError(f"{name} cannot be reached: the link to it is down")
        held = record.held[capability_id]
        wanted = command.wanted(capability, held.shown)
        older = record.pending.pop(capability_id, None)
        if older is not None and not older.done.done():
            older.done.set_result(Outcome.SUPERSEDED)
        if wanted is None:
            await adapter.execute(record.device, capability, command)
            return Outcome.SENT
        if capability.is_assumed:
            await adapter.execute(record.device, capability, command)
            self._assume(device_id, capability_id, wanted)
            return Outcome.ASSUMED
        pending = _Pending(command, held.state, asyncio.get_running_loop().create_future())
        record.pending[capability_id] = pending
        self._show_wanted(device_id, capability_id, wanted)
        try:
            await adapter.execute(record.device, capability, command)
            async with asyncio.timeout(CONFIRM_WITHIN_S):
                return await pending.done
        except TimeoutError:
            raise DeviceUnavailableError(f"{name} did not answer") from None
        finally:
            self._drop(device_id, capability_id, pending)

    def main_capability(self, device_id: DeviceId, command: Command) -> CapabilityId:
        """Return the first capability of a device that may be asked `command`, primary ones first."""
        record = self._record(device_id)
        able = [c for c in record.device.capabilities if isinstance(c, command.kinds)]
        if not able:
            raise InvalidInputError(f"{self.shown_name(device_id)} cannot be asked to '{command.do}'")
        return min(able, key=lambda c: c.category is not Category.PRIMARY).id

    # Inside

    def _record(self, device_id: DeviceId) -> _Record:
        try:
            return self._records[device_id]
        except KeyError:
            raise NotFoundError(f"there is no device '{device_id}'") from None

    def _of(self, adapter: str) -> list[tuple[DeviceId, _Record]]:
        return [item for item in self._records.items() if item[1].device.adapter == adapter]

    def _assume(self, device_id: DeviceId, capability_id: CapabilityId, state: State) -> None:
        record = self._records.get(device_id)
        if record is not None and capability_id in record.held:
            held = record.held[capability_id]
            record.held[capability_id] = replace(held, state=state, wanted=None, trust=Trust.ASSUMED)
            self._tell(ChangeKind.STATE, device_id, capability_id)

    def _show_wanted(self, device_id: DeviceId, capability_id: CapabilityId, wanted: State | None) -> None:
        record = self._records[device_id]
        record.held[capability_id] = replace(record.held[capability_id], wanted=wanted)
        self._tell(ChangeKind.STATE, device_id, capability_id)

    def _drop(self, device_id: DeviceId, capability_id: CapabilityId, pending: _Pending) -> None:
        """Stop waiting; the known state shows again unless a newer command has taken over."""
        record = self._records.get(device_id)
        if record is None or record.pending.get(capability_id) is not pending:
            return
        del record.pending[capability_id]
        self._show_wanted(device_id, capability_id, None)

    def _tell(
        self, kind: ChangeKind, device_id: DeviceId | None = None, capability_id: CapabilityId | None = None
    ) -> None:
        self.revision += 1
        change = Change(self.revision, kind, device_id, capability_id)
        for watcher in self._watchers:
            watcher(change)


def _any_available(record: _Record) -> bool:
    return not record.held or any(held.is_available for held in record.held.values())


def _fail(pending: _Pending, error: DeviceUnavailableError) -> None:
    if not pending.done.done():
        pending.done.set_exception(error)
        pending.done.exception()  # the waiter may be gone already; then nobody else asks for it
