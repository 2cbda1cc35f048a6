"""The ancestor's contract, byte for byte, at a running relay."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from intercom.home.access import Role
from intercom.storage.tokens import Audience
from tests.integration.relays import Phone, RunningRelay, running_relay

ROUTES_WITH_TOKEN = [
    ("GET", "/device/regist"),
    ("DELETE", "/device/regist?host=wall"),
    ("DELETE", "/device/regist/all"),
    ("GET", "/device/log?host=wall"),
    ("GET", "/device/log/all"),
    ("DELETE", "/device/log/all"),
    ("GET", "/device/state?host=wall"),
    ("GET", "/device/rename?host=wall&newname=x"),
    ("GET", "/device/action?host=wall&switch=1"),
]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with running_relay(tmp_path) as running:
        yield running


async def token_of(here: RunningRelay, role: Role = Role.RESIDENT) -> dict[str, str]:
    session = await here.session(role)
    return {"x-access-token": here.storage.tokens.issue(session, Audience.SWITCHES)}


async def raw(here: RunningRelay, method: str, path: str, headers: dict[str, str]) -> tuple[int, str, bytes]:
    async with here.http.request(method, here.url + path, headers=headers) as response:
        return response.status, response.headers["Content-Type"], await response.read()


@pytest.mark.parametrize("prefix", ["", "/auth"])
async def test_a_code_is_shown_given_back_and_good_for_a_token(here: RunningRelay, prefix: str) -> None:
    here.switches.introduce("wall", name="Wall", way=2, on="10")
    assert await here.ask("GET", f"{prefix}/code") == (200, {"success": True})
    assert here.desk.live is not None

    status, told = await here.ask("POST", f"{prefix}/codecheck", headers={"code": here.desk.live.code})

    assert (status, told["success"]) == (201, True)
    claims = _claims(told["token"])
    assert claims["api_serial"] == here.storage.home_id
    assert claims["exp"] - claims["iat"] == 30 * 3600
    status, _ = await here.ask("GET", "/device/state?host=wall", headers={"x-access-token": told["token"]})
    assert status == 200


async def test_wrong_and_ended_codes_are_told_as_ever(here: RunningRelay) -> None:
    assert await raw(here, "POST", "/codecheck", {"code": "123456"}) == (
        401,
        "application/json; charset=utf-8",
        '{"success":false,"error":{"status":401,"message":"만료된 코드"}}'.encode(),
    )
    await here.ask("GET", "/code")
    assert here.desk.live is not None
    wrong = f"{(int(here.desk.live.code) + 1) % 1_000_000:06d}"
    assert await raw(here, "POST", "/codecheck", {"code": wrong}) == (
        401,
        "application/json; charset=utf-8",
        '{"success":false,"error":{"status":401,"message":"잘못된 인증코드"}}'.encode(),
    )
    assert len(here.storage.wrong_tries.tries.kept) == 1
    for _ in range(4):
        await here.ask("POST", "/codecheck", headers={"code": wrong})
    assert (await here.ask("POST", "/codecheck"))[1]["error"]["message"] == "만료된 코드"


async def test_a_code_is_good_once_and_not_for_the_new_way(here: RunningRelay) -> None:
    await here.ask("GET", "/code")
    assert here.desk.live is not None
    code, request_id = here.desk.live.code, here.desk.live.request_id

    assert (await here.ask("POST", f"pairing/{request_id}", {"secret": "", "code": code}))[0] == 404
    assert (await here.ask("POST", "/codecheck", headers={"code": code}))[0] == 201
    assert (await here.ask("POST", "/codecheck", headers={"code": code}))[0] == 401


async def test_screens_are_shown_the_code_and_others_are_not(here: RunningRelay) -> None:
    async with Phone(here) as screen, Phone(here) as phone:
        await screen.connect(await here.token(Role.SCREEN))
        await phone.connect(await here.token())

        await here.ask("GET", "/code")
        assert here.desk.live is not None
        assert await screen.until("code") == [here.desk.live.code]
        await phone.watch()

        assert phone.all("code") == []


async def test_who_was_let_in_as_a_guest_is_one(here: RunningRelay) -> None:
    here.switches.introduce("wall", name="Wall", way=2, on="10")
    await here.ask("GET", "/auth/code")
    assert here.desk.live is not None
    here.desk.choose_role(Role.GUEST)

    _, told = await here.ask("POST", "/auth/codecheck", headers={"code": here.desk.live.code})
    status, _ = await here.ask("GET", "/device/state?host=wall", headers={"x-access-token": told["token"]})

    assert [session.role for session in here.storage.sessions.all] == [Role.GUEST]
    assert status == 403


async def test_switches_are_listed_as_ever(here: RunningRelay) -> None:
    here.switches.introduce("wall", name="Wall", way=2, on="10")

    status, kind, body = await raw(here, "GET", "/device/regist", await token_of(here))

    assert (status, kind) == (200, "application/json; charset=utf-8")
    assert body == (
        b'{"success":true,"devices":[{"api_serial":"%b","device_host":"wall","device_name":"Wall","way":2}]}'
        % here.storage.home_id.encode()
    )


async def test_the_token_may_stand_in_the_query(here: RunningRelay) -> None:
    here.switches.introduce("wall", name="Wall", way=2, on="10")
    token = (await token_of(here))["x-access-token"]

    assert await raw(here, "GET", f"/device/state?host=wall&token={token}", {}) == (
        200,
        "application/json; charset=utf-8",
        b'{"success":true,"state":[true,false]}',
    )


@pytest.mark.parametrize(("method", "path"), ROUTES_WITH_TOKEN)
async def test_every_route_asks_for_a_token_of_its_own_kind(here: RunningRelay, method: str, path: str) -> None:
    here.switches.introduce("wall", name="Wall", way=2, on="10")
    of_the_api = {"x-access-token": await here.token()}

    for headers in ({}, {"x-access-token": "nonsense"}, of_the_api):
        assert await raw(here, method, path, headers) == (
            401,
            "application/json; charset=utf-8",
            '{"success":false,"error":{"status":401,"message":"토큰만료"}}'.encode(),
        )


@pytest.mark.parametrize(("method", "path"), ROUTES_WITH_TOKEN)
async def test_what_is_not_registered_is_told_as_ever(here: RunningRelay, method: str, path: str) -> None:
    message = "요청기기 없음" if "host" in path else "등록기기 없음"

    status, told = await here.ask(method, path, headers=await token_of(here))

    assert (status, told) == (400, {"success": False, "error": {"status": 400, "message": message}})


async def test_a_switch_is_toggled_renamed_and_removed(here: RunningRelay) -> None:
    here.switches.introduce("wall", name="Wall", way=2, on="10")
    headers = await token_of(here)

    status, told = await here.ask("GET", "/device/action?host=wall&switch=2", headers=headers)
    assert (status, told) == (200, {"success": True, "device": {"states": [True, True]}})
    assert (await here.ask("GET", "/device/action?host=wall&switch=x", headers=headers))[0] == 400
    assert await here.ask("GET", "/device/rename?host=wall&newname=벽", headers=headers) == (200, {"success": True})
    _, told = await here.ask("GET", "/device/regist", headers=headers)
    assert told["devices"][0]["device_name"] == "벽"
    assert await here.ask("DELETE", "/device/regist?host=wall", headers=headers) == (200, {"success": True})
    assert (await here.ask("GET", "/device/state?host=wall", headers=headers))[0] == 400


async def test_all_switches_are_removed(here: RunningRelay) -> None:
    for host in ("one", "two"):
        here.switches.introduce(host, name=host, way=1, on="0")

    assert await here.ask("DELETE", "/device/regist/all", headers=await token_of(here)) == (200, {"success": True})

    assert here.switches.hosts() == []


async def test_a_silent_switch_is_told_as_unavailable(here: RunningRelay) -> None:
    here.switches.introduce("wall", name="Wall", way=1, on="0")
    here.home.link_down("test")

    status, told = await here.ask("GET", "/device/action?host=wall&switch=1", headers=await token_of(here))

    assert (status, told["success"], told["error"]["status"]) == (503, False, 503)


async def test_the_log_tells_what_switches_did_and_can_be_erased(here: RunningRelay) -> None:
    here.switches.introduce("wall", name="Wall", way=2, on="10")
    headers = await token_of(here)

    _, told = await here.ask("GET", "/device/log?host=wall", headers=headers)
    _, told_all = await here.ask("GET", "/device/log/all", headers=headers)
    await here.ask("DELETE", "/device/log/all", headers=headers)
    _, after = await here.ask("GET", "/device/log/all", headers=headers)

    assert {(log["switch"], log["state"]) for log in told["logs"]} == {(1, True), (2, False)}
    assert told_all == told
    assert after["logs"] == []


async def test_the_token_ends_with_its_session(here: RunningRelay) -> None:
    here.switches.introduce("wall", name="Wall", way=1, on="0")
    session = await here.session()
    headers = {"x-access-token": here.storage.tokens.issue(session, Audience.SWITCHES)}
    assert (await here.ask("GET", "/device/regist", headers=headers))[0] == 200

    await here.storage.sessions.remove(session.id)

    assert (await here.ask("GET", "/device/regist", headers=headers))[0] == 401


@pytest.mark.parametrize(("method", "path"), ROUTES_WITH_TOKEN)
async def test_guests_do_not_get_at_the_switches_this_way(here: RunningRelay, method: str, path: str) -> None:
    here.switches.introduce("wall", name="Wall", way=1, on="0")

    status, _ = await here.ask(method, path, headers=await token_of(here, Role.GUEST))

    assert status == 403
    assert here.switches.states("wall") == [False]


def _claims(token: str) -> Any:
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
