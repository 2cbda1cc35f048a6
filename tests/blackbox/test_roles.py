"""Who is told and may do what: strangers, guests, and one table of every documented route and event for every role."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import yaml

from tests.blackbox.visitors import (
    AREAS,
    DOOR,
    EYE,
    LAMP,
    METER,
    NAMES,
    ROLES,
    Household,
    Live,
    Member,
    Visitor,
)
from tests.e2e.until import until

DOCS = Path(__file__).parents[2] / "docs" / "api"
WEB = Path(__file__).parents[2] / "resources" / "built" / "web"
METHODS = ("get", "post", "put", "patch", "delete")

ALL = frozenset(ROLES)
HOUSE = frozenset({"owner", "resident", "screen"})
ARRANGERS = frozenset({"owner", "resident"})
OWNER = frozenset({"owner"})

OPEN = frozenset(
    {
        "GET /healthz",
        "GET /api/v1",
        "POST /api/v1/pairing",
        "POST /api/v1/pairing/{request_id}",
        "POST /api/v1/login",
        "POST /api/v1/session/refresh",
        "GET /code",
        "GET /auth/code",
        "POST /codecheck",
        "POST /auth/codecheck",
        "GET /api/v1/trust",
        "GET /trust",
        "GET /ca.pem",
        "GET /ca.crt",
        "GET /ca.mobileconfig",
    }
)
"""These let people in, or tell nothing of the home."""

MAY: dict[str, frozenset[str]] = {
    "GET /api/v1/session": ALL,
    "DELETE /api/v1/session": ALL,
    "PUT /api/v1/session/password": ALL,
    "GET /api/v1/clients": OWNER,
    "PATCH /api/v1/clients/{session_id}": OWNER,
    "DELETE /api/v1/clients/{session_id}": OWNER,
    "GET /api/v1/accounts": OWNER,
    "POST /api/v1/accounts": OWNER,
    "PATCH /api/v1/accounts/{account_id}": OWNER,
    "DELETE /api/v1/accounts/{account_id}": OWNER,
    "PUT /api/v1/pin": OWNER,
    "GET /api/v1/audit": OWNER,
    "GET /api/v1/snapshot": ALL,
    "GET /api/v1/areas": ALL,
    "POST /api/v1/areas": ARRANGERS,
    "PUT /api/v1/areas/order": ARRANGERS,
    "PATCH /api/v1/areas/{area_id}": ARRANGERS,
    "DELETE /api/v1/areas/{area_id}": ARRANGERS,
    "GET /api/v1/devices": ALL,
    "GET /api/v1/devices/{device_id}": ALL,
    "PATCH /api/v1/devices/{device_id}": ARRANGERS,
    "POST /api/v1/devices/{device_id}/command": ALL,
    "GET /api/v1/devices/{device_id}/history": ARRANGERS,
    "GET /api/v1/devices/{device_id}/capabilities/{capability_id}/image": ALL,
}
"""Who may ask what with an access token. What a guest is told of is another matter: see below."""

MAY_WITH_THE_ANCESTORS_TOKEN: dict[str, frozenset[str]] = {
    "GET /device/regist": HOUSE,
    "DELETE /device/regist": ARRANGERS,
    "DELETE /device/regist/all": ARRANGERS,
    "GET /device/log": ARRANGERS,
    "GET /device/log/all": ARRANGERS,
    "DELETE /device/log/all": ARRANGERS,
    "GET /device/state": HOUSE,
    "GET /device/rename": ARRANGERS,
    "GET /device/action": HOUSE,
}

MAY_SAY: dict[str, frozenset[str]] = {"watch": ALL, "command": ALL}
IS_TOLD: dict[str, frozenset[str]] = {"code": frozenset({"screen"})}


def documented() -> list[str]:
    paths = yaml.safe_load((DOCS / "openapi.yaml").read_text())["paths"]
    return [f"{method.upper()} {path}" for path, item in paths.items() for method in METHODS if method in item]


def path_of(home: Household, route: str) -> str:
    """Fill a route's places with what is there in the home."""
    path = route.partition(" ")[2]
    capability = home.image_path.split("/")[3]
    for place, filled in (
        ("{request_id}", "x"),
        ("{session_id}", "x"),
        ("{account_id}", "x"),
        ("{area_id}", "x"),
        ("{device_id}", home.devices[EYE]),
        ("{capability_id}", capability),
    ):
        path = path.replace(place, filled)
    return path


