"""What is logged becomes one line for each message, whatever names and topics there are in the home.

A message may quote what came over the network. Its control characters are written as escapes, so that nobody can put
lines of their own into the log, or steer the terminal of whoever reads it. A traceback keeps its lines.
"""

from __future__ import annotations

import logging
from typing import Final, TextIO

_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_to(stream: TextIO, level: str) -> None:
    """Write what is logged from `level` on to a stream; of libraries nothing below information.

    What libraries tell for debugging holds what they were given: aiosqlite every value that is read or written.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter(_FORMAT))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    if logging.getLogger().level < logging.INFO:
        logging.getLogger("intercom").setLevel(level.upper())
        logging.getLogger().setLevel(logging.INFO)


class LineFormatter(logging.Formatter):
    """Shows a message on one line, in characters that can be printed."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        line = super().formatMessage(record)
        if line.isprintable():
            return line
        return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in line)
