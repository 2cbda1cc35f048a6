"""How the program finds out by which way it came."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import intercom
from intercom.home.releases import Version, Way
from intercom.installation import find_installation


def test_a_program_of_a_debian_package_comes_by_apt(tmp_path: Path) -> None:
    (tmp_path / "intercom.list").write_text(f"/.\n/usr\n{Path(intercom.__file__).resolve()}\n")

    found = find_installation(dpkg_lists=tmp_path)

    assert (found.way, found.version) == (Way.APT, Version(intercom.__version__))


def test_a_package_of_the_same_name_that_did_not_bring_it_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "intercom.list").write_text("/.\n/usr\n/usr/bin/intercom\n")
    (tmp_path / "old-intercom.list").write_bytes(b"\xff")

    assert find_installation(dpkg_lists=tmp_path).way is Way.PIP
    assert find_installation(dpkg_lists=tmp_path / "none").way is Way.PIP


def test_a_frozen_program_is_a_bundle_unless_a_package_brought_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/usr/lib/intercom/intercom")
    assert find_installation(dpkg_lists=tmp_path).way is Way.DOWNLOAD

    (tmp_path / "intercom.list").write_text("/usr/lib/intercom/intercom\n")
    assert find_installation(dpkg_lists=tmp_path).way is Way.APT


@pytest.mark.parametrize(
    ("system", "machine", "platform"),
    [
        ("linux", "x86_64", "linux-x86_64"),
        ("linux", "aarch64", "linux-aarch64"),
        ("win32", "AMD64", "windows-x86_64"),
        ("darwin", "arm64", "macos-aarch64"),
    ],
)
def test_a_machine_is_named_as_in_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, machine: str, platform: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)

    assert find_installation(dpkg_lists=tmp_path).platform == platform
