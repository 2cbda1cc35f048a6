"""The program on what stands in for Windows: it starts, starts anew after a reset, and ends when it is asked to."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.integration.test_reset import PATIENCE_S, Running

# What the program uses of others looks at the system when it is imported, and is left alone.
AS_ON_WINDOWS = """
import os, sys
import pytest
import platformdirs
import intercom.app, intercom.cli, intercom.config, intercom.log_lines, intercom.storage.authority
from intercom import __main__ as program
from intercom.storage import storage
from tests.unit.as_windows import let_it_be_windows

def reset_when_told(parts, group, close):
    async def reset():
        while not os.path.exists(os.environ["RESET_WHEN"]):
            await asyncio.sleep(0.01)
        os.unlink(os.environ["RESET_WHEN"])
        parts.reset()
    group.create_task(reset())
    return NoWindow()

class NoWindow:
    def close(self):
        pass

import asyncio
run = intercom.app.run
intercom.app.run = lambda config: run(config, make_panel=reset_when_told)
let_it_be_windows(pytest.MonkeyPatch())
print("process", os.getpid(), flush=True)
code = program.main()
print("ended with", code, flush=True)
"""


class RunningAsOnWindows(Running):
    """Where to start anew is to be another process."""

    @property
    def pids(self) -> list[int]:
        return [int(each) for each in re.findall(r"process (\d+)\n", self.out.read_text())]

    @property
    def codes(self) -> list[str]:
        return re.findall(r"ended with (.+)\n", self.out.read_text())

    def until_it_said(self, what: str, times: int) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while self.out.read_text().count(what) < times:
            assert time.monotonic() < deadline, self.err.read_text()
            time.sleep(0.01)


@pytest.fixture
def running(tmp_path: Path) -> Generator[RunningAsOnWindows, None, None]:
    running = RunningAsOnWindows(tmp_path, "-c", AS_ON_WINDOWS, "--headless")
    yield running
    if len(running.codes) < len(running.pids):
        os.kill(running.pids[-1], signal.SIGKILL)
    running.process.wait(PATIENCE_S)


def test_the_program_starts_starts_anew_after_a_reset_and_ends(running: RunningAsOnWindows) -> None:
    running.until_it_said("in a browser", 1)
    running.reset_when.touch()
    assert running.process.wait(PATIENCE_S) == 0

    running.until_it_said("in a browser", 2)
    assert len(set(running.pids)) == 2
    os.kill(running.pids[1], signal.SIGTERM)

    running.until_it_said("ended with", 2)
    assert running.codes == ["0", "0"]
    assert running.complaints() == []
