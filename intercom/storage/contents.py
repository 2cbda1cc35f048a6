"""What a home keeps in its data folder, by name: what belongs to it, and for whom that is.

Whatever a part of the program writes there has to be named here, or a factory reset would leave it behind.
"""

from __future__ import annotations

import logging
import re
import stat
import sys
from pathlib import Path
from typing import Final

HOME: Final = "intercom.db"
HISTORY: Final = "history.db"
LOCK: Final = "running.lock"
COPIES: Final = "copies"
"""The folder of what is needed when the home's database is damaged."""

ERASING: Final = "erasing"
"""A file that is there from the moment on in which the home is to be erased until nothing is left of it."""
RESTORING: Final = "restoring"
"""The folder in which a backup is unpacked and examined, and from which it takes the home's place."""
BACKING_UP: Final = "backing-up"
"""The folder for the copies of which a backup is made."""
BESIDE_FOLDERS: Final = ".lock"
"""What is added to a folder's name for the file that is locked in its stead, where folders cannot be: on Windows."""

BESIDE_DATABASES: Final = ("-wal", "-shm", "-journal")
"""What SQLite adds to a database's name for files that belong to it."""

_OURS: Final = re.compile(
    r"(intercom|history)\.db(\.damaged-\d{8}T\d{6}Z(-\d+)?)?(-wal|-shm|-journal)?"
    rf"|panel\.(json|new)|broker|tls|{COPIES}|{re.escape(LOCK)}|{ERASING}|{RESTORING}"
    rf"|{BACKING_UP}({re.escape(BESIDE_FOLDERS)})?"
)

_log = logging.getLogger(__name__)


def is_ours(name: str) -> bool:
    """Tell whether a file or folder directly in the data folder is of the home; such a folder is so with all in it."""
    return _OURS.fullmatch(name) is not None


def ours(folder: Path) -> list[Path]:
    """Return what is of the home in a data folder, the database first that holds its keys; OSError as `iterdir`."""
    return sorted((each for each in folder.iterdir() if is_ours(each.name)), key=lambda each: (each.name != HOME, each))


def close_to_others(folder: Path) -> None:
    """Take the rights of others away from the home's files, and from the folder when it holds nothing else.

    A folder that is not the home's alone may be meant for others: then they can see what is in it, and we say so. Of
    Windows nothing is asked: there a folder of a user's own data is for that user by what it inherits.
    """
    if sys.platform == "win32":
        return
    try:
        for path in ours(folder):
            _close(path)
            if path.is_dir() and not path.is_symlink():
                for each in path.rglob("*"):
                    _close(each)
        mode = folder.stat().st_mode
        if not mode & 0o077:
            return
        if not mode & stat.S_ISVTX and all(is_ours(each.name) for each in folder.iterdir()):
            folder.chmod(0o700)
        else:
            _log.warning(
                "the data folder %s is open to others on this machine, and there are other things in it: "
                "choose one for the intercom alone, or run chmod 700 on it",
                folder,
            )
    except OSError as error:
        _log.warning("%s may be open to others: %s", error.filename or folder, error.strerror)


def _close(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
        if mode & 0o077 and not stat.S_ISLNK(mode):
            path.chmod(0o700 if stat.S_ISDIR(mode) else 0o600)
    except FileNotFoundError:  # SQLite removes its files when they are not needed any more
        pass
