"""What pretend devices behind a Zigbee bridge have in common."""

from __future__ import annotations

from typing import Any, Final

from intercom.devices.demo.stage import Stage
from intercom.devices.demo.thing import Config, Identity, Thing

RADIO_S: Final = (0.04, 0.15)
"""How long a device on the radio takes to obey and say so."""


class RadioThing(Thing):
    """A device behind a Zigbee bridge: all its values in one JSON object, asked for by JSON on `set`.

    Attributes:
        values: what it says of itself.
    """

    def __init__(self, stage: Stage, identity: Identity, values: dict[str, Any]) -> None:
        super().__init__(stage, identity)
        self.values = values
        self.listen_for_json("set", self.set)

    def set(self, asked: Config) -> None:
        """Take over what is asked of the known values, if it is of their kind, after the radio's delay."""
        known = {key: value for key, value in asked.items() if key in self.values and _fits(self.values[key], value)}
        self.stage.later(self.stage.random.uniform(*RADIO_S), lambda: self.be(known))

    def be(self, changed: dict[str, Any]) -> None:
        """Change, and say so."""
        self.values.update(changed)
        self.say("", self.values)

    def announce_value(self, component: str, key: str, config: Config) -> None:
        """Announce a component that reads one of the values, and sets it if it is one to set."""
        topics: Config = {"state_topic": self.base, "value_template": f'{{{{ value_json["{key}"] }}}}'}
        if component in ("switch", "number", "select", "text"):
            topics["command_topic"] = f"{self.base}/set"
            topics["command_template"] = f'{{"{key}": {{{{ value | tojson }}}}}}'
        self.announce(component, key, topics | config)


def _fits(known: object, asked: object) -> bool:
    """Tell whether a value may stand where `known` does."""
    if known is None or asked is None:
        return known is None
    return _kind(known) is _kind(asked)


def _kind(value: object) -> type:
    return float if type(value) is int else type(value)
