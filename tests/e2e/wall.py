"""The wall as a resident sees and touches it, by colours and places alone: its window tells tests nothing else.

Tiles and areas stand in the order that the relay tells; where they are is read from the picture. The places within a
tile, within the wide rail and within the settings are those of a window of 1280 × 800.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.relay_client import RelayClient
from tests.e2e.screen import Picture, Screen
from tests.e2e.until import until

_THEME = json.loads((Path(__file__).parents[2] / "resources" / "theme.json").read_text())
_SIZES = _THEME["sizes"]
_MARGIN = 28
_PADDING = 16
_RAIL_WIDTH = 264
_ICON_RAIL_WIDTH = 76
_WIDE = 1000
_ENTRY_PITCH = 56
_LEAST_TILE = 100
_FOOT = 36
_HEAD = 60
_UPRIGHT_COG = (42, 38)
PEOPLE = 1
"""The part of the settings that tells who may come in."""

_CALM_S = 0.6
"""Longer than the window waits before it counts its areas anew, shorter than a tick of the countdown."""


def colors(theme: str) -> dict[str, int]:
    """The colours of a theme by their roles, as 0xRRGGBB."""
    return {role: int(text[1:7], 16) for role, text in _THEME["colors"][theme].items()}


@dataclass(frozen=True)
class Box:
    """A rectangle on the screen."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def middle(self) -> tuple[int, int]:
        return (self.left + self.right) // 2, (self.top + self.bottom) // 2

    @property
    def circle(self) -> tuple[int, int]:
        """A place in a tile's round icon, beside the glyph."""
        return self.left + _PADDING + 5, self.top + _PADDING + _SIZES["icon-circle"] // 2

    @property
    def plain(self) -> tuple[int, int]:
        """A place in a tile where nothing is drawn but its surface."""
        return self.right - 30, self.top + 90


