"""What stops the program from starting is said in one clear line, with exit code 1; and starting without a window."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.e2e.conftest import MakeProgram
from tests.e2e.program import Ended


def only_line(ended: Ended) -> str:
    """The one complaint before the end."""
    assert (ended.code, ended.out) == (1, "")
    assert len(ended.complaints) == 1, ended.err
    assert ended.complaints[0].startswith("intercom: ")
    return ended.complaints[0]


def test_without_a_display_it_says_how_to_run_without_one(make_program: MakeProgram) -> None:
    line = only_line(make_program().refuse())

    assert "--headless" in line
    assert "QT_QPA_PLATFORM=offscreen" in line


def test_a_display_that_does_not_answer_is_named(make_program: MakeProgram) -> None:
    line = only_line(make_program(display=":9999").refuse())

    assert "the display :9999 cannot be used" in line
    assert "--headless" in line


def test_headless_runs_the_relay_without_qt(make_program: MakeProgram) -> None:
    program = make_program("--headless", "--demo", name="headless")
    program.start()

    assert program.client().ask("GET", "/healthz").said == "ok"
    mapped = Path(f"/proc/{program.pid}/maps").read_text()
    assert not re.findall(r"PySide6|shiboken|libQt6\w+", mapped)
    ended = program.terminate()
    assert ended.is_in_order, ended


@pytest.mark.parametrize("which", ["relay_port", "tls_port", "broker_port"])
def test_a_port_in_use_is_named(make_program: MakeProgram, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = only_line(make_program("--headless", **{which: port}).refuse())

    assert str(port) in line


def test_a_data_folder_that_cannot_be_used_is_named(make_program: MakeProgram) -> None:
    program = make_program("--headless")
    program.data.write_text("a file where the folder should be")

    line = only_line(program.refuse())

    assert str(program.data) in line
    assert program.data.read_text() == "a file where the folder should be"


def test_a_damaged_database_without_a_copy_is_set_aside_and_the_home_begins_anew(make_program: MakeProgram) -> None:
    program = make_program("--headless", name="damaged")
    program.data.mkdir()
    database = program.data / "intercom.db"
    database.write_bytes(b"this is no database" * 1000)

    program.start()

    (kept,) = program.data.glob("intercom.db.damaged-*")
    assert kept.read_bytes() == b"this is no database" * 1000
    (line,) = program.take_complaints()
    assert kept.name in line
    assert [each["kind"] for each in program.client().get("snapshot")["troubles"]] == ["begun_anew"]


def test_wrong_settings_are_named_together_and_nothing_is_made(make_program: MakeProgram) -> None:
    program = make_program("--headless", relay_port="eighty", home_language="fr")

    ended = program.refuse()

    assert ended.code == 1
    assert "INTERCOM_RELAY_PORT" in ended.err
    assert "INTERCOM_HOME_LANGUAGE" in ended.err
    assert not program.data.exists()
