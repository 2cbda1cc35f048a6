"""Lights with `schema: template`: their makers word every message themselves."""

from __future__ import annotations

from collections.abc import Iterable

from intercom.devices.discovery import color
from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import NONE, Common, number_in
from intercom.devices.discovery.light import LightEntity, Wish, percent_of
from intercom.devices.discovery.message import Message
from intercom.devices.discovery.options import Options
from intercom.devices.discovery.templates import Template
from intercom.home.capabilities import Color, LightMode
from intercom.home.errors import InvalidInputError

_RGB = ("red_template", "green_template", "blue_template")


class TemplateLight(LightEntity):
    """A light whose state and commands are worded by templates; brightness and colours run to 255."""

    __slots__ = ("_channels", "_is_brightness_apart", "_off_template", "_on_template")

    def __init__(self, options: Options, common: Common) -> None:
        state_topic = options.watched("state_topic")
        state_template = options.template("state_template")
        on_template = options.template("command_on_template")
        off_template = options.template("command_off_template")
        if on_template is None or off_template is None:
            raise InvalidInputError("a template light needs 'command_on_template' and 'command_off_template'")
        self._on_template: Template = on_template
        self._off_template: Template = off_template
        modes = ["onoff"]
        if "brightness_template" in options:
            modes.append("brightness")
        if "color_temp_template" in options:
            modes.append("color_temp")
        channels = [template for key in _RGB if (template := options.template(key)) is not None]
        has_color = len(channels) == len(_RGB)
        if has_color:
            modes.append("hs")
        is_assumed = options.flag("optimistic", default=False) or state_topic is None or state_template is None
        super().__init__(options, common, modes, is_assumed=is_assumed)
        self._channels = channels
        self._is_brightness_apart = "brightness_template" in options
        silent = {"brightness_pct": self._is_brightness_apart, "effect": "effect_template" in options}
        self.silent = frozenset(name for name, is_reported in silent.items() if not is_reported)
        if state_topic is None:
            return
        if state_template is not None:
            self.watch(state_topic, state_template, self._read_state)
        if (template := options.template("brightness_template")) is not None:
            self.watch(state_topic, template, self._read_brightness)
        if (template := options.template("color_temp_template")) is not None:
            self.watch(state_topic, template, self._read_temperature)
        if has_color:
            self.watch_raw(state_topic, self._read_color)
        if (template := options.template("effect_template")) is not None:
            self.watch(state_topic, template, self._read_effect)

    def _turn_on(self, wish: Wish) -> Iterable[Publish]:
        said: dict[str, object] = {"state": True}
        if wish.brightness is not None:
            said["brightness"] = wish.brightness
        if wish.kelvin is not None:
            said["color_temp"] = self._in_device_units(wish.kelvin)
        if wish.channels:
            hue, saturation = wish.channels
            level = 255 if self._is_brightness_apart else wish.brightness or self._brightness or 255
            rgb = color.hs_to_rgb(hue, saturation, level / 255 * 100)
            said |= dict(zip(("red", "green", "blue", "hue", "sat"), (*rgb, hue, saturation), strict=True))
        if wish.effect is not None:
            said["effect"] = wish.effect
        if wish.transition_s is not None:
            said["transition"] = float(wish.transition_s)
        yield self.send(self._command_topic, self._on_template, None, said)

    def _turn_off(self, transition_s: float | None) -> Iterable[Publish]:
        said: dict[str, object] = {"state": False}
        if transition_s is not None:
            said["transition"] = float(transition_s)
        yield self.send(self._command_topic, self._off_template, None, said)

    def _read_state(self, text: str) -> None:
        if text in ("on", "off", NONE):
            self.change(on=None if text == NONE else text == "on")
        elif text:
            raise InvalidInputError(f"expected 'on' or 'off', got {text[:60]!r}")

    def _read_brightness(self, text: str) -> None:
        if text not in ("", NONE) and (brightness := int(number_in(text))):
            self.change(brightness_pct=percent_of(brightness, 255))

    def _read_temperature(self, text: str) -> None:
        if text == NONE:
            self.change(color_temp_k=None)
        elif text:
            self.change(color_temp_k=self._from_device_units(number_in(text)))
            if "hs" not in self._modes:
                self.change(mode=LightMode.TEMPERATURE)

    def _read_color(self, message: Message) -> None:
        texts = [template.read(message, self.names()) for template in self._channels]
        if "" in texts:
            return
        if texts == [NONE] * len(_RGB):
            self.change(color=None, mode=LightMode.TEMPERATURE if "color_temp" in self._modes else LightMode.COLOR)
            return
        hue, saturation = color.rgb_to_hs(*(int(number_in(text)) for text in texts))
        self.change(color=Color(hue_deg=hue, saturation_pct=saturation), mode=LightMode.COLOR)

    def _read_effect(self, text: str) -> None:
        if text == NONE:
            self.change(effect=None)
        elif text:
            self.change(effect=text)
