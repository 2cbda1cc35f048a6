"""Pretend things that only tell, or only pass something on: detectors, air sensors, phones, remote controls."""

from __future__ import annotations

import json
from typing import Any, Final

from intercom.devices.demo.radio import RadioThing
from intercom.devices.demo.stage import Stage
from intercom.devices.demo.thing import Config, Identity, Thing


class Detector(RadioThing):
    """A battery-driven detector of one thing, which rarely happens."""

    _LASTS_S: Final = 30.0

    def __init__(self, stage: Stage, identity: Identity, *, device_class: str, happens_every_s: float | None) -> None:
        super().__init__(stage, identity, {"detected": False, "battery": 91, "voltage": 2950})
        self._device_class = device_class
        self._happens_every_s = happens_every_s

    def start(self) -> None:
        detected: Config = {"name": None, "device_class": self._device_class, "payload_on": True, "payload_off": False}
        self.announce_value("binary_sensor", "detected", detected)
        battery: Config = {"device_class": "battery", "unit_of_measurement": "%", "entity_category": "diagnostic"}
        self.announce_value("sensor", "battery", battery)
        voltage: Config = {"device_class": "voltage", "unit_of_measurement": "mV", "entity_category": "diagnostic"}
        self.announce_value("sensor", "voltage", {**voltage, "enabled_by_default": False})
        self.be({})
        if self._happens_every_s is not None:
            self.stage.every(self._happens_every_s, self._happen)

    def _happen(self) -> None:
        self.be({"detected": True})
        self.stage.later(self._LASTS_S, lambda: self.be({"detected": False}))


class AirSensor(Thing):
    """Measures the air: small firmware, one JSON object, values that wander slowly."""

    _KINDS: Final[dict[str, tuple[str, str, int, float, float, float, float]]] = {
        # key: device class, unit, digits, start, lowest, highest, step
        "temperature": ("temperature", "°C", 1, 23.4, 20.0, 27.0, 0.1),
        "humidity": ("humidity", "%", 0, 47.0, 35.0, 62.0, 0.6),
        "co2": ("carbon_dioxide", "ppm", 0, 640.0, 420.0, 1400.0, 18.0),
        "pm25": ("pm25", "µg/m³", 0, 9.0, 2.0, 60.0, 1.5),
    }

    def __init__(self, stage: Stage, identity: Identity, *, keys: tuple[str, ...]) -> None:
        """`keys` are some of "temperature", "humidity", "co2" and "pm25"."""
        super().__init__(stage, identity)
        self._values = {key: self._KINDS[key][3] for key in keys}

    def start(self) -> None:
        for key in self._values:
            device_class, unit, digits, *_ = self._KINDS[key]
            config: Config = {
                "dev_cla": device_class,
                "unit_of_meas": unit,
                "stat_cla": "measurement",
                "sug_dsp_prc": digits,
                "stat_t": "~/SENSOR",
                "val_tpl": f"{{{{ value_json.{key} }}}}",
                "exp_aft": 600,
            }
            self.announce_briefly("sensor", key, config)
        self._tell()
        self.stage.every(20, self._wander)

    def _wander(self) -> None:
        for key, value in self._values.items():
            _, _, digits, _, lowest, highest, step = self._KINDS[key]
            moved = value + self.stage.random.uniform(-step, step)
            self._values[key] = round(min(highest, max(lowest, moved)), digits + 1)
        self._tell()

    def _tell(self) -> None:
        self.say("SENSOR", dict[str, Any](self._values))


class Phone(Thing):
    """Somebody's phone, which comes and goes."""

    _CHANGES_EVERY_S: Final = 240.0

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity)
        self._is_home = True

    def start(self) -> None:
        config: Config = {"name": None, "state_topic": f"{self.base}/place", "source_type": "router"}
        self.announce("device_tracker", "phone", config)
        self._tell()
        self.stage.every(self._CHANGES_EVERY_S, self._go)

    def _go(self) -> None:
        self._is_home = not self._is_home
        self._tell()

    def _tell(self) -> None:
        self.say("place", "home" if self._is_home else "not_home")


class Remote(RadioThing):
    """A remote control with two buttons, of which somebody presses one now and then."""

    _PRESSED_EVERY_S: Final = 100.0

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity, {"battery": 83})

    def start(self) -> None:
        for button in ("button_1", "button_2"):
            for press in ("button_short_press", "button_long_press"):
                trigger: Config = {
                    "automation_type": "trigger",
                    "type": press,
                    "subtype": button,
                    "topic": f"{self.base}/action",
                    "payload": f"{button}_{press}",
                }
                self.announce("device_automation", f"{button}_{press}", trigger)
        battery: Config = {"device_class": "battery", "unit_of_measurement": "%", "entity_category": "diagnostic"}
        self.announce_value("sensor", "battery", battery)
        self.be({})
        self.stage.every(self._PRESSED_EVERY_S, self._press)

    def _press(self) -> None:
        button = self.stage.random.choice(("button_1", "button_2"))
        self.say("action", f"{button}_button_short_press", keep=False)


class InfraredHub(Thing):
    """Sends and learns infrared codes, presses the television's button, and shows a line of text on its display."""

    def __init__(self, stage: Stage, identity: Identity, *, names: dict[str, str]) -> None:
        """`names` gives a name for each of "emitter", "receiver", "power" and "display"."""
        super().__init__(stage, identity)
        self._names = names
        self.listen("power", lambda _: self._learn([9000, -4500, 560, -560, 560]))

    def start(self) -> None:
        emitter = {"name": self._names["emitter"], "schema": "emitter", "command_topic": f"{self.base}/send"}
        self.announce("infrared", "emitter", emitter)
        receiver = {
            "name": self._names["receiver"],
            "schema": "receiver",
            "state_topic": f"{self.base}/learnt",
            "value_template": "{{ value_json.timings | tojson }}",
        }
        self.announce("infrared", "receiver", receiver)
        power = {"name": self._names["power"], "command_topic": f"{self.base}/power", "payload_press": "PRESS"}
        self.announce("button", "power", power)
        self.announce("notify", "display", {"name": self._names["display"], "command_topic": f"{self.base}/display"})

    def _learn(self, timings: list[int]) -> None:
        self.say("learnt", json.dumps({"timings": timings}), keep=False)
