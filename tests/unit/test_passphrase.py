"""How a passphrase is given: typed at a real terminal, or in a file."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import termios
import unicodedata
from collections.abc import Generator
from pathlib import Path

import pytest

from intercom.home.errors import InvalidInputError
from intercom.passphrase import known_passphrase, new_passphrase

CHECKOUT = Path(__file__).parents[2]
ASKS = """
import os, sys
if os.isatty(0):
    os.close(os.open(os.ttyname(0), os.O_RDWR))  # makes it the terminal of this session
from intercom.home.errors import InvalidInputError
from intercom.passphrase import new_passphrase
try:
    print("got", ascii(new_passphrase(None, sys.stdin)), flush=True)
except InvalidInputError as error:
    print("refused:", error, flush=True)
"""


class Terminal:
    """A program that asks at a terminal, and who sits there."""

    def __init__(self) -> None:
        self._fd, theirs = os.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", ASKS],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=CHECKOUT,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = ""

    def wait_for(self, text: str) -> None:
        while text not in self.seen:
            self.seen += os.read(self._fd, 1024).decode()

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    @property
    def shows_what_is_typed(self) -> bool:
        return bool(termios.tcgetattr(self._fd)[3] & termios.ECHO)

    def end(self) -> int:
        """Wait for the end of the program; return how it ended."""
        return self._process.wait(30)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._fd)


@pytest.fixture
def terminal() -> Generator[Terminal, None, None]:
    terminal = Terminal()
    yield terminal
    terminal.close()


def test_a_new_passphrase_is_typed_twice_and_never_shown(terminal: Terminal) -> None:
    terminal.wait_for("Passphrase: ")
    assert not terminal.shows_what_is_typed
    terminal.type("correct horse\n")
    terminal.wait_for("The same again: ")
    terminal.type("correct horse\n")

    terminal.wait_for("got 'correct horse'")
    assert terminal.seen.count("correct horse") == 1
    assert terminal.end() == 0


def test_two_different_passphrases_are_refused(terminal: Terminal) -> None:
    terminal.wait_for("Passphrase: ")
    terminal.type("correct horse\n")
    terminal.wait_for("The same again: ")
    terminal.type("correct house\n")

    terminal.wait_for("refused: the two passphrases are not the same")


def test_a_short_passphrase_is_refused_before_it_is_asked_for_again(terminal: Terminal) -> None:
    terminal.wait_for("Passphrase: ")
    terminal.type("seven77\n")

    terminal.wait_for("refused: expected a passphrase of at least 8 characters")


def test_whoever_interrupts_the_question_sees_again_what_they_type(terminal: Terminal) -> None:
    terminal.wait_for("Passphrase: ")
    assert not terminal.shows_what_is_typed
    terminal.type("\x03")

    assert terminal.end() == -signal.SIGINT
    assert terminal.shows_what_is_typed


def test_without_a_terminal_it_is_told_what_to_do() -> None:
    asked = subprocess.run(
        [sys.executable, "-c", ASKS], capture_output=True, text=True, cwd=CHECKOUT, start_new_session=True, check=True
    )

    assert asked.stdout.startswith("refused: there is no terminal")
    assert "--passphrase-file" in asked.stdout
    assert asked.stderr == ""


@pytest.mark.parametrize("content", ["correct horse", "correct horse\n", "correct horse\r\n", "correct horse\nmore\n"])
def test_a_file_gives_its_first_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "p").write_bytes(content.encode())

    assert known_passphrase(str(tmp_path / "p"), io.StringIO("other")) == "correct horse"
    assert known_passphrase("-", io.StringIO(content)) == "correct horse"


def test_spaces_belong_to_a_passphrase() -> None:
    assert new_passphrase("-", io.StringIO("  correct horse \n")) == "  correct horse "


def test_a_passphrase_is_the_same_however_a_keyboard_composes_it() -> None:
    typed = {unicodedata.normalize(form, "비밀번호는 한글로") for form in ("NFC", "NFD")}
    assert len(typed) == 2

    assert {new_passphrase("-", io.StringIO(each)) for each in typed} == {"비밀번호는 한글로"}


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\nsecond line\n", b"\xff\xfe\n"])
def test_a_file_without_a_passphrase_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p").write_bytes(content)

    with pytest.raises(InvalidInputError, match="expected a passphrase"):
        known_passphrase(str(tmp_path / "p"), io.StringIO())
    with pytest.raises(InvalidInputError, match=r"expected a passphrase in the first line of .*/gone"):
        known_passphrase(str(tmp_path / "gone"), io.StringIO())
