"""Those who come to a home over its network, friends and strangers: HTTP, websockets and polls, written by hand.

Each speaks from an address of its own (all of 127.0.0.0/8 is this machine) and says what it likes, byte for byte. All
of it waits for answers and never for a length of time.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import socket
import time
import urllib.parse
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

from tests.e2e.conftest import broker_of
from tests.e2e.mqtt_peers import Broker, Lamp, OldSwitch, Onlooker
from tests.e2e.program import Program
from tests.e2e.relay_client import CodeScreen, RelayClient
from tests.e2e.until import PATIENCE_S, until
from tests.integration.brokers import free_port

Headers = Iterable[tuple[str, str]]

HOME_NAME = "Kestrelhaus"
LAMP = "Moonlamp"
DOOR = "Oakdoor"
METER = "Cellarmeter"
EYE = "Gardeneye"
SWITCH = "Stairswitch"
AREAS = ("Atticroom", "Porchroom")
PICTURE = "picture-of-the-garden"
NAMES = (HOME_NAME, LAMP, DOOR, METER, EYE, SWITCH, *AREAS, PICTURE)
"""What no stranger may ever be told."""

GOOD_PAGE = "https://good.example"
PROXIES = "127.99.0.0/16"
PROXY = "127.99.0.1"

ROLES = ("owner", "resident", "guest", "screen")

_numbers = itertools.count(1)


def new_address() -> str:
    """Return an address of this machine that nobody has spoken from yet."""
    number = next(_numbers)
    return f"127.77.{number // 250}.{number % 250 + 1}"


@dataclass(frozen=True)
class Said:
    """What the relay answered."""

    status: int
    headers: Message
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The word of a refusal; None for what is none."""
        with contextlib.suppress(ValueError, TypeError, KeyError):
            return str(self.json["error"]["code"])
        return None

    @property
    def cookie(self) -> str | None:
        """The login's cookie that it sets."""
        for line in self.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            if name == "sid" and value.strip('"'):
                return str(value)
        return None


def dial(url: str, *, address: str = "127.0.0.1", within_s: float = PATIENCE_S) -> socket.socket:
    """Open a connection to where a URL points, from an address."""
    place = urllib.parse.urlsplit(url)
    return socket.create_connection((place.hostname, place.port), within_s, source_address=(address, 0))


