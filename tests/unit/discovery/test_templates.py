"""Templates: the same results as Home Assistant gives, and a bounded cost whatever they say."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from intercom.devices.discovery.message import Message
from intercom.devices.discovery.templates import TemplateError, Templates

NOON = 1_704_110_400.0
"""2024-01-01 12:00:00 UTC."""


@pytest.fixture
def templates() -> Templates:
    return Templates(lambda: NOON)


def read(templates: Templates, source: str, payload: str, **names: Any) -> str:
    return templates.get(source).read(Message("t", payload, is_retained=False, at=NOON), names)


@pytest.mark.parametrize(
    ("source", "payload", "text"),
    [
        ("fixed", "x", "fixed"),
        ("{{ value }}", " 5 ", "5"),
        ("{{ value_json.x }}", '{"x":1.50}', "1.5"),
        ('{{ value_json["x y"]["z"] }}', '{"x y":{"z":" a "}}', "a"),
        ("{{ value_json.a['b'].c }}", '{"a":{"b":{"c":true}}}', "True"),
        ("{{value_json.x}}", '{"x":null}', "None"),
        ("{{ value_json.x }}", "{}", ""),
        ("{{ value_json.x }}", '{"x":[1,"a"]}', "[1, 'a']"),
        ("{{ value_json[1] }}", "[5,6]", "6"),
        ("{{ value_json.x[0].y }}", '{"x":[{"y":3}]}', "3"),
        ("{{ value_json.x.upper }}", '{"x":{"upper":4}}', "4"),
        ("{% if value_json.x %}true{% else %}false{% endif %}", '{"x":0}', "false"),
        ("{{ value_json.x | default('', True) | string | truncate(6, True, '', 0) }}", '{"x":"abcdefgh"}', "abcdef"),
        ("{{ {'off':0,'low':1}[value_json.m] | default('None') }}", '{"m":"auto"}', "None"),
        ("{{ (value_json.s == 'updating') | lower }}", '{"s":"updating"}', "true"),
        ("{{ value_json.x | tojson }}", '{"x":[1,2]}', "[1, 2]"),
        ("{{ value_json | to_json }}", '{"x":1.0,"y":[1,"a"]}', '{"x":1.0,"y":[1,"a"]}'),
        ("{{ (value | from_json).x }}", '{"x":5}', "5"),
        ("{{ value_json.x | float(0) | round(1) }}", '{"x":"3.14159"}', "3.1"),
        ("{{ value_json.x | round }}", '{"x":2.7}', "3"),
        ("{{ value_json.x | round(0, 'floor') }}", '{"x":2.7}', "2"),
        ("{{ value_json.x | int(base=16) }}", '{"x":"ff"}', "255"),
        ("{{ value | int }}", "12.9", "12"),
        ("{{ value_json.x | bitwise_and(4) }}", '{"x":7}', "4"),
        ("{{ value_json.x | multiply(2) }}", '{"x":7}', "14.0"),
        ("{{ value_json.x | log(10) | round(3) }}", '{"x":1000}', "3.0"),
        ("{{ iif(value_json.x == 1, 'one', 'other') }}", '{"x":1}', "one"),
        ("{{ value | regex_findall_index('([0-9]+)') }}", "abc 42", "42"),
        ("{{ value | regex_replace('b', 'x') }}", "abc", "axc"),
        ("{{ value is match('a.*') }}{{ value is search('c') }}", "abc", "TrueTrue"),
        ("{{ value_json.t | timestamp_custom('%Y-%m-%d', false) }}", '{"t":0}', "1970-01-01"),
        ("{{ value_json.t | timestamp_custom('%Y', false, 0) }}", '{"t":"x"}', "0"),
        ("{{ as_timestamp('2024-01-01T00:00:00+00:00') | int }}", "", "1704067200"),
        ("{{ as_datetime('2024-01-01T00:00:00+00:00').year }}", "", "2024"),
        ("{{ as_timedelta('PT10M').total_seconds() }}", "", "600.0"),
        ("{{ (utcnow() - as_datetime('2024-01-01T00:00:00+00:00')).total_seconds() }}", "", "43200.0"),
        ("{{ '%0.2f' | format(value | float) }}", "3.14159", "3.14"),
        ("{{ '%02x%02x' % (1, 255) }}", "", "01ff"),
        ("{{ '{:.1f}'.format(1.25) }}", "", "1.2"),
        ("{{ value.split(',')[1] }}", "a,b", "b"),
        ("{{ value_json.a ~ '-' ~ value_json.b }}", '{"a":1,"b":2.50}', "1-2.5"),
        ("{{ max(1, 5) }} {{ [3, 4] | min }}", "", "5 3"),
        ("{{ range(5) | map('string') | join }}", "", "01234"),
        ("{{ value_json.x | average }}", '{"x":[1,2,6]}', "3.0"),
        ("{{ value_json.x | base64_decode }}", '{"x":"aGVsbG8="}', "hello"),
        ("{% for k, v in value_json.items() %}{{ k }}={{ v }};{% endfor %}", '{"a":1,"b":2}', "a=1;b=2;"),
        (
            "{% set ns = namespace(n=0) %}{% for i in range(3) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
            "",
            "3",
        ),
        ("{{ value_json.get('z', 'dflt') }}", "{}", "dflt"),
        ("{{ name }} {{ position_open }}", "", "Lamp 100"),
    ],
)
def test_a_template_says_what_home_assistant_would(templates: Templates, source: str, payload: str, text: str) -> None:
    assert read(templates, source, payload, name="Lamp", position_open=100) == text


def test_the_action_events_of_zigbee2mqtt_are_understood(templates: Templates) -> None:
    source = (
        "{% set patterns = [\n"
        "{\"pattern\": '^(?P<button>(?:button_)?[a-z0-9]+)_(?P<action>(?:press|hold)(?:_release)?)$', "
        '"groups": ["button", "action"]}\n] %}\n'
        "{% set said = value_json.action|default('') %}\n"
        "{% set ns = namespace(r=[('action', said)]) %}\n"
        "{% for p in patterns %}\n{% set m = said|regex_findall(p.pattern) %}\n"
        "{% if m[0] is undefined %}{% continue %}{% endif %}\n"
        "{% for key, value in zip(p.groups, m[0]) %}\n"
        "{% set ns.r = ns.r|rejectattr(0, 'eq', key)|list + [(key, value)] %}\n{% endfor %}\n{% endfor %}\n"
        "{% set ns.r = ns.r + [('event_type', ns.r|selectattr(0, 'eq', 'action')|map(attribute=1)|first)] %}\n"
        "{{ dict.from_keys(ns.r|rejectattr(0, 'in', ('action',))|reject('eq', ('event_type', ''))) | to_json }}"
    )

    assert read(templates, source, '{"action":"button_1_hold_release"}') == (
        '{"button":"button_1","event_type":"hold_release"}'
    )


@pytest.mark.parametrize(
    ("source", "payload", "reason"),
    [
        ("{{ value_json.x }}", "abc", "'value_json' is undefined: the message is not JSON"),
        (
            r"{{ 'a\ud83d' }}",
            "x",
            "'utf-8' codec can't encode character '\\ud83d' in position 1: surrogates not allowed",
        ),
        ("{{ value_json.x.y }}", "{}", "the message has no 'x'"),
        ("{{ value_json.x | float }}", '{"x":"bad"}', "'float' cannot use 'bad' and has no default"),
        ("{{ value_json.x | is_defined }}", "{}", "the message does not hold the value"),
        ("{{ value_json.x + 1 }}", '{"x":"a"}', 'can only concatenate str (not "int") to str'),
        ("{{ 1 / value_json.x }}", '{"x":0}', "division by zero"),
        ("{{ states('sensor.x') }}", "", "'states' is undefined"),
        ("{{ ().__class__.__bases__ }}", "", "access to attribute '__class__' of 'tuple' object is unsafe."),
        ("{{ value_json.update({'a': 1}) }}", "{}", "access to attribute 'update' of 'dict' object is unsafe."),
        ("{% include 'x' %}", "", "no loader for this environment specified"),
    ],
)
def test_a_template_that_fails_says_why(templates: Templates, source: str, payload: str, reason: str) -> None:
    with pytest.raises(TemplateError) as raised:
        read(templates, source, payload)

    assert str(raised.value) == reason


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
        "{{ range(100000000) | list | length }}",
        "{% set x = 'a' * 1000000000 %}{{ x }}",
        "{% set x = [0] * 1000000000 %}{{ x }}",
        "{% set x = 'aaaaaaaa' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}",
        "{% set x = 'aaaaaaaa' %}" + "{% set x = x + x %}" * 40 + "{{ x }}",
        "{% set x = 'aaaaaaaa' %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40 + "{{ x }}",
        "{% set x = 'aaaaaaaa' %}" + "{% set x = [x, x] | join %}" * 40 + "{{ x }}",
        "{% set x = 'aaaaaaaa' %}" + "{% set x = x.replace('a', 'aa') %}" * 40 + "{{ x }}",
        "{% set x = 'aaaaaaaa' %}" + "{% set x = x | replace('a', 'aa') %}" * 40 + "{{ x }}",
        "{{ 9 ** 99999999 }}",
        "{% set x = 9 ** 999 %}{{ x * x * x * x * x * x * x * x * x * x * x * x * x * x * x }}",
        "{{ '%0999999999d' % 1 }}",
        "{{ '%*d' % (999999999, 1) }}",
        "{{ '%0999999999d' | format(1) }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ '{:>{w}}'.format(1, w=999999999) }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ 'a' | center(999999999) }}",
        "{{ (1).to_bytes(999999999, 'big') }}",
        "{{ now().strftime('%0999999999d') }}",
        "{{ 0 | timestamp_custom('%0999999999d') }}",
        "{{ ('a' * 5000) | regex_search('(a+)+$') }}",
        "{{ ('a' * 5000) | regex_search('a*a*a*b') }}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
        "{{ lipsum(99999) }}",
        "{% set x = [1] %}" + "{% set x = [x, x] %}" * 60 + "{{ x }}",
        "{% set x = [1] %}" + "{% set x = {'a': x, 'b': x} %}" * 60 + "{{ x }}",
        "{% set x = [1] %}" + "{% set x = (x, x) %}" * 60 + "{{ x == x }}",
        "{% set x = [1] %}" + "{% set x = zip(x, x, x) | list %}" * 60 + "{{ x }}",
        "{% set x = [[1]] %}" + "{% set x = x + x %}" * 60 + "{{ x }}",
        "{{ [[1], [2]] | sum(start=[]) }}",
        "{% set x = range(9999) | list %}{% for i in x %}{{ -1 in x }}{% endfor %}",
        "{% set x = range(9999) | list %}{% for i in x %}{{ x[1:] | length }}{% endfor %}",
        "{% set x = range(9999) | list %}{% for i in x if x.count(5) == 2 %}{% endfor %}",
        "{% set x = range(9999) | list %}{% for i in x if false %}{% endfor %}" * 40,
        "{% set x = range(9999) | list %}{{ x | select('in', x) | list | length }}",
        "{% set x = 'a' * 200000 %}{{ '" + "%s" * 3000 + "' % (" + "x," * 3000 + ") }}",
        "{% set x = 'a' * 200000 %}{{ ('%s' * 3000) % ((x,) * 3000) }}",
        "{% set x = 'a' * 200000 %}{{ ('{0}' * 3000).format(x) }}",
        "{% set x = 'a' * 200000 %}{{ range(9999) | map('replace', '1', x) | join | length }}",
        "{% set x = 'a' * 200000 %}{{ x | regex_replace('a', x) }}",
        "{{ [1] | batch(999999999, 0) | list }}",
        "{{ [1] | slice(999999999) | list }}",
        "{{ 1.5 | round(999999999) }}",
        "{{ 1 | pack('999999999x') }}",
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
        "{{ 'x' }}" * 20_000,
    ],
)
def test_no_template_hangs_or_fills_the_memory(templates: Templates, source: str) -> None:
    with pytest.raises(TemplateError):
        read(templates, source, "")


def test_every_render_has_a_budget_of_its_own(templates: Templates) -> None:
    source = "{% for i in range(9000) %}{% endfor %}done"

    assert {read(templates, source, "") for _ in range(10)} == {"done"}


def test_a_template_is_compiled_once(templates: Templates) -> None:
    assert templates.get("{{ value | int }}") is templates.get(" {{ value | int }} ")


@pytest.mark.parametrize(
    ("source", "value", "payload"),
    [
        ("{{ value }}", 21.0, "21.0"),
        ('{"t": {{ value }}}', 5, '{"t": 5}'),
        ("fixed", 5, "fixed"),
        ("b'\\x01\\xff'", 5, b"\x01\xff"),
        ("{{ {0:'off',1:'low'}[value] | default('') }}", 1, "low"),
        ("{{ value_json.x | default('-') }}", 1, None),
    ],
)
def test_a_command_is_worded_by_its_template(
    templates: Templates, source: str, value: object, payload: str | bytes | None
) -> None:
    template = templates.get(source)

    if payload is None:
        with pytest.raises(TemplateError):
            template.write(value)
    else:
        assert template.write(value) == payload


def test_jinja_is_not_imported_before_a_payload_needs_it() -> None:
    program = (
        "import sys\n"
        "from intercom.devices.discovery.engine import Discovery\n"
        "d = Discovery(lambda: 0.0)\n"
        "def say(t, p): d.handle(t, p)\n"
        "say('homeassistant/sensor/a/config', '{\"state_topic\": \"s\"}')\n"
        'say(\'homeassistant/sensor/b/config\', \'{"state_topic": "s", "value_template": "{{ value_json.x }}"}\')\n'
        "say('s', '{\"x\": 5}')\n"
        "print('jinja2' in sys.modules)\n"
        'say(\'homeassistant/sensor/c/config\', \'{"state_topic": "s", "value_template": "{{ value | int }}"}\')\n'
        "print('jinja2' in sys.modules)\n"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout.split() == ["False", "True"]
