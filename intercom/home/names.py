"""Names: one rule for those that residents, clients and switches give, and one for those that devices bring along."""

from __future__ import annotations

import re
from typing import Final

from intercom.home.errors import InvalidInputError

NAME_LENGTH: Final = 64
LONGEST_SHOWN: Final = 200
THE_PANEL: Final = "panel"
THE_MACHINE: Final = "command line"
RESERVED_NAMES: Final = frozenset({THE_PANEL, THE_MACHINE})
"""Who acts at the wall and by the command line, in the audit log."""

_UNSHOWN = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def checked_name(name: str) -> str:
    """Return the name with single spaces.

    Raises:
        InvalidInputError: it is empty, too long, or has characters that cannot be shown.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise InvalidInputError(f"expected a name of 1 to {NAME_LENGTH} characters that can be shown")
    return name


def checked_actor_name(name: str) -> str:
    """Return the name of a person or client, who acts under it in the audit log; errors as `checked_name`.

    Nobody may be called like the panel or the command line, which act there too.
    """
    name = checked_name(name)
    if name.casefold() in RESERVED_NAMES:
        raise InvalidInputError(f"'{name}' is what the home itself is called in its log; choose another name")
    return name


def shown_name(said: str) -> str:
    """Return what a device says it is called as it may stand among other words: on one line, and of some length.

    Directional controls (Unicode UAX #9) are left out, which would turn the words around it. Joiners stay: emoji are
    made with them. May be empty.
    """
    return _UNSHOWN.sub(" ", said).strip()[:LONGEST_SHOWN]
