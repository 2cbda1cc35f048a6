"""What the end-to-end tests stand on: screens, the program, a browser, and pictures kept in `artifacts/e2e`.

These tests are plain functions. They drive the real process as residents do, and nothing else: by touches on its window
under an X server, in Chromium, by MQTT, by HTTP and by signals.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.mqtt_peers import Broker
from tests.e2e.phone import FLAGS, Phone
from tests.e2e.program import Program
from tests.e2e.screen import Screen, screen
from tests.e2e.until import PATIENCE_S, until
from tests.e2e.wall import Wall, is_drawn
from tests.integration.brokers import free_port

ARTIFACTS = Path(__file__).parents[2] / "artifacts" / "e2e"

MakeProgram = Callable[..., Program]
MakePhone = Callable[..., Phone]


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots are kept."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    return ARTIFACTS


@pytest.fixture(scope="session")
def display(tmp_path_factory: pytest.TempPathFactory) -> Generator[Screen, None, None]:
    """A screen of 1280 × 800, for one window at a time."""
    with screen(tmp_path_factory.mktemp("screen")) as shown:
        yield shown


@pytest.fixture(scope="module")
def browser() -> Generator[Browser, None, None]:
    """Chromium. While it runs this thread has a running loop, which is why it ends with its module."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_S * 1000)
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def make_program(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Generator[MakeProgram, None, None]:
    """Prepare a program on a fresh data folder; it ends, in order, with the module at the latest.

    Its window has offered to make an owner before, unless `offers_owner`.
    """
    made: list[Program] = []

    def make(*flags: str, name: str = "", offers_owner: bool = False, **settings: object) -> Program:
        log = ARTIFACTS / f"{request.module.__name__.rpartition('.')[2]}{name and '-'}{name}.log"
        given = {
            "relay_host": "127.0.0.1",
            "relay_port": free_port(),
            "tls_port": 0,
            "broker_host": "127.0.0.1",
            "broker_port": free_port(),
            "beacon_enabled": "false",
            "home_language": "ko",
            "home_theme": "dark",
        }
        if "broker_url" in settings:
            del given["broker_host"], given["broker_port"]
        program = Program(tmp_path_factory.mktemp("program"), *flags, log=log, **{**given, **settings})
        if not offers_owner and "--headless" not in flags:
            program.data.mkdir(mode=0o700)
            (program.data / "panel.json").write_text('{"has_offered_owner": true}')
        made.append(program)
        return program

    yield make
    for program in made:
        program.end()
        program.check()


@pytest.fixture(scope="module")
def make_phone(browser: Browser) -> Generator[MakePhone, None, None]:
    """Take a new browser in the hand; a fault of its page's scripts fails the module's last test."""
    made: list[Phone] = []

    def make(url: str, **how: object) -> Phone:
        made.append(Phone(browser, url, **how))
        return made[-1]

    yield make
    for phone in made:
        phone.close()
    assert not [fault for phone in made for fault in phone.faults]


def start_on(display: Screen, program: Program, *, theme: str = "dark") -> Wall:
    """Start a program with a window, and return what it shows once it shows something."""
    program.start()
    until(lambda: is_drawn(display.look()), "the window is drawn")
    return Wall(display, theme=theme)


def broker_of(program: Program) -> Broker:
    """The program's own broker, with the password that it shows."""
    told = dict(line.split(": ", 1) for line in str(program.command("broker")).strip().splitlines())
    return Broker(int(told["port"]), told["user"], told["password"])
