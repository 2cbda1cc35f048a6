"""The machine's clock jumps by a day or to 1970: nobody gets in again, nothing crashes, timers go right.

One life of the program sees all jumps, and the next one begins in 1970.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.blackbox.attack import Clock
from tests.e2e.until import until
from tests.survival.life import Life

DAY_S = 86_400.0
DEAF = b'{"name": "Deaf", "unique_id": "deaf", "command_topic": "deaf/set", "state_topic": "deaf/state"}'
PASSWORD = "grey heron by the pond"


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path, wall_only=True)


@pytest.fixture
def life(tmp_path: Path, clock: Clock) -> Iterator[Life]:
    life = Life(tmp_path / "life", environ=clock.environ)
    yield life
    life.end()


def silence_lasts_s(life: Life, token: str, jump: Callable[[], None]) -> float:
    """Ask a device that never answers, let the clock jump meanwhile, and return how long it was waited for."""

    def ask(device_id: str) -> float:
        began_at = time.monotonic()
        with contextlib.closing(life.client()) as client:
            asked = {"command": {"do": "turn", "on": True}}
            assert client.ask("POST", f"devices/{device_id}/command", asked, token=token).status == 503
        return time.monotonic() - began_at

    with contextlib.closing(life.client()) as client, ThreadPoolExecutor(1) as thread:

        def devices() -> list[dict[str, Any]]:
            told: list[dict[str, Any]] = client.ask("GET", "devices", token=token).json["devices"]
            return told

        (deaf,) = until(devices, "the device is there")
        answer = thread.submit(ask, deaf["id"])
        until(lambda: devices()[0]["tile"].get("pending"), "it is asked")
        jump()
        return answer.result()


def test_jumps_of_the_clock_let_nobody_in_again_and_hurry_or_hold_up_no_timer(life: Life, clock: Clock) -> None:
    life.start()
    owner = life.pair()
    with contextlib.closing(life.client()) as client, life.device() as device:
        device.keep("homeassistant/switch/deaf/config", DEAF)
        made = {"name": "Gone", "password": PASSWORD, "role": "resident"}
        account = client.ask("POST", "accounts", made, token=owner.token).json
        cookie = client.ask("POST", "login", {"name": "Gone", "password": PASSWORD}).cookie
        assert client.ask("GET", "session", cookie=cookie).status == 200
        assert client.ask("DELETE", f"accounts/{account['id']}", token=owner.token).status == 204

        def is_gone() -> bool:
            return client.ask("GET", "session", cookie=cookie).status == 401

        def back() -> None:
            for to in (clock.now() - DAY_S, 1000.0):
                clock.set_to(to)
                assert is_gone()
                assert client.ask("GET", "session", token=owner.token).status == 200

        assert 2.5 < silence_lasts_s(life, owner.token, back) < 10

        said = client.ask("POST", "session/refresh", {"refresh_credential": owner.credential})  # in 1970
        assert said.status == 200
        before, credential = said.json["access_token"], said.json["refresh_credential"]

        assert 2.5 < silence_lasts_s(life, before, lambda: clock.set(DAY_S)) < 10

        assert client.ask("GET", "session", token=before).status == 401
        said = client.ask("POST", "session/refresh", {"refresh_credential": credential})
        assert said.status == 200
        token, credential = said.json["access_token"], said.json["refresh_credential"]
        for to in (time.time(), 1000.0):
            clock.set_to(to)
            assert is_gone()
            assert client.ask("GET", "session", token=before).status == 401
            assert client.ask("GET", "session", token=token).status == 200
    life.stop()
    life.start()  # in 1970

    with contextlib.closing(life.client()) as client:
        assert client.ask("GET", "session", cookie=cookie).status == 401
        assert client.ask("GET", "session", token=before).status == 401
        assert client.ask("POST", "session/refresh", {"refresh_credential": credential}).status == 200
    assert life.take_complaints() == []
