"""Logging in by name and password: the cookie over HTTP and by socket, its renewal, and its end."""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from intercom.home.access import Hours, Role, Terms
from intercom.home.capabilities import Lock, SensorState, SwitchState
from intercom.home.model import Device, DeviceId, Placement
from intercom.storage import sessions
from intercom.storage.accounts import Account, AccountChanges
from intercom.storage.audit import AuditEvent
from intercom.storage.passwords import Passwords
from intercom.storage.sessions import LOGIN_IDLE_S, SessionChanges
from tests.integration.relays import LAMP, MAIN, THERMOMETER, Phone, RunningRelay, SlowPhone, running_relay

PASSWORD = "correct horse"
NOON = datetime.datetime(2026, 11, 27, 12, 0, tzinfo=datetime.UTC)  # a Friday


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with running_relay(tmp_path, allowed_origins=("https://friend.example",), local_time=lambda: NOON) as running:
        yield running


class Person:
    """A native client that keeps its cookie by hand, as a study of cookies would have it."""

    def __init__(self, here: RunningRelay) -> None:
        self.cookie = ""
        self.attributes: dict[str, str] = {}
        self._here = here

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie:
            sent["Cookie"] = f"sid={self.cookie}"
        url = self._here.url + (path if path.startswith("/") else f"/api/v1/{path}")
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
            http.request(method, url, json=body, headers=sent) as response,
        ):
            self._keep(response)
            said = await response.json() if response.content_type == "application/json" else None
            return response.status, said

    async def log_in(self, name: str = "Mina", password: str = PASSWORD, **headers: str) -> tuple[int, Any]:
        return await self.ask("POST", "login", {"name": name, "password": password, "client": "test"}, **headers)

    def _keep(self, response: aiohttp.ClientResponse) -> None:
        for header in response.headers.getall("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                if name == "sid":
                    self.cookie, self.attributes = morsel.value, dict(morsel)


async def account(here: RunningRelay, role: Role = Role.RESIDENT, name: str = "Mina", **more: Any) -> Account:
    return await here.storage.accounts.add(name=name, password=PASSWORD, role=role, by="test", **more)


async def events(here: RunningRelay) -> list[tuple[AuditEvent, str, str]]:
    return [(entry.event, entry.who, entry.about) for entry in reversed(await here.storage.audit.latest())]


class CookiePhone(Phone):
    """A socket whose handshake carries a cookie and no token."""

    async def connect_with(self, person: Person) -> None:
        headers = {"Cookie": f"sid={person.cookie}"}
        await self.sio.connect(self._running.url, headers=headers, transports=self._transports, wait_timeout=5)
        self._loops = [self.sio.eio.read_loop_task, self.sio.eio.write_loop_task]


# In and out


async def test_name_and_password_open_http_and_sockets_alike(here: RunningRelay) -> None:
    made = await account(here)
    person = Person(here)

    status, said = await person.log_in(" mINA ")
    _, me = await person.ask("GET", "session")
    async with CookiePhone(here) as phone, CookiePhone(here, transports=("polling",)) as poller:
        await phone.connect_with(person)
        await poller.connect_with(person)
        snapshot, polled = await phone.watch(), await poller.watch()
        outcome = await phone.command(LAMP, "turn_on")

    assert (status, said["session"]) == (200, me)
    assert me == {"id": me["id"], "name": "Mina · test", "role": "resident", "account": made.id}
    assert snapshot["you"] == polled["you"] == me
    assert outcome == {"outcome": "confirmed"}
    assert person.attributes["httponly"] and person.attributes["samesite"] == "Strict"
    assert not person.attributes["secure"], "it came by plain HTTP"
    assert (AuditEvent.LOGGED_IN, "Mina · test", "") in await events(here)


async def test_of_too_many_logins_the_one_unused_for_longest_ends(
    here: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MOST_LOGINS", 3)
    await account(here)
    people = [Person(here) for _ in range(4)]
    for person in people[:3]:
        await person.log_in()
    here.storage.clock._latest += 120
    await people[0].ask("GET", "session")
    await here.storage.write_seen()

    await people[3].log_in()

    assert [(await person.ask("GET", "session"))[0] for person in people].count(200) == 3
    assert (await people[0].ask("GET", "session"))[0] == 200


@pytest.mark.parametrize("name", ["panel", "Command  Line"])
async def test_nobody_is_called_like_the_home_itself(here: RunningRelay, name: str) -> None:
    token = await here.token(Role.OWNER)
    made = {"name": name, "password": PASSWORD, "role": "owner"}

    assert (await here.ask("POST", "accounts", made, token=token))[0] == 400
    assert (await here.ask("POST", "pairing", {"name": name}))[0] == 400
    session = await here.session()
    assert (await here.ask("PATCH", f"clients/{session.id}", {"name": name}, token=token))[0] == 400


@pytest.mark.parametrize(("name", "password"), [("Mina", "wrong horse"), ("Nobody", PASSWORD), ("", ""), ("Mina", "")])
async def test_which_of_name_and_password_is_wrong_is_not_told(here: RunningRelay, name: str, password: str) -> None:
    await account(here)
    person = Person(here)

    status, refusal = await person.log_in(name, password)

    assert (status, refusal["error"]["code"]) == (401, "wrong_password")
    assert refusal["error"]["message"] == "no account has this name and password"
    assert person.cookie == ""
    assert (await events(here))[-1] == (AuditEvent.WRONG_PASSWORD, "", "Mina" if name == "Mina" else "")


async def test_logging_out_ends_the_session_and_its_sockets(here: RunningRelay) -> None:
    await account(here)
    person = Person(here)
    await person.log_in()
    cookie = person.cookie
    async with CookiePhone(here) as phone:
        await phone.connect_with(person)

        status, _ = await person.ask("DELETE", "session")
        async with asyncio.timeout(1):
            await phone.is_gone.wait()

    assert status == 204
    assert person.cookie == "", "the answer takes the cookie away"
    person.cookie = cookie
    assert (await person.ask("GET", "session"))[0] == 401
    assert (await events(here))[-1] == (AuditEvent.LOGGED_OUT, "Mina · test", "")


async def test_each_login_has_another_cookie_and_the_one_that_came_along_is_dead(here: RunningRelay) -> None:
    await account(here)
    person, thief = Person(here), Person(here)
    await person.log_in()
    thief.cookie = person.cookie

    await person.log_in()

    assert person.cookie != thief.cookie
    assert (await person.ask("GET", "session"))[0] == 200
    assert (await thief.ask("GET", "session"))[0] == 401


async def test_a_planted_cookie_does_not_become_a_login(here: RunningRelay) -> None:
    await account(here)
    victim, attacker = Person(here), Person(here)
    victim.cookie = attacker.cookie = "chosen-by-an-attacker." + "A" * 43

    await victim.log_in()

    assert victim.cookie != attacker.cookie
    assert (await attacker.ask("GET", "session"))[0] == 401


async def test_a_socket_without_cookie_or_token_is_refused(here: RunningRelay) -> None:
    await account(here)
    async with SlowPhone(here) as stranger:
        stranger.send("40")

        refusal = await stranger.read_until("44")

    assert refusal["data"] == {"code": "unauthorized"}


# Time


async def test_a_login_that_is_not_used_ends_unless_a_socket_of_it_is_open(here: RunningRelay) -> None:
    await account(here)
    idle, present = Person(here), Person(here)
    await idle.log_in()
    await present.log_in()
    sessions = here.storage.sessions
    async with CookiePhone(here) as phone:
        await phone.connect_with(present)
        clock = here.storage.clock
        clock._latest += LOGIN_IDLE_S

        await sessions.catch_up()

        assert (await idle.ask("GET", "session"))[0] == 401
        assert (await present.ask("GET", "session"))[0] == 200
        clock._latest += 90 * 24 * 3600
        async with asyncio.timeout(1):
            await sessions.catch_up()
            await phone.is_gone.wait()
    assert (await present.ask("GET", "session"))[0] == 401
    assert [event for event, _, _ in await events(here)].count(AuditEvent.EXPIRED) == 2


async def test_use_is_written_at_most_once_a_minute(here: RunningRelay) -> None:
    await account(here)
    person = Person(here)
    await person.log_in()
    here.storage.clock._latest += 61

    for _ in range(5):
        await person.ask("GET", "session")
    first = here.storage.sessions.has_unwritten
    await here.storage.write_seen()
    for _ in range(5):
        await person.ask("GET", "session")

    assert (first, here.storage.sessions.has_unwritten) == (True, False)


# Roles


async def test_a_change_of_role_renews_the_cookie_and_the_old_one_is_dead(here: RunningRelay) -> None:
    made = await account(here)
    await account(here, Role.OWNER, "Owner")
    person, thief = Person(here), Person(here)
    await person.log_in()
    thief.cookie = person.cookie

    await here.storage.accounts.change(made.id, AccountChanges(role=Role.OWNER), by="test")
    status, me = await person.ask("GET", "session")

    assert (status, me["role"]) == (200, "owner")
    assert person.cookie != thief.cookie
    assert (await thief.ask("GET", "session"))[0] == 401
    assert (await person.ask("GET", "clients"))[0] == 200


async def test_the_handshake_of_a_websocket_renews_a_cookie_too(here: RunningRelay) -> None:
    made = await account(here)
    person = Person(here)
    await person.log_in()
    old = person.cookie
    await here.storage.accounts.change(made.id, AccountChanges(role=Role.GUEST), by="test")

    async with here.http.ws_connect(
        f"{here.url}/socket.io/?EIO=4&transport=websocket", headers={"Cookie": f"sid={old}"}
    ) as socket:
        person._keep(socket._response)
        await socket.receive_str()
        await socket.send_str("40")
        assert (await socket.receive_str()).startswith("40{")

    assert person.cookie != old
    assert (await person.ask("GET", "session"))[1]["role"] == "guest"


@pytest.mark.parametrize(
    "changes", [AccountChanges(role=Role.GUEST), AccountChanges(password="another horse"), None], ids=str
)
async def test_a_login_does_not_outlive_what_an_owner_does_to_the_account_meanwhile(
    here: RunningRelay, monkeypatch: pytest.MonkeyPatch, changes: AccountChanges | None
) -> None:
    made = await account(here)
    is_right = Passwords.is_right

    async def be_overtaken(passwords: Passwords, password: str, hash_: str | None) -> bool:
        found = await is_right(passwords, password, hash_)
        if changes is None:
            await here.storage.accounts.remove(made.id, by="owner")
        else:
            await here.storage.accounts.change(made.id, changes, by="owner")
        return found

    monkeypatch.setattr(Passwords, "is_right", be_overtaken)
    status, refusal = await Person(here).log_in()

    assert (status, refusal["error"]["code"]) == (401, "wrong_password")
    assert here.storage.sessions.all == []


async def test_a_password_that_an_owner_sets_is_not_overtaken_by_one_who_knows_the_old(
    here: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await account(here)
    thief = Person(here)
    await thief.log_in()
    is_right = Passwords.is_right

    async def be_overtaken(passwords: Passwords, password: str, hash_: str | None) -> bool:
        found = await is_right(passwords, password, hash_)
        await here.storage.accounts.change(made.id, AccountChanges(password="another horse"), by="owner")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Passwords, "is_right", be_overtaken)
        status, _ = await thief.ask("PUT", "session/password", {"old": PASSWORD, "new": "a thief's horse"})

    assert status == 401
    assert (await Person(here).log_in(password="a thief's horse"))[0] == 401
    assert (await Person(here).log_in(password="another horse"))[0] == 200


async def test_a_lowered_role_holds_for_the_next_command_and_the_stream_of_a_live_socket(here: RunningRelay) -> None:
    made = await account(here)
    here.home.place(LAMP, Placement(is_shared=True))
    person = Person(here)
    await person.log_in()
    async with CookiePhone(here) as phone:
        await phone.connect_with(person)
        await phone.watch()

        await here.storage.accounts.change(made.id, AccountChanges(role=Role.GUEST), by="test")
        refused = await phone.command(THERMOMETER, "turn_on")
        allowed = await phone.command(LAMP, "turn_on")
        frames = len(phone.all("changes"))
        here.report(THERMOMETER, SensorState(value=20))
        here.report(LAMP, SwitchState(on=False))
        await phone.until("changes", frames + 1)

    assert refused["error"]["code"] == "not_found"
    assert allowed == {"outcome": "confirmed"}
    assert phone.all("session")[0]["you"]["role"] == "guest"
    assert {device for device, _ in phone.states()} == {LAMP}
    assert all(THERMOMETER not in json.dumps(frame.get("states", [])) for frame in phone.all("changes")[frames:])


async def test_a_raised_role_shows_what_was_hidden(here: RunningRelay) -> None:
    session = await here.session(Role.GUEST)
    async with Phone(here) as phone:
        await phone.connect(here.storage.tokens.issue(session))
        assert (await phone.watch())["devices"] == []

        await here.storage.sessions.change(session.id, SessionChanges(role=Role.RESIDENT), by="test")
        shown = (await phone.until("changes"))[0]

    assert {device["id"] for device in shown["devices"]} == set(here.home.device_ids)
    assert phone.states() == here.states()


# Guests


async def test_a_guest_sees_the_chosen_devices_and_hears_of_no_other(here: RunningRelay) -> None:
    here.home.place(THERMOMETER, Placement(is_shared=True))
    await account(here, Role.GUEST, terms=Terms(devices=frozenset({LAMP})))
    person = Person(here)
    await person.log_in()
    async with CookiePhone(here) as guest:
        await guest.connect_with(person)
        snapshot = await guest.watch()

        here.report(LAMP, SwitchState(on=True))
        await guest.until("changes")

    assert [device["id"] for device in snapshot["devices"]] == [LAMP]
    assert snapshot["areas"] == []
    assert (await person.ask("GET", f"devices/{THERMOMETER}"))[0] == 404
    assert (await person.ask("GET", f"devices/{LAMP}/history"))[0] == 403
    assert THERMOMETER not in json.dumps(guest.all("changes"))


async def test_a_guest_may_see_the_history_when_an_owner_chose_so(here: RunningRelay) -> None:
    await account(here, Role.GUEST, terms=Terms(devices=frozenset({LAMP}), sees_history=True))
    person = Person(here)
    await person.log_in()

    assert (await person.ask("GET", f"devices/{LAMP}/history"))[0] == 200
    assert (await person.ask("GET", f"devices/{THERMOMETER}/history"))[0] == 404


@pytest.mark.parametrize(
    ("days", "from_minute", "until_minute", "is_in"),
    [
        ({4}, 0, 1439, True),
        ({4}, 12 * 60, 12 * 60 + 1, True),
        ({4}, 11 * 60, 12 * 60, False),
        ({5, 6}, 0, 1439, False),
        ({3}, 22 * 60, 12 * 60 + 1, True),
        ({4}, 22 * 60, 12 * 60 + 1, False),
        ({4}, 12 * 60, 12 * 60, True),
    ],
)
async def test_a_guest_is_let_in_at_the_chosen_hours_only(
    here: RunningRelay, days: set[int], from_minute: int, until_minute: int, *, is_in: bool
) -> None:
    hours = Hours(days=frozenset(days), from_minute=from_minute, until_minute=until_minute)
    await account(here, Role.GUEST, terms=Terms(hours=hours))
    person = Person(here)
    await person.log_in()

    status, said = await person.ask("GET", "snapshot")
    async with here.http.ws_connect(
        f"{here.url}/socket.io/?EIO=4&transport=websocket", headers={"Cookie": f"sid={person.cookie}"}
    ) as socket:
        await socket.receive_str()
        await socket.send_str("40")
        greeting = await socket.receive_str()

    assert (status == 200) is is_in
    assert (await person.ask("DELETE", "session"))[0] == 204, "one may leave at any hour"
    if not is_in:
        chosen = {"days": sorted(days), "from_minute": from_minute, "until_minute": until_minute}
        assert (said["error"]["code"], said["error"]["hours"]) == ("outside_hours", chosen)
        assert json.loads(greeting.removeprefix("44"))["data"] == {"code": "outside_hours", "hours": chosen}


async def test_when_the_hours_of_a_guest_change_the_socket_goes_at_once(here: RunningRelay) -> None:
    session = await here.session(Role.GUEST)
    async with Phone(here) as phone:
        await phone.connect(here.storage.tokens.issue(session))

        over = Terms(hours=Hours(days=frozenset({0}), from_minute=0, until_minute=60))
        await here.storage.sessions.change(session.id, SessionChanges(terms=over), by="test")
        async with asyncio.timeout(1):
            await phone.is_gone.wait()

    assert phone.all("session") == [{"paused": True, "hours": {"days": [0], "from_minute": 0, "until_minute": 60}}]


async def test_a_guest_who_is_given_hours_while_connected_is_put_out_when_they_end(tmp_path: Path) -> None:
    now = [NOON]
    async with running_relay(tmp_path, local_time=lambda: now[0]) as here:
        here.home.place(LAMP, Placement(is_shared=True))
        session = await here.session(Role.GUEST)
        async with Phone(here) as phone:
            await phone.connect(here.storage.tokens.issue(session))
            until_one = Terms(hours=Hours(days=frozenset(range(7)), from_minute=0, until_minute=13 * 60))
            await here.storage.sessions.change(session.id, SessionChanges(terms=until_one), by="test")
            within = await phone.command(LAMP, "turn_on")

            now[0] = NOON.replace(hour=14)
            after = await phone.command(LAMP, "turn_off")
            async with asyncio.timeout(5):
                await phone.is_gone.wait()

    assert within == {"outcome": "confirmed"}
    assert after["error"]["code"] == "outside_hours"
    assert phone.all("session")[-1]["paused"] is True


async def test_the_log_says_from_where_an_owner_changed_something(here: RunningRelay) -> None:
    own, other = await here.session(Role.OWNER), await here.session()  # both are called "phone"
    made, token = await account(here), here.storage.tokens.issue(own)

    for method, path, body in (
        ("PATCH", f"clients/{other.id}", {"role": "guest"}),
        ("DELETE", f"clients/{other.id}", None),
        ("PATCH", f"accounts/{made.id}", {"role": "guest", "password": "another horse"}),
        ("DELETE", f"accounts/{made.id}", None),
        ("POST", "accounts", {"name": "Jun", "password": PASSWORD, "role": "guest"}),
        ("PUT", "pin", {"pin": "280917"}),
    ):
        status, _ = await here.ask(method, path, body, token=token)
        assert status < 300

    entries = (await here.storage.audit.latest(limit=7))[::-1]
    assert [entry.event for entry in entries] == [
        AuditEvent.CHANGED,
        AuditEvent.REMOVED,
        AuditEvent.CHANGED,
        AuditEvent.PASSWORD_CHANGED,
        AuditEvent.ACCOUNT_REMOVED,
        AuditEvent.ACCOUNT_ADDED,
        AuditEvent.PIN_CHANGED,
    ]
    assert {(entry.who, entry.address) for entry in entries} == {("phone", "127.0.0.1")}


# Unlocking


async def test_an_unlocking_is_good_once_and_in_the_log(here: RunningRelay) -> None:
    door = DeviceId("test:door")
    here.home.announce(Device(id=door, adapter="test", name="Front door", capabilities=(Lock(id=MAIN),)))
    here.devices.obeys = False
    token = await here.token(name="Mina's phone")
    asked = {"command": {"do": "operate_lock", "turn": "unlock"}}

    status, refusal = await here.ask("POST", f"devices/{door}/command", asked, token=token)
    assert (status, refusal["error"]["code"]) == (400, "invalid")
    assert here.devices.asked == []

    first = asyncio.create_task(
        here.ask("POST", f"devices/{door}/command", {**asked, "once": "word-number-1"}, token=token)
    )
    while not here.devices.asked:  # noqa: ASYNC110  # the adapter has no event to wait for
        await asyncio.sleep(0.01)
    status, refusal = await here.ask("POST", f"devices/{door}/command", {**asked, "once": "word-number-1"}, token=token)
    assert (status, refusal["error"]["code"]) == (409, "replayed")
    assert len(here.devices.asked) == 1
    async with Phone(here) as phone:
        await phone.connect(token)
        again = await phone.sio.call("command", {"device": door, **asked, "once": "word-number-1"}, timeout=5)
        assert again["error"]["code"] == "replayed"
    here.home.link_down("test")
    await first
    entry = (await here.storage.audit.latest())[0]
    assert (entry.event, entry.who, entry.about) == (AuditEvent.UNLOCKED, "Mina's phone", "Front door")
    locking = {"command": {"do": "operate_lock", "turn": "lock"}}
    assert (await here.ask("POST", f"devices/{door}/command", locking, token=token))[0] == 503


# Pages of others


async def test_a_listed_page_logs_in_with_credentials_and_others_get_nothing(here: RunningRelay) -> None:
    await account(here)
    friend, foe = Person(here), Person(here)
    url = f"{here.url}/api/v1/session"
    preflight = {"Access-Control-Request-Method": "GET"}

    status, _ = await friend.log_in(Origin="https://friend.example")
    refused, _ = await foe.log_in(Origin="https://evil.example")
    foe.cookie = friend.cookie
    forged, _ = await foe.ask("DELETE", "session", Origin="https://evil.example")
    quiet, _ = await foe.ask("DELETE", "session", Sec_Fetch_Site="cross-site")

    assert (status, refused, forged, quiet) == (200, 403, 403, 403)
    assert friend.attributes["samesite"] == "Lax"
    headers = {"Origin": "https://friend.example", "Cookie": f"sid={friend.cookie}"}
    async with here.http.get(url, headers=headers) as response:
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Origin"] == "https://friend.example"
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
    async with here.http.options(url, headers={**preflight, "Origin": "https://evil.example"}) as response:
        assert response.status == 403
        assert "Access-Control-Allow-Origin" not in response.headers


# People, by their owner


async def test_an_owner_manages_accounts(here: RunningRelay) -> None:
    token = await here.token(Role.OWNER, name="Owner's phone")
    made = {"name": "Mina", "password": PASSWORD, "role": "owner"}
    _, mina = await here.ask("POST", "accounts", made, token=token)
    assert (await here.ask("POST", "accounts", {**made, "name": "MINA"}, token=token))[0] == 409
    assert (await here.ask("POST", "accounts", {**made, "name": "Jun", "password": "short"}, token=token))[0] == 400
    assert (await here.ask("POST", "accounts", {**made, "name": "Jun", "role": "screen"}, token=token))[0] == 400
    _, jun = await here.ask(
        "POST",
        "accounts",
        {**made, "name": "Jun", "role": "guest", "terms": {"devices": [LAMP], "sees_history": True}},
        token=token,
    )
    person = Person(here)
    await person.log_in("Jun")

    status, conflict = await here.ask("PATCH", f"accounts/{mina['id']}", {"role": "resident"}, token=token)
    assert (status, conflict["error"]["code"]) == (409, "conflict")
    assert (await here.ask("DELETE", f"accounts/{mina['id']}", token=token))[0] == 409
    assert (await here.ask("GET", "accounts", token=token))[1]["accounts"] == [mina, jun]
    status, changed = await here.ask(
        "PATCH", f"accounts/{jun['id']}", {"password": "another horse", "terms": {}}, token=token
    )
    assert (status, "terms" in changed) == (200, False)
    assert (await person.ask("GET", "session"))[0] == 401, "another password ends the logins"
    assert (await person.log_in("Jun"))[0] == 401
    assert (await person.log_in("Jun", "another horse"))[0] == 200
    assert (await here.ask("DELETE", f"accounts/{jun['id']}", token=token))[0] == 204
    assert (await person.ask("GET", "session"))[0] == 401
    _, log = await here.ask("GET", "audit", token=token)
    assert [entry["event"] for entry in reversed(log["entries"])] == [
        "paired",
        "account_added",
        "account_added",
        "logged_in",
        "changed",
        "password_changed",
        "wrong_password",
        "logged_in",
        "account_removed",
    ]
    assert PASSWORD not in json.dumps(log)


async def test_ones_own_password_is_changed_with_the_old_one_and_ends_the_other_logins(here: RunningRelay) -> None:
    await account(here)
    person, other = Person(here), Person(here)
    await person.log_in()
    await other.log_in()

    wrong, _ = await person.ask("PUT", "session/password", {"old": "wrong horse", "new": "another horse"})
    status, _ = await person.ask("PUT", "session/password", {"old": PASSWORD, "new": "another horse"})

    assert (wrong, status) == (401, 204)
    assert (await person.ask("GET", "session"))[0] == 200
    assert (await other.ask("GET", "session"))[0] == 401
    assert (await other.log_in(password="another horse"))[0] == 200


async def test_an_owner_names_and_restricts_a_paired_client(here: RunningRelay) -> None:
    token = await here.token(Role.OWNER, name="Owner's phone")
    session = await here.session(name="phone")
    hours = {"days": [0], "from_minute": 0, "until_minute": 9}

    status, client = await here.ask(
        "PATCH",
        f"clients/{session.id}",
        {
            "name": "Jun's phone",
            "role": "guest",
            "terms": {"hours": {"days": [0], "from_minute": 0, "until_minute": 9}},
        },
        token=token,
    )
    bad = [
        {"hours": {"days": [7], "from_minute": 0, "until_minute": 9}},
        {"hours": {"days": [], "from_minute": 0, "until_minute": 9}},
        {"hours": {"days": [1], "from_minute": 0, "until_minute": 1440}},
        {"devices": [1]},
        {"devices": [f"lamp {number}" for number in range(1_001)]},
        {"color": 1},
    ]
    refused = [(await here.ask("PATCH", f"clients/{session.id}", {"terms": terms}, token=token))[0] for terms in bad]

    assert (status, client["name"], client["role"]) == (200, "Jun's phone", "guest")
    assert client["terms"]["hours"] == hours
    assert refused == [400] * len(bad)
    assert (await here.ask("GET", "session", token=here.storage.tokens.issue(session)))[0] == 403


async def test_wrong_passwords_are_counted_by_address_and_survive_a_restart(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as here:
        await account(here)
        person = Person(here)
        statuses = [(await person.log_in(password="wrong horse"))[0] for _ in range(5)]
        assert (await person.log_in())[0] == 200
        many = await asyncio.gather(*(Person(here).log_in(password="wrong horse") for _ in range(12)))
        statuses += [status for status, _ in many]
        assert sorted(statuses) == [401] * 10 + [429] * 7

    async with running_relay(tmp_path) as here:
        status, refusal = await Person(here).log_in()

    assert (status, refusal["error"]["code"]) == (429, "too_many_tries")
