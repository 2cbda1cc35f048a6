"""Measure the intercom against its budgets, and print one table that says how far it is from each.

    make bench
    python tests/bench/run.py [--quick] [--runs 3] [--peers node] [--bench FOLDER] [--keep FILE]
    python tests/bench/run.py --table FILE

Most figures come from the shared benchmark (`bench.py` with its load generator and peers), which lives outside the
repository: beside it in `../shared/bench`, or where `--bench` says. Two are measured here, because they need a screen:
the time until pixels change after a start, and how long a touch waits for its handler, and a due frame to be drawn,
while 1,000 changes a second go to 100 clients. For these and for all that is measured with the window open, the window
is drawn by Qt's software renderer on an Xvfb screen; without Xvfb it is drawn off screen and those two are left out.

The highest rates are those at which every single change arrives at every client, although the relay may leave out
states that a newer one has overtaken; far above them it still brings the newest in time (`bench.py fanout` with the
targets as they are tells up to where).

Every figure is the median of `--runs` runs. Nothing is asserted: timings belong to the machine. With other work on it,
`BENCH_NICE=-5` (as root) raises all that is measured, and `--peers node` measures a peer in the same run: compare with
that. Start it with an interpreter that has the intercom's dependencies and not much else: packages that are merely
installed can make a start slower, because libraries look for them (`cryptography`, `requests`).
"""

from __future__ import annotations

import argparse
import compileall
import contextlib
import importlib.util
import itertools
import json
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import screen as screens

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

HEADLESS, WINDOW = "ours", "ours_window"
DEVICES = 200
EVERY_CHANGE_FROM = {"100": 6_000, "500": 2_000}
LOAD_CLIENTS = 100
LOAD_PER_S = 1_000
PAINTED_WITHIN_S = 30.0
QUIET_S = 1.0

