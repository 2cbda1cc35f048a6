"""Make the bundle out of what this Python has installed: `python packaging/bundle/build.py FOLDER`.

The folder gets `intercom/`, on macOS `Intercom.app/`, whole or not at all; a bundle that was made of the same files is
left as it is. On Linux and macOS `packaging/bundle/build` calls this in an environment made for it; on Windows
`pip install .[bundle]` makes one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SOURCES = ("intercom", "resources/qml", "resources/built", "packaging/bundle/texts")
MAKERS = ("intercom.spec", "program.py", "licences.py", "build.py", "../icons.py")
BUNDLE = "Intercom.app" if sys.platform == "darwin" else "intercom"
PINS = ("pyproject.toml", "packaging/constraints.txt", "LICENSE")


def build(folder: Path) -> bool:
    """Make the bundle in `folder`; return whether there was anything to do."""
    folder.mkdir(parents=True, exist_ok=True)
    target, note = folder / BUNDLE, folder / ".inputs"
    digest = inputs_digest()
    if target.is_dir() and note.exists() and note.read_text("utf-8") == digest:
        return False
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as name:
        making = Path(name)
        freeze(making)
        note.unlink(missing_ok=True)
        if target.exists():
            shutil.rmtree(target)
        (making / BUNDLE).rename(target)
    note.write_text(digest, "utf-8")
    return True


def freeze(making: Path) -> None:
    """Have PyInstaller make the bundle in `making`; what it complains of is shown when it fails."""
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    folders = ["--distpath", str(making), "--workpath", str(making / "work")]
    done = subprocess.run([*command, *folders, str(HERE / "intercom.spec")], cwd=ROOT, check=False)
    if done.returncode != 0:
        raise SystemExit(f"intercom: PyInstaller ended with {done.returncode}")
    if sys.platform != "darwin":  # within an app everything has its place
        (making / "intercom" / "_internal" / "licences").rename(making / "intercom" / "licences")  # where people look


def inputs_digest() -> str:
    """Return a digest of all that goes into a bundle: the sources, the pins and the Python that makes it."""
    digest = hashlib.sha256(f"{sys.version} {sys.executable}".encode())
    files = [*(ROOT / name for name in PINS), *(HERE / name for name in MAKERS)]
    for source in SOURCES:
        found = (path for path in (ROOT / source).rglob("*") if "__pycache__" not in path.parts)
        files += sorted(path for path in found if path.is_file())
    for path in files:
        digest.update(f"{os.path.relpath(path, ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def size_mb(folder: Path) -> float:
    """Return what the files of a folder hold, in MB; a symbolic link holds nothing."""
    sizes = (path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(sizes) / 1e6


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("usage: python packaging/bundle/build.py FOLDER")
    folder = Path(sys.argv[1]).absolute()
    os.umask(0o022)  # whoever installs the bundle is not who runs it
    started = time.monotonic()
    if build(folder):
        spent_s = time.monotonic() - started
        print(f"intercom: bundled in {spent_s:.0f} s into {folder / BUNDLE}, {size_mb(folder / BUNDLE):.0f} MB")


if __name__ == "__main__":
    main()
