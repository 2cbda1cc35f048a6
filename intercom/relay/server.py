"""The relay: HTTP and Socket.IO on one port, and the same by TLS on another. Here are all its routes, start and end.

Stopping goes from the outside in: nobody new is let in, sockets are closed, Socket.IO's own tasks end, then the HTTP
server does. aiohttp by itself would wait for websockets that nobody closes.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import errno
import functools
import logging
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError, PayloadEncodingError

from intercom.home.access import Action
from intercom.home.errors import IntercomError, InvalidInputError, StartupError
from intercom.home.home import Home
from intercom.home.pairing import PairingDesk
from intercom.home.releases import ReleaseBoard
from intercom.relay import direct
from intercom.relay.ancestor import Ancestor, Switches
from intercom.relay.api import Api, answer
from intercom.relay.asking import Asking
from intercom.relay.auth import Entrance, local_now, send_new_cookie
from intercom.relay.bodies import BODY_WITHIN_S, MOST_BODY_BYTES, TooSlowError, read_body
from intercom.relay.direct import DirectServer
from intercom.relay.doors import Doors
from intercom.relay.fences import VISITOR, Fences
from intercom.relay.frames import SocketServer
from intercom.relay.handshakes import Handshakes
from intercom.relay.live import Live
from intercom.relay.pages import Pages
from intercom.relay.people import People, Refusals
from intercom.relay.snapshot import Snapshots
from intercom.relay.trust import Trust, secure_host
from intercom.relay.wire import error_wire
from intercom.storage.certificates import Certificates
from intercom.storage.host_names import addresses_within_reach
from intercom.storage.storage import Storage

MOST_FRAME_BYTES: Final = 256 * 1024
BACKLOG: Final = 2048
STOP_WITHIN_S: Final = 0.3
HEADERS_WITHIN_S: Final = 10.0
"""A connection on which no request arrives, or the next one does not, is closed after this long."""

MOST_CONNECTIONS: Final = 4_000
MOST_CONNECTIONS_BY_ADDRESS: Final = 256
STRANGERS_PART: Final = 2
"""One in so many connections of an address may be a socket that waits to be let in; others find room beside it."""

SOCKET_PATH: Final = "/socket.io/"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = logging.getLogger(__name__)
_http_log = logging.getLogger(f"{__name__}.http")
_http_log.addFilter(lambda record: not _is_senders_fault(record))

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
_SECURE_HEADERS: Final = {"Cross-Origin-Opener-Policy": "same-origin"}
"""Of these a browser complains when they come by plain HTTP."""

_BARE_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"


class Relay:
    """Serves one home."""

    def __init__(
        self,
        *,
        home: Home,
        desk: PairingDesk,
        releases: ReleaseBoard,
        storage: Storage,
        switches: Switches,
        web_folder: Path,
        host: str,
        port: int,
        names: tuple[str, ...] = (),
        allowed_origins: tuple[str, ...] = (),
        trusted_proxies: tuple[str, ...] = (),
        connections_by_address: int = MOST_CONNECTIONS_BY_ADDRESS,
        certificates: Certificates | None = None,
        tls_port: int = 0,
        old_sockets: bool = False,
        local_time: Callable[[], datetime.datetime] = local_now,
    ) -> None:
        """Make it.

        Args:
            web_folder: holds the built web client.
            port, tls_port: 0 is any free one.
            names, allowed_origins, trusted_proxies: as `Fences` takes them.
            connections_by_address: so many may be open from one address.
            certificates: without them there is no secure address.
            old_sockets: serve clients of Socket.IO 2 as well.
            local_time: the wall's, by which guests' hours are meant.
        """
        self._host = host
        self._port = port
        self._tls_port = tls_port
        self._certificates = certificates
        self._fences = Fences(names=names, allowed_origins=allowed_origins, trusted_proxies=trusted_proxies)
        self._doors = Doors(
            most=MOST_CONNECTIONS, most_by_address=connections_by_address, is_exempt=self._fences.is_proxy
        )
        self._desk = desk
        self._releases = releases
        self._entrance = Entrance(sessions=storage.sessions, tokens=storage.tokens, local_time=local_time)
        self._snapshots = Snapshots(home, run=secrets.token_urlsafe(9))
        asking = Asking(home, spent=storage.spent, audit=storage.audit)
        self._live = Live(
            home=home,
            snapshots=self._snapshots,
            sessions=storage.sessions,
            entrance=self._entrance,
            asking=asking,
        )
        self._api = Api(
            home=home,
            entrance=self._entrance,
            sessions=storage.sessions,
            asking=asking,
            layout=storage.layout,
            history=storage.history,
            snapshots=self._snapshots,
            live=self._live,
        )
        refusals = Refusals(audit=storage.audit, wrong_tries=storage.wrong_tries)
        self._people = People(
            entrance=self._entrance,
            desk=desk,
            sessions=storage.sessions,
            tokens=storage.tokens,
            accounts=storage.accounts,
            pin=storage.pin,
            audit=storage.audit,
            refusals=refusals,
        )
        self._ancestor = Ancestor(
            home=home,
            home_id=storage.home_id,
            desk=desk,
            sessions=storage.sessions,
            tokens=storage.tokens,
            refusals=refusals,
            history=storage.history,
            switches=switches,
        )
        self._pages = Pages(web_folder)
        self._trust = Trust(certificates, secure_url=self._secure_url)
        self._sockets = _socket_server(
            self._live, strangers_by_address=connections_by_address // STRANGERS_PART, old_sockets=old_sockets
        )
        self._open = contextlib.AsyncExitStack()

    async def start(self) -> None:
        """Listen, and tell clients what happens in the home from now on.

        Raises:
            StartupError: the address cannot be listened at.
        """
        async with contextlib.AsyncExitStack() as opening:
            listening = opening.enter_context(_listen(self._host, self._port, flag="--port"))
            self._port = listening.getsockname()[1]
            app = web.Application(middlewares=[self._guard], client_max_size=MOST_BODY_BYTES)
            app.add_routes(self.routes())
            app.on_response_prepare.append(send_new_cookie)
            runner = web.AppRunner(
                app,
                access_log=None,
                logger=_http_log,
                shutdown_timeout=STOP_WITHIN_S,
                keepalive_timeout=HEADERS_WITHIN_S,
            )
            await runner.setup()
            opening.push_async_callback(runner.cleanup)
            opening.enter_context(self._live.watching(self._desk, self._releases))
            self._sockets.start()
            opening.push_async_callback(self._sockets.stop)
            assert runner.server is not None
            loop = asyncio.get_running_loop()
            server = await loop.create_server(self._doors.before(runner.server), sock=listening, backlog=BACKLOG)
            opening.callback(server.close)
            if self._certificates is not None:
                self._listen_securely(runner, self._certificates, opening)
            self._open = opening.pop_all()

    def _listen_securely(
        self, runner: web.AppRunner, certificates: Certificates, opening: contextlib.AsyncExitStack
    ) -> None:
        """Serve the same by TLS."""
        listening = opening.enter_context(_listen(self._host, self._tls_port, flag="--tls-port"))
        self._tls_port = listening.getsockname()[1]
        assert runner.server is not None
        handshakes = Handshakes(self._doors, runner.server, context=certificates.context)
        handshakes.start(listening, backlog=BACKLOG)
        opening.push_async_callback(handshakes.stop)

    async def stop(self) -> None:
        """Close everything, within about a second."""
        await self._open.aclose()

    @property
    def port(self) -> int:
        """The port that it listens at, once started."""
        return self._port

    @property
    def sockets(self) -> int:
        """How many live clients are connected."""
        return self._live.count

    @property
    def address(self) -> str:
        """Under which other machines of the home find this one."""
        return _addresses(self._host)[0]

    @property
    def urls(self) -> list[str]:
        """Where browsers find it, the address for other machines first, the secure one last."""
        plain = [f"http://{address}:{self._port}" for address in _addresses(self._host)]
        return [*plain, *([self.secure_url] if self.secure_url else [])]

    @property
    def secure_url(self) -> str:
        """The secure address for other machines; empty when there is none."""
        return self._secure_url(None) if self._certificates is not None else ""

    @property
    def fingerprint(self) -> str:
        """That of the home's certificate authority; empty when there is none of its own."""
        authority = self._certificates.authority if self._certificates is not None else None
        return authority.fingerprint if authority is not None else ""

    def routes(self) -> list[web.RouteDef]:
        """Every route."""
        api, people, ancestor, with_token = self._api, self._people, self._ancestor, self._ancestor.with_token
        return [
            web.get("/healthz", _healthz),
            web.get(SOCKET_PATH, self._sockets.serve),
            web.post(SOCKET_PATH, self._sockets.serve),
            web.get("/api/v1", api.about),
            web.get("/api/v1/trust", self._trust.about),
            web.post("/api/v1/pairing", people.ask_pairing),
            web.post("/api/v1/pairing/{request_id}", people.give_code),
            web.post("/api/v1/login", people.log_in),
            web.get("/api/v1/session", people.session),
            web.delete("/api/v1/session", people.log_out),
            web.post("/api/v1/session/refresh", people.refresh),
            web.put("/api/v1/session/password", people.change_password),
            web.get("/api/v1/clients", people.clients),
            web.patch("/api/v1/clients/{session_id}", people.change_client),
            web.delete("/api/v1/clients/{session_id}", people.remove_client),
            web.get("/api/v1/accounts", people.accounts),
            web.post("/api/v1/accounts", people.add_account),
            web.patch("/api/v1/accounts/{account_id}", people.change_account),
            web.delete("/api/v1/accounts/{account_id}", people.remove_account),
            web.put("/api/v1/pin", people.choose_pin),
            web.get("/api/v1/audit", people.audit),
            web.get("/api/v1/snapshot", api.snapshot),
            web.get("/api/v1/areas", api.areas),
            web.post("/api/v1/areas", api.add_area),
            web.put("/api/v1/areas/order", api.order_areas),
            web.patch("/api/v1/areas/{area_id}", api.change_area),
            web.delete("/api/v1/areas/{area_id}", api.remove_area),
            web.get("/api/v1/devices", api.devices),
            web.get("/api/v1/devices/{device_id}", api.device),
            web.patch("/api/v1/devices/{device_id}", api.change_device),
            web.post("/api/v1/devices/{device_id}/command", api.command),
            web.get("/api/v1/devices/{device_id}/history", api.history),
            web.get("/api/v1/devices/{device_id}/capabilities/{capability_id}/image", api.image),
            web.get("/code", ancestor.code),
            web.get("/auth/code", ancestor.code),
            web.post("/codecheck", ancestor.codecheck),
            web.post("/auth/codecheck", ancestor.codecheck),
            web.get("/device/regist", with_token(Action.SEE_DEVICES, ancestor.devices)),
            web.delete("/device/regist", with_token(Action.ARRANGE, ancestor.remove_device)),
            web.delete("/device/regist/all", with_token(Action.ARRANGE, ancestor.remove_devices)),
            web.get("/device/log", with_token(Action.SEE_HISTORY, ancestor.logs)),
            web.get("/device/log/all", with_token(Action.SEE_HISTORY, ancestor.all_logs)),
            web.delete("/device/log/all", with_token(Action.ARRANGE, ancestor.forget_logs)),
            web.get("/device/state", with_token(Action.SEE_DEVICES, ancestor.state)),
            web.get("/device/rename", with_token(Action.ARRANGE, ancestor.rename_device)),
            web.get("/device/action", with_token(Action.COMMAND, ancestor.act)),
            web.get("/ca.crt", self._trust.der),
            web.get("/ca.pem", self._trust.pem),
            web.get("/ca.mobileconfig", self._trust.profile),
            web.get("/trust", self._pages.trust),
            web.get("/{path:.*}", self._pages.serve),
        ]

    def _secure_url(self, asked: str | None) -> str:
        """Return the secure address for those who reached the home under a name, or for anybody."""
        names = self._certificates.names if self._certificates is not None else ()
        return f"https://{secure_host(asked, self.address.strip('[]'), names)}:{self._tls_port}"

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turn away what is not for us, and refusals into answers; say on each answer what a browser may do with it."""
        foreign: str | None = None
        try:
            request[VISITOR] = visitor = self._fences.look_at(request)
            foreign = self._fences.foreign_origin(request, visitor)
            if request.method == hdrs.METH_OPTIONS and foreign is not None:
                response: web.StreamResponse = _preflight(request)
            else:
                await self._entrance.read_cookie(request, foreign=foreign)
                if request.path == SOCKET_PATH:
                    response = await _carry_sockets(request, handler)
                else:
                    if request.body_exists:
                        await read_body(request, functools.partial(self._entrance.is_known, request))
                    response = await handler(request)
        except IntercomError as error:
            response = answer(error_wire(error), status=error.status)
        except (web.RequestPayloadError, ConnectionResetError):  # the latter: the client has gone while it was sending
            response = answer(error_wire(InvalidInputError("the body is not what its headers say")), status=400)
        except web.HTTPException as error:
            response = _http_error(error)
        if response.prepared:
            return response
        headers = response.headers
        headers.update(_HEADERS)
        if VISITOR in request and request[VISITOR].is_secure:
            headers.update(_SECURE_HEADERS)
        headers.setdefault("Content-Security-Policy", _BARE_POLICY)
        headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
        if foreign is not None:
            headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = foreign
            headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
            headers.add(hdrs.VARY, hdrs.ORIGIN)
        return response


async def _carry_sockets(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Serve a socket, which reads for itself; TooSlowError when what it posts does not arrive in time."""
    try:
        async with asyncio.timeout(BODY_WITHIN_S if request.method == hdrs.METH_POST else None):
            return await handler(request)
    except TimeoutError as error:
        raise TooSlowError("the body did not arrive in time") from error


