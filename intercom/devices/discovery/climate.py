"""Thermostats, air conditioners and water heaters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import NONE, Common, Entity, number_or_none, unexpected
from intercom.devices.discovery.options import Options
from intercom.devices.discovery.templates import Template
from intercom.home.capabilities import Climate, WaterHeater
from intercom.home.commands import Command, SetClimate, SetWaterHeater, Turn

_ACTIONS = ("cooling", "defrosting", "drying", "fan", "heating", "idle", "off", "preheating")
_MODES = ("auto", "off", "cool", "heat", "dry", "fan_only")
_HEATER_MODES = ("eco", "electric", "gas", "heat_pump", "high_demand", "performance", "off")
_FAN_MODES = ("auto", "low", "medium", "high")
_SWING_MODES = ("on", "off")
_OFF = "off"


class _Heated(Entity):
    """What thermostats and water heaters share: temperatures, modes and a power switch."""

    __slots__ = ("_is_fahrenheit", "_off", "_on", "_targets", "_templates")

    def _prepare(self, options: Options, settables: Iterable[str]) -> None:
        """Read the command topics of what can be set, before the capability is made."""
        self._is_fahrenheit = options.text_or("temperature_unit", "C").upper() == "F"
        self._targets = {
            name: topic for name in settables if (topic := options.target(f"{name}_command_topic")) is not None
        }
        self._templates = {name: options.template(f"{name}_command_template") for name in self._targets}
        self._on = options.text_or("payload_on", "ON")
        self._off = options.text_or("payload_off", "OFF")

    def _say(self, name: str, value: object) -> Iterable[Publish]:
        topic = self._targets.get(name)
        if topic is not None:
            yield self.send(topic, self._templates[name], value)

    def _say_temperature(self, name: str, celsius: float | None) -> Iterable[Publish]:
        if celsius is not None:
            yield from self._say(name, float(celsius) * 9 / 5 + 32 if self._is_fahrenheit else float(celsius))

    def _limit(self, options: Options, key: str, default_c: float) -> float:
        value = options.number(key)
        return default_c if value is None else self._celsius(value)

    def _celsius(self, value: float) -> float:
        return round((value - 32) * 5 / 9, 2) if self._is_fahrenheit else value

    def _number_reader(self, field: str, *, is_temperature: bool = True) -> Callable[[str], None]:
        def read(text: str) -> None:
            if text:
                value = number_or_none(text)
                self.change(**{field: value if value is None or not is_temperature else self._celsius(value)})

        return read

    def _choice_reader(self, field: str, choices: tuple[str, ...]) -> Callable[[str], None]:
        def read(text: str) -> None:
            if not text:
                return
            if text == NONE:
                self.change(**{field: None})
            elif text in choices:
                self.change(**{field: text})
            else:
                raise unexpected(text, choices)

        return read

    def _mode_reader(self, modes: tuple[str, ...]) -> Callable[[str], None]:
        read_mode = self._choice_reader("mode", modes)

        def read(text: str) -> None:
            read_mode(text)
            if text:
                self.change(on=None if text == NONE else text != _OFF)

        return read

    def _listen(
        self, options: Options, field: str, topic_key: str, template_key: str, read: Callable[[str], None]
    ) -> None:
        """Watch one topic; a field without a topic is silent."""
        template: Template | None = options.template(template_key) or options.template("value_template")
        if not self.watch(options.watched(topic_key), template, read):
            self.silent |= {field}


class ClimateEntity(_Heated):
    """The component `climate`."""

    __slots__ = ()

    def __init__(self, options: Options, common: Common) -> None:
        self._prepare(
            options,
            (
                "mode",
                "power",
                "temperature",
                "temperature_low",
                "temperature_high",
                "target_humidity",
                "fan_mode",
                "swing_mode",
                "swing_horizontal_mode",
                "preset_mode",
            ),
        )
        targets = self._targets
        modes = self._choices(options, "modes", "mode", _MODES)
        fan_modes = self._choices(options, "fan_modes", "fan_mode", _FAN_MODES)
        swing_modes = self._choices(options, "swing_modes", "swing_mode", _SWING_MODES)
        horizontal_modes = self._choices(options, "swing_horizontal_modes", "swing_horizontal_mode", _SWING_MODES)
        presets = tuple(preset for preset in options.texts("preset_modes") if preset != "none")
        step = options.number_or("temp_step", 1.0)
        state_topics = ("mode", "temperature", "temperature_low", "temperature_high", "fan_mode", "swing_mode")
        super().__init__(
            options,
            common,
            Climate(
                modes=modes,
                fan_modes=fan_modes,
                swing_modes=swing_modes,
                swing_horizontal_modes=horizontal_modes,
                presets=presets if "preset_mode" in targets else (),
                has_target="temperature" in targets,
                has_range="temperature_low" in targets or "temperature_high" in targets,
                has_target_humidity="target_humidity" in targets,
                can_turn="power" in targets,
                min_c=self._limit(options, "min_temp", 7.0),
                max_c=self._limit(options, "max_temp", 35.0),
                step_c=round(step * 5 / 9, 2) if self._is_fahrenheit else step,
                min_humidity_pct=options.number_or("min_humidity", 30.0),
                max_humidity_pct=options.number_or("max_humidity", 99.0),
                **common.fields(
                    is_assumed=options.flag("optimistic", default=False)
                    or not any(f"{name}_state_topic" in options for name in state_topics)
                ),
            ),
        )
        number, choice = self._number_reader, self._choice_reader
        for field, topic_key, template_key, read in (
            ("mode", "mode_state_topic", "mode_state_template", self._mode_reader(modes)),
            ("action", "action_topic", "action_template", choice("action", _ACTIONS)),
            ("current_c", "current_temperature_topic", "current_temperature_template", number("current_c")),
            ("target_c", "temperature_state_topic", "temperature_state_template", number("target_c")),
            ("low_c", "temperature_low_state_topic", "temperature_low_state_template", number("low_c")),
            ("high_c", "temperature_high_state_topic", "temperature_high_state_template", number("high_c")),
            (
                "humidity_pct",
                "current_humidity_topic",
                "current_humidity_template",
                number("humidity_pct", is_temperature=False),
            ),
            (
                "target_humidity_pct",
                "target_humidity_state_topic",
                "target_humidity_state_template",
                number("target_humidity_pct", is_temperature=False),
            ),
            ("fan_mode", "fan_mode_state_topic", "fan_mode_state_template", choice("fan_mode", fan_modes)),
            ("swing_mode", "swing_mode_state_topic", "swing_mode_state_template", choice("swing_mode", swing_modes)),
            (
                "swing_horizontal_mode",
                "swing_horizontal_mode_state_topic",
                "swing_horizontal_mode_state_template",
                choice("swing_horizontal_mode", horizontal_modes),
            ),
            ("preset", "preset_mode_state_topic", "preset_mode_value_template", self._preset_reader(presets)),
        ):
            self._listen(options, field, topic_key, template_key, read)
        if "mode" in self.silent:
            self.silent |= {"on"}

    def obey(self, command: Command) -> Iterable[Publish]:
        if isinstance(command, Turn):
            yield from self._turn(is_on=command.on)
            return
        assert isinstance(command, SetClimate)
        if command.mode is not None:
            yield from self._say("mode", command.mode)
        yield from self._say_temperature("temperature", command.target_c)
        yield from self._say_temperature("temperature_low", command.low_c)
        yield from self._say_temperature("temperature_high", command.high_c)
        if command.target_humidity_pct is not None:
            yield from self._say("target_humidity", int(command.target_humidity_pct))
        for name, value in (
            ("fan_mode", command.fan_mode),
            ("swing_mode", command.swing_mode),
            ("swing_horizontal_mode", command.swing_horizontal_mode),
            ("preset_mode", command.preset),
        ):
            if value is not None:
                yield from self._say(name, value)

    def _turn(self, *, is_on: bool) -> Iterable[Publish]:
        assert isinstance(self.capability, Climate)
        if "power" in self._targets:
            return self._say("power", self._on if is_on else self._off)
        modes = self.capability.modes
        if not is_on:
            return self._say("mode", _OFF)
        others = [mode for mode in modes if mode != _OFF]
        if len(modes) == 2 and len(others) == 1:
            return self._say("mode", others[0])
        for mode in ("heat_cool", "heat", "cool", *others):
            if mode in modes:
                return self._say("mode", mode)
        return ()

    def _choices(self, options: Options, key: str, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Return what can be chosen; nothing when there is neither a way to choose nor to hear it."""
        if name not in self._targets and f"{name}_state_topic" not in options:
            return ()
        return options.texts(key) if key in options else default

    def _preset_reader(self, presets: tuple[str, ...]) -> Callable[[str], None]:
        read_preset = self._choice_reader("preset", presets)

        def read(text: str) -> None:
            read_preset(NONE if text == "none" else text)

        return read


