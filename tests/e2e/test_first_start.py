"""The very first start: the wall offers to make the home's owner, once."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import MakeProgram, start_on
from tests.e2e.screen import Screen
from tests.e2e.until import until
from tests.e2e.wall import Wall


def test_the_first_start_offers_to_make_an_owner_and_the_second_does_not(
    make_program: MakeProgram, display: Screen, pictures: Path
) -> None:
    program = make_program(display=display.name, offers_owner=True)
    wall = start_on(display, program)
    until(wall.is_dimmed, "the offer")
    wall.come_to_rest().save(pictures / "first-start-wall.png")

    wall.screen.touch(*later(wall))

    wall.expect_undimmed()
    program.end()
    again = start_on(display, program)
    again.come_to_rest()
    assert not again.is_dimmed()


def later(wall: Wall) -> tuple[int, int]:
    """Where the offer is put off: at the sheet's left, as high as the button in teal at its right."""
    picture = wall.screen.look()
    left, right = picture.width // 2 - 280, picture.width // 2 + 280
    rows = [y for y in range(picture.height) if picture.row(y, left, right).count(wall.color["teal"]) > 40]
    return left + 64, rows[len(rows) // 2]
