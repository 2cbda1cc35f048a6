"""Nothing is there that nobody asked for: no port, no password, page or namespace that a stranger could guess."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest

from tests.blackbox.visitors import HOME_NAME, NAMES, Household, Visitor, new_address

USERS = ("", "admin", "root", "intercom", "homeassistant", "mqtt", "user", "guest", "test", "owner", "device", "panel")
PASSWORDS = ("", "admin", "root", "intercom", "password", "1234", "123456", "0000", "raspberry", "mqtt", "guest")
GUESSES = (
    "/admin", "/admin/", "/login", "/debug", "/debug/pprof/", "/debug/vars", "/console", "/metrics", "/status",
    "/server-status", "/health", "/info", "/env", "/.env", "/.git/config", "/.well-known/security.txt", "/config",
    "/config.toml", "/api", "/api/", "/api/v0", "/api/v2", "/api/v1/debug", "/api/v1/config", "/api/v1/broker",
    "/api/v1/tokens", "/api/v1/pairing", "/api/v1/code", "/docs", "/openapi.yaml", "/openapi.json", "/swagger",
    "/graphql", "/phpmyadmin", "/wp-login.php", "/cgi-bin/", "/shell", "/socket.io", "/socket.io/admin", "/admin-ui",
    "/intercom.db", "/history.db", "/panel.json", "/broker", "/data/", "/index.html~", "/test", "/__debug__",
)  # fmt: skip


def listening(pid: int) -> dict[str, set[tuple[str, int]]]:
    """Where a process listens, by kind; read from the system and not from the program."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        found = re.fullmatch(r"socket:\[(\d+)\]", str(descriptor.readlink()))
        if found:
            inodes.add(found[1])
    places: dict[str, set[tuple[str, int]]] = {"tcp": set(), "udp": set()}
    for kind, state in (("tcp", "0A"), ("udp", "07")):
        for table in (kind, f"{kind}6"):
            for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                columns = line.split()
                if columns[9] in inodes and columns[3] == state:
                    address, _, port = columns[1].partition(":")
                    places[kind].add((address, int(port, 16)))
    return places


def connack(home: Household, user: str | None, password: str | None, client_id: str = "stranger") -> bytes:
    """Ask the broker to be let in, by MQTT 3.1.1; return what it says."""

    def text(said: str) -> bytes:
        return len(said.encode()).to_bytes(2, "big") + said.encode()

    flags = 2 | (0x80 if user is not None else 0) | (0x40 if password is not None else 0)
    body = text("MQTT") + bytes([4, flags, 0, 60]) + text(client_id)
    body += b"".join(text(each) for each in (user, password) if each is not None)
    return told_by_broker(home, bytes([0x10, len(body)]) + body)


def told_by_broker(home: Household, data: bytes) -> bytes:
    """Send bytes to the broker, and then a ping; return all that it says until it hangs up."""
    with socket.create_connection(("127.0.0.1", home.broker.port), 20, source_address=(new_address(), 0)) as broker:
        said = b""
        try:
            broker.sendall(data)
            broker.shutdown(socket.SHUT_WR)
            while more := broker.recv(1 << 16):
                said += more
        except ConnectionError:
            pass
        return said


def test_the_program_listens_where_it_was_told_to_and_nowhere_else(home: Household) -> None:
    here = "0100007F"
    ports = (int(home.url.rpartition(":")[2]), home.secure_port, home.broker.port)

    places = listening(home.program.pid)

    assert places["tcp"] == {(here, port) for port in ports}
    assert len(places["udp"]) <= 1, "the beacon alone"


def test_the_beacon_tells_where_the_relay_is_and_nothing_else(home: Household) -> None:
    ((_, port),) = listening(home.program.pid)["udp"]
    for question in (b"", b"hello", b"state", b'{"cmd":"info"}', b"\xff" * 1_000, HOME_NAME.encode()):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(20)
            asking.bind((new_address(), 0))
            for each in (question, b"where are you?"):
                asking.sendto(each, ("127.0.0.1", port))
            answer, _ = asking.recvfrom(2_000)
        assert answer == b"127.0.0.1"


def test_the_broker_lets_nobody_in_by_a_guess(home: Household) -> None:
    assert connack(home, home.broker.user, home.broker.password)[:4] == b"\x20\x02\x00\x00", "the right one is let in"
    guesses: list[tuple[str | None, str | None]] = [(None, None), (home.broker.user, None), (home.broker.user, "")]
    guesses += [(user, password) for user in (*USERS, home.broker.user) for password in (*PASSWORDS, user)]
    for user, password in guesses:
        said = connack(home, user, password)
        assert said == b"" or (said[:3] == b"\x20\x02\x00" and said[3] in (4, 5) and len(said) == 4), (user, said)


def test_the_broker_tells_a_stranger_nothing(home: Household) -> None:
    subscribe = b"\x82\x06\x00\x01\x00\x01#\x00"
    publish = b"\x30\x0c\x00\x0atest/meterX"
    for data in (
        subscribe,
        publish,
        subscribe * 50,
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\xc0\x00",
        b"\x00",
    ):
        said = told_by_broker(home, data)
        assert not any(name.encode() in said for name in NAMES)
        assert said[:1] not in (b"\x30", b"\x90", b"\xd0"), data


def test_nobody_can_log_in_who_was_not_given_an_account(home: Household) -> None:
    stranger = Visitor(home.url)
    for user, password in zip(USERS[:9], (PASSWORDS * 2)[1:10], strict=True):
        said = stranger.ask("POST", "login", {"name": user, "password": password})
        assert said.status == 401, user


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_that_strangers_guess_are_not_there(home: Household, method: str) -> None:
    stranger = Visitor(home.url)
    for path in GUESSES:
        said = stranger.ask(method, path)
        wanted = (400,) if (method, path) == ("POST", "/api/v1/pairing") else (404, 405)
        assert said.status in wanted, (path, said)
        assert said.code in ("not_found", "method_not_allowed", "invalid"), path


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "DEBUG", "TRACK"])
def test_methods_that_nothing_needs_are_not_served(home: Household, method: str) -> None:
    said = Visitor(home.url).ask(method, "/healthz", headers=[("X-Secret", "word")])

    assert said.status in (400, 404, 405, 421)
    assert b"word" not in said.body


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_there_are_no_other_namespaces_not_even_for_an_owner(home: Household, transport: str) -> None:
    with home.owner.live(transport) as live:
        for namespace in ("/admin", "/debug", "/owner", "/screens", "/internal", "/engine"):
            live.say(f"40{namespace}," + json.dumps({"token": home.owner.token, "username": "admin", "password": ""}))
            assert live.until(f"44{namespace},") is not None
            live.say(f'42{namespace},["watch"]')
        assert live.enter(home.owner.token) is None
        assert not any(packet.startswith(("40/", "42/", "43")) for packet in live.heard)
