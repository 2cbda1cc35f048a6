"""How it looks: screens and pages of several sizes, in both languages and both themes, kept as pictures to look at.

What can be judged without eyes is: pages do not scroll sideways, no words are cut off, nothing is too small to touch.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import MakePhone, MakeProgram, start_on
from tests.e2e.phone import DESKTOP, PHONE, Phone
from tests.e2e.program import Program
from tests.e2e.relay_client import CodeScreen, RelayClient
from tests.e2e.screen import screen
from tests.e2e.until import until
from tests.e2e.wall import Wall

SIZES = {"phone": PHONE, "desktop": DESKTOP}
THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
LOCALES = {"ko": "ko-KR", "en": "en-GB"}
SHEETS = {
    "ko": ("무드 조명", "에어컨", "방범"),
    "en": ("Mood light", "Air conditioner", "Alarm"),
}

MOST_DEVICES = 30
"""The demo has a few more; most of them are there then."""

TALL = 3200
"""So high is a page that shows the whole demo at once."""

TOO_SMALL = """least => {
  const found = [];
  const look = root => {
    for (const each of root.querySelectorAll('*')) {
      if (each.shadowRoot) look(each.shadowRoot);
      if (!each.matches('button, a[href], input, select')) continue;
      const { width, height } = each.getBoundingClientRect();
      const style = getComputedStyle(each);
      const isThere = width > 0 && style.visibility !== 'hidden' && style.pointerEvents !== 'none';
      if (isThere && (width < least - 0.5 || height < least - 0.5))
        found.push(`${each.className} ${each.textContent.trim()}: ${width} x ${height}`);
    }
  };
  look(document);
  return found;
}"""

CUT_OFF = """() => {
  const found = [];
  const look = root => {
    for (const each of root.querySelectorAll('*')) {
      if (each.shadowRoot) look(each.shadowRoot);
      if (!each.matches('.name, .words, .number, .area-name, h1, h2, h3, .pill')) continue;
      if (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 3)
        found.push(each.textContent.trim());
    }
  };
  look(document);
  return found;
}"""

SCROLLS_SIDEWAYS = "() => document.documentElement.scrollWidth > innerWidth"


@dataclass(frozen=True)
class Look:
    """A running home to look at."""

    language: str
    program: Program
    wall: Wall
    relay: RelayClient
    name: str


def expect_well_laid_out(phone: Phone) -> None:
    """Fail on a page that scrolls sideways, cuts words off, or has something too small to touch."""
    page = phone.page
    assert not page.evaluate(SCROLLS_SIDEWAYS)
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(TOO_SMALL, 48) == []


@contextlib.contextmanager
def looking(
    make_program: MakeProgram, folder: Path, *, width: int, height: int, language: str, theme: str
) -> Iterator[Look]:
    """Run a demo home whose wall fills a screen of this size."""
    with screen(folder, width=width, height=height) as shown, contextlib.ExitStack() as ending:
        look: dict[str, Any] = {"home_language": language, "home_theme": theme, "display": shown.name}
        name = f"{width}x{height}-{language}-{theme}"
        program = make_program("--demo", "--kiosk", name=name, **look)
        ending.callback(program.end)
        wall = start_on(shown, program, theme=theme)
        relay = program.client()
        until(lambda: len(relay.devices()) > MOST_DEVICES, "the demo's devices")
        yield Look(language, program, wall, relay, name)
    program.check()


@pytest.fixture(scope="module", params=[("ko", "dark"), ("en", "light")], ids=["ko-dark", "en-light"])
def small(
    request: pytest.FixtureRequest, make_program: MakeProgram, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Look]:
    """A demo home at a small wall."""
    language, theme = request.param
    folder = tmp_path_factory.mktemp("screen")
    with looking(make_program, folder, width=800, height=480, language=language, theme=theme) as look:
        yield look


def test_pages_are_well_laid_out(small: Look, make_phone: MakePhone, pictures: Path) -> None:
    language = small.language
    codes = CodeScreen(small.program.client("screen"))
    phone = make_phone(small.program.url, locale=LOCALES[language], viewport=PHONE)

    def keep(what: str) -> None:
        phone.photograph(pictures / f"page-{language}-{what}.png")

    phone.open()
    phone.expect_stranger()
    expect_well_laid_out(phone)
    keep("phone-stranger")
    phone.pair(codes, name="Minji")
    expect(phone.page.get_by_test_id("tile")).to_have_count(len(small.relay.devices()))
    for size, viewport in SIZES.items():
        phone.page.set_viewport_size({**viewport, "height": TALL})
        expect_well_laid_out(phone)
        keep(f"{size}-whole")
        phone.page.set_viewport_size(viewport)
        for theme in THEMES:
            phone.page.emulate_media(color_scheme=theme)
            expect_well_laid_out(phone)
            keep(f"{size}-{theme}")
        for number, name in enumerate(SHEETS[language], 1):
            phone.open_sheet(name)
            keep(f"{size}-sheet-{number}")
            phone.close_sheet()
        phone.open_settings()
        keep(f"{size}-settings")
        phone.close_sheet()


def test_a_small_wall_is_filled(small: Look, pictures: Path) -> None:
    photograph(small, pictures)


@pytest.mark.parametrize(
    ("width", "height", "language", "theme"), [(1024, 600, "ko", "light"), (600, 1024, "en", "dark")]
)
def test_a_wall_of_any_size_is_filled(
    make_program: MakeProgram, pictures: Path, tmp_path: Path, width: int, height: int, language: str, theme: str
) -> None:
    with looking(make_program, tmp_path, width=width, height=height, language=language, theme=theme) as look:
        photograph(look, pictures)


def photograph(look: Look, pictures: Path) -> None:
    """Keep how the wall looks: the home, a sheet, who asks to pair, the settings."""
    wall = look.wall
    right, bottom = wall.screen.width - 1, wall.screen.height - 1

    def keep(what: str) -> None:
        wall.come_to_rest().save(pictures / f"wall-{look.name}-{what}.png")

    tiles = until(lambda: tiles if len(tiles := wall.tiles()) > 3 else None, "four tiles on the wall")
    assert wall.shows((right, bottom), "background")
    keep("home")
    wall.touch(tiles[3], hold_s=0.8)
    until(wall.is_dimmed, "the sheet of the fourth device")
    keep("sheet")
    wall.screen.touch(2, 2)
    wall.expect_undimmed()
    codes = CodeScreen(look.program.client("screen"))
    asked = look.relay.ask("POST", "pairing", {"name": "Galaxy S24 Ultra of Minji's grandmother"}).said
    until(wall.is_dimmed, "who asks")
    keep("pairing")
    given = {"secret": asked["secret"], "code": codes.next_code()}
    assert look.relay.ask("POST", f"pairing/{asked['request_id']}", given).status == 200
    wall.expect_undimmed()
    wall.open_settings()
    keep("settings")
