"""Pretend things that move: curtain, blind, gas valve, lock, and the robots for floor and lawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from intercom.devices.demo.radio import RadioThing
from intercom.devices.demo.stage import Cue, Stage
from intercom.devices.demo.thing import Config, Identity, Thing


class Travel:
    """A motor that goes from 0 to 100 % in its own time and says where it is.

    Attributes:
        position: in percent.
        direction: 1 while it opens, -1 while it closes, 0 at rest.
    """

    _STEP_S: Final = 0.5

    def __init__(self, stage: Stage, *, position: float, whole_way_s: float, tell: Callable[[], None]) -> None:
        self.position = position
        self.direction = 0
        self._stage = stage
        self._step = 100 * self._STEP_S / whole_way_s
        self._tell = tell
        self._target = position
        self._cue: Cue | None = None

    def go(self, target: float) -> None:
        """Set out for a position, from wherever it is."""
        self._target = min(100.0, max(0.0, target))
        self._head()
        if self._cue is None and self.direction:
            self._cue = self._stage.later(self._STEP_S, self._move)
        self._tell()

    def stop(self) -> None:
        self.go(self.position)

    def _move(self) -> None:
        self._cue = None
        left = self._target - self.position
        self.position = self._target if abs(left) <= self._step else self.position + self._step * self.direction
        self._head()
        if self.direction:
            self._cue = self._stage.later(self._STEP_S, self._move)
        self._tell()

    def _head(self) -> None:
        self.direction = (self._target > self.position) - (self._target < self.position)

    def word(self) -> str:
        """What it does, in Home Assistant's words."""
        if self.direction:
            return "opening" if self.direction > 0 else "closing"
        return "open" if self.position > 0 else "closed"


class Curtain(RadioThing):
    """A curtain motor on the radio: position and state in one JSON object."""

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity, {"state": "open", "position": 100})
        self._travel = Travel(stage, position=100, whole_way_s=12, tell=self._tell)
        self.listen("set/state", self._hear_word)

    def start(self) -> None:
        config: Config = {
            "name": None,
            "device_class": "curtain",
            "command_topic": f"{self.base}/set/state",
            "state_topic": self.base,
            "value_template": "{{ value_json.state }}",
            "position_topic": self.base,
            "position_template": "{{ value_json.position }}",
            "set_position_topic": f"{self.base}/set",
            "set_position_template": '{ "position": {{ position }} }',
        }
        self.announce("cover", "cover", config)
        self._tell()

    def set(self, asked: Config) -> None:
        position = asked.get("position")
        if isinstance(position, int | float):
            self._travel.go(position)

    def _hear_word(self, text: str) -> None:
        if text == "STOP":
            self._travel.stop()
        elif text in ("OPEN", "CLOSE"):
            self._travel.go(100 if text == "OPEN" else 0)

    def _tell(self) -> None:
        self.be({"state": self._travel.word(), "position": round(self._travel.position)})


class Blind(Thing):
    """A blind with slats: announced whole, one plain topic for each value."""

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity)
        self._travel = Travel(stage, position=0, whole_way_s=20, tell=self._tell)
        self._slats = Travel(stage, position=30, whole_way_s=3, tell=self._tell)
        self.listen("do", self._hear_word)
        self.listen("position/set", lambda text: self._hear_number(self._travel, text))
        self.listen("tilt/set", lambda text: self._hear_number(self._slats, text))

    def start(self) -> None:
        cover: Config = {
            "p": "cover",
            "name": None,
            "dev_cla": "blind",
            "cmd_t": "~/do",
            "stat_t": "~/state",
            "pos_t": "~/position",
            "set_pos_t": "~/position/set",
            "tilt_cmd_t": "~/tilt/set",
            "tilt_status_t": "~/tilt",
        }
        self.announce_whole({"blind": cover})
        self._tell()

    def _hear_word(self, text: str) -> None:
        if text == "STOP":
            self._travel.stop()
            self._slats.stop()
        elif text in ("OPEN", "CLOSE"):
            self._travel.go(100 if text == "OPEN" else 0)

    def _hear_number(self, travel: Travel, text: str) -> None:
        if text.isdecimal():
            travel.go(int(text))

    def _tell(self) -> None:
        self.say("position", str(round(self._travel.position)))
        self.say("tilt", str(round(self._slats.position)))
        self.say("state", self._travel.word())


class GasValve(Thing):
    """A gas valve that can only be shut from afar; somebody in the kitchen opens it again by hand."""

    _CLOSES_IN_S: Final = 2.0
    _OPENED_BY_HAND_AFTER_S: Final = 90.0

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity)
        self._state = "open"
        self.listen("do", self._hear)

    def start(self) -> None:
        config: Config = {
            "name": None,
            "device_class": "gas",
            "command_topic": f"{self.base}/do",
            "state_topic": f"{self.base}/state",
            "payload_open": None,
            "payload_close": "CLOSE",
        }
        self.announce("valve", "gas", config)
        self._be("open")

    def _hear(self, text: str) -> None:
        if text == "CLOSE" and self._state == "open":
            self._be("closing")
            self.stage.later(self._CLOSES_IN_S, lambda: self._be("closed"))
            self.stage.later(self._OPENED_BY_HAND_AFTER_S, lambda: self._be("open"))

    def _be(self, state: str) -> None:
        self._state = state
        self.say("state", state)


