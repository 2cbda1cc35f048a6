"""A running link that remembers what it heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal

from intercom.devices.mqtt import MqttLink
from intercom.devices.mqtt_connection import LinkSettings
from intercom.home.errors import LinkDownError


class Ear:
    """A link that remembers what it heard, and can be waited for."""

    def __init__(self, settings: LinkSettings) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self.ups = 0
        self.downs: list[tuple[str, float]] = []
        self.now = 1_000.0
        self._changed = asyncio.Event()
        self.link = MqttLink(settings, on_message=self.hear, on_up=self._up, on_down=self._down, clock=lambda: self.now)

    async def until(self, condition: Callable[[], bool], within_s: float = 5.0) -> None:
        async with asyncio.timeout(within_s):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def hear(self, topic: str, payload: bytes, retain: bool) -> None:
        self.heard.append((topic, payload, retain))
        self._changed.set()

    def _up(self) -> None:
        self.ups += 1
        self._changed.set()

    def _down(self, reason: LinkDownError, since: float) -> None:
        self.downs.append((str(reason), since))
        self._changed.set()


@asynccontextmanager
async def listening(
    settings: LinkSettings, *filters: str, once: Literal["started", "up", "subscribed"] = "subscribed"
) -> AsyncIterator[Ear]:
    """Run a link, and give it out once it has come so far; by default, once the broker knows its subscriptions."""
    ear = Ear(settings)
    ear.link.subscribe(*filters)
    running = asyncio.create_task(ear.link.run())
    try:
        if once != "started":
            await ear.until(lambda: ear.ups > 0)
        if once == "subscribed":
            ready = f"ready/{settings.client_id}"
            ear.link.subscribe(ready)
            ear.link.publish(ready, "")
            await ear.until(lambda: any(topic == ready for topic, _, _ in ear.heard))
            ear.link.unsubscribe(ready)
            ear.heard[:] = [heard for heard in ear.heard if heard[0] != ready]
        yield ear
    finally:
        running.cancel()
        await asyncio.wait((running,))
        if not running.cancelled():
            running.result()
