"""A pretend switch of the ancestor's kind: it knows no discovery, only `regist`, `state` and `<host>/action`."""

from __future__ import annotations

from typing import Final

from intercom.devices.demo.stage import Stage
from intercom.devices.demo.thing import Identity, Thing


class WallSwitch(Thing):
    """A switch with one, two or four ways, which somebody also presses by hand now and then."""

    _INTRODUCES_ITSELF_EVERY_S: Final = 10.0
    _PRESSED_EVERY_S: Final = 180.0

    def __init__(self, stage: Stage, *, host: str, name: str, way: int) -> None:
        super().__init__(stage, Identity(key=host, name=name, area="", maker="", model=""))
        self._on = [False] * way
        stage.listen(f"{host}/action", self._hear)

    def start(self) -> None:
        self.stage.on_arrival(self._introduce)
        self.stage.every(self._INTRODUCES_ITSELF_EVERY_S, self._introduce)
        self.stage.every(self._PRESSED_EVERY_S, self._press)

    def _introduce(self) -> None:
        identity = self.identity
        said = {"device_host": identity.key, "device_name": identity.name, "device_way": len(self._on)}
        self.stage.say("regist", said, keep=False)
        self._tell()

    def all_off(self) -> None:
        self._on = [False] * len(self._on)
        self._tell()

    def _hear(self, text: str) -> None:
        if text in {str(number) for number in range(1, len(self._on) + 1)}:
            self.stage.later(0.08, lambda: self._toggle(int(text)))

    def _press(self) -> None:
        self._toggle(self.stage.random.randint(1, len(self._on)))

    def _toggle(self, number: int) -> None:
        self._on[number - 1] = not self._on[number - 1]
        self._tell()

    def _tell(self) -> None:
        digits = "".join("1" if on else "0" for on in self._on).ljust(4, "0")
        said = {"device_host": self.identity.key, "device_state": digits, "device_way": len(self._on)}
        self.stage.say("state", said, keep=False)