Line = dict[str, Any]
Figures = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a figure must reach.

    Attributes:
        metric, value: where the figure stands in the lines that are measured.
        of: what else tells that line from others.
        most, least: one of them.
        target: whose figure it is.
    """

    what: str
    metric: str
    value: str
    of: dict[str, int] = field(default_factory=dict)
    most: float | None = None
    least: float | None = None
    target: str = WINDOW

    def share(self, figure: float) -> float:
        """Return how much of the budget is used: 1 is all of it."""
        if self.most is not None:
            return figure / self.most
        assert self.least is not None
        return self.least / figure if figure else float("inf")

    @property
    def in_words(self) -> str:
        return f"≤ {_number(self.most)}" if self.most is not None else f"≥ {_number(self.least or 0)}"


def _state(clients: int, most_ms: float) -> Budget:
    what = f"device's message → client, p50, {clients} client{'s' * (clients > 1)}, ms"
    return Budget(what=what, metric="state", value="p50_ms", of={"clients": clients, "devices": DEVICES}, most=most_ms)


BUDGETS = (
    Budget(what="changes/s, 100 clients", metric="fanout", value="changes_s", of={"clients": 100}, least=5_000),
    Budget(what="changes/s, 500 clients", metric="fanout", value="changes_s", of={"clients": 500}, least=1_000),
    Budget(
        what="CPU of a delivery, 100 clients, µs",
        metric="fanout",
        value="cpu_us_per_delivery",
        of={"clients": 100},
        most=2,
    ),
    _state(1, 0.7),
    _state(10, 0.8),
    _state(100, 1.5),
    Budget(what="command → device → all of 10 clients, p50, ms", metric="command", value="p50_ms", most=1.1),
    Budget(what="500 clients at once, all have the home, ms", metric="storm", value="all_ms", most=600),
    Budget(
        what="snapshot of 10,000 devices, ms", metric="growth", value="snapshot_ms", of={"devices": 10_000}, most=10
    ),
    Budget(what="memory, 200 devices, MB", metric="idle", value="rss_mb", of={"devices": 200}, most=170),
    Budget(what="memory, 2,000 devices, MB", metric="idle", value="rss_mb", of={"devices": 2_000}, most=190),
    Budget(
        what="memory head-less, 200 devices, MB",
        metric="idle",
        value="rss_mb",
        of={"devices": 200},
        most=65,
        target=HEADLESS,
    ),
    Budget(
        what="memory head-less, 2,000 devices, MB",
        metric="idle",
        value="rss_mb",
        of={"devices": 2_000},
        most=80,
        target=HEADLESS,
    ),
    Budget(what="start → first HTTP answer, ms", metric="cold", value="http_ms", of={"devices": DEVICES}, most=1_000),
    Budget(what="start → 200 devices, ms", metric="cold", value="snapshot_ms", of={"devices": DEVICES}, most=1_200),
    Budget(
        what="start → first HTTP answer head-less, ms",
        metric="cold",
        value="http_ms",
        of={"devices": DEVICES},
        most=600,
        target=HEADLESS,
    ),
    Budget(
        what="start → 200 devices head-less, ms",
        metric="cold",
        value="snapshot_ms",
        of={"devices": DEVICES},
        most=800,
        target=HEADLESS,
    ),
    Budget(what="start → first painted frame, ms", metric="paint", value="first_ms", most=1_800),
    Budget(what="touch → its handler, p99, loaded, ms", metric="touch", value="p99_ms", most=16),
    Budget(what="longest wait of a due frame, loaded, ms", metric="touch", value="frame_gap_ms", most=100),
)


class Run:
    """One run of the program: where things are, and the lines that it measures."""

    def __init__(self, bench: Path, kept: Path, *, runs: int, is_quick: bool, peers: list[str]) -> None:
        self._bench = bench
        self._kept = kept
        self._runs = runs
        self._is_quick = is_quick
        self._peers = peers

    def measure(self, folder: Path) -> None:
        """Measure everything; the lines are added to the kept file."""
        # As an installation does it: else the first start is measured compiling.
        compileall.compile_dir(ROOT / "intercom", quiet=1)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPATH"] = str(ROOT)
        bench = _load(self._bench / "bench.py")
        with contextlib.ExitStack() as stack:
            screen = None
            if screens.is_possible():
                screen = stack.enter_context(screens.screen(folder, cpus=bench.GEN_CPU))
            targets = self._write_targets(folder / "targets.json", screen)
            self._shared(folder / "targets.json")
            if screen is not None:
                os.sched_setaffinity(0, bench.GEN_CPU)
                bench.nice()
                generator = bench.Gen()
                for _ in range(self._runs):
                    self._note("paint", DEVICES, first_painted_frame(bench, generator, targets[WINDOW], screen))
                for _ in range(self._runs):
                    taps = 40 if self._is_quick else 200
                    self._note("touch", DEVICES, touches_under_load(bench, generator, targets[WINDOW], screen, taps))

    def _write_targets(self, file: Path, screen: screens.Screen | None) -> dict[str, Any]:
        targets: dict[str, Any] = json.loads((HERE / "targets.json").read_text())
        for target in targets.values():
            target |= {"conflates": False, "fanout_start": EVERY_CHANGE_FROM}
        if screen is not None:
            targets[WINDOW]["env"] |= {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
        file.write_text(json.dumps(targets))
        return targets

    def _shared(self, targets: Path) -> None:
        names = ",".join((HEADLESS, WINDOW, *self._peers))
        command = [sys.executable, str(self._bench / "bench.py"), "all", "--targets", names, "--sizes", "10000"]
        command += ["--target-file", str(targets), "--runs", str(self._runs), "--out", str(self._kept)]
        if self._is_quick:
            command += ["--seconds", "2"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            try:
                for line in running.stdout:
                    if line.startswith("#") or '"error"' in line:
                        _say(line.rstrip())
            except BaseException:
                running.terminate()  # it stops what it started
                raise
        if running.returncode:
            raise SystemExit(f"the shared benchmark failed with {running.returncode}")

    def _note(self, metric: str, devices: int, figures: Figures) -> None:
        rounded = {name: round(value, 3) for name, value in figures.items()}
        _say(f"# {WINDOW:14} {metric:8} " + " ".join(f"{name}={value:g}" for name, value in rounded.items()))
        with self._kept.open("a") as kept:
            kept.write(json.dumps({"target": WINDOW, "metric": metric, "devices": devices, **rounded}) + "\n")


# ------------------------------------------------------------------------------------------------- with a screen


def first_painted_frame(bench: Any, generator: Any, target: dict[str, Any], screen: screens.Screen) -> Figures:
    """Start the intercom beside 200 announced devices; measure until pixels change, and until they change no more."""
    with _session(bench, generator, target) as session:
        blank = last = screen.look()
        env = {**os.environ, **{name: session.fill(value) for name, value in target["env"].items()}}
        command = [session.fill(part) for part in target["cmd"]]
        began = time.monotonic()
        session.srv = bench.spawn(command, bench.SERVER_CPU, session.log, env, session.dir)
        first_s = changed_s = 0.0
        while True:
            elapsed_s = time.monotonic() - began
            if elapsed_s > PAINTED_WITHIN_S or session.srv.poll() is not None:
                raise SystemExit(f"the window was not painted: {Path(session.log).read_text()}")
            now = screen.look()
            if now != last:
                last, changed_s = now, elapsed_s
                first_s = first_s or elapsed_s
            if first_s and elapsed_s > changed_s + QUIET_S and now != blank:
                return {"first_ms": first_s * 1e3, "settled_ms": changed_s * 1e3}
            time.sleep(0.002)


def touches_under_load(
    bench: Any, generator: Any, target: dict[str, Any], screen: screens.Screen, taps: int
) -> Figures:
    """Tap on switches by the X server while clients are told of 1,000 changes a second."""
    with _session(bench, generator, target) as session:
        notes = Path(session.dir) / "probe.json"
        session.t = {**target, "cmd": ["{python}", str(HERE / "probe.py"), str(notes)]}
        session.start()
        for number in range(10):
            _place_first(session, f"s{number}", number)
        session.clients(LOAD_CLIENTS)
        session.settle()
        session.srv.send_signal(signal.SIGUSR1)
        middles = _wait_for(notes)
        switches = [middle for name, middle in middles.items() if name.startswith("s")]
        notes.unlink()
        chance = random.Random(1)
        with _load_of(generator, LOAD_PER_S), bench.Meter(session.srv.pid) as meter:
            time.sleep(1)
            began = time.monotonic_ns()
            released = []
            for number in range(taps):
                x, y = switches[number % len(switches)]
                released.append(screen.tap(x, y, held_s=0.03))
                time.sleep(chance.uniform(0.05, 0.12))
            ended = time.monotonic_ns()
        generator.close()
        bench.stop(session.srv)
        noted = json.loads(notes.read_text())
        waited_ms = [(at - after) / 1e6 for at, after in _matched(noted["touches"], released)]
        frames = [at for at in noted["frames"] if began <= at <= ended]
        gaps_ms = [(later - earlier) / 1e6 for earlier, later in itertools.pairwise(frames)]
        return {
            "taps": taps,
            "lost": taps - len(waited_ms),
            "p50_ms": bench.pct(waited_ms, 0.5),
            "p99_ms": bench.pct(waited_ms, 0.99),
            "max_ms": max(waited_ms),
            "frames_s": len(frames) / (ended - began) * 1e9,
            "frame_p99_ms": bench.pct(gaps_ms, 0.99),
            "frame_gap_ms": max(gaps_ms),
            "server_cpu_pct": meter.server,
            "disturbed_pct": meter.wait,
        }


@contextlib.contextmanager
def _session(bench: Any, generator: Any, target: dict[str, Any]) -> Iterator[Any]:
    session = bench.Session(generator, WINDOW, target, DEVICES)
    try:
        yield session
    finally:
        session.end()


@contextlib.contextmanager
def _load_of(generator: Any, changes_per_s: float) -> Iterator[None]:
    """Let devices report so often while the block lasts."""
    is_over = threading.Event()

    def drive() -> None:
        while not is_over.is_set():
            generator.run(0.5, changes_per_s)

    driver = threading.Thread(target=drive)
    driver.start()
    try:
        yield
    finally:
        is_over.set()
        driver.join()


def _place_first(session: Any, device_id: str, number: int) -> None:
    """Let a tile stand before those of all sensors."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{session.port}/api/v1/devices/{device_id}",
        json.dumps({"position": number - 100}).encode(),
        {"Authorization": f"Bearer {session.subst['token']}", "Content-Type": "application/json"},
        method="PATCH",
    )
    with urllib.request.urlopen(request, timeout=5):
        pass


