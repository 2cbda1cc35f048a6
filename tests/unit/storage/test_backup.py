"""Backups: what comes back, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import threading
import time
from pathlib import Path

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intercom.home.errors import IntercomError, InvalidInputError, NotFoundError, StartupError
from intercom.storage import archive, backup, schema, swap
from intercom.storage.backup import make_backup, restore
from tests.unit.storage.age_files import age_file
from tests.unit.storage.homes import PASSPHRASE, content, home_id_of, killed, live_in, packed, running, tell


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that nobody changes; tests that do take a copy."""
    folder = tmp_path_factory.mktemp("home") / "data"
    live_in(folder)
    return folder


@pytest.fixture(scope="module")
def made(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real backup of it."""
    path = tmp_path_factory.mktemp("backup") / "home.age"
    make_backup(home, path, PASSPHRASE)
    return path


@pytest.fixture
def quick(home: Path, tmp_path: Path) -> Path:
    """The same content in a file that is quick to open."""
    path = tmp_path / "quick.age"
    path.write_bytes(age_file(packed(home), PASSPHRASE))
    return path


@pytest.fixture
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encrypt with little work; what is written is the same otherwise."""
    monkeypatch.setattr(pyrage.passphrase, "encrypt", age_file)


def sealed(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "sealed.age"
    path.write_bytes(age_file(content, PASSPHRASE))
    return path


def changed_database(home: Path, tmp_path: Path, *statements: str, name: str = "intercom.db") -> Path:
    """Return a backup of the home with a database that the program did not make like that."""
    folder = tmp_path / "changed"
    shutil.copytree(home, folder)
    with contextlib.closing(sqlite3.connect(folder / name, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    return sealed(tmp_path, packed(folder))


def refused(folder: Path, source: Path, passphrase: str = PASSPHRASE) -> str:
    """Try to restore; return why that was refused, once it is sure that nothing is different in the folder."""
    before = content(folder) if folder.exists() else {}
    with pytest.raises(IntercomError) as refusal:
        restore(folder, source, passphrase)
    assert (content(folder) if folder.exists() else {}) == before
    assert not (folder / "restoring").exists()
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


# What comes back


def test_a_home_comes_back_on_another_machine_but_for_its_clients(home: Path, made: Path, tmp_path: Path) -> None:
    manifest = restore(tmp_path / "data", made, PASSPHRASE)

    old, new = tell(home), tell(tmp_path / "data")
    assert manifest.home_id == new.home_id == old.home_id
    assert new.areas == ["Kitchen"]
    assert new.lamp == "Our lamp"
    assert new.history == [{"on": True}]
    assert new.broker_password == old.broker_password != ""
    assert new.wrong_tries == (100.0, 200.0)
    assert old.clients == ["phone"]
    assert new.clients == []
    for name in ("panel.json", "broker/kept.mqtt", "tls/authority.pem"):
        assert (tmp_path / "data" / name).read_bytes() == (home / name).read_bytes()


def test_what_comes_back_is_for_its_owner_alone(quick: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        restore(tmp_path / "data", quick, PASSPHRASE)
    finally:
        os.umask(before)

    found = {path: path.stat().st_mode & 0o777 for path in [tmp_path / "data", *(tmp_path / "data").rglob("*")]}
    assert {mode for path, mode in found.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in found.items() if path.is_file()} == {0o600}


@pytest.mark.usefixtures("in_haste")
def test_a_backup_is_made_while_the_home_runs(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "running"
    shutil.copytree(home, folder)
    written: list[int] = []
    is_over = threading.Event()

    def write() -> None:
        with contextlib.closing(sqlite3.connect(folder / "intercom.db", timeout=30, isolation_level=None)) as other:
            while not is_over.is_set():
                other.execute("BEGIN IMMEDIATE")
                for half in ("a", "b"):
                    other.execute("INSERT INTO areas VALUES (?, 'x', 'home', 1)", (f"{half}{len(written)}",))
                other.execute("COMMIT")
                written.append(1)

    with running(folder):
        writer = threading.Thread(target=write)
        writer.start()
        while len(written) < 10:
            time.sleep(0.001)
        make_backup(folder, tmp_path / "a.age", PASSPHRASE)
        is_over.set()
        writer.join()

    restore(tmp_path / "data", tmp_path / "a.age", PASSPHRASE)
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "intercom.db")) as restored:
        ids = {each for (each,) in restored.execute("SELECT id FROM areas WHERE name = 'x'")}
    assert len(ids) >= 20
    assert {each[1:] for each in ids if each[0] == "a"} == {each[1:] for each in ids if each[0] == "b"}


@pytest.mark.usefixtures("in_haste")
def test_what_is_only_in_the_log_of_the_database_is_in_the_backup(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "copy")
    killed(tmp_path / "copy", tmp_path / "killed", area="Newest")

    make_backup(tmp_path / "killed", tmp_path / "a.age", PASSPHRASE)
    restore(tmp_path / "data", tmp_path / "a.age", PASSPHRASE)

    assert tell(tmp_path / "data").areas == ["Kitchen", "Newest"]


@pytest.mark.usefixtures("in_haste")
def test_the_history_can_be_left_out_and_then_stays_as_it_is(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "data")

    made = make_backup(home, tmp_path / "a.age", PASSPHRASE, with_history=False)
    restore(tmp_path / "data", tmp_path / "a.age", PASSPHRASE)

    assert "history.db" not in [entry.name for entry in made.manifest.entries]
    assert tell(tmp_path / "data").history == [{"on": True}]


@pytest.mark.usefixtures("in_haste")
def test_a_home_without_its_later_files_is_backed_up_too(home: Path, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    shutil.copy(home / "intercom.db", tmp_path / "bare")

    made = make_backup(tmp_path / "bare", tmp_path / "a.age", PASSPHRASE)

    assert [entry.name for entry in made.manifest.entries] == ["intercom.db"]


# What is in the file


def test_nothing_that_the_home_knows_can_be_read_in_the_file(home: Path, made: Path) -> None:
    encrypted = made.read_bytes()

    for secret in (tell(home).broker_password, tell(home).home_id, "Kitchen", "phone", "SQLite format 3", PASSPHRASE):
        assert secret.encode() not in encrypted
    assert encrypted.startswith(b"age-encryption.org/v1\n-> scrypt ")


@pytest.mark.usefixtures("in_haste")
def test_the_file_is_for_its_owner_alone_and_nothing_is_left_beside_it(home: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    before = os.umask(0)
    try:
        make_backup(home, tmp_path / "out" / "a.age", PASSPHRASE)
    finally:
        os.umask(before)

    assert [(each.name, each.stat().st_mode & 0o777) for each in (tmp_path / "out").iterdir()] == [("a.age", 0o600)]
    assert not (home / "backing-up").exists()


@pytest.mark.usefixtures("in_haste")
def test_what_was_deleted_is_not_in_a_backup(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "copy")
    with contextlib.closing(sqlite3.connect(tmp_path / "copy" / "intercom.db")) as connection:
        connection.execute("PRAGMA secure_delete = OFF")  # which some systems' SQLite has on
        connection.execute("INSERT INTO areas VALUES ('gone', 'A secret area', 'home', 5)")
        connection.commit()
        connection.execute("DELETE FROM areas WHERE id = 'gone'")
        connection.commit()
    assert any(b"A secret area" in each for each in content(tmp_path / "copy").values())

    make_backup(tmp_path / "copy", tmp_path / "a.age", PASSPHRASE)
    restore(tmp_path / "data", tmp_path / "a.age", PASSPHRASE)

    assert not any(b"A secret area" in each for each in content(tmp_path / "data").values())


def test_keys_of_ended_sessions_are_not_even_in_the_free_space_of_a_restored_home(
    home: Path, quick: Path, tmp_path: Path
) -> None:
    with contextlib.closing(sqlite3.connect(home / "intercom.db")) as connection:
        ((key,),) = connection.execute("SELECT key FROM sessions").fetchall()

    restore(tmp_path / "data", quick, PASSPHRASE)

    assert key in (home / "intercom.db").read_bytes()
    assert not any(key in each for each in content(tmp_path / "data").values())


# Where a backup is written


@pytest.mark.usefixtures("in_haste")
def test_a_file_that_is_there_is_replaced_only_when_that_is_said(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.age").write_text("mine")

    with pytest.raises(InvalidInputError, match=r"is there already; .* --force"):
        make_backup(home, tmp_path / "a.age", PASSPHRASE)
    assert (tmp_path / "a.age").read_text() == "mine"

    make_backup(home, tmp_path / "a.age", PASSPHRASE, may_replace=True)
    restore(tmp_path / "data", tmp_path / "a.age", PASSPHRASE)


@pytest.mark.usefixtures("in_haste")
def test_a_backup_is_not_written_where_no_file_can_be(home: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    for target, why in ((tmp_path, "not a file"), (tmp_path / "link", "not a file"), (tmp_path / "a/b", "no folder")):
        with pytest.raises(InvalidInputError, match=why):
            make_backup(home, target, PASSPHRASE, may_replace=True)


def test_without_a_home_there_is_no_backup_and_no_new_home_either(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(NotFoundError, match="there is no home in"):
            make_backup(folder, tmp_path / "a.age", PASSPHRASE)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("in_haste")
def test_a_damaged_database_is_not_backed_up(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "copy")
    (tmp_path / "copy" / "history.db").write_bytes(b"rubbish" * 1000)

    with pytest.raises(IntercomError, match=r"history.db cannot be copied"):
        make_backup(tmp_path / "copy", tmp_path / "a.age", PASSPHRASE)

    assert not (tmp_path / "a.age").exists()
    assert not (tmp_path / "copy" / "backing-up").exists()


# What is refused: the file


def test_a_wrong_passphrase_is_refused(made: Path, tmp_path: Path) -> None:
    assert refused(tmp_path / "data", made, "incorrect horse").startswith("the passphrase is wrong, or ")


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
def test_a_file_that_was_cut_off_is_refused(quick: Path, tmp_path: Path, share: float) -> None:
    whole = quick.read_bytes()
    quick.write_bytes(whole[: int(len(whole) * share)])

    assert refused(tmp_path / "data", quick)


def test_something_after_its_end_is_refused(quick: Path, tmp_path: Path) -> None:
    with quick.open("ab") as file:
        file.write(b"\0")

    assert refused(tmp_path / "data", quick)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_single_wrong_bit_anywhere_is_refused(
    quick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: float, bit: int
) -> None:
    # A flipped digit of the work factor may still be within the limit, and then take its second.
    monkeypatch.setattr(backup, "MOST_WORK", 9)
    flipped = bytearray(quick.read_bytes())
    flipped[int(place * len(flipped))] ^= 1 << bit
    (tmp_path / "flipped").write_bytes(flipped)

    assert refused(tmp_path / "data", tmp_path / "flipped")


@pytest.mark.parametrize("work", [21, 22, 23, 24, 30, 63, 64, 99])
def test_a_file_that_asks_for_too_much_work_is_not_opened(tmp_path: Path, work: int) -> None:
    (tmp_path / "a.age").write_bytes(age_file(b"", PASSPHRASE, work=work))
    began = time.process_time()

    assert "asks for more work than any backup" in refused(tmp_path / "data", tmp_path / "a.age")
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("work", [b"018", b"+18", b"0", b"1e1", b"100", b"18446744073709551616", b"-1", b"18 18"])
def test_work_that_is_not_written_as_age_writes_it_is_no_backup(tmp_path: Path, work: bytes) -> None:
    written = age_file(b"", PASSPHRASE, work=18).replace(b" 18\n", b" %b\n" % work, 1)
    (tmp_path / "a.age").write_bytes(written)

    assert refused(tmp_path / "data", tmp_path / "a.age").endswith("is not a backup of an intercom")


def test_a_second_recipient_is_no_backup(home: Path, tmp_path: Path) -> None:
    stanza = b"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    (tmp_path / "a.age").write_bytes(age_file(packed(home), PASSPHRASE, labels=stanza))

    assert refused(tmp_path / "data", tmp_path / "a.age").endswith("is not a backup of an intercom")


@pytest.mark.parametrize("what", [b"", b"hello", b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----\n"])
def test_any_other_file_is_no_backup(tmp_path: Path, what: bytes) -> None:
    (tmp_path / "a.age").write_bytes(what)

    assert refused(tmp_path / "data", tmp_path / "a.age") == f"{tmp_path}/a.age is not a backup of an intercom"


def test_what_is_no_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    for name, why in (("pipe", "is not a file"), ("gone", "No such file"), (".", "Is a directory")):
        assert why in refused(tmp_path / "data", tmp_path / name)


def test_a_file_that_is_larger_than_any_backup_is_not_read(quick: Path, tmp_path: Path) -> None:
    os.truncate(quick, 1 << 40)  # has no bytes on the disk

    assert "is larger than any backup" in refused(tmp_path / "data", quick)


# What is refused: the home


def test_another_home_is_not_overwritten(made: Path, quick: Path, tmp_path: Path) -> None:
    live_in(tmp_path / "data", area="Somebody else's")

    why = refused(tmp_path / "data", quick)

    assert "another home" in why
    assert "intercom reset" in why
    assert tell(tmp_path / "data").areas == ["Somebody else's"]
    assert tell(tmp_path / "data").clients == ["phone"]


def test_a_home_that_cannot_be_read_is_not_overwritten(quick: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "intercom.db").write_bytes(b"rubbish" * 1000)

    assert "intercom reset" in refused(tmp_path / "data", quick)


def test_a_home_that_runs_is_not_overwritten(home: Path, quick: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "data")
    before = tell(tmp_path / "data")

    with running(tmp_path / "data"), pytest.raises(StartupError, match=r"another intercom is running on .*; stop it"):
        restore(tmp_path / "data", quick, PASSPHRASE)

    assert tell(tmp_path / "data").clients == before.clients == ["phone"]


def test_a_database_of_a_newer_program_is_refused(home: Path, tmp_path: Path) -> None:
    newer = changed_database(home, tmp_path, f"PRAGMA user_version = {len(schema.HOME) + 1}")

    assert refused(tmp_path / "data", newer).startswith("the backup was made by a newer version of the program (")


def test_an_older_database_is_taken(home: Path, quick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "HOME", (*schema.HOME, ("CREATE TABLE later (id INTEGER) STRICT",)))

    restore(tmp_path / "data", quick, PASSPHRASE)

    assert tell(tmp_path / "data").areas == ["Kitchen"]


def test_a_newer_format_is_refused_as_such(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = sealed(tmp_path, packed(home))
    monkeypatch.setattr(archive, "FORMAT", 0)

    assert "newer version of the program" in refused(tmp_path / "data", newer)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER evil AFTER DELETE ON sessions BEGIN INSERT INTO latest_time VALUES (1, 1); END",
        "CREATE VIEW evil AS SELECT * FROM identity",
        "CREATE TABLE evil (a)",
        "CREATE INDEX evil ON areas (name)",
        "CREATE VIRTUAL TABLE evil USING fts5(a)",
        "ALTER TABLE areas ADD COLUMN evil TEXT",
        "DROP TABLE wrong_tries",
    ],
)
def test_a_database_that_is_built_otherwise_is_refused(home: Path, tmp_path: Path, statement: str) -> None:
    changed = changed_database(home, tmp_path, statement)

    assert "not built as the intercom builds it" in refused(tmp_path / "data", changed)


def test_a_history_that_is_built_otherwise_is_refused(home: Path, tmp_path: Path) -> None:
    changed = changed_database(home, tmp_path, "CREATE VIEW evil AS SELECT * FROM changes", name="history.db")

    assert "not built as the intercom builds it" in refused(tmp_path / "data", changed)


@pytest.mark.parametrize("name", ["intercom.db", "history.db"])
def test_a_damaged_database_is_refused(home: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(home, tmp_path / "damaged")
    with (tmp_path / "damaged" / name).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    damaged = sealed(tmp_path, packed(tmp_path / "damaged", home_id=home_id_of(home)))

    assert f"{name} in the backup is damaged" in refused(tmp_path / "data", damaged)


def test_a_manifest_that_names_another_home_than_its_database_is_refused(home: Path, tmp_path: Path) -> None:
    lying = sealed(tmp_path, packed(home, home_id="0123456789abcdef"))

    assert "of another home than its manifest says" in refused(tmp_path / "data", lying)


# Restoring over the same home


def test_the_same_home_comes_back_and_its_limits_are_not_reset(home: Path, quick: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "data")
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "intercom.db")) as connection:
        connection.execute("DELETE FROM areas")
        connection.execute("DELETE FROM wrong_tries WHERE at = 100.0")
        connection.execute("INSERT INTO wrong_tries (secret, source, at) VALUES ('code', '10.0.0.7', 300.0)")
        connection.execute("UPDATE latest_time SET at = 9e9")
        connection.execute("INSERT INTO release_index VALUES (1, 'a key', 9)")
        connection.commit()

    restore(tmp_path / "data", quick, PASSPHRASE)

    told = tell(tmp_path / "data")
    assert told.areas == ["Kitchen"]
    assert told.clients == []
    assert told.wrong_tries == (100.0, 200.0, 300.0)
    assert told.clock >= 9e9
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "intercom.db")) as connection:
        assert connection.execute("SELECT public_key, serial FROM release_index").fetchall() == [("a key", 9)]


def test_the_clock_is_not_set_back_by_the_home_that_is_there(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "data")
    ahead = changed_database(home, tmp_path, "UPDATE latest_time SET at = 9e9")

    restore(tmp_path / "data", ahead, PASSPHRASE)

    assert tell(tmp_path / "data").clock >= 9e9


def test_what_a_killed_home_left_in_its_log_does_not_get_into_the_restored_one(
    home: Path, quick: Path, tmp_path: Path
) -> None:
    shutil.copytree(home, tmp_path / "copy")
    killed(tmp_path / "copy", tmp_path / "data", area="After the backup")

    restore(tmp_path / "data", quick, PASSPHRASE)

    assert tell(tmp_path / "data").areas == ["Kitchen"]


def test_what_else_is_in_the_folder_stays(quick: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine.txt").write_text("mine")

    restore(tmp_path / "data", quick, PASSPHRASE)

    assert (tmp_path / "data" / "mine.txt").read_text() == "mine"


def test_a_backup_can_be_restored_again(quick: Path, tmp_path: Path) -> None:
    for _ in range(2):
        restore(tmp_path / "data", quick, PASSPHRASE)

    assert tell(tmp_path / "data").areas == ["Kitchen"]


def test_what_is_left_of_an_old_database_never_gets_beside_a_new_one(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "copy")
    killed(tmp_path / "copy", tmp_path / "data", area="After the backup")
    new = swap.new_home(tmp_path / "data")
    shutil.copy(home / "intercom.db", new)
    (new / "copies").mkdir()

    swap.commit(tmp_path / "data", at_step=lambda step: None)

    assert tell(tmp_path / "data").areas == ["Kitchen"]
