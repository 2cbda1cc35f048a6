"""Fans and humidifiers."""

from __future__ import annotations

import math
from collections.abc import Iterable

from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import NONE, Common, Entity, number_in, unexpected
from intercom.devices.discovery.options import Options
from intercom.devices.discovery.scale import Scale
from intercom.devices.discovery.templates import Template
from intercom.home.capabilities import Direction, Fan, Humidifier
from intercom.home.commands import Command, SetFan, SetHumidifier, Turn
from intercom.home.errors import InvalidInputError

_HUMIDIFIER_ACTIONS = ("humidifying", "drying", "idle", "off")


class FanEntity(Entity):
    """The component `fan`."""

    __slots__ = (
        "_command_topic",
        "_no_preset",
        "_no_speed",
        "_off",
        "_on",
        "_oscillation_off",
        "_oscillation_on",
        "_speeds",
        "_targets",
        "_templates",
    )

    def __init__(self, options: Options, common: Common) -> None:
        self._command_topic = options.needed_target("command_topic")
        settables = ("percentage", "preset_mode", "oscillation", "direction")
        self._targets = {
            name: topic for name in settables if (topic := options.target(f"{name}_command_topic")) is not None
        }
        lowest, highest = options.whole_or("speed_range_min", 1), options.whole_or("speed_range_max", 100)
        if not 0 < lowest < highest:
            lowest, highest = 1, max(2, highest)
        self._speeds = Scale(lowest - 1, highest)
        state_topic = options.watched("state_topic")
        presets = options.texts("preset_modes") if "preset_mode" in self._targets else ()
        super().__init__(
            options,
            common,
            Fan(
                speeds=min(highest - lowest + 1, 100) if "percentage" in self._targets else 0,
                presets=presets,
                can_oscillate="oscillation" in self._targets,
                can_reverse="direction" in self._targets,
                **common.fields(is_assumed=options.flag("optimistic", default=False) or state_topic is None),
            ),
        )
        self._on = options.text_or("payload_on", "ON")
        self._off = options.text_or("payload_off", "OFF")
        self._oscillation_on = options.text_or("payload_oscillation_on", "oscillate_on")
        self._oscillation_off = options.text_or("payload_oscillation_off", "oscillate_off")
        self._no_speed = options.text_or("payload_reset_percentage", NONE)
        self._no_preset = options.text_or("payload_reset_preset_mode", NONE)
        self._templates: dict[str, Template | None] = {
            name: options.template(f"{name}_command_template") for name in settables
        }
        self._templates["state"] = options.template("command_template")
        self.watch(state_topic, options.template("state_value_template"), self._read_state)
        silent = set()
        for name, field, read in (
            ("percentage", "speed_pct", self._read_speed),
            ("preset_mode", "preset", self._read_preset),
            ("oscillation", "oscillating", self._read_oscillation),
            ("direction", "direction", self._read_direction),
        ):
            template = options.template(f"{name}_value_template")
            if not self.watch(options.watched(f"{name}_state_topic"), template, read):
                silent.add(field)
        self.silent = frozenset(silent)

    def obey(self, command: Command) -> Iterable[Publish]:
        if isinstance(command, Turn):
            yield self._turn(is_on=command.on)
            return
        assert isinstance(command, SetFan)
        if command.on is not None:
            yield self._turn(is_on=command.on)
            if not command.on:
                return
        if command.speed_pct is not None and (command.speed_pct or command.on is None):
            yield self._send("percentage", math.ceil(self._speeds.value(int(command.speed_pct))))
        if command.preset is not None:
            yield self._send("preset_mode", command.preset)
        if command.oscillating is not None:
            yield self._send("oscillation", self._oscillation_on if command.oscillating else self._oscillation_off)
        if command.direction is not None:
            yield self._send("direction", command.direction.value)

    def _turn(self, *, is_on: bool) -> Publish:
        return self.send(self._command_topic, self._templates["state"], self._on if is_on else self._off)

    def _send(self, name: str, value: object) -> Publish:
        return self.send(self._targets[name], self._templates[name], value)

    def _read_state(self, text: str) -> None:
        self.change_on(text, on=self._on, off=self._off)

    def _read_speed(self, text: str) -> None:
        if text == self._no_speed:
            self.change(speed_pct=None)
        elif text:
            percent = self._speeds.percent(int(number_in(text)))
            if not 0 <= percent <= 100:
                raise InvalidInputError(f"expected a speed up to {self._speeds.full:g}, got {text[:60]}")
            self.change(speed_pct=float(percent))

    def _read_preset(self, text: str) -> None:
        assert isinstance(self.capability, Fan)
        if text == self._no_preset:
            self.change(preset=None)
        elif text in self.capability.presets:
            self.change(preset=text)
        elif text:
            raise unexpected(text, self.capability.presets)

    def _read_oscillation(self, text: str) -> None:
        if text == self._oscillation_on:
            self.change(oscillating=True)
        elif text == self._oscillation_off:
            self.change(oscillating=False)
        elif text == NONE:
            self.change(oscillating=None)

    def _read_direction(self, text: str) -> None:
        if text in ("forward", "reverse"):
            self.change(direction=Direction(text))
        elif text == NONE:
            self.change(direction=None)
        elif text:
            raise InvalidInputError(f"expected 'forward' or 'reverse', got {text[:60]!r}")


