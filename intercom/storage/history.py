"""What happened to the home's devices, in a file of its own: the newest that fit a number of days and a size.

A watcher of the home puts each change into memory; once a minute, and at the end, they are written in one transaction.
How much of a lively capability is kept is bounded for each minute: its first changes and always its last state.
Secret texts and pictures are never kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intercom.home.capabilities import CapabilityId
from intercom.home.home import Home
from intercom.home.model import DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change.

    Attributes:
        at: seconds since the epoch.
        state: the fields of the capability's state that were known, as JSON has them.
    """

    at: float
    capability_id: CapabilityId
    state: dict[str, Any]


class History:
    """The history of one home; made by `open_history`."""

    async def query(
        self,
        device_id: DeviceId,
        *,
        capability_id: CapabilityId | None = None,
        since: float | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """Return the latest changes of a device, the newest first, including those that are not written yet."""
        raise NotImplementedError

    async def forget(self, device_id: DeviceId | None = None) -> None:
        """Erase the history of one device, or all of it."""
        raise NotImplementedError

    async def write(self) -> None:
        """Write what is in memory, and drop what is too old or too much."""
        raise NotImplementedError


@contextlib.asynccontextmanager
async def open_history(folder: Path, home: Home, *, max_days: int, max_mb: int) -> AsyncIterator[History]:
    """Open the history and watch the home while the block lasts; at its end everything is written.

    A damaged history is set aside and a new one begun; that is worth a warning, not a refusal to start.

    Raises:
        StartupError: the file cannot be used.
    """
    raise NotImplementedError
    yield
