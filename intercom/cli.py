"""The command line: the program's flags, and the commands for those who look after a home or test against one.

Knows neither Qt nor the relay. Commands work on the data folder, most of them also while the relay is running on it.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, assert_never

from intercom import __version__, upkeep
from intercom.config import Flags, LogLevel, load
from intercom.home.access import Role, SessionId
from intercom.home.errors import IntercomError

if TYPE_CHECKING:
    pass


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
class ListAccounts:
    """`intercom accounts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddAccount:
    """`intercom accounts add`; `password_file` "-" is the standard input, None asks at the terminal."""

    name: str
    role: Role
    password_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword:
    """`intercom accounts password`; `password_file` as in `AddAccount`."""

    name: str
    password_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAccount:
    """`intercom accounts remove`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePin:
    """`intercom pin`; `pin_file` as `password_file` in `AddAccount`."""

    pin_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDiscovery:
    """`intercom discovery check`; `path` None is the standard input."""

    path: Path | None = None
    with_commands: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowBroker:
    """`intercom broker`: what a device needs to use the embedded broker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeBackup:
    """`intercom backup`; `passphrase_file` "-" is the standard input, None asks at the terminal."""

    path: Path
    passphrase_file: str | None = None
    may_replace: bool = False
    with_history: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """`intercom restore`; `passphrase_file` as in `MakeBackup`."""

    path: Path
    passphrase_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """`intercom reset`; without `is_sure` it only tells what would be erased."""

    is_sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """`intercom self-test`: whether what was installed works; needs no settings and no data folder."""


Command = (
    CheckConfig
    | ListClients
    | AddClient
    | RemoveClient
    | ListAccounts
    | AddAccount
    | ChangePassword
    | RemoveAccount
    | ChangePin
    | CheckDiscovery
    | ShowBroker
    | MakeBackup
    | Restore
    | Reset
    | SelfTest
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What was typed; `command` None starts the program itself."""

    flags: Flags
    command: Command | None = None


def parse(argv: Sequence[str]) -> Arguments:
    """Read the arguments after the program's name; `--version`, `--help` and mistakes end in SystemExit."""
    typed = vars(_parser().parse_args(argv))
    flags = Flags(**{each.name: typed[each.name] for each in fields(Flags) if each.name in typed})
    return Arguments(flags=flags, command=_command(typed))


def run_command(
    command: Command, flags: Flags, *, environ: Mapping[str, str], stdin: TextIO, stdout: TextIO, stderr: TextIO
) -> int:
    """Carry out one command; return the exit code. What the world refuses is told on `stderr` and makes a 1."""
    try:
        if isinstance(command, CheckDiscovery):
            return upkeep.check_discovery(command, stdin, stdout)
        config = load(flags, environ)
        match command:
            case CheckConfig():
                print(f"{config.path} is right" if config.path else "no file; the defaults are right", file=stdout)
            case ListClients():
                asyncio.run(upkeep.list_clients(command, config, stdout))
            case AddClient():
                asyncio.run(upkeep.add_client(command, config, stdout))
            case RemoveClient():
                asyncio.run(upkeep.remove_client(command, config, stdout))
            case ListAccounts():
                asyncio.run(upkeep.list_accounts(config, stdout))
            case AddAccount():
                asyncio.run(upkeep.add_account(command, config, stdin, stdout))
            case ChangePassword():
                asyncio.run(upkeep.change_password(command, config, stdin, stdout))
            case RemoveAccount():
                asyncio.run(upkeep.remove_account(command, config, stdout))
            case ChangePin():
                asyncio.run(upkeep.change_pin(command, config, stdin, stdout))
            case ShowBroker():
                upkeep.show_broker(config, stdout)
            case MakeBackup():
                upkeep.back_up(command, config, stdin, stdout)
            case Restore():
                upkeep.bring_back(command, config, stdin, stdout)
            case Reset():
                return upkeep.reset(command, config, stdout)
            case SelfTest():
                raise AssertionError("it needs Qt, so `__main__` carries it out")
            case _:
                assert_never(command)
    except IntercomError as error:
        print(error.for_terminal(), file=stderr)
        return 1
    return 0


# What was typed


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; {self.prog} --help tells more\n")


def _parser() -> _Parser:
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS, allow_abbrev=False)
    shared.add_argument("--config", metavar="FILE", help="the settings, in TOML")
    shared.add_argument("--data-dir", metavar="FOLDER", help="where everything is kept that must outlive the program")

    parser = _Parser(
        prog="intercom",
        description="The home's intercom: a wall panel and the relay that carries it to every phone.",
        parents=[shared],
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"intercom {__version__}")
    parser.add_argument("--host", help="the address on which the relay listens")
    parser.add_argument("--port", help="the port of the relay; 0 takes a free one")
    parser.add_argument("--tls-port", metavar="PORT", help="its port for TLS; 0 takes a free one")
    parser.add_argument("--demo", action="store_true", help="add a pretend home")
    parser.add_argument("--headless", action="store_true", help="run the relay alone, without a window")
    parser.add_argument("--kiosk", action="store_true", help="fill the screen for good")
    parser.add_argument("--log-level", type=str.lower, metavar="LEVEL", help=", ".join(LogLevel))

    def add(to: Any, name: str, **more: Any) -> _Parser:
        made: _Parser = to.add_parser(
            name, parents=[shared], argument_default=argparse.SUPPRESS, allow_abbrev=False, **more
        )
        return made

    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    config = add(commands, "config", help="the settings").add_subparsers(dest="action", metavar="ACTION", required=True)
    add(config, "check", help="tell what is wrong with the settings")

    listing = add(commands, "clients", help="list the paired clients, or add and remove them")
    listing.add_argument("--json", action="store_true", help="print JSON")
    clients = listing.add_subparsers(dest="action", metavar="ACTION")
    adding = add(clients, "add", help="pair a client; prints its credentials, once")
    adding.add_argument("--name", required=True, help="what it is called")
    adding.add_argument("--role", required=True, type=_role, metavar="ROLE", help=", ".join(Role))
    adding.add_argument("--json", action="store_true", help="print JSON")
    removing = add(clients, "remove", help="end the standing of a client")
    removing.add_argument("id", metavar="ID", help="as `intercom clients` lists it")

    people = add(commands, "accounts", help="list the accounts, or add, change and remove them").add_subparsers(
        dest="action", metavar="ACTION"
    )
    making = add(people, "add", help="make an account for somebody who logs in by name and password")
    making.add_argument("--name", required=True, help="what they are called")
    making.add_argument("--role", required=True, type=_role, metavar="ROLE", help="owner, resident, guest")
    changing = add(people, "password", help="give an account another password; its logins end")
    leaving = add(people, "remove", help="remove an account; its logins end")
    for each in (changing, leaving):
        each.add_argument("name", metavar="NAME")
    for each in (making, changing):
        each.add_argument(
            "--password-file",
            metavar="FILE",
            help='holds the password in its first line; "-" is the standard input; without it you are asked',
        )

    choosing = add(commands, "pin", help="choose another PIN for the panel, for when it was forgotten")
    choosing.add_argument(
        "--pin-file",
        metavar="FILE",
        help='holds the PIN in its first line; "-" is the standard input; without it you are asked',
    )

    discovery = add(commands, "discovery", help="Home Assistant's MQTT discovery").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    checking = add(discovery, "check", help="tell what becomes of discovery messages")
    checking.add_argument(
        "file",
        nargs="?",
        default="-",
        metavar="FILE",
        help='lines of JSON, {"topic", "payload"}; "-" is the standard input',
    )
    checking.add_argument("--commands", action="store_true", help="add what typical commands would publish")

    add(commands, "broker", help="what a device needs to use the embedded broker")

    backup = add(commands, "backup", help="write all that the home keeps into one encrypted file")
    backup.add_argument("file", type=Path, metavar="FILE")
    backup.add_argument("--force", action="store_true", help="replace the file if it is there")
    backup.add_argument("--without-history", action="store_true", help="leave out what happened to the devices")
    restoring = add(commands, "restore", help="put the home of a backup here; every client has to pair again")
    restoring.add_argument("file", type=Path, metavar="FILE")
    for each in (backup, restoring):
        each.add_argument(
            "--passphrase-file",
            metavar="FILE",
            help='holds the passphrase in its first line; "-" is the standard input; without it you are asked',
        )
    resetting = add(commands, "reset", help="erase the home: clients, keys, names, history, everything")
    resetting.add_argument("--yes", action="store_true", help="do it; without this, only tell what would be erased")

    add(commands, "self-test", help="tell whether what was installed works, without touching the home")
    return parser


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected {', '.join(Role)}, got '{text}'") from None


def _command(typed: Mapping[str, Any]) -> Command | None:
    match typed.get("command"), typed.get("action"):
        case None, _:
            return None
        case "config", "check":
            return CheckConfig()
        case "clients", "add":
            return AddClient(name=typed["name"], role=typed["role"], as_json="json" in typed)
        case "clients", "remove":
            return RemoveClient(session_id=SessionId(typed["id"]))
        case "clients", _:
            return ListClients(as_json="json" in typed)
        case "accounts", "add":
            return AddAccount(name=typed["name"], role=typed["role"], password_file=typed.get("password_file"))
        case "accounts", "password":
            return ChangePassword(name=typed["name"], password_file=typed.get("password_file"))
        case "accounts", "remove":
            return RemoveAccount(name=typed["name"])
        case "accounts", _:
            return ListAccounts()
        case "pin", _:
            return ChangePin(pin_file=typed.get("pin_file"))
        case "discovery", "check":
            path = None if typed["file"] == "-" else Path(typed["file"])
            return CheckDiscovery(path=path, with_commands="commands" in typed)
        case "broker", _:
            return ShowBroker()
        case "backup", _:
            return MakeBackup(
                path=typed["file"],
                passphrase_file=typed.get("passphrase_file"),
                may_replace="force" in typed,
                with_history="without_history" not in typed,
            )
        case "restore", _:
            return Restore(path=typed["file"], passphrase_file=typed.get("passphrase_file"))
        case "reset", _:
            return Reset(is_sure="yes" in typed)
        case "self-test", _:
            return SelfTest()
        case other:
            raise AssertionError(other)
