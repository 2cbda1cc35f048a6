"""Announcements of other programs: ESPHome, Shelly scripts, OpenMQTTGateway, Z-Wave JS UI, an older Tasmota.

The payloads are shaped after the documentation of each program, not captured.
"""

from __future__ import annotations

from typing import Any

import pytest

from intercom.home.capabilities import (
    Capability,
    CoverState,
    LightMode,
    LightState,
    Motion,
    SensorState,
    State,
    SwitchState,
)
from intercom.home.commands import Command, Move, MoveCover, SetLight, Turn
from tests.unit.discovery.desk import Desk, misreadings, refusals

ESPHOME = {"ids": "a4cf12f05f8c", "name": "porch", "sw": "esphome v2025.7.0", "mdl": "esp32dev", "mf": "espressif"}
ZWAVE = {
    "identifiers": ["zwavejs2mqtt_0xd1a2b3c4_node7"],
    "manufacturer": "Fibargroup",
    "model": "Walli Switch (FGWDSEU221)",
    "name": "nodeID_7",
    "sw_version": "5.1",
}


@pytest.mark.parametrize(
    ("topic", "payload", "messages", "expected"),
    [
        (
            "homeassistant/sensor/porch/temperature/config",
            {
                "dev_cla": "temperature",
                "unit_of_meas": "°C",
                "stat_cla": "measurement",
                "name": "Temperature",
                "stat_t": "porch/sensor/temperature/state",
                "avty_t": "porch/status",
                "uniq_id": "ESPsensortemperature",
                "dev": ESPHOME,
            },
            [("porch/status", "online"), ("porch/sensor/temperature/state", "21.4")],
            SensorState(value=21.4),
        ),
        (
            "homeassistant/switch/porch/porch/config",
            {
                "name": "",
                "stat_t": "porch/switch/porch/state",
                "cmd_t": "porch/switch/porch/command",
                "avty_t": "porch/status",
                "uniq_id": "ESPswitchporch",
                "dev": ESPHOME,
            },
            [("porch/switch/porch/state", "ON")],
            SwitchState(on=True),
        ),
        (
            "homeassistant/light/porch/lamp/config",
            {
                "schema": "json",
                "brightness": True,
                "sup_clrm": ["brightness"],
                "name": "Lamp",
                "stat_t": "porch/light/lamp/state",
                "cmd_t": "porch/light/lamp/command",
                "dev": ESPHOME,
            },
            [("porch/light/lamp/state", {"state": "ON", "color_mode": "brightness", "brightness": 51})],
            LightState(on=True, brightness_pct=20.0, mode=LightMode.PLAIN),
        ),
        (
            "homeassistant/cover/porch/blind/config",
            {
                "name": "Blind",
                "dev_cla": "blind",
                "pos_t": "porch/cover/blind/position/state",
                "set_pos_t": "porch/cover/blind/position/command",
                "stat_t": "porch/cover/blind/state",
                "cmd_t": "porch/cover/blind/command",
                "dev": ESPHOME,
            },
            [("porch/cover/blind/position/state", "40"), ("porch/cover/blind/state", "opening")],
            CoverState(position_pct=40.0, motion=Motion.OPENING),
        ),
        (
            "homeassistant/switch/shellyplus1-a8032ab12345/switch_0/config",
            {
                "~": "shellyplus1-a8032ab12345",
                "name": "Heater",
                "cmd_t": "~/rpc",
                "stat_t": "~/events/rpc",
                "val_tpl": "{{ 'on' if value_json.params['switch:0'].output else 'off' }}",
                "pl_on": '{"id":0,"src":"ha","method":"Switch.Set","params":{"id":0,"on":true}}',
                "pl_off": '{"id":0,"src":"ha","method":"Switch.Set","params":{"id":0,"on":false}}',
                "stat_on": "on",
                "stat_off": "off",
                "avty_t": "~/online",
                "pl_avail": "true",
                "pl_not_avail": "false",
                "uniq_id": "shellyplus1-a8032ab12345-switch-0",
                "dev": {"cns": [["mac", "A8032AB12345"]], "name": "Shelly"},
            },
            [
                ("shellyplus1-a8032ab12345/online", "true"),
                ("shellyplus1-a8032ab12345/events/rpc", {"params": {"switch:0": {"output": True}}}),
            ],
            SwitchState(on=True),
        ),
        (
            "homeassistant/sensor/A4C138123456-tempc/config",
            {
                "stat_t": "+/+/BTtoMQTT/A4C138123456",
                "dev_cla": "temperature",
                "unit_of_meas": "°C",
                "name": "ATC-tempc",
                "uniq_id": "A4C138123456-tempc",
                "val_tpl": "{{ value_json.tempc | is_defined }}",
                "stat_cla": "measurement",
                "device": {
                    "ids": ["A4C138123456"],
                    "cns": [["mac", "A4C138123456"]],
                    "mf": "Xiaomi",
                    "mdl": "LYWSD03MMC_ATC",
                    "name": "ATC-123456",
                    "via_device": "OMG",
                },
            },
            [("home/OMG/BTtoMQTT/A4C138123456", {"id": "A4:C1:38:12:34:56", "tempc": 23.2})],
            SensorState(value=23.2),
        ),
        (
            "homeassistant/light/nodeID_7/dimmer/config",
            {
                "min_mireds": 153,
                "payload_off": 0,
                "payload_on": 255,
                "state_topic": "zwave/nodeID_7/38/0/currentValue",
                "command_topic": "zwave/nodeID_7/38/0/targetValue/set",
                "on_command_type": "brightness",
                "brightness": True,
                "brightness_scale": 99,
                "brightness_state_topic": "zwave/nodeID_7/38/0/currentValue",
                "brightness_command_topic": "zwave/nodeID_7/38/0/targetValue/set",
                "state_value_template": "{{ 0 if value_json.value == 0 else 255 }}",
                "brightness_value_template": "{{ value_json.value }}",
                "device": ZWAVE,
                "name": "dimmer",
                "unique_id": "zwavejs2mqtt_0xd1a2b3c4_7-38-0-currentValue",
            },
            [("zwave/nodeID_7/38/0/currentValue", {"time": 1, "value": 33})],
            LightState(on=True, brightness_pct=33.3),
        ),
        (
            "homeassistant/light/1DBCA4_LI_1/config",
            {
                "name": "Lamp",
                "stat_t": "tele/lamp/HASS_STATE",
                "avty_t": "tele/lamp/LWT",
                "pl_avail": "Online",
                "pl_not_avail": "Offline",
                "cmd_t": "cmnd/lamp/POWER1",
                "val_tpl": "{{value_json.POWER1}}",
                "stat_val_tpl": "{{value_json.POWER1}}",
                "pl_off": "OFF",
                "pl_on": "ON",
                "uniq_id": "1DBCA4_LI_1",
                "dev": {"ids": ["1DBCA4"]},
                "bri_cmd_t": "cmnd/lamp/Dimmer",
                "bri_stat_t": "tele/lamp/STATE",
                "bri_scl": 100,
                "on_cmd_type": "brightness",
                "bri_val_tpl": "{{value_json.Dimmer}}",
            },
            [("tele/lamp/HASS_STATE", {"POWER1": "ON"}), ("tele/lamp/STATE", {"POWER": "ON", "Dimmer": 60})],
            LightState(on=True, brightness_pct=60.0),
        ),
    ],
)
def test_what_other_programs_announce_is_understood(
    desk: Desk, topic: str, payload: dict[str, Any], messages: list[tuple[str, Any]], expected: State
) -> None:
    desk.say(topic, payload, is_retained=True)
    for at, said in messages:
        desk.say(at, said)

    assert refusals(desk.effects) == []
    assert misreadings(desk.effects) == []
    assert desk.state == expected


