"""Access tokens: short-lived JWTs (RFC 7519, HS256), each signed with the key of its session.

The one place where they are made and verified, for the relay and the command line. A session that is gone has no key, so
none of its tokens is worth anything any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum

from intercom.home.access import Principal
from intercom.storage.sessions import Session, Sessions


class Audience(StrEnum):
    """What a token is good for; one is never taken for the other."""

    API = "api"
    """`/api/v1` and the sockets."""

    SWITCHES = "switches"
    """The ancestor's routes; it also names the home as `api_serial`."""


class Tokens:
    """Makes and verifies the access tokens of one home."""

    def __init__(self, *, home_id: str, sessions: Sessions, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives seconds since the epoch."""
        raise NotImplementedError

    def issue(self, session: Session, audience: Audience = Audience.API) -> str:
        """Make a token that lives for `LIVES_S[audience]`."""
        raise NotImplementedError

    async def verify(self, token: str, audience: Audience = Audience.API) -> Principal:
        """Return who carries the token; waits for the disk only when the session is not in memory yet.

        Raises:
            UnauthorizedError: not a token of a living session of this home, or not for this audience, or expired.
        """
        raise NotImplementedError


LIVES_S: dict[Audience, int] = {Audience.API: 15 * 60, Audience.SWITCHES: 30 * 60 * 60}
