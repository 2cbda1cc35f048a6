"""Clients of Socket.IO 2 beside newer ones: the real ones of three versions, and bare ones that break the rules."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError, web
from aiohttp.test_utils import TestServer

from intercom.home.access import Principal, Role
from intercom.home.capabilities import SensorState, SwitchState
from intercom.home.errors import UnauthorizedError
from intercom.relay import live, old_sockets
from intercom.relay.fences import VISITOR, Visitor
from intercom.relay.frames import Answer, Frame, Outlet
from intercom.relay.old_sockets import OldSocketServer, decode_payload, encode_payload
from intercom.relay.server import MOST_FRAME_BYTES
from intercom.storage.tokens import Audience
from tests.integration import contract
from tests.integration.node_clients import CLIENTS, node_client
from tests.integration.relays import LAMP, THERMOMETER, Phone, RunningRelay, SlowPhone, running_relay

pytestmark = pytest.mark.timeout(180)  # the first one installs the clients

WEBSOCKET = "EIO=3&transport=websocket"
POLLING = "EIO=3&transport=polling"
MANY = 400

VERSIONS = pytest.mark.parametrize("version", [2, 3, 4])
WAYS = pytest.mark.parametrize(
    "transports", [["polling"], ["websocket"], ["polling", "websocket"]], ids=["polling", "websocket", "upgraded"]
)


@pytest.fixture(scope="session")
def node() -> str:
    """The program of Node.js; the clients that it runs are installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[2] / "packaging"))
        import build_resources

        sys.modules.pop("build_resources")
    found = build_resources.find_node()
    with build_resources.alone(CLIENTS):
        build_resources.install_modules(found, CLIENTS)
    program: str = found.node[0]
    return program


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with running_relay(tmp_path, old_sockets=True) as running:
        yield running


def saying(token: str, version: int) -> dict[str, Any]:
    """Return how a client of this version says who it is."""
    return {"query": {"token": token}} if version == 2 else {"auth": {"token": token}}


# Real clients


@VERSIONS
@WAYS
async def test_real_clients_get_in_watch_command_and_are_put_out(
    here: RunningRelay, node: str, version: int, transports: list[str]
) -> None:
    session = await here.session()
    token = here.storage.tokens.issue(session)
    async with node_client(node, version, here.url, transports=transports, **saying(token, version)) as client:
        await client.until_told("connect")
        if len(transports) > 1:
            assert await client.until_told("upgrade") == "websocket"

        snapshot = await client.ask("watch")
        here.report(THERMOMETER, SensorState(value=21.5))
        await client.until(lambda: client.events("changes"))
        outcome = await client.ask("command", {"device": LAMP, "command": {"do": "turn_on"}})
        connected = here.relay.sockets
        await here.storage.sessions.remove(session.id)
        reason = await client.until_told("disconnect")

    contract.check_event("snapshot", snapshot)
    assert len(snapshot["devices"]) == 3
    assert client.events("changes")[0]["states"][0]["state"] == {"value": 21.5}
    assert outcome == {"outcome": "confirmed"}
    assert (connected, here.relay.sockets) == (1, 0)
    if version == 2:
        assert reason == "io server disconnect", "it would come back at once"
        assert client.events("session") == [{"ended": True}]


@VERSIONS
@WAYS
async def test_many_changes_at_once_all_arrive_in_order(
    here: RunningRelay, node: str, version: int, transports: list[str]
) -> None:
    sensors = here.add_sensors(MANY)
    token = await here.token()
    async with node_client(node, version, here.url, transports=transports, **saying(token, version)) as client:
        await client.until_told("connect")
        snapshot = await client.ask("watch")

        for count, sensor in enumerate(sensors, 1):
            here.report(sensor, SensorState(value=f"{count} 🔔 é"))
            if count % 4 == 0:
                await asyncio.sleep(0.001)
        await client.until(
            lambda: client.events("changes") and client.events("changes")[-1]["revision"] == here.home.revision
        )

    frames = client.events("changes")
    revisions = [frame["revision"] for frame in frames]
    assert revisions == sorted(set(revisions))
    assert revisions[0] > snapshot["revision"]
    told = [each for frame in frames for each in in_order(frame)]
    assert list(dict(told)) == sensors, "they were not told in the order in which they changed"
    assert dict(told) == {sensor: f"{count} 🔔 é" for count, sensor in enumerate(sensors, 1)}


