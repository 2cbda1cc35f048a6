"""How bytes and JSON are spoiled."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

ODD_TEXTS = (
    "",
    " ",
    "\0",
    "\x1b[2J",
    "\r\nX: y",
    "\ud800",
    "‮",
    "가",
    "🏠" * 40,
    "../../etc/passwd",
    "%s%n{0}",
    "null",
    "NaN",
    "1e999",
    "'; --",
    "a" * 5000,
)
ODD_TEMPLATES = (
    "{{",
    "{% for i in range(10**9) %}x{% endfor %}",
    "{{ 'a' * 10**9 }}",
    "{{ 9**9**9 }}",
    "{{ value.__class__.__mro__ }}",
    "{{ value_json.a.b.c.d }}",
    "{{ value | float / 0 }}",
    "{{ value_json[value] | from_json }}",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "{% set x = namespace(y=1) %}{{ x.y }}",
    "{{ value | regex_replace('(a+)+$', '') }}",
    "{{ 'a'.ljust(10**10) }}",
    "{{ '%1000000000d' | format(1) }}",
    "{{ value | round(10**6) }}",
    "{{ as_timestamp(value) | timestamp_custom('%Y') }}",
)
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    0.5,
    2**63,
    -(2**64),
    10**400,
    1e308,
    [],
    {},
    [[[[[[]]]]]],
    {"": {"": {"": None}}},
    *ODD_TEXTS,
    *ODD_TEMPLATES,
)

odd_values = st.sampled_from(ODD_VALUES) | st.integers() | st.floats() | st.text(max_size=20)


@st.composite
def spoiled_bytes(draw: st.DrawFn, good: st.SearchStrategy[bytes]) -> bytes:
    """Good bytes, as they are or with up to four pieces cut out, put in, doubled or changed."""
    data = draw(good)
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2, 4)))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 16))
        match draw(st.sampled_from(("cut", "put", "double", "flip", "end"))):
            case "cut":
                data = data[:at] + data[at + length :]
            case "put":
                data = data[:at] + draw(st.binary(max_size=16)) + data[at:]
            case "double":
                data = data[: at + length] + data[at:]
            case "flip" if data[at : at + 1]:
                data = data[:at] + bytes([data[at] ^ (1 << draw(st.integers(0, 7)))]) + data[at + 1 :]
            case _:
                data = data[:at]
    return data


@st.composite
def spoiled_json(draw: st.DrawFn, good: st.SearchStrategy[Any]) -> Any:
    """Good JSON with one to four values exchanged, taken out, moved or called something else."""
    value = copy.deepcopy(draw(good))
    for _ in range(draw(st.integers(1, 4))):
        places = list(_places(value))
        if not places:
            return draw(odd_values)
        inside, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(("exchange", "exchange", "take out", "move", "wrap"))):
            case "exchange":
                inside[key] = copy.deepcopy(draw(odd_values))  # it may be spoiled itself
            case "take out":
                del inside[key]
            case "move" if isinstance(inside, dict):
                inside[draw(st.sampled_from(ODD_TEXTS[:8]) | st.text(max_size=8))] = inside.pop(key)
            case _:
                inside[key] = [inside[key]]
    return value


def as_sent(value: Any) -> bytes:
    """JSON as somebody sends it who does not care whether it is any: NaN and lone surrogates go out."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)
