"""Starting anew after a reset, from source and as the bundled program."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from intercom import __main__ as program


@pytest.mark.parametrize("is_frozen", [False, True], ids=["from source", "bundled"])
def test_the_program_becomes_itself_again_with_its_own_arguments(
    monkeypatch: pytest.MonkeyPatch, *, is_frozen: bool
) -> None:
    became: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(os, "execv", lambda path, argv: became.append((path, argv)))
    monkeypatch.setattr(sys, "executable", "/opt/intercom/intercom" if is_frozen else "/usr/bin/python3")
    monkeypatch.setattr(sys, "argv", ["intercom", "--kiosk"])
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-m", "intercom", "--kiosk"])
    monkeypatch.setattr(sys, "frozen", is_frozen, raising=False)

    program._start_anew()

    if is_frozen:
        assert became == [("/opt/intercom/intercom", ["/opt/intercom/intercom", "--kiosk"])]
    else:
        assert became == [("/usr/bin/python3", ["python3", "-m", "intercom", "--kiosk"])]


def test_where_no_process_becomes_another_one_a_second_one_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", started.append)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(os, "execv")
    monkeypatch.setattr(sys, "executable", "C:\\Python\\python.exe")
    monkeypatch.setattr(sys, "orig_argv", ["py", "-m", "intercom", "--kiosk"])

    program._start_anew()

    assert started == [["C:\\Python\\python.exe", "-m", "intercom", "--kiosk"]]
