"""Stopping, dying and starting again: what was acknowledged is still there, and phones come back by themselves."""

from __future__ import annotations

import re
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import MakePhone, MakeProgram, broker_of, start_on
from tests.e2e.mqtt_peers import Lamp
from tests.e2e.phone import Phone
from tests.e2e.program import Program
from tests.e2e.relay_client import CodeScreen, RelayClient
from tests.e2e.screen import Screen, screen
from tests.e2e.until import until

CLOCK = r"([01]?\d|2[0-3]):[0-5]\d"


@dataclass
class LampHome:
    """A home with two lamps that somebody plugged in."""

    program: Program
    relay: RelayClient
    phone: Phone
    lamps: list[Lamp]

    def memory(self) -> dict[str, Any]:
        """What must outlive the program."""
        devices = self.relay.get("devices")["devices"]
        kept = ("id", "name", "area", "position", "capabilities", "hidden", "shared")
        clients = self.relay.get("clients")["clients"]
        return {
            "areas": self.relay.get("areas"),
            "devices": sorted(({key: device.get(key) for key in kept} for device in devices), key=str),
            "clients": sorted(client["id"] for client in clients),
        }


@pytest.fixture(scope="module")
def running(make_program: MakeProgram, make_phone: MakePhone, display: Screen) -> Generator[LampHome, None, None]:
    program = make_program(display=display.name, home_name="우리 집")
    start_on(display, program)
    relay = program.client()
    broker = broker_of(program)
    lamps = [Lamp(broker, "sofa", name="Sofa", area="거실"), Lamp(broker, "stove", name="Stove", area="주방")]
    for lamp in lamps:
        lamp.plug_in()
    until(lambda: len(relay.devices()) == 2, "the lamps are there")
    phone = make_phone(program.url)
    yield LampHome(program, relay, phone, lamps)
    for lamp in lamps:
        lamp.pull_out()


@pytest.fixture
def home(running: LampHome) -> Generator[LampHome, None, None]:
    yield running
    running.program.check()


def without_times(memory: dict[str, Any]) -> dict[str, Any]:
    """The same without when devices reported, which they do anew."""
    for device in memory["devices"]:
        for capability in device["capabilities"]:
            capability.pop("at", None)
    return memory


def test_everything_is_as_it_was_after_a_restart_and_the_phone_comes_back_by_itself(
    home: LampHome, pictures: Path
) -> None:
    home.phone.open()
    home.phone.pair(CodeScreen(home.program.client("screen")), name="민지 휴대폰")
    home.phone.expect_home()
    sofa = home.relay.devices()["Sofa"]["id"]
    assert home.relay.ask("PATCH", f"devices/{sofa}", {"name": "책 읽는 등", "position": 7}).status == 200
    attic = home.relay.ask("POST", "areas", {"name": "다락", "icon": "house"}).said["id"]
    others = [area["id"] for area in home.relay.get("areas")["areas"] if area["id"] != attic]
    assert home.relay.ask("PUT", "areas/order", {"ids": [attic, *reversed(others)]}).status == 200
    home.phone.touch("책 읽는 등")
    home.phone.expect_on("책 읽는 등", True)
    before = without_times(home.memory())

    ended = home.program.terminate()
    assert ended.is_in_order, ended
    stale = home.phone.page.get_by_test_id("stale-bar")
    assert re.search(CLOCK, stale.inner_text())
    home.phone.photograph(pictures / "stale-phone.png")

    home.program.start()

    home.phone.expect_connected()
    home.phone.expect_on("책 읽는 등", True)
    until(lambda: len(home.relay.devices()) == 2, "the lamps are back")
    assert without_times(home.memory()) == before
    home.phone.touch("책 읽는 등")
    home.phone.expect_on("책 읽는 등", False)


def test_closing_the_window_ends_the_program_in_order_while_phones_are_connected(
    home: LampHome, display: Screen
) -> None:
    asked_at = time.monotonic()
    display.ask_to_close()
    ended = home.program.wait(asked_at)

    assert ended.is_in_order, ended
    home.program.start()
    home.phone.expect_connected()


def test_a_display_that_goes_ends_the_program_so_that_it_can_be_started_anew(
    make_program: MakeProgram, tmp_path: Path
) -> None:
    with screen(tmp_path) as shown:
        program = make_program("--demo", name="display", display=shown.name)
        start_on(shown, program)

    ended = program.wait()

    assert ended.code == 1
    assert program.take_complaints()[-1] == "intercom: the display has gone"


def test_what_was_acknowledged_survives_a_kill(make_program: MakeProgram) -> None:
    program = make_program("--headless", name="killed")
    program.start()
    relay = program.client()
    lamp = Lamp(broker_of(program), "sofa", name="Sofa", area="거실")
    lamp.plug_in()
    lamp.pull_out()
    until(lambda: "Sofa" in relay.devices(), "the lamp is there")
    device = relay.devices()["Sofa"]["id"]

    assert relay.ask("PATCH", f"devices/{device}", {"name": "책 읽는 등"}).status == 200
    program.kill()
    program.start()
    until(lambda: "책 읽는 등" in relay.devices(), "the name that was given")

    codes = CodeScreen(program.client("screen"))
    stranger = RelayClient(program.url)
    asked = stranger.ask("POST", "pairing", {"name": "민지 휴대폰"}).said
    given = {"secret": asked["secret"], "code": codes.next_code(), "native": True}
    paired = stranger.ask("POST", f"pairing/{asked['request_id']}", given)
    assert paired.status == 200
    program.kill()
    program.start()
    back = stranger.ask("POST", "session/refresh", {"refresh_credential": paired.said["refresh_credential"]})
    assert back.status == 200
    assert back.said["session"] == paired.said["session"]

    removed = relay.ask("DELETE", f"clients/{paired.said['session']['id']}")
    assert removed.status == 204
    program.kill()
    program.start()
    gone = stranger.ask("POST", "session/refresh", {"refresh_credential": back.said["refresh_credential"]})
    assert gone.status == 401
