"""One life of the program after the other, on the same data folder, and a client and a device that speak to it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.e2e.program import complaints, environment
from tests.fuzz.mqtt_peer import connect, packet
from tests.fuzz.mqtt_peer import field as text
from tests.integration.brokers import free_port

CHECKOUT = Path(__file__).parents[2]
STARTS_WITHIN_S = 120.0  # long runs leave the machine to others
ANSWERS_WITHIN_S = 60.0
PROGRAM = ("-m", "intercom")
HURRIED = ("-m", "tests.survival.hurried")

_ADDRESS = re.compile(r"^intercom: open (http://\S+) in a browser$", re.MULTILINE)


@dataclass(frozen=True)
class Said:
    """What the relay answered; `cookie` is the login's."""

    status: int
    json: Any = None
    cookie: str = ""


class Client:
    """One connection to the relay; a broken one raises OSError or http.client.HTTPException."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWERS_WITHIN_S)

    def ask(self, method: str, path: str, body: object = None, *, token: str = "", cookie: str = "") -> Said:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if cookie:
            headers["Cookie"] = f"sid={cookie}"
        data = None if body is None else json.dumps(body).encode()
        self._connection.request(method, f"/api/v1/{path}", data, headers)
        response = self._connection.getresponse()
        said = response.read()
        sent = response.getheader("Set-Cookie") or ""
        new = re.match(r"sid=([^;]+)", sent)
        return Said(response.status, json.loads(said) if said else None, new[1] if new else "")

    def close(self) -> None:
        self._connection.close()


class Device:
    """An MQTT client that waits until what it says is acknowledged, and can ask what is kept."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWERS_WITHIN_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = b""
        try:
            self._socket.sendall(connect(user=user, password=password))
            assert self._packet()[0] == 0x20
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> Device:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def keep(self, topic: str, payload: bytes) -> None:
        """Publish what is to be kept; return once the broker has it."""
        self._socket.sendall(packet(0x33, text(topic.encode()) + b"\x00\x01" + payload))
        while self._packet()[0] != 0x40:
            pass

    def kept(self, pattern: str) -> dict[str, bytes]:
        """Return what the broker keeps; it sends that by and by, so it is done once nothing came between two pings."""
        self._socket.sendall(packet(0x82, b"\x00\x02" + text(pattern.encode()) + b"\x00"))
        found: dict[str, bytes] = {}
        idle = 0
        is_subscribed = False
        self._socket.sendall(packet(0xC0, b""))
        while idle < 3:
            first, body = self._packet()
            if first & 0xF0 == 0x30:
                length = int.from_bytes(body[:2], "big")
                found[body[2 : 2 + length].decode()] = body[2 + length :]
                idle = 0
            elif first == 0x90:
                is_subscribed = True
            elif first == 0xD0:
                idle += is_subscribed
                self._socket.sendall(packet(0xC0, b""))
        return found

    def _packet(self) -> tuple[int, bytes]:
        head = self._take(2)
        length, shift, at = head[1] & 127, 7, head[1]
        while at & 128:
            at = self._take(1)[0]
            length |= (at & 127) << shift
            shift += 7
        return head[0], self._take(length)

    def _take(self, size: int) -> bytes:
        while len(self._unread) < size:
            data = self._socket.recv(65536)
            if not data:
                raise ConnectionError("the broker hung up")
            self._unread += data
        taken, self._unread = self._unread[:size], self._unread[size:]
        return taken


@dataclass
class Life:
    """The program on a data folder, started and ended as often as one likes.

    Attributes:
        began_at: when it was started last, in seconds since the epoch.
        settings: INTERCOM_ variables, in small letters.
    """

    folder: Path
    program: Sequence[str] = PROGRAM
    flags: Sequence[str] = ("--headless",)
    settings: Mapping[str, object] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    prefix: Sequence[str] = ()
    data: Path = field(init=False)
    port: int = field(init=False)
    broker_port: int = field(init=False)
    process: subprocess.Popen[bytes] | None = None
    began_at: float = 0.0
    seen: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.data = Path(str(self.settings.get("data_dir", self.folder / "data")))
        self.port, self.broker_port = free_port(), free_port()
        (self.folder / "log").touch()

    @property
    def environment(self) -> dict[str, str]:
        given = {
            "data_dir": self.data,
            "relay_host": "127.0.0.1",
            "relay_port": self.port,
            "tls_enabled": "false",
            "tls_port": 0,
            "broker_host": "127.0.0.1",
            "broker_port": self.broker_port,
            "beacon_enabled": "false",
        }
        return environment(self.folder, **{**given, **self.settings}) | dict(self.environ)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def start(self) -> None:
        """Start it, and return once it has said where it is."""
        self.began_at = time.time()
        out = self.folder / "out"
        with out.open("wb") as said, (self.folder / "log").open("ab") as err:
            self.process = subprocess.Popen(
                [*self.prefix, sys.executable, *self.program, *self.flags],
                stdout=said,
                stderr=err,
                env=self.environment,
                cwd=CHECKOUT,
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not _ADDRESS.search(out.read_text()):
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.log}"
            assert time.monotonic() < deadline, f"it does not say where it is:\n{self.log}"
            time.sleep(0.005)

    def kill(self) -> None:
        """Let it die without warning."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        """Ask it to end, which it does in order."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGTERM)
        code = self.process.wait(20)
        self.process = None
        assert code == 0, self.log

    def end(self) -> None:
        """Make sure that it does not run any more."""
        if self.process is not None:
            self.kill()

    def command(self, *words: str, is_refused: bool = False) -> str:
        """Run one of its commands; return what it says."""
        done = subprocess.run(
            [*self.prefix, sys.executable, *PROGRAM, *words],
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=CHECKOUT,
            timeout=STARTS_WITHIN_S,
            check=False,
        )
        assert (done.returncode != 0) is is_refused, done.stdout + done.stderr
        return done.stderr if is_refused else done.stdout

    def client(self) -> Client:
        return Client(self.port)

    def device(self) -> Device:
        told = json.loads((self.data / "broker" / "credentials.json").read_text())
        return Device(self.broker_port, told["user"], told["password"])

    def pair(self, role: str = "owner", name: str = "phone") -> Paired:
        """Pair a client on the machine itself."""
        made = json.loads(self.command("clients", "add", "--name", name, "--role", role, "--json"))
        return Paired(made["session"]["id"], made["access_token"], made["refresh_credential"])

    def take_complaints(self) -> list[str]:
        """Return what it complained about since it was last asked."""
        said = self.log
        new, self.seen = said[self.seen :], len(said)
        return complaints(new)


@dataclass
class Paired:
    """A paired client's credentials."""

    id: str
    token: str = field(repr=False)
    credential: str = field(repr=False)