def in_order(frame: Any) -> list[tuple[str, Any]]:
    """Return each sensor that a frame tells of with its value."""
    for device in frame.get("devices", []):
        assert len(device["capabilities"]) == 1
    of_devices = [(each["id"], each["capabilities"][0]["state"].get("value")) for each in frame.get("devices", [])]
    return of_devices + [(each["device"], each["state"].get("value")) for each in frame.get("states", [])]


@WAYS
async def test_a_client_with_a_wrong_token_is_refused(here: RunningRelay, node: str, transports: list[str]) -> None:
    async with node_client(node, 2, here.url, transports=transports, query={"token": "nonsense"}) as client:
        refusal = await client.until_told("error")
        await client.until_told("close")

    assert refusal == {"code": "unauthorized", "message": "this is not an access token of this home"}
    assert client.all("connect") == []
    assert here.relay.sockets == 0


@WAYS
async def test_a_client_without_a_token_authenticates_by_an_event(
    here: RunningRelay, node: str, transports: list[str]
) -> None:
    token = await here.token()
    async with node_client(node, 2, here.url, transports=transports) as client:
        await client.until_told("connect")
        unheard = client.emit("watch")

        wrong = await client.ask("authenticate", {"token": "nonsense"})
        none = await client.ask("authenticate")
        right = await client.ask("authenticate", {"token": token})
        snapshot = await client.ask("watch")

    assert wrong["error"]["code"] == none["error"]["code"] == "unauthorized"
    assert right == {}
    assert len(snapshot["devices"]) == 3
    assert all(answer["id"] != unheard for answer in client.all("answer"))


@WAYS
async def test_who_authenticates_wrongly_three_times_is_put_out(
    here: RunningRelay, node: str, monkeypatch: pytest.MonkeyPatch, transports: list[str]
) -> None:
    monkeypatch.setattr(old_sockets, "STRANGERS_LIVE_S", 60.0)
    async with node_client(node, 2, here.url, transports=transports) as client:
        await client.until_told("connect")
        answers = [await client.ask("authenticate", {"token": "nonsense"}) for _ in range(3)]
        await client.until_told("disconnect")

    assert [answer["error"]["code"] for answer in answers] == ["unauthorized"] * 3


@pytest.mark.parametrize("transport", ["polling", "websocket"])
@pytest.mark.parametrize(("name", "before"), [("Authorization", "Bearer "), ("x-access-token", "")])
async def test_a_client_may_say_who_it_is_in_a_header(
    here: RunningRelay, node: str, transport: str, name: str, before: str
) -> None:
    headers = {name: before + await here.token()}
    options = {"transports": [transport], "transportOptions": {transport: {"extraHeaders": headers}}}
    async with node_client(node, 2, here.url, **options) as client:
        await client.until_told("connect")

        assert len((await client.ask("watch"))["devices"]) == 3


@WAYS
async def test_a_client_that_leaves_is_gone(here: RunningRelay, node: str, transports: list[str]) -> None:
    async with node_client(node, 2, here.url, transports=transports, query={"token": await here.token()}) as client:
        await client.until_told("connect")
        await client.ask("watch")
        assert here.relay.sockets == 1

        client.close()
        await until_sockets(here, 0)


async def test_there_is_only_the_default_namespace(here: RunningRelay, node: str) -> None:
    async with node_client(node, 2, f"{here.url}/door", query={"token": await here.token()}) as client:
        refusal = await client.until_told("error")

    assert refusal == {"code": "not_found", "message": "there is only the default namespace"}
    assert client.all("connect") == []


async def test_without_the_option_old_clients_are_refused_as_ever(tmp_path: Path, node: str) -> None:
    async with running_relay(tmp_path) as here:
        async with node_client(node, 2, here.url, transports=["polling"], query={"token": "x"}) as client:
            await client.until_told("connect_error")
        async with here.http.get(f"{here.url}/socket.io/?{POLLING}") as response:
            assert response.status == 400


