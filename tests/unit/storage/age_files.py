"""Files in the age format, made by hand from C2SP's age.md: quick to open, or asking for too much work."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024


def age_file(content: bytes, passphrase: str, *, work: int = 1, labels: bytes = b"") -> bytes:
    """Encrypt with a passphrase; opening it takes 2^`work` rounds. `labels` are more stanzas for the header."""
    file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    wrapping_key = hashlib.scrypt(
        passphrase.encode(),
        salt=b"age-encryption.org/v1/scrypt" + salt,
        n=2 ** min(work, 10),
        r=8,
        p=1,
        dklen=32,
    )
    wrapped = ChaCha20Poly1305(wrapping_key).encrypt(bytes(12), file_key, None)
    header = b"age-encryption.org/v1\n-> scrypt %b %d\n%b\n%b---" % (_base64(salt), work, _base64(wrapped), labels)
    mac = hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")
    stream = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    pieces = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)] or [b""]
    encrypted = [
        stream.encrypt(number.to_bytes(11, "big") + bytes([number == len(pieces) - 1]), piece, None)
        for number, piece in enumerate(pieces)
    ]
    return header + b" " + _base64(mac) + b"\n" + nonce + b"".join(encrypted)


def _derived(key: bytes, salt: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, use).derive(key)


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")
