"""Real clients of Socket.IO 2, 3 and 4, as their makers publish them for Node.js, played by a test."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

CLIENTS = Path(__file__).parents[1] / "clients"
WITHIN_S = 20.0
"""Node.js takes a second to start when the machine is busy."""


class NodeClient:
    """One socket.io-client in a process of its own.

    Attributes:
        told: what happened to it, in order: what it was, and what was said.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.told: list[tuple[str, Any]] = []
        self._process = process
        self._news = asyncio.Condition()
        self._asked = 0

    def all(self, was: str) -> list[Any]:
        return [said for name, said in self.told if name == was]

    def events(self, name: str) -> list[Any]:
        """The one argument of each event of this name that it was told."""
        return [said[1] for said in self.all("event") if said[0] == name]

    async def until(self, has_happened: Callable[[], object]) -> None:
        """Return once what was told makes it true."""
        async with self._news:
            try:
                async with asyncio.timeout(WITHIN_S):
                    await self._news.wait_for(has_happened)
            except TimeoutError:
                raise AssertionError(f"it was only told {str(self.told)[-2000:]}") from None

    async def until_told(self, was: str) -> Any:
        """Return what was said first of something, once it has happened."""
        await self.until(lambda: self.all(was))
        return self.all(was)[0]

    def emit(self, event: str, *said: Any) -> int:
        """Emit an event; return the number that its answer will bear."""
        self._asked += 1
        self._tell({"id": self._asked, "event": event, "said": said})
        return self._asked

    def close(self) -> None:
        """Have it close its connection."""
        self._tell({})

    async def ask(self, event: str, *said: Any) -> Any:
        """Emit an event; return its acknowledgement."""
        number = self.emit(event, *said)
        await self.until(lambda: any(answer["id"] == number for answer in self.all("answer")))
        return next(answer.get("said") for answer in self.all("answer") if answer["id"] == number)

    def _tell(self, said: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(said).encode() + b"\n")

    async def read(self) -> None:
        """Take in what it says, until it ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            said = json.loads(line)
            async with self._news:
                self.told.append((said["was"], said.get("said")))
                self._news.notify_all()


@contextlib.asynccontextmanager
async def node_client(node: str, version: int, url: str, **options: Any) -> AsyncIterator[NodeClient]:
    """Run a client of a version with options of its own, and end it."""
    asked = json.dumps({"version": version, "url": url, "options": options})
    process = await asyncio.create_subprocess_exec(
        node,
        str(CLIENTS / "client.mjs"),
        asked,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 22,
    )
    client = NodeClient(process)
    reading = asyncio.create_task(client.read())
    try:
        yield client
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await reading
        await process.wait()
