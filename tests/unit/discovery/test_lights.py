"""Lights: three schemas, every colour mode; what they publish is what Home Assistant publishes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from intercom.home.capabilities import CapabilityId, Color, Light, LightMode, LightState
from intercom.home.commands import SetLight, Turn
from tests.unit.discovery.desk import Desk, misreadings, refusals, reports

X = CapabilityId("x")

PINK = Color(hue_deg=300, saturation_pct=70)


def json_light(desk: Desk, **options: Any) -> Light:
    desk.announce("light", schema="json", command_topic="set", state_topic="st", **options)
    capability = desk.capability
    assert isinstance(capability, Light)
    return capability


def published(desk: Desk, command: SetLight | Turn) -> dict[str, Any]:
    ((topic, payload),) = desk.ask(command)
    assert topic == "set"
    said: dict[str, Any] = json.loads(payload)
    return said


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, Light(id=X, has_brightness=False)),
        ({"brightness": True}, Light(id=X, has_brightness=True)),
        (
            {"supported_color_modes": ["xy", "color_temp"], "max_mireds": 370, "min_mireds": 153},
            Light(id=X, has_brightness=True, has_color=True, coldest_k=6535, warmest_k=2702),
        ),
        (
            {
                "supported_color_modes": ["color_temp"],
                "color_temp_kelvin": True,
                "min_kelvin": 2200,
                "max_kelvin": 6500,
            },
            Light(id=X, has_brightness=True, coldest_k=6500, warmest_k=2200),
        ),
        (
            {"supported_color_modes": ["rgb", "white"], "effect": True, "effect_list": ["candle"]},
            Light(id=X, has_brightness=True, has_color=True, has_white=True, effects=("candle",)),
        ),
        ({"supported_color_modes": ["onoff"]}, Light(id=X)),
        ({"supported_color_modes": ["nonsense", "hs"]}, Light(id=X, has_brightness=True, has_color=True)),
    ],
)
def test_a_json_light_says_what_it_can_do(desk: Desk, options: dict[str, Any], expected: Light) -> None:
    assert json_light(desk, **options) == expected


@pytest.mark.parametrize(
    ("modes", "command", "said"),
    [
        (["xy"], SetLight(brightness_pct=50), {"state": "ON", "brightness": 128}),
        (["xy"], SetLight(brightness_pct=0.1), {"state": "OFF"}),
        (["xy"], SetLight(on=False, transition_s=2), {"state": "OFF", "transition": 2.0}),
        (["xy"], SetLight(color=PINK), {"state": "ON", "color": {"x": 0.379, "y": 0.172}}),
        (["hs"], SetLight(color=PINK), {"state": "ON", "color": {"h": 300.0, "s": 70.0}}),
        (["rgb"], SetLight(color=PINK), {"state": "ON", "color": {"r": 255, "g": 77, "b": 255}}),
        (["rgbw"], SetLight(color=PINK), {"state": "ON", "color": {"r": 255, "g": 0, "b": 255, "w": 110}}),
        (
            ["rgbww"],
            SetLight(color=PINK),
            {"state": "ON", "color": {"r": 180, "g": 0, "b": 255, "c": 136, "w": 136}},
        ),
        (["color_temp"], SetLight(color_temp_k=4000), {"state": "ON", "color_temp": 250}),
        (
            ["hs", "color_temp"],
            SetLight(brightness_pct=40, color_temp_k=4000),
            {"state": "ON", "brightness": 102, "color_temp": 250},
        ),
        (["rgb", "white"], SetLight(white_pct=60), {"state": "ON", "white": 153}),
        (["xy"], SetLight(effect="candle"), {"state": "ON", "effect": "candle"}),
        (["xy"], Turn(on=True), {"state": "ON"}),
        (["xy"], Turn(on=False), {"state": "OFF"}),
    ],
)
def test_a_json_light_is_asked_in_one_object(
    desk: Desk, modes: list[str], command: SetLight | Turn, said: dict[str, Any]
) -> None:
    json_light(desk, brightness=True, supported_color_modes=modes, effect=True, effect_list=["candle"])

    assert published(desk, command) == said


def test_a_scale_of_its_own_is_kept_to(desk: Desk) -> None:
    json_light(desk, brightness=True, brightness_scale=254, supported_color_modes=["brightness"])

    assert published(desk, SetLight(brightness_pct=50))["brightness"] == 127
    assert published(desk, SetLight(brightness_pct=1))["brightness"] == 3


@pytest.mark.parametrize(
    ("modes", "said", "state"),
    [
        (["xy"], {"state": "ON", "brightness": 254}, LightState(on=True, brightness_pct=100.0)),
        (["xy"], {"state": "OFF", "brightness": 0}, LightState(on=False)),
        (["xy"], {"state": None}, LightState()),
        (
            ["xy", "color_temp"],
            {"state": "ON", "color_mode": "color_temp", "color_temp": 250, "color": {"x": 0.3, "y": 0.4}},
            LightState(on=True, mode=LightMode.TEMPERATURE, color_temp_k=4000),
        ),
        (
            ["hs"],
            {"state": "ON", "color_mode": "hs", "color": {"h": 20, "s": 30}, "effect": "candle"},
            LightState(on=True, mode=LightMode.COLOR, color=Color(hue_deg=20.0, saturation_pct=30.0), effect="candle"),
        ),
        (
            ["rgb"],
            {"state": "ON", "color_mode": "rgb", "color": {"r": 255, "g": 0, "b": 0}},
            LightState(on=True, mode=LightMode.COLOR, color=Color(hue_deg=0.0, saturation_pct=100.0)),
        ),
        (["rgb", "white"], {"state": "ON", "color_mode": "white"}, LightState(on=True, mode=LightMode.WHITE)),
    ],
)
def test_a_json_light_reports_in_one_object(
    desk: Desk, modes: list[str], said: dict[str, Any], state: LightState
) -> None:
    json_light(desk, brightness_scale=254, supported_color_modes=modes, effect=True, effect_list=["candle"])

    desk.say("st", said)

    assert desk.state == state
    assert misreadings(desk.effects) == []


def test_half_a_report_changes_what_it_holds_and_is_told(desk: Desk) -> None:
    json_light(desk, supported_color_modes=["xy"])

    effects = desk.say("st", {"state": "ON", "color_mode": "xy", "color": {"x": 0.3}})

    assert reports(effects) == [LightState(on=True)]
    assert len(misreadings(effects)) == 1


# A topic for each ability


def basic_light(desk: Desk, *abilities: str, **options: Any) -> None:
    topics = {f"{ability}_command_topic": f"{ability}/set" for ability in abilities}
    topics |= {f"{ability}_state_topic": ability for ability in abilities if ability != "white"}
    desk.announce("light", command_topic="set", state_topic="st", **topics, **options)


@pytest.mark.parametrize(
    ("abilities", "options", "command", "messages"),
    [
        ((), {}, Turn(on=True), [("set", "ON")]),
        ((), {"payload_off": 0}, Turn(on=False), [("set", "0")]),
        (("brightness",), {}, SetLight(brightness_pct=50), [("brightness/set", "128"), ("set", "ON")]),
        (
            ("brightness",),
            {"brightness_scale": 100, "on_command_type": "first"},
            SetLight(brightness_pct=50),
            [("set", "ON"), ("brightness/set", "50")],
        ),
        (("brightness",), {"on_command_type": "brightness"}, Turn(on=True), [("brightness/set", "255")]),
        (("rgb", "brightness"), {}, SetLight(color=PINK), [("rgb/set", "255,77,255"), ("set", "ON")]),
        (("rgb",), {}, SetLight(color=PINK, brightness_pct=40), [("rgb/set", "102,30,102"), ("set", "ON")]),
        (("rgb",), {}, SetLight(brightness_pct=40), [("rgb/set", "102,102,102"), ("set", "ON")]),
        (
            ("rgb", "brightness"),
            {"rgb_command_template": "#{{ '%02x%02x%02x' | format(red, green, blue) }}"},
            SetLight(color=PINK),
            [("rgb/set", "#ff4dff"), ("set", "ON")],
        ),
        (("hs",), {}, SetLight(color=PINK), [("hs/set", "300.0,70.0"), ("set", "ON")]),
        (("xy",), {}, SetLight(color=PINK), [("xy/set", "0.379,0.172"), ("set", "ON")]),
        (("rgbw", "brightness"), {}, SetLight(color=PINK), [("rgbw/set", "255,0,255,110"), ("set", "ON")]),
        (("color_temp",), {}, SetLight(color_temp_k=4000), [("color_temp/set", "250"), ("set", "ON")]),
        (
            ("color_temp",),
            {"color_temp_kelvin": True},
            SetLight(color_temp_k=4000),
            [("color_temp/set", "4000"), ("set", "ON")],
        ),
        (
            ("effect",),
            {"effect_list": ["a"], "effect_command_template": "fx:{{ value }}"},
            SetLight(effect="a"),
            [("effect/set", "fx:a"), ("set", "ON")],
        ),
        (
            ("rgb", "white", "brightness"),
            {"white_scale": 100},
            SetLight(white_pct=60),
            [("white/set", "60"), ("set", "ON")],
        ),
    ],
)
def test_a_light_of_many_topics_is_asked_on_each(
    desk: Desk,
    abilities: tuple[str, ...],
    options: dict[str, Any],
    command: SetLight | Turn,
    messages: list[tuple[str, str]],
) -> None:
    basic_light(desk, *abilities, **options)

    assert desk.ask(command) == messages


def test_a_light_of_many_topics_reports_on_each(desk: Desk) -> None:
    basic_light(desk, "brightness", "hs", "color_temp", "effect", effect_list=["a"])
    for topic, payload in (("st", "ON"), ("brightness", "51"), ("color_temp", "250"), ("effect", "a"), ("hs", "20,30")):
        desk.say(topic, payload)

    assert desk.state == LightState(
        on=True,
        brightness_pct=20.0,
        mode=LightMode.COLOR,
        color=Color(hue_deg=20.0, saturation_pct=30.0),
        color_temp_k=4000,
        effect="a",
    )


def test_the_brightness_of_plain_rgb_is_its_strongest_channel(desk: Desk) -> None:
    basic_light(desk, "rgb")
    desk.say("rgb", "102,51,0")

    assert desk.state == LightState(
        brightness_pct=40.0, mode=LightMode.COLOR, color=Color(hue_deg=30.118, saturation_pct=100.0)
    )


def test_what_a_light_never_reports_is_assumed_and_told_at_once(desk: Desk) -> None:
    desk.announce("light", command_topic="set", state_topic="st", brightness_command_topic="b")
    desk.say("st", "OFF")

    effects = desk.discovery.command(*desk.only, SetLight(brightness_pct=50))

    assert not desk.capability.is_assumed
    assert reports(effects) == [LightState(on=False, brightness_pct=50)]


# Templates


def test_a_template_light_words_everything_itself(desk: Desk) -> None:
    desk.announce(
        "light",
        schema="template",
        command_topic="set",
        state_topic="st",
        command_on_template=(
            "on,{{ brightness|d }},{{ red|d }}-{{ green|d }}-{{ blue|d }},{{ color_temp|d }},{{ effect|d }}"
        ),
        command_off_template="off",
        state_template="{{ value.split(',')[0] }}",
        brightness_template="{{ value.split(',')[1] }}",
        red_template="{{ value.split(',')[2] }}",
        green_template="{{ value.split(',')[3] }}",
        blue_template="{{ value.split(',')[4] }}",
        color_temp_template="{{ value.split(',')[5] }}",
        effect_template="{{ value.split(',')[6] }}",
        effect_list=["x"],
    )
    desk.say("st", "on,51,255,0,0,250,x")

    assert desk.state == LightState(
        on=True,
        brightness_pct=20.0,
        mode=LightMode.COLOR,
        color=Color(hue_deg=0.0, saturation_pct=100.0),
        color_temp_k=4000,
        effect="x",
    )
    assert desk.ask(Turn(on=False)) == [("set", "off")]
    assert desk.ask(SetLight(brightness_pct=50)) == [("set", "on,128,--,,")]
    assert desk.ask(SetLight(color=PINK)) == [("set", "on,,255-77-255,,")]
    assert desk.ask(SetLight(color_temp_k=4000, effect="x")) == [("set", "on,,--,250,x")]


def test_a_template_light_needs_its_templates(desk: Desk) -> None:
    desk.announce("light", schema="template", command_topic="set")

    assert refusals(desk.effects) == ["a template light needs 'command_on_template' and 'command_off_template'"]
