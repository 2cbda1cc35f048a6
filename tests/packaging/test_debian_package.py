"""The Debian package's whole life on a fresh Debian, from the installation to the purge; and the panel made of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
SETUP = CHECKOUT / "packaging" / "kiosk" / "setup"
LIVES_FOR_S = 1200


@pytest.mark.timeout(LIVES_FOR_S)
def test_the_debian_package_lives_through_installation_use_upgrade_removal_and_purge() -> None:
    done = subprocess.run(
        [CHECKOUT / "packaging" / "debian" / "check"],
        capture_output=True,
        text=True,
        timeout=LIVES_FOR_S,
        check=False,
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert done.stdout.splitlines()[-1].startswith("ok: lintian has no errors")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--rotate", "45"], "--rotate: expected 0, 90, 180 or 270, got '45'"),
        (["--blank", "soon"], "--blank: expected minutes from 0 to 9999, got 'soon'"),
        (["--calibrate", "1 0 0"], "--calibrate: expected six numbers"),
        (["--display", "vga"], "--display: expected auto, wayland or x, got 'vga'"),
        (["--package", "/nowhere.deb"], "--package: there is no file '/nowhere.deb'"),
        (["--rotate"], "--rotate: expected a value"),
        (["--touch-name", "Panel"], "--touch-name: expected --calibrate beside it"),
        (["--fast"], "there is no option '--fast'"),
    ],
)
def test_the_panels_setup_says_what_it_expected(options: list[str], expected: str) -> None:
    done = subprocess.run(["sh", SETUP, *options], capture_output=True, text=True, timeout=30, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith("intercom: ")
    assert expected in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_panels_setup_tells_its_options() -> None:
    done = subprocess.run(["sh", SETUP, "--help"], capture_output=True, text=True, timeout=30, check=True)

    for option in ("--package", "--rotate", "--blank", "--calibrate", "--dry-run", "--undo"):
        assert option in done.stdout
