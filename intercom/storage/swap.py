"""A restored home takes the place of the one that is there, all of it or nothing.

1. The new home is made ready in `restoring/new` and seen on the disk.
2. `restoring/ready` is written. Before that moment the old home stands whole, and what is in `restoring` is rubbish;
   from it on the new home stands, though it still has to be moved.
3. What is replaced is moved into `restoring/old`, then the new home out of `restoring/new`.
4. `ready` is removed, then all of `restoring`.

Each step can be done again when it was done already, or half: `finish` goes on wherever a kill or a power cut came. A
thing that still is in `new` was not moved yet, so its namesake outside is an old one.

What the new home has no counterpart of stays as it is, such as a history that was left out of the backup.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from intercom.storage.alone import remove
from intercom.storage.contents import BESIDE_DATABASES, RESTORING, is_ours
from intercom.system import sync_file, sync_folder


def new_home(folder: Path) -> Path:
    """Return an empty folder in which a new home is to be made ready; what was left there is removed."""
    restoring = folder / RESTORING
    remove(restoring)
    restoring.mkdir(mode=0o700)
    new = restoring / "new"
    new.mkdir(mode=0o700)
    return new


def commit(folder: Path, *, at_step: Callable[[str], None]) -> None:
    """Let the home that was made ready take the old one's place; the caller is `alone` in the folder.

    OSError means that it did not, or, when `is_committed`, that the next start goes on with it.
    """
    restoring = folder / RESTORING
    for path in (restoring / "new").rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            sync_file(path)
    sync_folder(restoring / "new")
    names = sorted(path.name for path in (restoring / "new").iterdir())
    fresh = restoring / "ready.new"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(names, file)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(restoring)
    sync_folder(folder)
    at_step("synced")
    fresh.replace(restoring / "ready")
    at_step("ready")
    sync_folder(restoring)
    finish(folder, at_step=at_step)


def is_committed(folder: Path) -> bool:
    """Tell whether a new home was made ready that still has to be moved."""
    return (folder / RESTORING / "ready").exists()


def finish(folder: Path, *, at_step: Callable[[str], None] = lambda step: None) -> None:
    """Go on with a swap wherever it was interrupted, and remove what is left of it; OSError when that is impossible."""
    restoring = folder / RESTORING
    if is_committed(folder):
        _move(folder, at_step)
        (restoring / "ready").unlink()
        at_step("done")
        sync_folder(restoring)
    if restoring.exists():
        shutil.rmtree(restoring)
    at_step("tidied")
    sync_folder(folder)


def _move(folder: Path, at_step: Callable[[str], None]) -> None:
    restoring = folder / RESTORING
    new, old = restoring / "new", restoring / "old"
    old.mkdir(mode=0o700, exist_ok=True)
    names = [str(name) for name in json.loads((restoring / "ready").read_bytes())]
    waiting = [name for name in names if is_ours(name) and (new / name).exists()]
    for name in waiting:
        # What belongs to an old database must never be found beside a new one, so it goes first.
        for each in (*(name + more for more in BESIDE_DATABASES), name):
            if os.path.lexists(folder / each):
                (folder / each).replace(old / each)
                at_step(f"out {each}")
    sync_folder(old)
    sync_folder(folder)
    for name in waiting:
        (new / name).replace(folder / name)
        at_step(f"in {name}")
    sync_folder(folder)
    sync_folder(new)
