"""Who is asking: the one place where a request becomes a principal, and where foreign pages are turned away."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from intercom.home.access import Principal, SessionId
from intercom.home.errors import ForbiddenError, UnauthorizedError
from intercom.storage.tokens import Audience, Tokens

REFRESH_COOKIE = "refresh"
SECURE_REFRESH_COOKIE = "__Secure-refresh"
"""By TLS. Browsers keep cookies by host and not by port, so by one name the plain address could give its clients none
once they had been at the secure one; nor may what went in the clear be worth anything there (RFC 6265bis §4.1.3.1).
"""

REFRESH_PATH = "/api/v1/session"
REFRESH_LIVES_S = 400 * 24 * 3600
"""As long as browsers keep a cookie at most; the session behind it ends by removal."""


async def principal_of(request: web.Request, tokens: Tokens) -> Principal:
    """Return who is asking, by the bearer token (RFC 6750 §2.1).

    Raises:
        UnauthorizedError: no token, or not a good one.
    """
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer":
        raise UnauthorizedError("an access token is needed")
    return await tokens.verify(token.strip(), Audience.API)


def own_session(principal: Principal) -> SessionId:
    """Return the session of a principal that came over the network; each of them has one."""
    if principal.session_id is None:
        raise UnauthorizedError("this is for paired clients")
    return principal.session_id


def refresh_credential_of(request: web.Request) -> str | None:
    """Return the credential that a browser kept."""
    return request.cookies.get(_refresh_cookie(request))


def keep_refresh_credential(request: web.Request, response: web.StreamResponse, credential: str) -> None:
    """Let a browser keep the credential where no script can read it."""
    response.set_cookie(
        _refresh_cookie(request),
        credential,
        path=REFRESH_PATH,
        max_age=REFRESH_LIVES_S,
        httponly=True,
        samesite="Strict",
        secure=request.secure,
    )


def drop_refresh_credential(request: web.Request, response: web.StreamResponse) -> None:
    name = _refresh_cookie(request)
    response.del_cookie(name, path=REFRESH_PATH, httponly=True, samesite="Strict", secure=request.secure)


def _refresh_cookie(request: web.Request) -> str:
    return SECURE_REFRESH_COOKIE if request.secure else REFRESH_COOKIE


class Origins:
    """Which pages may use the relay: its own, and those that are listed."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        """`allowed` are origins as browsers send them, such as "https://panel.example"."""
        self._allowed = frozenset(origin.rstrip("/").lower() for origin in allowed)

    def check(self, request: web.Request) -> str | None:
        """Return the origin of a listed foreign page, None for our own page and for what is no page.

        Raises:
            ForbiddenError: a foreign page that is not listed.
        """
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is None:
            return None
        if origin.lower() in self._allowed:
            return origin
        with contextlib.suppress(ValueError):  # what no browser sends is no page of ours
            page = urlsplit(origin)
            if page.scheme in ("http", "https") and page.netloc and page.netloc.lower() == request.host.lower():
                return None
        raise ForbiddenError("pages of this origin may not use the relay")
