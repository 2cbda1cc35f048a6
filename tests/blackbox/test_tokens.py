"""Access tokens under attack: forged with and without their key, of another home, replayed, and after their time.

The forger is given everything, the session's own key too, which no attacker has who cannot read the home's disk. So
each refusal is that of the one thing that is wrong with the token, and nothing else.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import sqlite3
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.blackbox.attack import DAY_S, Besieged, Clock, code_of, cookie_in, socket
from tests.e2e.conftest import MakeProgram
from tests.e2e.until import AT_ONCE_S, until

API, SWITCHES = "api", "switches"
TOKEN_LIVES_S = 15 * 60
EVERY_WAY = {"http", "socket", "ancestor"}
EXPIRED_TOKEN = "토큰만료"

Make = Callable[[str], str]
"""Makes a token for an audience."""


@pytest.fixture(scope="module")
def running(make_program: MakeProgram) -> Besieged:
    home = Besieged(make_program("--headless"))
    home.program.start()
    return home


@pytest.fixture
def home(running: Besieged) -> Generator[Besieged, None, None]:
    yield running
    running.check()


@pytest.fixture(scope="module")
def running_clock(make_program: MakeProgram, tmp_path_factory: pytest.TempPathFactory) -> Besieged:
    clock = Clock(tmp_path_factory.mktemp("clock"), wall_only=True)
    home = Besieged(make_program("--headless", name="clock", environ=clock.environ), clock)
    home.program.start()
    return home


@pytest.fixture
def clocked(running_clock: Besieged) -> Generator[Besieged, None, None]:
    """A home whose machine's time somebody sets."""
    yield running_clock
    running_clock.check()


@dataclass(frozen=True)
class Forger:
    """Makes tokens as the home does, but for what a test says; `right` are the claims of a real one."""

    session_id: str
    key: bytes
    right: dict[str, Any]

    def claims(self, audience: str, **changes: Any) -> dict[str, Any]:
        """The right claims with changes; those that are None are left out."""
        claims = {**self.right, "aud": audience, **changes}
        return {name: value for name, value in claims.items() if value is not None}

    def token(
        self,
        claims: Any,
        *,
        key: bytes | None = None,
        digest: str = "sha256",
        signature: bytes | None = None,
        **head: Any,
    ) -> str:
        """Put a token together; `head` changes its header, where None leaves out."""
        header = {"alg": "HS256", "typ": "JWT", "kid": self.session_id, **head}
        header = {name: value for name, value in header.items() if value is not None}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        if signature is None:
            signature = hmac.digest(self.key if key is None else key, signed.encode(), digest)
        return f"{signed}.{base64url(signature)}"

    def with_header(self, **head: Any) -> Make:
        return lambda audience: self.token(self.claims(audience), **head)

    def with_claims(self, **changes: Any) -> Make:
        return lambda audience: self.token(self.claims(audience, **changes))


@pytest.fixture
def forger(home: Besieged) -> Forger:
    return forger_of(home, "resident")


def forger_of(home: Besieged, role: str) -> Forger:
    """One who knows everything about a session."""
    member = home.member(role)
    ((key,),) = home.rows("SELECT key FROM sessions WHERE id = ?", member.session_id)
    return Forger(member.session_id, key, read_claims(member.token))


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def read_claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def ways_in(home: Besieged, make: Make) -> set[str]:
    """By which ways somebody gets in with such tokens; a refusal must be an orderly one."""
    stranger, found = home.at("127.0.0.1"), set()
    answer = stranger.ask("GET", "session", token=make(API))
    assert answer.status in (200, 401), answer
    if answer.status == 200:
        found.add("http")
    with socket(home.url, token=make(API)) as opened:
        assert opened.refusal in ("", "unauthorized")
        if not opened.refusal:
            found.add("socket")
    by_header = stranger.ask("GET", "/device/regist", headers={"x-access-token": make(SWITCHES)})
    by_query = stranger.ask("GET", f"/device/regist?token={make(SWITCHES)}")
    assert by_header.said == by_query.said
    if by_header.said["error"]["message"] != EXPIRED_TOKEN:
        found.add("ancestor")
    return found


