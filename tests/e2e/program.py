"""The real program in a process of its own, as a resident starts and stops it, and what it said.

Whatever it says on its standard error but information is a complaint: a warning of ours, of Qt, of QML or of Python, a
traceback. `Program.check()` fails on any; the fixtures call it after every test.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.relay_client import RelayClient
from tests.e2e.until import until

STARTS_WITHIN_S = 20.0
STOPS_WITHIN_S = 2.0
DIES_WITHIN_S = 10.0

# What PySide6 leaves of its properties' annotations when Python itself ends is no leak of the program's.
_WARNINGS = ("-W", "default::ResourceWarning", "-W", "ignore:gc:ResourceWarning")
_PROGRAM = (sys.executable, *_WARNINGS, "-m", "intercom")
_CHECKOUT = Path(__file__).parents[2]
_INFORMATION = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (INFO|DEBUG) ")
_ADDRESS = re.compile(r"^intercom: open (http://\S+) in a browser$", re.MULTILINE)
_LEFT_ALONE = ("PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR", "TZ")


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code, how long that took, and what it said."""

    code: int
    took_s: float
    out: str
    err: str

    @property
    def is_in_order(self) -> bool:
        """Whether it ended well, and as soon as it was asked to."""
        return self.code == 0 and self.took_s < STOPS_WITHIN_S

    @property
    def complaints(self) -> list[str]:
        """What it said on its standard error but information."""
        return complaints(self.err)


class Program:
    """The intercom on one data folder; may be started again after it was stopped."""

    def __init__(
        self,
        folder: Path,
        *flags: str,
        log: Path,
        display: str | None = None,
        environ: Mapping[str, str] | None = None,
        **settings: object,
    ) -> None:
        """Prepare it.

        Args:
            folder: where its data folder is made.
            flags: for the command line.
            log: the file in which its standard error is kept.
            display: where its window opens.
            environ: what else stands in its environment.
            settings: INTERCOM_ variables, in small letters.
        """
        self.data = folder / "data"
        self.log = log
        self._out = folder / "out"
        self._flags = flags
        self._environment = environment(folder, display=display, data_dir=self.data, **settings) | dict(environ or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._seen = 0
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")

    @property
    def pid(self) -> int:
        assert self._process is not None, "it does not run"
        return self._process.pid

    @property
    def url(self) -> str:
        """The address that it printed."""
        found = _ADDRESS.search(self._out.read_text())
        assert found is not None, "no address was printed"
        return found[1]

    def start(self) -> None:
        """Start it, and return once it has printed where it is."""
        with self._out.open("wb") as out, self.log.open("ab") as err:
            self._process = subprocess.Popen(
                [*_PROGRAM, *self._flags], stdout=out, stderr=err, env=self._environment, cwd=_CHECKOUT
            )
        until(self._is_up_or_gone, "the program prints its address", within_s=STARTS_WITHIN_S)
        assert self._process.poll() is None, f"it ended with {self._process.returncode}:\n{self.log.read_text()}"

    def wait(self, since: float | None = None) -> Ended:
        """Wait for its end; `since` is when it was asked to."""
        since = time.monotonic() if since is None else since
        process, self._process = self._process, None
        assert process is not None
        code = process.wait(DIES_WITHIN_S)
        return Ended(code, time.monotonic() - since, self._out.read_text(), self.log.read_text())

    def terminate(self) -> Ended:
        """Ask it to stop, as a service manager does."""
        asked_at = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        return self.wait(asked_at)

    def kill(self) -> None:
        """Kill it without warning."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def end(self) -> None:
        """Stop it if it runs, and fail if that is not done in order."""
        if self._process is not None:
            ended = self.terminate()
            assert ended.code == 0, f"it ended with {ended.code}:\n{ended.err}"

    def refuse(self) -> Ended:
        """Start it where it cannot start; return how it ended."""
        return self._run(*self._flags)

    def command(self, *words: str) -> Any:
        """Run one of its commands on the data folder; return what it prints, read as JSON if it is."""
        ended = self._run(*words)
        assert ended.code == 0, ended.err
        try:
            return json.loads(ended.out)
        except json.JSONDecodeError:
            return ended.out

    def client(self, role: str = "owner", *, name: str = "test") -> RelayClient:
        """Pair a client on the machine itself, and speak for it to the relay."""
        made = self.command("clients", "add", "--name", name, "--role", role, "--json")
        return RelayClient(self.url, session_id=made["session"]["id"], token=made["access_token"])

    def check(self) -> None:
        """Fail if it complained since it was last checked."""
        new = self.take_complaints()
        assert not new, "the program complained:\n" + "\n".join(new)

    def take_complaints(self) -> list[str]:
        """Return what it complained about since it was last checked, and hold none of it against it."""
        said = self.log.read_text(encoding="utf-8")
        new, self._seen = said[self._seen :], len(said)
        return complaints(new)

    def _run(self, *words: str) -> Ended:
        began = time.monotonic()
        done = subprocess.run(
            [*_PROGRAM, *words],
            capture_output=True,
            text=True,
            env=self._environment,
            cwd=_CHECKOUT,
            timeout=STARTS_WITHIN_S,
            check=False,
        )
        return Ended(done.returncode, time.monotonic() - began, done.stdout, done.stderr)

    def _is_up_or_gone(self) -> bool:
        assert self._process is not None
        return self._process.poll() is not None or _ADDRESS.search(self._out.read_text()) is not None


def complaints(err: str) -> list[str]:
    """The lines of a standard error that are not information."""
    return [line for line in err.splitlines() if line.strip() and not _INFORMATION.match(line)]


def environment(folder: Path, *, display: str | None = None, **settings: object) -> dict[str, str]:
    """The environment of a machine on which nothing is configured but `settings`."""
    made = {name: os.environ[name] for name in _LEFT_ALONE if name in os.environ}
    made |= {"LC_ALL": "C.UTF-8", "QT_QUICK_BACKEND": "software", "PYTHONUNBUFFERED": "1"}
    made |= {name: str(folder / "xdg") for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    if display is not None:
        made["DISPLAY"] = display
    return made | {f"INTERCOM_{name.upper()}": str(value) for name, value in settings.items()}
