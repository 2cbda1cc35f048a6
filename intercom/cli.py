"""The command line: the program's flags, and the commands for those who look after a home or test against one.

Knows neither Qt nor the relay. Commands work on the data folder, most of them also while the relay is running on it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, assert_never

from intercom import __version__
from intercom.config import Config, EmbeddedBroker, Flags, LogLevel, load
from intercom.home.access import Role, SessionId
from intercom.home.errors import IntercomError, NotFoundError

if TYPE_CHECKING:
    from intercom.storage.access import Access
    from intercom.storage.sessions import Session


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


Command = (
    CheckConfig | ListClients | AddClient | RemoveClient | CheckDiscovery | ShowBroker | MakeBackup | Restore | Reset
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
            return _check_discovery(command, stdin, stdout)
        config = load(flags, environ)
        match command:
            case CheckConfig():
                print(f"{config.path} is right" if config.path else "no file; the defaults are right", file=stdout)
            case ListClients():
                asyncio.run(_list_clients(command, config, stdout))
            case AddClient():
                asyncio.run(_add_client(command, config, stdout))
            case RemoveClient():
                asyncio.run(_remove_client(command, config, stdout))
            case ShowBroker():
                _show_broker(config, stdout)
            case MakeBackup():
                _make_backup(command, config, stdin, stdout)
            case Restore():
                _restore(command, config, stdin, stdout)
            case Reset():
                return _reset(command, config, stdout)
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
        case other:
            raise AssertionError(other)


# The commands; each imports what it needs, so that the start of the program does not pay for all of them


@contextlib.asynccontextmanager
async def _opened(config: Config) -> AsyncIterator[Access]:
    from intercom.storage.access import load_access
    from intercom.storage.storage import open_home_database

    async with open_home_database(config.data_dir) as database:
        yield await load_access(database)


async def _list_clients(command: ListClients, config: Config, stdout: TextIO) -> None:
    async with _opened(config) as access:
        found = access.sessions.all
    if command.as_json:
        print(json.dumps([_as_json(session) for session in found], ensure_ascii=False), file=stdout)
    elif not found:
        print("no client is paired", file=stdout)
    for session in [] if command.as_json else found:
        seen = time.strftime("%Y-%m-%d %H:%M", time.localtime(session.seen_at))
        print(f"{session.id}  {session.role:8}  {seen}  {session.address or '-':15}  {session.name}", file=stdout)


async def _add_client(command: AddClient, config: Config, stdout: TextIO) -> None:
    from intercom.storage.tokens import LIVES_S, Audience

    async with _opened(config) as access:
        admission = await access.sessions.add(name=command.name, role=command.role)
        access_token = access.tokens.issue(admission.session)
    session = admission.session
    lives_s = LIVES_S[Audience.API]
    if command.as_json:
        answer = {
            "session": {"id": session.id, "name": session.name, "role": session.role},
            "refresh_credential": admission.refresh_credential,
            "access_token": access_token,
            "expires_in_s": lives_s,
        }
        print(json.dumps(answer, ensure_ascii=False), file=stdout)
    else:
        print(f"'{session.name}' is paired as {session.role}, with the id {session.id}", file=stdout)
        print(f"refresh credential: {admission.refresh_credential}", file=stdout)
        print(f"access token, for {lives_s // 60} minutes: {access_token}", file=stdout)


async def _remove_client(command: RemoveClient, config: Config, stdout: TextIO) -> None:
    async with _opened(config) as access:
        session = access.sessions.find(command.session_id)
        await access.sessions.remove(command.session_id)
    print(f"'{session.name if session else command.session_id}' is no longer paired", file=stdout)


def _check_discovery(command: CheckDiscovery, stdin: TextIO, stdout: TextIO) -> int:
    from intercom.devices import discovery_check

    if command.path is None:
        return discovery_check.run(stdin, stdout, with_commands=command.with_commands)
    try:
        with command.path.open(encoding="utf-8") as stream:
            return discovery_check.run(stream, stdout, with_commands=command.with_commands)
    except OSError as error:
        raise NotFoundError(f"{command.path}: {error.strerror}") from error


def _show_broker(config: Config, stdout: TextIO) -> None:
    from intercom.devices.broker import EmbeddedBroker as Broker
    from intercom.storage.database import prepare_folder
    from intercom.storage.unfinished import finish_interrupted

    if not isinstance(config.broker, EmbeddedBroker):
        print(f"an outside broker is used: {config.broker.host}:{config.broker.port}", file=stdout)
        return
    prepare_folder(config.data_dir)
    finish_interrupted(config.data_dir)
    credentials = Broker(config.data_dir / "broker", host=config.broker.host, port=config.broker.port).credentials
    print(f"port: {config.broker.port}", file=stdout)
    print(f"user: {credentials.user}", file=stdout)
    print(f"password: {credentials.password}", file=stdout)


def _make_backup(command: MakeBackup, config: Config, stdin: TextIO, stdout: TextIO) -> None:
    from intercom.passphrase import new_passphrase
    from intercom.storage.backup import check_target, make_backup

    check_target(command.path, may_replace=command.may_replace)
    passphrase = new_passphrase(command.passphrase_file, stdin)
    backup = make_backup(
        config.data_dir,
        command.path,
        passphrase,
        may_replace=command.may_replace,
        with_history=command.with_history,
    )
    names = ", ".join(entry.name for entry in backup.manifest.entries)
    print(f"{command.path}: {backup.size / 1e6:.1f} MB, encrypted, with {names}", file=stdout)


def _restore(command: Restore, config: Config, stdin: TextIO, stdout: TextIO) -> None:
    from intercom.passphrase import known_passphrase
    from intercom.storage.backup import read_backup, restore

    read_backup(command.path)  # before somebody types for nothing
    manifest = restore(config.data_dir, command.path, known_passphrase(command.passphrase_file, stdin))
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(manifest.created_at))
    print(f"the home is as it was on {made}, in {config.data_dir}; every client has to pair again", file=stdout)


def _reset(command: Reset, config: Config, stdout: TextIO) -> int:
    from intercom.storage.alone import alone
    from intercom.storage.erasing import erase_home, is_marked, to_be_erased

    folder = config.data_dir
    names = ", ".join(path.name for path in to_be_erased(folder))
    if not names and not is_marked(folder):
        print(f"there is no home in {folder}", file=stdout)
        return 0
    if not command.is_sure:
        print(f"this would erase, in {folder}: {names}", file=stdout)
        print("nothing is erased yet; `intercom reset --yes` does it, and nothing brings it back", file=stdout)
        return 1
    with alone(folder, advice="stop it first"):
        erase_home(folder)
    print(f"the home in {folder} is erased; the next start begins a new one", file=stdout)
    return 0


def _as_json(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "name": session.name,
        "role": session.role,
        "address": session.address,
        "created_at": session.created_at,
        "seen_at": session.seen_at,
    }