def test_the_forgers_tools_are_good_for_every_way_in(home: Besieged, forger: Forger) -> None:
    assert ways_in(home, forger.with_header()) == EVERY_WAY
    assert ways_in(home, forger.with_claims(nbf=forger.right["iat"])) == EVERY_WAY


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None, 0, False, [], ["HS256"], {}])
@pytest.mark.parametrize("is_signed", [False, True], ids=["bare", "signed"])
def test_a_token_without_an_algorithm_is_nobodys(
    home: Besieged, forger: Forger, algorithm: Any, *, is_signed: bool
) -> None:
    signature = None if is_signed else b""

    assert ways_in(home, forger.with_header(alg=algorithm, signature=signature)) == set()


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [("HS384", "sha384"), ("HS512", "sha512"), ("hs256", "sha256"), ("HS256 ", "sha256"), ("HS256", "sha512"),
     ("RS256", "sha256"), ("ES256", "sha256"), ("EdDSA", "sha256"), ("HS1", "sha1"), ("dir", "sha256")],
)  # fmt: skip
def test_a_token_of_another_algorithm_is_nobodys_though_its_key_is_right(
    home: Besieged, forger: Forger, algorithm: str, digest: str
) -> None:
    assert ways_in(home, forger.with_header(alg=algorithm, digest=digest)) == set()


def test_a_token_that_brings_or_names_its_own_key_is_nobodys(home: Besieged, forger: Forger) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    own = b"a key of the attacker's own, long enough"
    jwk = {"kty": "oct", "k": base64url(own), "alg": "HS256", "kid": forger.session_id}

    def signed_by_rsa(audience: str) -> str:
        unsigned = forger.token(forger.claims(audience), alg="RS256", signature=b"").rstrip(".")
        return f"{unsigned}.{base64url(private.sign(unsigned.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    for make in (
        signed_by_rsa,
        forger.with_header(key=public),
        forger.with_header(key=own, jwk=jwk),
        forger.with_header(key=own, jku="http://127.0.0.1/keys"),
        forger.with_header(key=own, x5u="http://127.0.0.1/certificate"),
        forger.with_header(key=b""),
        forger.with_header(key=forger.session_id.encode()),
        forger.with_header(key=forger.key.hex().encode()),
    ):
        assert ways_in(home, make) == set()


def test_nobody_is_somebody_else_by_naming_their_session(home: Besieged, forger: Forger) -> None:
    owner = forger_of(home, "owner")

    for make in (
        forger.with_header(kid=owner.session_id),
        forger.with_claims(sub=owner.session_id),
        lambda audience: forger.token(owner.claims(audience), kid=owner.session_id),
        lambda audience: forger.token(owner.claims(audience)),
        lambda audience: forger.token(forger.claims(audience), key=owner.key),
    ):
        assert ways_in(home, make) == set()


@pytest.mark.parametrize(
    "kid", [None, "", "0" * 16, "' OR '1'='1", "../intercom.db", "/dev/null", "\x00", "세션", "k" * 1000, 1, [], {}]
)
def test_a_key_id_that_names_no_session_leads_nowhere(home: Besieged, forger: Forger, kid: Any) -> None:
    assert ways_in(home, forger.with_header(kid=kid)) == set()
    assert ways_in(home, forger.with_header(kid=kid, key=b"")) == set()


@pytest.mark.parametrize(
    "critical", [["exp"], ["urn:strange"], ["b64", "urn:strange"], ["kid"], [], "exp", ["exp", 1], {"exp": True}, True]
)
def test_a_token_that_calls_something_critical_is_nobodys(home: Besieged, forger: Forger, critical: Any) -> None:
    extensions = {"b64": True, "exp": 1, "urn:strange": 1}  # of these only b64 is known (RFC 7797)

    assert ways_in(home, forger.with_header(crit=critical)) == set()
    assert ways_in(home, forger.with_header(crit=critical, **extensions)) == set()


@pytest.mark.parametrize("head", [{"b64": False}, {"b64": False, "crit": ["b64"]}, {"crit": ["b64"]}])
def test_a_token_whose_claims_are_to_be_read_in_another_way_is_nobodys(
    home: Besieged, forger: Forger, head: dict[str, Any]
) -> None:
    assert ways_in(home, forger.with_header(**head)) == set()