def announced(desk: Desk, topic: str, payload: dict[str, Any]) -> Capability:
    desk.say(topic, payload)
    return desk.capability


def test_an_empty_name_speaks_for_the_device(desk: Desk) -> None:
    capability = announced(
        desk, "homeassistant/switch/porch/x/config", {"name": "", "cmd_t": "c", "stat_t": "s", "dev": ESPHOME}
    )

    assert capability.name is None
    assert desk.discovery.device(desk.only[0]).name == "porch"


@pytest.mark.parametrize(
    ("component", "options", "command", "messages"),
    [
        (
            "light",
            {"payload_off": 0, "payload_on": 255, "command_topic": "z/set", "brightness_command_topic": "z/set",
             "brightness_scale": 99, "on_command_type": "brightness"},
            SetLight(brightness_pct=50),
            [("z/set", "50")],
        ),
        (
            "light",
            {"payload_off": 0, "payload_on": 255, "command_topic": "z/set", "brightness_command_topic": "z/set",
             "brightness_scale": 99, "on_command_type": "brightness"},
            Turn(on=False),
            [("z/set", "0")],
        ),
        (
            "cover",
            {"command_topic": "z/set", "payload_open": 99, "payload_close": 0, "payload_stop": None},
            MoveCover(move=Move.OPEN),
            [("z/set", "99")],
        ),
    ],
)  # fmt: skip
def test_numbers_may_be_payloads(
    desk: Desk, component: str, options: dict[str, Any], command: Command, messages: list[tuple[str, str]]
) -> None:
    desk.announce(component, **options)

    assert desk.ask(command) == messages
