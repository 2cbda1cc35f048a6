"""A whole relay for tests: a home that the test plays the devices of, real storage, real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp
import socketio
from yarl import URL

from intercom.home.access import Role
from intercom.home.capabilities import (
    Capability,
    CapabilityId,
    Event,
    Light,
    Lock,
    Sensor,
    SensorState,
    State,
    Switch,
    SwitchState,
)
from intercom.home.commands import Command, Turn
from intercom.home.home import Home
from intercom.home.model import Area, AreaId, Device, DeviceId
from intercom.home.pairing import PairingDesk
from intercom.home.releases import ReleaseBoard
from intercom.relay.server import Relay
from intercom.relay.wire import encode, state_wire
from intercom.storage.certificates import Certificates, HomeMade, open_certificates
from intercom.storage.sessions import Session
from intercom.storage.storage import Storage, open_storage
from tests.integration import contract

LAMP = DeviceId("test:lamp")
THERMOMETER = DeviceId("test:thermometer")
BELL = DeviceId("test:bell")
MAIN = CapabilityId("main")


class Devices:
    """The adapter of a test's devices: obeys at once, stays silent, or waits until it may."""

    def __init__(self, home: Home) -> None:
        self.obeys = True
        self.asked: list[tuple[DeviceId, Command]] = []
        self._home = home

    async def execute(self, device: Device, capability: Capability, command: Command) -> None:
        self.asked.append((device.id, command))
        if self.obeys and isinstance(command, Turn):
            self._home.report(device.id, capability.id, SwitchState(on=command.on))


@dataclass(frozen=True)
class WallSwitch:
    host: str
    name: str
    way: int


@dataclass
class WallSwitches:
    """The ancestor's switches, as far as the relay asks for them."""

    home: Home
    registered: dict[str, WallSwitch] = field(default_factory=dict)

    def introduce(self, host: str, *, name: str, way: int, on: str) -> None:
        self.registered[host] = WallSwitch(host, name, way)
        numbers = [CapabilityId(str(number)) for number in range(1, way + 1)]
        capabilities = tuple(Switch(id=number) for number in numbers)
        self.home.announce(Device(id=self.device_id(host), adapter="test", name=name, capabilities=capabilities))
        for number, digit in zip(numbers, on, strict=True):
            self.home.report(self.device_id(host), number, SwitchState(on=digit == "1"))

    def hosts(self) -> list[WallSwitch]:
        return list(self.registered.values())

    def device_id(self, host: str) -> DeviceId:
        from intercom.home.errors import NotFoundError

        if host not in self.registered:
            raise NotFoundError("there is no such switch")
        return DeviceId(f"test:{host}")

    def states(self, host: str) -> list[bool]:
        return [getattr(held.state, "on", None) is True for held in self.home.held(self.device_id(host)).values()]

    async def rename(self, host: str, name: str) -> None:
        old = self.registered[host]
        self.introduce(host, name=name, way=old.way, on="".join("1" if on else "0" for on in self.states(host)))

    async def remove(self, host: str) -> None:
        self.home.withdraw(self.device_id(host))
        del self.registered[host]

    async def toggle(self, host: str, number: int) -> None:
        device_id, capability_id = self.device_id(host), CapabilityId(str(number))
        on = getattr(self.home.held(device_id)[capability_id].shown, "on", None)
        await self.home.command(device_id, capability_id, Turn(on=on is not True))


@dataclass(frozen=True)
class RunningRelay:
    """A relay that answers, and all that it stands on; `trusting` is how its clients use TLS, None when they don't."""

    home: Home
    devices: Devices
    desk: PairingDesk
    storage: Storage
    switches: WallSwitches
    relay: Relay
    http: aiohttp.ClientSession
    trusting: ssl.SSLContext | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.relay.port}" if self.trusting is None else self.relay.secure_url

    async def session(self, role: Role = Role.RESIDENT, *, name: str = "phone") -> Session:
        return (await self.storage.sessions.add(name=name, role=role)).session

    async def token(self, role: Role = Role.RESIDENT, *, name: str = "phone") -> str:
        return self.storage.tokens.issue(await self.session(role, name=name))

    async def ask(
        self, method: str, path: str, body: object = None, *, token: str = "", **options: Any
    ) -> tuple[int, Any]:
        """Make a request; return the status and the answer's JSON, None when there is none."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers.update(options.pop("headers", {}))
        url = path if path.startswith("/") else f"/api/v1/{path}"
        async with self.http.request(method, self.url + url, json=body, headers=headers, **options) as response:
            is_json = response.content_type == "application/json"
            said = await response.json() if is_json else None
        if options.get("params") is None and not url.startswith("/socket.io/"):
            contract.check_answer(method, url, response.status, said)
        return response.status, said

    def report(self, device_id: DeviceId, state: State) -> None:
        self.home.report(device_id, MAIN, state)

    def states(self) -> dict[tuple[str, str], Any]:
        """What the home holds of every capability, as the wire has it."""
        return {
            (device_id, capability_id): json.loads(encode(state_wire(self.home, device_id, capability_id)))["state"]
            for device_id in self.home.device_ids
            for capability_id in self.home.held(device_id)
        }

    def add_sensors(self, count: int) -> list[DeviceId]:
        """Announce sensors `s0`, `s1`, …, each with the value 0."""
        ids = [DeviceId(f"test:s{number}") for number in range(count)]
        for device_id in ids:
            self.home.announce(Device(id=device_id, adapter="test", name=device_id, capabilities=(Sensor(id=MAIN),)))
            self.report(device_id, SensorState(value=0))
        return ids


async def certificates_in(folder: Path, **options: Any) -> Certificates:
    """Return certificates of a home's own."""
    return await open_certificates(HomeMade(folder / "tls", home_id="0123456789abcdef", **options))


