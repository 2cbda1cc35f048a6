"""The home as JSON, kept ready: each device is encoded again only when it changed, a snapshot joined only when one did.

Encoding is bounded in time: a large home is encoded in slices, between which the loop goes on.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from intercom.home.access import View
from intercom.home.home import Home
from intercom.home.model import DeviceId
from intercom.relay.wire import PROTOCOL, area_wire, device_wire, encode, trouble_wire

SLICE_S: Final = 0.004
AT_ONCE: Final = 100
"""So many devices are encoded without a pause; it takes about as long as a slice."""


class Snapshots:
    """The encoded home.

    Attributes:
        run: names this run of the relay: revisions of another run say nothing.
    """

    def __init__(self, home: Home, *, run: str) -> None:
        self.run = run
        self._home = home
        self._encoded: dict[DeviceId, bytes] = dict.fromkeys(home.device_ids, b"")
        self._stale: dict[DeviceId, None] = dict.fromkeys(self._encoded)
        self._bodies: dict[View, bytes] = {}

    def outdate(self, device_id: DeviceId) -> None:
        """Take note that a device changed, is new or is gone."""
        self._stale[device_id] = None
        if self._bodies:
            self._bodies.clear()

    def outdate_rest(self) -> None:
        """Take note that something besides the devices changed."""
        self._bodies.clear()

    @property
    def is_ready(self) -> bool:
        """Tell whether a snapshot can be made without a pause that people would notice."""
        return len(self._stale) <= AT_ONCE

    def refresh_some(self) -> None:
        """Come nearer to `is_ready`, for `SLICE_S`."""
        until = time.perf_counter() + SLICE_S
        for device_id in list(self._stale):
            self._refresh(device_id)
            if time.perf_counter() > until:
                return

    async def prepare(self) -> None:
        """Return once `is_ready`, letting the loop go on meanwhile."""
        while not self.is_ready:
            self.refresh_some()
            await asyncio.sleep(0)

    def device(self, device_id: DeviceId) -> bytes:
        """Return one device as it is now; empty when it is gone."""
        if device_id in self._stale:
            self._refresh(device_id)
        return self._encoded.get(device_id, b"")

    def areas(self, view: View) -> bytes:
        """Return the areas, in order; who does not see all devices sees those in which there is one to see."""
        home = self._home
        areas = home.areas
        if not view.is_whole:
            placements = {each: home.placement(each) for each in home.device_ids}
            seen = {placed.area_id for each, placed in placements.items() if view.shows(each, placed)}
            areas = [area for area in areas if area.id in seen]
        return encode([area_wire(area) for area in areas])

    def devices(self, view: View) -> bytes:
        """Return the devices that are seen by this view."""
        for device_id in list(self._stale):
            self._refresh(device_id)
        if view.is_whole:
            return b"[" + b",".join(self._encoded.values()) + b"]"
        home = self._home
        seen = [told for each, told in self._encoded.items() if view.shows(each, home.placement(each))]
        return b"[" + b",".join(seen) + b"]"

    def troubles(self) -> bytes:
        """Return what is the matter with the panel itself."""
        return encode([trouble_wire(trouble) for trouble in self._home.troubles])

    def body(self, view: View) -> bytes:
        """Return the members of a snapshot that are the same for all with equal rights, without the braces."""
        body = self._bodies.get(view)
        if body is None:
            # Guests come to see a lamp or a door; how the panel is concerns those who live with it.
            troubles = b',"troubles":' + self.troubles() if view.is_whole and self._home.troubles else b""
            body = b'"protocol":%d,"run":%b,"revision":%d,"home":%b,"areas":%b,"devices":%b%b' % (
                PROTOCOL,
                encode(self.run),
                self._home.revision,
                encode({"name": self._home.name}),
                self.areas(view),
                self.devices(view),
                troubles,
            )
            self._bodies[view] = body
        return body

    def _refresh(self, device_id: DeviceId) -> None:
        self._stale.pop(device_id, None)
        if self._home.has(device_id):
            self._encoded[device_id] = encode(device_wire(self._home, device_id))
        else:
            self._encoded.pop(device_id, None)
