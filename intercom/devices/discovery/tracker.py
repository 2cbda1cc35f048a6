"""Whether somebody or something is at home."""

from __future__ import annotations

from intercom.devices.discovery.entity import NONE, Common, Entity
from intercom.devices.discovery.options import Options
from intercom.home.capabilities import Tracker


class TrackerEntity(Entity):
    """The component `device_tracker`; places are told by name, not by coordinates."""

    __slots__ = ("_places",)

    def __init__(self, options: Options, common: Common) -> None:
        state_topic = options.watched("state_topic")
        if state_topic is None and "json_attributes_topic" not in options:
            raise options.missing("'state_topic'")
        super().__init__(options, common, Tracker(**common.fields()))
        self._places = {
            options.text_or("payload_reset", NONE): None,
            options.text_or("payload_not_home", "not_home"): "not_home",
            options.text_or("payload_home", "home"): "home",
        }
        self.watch(state_topic, options.template("value_template"), self._read)

    def _read(self, text: str) -> None:
        if text.strip():
            self.change(place=self._places.get(text, text))
