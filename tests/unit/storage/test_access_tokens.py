"""Access tokens: good for one living session, one home, one audience and a short time; and for nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intercom.home.access import Role
from intercom.home.errors import UnauthorizedError
from intercom.storage.database import Database
from intercom.storage.sessions import Session, Sessions
from intercom.storage.tokens import Audience, Tokens

if TYPE_CHECKING:
    from tests.unit.storage.conftest import Clock

HOME = "5f0c2a"


@pytest.fixture
async def sessions(database: Database, clock: Clock) -> Sessions:
    return await Sessions.load(database, clock=clock)


@pytest.fixture
async def session(sessions: Sessions) -> Session:
    return (await sessions.add(name="phone", role=Role.RESIDENT)).session


@pytest.fixture
def tokens(sessions: Sessions, clock: Clock) -> Tokens:
    return Tokens(home_id=HOME, sessions=sessions, clock=clock)


def encoded(part: dict[str, Any] | bytes) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: dict[str, Any], claims: dict[str, Any], key: bytes, digest: str = "sha256") -> str:
    """Sign as RFC 7515 says, whatever is in it."""
    message = f"{encoded(header)}.{encoded(claims)}"
    return f"{message}.{encoded(hmac.digest(key, message.encode(), digest))}"


def claims_of(session: Session, clock: Clock, **changes: Any) -> dict[str, Any]:
    now = int(clock.now)
    claims = {"iss": HOME, "aud": "api", "sub": session.id, "iat": now, "exp": now + 60, **changes}
    return {name: value for name, value in claims.items() if value is not None}


def header_of(session: Session, **changes: Any) -> dict[str, Any]:
    return {"alg": "HS256", "typ": "JWT", "kid": session.id, **changes}


async def test_a_token_tells_who_carries_it(tokens: Tokens, session: Session) -> None:
    principal = await tokens.verify(tokens.issue(session))

    assert principal == session.principal


async def test_any_jwt_library_reads_a_token(tokens: Tokens, session: Session, clock: Clock) -> None:
    token = tokens.issue(session)

    said = jwt.decode_complete(
        token, session.key, algorithms=["HS256"], audience="api", issuer=HOME, options={"verify_exp": False}
    )

    now = int(clock.now)
    assert said["header"] == {"alg": "HS256", "kid": session.id, "typ": "JWT"}
    assert said["payload"] == {"iss": HOME, "aud": "api", "sub": session.id, "iat": now, "exp": now + 900}


async def test_a_token_that_the_right_key_signed_elsewhere_is_one_of_ours(
    tokens: Tokens, session: Session, clock: Clock
) -> None:
    token = signed(header_of(session), claims_of(session, clock), session.key)

    assert await tokens.verify(token) == session.principal


async def test_a_token_lives_for_a_quarter_of_an_hour(tokens: Tokens, session: Session, clock: Clock) -> None:
    token = tokens.issue(session)

    clock.now += 899
    await tokens.verify(token)

    clock.now += 1
    with pytest.raises(UnauthorizedError, match="expired"):
        await tokens.verify(token)


async def test_the_ancestors_token_names_the_home_and_lives_for_thirty_hours(
    tokens: Tokens, session: Session, clock: Clock
) -> None:
    token = tokens.issue(session, Audience.SWITCHES)

    said = jwt.decode(token, options={"verify_signature": False})
    assert said["api_serial"] == HOME
    assert said["exp"] - said["iat"] == 30 * 3600
    assert await tokens.verify(token, Audience.SWITCHES) == session.principal


async def test_a_token_for_one_audience_is_not_taken_by_the_other(tokens: Tokens, session: Session) -> None:
    for audience, other in ((Audience.API, Audience.SWITCHES), (Audience.SWITCHES, Audience.API)):
        with pytest.raises(UnauthorizedError):
            await tokens.verify(tokens.issue(session, audience), other)


async def test_the_tokens_of_an_ended_session_are_worth_nothing(
    tokens: Tokens, sessions: Sessions, session: Session
) -> None:
    token = tokens.issue(session)

    await sessions.remove(session.id)

    with pytest.raises(UnauthorizedError, match="has ended"):
        await tokens.verify(token)


async def test_a_token_of_a_session_that_another_process_just_made_is_known(
    tokens: Tokens, elsewhere: Database, clock: Clock
) -> None:
    others = await Sessions.load(elsewhere, clock=clock)
    made = (await others.add(name="script", role=Role.OWNER)).session
    token = Tokens(home_id=HOME, sessions=others, clock=clock).issue(made)

    assert (await tokens.verify(token)).name == "script"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "another home"},
        {"iss": None},
        {"aud": "switches"},
        {"aud": ["api"]},
        {"aud": None},
        {"sub": "somebody"},
        {"sub": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": 1e400},
        {"exp": 0},
        {"iat": None},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
    ],
    ids=str,
)
async def test_a_signed_token_that_says_something_else_is_refused(
    tokens: Tokens, session: Session, clock: Clock, changes: dict[str, Any]
) -> None:
    token = signed(header_of(session), claims_of(session, clock, **changes), session.key)

    with pytest.raises(UnauthorizedError):
        await tokens.verify(token)


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "none"},
        {"alg": "None"},
        {"alg": "HS512"},
        {"alg": "RS256"},
        {"alg": None},
        {"crit": ["exp"], "exp": 1},
        {"crit": ["b64"], "b64": False},
        {"kid": "nobody"},
        {"kid": 7},
        {"kid": None},
    ],
    ids=str,
)
async def test_a_token_with_another_header_is_refused(
    tokens: Tokens, session: Session, clock: Clock, changes: dict[str, Any]
) -> None:
    header, claims = header_of(session, **changes), claims_of(session, clock)
    digest = "sha512" if changes.get("alg") == "HS512" else "sha256"

    for token in (signed(header, claims, session.key, digest), f"{encoded(header)}.{encoded(claims)}."):
        with pytest.raises(UnauthorizedError):
            await tokens.verify(token)


async def test_a_token_signed_with_another_sessions_key_is_refused(
    tokens: Tokens, sessions: Sessions, session: Session, clock: Clock
) -> None:
    other = (await sessions.add(name="guest", role=Role.GUEST)).session

    for key in (other.key, b"", hashlib.sha256(b"").digest()):
        with pytest.raises(UnauthorizedError):
            await tokens.verify(signed(header_of(session), claims_of(session, clock), key))


async def test_a_token_changed_anywhere_is_refused(tokens: Tokens, session: Session) -> None:
    token = tokens.issue(session)

    for place in range(0, len(token), 3):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        if place != len(token) - 1:  # of the last character only four bits count
            with pytest.raises(UnauthorizedError):
                await tokens.verify(changed)


async def test_an_endless_token_is_refused_unread(tokens: Tokens, session: Session) -> None:
    with pytest.raises(UnauthorizedError):
        await tokens.verify(tokens.issue(session) + "A" * 1_000_000)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    junk=st.one_of(
        st.text(), st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*"), st.binary().map(lambda raw: encoded(raw) + ".e30.")
    )
)
async def test_junk_is_refused_and_nothing_else(tokens: Tokens, junk: str) -> None:
    with pytest.raises(UnauthorizedError):
        await tokens.verify(junk)
