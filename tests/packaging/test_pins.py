"""The exact versions: each can be had as a wheel on the systems that the intercom is built on; nothing is compiled."""

from __future__ import annotations

import re
import ssl
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

CONSTRAINTS = Path(__file__).parents[2] / "packaging" / "constraints.txt"
SYSTEMS = {"Debian 12": ((3, 11), 36), "Debian 13": ((3, 13), 41)}
"""Their Python, and the minor version of their C library."""


@pytest.fixture(scope="module")
def pins() -> list[Requirement]:
    lines = CONSTRAINTS.read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if not line.startswith("#")]


@pytest.fixture(scope="module")
def offered(pins: list[Requirement]) -> dict[str, frozenset[str]]:
    """The names of all wheels that the index has, by the name of what they hold."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--help"], capture_output=True, text=True, check=True
    )
    index = re.search(r"--index-url <url>.*?\(default:?\s+(\S+?)/?\)", asked.stdout, re.DOTALL)
    assert index is not None, "pip no longer tells which index it takes"
    secure = ssl.create_default_context()

    def wheels_of(name: str) -> tuple[str, frozenset[str]]:
        request = urllib.request.Request(
            f"{index[1]}/{name}/",
            headers={"Accept": "application/vnd.pypi.simple.v1+json, text/html;q=0.1"},
        )
        with urllib.request.urlopen(request, timeout=20, context=secure) as answer:
            return name, frozenset(re.findall(r"[\w.+!-]+\.whl\b", answer.read().decode()))

    with ThreadPoolExecutor(max_workers=8) as threads:
        return dict(threads.map(wheels_of, sorted({canonicalize_name(pin.name) for pin in pins})))


@pytest.mark.parametrize("machine", ["aarch64", "x86_64"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_pin_can_be_had_as_a_wheel(
    system: str, machine: str, pins: list[Requirement], offered: dict[str, frozenset[str]]
) -> None:
    python, libc = SYSTEMS[system]
    runs = tags_of(python, libc, machine)
    place = {
        "python_version": "{}.{}".format(*python),
        "platform_machine": machine,
        "sys_platform": "linux",
    }
    wanted = [pin for pin in pins if pin.marker is None or pin.marker.evaluate(place)]

    missing = [
        str(pin) for pin in wanted if not any(fits(pin, name, runs) for name in offered[canonicalize_name(pin.name)])
    ]

    assert {"pyside6-essentials", "shiboken6", "pyinstaller"} <= {canonicalize_name(pin.name) for pin in wanted}
    assert missing == []


def tags_of(python: tuple[int, int], libc: int, machine: str) -> frozenset[Tag]:
    """Return what kinds of wheels run there."""
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(5, libc + 1)]
    platforms += [f"manylinux{year}_{machine}" for year in (1, 2010, 2014)] + [f"linux_{machine}"]
    interpreter = "cp{}{}".format(*python)
    return frozenset([*cpython_tags(python, platforms=platforms), *compatible_tags(python, interpreter, platforms)])


def fits(pin: Requirement, filename: str, runs: frozenset[Tag]) -> bool:
    try:
        _name, version, _build, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:  # of long ago
        return False
    return version in pin.specifier and not tags.isdisjoint(runs)
