"""What lies beside the code: translations, tokens and icons are complete."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from intercom.resources import resource

ROOT = Path(__file__).resolve().parents[3]


def script(name: str) -> ModuleType:
    """Load one of the packaging scripts."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "packaging" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_every_text_has_a_korean_translation_and_no_translation_is_left_over() -> None:
    catalogue = script("catalogue")

    translations = catalogue.read_catalogue(ROOT / "resources" / "i18n" / "intercom_ko.ts")

    assert catalogue.faults_of(translations, catalogue.wanted_texts()) == []


def test_a_missing_text_is_named() -> None:
    catalogue = script("catalogue")

    faults = catalogue.faults_of({"Panel": {"Old": "옛"}}, {"Panel": {"New"}})

    assert faults == ["missing: Panel: New", "left over: Panel: Old"]


def test_what_is_made_from_the_theme_is_up_to_date() -> None:
    tokens = script("tokens")

    theme = tokens.read_theme()

    for path, text_of in tokens.OUTPUTS.items():
        assert path.read_text("utf-8") == text_of(theme), path.name


@pytest.mark.parametrize(
    "source", sorted((ROOT / "resources" / "qml" / "Intercom").glob("*.qml")), ids=lambda p: p.name
)
def test_every_icon_that_the_window_names_exists(source: Path) -> None:
    icons = json.loads(resource("built", "icons.json").read_bytes())

    named = re.findall(
        r'(?:name|glyphName): (?:\S+ \? )?"([a-z0-9-]+)"(?: : "([a-z0-9-]+)")?', source.read_text("utf-8")
    )

    assert {icon for pair in named for icon in pair if icon} <= icons.keys()


def test_every_qml_file_is_in_the_module() -> None:
    folder = ROOT / "resources" / "qml" / "Intercom"

    listed = {line.split()[-1] for line in (folder / "qmldir").read_text().splitlines() if line.endswith(".qml")}

    assert listed == {path.name for path in folder.glob("*.qml")}
