"""The handlers of `/api/v1`: pairing and sessions, the home, its devices and areas, commands, history, paired clients.

Each handler reads a request, asks the part that decides, and tells the answer. What is refused is raised as an
IntercomError, which `server` turns into an answer.
"""

from __future__ import annotations

import math
from typing import Any, Final, cast

import msgspec
from aiohttp import web

from intercom import __version__
from intercom.home.access import Action, Principal, SessionId
from intercom.home.capabilities import CapabilityId, ImageState
from intercom.home.errors import InvalidInputError, NotFoundError, UnauthorizedError
from intercom.home.home import Home
from intercom.home.model import AreaId, DeviceId
from intercom.home.pairing import PairingDesk, WrongCodeError
from intercom.relay import asking, wire
from intercom.relay.auth import (
    drop_refresh_credential,
    keep_refresh_credential,
    own_session,
    principal_of,
    refresh_credential_of,
)
from intercom.relay.live import Live
from intercom.relay.snapshot import Snapshots
from intercom.storage.history import History
from intercom.storage.layout import Layout, PlacementChanges
from intercom.storage.sessions import Admission, Session, Sessions
from intercom.storage.tokens import LIVES_S, Audience, Tokens
from intercom.storage.wrong_tries import WrongTries

MOST_HISTORY: Final = 1_000
_PICTURES: Final = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp")


