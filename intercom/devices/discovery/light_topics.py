"""Lights without a schema: a topic of its own for each ability, in each direction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from intercom.devices.discovery import color
from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import NONE, Common, number_in
from intercom.devices.discovery.light import COLOR_MODES, LightEntity, Wish, as_mode, percent_of
from intercom.devices.discovery.options import Options
from intercom.home.capabilities import Color, LightMode
from intercom.home.errors import InvalidInputError

_CHANNELS = {
    "rgb": ("red", "green", "blue"),
    "rgbw": ("red", "green", "blue", "white"),
    "rgbww": ("red", "green", "blue", "cold_white", "warm_white"),
}


class TopicsLight(LightEntity):
    """A light with up to ten command topics."""

    __slots__ = (
        "_channels",
        "_full",
        "_is_brightness_reported",
        "_is_mode_reported",
        "_off",
        "_on",
        "_on_command_type",
        "_targets",
        "_templates",
        "_unheard_modes",
        "_white_full",
    )

    def __init__(self, options: Options, common: Common) -> None:
        abilities = (*COLOR_MODES, "brightness", "color_temp", "effect", "white")
        self._targets = {
            name: topic for name in abilities if (topic := options.target(f"{name}_command_topic")) is not None
        }
        state_topic = options.watched("state_topic")
        is_optimistic = options.flag("optimistic", default=False)
        super().__init__(
            options,
            common,
            [name for name in self._targets if name != "effect"],
            is_assumed=is_optimistic or state_topic is None,
        )
        self._on = options.text_or("payload_on", "ON")
        self._off = options.text_or("payload_off", "OFF")
        self._on_command_type = options.text_or("on_command_type", "last")
        if self._on_command_type not in ("first", "last", "brightness"):
            raise InvalidInputError(
                f"'on_command_type' must be first, last or brightness, not {self._on_command_type!r}"
            )
        self._full = max(1, options.whole_or("brightness_scale", 255))
        self._white_full = max(1, options.whole_or("white_scale", 255))
        self._templates = {name: options.template(f"{name}_command_template") for name in abilities}
        self._channels: dict[str, tuple[int, ...]] = {}
        self._is_mode_reported = options.watched("color_mode_state_topic") is not None
        self._listen(options, state_topic)
        if is_optimistic:
            self._unheard_modes = frozenset(_CHANNELS)

    def _listen(self, options: Options, state_topic: str | None) -> None:
        readers = {
            "brightness": self._read_brightness,
            "color_mode": self._read_mode,
            "color_temp": self._read_temperature,
            "effect": self._read_effect,
            "hs": self._read_hs,
            "xy": self._read_xy,
            "rgb": self._read_rgb,
            "rgbw": self._read_rgbw,
            "rgbww": self._read_rgbww,
        }
        self.watch(state_topic, options.template("state_value_template"), self._read_state)
        heard = {
            name
            for name, read in readers.items()
            if self.watch(options.watched(f"{name}_state_topic"), options.template(f"{name}_value_template"), read)
        }
        self._is_brightness_reported = "brightness" in heard
        self._unheard_modes = frozenset(_CHANNELS) - heard
        has_color_report = not heard.isdisjoint(COLOR_MODES)
        reported = {
            "brightness_pct": "brightness" in heard or ("brightness" not in self._targets and "rgb" in heard),
            "color": has_color_report,
            "color_temp_k": "color_temp" in heard,
            "effect": "effect" in heard,
            "mode": has_color_report or not heard.isdisjoint({"color_mode", "color_temp"}),
        }
        self.silent = frozenset(name for name, is_reported in reported.items() if not is_reported)

    def _turn_on(self, wish: Wish) -> Iterator[Publish]:
        brightness = wish.brightness
        if self._on_command_type == "first":
            yield self.wire.publish(self._command_topic, self._on)
        elif self._on_command_type == "brightness" and brightness is None and wish.white is None:
            brightness = self._brightness or 255
        if wish.mode is not None and wish.mode in self._targets:
            yield self._send_color(wish.mode, wish.channels, brightness)
        if brightness is not None:
            yield from self._send_brightness(brightness, wish.mode)
        if wish.kelvin is not None:
            yield self._send("color_temp", self._in_device_units(wish.kelvin))
        if wish.effect is not None and "effect" in self._targets:
            yield self._send("effect", wish.effect)
        if wish.white is not None:
            yield self._send("white", min(self._white_full, round(wish.white / 255 * self._white_full)))
        if self._on_command_type == "last":
            yield self.wire.publish(self._command_topic, self._on)

    def _turn_off(self, transition_s: float | None) -> Iterable[Publish]:
        yield self.wire.publish(self._command_topic, self._off)

    def _send(self, name: str, value: object, variables: dict[str, object] | None = None) -> Publish:
        return self.send(self._targets[name], self._templates[name], value, variables)

    def _send_brightness(self, brightness: int, mode: str | None) -> Iterator[Publish]:
        if "brightness" in self._targets:
            value = max(1, min(self._full, round(brightness / 255 * self._full)))
            yield self._send("brightness", value)
            return
        for name, keys in _CHANNELS.items():
            if name in self._targets and name != mode:
                channels = self._channels.get(name, (255,) * len(keys))
                yield self._send_channels(name, tuple(int(channel * brightness / 255) for channel in channels))
                return

    def _send_color(self, mode: str, channels: tuple[float, ...], brightness: int | None) -> Publish:
        if mode == "hs":
            hue, saturation = channels
            return self._send("hs", f"{hue},{saturation}", {"hue": hue, "sat": saturation})
        if mode == "xy":
            x, y = channels
            return self._send("xy", f"{x},{y}", {"x": x, "y": y})
        whole = tuple(int(channel) for channel in channels)
        if mode in self._unheard_modes:
            self._channels[mode] = whole
        level = 255 if "brightness" in self._targets else brightness or self._brightness or 255
        return self._send_channels(mode, tuple(int(channel * level / 255) for channel in whole))

    def _send_channels(self, mode: str, channels: tuple[int, ...]) -> Publish:
        names: dict[str, object] = dict(zip(_CHANNELS[mode], channels, strict=True))
        return self._send(mode, ",".join(map(str, channels)), names)

    # Reading

    def _read_state(self, text: str) -> None:
        self.change_on(text, on=self._on, off=self._off)

    def _read_brightness(self, text: str) -> None:
        if text not in ("", NONE) and (value := number_in(text)) > 0:
            self.change(brightness_pct=percent_of(value, self._full))

    def _read_mode(self, text: str) -> None:
        if text:
            self.change(mode=None if text == NONE else as_mode(text))

    def _read_temperature(self, text: str) -> None:
        if text not in ("", NONE):
            self.change(color_temp_k=self._from_device_units(number_in(text)))
            self._infer_mode(LightMode.TEMPERATURE)

    def _read_effect(self, text: str) -> None:
        if text:
            self.change(effect=None if text == NONE else text)

    def _read_hs(self, text: str) -> None:
        self._take_color("hs", text)

    def _read_xy(self, text: str) -> None:
        self._take_color("xy", text)

    def _read_rgb(self, text: str) -> None:
        self._take_channels("rgb", text)

    def _read_rgbw(self, text: str) -> None:
        self._take_channels("rgbw", text)

    def _read_rgbww(self, text: str) -> None:
        self._take_channels("rgbww", text)

    def _take_color(self, mode: str, text: str) -> None:
        if text not in ("", NONE):
            first, second = _numbers(text, 2)
            self._show(self._as_color(mode, (first, second)))

    def _take_channels(self, mode: str, text: str) -> None:
        if text in ("", NONE):
            return
        channels = tuple(int(channel) for channel in _numbers(text, len(_CHANNELS[mode])))
        if not self._is_brightness_reported:
            level = max(self._blended(mode, channels))
            if level == 0:
                return
            self.change(brightness_pct=percent_of(level, 255))
            channels = tuple(min(255, round(channel / level * 255)) for channel in channels)
        self._channels[mode] = channels
        self._show(self._as_color(mode, channels))

    def _blended(self, mode: str, channels: tuple[int, ...]) -> tuple[int, ...]:
        """Return the red, green and blue that the channels make together."""
        if mode == "rgbw":
            return color.rgbw_to_rgb(*channels)
        if mode == "rgbww":
            red, green, blue, cold, warm = channels
            return color.rgbww_to_rgb(red, green, blue, cold, warm, self._warmest_k, self._coldest_k)
        return channels

    def _show(self, seen: Color) -> None:
        self.change(color=seen)
        self._infer_mode(LightMode.COLOR)

    def _infer_mode(self, mode: LightMode) -> None:
        """Take the latest colour or temperature for what the light is doing, unless it says so itself."""
        if not self._is_mode_reported:
            self.change(mode=mode)


def _numbers(text: str, count: int) -> list[float]:
    parts = text.split(",")
    if len(parts) < count:
        raise InvalidInputError(f"expected {count} numbers with commas, got {text[:60]!r}")
    return [number_in(part) for part in parts[:count]]