@pytest.fixture(scope="module")
def members(furnished: Household) -> dict[str, Member]:
    """One of each role; the guest was let see the camera and the lamp."""
    chosen = {"devices": [furnished.devices[LAMP], furnished.devices[EYE]]}
    return {role: furnished.pair(role, terms=chosen if role == "guest" else None) for role in ROLES}


# 45: the table


def test_the_table_has_every_documented_route_and_event() -> None:
    ancestors = {route for route in documented() if " /device/" in route}
    events = yaml.safe_load((DOCS / "asyncapi.yaml").read_text())["operations"]

    assert set(documented()) - ancestors == set(MAY) | OPEN
    assert ancestors == set(MAY_WITH_THE_ANCESTORS_TOKEN)
    assert {name for name, each in events.items() if each["action"] == "receive"} == set(MAY_SAY)


@pytest.mark.parametrize("role", [*ROLES, "stranger"])
def test_each_route_is_for_those_in_the_table_and_for_no_one_else(
    home: Household, members: dict[str, Member], role: str
) -> None:
    visitor = Visitor(home.url) if role == "stranger" else home.visitor(members[role])
    for route, may in MAY.items():
        if route == "DELETE /api/v1/session" and role != "stranger":
            continue
        method, path = route.partition(" ")[0], path_of(home, route)
        body = None if method in ("GET", "DELETE") else {"no such field": 1}

        said = visitor.ask(method, path, body)

        if role == "stranger":
            assert (said.status, said.code) == (401, "unauthorized"), route
        elif role in may:
            assert said.status in (200, 400, 404), (route, said.body)
        else:
            assert (said.status, said.code) == (403, "forbidden"), (route, said.body)
    if role == "stranger":
        return
    shared = visitor.ask("PATCH", home.path(EYE), {"is_shared": False})
    assert shared.status == (200 if role == "owner" else 403)
    leaving = home.visitor(home.pair(role))
    assert leaving.ask("DELETE", "session").status == 204
    assert leaving.ask("GET", "session").status == 401


def test_the_ancestors_routes_are_for_those_in_the_table_and_for_no_one_else(home: Household) -> None:
    for role in (*ROLES, "stranger"):
        stranger = Visitor(home.url)
        token = ""
        if role != "stranger":
            assert stranger.ask("GET", "/auth/code").status == 200
            admitted = stranger.ask("POST", "/auth/codecheck", headers=[("code", home.read_code())])
            token = admitted.json["token"]
            session_id = jwt.decode(token, options={"verify_signature": False})["sub"]
            assert home.owner.ask("PATCH", f"clients/{session_id}", {"role": role}).status == 200
            assert Visitor(home.url, token=token).ask("GET", "devices").status == 401, "it is for the switches only"
        for route, may in MAY_WITH_THE_ANCESTORS_TOKEN.items():
            method, _, path = route.partition(" ")
            for way in ({"headers": [("x-access-token", token)]}, {}):
                query = "?host=nothing&newname=x&switch=1" + ("" if way else f"&token={token}")
                if role in may and path.endswith("/all") and method == "DELETE":
                    continue  # it would forget the switch
                said = stranger.ask(method, path + query, **way)
                if role == "stranger":
                    assert said.status == 401, route
                elif role in may:
                    assert said.status in (200, 400), (role, route, said.body)
                else:
                    assert said.status == 403, (role, route, said.body)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.parametrize("role", ROLES)
def test_each_event_is_heard_from_and_told_to_those_in_the_table(
    home: Household, members: dict[str, Member], role: str, transport: str
) -> None:
    visitor = home.visitor(members[role])
    with visitor.live(transport) as socket:
        assert socket.enter(members[role].token) is None
        watched = socket.watch()
        commanded = socket.command(home.devices[LAMP], "turn", on=True)
        assert ("devices" in watched) is (role in MAY_SAY["watch"])
        assert (commanded == {"outcome": "confirmed"}) is (role in MAY_SAY["command"])

        asked = Visitor(home.url).ask("POST", "pairing", {"name": "phone"})
        code = home.read_code()

        socket.command(home.devices[LAMP], "turn", on=False)
        assert any(code in packet for packet in socket.heard) is (role in IS_TOLD["code"])
        given = {"secret": asked.json["secret"], "code": code}
        assert Visitor(home.url).ask("POST", f"pairing/{asked.json['request_id']}", given).status == 200


