"""The user and password of the embedded broker: made once, kept in a file that only we can read, typed by people.

People typed it into each device, so it is kept twice: when one file is damaged, the other one is taken.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from intercom.home.errors import StartupError

USER: Final = "intercom"
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike: 20 of them are 98 bits."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a device must say to be let in."""

    user: str
    password: str = field(repr=False)


def own_credentials(path: Path) -> Credentials:
    """Read the credentials, or make them if there are none yet.

    What is damaged is set aside, and made anew when both files are. What cannot be written holds until the next start.

    Raises:
        StartupError: the file cannot be read.
    """
    twin = path.with_name(f"{path.stem}.twin{path.suffix}")
    try:
        found = {each: _parsed(each) for each in (path, twin)}
    except OSError as error:
        raise StartupError(f"The broker's password in {path} cannot be read: {error.strerror}.") from error
    credentials = found[path] or found[twin]
    if credentials is None:
        credentials = Credentials(user=USER, password="-".join(_word() for _ in range(4)))
    for each in (path, twin):
        if found[each] != credentials:
            try:
                _write(each, json.dumps({"user": credentials.user, "password": credentials.password}))
            except OSError as error:
                _log.warning("the broker's password cannot be kept in %s: %s", each, error.strerror)
    return credentials


def _parsed(path: Path) -> Credentials | None:
    """Return what is in a file; None when it is not there, or was damaged and is set aside."""
    try:
        data = path.read_bytes()
        with contextlib.suppress(OSError):
            path.chmod(0o600)
        match json.loads(data):
            case {"user": str(user), "password": str(password)} if user and password:
                return Credentials(user=user, password=password)
    except FileNotFoundError:
        return None
    except ValueError:
        pass
    kept_as = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
    _log.warning("the broker's password in %s is damaged; it is kept as %s", path, kept_as.name)
    with contextlib.suppress(OSError):
        path.replace(kept_as)
    return None


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
