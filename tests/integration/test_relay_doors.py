"""Who is let in by Socket.IO, what they may see and ask there, and how they are put out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import socketio
from yarl import URL

from intercom.home.access import Principal, Role
from intercom.home.capabilities import Sensor, SensorState, SwitchState
from intercom.home.model import Device, DeviceId, Placement
from intercom.relay import direct, live
from intercom.relay.server import MOST_FRAME_BYTES
from intercom.storage.sessions import SessionChanges, Sessions
from intercom.storage.storage import open_home_database
from intercom.storage.tokens import Audience, Tokens
from tests.integration.relays import BELL, LAMP, MAIN, THERMOMETER, Phone, RunningRelay, SlowPhone, running_relay

CAMERA = DeviceId("test:bedroom-camera")
BATTERY = Sensor(id=MAIN, device_class="battery", unit="%")


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with running_relay(tmp_path, allowed_origins=("https://friend.example",)) as running:
        yield running


# Letting in


@pytest.mark.parametrize("token", [None, "", "nonsense", "a.b.c"])
async def test_who_has_no_good_token_is_refused_with_a_code(here: RunningRelay, token: str | None) -> None:
    async with SlowPhone(here) as stranger:
        stranger.send("40" if token is None else "40" + json.dumps({"token": token}))

        refusal = await stranger.read_until("44")

    assert refusal["data"] == {"code": "unauthorized"}
    assert here.relay.sockets == 0


async def test_an_expired_token_opens_no_socket(here: RunningRelay) -> None:
    session = await here.session()
    an_hour_ago = Tokens(home_id=here.storage.home_id, sessions=here.storage.sessions, clock=lambda: time.time() - 3600)
    async with Phone(here) as phone:
        with pytest.raises(socketio.exceptions.ConnectionError):
            await phone.connect(an_hour_ago.issue(session))


async def test_a_token_for_the_ancestors_routes_opens_no_socket(here: RunningRelay) -> None:
    token = here.storage.tokens.issue(await here.session(), Audience.SWITCHES)
    async with Phone(here) as phone:
        with pytest.raises(socketio.exceptions.ConnectionError):
            await phone.connect(token)


async def test_a_page_of_another_origin_gets_no_socket(here: RunningRelay) -> None:
    url = f"{here.url}/socket.io/?EIO=4&transport=websocket"

    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await here.http.ws_connect(url, headers={"Origin": "https://evil.example"})
    async with here.http.ws_connect(url, headers={"Origin": "https://friend.example"}) as friend:
        greeting = await friend.receive_str()

    assert refusal.value.status == 403
    assert greeting.startswith("0{")


async def test_a_stranger_is_dropped(here: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "STRANGERS_LIVE_S", 0.2)
    async with Phone(here) as phone, SlowPhone(here) as stranger:
        await phone.connect(await here.token())

        assert await stranger.read_to_the_end() == []

        assert not phone.is_gone.is_set()


async def test_who_was_refused_is_dropped_like_a_stranger(here: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "STRANGERS_LIVE_S", 0.2)
    async with SlowPhone(here) as stranger:
        stranger.send('40{"token":"nonsense"}')

        packets = await stranger.read_to_the_end()

    assert [packet[:2] for packet in packets] == [b"44"]


async def test_who_is_dropped_while_still_being_looked_at_is_not_let_in_afterwards(
    here: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct, "STRANGERS_LIVE_S", 0.1)
    token, verify, is_looked_at = await here.token(), here.storage.tokens.verify, asyncio.Event()

    async def take_long(token: str, audience: Audience = Audience.API) -> Principal:
        await is_looked_at.wait()
        return await verify(token, audience)

    monkeypatch.setattr(here.storage.tokens, "verify", take_long)
    url = f"{here.url}/socket.io/?EIO=4&transport=polling"
    async with here.http.get(url) as response:
        sid = json.loads((await response.text())[1:])["sid"]
    asking = asyncio.create_task(here.http.post(f"{url}&sid={sid}", data="40" + json.dumps({"token": token})))
    async with here.http.get(f"{url}&sid={sid}") as response:
        assert await response.text() == "1", "it was closed"
    is_looked_at.set()
    async with await asking:
        pass

    assert here.relay.sockets == 0


async def test_there_is_a_limit_to_sockets(here: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "MOST_SOCKETS", 1)
    async with Phone(here) as phone:
        await phone.connect(await here.token())

        status, refusal = await here.ask("GET", "/socket.io/?EIO=4&transport=polling")

    assert (status, refusal["error"]["code"]) == (503, "busy")


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
    "40{",
    '451-["watch",{"_placeholder":true,"num":0}]',
    "42" + "[" * 90_000,
    "42/other,[]",
    '421["watch",{"strange":1}]',
    '421["command",null]',
    '43999["what was never asked"]',
    b"\x00\xff",
    "y" * (MOST_FRAME_BYTES + 1),
]


@pytest.mark.parametrize("packet", NONSENSE, ids=range(len(NONSENSE)))
@pytest.mark.parametrize("is_known", [False, True], ids=["stranger", "paired"])
async def test_nonsense_harms_nobody_else(here: RunningRelay, packet: str | bytes, *, is_known: bool) -> None:
    async with Phone(here) as phone, SlowPhone(here) as rude:
        await phone.connect(await here.token())
        await phone.watch()
        if is_known:
            await rude.watch(await here.token())

        rude.send(packet)
        here.report(LAMP, SwitchState(on=True))
        await phone.until_revision(here.home.revision)

        assert phone.states()[LAMP, MAIN] == {"on": True}
        assert await phone.command(LAMP, "turn_off") == {"outcome": "confirmed"}


async def test_an_unknown_event_and_wrong_fields_are_named(here: RunningRelay) -> None:
    async with Phone(here) as phone:
        await phone.connect(await here.token())

        unknown = await phone.sio.call("dance", {}, timeout=5)
        strange = await phone.sio.call("command", {"device": LAMP, "command": {"do": "turn", "onn": True}}, timeout=5)
        wrong = await phone.sio.call("command", {"device": 3, "command": {"do": "turn"}}, timeout=5)
        impossible = await phone.command(THERMOMETER, "turn_on")

    assert unknown["error"]["code"] == "not_found"
    assert strange["error"] == {"code": "invalid", "message": "'turn' has no field 'onn'; it has on"}
    assert wrong["error"] == {"code": "invalid", "message": "device: expected str, got int"}
    assert impossible["error"]["code"] == "invalid"


# Rights


async def test_a_guest_sees_and_asks_only_what_is_shared(here: RunningRelay) -> None:
    here.home.place(LAMP, Placement(is_shared=True))
    async with Phone(here) as guest, Phone(here) as resident:
        await guest.connect(await here.token(Role.GUEST))
        await resident.connect(await here.token())
        snapshot = await guest.watch()
        await resident.watch()

        here.report(THERMOMETER, SensorState(value=20))
        await resident.until_revision(here.home.revision)
        of_the_lamp = await guest.command(LAMP, "turn_on")
        of_the_bell = await guest.command(BELL, "press")
        await guest.until_revision(here.home.revision)

    assert [device["id"] for device in snapshot["devices"]] == [LAMP]
    assert of_the_lamp == {"outcome": "confirmed"}
    assert of_the_bell["error"]["code"] == "not_found"
    assert {key[0] for key in guest.states()} == {LAMP}
    assert all(THERMOMETER not in json.dumps(frame) for frame in guest.all("changes"))


async def test_what_is_no_longer_shared_is_gone_for_guests(here: RunningRelay) -> None:
    async with Phone(here) as guest:
        await guest.connect(await here.token(Role.GUEST))
        assert (await guest.watch())["devices"] == []

        here.home.place(LAMP, Placement(is_shared=True))
        shown = (await guest.until("changes"))[-1]
        here.home.place(LAMP, Placement())
        hidden = (await guest.until("changes", 2))[-1]
        here.home.withdraw(BELL)
        here.home.place(LAMP, Placement(is_shared=True))
        await guest.until("changes", 3)

    assert [device["id"] for device in shown["devices"]] == [LAMP]
    assert hidden["removed"] == [LAMP]
    assert all(BELL not in json.dumps(frame) for frame in guest.all("changes"))


async def test_a_guest_hears_nothing_of_what_was_shared_before(here: RunningRelay) -> None:
    here.home.announce(Device(id=CAMERA, adapter="test", name="Bedroom", capabilities=(BATTERY,)))
    async with Phone(here) as resident, Phone(here) as guest, Phone(here) as late:
        for phone, role in ((resident, Role.RESIDENT), (guest, Role.GUEST)):
            await phone.connect(await here.token(role))
            await phone.watch()
        here.home.place(CAMERA, Placement(is_shared=True))
        await guest.until("changes", 1)
        here.home.place(CAMERA, Placement())
        removed = (await guest.until("changes", 2))[-1]["removed"]
        await late.connect(await here.token(Role.GUEST))
        await late.watch()

        for charge_pct in (80, 79):
            here.report(CAMERA, SensorState(value=charge_pct))
            await resident.until_revision(here.home.revision)
        here.home.withdraw(CAMERA)
        here.home.place(LAMP, Placement(is_shared=True))
        await guest.until_revision(here.home.revision)
        await late.until_revision(here.home.revision)

    assert removed == [CAMERA]
    assert all(CAMERA not in json.dumps(frame) for frame in guest.all("changes")[2:])
    assert all(CAMERA not in json.dumps(frame) for frame in late.all("changes"))


async def test_codes_are_shown_on_screens_and_nowhere_else(here: RunningRelay) -> None:
    async with Phone(here) as screen, Phone(here) as late, Phone(here) as resident, Phone(here) as owner:
        await screen.connect(await here.token(Role.SCREEN))
        await resident.connect(await here.token(Role.RESIDENT))
        await owner.connect(await here.token(Role.OWNER))

        here.desk.make_plain(address="192.0.2.7")
        assert here.desk.live is not None
        code = here.desk.live.code
        shown = await screen.until("code")
        await late.connect(await here.token(Role.SCREEN))
        shown_late = await late.until("code")
        await resident.watch()
        await owner.watch()

        assert shown == shown_late == [code]
        assert resident.all("code") == owner.all("code") == []


async def test_only_so_many_commands_of_a_socket_may_wait(here: RunningRelay) -> None:
    here.devices.obeys = False
    sensors = here.switches
    for number in range(live.MOST_COMMANDS // 4 + 1):
        sensors.introduce(f"wall-{number}", name="wall", way=4, on="0000")
    async with Phone(here) as phone:
        await phone.connect(await here.token())
        waiting = [
            asyncio.create_task(
                phone.sio.call(
                    "command",
                    {
                        "device": f"test:wall-{number // 4}",
                        "capability": str(number % 4 + 1),
                        "command": {"do": "toggle"},
                    },
                    timeout=5,
                )
            )
            for number in range(live.MOST_COMMANDS + 1)
        ]

        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        here.home.link_down("test")
        answers = await asyncio.gather(*waiting)

    assert [task.result()["error"]["code"] for task in done] == ["too_many_tries"]
    assert [answer["error"]["code"] for answer in answers].count("link_down") == live.MOST_COMMANDS


# Putting out


async def test_the_end_of_a_session_ends_its_sockets_at_once(here: RunningRelay) -> None:
    session = await here.session()
    token = here.storage.tokens.issue(session)
    async with (
        Phone(here) as one,
        Phone(here, transports=("polling",)) as two,
        Phone(here) as other,
    ):
        await one.connect(token)
        await two.connect(token)
        await other.connect(await here.token())

        async with asyncio.timeout(1):
            await here.storage.sessions.remove(session.id)
            await one.is_gone.wait()
            await two.is_gone.wait()

        assert one.all("session") == two.all("session") == [{"ended": True}]
        assert not other.is_gone.is_set()
        assert here.relay.sockets == 1


async def test_a_session_removed_by_another_process_ends_its_sockets(here: RunningRelay, tmp_path: Path) -> None:
    session = await here.session()
    async with Phone(here) as phone:
        await phone.connect(here.storage.tokens.issue(session))
        async with open_home_database(tmp_path / "data") as elsewhere:
            await (await Sessions.load(elsewhere)).remove(session.id)

        async with asyncio.timeout(1):
            await here.storage.sessions.catch_up()
            await phone.is_gone.wait()


async def test_a_client_that_does_not_read_is_put_out_too(here: RunningRelay) -> None:
    session = await here.session()
    sensors = here.add_sensors(50)
    async with SlowPhone(here) as slow:
        await slow.watch(here.storage.tokens.issue(session))
        for count in range(100):
            for sensor in sensors:
                here.report(sensor, SensorState(value=f"{count}" * 4_000))
            await asyncio.sleep(0.001)

        async with asyncio.timeout(1):
            await here.storage.sessions.remove(session.id)
            while here.relay.sockets:  # noqa: ASYNC110  # the relay tells nobody when a socket has gone
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("transports", [("websocket",), ("polling",)], ids=lambda each: each[0])
async def test_stopping_takes_less_than_a_second_and_leaves_nothing(
    tmp_path: Path, transports: tuple[str, ...]
) -> None:
    async with running_relay(tmp_path) as running:
        running.devices.obeys = False
        token = await running.token()
        phones = [Phone(running, transports=transports) for _ in range(5)]
        async with SlowPhone(running) as slow, SlowPhone(running), contextlib.AsyncExitStack() as open_phones:
            await slow.watch(token)
            for phone in phones:
                await open_phones.enter_async_context(phone)
                await phone.connect(token)
                await phone.watch()
            waiting = asyncio.create_task(phones[0].sio.emit("command", {"device": LAMP, "command": {"do": "turn_on"}}))
            await phones[1].until("changes")
            await waiting

            started = time.monotonic()
            await running.relay.stop()
            took_s = time.monotonic() - started

            for phone in phones:
                await asyncio.wait_for(phone.is_gone.wait(), 2)

    assert took_s < 1
    assert running.relay.sockets == 0


async def test_what_is_decided_about_a_session_holds_for_its_open_sockets(here: RunningRelay) -> None:
    session = await here.session(name="phone")
    async with Phone(here) as phone:
        await phone.connect(here.storage.tokens.issue(session))
        assert (await phone.watch())["you"]["name"] == "phone"

        await here.storage.sessions.change(session.id, SessionChanges(name="tablet"), by="test")

        assert (await phone.watch())["you"]["name"] == "tablet"


async def test_bytes_that_are_no_http_are_turned_away_without_a_word_in_the_log(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as here:
        for nonsense in (
            b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
            b"POST /api/v1/pairing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Encoding: gzip\r\n"
            b"Content-Length: 9\r\n\r\nnot gzip!",
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: http://[\r\n\r\n",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", URL(here.url).port)
            writer.write(nonsense)
            assert (await reader.read()).split(b" ")[1] in (b"400", b"403")
            writer.close()
            await writer.wait_closed()
