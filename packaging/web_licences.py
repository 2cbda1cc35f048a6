"""The licences of what the resources are built from: the web client's packages, the fonts and the icons."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

FONTS = ("pretendard", "lucide-static")
SIBLINGS = {"@lit-labs/ssr-dom-shim": "lit"}
"""Packages that come without the text of their licence, and those of the same authors that bring it."""


def copy_licences(lock: Path, modules: Path, folder: Path) -> None:
    """Copy the licence text of each package that ends up with clients or on the panel, and write `index.json` of them.

    Raises:
        FileNotFoundError: a package came without one.
    """
    folder.mkdir()
    index = []
    for path, about in json.loads(lock.read_text("utf-8"))["packages"].items():
        name = path.rpartition("node_modules/")[2]
        if not path or (about.get("dev") and name not in FONTS):
            continue
        text = f"{name.removeprefix('@').replace('/', '-')}.txt"
        shutil.copyfile(
            _text_of(modules / SIBLINGS[name] if name in SIBLINGS else modules.parent / path), folder / text
        )
        what_for = "letters and icons" if name in FONTS else "the web client"
        licence = about.get("license") or "as its text says"
        index.append({"name": name, "version": about["version"], "licence": licence, "text": text, "for": what_for})
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n", "utf-8")


def _text_of(package: Path) -> Path:
    found = [each for folder in (package, package / "dist") if folder.is_dir() for each in sorted(folder.iterdir())]
    for each in found:
        if each.is_file() and each.name.lower().startswith(("license", "licence", "copying")):
            return each
    raise FileNotFoundError(f"{package} has no text of its licence")
