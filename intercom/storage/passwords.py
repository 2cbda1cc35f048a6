"""Passwords and PINs, hashed with Argon2id (RFC 9106): made, checked, and made anew when the parameters have grown.

The parameters stand in each hash, so old ones stay good. Hashing takes long on purpose: it is done in a thread, one at
a time, so that it takes no more than one core and the memory of one, however many ask.
"""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, ClassVar, Final

from intercom.home.errors import IntercomError, InvalidInputError

if TYPE_CHECKING:
    import argon2

SHORTEST: Final = 8
LONGEST: Final = 256
MOST_WAITING: Final = 16


class TooBusyError(IntercomError):
    """So many are being checked already that one more would wait too long."""

    code: ClassVar[str] = "busy"
    status: ClassVar[int] = 503


class Passwords:
    """Hashes and checks, one at a time."""

    def __init__(self, hasher: argon2.PasswordHasher | None = None) -> None:
        """Without a hasher: 46 MiB, two passes, one lane."""
        self._given_hasher = hasher
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """Return the hash, with its salt and parameters in it."""
        return await self._in_turn(password, None)

    async def is_right(self, password: str, hash_: str | None) -> bool:
        """Tell whether a password belongs to a hash; None is nobody's, and takes as long."""
        return await self._in_turn(password, hash_ or _NOBODYS) == "right" and hash_ is not None

    @functools.cached_property
    def _hasher(self) -> argon2.PasswordHasher:
        # Imported for the first who logs in: the start of the program does not pay for it.
        import argon2

        return self._given_hasher or argon2.PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)

    def is_weak(self, hash_: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hash_)

    async def _in_turn(self, password: str, hash_: str | None) -> str:
        if self._waiting >= MOST_WAITING:
            raise TooBusyError("too many are logging in at once; try again in a moment")
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(self._work, password.encode("utf-8", "surrogatepass"), hash_)
        finally:
            self._waiting -= 1

    def _work(self, password: bytes, hash_: str | None) -> str:
        if hash_ is None:
            return self._hasher.hash(password)
        from argon2.exceptions import VerifyMismatchError

        try:
            self._hasher.verify(hash_, password)
        except VerifyMismatchError:
            return "wrong"
        return "right"


def checked_password(password: str, *, name: str) -> str:
    """Return the password of the account `name`.

    Raises:
        InvalidInputError: it is too short, too long, or easily guessed.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInputError(f"expected a password of {SHORTEST} to {LONGEST} characters")
    if password.casefold() == name.casefold() or len(set(password)) < 3 or password in _GUESSED_FIRST:
        raise InvalidInputError("this password is guessed too easily; choose another")
    return password


_NOBODYS: Final = "$argon2id$v=19$m=47104,t=2,p=1$3Mx0pYML1CSiKke2jgWLNg$7kWUNTT5yjVTc+YvWx7G6tgT/IPoa/KV8Q9AIRlDaPE"
"""The hash, with today's parameters, of a password that nobody knows."""

_GUESSED_FIRST: Final = frozenset(
    """
    password password1 password123 passw0rd 12345678 123456789 1234567890 qwertyuiop qwerty123 1q2w3e4r 1q2w3e4r5t
    1qaz2wsx iloveyou asdfghjkl asdf1234 qwer1234 intercom intercom1 adminadmin admin123 welcome1 letmein1 abcd1234
    abc12345 11223344 87654321 zaq12wsx dkssudgktpdy
    """.split()  # noqa: SIM905  # a column of quotes is harder to read
)
"""What is tried first wherever people choose passwords, as far as it is long enough."""
