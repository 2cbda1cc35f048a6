"""What the black-box tests stand on: the real program in a process of its own, attacked from outside."""

from __future__ import annotations

from tests.e2e.conftest import browser, display, make_phone, make_program, pictures

__all__ = ["browser", "display", "make_phone", "make_program", "pictures"]
