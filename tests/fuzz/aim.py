"""Commands, put to devices that can obey them."""

from __future__ import annotations

from typing import Any

from tests.fuzz.house import House

_OBEYED_BY = {
    "turn": ("switch", "light", "siren", "fan", "humidifier"),
    "set_light": ("light",),
    "move_cover": ("cover",),
    "move_valve": ("valve",),
    "operate_lock": ("lock",),
    "set_climate": ("climate",),
    "set_water_heater": ("water_heater",),
    "set_fan": ("fan",),
    "set_humidifier": ("humidifier",),
    "sound_siren": ("siren",),
    "set_alarm": ("alarm",),
    "drive_robot": ("vacuum", "mower"),
    "press": ("button", "scene"),
    "set_number": ("number",),
    "select_option": ("select",),
    "set_text": ("text",),
    "send_message": ("notify",),
    "install_update": ("update",),
}


def aim_command(house: House, asked: dict[str, Any], number: int) -> str | None:
    """Let a command name a capability that can obey it, the same for the same number; return its device's id."""
    command = asked["command"]
    do = str(command.get("do"))
    kinds = _OBEYED_BY.get("turn" if do in ("turn_on", "turn_off", "toggle") else do, ())
    devices = house.devices()
    for step in range(len(devices)):
        device = devices[(number + step) % len(devices)]
        able = [each for each in device["capabilities"] if each["kind"] in kinds]
        if able:
            if "capability" in asked:
                asked["capability"] = able[0]["id"]
            for name in ("option", "mode", "preset", "effect"):
                if isinstance(command.get(name), str) and able[0].get(f"{name}s"):
                    command[name] = able[0][f"{name}s"][0]
            return str(device["id"])
    return None
