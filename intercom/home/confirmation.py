"""When a report shows that a device obeyed: devices round what they are asked, and some take their time to get there.

Compares values; knows neither commands nor how long somebody waits.
"""

from __future__ import annotations

from typing import Any

from intercom.home.capabilities import Capability, Climate, Color, Fan, Number, WaterHeater

_NEAR_PCT = 1.5
_NEAR_DEG = 6.0
_NEAR_K_SHARE = 0.04


def is_near(capability: Capability, name: str, wanted: Any, reported: Any) -> bool:
    """Tell whether a device that was asked for `wanted` means the same by `reported`, which it may have rounded.

    `name` is the field of the state that both are values of.
    """
    if wanted == reported:
        return True
    if isinstance(wanted, Color) and isinstance(reported, Color):
        turn = abs(wanted.hue_deg - reported.hue_deg)
        hue_is_near = min(turn, 360 - turn) <= _NEAR_DEG or wanted.saturation_pct < 5
        return hue_is_near and abs(wanted.saturation_pct - reported.saturation_pct) <= _NEAR_DEG
    if isinstance(wanted, bool) or not (isinstance(wanted, int | float) and isinstance(reported, int | float)):
        return False
    return abs(wanted - reported) <= _tolerance(capability, name, wanted)


def obeys(before_pct: float | None, reported_pct: float | None, wanted_pct: float | None) -> bool:
    """Tell whether something that moves has arrived at `wanted_pct` or is on its way there."""
    if reported_pct is None or wanted_pct is None:
        return False
    if abs(reported_pct - wanted_pct) <= _NEAR_PCT:
        return True
    return before_pct is not None and (
        before_pct < reported_pct <= wanted_pct or wanted_pct <= reported_pct < before_pct
    )


def _tolerance(capability: Capability, name: str, wanted: float) -> float:
    if name == "color_temp_k":
        return wanted * _NEAR_K_SHARE
    if isinstance(capability, Climate | WaterHeater) and name.endswith("_c"):
        return capability.step_c / 2 + 0.05
    if isinstance(capability, Fan) and name == "speed_pct" and capability.speeds:
        return 50 / capability.speeds + _NEAR_PCT
    if isinstance(capability, Number):
        return capability.step / 2
    return _NEAR_PCT
