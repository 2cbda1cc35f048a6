"""Homes that somebody lived in, on disk, and what is told of them."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intercom.devices.broker_credentials import own_credentials
from intercom.home.access import Role
from intercom.home.capabilities import CapabilityId, Switch, SwitchState
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId
from intercom.home.tries import Secret, Wrong
from intercom.storage import archive
from intercom.storage.archive import Manifest
from intercom.storage.storage import Storage, open_home_database, open_storage

PASSPHRASE = "correct horse battery"
LAMP = DeviceId("lamp")
SWITCH = CapabilityId("switch")


@dataclass(frozen=True)
class Told:
    """What a home is known by."""

    home_id: str
    areas: list[str]
    lamp: str
    history: list[object]
    clients: list[str]
    broker_password: str
    wrong_tries: tuple[float, ...]
    clock: float


def live_in(folder: Path, *, area: str = "Kitchen", lamp: str = "Our lamp", client: str = "phone") -> None:
    """Start the storage on a folder and leave traces everywhere."""

    async def live() -> None:
        home = Home()
        async with open_storage(folder, home, history_days=30, history_mb=10) as storage:
            announce(home)
            made = await storage.layout.add_area(area)
            await storage.layout.change_device(LAMP, name=lamp, area_id=made.id)
            await storage.sessions.add(name=client, role=Role.OWNER)
            storage.wrong_tries.tries.kept = tuple(Wrong(Secret.CODE, "10.0.0.7", at) for at in (100.0, 200.0))
            await storage.wrong_tries.keep()
            home.report(LAMP, SWITCH, SwitchState(on=True))

    asyncio.run(live())
    (folder / "broker").mkdir(mode=0o700, exist_ok=True)
    own_credentials(folder / "broker" / "credentials.json")
    (folder / "broker" / "kept.mqtt").write_bytes(b"0\x08\x00\x04lamp\x31\x32")
    (folder / "panel.json").write_text('{"language": "ko"}')
    (folder / "tls").mkdir(mode=0o700, exist_ok=True)
    (folder / "tls" / "authority.pem").write_text("an authority")


def tell(folder: Path) -> Told:
    """Start the storage on a folder, as the program does, and return what is there."""

    async def ask() -> Told:
        home = Home()
        async with open_storage(folder, home, history_days=30, history_mb=10) as storage:
            announce(home)
            return Told(
                home_id=storage.home_id,
                areas=[each.name for each in home.areas],
                lamp=home.shown_name(LAMP),
                history=[entry.state for entry in await storage.history.query(LAMP)],
                clients=[session.name for session in storage.sessions.all],
                broker_password=_password(folder),
                wrong_tries=tuple(wrong.at for wrong in storage.wrong_tries.tries.kept),
                clock=storage.clock.steady(),
            )

    return asyncio.run(ask())


def announce(home: Home) -> None:
    home.announce(Device(id=LAMP, adapter="test", name="Lamp", capabilities=(Switch(id=SWITCH),)))


def killed(folder: Path, copy: Path, *, area: str) -> None:
    """Copy a home as a kill leaves it: its newest area is only in the database's -wal file."""

    async def add_and_copy() -> None:
        async with open_home_database(folder) as database:
            async with database.transaction() as transaction:
                await transaction.execute("INSERT INTO areas VALUES ('newest', ?, 'home', 99)", (area,))
            shutil.copytree(folder, copy)

    asyncio.run(add_and_copy())
    assert (copy / "intercom.db-wal").stat().st_size > 0


def packed(folder: Path, *, home_id: str | None = None) -> bytes:
    """Pack what is in a folder as a backup is packed, whatever it is."""
    entries = archive.entries_in(folder)
    manifest = Manifest(format=1, version="1.0", home_id=home_id or home_id_of(folder), created_at=0, entries=entries)
    return archive.pack(folder, manifest)


def home_id_of(folder: Path) -> str:
    with contextlib.closing(sqlite3.connect(folder / "intercom.db")) as connection:
        return str(connection.execute("SELECT value FROM identity WHERE name = 'home_id'").fetchone()[0])


def content(folder: Path) -> dict[str, bytes]:
    """Return all that is in a folder but the lock."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "running.lock"
    }


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Storage]:
    """Have the storage open on a folder, as a program that runs has it."""
    with asyncio.Runner() as runner:
        opened = open_storage(folder, Home(), history_days=30, history_mb=10)
        storage = runner.run(opened.__aenter__())
        try:
            yield storage
        finally:
            runner.run(opened.__aexit__(None, None, None))


def _password(folder: Path) -> str:
    path = folder / "broker" / "credentials.json"
    return own_credentials(path).password if path.exists() else ""
