"""The factory reset of a program that runs, and that all of its files are its owner's alone; real processes."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio

from intercom.storage.contents import is_ours
from tests.unit.storage.homes import home_id_of

CHECKOUT = Path(__file__).parents[2]
PATIENCE_S = 30.0

# The program itself, of which a resident resets the home as soon as a file is there, and does more if that says so.
RESETS = """
import asyncio, os, signal, sys
from pathlib import Path
from intercom import __main__ as program, app

async def reset_when_told(parts):
    told = Path(os.environ["RESET_WHEN"])
    while not told.exists():
        await asyncio.sleep(0.01)
    text = told.read_text()
    told.unlink()
    parts.reset()
    if text == "and stop":
        os.kill(os.getpid(), signal.SIGTERM)

class NoWindow:
    def close(self):
        pass

def no_window(parts, group, close):
    group.create_task(reset_when_told(parts))
    return NoWindow()

make_maker = program._panel_maker

def panel_maker(qt_app):
    make = make_maker(qt_app)
    def make_and_reset(parts, group, close):
        group.create_task(reset_when_told(parts))
        return make(parts, group, close)
    return make_and_reset

run = app.run
program._panel_maker = panel_maker
app.run = lambda config, make_panel=no_window: run(config, make_panel=make_panel)
sys.exit(program.main())
"""


class Running:
    """The program on a data folder of its own."""

    def __init__(self, place: Path, *python: str, umask: int = -1, environ: Mapping[str, str] | None = None) -> None:
        self.data = place / "data"
        self.out = place / "out"
        self.err = place / "err"
        self.reset_when = place / "reset"
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ},
            "HOME": str(place),
            "QT_QPA_PLATFORM": "offscreen",
            "QT_QUICK_BACKEND": "software",
            "LC_ALL": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "INTERCOM_DATA_DIR": str(self.data),
            "INTERCOM_RELAY_HOST": "127.0.0.1",
            "INTERCOM_RELAY_PORT": "0",
            "INTERCOM_TLS_PORT": "0",
            "INTERCOM_BROKER_HOST": "127.0.0.1",
            "INTERCOM_BROKER_PORT": "0",
            "INTERCOM_BEACON_ENABLED": "false",
            "RESET_WHEN": str(self.reset_when),
            **(environ or {}),
        }
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, *python], env=self.environment, cwd=CHECKOUT, stdout=out, stderr=err, umask=umask
            )

    @property
    def urls(self) -> list[str]:
        """Where it said that it is, once for each start."""
        return re.findall(r"open (http://\S+) in a browser\n", self.out.read_text())

    def until(self, what: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not what():
            assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.err.read_text()}"
            assert time.monotonic() < deadline, self.err.read_text()
            time.sleep(0.01)

    def command(self, *words: str) -> Any:
        program = [sys.executable, "-m", "intercom", *words]
        done = subprocess.run(program, env=self.environment, cwd=CHECKOUT, capture_output=True, check=True)
        return json.loads(done.stdout)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(PATIENCE_S)

    def complaints(self) -> list[str]:
        return [line for line in self.err.read_text().splitlines() if " INFO " not in line]


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Generator[Start, None, None]:
    """Start the program; kill what is left of it."""
    started: list[Running] = []

    def begin(*python: str, **more: Any) -> Running:
        running = Running(tmp_path, *python, **more)
        started.append(running)
        running.until(lambda: running.urls)
        return running

    yield begin
    for running in started:
        running.process.kill()
        running.process.wait()


@pytest.mark.parametrize("flags", [("--headless",), ()], ids=["headless", "window"])
def test_a_reset_ends_every_session_erases_the_home_and_starts_a_new_one(start: Start, flags: tuple[str, ...]) -> None:
    running = start("-c", RESETS, *flags)
    old = home_id_of(running.data)
    client = running.command("clients", "add", "--name", "phone", "--role", "owner", "--json")
    pid = running.process.pid

    async def watch_the_reset() -> list[Any]:
        said: list[Any] = []
        gone = asyncio.Event()
        socket = socketio.AsyncClient(reconnection=False)
        socket.on("session", said.append)
        socket.on("disconnect", lambda *_: gone.set())
        await socket.connect(running.urls[0], auth={"token": client["access_token"]}, transports=["websocket"])
        await socket.emit("watch", {})
        running.reset_when.touch()
        async with asyncio.timeout(PATIENCE_S):
            await gone.wait()
        await socket.disconnect()
        return said

    assert asyncio.run(watch_the_reset()) == [{"ended": True}]

    running.until(lambda: len(running.urls) == 2)
    assert running.process.pid == pid
    assert home_id_of(running.data) != old
    assert running.command("clients", "--json") == []

    async def use_the_old_token() -> int:
        headers = {"Authorization": f"Bearer {client['access_token']}"}
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{running.urls[1]}/api/v1/session", headers=headers) as answer,
        ):
            return answer.status

    assert asyncio.run(use_the_old_token()) == 401
    assert running.stop() == 0
    assert running.complaints() == []


def test_a_program_that_is_stopped_during_a_reset_erases_and_does_not_start_anew(start: Start) -> None:
    running = start("-c", RESETS, "--headless")

    running.reset_when.write_text("and stop")

    assert running.process.wait(PATIENCE_S) == 0
    assert len(running.urls) == 1
    assert [path.name for path in running.data.iterdir()] == ["running.lock"]
    assert running.complaints() == []


@pytest.mark.parametrize("umask", [0o000, 0o022], ids=oct)
def test_all_that_the_program_keeps_is_for_its_owner_alone_and_known_to_a_reset(start: Start, umask: int) -> None:
    running = start("-m", "intercom", "--headless", "--demo", umask=umask)
    running.command("clients", "add", "--name", "phone", "--role", "owner", "--json")
    running.until(lambda: (running.data / "broker" / "kept.mqtt").stat().st_size > 0)
    while_it_runs = modes(running.data)

    assert running.stop() == 0

    assert {"intercom.db-wal", "history.db", "broker", "running.lock"} <= {path.name for path in while_it_runs}
    for path, mode in (while_it_runs | modes(running.data)).items():
        assert mode == (0o700 if path.name in ("data", "broker", "tls", "copies") else 0o600), path
    assert all(is_ours(path.name) for path in running.data.iterdir())


def modes(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}


def test_the_service_manager_is_told_of_the_start_the_reset_and_the_end(start: Start, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PATIENCE_S)
        running = start("-c", RESETS, "--headless", environ={"NOTIFY_SOCKET": systemd.getsockname()})

        def is_told() -> str:
            return systemd.recv(4096).decode().split("\n")[0]

        assert is_told() == "READY=1"
        running.reset_when.touch()
        assert is_told() == "RELOADING=1"
        assert is_told() == "READY=1"
        assert running.stop() == 0
        assert is_told() == "STOPPING=1"

    assert running.complaints() == []


def test_the_signal_to_stop_ends_a_program_that_started_anew(start: Start) -> None:
    running = start("-c", RESETS, "--headless")
    running.reset_when.touch()
    running.until(lambda: len(running.urls) == 2)

    running.process.send_signal(signal.SIGINT)

    assert running.process.wait(PATIENCE_S) == 0
