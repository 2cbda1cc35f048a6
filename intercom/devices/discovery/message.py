"""One message from the broker, decoded at most once however many capabilities read it."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from intercom.home.errors import InvalidInputError

_decode = msgspec.json.Decoder().decode


class NotJson:
    """Stands for `value_json` where the message is not JSON."""


NOT_JSON: Final = NotJson()


class Message:
    """A message.

    Attributes:
        raw: as it came.
        is_retained: the broker had kept it; it may be old.
        is_echo: told again from another topic, so it may lack what its readers look for.
        at: when it came, in seconds since the epoch.
    """

    __slots__ = ("_text", "_value_json", "at", "is_echo", "is_retained", "raw", "topic")

    def __init__(self, topic: str, raw: bytes | str, *, is_retained: bool, at: float, is_echo: bool = False) -> None:
        self.topic = topic
        self.raw = raw
        self.is_retained = is_retained
        self.is_echo = is_echo
        self.at = at
        self._text: str | None = raw if isinstance(raw, str) else None
        self._value_json: Any = None

    @property
    def text(self) -> str:
        """The payload as UTF-8; InvalidInputError when it is not."""
        if self._text is None:
            self._text = self.text_in("utf-8")
        return self._text

    def text_in(self, encoding: str) -> str:
        """Return the payload in another encoding, which a payload may ask for."""
        if isinstance(self.raw, str):
            return self.raw
        try:
            text = self.raw.decode(encoding)
            text.encode()  # some encodings know half a surrogate pair; nothing could pass it on
        except UnicodeError:
            raise InvalidInputError(f"the message is not {encoding} text") from None
        return text

    @property
    def value_json(self) -> Any:
        """The payload as JSON, or NOT_JSON; nobody may change it."""
        if self._value_json is None:
            value = decode_json(self.raw)
            self._value_json = _NULL if value is None else value
        return None if self._value_json is _NULL else self._value_json

    @property
    def value_object(self) -> dict[str, Any]:
        """The payload as a JSON object; InvalidInputError when it is not."""
        value = self.value_json
        if type(value) is not dict:
            raise InvalidInputError("the message is not a JSON object")
        return value


_NULL: Final = NotJson()


def decode_json(raw: bytes | str) -> Any:
    """Return what the JSON text says, or NOT_JSON."""
    try:
        return _decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return NOT_JSON
