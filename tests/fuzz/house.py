"""The house that everything is thrown at: the real program with its pretend devices, people of every kind, a good lamp.

Whatever is thrown, `look` must find that it lives, answers at once and has complained of nothing. It may complain of
announcements that it cannot use: they name a device that a resident would miss.
"""

from __future__ import annotations

import json
import re
import socket
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from tests.e2e.mqtt_peers import Broker, OldSwitch
from tests.e2e.program import Program
from tests.e2e.relay_client import CodeScreen, RelayClient
from tests.e2e.until import until
from tests.fuzz.mqtt_peer import Peer
from tests.integration.brokers import free_port

ANSWERS_WITHIN_S = 5.0
"""On a machine that has other things to do."""

TOKENS_SERVE_S = 600.0
"""After this long everybody gets new access tokens; they live for 15 minutes."""

SOURCES = 16
"""So many of this machine's addresses are used, since wrong codes and passwords are counted by address."""

PEOPLE = ("owner", "resident", "login", "guest", "screen", "stranger")
LAMP = "good lamp"
SWITCH = "good-switch"
PASSWORD = "a horse, right?"

_ALLOWED = re.compile(
    r"\S+ \S+ WARNING intercom\.devices\."
    r"(mqtt_devices: the announcement on |switch_devices: |mqtt_connection: left out a message from the broker: )"
)


