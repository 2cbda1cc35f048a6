from pathlib import Path

import pytest

from intercom.devices.broker_credentials import own_credentials
from intercom.home.errors import StartupError


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


@pytest.mark.parametrize("content", ["", "{", "[]", '{"user": "a"}', '{"user": "a", "password": ""}', "\udcff"])
def test_a_damaged_file_is_left_as_it_is_and_told_in_words(tmp_path: Path, content: str) -> None:
    path = tmp_path / "credentials.json"
    path.write_bytes(content.encode(errors="surrogateescape"))

    with pytest.raises(StartupError, match="damaged"):
        own_credentials(path)

    assert path.read_bytes() == content.encode(errors="surrogateescape")
