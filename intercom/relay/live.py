"""What connected clients see live: who watches, what has changed since they were last told, and how it reaches them.

Changes are not sent one by one. `Home` says that something changed, it is marked, and at the end of the loop's pass all
that is marked goes out in one *round*:

1. each marked capability's latest state is encoded once, and each marked device's tile;
2. from these one frame is joined for all clients with equal rights;
3. the same bytes are offered to each of them, in slices, so that the window keeps its frames.

A frame's revision is the home's when it was made, and it tells all that led there: revisions that a client sees grow.

A round is paid for with a rest of `REST` times what it cost, so when much happens more changes share a frame and the
loop is never given to sending alone. `CREDIT_S` of rest is had in advance: when little happens, as between a command
and its confirmation, rounds follow each other at once. What is only wanted waits `WANTED_WAITS_S` for what confirms it:
devices that answer at once cost one round and not two, and nobody has to see the first.

A client that is behind with reading is left out of rounds: it is only remembered which round it saw last, and for the
home which device changed in which round since somebody fell behind. Once it has read, it is sent the devices that
changed meanwhile, as they are then. If it does not read at all, it is cut.

A client that begins to watch gets the home as it is, in the same step in which it joins: it is told what happens in all
rounds that begin later, and nothing of those before.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from intercom.home.access import Action, Principal, SessionId, View
from intercom.home.capabilities import CapabilityId
from intercom.home.errors import IntercomError, TooManyTriesError, UnauthorizedError
from intercom.home.home import Home
from intercom.home.model import Change, ChangeKind, DeviceId
from intercom.home.pairing import LiveCode, PairingDesk
from intercom.home.releases import NewRelease, ReleaseBoard
from intercom.home.tile import tile_of
from intercom.relay.asking import Asking
from intercom.relay.auth import Entrance
from intercom.relay.fences import address_of
from intercom.relay.frames import Answer, Frame, Outlet
from intercom.relay.snapshot import Snapshots
from intercom.relay.wire import (
    Credentials,
    SocketCommandAsked,
    WatchAsked,
    encode,
    error_wire,
    event_wire,
    outcome_wire,
    principal_wire,
    release_wire,
    state_wire,
    take,
    tile_wire,
)
from intercom.storage.sessions import Session, Sessions
from intercom.storage.terms import hours_wire

REST: Final = 3.0
CREDIT_S: Final = 0.010
LONGEST_REST_S: Final = 0.030
WANTED_WAITS_S: Final = 0.003
SLICE_S: Final = 0.004
MUCH: Final = 300
"""More changed devices than can be encoded in a slice of time."""

MOST_PUT_OFF: Final = 100
MOST_EVENTS_A_ROUND: Final = 256
MOST_COMMANDS: Final = 32
"""So many commands of one socket may wait for their device."""

LOOK_AFTER_S: Final = 0.05
CUT_AFTER_S: Final = 10.0
"""A client that is behind and reads nothing for so long is cut."""

HOURS_EVERY_S: Final = 1.0
"""How often it is seen to that guests are gone when their hours are over."""

ENDED: Final = Frame("session", encode({"ended": True}))


@dataclass(slots=True)
class _Marked:
    """What has changed and is not yet told; the keys' order is the order of their first change."""

    states: dict[DeviceId, dict[CapabilityId, None]] = field(default_factory=dict)
    devices: dict[DeviceId, None] = field(default_factory=dict)
    removed: dict[DeviceId, None] = field(default_factory=dict)
    areas: bool = False
    troubles: bool = False
    events: list[tuple[DeviceId, bytes]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.states or self.devices or self.removed or self.areas or self.troubles or self.events)


@dataclass(slots=True, eq=False)
class _Round:
    """One round of telling.

    Attributes:
        number: counts rounds by one.
        frames: by what the receiver sees; None when there is nothing for them.
        devices, areas, troubles: what it is about.
    """

    number: int
    frames: dict[View, Frame | None] = field(default_factory=dict)
    devices: tuple[DeviceId, ...] = ()
    areas: bool = False
    troubles: bool = False
    cost_s: float = 0.0


