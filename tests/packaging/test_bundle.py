"""The bundle: it tests itself where there is no Python, and what becomes of it for other systems."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PACKAGING = CHECKOUT / "packaging"
ENTRY = "applications/arpa.home.intercom.desktop"


def run(*command: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*map(str, command)],
        capture_output=True,
        text=True,
        env={**os.environ, **environ},
        check=False,
    )


@pytest.mark.timeout(900)
def test_the_bundle_tests_itself_on_a_system_without_python() -> None:
    checked = run(PACKAGING / "bundle" / "check")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    looks = [line.split()[1].rstrip(":") for line in checked.stdout.splitlines() if line.startswith("ok ")]
    assert {"imports", "relay", "broker", "socket", "qml", "frame", "fonts", "database"} <= set(looks)
    bundle = CHECKOUT / "build" / "bundle" / "intercom"
    size = sum(path.lstat().st_size for path in bundle.rglob("*") if path.is_file() and not path.is_symlink())
    assert size <= 180e6
    assert "LGPL-3.0-only" in (bundle / "licences" / "README.md").read_text()
    assert not list(bundle.rglob("readline*.so"))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """What the archive for Linux desktops unpacks to, with a program that only says that it is one."""
    top = tmp_path / "archive"
    (top / "intercom").mkdir(parents=True)
    (top / "share").mkdir()
    program = top / "intercom" / "intercom"
    program.write_text("#!/bin/sh\necho here\n")
    program.chmod(0o755)
    linux = PACKAGING / "linux"
    (top / "install").write_bytes((linux / "install").read_bytes())
    for name in ("arpa.home.intercom.desktop", "arpa.home.intercom.metainfo.xml"):
        (top / "share" / name).write_bytes((linux / name).read_bytes())
    (top / "share" / "arpa.home.intercom.svg").write_bytes(b"<svg/>")
    return top


def test_a_desktop_gets_the_program_and_loses_it_again_without_a_trace(archive: Path, tmp_path: Path) -> None:
    home = tmp_path / "somebody"
    kept = home / ".local" / "share" / "intercom" / "intercom.db"
    kept.parent.mkdir(parents=True)
    kept.write_text("precious")
    environ = {"HOME": str(home), "XDG_DATA_HOME": str(home / ".local" / "share")}

    for _again in range(2):
        installed = run("sh", archive / "install", **environ)
        assert installed.returncode == 0, installed.stderr

    program = home / ".local" / "bin" / "intercom"
    assert run(program, **environ).stdout == "here\n"
    assert f'Exec="{home}/.local/opt/intercom/intercom"' in (home / ".local" / "share" / ENTRY).read_text()

    assert run("sh", archive / "install", "--remove", **environ).returncode == 0

    left = [path for path in home.rglob("*") if not path.is_dir() and path.name != "mimeinfo.cache"]
    assert left == [kept]


def test_a_program_of_another_is_left_in_its_place(archive: Path, tmp_path: Path) -> None:
    other = tmp_path / ".local" / "bin" / "intercom"
    other.parent.mkdir(parents=True)
    other.write_text("another's")

    refused = run("sh", archive / "install", HOME=str(tmp_path))

    assert refused.returncode == 1 and "is something else" in refused.stderr
    assert other.read_text() == "another's"


def test_a_word_that_the_script_does_not_know_installs_nothing(archive: Path, tmp_path: Path) -> None:
    refused = run("sh", archive / "install", "--everybody", HOME=str(tmp_path))

    assert refused.returncode == 2 and "expected --system or --remove" in refused.stderr
    assert not (tmp_path / ".local").exists()


def test_macos_signs_and_notarises_only_as_whom_the_environment_says() -> None:
    build = PACKAGING / "macos" / "build"
    who = {"MACOS_IDENTITY": "Developer ID Application: Somebody", "MACOS_NOTARY_KEY": "/key.p8"}

    unsigned = run("sh", build, "--dry-run")
    half = run("sh", build, "--dry-run", **who)
    whole = run("sh", build, "--dry-run", **who, MACOS_NOTARY_KEY_ID="ID", MACOS_NOTARY_ISSUER="ISSUER")

    assert "notarytool" not in unsigned.stdout and "--sign -" in unsigned.stdout
    assert half.returncode == 1 and "MACOS_NOTARY_KEY_ID is expected" in half.stderr
    steps = [line.split()[0:2] for line in whole.stdout.splitlines()]
    assert steps.index(["xcrun", "notarytool"]) < steps.index(["xcrun", "stapler"])
    assert "self-test" in whole.stdout
