"""Measure the intercom's loop beside plain asyncio and stock qasync, in one run, and print one table.

    python tests/bench/loop.py [--rounds 3] [--gets 6400] [--seconds-idle 2]

Each loop is measured in a process of its own, in turn, and the median of the rounds is shown. The HTTP client
is another process on plain asyncio, so that only the server's side differs. Nothing is asserted: timings
belong to the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

LOOPS = ("asyncio", "qasync", "intercom")

CALLS = 200_000
READS = 60_000
WAITS = 2_000
TIMERS = 300
CONNECTIONS = 32


async def _calls_per_s() -> float:
    """Callbacks that schedule each other, 100 at a time."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    left = CALLS

    def call() -> None:
        nonlocal left
        left -= 1
        if left > 0:
            loop.call_soon(call)
        else:
            done.set()

    began = time.perf_counter()
    for _ in range(100):
        loop.call_soon(call)
    await done.wait()
    return CALLS / (time.perf_counter() - began)


async def _timer_lateness_ms() -> tuple[float, float, float]:
    """Lateness of timers spread over 1.5 s: earliest, median, 99th percentile."""
    loop = asyncio.get_running_loop()
    late_ms: list[float] = []
    done = asyncio.Event()

    def ring(due: float) -> None:
        late_ms.append((loop.time() - due) * 1000)
        if len(late_ms) == TIMERS:
            done.set()

    start = loop.time() + 0.05
    for number in range(TIMERS):
        due = start + number * 0.00503
        loop.call_at(due, ring, due)
    await done.wait()
    late_ms.sort()
    return late_ms[0], statistics.median(late_ms), late_ms[int(len(late_ms) * 0.99)]


async def _reads_per_s(sockets: int) -> float:
    """Readable events, one byte each, over so many socket pairs that are always full."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    pairs = [socket.socketpair() for _ in range(sockets)]
    left = READS

    def read(near: socket.socket, far: socket.socket) -> None:
        nonlocal left
        near.recv(1)
        left -= 1
        if left > 0:
            far.send(b"x")
        elif left == 0:
            done.set()

    for near, far in pairs:
        near.setblocking(False)
        loop.add_reader(near, read, near, far)
    began = time.perf_counter()
    for _, far in pairs:
        far.send(b"x")
    await done.wait()
    elapsed_s = time.perf_counter() - began
    for near, far in pairs:
        loop.remove_reader(near)
        near.close()
        far.close()
    return READS / elapsed_s


async def _wait_us() -> float:
    """CPU of one `wait_for` that is answered long before its time, in microseconds."""
    queue: asyncio.Queue[int] = asyncio.Queue()
    began = time.process_time()
    for number in range(WAITS):
        asyncio.get_running_loop().call_soon(queue.put_nowait, number)
        await asyncio.wait_for(queue.get(), 45)
    return (time.process_time() - began) / WAITS * 1e6


async def _gets(count: int, connections: int) -> tuple[float, float]:
    """Plain GETs of aiohttp per second, and the server's CPU for each in microseconds."""
    from aiohttp import web

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    cpu = time.process_time()
    client = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--client", f"{port},{count},{connections}", stdout=subprocess.PIPE
    )
    out, _ = await client.communicate()
    cpu_us = (time.process_time() - cpu) / count * 1e6
    await runner.cleanup()
    return float(out), cpu_us


async def _client(port: int, count: int, connections: int) -> float:
    async def get(times: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(times):
            writer.write(b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
            await reader.readuntil(b"\r\n\r\nok")
        writer.close()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(get(count // connections))
    return count / (time.perf_counter() - began)


async def _idle_cpu_pct(seconds: float) -> float:
    began = time.process_time()
    await asyncio.sleep(seconds)
    return (time.process_time() - began) / seconds * 100


async def _measure(gets: int, idle_s: float) -> dict[str, float]:
    earliest, median, p99 = await _timer_lateness_ms()
    figures = {
        "call_soon per s": await _calls_per_s(),
        "timer late, earliest ms": earliest,
        "timer late, p50 ms": median,
        "timer late, p99 ms": p99,
        "readable per s, 1 socket": await _reads_per_s(1),
        "readable per s, 100 sockets": await _reads_per_s(100),
        "a finished wait_for, CPU us": await _wait_us(),
    }
    one_get, one_cpu = await _gets(gets // 2, 1)
    many_gets, many_cpu = await _gets(gets, CONNECTIONS)
    return figures | {
        "GET per s, 1 connection": one_get,
        "GET CPU us, 1 connection": one_cpu,
        f"GET per s, {CONNECTIONS} connections": many_gets,
        f"GET CPU us, {CONNECTIONS} connections": many_cpu,
        "idle CPU %": await _idle_cpu_pct(idle_s),
    }


def _factory(name: str) -> Callable[[], asyncio.AbstractEventLoop]:
    if name == "asyncio":
        return asyncio.SelectorEventLoop
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication

    app = QGuiApplication([])
    app.setQuitOnLastWindowClosed(False)
    if name == "intercom":
        sys.path.insert(0, str(Path(__file__).parents[2]))
        from intercom.loop import loop_factory

        return loop_factory(app)
    import qasync

    return lambda: qasync.QEventLoop(app)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--gets", type=int, default=6_400)
    parser.add_argument("--seconds-idle", type=float, default=2)
    parser.add_argument("--one", choices=LOOPS, help=argparse.SUPPRESS)
    parser.add_argument("--client", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.client:
        print(asyncio.run(_client(*map(int, asked.client.split(",")))))
        return
    if asked.one:
        with asyncio.Runner(loop_factory=_factory(asked.one)) as runner:
            print(json.dumps(runner.run(_measure(asked.gets, asked.seconds_idle))))
        return
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in LOOPS}
    for _ in range(asked.rounds):
        for name in LOOPS:
            command = [sys.executable, __file__, "--one", name]
            command += ["--gets", str(asked.gets), "--seconds-idle", str(asked.seconds_idle)]
            rounds[name].append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
    print(f"Python {sys.version.split()[0]}".ljust(32) + "".join(name.rjust(12) for name in LOOPS))
    for label in rounds["asyncio"][0]:
        cells = (statistics.median(figures[label] for figures in rounds[name]) for name in LOOPS)
        print(label.ljust(32) + "".join((f"{v:,.0f}" if abs(v) >= 100 else f"{v:.2f}").rjust(12) for v in cells))


if __name__ == "__main__":
    main()
