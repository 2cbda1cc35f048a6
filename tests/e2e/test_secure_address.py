"""The secure address as a browser finds it: what plain HTTP says, how a device comes to trust the home, and then.

Chromium trusts what its owner put into the NSS store below the home folder, as on any Linux desktop.
"""

from __future__ import annotations

import os
import re
import subprocess
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Playwright, expect, sync_playwright

from tests.e2e.conftest import MakeProgram
from tests.e2e.phone import DESKTOP, FLAGS, PHONE, Phone
from tests.e2e.program import Program
from tests.e2e.relay_client import CodeScreen
from tests.e2e.test_looks import CUT_OFF, SCROLLS_SIDEWAYS, TOO_SMALL

NAME = "wall.home.arpa"
"""What no browser takes for the machine itself, so that plain HTTP is what it is in a home."""


@pytest.fixture(scope="module")
def program(make_program: MakeProgram) -> Program:
    program = make_program("--headless", "--demo", relay_names=NAME, home_language="en")
    program.start()
    return program


@pytest.fixture(scope="module")
def playwright() -> Generator[Playwright, None, None]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def stranger(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Generator[Browser, None, None]:
    """A browser that was told nothing."""
    with launched(playwright, tmp_path_factory.mktemp("stranger"), trusts=None) as browser:
        yield browser


@pytest.fixture(scope="module")
def trusting(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, authority: bytes
) -> Generator[Browser, None, None]:
    """A browser that trusts the authority of the home."""
    with launched(playwright, tmp_path_factory.mktemp("trusting"), trusts=authority) as browser:
        yield browser


@pytest.fixture(scope="module")
def authority(program: Program) -> bytes:
    """The authority, as the relay hands it out."""
    with urllib.request.urlopen(f"{program.url}/ca.crt", timeout=10) as answer:
        der: bytes = answer.read()
        return der


@contextmanager
def launched(playwright: Playwright, home: Path, *, trusts: bytes | None) -> Generator[Browser, None, None]:
    """Start a Chromium in a home folder of its own."""
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    certutil = ["certutil", "-d", f"sql:{store}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True, stdin=subprocess.DEVNULL)
    if trusts is not None:
        (home / "ca.crt").write_bytes(trusts)
        subprocess.run([*certutil, "-A", "-n", "intercom", "-t", "C,,", "-i", str(home / "ca.crt")], check=True)
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=[*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"],
        env={**os.environ, "HOME": str(home)},
    )
    try:
        yield browser
    finally:
        browser.close()


def plain(program: Program) -> str:
    return f"http://{NAME}:{urlsplit(program.url).port}"


def test_a_device_is_led_to_the_secure_address_and_lives_there(
    program: Program, trusting: Browser, authority: bytes
) -> None:
    codes = CodeScreen(program.client("screen", name="a screen"))
    phone = Phone(trusting, plain(program), locale="en-GB")
    phone.open()
    phone.pair(codes, name="a phone in the clear")
    phone.expect_home()
    phone.open_settings()
    phone.page.get_by_test_id("plain-http").get_by_role("link").click()
    expect(phone.page.locator("#fingerprint")).to_have_text(re.compile(r"^[0-9A-F]{2}([ \n][0-9A-F]{2}){31}$"))
    assert fingerprint_of(authority) == phone.page.locator("#fingerprint").inner_text().replace("\n", " ")

    phone.page.locator("#secure").click()

    phone.expect_stranger()
    assert phone.page.url.startswith(f"https://{NAME}:")
    assert phone.page.evaluate("isSecureContext")
    expect(phone.page.get_by_test_id("plain-http")).to_have_count(0)
    phone.pair(codes, name="a phone")
    phone.expect_home()
    phone.expect_connected()
    phone.open_settings()
    expect(phone.page.get_by_test_id("plain-http")).to_have_count(0)
    phone.close_sheet()
    phone.page.reload()
    phone.expect_home()
    phone.open()
    phone.expect_home()
    cookies = {cookie.get("name"): cookie.get("secure") for cookie in phone.page.context.cookies()}
    assert cookies == {"refresh": False, "__Secure-refresh": True}
    assert not phone.faults
    phone.close()


def test_plain_http_pairs_and_says_what_it_cannot_do(program: Program, stranger: Browser, pictures: Path) -> None:
    codes = CodeScreen(program.client("screen", name="another screen"))
    phone = Phone(stranger, plain(program), locale="ko-KR", viewport=PHONE)
    phone.open()
    expect(phone.page.get_by_test_id("plain-http")).to_contain_text("마이크")
    phone.photograph(pictures / "plain-pairing-ko.png")
    phone.pair(codes, name="a plain phone")
    phone.expect_home()

    phone.open_settings()

    expect(phone.page.get_by_test_id("plain-http")).to_contain_text("마이크")
    phone.photograph(pictures / "plain-settings-ko.png")
    expect(phone.page.get_by_test_id("plain-http").locator("a")).to_have_attribute("href", "/trust")
    assert not phone.faults
    phone.close()


def test_a_browser_that_was_not_told_to_trust_the_home_refuses(program: Program, stranger: Browser) -> None:
    page = stranger.new_page()
    told = page.request.get(f"{program.url}/api/v1/trust").json()

    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        page.goto(told["https_url"])


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_the_page_about_trust_is_whole(
    program: Program, stranger: Browser, pictures: Path, size: str, locale: str
) -> None:
    viewport = PHONE if size == "phone" else DESKTOP
    phone = Phone(stranger, f"{plain(program)}/trust", locale=locale, viewport=viewport)
    phone.open()
    expect(phone.page.locator("#then")).to_be_visible()
    expect(phone.page.locator("details[open] summary")).to_have_text(re.compile("Linux|리눅스"))
    closed = phone.page.locator("details:not([open]) summary")
    while closed.count():
        closed.first.click()

    assert phone.page.evaluate(TOO_SMALL, 48) == []
    assert phone.page.evaluate(CUT_OFF) == []
    assert not phone.page.evaluate(SCROLLS_SIDEWAYS)
    phone.page.screenshot(path=pictures / f"trust-{size}-{locale[:2]}.png", full_page=True)
    assert not phone.faults
    phone.close()


def test_the_page_about_trust_can_be_read_without_scripts(program: Program, stranger: Browser) -> None:
    with stranger.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{plain(program)}/trust")

        page.locator("summary", has_text="Android").click()

        expect(page.locator("details[open] li").first).to_contain_text("Load the certificate")
        with page.expect_download() as download:
            page.locator("details[open] a").click()
        assert download.value.suggested_filename == "intercom-ca.crt"


def fingerprint_of(der: bytes) -> str:
    done = subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-noout", "-fingerprint", "-sha256"],
        input=der,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip().partition("=")[2].replace(":", " ")
