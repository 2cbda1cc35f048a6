"""Every component of the discovery language, by its name in the topic."""

from __future__ import annotations

from collections.abc import Callable

from intercom.devices.discovery.air import FanEntity, HumidifierEntity
from intercom.devices.discovery.climate import ClimateEntity, WaterHeaterEntity
from intercom.devices.discovery.cover import CoverEntity, ValveEntity
from intercom.devices.discovery.entity import Common, Entity
from intercom.devices.discovery.happening import EventEntity, InfraredReceiverEntity, device_trigger, tag_scanner
from intercom.devices.discovery.light_json import JsonLight
from intercom.devices.discovery.light_template import TemplateLight
from intercom.devices.discovery.light_topics import TopicsLight
from intercom.devices.discovery.lock import AlarmEntity, LockEntity
from intercom.devices.discovery.onoff import SirenEntity, SwitchEntity
from intercom.devices.discovery.options import Options
from intercom.devices.discovery.picture import PictureEntity
from intercom.devices.discovery.reading import BinarySensorEntity, SensorEntity
from intercom.devices.discovery.robot import MowerEntity, VacuumEntity
from intercom.devices.discovery.setting import (
    ButtonEntity,
    NumberEntity,
    SceneEntity,
    SelectEntity,
    TextEntity,
    infrared_emitter,
    notify,
)
from intercom.devices.discovery.tracker import TrackerEntity
from intercom.devices.discovery.update import UpdateEntity
from intercom.home.errors import InvalidInputError

Maker = Callable[[Options, Common], Entity]


def make_entity(options: Options, common: Common) -> Entity:
    """Bring an announced component to life.

    Raises:
        InvalidInputError: its kind is not known, or an option is missing or wrong; the message says which.
    """
    maker = _MAKERS.get(options.kind)
    if not options.kind:
        raise InvalidInputError("'platform' is missing; every component of a device payload needs it")
    if maker is None:
        raise InvalidInputError(f"the component {options.kind!r} is not known")
    return maker(options, common)


def _by_schema(schemas: dict[str, Maker], default: str) -> Maker:
    def make(options: Options, common: Common) -> Entity:
        schema = options.text_or("schema", default).lower()
        if schema not in schemas:
            raise InvalidInputError(f"'schema' must be one of {', '.join(schemas)}, not {schema!r}")
        return schemas[schema](options, common)

    return make


_MAKERS: dict[str, Maker] = {
    "alarm_control_panel": AlarmEntity,
    "binary_sensor": BinarySensorEntity,
    "button": ButtonEntity,
    "camera": PictureEntity,
    "climate": ClimateEntity,
    "cover": CoverEntity,
    "device_automation": device_trigger,
    "device_tracker": TrackerEntity,
    "event": EventEntity,
    "fan": FanEntity,
    "humidifier": HumidifierEntity,
    "image": PictureEntity,
    "infrared": _by_schema({"emitter": infrared_emitter, "receiver": InfraredReceiverEntity}, "emitter"),
    "lawn_mower": MowerEntity,
    "light": _by_schema(
        {"basic": TopicsLight, "default": TopicsLight, "json": JsonLight, "template": TemplateLight}, "basic"
    ),
    "lock": LockEntity,
    "notify": notify,
    "number": NumberEntity,
    "scene": SceneEntity,
    "select": SelectEntity,
    "sensor": SensorEntity,
    "siren": SirenEntity,
    "switch": SwitchEntity,
    "tag": tag_scanner,
    "text": TextEntity,
    "update": UpdateEntity,
    "vacuum": VacuumEntity,
    "valve": ValveEntity,
    "water_heater": WaterHeaterEntity,
}
