"""Measure where the embedded broker may live: the window's smoothness beside each kind, in one table.

    python tests/bench/broker.py [--rounds 3] [--kinds ours-inside,ours-child,mosquitto,amqtt-inside,amqtt-child]

In each round every kind runs in a process of its own with a real window (offscreen, software renderer, animations that
never rest) on the intercom's loop and the intercom's link, subscribed to all that devices publish. Devices are another
process. A third one writes the time into a pipe every 7 ms, as a touch screen writes into its file: how late the
window's thread reads it is how late a touch would be. Kinds that are not installed are left out. Nothing is asserted:
timings belong to the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from intercom.devices import mqtt_packets as packets  # noqa: E402 - only after the path is set
from intercom.devices.broker import EmbeddedBroker  # noqa: E402
from intercom.devices.mqtt import MqttLink  # noqa: E402
from intercom.devices.mqtt_connection import LinkSettings  # noqa: E402
from intercom.devices.mqtt_packets import Connect, Kind, Publish  # noqa: E402

KINDS = ("none", "ours-inside", "ours-child", "mosquitto", "amqtt-inside", "amqtt-child")
PHASES = ("steady", "burst", "replay")
USER, PASSWORD = "bench", "bench"

DEVICES = 20
STEADY_PER_S = 200
STEADY_S = 8
BURST = 5_000
PAYLOAD = b'{"name":null,"state_topic":"bench/x","unique_id":"0x00158d0001a2b3c4"}'.ljust(400, b" ")
TOUCH_EVERY_S = 0.007

SCENE = b"""
import QtQuick
Window {
    width: 1024; height: 600; visible: true; color: "#101418"
    Grid {
        columns: 6; spacing: 12; padding: 12
        Repeater {
            model: 24
            Rectangle {
                id: tile
                required property int index
                width: 150; height: 130; radius: 12; color: "#22303a"
                Text { text: "Tile " + tile.index; color: "white"; anchors.centerIn: parent }
                Rectangle {
                    width: 24; height: 24; radius: 12; color: "#f2b33d"
                    NumberAnimation on x { from: 0; to: 120; duration: 900; loops: Animation.Infinite; running: true }
                }
            }
        }
    }
}
"""


# ------------------------------------------------------------------------------------------------- devices


class Device:
    """A device of few words, on a blocking socket."""

    def __init__(self, port: int, name: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(10)
        self._buffer = packets.PacketBuffer(largest_bytes=1_000_000)
        self.say(packets.connect(Connect(client_id=name, user=USER, password=PASSWORD)))
        self.hear(Kind.CONNACK, 1)

    def say(self, data: bytes) -> None:
        self._socket.sendall(data)

    def hear(self, kind: Kind, count: int) -> int:
        """Wait for packets of a kind; returns how many did not come before the broker fell silent."""
        while count:
            while (packet := self._buffer.next()) is None:
                try:
                    data = self._socket.recv(262_144)
                except TimeoutError:
                    return count
                if not data:
                    return count
                self._buffer.feed(data)
            count -= packet[0] & 0xF0 == kind
        return 0

    def leave(self) -> None:
        self.say(packets.DISCONNECT)
        self._socket.close()


def play(phase: str, port: int) -> None:
    """Be the devices for one phase; to standard output go the time that it took and the messages that did not come."""
    devices = [Device(port, f"{phase}-{number}") for number in range(DEVICES if phase == "steady" else 1)]
    missing = 0
    began = time.perf_counter()
    if phase == "steady":
        for number in range(STEADY_PER_S * STEADY_S):
            stamp = str(time.perf_counter_ns()).encode()
            device = number % DEVICES
            devices[device].say(packets.publish(Publish(f"bench/device{device}/state", stamp, retain=True)))
            time.sleep(max(0.0, began + number / STEADY_PER_S - time.perf_counter()))
    elif phase == "burst":
        devices[0].say(
            b"".join(packets.publish(Publish(f"bench/{n}/config", PAYLOAD, retain=True)) for n in range(BURST))
        )
        devices[0].say(packets.PINGREQ)
        devices[0].hear(Kind.PINGRESP, 1)
    else:
        devices[0].say(packets.subscribe(1, [("bench/+/config", 0)]))
        missing = devices[0].hear(Kind.PUBLISH, BURST)
    print(time.perf_counter() - began, missing)
    for one in devices:
        one.leave()


def touch() -> None:
    """Write the time to standard output for ever."""
    due = time.perf_counter()
    while True:
        due += TOUCH_EVERY_S
        time.sleep(max(0.0, due - time.perf_counter()))
        os.write(1, struct.pack("!Q", time.perf_counter_ns()))


# ------------------------------------------------------------------------------------------------- brokers


async def serve_ours(port: int) -> None:
    """Our broker for as long as nobody cancels."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "credentials.json"
        path.write_text(json.dumps({"user": USER, "password": PASSWORD}))
        server = EmbeddedBroker(Path(folder), host="127.0.0.1", port=port)
        await server.start()
        try:
            await asyncio.Event().wait()
        finally:
            await server.stop()


