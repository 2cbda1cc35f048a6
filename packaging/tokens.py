"""Write the colours, sizes and times of `resources/theme.json` for those who draw with them.

    python packaging/tokens.py            write the files
    python packaging/tokens.py --check    fail when one of them is not what it should be

The outputs are committed, so that neither QML nor the web client needs this script to run. A new reader of the theme
adds a function that returns its text, and a line in `OUTPUTS`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


@dataclass(frozen=True, slots=True)
class Theme:
    """The theme as it is written down; names are in kebab case.

    Attributes:
        dark, light: colours by role, as `#rrggbb` or `#rrggbbaa`; both have the same roles.
        sizes: in pixels.
        motions: how long a movement takes, in milliseconds; none of it where people want less motion.
        waits: how long something is waited for, in milliseconds.
    """

    dark: dict[str, str]
    light: dict[str, str]
    sizes: dict[str, int]
    motions: dict[str, int]
    waits: dict[str, int]


def read_theme() -> Theme:
    """Read the theme, and check that both palettes have the same roles."""
    raw = json.loads((RESOURCES / "theme.json").read_text("utf-8"))
    theme = Theme(
        dark=raw["colors"]["dark"],
        light=raw["colors"]["light"],
        sizes=raw["sizes"],
        motions=raw["motions"],
        waits=raw["waits"],
    )
    if theme.dark.keys() != theme.light.keys():
        raise SystemExit("theme.json: the dark and the light palette have different roles")
    return theme


def tokens_qml(theme: Theme) -> str:
    """Return the QML type that `Theme.qml` is made of."""
    colors = [
        f'    readonly property color {_camel(role)}: isDark ? "{_argb(dark)}" : "{_argb(theme.light[role])}"'
        for role, dark in theme.dark.items()
    ]
    sizes = [f"    readonly property int {_camel(name)}: {value}" for name, value in theme.sizes.items()]
    motions = [
        f"    readonly property int {_camel(name)}Ms: isStill ? 0 : {value}" for name, value in theme.motions.items()
    ]
    waits = [f"    readonly property int {_camel(name)}Ms: {value}" for name, value in theme.waits.items()]
    return "\n".join(
        [
            "// Made from resources/theme.json by packaging/tokens.py.",
            "import QtQuick",
            "",
            "QtObject {",
            "    property bool isDark: true",
            "    property bool isStill: false",
            "",
            *colors,
            "",
            *sizes,
            "",
            *motions,
            "",
            *waits,
            "}",
            "",
        ]
    )


def tokens_css(theme: Theme) -> str:
    """Return the web client's custom properties; texts are in rem, so that they grow with the reader's own size."""
    sizes = [f"  --{name}: {_length(name, value)};" for name, value in theme.sizes.items()]
    motions = [f"  --{name}: {value}ms;" for name, value in theme.motions.items()]
    waits = [f"  --{name}: {value}ms;" for name, value in theme.waits.items()]
    still = [f"    --{name}: 0ms;" for name in theme.motions]
    return "\n".join(
        [
            "/* Made from resources/theme.json by packaging/tokens.py. */",
            ":root {",
            *(f"  --{role}: {color};" for role, color in theme.light.items()),
            "",
            *sizes,
            "",
            *motions,
            "",
            *waits,
            "}",
            "",
            "@media (prefers-color-scheme: dark) {",
            "  :root {",
            *(f"    --{role}: {color};" for role, color in theme.dark.items()),
            "  }",
            "}",
            "",
            "@media (prefers-reduced-motion: reduce) {",
            "  :root {",
            *still,
            "  }",
            "}",
            "",
        ]
    )


OUTPUTS: dict[Path, Callable[[Theme], str]] = {
    RESOURCES / "qml" / "Intercom" / "Tokens.qml": tokens_qml,
    RESOURCES / "web" / "src" / "tokens.css": tokens_css,
}


def _length(name: str, px: int) -> str:
    return f"{px / 16:g}rem" if name.startswith("text-") else f"{px}px"


def _camel(name: str) -> str:
    return re.sub(r"-(\w)", lambda match: match[1].upper(), name)


def _argb(color: str) -> str:
    """Return a colour as Qt writes it: the transparency first."""
    return f"#{color[7:9]}{color[1:7]}" if len(color) == 9 else color


def main() -> None:
    theme = read_theme()
    wrong = []
    for path, text_of in OUTPUTS.items():
        text = text_of(theme)
        if "--check" not in sys.argv[1:]:
            path.write_text(text, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != text:
            wrong.append(path.name)
    if wrong:
        raise SystemExit(f"run packaging/tokens.py: {', '.join(wrong)} differ from theme.json")


if __name__ == "__main__":
    main()
