"""Discovery, whatever comes: it never raises but what it promises, forgets what is taken back, and repeats nothing."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from intercom.devices.discovery import abbreviations
from intercom.devices.discovery.effects import Effect, Refused, Subscribe, Unsubscribe
from intercom.devices.discovery.engine import Discovery
from intercom.devices.discovery.message import Message
from intercom.devices.discovery.scale import Scale
from intercom.devices.discovery.templates import TemplateError, Templates
from intercom.devices.discovery.typical import typical_commands
from intercom.home.capabilities import STATE_OF
from intercom.home.errors import IntercomError

COMPONENTS = [
    "alarm_control_panel",
    "binary_sensor",
    "button",
    "camera",
    "climate",
    "cover",
    "device_automation",
    "device_tracker",
    "event",
    "fan",
    "humidifier",
    "image",
    "infrared",
    "lawn_mower",
    "light",
    "lock",
    "notify",
    "number",
    "scene",
    "select",
    "sensor",
    "siren",
    "switch",
    "tag",
    "text",
    "update",
    "vacuum",
    "valve",
    "water_heater",
]
COLOR_MODES = ["hs", "xy", "rgb", "rgbw", "rgbww", "white", "color_temp", "onoff"]
DEVICE_MARKS = ["x", ["y", "x"], []]
ENCODINGS = ["utf-8", "latin-1", "utf-16", "punycode", "hex", "\0", ""]
TOPICS = ["a", "b/c", "d/+/e", "~/x", ""]
TEMPLATES = [
    "{{ value_json.x }}",
    "{{ value }}",
    "{{ value_json['a'].b }}",
    "{{ value | float }}",
    "{{ 'ON' if value_json.x else 'OFF' }}",
    "{{",
    "{% for i in value_json %}{{ i }}{% endfor %}",
    "fixed",
    "{{ position }}",
    "b'\\x00'",
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-500, 70_000)
    | st.just(10**400)
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
long_names = sorted(set(abbreviations.OPTIONS.values()))
more_names = ["schema", "device", "min", "max", "name", "supported_color_modes"]


def _value_of(name: str) -> st.SearchStrategy[Any]:
    """Return values that the option might have, and some that it must not have."""
    if name.endswith("topic"):
        plausible: st.SearchStrategy[Any] = st.sampled_from(TOPICS)
    elif name.endswith(("template", "tpl")):
        plausible = st.sampled_from(TEMPLATES)
    elif name == "schema":
        plausible = st.sampled_from(["json", "template", "basic", "emitter", "receiver"])
    elif name == "supported_color_modes":
        plausible = st.lists(st.sampled_from(COLOR_MODES), max_size=4)
    elif name in ("options", "modes", "event_types", "preset_modes", "effect_list", "available_tones", "fan_modes"):
        plausible = st.lists(st.sampled_from(["on", "off", "a", "1"]), max_size=3)
    elif name == "device":
        plausible = st.fixed_dictionaries(
            {"identifiers": st.sampled_from(DEVICE_MARKS)},
            optional={"name": st.text(max_size=5), "connections": anything},
        )
    elif name == "encoding":
        plausible = st.sampled_from(ENCODINGS)
    elif name == "availability":
        plausible = st.lists(st.fixed_dictionaries({"topic": st.sampled_from(TOPICS)}), max_size=2)
    else:
        plausible = scalars
    return st.one_of(plausible, plausible, plausible, anything)


@st.composite
def announcements(draw: st.DrawFn) -> tuple[str, bytes]:
    names = draw(
        st.lists(
            st.sampled_from([*long_names, *more_names]),
            max_size=14,
        )
    )
    names += draw(st.sampled_from([["command_topic", "state_topic"], ["state_topic"], ["command_topic"], ["topic"]]))
    options = {name: draw(_value_of(name)) for name in names}
    component = draw(st.sampled_from(COMPONENTS))
    return f"homeassistant/{component}/{draw(st.sampled_from(['n/', '']))}{draw(st.sampled_from('pq'))}/config", _sent(
        options
    )


def _sent(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "replace")


WORDS = [b"ON", b"OFF", b"50", b"on", b"None", b"open", b'{"state":"ON"}', b'{"x":1}']
TASMOTA_NAMES = ["t", "ft", "tp", "state", "rl", "sn", "so", "swc", "btn", "fn", "lt_st", "sho", "sht"]

states = st.tuples(
    st.sampled_from(["a", "b/c", "d/1/e"]),
    st.one_of(anything.map(_sent), st.binary(max_size=12), st.sampled_from(WORDS)),
)
removals = st.tuples(st.sampled_from(["homeassistant/sensor/p/config", "homeassistant/light/n/q/config"]), st.just(b""))
introductions = st.tuples(
    st.sampled_from(["tasmota/discovery/AA/config", "tasmota/discovery/AA/sensors"]),
    st.dictionaries(st.sampled_from(TASMOTA_NAMES), anything, max_size=10).map(_sent),
)
messages = announcements() | states | removals | introductions


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(messages, st.booleans()), max_size=12))
def test_any_messages_end_in_effects_and_every_capability_obeys(said: list[tuple[tuple[str, bytes], bool]]) -> None:
    now = [1_700_000_000.0]
    discovery = Discovery(lambda: now[0])
    open_topics: set[str] = set()

    for (topic, raw), is_retained in said:
        now[0] += 1
        effects = [*discovery.handle(topic, raw, is_retained=is_retained), *discovery.tick()]
        assert all(isinstance(effect, Effect) for effect in effects)
        for effect in effects:
            if isinstance(effect, Subscribe):
                open_topics.add(effect.topic_filter)
            elif isinstance(effect, Unsubscribe):
                open_topics.remove(effect.topic_filter)
    asked_anew = {effect.topic_filter for effect in discovery.connected() if isinstance(effect, Subscribe)}
    assert open_topics == {topic for topic in asked_anew if not topic.endswith(("/config", "/sensors"))}
    for device_id in discovery.device_ids:
        device = discovery.device(device_id)
        assert len({capability.id for capability in device.capabilities}) == len(device.capabilities)
        for capability in device.capabilities:
            assert type(discovery.state(device_id, capability.id)) is STATE_OF[type(capability)]
            for command in typical_commands(capability):
                try:
                    discovery.command(device_id, capability.id, command)
                except IntercomError:
                    continue


@settings(max_examples=150, deadline=None)
@given(st.lists(announcements(), max_size=6))
def test_the_same_again_is_nothing_and_taking_it_back_leaves_nothing(said: list[tuple[str, bytes]]) -> None:
    discovery = Discovery(lambda: 0.0)
    empty = discovery.connected()
    latest = dict(said)
    for topic, raw in latest.items():
        discovery.handle(topic, raw)

    assert [discovery.handle(topic, raw) for topic, raw in latest.items()] == [[] for _ in latest]
    for topic in latest:
        discovery.handle(topic, b"")
    assert discovery.device_ids == []
    assert discovery.connected() == empty


@settings(max_examples=150, deadline=None)
@given(announcements())
def test_announcing_again_after_removal_is_like_the_first_time(said: tuple[str, bytes]) -> None:
    topic, raw = said
    discovery = Discovery(lambda: 0.0)
    first = discovery.handle(topic, raw)
    discovery.handle(topic, b"")

    assert discovery.handle(topic, raw) == first


@settings(max_examples=200, deadline=None)
@given(announcements(), st.data())
def test_short_names_say_the_same_as_long_ones(said: tuple[str, bytes], data: st.DataObject) -> None:
    topic, raw = said
    short = {long: name for name, long in abbreviations.OPTIONS.items()}
    options = {
        short[name] if name in short and data.draw(st.booleans()) else name: value
        for name, value in json.loads(raw).items()
    }
    one, other = Discovery(lambda: 0.0), Discovery(lambda: 0.0)

    assert _told(one.handle(topic, raw)) == _told(other.handle(topic, _sent(options)))
    assert [one.device(id_) for id_ in one.device_ids] == [other.device(id_) for id_ in other.device_ids]


def _told(effects: list[Effect]) -> list[Effect | str]:
    return ["refused" if isinstance(effect, Refused) else effect for effect in effects]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="{}%#[]()'\"value_json.xy |~+*1,:=<>", max_size=60), anything)
def test_any_template_renders_or_says_why_not(source: str, said: Any) -> None:
    message = Message("t", _sent(said), is_retained=False, at=0.0)

    with contextlib.suppress(TemplateError):
        assert isinstance(Templates(lambda: 0.0).get(source).read(message), str)


@given(st.lists(st.text("abcxyz_", min_size=1, max_size=6), min_size=1, max_size=3), anything)
def test_a_plain_path_says_what_jinja_says(keys: list[str], said: Any) -> None:
    templates = Templates(lambda: 0.0)
    for value in (said, {keys[0]: said}, {keys[0]: {keys[-1]: said}}):
        message = Message("t", _sent(value), is_retained=False, at=0.0)
        for spelled in ("".join(f"[{key!r}]" for key in keys), "".join(f".{key}" for key in keys)):
            plain = _outcome(templates, f"{{{{ value_json{spelled} }}}}", message)
            by_jinja = _outcome(templates, f"{{{{ value_json{spelled} }}}}{{# by Jinja #}}", message)
            assert plain == by_jinja


def _outcome(templates: Templates, source: str, message: Message) -> str | None:
    try:
        return templates.get(source).read(message)
    except TemplateError:
        return None


@given(st.integers(-1000, 1000), st.integers(-1000, 1000).filter(lambda span: abs(span) >= 100), st.integers(0, 100))
def test_a_percentage_comes_back_from_a_wide_range(zero: int, span: int, percent: int) -> None:
    scale = Scale(zero, zero + span)

    assert abs(scale.percent(round(scale.value(percent))) - percent) <= 1
