"""How long the tests are: a short form, or with INTERCOM_LONG=1 the whole one, as `make survival` runs them.

INTERCOM_SEED draws other moments and places than those of the usual runs.
"""

from __future__ import annotations

import os
from pathlib import Path

IS_LONG = os.environ.get("INTERCOM_LONG") == "1"
SEED = int(os.environ.get("INTERCOM_SEED", "1"))
FIGURES = Path(__file__).parents[2] / "artifacts" / "survival.txt"
KILLS = int(os.environ.get("INTERCOM_KILLS", "1000" if IS_LONG else "15"))
DAMAGES = int(os.environ.get("INTERCOM_DAMAGES", "200" if IS_LONG else "8"))


def tell(figure: str) -> None:
    """Write down what a test has done, for the page of figures."""
    FIGURES.parent.mkdir(exist_ok=True)
    with FIGURES.open("a", encoding="utf-8") as figures:
        figures.write(f"{figure}\n")