class DoorLock(RadioThing):
    """A door lock with its battery and door contact; it locks itself a while after it was unlocked."""

    _TURNS_IN_S: Final = 1.2
    _LOCKS_ITSELF_AFTER_S: Final = 25.0

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity, {"lock": "LOCKED", "contact": True, "battery": 78})
        self._cue: Cue | None = None
        self.listen("lock", self._hear)

    def start(self) -> None:
        config: Config = {
            "name": None,
            "command_topic": f"{self.base}/lock",
            "state_topic": self.base,
            "value_template": "{{ value_json.lock }}",
            "payload_open": "OPEN",
        }
        self.announce("lock", "lock", config)
        contact: Config = {"device_class": "door", "payload_on": False, "payload_off": True}
        self.announce_value("binary_sensor", "contact", contact)
        battery: Config = {"device_class": "battery", "unit_of_measurement": "%", "entity_category": "diagnostic"}
        self.announce_value("sensor", "battery", battery)
        self.be({})

    def set(self, asked: Config) -> None:
        """Nothing of it is set through JSON."""

    def _hear(self, text: str) -> None:
        turning = {"LOCK": ("LOCKING", "LOCKED"), "UNLOCK": ("UNLOCKING", "UNLOCKED"), "OPEN": ("OPENING", "OPEN")}
        if text in turning:
            if self._cue is not None:
                self._cue.cancel()
            now, then = turning[text]
            self.be({"lock": now})
            self._cue = self.stage.later(self._TURNS_IN_S, lambda: self._arrive(then))

    def _arrive(self, state: str) -> None:
        self.be({"lock": state, "contact": state != "OPEN"})
        if state != "LOCKED":
            self._cue = self.stage.later(self._LOCKS_ITSELF_AFTER_S, lambda: self._hear("LOCK"))


class VacuumRobot(Thing):
    """A vacuum robot: it cleans until its battery asks for the dock."""

    _SPEEDS: Final = ("quiet", "standard", "turbo")
    _HOME_IN_S: Final = 8.0

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity)
        self._state = "docked"
        self._speed = "standard"
        self._battery = 96
        self._cue: Cue | None = None
        self.listen("do", self._hear)
        self.listen("speed", self._hear_speed)

    def start(self) -> None:
        config: Config = {
            "name": None,
            "command_topic": f"{self.base}/do",
            "state_topic": f"{self.base}/state",
            "set_fan_speed_topic": f"{self.base}/speed",
            "fan_speed_list": list(self._SPEEDS),
            "send_command_topic": f"{self.base}/order",
            "supported_features": [
                "start",
                "stop",
                "pause",
                "return_home",
                "fan_speed",
                "locate",
                "clean_spot",
                "status",
                "send_command",
            ],
        }
        self.announce("vacuum", "robot", config)
        battery: Config = {
            "device_class": "battery",
            "unit_of_measurement": "%",
            "state_topic": f"{self.base}/state",
            "value_template": "{{ value_json.battery_level }}",
            "entity_category": "diagnostic",
        }
        self.announce("sensor", "battery", battery)
        self._tell()
        self.stage.every(15, self._spend)

    def _hear(self, text: str) -> None:
        becomes = {"start": "cleaning", "clean_spot": "cleaning", "pause": "paused", "stop": "idle"}
        if text == "return_to_base" and self._state != "docked":
            self._be("returning")
            self._cue = self.stage.later(self._HOME_IN_S, lambda: self._be("docked"))
        elif text in becomes:
            self._be(becomes[text])

    def _hear_speed(self, text: str) -> None:
        if text in self._SPEEDS:
            self._speed = text
            self._tell()

    def _spend(self) -> None:
        change = {"cleaning": -1, "returning": -1, "docked": 2}.get(self._state, 0)
        battery = min(100, max(5, self._battery + change))
        if battery != self._battery:
            self._battery = battery
            self._tell()
        if battery <= 20 and self._state == "cleaning":
            self._hear("return_to_base")

    def _be(self, state: str) -> None:
        if self._cue is not None:
            self._cue.cancel()
        self._state = state
        self._tell()

    def _tell(self) -> None:
        self.say("state", {"state": self._state, "battery_level": self._battery, "fan_speed": self._speed})


class LawnMower(Thing):
    """A robot for the lawn, with a topic for each thing that it can be told."""

    _HOME_IN_S: Final = 10.0

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity)
        self._cue: Cue | None = None
        self.listen("do", self._hear)

    def start(self) -> None:
        config: Config = {
            "name": None,
            "act_stat_t": "~/activity",
            "strt_mw_cmd_t": "~/do",
            "strt_mw_cmd_tpl": "mow",
            "pause_cmd_t": "~/do",
            "pause_mw_cmd_tpl": "wait",
            "dock_cmd_t": "~/do",
            "dock_cmd_tpl": "home",
        }
        self.announce_briefly("lawn_mower", "mower", config)
        self._be("docked")

    def _hear(self, text: str) -> None:
        if text == "home":
            self._be("returning")
            self._cue = self.stage.later(self._HOME_IN_S, lambda: self._be("docked"))
        elif text in ("mow", "wait"):
            self._be("mowing" if text == "mow" else "paused")

    def _be(self, activity: str) -> None:
        if self._cue is not None:
            self._cue.cancel()
        self.say("activity", activity)