def turn_on(home: Household, start: str) -> str:
    """Write down the packet that turns the lamp on."""
    return start + json.dumps(["command", {"device": home.devices[LAMP], "command": {"do": "turn", "on": True}}])


# 31: strangers


@pytest.fixture(scope="module")
def secrets(furnished: Household) -> list[bytes]:
    """Every name, id and picture of the home, and its number."""
    snapshot = furnished.owner.get("snapshot")
    clients = furnished.owner.get("clients")["clients"]
    words = [*NAMES, *furnished.devices.values(), *(area["id"] for area in snapshot["areas"])]
    words += [snapshot["run"], *(client["id"] for client in clients)]
    return [word.encode() for word in words]


def told(body: bytes, secrets: list[bytes]) -> list[bytes]:
    """Which of the secrets stand in an answer, as they are or escaped."""
    text = body + json.dumps(body.decode(errors="replace")).encode()
    return [secret for secret in secrets if secret.lower() in text.lower()]


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "x" * 5_000], ids=["none", "nonsense", "dots", "long"])
def test_a_stranger_who_walks_every_route_learns_no_name_no_device_and_no_picture(
    home: Household, secrets: list[bytes], token: str
) -> None:
    stranger = Visitor(home.url, token=token)
    for route in documented():
        method, path = route.partition(" ")[0], path_of(home, route)
        sent = [stranger.ask(method, path)]
        if method != "GET":
            sent += [stranger.ask(method, path, body) for body in ({}, [], "x", b"", b"{", {"name": 5, "code": 5})]
        else:
            query = f"?host=old-switch&token={token}&switch=1&newname=x"
            sent += [stranger.ask(method, path + query), stranger.ask("HEAD", path)]
        for said in sent:
            assert said.status < 500, (route, said)
            assert told(said.body + str(said.headers).encode(), secrets) == [], route
            if route not in OPEN:
                assert said.status in (401, 405), (route, said)


def test_a_stranger_cannot_tell_what_is_there_from_what_is_not(home: Household) -> None:
    stranger = Visitor(home.url)
    for path in ("", "/history"):
        there = stranger.ask("GET", home.path(LAMP, path))
        nowhere = stranger.ask("GET", f"devices/nothing{path}")
        assert (there.status, there.body) == (nowhere.status, nowhere.body)
    client = home.owner.get("clients")["clients"][0]["id"]
    there, nowhere = (stranger.ask("DELETE", f"clients/{each}") for each in (client, "nothing"))
    assert (there.status, there.body) == (nowhere.status, nowhere.body)
    there, nowhere = (
        stranger.ask("GET", f"/device/state?host={host}&token=x") for host in ("old-switch", "no-such-switch")
    )
    assert (there.status, there.body) == (nowhere.status, nowhere.body)


def test_the_pages_that_everybody_gets_know_nothing_of_the_home(home: Household, secrets: list[bytes]) -> None:
    stranger = Visitor(home.url)
    pages = ["/", *(f"/{path.relative_to(WEB).as_posix()}" for path in WEB.rglob("*") if path.is_file())]
    pages += ["/intercom.db", "/data/intercom.db", "/../intercom.db", "/%2e%2e/%2e%2e/etc/passwd", "/assets/"]
    for path in pages:
        said = stranger.ask("GET", path)
        assert said.status in (200, 404), path
        assert told(said.body, secrets) == [], path


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_stranger_on_a_socket_is_told_nothing(home: Household, secrets: list[bytes], transport: str) -> None:
    with Visitor(home.url).live(transport) as socket:
        refusal = socket.enter("nonsense")
        assert refusal["data"] == {"code": "unauthorized"}
        again = socket.enter()
        assert again["data"] == {"code": "unauthorized"}
        home.measure(f"while a stranger listens by {transport}")
        socket.say('421["watch"]')
        socket.say(turn_on(home, "422"))
        last = socket.enter("nonsense")
        assert last["data"] == {"code": "unauthorized"}
        assert told("".join(socket.heard).encode(), secrets) == []


