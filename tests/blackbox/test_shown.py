"""Names that would like to be more than names: markup, scripts, overrides, ten thousand letters: they are text."""

from __future__ import annotations

import json
import select
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import MakePhone, MakeProgram, broker_of, start_on
from tests.e2e.mqtt_peers import Broker
from tests.e2e.program import Program
from tests.e2e.relay_client import CodeScreen, RelayClient
from tests.e2e.screen import Picture, Screen
from tests.e2e.until import until
from tests.e2e.wall import Wall

MAGENTA = 0xFF00FF
"""A colour that no theme has; only markup that is obeyed can bring it onto a screen."""

COLOR = '<font color="#ff00ff"><b>MMMMM</b></font>'
BLOCK = '<table bgcolor="#ff00ff"><tr><td>MMMMM</td></tr></table>'
SCRIPT = "<script>window.hurt = 1</script>"
TEMPLATE = "${window.hurt = 1}{{constructor}}%1%n%s"
OVERRIDE = "Lamp \u202eebircs\u202c\u2067x"
LONG = "Long " + "L" * 10_000
SHEETS = (0, 4, 5)
"""The tiles whose sheets are looked at, too."""

CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

FOREIGN_ELEMENTS = """() => {
  const found = [];
  const look = root => {
    for (const each of root.querySelectorAll('*')) {
      if (each.shadowRoot) look(each.shadowRoot);
      if (each.matches('font, b, i, h1 h1, table, iframe, object, marquee, img[src^="http"], [onerror], [onload]')
          || (each.matches('script') && !each.src)) found.push(each.outerHTML);
    }
  };
  look(document);
  return found;
}"""

ALL_TEXTS = """() => {
  const found = [];
  const look = root => {
    for (const each of root.childNodes) {
      if (each.nodeType === Node.TEXT_NODE) found.push(each.data);
      if (each.shadowRoot) look(each.shadowRoot);
      if (each.nodeType === Node.ELEMENT_NODE) {
        for (const attribute of each.attributes) found.push(attribute.value);
        look(each);
      }
    }
  };
  look(document);
  return found;
}"""


@dataclass(frozen=True)
class Named:
    """A home whose devices have such names, and a place that nobody should ever call."""

    program: Program
    wall: Wall
    relay: RelayClient
    names: tuple[str, ...]
    trap: socket.socket

    @property
    def was_called(self) -> bool:
        """Whether a picture or script of a name was fetched."""
        return bool(select.select([self.trap], [], [], 0)[0])


def announce(broker: Broker, number: int, name: str) -> None:
    """Plug in a sensor with this name, in an area of this name, that says this name, and never anything else."""
    said = {
        "name": None,
        "unique_id": f"named-{number}",
        "state_topic": f"named/{number}",
        "device": {"identifiers": [f"named-{number}"], "name": name, "suggested_area": name, "manufacturer": name},
    }
    broker.publish(f"homeassistant/sensor/named-{number}/config", said, retain=True)
    broker.publish(f"named/{number}", name[:200], retain=True)


def announce_silent(broker: Broker, name: str) -> None:
    """Plug in a lamp that never answers, so that a message names it."""
    said = {
        "name": None,
        "unique_id": "silent",
        "state_topic": "silent",
        "command_topic": "silent/set",
        "device": {"identifiers": ["silent"], "name": name},
    }
    broker.publish("homeassistant/switch/silent/config", said, retain=True)
    broker.publish("silent", "OFF", retain=True)


@pytest.fixture(scope="module")
def running(make_program: MakeProgram, display: Screen) -> Iterator[Named]:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        place = f"http://127.0.0.1:{trap.getsockname()[1]}"
        fetching = f'<img src="{place}/a.png" onerror="window.hurt = 1"><link rel=stylesheet href={place}/b.css>'
        names = (COLOR, BLOCK, SCRIPT, TEMPLATE, OVERRIDE, LONG, fetching)
        program = make_program("--kiosk", display=display.name, home_language="en")
        wall = start_on(display, program)
        broker = broker_of(program)
        for number, name in enumerate(names):
            announce(broker, number, name)
        announce_silent(broker, f"Silent {COLOR} \u202eknip")
        relay = program.client()
        until(lambda: len(relay.devices()) == len(names) + 1, "the devices are there")
        yield Named(program, wall, relay, names, trap)


