"""Who is asking: the one place where a request or a socket becomes a principal.

There are two kinds of standing. A paired client shows an access token, as a bearer (RFC 6750 §2.1) or when its socket
connects. A login shows the cookie `sid`, which is read once for each request, before anything else is done, and is the
same for a page's requests and for its sockets. A token goes before a cookie.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Final

from aiohttp import hdrs, web

from intercom.home.access import Principal, Role, SessionId
from intercom.home.errors import UnauthorizedError
from intercom.relay.fences import VISITOR
from intercom.storage.sessions import LOGIN_LIVES_S, Session, Sessions
from intercom.storage.tokens import Audience, Tokens

SID_COOKIE: Final = "sid"
SECURE_SID_COOKIE: Final = "__Host-sid"
REFRESH_COOKIE: Final = "refresh"
SECURE_REFRESH_COOKIE: Final = "__Secure-refresh"
"""The names by TLS. Browsers keep cookies by host and not by port, so by one name the plain address could give its
clients none once they had been at the secure one; nor may what went in the clear be worth anything there (RFC 6265bis
§4.1.3).
"""

REFRESH_PATH: Final = "/api/v1/session"
REFRESH_LIVES_S: Final = 400 * 24 * 3600
"""As long as browsers keep a cookie at most; the session behind it ends by removal."""

_LOGIN: Final = web.RequestKey("login", SessionId)
_NEW_COOKIE: Final = web.RequestKey("new_cookie", str)
_FOREIGN: Final = web.RequestKey("foreign", str)


def local_now() -> datetime.datetime:
    """Return the wall's own time, by which guests' hours are meant."""
    return datetime.datetime.now().astimezone()


class Entrance:
    """Finds out who is asking."""

    def __init__(
        self, *, sessions: Sessions, tokens: Tokens, local_time: Callable[[], datetime.datetime] = local_now
    ) -> None:
        self._sessions = sessions
        self._tokens = tokens
        self._local_time = local_time

    async def read_cookie(self, request: web.Request, *, foreign: str | None) -> None:
        """Read the cookie of a request, and renew it when that is due; `foreign` is the origin of a listed page.

        What is no good is as if it were not there.
        """
        if foreign is not None:
            request[_FOREIGN] = foreign
        value = cookie_of(request)
        session = None if not value else await self._sessions.find_by_cookie(value)
        if session is None:
            return
        if session.is_sid_due:
            try:
                request[_NEW_COOKIE] = await self._sessions.renew_cookie(session.id)
            except UnauthorizedError:  # another request was quicker, and only its answer has the new one
                return
        request[_LOGIN] = session.id

    async def principal_of(self, request: web.Request, *, token: str = "", at_any_hour: bool = False) -> Principal:
        """Return who is asking.

        Args:
            token: what a socket said when it connected.
            at_any_hour: whether guests may do this outside their hours.

        Raises:
            UnauthorizedError: nobody we know.
            OutsideHoursError: a guest, at a time that was not chosen.
        """
        scheme, _, bearer = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if not token and scheme.lower() == "bearer":
            token = bearer.strip()
        principal = await self._tokens.verify(token, Audience.API) if token else self.standing(request.get(_LOGIN))
        if principal is None:
            raise UnauthorizedError("an access token or a login is needed")
        if not at_any_hour:
            self.check_hours(principal)
        return principal

    async def is_known(self, request: web.Request) -> bool:
        """Tell whether somebody we know is asking, at whatever hour."""
        try:
            await self.principal_of(request, at_any_hour=True)
        except UnauthorizedError:
            return False
        return True

    def check_hours(self, principal: Principal) -> None:
        """Raise OutsideHoursError when a guest comes at a time that no owner chose."""
        principal.check_hours(self._local_time())

    def standing(self, session_id: SessionId | None) -> Principal | None:
        """Return the principal of a session that lives, as it is now."""
        session = None if session_id is None else self._sessions.find(session_id)
        return None if session is None else session.principal

    def is_within_hours(self, session: Session) -> bool:
        """Tell whether a session may be used now."""
        hours = session.terms.hours
        return hours is None or session.principal.role is not Role.GUEST or hours.include(self._local_time())


def cookie_of(request: web.Request) -> str | None:
    """Return the cookie that came with a request, good or not."""
    return request.cookies.get(_sid_cookie(request))


def give_new_cookie(request: web.Request, cookie: str) -> None:
    """Let the answer to a request carry a new cookie."""
    request[_NEW_COOKIE] = cookie


async def send_new_cookie(request: web.Request, response: web.StreamResponse) -> None:
    """Put the new cookie, if there is one, on any answer, a websocket's too; a signal of aiohttp's."""
    cookie = request.get(_NEW_COOKIE)
    if cookie is None:
        return
    is_secure, is_foreign = request[VISITOR].is_secure, _FOREIGN in request
    name = _sid_cookie(request)
    morsel = SimpleCookie({name: cookie})[name]
    morsel["path"] = "/"
    morsel["max-age"] = int(LOGIN_LIVES_S)
    morsel["httponly"] = True
    morsel["secure"] = is_secure
    # A listed page of another site can have the cookie only this way, and over TLS; origins are checked anyway.
    morsel["samesite"] = ("None" if is_secure else "Lax") if is_foreign else "Strict"
    response.headers.add(hdrs.SET_COOKIE, morsel.OutputString())  # aiohttp has taken its own cookies over already


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
        secure=request[VISITOR].is_secure,
    )


def drop_cookies(request: web.Request, response: web.StreamResponse) -> None:
    """Let a browser forget how it was let in."""
    is_secure = request[VISITOR].is_secure
    for name, path in ((_refresh_cookie(request), REFRESH_PATH), (_sid_cookie(request), "/")):
        response.del_cookie(name, path=path, httponly=True, samesite="Strict", secure=is_secure)


def _sid_cookie(request: web.Request) -> str:
    return SECURE_SID_COOKIE if request[VISITOR].is_secure else SID_COOKIE


def _refresh_cookie(request: web.Request) -> str:
    return SECURE_REFRESH_COOKIE if request[VISITOR].is_secure else REFRESH_COOKIE
