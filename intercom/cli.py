"""The command line: the program's flags, and the commands for those who look after a home or test against one.

Knows neither Qt nor the relay; a command works on the data folder, whether the relay is running on it or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from intercom.config import Flags
from intercom.home.access import Role, SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckConfig:
    """`intercom config check`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListClients:
    """`intercom clients`."""

    as_json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddClient:
    """`intercom clients add`."""

    name: str
    role: Role
    as_json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveClient:
    """`intercom clients remove`."""

    session_id: SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDiscovery:
    """`intercom discovery check`; `path` None is the standard input."""

    path: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowBroker:
    """`intercom broker`: what a device needs to use the embedded broker."""


Command = CheckConfig | ListClients | AddClient | RemoveClient | CheckDiscovery | ShowBroker


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What was typed; `command` None starts the program itself."""

    flags: Flags
    command: Command | None = None


def parse(argv: Sequence[str]) -> Arguments:
    """Read the arguments after the program's name; `--version`, `--help` and mistakes end in SystemExit."""
    raise NotImplementedError


def run_command(
    command: Command, flags: Flags, *, environ: Mapping[str, str], stdin: TextIO, stdout: TextIO, stderr: TextIO
) -> int:
    """Carry out one command; return the exit code. What the world refuses is one clear line on `stderr` and a 1."""
    raise NotImplementedError
