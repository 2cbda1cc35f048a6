"""What the wall says of the panel itself: in words that are whole on every screen, until it passed or was read."""

from __future__ import annotations

import itertools
import re
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF

from intercom.home.trouble import Trouble, TroubleKind
from intercom.panel.preferences import Preferences
from intercom.storage.rescue import RESTORED
from tests.conftest import Run
from tests.unit.panel.house import House, house, until
from tests.unit.panel.test_window import expect_touchable_and_whole, furnish, open_settings

PICTURES = Path(__file__).parents[3] / "artifacts" / "panel"
SIZES = [(1280, 800), (800, 480), (390, 844)]
UNDERSTOOD = {"en": "Understood", "ko": "확인"}
WORDS = {
    "en": {
        TroubleKind.DISK_FULL: r"The disk is full\. Everything works, but nothing new is kept\.",
        TroubleKind.DISK_BROKEN: r"The disk cannot be written\. Everything works, but nothing new is kept\.",
        TroubleKind.RESTORED: r"The settings were damaged\. They were restored as of 14 Mar \d\d:\d\d\.",
        TroubleKind.RESTORED_IN_DOUBT: r"The settings were damaged\. They were restored as of 14 Mar \d\d:\d\d\. "
        r"Every phone has to be paired again; please look at the people as well\.",
        TroubleKind.BEGUN_ANEW: r"The settings were damaged, and there was no copy\. The home begins anew\.",
    },
    "ko": {
        TroubleKind.DISK_FULL: r"디스크가 가득 찼습니다\. 모두 작동하지만 새로운 내용은 저장되지 않습니다\.",
        TroubleKind.DISK_BROKEN: r"디스크에 쓸 수 없습니다\. 모두 작동하지만 새로운 내용은 저장되지 않습니다\.",
        TroubleKind.RESTORED: r"설정이 손상되어 3월 14일 \d\d:\d\d 상태로 복원했습니다\.",
        TroubleKind.RESTORED_IN_DOUBT: r"설정이 손상되어 3월 14일 \d\d:\d\d 상태로 복원했습니다\. "
        r"모든 휴대폰을 다시 연결해야 하며, 구성원도 확인해 주세요\.",
        TroubleKind.BEGUN_ANEW: r"설정이 손상되었고 사본이 없어 집을 처음부터 새로 시작합니다\.",
    },
}
MARCH = time.mktime((2026, 3, 14, 12, 0, 0, 0, 0, -1))


def is_said(h: House, words: str) -> bool:
    return h.shows("trouble-banner") and any(re.fullmatch(words, text) for text in h.texts("trouble-banner"))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_trouble_is_told_in_the_language_of_the_home(run: Run, tmp_path: Path, language: str) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=Preferences(language=language, is_still=True)) as h:
            assert not h.shows("trouble-banner")

            for kind, words in WORDS[language].items():
                trouble = Trouble(kind=kind, at=MARCH)
                h.home.set_trouble("one", trouble)
                await until(lambda: is_said(h, words))  # noqa: B023  # it is over within the turn
                assert h.says(UNDERSTOOD[language], within="trouble-banner") is not trouble.passes_by_itself

            h.home.set_trouble("one", None)
            await until(lambda: not h.shows("trouble-banner"))

    run(scene())


def test_another_language_says_it_anew(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=Preferences(language="en", is_still=True)) as h:
            h.home.set_trouble("database", Trouble(kind=TroubleKind.DISK_FULL))
            await until(lambda: is_said(h, WORDS["en"][TroubleKind.DISK_FULL]))

            h.panel._settings.chooseLanguage("ko")

            await until(lambda: is_said(h, WORDS["ko"][TroubleKind.DISK_FULL]))

    run(scene())


def test_a_touch_takes_note_of_what_was_restored_for_good_and_leaves_what_is_still_so(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, preferences=Preferences(language="en", is_still=True)) as h:
            async with h.storage.database.transaction() as transaction:
                await transaction.execute("INSERT INTO identity VALUES (?, ?)", (RESTORED, f"{MARCH} whole"))
            await h.storage.begin_to_tell()
            h.home.set_trouble("broker", Trouble(kind=TroubleKind.DISK_FULL))
            both = f"{WORDS['en'][TroubleKind.RESTORED]}\n{WORDS['en'][TroubleKind.DISK_FULL]}"
            await until(lambda: is_said(h, both))

            await h.tap("trouble-read")

            await until(lambda: is_said(h, WORDS["en"][TroubleKind.DISK_FULL]))
            assert not h.shows("trouble-read")
            await h.storage.begin_to_tell()  # as the next start does
            assert [trouble.kind for trouble in h.home.troubles] == [TroubleKind.DISK_FULL]

    run(scene())


@pytest.mark.parametrize(("size", "language"), list(itertools.product(SIZES, ["en", "ko"])))
def test_it_can_be_read_and_touched_on_every_screen_and_leaves_room_for_the_home(
    run: Run, tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    async def scene() -> None:
        preferences = Preferences(language=language, theme="dark" if language == "en" else "light", is_still=True)
        async with house(tmp_path, size=size, preferences=preferences) as h:
            furnish(h.home, long=False)
            for what, kinds in {
                "full": [TroubleKind.DISK_FULL],
                "restored": [TroubleKind.RESTORED],
                "worst": [TroubleKind.RESTORED_IN_DOUBT, TroubleKind.DISK_BROKEN],
            }.items():
                for kind in kinds:
                    h.home.set_trouble(kind, Trouble(kind=kind, at=MARCH))
                await until(lambda: is_said(h, "\n".join(WORDS[language][kind] for kind in kinds)))  # noqa: B023  # as above
                keep(h, f"{size[0]}x{size[1]}-{language}-{what}")
                expect_touchable_and_whole(h)
                expect_inside(h)
                assert h.find("tiles").height() >= 160  # a row of tiles, and the beginning of the next
                for kind in kinds:
                    h.home.set_trouble(kind, None)

            h.home.set_trouble("one", Trouble(kind=TroubleKind.RESTORED_IN_DOUBT, at=MARCH))
            await open_settings(h, "people")
            keep(h, f"{size[0]}x{size[1]}-{language}-settings")
            expect_inside(h)

    run(scene())


def expect_inside(h: House) -> None:
    """Everything in the banner is within it, and nothing in it lies on something else."""
    banner = h.find("trouble-banner")
    frame = QRectF(0, 0, banner.width(), banner.height())
    rects = [
        child.mapRectToItem(banner, QRectF(0, 0, child.width(), child.height()))
        for child in banner.childItems()
        if child.isVisible()
    ]
    assert all(frame.contains(rect) for rect in rects)
    assert not any(one.intersects(other) for one, other in itertools.combinations(rects, 2))


def keep(h: House, name: str) -> None:
    """Keep how it looks, for eyes to judge."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    assert h.window.grabWindow().save(str(PICTURES / f"trouble-{name}.png"))