class Api:
    """Answers `/api/v1`."""

    def __init__(
        self,
        *,
        home: Home,
        desk: PairingDesk,
        sessions: Sessions,
        tokens: Tokens,
        wrong_tries: WrongTries,
        layout: Layout,
        history: History,
        snapshots: Snapshots,
        live: Live,
    ) -> None:
        self._home = home
        self._desk = desk
        self._sessions = sessions
        self._tokens = tokens
        self._wrong_tries = wrong_tries
        self._layout = layout
        self._history = history
        self._snapshots = snapshots
        self._live = live

    async def about(self, _request: web.Request) -> web.Response:
        """Tell a stranger what this is, and nothing about the home."""
        return answer({"product": "intercom", "protocol": wire.PROTOCOL, "version": __version__})

    # Pairing and sessions

    async def ask_pairing(self, request: web.Request) -> web.Response:
        asked = wire.read(await request.read(), wire.PairingAsked)
        made = self._desk.ask(name=asked.name, address=request.remote or "")
        told = {"request_id": made.request_id, "secret": made.secret, "lives_s": made.lives_s}
        return answer(told, status=201)

    async def give_code(self, request: web.Request) -> web.Response:
        given = wire.read(await request.read(), wire.CodeGiven)
        try:
            asker = self._desk.redeem(request_id=request.match_info["request_id"], secret=given.secret, code=given.code)
        except WrongCodeError:
            await self._wrong_tries.keep(self._desk.wrong_tries)
            raise
        admission = await self._sessions.add(name=asker.name, role=asker.role, address=request.remote or "")
        return self._admitted(request, admission, is_native=given.native)

    async def refresh(self, request: web.Request) -> web.Response:
        asked = wire.read(await request.read(), wire.RefreshAsked)
        credential = asked.refresh_credential or refresh_credential_of(request)
        if not credential:
            raise UnauthorizedError("a refresh credential is needed")
        admission = await self._sessions.refresh(credential, address=request.remote or "")
        return self._admitted(request, admission, is_native=asked.refresh_credential is not None)

    async def session(self, request: web.Request) -> web.Response:
        return answer(wire.principal_wire(await self._who(request)))

    async def log_out(self, request: web.Request) -> web.Response:
        principal = await self._who(request)
        await self._sessions.remove(own_session(principal))
        response = web.Response(status=204)
        drop_refresh_credential(request, response)
        return response

    async def clients(self, request: web.Request) -> web.Response:
        principal = await self._may(request, Action.MANAGE_CLIENTS)
        return answer({"clients": [_client_wire(session, principal) for session in self._sessions.all]})

    async def remove_client(self, request: web.Request) -> web.Response:
        await self._may(request, Action.MANAGE_CLIENTS)
        await self._sessions.remove(SessionId(request.match_info["session_id"]))
        return web.Response(status=204)

    def _admitted(self, request: web.Request, admission: Admission, *, is_native: bool) -> web.Response:
        session = admission.session
        told: wire.Json = {
            "access_token": self._tokens.issue(session),
            "expires_in_s": LIVES_S[Audience.API],
            "session": wire.principal_wire(session.principal),
        }
        if is_native:
            return answer({**told, "refresh_credential": admission.refresh_credential})
        response = answer(told)
        keep_refresh_credential(request, response, admission.refresh_credential)
        return response

    # The home

    async def snapshot(self, request: web.Request) -> web.Response:
        principal = await self._may(request, Action.SEE_DEVICES)
        await self._snapshots.prepare()
        return answer(b"".join(self._live.snapshot(principal)))

    async def devices(self, request: web.Request) -> web.Response:
        principal = await self._may(request, Action.SEE_DEVICES)
        await self._snapshots.prepare()
        devices = self._snapshots.devices(sees_all=principal.may(Action.SEE_ALL_DEVICES))
        return answer(b'{"devices":%b}' % devices)

    async def device(self, request: web.Request) -> web.Response:
        principal = await self._may(request, Action.SEE_DEVICES)
        return answer(self._snapshots.device(self._seen(request, principal)))

    async def change_device(self, request: web.Request) -> web.Response:
        principal = await self._may(request, Action.ARRANGE)
        device_id = self._seen(request, principal)
        patch = wire.read(await request.read(), wire.DevicePatch)
        if patch.is_shared is not msgspec.UNSET:
            principal.require(Action.MANAGE_CLIENTS)  # what guests see is the owner's choice
        changes = {name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET}
        await self._layout.change_device(device_id, **cast(PlacementChanges, changes))
        return answer(self._snapshots.device(device_id))

    async def command(self, request: web.Request) -> web.Response:
        principal = await self._who(request)
        asked = wire.read(await request.read(), wire.CommandAsked)
        outcome = await asking.command(
            self._home,
            principal,
            device=request.match_info["device_id"],
            capability=asked.capability,
            said=asked.command,
        )
        return answer(wire.outcome_wire(outcome))

    async def history(self, request: web.Request) -> web.Response:
        principal = await self._may(request, Action.SEE_HISTORY)
        device_id = self._seen(request, principal)
        capability = request.query.get("capability")
        entries = await self._history.query(
            device_id,
            capability_id=None if capability is None else CapabilityId(capability),
            since=_number(request, "since"),
            limit=int(min(_number(request, "limit") or 100, MOST_HISTORY)),
        )
        told = [{"at": entry.at, "capability": entry.capability_id, "state": entry.state} for entry in entries]
        return answer({"entries": told})

    async def image(self, request: web.Request) -> web.Response:
        principal = await self._may(request, Action.SEE_DEVICES)
        device_id = self._seen(request, principal)
        held = self._home.held(device_id).get(CapabilityId(request.match_info["capability_id"]))
        if held is None or not isinstance(held.state, ImageState) or held.state.data is None:
            raise NotFoundError("there is no picture")
        is_picture = held.state.media_type in _PICTURES
        media_type = cast(str, held.state.media_type) if is_picture else "application/octet-stream"
        return web.Response(body=held.state.data, content_type=media_type)

    # Areas

    async def areas(self, request: web.Request) -> web.Response:
        await self._may(request, Action.SEE_DEVICES)
        return answer(b'{"areas":%b}' % self._snapshots.areas())

    async def add_area(self, request: web.Request) -> web.Response:
        await self._may(request, Action.ARRANGE)
        made = wire.read(await request.read(), wire.AreaMade)
        return answer(wire.area_wire(await self._layout.add_area(made.name, icon=made.icon)), status=201)

    async def change_area(self, request: web.Request) -> web.Response:
        await self._may(request, Action.ARRANGE)
        patch = wire.read(await request.read(), wire.AreaPatch)
        area_id = AreaId(request.match_info["area_id"])
        return answer(wire.area_wire(await self._layout.change_area(area_id, name=patch.name, icon=patch.icon)))

    async def remove_area(self, request: web.Request) -> web.Response:
        await self._may(request, Action.ARRANGE)
        await self._layout.remove_area(AreaId(request.match_info["area_id"]))
        return web.Response(status=204)

    async def order_areas(self, request: web.Request) -> web.Response:
        await self._may(request, Action.ARRANGE)
        order = wire.read(await request.read(), wire.AreaOrder)
        await self._layout.order_areas([AreaId(area_id) for area_id in order.ids])
        return answer(b'{"areas":%b}' % self._snapshots.areas())

    # Inside

    async def _who(self, request: web.Request) -> Principal:
        principal = await principal_of(request, self._tokens)
        self._sessions.saw(own_session(principal), address=request.remote or "")
        return principal

    async def _may(self, request: web.Request, action: Action) -> Principal:
        principal = await self._who(request)
        principal.require(action)
        return principal

    def _seen(self, request: web.Request, principal: Principal) -> DeviceId:
        return asking.device_seen(self._home, principal, request.match_info["device_id"])


def answer(told: Any, *, status: int = 200) -> web.Response:
    """Answer with JSON; bytes are JSON already."""
    body = told if isinstance(told, bytes) else wire.encode(told)
    return web.Response(body=body, status=status, content_type="application/json", charset="utf-8")


def _client_wire(session: Session, principal: Principal) -> wire.Json:
    return {
        **wire.principal_wire(session.principal),
        "created_at": session.created_at,
        "seen_at": session.seen_at,
        "address": session.address,
        "is_you": session.id == principal.session_id,
    }


def _number(request: web.Request, name: str) -> float | None:
    said = request.query.get(name)
    if said is None:
        return None
    try:
        number = float(said)
    except ValueError:
        number = math.nan
    if not 0 <= number < 1e12:
        raise InvalidInputError(f"{name} must be a number that is not negative")
    return number
