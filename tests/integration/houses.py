"""A house at a real broker: home, link, adapters and storage, put together as the program does it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from intercom.devices.mqtt import MqttLink
from intercom.devices.mqtt_connection import LinkSettings
from intercom.devices.mqtt_devices import MqttDevices
from intercom.devices.switch_devices import SwitchDevices
from intercom.home.home import Home
from intercom.home.model import Change
from intercom.storage.database import open_database
from intercom.storage.registry import Registry
from intercom.storage.schema import HOME
from tests.integration.brokers import PASSWORD, USER, Mosquitto


def known_to(broker: Mosquitto, client_id: str, *, status_topic: str | None = None) -> LinkSettings:
    """How a client reaches the broker."""
    return LinkSettings(
        host="127.0.0.1",
        port=broker.port,
        user=USER,
        password=PASSWORD,
        client_id=client_id,
        status_topic=status_topic or f"status/{client_id}",
    )


class Cable:
    """What connects a house to its broker, and can be pulled out; use as `async with`."""

    def __init__(self, broker_port: int) -> None:
        self.port = 0
        self._broker_port = broker_port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Cable:
        await self.plug_in()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Wait for the last words of those who have left, unless somebody stays."""
        if self._carrying:
            await asyncio.wait(self._carrying, timeout=1)
        await self.pull_out()

    async def plug_in(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def pull_out(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._broker_port)
        except OSError:
            writer.close()
            self._writers.discard(writer)
            return
        self._writers.add(there_writer)
        for source, sink in ((reader, there_writer), (there_reader, writer)):
            task = asyncio.create_task(self._carry(source, sink))
            self._carrying.add(task)
            task.add_done_callback(self._carrying.discard)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            pass  # pulled out
        finally:
            sink.close()
            self._writers.discard(sink)


class House:
    """What the program composes, without window and relay."""

    def __init__(self, broker: Mosquitto, cable: Cable, registry: Registry) -> None:
        self.home = Home()
        self.changes: list[Change] = []
        self.cable = cable
        settings = replace(known_to(broker, "house", status_topic="homeassistant/status"), port=cable.port)
        self.link = MqttLink(settings, on_message=lambda topic, payload, is_retained: None)
        self.switches = SwitchDevices(home=self.home, link=self.link, registry=registry, clock=time.monotonic)
        self.devices = MqttDevices(home=self.home, link=self.link, switches=self.switches)
        self.devices.watch_link = lambda trouble: self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], bool], *, within_s: float = 5.0) -> None:
        """Wait until something is true of the home or its link."""
        async with asyncio.timeout(within_s):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def note(self, change: Change) -> None:
        self.changes.append(change)
        self._changed.set()


@asynccontextmanager
async def house(broker: Mosquitto, folder: Path) -> AsyncIterator[House]:
    """A house that is connected."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(folder / "home.db", HOME))
        cable = await stack.enter_async_context(Cable(broker.port))
        here = House(broker, cable, Registry(database))
        stack.enter_context(here.home.watched_by(here.note))
        await here.switches.start()
        parts = (here.devices.run(), here.switches.run(), here.link.run())
        running = [asyncio.create_task(part) for part in parts]
        try:
            await here.until(lambda: here.link.trouble is None)
            yield here
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
