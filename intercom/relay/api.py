"""The handlers of `/api/v1` about the home: its devices and areas, commands, history. `people` has those about people.

Each handler reads a request, asks the part that decides, and tells the answer. What is refused is raised as an
IntercomError, which `server` turns into an answer.
"""

from __future__ import annotations

import math
from typing import Any, Final, cast

import msgspec
from aiohttp import web

from intercom import __version__
from intercom.home.access import Action, Principal
from intercom.home.capabilities import CapabilityId, ImageState
from intercom.home.errors import InvalidInputError, NotFoundError
from intercom.home.home import Home
from intercom.home.model import AreaId, DeviceId
from intercom.relay import wire
from intercom.relay.asking import Asking, device_seen
from intercom.relay.auth import Entrance, own_session
from intercom.relay.bodies import body_of
from intercom.relay.fences import address_of
from intercom.relay.live import Live
from intercom.relay.snapshot import Snapshots
from intercom.storage.history import History
from intercom.storage.layout import Layout, PlacementChanges
from intercom.storage.sessions import Sessions

MOST_HISTORY: Final = 1_000
_PICTURES: Final = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp")


class Desk:
    """What all handlers have in common: they know who is asking."""

    def __init__(self, *, entrance: Entrance, sessions: Sessions) -> None:
        self._entrance = entrance
        self._sessions = sessions

    async def who(self, request: web.Request) -> Principal:
        """Return who is asking; errors as `Entrance.principal_of`."""
        principal = await self._entrance.principal_of(request)
        self._sessions.saw(own_session(principal), address=address_of(request))
        return principal

    async def may(self, request: web.Request, action: Action) -> Principal:
        """Return who is asking, or raise ForbiddenError when they may not do this."""
        principal = await self.who(request)
        principal.require(action)
        return principal


class Api(Desk):
    """Answers what is asked about the home."""

    def __init__(
        self,
        *,
        home: Home,
        entrance: Entrance,
        sessions: Sessions,
        asking: Asking,
        layout: Layout,
        history: History,
        snapshots: Snapshots,
        live: Live,
    ) -> None:
        super().__init__(entrance=entrance, sessions=sessions)
        self._home = home
        self._asking = asking
        self._layout = layout
        self._history = history
        self._snapshots = snapshots
        self._live = live

    async def about(self, _request: web.Request) -> web.Response:
        """Tell a stranger what this is, and nothing about the home."""
        return answer({"product": "intercom", "protocol": wire.PROTOCOL, "version": __version__})

    async def snapshot(self, request: web.Request) -> web.Response:
        await self.may(request, Action.SEE_DEVICES)
        await self._snapshots.prepare()
        principal = await self.may(request, Action.SEE_DEVICES)  # as it is now: the home may have been large
        return answer(b"".join(self._live.snapshot(principal)))

    async def devices(self, request: web.Request) -> web.Response:
        await self.may(request, Action.SEE_DEVICES)
        await self._snapshots.prepare()
        principal = await self.may(request, Action.SEE_DEVICES)  # as it is now: the home may have been large
        devices = self._snapshots.devices(principal.view)
        return answer(b'{"devices":%b}' % devices)

    async def device(self, request: web.Request) -> web.Response:
        principal = await self.may(request, Action.SEE_DEVICES)
        return answer(self._snapshots.device(self._seen(request, principal)))

    async def change_device(self, request: web.Request) -> web.Response:
        principal = await self.may(request, Action.ARRANGE)
        device_id = self._seen(request, principal)
        patch = wire.read(body_of(request), wire.DevicePatch)
        if patch.is_shared is not msgspec.UNSET:
            principal.require(Action.SHARE)
        changes = {name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET}
        await self._layout.change_device(device_id, **cast(PlacementChanges, changes))
        return answer(self._snapshots.device(device_id))

    async def command(self, request: web.Request) -> web.Response:
        principal = await self.who(request)
        asked = wire.read(body_of(request), wire.CommandAsked)
        outcome = await self._asking.command(
            principal,
            device=request.match_info["device_id"],
            capability=asked.capability,
            said=asked.command,
            once=asked.once,
            address=address_of(request),
        )
        return answer(wire.outcome_wire(outcome))

    async def history(self, request: web.Request) -> web.Response:
        principal = await self.may(request, Action.SEE_HISTORY)
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
        principal = await self.may(request, Action.SEE_DEVICES)
        device_id = self._seen(request, principal)
        held = self._home.held(device_id).get(CapabilityId(request.match_info["capability_id"]))
        if held is None or not isinstance(held.state, ImageState) or held.state.data is None:
            raise NotFoundError("there is no picture")
        is_picture = held.state.media_type in _PICTURES
        media_type = cast(str, held.state.media_type) if is_picture else "application/octet-stream"
        return web.Response(body=held.state.data, content_type=media_type)

    # Areas

    async def areas(self, request: web.Request) -> web.Response:
        principal = await self.may(request, Action.SEE_DEVICES)
        return answer(b'{"areas":%b}' % self._snapshots.areas(principal.view))

    async def add_area(self, request: web.Request) -> web.Response:
        await self.may(request, Action.ARRANGE)
        made = wire.read(body_of(request), wire.AreaMade)
        return answer(wire.area_wire(await self._layout.add_area(made.name, icon=made.icon)), status=201)

    async def change_area(self, request: web.Request) -> web.Response:
        await self.may(request, Action.ARRANGE)
        patch = wire.read(body_of(request), wire.AreaPatch)
        area_id = AreaId(request.match_info["area_id"])
        return answer(wire.area_wire(await self._layout.change_area(area_id, name=patch.name, icon=patch.icon)))

    async def remove_area(self, request: web.Request) -> web.Response:
        await self.may(request, Action.ARRANGE)
        await self._layout.remove_area(AreaId(request.match_info["area_id"]))
        return web.Response(status=204)

    async def order_areas(self, request: web.Request) -> web.Response:
        principal = await self.may(request, Action.ARRANGE)
        order = wire.read(body_of(request), wire.AreaOrder)
        await self._layout.order_areas([AreaId(area_id) for area_id in order.ids])
        return answer(b'{"areas":%b}' % self._snapshots.areas(principal.view))

    def _seen(self, request: web.Request, principal: Principal) -> DeviceId:
        return device_seen(self._home, principal, request.match_info["device_id"])


def answer(told: Any, *, status: int = 200) -> web.Response:
    """Answer with JSON; bytes are JSON already."""
    body = told if isinstance(told, bytes) else wire.encode(told)
    return web.Response(body=body, status=status, content_type="application/json", charset="utf-8")


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