async def test_old_and_new_clients_see_the_same(here: RunningRelay, node: str) -> None:
    async with (
        Phone(here) as phone,
        node_client(node, 2, here.url, transports=["websocket"], query={"token": await here.token()}) as old,
    ):
        await phone.connect(await here.token())
        await phone.watch()
        await old.until_told("connect")
        await old.ask("watch")

        assert await phone.command(LAMP, "turn_on") == {"outcome": "confirmed"}
        await phone.until_revision(here.home.revision)
        await old.until(lambda: old.events("changes")[-1:] == phone.all("changes")[-1:])

    assert old.events("changes") == phone.all("changes")


# Bare clients


class Poller:
    """A client of Socket.IO 2 that polls, as bare as can be."""

    def __init__(self, here: RunningRelay) -> None:
        self._here = here
        self.query = POLLING

    async def open(self, *, query: str = "", headers: dict[str, str] | None = None) -> list[str]:
        url = f"{self._here.url}/socket.io/?{POLLING}{query}"
        async with self._here.http.get(url, headers=headers) as response:
            assert response.status == 200
            packets = decode_payload(await response.read())
        self.query = f"{POLLING}&sid={json.loads(packets[0][1:])['sid']}"
        return packets

    async def poll(self) -> list[str]:
        async with self._here.http.get(f"{self._here.url}/socket.io/?{self.query}") as response:
            assert response.status == 200
            return decode_payload(await response.read())

    async def poll_until(self, packet: str) -> list[str]:
        """Poll until there is a packet that starts so; return all that came."""
        told: list[str] = []
        while not any(each.startswith(packet) for each in told):
            told += await self.poll()
        return told

    async def post(self, *packets: str) -> int:
        return (await self.ask("POST", data=encode_payload(packet.encode() for packet in packets)))[0]

    async def ask(self, method: str, query: str = "", **options: Any) -> tuple[int, str]:
        url = f"{self._here.url}/socket.io/?{query or self.query}"
        headers = {"Content-Type": "text/plain;charset=UTF-8"} | options.pop("headers", {})
        async with self._here.http.request(method, url, headers=headers, **options) as response:
            return response.status, await response.text()

    async def watch(self, token: str) -> Any:
        """Open, be let in and watch; return the snapshot."""
        assert "40" in await self.open(query=f"&token={token}")
        assert await self.post('421["watch"]') == 200
        (answer,) = [each for each in await self.poll_until("431") if each.startswith("431")]
        return json.loads(answer[3:])[0]


async def until_sockets(here: RunningRelay, count: int) -> None:
    """Return once so many clients are let in."""
    async with asyncio.timeout(10):
        while here.relay.sockets != count:  # noqa: ASYNC110  # the relay tells nobody when a socket has gone
            await asyncio.sleep(0.01)


async def test_the_first_poll_opens_and_connects(here: RunningRelay) -> None:
    opened, connected = await Poller(here).open(query=f"&token={await here.token()}")

    said = json.loads(opened[1:])
    assert opened[0] == "0"
    assert said | {"sid": ""} == {"sid": "", "upgrades": ["websocket"], "pingInterval": 25000, "pingTimeout": 20000}
    assert len(said["sid"]) >= 20
    assert connected == "40"


@pytest.mark.parametrize("place", ["query", "header"])
async def test_a_refused_poller_is_told_at_once_and_forgotten(here: RunningRelay, place: str) -> None:
    poller = Poller(here)
    query, headers = ("&token=x", {}) if place == "query" else ("", {"Authorization": "Bearer x"})

    _, refused, closed = await poller.open(query=query, headers=headers)

    assert json.loads(refused.removeprefix("44"))["code"] == "unauthorized"
    assert closed == "1"
    assert (await poller.ask("GET"))[0] == 400


async def test_a_screen_is_connected_before_it_is_shown_the_code(here: RunningRelay) -> None:
    here.desk.make_plain(address="192.0.2.7")
    token = await here.token(Role.SCREEN)
    async with SlowPhone(here, query=f"{WEBSOCKET}&token={token}") as screen:
        over_websocket = [(await screen.read()).decode() for _ in range(2)]
    _, *polled = await Poller(here).open(query=f"&token={token}")

    assert here.desk.live is not None
    assert over_websocket == polled == ["40", f'42["code","{here.desk.live.code}"]']