def request(method: str, target: str, headers: Headers = (), body: bytes = b"") -> bytes:
    """Write a request down, with these headers and no other."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode() + body


def read_answer(connection: socket.socket, method: str = "GET") -> Said:
    """Read an answer; of one that switches protocols, its head."""
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    return Said(response.status, response.headers, b"" if response.status == 101 else response.read())


class Visitor:
    """Somebody at an address, with a token or a cookie or neither."""

    def __init__(self, url: str, *, address: str | None = None, token: str = "", cookie: str = "") -> None:
        self.url = url
        self.address = address or new_address()
        self.token = token
        self.cookie = cookie

    @property
    def host(self) -> str:
        return urllib.parse.urlsplit(self.url).netloc

    def headers(self) -> list[tuple[str, str]]:
        """Who this is."""
        said = [("Authorization", f"Bearer {self.token}")] if self.token else []
        return said + ([("Cookie", f"sid={self.cookie}")] if self.cookie else [])

    def ask(
        self, method: str, path: str, body: object = None, *, headers: Headers = (), hosts: Iterable[str] | None = None
    ) -> Said:
        """Ask something; a path that begins with a slash is taken as it is, others are below /api/v1.

        Args:
            body: bytes are sent as they are, all else as JSON.
            hosts: what the Host headers say; one, and the right one, by default.
        """
        return self.send(self.written(method, path, body, headers=headers, hosts=hosts), method)

    def written(
        self, method: str, path: str, body: object = None, *, headers: Headers = (), hosts: Iterable[str] | None = None
    ) -> bytes:
        """Write down what `ask` sends."""
        target = path if path.startswith(("/", "http:")) else f"/api/v1/{path}"
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        said = [("Host", host) for host in ([self.host] if hosts is None else hosts)]
        said += [*self.headers(), ("Connection", "close"), *headers]
        if body is not None:
            said.append(("Content-Length", str(len(data))))
        return request(method, target, said, data)

    def send(self, data: bytes, method: str = "GET") -> Said:
        """Send bytes on a connection of their own; return the answer."""
        with dial(self.url, address=self.address) as connection:
            connection.sendall(data)
            return self.keep_cookie(read_answer(connection, method))

    def log_in(self, name: str, password: str) -> Said:
        """Log in."""
        return self.ask("POST", "login", {"name": name, "password": password})

    def keep_cookie(self, said: Said) -> Said:
        """Keep the cookie that an answer sets, as a browser does."""
        self.cookie = said.cookie or self.cookie
        return said

    def get(self, path: str) -> Any:
        """What the relay tells; fails on a refusal."""
        said = self.ask("GET", path)
        assert said.status == 200, (said, said.body)
        return said.json

    def websocket(self, *, headers: Headers = (), query: str = "") -> Websocket:
        """Open a websocket of Engine.IO; RefusedError when it is not given one."""
        return Websocket(self, headers=headers, query=query)

    def polls(self, *, headers: Headers = ()) -> Polls:
        """Begin to poll; RefusedError when that is not granted."""
        return Polls(self, headers=headers)

    def live(self, transport: str) -> Websocket | Polls:
        """Open a socket by `websocket` or `polling`."""
        return self.websocket() if transport == "websocket" else self.polls()


class RefusedError(AssertionError):
    """No socket was given; `said` is the answer."""

    def __init__(self, said: Said) -> None:
        super().__init__(f"{said.status} {said.body!r}")
        self.said = said


class Live:
    """One socket of Socket.IO; `heard` holds all that came and was looked at."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._calls = itertools.count(1)

    def say(self, packet: str | bytes) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def _next(self, deadline: float) -> str | None:
        raise NotImplementedError

    def hear(self, within_s: float = PATIENCE_S) -> str | None:
        """Return the next packet but pings, None when the socket has ended; TimeoutError when nothing comes."""
        deadline = time.monotonic() + within_s
        while (packet := self._next(deadline)) == "2":
            self.say("3")
        if packet is not None:
            self.heard.append(packet)
        return packet

    def until(self, start: str, within_s: float = PATIENCE_S) -> Any:
        """Listen until a packet begins so; return the JSON after it, or None."""
        deadline = time.monotonic() + within_s
        while True:
            packet = self.hear(deadline - time.monotonic())
            assert packet is not None, f"it ended before {start}; {self.heard[-3:]}"
            if packet.startswith(start):
                return json.loads(packet[len(start) :]) if len(packet) > len(start) else None

    def until_event(self, name: str, within_s: float = PATIENCE_S) -> Any:
        """Listen until an event comes; return what it tells."""
        deadline = time.monotonic() + within_s
        while True:
            event, *told = self.until("42", deadline - time.monotonic())
            if event == name:
                return told[0]

    def until_end(self, within_s: float = PATIENCE_S) -> None:
        """Listen until the socket has ended; TimeoutError when it does not."""
        deadline = time.monotonic() + within_s
        while self.hear(deadline - time.monotonic()) is not None:
            pass

    def enter(self, token: str | None = None) -> Any:
        """Ask to be let in; return the refusal, None when in."""
        self.say("40" if token is None else "40" + json.dumps({"token": token}))
        while True:
            packet = self.hear()
            assert packet is not None, "it ended"
            if packet.startswith("44"):
                return json.loads(packet[2:])
            if packet.startswith("40"):
                return None

    def call(self, event: str, *said: object) -> Any:
        """Ask something; return the answer."""
        number = next(self._calls)
        self.say(f"42{number}" + json.dumps([event, *said]))
        return self.until(f"43{number}")[0]

    def watch(self) -> Any:
        return self.call("watch", {})

    def command(self, device: str, do: str, **more: object) -> Any:
        once = {"once": more.pop("once")} if "once" in more else {}
        return self.call("command", {"device": device, "command": {"do": do, **more}, **once})

    def __enter__(self) -> Live:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Websocket(Live):
    """A socket by websocket."""

    def __init__(self, visitor: Visitor, *, headers: Headers = (), query: str = "") -> None:
        super().__init__()
        self._connection = dial(visitor.url, address=visitor.address)
        self._buffer = bytearray()
        said = [("Host", visitor.host), *visitor.headers(), ("Upgrade", "websocket"), ("Connection", "Upgrade")]
        said += [("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13"), *headers]
        self._connection.sendall(request("GET", f"/socket.io/?EIO=4&transport=websocket{query}", said))
        head = b""
        while not head.endswith(b"\r\n\r\n") and (byte := self._connection.recv(1)):
            head += byte
        self.greeting = visitor.keep_cookie(_head(head))
        if self.greeting.status != 101:
            rest = self._take(int(self.greeting.headers["Content-Length"]), time.monotonic() + PATIENCE_S)
            self._connection.close()
            raise RefusedError(Said(self.greeting.status, self.greeting.headers, rest or b""))

    def say(self, packet: str | bytes) -> None:
        opcode, data = (1, packet.encode()) if isinstance(packet, str) else (2, packet)
        if len(data) < 126:
            length = bytes([0x80 | len(data)])
        elif len(data) < 1 << 16:
            length = b"\xfe" + len(data).to_bytes(2, "big")
        else:
            length = b"\xff" + len(data).to_bytes(8, "big")
        with contextlib.suppress(ConnectionError):  # it may have been cut already, which is heard
            self._connection.sendall(bytes([0x80 | opcode]) + length + bytes(4) + data)

    def close(self) -> None:
        self._connection.close()

    def _next(self, deadline: float) -> str | None:
        head = self._take(2, deadline)
        if head is None:
            return None
        length = head[1]
        if length >= 126:
            more = self._take(2 if length == 126 else 8, deadline)
            if more is None:
                return None
            length = int.from_bytes(more, "big")
        payload = self._take(length, deadline)
        return None if payload is None or head[0] & 15 == 8 else payload.decode()

    def _take(self, count: int, deadline: float) -> bytes | None:
        while len(self._buffer) < count:
            self._connection.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                more = self._connection.recv(1 << 16)
            except ConnectionError:
                return None
            if not more:
                return None
            self._buffer += more
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken


