"""What the three ways of announcing a light have in common: its abilities, and what a command means for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from intercom.devices.discovery import color
from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import Common, Entity
from intercom.devices.discovery.options import Options
from intercom.home.capabilities import Color, Light, LightMode, LightState
from intercom.home.commands import Command, SetLight, Turn
from intercom.home.errors import InvalidInputError

COLOR_MODES: Final = ("hs", "rgb", "rgbw", "rgbww", "xy")
_MODES: Final = frozenset({*COLOR_MODES, "color_temp", "white", "brightness", "onoff"})
_WARMEST_K = 2_000
_COLDEST_K = 6_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a light is to shine, in the terms that it understands.

    Attributes:
        brightness, white: 1 to 255.
        mode: the colour mode of `channels`, one of COLOR_MODES.
    """

    brightness: int | None = None
    mode: str | None = None
    channels: tuple[float, ...] = ()
    kelvin: int | None = None
    white: int | None = None
    effect: str | None = None
    transition_s: float | None = None


class LightEntity(Entity):
    """The component `light`, whatever its schema."""

    __slots__ = ("_coldest_k", "_command_topic", "_is_kelvin", "_modes", "_warmest_k")

    def __init__(self, options: Options, common: Common, modes: Iterable[str], *, is_assumed: bool) -> None:
        self._command_topic = options.needed_target("command_topic")
        self._modes = _sensible(modes)
        self._is_kelvin = options.flag("color_temp_kelvin", default=False)
        most, least = options.whole("max_mireds"), options.whole("min_mireds")
        self._warmest_k = color.to_kelvin(most) if most else options.whole_or("min_kelvin", _WARMEST_K)
        self._coldest_k = color.to_kelvin(least) if least else options.whole_or("max_kelvin", _COLDEST_K)
        has_temperature = bool(self._modes & {"color_temp", "rgbww"}) and 0 < self._warmest_k < self._coldest_k
        super().__init__(
            options,
            common,
            Light(
                has_brightness=bool(self._modes - {"onoff"}),
                has_color=not self._modes.isdisjoint(COLOR_MODES),
                has_white="white" in self._modes,
                coldest_k=self._coldest_k if has_temperature else None,
                warmest_k=self._warmest_k if has_temperature else None,
                effects=options.texts("effect_list") if self._has_effects(options) else (),
                **common.fields(is_assumed=is_assumed),
            ),
        )

    def obey(self, command: Command) -> Iterable[Publish]:
        if isinstance(command, Turn):
            return self._turn_on(Wish()) if command.on else self._turn_off(None)
        assert isinstance(command, SetLight)
        wish = self._wish(command)
        return self._turn_off(command.transition_s) if wish is None else self._turn_on(wish)

    # What each schema says in its own way

    def _has_effects(self, options: Options) -> bool:
        return True

    def _turn_on(self, wish: Wish) -> Iterable[Publish]:
        raise NotImplementedError

    def _turn_off(self, transition_s: float | None) -> Iterable[Publish]:
        raise NotImplementedError

    # What they share

    @property
    def _light(self) -> LightState:
        assert isinstance(self.state, LightState)
        return self.state

    @property
    def _brightness(self) -> int | None:
        """The known brightness, 1 to 255."""
        percent = self._light.brightness_pct
        return None if percent is None else max(1, round(percent * 255 / 100))

    def _wish(self, command: SetLight) -> Wish | None:
        """Return what a command means for this light, None when that is to be off."""
        brightness = None if command.brightness_pct is None else round(255 * command.brightness_pct / 100)
        white = None if command.white_pct is None else round(255 * command.white_pct / 100)
        if white is not None and brightness is not None:
            white, brightness = brightness, None
        if command.on is False or brightness == 0 or white == 0:
            return None
        mode: str | None = None
        channels: tuple[float, ...] = ()
        kelvin = command.color_temp_k
        if kelvin is not None and "color_temp" not in self._modes:
            level = brightness or self._brightness or 255
            mode, channels = "rgbww", color.kelvin_to_rgbww(kelvin, level, self._warmest_k, self._coldest_k)
            kelvin = None
        elif command.color is not None:
            mode, channels = self._in_own_mode(command.color)
        return Wish(
            brightness=brightness,
            mode=mode,
            channels=channels,
            kelvin=kelvin,
            white=white,
            effect=command.effect,
            transition_s=command.transition_s,
        )

    def _in_own_mode(self, wanted: Color) -> tuple[str, tuple[float, ...]]:
        hue, saturation = float(wanted.hue_deg), float(wanted.saturation_pct)
        if "hs" in self._modes:
            return "hs", (hue, saturation)
        rgb = color.hs_to_rgb(hue, saturation)
        if "rgb" in self._modes:
            return "rgb", rgb
        if "rgbw" in self._modes:
            return "rgbw", color.rgb_to_rgbw(*rgb)
        if "rgbww" in self._modes:
            return "rgbww", color.rgb_to_rgbww(*rgb, self._warmest_k, self._coldest_k)
        return "xy", color.rgb_to_xy(*rgb)

    def _in_device_units(self, kelvin: int) -> int:
        return kelvin if self._is_kelvin else color.to_mired(kelvin)

    def _from_device_units(self, value: float) -> int:
        if value <= 0:
            raise InvalidInputError(f"expected a colour temperature, got {value:g}")
        return int(value) if self._is_kelvin else color.to_kelvin(value)

    def _as_color(self, mode: str, channels: tuple[float, ...]) -> Color:
        """Return the colour that a light names in one of its modes."""
        if mode == "hs":
            hue, saturation = channels
        elif mode == "xy":
            hue, saturation = color.xy_to_hs(channels[0], channels[1])
        else:
            whole = tuple(int(channel) for channel in channels)
            rgb = whole
            if mode == "rgbw":
                rgb = color.rgbw_to_rgb(*whole)
            elif mode == "rgbww":
                red, green, blue, cold, warm = whole
                rgb = color.rgbww_to_rgb(red, green, blue, cold, warm, self._warmest_k, self._coldest_k)
            hue, saturation = color.rgb_to_hs(*rgb)
        return Color(hue_deg=hue, saturation_pct=saturation)


def as_mode(mode: str) -> LightMode:
    """Return our word for a colour mode."""
    if mode == "color_temp":
        return LightMode.TEMPERATURE
    if mode == "white":
        return LightMode.WHITE
    return LightMode.COLOR if mode in COLOR_MODES else LightMode.PLAIN


def percent_of(value: float, full: float) -> float:
    """Return a brightness in percent, to one digit."""
    return round(min(100.0, value * 100 / full), 1)


def _sensible(modes: Iterable[str]) -> frozenset[str]:
    """Return the modes that make sense together: brightness alone is part of every richer one."""
    known = frozenset(modes) & _MODES
    rich = known - {"brightness", "onoff"}
    if rich - {"white"}:
        return rich
    return frozenset({"brightness"}) if known & {"brightness", "white"} else frozenset({"onoff"})