class Wall:
    """What is on the screen, and what can be touched there."""

    def __init__(self, screen: Screen, *, theme: str = "dark") -> None:
        self.screen = screen
        self.color = colors(theme)
        self._is_upright = screen.height > screen.width
        narrow = 0 if self._is_upright else _ICON_RAIL_WIDTH
        self._rail_width = _RAIL_WIDTH if screen.width >= _WIDE and not self._is_upright else narrow
        self._area = ""
        self._entries_top: int | None = None

    # What is seen

    def tiles(self) -> list[Box]:
        """All tiles that are wholly seen, in reading order; one without news has no surface and is not found."""
        picture = self.screen.look()
        left, right = self._rail_width, picture.width - _MARGIN
        found = []
        for top, bottom in _runs(not _is_all(picture.row(y, left, right), self.color) for y in range(picture.height)):
            rows = [picture.row(y, left, right) for y in range(top, bottom, 7)]
            columns = _runs(any(row[x] != self.color["background"] for row in rows) for x in range(right - left))
            if bottom - top >= _LEAST_TILE and bottom < picture.height:
                found += [Box(left + a, top, left + b, bottom) for a, b in columns if b - a >= _LEAST_TILE]
        return found

    def tile(self, relay: RelayClient, name: str) -> Box:
        """Where a device's tile is, among the tiles of the area that is shown."""
        order = self._order(relay)
        number = order.index(name)
        boxes = until(lambda: boxes if len(boxes := self.tiles()) >= min(len(order), 12) else None, "tiles on the wall")
        assert number < len(boxes), f"{name} is further down"
        return boxes[number]

    def shows(self, place: tuple[int, int], role: str) -> bool:
        """Whether a place has the colour of a role."""
        return self.screen.pixel(*place) == self.color[role]

    def is_pending(self, box: Box) -> bool:
        """Whether the bar runs along the tile's lower edge."""
        picture = self.screen.look()
        return any(self.color["teal"] in picture.row(y, box.left, box.right) for y in range(box.bottom - 4, box.bottom))

    def has_toast(self) -> bool:
        """Whether a message stands at the lower edge: its surface, above and below one line of words."""
        middle, height = self.screen.width // 2, self.screen.height
        return all(self.shows((middle + dx, height - up), "inset") for dx in (-60, 0, 60) for up in (70, 26))

    def has_sheet(self) -> bool:
        """Whether a sheet lies over the tiles, fully there, and all around it is dimmed."""
        beside_its_words = (self.screen.width // 2 - 340, self.screen.height // 2)
        return self.is_dimmed() and self.shows(beside_its_words, "rail")

    def is_dimmed(self) -> bool:
        """Whether the tiles are covered, be it by a sheet that is coming or going."""
        return not self.shows((2, 2), "rail" if self._rail_width else "background")

    def is_linked(self) -> bool:
        """Whether the dot at the foot of the rail says that devices are reached."""
        return self.shows((24, self.screen.height - _FOOT), "green")

    def come_to_rest(self) -> Picture:
        """Wait until nothing has moved for a while; return what is seen then."""
        seen, since = self.screen.look(), time.monotonic()

        def is_calm() -> bool:
            nonlocal seen, since
            now = self.screen.look()
            if now.pixels != seen.pixels:
                seen, since = now, time.monotonic()
            return time.monotonic() - since > _CALM_S

        until(is_calm, "the wall comes to rest")
        return seen

    def expect_undimmed(self) -> None:
        """Wait until nothing covers the tiles."""
        until(lambda: not self.is_dimmed(), "nothing lies over the tiles")
        self.come_to_rest()

    # What is done

    def touch(self, box: Box, *, hold_s: float = 0.05) -> None:
        """Touch a tile where it has nothing of its own to touch."""
        self.screen.touch(*box.plain, hold_s=hold_s)

    def show_area(self, relay: RelayClient, name: str) -> None:
        """Touch an area in the rail, once all are there, and wait until it is the current one."""
        self.come_to_rest()
        names = [area["name"] for area in relay.get("areas")["areas"]]
        has_elsewhere = any(not device.get("area") for device in relay.get("devices")["devices"])
        first = until(self._first_entry, "areas on the wall")
        until(lambda: self._entries(first) == 1 + len(names) + has_elsewhere, "all areas on the wall")
        y = first + (1 + names.index(name)) * _ENTRY_PITCH
        self.screen.touch(_RAIL_WIDTH // 2, y)
        until(lambda: self.shows((20, y), "teal-fill"), f"the wall shows {name}")
        self._area = name

    def open_settings(self, section: int = 0) -> None:
        """Touch the cog, at the foot of the rail or above an upright screen's areas; go to a part of the settings."""
        first = until(self.tiles, "tiles on the wall")[0]
        if self._is_upright:
            self.screen.touch(self.screen.width - _UPRIGHT_COG[0], _UPRIGHT_COG[1])
        else:
            x = self._rail_width - 32 if self._rail_width == _RAIL_WIDTH else self._rail_width // 2
            self.screen.touch(x, self.screen.height - _FOOT)
        until(lambda: first not in self.tiles() and self._sections(), "the settings in place of the tiles")
        if section:
            chip = self._sections()[section]
            self.screen.touch(*chip.middle)
            until(lambda: self.shows((chip.left + 10, chip.middle[1]), "teal"), f"part {section} of the settings")

    def removals(self) -> list[tuple[int, int]]:
        """Where paired clients can be removed: red words in the right column of the settings, from the top."""
        picture = self.screen.look()
        left, right = _RAIL_WIDTH + (picture.width - _RAIL_WIDTH) // 2, picture.width
        red = self.color["red"]
        return [
            (left + (ink := [x for x, value in enumerate(row) if value == red])[len(ink) // 2], y)
            for top, bottom in _runs(red in picture.row(y, left, right) for y in range(picture.height))
            for y in [(top + bottom) // 2]
            for row in [picture.row(y, left, right)]
            if red in row
        ]

    # Inside

    def _order(self, relay: RelayClient) -> list[str]:
        """The devices of the area that is shown, in the order of their tiles."""
        areas = [area["id"] for area in relay.get("areas")["areas"]]
        names = {area["name"]: area["id"] for area in relay.get("areas")["areas"]}
        wanted = names.get(self._area)
        devices: Iterable[dict[str, Any]] = relay.get("devices")["devices"]
        shown = [
            device
            for device in devices
            if not device.get("hidden") and (wanted is None or device.get("area") == wanted)
        ]

        def rank(device: dict[str, Any]) -> tuple[int, int, str]:
            area = device.get("area")
            return (areas.index(area) if area else len(areas), device.get("position", 0), device["name"].casefold())

        return [device["name"] for device in sorted(shown, key=rank)]

    def _sections(self) -> list[Box]:
        """Where the parts of the settings are chosen: the first row of chips, one of which is chosen."""
        picture = self.screen.look()
        left, right = self._rail_width, picture.width
        teal = self.color["teal"]
        rows = _runs(teal in picture.row(y, left, right) for y in range(_HEAD, picture.height // 2))
        if not rows:
            return []
        top, bottom = rows[0][0] + _HEAD, rows[0][1] + _HEAD
        row = picture.row(top + 8, left, right)  # above the words: those of the chosen one look like the background
        chips = _runs(value != self.color["background"] for value in row)
        return [Box(left + a, top, left + b, bottom) for a, b in chips]

    def _first_entry(self) -> int | None:
        """The middle of the rail's first entry, which is the current one when the program has just started."""
        if self._entries_top is None:
            current = self._current_entries()
            if len(current) == 1:
                self._entries_top = (current[0][0] + current[0][1]) // 2
        return self._entries_top

    def _entries(self, first: int) -> int:
        """How many entries the rail has: those with an icon."""
        picture = self.screen.look()
        middles = range(first, picture.height - 2 * _FOOT, _ENTRY_PITCH)
        surfaces = {self.color["rail"], self.color["teal-fill"]}
        icons = [any(set(picture.row(y + dy, 28, 50)) - surfaces for dy in (-6, 0, 6)) for y in middles]
        return icons.index(False) if False in icons else len(icons)

    def _current_entries(self) -> list[tuple[int, int]]:
        picture = self.screen.look()
        return _runs(picture[20, y] == self.color["teal-fill"] for y in range(picture.height - 2 * _FOOT))


def _is_all(row: list[int], color: dict[str, int]) -> bool:
    return row.count(color["background"]) == len(row)


def _runs(flags: Iterable[bool]) -> list[tuple[int, int]]:
    """Where flags are set, as ranges whose end is left out."""
    runs: list[tuple[int, int]] = []
    for at, flag in enumerate(flags):
        if flag and runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        elif flag:
            runs.append((at, at + 1))
    return runs


def is_drawn(picture: Picture) -> bool:
    """Whether a window is on the picture: more than one colour."""
    first = picture[0, 0]
    return any(value != first for y in range(0, picture.height, 40) for value in picture.row(y, 0, picture.width))
