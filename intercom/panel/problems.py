"""Why a name, a password or a PIN will not do, in the household's language; empty for one that will."""

from __future__ import annotations

from intercom.home.errors import InvalidInputError
from intercom.home.names import NAME_LENGTH, checked_name
from intercom.home.pin import checked_pin
from intercom.panel.language import panel_text
from intercom.storage.passwords import LONGEST, SHORTEST, checked_password


def name_problem(name: str) -> str:
    """Say why somebody or something cannot be called so."""
    try:
        checked_name(name)
    except InvalidInputError:
        if not name.strip():
            return panel_text("A name is needed")
        if len(name) > NAME_LENGTH:
            return panel_text("A name has at most %1 characters; this one has %2", str(NAME_LENGTH), str(len(name)))
        return panel_text("A name has only characters that can be seen")
    return ""


def password_problem(password: str, *, name: str) -> str:
    """Say why this is no good password of the account `name`."""
    try:
        checked_password(password, name=name)
    except InvalidInputError:
        if not SHORTEST <= len(password) <= LONGEST:
            return panel_text("A password has %1 to %2 characters", str(SHORTEST), str(LONGEST))
        return panel_text("This password is guessed too easily")
    return ""


def pin_problem(pin: str) -> str:
    """Say why this is no good PIN."""
    try:
        checked_pin(pin)
    except InvalidInputError:
        return panel_text("This PIN is guessed too easily")
    return ""
