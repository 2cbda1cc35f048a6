"""How many inputs are tried, and how many were: a few thousand in a usual run, 100,000 and more in the long one.

A usual run tries the same inputs each time. The long one (`INTERCOM_LONG=1`) draws others each time, and keeps what
failed in `.hypothesis`, to be tried first by the next one.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.database import DirectoryBasedExampleDatabase

IS_LONG = os.environ.get("INTERCOM_LONG") == "1"

patient = [
    pytest.mark.timeout(3600 if IS_LONG else 60),
    pytest.mark.filterwarnings("ignore:Generating overly large repr:hypothesis.errors.HypothesisWarning"),
]
"""For tests that take as long as their number of inputs does, and whose inputs may be large."""

_Test = TypeVar("_Test", bound=Callable[..., Any])


def tries(usual: int, *, long: int) -> Callable[[_Test], _Test]:
    """Have a `given` try so many examples, each of which may hold several inputs."""
    return settings(
        max_examples=long if IS_LONG else usual,
        derandomize=not IS_LONG,
        database=DirectoryBasedExampleDatabase(".hypothesis/fuzz") if IS_LONG else None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        print_blob=True,
    )


class Tally:
    """Counts inputs by what they were thrown at, and what became of them."""

    def __init__(self) -> None:
        self._counted: dict[str, Counter[str]] = {}

    def count(self, at: str, became: str = "sent", *, inputs: int = 1) -> None:
        self._counted.setdefault(at, Counter())[became] += inputs

    @property
    def total(self) -> int:
        return sum(counted.total() for counted in self._counted.values())

    def __str__(self) -> str:
        """One line for each target, what became of most inputs first, and the total."""
        lines = []
        for at, counted in sorted(self._counted.items()):
            parts = ", ".join(f"{became}: {number}" for became, number in counted.most_common())
            lines.append(f"{counted.total():7}  {at}  ({parts})")
        return "\n".join([*lines, f"{self.total:7}  inputs in all", ""])
