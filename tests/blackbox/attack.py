"""What attackers have: strangers at any address of the machine, live sockets, the machine's clock, and much time.

Attacks in a loop have two lengths: a bounded one, and with INTERCOM_LONG=1 the whole one, as `make fuzz` runs them.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import simple_websocket

from tests.e2e.program import Program
from tests.e2e.relay_client import Answer, RelayClient
from tests.e2e.until import until

IS_LONG = os.environ.get("INTERCOM_LONG") == "1"
AT_ONCE = 24
HOUR_S = 3600.0
DAY_S = 24 * HOUR_S

_T = TypeVar("_T")


def how_many(whole: int, *, bounded: int) -> int:
    """How often an attack is tried."""
    return whole if IS_LONG else bounded


def at_once(attempts: Sequence[Callable[[], _T]], *, threads: int = AT_ONCE) -> list[_T]:
    """Make attempts in many threads; return what came of each."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda attempt: attempt(), attempts))


def in_the_same_moment(attempts: Sequence[Callable[[], _T]]) -> list[_T]:
    """Make attempts in a thread each, all of which begin together."""
    gate = threading.Barrier(len(attempts))

    def after_all_others(attempt: Callable[[], _T]) -> Callable[[], _T]:
        def make() -> _T:
            gate.wait(30)
            return attempt()

        return make

    return at_once([after_all_others(attempt) for attempt in attempts], threads=len(attempts))


