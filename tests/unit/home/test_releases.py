"""Which of the releases in an index is told in a home."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intercom.home.releases import (
    Channel,
    FileKind,
    IndexRefusedError,
    Installation,
    NewRelease,
    Release,
    ReleaseBoard,
    ReleaseFile,
    ReleaseIndex,
    Version,
    Way,
    newer_release,
)

IN_ORDER = ["1.0.dev1", "1.0a1", "1.0b2.dev1", "1.0b2", "1.0rc1", "1.0", "1.0.1.dev2", "1.0.1", "1.2", "1.10", "2"]


def file(kind: FileKind = FileKind.DEB, platform: str = "linux-x86_64") -> ReleaseFile:
    return ReleaseFile(kind=kind, platform=platform, url="https://releases.example/f", sha256="5e" * 32, size=1)


def index(*releases: Release, **more: object) -> ReleaseIndex:
    given = {
        "format": 1,
        "product": "intercom",
        "serial": 1,
        "published": datetime(2026, 11, 1, tzinfo=UTC),
        "valid_until": datetime(2026, 12, 1, tzinfo=UTC),
    }
    return ReleaseIndex(**{**given, **more}, releases=releases)  # type: ignore[arg-type]


def told(
    *releases: Release, installed: str = "1.3", way: Way = Way.APT, channel: Channel = Channel.STABLE
) -> NewRelease | None:
    here = Installation(version=Version(installed), way=way, platform="linux-x86_64")
    return newer_release(index(*releases), here, channel)


def release(version: str, *files: ReleaseFile, channel: str = "stable") -> Release:
    return Release(version=Version(version), channel=channel, files=files or (file(),))


def test_versions_are_ordered_as_they_were_released() -> None:
    assert [str(version) for version in sorted(map(Version, reversed(IN_ORDER)))] == IN_ORDER
    assert Version("1.0") == Version("1") == Version("1.0.0+local")
    assert not Version("1.0") < Version("1.0.0")


@pytest.mark.parametrize("text", ["", "1.", "v1", "1.0-1", "1..2", "1.2.3.4.5", "１.2", "1.4 ", "9" * 10])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(IndexRefusedError):
        Version(text)


def test_the_newest_release_is_told_wherever_it_stands() -> None:
    newest = told(release("1.4"), release("1.10"), release("1.9"))

    assert newest is not None
    assert (str(newest.version), newest.way) == ("1.10", Way.APT)


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.3.0", "1.3rc1", "0.9"])
def test_what_is_not_newer_is_never_told(version: str) -> None:
    assert told(release(version)) is None


def test_a_release_is_told_only_where_it_has_a_file_for_the_machine_and_the_way() -> None:
    assert told(release("1.4", file(platform="linux-aarch64"))) is None
    assert told(release("1.4"), way=Way.DOWNLOAD) is None
    bundle = file(FileKind.BUNDLE, "any")
    found = told(release("1.5"), release("1.4", bundle), way=Way.DOWNLOAD)

    assert found is not None
    assert (str(found.version), found.file) == ("1.4", bundle)


def test_trials_are_told_to_those_who_asked_for_them() -> None:
    stable, beta, later = release("1.4"), release("1.5rc1", channel="beta"), release("2.0", channel="nightly")

    assert str(getattr(told(stable, beta, later), "version", "")) == "1.4"
    assert str(getattr(told(stable, beta, later, channel=Channel.BETA), "version", "")) == "1.5rc1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": 2},
        {"product": "other"},
        {"serial": -1},
        {"serial": 1 << 60},
        {"valid_until": datetime(2026, 12, 1)},  # noqa: DTZ001  # without a zone is meant
    ],
)
def test_an_index_for_others_or_without_sense_is_refused(wrong: dict[str, object]) -> None:
    index().check(datetime(2026, 11, 2, tzinfo=UTC).timestamp())
    with pytest.raises(IndexRefusedError):
        index(**wrong).check(0.0)


def test_an_index_is_not_believed_any_more_when_its_time_is_over() -> None:
    ends = index().valid_until.timestamp()

    index().check(ends - 1)
    with pytest.raises(IndexRefusedError, match="2026-12-01"):
        index().check(ends)


@pytest.mark.parametrize(
    "wrong",
    [{"url": "http://releases.example/f"}, {"url": "https://a b"}, {"sha256": "5E" * 32}, {"size": 0}],
)
def test_a_file_that_cannot_be_checked_is_refused(wrong: dict[str, object]) -> None:
    good = {"kind": "deb", "platform": "any", "url": "https://releases.example/f", "sha256": "5e" * 32, "size": 1}

    with pytest.raises(IndexRefusedError):
        ReleaseFile(**{**good, **wrong})  # type: ignore[arg-type]


def test_watchers_hear_only_what_is_news() -> None:
    board, heard = ReleaseBoard(), []
    with board.watched_by(lambda: heard.append(board.newest)):
        board.post(told(release("1.4")))
        board.post(told(release("1.4")))
        board.post(None)
    board.post(told(release("1.4")))

    assert [getattr(newest, "version", None) for newest in heard] == [Version("1.4"), None]
