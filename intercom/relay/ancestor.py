"""The contract of the ancestor, for the clients that speak it: pairing by header, and the switches under `/device`.

What those clients see is kept byte for byte: paths, headers, field names, status codes and the Korean messages. It is a
second face of the same parts: the code is the panel's, the token stands for a session that can be revoked, a switch is
a device of the home. Nothing here is reached without a token but the two routes that lead to one.
"""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

from aiohttp import web

from intercom.home.access import Action, Principal
from intercom.home.errors import IntercomError, InvalidInputError, NotFoundError, TooManyTriesError, UnauthorizedError
from intercom.home.home import Home
from intercom.home.model import DeviceId
from intercom.home.pairing import BusyError, ExpiredCodeError, PairingDesk, WrongCodeError
from intercom.relay.api import answer
from intercom.relay.auth import own_session
from intercom.relay.fences import address_of
from intercom.relay.people import Refusals, taking_as_long
from intercom.relay.wire import Json
from intercom.storage.history import Entry, History
from intercom.storage.sessions import Sessions
from intercom.storage.tokens import LIVES_S, Audience, Tokens

EXPIRED_CODE: Final = "만료된 코드"
WRONG_CODE: Final = "잘못된 인증코드"
EXPIRED_TOKEN: Final = "토큰만료"  # noqa: S105  # a message
NO_DEVICES: Final = "등록기기 없음"
NO_SUCH_DEVICE: Final = "요청기기 없음"
BUSY: Final = "다른 기기 인증중"
TOO_MANY_TRIES: Final = "시도횟수 초과"
MOST_LOGS: Final = 1_000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Registration(Protocol):
    """A switch device as it introduced itself."""

    @property
    def host(self) -> str: ...
    @property
    def way(self) -> int: ...


class Switches(Protocol):
    """The adapter of the ancestor's switches, as far as its clients reach it."""

    def hosts(self) -> Sequence[Registration]: ...
    def device_id(self, host: str) -> DeviceId: ...
    def states(self, host: str) -> list[bool]: ...
    async def rename(self, host: str, name: str) -> None: ...
    async def remove(self, host: str) -> None: ...
    async def toggle(self, host: str, number: int) -> None: ...


