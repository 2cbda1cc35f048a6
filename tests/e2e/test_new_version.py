"""A newer version that a publisher signed, as it reaches the phones of those who look after the home."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import MakePhone, MakeProgram
from tests.e2e.phone import PHONE
from tests.e2e.program import Program
from tests.e2e.test_looks import expect_well_laid_out
from tests.integration.publisher import Publisher, release

PASSWORD = "seven green bottles"


@pytest.fixture(scope="module")
def publisher() -> Generator[Publisher, None, None]:
    with Publisher() as running:
        running.publish(release("99.4"), release("0.0.1"))
        yield running


@pytest.fixture(scope="module")
def program(make_program: MakeProgram, publisher: Publisher) -> Program:
    program = make_program("--headless", update_url=publisher.url, update_public_key=publisher.public_text)
    program.start()
    client = program.client()
    for name, role in (("Mina", "owner"), ("Jun", "resident")):
        made = client.ask("POST", "accounts", {"name": name, "password": PASSWORD, "role": role})
        assert made.status == 201, made
    return program


@pytest.mark.parametrize(
    ("locale", "words", "notes"),
    [
        ("ko-KR", "새 버전 99.4가 나왔습니다. pip으로 설치하세요.", "통화가 더 빨리 연결됩니다."),
        ("en-GB", "Version 99.4 is available. Install it with pip.", "Calls start sooner."),
    ],
)
def test_an_owner_is_told_of_a_newer_version_in_words(
    program: Program, make_phone: MakePhone, pictures: Path, locale: str, words: str, notes: str
) -> None:
    phone = make_phone(program.url, locale=locale, viewport=PHONE, theme="light")
    phone.open()
    phone.log_in("Mina", PASSWORD)

    expect(phone.page.get_by_test_id("new-version-dot").first).to_be_visible()
    phone.open_settings()

    told = phone.page.get_by_test_id("new-version")
    expect(told).to_contain_text(words)
    expect(told).to_contain_text(notes)
    expect_well_laid_out(phone)
    phone.photograph(pictures / f"new-version-{locale}.png")


def test_a_resident_is_not_bothered(program: Program, make_phone: MakePhone) -> None:
    phone = make_phone(program.url, locale="en-GB", viewport=PHONE)
    phone.open()
    phone.log_in("Jun", PASSWORD)
    phone.expect_connected()

    phone.open_settings()

    expect(phone.page.get_by_test_id("session-role")).to_be_visible()
    expect(phone.page.get_by_test_id("new-version")).to_have_count(0)
    expect(phone.page.get_by_test_id("new-version-dot")).to_have_count(0)
