"""Keep the translations complete: every text that the program shows stands in `resources/i18n/*.ts`, and no other.

    python packaging/catalogue.py            add what is missing as unfinished, drop what nobody says any more
    python packaging/catalogue.py --check    fail when a text is missing, left over or unfinished

Whoever shows texts adds a function to `SPEAKERS` that returns them by context. A context that no speaker here speaks
for is left alone.
"""

from __future__ import annotations

import ast
import html
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "resources" / "i18n"
QML = ROOT / "resources" / "qml" / "Intercom"
WEB = ROOT / "resources" / "web"

Texts = dict[str, set[str]]
"""English source texts by context."""

sys.path.insert(0, str(ROOT))


def tile_texts() -> Texts:
    """Return what tiles say, and what residents are told of the panel itself."""
    from intercom.home.trouble import TEXTS
    from intercom.home.words import all_texts

    return {"Tile": (set(all_texts()) - {"%1"}) | set(TEXTS.values())}


def panel_texts() -> Texts:
    """Return what the panel's view-models say: literals given to `panel_text`, and labels from tables."""
    from intercom.panel.clients import ROLE_TEXTS
    from intercom.panel.controls import all_texts
    from intercom.panel.toasts import REFUSAL_TEXTS

    texts = set(all_texts()) | set(ROLE_TEXTS.values()) | set(REFUSAL_TEXTS.values())
    for path in (ROOT / "intercom" / "panel").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="panel_text"), args=[ast.Constant(value=str(text)), *_]):
                    texts.add(text)
    return {"Panel": texts}


def qml_texts() -> Texts:
    """Return what QML says; a file's name is its context."""
    texts: Texts = {}
    for path in QML.glob("*.qml"):
        found = re.findall(r'qsTr\("((?:[^"\\]|\\.)*)"\)', path.read_text("utf-8"))
        if found:
            texts[path.stem] = set(found)
    return texts


def web_texts() -> Texts:
    """Return what the web client says, apart from what the panel says as well."""
    return {"Web": web_literals() - panel_texts()["Panel"]}


def web_literals() -> set[str]:
    """Return the texts that the web client gives to `say`, and those of its pages that are marked `data-say`."""
    texts: set[str] = set()
    for path in (WEB / "src").glob("*.ts"):
        for single, double in re.findall(r"""\bsay\(\s*(?:'([^']*)'|"([^"]*)")""", path.read_text("utf-8")):
            texts.add(single or double)
    for path in WEB.glob("*.html"):
        for text in re.findall(r"\sdata-say>([^<]*)<", path.read_text("utf-8")):
            texts.add(" ".join(html.unescape(text).split()))
    return texts


SPEAKERS: tuple[Callable[[], Texts], ...] = (tile_texts, panel_texts, qml_texts, web_texts)


def wanted_texts() -> Texts:
    """Return all texts that the catalogues have to cover."""
    wanted: Texts = {}
    for speaker in SPEAKERS:
        for context, texts in speaker().items():
            wanted.setdefault(context, set()).update(texts)
    return wanted


def read_catalogue(path: Path) -> dict[str, dict[str, str]]:
    """Return translations by context and source text; an unfinished one is empty."""
    translations: dict[str, dict[str, str]] = {}
    for context in ET.parse(path).getroot().findall("context"):
        messages = translations.setdefault(context.findtext("name", ""), {})
        for message in context.findall("message"):
            translation = message.find("translation")
            is_finished = translation is not None and translation.get("type") is None
            messages[message.findtext("source", "")] = (translation.text or "") if is_finished else ""
    return translations


def write_catalogue(path: Path, translations: dict[str, dict[str, str]], language: str) -> None:
    """Write translations as Qt Linguist does, sorted, so that a change is a small one."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    for name, messages in sorted(translations.items()):
        context = ET.SubElement(root, "context")
        ET.SubElement(context, "name").text = name
        for source, text in sorted(messages.items()):
            message = ET.SubElement(context, "message")
            ET.SubElement(message, "source").text = source
            translation = ET.SubElement(message, "translation")
            if text:
                translation.text = text
            else:
                translation.set("type", "unfinished")
    ET.indent(root, "    ")
    body = ET.tostring(root, encoding="unicode", short_empty_elements=False)
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', "utf-8")


def faults_of(translations: dict[str, dict[str, str]], wanted: Texts) -> list[str]:
    """Return what is wrong with a catalogue, one line each."""
    faults = []
    for context, texts in sorted(wanted.items()):
        known = translations.get(context, {})
        faults += [f"missing: {context}: {text}" for text in sorted(texts - known.keys())]
        faults += [f"left over: {context}: {text}" for text in sorted(known.keys() - texts)]
        faults += [f"unfinished: {context}: {text}" for text in sorted(texts & known.keys()) if not known[text]]
        faults += [
            f"other places than the source has: {context}: {text}"
            for text in sorted(texts & known.keys())
            if known[text] and _places(known[text]) != _places(text)
        ]
    return faults


def _places(text: str) -> list[str]:
    return sorted(re.findall(r"%[1-9]", text))


def main() -> None:
    wanted = wanted_texts()
    faults = []
    for path in sorted(CATALOGUES.glob("*.ts")):
        translations = read_catalogue(path)
        if "--check" in sys.argv[1:]:
            faults += [f"{path.name}: {fault}" for fault in faults_of(translations, wanted)]
            continue
        for context, texts in wanted.items():
            known = translations.get(context, {})
            translations[context] = {text: known.get(text, "") for text in texts}
        write_catalogue(path, translations, path.stem.split("_")[1])
    if faults:
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