@pytest.mark.parametrize("claim", ["exp", "aud", "iss", "sub", "iat"])
def test_a_token_with_a_claim_missing_empty_or_of_another_kind_is_nobodys(
    home: Besieged, forger: Forger, claim: str
) -> None:
    right = forger.claims(API)[claim]
    assert ways_in(home, forger.with_claims(**{claim: None})) == set()
    for other in ("", [], [right], {"is": right}, True, 1.5e400, f"{right} "):
        assert ways_in(home, forger.with_claims(**{claim: other})) == set()


@pytest.mark.parametrize("claims", [None, [], "claims", 1, {}, "[" * 500])
def test_a_token_whose_claims_are_none_is_nobodys(home: Besieged, forger: Forger, claims: Any) -> None:
    assert ways_in(home, lambda _audience: forger.token(claims)) == set()


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_a_token_from_the_future_is_nobodys_but_for_a_minute(home: Besieged, forger: Forger, claim: str) -> None:
    now = forger.right["iat"]

    for ahead_s in (120, DAY_S, 1 << 40):
        assert ways_in(home, forger.with_claims(**{claim: int(now + ahead_s), "exp": 1 << 41})) == set()
    assert ways_in(home, forger.with_claims(**{claim: now + 30})) == EVERY_WAY


def test_a_token_is_good_only_for_what_it_was_given_for(home: Besieged, forger: Forger) -> None:
    def swapped(audience: str) -> str:
        return forger.token(forger.claims(SWITCHES if audience == API else API))

    assert ways_in(home, swapped) == set()


@pytest.mark.parametrize(
    "bend",
    [
        lambda token: token + ".",
        lambda token: "." + token,
        lambda token: token.rpartition(".")[0],
        lambda token: token.rpartition(".")[0] + ".",
        lambda token: token[:-5] + "AAAAA",
        lambda token: token + ".e30.e30",
        lambda token: token.replace(".", ".%00", 1),
        lambda token: token * 20,
        lambda token: "e30." + token.partition(".")[2],
    ],
)
def test_a_token_that_is_bent_is_nobodys(home: Besieged, forger: Forger, bend: Callable[[str], str]) -> None:
    assert ways_in(home, lambda audience: bend(forger.token(forger.claims(audience)))) == set()


# Other homes


def test_what_opens_one_home_opens_no_other_though_that_has_the_same_session_and_key(
    home: Besieged, make_program: MakeProgram
) -> None:
    other = Besieged(make_program("--headless", name="other"))
    other.program.start()
    forger, owner = forger_of(home, "resident"), home.member()
    account = {"name": "Mina", "password": "a long enough word", "role": "resident"}
    assert owner.ask("POST", "accounts", account).status == 201
    cookie = cookie_in(home.at("127.0.0.1").log_in("Mina", "a long enough word"))
    credential = home.pair(home.at("127.0.0.1")).said["refresh_credential"]
    neighbour = other.at("127.0.0.1")
    assert ways_in(other, forger.with_header()) == set()

    for table in ("accounts", "sessions"):
        rows = home.rows(f"SELECT * FROM {table}")
        with contextlib.closing(sqlite3.connect(other.program.data / "intercom.db", timeout=30)) as database, database:
            database.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
    there = forger_of(other, "resident")
    twin = Forger(forger.session_id, forger.key, {**forger.right, "iss": there.right["iss"]})
    until(lambda: ways_in(other, twin.with_header()) == EVERY_WAY, "the other home knows the session")

    assert ways_in(other, forger.with_header()) == set()
    assert neighbour.ask("GET", "session", headers={"Cookie": f"sid={cookie}"}).status == 401
    with socket(other.url, cookie=cookie) as opened:
        assert opened.refusal == "unauthorized"
    assert home.at("127.0.0.1").ask("GET", "session", headers={"Cookie": f"sid={cookie}"}).status == 200
    with contextlib.closing(sqlite3.connect(other.program.data / "intercom.db", timeout=30)) as database, database:
        database.execute("DELETE FROM sessions WHERE id = ?", (credential.partition(".")[0],))
    refreshed = neighbour.ask("POST", "session/refresh", {"refresh_credential": credential})
    assert code_of(refreshed) == "unauthorized"
    other.check()


# After the end