class Clock:
    """The machine's clock as the program sees it, moved by libfaketime while the program runs.

    Attributes:
        environ: what makes a program go by it.
    """

    def __init__(self, folder: Path, *, wall_only: bool = False) -> None:
        """With `wall_only` the monotonic clock stays right, as it does when somebody sets a machine's time."""
        libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
        assert libraries, "libfaketime is not installed"
        self._file = folder / "clock"
        self._ahead_s = 0.0
        self.environ = {
            "LD_PRELOAD": str(libraries[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "NO_FAKE_STAT": "1",
        } | ({"DONT_FAKE_MONOTONIC": "1"} if wall_only else {})
        self.set(0.0)

    def now(self) -> float:
        """What it shows, in seconds since the epoch."""
        return time.time() + self._ahead_s

    def forward(self, seconds: float) -> None:
        """Let time pass, or turn the clock back by what is negative."""
        self.set(self._ahead_s + seconds)

    def set(self, ahead_s: float) -> None:
        """Show a time so far ahead of the right one."""
        self._ahead_s = ahead_s
        written = self._file.with_suffix(".next")
        written.write_text(f"{ahead_s:+.3f}\n")
        written.rename(self._file)

    def set_to(self, instant: float) -> None:
        """Show an instant, in seconds since the epoch."""
        self.set(instant - time.time())


@dataclass(frozen=True)
class Stranger:
    """Somebody at an address of the loopback network; each request comes over a connection of its own."""

    url: str
    address: str = "127.0.0.1"

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str = "",
        headers: Mapping[str, str | bytes] | None = None,
    ) -> Answer:
        """Make a request; bytes are sent as they are, anything else as JSON; paths as of `RelayClient.ask`."""
        place = urlsplit(self.url)
        assert place.hostname is not None
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        path = path if path.startswith("/") else f"/api/v1/{path}"
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        connection = http.client.HTTPConnection(
            place.hostname, place.port, timeout=30, source_address=(self.address, 0)
        )
        with contextlib.closing(connection):
            connection.request(method, path, data, {**sent, **(headers or {}), "Connection": "close"})
            response = connection.getresponse()
            told = response.read()
        is_json = response.headers.get_content_type() == "application/json"
        return Answer(response.status, json.loads(told) if is_json else told.decode(), response.headers)

    def log_in(self, name: str, password: str, *, cookie: str = "") -> Answer:
        """Log in, with the cookie that one has if one has any."""
        headers = {"Cookie": f"sid={cookie}"} if cookie else {}
        return self.ask("POST", "login", {"name": name, "password": password}, headers=headers)

    def ask_pairing(self, name: str = "phone") -> Answer:
        """Ask for a code to be shown on the panel."""
        return self.ask("POST", "pairing", {"name": name})

    def give_code(self, pairing: Mapping[str, Any], code: object, *, native: bool = True) -> Answer:
        """Give a code back for what `ask_pairing` was told."""
        given = {"secret": pairing["secret"], "code": code, "native": native}
        return self.ask("POST", f"pairing/{pairing['request_id']}", given)

    def check_plain(self, code: str | bytes) -> Answer:
        """Give a code back as the ancestor's clients do."""
        return self.ask("POST", "/auth/codecheck", headers={"code": code})


def cookie_in(answer: Answer, name: str = "sid") -> str:
    """The value of a cookie that an answer sets; empty when it sets none."""
    headers = answer.headers
    assert isinstance(headers, Message)
    for header in headers.get_all("Set-Cookie", []):
        if header.startswith(f"{name}="):
            return header.removeprefix(f"{name}=").partition(";")[0].strip('"')
    return ""


def code_of(answer: Answer) -> str:
    """Why a request was refused, as the contract's stable word; empty when it was not."""
    return "" if answer.status < 400 else str(answer.said["error"]["code"])


class Socket:
    """A Socket.IO connection by websocket, which answers pings until it is closed."""

    def __init__(self, url: str, *, token: str = "", cookie: str = "") -> None:
        """Connect; whether that was refused is told by `refusal`."""
        self.heard: list[str] = []
        self.is_closed = threading.Event()
        headers = {"Cookie": f"sid={cookie}"} if cookie else None
        address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self._websocket = simple_websocket.Client.connect(address, headers=headers)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self._websocket.send("40" + (json.dumps({"token": token}) if token else ""))
        self._greeting = until(self._answer_to_connect, "the relay answers a connection")

    @property
    def refusal(self) -> str:
        """Why it was refused; empty when it was let in."""
        if self._greeting.startswith("40"):
            return ""
        return str(json.loads(self._greeting[2:])["data"]["code"])

    def events(self, name: str) -> list[Any]:
        """What was told by an event until now."""
        packets = [json.loads(packet[2:]) for packet in list(self.heard) if packet.startswith("42")]
        return [told for event, told in packets if event == name]

    def watch(self) -> Any:
        """Watch the home; return the answer."""
        self._websocket.send('421["watch"]')
        answer = until(lambda: [packet for packet in list(self.heard) if packet.startswith("431")], "an answer")
        self.heard.remove(answer[0])
        return json.loads(answer[0][3:])[0]

    def close(self) -> None:
        with contextlib.suppress(simple_websocket.ConnectionClosed):
            self._websocket.close()
        self._thread.join(10)

    def _answer_to_connect(self) -> str | None:
        assert not self.is_closed.is_set(), "it was closed"
        return next((packet for packet in list(self.heard) if packet.startswith(("40", "44"))), None)

    def _listen(self) -> None:
        try:
            while True:
                packet = self._websocket.receive()
                if packet == "2":
                    self._websocket.send("3")
                elif isinstance(packet, str):
                    self.heard.append(packet)
        except simple_websocket.ConnectionClosed:
            self.is_closed.set()


@contextlib.contextmanager
def socket(url: str, *, token: str = "", cookie: str = "") -> Iterator[Socket]:
    """A socket for the block; closed at its end."""
    opened = Socket(url, token=token, cookie=cookie)
    try:
        yield opened
    finally:
        opened.close()


@dataclass
class Besieged:
    """A home under attack: its program, and the clock by which that goes, when one is faked."""

    program: Program
    clock: Clock | None = None
    _credentials: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def url(self) -> str:
        return self.program.url

    def at(self, address: str) -> Stranger:
        """Somebody at an address."""
        return Stranger(self.url, address)

    def member(self, role: str = "owner") -> RelayClient:
        """The client of this role that belongs to the house, with an access token of this moment."""
        if role not in self._credentials:
            made = self.program.command("clients", "add", "--name", f"the {role}", "--role", role, "--json")
            self._credentials[role] = made["refresh_credential"]
        refreshed = self.at("127.0.0.1").ask("POST", "session/refresh", {"refresh_credential": self._credentials[role]})
        assert refreshed.status == 200, refreshed
        self._credentials[role] = refreshed.said["refresh_credential"]
        return RelayClient(self.url, session_id=refreshed.said["session"]["id"], token=refreshed.said["access_token"])

    def later(self, seconds: float) -> None:
        """Let time pass."""
        assert self.clock is not None
        self.clock.forward(seconds)

    def shown_code(self) -> str:
        """Read the code that the wall shows, on a further screen of the home."""
        with socket(self.url, token=self.member("screen").token) as screen:
            return str(until(lambda: screen.events("code"), "a code is shown")[0])

    def pair(self, who: Stranger, name: str = "phone", *, native: bool = True) -> Answer:
        """Let somebody in, as a resident at the wall does."""
        asked = who.ask_pairing(name)
        assert asked.status == 201, asked
        return who.give_code(asked.said, self.shown_code(), native=native)

    def restart(self, *, by_force: bool = False) -> None:
        """Stop or kill the program, and start it again."""
        self.program.kill() if by_force else self.program.end()
        self.program.start()

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Read the home's database, as somebody who may read its files."""
        with contextlib.closing(sqlite3.connect(f"file:{self.program.data}/intercom.db?mode=ro", uri=True)) as database:
            return database.execute(sql, parameters).fetchall()

    def check(self) -> None:
        """Fail unless it still answers and has not complained."""
        answer = self.at("127.0.0.1").ask("GET", "/healthz")
        assert (answer.status, answer.said) == (200, "ok")
        self.program.check()
