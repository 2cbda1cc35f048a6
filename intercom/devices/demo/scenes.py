"""A pretend panel of scenes and buttons for the whole home."""

from __future__ import annotations

from collections.abc import Callable

from intercom.devices.demo.stage import Stage
from intercom.devices.demo.thing import Identity, Thing


class SceneButtons(Thing):
    """A scene that turns everything off, and a button that rings the bell."""

    def __init__(
        self,
        stage: Stage,
        identity: Identity,
        *,
        names: dict[str, str],
        all_off: Callable[[], None],
        test: Callable[[], None],
    ) -> None:
        """`names` gives a name for "all_off" and "test"."""
        super().__init__(stage, identity)
        self._names = names
        self.listen("all_off", lambda _: all_off())
        self.listen("test", lambda _: test())

    def start(self) -> None:
        scene = {"name": self._names["all_off"], "command_topic": f"{self.base}/all_off", "payload_on": "ON"}
        self.announce("scene", "all_off", scene)
        self.announce("button", "test", {"name": self._names["test"], "command_topic": f"{self.base}/test"})