async def test_pings_are_answered_by_either_way(here: RunningRelay) -> None:
    poller = Poller(here)
    await poller.open()
    async with SlowPhone(here, query=WEBSOCKET) as client:
        client.send("2")
        client.send("2probe")
        over_websocket = [await client.read() for _ in range(3)]
    await poller.post("2", "2é🔔")

    assert over_websocket == [b"40", b"3", b"3probe"]
    assert await poller.poll() == ["3", "3é🔔"]


async def test_a_websocket_that_is_only_probed_takes_nothing_with_it(here: RunningRelay) -> None:
    poller = Poller(here)
    await poller.watch(await here.token())
    waiting = asyncio.create_task(poller.poll())
    url = f"{here.url}/socket.io/?{poller.query.replace('polling', 'websocket')}"
    async with here.http.ws_connect(url) as websocket:
        await websocket.send_str("2probe")
        assert await websocket.receive_str() == "3probe"
        with pytest.raises(WSServerHandshakeError, match="400"):
            await here.http.ws_connect(url)
        assert await waiting == ["6"]
        here.report(LAMP, SwitchState(on=True))
        assert await poller.poll() == ["6"]

    told = await poller.poll_until("42")

    changes = json.loads(next(each for each in told if each.startswith("42"))[2:])[1]
    assert changes["states"][0]["state"] == {"on": True}


async def test_who_is_upgraded_gets_what_was_kept_and_polls_no_more(here: RunningRelay) -> None:
    poller = Poller(here)
    await poller.watch(await here.token())
    url = f"{here.url}/socket.io/?{poller.query.replace('polling', 'websocket')}"
    async with here.http.ws_connect(url) as websocket:
        await websocket.send_str("2probe")
        await websocket.receive_str()
        here.report(LAMP, SwitchState(on=True))
        assert await poller.poll() == ["6"]
        await websocket.send_str("5")
        kept = await websocket.receive_str()
        with pytest.raises(WSServerHandshakeError, match="400"):
            await here.http.ws_connect(url)
        polled, posted = await poller.ask("GET"), await poller.ask("POST", data="1:2")
        await websocket.send_str("2")

        assert await websocket.receive_str() == "3", "the websocket does not suffer from it"

    assert kept.startswith('42["changes"')
    assert polled[0] == posted[0] == 400


async def test_a_poll_does_not_wait_for_ever(here: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_sockets, "POLL_WAITS_S", 0.05)
    poller = Poller(here)
    await poller.open()

    assert await poller.poll() == ["6"]
    assert await poller.poll() == ["6"]


async def test_a_second_poll_beside_the_first_closes_the_socket(here: RunningRelay) -> None:
    poller = Poller(here)
    await poller.watch(await here.token())
    answers = await asyncio.gather(poller.ask("GET"), poller.ask("GET"))

    assert sorted(status for status, _ in answers) == [200, 400]
    assert next(said for status, said in answers if status == 200) == "1:1"
    assert here.relay.sockets == 0
    assert (await poller.ask("GET"))[0] == 400


async def test_a_second_post_beside_the_first_closes_the_socket(here: RunningRelay) -> None:
    poller = Poller(here)
    await poller.watch(await here.token())
    has_begun, is_over = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"1:"
        has_begun.set()
        await is_over.wait()
        yield b"2"

    first = asyncio.create_task(poller.ask("POST", data=slowly()))
    await has_begun.wait()
    while (await poller.ask("POST", data="1:2"))[0] == 200:
        pass  # the first one's head is still on its way
    is_over.set()
    await first

    assert here.relay.sockets == 0


