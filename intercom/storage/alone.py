"""Being the only process that works on a data folder, or on a folder within it."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from intercom.home.errors import StartupError
from intercom.storage.contents import BESIDE_FOLDERS, LOCK
from intercom.storage.database import refusal_of
from intercom.system import close_locked, try_lock


@contextlib.contextmanager
def alone(folder: Path, *, advice: str = "choose another with --data-dir") -> Iterator[None]:
    """Keep a second program from the data folder while the block lasts.

    The lock goes with the process, however it ends. In a folder that cannot be written there need not be one.

    Args:
        advice: what to do when another one has it.

    Raises:
        StartupError: another one has it.
    """
    path = folder / LOCK
    try:
        lock = _opened(path)
    except OSError as error:
        if refusal_of(error) is None:
            raise StartupError(f"{path} cannot be written: {error.strerror}") from error
        yield
        return
    try:
        if not try_lock(lock):
            raise StartupError(f"another intercom is running on {folder}; {advice}")
        with contextlib.suppress(OSError):
            path.chmod(0o600)
        yield
    finally:
        close_locked(lock)


@contextlib.contextmanager
def working_folder(path: Path) -> Iterator[None]:
    """Have an empty folder of one's own while the block lasts; what an earlier one left in it is removed.

    Raises:
        StartupError: another process works in it.
        OSError: it cannot be made.
    """
    path.mkdir(mode=0o700, exist_ok=True)
    with _claimed(path) as is_claimed:
        if not is_claimed:
            raise StartupError(f"another intercom is at work in {path}; try again when it is done")
        for each in path.iterdir():
            remove(each)
        try:
            yield
        finally:
            shutil.rmtree(path, ignore_errors=True)


def remove_abandoned(path: Path) -> None:
    """Remove a working folder that a process left behind, if there is one; OSError when that cannot be done."""
    with contextlib.suppress(FileNotFoundError), _claimed(path) as is_claimed:
        if is_claimed:
            shutil.rmtree(path)


def remove(path: Path) -> None:
    """Remove a file, a link (and not what it leads to) or a folder with all in it; OSError when it cannot be done."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    except OSError:
        if not path.exists():
            raise
        return os.open(path, os.O_RDONLY)


@contextlib.contextmanager
def _claimed(path: Path) -> Iterator[bool]:
    if sys.platform == "win32":
        beside = path.with_name(path.name + BESIDE_FOLDERS)
        opened = os.open(beside, os.O_WRONLY | os.O_CREAT, 0o600)
        is_in_place = path.is_dir
    else:
        opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        is_in_place = functools.partial(_is_still_at, opened, path)
    try:
        yield try_lock(opened) and is_in_place()
    finally:
        close_locked(opened)


def _is_still_at(opened: int, path: Path) -> bool:
    return os.path.samestat(os.fstat(opened), path.stat())
