"""Which capabilities make up which device, and what ids they go by.

Ids are made of what the announcements say of themselves, so they are the same after a restart, and read like it.
"""

from __future__ import annotations

from collections.abc import Iterator

from intercom.devices.discovery.device_block import DeviceBlock, as_id
from intercom.devices.discovery.entity import Entity
from intercom.home.capabilities import CapabilityId
from intercom.home.errors import NotFoundError
from intercom.home.model import Device, DeviceId


class _Record:
    __slots__ = ("block", "entities", "own_name")

    def __init__(self, block: DeviceBlock, own_name: str) -> None:
        self.block = block
        self.own_name = own_name
        self.entities: dict[CapabilityId, Entity] = {}


class Roster:
    """All devices that have a capability."""

    def __init__(self, adapter: str) -> None:
        """`adapter` is the name that the devices carry."""
        self._adapter = adapter
        self._records: dict[DeviceId, _Record] = {}
        self._by_mark: dict[str, DeviceId] = {}

    @property
    def device_ids(self) -> list[DeviceId]:
        return list(self._records)

    def admit(self, block: DeviceBlock, own_name: str) -> DeviceId:
        """Return the device that a block belongs to, which may be new."""
        for mark in block.marks:
            device_id = self._by_mark.get(mark)
            if device_id is not None:
                record = self._records[device_id]
                record.block = record.block.updated(block)
                record.own_name = own_name or record.own_name
                break
        else:
            device_id = DeviceId(as_id(block.marks[0].removeprefix(ALONE)))
            if device_id in self._records:
                device_id = DeviceId(as_id(f"{device_id} ({block.marks[0]})"))
            record = self._records[device_id] = _Record(block, own_name)
        for mark in record.block.marks:
            self._by_mark.setdefault(mark, device_id)
        return device_id

    def free_id(self, device_id: DeviceId, object_id: str, kind: str) -> CapabilityId:
        """Return an id for one more capability of a device."""
        taken = self._records[device_id].entities
        for wish in (object_id, f"{object_id}.{kind}"):
            if (free := CapabilityId(as_id(wish))) not in taken:
                return free
        number = 2
        while CapabilityId(as_id(f"{object_id}.{kind}.{number}")) in taken:
            number += 1
        return CapabilityId(as_id(f"{object_id}.{kind}.{number}"))

    def enter(self, entity: Entity) -> None:
        """Add a capability to its device, in place of one with the same id."""
        self._records[entity.place.device_id].entities[entity.capability.id] = entity

    def leave(self, entity: Entity) -> bool:
        """Take a capability from its device; return whether the device is gone with it."""
        device_id = entity.place.device_id
        record = self._records[device_id]
        if record.entities.get(entity.capability.id) is entity:
            del record.entities[entity.capability.id]
        return self.forget_empty(device_id)

    def forget_empty(self, device_id: DeviceId) -> bool:
        """Forget a device without capabilities; return whether it was one."""
        record = self._records.get(device_id)
        if record is None or record.entities:
            return False
        del self._records[device_id]
        for mark in record.block.marks:
            if self._by_mark.get(mark) == device_id:
                del self._by_mark[mark]
        return True

    def entity(self, device_id: DeviceId, capability_id: CapabilityId) -> Entity:
        """Return one capability's entity, or raise NotFoundError."""
        try:
            return self._records[device_id].entities[capability_id]
        except KeyError:
            raise NotFoundError(f"there is no '{capability_id}' of a device '{device_id}'") from None

    def entities(self, device_id: DeviceId) -> Iterator[Entity]:
        return iter(self._record(device_id).entities.values())

    def name(self, device_id: DeviceId) -> str:
        record = self._record(device_id)
        return record.block.name or record.own_name or device_id

    def describe(self, device_id: DeviceId) -> Device:
        """Return the device as it is announced now, or raise NotFoundError."""
        block = self._record(device_id).block
        return Device(
            id=device_id,
            adapter=self._adapter,
            name=self.name(device_id),
            capabilities=tuple(entity.capability for entity in self.entities(device_id)),
            maker=block.maker,
            model=block.model,
            firmware=block.firmware,
            area=block.area,
            via=as_id(block.via) if block.via else None,
            url=block.url,
        )

    def _record(self, device_id: DeviceId) -> _Record:
        try:
            return self._records[device_id]
        except KeyError:
            raise NotFoundError(f"there is no device '{device_id}'") from None


ALONE = "alone:"
"""Begins the mark of a device that has only one capability and no device block."""
