"""Lights of Tasmota: one state object for all, a command word for each ability."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.entity import Common
from intercom.devices.discovery.light import LightEntity, Wish
from intercom.devices.discovery.message import Message
from intercom.devices.discovery.options import Options
from intercom.home.capabilities import Color, LightMode
from intercom.home.errors import InvalidInputError


class TasmotaLight(LightEntity):
    """A light that takes `Dimmer`, `HsbColor1`, `CT` and the like."""

    __slots__ = ("_dimmer", "_index", "_is_by_channel", "_is_power_apart", "_off", "_on")

    def __init__(self, options: Options, common: Common) -> None:
        super().__init__(options, common, options.texts("modes"), is_assumed=False)
        self._index = options.whole_or("index", 0)
        self._is_by_channel = options.flag("is_by_channel", default=False)
        self._is_power_apart = options.flag("is_power_apart", default=False)
        number = options.text_or("dimmer", "")
        self._dimmer = f"Channel{self._index + 1}" if self._is_by_channel else f"Dimmer{number}"
        self._on = options.text_or("payload_on", "ON")
        self._off = options.text_or("payload_off", "OFF")
        self.watch_raw(options.watched("state_topic"), self._read)

    def _turn_on(self, wish: Wish) -> Iterator[Publish]:
        steps: list[tuple[str, str]] = []
        if wish.transition_s is not None:
            steps.append(("Fade2", "1" if wish.transition_s > 0 else "0"))
            if wish.transition_s > 0:
                steps.append(("Speed2", str(min(40, max(1, round(wish.transition_s * 2))))))
        power = (f"Power{self._index + 1}", self._on)
        if wish.brightness is not None:
            steps.append((self._dimmer, str(max(1, round(wish.brightness * 100 / 255)))))
        else:
            steps.append(power)
        if wish.mode == "hs":
            hue, saturation = wish.channels
            steps += [("HsbColor1", str(round(hue))), ("HsbColor2", str(round(saturation)))]
        if wish.kelvin is not None:
            steps.append(("CT", str(self._in_device_units(wish.kelvin))))
        if wish.white is not None:
            steps.append(("White", str(max(1, round(wish.white * 100 / 255)))))
        if self._is_power_apart and wish.brightness is not None:
            steps.append(power)
        yield self._say(steps)

    def _turn_off(self, transition_s: float | None) -> Iterable[Publish]:
        yield self._say([(f"Power{self._index + 1}", self._off)])

    def _say(self, steps: list[tuple[str, str]]) -> Publish:
        if len(steps) == 1:
            word, argument = steps[0]
            return self.wire.publish(f"{self._command_topic}{word}", argument)
        backlog = ";".join(f"NoDelay;{word} {argument}" for word, argument in steps)
        return self.wire.publish(f"{self._command_topic}Backlog", backlog)

    def _read(self, message: Message) -> None:
        said = message.value_object
        fields: dict[str, Any] = {}
        power = said.get(f"POWER{self._index + 1}", said.get("POWER") if self._index == 0 else None)
        if power in (self._on, self._off):
            fields["on"] = power == self._on
        if isinstance(dimmer := said.get(self._dimmer), int | float) and dimmer:
            fields["brightness_pct"] = float(min(100, dimmer))
        if "hs" in self._modes and isinstance(hsb := said.get("HSBColor"), str):
            fields |= {"color": _color(hsb), "mode": LightMode.COLOR}
        if "color_temp" in self._modes and isinstance(mired := said.get("CT"), int | float) and mired > 0:
            fields["color_temp_k"] = self._from_device_units(mired)
            if "color" not in fields or fields["color"].saturation_pct == 0:
                fields["mode"] = LightMode.TEMPERATURE
        if "white" in self._modes and isinstance(white := said.get("White"), int | float) and white > 0:
            fields["mode"] = LightMode.WHITE
        self.change(**fields)


def tasmota_light(options: Options, common: Common) -> TasmotaLight:
    return TasmotaLight(options, common)


def _color(text: str) -> Color:
    """Return the colour of "120,100,55": hue, saturation and brightness."""
    try:
        hue, saturation, *_ = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInputError(f"expected hue, saturation and brightness, got {text[:60]!r}") from None
    return Color(hue_deg=hue, saturation_pct=saturation)