class House:
    """One home at a time; `renew` moves to a fresh one, where nobody has been wrong yet."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder = folder
        self._log = log
        self._houses = 0
        self._doors = [_Door(f"127.0.0.{2 + number}") for number in range(SOURCES)]
        self._looks = 0
        self.begin()

    def begin(self) -> None:
        """Move in."""
        self._houses += 1
        folder = self._folder / str(self._houses)
        folder.mkdir()
        self.beacon_port = _free_udp_port()
        self.broker_port = free_port()
        self.program = Program(
            folder,
            "--headless",
            "--demo",
            log=self._log.with_stem(f"{self._log.stem}-{self._houses}"),
            relay_host="127.0.0.1",
            relay_port=free_port(),
            tls_port=0,
            broker_host="127.0.0.1",
            broker_port=self.broker_port,
            beacon_enabled="true",
            beacon_port=self.beacon_port,
            home_language="ko",
        )
        self.program.start()
        self.url = self.program.url
        self.port = int(self.url.rpartition(":")[2])
        with ThreadPoolExecutor() as at_once:
            broker = at_once.submit(self.program.command, "broker")
            paired = {
                role: at_once.submit(self.program.command, "clients", "add", "--name", role, "--role", role, "--json")
                for role in ("owner", "resident", "screen")
            }
            self._paired = {role: made.result() for role, made in paired.items()}
            told = dict(line.split(": ", 1) for line in broker.result().strip().splitlines())
        self.user, self.password = told["user"], told["password"]
        self._paired_at = time.monotonic()
        self.refresh_credential: str = self._paired["resident"]["refresh_credential"]
        self.passwords = {"login": PASSWORD, "guest": PASSWORD}
        self._accounts = {
            name: self._make_account(name, role) for name, role in (("login", "owner"), ("guest", "guest"))
        }
        self._cookies: dict[str, str] = {}
        self.ancestor_token = self._pair_as_ancestor()
        self._left_alone = {each["id"] for each in self._owner.get("clients")["clients"]}
        self._lamp_is_on = False
        self._plug_in()
        self._devices: list[dict[str, Any]] = []
        for device in self.devices()[::3]:
            device_id = urllib.parse.quote(device["id"], safe="")
            assert self._owner.ask("PATCH", f"devices/{device_id}", {"is_shared": True}).status == 200

    def end(self) -> None:
        """Move out; the program must end in order."""
        for door in self._doors:
            door.close()
        self._switch.pull_out()
        self.program.end()
        self._expect_no_complaint()

    def renew(self) -> None:
        """Move to a fresh home."""
        self.end()
        self.begin()

    # Who asks

    def credentials(self, who: str) -> dict[str, str]:
        """The headers by which one of `PEOPLE` is known."""
        if who == "stranger":
            return {}
        if who in self._accounts:
            if not self._cookies.get(who):
                self._cookies[who] = self._log_in(who, self.passwords[who])
            if not self._cookies[who]:
                self.renew()
                return self.credentials(who)
            return {"Cookie": f"sid={self._cookies[who]}"}
        return {"Authorization": f"Bearer {self._token(who)}"}

    def was_refused(self, who: str) -> None:
        """Somebody we know was not let in: the standing has ended by what was thrown, so it is given anew."""
        self._cookies.pop(who, None)
        if who in self._paired:
            self._pair(who)

    def pairing(self) -> dict[str, str]:
        """A pairing that is under way: its `request_id`, `secret` and `code`; nothing when too many were asked for."""
        asked = RelayClient(self.url).ask("POST", "pairing", {"name": "phone"})
        return {**asked.said, "code": self._shown_code()} if asked.status == 201 else {}

    # What there is

    def real(self, name: str, number: int) -> str:
        """One of the real things that a parameter of this name can stand for, the same for the same number."""
        match name:
            case "device_id":
                found = [device["id"] for device in self.devices()]
            case "area_id":
                found = self.areas()
            case "session_id":
                victim = self._victim()
                clients = self._owner.get("clients")["clients"]
                found = [each["id"] for each in clients if each.get("account") == victim]
                found += [
                    each["id"] for each in clients if each["id"] not in self._left_alone and "account" not in each
                ]
            case "account_id":
                found = [self._victim()]
            case "host":
                if not self._has_switch():
                    self._switch.introduce()
                    until(self._has_switch, "the good switch is there again")
                found = [SWITCH]
            case _:
                raise AssertionError(f"nobody knows what a real {name} is")
        return str(found[number % len(found)]) if found else "none is left"

    def areas(self) -> list[str]:
        return [area["id"] for area in self._owner.get("areas")["areas"]]

    def devices(self) -> list[dict[str, Any]]:
        """All devices, as they were not long ago."""
        if not self._devices or self._looks % 50 == 0:
            self._devices = self._owner.get("devices")["devices"]
        return self._devices

    # What becomes of it

    def door(self, number: int) -> requests.Session:
        """HTTP from one of our addresses."""
        return self._doors[number % SOURCES]

    def source(self, number: int) -> str:
        return self._doors[number % SOURCES].source

    def peer(self) -> Peer:
        """A client of the broker who knows the password."""
        return Peer(self.broker_port, user=self.user, password=self.password)

    def look(self, *, closely: bool = False) -> None:
        """Fail unless the program has nothing to complain of; `closely` and now and then, that it answers at once."""
        self._expect_no_complaint()
        self._looks += 1
        if closely or self._looks % 20 == 0:
            asked_at = time.monotonic()
            assert self.door(0).get(f"{self.url}/healthz", timeout=10).text == "ok"
            took_s = time.monotonic() - asked_at
            assert took_s < ANSWERS_WITHIN_S, f"it took {took_s:.1f} s to answer"

    def _expect_no_complaint(self) -> None:
        complaints = [line for line in self.program.take_complaints() if not _ALLOWED.match(line)]
        assert not complaints, "the program complained:\n" + "\n".join(complaints)

    def check_lamp(self) -> None:
        """Fail unless what a good lamp says over MQTT is what clients are told over HTTP."""
        self._lamp_is_on = not self._lamp_is_on
        with self.peer() as peer:
            peer.publish(b"good/lamp", b"ON" if self._lamp_is_on else b"OFF", retain=True)
            assert peer.settle()
        until(lambda: self._lamp_state() is self._lamp_is_on, "the good lamp is as it says", within_s=ANSWERS_WITHIN_S)
        self.look(closely=True)

    # Inside

    def _plug_in(self) -> None:
        lamp = {
            "name": None,
            "unique_id": "good-lamp",
            "state_topic": "good/lamp",
            "command_topic": "good/lamp/set",
            "optimistic": True,
            "device": {"identifiers": ["good-lamp"], "name": LAMP},
        }
        with self.peer() as peer:
            peer.publish(b"homeassistant/switch/good-lamp/config", json.dumps(lamp).encode(), retain=True)
            peer.publish(b"good/lamp", b"OFF", retain=True)
            peer.settle()
        until(lambda: self._lamp_state() is False, "the good lamp is there")
        self._switch = OldSwitch(Broker(self.broker_port, self.user, self.password), host=SWITCH, name="Hall", way=4)
        self._switch.plug_in()
        until(self._has_switch, "the good switch is there")

    def _has_switch(self) -> bool:
        return self._owner.ask("GET", f"devices/switches:{SWITCH}").status == 200

    def _lamp_state(self) -> bool | None:
        lamp = self._owner.ask("GET", "devices/good-lamp")
        assert lamp.status in (200, 404), lamp
        state: bool | None = lamp.said["capabilities"][0]["state"].get("on") if lamp.status == 200 else None
        return state

    def _make_account(self, name: str, role: str) -> str:
        made = self._owner.ask("POST", "accounts", {"name": name, "role": role, "password": PASSWORD})
        assert made.status == 201, made
        return str(made.said["id"])

    def _victim(self) -> str:
        """The account that may be changed and removed, with a login of its own; made when there is none."""
        accounts = self._owner.get("accounts")["accounts"]
        found = [each["id"] for each in accounts if each["id"] not in self._accounts.values()]
        if found:
            return str(found[0])
        victim = self._make_account("victim", "resident")
        self._log_in("victim", PASSWORD)
        return victim

    def _log_in(self, name: str, password: str) -> str:
        """Return the cookie; nothing when too many wrong passwords were tried here."""
        answer = RelayClient(self.url).ask("POST", "login", {"name": name, "password": password})
        if answer.status == 429:
            return ""
        assert answer.status == 200, (name, answer)
        return answer.headers["Set-Cookie"].partition("sid=")[2].partition(";")[0]

    @property
    def _owner(self) -> RelayClient:
        return RelayClient(self.url, token=self._token("owner"))

    def _token(self, who: str) -> str:
        """The access token of somebody who is paired, which has not ended."""
        if time.monotonic() - self._paired_at > TOKENS_SERVE_S:
            self._paired_at = time.monotonic()
            for each in self._paired:
                self._pair(each)
        token: str = self._paired[who]["access_token"]
        return token

    def _pair(self, who: str) -> None:
        self._paired[who] = self.program.command("clients", "add", "--name", who, "--role", who, "--json")
        self._left_alone.add(self._paired[who]["session"]["id"])

    def _pair_as_ancestor(self) -> str:
        stranger = RelayClient(self.url)
        assert stranger.ask("GET", "/auth/code").status == 200
        answer = stranger.ask("POST", "/auth/codecheck", headers={"code": self._shown_code()})
        assert answer.status == 201, answer
        return str(answer.said["token"])

    def _shown_code(self) -> str:
        return CodeScreen(RelayClient(self.url, token=self._token("screen"))).next_code()


class _Door(requests.Session):
    """HTTP from one address of this machine; it keeps no cookies, and heeds nothing of the environment's."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.mount("http://", _From(source))


class _From(HTTPAdapter):
    def __init__(self, source: str) -> None:
        self._source = source
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, source_address=(self._source, 0))


def _free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