def client_of(certificates: Certificates) -> ssl.SSLContext:
    """Return how a client that trusts their authority uses TLS."""
    assert certificates.authority is not None
    return ssl.create_default_context(cadata=certificates.authority.der)


@contextlib.asynccontextmanager
async def running_relay(folder: Path, **options: Any) -> AsyncIterator[RunningRelay]:
    """Run a relay with a lamp, a thermometer and a bell, and close it; with `certificates`, clients use TLS."""
    home = Home(name="Our home")
    web_folder = options.pop("web_folder", folder / "web")
    certificates: Certificates | None = options.get("certificates")
    trusting = options.pop("trusting", None) or (client_of(certificates) if certificates is not None else None)
    async with open_storage(folder / "data", home, history_days=1, history_mb=8) as storage:
        home.set_areas([Area(id=AreaId("hall"), name="Hall"), Area(id=AreaId("kitchen"), name="Kitchen", position=1)])
        devices = Devices(home)
        home.attach("test", devices)
        for device_id, capability in (
            (LAMP, Switch(id=MAIN)),
            (THERMOMETER, Sensor(id=MAIN, device_class="temperature", unit="°C")),
            (BELL, Event(id=MAIN, device_class="doorbell", event_types=("ring",))),
        ):
            name = device_id.partition(":")[2]
            home.announce(Device(id=device_id, adapter="test", name=name, capabilities=(capability,)))
        desk = PairingDesk(clock=storage.clock.steady, tries=storage.wrong_tries.tries)
        switches = WallSwitches(home)
        relay = Relay(
            home=home,
            desk=desk,
            releases=options.pop("releases", None) or ReleaseBoard(),
            storage=storage,
            switches=switches,
            web_folder=web_folder,
            host="127.0.0.1",
            port=options.pop("port", 0),
            **options,
        )
        await relay.start()
        try:
            connector = aiohttp.TCPConnector(ssl=trusting or True)
            async with aiohttp.ClientSession(connector=connector) as http:
                yield RunningRelay(home, devices, desk, storage, switches, relay, http, trusting)
        finally:
            await relay.stop()


