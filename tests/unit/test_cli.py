"""The command line: what is typed, and what the commands do to a data folder."""

from __future__ import annotations

import asyncio
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from intercom import __version__, passphrase
from intercom.cli import (
    AddAccount,
    AddClient,
    Arguments,
    ChangePassword,
    ChangePin,
    CheckConfig,
    CheckDiscovery,
    ListAccounts,
    ListClients,
    MakeBackup,
    RemoveAccount,
    RemoveClient,
    Reset,
    Restore,
    ShowBroker,
    parse,
    run_command,
)
from intercom.config import Flags
from intercom.home.access import Principal, Role, SessionId
from intercom.home.home import Home
from intercom.home.pin import WrongPinError
from intercom.storage.accounts import WrongPasswordError
from intercom.storage.audit import AuditEvent
from intercom.storage.storage import open_storage


class Ran:
    """What a command left behind."""

    def __init__(self, *argv: str, environ: dict[str, str] | None = None, stdin: str = "") -> None:
        arguments = parse(argv)
        assert arguments.command is not None
        stdout, stderr = io.StringIO(), io.StringIO()
        self.code = run_command(
            arguments.command,
            arguments.flags,
            environ=environ or {},
            stdin=io.StringIO(stdin),
            stdout=stdout,
            stderr=stderr,
        )
        self.out, self.error = stdout.getvalue(), stderr.getvalue()


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def data(tmp_path: Path) -> str:
    return str(tmp_path / "data")


def principal_of(data: str, access_token: str) -> Principal:
    """Ask the relay's own storage who carries a token."""

    async def ask() -> Principal:
        async with open_storage(Path(data), Home(), history_days=1, history_mb=1) as storage:
            return await storage.tokens.verify(access_token)

    return asyncio.run(ask())


# What is typed


def test_nothing_typed_starts_the_program() -> None:
    assert parse([]) == Arguments(flags=Flags())


def test_flags_are_handed_on_unchecked() -> None:
    typed = "--config c --data-dir d --host h --port 0 --demo --headless --kiosk --log-level DEBUG"

    assert parse(typed.split()) == Arguments(
        flags=Flags(
            config="c", data_dir="d", host="h", port="0", log_level="debug", demo=True, headless=True, kiosk=True
        )
    )


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("config check", CheckConfig()),
        ("clients", ListClients()),
        ("clients --json", ListClients(as_json=True)),
        ("clients add --name me --role owner", AddClient(name="me", role=Role.OWNER)),
        ("clients add --role guest --name me --json", AddClient(name="me", role=Role.GUEST, as_json=True)),
        ("accounts", ListAccounts()),
        ("accounts add --name me --role owner", AddAccount(name="me", role=Role.OWNER)),
        ("accounts password me --password-file -", ChangePassword(name="me", password_file="-")),
        ("accounts remove me", RemoveAccount(name="me")),
        ("pin", ChangePin()),
        ("pin --pin-file -", ChangePin(pin_file="-")),
        ("clients remove abc", RemoveClient(session_id=SessionId("abc"))),
        ("discovery check", CheckDiscovery()),
        ("discovery check -", CheckDiscovery()),
        ("discovery check a.jsonl", CheckDiscovery(path=Path("a.jsonl"))),
        ("discovery check --commands", CheckDiscovery(with_commands=True)),
        ("broker", ShowBroker()),
        ("backup a.age", MakeBackup(path=Path("a.age"))),
        (
            "backup --force --without-history --passphrase-file - a.age",
            MakeBackup(path=Path("a.age"), passphrase_file="-", may_replace=True, with_history=False),
        ),
        ("restore a.age", Restore(path=Path("a.age"))),
        ("restore a.age --passphrase-file p", Restore(path=Path("a.age"), passphrase_file="p")),
        ("reset", Reset()),
        ("reset --yes", Reset(is_sure=True)),
    ],
)
def test_commands_are_understood(typed: str, command: Any) -> None:
    assert parse(typed.split()) == Arguments(flags=Flags(), command=command)