def test_nothing_of_a_session_is_worth_anything_after_logging_out(home: Besieged) -> None:
    guest = home.at("127.0.0.1")
    native = home.pair(guest).said
    in_browser = home.pair(guest, native=False)
    refresh_cookie = cookie_in(in_browser, "refresh")
    assert refresh_cookie
    owner = home.member()
    account = {"name": "Jisu", "password": "a long enough word", "role": "resident"}
    assert owner.ask("POST", "accounts", account).status == 201
    sid = cookie_in(guest.log_in("Jisu", "a long enough word"))
    assert guest.ask("GET", "/auth/code").status == 200
    ancestor = guest.check_plain(home.shown_code()).said["token"]
    assert is_worth(home, token=native["access_token"])
    assert is_worth(home, sid=sid)
    assert is_worth(home, ancestor=ancestor)

    assert guest.ask("DELETE", "session", token=native["access_token"]).status == 204
    assert guest.ask("DELETE", "session", token=in_browser.said["access_token"]).status == 204
    assert guest.ask("DELETE", "session", headers={"Cookie": f"sid={sid}"}).status == 204
    assert owner.ask("DELETE", f"clients/{read_claims(ancestor)['sub']}").status == 204

    for _ in ("at once", "after a restart"):
        assert not is_worth(home, token=native["access_token"])
        assert not is_worth(home, token=in_browser.said["access_token"])
        assert not is_worth(home, sid=sid)
        assert not is_worth(home, ancestor=ancestor)
        in_body = guest.ask("POST", "session/refresh", {"refresh_credential": native["refresh_credential"]})
        in_cookie = guest.ask("POST", "session/refresh", {}, headers={"Cookie": f"refresh={refresh_cookie}"})
        assert (code_of(in_body), code_of(in_cookie)) == ("unauthorized", "unauthorized")
        assert not cookie_in(in_cookie, "refresh")
        home.restart()


def is_worth(home: Besieged, *, token: str = "", sid: str = "", ancestor: str = "") -> bool:
    """Whether anybody gets in with it, by HTTP or by a socket, which must agree."""
    stranger = home.at("127.0.0.1")
    if ancestor:
        answer = stranger.ask("GET", "/device/regist", headers={"x-access-token": ancestor})
        return bool(answer.said["error"]["message"] != EXPIRED_TOKEN)
    headers = {"Cookie": f"sid={sid}"} if sid else {}
    is_in = stranger.ask("GET", "session", token=token, headers=headers).status == 200
    with socket(home.url, token=token, cookie=sid) as opened:
        assert (opened.refusal == "") is is_in
    return is_in


# Time


def test_a_socket_outlives_its_token_and_no_other_is_opened_with_it(clocked: Besieged) -> None:
    resident = clocked.member("resident")
    with socket(clocked.url, token=resident.token) as opened:
        assert "devices" in opened.watch()

        clocked.later(TOKEN_LIVES_S + 1)

        assert not is_worth(clocked, token=resident.token)
        renewed = clocked.member("resident")
        assert is_worth(clocked, token=renewed.token)
        assert renewed.ask("POST", "areas", {"name": "Attic", "icon": "house"}).status == 201
        told = until(lambda: opened.events("changes"), "the old socket is told what happens", within_s=AT_ONCE_S)
        assert "Attic" in [area["name"] for area in told[0]["areas"]]
        assert "devices" in opened.watch()
        assert not opened.is_closed.is_set()


def test_an_expired_token_stays_so_when_the_clock_is_set_back(clocked: Besieged) -> None:
    assert clocked.clock is not None
    token = clocked.member("resident").token
    forger = forger_of(clocked, "resident")
    ancestor = forger.token({**forger.claims(SWITCHES), "exp": forger.right["exp"]})
    issued_at = clocked.clock.now()
    clocked.later(TOKEN_LIVES_S + 1)
    assert not is_worth(clocked, token=token) and not is_worth(clocked, ancestor=ancestor)

    for instant in (issued_at, issued_at - DAY_S, 86_400.0):
        clocked.clock.set_to(instant)
        assert not is_worth(clocked, token=token) and not is_worth(clocked, ancestor=ancestor), "while it runs"
    clocked.program.end()
    clocked.clock.set_to(issued_at)
    clocked.program.start()

    assert not is_worth(clocked, token=token) and not is_worth(clocked, ancestor=ancestor), "before it starts"
