"""The factory reset: everything of a home is erased, and nothing else that somebody put into its folder.

A mark is written first and removed last. A kill or a power cut in between leaves the mark, and the next start goes on:
half a home is never run.

Files are removed and not overwritten. On flash, which is what a wall panel has, and on file systems that copy on write,
new bytes go to other cells than the old ones, so overwriting would promise what nobody can keep. Whoever gives the
panel away and fears laboratories has to keep the disk encrypted from the beginning.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from intercom.home.errors import StartupError
from intercom.storage.alone import remove
from intercom.storage.contents import ERASING, LOCK, ours
from intercom.system import sync_folder


def mark(folder: Path) -> None:
    """Decide that the home is erased, from now on irrevocably; OSError when that cannot be written."""
    os.close(os.open(folder / ERASING, os.O_WRONLY | os.O_CREAT, 0o600))
    sync_folder(folder)


def is_marked(folder: Path) -> bool:
    """Tell whether the home is to be erased."""
    return (folder / ERASING).exists()


def to_be_erased(folder: Path) -> list[Path]:
    """Return what a reset would erase; the lock stays, for it is held meanwhile, and holds nothing."""
    if not folder.is_dir():
        return []
    return [path for path in ours(folder) if path.name not in (LOCK, ERASING)]


def erase_home(folder: Path, *, at_step: Callable[[str], None] = lambda step: None) -> None:
    """Erase the home in a data folder; the caller is `alone` there, and nothing of it is open.

    Args:
        at_step: called after each step, for tests.

    Raises:
        StartupError: something could not be erased; all else was, and the next start tries again.
    """
    refused: list[OSError] = []
    try:
        mark(folder)
    except OSError as error:  # a full disk: it can be erased all the same, if nothing interrupts us
        refused.append(error)
    at_step("marked")
    for path in to_be_erased(folder):
        try:
            remove(path)
        except OSError as error:
            refused.append(error)
        at_step(f"erased {path.name}")
    if not to_be_erased(folder):
        try:
            sync_folder(folder)
            (folder / ERASING).unlink(missing_ok=True)
            sync_folder(folder)
        except OSError as error:
            refused.append(error)
        else:
            return
    raise StartupError(
        f"not everything in {folder} could be erased: {refused[0].strerror} ({refused[0].filename}); "
        "the next start goes on"
    )