class Polls(Live):
    """A socket by polling."""

    def __init__(self, visitor: Visitor, *, headers: Headers = ()) -> None:
        super().__init__()
        self._visitor, self._headers = visitor, tuple(headers)
        self._path = "/socket.io/?EIO=4&transport=polling"
        self._waiting: deque[str] = deque()
        said = visitor.ask("GET", self._path, headers=self._headers)
        if said.status != 200:
            raise RefusedError(said)
        self.sid = json.loads(said.body.decode().removeprefix("0"))["sid"]
        self._path += f"&sid={self.sid}"

    def say(self, packet: str | bytes) -> None:
        self.post(packet if isinstance(packet, bytes) else packet.encode())

    def post(self, body: bytes) -> Said:
        """Post bytes; return the answer."""
        headers = [*self._headers, ("Content-Type", "text/plain;charset=UTF-8")]
        return self._visitor.ask("POST", self._path, body, headers=headers)

    def posted(self, headers: Headers, body: bytes) -> bytes:
        """Write down a post with other headers about its body."""
        said = [("Host", self._visitor.host), *self._visitor.headers(), ("Connection", "close"), *headers]
        return request("POST", self._path, said, body)

    def close(self) -> None:
        self.post(b"1")

    def _next(self, deadline: float) -> str | None:
        while not self._waiting:
            with dial(self._visitor.url, address=self._visitor.address) as connection:
                connection.settimeout(max(deadline - time.monotonic(), 0.001))
                connection.sendall(self._visitor.written("GET", self._path, headers=self._headers))
                said = self._visitor.keep_cookie(read_answer(connection))
            if said.status != 200:
                return None
            self._waiting.extend(packet for packet in said.body.decode().split("\x1e") if packet)
            if not said.body:
                return None
        packet = self._waiting.popleft()
        return None if packet == "1" else packet


