"""Pretend things that guard: alarm, siren, door station, motion detector."""

from __future__ import annotations

from typing import Final

from intercom.devices.demo.picture import door_picture
from intercom.devices.demo.radio import RadioThing
from intercom.devices.demo.stage import Cue, Stage
from intercom.devices.demo.thing import Config, Identity, Thing


class AlarmPanel(Thing):
    """An alarm panel with a code, which it shows, because this is a demo."""

    CODE: Final = "1234"
    _ARMS_IN_S: Final = 8.0
    _ARMED: Final = {"ARM_HOME": "armed_home", "ARM_AWAY": "armed_away", "ARM_NIGHT": "armed_night"}

    def __init__(self, stage: Stage, identity: Identity, *, code_name: str) -> None:
        super().__init__(stage, identity)
        self._code_name = code_name
        self._cue: Cue | None = None
        self.listen_for_json("do", self._hear)

    def start(self) -> None:
        config: Config = {
            "name": None,
            "command_topic": f"{self.base}/do",
            "command_template": '{"action": "{{ action }}", "code": "{{ code }}"}',
            "state_topic": f"{self.base}/state",
            "code": "REMOTE_CODE",
            "code_arm_required": False,
            "code_disarm_required": True,
            "code_trigger_required": False,
            "supported_features": ["arm_home", "arm_away", "arm_night", "trigger"],
        }
        self.announce("alarm_control_panel", "alarm", config)
        code: Config = {"name": self._code_name, "state_topic": f"{self.base}/code", "entity_category": "diagnostic"}
        self.announce("sensor", "code", code)
        self.say("code", self.CODE)
        self._be("disarmed")

    def _hear(self, asked: Config) -> None:
        action = asked.get("action")
        if action == "DISARM" and asked.get("code") == self.CODE:
            self._be("disarmed")
        elif action == "TRIGGER":
            self._be("triggered")
        elif action in self._ARMED:
            self._be("arming")
            self._cue = self.stage.later(self._ARMS_IN_S, lambda: self._be(self._ARMED[action]))

    def _be(self, state: str) -> None:
        if self._cue is not None:
            self._cue.cancel()
            self._cue = None
        self.say("state", state)


class SirenHorn(Thing):
    """A siren with tones, volume and an end of its own."""

    _LONGEST_S: Final = 30

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity)
        self._cue: Cue | None = None
        self.listen_for_json("do", self._hear)

    def start(self) -> None:
        config: Config = {
            "name": None,
            "command_topic": f"{self.base}/do",
            "state_topic": f"{self.base}/state",
            "available_tones": ["burglar", "fire", "chime"],
            "support_duration": True,
            "support_volume_set": True,
        }
        self.announce("siren", "siren", config)
        self._be("OFF")

    def _hear(self, asked: Config) -> None:
        if self._cue is not None:
            self._cue.cancel()
        state = "ON" if asked.get("state") == "ON" else "OFF"
        self._be(state)
        if state == "ON":
            duration = asked.get("duration")
            lasts_s = min(self._LONGEST_S, duration) if isinstance(duration, int | float) else self._LONGEST_S
            self._cue = self.stage.later(lasts_s, lambda: self._be("OFF"))

    def _be(self, state: str) -> None:
        self.say("state", state)


class DoorStation(Thing):
    """A door station: a bell that rings now and then, and a picture of who stands there."""

    FIRST_RING_S: Final = 40.0
    _RINGS_EVERY_S: Final = 600.0
    _STAYS_S: Final = 20.0

    def __init__(self, stage: Stage, identity: Identity, *, names: dict[str, str], start_hour: float) -> None:
        """`names` gives a name for "bell" and "picture"; `start_hour` is the hour of day at which the play begins."""
        super().__init__(stage, identity)
        self._names = names
        self._start_hour = start_hour

    def start(self) -> None:
        bell: Config = {
            "name": self._names["bell"],
            "device_class": "doorbell",
            "event_types": ["ring"],
            "state_topic": f"{self.base}/bell",
        }
        self.announce("event", "bell", bell)
        picture: Config = {
            "name": self._names["picture"],
            "image_topic": f"{self.base}/picture",
            "content_type": "image/png",
        }
        self.announce("image", "picture", picture)
        self._look(has_visitor=False)
        self.stage.later(self.FIRST_RING_S, self.ring)
        self.stage.later(self.FIRST_RING_S, lambda: self.stage.every(self._RINGS_EVERY_S, self.ring))

    def ring(self) -> None:
        self._look(has_visitor=True)
        self.say("bell", {"event_type": "ring"}, keep=False)
        self.stage.later(self._STAYS_S, lambda: self._look(has_visitor=False))

    def _look(self, *, has_visitor: bool) -> None:
        hour = (self._start_hour + self.stage.now_s / 3600) % 24
        self.say("picture", door_picture(hour=hour, has_visitor=has_visitor))


class MotionDetector(RadioThing):
    """A motion detector that somebody passes now and then."""

    _PASSES_EVERY_S: Final = 50.0
    _STAYS_S: Final = 12.0

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity, {"occupancy": False, "illuminance": 140, "battery": 64})

    def start(self) -> None:
        motion: Config = {"name": None, "device_class": "motion", "payload_on": True, "payload_off": False}
        self.announce_value("binary_sensor", "occupancy", motion)
        light: Config = {"device_class": "illuminance", "unit_of_measurement": "lx", "state_class": "measurement"}
        self.announce_value("sensor", "illuminance", light)
        battery: Config = {"device_class": "battery", "unit_of_measurement": "%", "entity_category": "diagnostic"}
        self.announce_value("sensor", "battery", battery)
        self.be({})
        self.stage.every(self._PASSES_EVERY_S, self._pass)

    def _pass(self) -> None:
        self.be({"occupancy": True, "illuminance": self.stage.random.randint(90, 220)})
        self.stage.later(self._STAYS_S, lambda: self.be({"occupancy": False}))