@pytest.mark.parametrize("typed", ["--data-dir d --config c clients", "clients --data-dir d --config c"])
def test_the_data_folder_may_be_named_before_or_after_the_command(typed: str) -> None:
    assert parse(typed.split()).flags == Flags(data_dir="d", config="c")


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        parse(["--version"])

    assert leaving.value.code == 0
    assert capsys.readouterr().out == f"intercom {__version__}\n"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("--colour", "unrecognized arguments: --colour"),
        ("--head", "unrecognized arguments: --head"),
        ("dance", "invalid choice: 'dance'"),
        ("config", "required: ACTION"),
        ("clients add --name me", "required: --role"),
        ("clients add --name me --role king", "expected owner, resident, guest, screen, got 'king'"),
        ("clients remove", "required: ID"),
        ("--port", "expected one argument"),
        ("backup", "required: FILE"),
        ("backup a.age --passphrase secret", "unrecognized arguments: --passphrase secret"),
    ],
)
def test_a_mistake_is_one_line_and_the_exit_code_2(typed: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        parse(typed.split())

    error = capsys.readouterr().err
    assert leaving.value.code == 2
    assert said in error
    assert error.startswith("intercom")
    assert error.count("\n") == 1


# Settings


def test_right_settings_are_called_right(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[relay]\nport = 1\n")

    ran = Ran("config", "check", "--config", str(tmp_path / "c.toml"))

    assert (ran.code, ran.out, ran.error) == (0, f"{tmp_path}/c.toml is right\n", "")
    assert Ran("config", "check").out == "no file; the defaults are right\n"


def test_wrong_settings_are_named_and_make_a_1(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[relay]\nport = 'x'\n")

    ran = Ran("config", "check", environ={"INTERCOM_CONFIG": f"{tmp_path}/c.toml"})

    assert (ran.code, ran.out) == (1, "")
    assert ran.error == (
        f'intercom: {tmp_path}/c.toml, line 2: relay.port: expected a whole number from 0 to 65535, got "x"\n'
    )


# The broker


def test_the_password_of_the_embedded_broker_is_told_and_stays_the_same(data: str) -> None:
    first = Ran("broker", "--data-dir", data)

    assert [line.split(": ")[0] for line in first.out.splitlines()] == ["port", "user", "password"]
    assert Ran("broker", "--data-dir", data).out == first.out
    assert Path(data).stat().st_mode & 0o777 == 0o700


def test_an_outside_broker_has_no_password_to_tell(data: str) -> None:
    ran = Ran("broker", "--data-dir", data, environ={"INTERCOM_BROKER_URL": "mqtts://me:secret@b.example"})

    assert (ran.code, ran.out) == (0, "an outside broker is used: b.example:8883\n")


# Discovery


@pytest.mark.parametrize("from_file", [True, False])
def test_discovery_messages_are_checked_from_a_file_or_the_standard_input(tmp_path: Path, from_file: bool) -> None:
    message = {"topic": "homeassistant/switch/a/config", "payload": '{"command_topic": "a/set", "name": "A"}'}
    (tmp_path / "a.jsonl").write_text(json.dumps(message))

    ran = Ran("discovery", "check", str(tmp_path / "a.jsonl") if from_file else "-", stdin=json.dumps(message))

    assert ran.code == 0
    assert json.loads(ran.out.splitlines()[0])["topic"] == "homeassistant/switch/a/config"


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    ran = Ran("discovery", "check", str(tmp_path / "gone.jsonl"))

    assert (ran.code, ran.error) == (1, f"intercom: {tmp_path}/gone.jsonl: No such file or directory\n")


# Clients


def test_a_client_that_is_added_has_a_token_that_the_relay_takes(data: str) -> None:
    ran = Ran("clients", "add", "--name", "my script", "--role", "resident", "--data-dir", data)

    assert (ran.code, ran.error) == (0, "")
    last_line = ran.out.strip().split("\n")[-1]
    principal = principal_of(data, last_line.split()[-1])
    assert (principal.name, principal.role) == ("my script", Role.RESIDENT)


def test_a_client_can_be_added_and_listed_in_json(data: str) -> None:
    added = json.loads(Ran("clients", "add", "--name", "스크립트", "--role", "guest", "--json", "--data-dir", data).out)

    assert added.keys() == {"session", "refresh_credential", "access_token", "expires_in_s"}
    assert principal_of(data, added["access_token"]).session_id == added["session"]["id"]
    assert added["session"] == {"id": added["session"]["id"], "name": "스크립트", "role": "guest"}
    assert added["expires_in_s"] == 900
    (listed,) = json.loads(Ran("clients", "--json", "--data-dir", data).out)
    assert added["session"].items() <= listed.items()


def test_clients_are_listed_and_removed(data: str) -> None:
    assert Ran("clients", "--data-dir", data).out == "no client is paired\n"
    for name in ("phone", "tablet"):
        Ran("clients", "add", "--name", name, "--role", "owner", "--data-dir", data)
    lines = Ran("clients", "--data-dir", data).out.splitlines()
    assert [line.split()[-1] for line in lines] == ["phone", "tablet"]

    removed = Ran("clients", "remove", lines[0].split()[0], "--data-dir", data)

    assert (removed.code, removed.out) == (0, "'phone' is no longer paired\n")
    assert [line.split()[-1] for line in Ran("clients", "--data-dir", data).out.splitlines()] == ["tablet"]


def test_no_secret_is_listed(data: str) -> None:
    added = json.loads(Ran("clients", "add", "--name", "phone", "--role", "owner", "--json", "--data-dir", data).out)

    listed = Ran("clients", "--data-dir", data).out + Ran("clients", "--json", "--data-dir", data).out

    assert not any(part in listed for part in added["refresh_credential"].split(".")[1:])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("clients remove nobody", "intercom: there is no paired client 'nobody'\n"),
        ("clients add --role owner --name", "intercom: expected a name of 1 to 64 characters that can be shown\n"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_the_exit_code_1(data: str, typed: str, said: str) -> None:
    argv = [*typed.split(), ""] if typed.endswith("--name") else typed.split()

    ran = Ran(*argv, "--data-dir", data)

    assert (ran.code, ran.out, ran.error) == (1, "", said)


def test_a_data_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")

    ran = Ran("clients", "--data-dir", str(tmp_path / "data"))

    assert (ran.code, ran.out) == (1, "")
    assert ran.error == f"intercom: the data folder {tmp_path}/data is not a folder\n"


async def test_a_running_relay_knows_an_added_client_at_once(data: str) -> None:
    async with open_storage(Path(data), Home(), history_days=1, history_mb=1) as storage:
        ran = await asyncio.to_thread(Ran, "clients", "add", "--name", "script", "--role", "owner", "--data-dir", data)

        assert (await storage.tokens.verify(ran.out.split()[-1])).name == "script"


# Backups


def test_a_home_moves_to_another_machine_by_its_backup(data: str, tmp_path: Path) -> None:
    Ran("clients", "add", "--name", "phone", "--role", "owner", "--data-dir", data)
    password = Ran("broker", "--data-dir", data).out
    file = str(tmp_path / "home.age")

    made = Ran("backup", file, "--passphrase-file", "-", "--data-dir", data, stdin="correct horse\nmore\n")
    back = Ran("restore", file, "--passphrase-file", "-", "--data-dir", data + "2", stdin="correct horse")

    assert (made.code, made.error) == (0, "")
    assert made.out == f"{file}: 0.0 MB, encrypted, with intercom.db, broker/credentials.json\n"
    assert (back.code, back.error) == (0, "")
    assert back.out.startswith("the home is as it was on ")
    assert back.out.endswith(f", in {data}2; every client has to pair again\n")
    assert Ran("broker", "--data-dir", data + "2").out == password
    assert Ran("clients", "--data-dir", data + "2").out == "no client is paired\n"


@pytest.mark.parametrize("words", [("backup", "{file}"), ("restore", "{file}")])
def test_a_backup_that_cannot_be_made_or_used_is_told_before_a_passphrase_is_asked_for(
    data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, str]
) -> None:
    (tmp_path / "home.age").write_text("mine")
    monkeypatch.setattr("getpass.getpass", lambda prompt: pytest.fail("asked"))

    ran = Ran(words[0], str(tmp_path / "home.age"), "--data-dir", data)

    assert (ran.code, ran.out) == (1, "")
    assert ran.error.startswith(f"intercom: {tmp_path}/home.age is ")
    assert ran.error.count("\n") == 1
    assert (tmp_path / "home.age").read_text() == "mine"


def test_a_short_passphrase_is_refused(data: str, tmp_path: Path) -> None:
    Ran("clients", "--data-dir", data)

    ran = Ran("backup", str(tmp_path / "a.age"), "--passphrase-file", "-", "--data-dir", data, stdin="seven77\n")

    assert (ran.code, ran.error) == (1, "intercom: expected a passphrase of at least 8 characters\n")
    assert not (tmp_path / "a.age").exists()


# Reset


def test_a_reset_first_tells_what_it_would_erase_and_then_does(data: str) -> None:
    Ran("clients", "add", "--name", "phone", "--role", "owner", "--data-dir", data)
    Ran("broker", "--data-dir", data)

    unsure = Ran("reset", "--data-dir", data)
    assert (unsure.code, unsure.error) == (1, "")
    assert unsure.out.startswith(f"this would erase, in {data}: intercom.db, broker, copies\n")
    assert "phone" in Ran("clients", "--data-dir", data).out

    sure = Ran("reset", "--yes", "--data-dir", data)
    assert (sure.code, sure.error) == (0, "")
    assert sure.out == f"the home in {data} is erased; the next start begins a new one\n"
    assert Ran("clients", "--data-dir", data).out == "no client is paired\n"


def test_where_no_home_is_there_is_nothing_to_reset(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        ran = Ran("reset", "--yes", "--data-dir", str(folder))

        assert (ran.code, ran.out) == (0, f"there is no home in {folder}\n")
    assert list(tmp_path.iterdir()) == []


async def test_a_home_that_runs_is_neither_reset_nor_restored(data: str, tmp_path: Path) -> None:
    async with open_storage(Path(data), Home(), history_days=1, history_mb=1) as storage:
        await storage.sessions.add(name="phone", role=Role.OWNER)
        file = str(tmp_path / "a.age")
        made = await asyncio.to_thread(
            Ran, "backup", file, "--passphrase-file", "-", "--data-dir", data, stdin="correct horse"
        )
        assert made.code == 0

        for words in (("reset", "--yes"), ("restore", file, "--passphrase-file", "-")):
            ran = await asyncio.to_thread(Ran, *words, "--data-dir", data, stdin="correct horse")

            assert (ran.code, ran.error) == (1, f"intercom: another intercom is running on {data}; stop it first\n")

    assert "phone" in (await asyncio.to_thread(Ran, "clients", "--data-dir", data)).out


# Accounts


def test_an_account_is_made_listed_changed_and_removed(data: str) -> None:
    given = ("--password-file", "-", "--data-dir", data)
    assert Ran("accounts", "--data-dir", data).out == "there is no account\n"

    made = Ran("accounts", "add", "--name", "Mina", "--role", "owner", *given, stdin="correct horse\n")
    again = Ran("accounts", "add", "--name", "MINA", "--role", "guest", *given, stdin="correct horse\n")
    short = Ran("accounts", "add", "--name", "Jun", "--role", "guest", *given, stdin="short\n")
    screen = Ran("accounts", "add", "--name", "Jun", "--role", "screen", *given, stdin="correct horse\n")
    changed = Ran("accounts", "password", "mina", *given, stdin="another horse\n")
    last = Ran("accounts", "remove", "Mina", "--data-dir", data)

    assert (made.code, made.out) == (0, "'Mina' can log in as owner\n")
    assert (again.code, again.error) == (1, "intercom: there is an account 'MINA' already\n")
    assert (short.code, short.error) == (1, "intercom: expected a password of at least 8 characters\n")
    assert screen.code == 1
    assert changed.out == "'Mina' has another password; all its logins have ended\n"
    assert (last.code, last.error) == (1, "intercom: 'Mina' is the last owner; make another one first\n")
    assert Ran("accounts", "--data-dir", data).out.endswith("Mina\n")

    async def log_in(password: str) -> None:
        async with open_storage(Path(data), Home(), history_days=1, history_mb=1) as storage:
            await storage.accounts.log_in(name="Mina", password=password, address="10.0.0.7")

    asyncio.run(log_in("another horse"))
    with pytest.raises(WrongPasswordError):
        asyncio.run(log_in("correct horse"))
    Ran("accounts", "add", "--name", "Jun", "--role", "owner", *given, stdin="correct horse\n")
    assert Ran("accounts", "remove", "Mina", "--data-dir", data).out == "'Mina' can no longer log in\n"
    assert Ran("accounts", "remove", "Mina", "--data-dir", data).code == 1


# The PIN


async def test_a_forgotten_pin_is_chosen_anew_and_a_running_home_takes_it(data: str) -> None:
    async def choose(pin: str) -> Ran:
        return await asyncio.to_thread(Ran, "pin", "--pin-file", "-", "--data-dir", data, stdin=f"{pin}\n")

    async with open_storage(Path(data), Home(), history_days=1, history_mb=1) as storage:
        await storage.pin.choose("2580")
        running = asyncio.create_task(storage.run())
        told = asyncio.Event()
        with storage.pin.watched_by(told.set):
            while storage.pin.wait_s == 0:
                with pytest.raises(WrongPinError):
                    await storage.pin.check("9731")

            guessed = await choose("1234")
            letters = await choose("secret")
            changed = await choose("8642")

            async with asyncio.timeout(10):
                await told.wait()
        await storage.pin.check("8642")
        with pytest.raises(WrongPinError):
            await storage.pin.check("2580")
        running.cancel()
        latest = [entry for entry in await storage.audit.latest() if entry.event is AuditEvent.PIN_CHANGED]

    assert (guessed.code, guessed.error) == (1, "intercom: this PIN is guessed too easily; choose another\n")
    assert (letters.code, letters.error) == (1, "intercom: expected a PIN of 4 to 8 digits\n")
    assert (changed.code, changed.out) == (0, "the panel has another PIN\n")
    assert [entry.who for entry in latest] == ["command line", "panel"]


def test_where_nobody_can_be_asked_the_flag_for_the_pin_is_named(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "_open_terminal", lambda: os.close(os.open("/nowhere", os.O_RDWR)))

    ran = Ran("pin", "--data-dir", data)

    assert ran.code == 1
    assert ran.error == "intercom: there is no terminal at which to ask for the PIN; give it with --pin-file\n"
