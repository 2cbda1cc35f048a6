"""Which topics an MQTT filter covers (MQTT 3.1.1 §4.7); whether it is one at all is for `mqtt_packets`."""

from __future__ import annotations

from collections.abc import Sequence


def covers(wanted: Sequence[str], levels: Sequence[str]) -> bool:
    """Tell whether a topic belongs to a filter; both are split at "/"."""
    if levels[0].startswith("$") and wanted[0] in ("+", "#"):
        return False
    for position, level in enumerate(wanted):
        if level == "#":
            return True
        if position >= len(levels) or level not in ("+", levels[position]):
            return False
    return len(wanted) == len(levels)
