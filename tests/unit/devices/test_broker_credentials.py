from pathlib import Path

import pytest

from intercom.devices.broker_credentials import own_credentials


def test_they_are_made_once_and_stay(tmp_path: Path) -> None:
    made = own_credentials(tmp_path / "credentials.json")

    assert own_credentials(tmp_path / "credentials.json") == made
    assert own_credentials(tmp_path / "others.json").password != made.password
    assert len(made.password) >= 20


def test_only_we_can_read_them(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    own_credentials(path)
    path.chmod(0o644)

    own_credentials(path)

    assert path.stat().st_mode & 0o777 == 0o600


def test_the_password_is_not_in_their_repr(tmp_path: Path) -> None:
    made = own_credentials(tmp_path / "credentials.json")

    assert made.password not in repr(made)


def test_a_kill_while_they_are_made_leaves_none_and_they_can_be_made_again(tmp_path: Path) -> None:
    (tmp_path / "credentials.new").write_text('{"user": "int')

    assert own_credentials(tmp_path / "credentials.json").user == "intercom"


DAMAGE = ["", "{", "[]", '{"user": "a"}', '{"user": "a", "password": ""}', "\udcff"]


@pytest.mark.parametrize("content", DAMAGE)
def test_of_a_damaged_file_the_twin_is_taken_and_both_are_whole_again(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "credentials.json"
    made = own_credentials(path)
    whole = path.read_bytes()
    path.write_bytes(content.encode(errors="surrogateescape"))

    assert own_credentials(path) == made
    assert path.read_bytes() == whole
    (aside,) = tmp_path.glob("credentials.json.damaged-*")
    assert aside.read_bytes() == content.encode(errors="surrogateescape")
    assert made.password not in caplog.text


@pytest.mark.parametrize("content", DAMAGE)
def test_when_both_files_are_damaged_a_new_password_is_made(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "credentials.json"
    before = own_credentials(path)
    for each in (path, tmp_path / "credentials.twin.json"):
        each.write_bytes(content.encode(errors="surrogateescape"))

    made = own_credentials(path)

    assert made.password != before.password
    assert own_credentials(path) == made
    assert caplog.text.count("is damaged") == 2


def test_a_password_that_somebody_wrote_into_the_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    own_credentials(path)
    path.write_text('{"user": "home", "password": "chosen by a person"}')

    assert own_credentials(path).password == "chosen by a person"
    path.unlink()
    assert own_credentials(path).password == "chosen by a person"
