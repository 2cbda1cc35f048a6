"""The wire format with arbitrary input: what is written can be read, and nonsense is refused in words."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from intercom.home.capabilities import CapabilityId, Color, Switch
from intercom.home.commands import COMMANDS, Command
from intercom.home.errors import IntercomError
from intercom.home.home import Home
from intercom.home.model import Device, DeviceId
from intercom.relay import wire

LAMP = DeviceId("lamp")
MAIN = CapabilityId("main")

numbers = st.floats(allow_nan=False, allow_infinity=False)
st.register_type_strategy(float, numbers)
st.register_type_strategy(Color, st.builds(Color, hue_deg=numbers, saturation_pct=numbers))
commands: st.SearchStrategy[Command] = st.sampled_from(list(COMMANDS.values())).flatmap(st.from_type)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | numbers | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
asked = st.fixed_dictionaries(
    {"do": st.sampled_from([*COMMANDS, "turn_on", "toggle"]) | json_values},
    optional={"on": json_values, "color": json_values, "position_pct": json_values, "move": json_values},
)


def home() -> Home:
    home = Home()
    home.announce(Device(id=LAMP, adapter="test", name="Lamp", capabilities=(Switch(id=MAIN),)))
    return home


def in_words(refusal: IntercomError) -> None:
    assert str(refusal).strip()


@given(command=commands)
def test_each_command_is_read_as_it_was_written(command: Command) -> None:
    said = json.loads(wire.encode(wire.command_wire(command)))

    assert wire.command_asked(home(), LAMP, MAIN, said) == (MAIN, command)


@given(said=asked)
def test_a_command_is_understood_or_refused_in_words(said: dict[str, Any]) -> None:
    try:
        _, command = wire.command_asked(home(), LAMP, MAIN, said)
        command.check(Switch(id=MAIN))
    except IntercomError as refusal:
        in_words(refusal)


@given(body=st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()))
def test_a_body_is_understood_or_refused_in_words(body: bytes) -> None:
    kinds = (wire.PairingAsked, wire.CodeGiven, wire.RefreshAsked, wire.DevicePatch, wire.AreaOrder, wire.CommandAsked)
    for kind in kinds:
        try:
            wire.read(body, kind)
        except IntercomError as refusal:
            in_words(refusal)


@given(said=json_values)
def test_what_a_socket_says_is_understood_or_refused_in_words(said: Any) -> None:
    for kind in (wire.Credentials, wire.WatchAsked, wire.SocketCommandAsked):
        try:
            wire.take(said, kind)
        except IntercomError as refusal:
            in_words(refusal)
