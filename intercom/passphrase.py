"""Passphrases, passwords and PINs, as a command is given them: typed at the terminal without being seen, or in a file.

Never in the command line, which everybody on the machine can read.
"""

from __future__ import annotations

import getpass
import os
import signal
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Final, TextIO

from intercom.home.errors import InvalidInputError

FEWEST: Final = 8
"""Characters of a new passphrase."""


def new_passphrase(
    file: str | None, stdin: TextIO, *, what: str = "passphrase", check: Callable[[str], object] | None = None
) -> str:
    """Return a passphrase for something new; typed, it is asked for twice.

    Args:
        file: holds it in its first line; "-" is the standard input, None asks at the terminal.
        what: what it is called, also in the flag that names the file.
        check: raises InvalidInputError for what may not be chosen; without it, it has to have `FEWEST` characters.

    Raises:
        InvalidInputError: there is none, it is too short, or it was typed differently.
    """
    passphrase = known_passphrase(file, stdin, what=what)
    if check is not None:
        check(passphrase)
    elif len(passphrase) < FEWEST:
        raise InvalidInputError(f"expected a {what} of at least {FEWEST} characters")
    if file is None and _normal(_asked("The same again: ", what)) != passphrase:
        raise InvalidInputError(f"the two {what}s are not the same")
    return passphrase


def known_passphrase(file: str | None, stdin: TextIO, *, what: str = "passphrase") -> str:
    """Return the passphrase of something that is there; arguments and errors as `new_passphrase`."""
    if file is None:
        line = _asked(f"{what[0].upper()}{what[1:]}: ", what)
    else:
        try:
            if file == "-":
                line = stdin.readline()
            else:
                with Path(file).open(encoding="utf-8") as opened:
                    line = opened.readline()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInputError(f"expected a {what} in the first line of {file}, in UTF-8") from error
    passphrase = _normal(line.rstrip("\r\n"))
    if not passphrase:
        raise InvalidInputError(f"expected a {what}, got an empty line")
    return passphrase


def _normal(text: str) -> str:
    """Return the one way to write a text: keyboards differ in how they compose Hangul and accents."""
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())


def _asked(prompt: str, what: str) -> str:
    """Ask at the terminal; an interruption ends the program once the terminal shows what is typed again."""
    try:
        _open_terminal()
    except OSError as error:
        raise InvalidInputError(
            f"there is no terminal at which to ask for the {what}; give it with --{what.lower()}-file"
        ) from error
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return getpass.getpass(prompt)
    except EOFError:
        return ""
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def _open_terminal() -> None:
    """Raise OSError where there is nobody to be asked."""
    if sys.platform == "win32":
        os.close(os.open("CONIN$", os.O_RDWR))
    else:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
