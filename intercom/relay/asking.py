"""What a client asks of a device, by whichever way it came: who may, what exactly, and how it ended.

Unlocking and opening a lock is asked with a word that was never sent before (`once`), so that it cannot be played again
by somebody who recorded it; and it goes into the audit log, whether it succeeded or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intercom.home.access import Action, Principal
from intercom.home.capabilities import CapabilityId
from intercom.home.commands import is_unlocking
from intercom.home.errors import IntercomError, InvalidInputError, NotFoundError
from intercom.home.home import Home, Outcome
from intercom.home.model import DeviceId
from intercom.relay.wire import command_asked
from intercom.storage.audit import Audit, AuditEvent
from intercom.storage.spent import Spent


def device_seen(home: Home, principal: Principal, device: str) -> DeviceId:
    """Return the device's id.

    Raises:
        NotFoundError: there is no such device, or not for this principal.
    """
    device_id = DeviceId(device)
    if not home.has(device_id) or not principal.may_see(device_id, home.placement(device_id)):
        raise NotFoundError("there is no such device")
    return device_id


class Asking:
    """Asks devices for clients."""

    def __init__(self, home: Home, *, spent: Spent, audit: Audit) -> None:
        self._home = home
        self._spent = spent
        self._audit = audit

    async def command(
        self,
        principal: Principal,
        *,
        device: str,
        capability: str | None,
        said: Mapping[str, Any],
        once: str | None,
        address: str,
    ) -> Outcome:
        """Ask a device to change; return how it ended.

        Raises:
            ForbiddenError: this principal may not.
            NotFoundError, InvalidInputError: there is no such device, or it cannot be asked that.
            ReplayedError: this unlocking was asked before.
            DeviceUnavailableError: it did not answer, or cannot be reached.
        """
        principal.require(Action.COMMAND)
        device_id = device_seen(self._home, principal, device)
        capability_id = None if capability is None else CapabilityId(capability)
        capability_id, asked = command_asked(self._home, device_id, capability_id, said)
        if not is_unlocking(asked):
            return await self._home.command(device_id, capability_id, asked)
        if once is None or principal.session_id is None:
            raise InvalidInputError("once: expected a word that was never sent before, for this opens a lock")
        asked.check(self._home.capability(device_id, capability_id))
        await self._spent.spend(principal.session_id, once)
        name, detail = self._home.shown_name(device_id), "failed"
        try:
            outcome = await self._home.command(device_id, capability_id, asked)
            detail = outcome.value
        except IntercomError as error:
            detail = error.code
            raise
        finally:
            await self._audit.add(AuditEvent.UNLOCKED, who=principal.name, about=name, detail=detail, address=address)
        return outcome
