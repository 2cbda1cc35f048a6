"""Signals that come while the program is still starting, or again while it ends; the real program in a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
ENDS_WITHIN_S = 2.0

Started = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Generator[Started, None, None]:
    """Start the program without a window, its imports told on standard error if asked; kill what is left of it."""
    started = []

    def run(*python: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *python, "-m", "intercom", "--headless", "--host", "127.0.0.1", "--port", "0"],
            env={
                **os.environ,
                "INTERCOM_CONFIG": "",
                "INTERCOM_DATA_DIR": str(tmp_path / "data"),
                "INTERCOM_TLS_PORT": "0",
                "INTERCOM_BROKER_HOST": "127.0.0.1",
                "INTERCOM_BROKER_PORT": "0",
                "INTERCOM_BEACON_ENABLED": "false",
            },
            cwd=CHECKOUT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], word: str) -> None:
    assert process.stderr is not None
    assert any(word in line for line in process.stderr), f"it never said {word}"


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_start_ends_the_program_in_silence(start: Started, signal_number: signal.Signals) -> None:
    process = start("-X", "importtime")
    read_until(process, "intercom.home.capabilities")

    process.send_signal(signal_number)
    said = process.communicate(timeout=ENDS_WITHIN_S)[1]

    assert process.returncode == 0
    assert [line for line in said.splitlines() if not line.startswith("import time:")] == []


def test_a_second_signal_while_it_ends_does_not_make_a_good_end_bad(start: Started) -> None:
    process = start()
    read_until(process, "is up")

    process.send_signal(signal.SIGTERM)
    read_until(process, "stopping")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=ENDS_WITHIN_S)

    assert process.returncode == 0
