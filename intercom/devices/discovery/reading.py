"""Sensors: what is only read, and goes stale when the device falls silent."""

from __future__ import annotations

from datetime import UTC, date, datetime

from intercom.devices.discovery.entity import NONE, Common, Entity, unexpected
from intercom.devices.discovery.options import Options
from intercom.home.capabilities import BinarySensor, BinarySensorState, Capability, Sensor, SensorState
from intercom.home.errors import InvalidInputError

_WORDED = ("date", "enum", "timestamp")
_MAX_PRECISION = 12
_MAX_STATE = 255


class _Reading(Entity):
    """What may expire."""

    __slots__ = ("_expire_after_s", "_is_forced")

    def __init__(self, options: Options, common: Common, capability: Capability) -> None:
        super().__init__(options, common, capability)
        self._expire_after_s = options.whole_or("expire_after", 0)
        self._is_forced = options.flag("force_update", default=False)
        self.is_expired = self._expire_after_s > 0

    def _is_heard(self) -> None:
        """Take note that the device lives."""
        self.has_news = self._is_forced
        if self._expire_after_s > 0:
            self.is_expired = False
            self.due_at = self.heard_at + self._expire_after_s

    def fall_due(self, now: float) -> None:
        self.is_expired = True
        self.due_at = None


class SensorEntity(_Reading):
    """The component `sensor`."""

    __slots__ = ("_text",)

    def __init__(self, options: Options, common: Common) -> None:
        state_topic = options.needed_watched("state_topic")
        device_class = options.word("device_class")
        unit = options.word("unit_of_measurement")
        state_class = options.word("state_class")
        precision = options.whole("suggested_display_precision")
        if precision is not None:
            precision = min(max(0, precision), _MAX_PRECISION)
        choices = options.texts("options")
        if choices:
            device_class = "enum"
        super().__init__(
            options,
            common,
            Sensor(
                device_class=device_class,
                state_class=state_class,
                unit=unit,
                precision=precision,
                options=choices,
                **common.fields(),
            ),
        )
        self._text: str | None = None
        is_numeric = device_class not in _WORDED and any(
            option is not None for option in (device_class, unit, state_class, precision)
        )
        read = self._read_number if is_numeric else self._read_text
        if device_class == "timestamp":
            read = self._read_timestamp
        elif device_class == "date":
            read = self._read_date
        self.watch(state_topic, options.template("value_template"), read)

    def _read_number(self, text: str) -> None:
        self._is_heard()
        if text == self._text or not text:
            return
        self._text = text
        self.state = SensorState() if text == NONE else SensorState(value=_number(text))

    def _read_text(self, text: str) -> None:
        assert isinstance(self.capability, Sensor)
        self._is_heard()
        if text == self._text:
            return
        if text != NONE:
            choices = self.capability.options
            if choices and text not in choices:
                raise unexpected(text, choices)
            if len(text) > _MAX_STATE:
                raise InvalidInputError(f"expected at most {_MAX_STATE} characters, got {len(text)}")
        self._text = text
        self.state = SensorState() if text == NONE else SensorState(value=text)

    def _read_timestamp(self, text: str) -> None:
        self._is_heard()
        self.state = SensorState(value=None if text == NONE else _timestamp(text))

    def _read_date(self, text: str) -> None:
        self._is_heard()
        self.state = SensorState(value=None if text == NONE else _date(text))


class BinarySensorEntity(_Reading):
    """The component `binary_sensor`."""

    __slots__ = ("_off_at", "_off_delay_s", "_states")

    def __init__(self, options: Options, common: Common) -> None:
        state_topic = options.needed_watched("state_topic")
        super().__init__(
            options,
            common,
            BinarySensor(device_class=options.word("device_class"), **common.fields()),
        )
        self._off_delay_s = options.whole("off_delay")
        self._off_at: float | None = None
        self._states = {
            options.text_or("payload_off", "OFF"): _OFF,
            NONE: _UNKNOWN,
            options.text_or("payload_on", "ON"): _ON,
        }
        self.watch(state_topic, options.template("value_template"), self._read)

    def _read(self, text: str) -> None:
        self._is_heard()
        state = self._states.get(text)
        if state is None:
            return
        self.state = state
        if self._off_delay_s is not None:
            self._off_at = self.heard_at + self._off_delay_s if state.on else None
            self._plan()

    def fall_due(self, now: float) -> None:
        if self._off_at is not None and self._off_at <= now:
            self._off_at = None
            self.state = _OFF
        if self._expire_after_s > 0 and self.heard_at + self._expire_after_s <= now:
            self.is_expired = True
        self._plan()

    def _plan(self) -> None:
        moments = [] if self._off_at is None else [self._off_at]
        if self._expire_after_s > 0 and not self.is_expired:
            moments.append(self.heard_at + self._expire_after_s)
        self.due_at = min(moments, default=None)


_ON = BinarySensorState(on=True)
_OFF = BinarySensorState(on=False)
_UNKNOWN = BinarySensorState()


def _number(text: str) -> float | int:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value - value != 0:
        raise InvalidInputError(f"expected a number, got {text[:60]!r}")
    return value


def _timestamp(text: str) -> str:
    """Return a moment as UTC, to the second."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(f"expected a time in ISO 8601, got {text[:60]!r}") from None
    if moment.tzinfo is None:
        raise InvalidInputError(f"expected a time with its zone, got {text[:60]!r}")
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise InvalidInputError(f"expected a date in ISO 8601, got {text[:60]!r}") from None
