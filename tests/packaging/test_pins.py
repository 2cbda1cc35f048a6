"""The exact versions can be had where they are promised."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CONSTRAINTS = Path(__file__).parents[2] / "packaging" / "constraints.txt"

pytestmark = pytest.mark.timeout(180)


def needed_by(name: str, known: set[str]) -> set[str]:
    """Return a library and all that it needs."""
    name = canonicalize_name(name)
    if name not in known:
        known.add(name)
        for each in map(Requirement, distribution(name).requires or ()):
            if each.marker is None or each.marker.evaluate({"extra": ""}):
                needed_by(each.name, known)
    return known


def is_built_for_a_machine(name: str) -> bool:
    """Tell whether a library comes as another file for each kind of machine."""
    return "Root-Is-Purelib: false" in (distribution(name).read_text("WHEEL") or "")


def can_be_had(pin: Requirement) -> bool:
    # Its C library is 2.36; a wheel for an older one serves as well, and none of ours is for one before 2.17.
    platforms = (f"--platform=manylinux_2_{each}_aarch64" for each in range(17, 37))
    asked = ("index", "versions", pin.name, "--only-binary=:all:", "--python-version=3.11", *platforms)
    said = subprocess.run([sys.executable, "-m", "pip", *asked], capture_output=True, text=True, check=False)
    versions = said.stdout.partition("Available versions:")[2].splitlines()
    return bool(versions) and any(pin.specifier.contains(each.strip()) for each in versions[0].split(","))


def test_every_library_is_there_for_a_raspberry_pi_with_debian_12() -> None:
    there = {"python_version": "3.11", "platform_machine": "aarch64"}
    lines = CONSTRAINTS.read_text("utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    pins = [pin for pin in pins if pin.marker is None or pin.marker.evaluate(there)]
    needed = needed_by("intercom", set())
    wanted = [pin for pin in pins if canonicalize_name(pin.name) in needed and is_built_for_a_machine(pin.name)]
    assert {"PySide6_Essentials", "aiohttp"} <= {pin.name for pin in wanted}

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(can_be_had, wanted))

    assert [str(pin) for pin, is_there in zip(wanted, found, strict=True) if not is_there] == []
