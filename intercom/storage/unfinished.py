"""What a kill or a power cut interrupted is finished before a data folder is used again."""

from __future__ import annotations

import contextlib
from pathlib import Path

from intercom.home.errors import StartupError
from intercom.storage import erasing, swap
from intercom.storage.alone import alone, remove_abandoned
from intercom.storage.contents import BACKING_UP, ERASING, RESTORING


def finish_interrupted(folder: Path, *, is_alone: bool = False) -> None:
    """Go on with erasing or restoring the home, and remove copies that a backup left; nothing to do takes no time.

    Args:
        is_alone: the caller has the folder for itself already.

    Raises:
        StartupError: another process is at it right now, or it cannot be finished.
    """
    try:
        if (folder / BACKING_UP).exists():
            with contextlib.suppress(OSError):  # it hurts nobody
                remove_abandoned(folder / BACKING_UP)
        if not (folder / ERASING).exists() and not (folder / RESTORING).exists():
            return
        with contextlib.ExitStack() as stack:
            if not is_alone:
                _enter_alone(stack, folder)
            if erasing.is_marked(folder):
                erasing.erase_home(folder)
            else:
                swap.finish(folder)
    except OSError as error:
        raise StartupError(
            f"what was begun in {folder} cannot be finished: {error.strerror} ({error.filename})"
        ) from error


def _enter_alone(stack: contextlib.ExitStack, folder: Path) -> None:
    try:
        stack.enter_context(alone(folder))
    except StartupError as error:
        raise StartupError(f"the home in {folder} is just being restored or erased; wait until it is") from error
