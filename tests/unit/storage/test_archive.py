"""The packed form of a home: only what the intercom itself packs is ever unpacked."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intercom.home.errors import IntercomError, InvalidInputError
from intercom.storage import archive
from intercom.storage.archive import MOST_BYTES, Entry, Manifest
from intercom.storage.database import StorageError

FILES = {"intercom.db": b"a database", "broker/credentials.json": b"{}" * 400, "tls/authority.pem": b""}


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def entry(name: str, content: bytes) -> Entry:
    return Entry(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def manifest(*entries: Entry) -> Manifest:
    return Manifest(format=1, version="1.0", home_id="0123456789abcdef", created_at=0, entries=list(entries))


def member(name: str, content: bytes = b"", **more: object) -> bytes:
    """A tar's member, header and content."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    for field, value in more.items():
        setattr(info, field, value)
    return info.tobuf(tarfile.GNU_FORMAT if more.pop("gnu", False) else tarfile.USTAR_FORMAT) + padded(content)


def padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 512)


def tar(*members: bytes, described: Manifest, end: bytes = bytes(1024)) -> bytes:
    head = member("manifest.json", msgspec.json.encode(described))
    return gzip.compress(b"".join((head, *members, end)), mtime=0)


def usual(**changed: bytes) -> tuple[Manifest, list[bytes]]:
    files = FILES | changed
    return manifest(*(entry(*each) for each in files.items())), [member(*each) for each in files.items()]


def refused(packed: bytes, into: Path) -> str:
    """Try to unpack; return why not, once it is sure that nothing was written but what may be."""
    with pytest.raises(IntercomError) as refusal:
        archive.unpack(packed, into)
    assert {path.name for path in into.parent.iterdir()} <= {"into"}
    found = {str(path.relative_to(into)) for path in into.rglob("*")}
    assert found <= MOST_BYTES.keys() | {"broker", "tls"}
    assert not any(path.is_symlink() for path in into.rglob("*"))
    return str(refusal.value)


def unpacked(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_packed_is_unpacked(tmp_path: Path, into: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / "from" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "from" / name).write_bytes(content)
    described = manifest(*archive.entries_in(tmp_path / "from"))

    assert archive.unpack(archive.pack(tmp_path / "from", described), into) == described

    assert unpacked(into) == FILES


def test_any_tar_unpacks_it(tmp_path: Path, into: Path) -> None:
    (tmp_path / "intercom.db").write_bytes(b"a database")
    packed = archive.pack(tmp_path, manifest(*archive.entries_in(tmp_path)))

    with tarfile.open(fileobj=io.BytesIO(packed)) as opened:
        assert opened.getnames() == ["manifest.json", "intercom.db"]
        opened.extractall(into, filter="data")

    assert (into / "intercom.db").read_bytes() == b"a database"


def test_the_members_that_these_tests_make_by_hand_are_taken(into: Path) -> None:
    described, members = usual()

    archive.unpack(tar(*members, described=described), into)

    assert unpacked(into) == FILES


# Names and kinds of files


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../outside",
        "broker/../../outside",
        "./intercom.db",
        "broker//credentials.json",
        "broker/./credentials.json",
        "broker/credentials.json/",
        "Intercom.db",
        "INTERCOM.DB",
        "intercom.db ",
        "intercom.db\0",
        "intercom.db\0.txt",
        "intercom.db-wal",
        "intercom.db-shm",
        "running.lock",
        "erasing",
        "restoring/ready",
        "broker\\credentials.json",
        "broker",
        "tls/../intercom.db",
        "ｉntercom.db",
        "",
    ],
)
def test_a_name_that_is_not_known_is_refused(into: Path, name: str) -> None:
    described, members = usual()
    named = manifest(*described.entries, entry(name, b"evil"))

    assert "other files than those of a home" in refused(tar(*members, member(name, b"evil"), described=named), into)


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside", "Intercom.db", "intercom.db\0.txt", "panel.json"])
def test_a_name_that_the_manifest_does_not_say_is_refused(into: Path, name: str) -> None:
    described, members = usual()

    assert "does not follow" in refused(tar(member(name, b"a database"), *members[1:], described=described), into)


