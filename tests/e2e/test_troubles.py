"""A home whose settings were damaged, as it is told to phones: to all who live with it, and to no guest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.e2e.conftest import MakePhone, MakeProgram
from tests.e2e.phone import DESKTOP, PHONE
from tests.e2e.program import Program
from tests.e2e.test_looks import expect_well_laid_out
from tests.e2e.until import until

PASSWORD = "seven green bottles"
LIGHT = "Mood light"
SMALL: ViewportSize = {"width": 800, "height": 480}
IS_WHOLE = """bar => [...bar.querySelectorAll('p, svg')].every(each => {
  const [inner, outer] = [each.getBoundingClientRect(), bar.getBoundingClientRect()];
  const isInside = inner.left >= outer.left && inner.right <= outer.right
    && inner.top >= outer.top && inner.bottom <= outer.bottom;
  return isInside && each.scrollWidth <= each.clientWidth + 1;
})"""


@pytest.fixture(scope="module")
def program(make_program: MakeProgram) -> Program:
    """A home that was damaged, and the record of its latest changes as well, and that starts again."""
    program = make_program("--headless", "--demo", name="doubtful", home_language="en")
    program.start()
    client = program.client()
    light = until(lambda: client.devices().get(LIGHT), "the light is there")["id"]
    for account in (
        {"name": "Jun", "role": "resident"},
        {"name": "Sora", "role": "guest", "terms": {"devices": [light]}},
    ):
        made = client.ask("POST", "accounts", {**account, "password": PASSWORD})
        assert made.status == 201, made
    for name in ("Cellar", "Attic"):
        assert client.ask("POST", "areas", {"name": name}).status == 201
    assert program.terminate().is_in_order
    ledger = max((program.data / "copies").glob("*.ledger"))
    content = bytearray(ledger.read_bytes())
    content[content.rindex(b"Cellar")] ^= 1
    ledger.write_bytes(content)
    (program.data / "intercom.db").write_bytes(b"no database" * 1000)
    program.start()
    assert any("damaged" in line for line in program.take_complaints())
    return program


@pytest.mark.parametrize(
    ("locale", "theme", "words"),
    [
        (
            "ko-KR",
            "light",
            r"설정이 손상되어 \d\d:\d\d 상태로 복원했습니다\. "
            r"모든 휴대폰을 다시 연결해야 하며, 구성원도 확인해 주세요\.",
        ),
        (
            "en-GB",
            "dark",
            r"The settings were damaged\. They were restored as of \d\d:\d\d\. "
            r"Every phone has to be paired again; please look at the people as well\.",
        ),
    ],
    ids=["ko", "en"],
)
def test_residents_are_told_in_their_language_and_can_read_it_whole(
    program: Program,
    make_phone: MakePhone,
    pictures: Path,
    locale: str,
    theme: Literal["dark", "light"],
    words: str,
) -> None:
    phone = make_phone(program.url, locale=locale, viewport=PHONE, theme=theme)
    phone.open()
    phone.log_in("Jun", PASSWORD)
    phone.expect_home()

    told = phone.page.get_by_test_id("trouble")
    expect(told).to_have_text(re.compile(rf"\s*{words}\s*"))
    for size in (PHONE, DESKTOP, SMALL):
        phone.page.set_viewport_size(size)
        phone.photograph(pictures / f"trouble-{locale}-{size['width']}x{size['height']}.png")
        expect_well_laid_out(phone)
        assert told.evaluate(IS_WHOLE)


def test_a_guest_is_not_told(program: Program, make_phone: MakePhone) -> None:
    phone = make_phone(program.url, locale="en-GB", viewport=PHONE)
    phone.open()
    phone.log_in("Sora", PASSWORD)
    phone.expect_home()
    phone.expect_connected()

    expect(phone.page.get_by_test_id("tile-name")).to_have_text([LIGHT])
    expect(phone.page.get_by_test_id("trouble")).to_have_count(0)
