"""How wheels and source archives are made: hatchling, with the built resources inside.

The tools for building (Node.js, Qt's lrelease) are asked for only when the resources are not up to date: a source
archive brings them along, and an editable install leaves them to whoever runs `build_resources.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling import build as hatchling
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent.parent

sys.path.insert(0, str(ROOT / "packaging"))

import build_resources  # noqa: E402  # it lies beside this file

Settings = dict[str, Any] | None

build_wheel = hatchling.build_wheel
build_sdist = hatchling.build_sdist
build_editable = hatchling.build_editable
get_requires_for_build_editable = hatchling.get_requires_for_build_editable


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    return [*hatchling.get_requires_for_build_wheel(config_settings), *build_resources.missing_tools()]


def get_requires_for_build_sdist(config_settings: Settings = None) -> list[str]:
    return [*hatchling.get_requires_for_build_sdist(config_settings), *build_resources.missing_tools()]


class Resources(BuildHookInterface[Any]):
    """Builds the resources, and puts them where the package looks for them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        try:
            build_resources.build()
        except build_resources.BuildError as error:
            raise SystemExit(f"intercom: {error}") from None
        included = build_data["force_include"]
        if self.target_name == "wheel":
            for part in ("qml", "built"):
                included[str(ROOT / "resources" / part)] = f"intercom/resources/{part}"
        else:
            included[str(ROOT / "resources" / "built")] = "resources/built"
