"""Pretend things for air, warmth and water: they change the place that they stand in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from intercom.devices.demo.radio import RadioThing
from intercom.devices.demo.stage import Stage
from intercom.devices.demo.thing import Config, Identity, Thing


class AirConditioner(Thing):
    """An air conditioner, announced whole together with what it draws; one topic for each value."""

    _MODES: Final = ("off", "cool", "dry", "fan_only", "auto")
    _FAN_MODES: Final = ("auto", "low", "medium", "high")
    _SWING_MODES: Final = ("on", "off")
    _PRESETS: Final = ("eco", "sleep")
    _OUTSIDE_C: Final = 29.0

    def __init__(self, stage: Stage, identity: Identity, *, power_name: str) -> None:
        super().__init__(stage, identity)
        self._power_name = power_name
        self._measured_c = 26.4
        self._values = {"mode": "off", "temperature": "24.0", "fan": "auto", "swing": "off", "preset": "none"}
        self._last_mode = "cool"
        self.listen("power/set", self._hear_power)
        for key, allowed in (
            ("mode", self._MODES),
            ("fan", self._FAN_MODES),
            ("swing", self._SWING_MODES),
            ("preset", ("none", *self._PRESETS)),
        ):
            self._listen_for(key, lambda text, allowed=allowed: text in allowed)  # type: ignore[misc]
        self._listen_for("temperature", lambda text: _number(text, 16, 30) is not None)

    def start(self) -> None:
        climate: Config = {
            "p": "climate",
            "name": None,
            "modes": list(self._MODES),
            "mode_cmd_t": "~/mode/set",
            "mode_stat_t": "~/mode",
            "pow_cmd_t": "~/power/set",
            "temp_cmd_t": "~/temperature/set",
            "temp_stat_t": "~/temperature",
            "curr_temp_t": "~/measured",
            "act_t": "~/action",
            "fan_modes": list(self._FAN_MODES),
            "fan_mode_cmd_t": "~/fan/set",
            "fan_mode_stat_t": "~/fan",
            "swing_modes": list(self._SWING_MODES),
            "swing_mode_cmd_t": "~/swing/set",
            "swing_mode_stat_t": "~/swing",
            "pr_modes": list(self._PRESETS),
            "pr_mode_cmd_t": "~/preset/set",
            "pr_mode_stat_t": "~/preset",
            "min_temp": 16,
            "max_temp": 30,
            "temp_step": 0.5,
            "temp_unit": "C",
        }
        power: Config = {
            "p": "sensor",
            "name": self._power_name,
            "dev_cla": "power",
            "unit_of_meas": "W",
            "stat_cla": "measurement",
            "stat_t": "~/watts",
        }
        self.announce_whole({"climate": climate, "power": power})
        for key, value in self._values.items():
            self.say(key, value)
        self._tell()
        self.stage.every(6, self._drift)

    def _listen_for(self, key: str, is_allowed: Callable[[str], bool]) -> None:
        def hear(text: str) -> None:
            if is_allowed(text):
                self.stage.later(0.2, lambda: self._be(key, text))

        self.listen(f"{key}/set", hear)

    def _hear_power(self, text: str) -> None:
        mode = self._last_mode if text == "ON" else "off"
        self.stage.later(0.2, lambda: self._be("mode", mode))

    def _be(self, key: str, value: str) -> None:
        self._values[key] = value
        self.say(key, value)
        if key == "mode" and value != "off":
            self._last_mode = value
        self._tell()

    def _drift(self) -> None:
        goal = float(self._values["temperature"]) if self._action() == "cooling" else self._OUTSIDE_C
        self._measured_c = _towards(self._measured_c, goal, 0.1 if self._action() == "cooling" else 0.02)
        self._tell()

    def _action(self) -> str:
        mode = self._values["mode"]
        if mode in ("cool", "auto"):
            return "cooling" if self._measured_c > float(self._values["temperature"]) else "idle"
        return {"off": "off", "dry": "drying", "fan_only": "fan"}[mode]

    def _tell(self) -> None:
        watts = {"off": 1, "idle": 35, "fan": 40, "drying": 420, "cooling": 870}[self._action()]
        self.say("action", self._action())
        self.say("measured", f"{self._measured_c:.1f}")
        self.say("watts", str(watts))


class FloorHeating(RadioThing):
    """A room thermostat for floor heating, as a Zigbee bridge describes one."""

    def __init__(self, stage: Stage, identity: Identity) -> None:
        values = {
            "system_mode": "heat",
            "running_state": "idle",
            "local_temperature": 21.4,
            "occupied_heating_setpoint": 22.5,
            "preset": "none",
        }
        super().__init__(stage, identity, values)

    def start(self) -> None:
        config: Config = {"name": None, "modes": ["off", "heat"], "min_temp": 5, "max_temp": 35, "temp_step": 0.5}
        for option, key in (
            ("mode", "system_mode"),
            ("temperature", "occupied_heating_setpoint"),
            ("preset_mode", "preset"),
        ):
            config |= {
                f"{option}_command_topic": f"{self.base}/set",
                f"{option}_command_template": f'{{"{key}": {{{{ value | tojson }}}}}}',
                f"{option}_state_topic": self.base,
            }
        config |= {
            "mode_state_template": "{{ value_json.system_mode }}",
            "temperature_state_template": "{{ value_json.occupied_heating_setpoint }}",
            "preset_mode_value_template": "{{ value_json.preset }}",
            "preset_modes": ["away", "sleep"],
            "current_temperature_topic": self.base,
            "current_temperature_template": "{{ value_json.local_temperature }}",
            "action_topic": self.base,
            "action_template": "{{ {'idle': 'idle', 'heat': 'heating'}.get(value_json.running_state, 'off') }}",
        }
        self.announce("climate", "climate", config)
        self.be({})
        self.stage.every(8, self._drift)

    def be(self, changed: Config) -> None:
        values = {**self.values, **changed}
        is_cold = values["local_temperature"] < values["occupied_heating_setpoint"] - 0.05
        running = "off" if values["system_mode"] == "off" else "heat" if is_cold else "idle"
        super().be({**changed, "running_state": running})

    def _drift(self) -> None:
        is_heating = self.values["running_state"] == "heat"
        goal = self.values["occupied_heating_setpoint"] + 0.3 if is_heating else 17.0
        measured = _towards(self.values["local_temperature"], goal, 0.1 if is_heating else 0.02)
        self.be({"local_temperature": round(measured, 2)})


class AirHumidifier(Thing):
    """A humidifier with a tank that somebody has to fill."""

    _MODES: Final = ("normal", "sleep", "boost")

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity)
        self._is_on = True
        self._target = 50
        self._mode = "normal"
        self._measured = 43.0
        self.listen("do", self._hear)
        self.listen("target/set", self._hear_target)
        self.listen("mode/set", self._hear_mode)

    def start(self) -> None:
        config: Config = {
            "name": None,
            "device_class": "humidifier",
            "command_topic": f"{self.base}/do",
            "state_topic": f"{self.base}/state",
            "state_value_template": "{{ 'ON' if value_json.on else 'OFF' }}",
            "target_humidity_command_topic": f"{self.base}/target/set",
            "target_humidity_state_topic": f"{self.base}/state",
            "target_humidity_state_template": "{{ value_json.target }}",
            "current_humidity_topic": f"{self.base}/state",
            "current_humidity_template": "{{ value_json.measured | round(0) }}",
            "action_topic": f"{self.base}/state",
            "action_template": "{{ value_json.action }}",
            "modes": list(self._MODES),
            "mode_command_topic": f"{self.base}/mode/set",
            "mode_state_topic": f"{self.base}/state",
            "mode_state_template": "{{ value_json.mode }}",
            "min_humidity": 30,
            "max_humidity": 70,
        }
        self.announce("humidifier", "humidifier", config)
        self._tell()
        self.stage.every(9, self._drift)

    def _hear(self, text: str) -> None:
        self._is_on = text == "ON"
        self._tell()

    def _hear_target(self, text: str) -> None:
        target = _number(text, 30, 70)
        if target is not None:
            self._target = round(target)
            self._tell()

    def _hear_mode(self, text: str) -> None:
        if text in self._MODES:
            self._mode = text
            self._tell()

    def _drift(self) -> None:
        goal = self._target + 1 if self._is_on else 38.0
        self._measured = _towards(self._measured, goal, 0.4 if self._is_on else 0.2)
        self._tell()

    def _tell(self) -> None:
        action = "off" if not self._is_on else "humidifying" if self._measured < self._target else "idle"
        state = {"on": self._is_on, "target": self._target, "mode": self._mode, "action": action}
        self.say("state", {**state, "measured": round(self._measured, 1)})


class Boiler(Thing):
    """A boiler for hot water."""

    _MODES: Final = ("off", "eco", "gas", "performance")

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity)
        self._mode = "eco"
        self._target = 48.0
        self._measured = 46.0
        self.listen("power", lambda text: self._be("eco" if text == "ON" else "off"))
        self.listen("mode/set", self._be)
        self.listen("target/set", self._hear_target)

    def start(self) -> None:
        config: Config = {
            "name": None,
            "modes": list(self._MODES),
            "mode_command_topic": f"{self.base}/mode/set",
            "mode_state_topic": f"{self.base}/mode",
            "power_command_topic": f"{self.base}/power",
            "temperature_command_topic": f"{self.base}/target/set",
            "temperature_state_topic": f"{self.base}/target",
            "current_temperature_topic": f"{self.base}/measured",
            "min_temp": 35,
            "max_temp": 65,
            "precision": 1.0,
        }
        self.announce("water_heater", "boiler", config)
        self._tell()
        self.stage.every(11, self._drift)

    def _be(self, mode: str) -> None:
        if mode in self._MODES:
            self._mode = mode
            self._tell()

    def _hear_target(self, text: str) -> None:
        target = _number(text, 35, 65)
        if target is not None:
            self._target = target
            self._tell()

    def _drift(self) -> None:
        self._measured = _towards(self._measured, 25.0 if self._mode == "off" else self._target, 0.5)
        self._tell()

    def _tell(self) -> None:
        self.say("mode", self._mode)
        self.say("target", f"{self._target:.0f}")
        self.say("measured", f"{self._measured:.0f}")


class RangeHood(RadioThing):
    """A range hood with three speeds and a lamp."""

    def __init__(self, stage: Stage, identity: Identity, *, light_name: str) -> None:
        super().__init__(stage, identity, {"fan_state": "OFF", "fan_speed": 2, "light": "OFF"})
        self._light_name = light_name

    def start(self) -> None:
        config: Config = {
            "name": None,
            "command_topic": f"{self.base}/set",
            "command_template": '{"fan_state": "{{ value }}"}',
            "state_topic": self.base,
            "state_value_template": "{{ value_json.fan_state }}",
            "percentage_command_topic": f"{self.base}/set",
            "percentage_command_template": '{"fan_speed": {{ value }}}',
            "percentage_state_topic": self.base,
            "percentage_value_template": "{{ value_json.fan_speed if value_json.fan_state == 'ON' else 0 }}",
            "speed_range_min": 1,
            "speed_range_max": 3,
        }
        self.announce("fan", "fan", config)
        lamp: Config = {
            "name": self._light_name,
            "command_topic": f"{self.base}/set",
            "payload_on": '{"light": "ON"}',
            "payload_off": '{"light": "OFF"}',
            "state_topic": self.base,
            "state_value_template": '{"light": "{{ value_json.light }}"}',
        }
        self.announce("light", "lamp", lamp)
        self.be({})

    def set(self, asked: Config) -> None:
        if "fan_speed" in asked:
            asked = {"fan_state": "ON", **asked}
        super().set(asked)


class Circulator(Thing):
    """An air circulator: it swings, turns both ways and blows like the wind outside."""

    _PRESETS: Final = ("breeze", "natural", "turbo")

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity)
        self._values = {"state": "OFF", "percent": "40", "preset": "None", "swing": "still", "turn": "forward"}
        self._listen_for("state", ("ON", "OFF"))
        self._listen_for("percent", tuple(str(percent) for percent in range(101)))
        self._listen_for("preset", self._PRESETS)
        self._listen_for("swing", ("swing", "still"))
        self._listen_for("turn", ("forward", "reverse"))

    def start(self) -> None:
        config: Config = {
            "name": None,
            "cmd_t": "~/state/set",
            "stat_t": "~/state",
            "pct_cmd_t": "~/percent/set",
            "pct_stat_t": "~/percent",
            "pr_mode_cmd_t": "~/preset/set",
            "pr_mode_stat_t": "~/preset",
            "pr_modes": list(self._PRESETS),
            "osc_cmd_t": "~/swing/set",
            "osc_stat_t": "~/swing",
            "pl_osc_on": "swing",
            "pl_osc_off": "still",
            "dir_cmd_t": "~/turn/set",
            "dir_stat_t": "~/turn",
        }
        self.announce_briefly("fan", "fan", config)
        for key, value in self._values.items():
            self.say(key, value)

    def _listen_for(self, key: str, allowed: tuple[str, ...]) -> None:
        def hear(text: str) -> None:
            if text in allowed:
                self.stage.later(0.06, lambda: self._be(key, text))

        self.listen(f"{key}/set", hear)

    def _be(self, key: str, value: str) -> None:
        changed = {key: value}
        if key == "percent":
            changed |= {"state": "OFF" if value == "0" else "ON", "preset": "None"}
        elif key == "preset":
            changed["state"] = "ON"
        self._values |= changed
        for each, text in changed.items():
            self.say(each, text)


def _towards(value: float, goal: float, step: float) -> float:
    return max(goal, value - step) if goal < value else min(goal, value + step)


def _number(text: str, low: float, high: float) -> float | None:
    """Return the number that a text says, None when it is none or out of bounds."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if low <= number <= high else None
