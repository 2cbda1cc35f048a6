"""Pretend outlets: several in one strip, one with settings and updates, one that comes and goes."""

from __future__ import annotations

from typing import Any, Final

from intercom.devices.demo.radio import RadioThing
from intercom.devices.demo.stage import Stage
from intercom.devices.demo.thing import Config, Identity


class PowerStrip(RadioThing):
    """Four outlets in one device, with what they draw together."""

    _WATTS: Final = (8.0, 42.0, 0.4, 3.1)

    def __init__(self, stage: Stage, identity: Identity, *, outlet_name: str, lock_name: str) -> None:
        on = {f"state_l{number}": "ON" if number != 2 else "OFF" for number in range(1, 5)}
        super().__init__(stage, identity, {**on, "power": 0.0, "energy": 12.4, "child_lock": "UNLOCK"})
        self._outlet_name = outlet_name
        self._lock_name = lock_name

    def start(self) -> None:
        for number in range(1, 5):
            name = f"{self._outlet_name} {number}"
            self.announce_value("switch", f"state_l{number}", {"name": name, "device_class": "outlet"})
        for key, unit in (("power", "W"), ("energy", "kWh")):
            state_class = "measurement" if key == "power" else "total_increasing"
            self.announce_value(
                "sensor", key, {"device_class": key, "unit_of_measurement": unit, "state_class": state_class}
            )
        lock: Config = {"payload_on": "LOCK", "payload_off": "UNLOCK", "entity_category": "config"}
        self.announce_value("switch", "child_lock", {"name": self._lock_name, **lock})
        self.be({})
        self.stage.every(10, lambda: self.be({}))

    def be(self, changed: dict[str, Any]) -> None:
        self.values.update(changed)
        watts = sum(w for at, w in enumerate(self._WATTS, 1) if self.values[f"state_l{at}"] == "ON")
        drawn = round(watts * self.stage.random.uniform(0.97, 1.03), 1)
        super().be({"power": drawn, "energy": round(self.values["energy"] + drawn / 360_000, 4)})


class SmartPlug(RadioThing):
    """An outlet with settings of its own and firmware that can be updated."""

    _NEWEST: Final = "1.1.0"

    def __init__(self, stage: Stage, identity: Identity, *, names: dict[str, str]) -> None:
        """`names` gives a name for each of "behaviour", "delay", "label" and "firmware"."""
        values = {"state": "ON", "power": 21.5, "power_on_behavior": "previous", "auto_off_min": 0, "label": "Lamp"}
        super().__init__(stage, identity, values)
        self._names = names
        self._installed = identity.firmware
        self.listen("install", self._install)

    def start(self) -> None:
        self.announce_value("switch", "state", {"name": None, "device_class": "outlet"})
        power: Config = {"device_class": "power", "unit_of_measurement": "W", "state_class": "measurement"}
        self.announce_value("sensor", "power", power)
        config = {"entity_category": "config"}
        options = {"name": self._names["behaviour"], "options": ["on", "off", "previous"], **config}
        self.announce_value("select", "power_on_behavior", options)
        limits = {"min": 0, "max": 120, "step": 5, "unit_of_measurement": "min", "name": self._names["delay"], **config}
        self.announce_value("number", "auto_off_min", limits)
        self.announce_value("text", "label", {"name": self._names["label"], "max": 24, **config})
        update: Config = {
            "name": self._names["firmware"],
            "device_class": "firmware",
            "state_topic": f"{self.base}/update",
            "command_topic": f"{self.base}/install",
            "payload_install": "now",
            "entity_category": "config",
        }
        self.announce("update", "firmware", update)
        self.be({})
        self._tell_update()

    def be(self, changed: dict[str, Any]) -> None:
        is_on = {**self.values, **changed}["state"] == "ON"
        super().be({**changed, "power": 21.5 if is_on else 0.0})

    def _install(self, text: str) -> None:
        if text == "now" and self._installed != self._NEWEST:
            self._progress(0)

    def _progress(self, percent: int) -> None:
        if percent >= 100:
            self._installed = self._NEWEST
            self._tell_update()
        else:
            self._tell_update(percent)
            self.stage.later(1, lambda: self._progress(percent + 10))

    def _tell_update(self, percent: int | None = None) -> None:
        state = {
            "installed_version": self._installed,
            "latest_version": self._NEWEST,
            "in_progress": percent is not None,
        }
        self.say("update", {**state, "update_percentage": percent, "title": "Outlet"})


class FadingPlug(RadioThing):
    """An outlet at the edge of the radio's reach: it comes and goes."""

    _STAYS_S: Final = 75.0
    _IS_AWAY_S: Final = 45.0

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity, {"state": "OFF"})
        self._is_here = True

    def start(self) -> None:
        outlet: Config = {
            "name": None,
            "device_class": "outlet",
            "state_topic": self.base,
            "value_template": "{{ value_json.state }}",
            "command_topic": f"{self.base}/set",
            "payload_on": '{"state": "ON"}',
            "payload_off": '{"state": "OFF"}',
            "state_on": "ON",
            "state_off": "OFF",
        }
        reach = {"topic": f"{self.base}/reach", "value_template": "{{ value_json.state }}"}
        self.announce("switch", "outlet", outlet, availability=reach)
        self._tell_reach()
        self.be({})
        self.stage.later(self._STAYS_S, self._fade)

    def set(self, asked: Config) -> None:
        if self._is_here:
            super().set(asked)

    def _fade(self) -> None:
        self._is_here = not self._is_here
        self._tell_reach()
        self.stage.later(self._STAYS_S if self._is_here else self._IS_AWAY_S, self._fade)

    def _tell_reach(self) -> None:
        self.say("reach", {"state": "online" if self._is_here else "offline"})
