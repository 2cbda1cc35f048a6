"""How the program came to this machine: by a Debian package, as a bundle, or by pip."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Final

import intercom
from intercom.home.releases import Installation, Version, Way

DPKG_LISTS: Final = Path("/var/lib/dpkg/info")
"""Where dpkg keeps which files belong to which package, one in a line (dpkg-query(1))."""

_SYSTEMS: Final = {"darwin": "macos", "win32": "windows"}
_MACHINES: Final = {"amd64": "x86_64", "arm64": "aarch64"}


def find_installation(*, dpkg_lists: Path = DPKG_LISTS) -> Installation:
    """Find out; reads small files, so it is for a thread."""
    is_bundle = getattr(sys, "frozen", False)
    ours = Path(sys.executable if is_bundle else intercom.__file__)
    otherwise = Way.DOWNLOAD if is_bundle else Way.PIP
    machine = platform.machine().lower()
    return Installation(
        version=Version(intercom.__version__),
        way=Way.APT if _belongs_to_package(ours, dpkg_lists) else otherwise,
        platform=f"{_SYSTEMS.get(sys.platform, sys.platform)}-{_MACHINES.get(machine, machine)}",
    )


def _belongs_to_package(file: Path, dpkg_lists: Path) -> bool:
    """Tell whether a Debian package of ours brought a file."""
    names = {str(file), str(file.resolve())}
    for path in dpkg_lists.glob("*intercom*.list"):
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        if not names.isdisjoint(lines):
            return True
    return False
