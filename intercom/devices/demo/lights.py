"""Pretend lights, in the dialects of a Zigbee bridge, of small firmware and of hand-written templates."""

from __future__ import annotations

from typing import Any

from intercom.devices.demo.radio import RadioThing
from intercom.devices.demo.stage import Stage
from intercom.devices.demo.thing import Config, Identity, Thing


class JsonLight(RadioThing):
    """A light that takes and gives Home Assistant's JSON: brightness, white from warm to cold, and perhaps colour."""

    def __init__(
        self, stage: Stage, identity: Identity, *, effects: tuple[str, ...] = (), has_color: bool = False
    ) -> None:
        mode = "hs" if has_color else "color_temp"
        values: dict[str, Any] = {"state": "ON", "brightness": 180, "color_mode": mode, "color_temp": 320}
        if has_color:
            values["color"] = {"h": 28, "s": 72}
        if effects:
            values["effect"] = None
        super().__init__(stage, identity, values)
        self._effects = effects

    def start(self) -> None:
        config: Config = {
            "schema": "json",
            "name": None,
            "state_topic": self.base,
            "command_topic": f"{self.base}/set",
            "brightness": True,
            "brightness_scale": 254,
            "supported_color_modes": ["hs", "color_temp"] if "color" in self.values else ["color_temp"],
            "min_mireds": 153,
            "max_mireds": 370,
        }
        if self._effects:
            config |= {"effect": True, "effect_list": list(self._effects)}
        self.announce("light", "light", config)
        self.be({})

    def set(self, asked: Config) -> None:
        if "color" in asked or "color_temp" in asked:
            asked = {**asked, "color_mode": "hs" if "color" in asked else "color_temp"}
        super().set(asked)

    def be(self, changed: dict[str, Any]) -> None:
        if self._effects and "color_mode" in changed:
            changed = {"effect": None, **changed}  # a colour ends an effect
        super().be(changed)


class DimmerLight(Thing):
    """A dimmer with small firmware: abbreviated keys, and a topic for each thing that it can be told."""

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity)
        self._is_on = False
        self._dimmer = 40
        self.listen("POWER", self._hear_power)
        self.listen("Dimmer", self._hear_dimmer)

    def start(self) -> None:
        config: Config = {
            "name": None,
            "cmd_t": "~/POWER",
            "stat_t": "~/RESULT",
            "stat_val_tpl": "{{ value_json.POWER }}",
            "bri_cmd_t": "~/Dimmer",
            "bri_stat_t": "~/RESULT",
            "bri_val_tpl": "{{ value_json.Dimmer }}",
            "bri_scl": 100,
            "on_cmd_type": "brightness",
        }
        self.announce_briefly("light", "LI_1", config)
        self._tell()

    def turn(self, *, on: bool) -> None:
        self._is_on = on
        self._tell()

    def _hear_power(self, text: str) -> None:
        self.stage.later(0.05, lambda: self.turn(on=text == "ON"))

    def _hear_dimmer(self, text: str) -> None:
        if text.isdecimal():
            self._dimmer = min(100, int(text))
            self.stage.later(0.05, lambda: self.turn(on=self._dimmer > 0))

    def _tell(self) -> None:
        self.say("RESULT", {"POWER": "ON" if self._is_on else "OFF", "Dimmer": self._dimmer})


class TemplateLight(Thing):
    """A lamp whose maker wrote templates by hand: words separated by commas in both directions."""

    def __init__(self, stage: Stage, identity: Identity) -> None:
        super().__init__(stage, identity)
        self._is_on = False
        self._level = 128
        self.listen("do", self._hear)

    def start(self) -> None:
        config: Config = {
            "schema": "template",
            "name": None,
            "command_topic": f"{self.base}/do",
            "command_on_template": "on{% if brightness is defined %},{{ brightness }}{% endif %}",
            "command_off_template": "off",
            "state_topic": f"{self.base}/is",
            "state_template": "{{ value.split(',')[0] }}",
            "brightness_template": "{{ value.split(',')[1] }}",
        }
        self.announce("light", "lamp", config)
        self._tell()

    def turn(self, *, on: bool) -> None:
        self._is_on = on
        self._tell()

    def _hear(self, text: str) -> None:
        word, _, level = text.partition(",")
        if level.isdecimal():
            self._level = min(255, int(level))
        self.stage.later(0.08, lambda: self.turn(on=word == "on"))

    def _tell(self) -> None:
        self.say("is", f"{'on' if self._is_on else 'off'},{self._level}")


class SilentLight(Thing):
    """A light that takes commands and never answers: its radio lost the way back."""

    def start(self) -> None:
        config: Config = {"name": None, "command_topic": f"{self.base}/set", "state_topic": f"{self.base}/state"}
        self.announce("light", "light", config)
        self.say("state", "OFF")
