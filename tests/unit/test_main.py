"""What the program decides about its surroundings before it starts."""

from __future__ import annotations

import io
import resource
import sys
from pathlib import Path

import pytest

from intercom.__main__ import MOST_FILES, allow_many_files, do_without_gpu, speak_utf8


@pytest.mark.parametrize("files", [[], ["card0"]])
def test_without_a_gpu_qt_draws_on_its_own(tmp_path: Path, files: list[str]) -> None:
    for name in files:
        (tmp_path / name).touch()
    environ: dict[str, str] = {}

    do_without_gpu("linux", environ, tmp_path)

    assert environ == {"QT_QUICK_BACKEND": "software"}


def test_a_machine_without_the_folder_for_gpus_has_none(tmp_path: Path) -> None:
    environ: dict[str, str] = {}

    do_without_gpu("linux", environ, tmp_path / "dri")

    assert environ == {"QT_QUICK_BACKEND": "software"}


def test_a_gpu_is_used(tmp_path: Path) -> None:
    (tmp_path / "renderD128").touch()
    environ: dict[str, str] = {}

    do_without_gpu("linux", environ, tmp_path)

    assert environ == {}


def test_what_was_chosen_for_qt_stays(tmp_path: Path) -> None:
    environ = {"QT_QUICK_BACKEND": "rhi"}

    do_without_gpu("linux", environ, tmp_path)

    assert environ == {"QT_QUICK_BACKEND": "rhi"}


def test_other_systems_choose_by_themselves(tmp_path: Path) -> None:
    environ: dict[str, str] = {}

    do_without_gpu("darwin", environ, tmp_path)

    assert environ == {}


@pytest.mark.parametrize("asked", [256, 1024, None], ids=["few", "usual", "as it is"])
def test_as_many_files_may_be_open_as_all_connections_take(asked: int | None) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (asked or soft, hard))

        allow_many_files()

        now, still = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert still == hard
        assert now >= min(MOST_FILES, hard if hard >= 0 else MOST_FILES)
        assert now >= (asked or soft)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_names_in_any_script_go_through_pipes_whatever_the_code_page(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("거실\n".encode()), encoding="cp1252"))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", None)

    speak_utf8()
    print(sys.stdin.readline(), "\udcff", end="", flush=True)  # noqa: T201

    assert out.buffer.getvalue() == "거실\n \\udcff".encode()  # type: ignore[attr-defined]
