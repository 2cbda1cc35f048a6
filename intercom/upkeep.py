"""What the commands of `cli` do to a data folder, whether the intercom is running on it or not.

Each imports what it needs, so that the start of the program does not pay for all of them.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, TextIO

from intercom.config import Config, EmbeddedBroker
from intercom.home.errors import NotFoundError

if TYPE_CHECKING:
    from intercom.cli import (
        AddAccount,
        AddClient,
        ChangePassword,
        ChangePin,
        CheckDiscovery,
        ListClients,
        MakeBackup,
        RemoveAccount,
        RemoveClient,
        Reset,
        Restore,
    )
    from intercom.storage.access import Access
    from intercom.storage.sessions import Session


@contextlib.asynccontextmanager
async def _opened(config: Config) -> AsyncIterator[Access]:
    from intercom.storage.access import load_access
    from intercom.storage.storage import open_home_database

    async with open_home_database(config.data_dir) as database:
        yield await load_access(database)


async def list_clients(command: ListClients, config: Config, stdout: TextIO) -> None:
    """List the paired clients."""
    async with _opened(config) as access:
        found = access.sessions.all
    if command.as_json:
        print(json.dumps([_as_json(session) for session in found], ensure_ascii=False), file=stdout)
    elif not found:
        print("no client is paired", file=stdout)
    for session in [] if command.as_json else found:
        seen = time.strftime("%Y-%m-%d %H:%M", time.localtime(session.seen_at))
        print(f"{session.id}  {session.role:8}  {seen}  {session.address or '-':15}  {session.name}", file=stdout)


async def add_client(command: AddClient, config: Config, stdout: TextIO) -> None:
    """Pair a client, and print its credentials."""
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


async def remove_client(command: RemoveClient, config: Config, stdout: TextIO) -> None:
    """End a client's standing."""
    async with _opened(config) as access:
        session = access.sessions.find(command.session_id)
        await access.sessions.remove(command.session_id)
    print(f"'{session.name if session else command.session_id}' is no longer paired", file=stdout)


async def list_accounts(config: Config, stdout: TextIO) -> None:
    """List the accounts."""
    async with _opened(config) as access:
        found = await access.accounts.all()
    if not found:
        print("there is no account", file=stdout)
    for account in found:
        made = time.strftime("%Y-%m-%d", time.localtime(account.created_at))
        print(f"{account.role:8}  {made}  {account.name}", file=stdout)


async def add_account(command: AddAccount, config: Config, stdin: TextIO, stdout: TextIO) -> None:
    """Make an account."""
    from intercom.home.names import THE_MACHINE
    from intercom.passphrase import new_passphrase

    password = new_passphrase(command.password_file, stdin, what="password")
    async with _opened(config) as access:
        account = await access.accounts.add(name=command.name, password=password, role=command.role, by=THE_MACHINE)
    print(f"'{account.name}' can log in as {account.role}", file=stdout)


async def change_password(command: ChangePassword, config: Config, stdin: TextIO, stdout: TextIO) -> None:
    """Give an account another password."""
    from intercom.home.names import THE_MACHINE
    from intercom.passphrase import new_passphrase
    from intercom.storage.accounts import AccountChanges

    password = new_passphrase(command.password_file, stdin, what="password")
    async with _opened(config) as access:
        account = await access.accounts.get_by_name(command.name)
        await access.accounts.change(account.id, AccountChanges(password=password), by=THE_MACHINE)
    print(f"'{account.name}' has another password; all its logins have ended", file=stdout)


async def remove_account(command: RemoveAccount, config: Config, stdout: TextIO) -> None:
    """Remove an account."""
    from intercom.home.names import THE_MACHINE

    async with _opened(config) as access:
        account = await access.accounts.get_by_name(command.name)
        await access.accounts.remove(account.id, by=THE_MACHINE)
    print(f"'{account.name}' can no longer log in", file=stdout)


async def change_pin(command: ChangePin, config: Config, stdin: TextIO, stdout: TextIO) -> None:
    """Choose another PIN for the panel."""
    from intercom.home.names import THE_MACHINE
    from intercom.home.pin import checked_pin
    from intercom.passphrase import new_passphrase

    pin = new_passphrase(command.pin_file, stdin, what="PIN", check=checked_pin)
    async with _opened(config) as access:
        await access.pin.choose(pin, by=THE_MACHINE)
    print("the panel has another PIN", file=stdout)


def check_discovery(command: CheckDiscovery, stdin: TextIO, stdout: TextIO) -> int:
    """Tell what becomes of discovery messages; return the exit code."""
    from intercom.devices import discovery_check

    if command.path is None:
        return discovery_check.run(stdin, stdout, with_commands=command.with_commands)
    try:
        with command.path.open(encoding="utf-8") as stream:
            return discovery_check.run(stream, stdout, with_commands=command.with_commands)
    except OSError as error:
        raise NotFoundError(f"{command.path}: {error.strerror}") from error


def show_broker(config: Config, stdout: TextIO) -> None:
    """Print what a device needs to use the broker."""
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


def back_up(command: MakeBackup, config: Config, stdin: TextIO, stdout: TextIO) -> None:
    """Write a backup."""
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


def bring_back(command: Restore, config: Config, stdin: TextIO, stdout: TextIO) -> None:
    """Restore a backup."""
    from intercom.passphrase import known_passphrase
    from intercom.storage.backup import read_backup, restore

    read_backup(command.path)  # before somebody types for nothing
    manifest = restore(config.data_dir, command.path, known_passphrase(command.passphrase_file, stdin))
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(manifest.created_at))
    print(f"the home is as it was on {made}, in {config.data_dir}; every client has to pair again", file=stdout)


def reset(command: Reset, config: Config, stdout: TextIO) -> int:
    """Erase the home, or tell what would be erased; return the exit code."""
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
