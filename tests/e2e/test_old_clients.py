"""The ancestor's contract, spoken by a pretend old client and an old switch to the real process."""

from __future__ import annotations

import socket
from collections.abc import Generator

import jwt
import pytest

from tests.e2e.conftest import MakeProgram, broker_of
from tests.e2e.mqtt_peers import Broker, OldSwitch
from tests.e2e.program import Program
from tests.e2e.relay_client import Answer, CodeScreen, RelayClient
from tests.e2e.until import AT_ONCE_S, until


class OldClient:
    """What the ancestor's page did: a code, a token, and requests with it."""

    def __init__(self, url: str) -> None:
        self._relay = RelayClient(url)
        self.token = ""

    def ask_for_code(self, path: str = "/auth/code") -> Answer:
        return self._relay.ask("GET", path)

    def check(self, code: str, path: str = "/auth/codecheck") -> Answer:
        answer = self._relay.ask("POST", path, headers={"code": code})
        if answer.status == 201:
            self.token = answer.said["token"]
        return answer

    def ask(self, path: str, method: str = "GET") -> Answer:
        return self._relay.ask(method, path, headers={"x-access-token": self.token})


@pytest.fixture(scope="module")
def beacon_port() -> int:
    """A UDP port that nobody has just now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def running(make_program: MakeProgram, beacon_port: int) -> Program:
    program = make_program("--headless", beacon_enabled="true", beacon_port=beacon_port)
    program.start()
    return program


@pytest.fixture
def program(running: Program) -> Generator[Program, None, None]:
    yield running
    running.check()


@pytest.fixture(scope="module")
def codes(running: Program) -> CodeScreen:
    return CodeScreen(running.client("screen"))


@pytest.fixture
def client(program: Program, codes: CodeScreen) -> OldClient:
    client = OldClient(program.url)
    assert client.ask_for_code().said == {"success": True}
    assert client.check(codes.next_code()).status == 201
    return client


@pytest.fixture
def switch(program: Program, client: OldClient) -> Generator[OldSwitch, None, None]:
    broker: Broker = broker_of(program)
    switch = OldSwitch(broker, host="sw-hall", name="Hall", way=2)
    switch.plug_in()
    until(lambda: client.ask("/device/regist").status == 200, "the switch has introduced itself")
    yield switch
    switch.pull_out()
    assert client.ask("/device/regist/all", "DELETE").said == {"success": True}


def refusal(status: int, message: str) -> dict[str, object]:
    return {"success": False, "error": {"status": status, "message": message}}


def test_the_code_on_the_screens_is_good_for_a_token_once(program: Program, codes: CodeScreen) -> None:
    client = OldClient(program.url)
    for asking, checking in (("/auth/code", "/auth/codecheck"), ("/code", "/codecheck")):
        assert client.ask_for_code(asking).said == {"success": True}
        code = codes.next_code()
        wrong = client.check("000000" if code != "000000" else "111111", checking)
        assert (wrong.status, wrong.said) == (401, refusal(401, "잘못된 인증코드"))

        admitted = client.check(code, checking)

        assert (admitted.status, admitted.said["success"]) == (201, True)
        said = jwt.decode(admitted.said["token"], options={"verify_signature": False})
        assert said["api_serial"]
        assert said["exp"] - said["iat"] == 30 * 3600
        again = client.check(code, checking)
        assert (again.status, again.said) == (401, refusal(401, "만료된 코드"))


def test_a_token_that_was_removed_is_no_longer_good(program: Program, client: OldClient) -> None:
    assert client.ask("/device/regist").said == refusal(400, "등록기기 없음")
    session_id = jwt.decode(client.token, options={"verify_signature": False})["sub"]

    program.command("clients", "remove", session_id)

    def answer() -> Answer | None:
        said = client.ask("/device/regist")
        return said if said.status == 401 else None

    refused = until(answer, "the token is refused", within_s=AT_ONCE_S)
    assert refused.said == refusal(401, "토큰만료")


def test_an_old_switch_is_listed_read_toggled_renamed_and_forgotten(client: OldClient, switch: OldSwitch) -> None:
    (listed,) = client.ask("/device/regist").said["devices"]
    assert {key: listed[key] for key in ("device_host", "device_name", "way")} == {
        "device_host": "sw-hall",
        "device_name": "Hall",
        "way": 2,
    }
    switch.press("10")
    until(lambda: client.ask("/device/state?host=sw-hall").said["state"] == [True, False], "what was pressed by hand")

    acted = client.ask("/device/action?host=sw-hall&switch=2")

    assert acted.said == {"success": True, "device": {"states": [True, True]}}
    assert switch.actions == ["2"]
    assert client.ask("/device/state?host=elsewhere").said == refusal(400, "요청기기 없음")
    assert client.ask("/device/rename?host=sw-hall&newname=Stairs").said == {"success": True}
    assert client.ask("/device/regist").said["devices"][0]["device_name"] == "Stairs"
    logs = client.ask("/device/log?host=sw-hall").said["logs"]
    assert {(log["switch"], log["state"]) for log in logs} >= {(1, True), (2, True)}
    assert client.ask("/device/log/all", "DELETE").said == {"success": True}
    assert client.ask("/device/log/all").said["logs"] == []
    assert client.ask("/device/regist?host=sw-hall", "DELETE").said == {"success": True}
    assert client.ask("/device/regist").said == refusal(400, "등록기기 없음")
    switch.introduce()
    until(lambda: client.ask("/device/regist").status == 200, "it introduces itself again")


def test_an_old_switch_has_a_tile_like_any_device(program: Program, switch: OldSwitch) -> None:
    relay = program.client()
    switch.press("00")
    until(lambda: "Hall" in relay.devices(), "the switch is a device")

    outcome = relay.command("Hall", {"do": "turn", "on": True})

    assert outcome.said == {"outcome": "confirmed"}
    assert switch.actions == ["1"]


def test_the_beacon_answers_with_the_address_of_the_relay(program: Program, beacon_port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(5)
        asking.sendto(b"where are you?", ("127.0.0.1", beacon_port))
        answer, _ = asking.recvfrom(64)

    assert answer == b"127.0.0.1"


def test_without_a_token_nothing_is_told(program: Program) -> None:
    stranger = OldClient(program.url)
    for path in ("/device/regist", "/device/state?host=x", "/device/log/all", "/device/action?host=x&switch=1"):
        answer = stranger.ask(path)
        assert (answer.status, answer.said) == (401, refusal(401, "토큰만료"))
    assert "token" not in stranger.check("123456").said