class HumidifierEntity(Entity):
    """The component `humidifier`, which also stands for dehumidifiers."""

    __slots__ = ("_command_topic", "_no_humidity", "_no_mode", "_off", "_on", "_targets", "_templates")

    def __init__(self, options: Options, common: Common) -> None:
        self._command_topic = options.needed_target("command_topic")
        settables = ("target_humidity", "mode")
        self._targets = {
            name: topic for name in settables if (topic := options.target(f"{name}_command_topic")) is not None
        }
        state_topic = options.watched("state_topic")
        super().__init__(
            options,
            common,
            Humidifier(
                dries=options.text("device_class") == "dehumidifier",
                modes=options.texts("modes") if "mode" in self._targets else (),
                has_target="target_humidity" in self._targets,
                min_pct=options.number_or("min_humidity", 0.0),
                max_pct=options.number_or("max_humidity", 100.0),
                **common.fields(is_assumed=options.flag("optimistic", default=False) or state_topic is None),
            ),
        )
        self._on = options.text_or("payload_on", "ON")
        self._off = options.text_or("payload_off", "OFF")
        self._no_humidity = options.text_or("payload_reset_humidity", NONE)
        self._no_mode = options.text_or("payload_reset_mode", NONE)
        self._templates: dict[str, Template | None] = {
            name: options.template(f"{name}_command_template") for name in settables
        }
        self._templates["state"] = options.template("command_template")
        self.watch(state_topic, options.template("state_value_template"), self._read_state)
        self.watch(options.watched("action_topic"), options.template("action_template"), self._read_action)
        current = options.template("current_humidity_template")
        self.watch(options.watched("current_humidity_topic"), current, self._read_current)
        silent = set()
        for name, field, read in (
            ("target_humidity", "target_pct", self._read_target),
            ("mode", "mode", self._read_mode),
        ):
            template = options.template(f"{name}_state_template")
            if not self.watch(options.watched(f"{name}_state_topic"), template, read):
                silent.add(field)
        self.silent = frozenset(silent)

    def obey(self, command: Command) -> Iterable[Publish]:
        if isinstance(command, Turn):
            value = self._on if command.on else self._off
            yield self.send(self._command_topic, self._templates["state"], value)
            return
        assert isinstance(command, SetHumidifier)
        if command.target_pct is not None:
            yield self._send("target_humidity", int(command.target_pct))
        if command.mode is not None:
            yield self._send("mode", command.mode)

    def _send(self, name: str, value: object) -> Publish:
        return self.send(self._targets[name], self._templates[name], value)

    def _read_state(self, text: str) -> None:
        self.change_on(text, on=self._on, off=self._off)

    def _read_action(self, text: str) -> None:
        if text in ("", NONE):
            return
        if text not in _HUMIDIFIER_ACTIONS:
            raise unexpected(text, _HUMIDIFIER_ACTIONS)
        self.change(action=text)

    def _read_current(self, text: str) -> None:
        self._read_percent("current_pct", text, 0.0, 100.0)

    def _read_target(self, text: str) -> None:
        assert isinstance(self.capability, Humidifier)
        self._read_percent("target_pct", text, self.capability.min_pct, self.capability.max_pct)

    def _read_percent(self, field: str, text: str, low: float, high: float) -> None:
        if text == self._no_humidity:
            self.change(**{field: None})
        elif text:
            value = float(round(number_in(text)))
            if not low <= value <= high:
                raise InvalidInputError(f"expected a humidity from {low:g} to {high:g}, got {text[:60]}")
            self.change(**{field: value})

    def _read_mode(self, text: str) -> None:
        assert isinstance(self.capability, Humidifier)
        if text == self._no_mode:
            self.change(mode=None)
        elif text in self.capability.modes:
            self.change(mode=text)
        elif text:
            raise unexpected(text, self.capability.modes)
