"""Lights with `schema: json`: one topic each way, objects with everything in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import Common
from intercom.devices.discovery.light import COLOR_MODES, LightEntity, Wish, as_mode, percent_of
from intercom.devices.discovery.message import Message
from intercom.devices.discovery.options import Options
from intercom.home.errors import InvalidInputError

_CHANNELS = {"hs": "hs", "xy": "xy", "rgb": "rgb", "rgbw": "rgbw", "rgbww": "rgbcw"}
"""The keys of a colour in each mode, one letter each."""


class JsonLight(LightEntity):
    """A light that takes and sends objects such as `{"state": "ON", "brightness": 128}`."""

    __slots__ = ("_full", "_is_brightness_apart", "_white_full")

    def __init__(self, options: Options, common: Common) -> None:
        state_topic = options.watched("state_topic")
        modes = options.texts("supported_color_modes")
        self._is_brightness_apart = options.flag("brightness", default=False)
        super().__init__(
            options,
            common,
            modes or (("brightness",) if self._is_brightness_apart else ()),
            is_assumed=options.flag("optimistic", default=False) or state_topic is None,
        )
        self._full = max(1, options.whole_or("brightness_scale", 255))
        self._white_full = max(1, options.whole_or("white_scale", 255))
        self.watch_raw(state_topic, self._read)

    def _has_effects(self, options: Options) -> bool:
        return options.flag("effect", default=False)

    def _turn_on(self, wish: Wish) -> Iterable[Publish]:
        said: dict[str, Any] = {"state": "ON"}
        brightness = wish.brightness
        if wish.mode is not None:
            channels = wish.channels
            if wish.mode.startswith("rgb"):
                level = 255
                if not self._is_brightness_apart:
                    level, brightness = brightness or 255, None
                channels = tuple(round(channel / 255 * level) for channel in channels)
            said["color"] = dict(zip(_CHANNELS[wish.mode], channels, strict=True))
        if wish.transition_s is not None:
            said["transition"] = float(wish.transition_s)
        if brightness is not None:
            said["brightness"] = max(1, round(brightness * self._full / 255))
        if wish.kelvin is not None:
            said["color_temp"] = self._in_device_units(wish.kelvin)
        if wish.effect is not None:
            said["effect"] = wish.effect
        if wish.white is not None:
            said["white"] = max(1, min(self._white_full, round(wish.white / 255 * self._white_full)))
        yield self._say(said)

    def _turn_off(self, transition_s: float | None) -> Iterable[Publish]:
        said: dict[str, Any] = {"state": "OFF"}
        if transition_s is not None:
            said["transition"] = float(transition_s)
        yield self._say(said)

    def _say(self, said: dict[str, Any]) -> Publish:
        return self.wire.publish(self._command_topic, msgspec.json.encode(said).decode())

    def _read(self, message: Message) -> None:
        said = message.value_object
        fields: dict[str, Any] = {}
        if (state := said.get("state", "")) in ("ON", "OFF", None):
            fields["on"] = None if state is None else state == "ON"
        mode = said.get("color_mode")
        try:
            if mode in self._modes:
                self._read_color(mode, said, fields)
            if (brightness := said.get("brightness")) and "onoff" not in self._modes:
                fields["brightness_pct"] = percent_of(max(1.0, float(brightness)), self._full)
        except (KeyError, TypeError, ValueError):
            raise InvalidInputError(f"the colour or brightness is incomplete: {str(said)[:120]}") from None
        finally:
            if "effect" in said:
                fields["effect"] = None if said["effect"] is None else str(said["effect"])
            self.change(**fields)

    def _read_color(self, mode: str, said: dict[str, Any], fields: dict[str, Any]) -> None:
        if mode == "color_temp":
            if (value := said.get("color_temp")) is None:
                return
            fields["color_temp_k"] = self._from_device_units(float(value))
        elif mode in COLOR_MODES:
            if (value := said.get("color")) is None:
                return
            channels = tuple(float(value[key]) for key in _CHANNELS[mode])
            fields["color"] = self._as_color(mode, channels)
        fields["mode"] = as_mode(mode)
