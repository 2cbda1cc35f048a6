"""The names that residents, clients and switches give: one rule for all of them."""

from __future__ import annotations

from typing import Final

from intercom.home.errors import InvalidInputError

NAME_LENGTH: Final = 64


def checked_name(name: str) -> str:
    """Return the name with single spaces.

    Raises:
        InvalidInputError: it is empty, too long, or has characters that cannot be shown.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise InvalidInputError(f"expected a name of 1 to {NAME_LENGTH} characters that can be shown")
    return name
