"""`/api/v1` of a running relay. Each answer is also held against `docs/api/openapi.yaml`."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from intercom import __version__
from intercom.home.access import Role
from intercom.home.capabilities import Image, ImageState, SensorState, SwitchState, Text, TextState
from intercom.home.errors import StartupError
from intercom.home.model import Device, DeviceId, Placement
from intercom.relay.bodies import MOST_BODY_BYTES, MOST_OF_STRANGERS_BYTES
from intercom.relay.snapshot import Snapshots
from intercom.storage.sessions import SessionChanges
from tests.integration import contract
from tests.integration.relays import BELL, LAMP, MAIN, THERMOMETER, Phone, RunningRelay, running_relay


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with running_relay(tmp_path, allowed_origins=("https://friend.example",)) as running:
        yield running


async def test_every_route_is_documented_and_every_documented_route_is_there(here: RunningRelay) -> None:
    routes = {(route.method, route.path) for route in here.relay.routes()}

    undocumented = {("GET", "/socket.io/"), ("POST", "/socket.io/"), ("GET", "/{path:.*}")}
    assert routes - undocumented == contract.documented_routes()


async def test_strangers_learn_what_this_is_and_nothing_of_the_home(here: RunningRelay) -> None:
    status, about = await here.ask("GET", "/api/v1")

    assert (status, about) == (200, {"product": "intercom", "protocol": 1, "version": __version__})
    async with here.http.get(f"{here.url}/healthz") as response:
        assert (response.status, await response.text()) == (200, "ok")


async def test_nothing_else_is_told_without_a_token(here: RunningRelay) -> None:
    open_to_all = {
        "/healthz",
        "/api/v1",
        "/api/v1/trust",
        "/api/v1/pairing",
        "/api/v1/pairing/{request_id}",
        "/api/v1/login",
        "/api/v1/session/refresh",
    }
    for method, path in sorted(contract.documented_routes()):
        if path in open_to_all or not path.startswith("/api"):
            continue
        asked = re.sub(r"\{\w+\}", "x", path)
        for token in ("", "nonsense"):
            status, refusal = await here.ask(method, asked, token=token)
            assert (status, refusal["error"]["code"]) == (401, "unauthorized"), path


# Pairing and sessions


async def pair(here: RunningRelay, name: str = "My phone", **more: Any) -> tuple[int, Any]:
    status, request = await here.ask("POST", "pairing", {"name": name})
    assert status == 201
    assert here.desk.live is not None and here.desk.live.name == name
    given = {"secret": request["secret"], "code": here.desk.live.code, **more}
    return await here.ask("POST", f"pairing/{request['request_id']}", given)


async def test_a_browser_pairs_and_keeps_its_credential_where_no_script_reads_it(here: RunningRelay) -> None:
    _, request = await here.ask("POST", "pairing", {"name": "Browser"})
    assert here.desk.live is not None
    async with here.http.post(
        f"{here.url}/api/v1/pairing/{request['request_id']}",
        json={"secret": request["secret"], "code": here.desk.live.code},
    ) as response:
        admitted = await response.json()
        cookie = response.headers["Set-Cookie"]

    assert admitted["session"]["name"] == "Browser"
    assert admitted["session"]["role"] == "resident"
    assert "refresh_credential" not in admitted
    assert cookie.startswith("refresh=")
    assert {part.strip() for part in cookie.split(";")} >= {"HttpOnly", "SameSite=Strict", "Path=/api/v1/session"}
    assert (await here.ask("GET", "session", token=admitted["access_token"]))[1] == admitted["session"]
    assert here.desk.live is None


async def test_a_native_client_gets_its_credential_in_the_body_and_no_cookie(here: RunningRelay) -> None:
    _, admitted = await pair(here, native=True)

    assert admitted["refresh_credential"]
    assert not list(here.http.cookie_jar)


async def test_refreshing_gives_a_new_credential_and_an_old_one_ends_the_session(
    here: RunningRelay, caplog: pytest.LogCaptureFixture
) -> None:
    _, admitted = await pair(here, native=True)
    first = admitted["refresh_credential"]

    status, second = await here.ask("POST", "session/refresh", {"refresh_credential": first})
    assert status == 200
    assert (await here.ask("GET", "session", token=second["access_token"]))[0] == 200

    _, third = await here.ask("POST", "session/refresh", {"refresh_credential": second["refresh_credential"]})
    status, _ = await here.ask("POST", "session/refresh", {"refresh_credential": first})

    assert status == 401
    assert (await here.ask("GET", "session", token=third["access_token"]))[0] == 401
    assert "a used refresh credential" in caplog.text


async def test_a_browser_refreshes_by_its_cookie(tmp_path: Path) -> None:
    async with (
        running_relay(tmp_path) as here,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
    ):
        _, request = await here.ask("POST", "pairing", {"name": "Browser"})
        assert here.desk.live is not None
        given = {"secret": request["secret"], "code": here.desk.live.code}
        async with http.post(f"{here.url}/api/v1/pairing/{request['request_id']}", json=given) as response:
            first = await response.json()

        async with http.post(f"{here.url}/api/v1/session/refresh") as response:
            again = await response.json()
        async with http.delete(
            f"{here.url}/api/v1/session", headers={"Authorization": f"Bearer {again['access_token']}"}
        ) as response:
            assert response.status == 204
        async with http.post(f"{here.url}/api/v1/session/refresh") as response:
            assert response.status == 401

    assert again["session"] == first["session"]


async def test_who_logs_out_is_out_with_all_its_sockets(here: RunningRelay) -> None:
    _, admitted = await pair(here)
    async with Phone(here) as phone:
        await phone.connect(admitted["access_token"])

        status, _ = await here.ask("DELETE", "session", token=admitted["access_token"])
        await asyncio.wait_for(phone.is_gone.wait(), 1)

    assert status == 204
    assert (await here.ask("GET", "session", token=admitted["access_token"]))[0] == 401


async def test_wrong_codes_are_counted_over_a_restart(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as here:
        _, request = await here.ask("POST", "pairing", {"name": "Guesser"})
        assert here.desk.live is not None
        wrong = f"{(int(here.desk.live.code) + 1) % 1_000_000:06d}"
        for left in (4, 3, 2, 1, 0):
            status, refusal = await here.ask(
                "POST", f"pairing/{request['request_id']}", {"secret": request["secret"], "code": wrong}
            )
            assert (status, refusal["error"]["code"]) == (401, "wrong_code"), left
        status, refusal = await here.ask(
            "POST", f"pairing/{request['request_id']}", {"secret": request["secret"], "code": wrong}
        )
        assert (status, refusal["error"]["code"]) == (401, "expired_code")

    async with running_relay(tmp_path) as again:
        assert len(again.storage.wrong_tries.tries.kept) == 5


async def test_the_code_is_worth_nothing_without_the_requests_secret(here: RunningRelay) -> None:
    _, request = await here.ask("POST", "pairing", {"name": "Phone"})
    assert here.desk.live is not None

    status, _ = await here.ask(
        "POST", f"pairing/{request['request_id']}", {"secret": "guessed", "code": here.desk.live.code}
    )

    assert status == 404
    assert here.desk.live is not None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (None, "Object missing required field name"),
        ({"name": 7}, "name: expected str, got int"),
        ({"name": "x", "role": "owner"}, "Object contains unknown field role"),
        ({"name": ""}, "expected a name of 1 to 64 characters that can be shown"),
    ],
)
async def test_a_wrong_body_is_told_by_its_field(here: RunningRelay, body: object, message: str) -> None:
    status, refusal = await here.ask("POST", "pairing", body)

    assert status == 400
    assert refusal == {"error": {"code": "invalid", "message": refusal["error"]["message"]}}
    assert refusal["error"]["message"].lower() == message.lower()


async def test_owners_see_and_remove_clients_and_nobody_else_does(here: RunningRelay) -> None:
    owner, resident = await here.token(Role.OWNER, name="me"), await here.token(name="phone")
    session_id = (await here.ask("GET", "session", token=resident))[1]["id"]

    assert (await here.ask("GET", "clients", token=resident))[0] == 403
    assert (await here.ask("DELETE", f"clients/{session_id}", token=resident))[0] == 403
    _, told = await here.ask("GET", "clients", token=owner)
    assert [(client["name"], client["is_you"]) for client in told["clients"]] == [("me", True), ("phone", False)]
    assert (await here.ask("DELETE", f"clients/{session_id}", token=owner))[0] == 204
    assert (await here.ask("DELETE", f"clients/{session_id}", token=owner))[0] == 404
    assert (await here.ask("GET", "session", token=resident))[0] == 401


# The home


async def test_the_home_can_be_read(here: RunningRelay) -> None:
    token = await here.token()
    here.report(THERMOMETER, SensorState(value=21.5))

    _, snapshot = await here.ask("GET", "snapshot", token=token)
    _, devices = await here.ask("GET", "devices", token=token)
    _, device = await here.ask("GET", f"devices/{THERMOMETER}", token=token)
    _, areas = await here.ask("GET", "areas", token=token)

    assert snapshot["devices"] == devices["devices"]
    assert device == devices["devices"][1]
    assert device["capabilities"][0]["state"] == {"value": 21.5}
    assert snapshot["areas"] == areas["areas"]
    assert snapshot["revision"] == here.home.revision


async def test_a_snapshot_is_never_out_of_date(here: RunningRelay) -> None:
    token = await here.token()
    for value in range(5):
        here.report(THERMOMETER, SensorState(value=value))
        _, snapshot = await here.ask("GET", "snapshot", token=token)
        assert snapshot["devices"][1]["capabilities"][0]["state"] == {"value": value}

    here.home.withdraw(LAMP)
    _, snapshot = await here.ask("GET", "snapshot", token=token)
    assert [device["id"] for device in snapshot["devices"]] == [THERMOMETER, BELL]


async def test_a_large_home_is_told_whole_and_in_order(here: RunningRelay) -> None:
    sensors = here.add_sensors(1_000)

    _, snapshot = await here.ask("GET", "snapshot", token=await here.token())

    assert [device["id"] for device in snapshot["devices"]] == [LAMP, THERMOMETER, BELL, *sensors]


@pytest.mark.parametrize("path", ["snapshot", "devices"])
async def test_a_role_that_is_lowered_while_a_snapshot_is_made_holds_for_it(
    here: RunningRelay, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    session = await here.session(Role.OWNER)
    prepare = Snapshots.prepare

    async def be_overtaken(snapshots: Snapshots) -> None:
        await here.storage.sessions.change(session.id, SessionChanges(role=Role.GUEST), by="test")
        await prepare(snapshots)

    monkeypatch.setattr(Snapshots, "prepare", be_overtaken)
    status, said = await here.ask("GET", path, token=here.storage.tokens.issue(session))

    assert (status, said["devices"]) == (200, [])


async def test_guests_read_what_is_shared(here: RunningRelay) -> None:
    here.home.place(LAMP, Placement(is_shared=True))
    guest = await here.token(Role.GUEST)

    _, snapshot = await here.ask("GET", "snapshot", token=guest)

    assert [device["id"] for device in snapshot["devices"]] == [LAMP]
    assert (await here.ask("GET", f"devices/{BELL}", token=guest))[0] == 404
    assert (await here.ask("GET", f"devices/{LAMP}/history", token=guest))[0] == 403
    assert (await here.ask("PATCH", f"devices/{LAMP}", {"name": "Mine"}, token=guest))[0] == 403


async def test_a_device_is_named_and_placed_and_given_back(here: RunningRelay) -> None:
    token = await here.token()
    await here.storage.layout.add_area("Attic")
    attic = here.home.areas[-1].id

    status, device = await here.ask("PATCH", f"devices/{LAMP}", {"name": "Lantern", "area_id": attic}, token=token)
    assert (status, device["name"], device["area"]) == (200, "Lantern", attic)
    _, device = await here.ask("PATCH", f"devices/{LAMP}", {"name": None, "is_hidden": True}, token=token)
    assert (device["name"], device["area"], device["hidden"]) == ("lamp", attic, True)

    assert (await here.ask("PATCH", f"devices/{LAMP}", {"area_id": "nowhere"}, token=token))[0] == 404
    assert (await here.ask("PATCH", f"devices/{LAMP}", {"colour": "red"}, token=token))[0] == 400
    assert (await here.ask("PATCH", "devices/none", {}, token=token))[0] == 404


async def test_only_an_owner_shares_with_guests(here: RunningRelay) -> None:
    share = {"is_shared": True}

    assert (await here.ask("PATCH", f"devices/{LAMP}", share, token=await here.token()))[0] == 403
    _, device = await here.ask("PATCH", f"devices/{LAMP}", share, token=await here.token(Role.OWNER))

    assert device["shared"] is True


async def test_areas_are_made_ordered_changed_and_removed(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as here:
        here.home.set_areas([])
        token = await here.token()

        _, attic = await here.ask("POST", "areas", {"name": "Attic", "icon": "sofa"}, token=token)
        status, cellar = await here.ask("POST", "areas", {"name": "Cellar"}, token=token)
        assert (status, cellar["name"]) == (201, "Cellar")
        _, ordered = await here.ask("PUT", "areas/order", {"ids": [cellar["id"], attic["id"]]}, token=token)
        assert [area["name"] for area in ordered["areas"]] == ["Cellar", "Attic"]
        _, renamed = await here.ask("PATCH", f"areas/{attic['id']}", {"name": "Loft"}, token=token)
        assert (renamed["name"], renamed["icon"]) == ("Loft", "sofa")
        assert (await here.ask("DELETE", f"areas/{cellar['id']}", token=token))[0] == 204
        assert (await here.ask("DELETE", f"areas/{cellar['id']}", token=token))[0] == 404
        assert (await here.ask("PUT", "areas/order", {"ids": []}, token=token))[0] == 400
        _, left = await here.ask("GET", "areas", token=token)
        assert [area["name"] for area in left["areas"]] == ["Loft"]


async def test_a_command_ends_with_what_the_device_did(here: RunningRelay) -> None:
    token = await here.token()

    status, ended = await here.ask("POST", f"devices/{LAMP}/command", {"command": {"do": "toggle"}}, token=token)
    assert (status, ended) == (200, {"outcome": "confirmed"})
    assert here.states()[LAMP, MAIN] == {"on": True}

    body = {"capability": "none", "command": {"do": "turn_on"}}
    assert (await here.ask("POST", f"devices/{LAMP}/command", body, token=token))[0] == 404
    body = {"command": {"do": "turn_on"}}
    assert (await here.ask("POST", f"devices/{BELL}/command", body, token=token))[0] == 400
    here.home.link_down("test")
    status, refusal = await here.ask("POST", f"devices/{LAMP}/command", body, token=token)
    assert (status, refusal["error"]["code"]) == (503, "link_down")


async def test_history_is_told_newest_first(here: RunningRelay) -> None:
    token = await here.token()
    for value in range(3):
        here.report(THERMOMETER, SensorState(value=value))

    _, told = await here.ask("GET", f"devices/{THERMOMETER}/history?limit=2", token=token)
    _, of_another = await here.ask("GET", f"devices/{THERMOMETER}/history?capability=none", token=token)
    _, of_later = await here.ask("GET", f"devices/{THERMOMETER}/history?since=99999999999", token=token)
    status, _ = await here.ask("GET", f"devices/{THERMOMETER}/history?limit=-1", token=token)

    assert [entry["state"] for entry in told["entries"]] == [{"value": 2}, {"value": 1}]
    assert of_another == of_later == {"entries": []}
    assert status == 400


async def test_pictures_are_fetched_and_stay_off_the_wire_otherwise(here: RunningRelay) -> None:
    token = await here.token()
    camera = DeviceId("test:camera")
    here.home.announce(Device(id=camera, adapter="test", name="camera", capabilities=(Image(id=MAIN),)))
    path = f"/api/v1/devices/{camera}/capabilities/{MAIN}/image"

    assert (await here.ask("GET", path, token=token))[0] == 404
    here.report(camera, ImageState(taken_at=1.0, media_type="image/png", data=b"\x89PNG"))
    async with here.http.get(here.url + path, headers={"Authorization": f"Bearer {token}"}) as response:
        assert (response.content_type, await response.read()) == ("image/png", b"\x89PNG")
    here.report(camera, ImageState(taken_at=2.0, media_type="text/html", data=b"<script>"))
    async with here.http.get(here.url + path, headers={"Authorization": f"Bearer {token}"}) as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["X-Content-Type-Options"] == "nosniff"

    _, device = await here.ask("GET", f"devices/{camera}", token=token)
    assert device["capabilities"][0]["state"] == {"taken_at": 2.0, "media_type": "text/html"}


async def test_secret_texts_stay_off_the_wire(here: RunningRelay) -> None:
    safe = DeviceId("test:safe")
    here.home.announce(
        Device(id=safe, adapter="test", name="safe", capabilities=(Text(id=MAIN, name="PIN", is_secret=True),))
    )
    here.report(safe, TextState(text="1234"))

    _, device = await here.ask("GET", f"devices/{safe}", token=await here.token())

    assert "1234" not in str(device)


# What browsers may do


async def test_listed_origins_may_use_the_relay_with_credentials_and_others_may_not(here: RunningRelay) -> None:
    token = await here.token()

    async def ask(origin: str, method: str = "GET", **headers: str) -> aiohttp.ClientResponse:
        sent = {"Origin": origin, "Authorization": f"Bearer {token}", **headers}
        async with here.http.request(method, f"{here.url}/api/v1/session", headers=sent) as response:
            await response.read()
            return response

    friend = await ask("https://friend.example")
    preflight = await ask(
        "https://friend.example",
        "OPTIONS",
        **{"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization"},
    )
    own = await ask(here.url)
    evil = await ask("https://evil.example")
    nowhere = await ask("null")

    assert friend.status == 200
    assert friend.headers["Access-Control-Allow-Origin"] == "https://friend.example"
    assert friend.headers["Access-Control-Allow-Credentials"] == "true"
    assert preflight.status == 204
    assert "DELETE" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Headers"] == "authorization"
    assert own.status == 200
    assert "Access-Control-Allow-Origin" not in own.headers
    assert evil.status == nowhere.status == 403
    assert "Access-Control-Allow-Origin" not in evil.headers


async def test_answers_are_neither_kept_framed_nor_sniffed(here: RunningRelay) -> None:
    async with here.http.get(f"{here.url}/api/v1") as response:
        headers = response.headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_what_is_not_there_is_told_in_the_same_shape(here: RunningRelay) -> None:
    large = io.BytesIO(b"x" * (MOST_BODY_BYTES + 1))
    async with here.http.get(f"{here.url}/api/v1/nothing") as response:
        missing = response.status, await response.json()
    async with here.http.put(f"{here.url}/api/v1/pairing") as response:
        wrong_method = response.status, await response.json()
    async with here.http.post(f"{here.url}/api/v1/pairing", data=large) as response:
        too_large = response.status, await response.json()

    assert (missing[0], missing[1]["error"]["code"]) == (404, "not_found")
    assert (wrong_method[0], wrong_method[1]["error"]["code"]) == (405, "method_not_allowed")
    assert (too_large[0], too_large[1]["error"]["code"]) == (413, "too_large")


async def test_strangers_may_say_less_than_those_who_are_known(here: RunningRelay) -> None:
    owner = {"Authorization": f"Bearer {await here.token(Role.OWNER)}"}
    nonsense = {"Authorization": "Bearer nonsense"}

    async def status(size: int, headers: dict[str, str], *, is_chunked: bool) -> int:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"{"
            yield b" " * size

        data = pieces() if is_chunked else io.BytesIO(b"{" + b" " * size)
        async with here.http.post(f"{here.url}/api/v1/areas", data=data, headers=headers) as response:
            return response.status

    for is_chunked in (False, True):
        assert await status(MOST_OF_STRANGERS_BYTES // 2, {}, is_chunked=is_chunked) == 401
        assert await status(MOST_OF_STRANGERS_BYTES, {}, is_chunked=is_chunked) == 413
        assert await status(MOST_OF_STRANGERS_BYTES, nonsense, is_chunked=is_chunked) == 413
        assert await status(MOST_OF_STRANGERS_BYTES, owner, is_chunked=is_chunked) == 400
        assert await status(MOST_BODY_BYTES, owner, is_chunked=is_chunked) == 413


async def test_who_hangs_up_in_the_middle_of_a_body_leaves_no_complaint(here: RunningRelay) -> None:
    head = f"POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1:{here.relay.port}\r\nContent-Length: 9\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", here.relay.port)
    writer.write(head.encode() + b"Expect: 100-continue\r\n\r\n{")
    assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"

    writer.close()
    await writer.wait_closed()

    assert await here.ask("GET", "/healthz") == (200, None)


async def test_a_refusal_quotes_even_what_is_no_text(here: RunningRelay) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", here.relay.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: \xb2.example\r\nConnection: close\r\n\r\n")

    answer = await reader.read()

    assert answer.startswith(b"HTTP/1.1 421 ")
    assert rb"\\udcb2.example" in answer
    writer.close()
    await writer.wait_closed()


# Starting


async def test_a_port_in_use_is_told_in_one_line(here: RunningRelay, tmp_path: Path) -> None:
    port = here.relay.port
    with pytest.raises(StartupError, match=rf"port {port} is in use"):
        async with running_relay(tmp_path / "other", port=port):
            pass


async def test_it_says_where_browsers_find_it(here: RunningRelay) -> None:
    assert here.relay.urls == [f"http://127.0.0.1:{here.relay.port}"]


async def test_a_stopped_relay_can_be_followed_by_another_on_its_port(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as here:
        port = here.relay.port
        _, before = await here.ask("GET", "snapshot", token=await here.token())
        here.report(LAMP, SwitchState(on=True))

    async with running_relay(tmp_path, port=port) as again:
        _, after = await again.ask("GET", "snapshot", token=await again.token())

    assert after["run"] != before["run"]
