"""What the wall says of a newer version: where to find it, and that it installs nothing."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from intercom.home.releases import FileKind, NewRelease, ReleaseBoard, ReleaseFile, Version, Way
from intercom.panel.preferences import Preferences
from tests.conftest import Run
from tests.unit.panel.house import house, until
from tests.unit.panel.test_window import expect_touchable_and_whole, open_settings

NOTES = {"en": "Calls start sooner.", "ko": "통화가 더 빨리 연결됩니다."}
SIZES = [(800, 480), (1280, 800), (480, 800)]


def newer(way: Way, notes: dict[str, str] = NOTES) -> NewRelease:
    file = ReleaseFile(
        kind=FileKind.DEB,
        platform="any",
        url="https://releases.example/pool/intercom_1.4_amd64.deb?from=wall",
        sha256="5e" * 32,
        size=48_213_412,
    )
    return NewRelease(version=Version("1.4"), way=way, notes=notes, file=file)


@pytest.mark.parametrize(
    ("way", "language", "words"),
    [
        (Way.APT, "en", "Version 1.4 is available. Install it with apt."),
        (Way.APT, "ko", "새 버전 1.4가 나왔습니다. apt로 설치하세요."),
        (Way.PIP, "en", "Version 1.4 is available. Install it with pip."),
        (Way.PIP, "ko", "새 버전 1.4가 나왔습니다. pip으로 설치하세요."),
        (Way.DOWNLOAD, "en", "Version 1.4 is available. Download it from releases.example."),
        (Way.DOWNLOAD, "ko", "새 버전 1.4가 나왔습니다. releases.example에서 내려받으세요."),
    ],
)
def test_a_newer_version_is_told_by_how_this_one_came(
    run: Run, tmp_path: Path, way: Way, language: str, words: str
) -> None:
    async def scene() -> None:
        board = ReleaseBoard()
        preferences = Preferences(language=language, theme="dark", is_still=True)
        async with house(tmp_path, preferences=preferences, releases=board) as h:
            await open_settings(h, "panel")
            assert not h.shows("new-version") and not h.shows("new-version-dot")

            board.post(newer(way))

            await until(lambda: h.shows("new-version-dot"))
            await until(lambda: h.says(words, within="new-version"))
            assert h.says(NOTES[language], within="new-version")

            board.post(None)
            await until(lambda: not h.shows("new-version") and not h.shows("new-version-dot"))

    run(scene(), timeout_s=20)


def test_another_language_says_it_anew(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        board = ReleaseBoard()
        board.post(newer(Way.APT, {"en": "Calls start sooner."}))
        preferences = Preferences(language="en", theme="dark", is_still=True)
        async with house(tmp_path, preferences=preferences, releases=board) as h:
            await open_settings(h, "panel")
            await until(lambda: h.says("Version 1.4 is available. Install it with apt."))

            h.panel._settings.chooseLanguage("ko")

            await until(lambda: h.says("새 버전 1.4가 나왔습니다. apt로 설치하세요."))
            assert h.says("Calls start sooner.", within="new-version")

    run(scene(), timeout_s=20)


@pytest.mark.parametrize(("size", "language"), list(itertools.product(SIZES, ["ko", "en"])))
def test_it_can_be_read_on_every_screen(run: Run, tmp_path: Path, size: tuple[int, int], language: str) -> None:
    async def scene() -> None:
        board = ReleaseBoard()
        board.post(
            newer(Way.DOWNLOAD, {"en": "More of everything. " * 40, "ko": "모든 것이 조금씩 나아졌습니다. " * 40})
        )
        preferences = Preferences(language=language, theme="light", is_still=True)
        async with house(tmp_path, size=size, preferences=preferences, releases=board, reset=lambda: None) as h:
            await until(lambda: h.shows("new-version-dot"))
            await open_settings(h, "panel")
            await until(lambda: h.shows("new-version"))
            expect_touchable_and_whole(h)

    run(scene(), timeout_s=20)
