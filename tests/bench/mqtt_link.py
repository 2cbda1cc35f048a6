"""Measure the intercom's MQTT link beside client libraries, on the window's loop, and print one table.

    python tests/bench/mqtt_link.py [--rounds 3] [--messages 20000] [--work-us 0,60]

A real Mosquitto holds so many kept discovery messages; each client connects, subscribes and hears them, doing so much
work for each; meanwhile a timer of 1 ms tells the longest time in which nothing else could run. Each run has a process
of its own. Libraries that are not installed are left out. Nothing is asserted: timings belong to the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from intercom.devices.mqtt import MqttLink  # noqa: E402 - only after the path is set
from intercom.devices.mqtt_connection import LinkSettings  # noqa: E402

CLIENTS = ("intercom", "gmqtt", "aiomqtt")
PAYLOAD = b'{"name":null,"state_topic":"bench/x","unique_id":"0x00158d0001a2b3c4"}'.ljust(400, b" ")
PINGS = 500

Hear = Callable[[str, bytes], None]
Say = Callable[[str, str], None]


@asynccontextmanager
async def broker(extra: str) -> AsyncIterator[int]:
    path = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if path is None:
        sys.exit("mosquitto is not installed")
    with socket.socket() as probe, tempfile.TemporaryDirectory() as folder:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        probe.close()
        config = Path(folder) / "conf"
        config.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nlog_dest none\n{extra}"
        )
        process = await asyncio.create_subprocess_exec(path, "-c", str(config), stderr=subprocess.DEVNULL)
        await asyncio.sleep(0.5)
        yield port
        process.terminate()
        await process.wait()


@asynccontextmanager
async def intercom_client(port: int, hear: Hear) -> AsyncIterator[Say]:
    up = asyncio.Event()
    link = MqttLink(
        LinkSettings(host="127.0.0.1", port=port, client_id="intercom"),
        on_message=lambda topic, payload, retain: hear(topic, payload),
        on_up=up.set,
    )
    link.subscribe("bench/#")
    running = asyncio.create_task(link.run())
    await up.wait()
    yield link.publish
    running.cancel()
    await asyncio.wait((running,))


@asynccontextmanager
async def gmqtt_client(port: int, hear: Hear) -> AsyncIterator[Say]:
    import gmqtt

    client = gmqtt.Client("gmqtt")
    client.on_message = lambda client, topic, payload, qos, properties: hear(topic, payload)
    await client.connect("127.0.0.1", port, version=4)
    client.subscribe("bench/#")
    yield client.publish
    await client.disconnect()


@asynccontextmanager
async def aiomqtt_client(port: int, hear: Hear) -> AsyncIterator[Say]:
    import aiomqtt

    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe("bench/#")

        async def listen() -> None:
            async for message in client.messages:
                hear(str(message.topic), message.payload)

        listening = asyncio.create_task(listen())
        tasks: set[asyncio.Task[None]] = set()

        def say(topic: str, payload: str) -> None:
            task = asyncio.create_task(client.publish(topic, payload))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        yield say
        listening.cancel()
        await asyncio.wait((listening,))


OPEN = {"intercom": intercom_client, "gmqtt": gmqtt_client, "aiomqtt": aiomqtt_client}


async def fill(port: int, messages: int) -> None:
    """Let the broker keep so many messages."""
    up = asyncio.Event()
    link = MqttLink(
        LinkSettings(host="127.0.0.1", port=port, client_id="mouth"),
        on_message=lambda topic, payload, retain: None,
        on_up=up.set,
    )
    running = asyncio.create_task(link.run())
    await up.wait()
    for number in range(messages):
        link.publish(f"bench/{number}/config", PAYLOAD, retain=True)
        if number % 200 == 0:
            await asyncio.sleep(0.003)
    await asyncio.sleep(0.5)
    running.cancel()
    await asyncio.wait((running,))


async def measure(client: str, messages: int, work_us: float, extra: str) -> dict[str, float]:
    heard, stall_s = 0, 0.0
    trips_us: list[float] = []

    def hear(topic: str, payload: bytes) -> None:
        nonlocal heard
        if topic == "bench/ping":
            trips_us.append((time.perf_counter() - float(payload)) * 1e6)
            return
        heard += 1
        until = time.perf_counter() + work_us * 1e-6
        while time.perf_counter() < until:
            pass

    async def tick() -> None:
        nonlocal stall_s
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            stall_s, last = max(stall_s, now - last), now

    async with broker(extra) as port:
        await fill(port, messages)
        ticking = asyncio.create_task(tick())
        await asyncio.sleep(0.2)
        stall_s, cpu, began = 0.0, time.process_time(), time.perf_counter()
        async with OPEN[client](port, hear) as say:
            last, took_s = -1, 0.0
            while last != heard:
                last, took_s = heard, time.perf_counter() - began
                await asyncio.sleep(0.3)
            cpu_s = time.process_time() - cpu
            for _ in range(PINGS):
                say("bench/ping", repr(time.perf_counter()))
                await asyncio.sleep(0.004)
            await asyncio.sleep(0.2)
        ticking.cancel()
    return {
        "CPU s": cpu_s,
        "longest stall ms": stall_s * 1e3,
        "lost": float(messages - heard),
        "round trip p50 us": statistics.median(trips_us),
        "took s, about": took_s,
    }


def measured(client: str, messages: int, work_us: float, extra: str) -> dict[str, float]:
    """One run, in this process, on the window's loop."""
    from PySide6.QtCore import QCoreApplication

    from intercom.loop import loop_factory

    app = QCoreApplication([])
    with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
        return runner.run(measure(client, messages, work_us, extra))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--work-us", default="0,60", help="work for each message, several by commas")
    parser.add_argument("--limits", action="store_true", help="leave Mosquitto its stock limits: slow readers lose")
    parser.add_argument("--one", choices=CLIENTS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    extra = "" if arguments.limits else "max_queued_messages 0\n"
    if arguments.one:
        print(json.dumps(measured(arguments.one, arguments.messages, float(arguments.work_us), extra)))
        return
    clients = [name for name in CLIENTS if name == "intercom" or importlib.util.find_spec(name)]
    for work_us in arguments.work_us.split(","):
        rows: dict[str, list[dict[str, float]]] = {client: [] for client in clients}
        for _ in range(arguments.rounds):
            for client in clients:
                command = [sys.executable, __file__, "--one", client, "--work-us", work_us]
                command += ["--messages", str(arguments.messages)] + ["--limits"] * arguments.limits
                with contextlib.suppress(subprocess.CalledProcessError):
                    output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
                    rows[client].append(json.loads(output.splitlines()[-1]))
        names = list(rows["intercom"][0])
        print(f"\n**{arguments.messages} kept messages, {work_us} µs of work for each**\n")
        print("| client | " + " | ".join(names) + " |\n" + "|---" * (len(names) + 1) + "|")
        for client, runs in rows.items():
            cells = [statistics.median(run[name] for run in runs) if runs else float("nan") for name in names]
            print(f"| {client} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")


if __name__ == "__main__":
    main()
