"""Colours between the spaces that lights speak.

Rounded like Home Assistant, so that a light hears the same numbers from either program. XY uses the wide-gamut D65
formulas that Philips published for Hue lights; the colour of a temperature is Tanner Helland's fit.
"""

from __future__ import annotations

import colorsys
import math

Rgb = tuple[int, int, int]


def hs_to_rgb(hue: float, saturation: float, value_pct: float = 100.0) -> Rgb:
    """Return red, green and blue (0 to 255) of a hue in degrees and percentages."""
    red, green, blue = colorsys.hsv_to_rgb(hue / 360, saturation / 100, value_pct / 100)
    return round(red * 255), round(green * 255), round(blue * 255)


def rgb_to_hs(red: float, green: float, blue: float) -> tuple[float, float]:
    """Return hue in degrees and saturation in percent."""
    hue, saturation, _ = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    return round(hue * 360, 3), round(saturation * 100, 3)


def xy_to_hs(x: float, y: float) -> tuple[float, float]:
    return rgb_to_hs(*xy_to_rgb(x, y))


def rgb_to_xy(red: int, green: int, blue: int) -> tuple[float, float]:
    """Return the point in the CIE 1931 diagram, to three digits."""
    if red + green + blue == 0:
        return 0.0, 0.0
    r, g, b = (_linear(channel / 255) for channel in (red, green, blue))
    big_x = r * 0.664511 + g * 0.154324 + b * 0.162028
    big_y = r * 0.283881 + g * 0.668433 + b * 0.047685
    big_z = r * 0.000088 + g * 0.072310 + b * 0.986039
    total = big_x + big_y + big_z
    return round(big_x / total, 3), round(big_y / total, 3)


def xy_to_rgb(x: float, y: float) -> Rgb:
    """Return the colour of a point in the CIE 1931 diagram at full brightness."""
    y = y or 1e-11
    big_x = x / y
    big_z = (1 - x - y) / y
    channels = [
        max(0.0, _companded(channel))
        for channel in (
            big_x * 1.656492 - 0.354851 - big_z * 0.255038,
            -big_x * 0.707196 + 1.655397 + big_z * 0.036152,
            big_x * 0.051713 - 0.121364 + big_z * 1.011530,
        )
    ]
    most = max(1.0, *channels)
    red, green, blue = (int(channel / most * 255) for channel in channels)
    return red, green, blue


def rgb_to_rgbw(red: int, green: int, blue: int) -> tuple[int, ...]:
    """Move what the three channels share to a white one."""
    white = min(red, green, blue)
    return _as_bright((red, green, blue), (red - white, green - white, blue - white, white))


def rgbw_to_rgb(red: int, green: int, blue: int, white: int) -> tuple[int, ...]:
    return _as_bright((red, green, blue, white), (red + white, green + white, blue + white))


def rgb_to_rgbww(red: int, green: int, blue: int, warmest_k: int, coldest_k: int) -> tuple[int, ...]:
    """Move what is white in a colour to a cold and a warm channel alike."""
    most, least = to_mired(warmest_k), to_mired(coldest_k)
    white = kelvin_to_rgb(to_kelvin(least + (most - least) / 2))
    level = min(channel / part if part else 0.0 for channel, part in zip((red, green, blue), white, strict=True))
    rest = [channel - part * level for channel, part in zip((red, green, blue), white, strict=True)]
    whites = round(level * 255)
    return _as_bright((red, green, blue), (*rest, whites, whites))


def rgbww_to_rgb(
    red: int, green: int, blue: int, cold: int, warm: int, warmest_k: int, coldest_k: int
) -> tuple[int, ...]:
    most, least = to_mired(warmest_k), to_mired(coldest_k)
    share = warm / (cold + warm) if cold + warm else 0.5
    white = kelvin_to_rgb(to_kelvin(least + share * (most - least)))
    level = max(cold, warm) / 255
    summed = [channel + part * level for channel, part in zip((red, green, blue), white, strict=True)]
    return _as_bright((red, green, blue, cold, warm), summed)


def kelvin_to_rgbww(kelvin: int, brightness: int, warmest_k: int, coldest_k: int) -> tuple[int, int, int, int, int]:
    """Return the mix of cold and warm white that looks like a colour temperature."""
    most, least = to_mired(warmest_k), to_mired(coldest_k)
    cold = (most - to_mired(kelvin)) / (most - least) * brightness
    return 0, 0, 0, round(cold), round(brightness - cold)


def kelvin_to_rgb(kelvin: float) -> tuple[float, float, float]:
    """Return the colour of a black body, from 1,000 to 40,000 K."""
    hundreds = min(40_000.0, max(1_000.0, kelvin)) / 100
    if hundreds <= 66:
        red = 255.0
        green = 99.4708025861 * math.log(hundreds) - 161.1195681661
    else:
        red = 329.698727446 * (hundreds - 60) ** -0.1332047592
        green = 288.1221695283 * (hundreds - 60) ** -0.0755148492
    if hundreds >= 66:
        blue = 255.0
    elif hundreds <= 19:
        blue = 0.0
    else:
        blue = 138.5177312231 * math.log(hundreds - 10) - 305.0447927307
    return _byte(red), _byte(green), _byte(blue)


def to_mired(kelvin: float) -> int:
    return math.floor(1_000_000 / kelvin)


def to_kelvin(mired: float) -> int:
    return math.floor(1_000_000 / max(1.0, mired))  # nothing is as hot as what is left out


def _as_bright(model: tuple[float, ...], channels: list[float] | tuple[float, ...]) -> tuple[int, ...]:
    """Scale the channels until the strongest is as strong as the model's."""
    most = max(channels)
    factor = max(model) / most if most else 0.0
    return tuple(round(channel * factor) for channel in channels)


def _byte(channel: float) -> float:
    return min(255.0, max(0.0, channel))


def _linear(channel: float) -> float:
    return ((channel + 0.055) / 1.055) ** 2.4 if channel > 0.04045 else channel / 12.92


def _companded(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
