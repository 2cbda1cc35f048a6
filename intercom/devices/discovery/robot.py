"""Vacuums and mowers: robots that go about their work."""

from __future__ import annotations

from collections.abc import Iterable

from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import Common, Entity, unexpected
from intercom.devices.discovery.message import Message
from intercom.devices.discovery.options import Options
from intercom.home.capabilities import Mower, Vacuum, Work
from intercom.home.commands import Command, Drive, DriveRobot

_VACUUM_WORK = {
    "cleaning": Work.WORKING,
    "docked": Work.DOCKED,
    "idle": Work.IDLE,
    "paused": Work.PAUSED,
    "returning": Work.RETURNING,
    "error": Work.ERROR,
}
_MOWER_WORK = {
    "mowing": Work.WORKING,
    "docked": Work.DOCKED,
    "paused": Work.PAUSED,
    "returning": Work.RETURNING,
    "error": Work.ERROR,
}
_VACUUM_DRIVES = {
    "start": (Drive.START, "payload_start", "start"),
    "pause": (Drive.PAUSE, "payload_pause", "pause"),
    "stop": (Drive.STOP, "payload_stop", "stop"),
    "return_home": (Drive.DOCK, "payload_return_to_base", "return_to_base"),
    "locate": (Drive.LOCATE, "payload_locate", "locate"),
    "clean_spot": (Drive.CLEAN_SPOT, "payload_clean_spot", "clean_spot"),
}
"""A feature's name in payloads, what it does, and the option and default of its payload."""
_VACUUM_FEATURES = ("start", "stop", "return_home", "battery", "clean_spot")
_MOWER_DRIVES = {Drive.START: "start_mowing", Drive.PAUSE: "pause", Drive.DOCK: "dock"}


class VacuumEntity(Entity):
    """The component `vacuum`."""

    __slots__ = ("_command_topic", "_fan_speed_topic", "_order_topic", "_payloads")

    def __init__(self, options: Options, common: Common) -> None:
        self._command_topic = options.target("command_topic")
        features = options.texts("supported_features") if "supported_features" in options else _VACUUM_FEATURES
        self._payloads = {
            drive: options.text_or(key, default)
            for feature, (drive, key, default) in _VACUUM_DRIVES.items()
            if feature in features and self._command_topic is not None
        }
        self._fan_speed_topic = options.target("set_fan_speed_topic") if "fan_speed" in features else None
        self._order_topic = options.target("send_command_topic") if "send_command" in features else None
        state_topic = options.watched("state_topic")
        super().__init__(
            options,
            common,
            Vacuum(
                actions=tuple(drive.value for drive in self._payloads),
                fan_speeds=options.texts("fan_speed_list") if self._fan_speed_topic is not None else (),
                takes_orders=self._order_topic is not None,
                **common.fields(is_assumed=state_topic is None),
            ),
        )
        self.watch_raw(state_topic, self._read)

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, DriveRobot)
        if command.drive is not None and self._command_topic is not None:
            yield self.wire.publish(self._command_topic, self._payloads[command.drive])
        elif command.fan_speed is not None and self._fan_speed_topic is not None:
            yield self.wire.publish(self._fan_speed_topic, command.fan_speed)
        elif command.order is not None and self._order_topic is not None:
            yield self.wire.publish(self._order_topic, command.order)

    def _read(self, message: Message) -> None:
        said = message.value_object
        fields: dict[str, object] = {}
        if "state" in said:
            state = said["state"]
            if state is not None and state not in _VACUUM_WORK:
                raise unexpected(str(state), _VACUUM_WORK)
            fields["work"] = None if state is None else _VACUUM_WORK[state]
        if "fan_speed" in said:
            fields["fan_speed"] = None if said["fan_speed"] is None else str(said["fan_speed"])
        battery = said.get("battery_level")
        if isinstance(battery, int | float):
            fields["battery_pct"] = float(max(0, min(100, battery)))
        self.change(**fields)


class MowerEntity(Entity):
    """The component `lawn_mower`."""

    __slots__ = ("_targets", "_templates")

    def __init__(self, options: Options, common: Common) -> None:
        self._targets = {
            drive: topic
            for drive, name in _MOWER_DRIVES.items()
            if (topic := options.target(f"{name}_command_topic")) is not None
        }
        state_topic = options.watched("activity_state_topic")
        super().__init__(
            options,
            common,
            Mower(
                actions=tuple(drive.value for drive in self._targets),
                **common.fields(is_assumed=options.flag("optimistic", default=False) or state_topic is None),
            ),
        )
        self._templates = {
            drive: options.template(f"{_MOWER_DRIVES[drive]}_command_template") for drive in self._targets
        }
        self.watch(state_topic, options.template("activity_value_template"), self._read)

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, DriveRobot) and command.drive is not None
        drive = command.drive
        yield self.send(self._targets[drive], self._templates[drive], _MOWER_DRIVES[drive])

    def _read(self, text: str) -> None:
        if text.lower() == "none":
            self.change(work=None)
        elif text in _MOWER_WORK:
            self.change(work=_MOWER_WORK[text])
        elif text:
            raise unexpected(text, _MOWER_WORK)
