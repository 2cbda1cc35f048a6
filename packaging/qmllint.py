"""Check the panel's QML, with the view-models' types told to the linter; any warning fails.

    python packaging/qmllint.py

Qt's linter reads types from `*.qmltypes`; these are made here, for each run anew, from the Python sources. Qt's own
types that they mention are looked up in its metatypes: since Qt 6.12 they are opaque to the linter otherwise.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import PySide6

ROOT = Path(__file__).resolve().parent.parent
QML = ROOT / "resources" / "qml"
MODELS = "Intercom.Models"
BASES = "rows"
"""The file with what other view-models are made of: Qt's tool knows a class only after its base."""
METATYPES = Path(PySide6.__file__).parent / "Qt" / "metatypes"


def run(tool: str, *args: str | Path) -> str:
    """Run one of PySide's tools and return what it printed; what it complains of is shown, and ends the run."""
    command = [str(Path(sys.executable).with_name(f"pyside6-{tool}")), *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{done.stdout}{done.stderr}".strip())
    return done.stdout


def write_types(folder: Path) -> None:
    """Write the module of the view-models as the linter reads it."""
    module = folder / Path(*MODELS.split("."))
    module.mkdir(parents=True)
    sources = [path for path in sorted((ROOT / "intercom" / "panel").glob("*.py")) if "@QmlElement" in path.read_text()]
    sources.sort(key=lambda path: path.stem != BASES)
    dump = folder / "panel.json"
    dump.write_text(run("metaobjectdump", *sources))
    types = module / "panel.qmltypes"
    known = ",".join(str(METATYPES / f"qt6{name}_metatypes.json") for name in ("core", "qml"))
    naming = ("--import-name", MODELS, "--major-version", "1", "--foreign-types", known)
    run("qmltyperegistrar", *naming, "--generate-qmltypes", types, dump)
    (module / "qmldir").write_text(f"module {MODELS}\ntypeinfo panel.qmltypes\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_types(folder)
        files = sorted((QML / "Intercom").glob("*.qml"))
        run("qmllint", "--max-warnings", "0", "-I", QML, "-I", folder, *files)


if __name__ == "__main__":
    main()