class Ancestor:
    """Answers the ancestor's routes."""

    def __init__(
        self,
        *,
        home: Home,
        home_id: str,
        desk: PairingDesk,
        sessions: Sessions,
        tokens: Tokens,
        refusals: Refusals,
        history: History,
        switches: Switches,
    ) -> None:
        """`home_id` is what its clients know as `api_serial`."""
        self._home = home
        self._home_id = home_id
        self._desk = desk
        self._sessions = sessions
        self._tokens = tokens
        self._refusals = refusals
        self._history = history
        self._switches = switches

    # Pairing

    async def code(self, request: web.Request) -> web.Response:
        address = address_of(request)
        try:
            self._desk.make_plain(address=address)
        except IntercomError as error:
            await self._refusals.take(error, address)
            return _refused(error)
        return answer({"success": True})

    async def codecheck(self, request: web.Request) -> web.Response:
        address = address_of(request)
        async with taking_as_long():
            try:
                asker = self._desk.redeem_plain(request.headers.get("code", ""), address=address)
                admission = await self._sessions.add(
                    name=asker.address or "?",
                    role=asker.role,
                    address=address,
                    lives_s=LIVES_S[Audience.SWITCHES],
                    let_in_by="panel",
                )
            except IntercomError as error:
                await self._refusals.take(error, address)
                return _refused(error)
        token = self._tokens.issue(admission.session, Audience.SWITCHES)
        return answer({"success": True, "token": token}, status=201)

    # Switches

    def with_token(self, action: Action, handler: Handler) -> Handler:
        """Let a handler be reached by those who hold a token, see all devices and may do this."""

        async def handle(request: web.Request) -> web.StreamResponse:
            token = request.headers.get("x-access-token") or request.query.get("token", "")
            try:
                principal: Principal = await self._tokens.verify(token, Audience.SWITCHES)
                self._sessions.saw(own_session(principal), address=address_of(request))
                principal.require(Action.SEE_ALL_DEVICES)
                principal.require(action)
                return await handler(request)
            except IntercomError as error:
                return _refused(error)

        return handle

    async def devices(self, _request: web.Request) -> web.Response:
        return answer({"success": True, "devices": [self._device_wire(each) for each in self._registered()]})

    async def remove_device(self, request: web.Request) -> web.Response:
        await self._switches.remove(_host(request))
        return answer({"success": True})

    async def remove_devices(self, _request: web.Request) -> web.Response:
        for registration in self._registered():
            await self._switches.remove(registration.host)
        return answer({"success": True})

    async def rename_device(self, request: web.Request) -> web.Response:
        host = _host(request)
        self._switches.device_id(host)
        await self._switches.rename(host, request.query.get("newname", ""))
        return answer({"success": True})

    async def state(self, request: web.Request) -> web.Response:
        return answer({"success": True, "state": self._switches.states(_host(request))})

    async def act(self, request: web.Request) -> web.Response:
        host = _host(request)
        self._switches.device_id(host)
        number = request.query.get("switch", "")
        if not (number.isascii() and number.isdigit() and len(number) < 3):
            raise InvalidInputError("expected the number of a switch")
        await self._switches.toggle(host, int(number))
        return answer({"success": True, "device": {"states": self._switches.states(host)}})

    async def logs(self, request: web.Request) -> web.Response:
        return answer({"success": True, "logs": await self._logs_of(_host(request))})

    async def all_logs(self, _request: web.Request) -> web.Response:
        logs = [log for registration in self._registered() for log in await self._logs_of(registration.host)]
        logs.sort(key=lambda log: str(log["createdAt"]), reverse=True)
        return answer({"success": True, "logs": logs[:MOST_LOGS]})

    async def forget_logs(self, _request: web.Request) -> web.Response:
        for registration in self._registered():
            await self._history.forget(self._switches.device_id(registration.host))
        return answer({"success": True})

    # Inside

    def _registered(self) -> Sequence[Registration]:
        registered = self._switches.hosts()
        if not registered:
            raise _NoDevicesError(NO_DEVICES)
        return registered

    def _device_wire(self, registration: Registration) -> Json:
        return {
            "api_serial": self._home_id,
            "device_host": registration.host,
            "device_name": self._home.shown_name(self._switches.device_id(registration.host)),
            "way": registration.way,
        }

    async def _logs_of(self, host: str) -> list[Json]:
        device_id = self._switches.device_id(host)
        name = self._home.shown_name(device_id)
        entries = await self._history.query(device_id, limit=MOST_LOGS)
        return [
            {
                "api_serial": self._home_id,
                "device_host": host,
                "device_name": name,
                "switch": int(entry.capability_id),
                "state": entry.state.get("on") is True,
                "createdAt": _instant(entry),
            }
            for entry in entries
        ]


class _NoDevicesError(NotFoundError):
    """Nothing has introduced itself yet."""


def _host(request: web.Request) -> str:
    return request.query.get("host", "")


def _instant(entry: Entry) -> str:
    at = datetime.datetime.fromtimestamp(entry.at, datetime.UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _refused(error: IntercomError) -> web.Response:
    status, message = error.status, str(error)
    match error:
        case ExpiredCodeError():
            message = EXPIRED_CODE
        case WrongCodeError():
            message = WRONG_CODE
        case UnauthorizedError():
            message = EXPIRED_TOKEN
        case BusyError():
            message = BUSY
        case TooManyTriesError():
            message = TOO_MANY_TRIES
        case _NoDevicesError():
            status = 400
        case NotFoundError():
            status, message = 400, NO_SUCH_DEVICE
    return answer({"success": False, "error": {"status": status, "message": message}}, status=status)
