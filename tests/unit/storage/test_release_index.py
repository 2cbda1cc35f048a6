"""Signed indexes: which are genuine, and that none comes back from before."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from intercom.home.releases import IndexRefusedError, Version
from intercom.storage.database import Database
from intercom.storage.release_index import ReleaseMarks, read_index, sign_index

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()


def said(serial: int = 1, **more: Any) -> bytes:
    return json.dumps(
        {
            "format": 1,
            "product": "intercom",
            "serial": serial,
            "published": "2026-11-27T00:00:00Z",
            "valid_until": "2027-11-27T00:00:00+09:00",
            "releases": [{"version": "1.4", "notes": {"ko": "새 판"}, "files": []}],
            **more,
        }
    ).encode()


SIGNED = sign_index(said(), KEY)
BARE = SIGNED.rpartition(b".")[0]


def test_a_signed_index_says_what_was_signed_and_what_newer_programs_know_is_passed_over() -> None:
    index = read_index(sign_index(said(serial=7, more="of it"), KEY) + b"\n", PUBLIC)

    assert (index.serial, index.releases[0].version) == (7, Version("1.4"))
    assert index.releases[0].notes == {"ko": "새 판"}


def test_an_index_that_was_changed_by_one_character_anywhere_is_refused() -> None:
    for place in range(len(SIGNED)):
        other = b"A" if SIGNED[place : place + 1] != b"A" else b"B"
        changed = SIGNED[:place] + other + SIGNED[place + 1 :]
        if place == len(SIGNED) - 1 and _bytes_of(changed) == _bytes_of(SIGNED):
            continue  # the last character of base64 has bits that say nothing

        with pytest.raises(IndexRefusedError):
            read_index(changed, PUBLIC)


def test_an_index_that_somebody_else_signed_is_refused() -> None:
    with pytest.raises(IndexRefusedError, match="not signed by the publisher's key"):
        read_index(sign_index(said(), Ed25519PrivateKey.generate()), PUBLIC)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "typ": "intercom-releases"},
        {"alg": "EdDSA", "typ": "JWT"},
        {"alg": "HS256", "typ": "intercom-releases"},
        {"alg": "EdDSA"},
    ],
)
def test_what_the_same_key_signed_as_something_else_is_no_index(header: dict[str, str]) -> None:
    signed = b".".join(_encoded(each) for each in (json.dumps(header, separators=(",", ":")).encode(), said()))

    with pytest.raises(IndexRefusedError, match="expected a signed index"):
        read_index(signed + b"." + _encoded(KEY.sign(signed)), PUBLIC)


@pytest.mark.parametrize("unsigned", [b"", b"{}", said(), BARE, BARE + b"."])
def test_what_is_not_signed_is_refused(unsigned: bytes) -> None:
    with pytest.raises(IndexRefusedError):
        read_index(unsigned, PUBLIC)


@pytest.mark.parametrize("nonsense", [b"", b"[]", b"{}", said(releases=[{"version": "new"}]), said(releases=7)])
def test_what_makes_no_sense_is_not_even_signed(nonsense: bytes) -> None:
    with pytest.raises(IndexRefusedError):
        sign_index(nonsense, KEY)


@given(st.binary(max_size=400) | st.binary(max_size=80).map(lambda tail: SIGNED[:80] + tail))
def test_whatever_comes_is_refused_in_order(envelope: bytes) -> None:
    with pytest.raises(IndexRefusedError):
        read_index(envelope, PUBLIC)


async def test_an_index_from_before_is_refused_also_by_the_next_run(database: Database, elsewhere: Database) -> None:
    old, new = (read_index(sign_index(said(serial=serial), KEY), PUBLIC) for serial in (4, 5))
    marks = ReleaseMarks(database)
    await marks.advance(old, PUBLIC)
    await marks.advance(new, PUBLIC)
    await marks.advance(new, PUBLIC)

    for each in (marks, ReleaseMarks(elsewhere)):
        with pytest.raises(IndexRefusedError, match="older"):
            await each.advance(old, PUBLIC)


async def test_another_publishers_indexes_are_counted_anew(database: Database) -> None:
    marks = ReleaseMarks(database)
    await marks.advance(read_index(sign_index(said(serial=9), KEY), PUBLIC), PUBLIC)
    other = Ed25519PrivateKey.generate()
    public = other.public_key().public_bytes_raw()

    await marks.advance(read_index(sign_index(said(serial=1), other), public), public)


def _encoded(plain: bytes) -> bytes:
    return base64.urlsafe_b64encode(plain).rstrip(b"=")


def _bytes_of(envelope: bytes) -> bytes:
    return base64.urlsafe_b64decode(envelope.rpartition(b".")[2] + b"==")