class Phone:
    """A client of Socket.IO that remembers what it was told."""

    def __init__(self, running: RunningRelay, *, transports: tuple[str, ...] = ("websocket",)) -> None:
        http = None if running.trusting is None else running.http
        self.sio = socketio.AsyncClient(reconnection=False, logger=False, http_session=http)
        self.told: list[tuple[str, Any]] = []
        self.is_gone = asyncio.Event()
        self._running = running
        self._transports = list(transports)
        self._news = asyncio.Condition()
        self._loops: list[asyncio.Task[None]] = []
        self._faults: list[AssertionError] = []
        self.sio.on("*", self._take)
        self.sio.on("disconnect", self._leave)

    def states(self) -> dict[tuple[str, str], Any]:
        """What this client believes of every capability, by all that it was told."""
        known: dict[tuple[str, str], Any] = {}
        for told in self.frames:
            for gone in told.get("removed", []):
                known = {key: state for key, state in known.items() if key[0] != gone}
            for device in told.get("devices", []):
                for capability in device["capabilities"]:
                    known[device["id"], capability["id"]] = capability["state"]
            for each in told.get("states", []):
                known[each["device"], each["capability"]] = each["state"]
        return known

    @property
    def revisions(self) -> list[int]:
        """The revisions that it was told, in order."""
        return [told["revision"] for told in self.frames]

    @property
    def frames(self) -> list[Any]:
        """The last snapshot and the changes after it, as a client applies them: what it knows already is dropped."""
        applied = self.all("snapshot")[-1:]
        for told in self.all("changes"):
            if not applied or told["revision"] > applied[-1]["revision"]:
                applied.append(told)
        return applied

    async def until_revision(self, revision: int) -> None:
        """Return once this client was told everything up to a revision of the home."""
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: self.revisions[-1:] >= [revision])

    async def connect(self, token: str | None) -> None:
        auth = None if token is None else {"token": token}
        await self.sio.connect(self._running.url, auth=auth, transports=self._transports, wait_timeout=5)
        self._loops = [self.sio.eio.read_loop_task, self.sio.eio.write_loop_task]

    async def watch(self, **known: Any) -> Any:
        answer = await self.sio.call("watch", known, timeout=5)
        contract.check_event("snapshot", answer)
        if "devices" in answer:
            await self._take("snapshot", answer)
        return answer

    async def command(self, device: str, do: str, **more: Any) -> Any:
        answer = await self.sio.call("command", {"device": device, "command": {"do": do, **more}}, timeout=5)
        contract.check_event("outcome", answer)
        return answer

    async def until(self, event: str, count: int = 1) -> list[Any]:
        """Return what was told of an event, once that is so many times."""
        async with asyncio.timeout(5), self._news:
            await self._news.wait_for(lambda: len(self.all(event)) >= count)
            return self.all(event)

    def all(self, event: str) -> list[Any]:
        return [said for name, said in self.told if name == event]

    async def __aenter__(self) -> Phone:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.sio.disconnect()
        await self.sio.shutdown()
        for task in self._loops:  # python-engineio's client leaves them waiting when it is put out
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._faults:
            raise self._faults[0]

    def _check(self, event: str, said: Any) -> None:
        try:
            contract.check_event(event, said)
        except AssertionError as fault:
            self._faults.append(fault)  # raised here it would be lost in the client's own task

    async def _take(self, event: str, *said: Any) -> None:
        if event != "snapshot":
            self._check(event, said[0])
        async with self._news:
            self.told.append((event, said[0] if said else None))
            self._news.notify_all()

    async def _leave(self, *_reason: object) -> None:
        self.is_gone.set()


class SlowPhone:
    """A websocket client that reads only when it is told to; what it does not read stays in the network."""

    def __init__(self, running: RunningRelay, *, query: str = "EIO=4&transport=websocket") -> None:
        self._running = running
        self._query = query
        self.bytes_read = 0

    async def __aenter__(self) -> SlowPhone:
        port = URL(self._running.url).port
        self._reader, self._writer = await asyncio.open_connection(
            "127.0.0.1", port, limit=1 << 14, ssl=self._running.trusting
        )
        self._writer.write(
            f"GET /socket.io/?{self._query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            "".encode()
        )
        assert (await self._reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        assert (await self.read())[:1] == b"0"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    def send(self, packet: str | bytes) -> None:
        """Send an Engine.IO packet, masked with zeros (RFC 6455 §5.3)."""
        opcode, said = (1, packet.encode()) if isinstance(packet, str) else (2, packet)
        if len(said) < 126:
            length = bytes([0x80 | len(said)])
        elif len(said) < 1 << 16:
            length = b"\xfe" + len(said).to_bytes(2, "big")
        else:
            length = b"\xff" + len(said).to_bytes(8, "big")
        self._writer.write(bytes([0x80 | opcode]) + length + bytes(4) + said)

    async def read(self) -> bytes:
        """Return the next frame's payload; of a close frame too."""
        head = await self._reader.readexactly(2)
        length = head[1]
        if length >= 126:
            length = int.from_bytes(await self._reader.readexactly(2 if length == 126 else 8), "big")
        self.bytes_read += length
        return await self._reader.readexactly(length)

    async def read_until(self, start: str) -> Any:
        """Read on until a packet that starts so; return the JSON after it."""
        async with asyncio.timeout(5):
            while not (packet := await self.read()).startswith(start.encode()):
                pass
        return json.loads(packet[len(start) :]) if len(packet) > len(start) else None

    async def read_event(self, name: str) -> Any:
        """Read on until an event; return what it tells."""
        async with asyncio.timeout(5):
            while True:
                packet = await self.read()
                if packet.startswith(b"42"):
                    event, told = json.loads(packet[2:])
                    if event == name:
                        return told

    async def read_to_the_end(self) -> list[bytes]:
        """Read on until the connection is gone; return what came."""
        packets = []
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            async with asyncio.timeout(5):
                while True:
                    packets.append(await self.read())
        return packets

    async def watch(self, token: str) -> Any:
        self.send("40" + json.dumps({"token": token}))
        await self.read_until("40")
        self.send('421["watch"]')
        return (await self.read_until("431"))[0]


__all__ = ["BELL", "LAMP", "MAIN", "THERMOMETER", "Light", "Lock", "Phone", "RunningRelay", "running_relay"]