@dataclass(frozen=True)
class Member:
    """A client that was paired."""

    id: str
    name: str
    token: str = field(repr=False)
    credential: str = field(repr=False)


class Door:
    """A lock as somebody might screw on: announces itself, obeys, and counts how often it was opened."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._ears = Onlooker(broker, hear=self._hear)

    def plug_in(self) -> None:
        device = {"identifiers": ["door-of-the-house"], "name": DOOR, "suggested_area": AREAS[1]}
        said = {"name": None, "unique_id": "door", "state_topic": "test/door", "command_topic": "test/door/set"}
        self._broker.publish("homeassistant/lock/door/config", {**said, "device": device}, retain=True)
        self._broker.publish("test/door", "LOCKED", retain=True)
        self._ears.start()

    def pull_out(self) -> None:
        self._ears.stop()

    @property
    def opened(self) -> int:
        """How often it was told to unlock."""
        return self._ears.said("test/door/set").count("UNLOCK")

    def _hear(self, topic: str, payload: str) -> None:
        if topic == "test/door/set":
            self._broker.publish("test/door", f"{payload}ED", retain=True)


class Household:
    """A running home with an owner, a lamp, a door that locks, a meter, a camera and an old switch."""

    def __init__(self, program: Program, *, secure_port: int) -> None:
        self.program = program
        self.secure_port = secure_port
        self.broker = broker_of(program)
        self.door = Door(self.broker)
        self._lamp = Lamp(self.broker, "lamp-of-the-house", name=LAMP, area=AREAS[0])
        self._switch = OldSwitch(self.broker, host="old-switch", name=SWITCH, way=2)
        self.devices: dict[str, str] = {}
        self._learn()

    def furnish(self) -> None:
        """Plug everything in, and return once the home knows it."""
        with ThreadPoolExecutor() as all_at_once:
            list(all_at_once.map(lambda each: each.plug_in(), (self._lamp, self.door, self._switch)))
        for kind, key, name, topic in (("sensor", "meter", METER, "state"), ("image", "eye", EYE, "image")):
            said = {"name": None, "unique_id": key, f"{topic}_topic": f"test/{key}"}
            device = {"identifiers": [f"{key}-of-the-house"], "name": name, "suggested_area": AREAS[1]}
            self.broker.publish(f"homeassistant/{kind}/{key}/config", {**said, "device": device}, retain=True)
        self.measure("nothing yet")
        self.broker.publish("test/eye", PICTURE, retain=True)
        wanted = {LAMP, DOOR, METER, EYE, SWITCH}
        until(lambda: wanted <= set(self._names()), "all devices are there")
        until(lambda: self.owner.ask("GET", self.image_path).status == 200, "the picture is there")
        self.devices = self._names()

    def clear(self) -> None:
        """Pull everything out that listens."""
        self._lamp.pull_out()
        self.door.pull_out()
        self._switch.pull_out()

    def measure(self, value: str) -> None:
        """Let the meter say something."""
        self.broker.publish("test/meter", value, retain=True)

    @property
    def url(self) -> str:
        return self.program.url

    @property
    def image_path(self) -> str:
        capability = next(each["id"] for each in self._device(EYE)["capabilities"] if each["kind"] == "image")
        return f"devices/{urllib.parse.quote(self._names()[EYE], safe='')}/capabilities/{capability}/image"

    def path(self, name: str, rest: str = "") -> str:
        """Where a device is, below /api/v1."""
        return f"devices/{urllib.parse.quote(self.devices[name], safe='')}{rest}"

    def pair(self, role: str = "resident", *, name: str = "", terms: object = None) -> Member:
        """Let somebody in by a code, and give them a role."""
        stranger = Visitor(self.url)
        name = name or f"{role}-{next(_numbers)}"
        asked = stranger.ask("POST", "pairing", {"name": name})
        assert asked.status == 201, asked.body
        given = {"secret": asked.json["secret"], "code": self.read_code(), "native": True}
        admitted = stranger.ask("POST", f"pairing/{asked.json['request_id']}", given)
        assert admitted.status == 200, admitted.body
        member = Member(
            id=admitted.json["session"]["id"],
            name=name,
            token=admitted.json["access_token"],
            credential=admitted.json["refresh_credential"],
        )
        if role != "resident" or terms is not None:
            self.change(member, role=role, **({} if terms is None else {"terms": terms}))
        return member

    def read_code(self) -> str:
        """Read the live code from the home's screen."""
        return CodeScreen(RelayClient(self.url, token=self._screen_token)).next_code()

    def change(self, member: Member, **changes: object) -> None:
        """Let the owner change somebody's standing."""
        said = self.owner.ask("PATCH", f"clients/{member.id}", changes)
        assert said.status == 200, said.body

    def remove(self, member: Member) -> None:
        """Let the owner put somebody out."""
        assert self.owner.ask("DELETE", f"clients/{member.id}").status == 204

    def visitor(self, member: Member) -> Visitor:
        """Somebody who was paired, with their token."""
        return Visitor(self.url, token=member.token)

    def add_account(self, role: str, *, name: str = "", terms: object = None) -> tuple[str, str, str]:
        """Make an account; return its id, name and password."""
        name, password = name or f"{role}-{next(_numbers)}", f"correct horse {next(_numbers)}"
        body = {"name": name, "password": password, "role": role, **({} if terms is None else {"terms": terms})}
        said = self.owner.ask("POST", "accounts", body)
        assert said.status == 201, said.body
        return said.json["id"], name, password

    def audit(self, event: str) -> list[Any]:
        """The entries of the audit log about an event, the newest first."""
        return [each for each in self.owner.get("audit?limit=500")["entries"] if each["event"] == event]

    def restart(self) -> None:
        """Stop the program in order and start it again on the same data folder."""
        assert self.program.terminate().is_in_order
        self.program.start()
        self._learn()

    def _learn(self) -> None:
        with ThreadPoolExecutor() as both:
            owner, screen = both.map(self.program.client, ("owner", "screen"))
        self._screen_token = screen.token
        self.owner = Visitor(self.url, address="127.0.0.1", token=owner.token)

    def _names(self) -> dict[str, str]:
        return {device["name"]: device["id"] for device in self.owner.get("devices")["devices"]}

    def _device(self, name: str) -> Any:
        return next(each for each in self.owner.get("devices")["devices"] if each["name"] == name)


