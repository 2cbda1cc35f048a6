"""Whose work the bundle holds, and under which licences: the texts, an index of them, and a refusal where one lacks.

Everything that is bundled is traced to who made it: a Python distribution by its record of files, Python itself by
where it is installed, a library of the system by the list here and its Debian package, what the web client is built
from by the index that its build left. What cannot be traced, has no text, or may be had under the GPL or AGPL alone
ends the build. One exception is named: PyInstaller's start program, whose GPL lets bundled programs have any licence.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distributions, version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TEXTS = HERE / "texts"

SYSTEM_LIBRARIES = {
    "libssl": "Apache-2.0",
    "libcrypto": "Apache-2.0",
    "libffi": "MIT",
    "libz": "Zlib",
    "libbz2": "bzip2-1.0.6",
    "liblzma": "0BSD",
    "libsqlite3": "blessing",
    "libexpat": "MIT",
    "libuuid": "BSD-3-Clause",
    "libmpdec": "BSD-2-Clause",
    "libnsl": "LGPL-2.1-or-later",
    "libtirpc": "BSD-3-Clause",
    "libcrypt": "LGPL-2.1-or-later",
}
"""What Python's own modules link to and may be taken from the system, under whose licence."""

_QT = {"pyside6_essentials", "pyside6", "pyside6_addons", "shiboken6"}
_QT_TEXTS = ("LGPL-3.0.txt", "GPL-3.0.txt", "qt-third-parties.txt")

_TOLD = {
    "pyinstaller": (
        "GPL-2.0-or-later WITH Bootloader-exception",
        "the start program, and what runs before ours; the exception allows bundled programs any licence",
    ),
    "pyinstaller_hooks_contrib": (
        "Apache-2.0",
        "what runs before ours; its hooks that work while bundling are under the GPL, and are not in here",
    ),
}
"""What their metadata do not say precisely enough."""

_TEXT_NAME = re.compile(r"(licen[cs]e|copying|notice|authors|sboms?/)", re.IGNORECASE)


class LicenceError(Exception):
    """Something must not be bundled as it is; all of it, one line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something bundled that is somebody's work: under which licence, and the files that hold its text."""

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...]
    note: str = ""


@dataclass(slots=True)
class _Found:
    works: dict[str, Work] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def collect(
    sources: Iterable[str],
    web_index: Path,
    *,
    also: Iterable[str] = (),
    package_of: Callable[[Path], str | None] | None = None,
) -> list[Work]:
    """Return whose works the bundled files are.

    Args:
        sources: the files that go into the bundle, where they come from.
        web_index: what the build of the web client wrote of its packages.
        also: distributions of which a part is bundled that is not among the sources.
        package_of: gives the Debian package that a file belongs to; asks dpkg unless given.

    Raises:
        LicenceError: a file cannot be traced, a text is missing, or a licence is one of those that are not bundled.
    """
    found = _Found()
    owners = _owners()
    python = _python()
    for source in sorted({str(Path(each).absolute()) for each in sources}):
        path = Path(source)
        name = owners.get(source) or owners.get(str(path.resolve()))
        if name is not None:
            if name.lower() not in found.works:
                found.works[name.lower()] = _of_distribution(name)
        elif path.is_relative_to(ROOT) and not path.is_relative_to(Path(sys.prefix)):
            own = Work(name="intercom", version=version("intercom"), licence="Apache-2.0", texts=(ROOT / "LICENSE",))
            found.works["intercom"] = own
        elif any(path.is_relative_to(home) for home in _homes_of_python()) or _is_library("libpython3", path):
            found.works["python"] = python
        elif library := next((each for each in SYSTEM_LIBRARIES if _is_library(each, path)), None):
            found.works[library] = _of_system(library, path, package_of or _debian_package)
        else:
            found.problems.append(f"nobody is known to have made {source}")
    for name in also:
        found.works[name.lower()] = _of_distribution(name)
    for work in _of_web(web_index):
        found.works[f"web {work.name}"] = work
    for work in found.works.values():
        if not any(text.is_file() for text in work.texts):
            found.problems.append(f"{work.name} {work.version}: there is no text of its licence, {work.licence}")
        if not is_allowed(work.licence):
            found.problems.append(f"{work.name} {work.version}: {work.licence} is not bundled")
    if found.problems:
        raise LicenceError("\n".join(found.problems))
    return sorted(found.works.values(), key=lambda work: work.name.lower())


def is_allowed(licence: str) -> bool:
    """Tell whether an SPDX expression leaves a choice other than the GPL or AGPL, or excepts bundled programs."""
    plain = licence.replace("(", " ").replace(")", " ")
    return any(
        all(_is_allowed_term(term) for term in re.split(r"\sAND\s", choice)) for choice in re.split(r"\sOR\s", plain)
    )