def _wait_for(notes: Path) -> Any:
    until = time.monotonic() + 10
    while not notes.exists():
        if time.monotonic() > until:
            raise SystemExit("the window's tiles were not told")
        time.sleep(0.01)
    return json.loads(notes.read_text())


def _matched(handled: list[int], released: list[int]) -> list[tuple[int, int]]:
    """Pair each touch that was handled with the release before it."""
    pairs = []
    for number, after in enumerate(released):
        before = released[number + 1] if number + 1 < len(released) else float("inf")
        at = next((at for at in handled if after <= at < before), None)
        if at is not None:
            pairs.append((at, after))
    return pairs


# ------------------------------------------------------------------------------------------------- the table


def table(lines: list[Line]) -> str:
    """Return the budgets and the medians as a table in Markdown."""
    others = list(dict.fromkeys(line["target"] for line in lines if line["target"] not in (HEADLESS, WINDOW)))
    head = ["what", "budget", "measured", "of the budget", "within", "relay alone", *others]
    rows = [head, ["---"] * len(head)]
    for budget in BUDGETS:
        figure = _median(lines, budget, budget.target)
        share = None if figure is None else budget.share(figure)
        rest = [None if budget.target == HEADLESS else _median(lines, budget, HEADLESS)]
        rest += [_median(lines, budget, other) for other in others]
        rows.append(
            [
                budget.what,
                budget.in_words,
                _number(figure),
                "–" if share is None else f"{share:.0%}",
                "–" if share is None else "yes" if share <= 1 else "**no**",
                *map(_number, rest),
            ]
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def remarks(lines: list[Line]) -> str:
    """Return what a reader must know to trust the table."""
    own = [line for line in lines if line["target"] in (HEADLESS, WINDOW)]
    disturbed = [line["disturbed_pct"] for line in own if "disturbed_pct" in line]
    said = [f"Python {platform.python_version()}, {os.cpu_count()} processors"]
    if disturbed:
        said.append(f"other work held the measured core {statistics.median(disturbed):.1f} % of the time (median)")
    errors = [f"{line['target']}: {line['error']}" for line in lines if "error" in line]
    return "; ".join([*said, *errors]) + "."


def _median(lines: list[Line], budget: Budget, target: str) -> float | None:
    wanted = {"target": target, "metric": budget.metric, **budget.of}
    found = [line[budget.value] for line in lines if wanted.items() <= line.items() and budget.value in line]
    return statistics.median(found) if found else None


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


# ------------------------------------------------------------------------------------------------- starting


def _load(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_say: Callable[[str], None] = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage="run.py [options]"
    )
    parser.add_argument("--quick", action="store_true", help="one run of short measurements")
    parser.add_argument("--runs", type=int, help="3, or 1 when quick")
    parser.add_argument("--peers", default="", help="names in the shared benchmark's targets, by commas")
    parser.add_argument("--bench", type=Path, default=ROOT.parent / "shared" / "bench", help="the shared benchmark")
    parser.add_argument("--keep", type=Path, help="add what is measured to this file, as JSON lines")
    parser.add_argument("--table", type=Path, help="only print the table of such a file")
    asked = parser.parse_args()
    if asked.table is None and not (asked.bench / "bench.py").is_file():
        print(f"there is no benchmark in {asked.bench}: say where it is with --bench", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # what runs is stopped on the way out
    with tempfile.TemporaryDirectory(prefix="intercom-bench-") as folder:
        kept = asked.table or asked.keep or Path(folder) / "lines.jsonl"
        if asked.table is None:
            peers = [name for name in asked.peers.split(",") if name]
            runs = asked.runs or (1 if asked.quick else 3)
            Run(asked.bench, kept, runs=runs, is_quick=asked.quick, peers=peers).measure(Path(folder))
        lines = [json.loads(line) for line in kept.read_text().splitlines()]
    print(table(lines) + "\n\n" + remarks(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