async def serve_amqtt(port: int) -> None:
    """amqtt for as long as nobody cancels; without a password, which only helps it."""
    from amqtt.broker import Broker

    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    await asyncio.Event().wait()


SERVE = {"ours": serve_ours, "amqtt": serve_amqtt}


def mosquitto() -> str | None:
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


@asynccontextmanager
async def broker(kind: str, port: int) -> AsyncIterator[int | None]:
    """Run one kind of broker; gives the process id of a child."""
    name, _, place = kind.partition("-")
    if kind == "none":
        yield None
    elif place == "inside":
        serving = asyncio.create_task(SERVE[name](port))
        await listening(port)
        yield None
        serving.cancel()
        await asyncio.wait((serving,))
    else:
        with tempfile.TemporaryDirectory() as folder:
            if kind == "mosquitto":
                config = Path(folder) / "conf"
                config.write_text(
                    f"user root\nlistener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
                    f"set_tcp_nodelay true\npersistence true\npersistence_location {folder}/\nlog_dest none\n"
                )
                command = [mosquitto() or "mosquitto", "-c", str(config)]
            else:
                command = [sys.executable, __file__, "--serve", name, "--port", str(port)]
            child = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL)
            await listening(port)
            yield child.pid
            child.terminate()
            await child.wait()


async def listening(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.02)


# ------------------------------------------------------------------------------------------------- the window


class Gauge:
    """What happened to the window during one phase."""

    def __init__(self) -> None:
        self.touch_ms: list[float] = []
        self.frame_ms: list[float] = []
        self.message_ms: list[float] = []
        self._framed_at: float | None = None

    def frame(self) -> None:
        now = time.perf_counter()
        if self._framed_at is not None:
            self.frame_ms.append((now - self._framed_at) * 1e3)
        self._framed_at = now

    def figures(self, own_cpu_s: float, child_cpu_s: float, took_s: float) -> dict[str, float]:
        return {
            "touch p50 ms": part(self.touch_ms, 0.5),
            "touch p99 ms": part(self.touch_ms, 0.99),
            "touch max ms": max(self.touch_ms, default=0),
            "frame p99 ms": part(self.frame_ms, 0.99),
            "frame max ms": max(self.frame_ms, default=0),
            "message p50 ms": part(self.message_ms, 0.5),
            "message p99 ms": part(self.message_ms, 0.99),
            "window CPU s": own_cpu_s,
            "broker CPU s": child_cpu_s,
            "took s": took_s,
        }