# 23: before one is let in


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_what_is_said_before_one_is_let_in_is_neither_done_nor_answered(
    home: Household, members: dict[str, Member], transport: str
) -> None:
    resident = members["resident"]
    visitor = home.visitor(resident)

    def is_on() -> Any:
        return visitor.get(home.path(LAMP))["capabilities"][0]["state"].get("on")

    assert visitor.ask("POST", home.path(LAMP, "/command"), {"command": {"do": "turn", "on": False}}).status == 200
    with Visitor(home.url).live(transport) as socket:
        for early in (
            '42["watch"]',
            '421["watch",{}]',
            turn_on(home, "422"),
            '423["code"]',
        ):
            socket.say(early)

        assert socket.enter(resident.token) is None

        before = [packet for packet in socket.heard if not packet.startswith(("0", "40"))]
        assert before == []
        assert is_on() is False
        assert socket.watch()["you"]["id"] == resident.id


# 33: what clients may not say


GUESSES = ("code", "changes", "session", "snapshot", "join", "leave", "enter_room", "connect", "disconnect", "message",
           "admin", "emit", "broadcast", "*", "", "__proto__", "room", "state", "regist")  # fmt: skip


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_rooms_namespaces_and_events_that_are_guessed_lead_nowhere(
    home: Household, members: dict[str, Member], transport: str
) -> None:
    resident = members["resident"]
    with (
        home.visitor(resident).live(transport) as socket,
        home.visitor(members["owner"]).live("websocket") as other,
    ):
        assert other.enter(members["owner"].token) is None
        other.watch()
        for namespace in ("/admin", "/code", "/screen", "/socket.io", "/*", "//"):
            socket.say(f"40{namespace}," + json.dumps({"token": resident.token}))
            assert socket.until(f"44{namespace},") is not None
        assert socket.enter(resident.token) is None
        socket.watch()
        for event in GUESSES:
            for said in ((), ("000000",), ("screen",), ({"revision": 10**9, "removed": [home.devices[LAMP]]},)):
                assert socket.call(event, *said)["error"]["code"] == "not_found", event

        asked = Visitor(home.url).ask("POST", "pairing", {"name": "phone"})
        code = home.read_code()
        home.measure(f"guessed by {transport}")
        other.until_event("changes")
        socket.watch()

        everything = "".join((*socket.heard, *other.heard))
        assert code not in everything
        assert "000000" not in everything
        assert str(10**9) not in everything
        given = {"secret": asked.json["secret"], "code": code}
        assert Visitor(home.url).ask("POST", f"pairing/{asked.json['request_id']}", given).status == 200


# 32: guests


def guest_answers(home: Household, guest: Visitor) -> Iterator[tuple[str, int, Any]]:
    for name, path in (
        ("lock", home.path(DOOR)),
        ("lock's log", home.path(DOOR, "/history")),
        ("picture", home.image_path),
        ("meter", home.path(METER)),
        ("own log", home.path(LAMP, "/history")),
        ("audit", "audit"),
        ("clients", "clients"),
        ("accounts", "accounts"),
    ):
        said = guest.ask("GET", path)
        yield name, said.status, said


