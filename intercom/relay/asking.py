"""What a client asks of a device, by whichever way it came: who may, what exactly, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intercom.home.access import Action, Principal
from intercom.home.capabilities import CapabilityId
from intercom.home.errors import NotFoundError
from intercom.home.home import Home, Outcome
from intercom.home.model import DeviceId
from intercom.relay.wire import command_asked


def device_seen(home: Home, principal: Principal, device: str) -> DeviceId:
    """Return the device's id.

    Raises:
        NotFoundError: there is no such device, or not for this principal.
    """
    device_id = DeviceId(device)
    if not home.has(device_id) or not principal.may_see(home.placement(device_id)):
        raise NotFoundError(f"there is no device '{device}'")
    return device_id


async def command(
    home: Home, principal: Principal, *, device: str, capability: str | None, said: Mapping[str, Any]
) -> Outcome:
    """Ask a device to change; return how it ended.

    Raises:
        ForbiddenError: this principal may not.
        NotFoundError, InvalidInputError: there is no such device, or it cannot be asked that.
        DeviceUnavailableError: it did not answer, or cannot be reached.
    """
    principal.require(Action.COMMAND)
    device_id = device_seen(home, principal, device)
    capability_id = None if capability is None else CapabilityId(capability)
    capability_id, asked = command_asked(home, device_id, capability_id, said)
    return await home.command(device_id, capability_id, asked)
