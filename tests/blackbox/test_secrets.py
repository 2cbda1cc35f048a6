"""No secret stands anywhere on the disk or in what the program says, but where the documents say that it does.

A home is led through everything that takes or makes a secret, with the log at its most talkative. Then every byte that
it left is searched for each secret: as it is, in hexadecimal, in base64 at any offset, percent-encoded, as JSON
escapes, in UTF-16, and, where a secret is short enough to be guessed from it, for its bare digests.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import stat
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.blackbox.attack import Besieged, code_of, cookie_in, socket
from tests.e2e.conftest import MakeProgram, broker_of
from tests.e2e.mqtt_peers import Broker
from tests.e2e.until import until

PASSWORD, OTHER_PASSWORD, WRONG_PASSWORD = "첫 번째 password of Mina", "a second one, 더 길다", "what a robber tried 17"
PIN = "58203947"
DOOR_CODE, SECRET_TEXT = "9417362058", "the network's password"


@dataclass
class Secrets:
    """What must not be found, by what it is."""

    kept: dict[str, bytes] = field(default_factory=dict)
    guessable: set[str] = field(default_factory=set)

    def add(self, name: str, secret: str | bytes, *, is_guessable: bool = False) -> None:
        octets = secret.encode() if isinstance(secret, str) else secret
        assert len(octets) >= 6, name
        self.kept[f"{name} {len(self.kept)}"] = octets
        if is_guessable:
            self.guessable.add(f"{name} {len(self.kept) - 1}")

    def add_token(self, token: str) -> None:
        self.add("access token", token)
        self.add("signature of an access token", token.rpartition(".")[2])

    def add_credential(self, credential: str) -> None:
        _, family, secret = credential.split(".")
        self.add("refresh family", family)
        self.add("refresh secret", secret)

    def found_in(self, octets: bytes) -> list[str]:
        return [name for name, secret in self.kept.items() if pattern(secret, name in self.guessable).search(octets)]


def pattern(secret: bytes, is_guessable: bool) -> re.Pattern[bytes]:
    forms = set(spellings(secret))
    if is_guessable:
        for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512):
            forms |= {digest(secret).digest(), digest(secret).hexdigest().encode()}
    if secret.isdigit():  # digits stand in many places by chance, but then among others
        forms -= {secret}
        alone = rb"(?<![0-9A-Za-z.])" + secret + rb"(?![0-9A-Za-z])"
        return re.compile(b"|".join([alone, *map(re.escape, forms)]))
    return re.compile(b"|".join(map(re.escape, forms)))


def spellings(secret: bytes) -> Iterator[bytes]:
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for before in range(3):  # what stands before it decides how it is cut
        encoded = base64.b64encode(bytes(before) + secret)
        whole = encoded[(before * 8 + 5) // 6 : (before + len(secret)) * 8 // 6]
        yield whole
        yield whole.replace(b"+", b"-").replace(b"/", b"_")
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return
    yield quote(text).encode()
    yield quote(text, safe="").encode()
    yield json.dumps(text)[1:-1].encode()
    yield text.encode("utf-16-le")


def files_of(home: Besieged) -> list[Path]:
    """Everything that the program wrote."""
    folder = home.program.data.parent
    return [path for path in [*sorted(folder.rglob("*")), home.program.log] if path.is_file()]


def places_of(home: Besieged, secret: bytes) -> set[str]:
    """The names of the files in which a secret stands as it is."""
    return {path.name for path in files_of(home) if secret in path.read_bytes()}


@pytest.fixture(scope="module")
def home(make_program: MakeProgram) -> Generator[Besieged, None, None]:
    home = Besieged(make_program("--headless", log_level="debug"))
    home.program.start()
    yield home
    home.program.check()


@pytest.fixture(scope="module")
def secrets(home: Besieged) -> Secrets:
    """Lead the home through everything, and note each secret."""
    noted = Secrets()
    pair_by_code(home, noted)
    speak_as_the_ancestors_clients(home, noted)
    pair_by_command(home, noted)
    log_in_and_out(home, noted)
    open_the_door(home, noted)
    return noted


def pair_by_code(home: Besieged, noted: Secrets) -> None:
    guest = home.at("127.11.0.1")
    asked = guest.ask_pairing().said
    code = home.shown_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert code_of(guest.give_code(asked, wrong)) == "wrong_code"
    native = guest.give_code(asked, code).said
    noted.add("request secret", asked["secret"])
    noted.add("code", code, is_guessable=True)
    noted.add("wrong code", wrong, is_guessable=True)
    noted.add_token(native["access_token"])
    for _ in range(3):
        noted.add_credential(native["refresh_credential"])
        native = guest.ask("POST", "session/refresh", {"refresh_credential": native["refresh_credential"]}).said
    in_browser = home.pair(guest, native=False)
    noted.add_credential(cookie_in(in_browser, "refresh"))
    assert guest.ask("GET", "devices", token=native["access_token"]).status == 200
    with socket(home.url, token=native["access_token"]) as opened:
        opened.watch()
    altered = native["access_token"][:-6] + "AAAAAA"
    assert guest.ask("GET", "devices", token=altered).status == 401
    with socket(home.url, token=altered) as opened:
        assert opened.refusal
    noted.add_token(native["access_token"])
    noted.add("signature of an altered token", altered.rpartition(".")[2])


def speak_as_the_ancestors_clients(home: Besieged, noted: Secrets) -> None:
    guest = home.at("127.11.0.2")
    guest.ask("GET", "/auth/code")
    code = home.shown_code()
    token = guest.check_plain(code).said["token"]
    guest.ask("GET", f"/device/regist?token={token}")
    guest.ask("GET", f"/no/such/page?token={token}&code={code}")
    noted.add("ancestor's code", code, is_guessable=True)
    noted.add_token(token)


def pair_by_command(home: Besieged, noted: Secrets) -> None:
    made = home.program.command("clients", "add", "--name", "tool", "--role", "screen", "--json")
    noted.add_token(made["access_token"])
    noted.add_credential(made["refresh_credential"])


def log_in_and_out(home: Besieged, noted: Secrets) -> None:
    owner, mina = home.member(), home.at("127.11.0.3")
    assert owner.ask("POST", "accounts", {"name": "Mina", "password": PASSWORD, "role": "owner"}).status == 201
    assert code_of(mina.log_in("Mina", WRONG_PASSWORD)) == "wrong_password"
    assert code_of(mina.log_in(WRONG_PASSWORD, "Mina")) == "wrong_password", "the name and it were swapped"
    first = cookie_in(mina.log_in("Mina", PASSWORD))
    second = cookie_in(mina.log_in("Mina", PASSWORD, cookie=first))
    as_mina: dict[str, str | bytes] = {"Cookie": f"sid={second}"}
    assert mina.ask("PUT", "pin", {"pin": PIN}, headers=as_mina).status == 204
    assert mina.ask("PUT", "pin", {"pin": PIN + "0"}, headers=as_mina).status == 400
    changed = mina.ask("PUT", "session/password", {"old": PASSWORD, "new": OTHER_PASSWORD}, headers=as_mina)
    assert changed.status == 204
    with socket(home.url, cookie=second) as opened:
        opened.watch()
    assert mina.ask("DELETE", "session", headers=as_mina).status == 204
    third = cookie_in(mina.log_in("Mina", OTHER_PASSWORD))
    for sid in (first, second, third):
        noted.add("sid", sid.partition(".")[0])
        noted.add("signature of a sid", sid.partition(".")[2])
    for password in (PASSWORD, OTHER_PASSWORD, WRONG_PASSWORD):
        noted.add("password", password, is_guessable=True)
    noted.add("PIN", PIN, is_guessable=True)


def open_the_door(home: Besieged, noted: Secrets) -> None:
    broker, owner = broker_of(home.program), home.member()
    plug_in_a_door(broker)
    until(lambda: "Door" in owner.devices(), "the door is there")
    broker.publish("door/note", SECRET_TEXT)
    unlock = {"do": "operate_lock", "turn": "unlock", "code": DOOR_CODE}
    device = quote(owner.devices()["Door"]["id"], safe="")
    once = "a word that is used once, 4711"
    asked = owner.ask("POST", f"devices/{device}/command", {"command": unlock, "once": once})
    assert asked.status in (200, 504), asked
    noted.add("door's code", DOOR_CODE, is_guessable=True)
    noted.add("secret text", SECRET_TEXT, is_guessable=True)
    noted.add("word for one unlocking", once)


def plug_in_a_door(broker: Broker) -> None:
    device: Any = {"identifiers": ["door"], "name": "Door"}
    lock = {
        "unique_id": "door_lock",
        "name": "Lock",
        "state_topic": "door/lock",
        "command_topic": "door/lock/set",
        "command_template": "{{ value }} {{ code }}",
        "code_format": "^[0-9]+$",
        "optimistic": True,
        "device": device,
    }
    note = {
        "unique_id": "door_note",
        "name": "Note",
        "mode": "password",
        "state_topic": "door/note",
        "command_topic": "door/note/set",
        "device": device,
    }
    broker.publish("homeassistant/lock/door/config", lock, retain=True)
    broker.publish("homeassistant/text/door_note/config", note, retain=True)


def test_the_search_finds_a_secret_however_it_is_spelt() -> None:
    noted = Secrets()
    noted.add("password", PASSWORD, is_guessable=True)
    noted.add("code", "123456")
    octets = PASSWORD.encode()

    for hidden in (
        octets,
        octets.hex().encode(),
        quote(PASSWORD).encode(),
        json.dumps(PASSWORD).encode(),
        hashlib.sha256(octets).digest(),
        *(base64.urlsafe_b64encode(b"x" * before + octets + b"and more") for before in range(3)),
    ):
        assert noted.found_in(b"before " + hidden + b" after") == ["password 0"]
    assert noted.found_in(b'"code":"123456"') == ["code 1"]
    assert noted.found_in(b"at 1795123456.25") == []


def test_no_secret_stands_on_the_disk_or_in_the_log(home: Besieged, secrets: Secrets) -> None:
    assert len(secrets.kept) > 30

    def found() -> dict[str, list[str]]:
        searched = {str(path): secrets.found_in(path.read_bytes()) for path in files_of(home)}
        assert str(home.program.data / "intercom.db") in searched
        return {name: those for name, those in searched.items() if those}

    assert found() == {}, "while it runs"
    home.program.kill()
    assert found() == {}, "after a kill"
    home.program.start()
    home.program.end()
    assert found() == {}, "after its end"
    home.program.start()


def test_what_is_needed_as_it_is_stands_where_the_documents_say_and_nowhere_else(
    home: Besieged, secrets: Secrets
) -> None:
    assert secrets.kept
    copies = {path.name for path in (home.program.data / "copies").iterdir()}
    database = {"intercom.db", "intercom.db-wal", *copies}
    keys = [key for (key,) in home.rows("SELECT key FROM sessions")]
    ((sid_key,),) = home.rows("SELECT value FROM identity WHERE name = 'sid_key'")

    for key in [*keys, sid_key.encode()]:
        assert places_of(home, key) and places_of(home, key) <= database
    for key in [*(key.hex().encode() for key in keys), bytes.fromhex(sid_key)]:
        assert places_of(home, key) == set()
    broker_password = broker_of(home.program).password
    holding = {path for path in files_of(home) if broker_password.encode() in path.read_bytes()}
    assert holding and {path.parent.name for path in holding} == {"broker"}


def test_passwords_and_the_pin_are_kept_as_slow_salted_hashes(home: Besieged, secrets: Secrets) -> None:
    assert secrets.kept
    hashes = home.rows("SELECT password_hash FROM accounts UNION ALL SELECT hash FROM owner_pin")

    assert len(hashes) == 2
    for (hash_,) in hashes:
        assert re.match(r"\$argon2id\$v=19\$m=(\d{5,}),t=[2-9],p=1\$", hash_)


def test_nobody_else_on_the_machine_may_read_what_the_home_keeps(home: Besieged, secrets: Secrets) -> None:
    assert secrets.kept
    folders = [home.program.data, *(path for path in home.program.data.rglob("*") if path.is_dir())]

    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    for path in home.program.data.rglob("*"):
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