def part(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def cpu_s(pid: int | None) -> float:
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int | str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


async def child_output(*arguments: str) -> tuple[float, float]:
    child = await asyncio.create_subprocess_exec(sys.executable, __file__, *arguments, stdout=subprocess.PIPE)
    output, _ = await child.communicate()
    took_s, missing = map(float, output.split())
    return took_s, missing


async def settled(count: Callable[[], int]) -> None:
    """Wait until a count has not grown for a second."""
    last = -1
    while last != count():
        last = count()
        await asyncio.sleep(1)


async def watch(kind: str, new_gauge: Callable[[Gauge], None]) -> dict[str, dict[str, float]]:
    """Run all phases beside one kind of broker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    gauge = Gauge()
    heard = 0

    def hear(topic: str, payload: bytes, retain: bool) -> None:
        nonlocal heard
        heard += 1
        if topic.endswith("/state") and not retain:
            gauge.message_ms.append((time.perf_counter_ns() - int(payload)) / 1e6)

    results: dict[str, dict[str, float]] = {}
    async with broker(kind, port) as child:
        link = MqttLink(
            LinkSettings(host="127.0.0.1", port=port, user=USER, password=PASSWORD, client_id="panel"),
            on_message=hear,
        )
        link.subscribe("bench/#")
        running = asyncio.create_task(link.run())
        await asyncio.sleep(1)
        for phase in PHASES:
            gauge = Gauge()
            new_gauge(gauge)
            own, theirs, before = time.process_time(), cpu_s(child), heard
            if kind == "none":
                await asyncio.sleep(STEADY_S)
                took_s, missing = float(STEADY_S), 0.0
            else:
                took_s, missing = await child_output("--play", phase, "--port", str(port))
                await settled(lambda: heard)
            results[phase] = gauge.figures(time.process_time() - own, cpu_s(child) - theirs, took_s)
            expected = {"steady": STEADY_PER_S * STEADY_S, "burst": BURST}.get(phase, 0)
            results[phase]["lost"] = missing if phase == "replay" or kind == "none" else expected + before - heard
            await asyncio.sleep(0.5)
        results["memory"] = {"window MB": resident_mb("self"), "broker MB": resident_mb(child) if child else 0.0}
        running.cancel()
        await asyncio.wait((running,))
    return results


def measure(kind: str) -> dict[str, dict[str, float]]:
    """One kind, in this process, with a window."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    import PySide6.QtQuick  # noqa: F401 - makes the root a QQuickWindow
    from PySide6.QtCore import QSocketNotifier
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtQml import QQmlApplicationEngine

    from intercom.loop import loop_factory

    app = QGuiApplication([])
    app.setQuitOnLastWindowClosed(False)
    engine = QQmlApplicationEngine()
    engine.loadData(SCENE)
    window = engine.rootObjects()[0]
    toucher = subprocess.Popen([sys.executable, __file__, "--touch"], stdout=subprocess.PIPE)
    assert toucher.stdout is not None
    pipe = toucher.stdout.fileno()
    gauges = [Gauge()]

    def touched() -> None:
        data = os.read(pipe, 4096)
        now = time.perf_counter_ns()
        gauges[-1].touch_ms += [(now - stamp) / 1e6 for (stamp,) in struct.iter_unpack("!Q", data)]

    notifier = QSocketNotifier(pipe, QSocketNotifier.Type.Read)
    notifier.activated.connect(touched)
    window.frameSwapped.connect(lambda: gauges[-1].frame())
    try:
        with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
            return runner.run(watch(kind, gauges.append))
    finally:
        notifier.setEnabled(False)
        toucher.kill()
        toucher.wait()


def report(rounds: list[dict[str, dict[str, dict[str, float]]]]) -> str:
    """Medians over the rounds, as Markdown."""
    lines: list[str] = []
    for phase in (*PHASES, "memory"):
        names = list(next(iter(rounds[0].values()))[phase])
        lines += ["", f"**{phase}**", "", "| broker | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
        for kind in rounds[0]:
            cells = [statistics.median(one[kind][phase][name] for one in rounds) for name in names]
            lines.append(f"| {kind} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--one", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument("--play", choices=PHASES, help=argparse.SUPPRESS)
    parser.add_argument("--serve", choices=SERVE, help=argparse.SUPPRESS)
    parser.add_argument("--touch", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.touch:
        touch()
    elif arguments.play:
        play(arguments.play, arguments.port)
    elif arguments.serve:
        asyncio.run(SERVE[arguments.serve](arguments.port))
    elif arguments.one:
        print(json.dumps(measure(arguments.one)))
    else:
        kinds = [kind for kind in arguments.kinds.split(",") if is_here(kind)]
        rounds = []
        for number in range(arguments.rounds):
            rounds.append({})
            for kind in kinds:
                print(f"round {number + 1}: {kind}", file=sys.stderr)
                output = subprocess.run(
                    [sys.executable, __file__, "--one", kind], check=True, stdout=subprocess.PIPE
                ).stdout
                rounds[-1][kind] = json.loads(output.splitlines()[-1])
        print(report(rounds))


def is_here(kind: str) -> bool:
    if kind == "mosquitto":
        return mosquitto() is not None
    if kind.startswith("amqtt"):
        with contextlib.suppress(ImportError):
            import amqtt.broker  # noqa: F401 - only whether it is there

            return True
        return False
    return kind in KINDS


if __name__ == "__main__":
    main()
