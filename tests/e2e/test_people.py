"""People with accounts, in real browsers: logging in, guests, roles, removal, and what is told of it afterwards.

The tests are chapters of one story: an owner looks after a home with a phone in the hand, while others are in it.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import MakePhone, MakeProgram
from tests.e2e.phone import DESKTOP, PHONE, Phone
from tests.e2e.program import Program
from tests.e2e.relay_client import CodeScreen, RelayClient
from tests.e2e.test_looks import SCROLLS_SIDEWAYS, TOO_SMALL, expect_well_laid_out
from tests.e2e.until import AT_ONCE_S, until

MINA, MINA_PASSWORD = "Mina", "seven green bottles"
JUN, JUN_PASSWORD = "Jun", "nine tall chimneys"
GUEST, GUEST_PASSWORD = "이모님", "two quiet mornings"
LIGHT = "천장 조명"
NARROW = {"width": 320, "height": 640}


@dataclass
class Household:
    """A demo home; Mina is an owner and holds a phone."""

    program: Program
    relay: RelayClient
    mina: Phone


@pytest.fixture(scope="module")
def household(make_program: MakeProgram, make_phone: MakePhone) -> Household:
    program = make_program("--demo", "--headless")
    program.start()
    relay = program.client()
    for name, password in ((MINA, MINA_PASSWORD), (JUN, JUN_PASSWORD)):
        made = relay.ask("POST", "accounts", {"name": name, "password": password, "role": "owner"})
        assert made.status == 201, made
    until(lambda: LIGHT in relay.devices(), "the demo's devices are there")
    return Household(program, relay, make_phone(program.url, locale="en-GB", viewport=PHONE, theme="light"))


@pytest.fixture(scope="module")
def jun(household: Household, make_phone: MakePhone) -> Phone:
    """Another owner at a computer."""
    phone = make_phone(household.program.url, locale="en-GB")
    phone.open()
    phone.log_in(JUN, JUN_PASSWORD)
    phone.expect_home()
    return phone


@pytest.fixture(autouse=True)
def no_complaints(household: Household) -> Generator[None, None, None]:
    yield
    household.program.check()


def client_row(phone: Phone, name: str) -> Locator:
    """The row of somebody who is in."""
    return phone.page.get_by_test_id("client").filter(has=phone.page.get_by_text(name, exact=True))


def account_row(phone: Phone, name: str) -> Locator:
    """The row of an account."""
    return phone.page.get_by_test_id("account").filter(has=phone.page.get_by_text(name, exact=True))


def test_a_wrong_password_is_told_in_words_and_the_name_stays(household: Household) -> None:
    mina = household.mina
    mina.open()
    mina.expect_stranger()

    mina.log_in(MINA, "six green bottles")

    expect(mina.page.get_by_test_id("problem")).to_have_text("No account has this name and password.")
    expect(mina.page.get_by_test_id("login-name")).to_have_value(MINA)
    expect(mina.page.get_by_test_id("login-password")).to_have_value("")


def test_what_is_typed_as_a_password_can_be_looked_at(household: Household) -> None:
    field = household.mina.page.get_by_test_id("login-password")
    expect(field).to_have_attribute("type", "password")

    household.mina.page.get_by_test_id("login-password-show").click()

    expect(field).to_have_attribute("type", "text")


def test_an_owner_logs_in_by_name_and_password_and_sees_the_home_live(household: Household) -> None:
    mina = household.mina

    mina.log_in(MINA, MINA_PASSWORD)

    mina.expect_home()
    mina.expect_connected()
    for on in (False, True):
        assert household.relay.command(LIGHT, {"do": "turn", "on": on}).status == 200
        mina.expect_on(LIGHT, on)


def test_a_login_survives_opening_the_page_anew(household: Household) -> None:
    household.mina.open()

    household.mina.expect_home()
    household.mina.expect_connected()


def test_a_guest_with_one_device_sees_that_one_only(
    household: Household, make_phone: MakePhone, pictures: Path
) -> None:
    mina, page = household.mina, household.mina.page
    mina.open_people()
    page.get_by_test_id("add-account").click()
    page.get_by_test_id("account-name").fill(GUEST)
    page.get_by_test_id("new-password").fill(GUEST_PASSWORD)
    page.get_by_test_id("role-guest").check()
    page.get_by_test_id("terms-devices-chosen").check()
    page.get_by_test_id("terms-device").and_(page.get_by_label(LIGHT)).check()
    mina.photograph(pictures / "people-guest-account.png")
    page.get_by_test_id("save").click()
    expect(account_row(mina, GUEST)).to_contain_text("1 device")
    mina.close_sheet()

    guest = make_phone(household.program.url, viewport=PHONE, theme="light")
    guest.open()
    guest.log_in(GUEST, GUEST_PASSWORD)

    guest.expect_home()
    expect(guest.page.get_by_test_id("tile-name")).to_have_text([LIGHT])
    guest.photograph(pictures / "people-guest-home.png")
    guest.touch(LIGHT)
    mina.expect_on(LIGHT, False)


def test_an_owner_whose_role_is_lowered_learns_it_at_once(household: Household, jun: Phone) -> None:
    mina, page = household.mina, household.mina.page
    jun.open_settings()
    expect(jun.page.get_by_test_id("open-people")).to_be_visible()

    mina.open_people()
    account_row(mina, JUN).get_by_test_id("account-open").click()
    page.get_by_test_id("role-resident").check()
    page.get_by_test_id("save").click()

    expect(jun.page.get_by_test_id("open-people")).to_have_count(0, timeout=AT_ONCE_S * 1000)
    expect(jun.page.get_by_test_id("session-role")).to_have_text("family")
    jun.close_sheet()
    jun.expect_connected()
    expect(account_row(mina, JUN)).to_contain_text("family")
    mina.close_sheet()


def test_the_last_owner_stays_one(household: Household) -> None:
    mina, page = household.mina, household.mina.page
    mina.open_people()
    account_row(mina, MINA).get_by_test_id("account-open").click()
    page.get_by_test_id("role-guest").check()

    page.get_by_test_id("save").click()

    expect(page.get_by_test_id("account-form").get_by_test_id("problem")).to_have_text(
        "This is the last owner. Make another owner first."
    )
    mina.close_sheet()


def test_a_paired_client_that_is_removed_is_a_stranger_at_once(household: Household, make_phone: MakePhone) -> None:
    mina = household.mina
    codes = CodeScreen(household.program.client("screen", name="hall"))
    tablet = make_phone(household.program.url)
    tablet.open()
    tablet.pair(codes, name="Tablet")
    tablet.expect_home()
    mina.open_people()
    row = client_row(mina, "Tablet")

    row.get_by_test_id("client-remove").get_by_test_id("ask").click()
    expect(row).to_contain_text("Remove Tablet?")
    row.get_by_test_id("sure").click()

    tablet.expect_stranger(within_s=AT_ONCE_S)
    expect(row).to_have_count(0)
    expect(mina.page.get_by_test_id("people-news")).to_have_text("Tablet was removed")
    mina.close_sheet()


def test_who_changes_the_own_password_stays_in_and_the_others_are_out(household: Household, jun: Phone) -> None:
    page = jun.page
    jun.open_settings()
    page.get_by_test_id("open-password").click()
    page.get_by_test_id("old-password").fill("not my password")
    page.get_by_test_id("new-password").fill("ten open windows")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("problem")).to_have_text("That is not your password.")

    page.get_by_test_id("old-password").fill(JUN_PASSWORD)
    page.get_by_test_id("save").click()

    expect(page.get_by_test_id("password-news")).to_have_text("The new password is set.")
    jun.close_sheet()
    jun.expect_connected()


def test_the_log_tells_who_did_what_the_newest_first(household: Household, pictures: Path) -> None:
    page = household.mina.page
    household.mina.open_settings()
    page.get_by_test_id("open-audit").click()
    entries = page.get_by_test_id("audit-entry")
    expect(entries.first).to_contain_text("Jun chose another password")
    household.mina.photograph(pictures / "people-audit.png")

    told = [re.sub(r"\s+", " ", words) for words in entries.locator("p").all_inner_texts()]

    by = r"Mina · \S+ on \S+"
    expected = (
        r"Jun chose another password",
        r"Somebody gave a wrong password for Jun",
        rf"{by} removed Tablet",
        r"Somebody let Tablet in as family|The panel let Tablet in as family",
        rf"{by} changed what Jun may do: now family",
        rf"{by} made the account {GUEST} as guest",
        rf"{by} logged in as owner",
        r"Somebody gave a wrong password for Mina",
        r"test made the account Mina as owner",
        r"The machine itself let test in as owner",
    )
    places = [next((n for n, words in enumerate(told) if re.fullmatch(each, words)), None) for each in expected]
    assert None not in places, told
    assert places == sorted(places, key=lambda place: place or 0)
    household.mina.close_sheet()


def test_who_logs_out_is_asked_for_name_and_password(household: Household, jun: Phone) -> None:
    jun.open_settings()

    jun.page.get_by_test_id("leave").click()

    expect(jun.page.get_by_test_id("login")).to_contain_text("You are logged out.")
    assert not [name for name in clients_of(household.relay) if name.startswith(JUN)]


def expect_nothing_beyond_the_edge(phone: Phone) -> None:
    """Fail on a page or a sheet that scrolls sideways, or has something too small to touch."""
    assert not phone.page.evaluate(SCROLLS_SIDEWAYS)
    assert phone.page.locator(".body").evaluate_all("all => all.every(each => each.scrollWidth <= each.clientWidth)")
    assert phone.page.evaluate(TOO_SMALL, 48) == []


def clients_of(relay: RelayClient) -> list[str]:
    return [client["name"] for client in relay.get("clients")["clients"]]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(("size", "viewport"), [("phone", PHONE), ("desktop", DESKTOP), ("narrow", NARROW)])
def test_every_page_is_well_laid_out(
    household: Household, make_phone: MakePhone, pictures: Path, language: str, size: str, viewport: dict[str, int]
) -> None:
    locale = {"ko": "ko-KR", "en": "en-GB"}[language]
    theme = "dark" if size == "desktop" else "light"
    phone = make_phone(household.program.url, locale=locale, viewport=viewport, theme=theme)
    page = phone.page

    def look(what: str) -> None:
        phone.photograph(pictures / f"people-{size}-{language}-{what}.png")
        if size == "narrow":  # tiles do cut long words there, beneath the sheet
            expect_nothing_beyond_the_edge(phone)
        else:
            expect_well_laid_out(phone)

    phone.open()
    phone.expect_stranger()
    look("stranger")
    page.get_by_test_id("other-way").click()
    expect(page.get_by_test_id("login")).to_be_visible()
    look("login")
    phone.log_in(MINA, MINA_PASSWORD)
    phone.expect_home()
    phone.open_settings()
    look("settings")
    page.get_by_test_id("open-audit").click()
    expect(page.get_by_test_id("audit-entry").first).to_be_visible()
    look("audit")
    page.get_by_test_id("sheet-back").click()
    page.get_by_test_id("open-password").click()
    expect(page.get_by_test_id("old-password")).to_be_visible()
    look("password")
    page.get_by_test_id("sheet-back").click()
    page.get_by_test_id("open-people").click()
    row = client_row(phone, "test")
    row.get_by_test_id("client-remove").get_by_test_id("ask").click()
    look("list")
    row.get_by_test_id("client-open").click()
    look("client")
    page.get_by_test_id("role-guest").check()
    page.get_by_test_id("terms-hours-chosen").check()
    page.get_by_test_id("terms-from_minute").scroll_into_view_if_needed()
    look("hours")
    page.get_by_test_id("sheet-back").click()
    account_row(phone, JUN).get_by_test_id("account-open").click()
    page.get_by_test_id("account-password-form").scroll_into_view_if_needed()
    look("account")
    page.get_by_test_id("sheet-back").click()
    page.get_by_test_id("add-account").click()
    look("new-account")
    page.get_by_test_id("sheet-back").click()
    page.get_by_test_id("pin").click()
    page.get_by_test_id("new-pin").fill("12")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("problem")).not_to_be_empty()
    look("pin")


def test_a_guest_outside_the_chosen_hours_is_told_so_calmly(
    household: Household, make_phone: MakePhone, pictures: Path
) -> None:
    """Hours that lie on another day than today, whichever that is."""
    light = household.relay.devices()[LIGHT]["id"]
    made = {"name": "Nurse", "password": GUEST_PASSWORD, "role": "guest", "terms": {"devices": [light]}}
    account = household.relay.ask("POST", "accounts", made).said
    guest = make_phone(household.program.url, viewport=PHONE, theme="light")
    guest.open()
    guest.log_in("Nurse", GUEST_PASSWORD)
    guest.expect_home()
    weekday = (guest.page.evaluate("() => new Date().getDay()") + 6) % 7
    hours = {"days": [(weekday + 3) % 7], "from_minute": 540, "until_minute": 1080}

    changed = household.relay.ask("PATCH", f"accounts/{account['id']}", {"terms": {"hours": hours}})

    assert changed.status == 200
    expect(guest.page.get_by_test_id("paused")).to_be_visible(timeout=AT_ONCE_S * 1000)
    guest.photograph(pictures / "people-paused.png")
    told = guest.page.get_by_test_id("paused-hours").inner_text()
    assert told.endswith("09:00–18:00")
    guest.open()
    expect(guest.page.get_by_test_id("paused-hours")).to_have_text(told)
    household.relay.ask("PATCH", f"accounts/{account['id']}", {"terms": {"devices": [light]}})
    guest.page.get_by_test_id("paused").get_by_role("button").first.click()
    guest.expect_connected()
    expect(guest.page.get_by_test_id("tile-name")).to_have_text([LIGHT])