def _socket_server(live: Live, *, strangers_by_address: int, old_sockets: bool) -> SocketServer:
    newer = _newer_socket_server(live, strangers_by_address=strangers_by_address)
    if not old_sockets:
        return newer
    from intercom.relay.old_sockets import OldSocketServer

    return OldSocketServer(live, newer, max_frame_bytes=MOST_FRAME_BYTES, strangers_by_address=strangers_by_address)


def _newer_socket_server(live: Live, *, strangers_by_address: int) -> SocketServer:
    moved = direct.what_moved()
    if moved is None:
        return DirectServer(live, max_frame_bytes=MOST_FRAME_BYTES, strangers_by_address=strangers_by_address)
    from intercom.relay.stock import StockServer

    _log.warning("this version of the Socket.IO libraries moved %s: sockets are served the slower, public way", moved)
    return StockServer(live, max_frame_bytes=MOST_FRAME_BYTES)


def _is_senders_fault(record: logging.LogRecord) -> bool:
    """Tell whether aiohttp complains of bytes that are no HTTP, or of a client that hung up in the middle.

    Anybody can do that, so it is not for the log.
    """
    faults = (HttpProcessingError, web.RequestPayloadError, PayloadEncodingError, ConnectionResetError)
    return record.exc_info is not None and isinstance(record.exc_info[1], faults)


