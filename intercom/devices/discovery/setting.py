"""What is set by hand: numbers, choices, texts, buttons, scenes, and what takes a message."""

from __future__ import annotations

from collections.abc import Iterable

from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import NONE, Common, Entity, number_in, unexpected
from intercom.devices.discovery.options import Options
from intercom.devices.discovery.patterns import usable_pattern
from intercom.devices.discovery.templates import Template
from intercom.home.capabilities import (
    Button,
    Capability,
    InfraredEmitter,
    Notify,
    Number,
    NumberState,
    Scene,
    Select,
    SelectState,
    Text,
    TextState,
)
from intercom.home.commands import Command, Press, SelectOption, SendMessage, SetNumber, SetText
from intercom.home.errors import InvalidInputError

_MAX_STATE = 255


class _Setting(Entity):
    """What has one topic for commands and one for its state."""

    __slots__ = ("_command_template", "_command_topic")

    def __init__(self, options: Options, common: Common, capability: Capability) -> None:
        self._command_topic = options.needed_target("command_topic")
        self._command_template: Template | None = options.template("command_template")
        super().__init__(options, common, capability)

    def _say(self, value: object) -> Iterable[Publish]:
        yield self.send(self._command_topic, self._command_template, value)


def _is_assumed(options: Options) -> bool:
    return options.flag("optimistic", default=False) or "state_topic" not in options


class NumberEntity(_Setting):
    """The component `number`."""

    __slots__ = ("_reset",)

    def __init__(self, options: Options, common: Common) -> None:
        low, high = sorted((options.number_or("min", 1.0), options.number_or("max", 100.0)))
        super().__init__(
            options,
            common,
            Number(
                device_class=options.word("device_class"),
                unit=options.word("unit_of_measurement"),
                min_value=low,
                max_value=high,
                step=max(0.001, options.number_or("step", 1.0)),
                **common.fields(is_assumed=_is_assumed(options)),
            ),
        )
        self._reset = options.text_or("payload_reset", NONE)
        self.watch(options.watched("state_topic"), options.template("value_template"), self._read)

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, SetNumber)
        value = float(command.value)
        return self._say(int(value) if value.is_integer() else value)

    def _read(self, text: str) -> None:
        assert isinstance(self.capability, Number)
        if text == self._reset:
            self.state = NumberState()
        elif text.strip():
            value = number_in(text)
            low, high = self.capability.min_value, self.capability.max_value
            if not low <= value <= high:
                raise InvalidInputError(f"expected a number from {low:g} to {high:g}, got {value:g}")
            self.state = NumberState(value=value)


class SelectEntity(_Setting):
    """The component `select`."""

    __slots__ = ()

    def __init__(self, options: Options, common: Common) -> None:
        if not options.names("options"):
            raise options.missing("'options'")
        super().__init__(
            options,
            common,
            Select(options=options.texts("options"), **common.fields(is_assumed=_is_assumed(options))),
        )
        self.watch(options.watched("state_topic"), options.template("value_template"), self._read)

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, SelectOption)
        return self._say(command.option)

    def _read(self, text: str) -> None:
        assert isinstance(self.capability, Select)
        if text in self.capability.options:
            self.state = SelectState(option=text)
        elif text.lower() == "none":
            self.state = SelectState()
        elif text.strip():
            raise unexpected(text, self.capability.options)


class TextEntity(_Setting):
    """The component `text`."""

    __slots__ = ()

    def __init__(self, options: Options, common: Common) -> None:
        longest = min(_MAX_STATE, max(0, options.whole_or("max", _MAX_STATE)))
        super().__init__(
            options,
            common,
            Text(
                min_length=min(longest, max(0, options.whole_or("min", 0))),
                max_length=longest,
                pattern=usable_pattern(options.text("pattern"), longest, None),
                is_secret=options.text("mode") == "password",
                **common.fields(is_assumed=_is_assumed(options)),
            ),
        )
        self.watch(options.watched("state_topic"), options.template("value_template"), self._read)

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, SetText)
        return self._say(command.text)

    def _read(self, text: str) -> None:
        if len(text) > _MAX_STATE:
            raise InvalidInputError(f"expected at most {_MAX_STATE} characters, got {len(text)}")
        self.state = TextState(text=None if text == NONE else text)


class ButtonEntity(_Setting):
    """The component `button`."""

    __slots__ = ("_payload",)

    def __init__(self, options: Options, common: Common) -> None:
        super().__init__(options, common, Button(device_class=options.word("device_class"), **common.fields()))
        self._payload = options.text_or("payload_press", "PRESS")

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, Press)
        return self._say(self._payload)


class SceneEntity(_Setting):
    """The component `scene`."""

    __slots__ = ("_payload",)

    def __init__(self, options: Options, common: Common) -> None:
        super().__init__(options, common, Scene(**common.fields()))
        self._payload = options.text_or("payload_on", "ON")

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, Press)
        return self._say(self._payload)


class MessageEntity(_Setting):
    """The component `notify`, and an infrared emitter: what takes any text and says nothing back."""

    __slots__ = ()

    def obey(self, command: Command) -> Iterable[Publish]:
        assert isinstance(command, SendMessage)
        return self._say(command.message)


def notify(options: Options, common: Common) -> MessageEntity:
    return MessageEntity(options, common, Notify(**common.fields()))


def infrared_emitter(options: Options, common: Common) -> MessageEntity:
    return MessageEntity(options, common, InfraredEmitter(**common.fields()))
