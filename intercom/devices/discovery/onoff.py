"""Switches and sirens: on or off."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import NONE, Common, Entity
from intercom.devices.discovery.message import NOT_JSON, decode_json
from intercom.devices.discovery.options import Options
from intercom.home.capabilities import Siren, SirenState, Switch, SwitchState
from intercom.home.commands import Command, SoundSiren, Turn
from intercom.home.errors import InvalidInputError


class SwitchEntity(Entity):
    """The component `switch`."""

    __slots__ = ("_command_template", "_command_topic", "_off", "_on", "_states")

    def __init__(self, options: Options, common: Common) -> None:
        self._command_topic = options.needed_target("command_topic")
        state_topic = options.watched("state_topic")
        is_assumed = options.flag("optimistic", default=False) or state_topic is None
        super().__init__(
            options,
            common,
            Switch(device_class=options.word("device_class"), **common.fields(is_assumed=is_assumed)),
        )
        self._on = options.text_or("payload_on", "ON")
        self._off = options.text_or("payload_off", "OFF")
        self._states: dict[str, SwitchState] = {
            options.text("state_on") or self._on: _ON,
            options.text("state_off") or self._off: _OFF,
            NONE: _UNKNOWN_STATE,
        }
        self._command_template = options.template("command_template")
        self.watch(state_topic, options.template("value_template"), self._read_state)

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, Turn)
        yield self.send(self._command_topic, self._command_template, self._on if command.on else self._off)

    def _read_state(self, text: str) -> None:
        state = self._states.get(text)
        if state is not None:
            self.state = state


_ON = SwitchState(on=True)
_OFF = SwitchState(on=False)
_UNKNOWN_STATE = SwitchState()


class SirenEntity(Entity):
    """The component `siren`."""

    __slots__ = ("_command_topic", "_off", "_off_template", "_on", "_on_template", "_state_off", "_state_on")

    def __init__(self, options: Options, common: Common) -> None:
        self._command_topic = options.needed_target("command_topic")
        state_topic = options.watched("state_topic")
        is_assumed = options.flag("optimistic", default=False) or state_topic is None
        super().__init__(
            options,
            common,
            Siren(
                tones=options.texts("available_tones"),
                has_volume=options.flag("support_volume_set", default=True),
                has_duration=options.flag("support_duration", default=True),
                **common.fields(is_assumed=is_assumed),
            ),
        )
        self._on = options.text_or("payload_on", "ON")
        self._off = options.text_or("payload_off", "OFF")
        self._state_on = options.text("state_on") or self._on
        self._state_off = options.text("state_off") or self._off
        self._on_template = options.template("command_template")
        self._off_template = options.template("command_off_template") or self._on_template
        self.watch(state_topic, options.template("state_value_template"), self._read_state)

    def obey(self, command: Command) -> Iterable[Publish]:
        variables: dict[str, object] = {}
        is_on = True
        if isinstance(command, Turn):
            is_on = command.on
        elif isinstance(command, SoundSiren):
            if command.tone is not None:
                variables["tone"] = command.tone
            if command.duration_s is not None:
                variables["duration"] = command.duration_s
            if command.volume_pct is not None:
                variables["volume_level"] = command.volume_pct / 100
        value = self._on if is_on else self._off
        template = self._on_template if is_on else self._off_template
        variables = {"state": value, **variables}
        if template is None:
            yield self.wire.publish(self._command_topic, msgspec.json.encode(variables).decode())
            return
        message = self.send(self._command_topic, template, value, variables)
        if message.payload and message.payload != NONE:
            yield message

    def _read_state(self, text: str) -> None:
        if text in ("", "{}"):
            return
        if text not in (self._state_on, self._state_off, NONE):
            said = decode_json(text)
            if said is NOT_JSON or not isinstance(said, dict):
                raise InvalidInputError(
                    f"expected {self._state_on!r}, {self._state_off!r} or an object, got {text[:60]!r}"
                )
            if "state" not in said:
                return
            text = said["state"]
        if text == self._state_on:
            self.state = SirenState(on=True)
        elif text == self._state_off:
            self.state = SirenState(on=False)
        elif text == NONE:
            self.state = SirenState()
