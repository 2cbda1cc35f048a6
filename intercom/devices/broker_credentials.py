"""The user and password of the embedded broker: made once, kept in a file that only we can read, typed by people."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from intercom.home.errors import StartupError

USER: Final = "intercom"
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike: 20 of them are 98 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a device must say to be let in."""

    user: str
    password: str = field(repr=False)


def own_credentials(path: Path) -> Credentials:
    """Read the credentials, or make them if there are none yet.

    Raises:
        StartupError: the file cannot be read or written, or is damaged; it is left as it is.
    """
    try:
        with contextlib.suppress(FileNotFoundError):
            return _parsed(path)
        made = Credentials(user=USER, password="-".join(_word() for _ in range(4)))
        _write(path, json.dumps({"user": made.user, "password": made.password}))
    except OSError as error:
        raise StartupError(f"The broker's password in {path} cannot be read or written: {error.strerror}.") from error
    return made


def _parsed(path: Path) -> Credentials:
    data = path.read_bytes()
    path.chmod(0o600)
    try:
        match json.loads(data):
            case {"user": str(user), "password": str(password)} if user and password:
                return Credentials(user=user, password=password)
    except ValueError:
        pass
    raise StartupError(f"The broker's password in {path} is damaged: remove the file, and a new one is made.")


def _word() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(5))


def _write(path: Path, text: str) -> None:
    """All or nothing, whenever we are killed."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
