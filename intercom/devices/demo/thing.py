"""What all pretend things have in common: who they are, how they announce themselves, and the topics below theirs."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from intercom.devices.demo.stage import Payload, Stage

STATUS_TOPIC: Final = "pretend/status"
"""Says `online` while the demo runs, and `offline`, by the broker's word, once it does not."""
ORIGIN: Final[dict[str, Any]] = {"name": "Pretend home", "sw_version": "1.0"}

Config = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a thing is.

    Attributes:
        key: the same in every language; stands in topics.
    """

    key: str
    name: str
    area: str
    maker: str
    model: str
    firmware: str = "1.0.0"


class Thing(ABC):
    """One pretend device.

    Attributes:
        base: the topic below which it speaks and listens.
    """

    def __init__(self, stage: Stage, identity: Identity) -> None:
        self.stage = stage
        self.identity = identity
        self.base = f"pretend/{identity.key}"

    @abstractmethod
    def start(self) -> None:
        """Announce itself, say how it is, and begin to live."""

    def say(self, below: str, payload: Payload, *, keep: bool = True) -> None:
        """Speak on a topic of its own; `below` is empty for the base itself."""
        self.stage.say(f"{self.base}/{below}" if below else self.base, payload, keep=keep)

    def listen(self, below: str, heard: Callable[[str], None]) -> None:
        """Listen on a topic of its own."""
        self.stage.listen(f"{self.base}/{below}", heard)

    def listen_for_json(self, below: str, heard: Callable[[Config], None]) -> None:
        """Listen for JSON objects on a topic of its own; anything else is ignored."""

        def hear(text: str) -> None:
            try:
                asked = json.loads(text)
            except (ValueError, RecursionError):
                return
            if isinstance(asked, dict):
                heard(asked)

        self.listen(below, hear)

    def announce(self, component: str, object_id: str, config: Config, *, availability: Config | None = None) -> None:
        """Announce one component of this device, as most programs do: a message for each."""
        identity = self.identity
        self.stage.say(
            f"homeassistant/{component}/{identity.key}/{object_id}/config",
            {
                "availability": [{"topic": STATUS_TOPIC}, *([availability] if availability else [])],
                "availability_mode": "all",
                "device": {
                    "identifiers": [f"pretend_{identity.key}"],
                    "name": identity.name,
                    "manufacturer": identity.maker,
                    "model": identity.model,
                    "sw_version": identity.firmware,
                    "suggested_area": identity.area,
                },
                "origin": ORIGIN,
                "unique_id": f"pretend_{identity.key}_{object_id}",
                **config,
            },
        )

    def announce_briefly(self, component: str, object_id: str, config: Config) -> None:
        """Announce one component with abbreviated keys and `~` for the base, as small firmware does."""
        identity = self.identity
        self.stage.say(
            f"homeassistant/{component}/{identity.key}_{object_id}/config",
            {
                "~": self.base,
                "avty_t": STATUS_TOPIC,
                "dev": {
                    "ids": f"pretend_{identity.key}",
                    "name": identity.name,
                    "mf": identity.maker,
                    "mdl": identity.model,
                    "sw": identity.firmware,
                    "sa": identity.area,
                },
                "uniq_id": f"pretend_{identity.key}_{object_id}",
                **config,
            },
        )

    def announce_whole(self, components: dict[str, Config]) -> None:
        """Announce the whole device in one message; each component names its platform in `p`."""
        identity = self.identity
        self.stage.say(
            f"homeassistant/device/{identity.key}/config",
            {
                "~": self.base,
                "dev": {
                    "ids": [f"pretend_{identity.key}"],
                    "name": identity.name,
                    "mf": identity.maker,
                    "mdl": identity.model,
                    "sw": identity.firmware,
                    "sa": identity.area,
                },
                "o": {"name": ORIGIN["name"], "sw": ORIGIN["sw_version"]},
                "avty": {"t": STATUS_TOPIC},
                "cmps": {
                    object_id: {"uniq_id": f"pretend_{identity.key}_{object_id}", **config}
                    for object_id, config in components.items()
                },
            },
        )
