"""All that a home keeps, opened together, and what has to be done for it while the program runs."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from intercom.home.home import Home
from intercom.storage.history import History
from intercom.storage.identity import Identity
from intercom.storage.layout import Layout
from intercom.storage.registry import Registry
from intercom.storage.sessions import Sessions
from intercom.storage.tokens import Tokens
from intercom.storage.wrong_tries import WrongTries


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """What outlives the process; made by `open_storage`."""

    identity: Identity
    sessions: Sessions
    tokens: Tokens
    wrong_tries: WrongTries
    layout: Layout
    registry: Registry
    history: History

    async def run(self) -> None:
        """Look after it until cancelled.

        Twice a second: what another process did. Once a minute, when there is something: everything that may wait is
        written. At any time: devices are placed in the areas that they name.
        """
        raise NotImplementedError


@contextlib.asynccontextmanager
async def open_storage(folder: Path, home: Home, *, history_days: int, history_mb: int) -> AsyncIterator[Storage]:
    """Open everything below `folder` and give the home its areas; write and close when the block ends.

    Raises:
        StartupError: the folder or a file in it cannot be used; one clear line.
    """
    raise NotImplementedError
    yield