@contextlib.contextmanager
def household(folder: Path, log: Path) -> Iterator[Household]:
    """Run a furnished home, to which a page and a network of proxies are known; it ends in order."""
    secure_port = free_port()
    program = Program(
        folder,
        "--headless",
        log=log,
        home_name=HOME_NAME,
        relay_host="127.0.0.1",
        relay_port=free_port(),
        tls_port=secure_port,
        relay_allowed_origins=GOOD_PAGE,
        relay_trusted_proxies=PROXIES,
        broker_host="127.0.0.1",
        broker_port=free_port(),
        beacon_enabled="true",
        beacon_port=free_port(),
    )
    program.start()
    home = Household(program, secure_port=secure_port)
    try:
        home.furnish()
        yield home
    finally:
        home.clear()
        program.end()
    program.check()


def expect_well(home: Household) -> None:
    """Fail if the program complained, or does not answer."""
    assert Visitor(home.url, address="127.0.0.1").ask("GET", "/healthz").body == b"ok"
    home.program.check()


def _head(head: bytes) -> Said:
    lines, _, _ = head.partition(b"\r\n\r\n")
    first, *others = lines.decode("latin-1").split("\r\n")
    headers = Message()
    for line in others:
        name, _, value = line.partition(":")
        headers[name] = value.strip()
    return Said(int(first.split()[1]), headers, b"")
