"""What a setting may be: kinds of values, each with the words for what it expects.

Knows no setting either. A value comes as TOML has it, or as a text from the environment or the command line, which
`from_text` turns into what TOML would have said.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import os
import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_LONGEST_SHOWN: Final = 40


class UnexpectedError(Exception):
    """A value is not of its kind; the message says what was expected and, unless it is secret, what was given."""


class Kind:
    """A kind of values.

    Attributes:
        expected: what is expected, in words.
        is_secret: a value is never shown.
    """

    expected: str
    is_secret = False

    def read(self, value: object, base: Path) -> Any:
        """Return what a value means; relative paths are below `base`.

        Raises:
            UnexpectedError: it is not of this kind.
        """
        read = self.accept(value, base)
        if read is None:
            raise UnexpectedError(self.expected if self.is_secret else f"{self.expected}, got {_shown(value)}")
        return read

    def accept(self, value: object, base: Path) -> Any:
        """Return what a value means, or None when it is not of this kind."""
        raise NotImplementedError

    def from_text(self, text: str) -> object:
        """Return the value that a text stands for; one that cannot be meant stays a text."""
        return text


class Flag(Kind):
    """True or false."""

    expected = "true or false"

    def accept(self, value: object, base: Path) -> bool | None:
        return value if isinstance(value, bool) else None

    def from_text(self, text: str) -> object:
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)


class Whole(Kind):
    """A whole number within limits."""

    def __init__(self, lowest: int, highest: int) -> None:
        self.expected = f"a whole number from {lowest} to {highest}"
        self._range = range(lowest, highest + 1)

    def accept(self, value: object, base: Path) -> int | None:
        return value if isinstance(value, int) and not isinstance(value, bool) and value in self._range else None

    def from_text(self, text: str) -> object:
        return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text


class OneOf(Kind):
    """One of a few words."""

    def __init__(self, choices: type[StrEnum]) -> None:
        *others, last = (f'"{choice}"' for choice in choices)
        self.expected = f"{', '.join(others)} or {last}"
        self._choices = choices

    def accept(self, value: object, base: Path) -> StrEnum | None:
        return next((choice for choice in self._choices if choice == value), None)


class Text(Kind):
    """A line of text that matches a pattern."""

    def __init__(self, expected: str, pattern: str, *, is_secret: bool = False) -> None:
        self.expected = expected
        self.is_secret = is_secret
        self._pattern = re.compile(pattern)

    def accept(self, value: object, base: Path) -> str | None:
        is_right = isinstance(value, str) and value.isprintable() and self._pattern.fullmatch(value)
        return str(value) if is_right else None


class Network(Text):
    """An address, or a network of addresses."""

    def __init__(self) -> None:
        super().__init__("an address or a network", r"[0-9A-Fa-f.:]+(/[0-9]{1,3})?")

    def accept(self, value: object, base: Path) -> str | None:
        network = super().accept(value, base)
        try:
            return network and str(ipaddress.ip_network(network, strict=False))
        except ValueError:
            return None


class Texts(Kind):
    """A list of texts of one kind; in a text, they are separated by commas."""

    def __init__(self, expected: str, each: Text) -> None:
        self.expected = expected
        self._each = each

    def accept(self, value: object, base: Path) -> tuple[str, ...] | None:
        if not isinstance(value, list):
            return None
        texts = [self._each.accept(each, base) for each in value]
        return tuple(text for text in texts if text is not None) if None not in texts else None

    def from_text(self, text: str) -> object:
        return [each.strip() for each in text.split(",")]


class Folder(Kind):
    """A folder, which may have to be made yet."""

    expected = "the path of a folder"

    def accept(self, value: object, base: Path) -> Path | None:
        return _below(base, value)


class File(Kind):
    """A file that is there."""

    expected = "the path of a file that can be read"

    def accept(self, value: object, base: Path) -> Path | None:
        path = _below(base, value)
        return path if path is not None and path.is_file() and os.access(path, os.R_OK) else None


class FirstLine(Kind):
    """The first line of a file, for what should not stand in a configuration."""

    expected = "the path of a file with a password in its first line"
    is_secret = True  # somebody may take it for the password's own place

    def accept(self, value: object, base: Path) -> str | None:
        path = _below(base, value)
        try:
            lines = [] if path is None else path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return None
        return lines[0] if lines and lines[0].isprintable() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAddress:
    """What the URL of a broker says."""

    host: str
    port: int
    is_tls: bool
    username: str | None
    password: str | None = field(repr=False)


class BrokerUrl(Kind):
    """The URL of an MQTT broker; it may hold a password."""

    expected = '"mqtt://host" or "mqtts://host", also with a user and a port, as in "mqtt://user@host:1883"'
    is_secret = True

    def accept(self, value: object, base: Path) -> BrokerAddress | None:
        if not isinstance(value, str) or not value.isprintable():
            return None
        try:
            url = urlsplit(value)
            port = url.port
        except ValueError:
            return None
        default_port = {"mqtt": 1883, "mqtts": 8883}.get(url.scheme)
        has_more = url.path not in ("", "/") or url.query or url.fragment
        if default_port is None or not url.hostname or has_more or port == 0:
            return None
        return BrokerAddress(
            host=url.hostname,
            port=default_port if port is None else port,
            is_tls=url.scheme == "mqtts",
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
        )


class IndexUrl(Kind):
    """Where the index of releases is; within this machine it may be plain."""

    expected = 'an address that begins with "https://", without a user, or "http://" of this machine itself'
    is_secret = True  # somebody may put a password into it

    def accept(self, value: object, base: Path) -> str | None:
        if not isinstance(value, str) or not re.fullmatch(r"[!-~]{1,2000}", value):
            return None
        try:
            url = urlsplit(value)
            host, _ = url.hostname, url.port
        except ValueError:
            return None
        is_fit = url.scheme == "https" or (url.scheme == "http" and host in LOOPBACK_HOSTS)
        return value if host and is_fit and url.username is None and url.password is None else None


class PublicKey(Kind):
    """An Ed25519 public key."""

    expected = "an Ed25519 public key, 32 bytes in base64"

    def accept(self, value: object, base: Path) -> bytes | None:
        try:
            key = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
        except ValueError:
            return None
        return key if len(key) == 32 else None


def _below(base: Path, value: object) -> Path | None:
    if not isinstance(value, str) or not value or "\0" in value:
        return None
    try:
        return base / Path(value).expanduser()
    except RuntimeError:  # somebody's home that is not known
        return None


def _shown(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"
