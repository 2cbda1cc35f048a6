"""Make and check the signed index that tells homes of newer versions; docs/updates.md says what stands in it.

    python packaging/release_index.py key KEYFILE                          make a key pair; print its public half
    python packaging/release_index.py file KIND PLATFORM URL PATH          print what the index says of a file
    python packaging/release_index.py sign --key KEYFILE [--after OLD] INDEX OUT    sign a JSON index
    python packaging/release_index.py verify --public-key KEY SIGNED       print what a signed index says

It signs with the very code by which homes read: what it signs, they can read.
"""

from __future__ import annotations

import argparse
import base64
import getpass
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from intercom.home.errors import IntercomError
from intercom.home.releases import FileKind, IndexRefusedError, ReleaseIndex
from intercom.storage.release_index import parse_index, read_index, sign_index


def make_key(path: Path) -> str:
    """Write a new private key, for its owner alone, where no file is yet; return the public key in base64."""
    key = Ed25519PrivateKey.generate()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return _public_text(key)


def describe(kind: str, platform: str, url: str, path: Path) -> dict[str, object]:
    """Return what an index says of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"kind": kind, "platform": platform, "url": url, "sha256": digest, "size": path.stat().st_size}


def sign(index: Path, key_file: Path, after: Path | None) -> bytes:
    """Return the signed index, or raise IndexRefusedError for one that homes would refuse."""
    key, said = load_key(key_file), index.read_bytes()
    new = parse_index(said)
    new.check(time.time())
    if after is not None:
        old = read_index(after.read_bytes(), key.public_key().public_bytes_raw())
        if old.serial >= new.serial:
            raise IndexRefusedError(f"expected a serial above {old.serial}, which is that of {after}")
    return sign_index(said, key)


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a private key; one with a password asks for it."""
    pem = path.read_bytes()
    password = getpass.getpass(f"Password of {path}: ").encode() if b"ENCRYPTED" in pem else None
    return cast(Ed25519PrivateKey, load_pem_private_key(pem, password))


def tell(index: ReleaseIndex) -> list[str]:
    """Return what an index says, in lines."""
    lines = [f"serial {index.serial}, published {index.published}, valid until {index.valid_until}"]
    for release in index.releases:
        lines.append(f"{release.version} ({release.channel}), notes in {', '.join(sorted(release.notes)) or 'none'}")
        lines += [f"  {file.kind} {file.platform} {file.size} {file.sha256} {file.url}" for file in release.files]
    return lines


def main(argv: Sequence[str]) -> str:
    """Do what the arguments say; return what to print."""
    parser = argparse.ArgumentParser(description="Make and check the signed index of releases.")
    commands = parser.add_subparsers(dest="command", required=True)
    key = commands.add_parser("key", help="make a key pair; print its public half")
    key.add_argument("key_file", type=Path)
    file = commands.add_parser("file", help="print what the index says of a file")
    file.add_argument("kind", choices=[str(kind) for kind in FileKind])
    file.add_argument("platform", help='such as "linux-x86_64", or "any"')
    file.add_argument("url")
    file.add_argument("path", type=Path)
    signing = commands.add_parser("sign", help="sign a JSON index")
    signing.add_argument("--key", type=Path, required=True)
    signing.add_argument("--after", type=Path, help="the signed index before, whose serial has to be lower")
    signing.add_argument("index", type=Path)
    signing.add_argument("out", type=Path)
    verifying = commands.add_parser("verify", help="print what a signed index says")
    verifying.add_argument("--public-key", required=True)
    verifying.add_argument("signed", type=Path)
    asked = parser.parse_args(argv)
    match asked.command:
        case "key":
            return make_key(asked.key_file)
        case "file":
            return json.dumps(describe(asked.kind, asked.platform, asked.url, asked.path), indent=2)
        case "sign":
            asked.out.write_bytes(sign(asked.index, asked.key, asked.after))
            return f"{asked.out} is signed; homes that believe {_public_text(load_key(asked.key))} can read it"
        case _:
            index = read_index(asked.signed.read_bytes(), base64.b64decode(asked.public_key))
            index.check(time.time())
            return "\n".join(tell(index))


def _public_text(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))
    except (IntercomError, OSError, ValueError) as error:
        raise SystemExit(f"release_index: {error}") from None