@pytest.mark.parametrize("way", ["websocket", "polling"])
async def test_a_stranger_is_dropped(here: RunningRelay, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr(old_sockets, "STRANGERS_LIVE_S", 0.2)
    if way == "polling":
        poller = Poller(here)
        await poller.open()
        assert await poller.poll() == ["1"]
        return
    async with SlowPhone(here, query=WEBSOCKET) as stranger:
        assert await stranger.read_to_the_end() == [b"40"]


@pytest.mark.parametrize("way", ["websocket", "polling"])
async def test_who_does_not_ping_is_dropped(here: RunningRelay, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr(old_sockets, "PING_EVERY_S", 0.2)
    monkeypatch.setattr(old_sockets, "PING_WITHIN_S", 0.2)
    if way == "polling":
        poller = Poller(here)
        await poller.watch(await here.token())
        assert await poller.poll() == ["1"]
    else:
        async with SlowPhone(here, query=f"{WEBSOCKET}&token={await here.token()}") as silent:
            assert await silent.read_to_the_end() == [b"40"]
    await until_sockets(here, 0)


async def test_who_pings_is_not_dropped(here: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_sockets, "PING_EVERY_S", 1.0)
    monkeypatch.setattr(old_sockets, "PING_WITHIN_S", 1.0)
    token = await here.token()
    async with SlowPhone(here, query=f"{WEBSOCKET}&token={token}") as lively:
        async with SlowPhone(here, query=f"{WEBSOCKET}&token={token}"):
            await until_sockets(here, 2)
            assert await lively.read() == b"40"

            while here.relay.sockets == 2:
                lively.send("2")
                assert await lively.read() == b"3"

        assert here.relay.sockets == 1, "the older one was dropped, which has pinged"
        lively.send("2")
        assert await lively.read() == b"3"


async def test_who_was_put_out_between_two_polls_is_told_by_the_next(
    here: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await here.session()
    poller = Poller(here)
    await poller.watch(here.storage.tokens.issue(session))

    await here.storage.sessions.remove(session.id)
    connected = here.relay.sockets
    await until_looked_after(here, monkeypatch)

    assert connected == 0
    assert await poller.post('422["watch"]') == 400
    assert await poller.poll() == ['42["session",{"ended":true}]', "41", "1"]
    assert (await poller.ask("GET"))[0] == 400


async def test_who_was_put_out_and_does_not_come_to_poll_is_forgotten(
    here: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_sockets, "FAREWELL_LIVES_S", 0.0)
    session = await here.session()
    poller = Poller(here)
    await poller.watch(here.storage.tokens.issue(session))

    await here.storage.sessions.remove(session.id)
    await until_looked_after(here, monkeypatch)

    assert (await poller.ask("GET"))[0] == 400


async def until_looked_after(here: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    """Return once strangers, and all others who are due, were dropped."""
    monkeypatch.setattr(old_sockets, "STRANGERS_LIVE_S", 0.0)
    stranger = Poller(here)
    await stranger.open()
    assert await stranger.poll() == ["1"]


async def test_tokens_are_tried_one_after_the_other(here: RunningRelay) -> None:
    poller = Poller(here)
    await poller.open()

    await poller.post(*[f'42{number}["authenticate",{{"token":"nonsense"}}]' for number in range(10)])
    answers = await poller.poll_until("43")
    await poller.post("2")

    assert [answer[:3] for answer in answers] == ["430"]
    assert await poller.poll() == ["3"]


async def test_who_is_dropped_while_still_being_looked_at_is_not_let_in_afterwards(
    here: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_sockets, "STRANGERS_LIVE_S", 0.1)
    token, verify, is_looked_at = await here.token(), here.storage.tokens.verify, asyncio.Event()

    async def take_long(token: str, audience: Audience = Audience.API) -> Principal:
        if token:
            await is_looked_at.wait()
        return await verify(token, audience)

    monkeypatch.setattr(here.storage.tokens, "verify", take_long)
    poller = Poller(here)
    await poller.open()
    await poller.post("42" + json.dumps(["authenticate", {"token": token}]))
    assert await poller.poll() == ["1"]
    async with SlowPhone(here, query=f"{WEBSOCKET}&token={token}") as stranger:
        assert await stranger.read_to_the_end() == []
    is_looked_at.set()
    async with Phone(here) as phone:
        await phone.connect(token)

        assert here.relay.sockets == 1


async def test_there_is_a_limit_to_sockets(here: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_sockets, "MOST_SOCKETS", 1)
    poller = Poller(here)
    await poller.watch(await here.token())

    assert (await poller.ask("GET", POLLING))[0] == (await poller.ask("GET", WEBSOCKET))[0] == 503
    assert await poller.post("2") == 200


@pytest.mark.parametrize(
    ("method", "query", "expected"),
    [
        ("GET", f"{POLLING}&sid=unknown", "sid"),
        ("POST", f"{POLLING}&sid=unknown", "sid"),
        ("GET", f"{WEBSOCKET}&sid=unknown", "sid"),
        ("POST", POLLING, "sid"),
        ("POST", WEBSOCKET, "GET"),
        ("HEAD", POLLING, ""),
        ("GET", f"{POLLING}&j=0", "JSONP"),
        ("GET", "EIO=3", "transport"),
        ("GET", "EIO=3&transport=flashsocket", "transport"),
        ("GET", WEBSOCKET, ""),
    ],
)
async def test_a_wrong_request_is_told_what_was_expected(
    here: RunningRelay, method: str, query: str, expected: str
) -> None:
    status, said = await Poller(here).ask(method, query)

    assert status == 400
    assert expected in said


# Nonsense

NONSENSE = [
    "",
    "x",
    "4",
    "42",
    "42{}",
    "42[]",
    "42[1]",
    '42["watch"',
    "49",
    "44{}",
    '451-["watch",{"_placeholder":true,"num":0}]',
    "42" + "[" * 90_000,
    '42["\\ud800"]',
    "b4aGk=",
    "40/" + "d" * 500,
]
HARMLESS = [
    "2",
    "3",
    "5",
    "6",
    "40",
    "40{",
    "40/door",
    '42/door,["x"]',
    "41/door",
    '421["watch",{"strange":1}]',
    '421["command",null]',
    '421["dance"]',
    '42["authenticate",[]]',
    '43999["what was never asked"]',
]


OVER_A_WEBSOCKET = [*NONSENSE, *HARMLESS, b"\x00\xff", "y" * (MOST_FRAME_BYTES + 1)]


@pytest.mark.parametrize("packet", OVER_A_WEBSOCKET, ids=range(len(OVER_A_WEBSOCKET)))
@pytest.mark.parametrize("is_known", [False, True], ids=["stranger", "paired"])
async def test_nonsense_over_a_websocket_harms_nobody_else(
    here: RunningRelay, packet: str | bytes, *, is_known: bool
) -> None:
    query = f"{WEBSOCKET}&token={await here.token()}" if is_known else WEBSOCKET
    async with Phone(here) as phone, SlowPhone(here, query=query) as rude:
        await phone.connect(await here.token())
        await phone.watch()

        rude.send(packet)
        if packet in HARMLESS:
            rude.send("2harm")
            async with asyncio.timeout(5):
                while await rude.read() != b"3harm":
                    pass
        else:
            assert b"3harm" not in await rude.read_to_the_end()

        assert await phone.command(LAMP, "turn_off") == {"outcome": "confirmed"}


@pytest.mark.parametrize("packet", [*NONSENSE, *HARMLESS], ids=range(len(NONSENSE) + len(HARMLESS)))
async def test_nonsense_in_a_post_harms_nobody_else(here: RunningRelay, packet: str) -> None:
    poller = Poller(here)
    await poller.watch(await here.token())
    async with Phone(here) as phone:
        await phone.connect(await here.token())

        status = await poller.post(packet, "2")

        assert status == (200 if packet in HARMLESS else 400)
        assert ("3" if packet in HARMLESS else "1") in await poller.poll()
        assert await phone.command(LAMP, "turn_off") == {"outcome": "confirmed"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\x00\x01\xff4", "application/octet-stream"),
        (b"1:2", "application/octet-stream"),
        (b"\xff\xfe", "text/plain"),
        (b"9:2", "text/plain"),
        (b"d=1:2", "application/x-www-form-urlencoded"),
        (b"5:b4aGk", "text/plain"),
        (b"2" * (MOST_FRAME_BYTES + 1), "text/plain"),
        (b"1:2" * 1_000, "text/plain"),
    ],
    ids=range(8),
)
async def test_a_bad_payload_closes_its_socket(here: RunningRelay, body: bytes, content_type: str) -> None:
    poller = Poller(here)
    await poller.watch(await here.token())

    status, said = await poller.ask("POST", data=body, headers={"Content-Type": content_type})

    assert (status, json.loads(said)["error"]["code"]) == (400, "invalid")
    assert here.relay.sockets == 0
    assert await poller.poll() == ["1"]


# Slow clients


async def test_who_does_not_come_to_poll_gets_the_newest_of_everything(here: RunningRelay) -> None:
    sensors = here.add_sensors(50)
    poller = Poller(here)
    snapshot = await poller.watch(await here.token())
    async with Phone(here) as healthy:
        await healthy.connect(await here.token())
        await healthy.watch()
        for count in range(60):
            for sensor in sensors:
                here.report(sensor, SensorState(value=f"{count}" * 200))
            await healthy.until_revision(here.home.revision)

    known = Phone(here)
    known.told.append(("snapshot", snapshot))
    frames = 0
    while known.revisions[-1] < here.home.revision:
        for packet in await poller.poll():
            known.told.append(("changes", json.loads(packet[2:])[1]))
            frames += 1

    assert known.states() == here.states()
    assert frames < 30, "what was outdated was kept all the same"


async def test_a_websocket_that_reads_nothing_is_cut(here: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CUT_AFTER_S", 0.1)
    monkeypatch.setattr(old_sockets, "PING_WITHIN_S", 600.0)
    sensors = here.add_sensors(50)
    async with Phone(here) as healthy, SlowPhone(here, query=f"{WEBSOCKET}&token={await here.token()}") as slow:
        await healthy.connect(await here.token())
        await healthy.watch()
        slow.send('421["watch"]')
        await slow.read_until("431")

        count = 0
        while here.relay.sockets == 2:
            count += 1
            for sensor in sensors:
                here.report(sensor, SensorState(value=f"{count}" + "x" * 4_000))
            await healthy.until_revision(here.home.revision)

        assert healthy.states() == here.states()


@pytest.mark.parametrize(("asked", "most_posts"), [('429["watch"]', 3), ("2ping", 80)])
async def test_who_asks_again_and_again_without_polling_is_cut(here: RunningRelay, asked: str, most_posts: int) -> None:
    for sensor in here.add_sensors(50):
        here.report(sensor, SensorState(value="x" * 4_000))
    poller = Poller(here)
    await poller.watch(await here.token())

    posts = 0
    while await poller.post(*[asked] * 4) == 200:
        posts += 1

    assert posts < most_posts, "far more was kept for it than may be"
    assert await poller.poll() == ["1"]


# Stopping


async def test_stopping_takes_less_than_a_second_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    polls, wait_for_news = asyncio.Semaphore(0), old_sockets._Socket.wait_for_news

    async def wait_and_tell(socket: Any) -> None:
        polls.release()
        await wait_for_news(socket)

    monkeypatch.setattr(old_sockets._Socket, "wait_for_news", wait_and_tell)
    async with running_relay(tmp_path, old_sockets=True) as here:
        token = await here.token()
        pollers = [Poller(here) for _ in range(3)]
        async with (
            Phone(here) as phone,
            SlowPhone(here, query=f"{WEBSOCKET}&token={token}") as client,
            SlowPhone(here, query=WEBSOCKET),
        ):
            await phone.connect(token)
            for poller in pollers:
                await poller.watch(token)
            here.devices.obeys = False
            client.send('42["command",{"device":"test:lamp","command":{"do":"turn_on"}}]')
            told = [asyncio.create_task(poller.poll_until("42")) for poller in pollers]
            await asyncio.gather(*told)
            while not polls.locked():
                await polls.acquire()
            waiting = [asyncio.create_task(poller.poll()) for poller in pollers]
            for _ in waiting:
                await polls.acquire()

            started = time.monotonic()
            await here.relay.stop()
            took_s = time.monotonic() - started

            assert [packets[-1] for packets in await asyncio.gather(*waiting)] == ["1"] * len(pollers)
            assert (await client.read_to_the_end())[-1] == (1000).to_bytes(2, "big")

    assert took_s < 1.5
    assert here.relay.sockets == 0


# What the listener is told


class Door:
    """A listener that lets in who has the key, or the cookie."""

    def __init__(self) -> None:
        self.said: list[object] = []
        self.left = 0

    async def connect(self, outlet: Outlet, request: web.Request, said: object) -> None:
        self.said.append(said)
        if said != {"token": "key"} and (said is not None or request.cookies.get("home") != "key"):
            raise UnauthorizedError("no key")

    def hear(self, outlet: Outlet, event: str, said: list[Any]) -> Answer | Coroutine[Any, Any, Answer]:
        outlet.offer(Frame("news", b"1"))
        return (b"[1,", b"2]")

    def gone(self, outlet: Outlet) -> None:
        self.left += 1


class NewerServer:
    """Serves whom the old server leaves to it."""

    def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def serve(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="newer")


@pytest.mark.parametrize(
    ("query", "headers", "said", "answer"),
    [
        ("", {"Authorization": "Bearer key", "x-access-token": "other"}, [{"token": "key"}], "40"),
        ("&token=other", {"x-access-token": "key"}, [{"token": "key"}], "40"),
        ("&token=key", {"Authorization": "Basic other"}, [{"token": "key"}], "40"),
        ("&token=other", {"Cookie": "home=key"}, [{"token": "other"}], "44"),
        ("", {"Cookie": "home=key"}, [None], "40"),
        ("&token=", {"Cookie": "home=other"}, [None], "40"),
    ],
)
async def test_the_better_kept_credential_wins(
    here: RunningRelay, query: str, headers: dict[str, str], said: list[object], answer: str
) -> None:
    door = Door()
    server = OldSocketServer(door, NewerServer(), max_frame_bytes=1_000, strangers_by_address=2)
    app = web.Application()

    async def serve(request: web.Request) -> web.StreamResponse:
        request[VISITOR] = Visitor(address="127.0.0.1", host="localhost", is_secure=False)
        return await server.serve(request)

    app.router.add_route("*", "/socket.io/", serve)
    async with TestServer(app) as serving:
        server.start()
        url = str(serving.make_url("/socket.io/"))
        async with here.http.get(f"{url}?{POLLING}{query}", headers=headers) as response:
            packets = decode_payload(await response.read())
        async with here.http.get(f"{url}?EIO=4") as response:
            others = await response.text()
        await server.stop()

    assert door.said == said
    assert packets[1][:2] == answer
    assert others == "newer"
    assert door.left == (1 if answer == "40" and headers.get("Cookie") != "home=other" else 0)


async def test_a_login_is_let_in_by_its_cookie(here: RunningRelay) -> None:
    await here.storage.accounts.add(name="Mina", password="correct horse", role=Role.RESIDENT, by="test")
    login = await here.storage.accounts.log_in(name="Mina", password="correct horse", address="127.0.0.1")
    headers = {"Cookie": f"sid={login.cookie}"}

    async with here.http.ws_connect(f"{here.url}/socket.io/?{WEBSOCKET}", headers=headers) as socket:
        assert (await socket.receive_str()).startswith("0{")
        assert await socket.receive_str() == "40"
        await socket.send_str('420["watch"]')
        answer = await socket.receive_str()

    assert json.loads(answer.removeprefix("430"))[0]["you"]["account"] == login.session.account_id


async def test_of_too_many_strangers_the_oldest_goes(tmp_path: Path) -> None:
    async with running_relay(tmp_path, old_sockets=True, connections_by_address=8) as here:
        url = f"{here.url}/socket.io/?{WEBSOCKET}"
        async with contextlib.AsyncExitStack() as opened:
            strangers = [await opened.enter_async_context(here.http.ws_connect(url)) for _ in range(6)]
            for stranger in strangers:
                await stranger.receive_str()

            async with asyncio.timeout(5):
                for stranger in strangers[:2]:
                    while not (await stranger.receive()).type.name.startswith("CLOS"):
                        pass
            await strangers[5].send_str("2")
            async with asyncio.timeout(5):
                while await strangers[5].receive_str() != "3":
                    pass