def test_a_guest_gets_at_no_lock_no_log_no_picture_and_nothing_of_others(home: Household) -> None:
    lamp, door = home.devices[LAMP], home.devices[DOOR]
    member = home.pair("guest", terms={"devices": [lamp]})
    guest = home.visitor(member)

    statuses = {name: status for name, status, _ in guest_answers(home, guest)}
    assert statuses == {
        "lock": 404,
        "lock's log": 403,
        "picture": 404,
        "meter": 404,
        "own log": 403,
        "audit": 403,
        "clients": 403,
        "accounts": 403,
    }
    unlock = {"command": {"do": "operate_lock", "turn": "unlock"}, "once": "guest's word"}
    refused = guest.ask("POST", home.path(DOOR, "/command"), unlock)
    nowhere = guest.ask("POST", "devices/nothing/command", unlock)
    assert (refused.status, refused.body) == (nowhere.status, nowhere.body), "they cannot tell that it is there"
    opened = home.door.opened
    with guest.websocket() as socket, home.owner.websocket() as witness:
        socket.enter(member.token)
        witness.enter(home.owner.token)
        witness.watch()
        snapshot = socket.watch()
        home.measure("not for guests")
        witness.until_event("changes")
        by_socket = socket.command(door, "operate_lock", turn="unlock", once="guest's other word")
        assert by_socket["error"]["code"] == "not_found"
        assert socket.command(lamp, "turn", on=True) == {"outcome": "confirmed"}
        seen = json.dumps(snapshot) + "".join(socket.heard)
    everything = seen + json.dumps([guest.get(each) for each in ("snapshot", "devices", "areas")])
    hidden = [DOOR, METER, EYE, AREAS[1], *(home.devices[name] for name in (DOOR, METER, EYE))]
    assert [word for word in hidden if re.search(rf"\b{re.escape(word)}\b", everything)] == []
    assert LAMP in everything and AREAS[0] in everything
    assert home.door.opened == opened


def test_a_guest_whom_an_owner_let_see_the_log_sees_that_of_their_own_devices_only(home: Household) -> None:
    guest = home.visitor(home.pair("guest", terms={"devices": [home.devices[LAMP]], "sees_history": True}))

    assert guest.ask("GET", home.path(LAMP, "/history")).status == 200
    assert guest.ask("GET", home.path(DOOR, "/history")).status == 404
    assert guest.ask("GET", "audit").status == 403


def test_a_guest_without_chosen_devices_sees_what_is_shared_and_that_only(home: Household) -> None:
    guest = home.visitor(home.pair("guest"))
    assert guest.get("devices") == {"devices": []}
    assert guest.get("areas") == {"areas": []}

    assert home.owner.ask("PATCH", home.path(METER), {"is_shared": True}).status == 200

    assert [device["name"] for device in guest.get("devices")["devices"]] == [METER]
    assert home.owner.ask("PATCH", home.path(METER), {"is_shared": False}).status == 200
    assert guest.get("devices") == {"devices": []}


@pytest.mark.parametrize("kind", ["paired", "login"])
def test_a_guest_is_let_in_at_the_chosen_hours_and_put_out_after_them(home: Household, kind: str) -> None:
    now = datetime.now().astimezone()
    other_day = (now + timedelta(days=3)).weekday()
    lamp = [home.devices[LAMP]]
    always = {"devices": lamp, "hours": {"days": list(range(7)), "from_minute": 0, "until_minute": 0}}
    never = {"devices": lamp, "hours": {"days": [other_day], "from_minute": 0, "until_minute": 1}}
    token: str | None = None
    if kind == "paired":
        member = home.pair("guest", terms=always)
        guest, token, place = home.visitor(member), member.token, f"clients/{member.id}"
    else:
        account, name, password = home.add_account("guest", terms=always)
        guest, place = Visitor(home.url), f"accounts/{account}"
        assert guest.log_in(name, password).status == 200

    def enter(socket: Live) -> Any:
        return socket.enter(token)

    with guest.websocket() as socket, guest.polls() as polls:
        assert enter(socket) is None and enter(polls) is None
        assert [device["name"] for device in socket.watch()["devices"]] == [LAMP]

        assert home.owner.ask("PATCH", place, {"terms": never}).status == 200

        socket.until_end()
        polls.until_end()
        news = next(json.loads(frame[2:]) for frame in socket.heard if frame.startswith('42["session",{"paused"'))
        assert news == ["session", {"paused": True, "hours": never["hours"]}]
    for method, path in (("GET", "session"), ("GET", "snapshot"), ("GET", home.path(LAMP))):
        said = guest.ask(method, path)
        assert (said.status, said.code) == (403, "outside_hours"), path
    with guest.websocket() as socket:
        assert enter(socket)["data"] == {"code": "outside_hours", "hours": never["hours"]}

    assert home.owner.ask("PATCH", place, {"terms": always}).status == 200

    until(lambda: guest.ask("GET", home.path(LAMP)).status == 200, "they are let in again")