@pytest.fixture
def home(running: Named) -> Iterator[Named]:
    yield running
    assert not running.was_called
    running.program.check()


def reddest(picture: Picture) -> int:
    """How many pixels are of the colour that only markup could have brought."""
    return sum(pixel & 0xFFFFFF == MAGENTA for pixel in picture.pixels)


def test_names_are_plain_text_at_the_wall(home: Named, pictures: Path) -> None:
    wall = home.wall
    tiles = until(lambda: tiles if len(tiles := wall.tiles()) == len(home.names) + 1 else None, "all tiles")
    shown = {"home": wall.come_to_rest()}
    assert all(box.right <= wall.screen.width for box in tiles), "a long name stays within its tile"
    assert len({box.right - box.left for box in tiles}) == 1
    for number in SHEETS:
        wall.touch(tiles[number], hold_s=0.8)
        until(wall.is_dimmed, f"the sheet of tile {number}")
        shown[f"sheet-{number}"] = wall.come_to_rest()
        wall.screen.touch(2, 2)
        wall.expect_undimmed()
    codes = CodeScreen(home.program.client("screen"))
    asked = home.relay.ask("POST", "pairing", {"name": COLOR}).said
    until(wall.is_dimmed, "who asks")
    shown["pairing"] = wall.come_to_rest()
    given = {"secret": asked["secret"], "code": codes.next_code()}
    assert home.relay.ask("POST", f"pairing/{asked['request_id']}", given).status == 200
    wall.expect_undimmed()
    wall.touch(tiles[-1])
    until(wall.has_toast, "a message that names the silent lamp")
    shown["message"] = wall.screen.look()
    until(lambda: not wall.has_toast(), "the message is over")
    wall.open_settings()
    shown["settings"] = wall.come_to_rest()

    for what, picture in shown.items():
        picture.save(pictures / f"named-wall-{what}.png")
    assert {what: reddest(picture) for what, picture in shown.items()} == dict.fromkeys(shown, 0)


def test_names_are_plain_text_in_a_browser(home: Named, make_phone: MakePhone, pictures: Path) -> None:
    codes = CodeScreen(home.program.client("screen"))
    phone = make_phone(home.program.url, locale="en-GB")
    phone.open()
    phone.pair(codes, name=COLOR)
    page = phone.page
    expect(page.get_by_test_id("tile")).to_have_count(len(home.names) + 1)
    devices = home.relay.devices()

    for name in (COLOR, BLOCK, SCRIPT, TEMPLATE):
        expect(phone.tile(name)).to_have_count(1)
    silent = next(name for name in devices if name.startswith("Silent"))
    phone.touch(silent)
    phone.expect_message(f"Silent {COLOR} knip")
    for name in (COLOR, SCRIPT, silent):
        phone.open_sheet(name)
        expect(page.get_by_role("dialog", name=name, exact=True)).to_be_visible()
        phone.close_sheet()
    phone.open_settings()
    expect(page.get_by_text(COLOR).last).to_be_visible()
    phone.photograph(pictures / "named-page.png")

    assert page.evaluate("() => window.hurt") is None
    assert page.evaluate(FOREIGN_ELEMENTS) == []
    assert not page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    texts = page.evaluate(ALL_TEXTS)
    names = [text for text in texts if any(name in text for name in devices)]
    assert len(names) > len(devices)
    assert [text for text in names if set(text) & set(CONTROLS)] == []


def test_a_name_turns_nothing_around_it_and_has_an_end(home: Named) -> None:
    told = json.dumps(home.relay.get("snapshot"), ensure_ascii=False)
    names = [*home.relay.devices(), *(area["name"] for area in home.relay.get("areas")["areas"])]

    assert "Lamp ebircs x" in names
    assert max(len(name) for name in names) <= 200
    assert not any(set(name) & set(CONTROLS) for name in names)
    assert "L" * 201 not in told