@pytest.mark.parametrize(
    "more",
    [
        {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"},
        {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"},
        {"type": tarfile.DIRTYPE},
        {"type": tarfile.FIFOTYPE},
        {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 5},
        {"type": tarfile.BLKTYPE},
        {"type": tarfile.AREGTYPE},
        {"type": tarfile.CONTTYPE},
        {"type": tarfile.GNUTYPE_SPARSE},
        {"type": tarfile.GNUTYPE_LONGNAME},
        {"type": tarfile.GNUTYPE_LONGLINK},
        {"type": tarfile.XHDTYPE},
        {"type": tarfile.XGLTYPE},
        {"linkname": "/etc/passwd"},
        {"mode": 0o4755},
        {"uid": 1},
        {"mtime": 1},
        {"uname": "root"},
    ],
)
def test_a_member_that_is_anything_but_a_plain_file_is_refused(into: Path, more: dict[str, object]) -> None:
    described, members = usual()
    odd = member("intercom.db", b"a database", **more)

    assert "does not follow" in refused(tar(odd, *members[1:], described=described), into)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_member_that_renames_the_next_is_refused(into: Path, kind: bytes) -> None:
    described, members = usual()
    rename = member("intercom.db", b"25 path=../../outside.db\n", type=kind)

    assert "does not follow" in refused(tar(rename, *members, described=described), into)


@pytest.mark.parametrize("in_manifest", [True, False])
def test_a_file_that_comes_twice_is_refused(into: Path, in_manifest: bool) -> None:
    described, members = usual()
    if in_manifest:
        described = manifest(*described.entries, described.entries[0])

    assert refused(tar(*members, members[0], described=described), into)


def test_another_order_than_the_manifests_is_refused(into: Path) -> None:
    described, members = usual()

    assert "does not follow" in refused(tar(*reversed(members), described=described), into)


def test_a_backup_without_the_home_is_refused(into: Path) -> None:
    assert "other files than those of a home" in refused(
        tar(member("panel.json", b"{}"), described=manifest(entry("panel.json", b"{}"))), into
    )


# Bombs


def test_a_bomb_that_the_manifest_announces_is_refused_before_anything_is_written(into: Path) -> None:
    announced = Entry(name="panel.json", size=MOST_BYTES["panel.json"] + 1, sha256="0" * 64)
    described = manifest(entry("intercom.db", b""), announced)

    assert "panel.json is too large" in refused(tar(member("intercom.db"), described=described), into)
    assert list(into.iterdir()) == []


def test_a_bomb_that_the_manifest_does_not_announce_is_not_unpacked(into: Path) -> None:
    described, members = usual()
    bomb = gzip.compress(gzip.decompress(tar(*members, described=described, end=b"")) + bytes(100_000_000), 1)

    assert "something follows" in refused(bomb, into)
    assert unpacked(into) == FILES


def test_a_bomb_in_place_of_the_manifest_is_refused(into: Path) -> None:
    head = tarfile.TarInfo("manifest.json")
    head.size, head.mode = 4_000_000_000, 0o600

    assert "does not begin with a manifest" in refused(gzip.compress(head.tobuf() + bytes(50_000_000), 1), into)
    assert "does not begin with a manifest" in refused(gzip.compress(bytes(50_000_000), 1), into)


def test_a_manifest_of_many_files_is_refused(into: Path) -> None:
    described = manifest(*[entry("intercom.db", b"")] * 1000)

    assert refused(tar(described=described), into)


def test_a_backup_that_does_not_fit_on_the_disk_is_refused_before_it_fills_it(
    into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 16_000_000))
    described, members = usual()

    with pytest.raises(StorageError, match="the disk is too full"):
        archive.unpack(tar(*members, described=described), into)
    assert list(into.iterdir()) == []


def test_what_is_too_large_to_come_back_is_not_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "history.db").write_bytes(os.urandom(3_000_000))
    described = manifest(*archive.entries_in(tmp_path))

    monkeypatch.setattr(archive, "MOST_PACKED_BYTES", 2_000_000)
    with pytest.raises(InvalidInputError, match="--without-history"):
        archive.pack(tmp_path, described)

    monkeypatch.setitem(MOST_BYTES, "history.db", 2_000_000)
    with pytest.raises(InvalidInputError, match="--without-history"):
        archive.entries_in(tmp_path)


# Damage


@pytest.mark.parametrize(
    "spoil",
    [
        lambda tar: tar[:-512],
        lambda tar: tar[:-1024],
        lambda tar: tar + bytes(512),
        lambda tar: tar + b"more",
        lambda tar: tar[:700],
        lambda tar: tar[:-1],
        lambda tar: b"",
        lambda tar: tar.replace(b"a database", b"b database"),
        lambda tar: tar.replace(b"a database\0", b"a database\1"),
        lambda tar: tar.replace(b'"format":1', b'"format":[1]'),
        lambda tar: tar.replace(b'"0123456789abcdef"', b'"0123456789\\nabcd"'),
        lambda tar: tar.replace(b'"created_at":0', b'"created_at":-1'[:14]),
        lambda tar: tar.replace(b'"version":"1.0"', b'"version":"\xff.0"'),
    ],
)
def test_a_tar_that_is_spoilt_is_refused(into: Path, spoil: Callable[[bytes], bytes]) -> None:
    described, members = usual()
    good = gzip.decompress(tar(*members, described=described))
    spoilt = spoil(good)
    assert spoilt != good

    assert refused(gzip.compress(spoilt), into)


@pytest.mark.parametrize("packed", [b"", b"\x1f\x8b", b"hello", gzip.compress(b"", mtime=0)])
def test_what_is_no_tar_at_all_is_refused(into: Path, packed: bytes) -> None:
    assert refused(packed, into)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_wrong_bit_is_refused_or_means_nothing(into: Path, place: float, bit: int) -> None:
    shutil.rmtree(into)
    into.mkdir()
    described, members = usual()
    flipped = bytearray(tar(*members, described=described))
    flipped[int(place * len(flipped))] ^= 1 << bit

    try:
        archive.unpack(bytes(flipped), into)
    except IntercomError:
        return
    assert unpacked(into) == FILES
