"""Tasmota's own discovery: `tasmota/discovery/<mac>/config` and `…/sensors`, retained by the device.

What the device describes is put into the words of the other language, so that its relays, shutters and sensors are
read by the same code; only its lights speak differently (`tasmota_light`). A Tasmota says the same thing on several
topics: periodically on `tele/…`, as an answer on `stat/…/RESULT`, and when polled on `stat/…/STATUS10`. Here the first
is what everybody watches and the others are its echoes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.message import NOT_JSON, decode_json
from intercom.devices.discovery.payload import Part
from intercom.devices.discovery.tasmota_light import tasmota_light
from intercom.home.errors import InvalidInputError

_ROOT = "tasmota/discovery/"
TOPICS = (f"{_ROOT}+/config", f"{_ROOT}+/sensors")

_RELAY, _LIGHT, _SHUTTER = 1, 2, 3
_PRESSES = {
    "SINGLE": "button_short_press",
    "DOUBLE": "button_double_press",
    "TRIPLE": "button_triple_press",
    "QUAD": "button_quadruple_press",
    "PENTA": "button_quintuple_press",
    "HOLD": "button_long_press",
}
_PLAIN_SWITCH_MODES = (0, 7, 8, 11, 12)
"""Switch modes whose switches toggle and so have no state of their own."""
_MOTION_SWITCH_MODES = (13, 14)
"""Switch modes of a motion detector, which is off again after a second."""

_UNITS: dict[str, tuple[str | None, str | None, str | None]] = {
    "Ambient": ("illuminance", "lx", "measurement"),
    "ApparentPower": ("apparent_power", "VA", "measurement"),
    "Battery": ("battery", "%", "measurement"),
    "CarbonDioxide": ("carbon_dioxide", "ppm", "measurement"),
    "Current": ("current", "A", "measurement"),
    "DewPoint": ("temperature", "TempUnit", "measurement"),
    "Distance": ("distance", "cm", "measurement"),
    "ExportActive": ("energy", "kWh", "total_increasing"),
    "Factor": ("power_factor", None, "measurement"),
    "Frequency": ("frequency", "Hz", "measurement"),
    "Humidity": ("humidity", "%", "measurement"),
    "Illuminance": ("illuminance", "lx", "measurement"),
    "ImportActive": ("energy", "kWh", "total_increasing"),
    "Moisture": ("moisture", "%", "measurement"),
    "PM1": ("pm1", "µg/m³", "measurement"),
    "PM10": ("pm10", "µg/m³", "measurement"),
    "PM2.5": ("pm25", "µg/m³", "measurement"),
    "Power": ("power", "W", "measurement"),
    "Pressure": ("pressure", "PressureUnit", "measurement"),
    "ReactivePower": ("reactive_power", "var", "measurement"),
    "SeaPressure": ("pressure", "PressureUnit", "measurement"),
    "Speed": ("wind_speed", "SpeedUnit", "measurement"),
    "TVOC": (None, "ppb", "measurement"),
    "Temperature": ("temperature", "TempUnit", "measurement"),
    "Today": ("energy", "kWh", "total_increasing"),
    "Total": ("energy", "kWh", "total_increasing"),
    "TotalStartTime": (None, None, None),
    "Voltage": ("voltage", "V", "measurement"),
    "Weight": ("weight", "kg", "measurement"),
    "Yesterday": ("energy", "kWh", None),
    "eCO2": (None, "ppm", "measurement"),
}
"""Device class, unit and state class of a quantity; a unit that ends in "Unit" is named beside the sensors."""
_UNIT_NAMES = {"C": "°C", "F": "°F"}
_HIDDEN_SENSORS = ("Time", "PN532", "RDM6300")


@dataclass(frozen=True, slots=True)
class Echo:
    """A topic that tells again what others tell.

    Attributes:
        targets: the topics that are watched.
        key: where in the object the other's content stands; None when it is all of it.
    """

    targets: tuple[str, ...]
    key: str | None


def owner_of(topic: str) -> str | None:
    """Return what all parts of a device are announced on, for either of its topics; None for another topic."""
    head, _, what = topic.rpartition("/")
    return head if head.startswith(_ROOT) and "/" not in head[len(_ROOT) :] and what in ("config", "sensors") else None


class Tasmota:
    """All devices that announced themselves in this way."""

    def __init__(self) -> None:
        self._configs: dict[str, dict[str, Any]] = {}
        self._sensors: dict[str, dict[str, Any]] = {}
        self._echoes: dict[str, Echo] = {}
        self._polls: dict[str, tuple[str, tuple[Publish, ...]]] = {}

    @property
    def echoes(self) -> Iterable[str]:
        """The topics that have to be subscribed although nobody watches them."""
        return self._echoes

    def concerns(self, topic: str) -> bool:
        return topic in self._echoes or topic in self._polls or topic.startswith(_ROOT)

    def take(self, topic: str, raw: bytes | str) -> str | None:
        """Take note of an announcement; return what all of this device's parts are announced on.

        Raises:
            InvalidInputError: it cannot be used.
        """
        owner = owner_of(topic)
        if owner is None:
            return None
        mac, what = owner.removeprefix(_ROOT), topic.rpartition("/")[2]
        known = self._configs if what == "config" else self._sensors
        if not raw:
            known.pop(mac, None)
        else:
            said = decode_json(raw)
            if said is NOT_JSON or not isinstance(said, dict):
                raise InvalidInputError("the payload must be a JSON object")
            if what == "config":
                _check(said)
            known[mac] = said
        self._index()
        return owner

    def parts(self, owner: str) -> Iterator[Part]:
        """Return the components of the device that is announced on `owner`."""
        mac = owner.removeprefix(_ROOT)
        config = self._configs.get(mac)
        if config is not None:
            yield from _Described(mac, config).parts(self._sensors.get(mac, {}))

    def echoed(self, topic: str, raw: bytes | str) -> Iterator[tuple[str, bytes | str]]:
        """Return the topics that a message tells something of, and what."""
        echo = self._echoes.get(topic)
        if echo is None:
            return
        if echo.key is not None:
            said = decode_json(raw)
            if not isinstance(said, dict) or echo.key not in said:
                return
            raw = msgspec.json.encode(said[echo.key])
        for target in echo.targets:
            yield target, raw

    def polls(self, topic: str, raw: bytes | str) -> tuple[Publish, ...]:
        """Return what to ask a device that has just said that it is there."""
        online, questions = self._polls.get(topic, ("", ()))
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
        return questions if text == online else ()

    def _index(self) -> None:
        self._echoes = {}
        self._polls = {}
        for mac, config in self._configs.items():
            device = _Described(mac, config)
            self._echoes[f"{device.stat}RESULT"] = Echo((f"{device.tele}STATE", f"{device.tele}SENSOR"), None)
            self._echoes[f"{device.stat}STATUS10"] = Echo((f"{device.tele}SENSOR",), "StatusSNS")
            questions = (Publish(f"{device.command}STATE", ""), Publish(f"{device.command}STATUS", "10"))
            self._polls[f"{device.tele}LWT"] = (str(config.get("onln", "Online")), questions)


class _Described:
    """One device, as its `config` describes it."""

    def __init__(self, mac: str, config: dict[str, Any]) -> None:
        self._mac = mac
        self._config = config
        prefixes = config["tp"]
        self.command, self.stat, self.tele = (self._topic(str(prefix)) for prefix in prefixes[:3])
        states = config["state"]
        self._off, self._on = str(states[0]), str(states[1])
        self._toggle = str(states[2]) if len(states) > 2 else "TOGGLE"
        self._settings: dict[str, Any] = config["so"] if isinstance(config.get("so"), dict) else {}

    def parts(self, sensors: dict[str, Any]) -> Iterator[Part]:
        relays = _whole_numbers(self._config, "rl")
        shutters = 0
        is_second_half = False
        for index, relay in enumerate(relays):
            if is_second_half:
                is_second_half = False
            elif relay == _SHUTTER and relays[index + 1 : index + 2] == [_SHUTTER]:
                shutters += 1
                is_second_half = True
                yield self._shutter(shutters)
            elif relay == _RELAY:
                is_light = bool(self._settings.get("30")) or (bool(self._config.get("if")) and index == 0)
                yield self._relay(index, is_light=is_light)
            elif relay == _LIGHT:
                yield self._light(index, relays.index(_LIGHT))
        if self._config.get("if"):
            yield self._fan()
        for index, mode in enumerate(_whole_numbers(self._config, "swc")):
            if mode >= 0 and mode not in _PLAIN_SWITCH_MODES:
                yield self._switch_sensor(index, mode)
        if self._settings.get("73"):
            for index, button in enumerate(_whole_numbers(self._config, "btn")):
                if button:
                    yield from self._button(index)
        yield from self._sensor_parts(sensors)

    def _topic(self, prefix: str) -> str:
        topic = str(self._config["ft"])
        for name, value in (
            ("%hostname%", self._config.get("hn", "")),
            ("%id%", self._mac[-6:]),
            ("%prefix%", prefix),
            ("%topic%", self._config["t"]),
        ):
            topic = topic.replace(name, str(value))
        return topic

    def _part(self, kind: str, object_id: str, **options: Any) -> Part:
        if not self._config.get("dslp"):
            options |= {
                "availability_topic": f"{self.tele}LWT",
                "payload_available": self._config.get("onln", "Online"),
                "payload_not_available": self._config.get("ofln", "Offline"),
            }
        ip = self._config.get("ip")
        device = {
            "identifiers": [self._mac],
            "connections": [["mac", self._mac]],
            "name": self._config.get("dn"),
            "manufacturer": "Tasmota",
            "model": self._config.get("md"),
            "sw_version": self._config.get("sw"),
            "configuration_url": f"http://{ip}/" if ip else None,
        }
        key = (kind, f"{_ROOT}{self._mac} {object_id}")
        return Part(kind=kind, key=key, object_id=object_id, options={**options, "device": device}, label=object_id)

    def _power_key(self, index: int) -> str:
        """Return a template that finds the power of a relay: the only relay of a device has no number."""
        if index == 0:
            return "{{ value_json.POWER | default(value_json.POWER1) }}"
        return f"{{{{ value_json.POWER{index + 1} }}}}"

    def _own_name(self, index: int, word: str) -> str | None:
        names = self._config.get("fn")
        name = names[index] if isinstance(names, list) and index < len(names) else None
        if name is None:
            return f"{word} {index + 1}"
        return None if index == 0 and name == self._config.get("dn") else str(name)

    def _relay(self, index: int, *, is_light: bool) -> Part:
        template = "state_value_template" if is_light else "value_template"
        return self._part(
            "light" if is_light else "switch",
            f"relay_{index + 1}",
            **{template: self._power_key(index)},
            name=self._own_name(index, "Relay"),
            command_topic=f"{self.command}POWER{index + 1}",
            state_topic=f"{self.tele}STATE",
            payload_on=self._on,
            payload_off=self._off,
        )

    def _light(self, index: int, first: int) -> Part:
        part = self._part(
            "light",
            f"light_{index + 1}",
            name=self._own_name(index, "Light"),
            command_topic=self.command,
            state_topic=f"{self.tele}STATE",
            index=index,
            payload_on=self._on,
            payload_off=self._off,
            min_mireds=200 if self._settings.get("82") else 153,
            max_mireds=380 if self._settings.get("82") else 500,
            is_by_channel=bool(self._settings.get("68")),
            is_power_apart=bool(self._settings.get("20")),
            **self._light_kind(index - first),
        )
        return replace(part, make=tasmota_light)

    def _light_kind(self, position: int) -> dict[str, Any]:
        """Return the abilities of the light at a position, and the number of its dimmer."""
        subtype = int(self._config.get("lt_st", 0))
        modes = {1: ["brightness"], 2: ["color_temp"], 3: ["hs"], 4: ["hs", "white"], 5: ["hs", "color_temp"]}
        if self._settings.get("68"):
            return {"modes": ["brightness"], "dimmer": ""}
        if subtype >= 4 and not self._config.get("lk", 1):
            if position == 0:
                return {"modes": ["hs"], "dimmer": "1"}
            return {"modes": ["brightness"] if subtype == 4 else ["color_temp"], "dimmer": "2"}
        return {"modes": modes.get(subtype, []), "dimmer": "3" if self._config.get("ty") else ""}

    def _shutter(self, number: int) -> Part:
        options = self._config.get("sho")
        flags = options[number - 1] if isinstance(options, list) and number <= len(options) else 0
        is_inverted = isinstance(flags, int) and bool(flags & 1)
        tilts = self._config.get("sht")
        tilt = tilts[number - 1] if isinstance(tilts, list) and number <= len(tilts) else (0, 0, 0)
        said = f"value_json.Shutter{number}"
        up, down = ("closing", "opening") if is_inverted else ("opening", "closing")
        extra: dict[str, Any] = {}
        if isinstance(tilt, list) and len(tilt) == 3 and tilt[2] and tilt[0] != tilt[1]:
            extra = {
                "tilt_command_topic": f"{self.command}ShutterTilt{number}",
                "tilt_status_topic": f"{self.tele}SENSOR",
                "tilt_status_template": f"{{% if {said} is defined %}}{{{{ {said}.Tilt }}}}{{% endif %}}",
                "tilt_min": tilt[0],
                "tilt_max": tilt[1],
                "tilt_opened_value": tilt[1],
                "tilt_closed_value": tilt[0],
            }
        return self._part(
            "cover",
            f"shutter_{number}",
            name=f"Shutter {number}",
            device_class="shutter",
            command_topic=f"{self.command}Backlog",
            payload_open=f"ShutterOpen{number}",
            payload_close=f"ShutterClose{number}",
            payload_stop=f"ShutterStop{number}",
            position_topic=f"{self.tele}SENSOR",
            position_template=f"{{% if {said} is defined %}}{{{{ {said}.Position }}}}{{% endif %}}",
            position_open=0 if is_inverted else 100,
            position_closed=100 if is_inverted else 0,
            set_position_topic=f"{self.command}ShutterPosition{number}",
            state_topic=f"{self.tele}SENSOR",
            value_template=(
                f"{{% if {said} is defined %}}"
                f"{{{{ {{1: '{up}', -1: '{down}'}}.get({said}.Direction, 'stopped') }}}}{{% endif %}}"
            ),
            **extra,
        )

    def _fan(self) -> Part:
        return self._part(
            "fan",
            "fan",
            name="Fan",
            command_topic=f"{self.command}FanSpeed",
            payload_on="2",
            payload_off="0",
            state_topic=f"{self.tele}STATE",
            state_value_template=(
                "{% if value_json.FanSpeed is defined %}{{ '2' if value_json.FanSpeed > 0 else '0' }}{% endif %}"
            ),
            percentage_command_topic=f"{self.command}FanSpeed",
            percentage_state_topic=f"{self.tele}STATE",
            percentage_value_template="{{ value_json.FanSpeed }}",
            speed_range_min=1,
            speed_range_max=3,
        )

    def _switch_sensor(self, index: int, mode: int) -> Part:
        names = self._config.get("swn")
        name = names[index] if isinstance(names, list) and index < len(names) else None
        key = f"value_json['{name or f'Switch{index + 1}'}']"
        return self._part(
            "binary_sensor",
            f"switch_{index + 1}",
            name=name or f"Switch {index + 1}",
            state_topic=f"{self.tele}SENSOR",
            value_template=f"{{{{ {key}.Action if {key} is mapping else {key} }}}}",
            payload_on=self._on,
            payload_off=self._off,
            off_delay=1 if mode in _MOTION_SWITCH_MODES else None,
        )

    def _button(self, index: int) -> Iterator[Part]:
        is_single = bool(self._settings.get("13"))
        for event, press in _PRESSES.items():
            if is_single and event != "SINGLE":
                continue
            yield self._part(
                "device_automation",
                f"button_{index + 1}_{event.lower()}",
                automation_type="trigger",
                type=press,
                subtype=f"button_{index + 1}",
                topic=f"{self.tele}STATE",
                value_template=f"{{{{ value_json['Button{index + 1}']['Action'] }}}}",
                payload=event,
            )

    def _sensor_parts(self, sensors: dict[str, Any]) -> Iterator[Part]:
        groups = sensors.get("sn")
        if not isinstance(groups, dict):
            return
        for group, quantities in groups.items():
            if group in _HIDDEN_SENSORS or not isinstance(quantities, dict):
                continue
            for quantity, value in quantities.items():
                for path, sample in _leaves((group, quantity), value):
                    yield self._sensor(path, sample, groups)

    def _sensor(self, path: tuple[str | int, ...], sample: Any, groups: dict[str, Any]) -> Part:
        quantity = next((level for level in reversed(path) if isinstance(level, str) and level in _UNITS), "")
        device_class, unit, state_class = _UNITS.get(quantity, (None, None, None))
        if unit is not None and unit.endswith("Unit"):
            named = groups.get(unit)
            unit = _UNIT_NAMES.get(str(named), str(named)) if named is not None else None
        if not isinstance(sample, int | float):
            device_class = unit = state_class = None
        where = "".join(f"[{msgspec.json.encode(level).decode()}]" for level in path)
        name = " ".join(str(level + 1) if isinstance(level, int) else level for level in path)
        return self._part(
            "sensor",
            "_".join(str(level) for level in path),
            name=name,
            state_topic=f"{self.tele}SENSOR",
            value_template=f"{{{{ value_json{where} }}}}",
            device_class=device_class,
            unit_of_measurement=unit,
            state_class=state_class,
        )


def _leaves(path: tuple[str | int, ...], value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Return every single value below a sensor's quantity: it may be an object or one for each phase."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key), inner
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield (*path, index), inner
    else:
        yield path, value


def _whole_numbers(config: dict[str, Any], key: str) -> list[int]:
    values = config.get(key)
    return [value if isinstance(value, int) else 0 for value in values] if isinstance(values, list) else []


def _check(config: dict[str, Any]) -> None:
    for key, what in (("t", "the topic"), ("ft", "the full topic")):
        if not isinstance(config.get(key), str) or not config[key]:
            raise InvalidInputError(f"'{key}' ({what}) is missing from Tasmota's description")
    for key, least in (("tp", 3), ("state", 2)):
        if not isinstance(config.get(key), list) or len(config[key]) < least:
            raise InvalidInputError(f"'{key}' in Tasmota's description must be a list of at least {least}")