class WaterHeaterEntity(_Heated):
    """The component `water_heater`."""

    __slots__ = ()

    def __init__(self, options: Options, common: Common) -> None:
        self._prepare(options, ("mode", "power", "temperature"))
        has_modes = "mode" in self._targets or "mode_state_topic" in options
        modes = options.texts("modes") if "modes" in options else _HEATER_MODES
        fields: dict[str, Any] = common.fields(
            is_assumed=options.flag("optimistic", default=False)
            or not ("mode_state_topic" in options or "temperature_state_topic" in options)
        )
        super().__init__(
            options,
            common,
            WaterHeater(
                modes=modes if has_modes else (),
                has_target="temperature" in self._targets,
                can_turn="power" in self._targets,
                min_c=self._limit(options, "min_temp", 43.3),
                max_c=self._limit(options, "max_temp", 60.0),
                **fields,
            ),
        )
        number = self._number_reader
        for field, topic_key, template_key, read in (
            ("mode", "mode_state_topic", "mode_state_template", self._mode_reader(modes)),
            ("current_c", "current_temperature_topic", "current_temperature_template", number("current_c")),
            ("target_c", "temperature_state_topic", "temperature_state_template", number("target_c")),
        ):
            self._listen(options, field, topic_key, template_key, read)
        if "mode" in self.silent:
            self.silent |= {"on"}

    def obey(self, command: Command) -> Iterable[Publish]:
        if isinstance(command, Turn):
            if "power" in self._targets:
                yield from self._say("power", self._on if command.on else self._off)
            else:
                yield from self._say("mode", _OFF if not command.on else self._first_mode())
            return
        assert isinstance(command, SetWaterHeater)
        if command.mode is not None:
            yield from self._say("mode", command.mode)
        yield from self._say_temperature("temperature", command.target_c)

    def _first_mode(self) -> str:
        assert isinstance(self.capability, WaterHeater)
        return next((mode for mode in self.capability.modes if mode != _OFF), _OFF)
