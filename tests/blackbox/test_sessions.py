"""How a standing ends and changes while it is in use: put out, given another role, copied, replayed, planted."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.blackbox.visitors import DOOR, LAMP, METER, Household, Visitor
from tests.e2e.until import AT_ONCE_S, until

TRANSPORTS = ("websocket", "polling")


# 20: put out


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("way", ["by the owner", "by the command line"])
def test_who_is_put_out_is_cut_within_a_second_and_told_nothing_after(
    home: Household, transport: str, way: str
) -> None:
    member, witness = home.pair(), home.pair()
    with (
        home.visitor(member).live(transport) as socket,
        home.visitor(witness).live("websocket") as other,
        ThreadPoolExecutor() as listener,
    ):
        for each, who in ((socket, member), (other, witness)):
            assert each.enter(who.token) is None
            each.watch()
        home.measure(f"before {transport} {way}")
        socket.until_event("changes")

        listening = listener.submit(socket.until_end)
        if way == "by the owner":
            home.remove(member)
        else:
            home.program.command("clients", "remove", member.id)
        removed_at = time.monotonic()
        listening.result()
        took_s = time.monotonic() - removed_at

        home.measure(f"after {transport} {way}")
        while f"after {transport}" not in other.heard[-1]:
            other.hear()
        assert took_s < AT_ONCE_S
        assert '42["session",{"ended":true}]' in socket.heard
        assert not any(f"after {transport} {way}" in packet for packet in socket.heard)
        assert home.visitor(member).ask("GET", "snapshot").status == 401
        with home.visitor(member).live(transport) as again:
            assert again.enter(member.token)["data"] == {"code": "unauthorized"}


# 22: given another role


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_role_that_is_lowered_holds_from_the_next_command_and_the_next_change(
    home: Household, transport: str
) -> None:
    member, witness = home.pair("owner"), home.pair()
    lamp, door = home.devices[LAMP], home.devices[DOOR]
    visitor = home.visitor(member)
    with visitor.live(transport) as socket, home.visitor(witness).live("websocket") as other:
        socket.enter(member.token)
        socket.watch()
        other.enter(witness.token)
        other.watch()
        assert visitor.ask("GET", "accounts").status == 200

        home.change(member, role="guest", terms={"devices": [lamp]})

        told = socket.command(door, "operate_lock", turn="lock")
        assert told["error"]["code"] == "not_found"
        assert socket.command(lamp, "turn", on=True) == {"outcome": "confirmed"}
        assert visitor.ask("GET", "accounts").status == 403
        assert visitor.ask("GET", home.path(METER)).status == 404
        lowered_at = next(at for at, each in enumerate(socket.heard) if '"session"' in each and '"guest"' in each)
        home.measure(f"lowered {transport}")
        while f"lowered {transport}" not in other.heard[-1]:
            other.hear()
        assert socket.command(lamp, "turn", on=False) == {"outcome": "confirmed"}
        after = socket.heard[lowered_at:]
        assert any('"removed"' in packet and home.devices[METER] in packet for packet in after)
        assert not any(f"lowered {transport}" in packet for packet in after)
        assert {device["id"] for device in socket.watch()["devices"]} == {lamp}
        home.change(member, role="resident")
        assert len(socket.watch()["devices"]) == len(home.devices)


# 41, 29: the cookie


def test_a_cookie_is_renewed_with_a_role_and_the_one_before_is_dead(home: Household) -> None:
    home.add_account("owner")
    account, name, password = home.add_account("owner")
    browser = Visitor(home.url)
    assert browser.log_in(name, password).status == 200
    before = browser.cookie
    with browser.websocket() as socket:
        assert socket.enter() is None
        assert browser.ask("GET", "accounts").status == 200

        assert home.owner.ask("PATCH", f"accounts/{account}", {"role": "resident"}).status == 200

        told = socket.until_event("session")
        assert told["you"]["role"] == "resident"
    first = browser.ask("GET", "session")
    assert (first.status, first.json["role"]) == (200, "resident")
    assert first.cookie is not None and first.cookie != before
    assert Visitor(home.url, cookie=before).ask("GET", "session").status == 401, "the one before is dead"
    again = browser.ask("GET", "session")
    assert (again.status, again.cookie) == (200, None)
    assert browser.ask("GET", "accounts").status == 403


def test_a_cookie_that_is_due_is_renewed_with_a_sockets_handshake_too(home: Household) -> None:
    account, name, password = home.add_account("resident")
    browser = Visitor(home.url)
    browser.log_in(name, password)
    before = browser.cookie
    assert home.owner.ask("PATCH", f"accounts/{account}", {"role": "guest"}).status == 200

    with browser.websocket() as socket:
        renewed = socket.greeting.cookie
        assert renewed is not None
        assert socket.enter() is None

    assert Visitor(home.url, cookie=before).ask("GET", "session").status == 401
    assert Visitor(home.url, cookie=renewed).ask("GET", "session").json["role"] == "guest"


@pytest.mark.parametrize("planted", ["planted", "planted." + "A" * 43, "a" * 4_000])
def test_a_cookie_that_a_stranger_made_up_is_never_taken_over_by_a_login(home: Household, planted: str) -> None:
    _, name, password = home.add_account("resident")
    victim = Visitor(home.url, cookie=planted)

    said = victim.log_in(name, password)

    assert said.status == 200
    assert said.cookie is not None and planted not in said.cookie
    assert Visitor(home.url, cookie=planted).ask("GET", "session").status == 401
    assert victim.ask("GET", "session").status == 200


def test_an_attackers_own_cookie_planted_on_a_victim_is_worth_nothing_once_the_victim_logs_in(home: Household) -> None:
    _, attacker_name, attacker_password = home.add_account("guest")
    _, name, password = home.add_account("owner")
    attacker = Visitor(home.url)
    attacker.log_in(attacker_name, attacker_password)
    assert attacker.ask("GET", "session").status == 200
    victim = Visitor(home.url, cookie=attacker.cookie)

    victim.log_in(name, password)

    assert victim.cookie != attacker.cookie
    assert victim.ask("GET", "session").json["role"] == "owner"
    assert attacker.ask("GET", "session").status == 401


def test_each_login_gives_another_cookie_and_ends_the_one_that_came_along(home: Household) -> None:
    _, name, password = home.add_account("resident")
    browser = Visitor(home.url)
    browser.log_in(name, password)
    before = browser.cookie

    browser.log_in(name, password)

    assert browser.cookie != before
    assert browser.ask("GET", "session").status == 200
    assert Visitor(home.url, cookie=before).ask("GET", "session").status == 401
    clients = [each for each in home.owner.get("clients")["clients"] if each["name"] == name]
    assert len(clients) == 1


# 42: a credential that was copied


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_used_refresh_credential_that_comes_again_ends_the_whole_session_and_is_told(
    home: Household, transport: str
) -> None:
    member = home.pair()
    thief = Visitor(home.url)

    def refresh(credential: str, who: Visitor) -> tuple[int, str, str]:
        said = who.ask("POST", "session/refresh", {"refresh_credential": credential})
        if said.status != 200:
            return said.status, "", ""
        return said.status, said.json["refresh_credential"], said.json["access_token"]

    own = home.visitor(member)
    _, second, _ = refresh(member.credential, own)
    status, third, token = refresh(second, own)
    assert status == 200
    with own.live(transport) as socket:
        assert socket.enter(token) is None
        socket.watch()

        stolen = refresh(member.credential, thief)

        assert stolen[0] == 401
        socket.until_end(AT_ONCE_S)
    assert refresh(third, own)[0] == 401
    assert Visitor(home.url, token=token).ask("GET", "session").status == 401
    entry = home.audit("theft")[0]
    assert (entry["about"], entry["address"]) == (member.name, thief.address)
    complaints = home.program.take_complaints()
    assert len(complaints) == 1 and member.name in complaints[0] and thief.address in complaints[0]
    secrets = [part for each in (member.credential, second, third) for part in each.split(".")[1:]]
    assert not any(secret in complaints[0] for secret in secrets)


# 34: a replayed unlocking. It restarts the program, so it comes last.


def test_an_unlocking_that_is_sent_again_byte_for_byte_opens_nothing(home: Household) -> None:
    member = home.pair()
    visitor = home.visitor(member)
    command = {"do": "operate_lock", "turn": "unlock"}
    without_word = visitor.ask("POST", home.path(DOOR, "/command"), {"command": command})
    assert without_word.status == 400
    bytes_ = visitor.written("POST", home.path(DOOR, "/command"), {"command": command, "once": "word of http"})
    opened = home.door.opened

    first = visitor.send(bytes_, "POST")
    assert first.json == {"outcome": "confirmed"}
    assert home.door.opened == opened + 1
    for _ in range(3):
        again = visitor.send(bytes_, "POST")
        assert (again.status, again.code) == (409, "replayed")
    with visitor.websocket() as socket:
        socket.enter(member.token)
        by_socket = '427["command",{"device":"%s","command":{"do":"operate_lock","turn":"unlock"},"once":"%s"}]'
        other_way = by_socket % (home.devices[DOOR], "word of http")
        packet = by_socket % (home.devices[DOOR], "word of the socket")
        socket.say(packet)
        assert socket.until("437")[0] == {"outcome": "confirmed"}
        for each in (packet, packet, other_way):
            socket.say(each)
            assert socket.until("437")[0]["error"]["code"] == "replayed"
    assert home.door.opened == opened + 2

    home.restart()
    until(lambda: home.visitor(member).ask("GET", home.path(DOOR)).status == 200, "the door is there again")

    again = home.visitor(member).send(bytes_, "POST")
    assert (again.status, again.code) == (409, "replayed")
    with home.visitor(member).websocket() as socket:
        socket.enter(member.token)
        socket.say(packet)
        assert socket.until("437")[0]["error"]["code"] == "replayed"
    assert home.door.opened == opened + 2
    assert len([each for each in home.audit("unlocked") if each["who"] == member.name]) == 2
