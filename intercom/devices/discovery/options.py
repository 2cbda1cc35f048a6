"""The options of one announced component, read with care.

Numbers and switches may come as text and text as numbers, as the protocol has always allowed; what cannot be meant is
refused in words that name the option. Unknown options are ignored.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from intercom.devices.discovery.effects import Publish
from intercom.devices.discovery.templates import Template, TemplateError, Templates
from intercom.home.errors import InvalidInputError

_TRUE = ("1", "true", "yes", "on", "enable")
_FALSE = ("0", "false", "no", "off", "disable")
_MAX_TOPIC = 65_535


class Options:
    """What a payload says about one component.

    Attributes:
        kind: the component's name in the discovery topic, such as "binary_sensor".
        templates: compiles the templates.
    """

    __slots__ = ("_data", "kind", "templates")

    def __init__(self, kind: str, data: Mapping[str, Any], templates: Templates) -> None:
        self.kind = kind
        self.templates = templates
        self._data = data

    def __contains__(self, key: str) -> bool:
        return self._data.get(key) is not None

    def names(self, key: str) -> bool:
        """Tell whether the option is there, be it null."""
        return key in self._data

    def raw(self, key: str) -> Any:
        """Return the option as it came, None without it."""
        return self._data.get(key)

    def text(self, key: str) -> str | None:
        """Return the option as text: true is "True" and 1.0 is "1.0", as in what templates render."""
        value = self._data.get(key)
        if value is None or type(value) is str:
            return value
        if isinstance(value, dict | list):
            raise InvalidInputError(f"'{key}' must be a text, not {_kind_of(value)}")
        return str(value)

    def text_or(self, key: str, default: str) -> str:
        value = self.text(key)
        return default if value is None else value

    def word(self, key: str) -> str | None:
        """Return an option that the same few values fill again and again, kept once in memory."""
        value = self.text(key)
        return None if not value else sys.intern(value)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._data.get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return value != 0
        word = value.strip().lower() if isinstance(value, str) else ""
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        raise InvalidInputError(f"'{key}' must be true or false, not {_shown(value)}")

    def number(self, key: str) -> float | None:
        value = self._data.get(key)
        if value is None:
            return None
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = float("nan")
        if isinstance(value, bool) or number - number != 0:
            raise InvalidInputError(f"'{key}' must be a number, not {_shown(value)}")
        return number

    def number_or(self, key: str, default: float) -> float:
        value = self.number(key)
        return default if value is None else value

    def whole(self, key: str) -> int | None:
        value = self.number(key)
        return None if value is None else int(value)

    def whole_or(self, key: str, default: int) -> int:
        value = self.whole(key)
        return default if value is None else value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; one text alone is a list of one."""
        value = self._data.get(key)
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        if any(isinstance(one, dict | list) for one in values):
            raise InvalidInputError(f"'{key}' must be a list of texts")
        return tuple(sys.intern(str(one)) for one in values if one is not None)

    def watched(self, key: str) -> str | None:
        """Return a topic to listen to; wildcards are allowed."""
        value = self.text(key)
        if value is None:
            return None
        _check_topic(key, value)
        for level in value.split("/"):
            if ("+" in level and level != "+") or ("#" in level and level != "#"):
                raise InvalidInputError(f"'{key}' is not a topic: a wildcard must fill its whole level in {value!r}")
        if "#" in value[:-1]:
            raise InvalidInputError(f"'{key}' is not a topic: '#' must be the last level of {value!r}")
        return sys.intern(value)

    def target(self, key: str) -> str | None:
        """Return a topic to publish to."""
        value = self.text(key)
        if value is None:
            return None
        _check_topic(key, value)
        if "+" in value or "#" in value:
            raise InvalidInputError(f"'{key}' must be a topic without wildcards, not {value!r}")
        return sys.intern(value)

    def needed_watched(self, key: str) -> str:
        return self._needed(key, self.watched(key))

    def needed_target(self, key: str) -> str:
        return self._needed(key, self.target(key))

    def needed_text(self, key: str) -> str:
        return self._needed(key, self.text(key))

    def template(self, key: str) -> Template | None:
        source = self.text(key)
        if source is None:
            return None
        try:
            return self.templates.get(source)
        except TemplateError as fault:
            raise InvalidInputError(f"'{key}' is not a template that can be used: {fault}") from fault

    def wire(self) -> Wire:
        """Return how this component's messages travel."""
        qos = self.whole_or("qos", 0)
        if qos not in (0, 1, 2):
            raise InvalidInputError(f"'qos' must be 0, 1 or 2, not {qos}")
        encoding = self.text_or("encoding", "utf-8")
        if encoding:
            try:
                "0".encode(encoding, "replace")  # some codecs have a name and are none for texts
            except (LookupError, ValueError):
                raise InvalidInputError(f"'encoding' {encoding!r} is not known") from None
        return _wire(qos, self.flag("retain", default=False), encoding.lower())

    def missing(self, what: str) -> InvalidInputError:
        """Return the error that says what this component lacks."""
        article = "an" if self.kind[:1] in "aeiou" else "a"
        return InvalidInputError(f"{what} is missing; {article} {self.kind} needs it")

    def _needed(self, key: str, value: str | None) -> str:
        if value is None:
            raise self.missing(f"'{key}'")
        return value


@dataclass(frozen=True, slots=True)
class Wire:
    """How the messages of a component travel.

    Attributes:
        encoding: of texts; empty when the component reads raw bytes.
    """

    qos: int
    retain: bool
    encoding: str

    def publish(self, topic: str, payload: str | bytes) -> Publish:
        """Return the message that carries `payload`."""
        if isinstance(payload, str) and self.encoding not in ("", "utf-8"):
            payload = payload.encode(self.encoding, "replace")
        return Publish(topic, payload, self.qos, self.retain)


@lru_cache(maxsize=64)
def _wire(qos: int, retain: bool, encoding: str) -> Wire:
    """Return the one Wire that all components of a kind share."""
    return Wire(qos, retain, encoding)


def _check_topic(key: str, value: str) -> None:
    if not value:
        raise InvalidInputError(f"'{key}' is empty")
    if len(value) > _MAX_TOPIC or any(char < " " or "\x7f" <= char <= "\x9f" for char in value):
        raise InvalidInputError(f"'{key}' is not a topic: {value[:80]!r}")


def _kind_of(value: object) -> str:
    return "an object" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