async def _healthz(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


def _preflight(request: web.Request) -> web.Response:
    asked = request.headers.get(hdrs.ACCESS_CONTROL_REQUEST_HEADERS, "")
    return web.Response(
        status=204,
        headers={
            hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, POST, PUT, PATCH, DELETE",
            hdrs.ACCESS_CONTROL_ALLOW_HEADERS: asked,
            hdrs.ACCESS_CONTROL_MAX_AGE: "600",
        },
    )


def _http_error(error: web.HTTPException) -> web.Response:
    response = answer({"error": {"code": _code_of(error.status), "message": error.reason}}, status=error.status)
    if hdrs.ALLOW in error.headers:
        response.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
    return response


def _code_of(status: int) -> str:
    codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 503: "busy"}
    return codes.get(status, "invalid" if status < 500 else "failed")


def _listen(host: str, port: int, *, flag: str) -> socket.socket:
    """Open a socket that the relay listens at; StartupError says in one line why not, and the flag for another port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":  # there the other option lets any program take the port from us
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise StartupError(f"port {port} is in use by another program; choose another with {flag}") from error
        raise StartupError(f"cannot listen at {host} port {port}: {error.strerror or error}") from error
    listening.setblocking(False)
    return listening


def _addresses(host: str) -> list[str]:
    if host not in ("0.0.0.0", "::", ""):  # noqa: S104  # compared, not bound
        return [f"[{host}]" if ":" in host else host]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: it only asks which address would be used
            return [probe.getsockname()[0], "127.0.0.1"]
        except OSError:  # a network that leads nowhere else, or none
            return [*addresses_within_reach(), "127.0.0.1"]
