"""A phone with a browser, as its owner uses it: the real Chromium on the page that the relay serves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, ViewportSize, expect

from tests.e2e.relay_client import CodeScreen
from tests.e2e.until import PATIENCE_S

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}

_NETWORK = ("Failed to load resource", "WebSocket connection to")
"""What Chromium itself logs of a relay that refuses or is away, whatever the page makes of it."""


class Phone:
    """One browser with cookies of its own; faults of the page's scripts are collected in `faults`."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        *,
        locale: str = "ko-KR",
        theme: Literal["dark", "light"] = "dark",
        viewport: ViewportSize = DESKTOP,
    ) -> None:
        self._context = browser.new_context(locale=locale, viewport=viewport, color_scheme=theme)
        self._url = url
        self.faults: list[str] = []
        self.page: Page = self._context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._hear)

    def open(self) -> None:
        """Open the address that the program printed."""
        self.page.goto(self._url)

    def pair(self, codes: CodeScreen, *, name: str) -> None:
        """Ask to come in, read the code from the home's screens, type it."""
        self.ask_to_pair(name)
        self.type_code(codes.next_code())

    def ask_to_pair(self, name: str) -> None:
        self.page.get_by_test_id("pairing-name").fill(name)
        self.page.get_by_test_id("pairing-submit").click()
        expect(self.page.get_by_test_id("pairing-code")).to_be_visible()

    def type_code(self, code: str) -> None:
        self.page.get_by_test_id("pairing-code").press_sequentially(code)

    def log_in(self, name: str, password: str) -> None:
        """Give the name and password of an account, and let Enter send them."""
        login = self.page.get_by_test_id("login")
        if not login.is_visible():
            self.page.get_by_test_id("other-way").click()
        self.page.get_by_test_id("login-name").fill(name)
        self.page.get_by_test_id("login-password").fill(password)
        self.page.get_by_test_id("login-password").press("Enter")

    def tile(self, name: str) -> Locator:
        """A device's tile."""
        named = self.page.get_by_test_id("tile-name").get_by_text(name, exact=True)
        return self.page.get_by_test_id("tile").filter(has=named)

    def touch(self, name: str) -> None:
        """Touch a device's tile."""
        self.tile(name).get_by_test_id("tile-touch").click()

    def expect_on(self, name: str, on: bool, *, within_s: float = PATIENCE_S) -> None:
        """Wait until a tile says that its device is on, or off, and that nothing is pending."""
        touch = self.tile(name).get_by_test_id("tile-touch")
        expect(touch).to_have_attribute("aria-pressed", str(on).lower(), timeout=within_s * 1000)
        expect(self.tile(name).get_by_test_id("tile-pending")).to_be_hidden(timeout=within_s * 1000)

    def expect_words(self, name: str, words: str | re.Pattern[str], *, within_s: float = PATIENCE_S) -> None:
        """Wait until a tile's second line is so."""
        expect(self.tile(name).get_by_test_id("tile-words")).to_have_text(words, timeout=within_s * 1000)

    def expect_home(self) -> None:
        """Wait until the tiles are there."""
        expect(self.page.get_by_test_id("tile").first).to_be_visible()

    def expect_stranger(self, *, within_s: float = PATIENCE_S) -> None:
        """Wait until the page asks to pair."""
        expect(self.page.get_by_test_id("pairing-ask")).to_be_visible(timeout=within_s * 1000)

    def expect_message(self, words: str | re.Pattern[str], *, within_s: float = PATIENCE_S) -> None:
        """Wait until a message says so."""
        expect(self.page.get_by_test_id("toast").last).to_contain_text(words, timeout=within_s * 1000)

    def expect_connected(self, *, within_s: float = PATIENCE_S) -> None:
        """Wait until the page says that it is linked to the home."""
        dot = self.page.locator("[data-link=up]").first
        expect(dot).to_be_attached(timeout=within_s * 1000)
        expect(self.page.get_by_test_id("stale-bar")).to_have_count(0)

    def photograph(self, path: Path) -> None:
        """Keep what it shows."""
        self.page.screenshot(path=path, animations="disabled")

    def open_sheet(self, name: str) -> None:
        """Press a device's tile for long, until its sheet is open."""
        self.tile(name).get_by_test_id("tile-touch").click(delay=700)
        expect(self.page.locator("dialog[open]")).to_be_visible()

    def open_settings(self) -> None:
        self.page.locator("[data-testid=settings]:visible, [data-testid=settings-rail]:visible").click()
        expect(self.page.locator("dialog[open]")).to_be_visible()

    def open_people(self) -> None:
        """Go to the list of people, which owners have."""
        self.open_settings()
        self.page.get_by_test_id("open-people").click()
        expect(self.page.get_by_test_id("client").first).to_be_visible()

    def close_sheet(self) -> None:
        self.page.keyboard.press("Escape")
        expect(self.page.locator("dialog[open]")).to_have_count(0)

    def close(self) -> None:
        self._context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_NETWORK):
            self.faults.append(message.text)
