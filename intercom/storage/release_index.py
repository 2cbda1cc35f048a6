"""The index of releases: found genuine or refused, and the latest one remembered, so that none before it is believed.

An index is a JWS in its compact form (RFC 7515 §7.1) with an Ed25519 signature (RFC 8037 §3.1): what is signed are the
very bytes that were sent, so nothing is read before it is found genuine but the header, which must be `HEADER`. PyJWT
would do the same, but is used here without what it needs for that, which the start of the program does not pay for.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final

import msgspec

from intercom.home.releases import IndexRefusedError, ReleaseIndex, Version
from intercom.storage.database import Database

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_BYTES: Final = 32
HEADER: Final = b'{"alg":"EdDSA","typ":"intercom-releases"}'
"""Nothing else that is signed by the same key can be taken for an index."""


def read_index(envelope: bytes, public_key: bytes) -> ReleaseIndex:
    """Return what a signed index says; takes a while, so it is for a thread.

    Raises:
        IndexRefusedError: it is not signed by this key, or is no index.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    parts = envelope.strip().split(b".")
    if len(parts) != 3 or parts[0] != _encoded(HEADER):
        raise IndexRefusedError("expected a signed index of releases")
    try:
        signature, said = _decoded(parts[2]), _decoded(parts[1])
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, b".".join(parts[:2]))
    except (binascii.Error, ValueError, InvalidSignature):
        raise IndexRefusedError("the index is not signed by the publisher's key") from None
    return parse_index(said)


def parse_index(said: bytes) -> ReleaseIndex:
    """Read the JSON of an index, or raise IndexRefusedError."""
    try:
        return msgspec.json.decode(said, type=ReleaseIndex, dec_hook=_read_special)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise IndexRefusedError(f"the index is not as expected: {error}") from error


def sign_index(said: bytes, private_key: Ed25519PrivateKey) -> bytes:
    """Return the signed index that says this; for the publisher."""
    parse_index(said)
    signed = b".".join((_encoded(HEADER), _encoded(said)))
    return b".".join((signed, _encoded(private_key.sign(signed))))


class ReleaseMarks:
    """The latest index that was believed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def advance(self, index: ReleaseIndex, public_key: bytes) -> None:
        """Remember an index as the latest one; begins anew with another key.

        Raises:
            IndexRefusedError: one with a higher serial was seen before.
            StorageError: it cannot be written.
        """
        key = base64.b64encode(public_key).decode()
        async with self._database.transaction() as transaction:
            rows = await transaction.execute("SELECT serial FROM release_index WHERE public_key = ?", (key,))
            if rows and rows[0][0] == index.serial:
                return
            if rows and rows[0][0] > index.serial:
                raise IndexRefusedError(f"the index is older (serial {index.serial}) than one before ({rows[0][0]})")
            await transaction.execute(
                "INSERT OR REPLACE INTO release_index (only_row, public_key, serial) VALUES (1, ?, ?)",
                (key, index.serial),
            )


def _read_special(kind: type, value: Any) -> Any:
    if kind is Version and isinstance(value, str):
        return Version(value)
    raise NotImplementedError(kind)


def _encoded(plain: bytes) -> bytes:
    return base64.urlsafe_b64encode(plain).rstrip(b"=")


def _decoded(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
