"""Access tokens: short-lived JWTs (RFC 7519, HS256), each signed with the key of its session.

The one place where they are made and verified, for the relay and the command line. A session that is gone has no key,
so none of its tokens is worth anything any more. What a token says is read only after its signature was found right,
but for the header's `kid`, which names the session whose key that is.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from intercom.home.access import Principal, SessionId
from intercom.home.errors import UnauthorizedError
from intercom.storage.sessions import Session, Sessions


@contextlib.contextmanager
def _unseen(module: str) -> Iterator[None]:
    """Let imports within the block believe that a module is not installed, unless it was imported already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # as the language reference says, §5.3.1
    try:
        yield
    finally:
        del sys.modules[module]


with _unseen("cryptography"):  # PyJWT would import it for algorithms that are never used here: 10 MB, and 40 ms a start
    from jwt.api_jws import PyJWS
    from jwt.exceptions import PyJWTError
    from jwt.utils import base64url_decode


class Audience(StrEnum):
    """What a token is good for; one is never taken for the other."""

    API = "api"
    """`/api/v1` and the sockets."""

    SWITCHES = "switches"
    """The ancestor's routes; it also names the home as `api_serial`."""


LIVES_S: Final[dict[Audience, int]] = {Audience.API: 15 * 60, Audience.SWITCHES: 30 * 60 * 60}
MAY_BE_AHEAD_S: Final = 60
"""So far the clock may have been set back since a token was made."""

_ALGORITHM: Final = "HS256"
_LONGEST: Final = 2048


class _Header(msgspec.Struct):
    kid: str


class _Claims(msgspec.Struct, omit_defaults=True):
    iss: str
    aud: str
    sub: str
    iat: int
    exp: int
    nbf: int = 0
    api_serial: str | None = None


_JWS: Final = PyJWS(algorithms=[_ALGORITHM])
_HEADER: Final = msgspec.json.Decoder(_Header)
_CLAIMS: Final = msgspec.json.Decoder(_Claims)


class Tokens:
    """Makes and verifies the access tokens of one home."""

    def __init__(self, *, home_id: str, sessions: Sessions, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives seconds since the epoch."""
        self._home_id = home_id
        self._sessions = sessions
        self._clock = clock

    def issue(self, session: Session, audience: Audience = Audience.API) -> str:
        """Make a token that lives for `LIVES_S[audience]`."""
        now = int(self._clock())
        claims = _Claims(
            iss=self._home_id,
            aud=audience,
            sub=session.id,
            iat=now,
            exp=now + LIVES_S[audience],
            api_serial=self._home_id if audience is Audience.SWITCHES else None,
        )
        return _JWS.encode(msgspec.json.encode(claims), session.key, _ALGORITHM, headers={"kid": session.id})

    async def verify(self, token: str, audience: Audience = Audience.API) -> Principal:
        """Return who carries the token; waits for the disk only when the session is not in memory yet.

        Raises:
            UnauthorizedError: not a token of a living session of this home, or not for this audience, or expired.
        """
        session_id = _session_id(token)
        if self._sessions.find(session_id) is None:
            await self._sessions.catch_up()
        session = self._sessions.find(session_id)
        if session is None:
            raise UnauthorizedError("the session of this access token has ended")
        try:
            claims = _CLAIMS.decode(_JWS.decode(token, session.key, algorithms=[_ALGORITHM]))
        except (PyJWTError, msgspec.MsgspecError):
            raise _not_a_token() from None
        if (claims.iss, claims.aud, claims.sub) != (self._home_id, audience, session_id):
            raise _not_a_token()
        now = self._clock()
        if now >= claims.exp:
            raise UnauthorizedError("this access token has expired")
        if max(claims.iat, claims.nbf) > now + MAY_BE_AHEAD_S:
            raise UnauthorizedError("this access token is not valid yet")
        return session.principal


def _session_id(token: str) -> SessionId:
    if len(token) > _LONGEST:
        raise _not_a_token()
    try:
        return SessionId(_HEADER.decode(base64url_decode(token.partition(".")[0])).kid)
    except (ValueError, msgspec.MsgspecError):
        raise _not_a_token() from None


def _not_a_token() -> UnauthorizedError:
    return UnauthorizedError("this is not an access token of this home")
