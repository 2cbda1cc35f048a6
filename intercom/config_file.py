"""A TOML file whose settings can be pointed at: `path, line 7: relay.port`.

Knows no setting. Python's parser gives lines only for broken syntax; for everything else the line is found by parsing
ever longer beginnings of the file, which needs no second grammar and is done only when there is something to tell.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from intercom.home.errors import ConfigError

Keys = tuple[str, ...]


class ConfigFile:
    """One file, read.

    Attributes:
        document: what it says, as TOML has it.
    """

    def __init__(self, path: Path) -> None:
        """Read it.

        Raises:
            ConfigError: it cannot be read, or is not TOML; one line.
        """
        self.path = path
        try:
            self._text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
            self.document: dict[str, Any] = tomllib.loads(self._text)
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise ConfigError(f"{path}, line {line}: expected text in UTF-8") from error
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(self._syntax_error(str(error))) from error

    def place(self, keys: Keys) -> str:
        """Return where a table or value stands, fit to be shown."""
        return f"{self.path}, line {self._line(keys)}: {'.'.join(keys)}"

    def _line(self, keys: Keys) -> int:
        """Return the line on which something that is in the document begins.

        A beginning of the file that ends inside a value cannot be parsed. So the last one that could be, without the
        keys, ends on the line before.
        """
        lines = self._text.split("\n")
        before = 0
        for number in range(1, len(lines) + 1):
            try:
                beginning = tomllib.loads("\n".join(lines[:number]))
            except tomllib.TOMLDecodeError:
                continue
            if _has(beginning, keys):
                break
            before = number
        return before + 1

    def _syntax_error(self, said: str) -> str:
        found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", said, re.DOTALL)
        if found is None:
            return f"{self.path}: {said}"
        line = found[2] or self._text.rstrip().count("\n") + 1
        return f"{self.path}, line {line}: {found[1][0].lower()}{found[1][1:]}"


def _has(document: dict[str, Any], keys: Keys) -> bool:
    found: object = document
    for key in keys:
        if not isinstance(found, dict) or key not in found:
            return False
        found = found[key]
    return True