@dataclass(slots=True, eq=False)
class _Client:
    """One socket.

    Attributes:
        told: the round after which it knew everything; None while it does not watch.
        commands: how many of its commands are under way.
        least_backlog, stuck_since: how far it has read since it fell behind.
    """

    outlet: Outlet
    principal: Principal
    address: str
    told: _Round | None = None
    commands: int = 0
    least_backlog: int = 0
    stuck_since: float = 0.0


class Live:
    """Everything about connected clients; the listener of the Socket.IO server."""

    def __init__(
        self,
        *,
        home: Home,
        snapshots: Snapshots,
        sessions: Sessions,
        entrance: Entrance,
        asking: Asking,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`clock` gives seconds that never run backwards."""
        self._home = home
        self._snapshots = snapshots
        self._sessions = sessions
        self._entrance = entrance
        self._asking = asking
        self._clock = clock
        self._clients: dict[Outlet, _Client] = {}
        self._watching: dict[_Client, View] = {}
        self._marked = _Marked()
        self._round = _Round(0)
        self._put_off = 0
        self._is_telling = False
        self._rests_until = 0.0
        self._next: asyncio.Handle | None = None
        self._has_time = False
        """What is planned next may be told sooner: it tells only what is wanted."""
        self._behind: dict[_Client, None] = {}
        self._changed_in: dict[DeviceId, int] = {}
        self._areas_changed_in = 0
        self._troubles_changed_in = 0
        self._look_after: asyncio.TimerHandle | None = None
        self._shared_until: dict[DeviceId, float] = {}
        """The round that was the latest when a device was last shared with all guests; endless while it is."""
        self._mind_hours: asyncio.TimerHandle | None = None
        self._code: str | None = None
        self._releases = ReleaseBoard()

    @contextlib.contextmanager
    def watching(self, desk: PairingDesk, releases: ReleaseBoard) -> Iterator[None]:
        """Tell clients what happens while the block lasts."""
        self._releases = releases
        with (
            self._home.watched_by(self._note),
            self._sessions.watched_by(self.end_session, changed=self.change_session),
            desk.watched_by(self._show_code),
            releases.watched_by(self._show_release),
        ):
            for device_id in self._home.device_ids:
                self._note_sharing(device_id)
            try:
                yield
            finally:
                for handle in (self._next, self._look_after, self._mind_hours):
                    if handle is not None:
                        handle.cancel()

    @property
    def count(self) -> int:
        """How many sockets are let in."""
        return len(self._clients)

    # What the Socket.IO server tells

    async def connect(self, outlet: Outlet, request: web.Request, said: object) -> None:
        """Let a client in by its access token, or by the cookie of its login; errors as `Entrance.principal_of`."""
        token = take(said if said is not None else {}, Credentials).token
        principal = await self._entrance.principal_of(request, token=token)
        client = self._clients[outlet] = _Client(outlet, principal, address_of(request))
        if principal.session_id is not None:
            self._sessions.enter(principal.session_id, address=client.address)
        self._begin_to_mind_hours(principal)
        if self._code is not None and principal.may(Action.SEE_CODES):
            outlet.offer(_code_frame(self._code))
        if self._releases.newest is not None and principal.may(Action.SEE_RELEASES):
            outlet.offer(_release_frame(self._releases.newest))

    def hear(self, outlet: Outlet, event: str, said: list[Any]) -> Answer | Coroutine[Any, Any, Answer]:
        """Answer `watch` or `command`; what is refused is an answer too."""
        client = self._clients[outlet]
        try:
            self._check_standing(client)
            if event == "watch":
                return self._watch(client, said)
            if event == "command":
                return self._command(client, said)
        except IntercomError as error:
            return encode(error_wire(error))
        return encode({"error": {"code": "not_found", "message": "events are watch and command"}})

    def gone(self, outlet: Outlet) -> None:
        """Forget a client."""
        client = self._clients.pop(outlet, None)
        if client is not None:
            self._watching.pop(client, None)
            self._behind.pop(client, None)
            if client.principal.session_id is not None:
                self._sessions.leave(client.principal.session_id, address=client.address)

    def end_session(self, session_id: SessionId) -> None:
        """Close the sockets of a session that is over, after telling them."""
        for client in self._of(session_id):
            self._put_out(client, ENDED)

    def change_session(self, session: Session) -> None:
        """Let the open sockets of a session go by its new role and terms from now on.

        A client that watches is told what it no longer sees and what it sees now; one that is behind is cut instead, to
        begin anew. The home goes to a new revision, so that nobody takes what they knew before for all that they see.
        """
        self._home.set_areas(self._home.areas)
        self._begin_to_mind_hours(session.principal)
        for client in self._of(session.id):
            was, client.principal = client.principal, session.principal
            before = was.view
            if not self._entrance.is_within_hours(session):
                self._put_out(client, _paused_frame(session))
                continue
            client.outlet.offer(Frame("session", encode({"you": principal_wire(session.principal)})))
            may_see = session.principal.may(Action.SEE_RELEASES)
            if self._releases.newest is not None and may_see is not was.may(Action.SEE_RELEASES):
                client.outlet.offer(_release_frame(self._releases.newest if may_see else None))
            if client not in self._watching or client.principal.view is before:
                continue
            if client in self._behind or not self._tell_view(client, before):
                client.outlet.cut()

    def _of(self, session_id: SessionId) -> list[_Client]:
        return [client for client in self._clients.values() if client.principal.session_id == session_id]

    def _put_out(self, client: _Client, farewell: Frame) -> None:
        self._watching.pop(client, None)
        self._behind.pop(client, None)
        client.outlet.offer(farewell)
        client.outlet.close()

    def _tell_view(self, client: _Client, before: View) -> bool:
        """Let a client that watches see by its new view; False when it is behind with reading."""
        view = self._watching[client] = client.principal.view
        marked = _Marked(areas=True, troubles=bool(self._home.troubles))
        for device_id in self._home.device_ids:
            placement = self._home.placement(device_id)
            was, is_ = before.shows(device_id, placement), view.shows(device_id, placement)
            if is_ and not was:
                marked.devices[device_id] = None
            elif was and not is_:
                marked.removed[device_id] = None
        devices = {device_id: self._snapshots.device(device_id) for device_id in marked.devices}
        frame = self._frame(marked, devices, {}, {}, view=view, since=self._round, knew=before)
        return frame is None or client.outlet.offer(frame)

    def _begin_to_mind_hours(self, principal: Principal) -> None:
        if principal.terms.hours is not None and self._mind_hours is None:
            self._mind_hours = asyncio.get_running_loop().call_later(HOURS_EVERY_S, self._end_hours)

    def _end_hours(self) -> None:
        """Put guests out whose hours are over."""
        self._mind_hours = None
        guests = [client for client in self._clients.values() if client.principal.terms.hours is not None]
        for client in guests:
            session = self._sessions.find(client.principal.session_id) if client.principal.session_id else None
            if session is not None and not self._entrance.is_within_hours(session):
                self._put_out(client, _paused_frame(session))
        if guests:
            self._mind_hours = asyncio.get_running_loop().call_later(HOURS_EVERY_S, self._end_hours)

    # What clients ask

    def _check_standing(self, client: _Client) -> None:
        """Raise UnauthorizedError for a socket whose session is over, though it may not be closed yet.

        OutsideHoursError for that of a guest whose hours are.
        """
        if self._entrance.standing(client.principal.session_id) is None:
            raise UnauthorizedError("this session has ended")
        self._entrance.check_hours(client.principal)

    def _watch(self, client: _Client, said: list[Any]) -> Answer | Coroutine[Any, Any, Answer]:
        asked = take(said[0] if said else {}, WatchAsked)
        client.principal.require(Action.SEE_DEVICES)
        if self._snapshots.is_ready:
            return self._join(client, asked)
        return self._prepare_and_join(client, asked)

    async def _prepare_and_join(self, client: _Client, asked: WatchAsked) -> Answer:
        await self._snapshots.prepare()
        try:
            self._check_standing(client)
        except IntercomError as error:
            return encode(error_wire(error))
        return self._join(client, asked)

    def _join(self, client: _Client, asked: WatchAsked) -> Answer:
        """Let a client watch from now on; return what there is until now."""
        if client.outlet not in self._clients:
            return b"null"
        self._watching[client] = client.principal.view
        self._behind.pop(client, None)
        client.told = self._round
        run, revision = self._snapshots.run, self._home.revision
        if (asked.run, asked.revision) == (run, revision):
            return encode({"run": run, "revision": revision, "unchanged": True})
        return self.snapshot(client.principal)

    def snapshot(self, principal: Principal) -> tuple[bytes, ...]:
        """Return the home as this principal may see it, in pieces of JSON."""
        body = self._snapshots.body(principal.view)
        return (b'{"you":%b,' % encode(principal_wire(principal)), body, b"}")

    async def _command(self, client: _Client, said: list[Any]) -> bytes:
        try:
            asked = take(said[0] if said else {}, SocketCommandAsked)
            if client.commands >= MOST_COMMANDS:
                raise TooManyTriesError(f"{MOST_COMMANDS} commands are waiting already")
            client.commands += 1
            try:
                outcome = await self._asking.command(
                    client.principal,
                    device=asked.device,
                    capability=asked.capability,
                    said=asked.command,
                    once=asked.once,
                    address=client.address,
                )
            finally:
                client.commands -= 1
        except IntercomError as error:
            return encode(error_wire(error))
        return encode(outcome_wire(outcome))

    # What happens in the home

    def _note(self, change: Change) -> None:
        device_id, kind, marked = change.device_id, change.kind, self._marked
        if device_id is None:
            self._snapshots.outdate_rest()
            marked.troubles |= kind is ChangeKind.TROUBLES
            marked.areas |= kind is ChangeKind.AREAS
        else:
            self._snapshots.outdate(device_id)
            if kind in (ChangeKind.DEVICE, ChangeKind.REMOVED):
                self._note_sharing(device_id)
        if not self._watching:
            marked.areas = marked.troubles = False
            return
        if device_id is not None:
            if kind is ChangeKind.DEVICE:
                marked.devices[device_id] = None
                marked.removed.pop(device_id, None)
                marked.states.pop(device_id, None)
            elif kind is ChangeKind.REMOVED:
                marked.removed[device_id] = None
                marked.devices.pop(device_id, None)
                marked.states.pop(device_id, None)
            else:
                assert change.capability_id is not None
                if device_id not in marked.devices:
                    marked.states.setdefault(device_id, {})[change.capability_id] = None
                if kind is ChangeKind.EVENT and len(marked.events) < MOST_EVENTS_A_ROUND:
                    told = encode(event_wire(self._home, device_id, change.capability_id))
                    marked.events.append((device_id, told))
        if self._is_telling or (self._next is not None and not self._has_time):
            return
        if not (kind is ChangeKind.STATE and self._is_only_wanted(change)):
            self._plan()
        elif self._next is None:
            self._plan(at_least_s=WANTED_WAITS_S)

    def _is_only_wanted(self, change: Change) -> bool:
        assert change.device_id is not None and change.capability_id is not None
        return self._home.held(change.device_id)[change.capability_id].wanted is not None

    def _note_sharing(self, device_id: DeviceId) -> None:
        if self._home.has(device_id) and self._home.placement(device_id).is_shared:
            self._shared_until[device_id] = math.inf
        elif self._shared_until.get(device_id) == math.inf:
            self._shared_until[device_id] = self._round.number if self._watching else -1  # else nobody knew of it

    def _plan(self, *, at_least_s: float = 0.0) -> None:
        """Tell what is marked after the rest that is due, in place of what was planned."""
        if self._next is not None:
            self._next.cancel()
        self._has_time = at_least_s > 0
        loop = asyncio.get_running_loop()
        wait_s = max(self._rests_until - self._clock(), at_least_s)
        self._next = loop.call_later(wait_s, self._tell) if wait_s > 0 else loop.call_soon(self._tell)

    # Rounds

    def _tell(self) -> None:
        """Begin a round with what is marked; when that is much, encode it first, slice by slice."""
        self._next, self._has_time = None, False
        started = self._clock()
        is_much = len(self._marked.states) + len(self._marked.devices) > MUCH
        if is_much and not self._snapshots.is_ready and self._put_off < MOST_PUT_OFF:
            self._put_off += 1
            self._snapshots.refresh_some()
            self._next = asyncio.get_running_loop().call_soon(self._tell)
            return
        self._put_off = 0
        marked, self._marked = self._marked, _Marked()
        before = self._round
        if is_much:
            marked.devices.update(dict.fromkeys(marked.states))
            marked.states.clear()
        self._round = _Round(
            self._round.number + 1,
            devices=(*marked.states, *marked.devices, *marked.removed),
            areas=marked.areas,
            troubles=marked.troubles,
        )
        self._round.frames = self._frames(marked, set(self._watching.values()), since=before)
        self._round.cost_s = self._clock() - started
        self._is_telling = True
        self._offer(self._round, iter(list(self._watching)))

    def _frames(self, marked: _Marked, views: set[View], *, since: _Round) -> dict[View, Frame | None]:
        home = self._home
        devices = {device_id: self._snapshots.device(device_id) for device_id in marked.devices}
        states, tiles = {}, {}
        for device_id, capability_ids in marked.states.items():
            if self._has_battery(device_id, capability_ids):
                devices[device_id] = self._snapshots.device(device_id)
                continue
            states[device_id] = b",".join([encode(state_wire(home, device_id, each)) for each in capability_ids])
            tiles[device_id] = encode(device_id) + b":" + encode(tile_wire(tile_of(home, device_id)))
        return {view: self._frame(marked, devices, states, tiles, view=view, since=since) for view in views}

    def _has_battery(self, device_id: DeviceId, capability_ids: Iterable[CapabilityId]) -> bool:
        """Tell whether a battery is among them: then the device itself says something else, not only its states."""
        capabilities = [self._home.capability(device_id, each) for each in capability_ids]
        return any(getattr(capability, "device_class", None) == "battery" for capability in capabilities)

    def _frame(
        self,
        marked: _Marked,
        devices: dict[DeviceId, bytes],
        states: dict[DeviceId, bytes],
        tiles: dict[DeviceId, bytes],
        *,
        view: View,
        since: _Round,
        knew: View | None = None,
    ) -> Frame | None:
        """Return what is told to those with this view, who were told everything until the round `since`.

        `knew` is the view by which they may know what is removed.
        """
        removed = list(marked.removed)
        events = marked.events
        if not view.is_whole:
            is_seen = {each: view.shows(each, self._home.placement(each)) for each in (*devices, *states)}
            if knew is None:
                removed = [each for each in removed if self._may_know(view, each, since)]
            removed += [each for each in devices if not is_seen[each] and self._may_know(view, each, since)]
            devices = {each: told for each, told in devices.items() if is_seen[each]}
            states = {each: told for each, told in states.items() if is_seen[each]}
            tiles = {each: told for each, told in tiles.items() if is_seen[each]}
            events = [(each, told) for each, told in events if view.shows(each, self._home.placement(each))]
        parts = []
        if marked.areas or (not view.is_whole and (devices or removed)):
            parts.append(b'"areas":' + self._snapshots.areas(view))
        if marked.troubles and view.is_whole:
            parts.append(b'"troubles":' + self._snapshots.troubles())
        if devices:
            parts.append(b'"devices":[%b]' % b",".join(devices.values()))
        if removed:
            parts.append(b'"removed":' + encode(removed))
        if states:
            parts.append(b'"states":[%b],"tiles":{%b}' % (b",".join(states.values()), b",".join(tiles.values())))
        if events:
            parts.append(b'"events":[%b]' % b",".join([told for _, told in events]))
        if not parts:
            return None
        return Frame("changes", b'{"revision":%d,%b}' % (self._home.revision, b",".join(parts)))

    def _may_know(self, view: View, device_id: DeviceId, since: _Round) -> bool:
        """Tell whether a device that is gone, or not seen any more, was seen by this view at a round."""
        if view.chosen is not None:
            return device_id in view.chosen
        return self._shared_until.get(device_id, -1) >= since.number

    def _offer(self, round_: _Round, clients: Iterator[_Client]) -> None:
        """Offer the round's frame to the clients, as many as a slice of time allows, and go on in the next pass."""
        started = self._clock()
        until = started + SLICE_S
        watching, behind, frames = self._watching, self._behind, round_.frames
        for client in clients:
            view = watching.get(client)
            if view is None or client in behind or client.told is round_:
                continue
            frame = frames.get(view)
            if frame is None or client.outlet.offer(frame):
                client.told = round_
            else:
                self._fall_behind(client)
            if self._clock() > until:
                round_.cost_s += self._clock() - started
                self._next = asyncio.get_running_loop().call_soon(self._offer, round_, clients)
                return
        round_.cost_s += self._clock() - started
        self._end(round_)

    def _end(self, round_: _Round) -> None:
        self._next = None
        self._is_telling = False
        round_.frames = {}
        if self._behind:
            for device_id in round_.devices:
                self._changed_in.pop(device_id, None)
                self._changed_in[device_id] = round_.number
            if round_.areas:
                self._areas_changed_in = round_.number
            if round_.troubles:
                self._troubles_changed_in = round_.number
        elif self._changed_in:
            self._changed_in.clear()
        round_.devices = ()
        now = self._clock()
        paid_until = max(self._rests_until, now - CREDIT_S) + REST * round_.cost_s
        self._rests_until = min(paid_until, now + LONGEST_REST_S)
        if self._marked:
            self._plan()

    # Clients that are behind

    def _fall_behind(self, client: _Client) -> None:
        self._behind[client] = None
        client.least_backlog = client.outlet.backlog_bytes
        client.stuck_since = self._clock()
        if self._look_after is None:
            self._look_after = asyncio.get_running_loop().call_later(LOOK_AFTER_S, self._look_after_behind)

    def _look_after_behind(self) -> None:
        """Bring those up to date who have read, and cut those who do not read."""
        self._look_after = None
        if not self._snapshots.is_ready:
            self._snapshots.refresh_some()
        elif not self._is_telling:
            now = self._clock()
            frames: dict[tuple[_Round, View], Frame | None] = {}
            for client in list(self._behind):
                backlog = client.outlet.backlog_bytes
                if backlog == 0:
                    self._catch_up(client, frames)
                elif backlog < client.least_backlog:
                    client.least_backlog, client.stuck_since = backlog, now
                elif now - client.stuck_since > CUT_AFTER_S:
                    del self._behind[client]
                    client.outlet.cut()
        if self._behind:
            self._look_after = asyncio.get_running_loop().call_later(LOOK_AFTER_S, self._look_after_behind)

    def _catch_up(self, client: _Client, frames: dict[tuple[_Round, View], Frame | None]) -> None:
        """Send a client what changed since it fell behind; those who fell behind together share a frame."""
        assert client.told is not None
        missed = (client.told, self._watching[client])
        if missed not in frames:
            frames[missed] = self._missed(*missed)
        frame = frames[missed]
        if frame is None or client.outlet.offer(frame):
            client.told = self._round
            del self._behind[client]

    def _missed(self, since: _Round, view: View) -> Frame | None:
        """Return all devices that changed after a round, as they are now, those that are only marked included."""
        changed = [device_id for device_id, number in self._changed_in.items() if number > since.number]
        marked = _Marked(
            areas=self._marked.areas or self._areas_changed_in > since.number,
            troubles=self._marked.troubles or self._troubles_changed_in > since.number,
        )
        for device_id in (*changed, *self._marked.states, *self._marked.devices, *self._marked.removed):
            (marked.devices if self._home.has(device_id) else marked.removed)[device_id] = None
        devices = {device_id: self._snapshots.device(device_id) for device_id in marked.devices}
        return self._frame(marked, devices, {}, {}, view=view, since=since)

    # Codes

    def _show_code(self, live: LiveCode | None) -> None:
        """Show a new code on the home's screens, and on nothing else."""
        code = None if live is None else live.code
        if code is not None and code != self._code:
            frame = _code_frame(code)
            for client in self._clients.values():
                if client.principal.may(Action.SEE_CODES):
                    client.outlet.offer(frame)
        self._code = code

    # Newer versions

    def _show_release(self) -> None:
        """Tell those who look after the home which newer version there is, or that there is none any more."""
        frame = _release_frame(self._releases.newest)
        for client in self._clients.values():
            if client.principal.may(Action.SEE_RELEASES):
                client.outlet.offer(frame)


def _release_frame(newest: NewRelease | None) -> Frame:
    return Frame("release", encode(None if newest is None else release_wire(newest)))


def _paused_frame(session: Session) -> Frame:
    hours = session.terms.hours
    assert hours is not None
    return Frame("session", encode({"paused": True, "hours": hours_wire(hours)}))


def _code_frame(code: str) -> Frame:
    return Frame("code", encode(code))
