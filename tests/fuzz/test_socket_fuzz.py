"""What a socket may be told: documented events with right and wrong payloads, unknown ones, and packets that are none.

By websocket and by polling, by people of every kind and by strangers. An event that arrived whole is answered as the
document says, whatever is in it; all else is refused or cut, and leaves no trace in the log.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests.fuzz.aim import aim_command
from tests.fuzz.house import PEOPLE, House
from tests.fuzz.inputs import Tally, patient, tries
from tests.fuzz.mutations import as_sent, odd_values
from tests.fuzz.socket_peer import CLOSE, PATIENCE_S, WebsocketPeer, answers_in, frame
from tests.integration.contract import asyncapi, check_event, openapi

pytestmark = patient

ASKED, ANSWERED = ("watch", "command"), {"watch": "snapshot", "command": "outcome"}
POLLING = "/socket.io/?EIO=4&transport=polling"


def _payloads(event: str) -> st.SearchStrategy[Any]:
    """What the document allows for an event, and what it does not."""
    schema = json.loads(
        json.dumps(asyncapi()["components"]["messages"][event]["payload"]).replace("./openapi.yaml", "")
    )
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": event, "version": "1"},
        "paths": {f"/{event}": {"post": {"requestBody": body, "responses": {"200": {"description": "Heard"}}}}},
        "components": {"schemas": openapi()["components"]["schemas"]},
    }
    operation = schemathesis.openapi.from_dict(document)[f"/{event}"]["POST"]
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return (right | right | wrong).map(lambda case: case.body)


@dataclass(frozen=True)
class Asked:
    """An event with one payload that is to be answered."""

    event: str
    payload: Any
    aim: int | None


@dataclass(frozen=True)
class Junk:
    """An Engine.IO packet that may be anything."""

    packet: bytes
    is_text: bool = True


@dataclass(frozen=True)
class Wire:
    """Bytes on a websocket that may be no frame."""

    data: bytes


_asked = st.one_of(
    *(st.builds(Asked, st.just(event), _payloads(event), st.none() | st.integers(0, 999)) for event in ASKED),
    st.builds(
        Asked, st.sampled_from(("", "connect", "disconnect", "changes", "code", "session", "*")), odd_values, st.none()
    ),
)
_JUNK_PACKETS = (
    b"",
    b"0",
    b"1",
    b"2",
    b"2probe",
    b"3",
    b"3probe",
    b"4",
    b"5",
    b"6",
    b"7",
    b"b",
    b"bAAAA",
    b"b!!!",
    b"40",
    b'40{"token":7}',
    b"40/admin,",
    b"41",
    b"41/admin,",
    b"42",
    b"42[]",
    b"42[1]",
    b"42{}",
    b"42null",
    b'42"watch"',
    b'42["watch"',
    b'42["watch",{}]trailing',
    b'42/admin,["watch"]',
    b'42/?a=b,7["watch"]',
    b'429999999999999999999999999["watch"]',
    b'42-1["watch"]',
    b'42["watch",' + b"[" * 50_000,
    b'42["watch",' + b"[" * 900 + b"]" * 900 + b"]",
    b'42["watch",{"revision":1e999}]',
    b'42["watch",{"revision":' + b"9" * 5000 + b"}]",
    b'42["command",{"device":"\\ud800","command":{"do":"\\ud800"}}]',
    b"43",
    b"430[]",
    b'431["x"]',
    b"44",
    b"45",
    b'451-["watch",{"_placeholder":true,"num":0}]',
    b'459999999999-["watch"]',
    b'45-["watch"]',
    b'461-7[{"_placeholder":true,"num":-1}]',
    b"49",
    b"4\xff\xfe",
    b"4\x1e4\x1e",
    b"\x1e" * 50,
    b"2" * 300_000,
)
_junk = st.builds(Junk, st.sampled_from(_JUNK_PACKETS) | st.binary(max_size=40), st.booleans()) | st.builds(
    Junk, st.builds(lambda digit, value: b"4%d" % digit + as_sent(value), st.integers(0, 9), odd_values)
)
_wire = st.builds(
    Wire,
    st.binary(max_size=60)
    | st.builds(
        frame,
        st.sampled_from((b"", b"2", b'42["watch"]', b"\xff", b"\x03\xe8bye", b"\x00", b"a" * 130))
        | st.binary(max_size=20),
        first=st.integers(0, 255),
        length=st.sampled_from((None, None, None, 0, 1, 125, 126, 65_535, 1 << 20, (1 << 63) - 1, 1 << 63)),
        is_masked=st.booleans() | st.just(True),
    ),
)
_steps = st.lists(_asked, min_size=1, max_size=8) | st.lists(_asked | _junk | _wire, min_size=1, max_size=8)
_said_first = st.sampled_from(("right",) * 8 + ("nothing", "junk"))


def test_a_socket_is_answered_or_cut_whatever_it_says(house: House, tally: Tally) -> None:
    @tries(usual=70, long=4500)
    @given(_steps, st.sampled_from(PEOPLE), _said_first, odd_values, st.integers(0, 15))
    def say(steps: Sequence[Asked | Junk | Wire], who: str, first: str, odd: Any, source: int) -> None:
        cookie = house.credentials(who).get("Cookie", "")
        with WebsocketPeer(house.port, source=house.source(source), cookie=cookie) as peer:
            peer.send(frame(_hello(house, who, first, odd)))
            for number, step in enumerate(steps):
                peer.send(_on_the_wire(house, number, step))
            if not _is_proper(steps, who, first):
                peer.send(CLOSE)
            if any(isinstance(step, Wire) for step in steps):
                peer.leave()  # it may wait for the rest of a frame

            answers = peer.answers(wanted=len(steps))

        _check(tally, "websocket", steps, answers)
        house.look()

    say()


def test_who_polls_is_answered_or_put_out_whatever_it_says(house: House, tally: Tally) -> None:
    @tries(usual=40, long=1500)
    @given(
        st.lists(_asked, min_size=1, max_size=6) | st.lists(_asked | _junk, min_size=1, max_size=6),
        st.sampled_from(PEOPLE),
        _said_first,
        odd_values,
        st.sampled_from(("text/plain;charset=UTF-8", "application/octet-stream", "a/b; charset=no-such-thing", "")),
        st.integers(0, 15),
    )
    def say(steps: Sequence[Asked | Junk], who: str, first: str, odd: Any, kind: str, source: int) -> None:
        door = house.door(source)
        cookie = {"Cookie": house.credentials(who).get("Cookie", "")}
        opened = door.get(house.url + POLLING, headers=cookie, timeout=PATIENCE_S)
        url = f"{house.url}{POLLING}&sid={json.loads(opened.text.removeprefix('0'))['sid']}"

        _post(door, url, _hello(house, who, first, odd), kind)
        for number, step in enumerate(steps):
            _post(door, url, _packet(house, number, step), kind)
        if not _is_proper(steps, who, first):
            _post(door, url, b"1", kind)
        answers = _poll(door, url, wanted=len(steps))

        _check(tally, "polling", steps, answers)
        house.look()

    say()


# What is said


def _is_proper(steps: Sequence[Asked | Junk | Wire], who: str, first: str) -> bool:
    """Whether each step has to be answered, or else the socket has to be cut."""
    return who != "stranger" and first == "right" and all(isinstance(step, Asked) for step in steps)


def _hello(house: House, who: str, first: str, odd: Any) -> bytes:
    if first == "right":
        authorization = house.credentials(who).get("Authorization", "")
        return b"40" + as_sent({"token": authorization.removeprefix("Bearer ")})
    return b"40" + (as_sent(odd) if first == "junk" else b"")


def _packet(house: House, number: int, step: Asked | Junk) -> bytes:
    if isinstance(step, Junk):
        return step.packet
    payload = step.payload
    if step.aim is not None and isinstance(payload, dict):
        if isinstance(payload.get("command"), dict):
            payload["device"] = aim_command(house, payload, step.aim) or house.real("device_id", step.aim)
    elif isinstance(payload, bytes):  # what is no JSON at all
        return b'42%d["%b",%b]' % (number, step.event.encode(), payload)
    return b"42%d" % number + as_sent([step.event, payload])


def _on_the_wire(house: House, number: int, step: Asked | Junk | Wire) -> bytes:
    if isinstance(step, Wire):
        return step.data
    is_text = not isinstance(step, Junk) or step.is_text
    return frame(_packet(house, number, step), first=0x81 if is_text else 0x82)


def _post(door: requests.Session, url: str, packet: bytes, kind: str) -> None:
    answer = door.post(url, data=packet, headers={"Content-Type": kind}, timeout=PATIENCE_S)
    assert answer.status_code in (200, 400, 413), f"{packet[:200]!r} was answered {answer.status_code}"


def _poll(door: requests.Session, url: str, *, wanted: int) -> dict[int, Any]:
    """What was answered until so many answers came, or the socket was closed."""
    found: dict[int, Any] = {}
    while len(found) < wanted:
        answer = door.get(url, timeout=PATIENCE_S)
        assert answer.status_code in (200, 400), f"a poll was answered {answer.status_code}"
        packets = answer.text.split("\x1e") if answer.status_code == 200 else ["1"]
        for packet in packets:
            found |= answers_in(packet)
        if "1" in packets:
            break
    return found


# What is answered


def _check(tally: Tally, way: str, steps: Sequence[Asked | Junk | Wire], answers: dict[int, Any]) -> None:
    for number, step in enumerate(steps):
        became = "answered" if number in answers else "not answered"
        tally.count(f"{way}, {type(step).__name__.lower()}", became)
        if isinstance(step, Asked) and number in answers:
            check_event(ANSWERED.get(step.event, "outcome"), answers[number])