def _is_allowed_term(term: str) -> bool:
    if re.search(r"\sWITH\s+\S*exception", term, re.IGNORECASE):
        return True
    return re.search(r"(?<![A-Za-z])A?GPL|Affero|(?<!Lesser )General Public", term, re.IGNORECASE) is None


def write(works: Iterable[Work], folder: Path) -> None:
    """Write every text, and an index of the works, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "# What is in here, whose work it is, and under which licence",
        "",
        "The program is one folder whose libraries can be exchanged: Qt's, which are under the LGPL, lie in",
        "`_internal/PySide6/Qt/lib` and may be replaced by others with the same interface.",
        "",
        "| Work | Version | Licence | Texts | |",
        "|---|---|---|---|---|",
    ]
    for work in works:
        place = folder / re.sub(r"[^A-Za-z0-9._-]+", "-", work.name).strip("-")
        names = []
        for text in work.texts:
            place.mkdir(exist_ok=True)
            name = text.name if not (place / text.name).exists() else f"{text.parent.name}-{text.name}"
            (place / name).write_bytes(text.read_bytes())
            names.append(f"[{name}]({place.name}/{name})")
        lines.append(f"| {work.name} | {work.version} | {work.licence} | {', '.join(names)} | {work.note} |")
    (folder / "README.md").write_text("\n".join(lines) + "\n", "utf-8")


# Where works come from


def _owners() -> dict[str, str]:
    """Return which distribution each installed file belongs to."""
    owners = {}
    for each in distributions():
        for file in each.files or ():
            if ".dist-info" not in str(file):
                owners[str(Path(str(each.locate_file(file))).absolute())] = each.metadata["Name"]
        for file in each.files or ():
            owners.setdefault(str(Path(str(each.locate_file(file))).absolute()), each.metadata["Name"])
    return owners


def _of_distribution(name: str) -> Work:
    each = Distribution.from_name(name)
    key = re.sub(r"[-_.]+", "_", each.metadata["Name"]).lower()
    if key in _QT:
        texts = tuple(TEXTS / text for text in _QT_TEXTS)
        return Work(name=each.metadata["Name"], version=each.version, licence="LGPL-3.0-only", texts=texts)
    texts = tuple(
        Path(str(each.locate_file(file)))
        for file in each.files or ()
        if ".dist-info" in str(file) and _TEXT_NAME.search(str(file).partition(".dist-info")[2])
    )
    licence, note = _TOLD[key] if key in _TOLD else (_licence_of(each), "")
    return Work(name=each.metadata["Name"], version=each.version, licence=licence, texts=texts, note=note)


def _licence_of(each: Distribution) -> str:
    told = each.metadata.get("License-Expression") or each.metadata.get("License") or ""
    if told and "\n" not in told:
        return told
    classifiers = [text for text in each.metadata.get_all("Classifier") or () if text.startswith("License ::")]
    return " AND ".join(text.rpartition(" :: ")[2] for text in classifiers) or "as its text says"


def _is_library(name: str, path: Path) -> bool:
    return re.match(rf"{name}[.\d-]*\.so", path.name) is not None


def _homes_of_python() -> list[Path]:
    """Return where Python's own modules and libraries lie; on Debian the folder above is shared with others."""
    if sys.base_prefix == "/usr":
        return [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")]
    return [Path(sys.base_prefix)]


def _python() -> Work:
    minor = sysconfig.get_python_version()
    places = (
        Path(sysconfig.get_paths()["stdlib"], "LICENSE.txt"),
        Path(sys.base_prefix, "LICENSE.txt"),
        Path("/usr/share/doc", f"python{minor}", "copyright"),
        Path("/usr/share/doc", f"libpython{minor}-stdlib", "copyright"),
    )
    texts = tuple(place for place in places if place.is_file())[:1]
    return Work(name="Python", version=sys.version.split()[0], licence="PSF-2.0", texts=texts)


def _of_system(name: str, path: Path, package_of: Callable[[Path], str | None]) -> Work:
    package = package_of(path)
    texts = (Path("/usr/share/doc", package.partition(":")[0], "copyright"),) if package else ()
    return Work(name=name, version=package or "", licence=SYSTEM_LIBRARIES[name], texts=texts)


def _debian_package(path: Path) -> str | None:
    # A file may be known by the path it had before /lib became a part of /usr.
    for each in (path.resolve(), Path(str(path.resolve()).removeprefix("/usr"))):
        try:
            asked = subprocess.run(["dpkg-query", "-S", str(each)], capture_output=True, text=True, check=False)
        except FileNotFoundError:
            return None
        if asked.returncode == 0:
            return asked.stdout.partition(": ")[0]
    return None


def _of_web(index: Path) -> list[Work]:
    return [
        Work(
            name=each["name"],
            version=each["version"],
            licence=each["licence"],
            texts=(index.parent / each["text"],),
            note=each["for"],
        )
        for each in json.loads(index.read_text("utf-8"))
    ]
