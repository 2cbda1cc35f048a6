"""Where the files that are not code lie: beside the code in a wheel, in `resources/` in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_ROOTS = (_PACKAGE / "resources", _PACKAGE.parent / "resources")


def resource(*parts: str) -> Path:
    """Return the path of a resource, whether or not it is there: what is built may not have been built yet."""
    root = next((root for root in _ROOTS if root.is_dir()), _ROOTS[-1])
    return root.joinpath(*parts)
