"""The value of a login's cookie: a random session identifier with a signature, and what is kept of it.

The identifier is the secret, and the database holds only its hash. The signature, by a key that the home makes for
itself, turns away what we never gave out before anything is looked up.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

from intercom.storage.database import Database
from intercom.storage.identity import made_once

_LONGEST: Final = 128
_SIGNATURE: Final = 43


class Sids:
    """Makes and reads the cookie's value."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    async def load(cls, database: Database) -> Sids:
        """Read the key; made now if need be."""
        return cls(bytes.fromhex(await made_once(database, "sid_key", lambda: secrets.token_hex(32))))

    def make(self) -> tuple[str, bytes]:
        """Return a new value, and the hash by which it will be known."""
        sid = secrets.token_urlsafe(32)
        return f"{sid}.{self._sign(sid)}", _hash(sid)

    def read(self, value: str) -> bytes | None:
        """Return the hash of what the value holds; None for what we never gave out."""
        sid, _, signature = value.rpartition(".")
        if len(value) > _LONGEST or len(signature) != _SIGNATURE or not value.isascii():
            return None
        return _hash(sid) if hmac.compare_digest(signature, self._sign(sid)) else None

    def _sign(self, sid: str) -> str:
        return base64.urlsafe_b64encode(hmac.digest(self._key, sid.encode(), "sha256")).rstrip(b"=").decode()


def _hash(sid: str) -> bytes:
    return hashlib.sha256(sid.encode()).digest()
