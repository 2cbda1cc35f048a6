"""A household that changes its home all the time, and remembers what it was told was done.

Whatever was acknowledged has to be so after a kill. What was asked and not answered may have happened or not; what a
later look finds is then what is expected from there on. Who was removed is remembered for good: a token, a credential
or a cookie of theirs must never be good again.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.relay_client import CodeScreen, RelayClient
from tests.survival.life import Client, Device, Life, Paired

PASSWORDS = ("grey heron by the pond", "two kettles and a drum", "a ladder in the rain")
MOST_CLIENTS = 12
MOST_AREAS = 20
MOST_ACCOUNTS = 3
TOPICS = 40
DEAD_REMEMBERED = 25
MOST_KNOWN = 200
LAMP_COMES_WITHIN_S = 30.0
LAMP = (
    b'{"name": "Lamp", "unique_id": "survival", "command_topic": "survival/lamp/set",'
    b' "state_topic": "survival/lamp/state"}'
)

_GONE: Any = None


@dataclass
class Expected:
    """What is known of one thing: its value, and what it may be instead."""

    value: Any
    asked: list[Any] = field(default_factory=list)

    def allows(self, found: Any) -> bool:
        return found == self.value or found in self.asked


class Household:
    """Who lives here, and what they were told."""

    def __init__(self, life: Life, rng: random.Random) -> None:
        self.life = life
        self.rng = rng
        self.owner = life.pair("owner", "owner")
        self.screen = life.pair("screen", "further screen")
        self._codes: CodeScreen | None = None
        self.acknowledged = 0
        self.looked_at = 0
        self._areas: dict[str, Expected] = {}
        self._clients: dict[str, Expected] = {}
        self._paired: dict[str, Paired] = {}
        self._accounts: dict[str, Expected] = {}
        self._account_ids: dict[str, str] = {}
        self._passwords: dict[str, str] = {}
        self._cookies: dict[str, str] = {}
        self._kept: dict[str, Expected] = {}
        self._dead: deque[tuple[str, str]] = deque(maxlen=DEAD_REMEMBERED)
        """Tokens, credentials and cookies that stand for nobody any more, and which they are."""
        self._lamp = ""
        self._lamp_name = Expected(None)
        self._history: set[float] = set()
        """When things happened to the lamp that were on the disk at the last look."""
        self._numbers = 0
        self._lost: list[str] = []
        with contextlib.closing(life.client()) as client:  # so that the others can all be removed
            made = {"name": "Keeper", "password": PASSWORDS[0], "role": "owner"}
            said = client.ask("POST", "accounts", made, token=self.owner.token)
            assert said.status == 201, said

    def bring_a_lamp(self) -> None:
        """Announce one, which is then commanded and renamed, and has a history."""
        with self.life.device() as device, contextlib.closing(self.life.client()) as client:
            device.keep("homeassistant/light/survival/config", LAMP)
            self._lamp = self._found_lamp(client)["id"]
        self._lamp_name = Expected("Lamp")

    # Living

    def live(self, until_killed: threading.Event) -> list[threading.Thread]:
        """Change things in several threads until the program is gone; `until_killed` is set before that."""
        works = (self._arrange, self._admit, self._account, self._report, *([self._command] if self._lamp else []))
        self._codes = None
        threads = [
            threading.Thread(target=self._work, args=(work, random.Random(self.rng.random()), until_killed))
            for work in works
        ]
        for thread in threads:
            thread.start()
        return threads

    def settle(self, times: int) -> None:
        """Change things in peace."""
        self._codes = None
        with contextlib.closing(self.life.client()) as client, self.life.device() as device:
            for _ in range(times):
                self._arrange(client, self.rng)
                self._admit(client, self.rng)
                self._account(client, self.rng)
                self._report(device, self.rng)

    def renew_token(self) -> None:
        """Give the owner and the screen new access tokens; at a time when nobody is killed."""
        with contextlib.closing(self.life.client()) as client:
            for each in (self.owner, self.screen):
                each.token, each.credential = self._refreshed(client, each)

    def _work(self, work: Any, rng: random.Random, until_killed: threading.Event) -> None:
        try:
            if work == self._report:
                with self.life.device() as device:
                    while not until_killed.is_set():
                        work(device, rng)
            else:
                with contextlib.closing(self.life.client()) as client:
                    while not until_killed.is_set():
                        work(client, rng)
        except Exception:
            if not until_killed.is_set():  # else whatever breaks off in the middle
                self._lost.append(traceback.format_exc())

    def _arrange(self, client: Client, rng: random.Random) -> None:
        area_id = rng.choice([*self._areas, ""])
        name = self._new_name("Area")
        living = [each for each, expected in self._areas.items() if expected.value is not _GONE]
        if area_id not in living:
            if len(living) >= MOST_AREAS:
                return
            said = client.ask("POST", "areas", {"name": name}, token=self.owner.token)
            assert said.status == 201, said
            self._areas[said.json["id"]] = Expected(name)
        elif rng.random() < 0.8:
            self._ask(client, self._areas[area_id], name, "PATCH", f"areas/{area_id}", {"name": name})
        else:
            self._ask(client, self._areas[area_id], _GONE, "DELETE", f"areas/{area_id}")
        self.acknowledged += 1

    def _admit(self, client: Client, rng: random.Random) -> None:
        living = [each for each, expected in self._clients.items() if expected.value is not _GONE]
        draw = rng.random()
        if len(living) < 3 or (draw < 0.3 and len(living) < MOST_CLIENTS):
            self._pair(client)
        elif draw < 0.6:
            session_id = rng.choice(living)
            self._ask(client, self._clients[session_id], _GONE, "DELETE", f"clients/{session_id}")
            paired = self._paired.pop(session_id, None)
            if paired is not None:
                self._dead += [("token", paired.token), ("credential", paired.credential)]
        elif draw < 0.8:
            role, session_id = rng.choice(["owner", "resident", "screen"]), rng.choice(living)
            self._ask(client, self._clients[session_id], role, "PATCH", f"clients/{session_id}", {"role": role})
        elif self._paired:
            paired = self._paired[rng.choice([*self._paired])]
            before, paired.credential = paired.credential, ""
            paired.token, paired.credential = self._refreshed(client, Paired(paired.id, paired.token, before))
        self.acknowledged += 1

    def _account(self, client: Client, rng: random.Random) -> None:
        living = [each for each, expected in self._accounts.items() if expected.value is not _GONE]
        draw = rng.random()
        if len(living) < MOST_ACCOUNTS and draw < 0.5:
            name, password = self._new_name("Person"), rng.choice(PASSWORDS)
            made = {"name": name, "password": password, "role": "resident"}
            said = client.ask("POST", "accounts", made, token=self.owner.token)
            assert said.status == 201, said
            self._account_ids[name], self._passwords[name] = said.json["id"], password
            self._accounts[name] = Expected("resident")
        elif living:
            name = rng.choice(living)
            place = f"accounts/{self._account_ids[name]}"
            if name not in self._cookies:
                said = client.ask("POST", "login", {"name": name, "password": self._passwords[name]})
                assert said.status == 200, said
                self._cookies[name] = said.cookie
            elif draw < 0.4:
                self._ask(client, self._accounts[name], _GONE, "DELETE", place)
                self._dead.append(("cookie", self._cookies.pop(name)))
            elif draw < 0.7:
                password = self._passwords[name]
                new = rng.choice([each for each in PASSWORDS if each != password])
                cookie = self._cookies.pop(name)
                self._passwords[name] = ""  # until it is known which one it is
                said = client.ask("PATCH", place, {"password": new}, token=self.owner.token)
                assert said.status == 200, said
                self._passwords[name] = new
                self._dead.append(("cookie", cookie))
            else:
                role = rng.choice(["owner", "resident", "guest"])
                self._cookies.pop(name, None)  # it is renewed with the next request, and this one never makes it
                self._ask(client, self._accounts[name], role, "PATCH", place, {"role": role})
        self.acknowledged += 1

    def _command(self, client: Client, rng: random.Random) -> None:
        """Rename the lamp, or turn it; it reports as it likes, so how that ends says nothing."""
        if rng.random() < 0.5:
            name = self._new_name("Lamp")
            self._ask(client, self._lamp_name, name, "PATCH", f"devices/{self._lamp}", {"name": name})
        else:
            turned = {"command": {"do": rng.choice(("turn_on", "turn_off"))}}
            said = client.ask("POST", f"devices/{self._lamp}/command", turned, token=self.owner.token)
            assert said.status == 200, said
        self.acknowledged += 1

    def _report(self, device: Device, rng: random.Random) -> None:
        topic = f"survival/{rng.randrange(TOPICS)}"
        payload = b"" if rng.random() < 0.2 else rng.randbytes(rng.choice((5, 50, 500, 5000)))
        expected = self._kept.setdefault(topic, Expected(b""))
        expected.asked.append(payload)
        device.keep(topic, payload)
        expected.value, expected.asked = payload, []
        state = rng.choice(("ON", "OFF"))
        device.keep("survival/lamp/state", state.encode())
        self.acknowledged += 1

    def _pair(self, client: Client) -> None:
        """Pair as a phone does; the code is read off the panel's own screen, which is a client of ours."""
        if self._codes is None:
            self._codes = CodeScreen(RelayClient(f"http://127.0.0.1:{self.life.port}", token=self.screen.token))
        asked = client.ask("POST", "pairing", {"name": self._new_name("phone")})
        assert asked.status == 201, asked
        given = {"secret": asked.json["secret"], "code": self._codes.next_code(), "native": True}
        said = client.ask("POST", f"pairing/{asked.json['request_id']}", given)
        assert said.status == 200, said
        told = said.json
        session_id = told["session"]["id"]
        self._paired[session_id] = Paired(session_id, told["access_token"], told["refresh_credential"])
        self._clients[session_id] = Expected(told["session"]["role"])

    def _ask(self, client: Client, expected: Expected, value: Any, method: str, path: str, body: object = None) -> None:
        expected.asked.append(value)
        said = client.ask(method, path, body, token=self.owner.token)
        assert said.status in (200, 204), (method, path, said)
        expected.value, expected.asked = value, []

    def _refreshed(self, client: Client, paired: Paired) -> tuple[str, str]:
        said = client.ask("POST", "session/refresh", {"refresh_credential": paired.credential})
        assert said.status == 200, said
        return said.json["access_token"], said.json["refresh_credential"]

    def _new_name(self, kind: str) -> str:
        self._numbers += 1
        return f"{kind} {self._numbers}"

    # Looking

    def look(self) -> None:
        """Fail unless everything that was acknowledged is so; take what is found for what is expected."""
        assert not self._lost, self._lost
        with contextlib.closing(self.life.client()) as client:
            self._look(client)

    def _look(self, client: Client) -> None:
        clients = {each["id"]: each for each in self._told(client, "clients", "clients")}
        accounts = {each["name"]: each for each in self._told(client, "accounts", "accounts")}
        areas = {each["id"]: each["name"] for each in self._told(client, "areas", "areas")}
        self._compare("area", self._areas, areas)
        paired = {id_: each["role"] for id_, each in clients.items() if "account" not in each}
        del paired[self.owner.id], paired[self.screen.id]
        self._compare("client", self._clients, paired)
        del accounts["Keeper"]
        self._compare("account", self._accounts, {name: each["role"] for name, each in accounts.items()})
        self._account_ids = {name: each["id"] for name, each in accounts.items()}
        for name in accounts:  # one that was made and not answered has a password that nobody remembers
            self._passwords.setdefault(name, "")
        with self.life.device() as device:
            kept = device.kept("survival/+")
        self._compare("kept message", self._kept, {topic: kept.get(topic, b"") for topic in self._kept})
        self._look_at_people(client)
        if self._lamp:
            self._look_at_lamp(client)
        self._forget()

    def _found_lamp(self, client: Client) -> Any:
        """Return the lamp, the only device; it is there as soon as what it announced has come."""
        deadline = time.monotonic() + LAMP_COMES_WITHIN_S
        while not (devices := self._told(client, "devices", "devices")):
            assert time.monotonic() < deadline, "the lamp is gone"
            time.sleep(0.01)
        return devices[0]

    def _look_at_lamp(self, client: Client) -> None:
        self._compare("name", {"": self._lamp_name}, {"": self._found_lamp(client)["name"]})
        said = client.ask("GET", f"devices/{self._lamp}/history?limit=1000", token=self.owner.token)
        assert said.status == 200, said
        found = {each["at"] for each in said.json["entries"]}
        lost = {at for at in self._history - found if at > min(found)}
        assert not lost, f"the history has lost {len(lost)} of {len(self._history)} entries"
        self.looked_at += len(found)
        self._history = {at for at in found if at < self.life.began_at}

    def _look_at_people(self, client: Client) -> None:
        for session_id in [each for each in self._paired if self._clients[each].value is _GONE]:
            gone = self._paired.pop(session_id)
            self._dead.append(("token", gone.token))
        for session_id, paired in self._paired.items():
            assert client.ask("GET", "session", token=paired.token).status == 200, f"{session_id} was forgotten"
            if not paired.credential:  # its refresh was not answered: nobody knows whether it took place
                self._ask(client, self._clients[session_id], _GONE, "DELETE", f"clients/{session_id}")
                self._dead.append(("token", paired.token))
        self._paired = {each: paired for each, paired in self._paired.items() if paired.credential}
        for name in [each for each in self._cookies if self._accounts[each].value is _GONE]:
            self._dead.append(("cookie", self._cookies.pop(name)))
        for name, cookie in self._cookies.items():
            assert client.ask("GET", "session", cookie=cookie).status == 200, f"the login of {name} was forgotten"
        unsure = [each for each, password in self._passwords.items() if password == ""]
        for name in self._account_ids.keys() & unsure:
            place, change = f"accounts/{self._account_ids[name]}", {"password": PASSWORDS[0]}
            assert client.ask("PATCH", place, change, token=self.owner.token).status == 200
            self._passwords[name] = PASSWORDS[0]
        self.looked_at += len(self._dead)
        for kind, dead in self._dead:
            match kind:
                case "token":
                    said = client.ask("GET", "session", token=dead)
                case "credential":
                    said = client.ask("POST", "session/refresh", {"refresh_credential": dead})
                case _:
                    said = client.ask("GET", "session", cookie=dead)
            assert said.status == 401, f"a dead {kind} is good again"

    def check_passwords(self) -> None:
        """Fail unless everybody can log in with the password of today; it takes a while."""
        with contextlib.closing(self.life.client()) as client:
            self._log_everybody_in(client)

    def _log_everybody_in(self, client: Client) -> None:
        for name, account_id in self._account_ids.items():
            said = client.ask("POST", "login", {"name": name, "password": self._passwords[name]})
            assert said.status == 200, (name, account_id, said)

    def _told(self, client: Client, path: str, name: str) -> list[Any]:
        said = client.ask("GET", path, token=self.owner.token)
        assert said.status == 200, (path, said)
        return list(said.json[name])

    def _compare(self, what: str, expected: dict[str, Expected], found: dict[str, Any]) -> None:
        self.looked_at += len(expected)
        for id_, each in expected.items():
            assert each.allows(found.get(id_)), f"{what} {id_} is {found.get(id_)!r:.80}, not {each.value!r:.80}"
        strangers = found.keys() - expected.keys()
        assert len(strangers) <= 1, f"{what}s that nobody was told of: {strangers}"
        for id_ in {*expected, *found}:
            expected[id_] = Expected(found.get(id_))

    def _forget(self) -> None:
        """Let a long run not look again and again at what has long been gone."""
        for known in (self._areas, self._clients, self._accounts):
            for id_ in [each for each, one in known.items() if one.value is _GONE and len(known) > MOST_KNOWN]:
                del known[id_]
