"""Templates: how payloads say in Jinja what a message means and how a command is worded.

Most value templates only pick a value out of a JSON object (`{{ value_json.state }}`). Those become plain lookups,
with the same result and about a twentieth of the cost; Jinja itself is imported only when some payload needs it. A
template is compiled once for all payloads that use it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from intercom.devices.discovery.message import NOT_JSON, Message
from intercom.home.errors import InvalidInputError

if TYPE_CHECKING:
    from intercom.devices.discovery.sandbox import Program, Sandbox

Names = Mapping[str, object]
"""What a template may refer to beside the message: `entity_id`, `name`, `this`, and what a component adds."""

_PATH = re.compile(
    r"""\{\{-?\s*value_json
        ((?:\.[A-Za-z_]\w* | \[\s*(?:"[^"\\]*"|'[^'\\]*')\s*\])+)
        \s*-?\}\}""",
    re.VERBOSE,
)
_STEP = re.compile(r"""\.(\w+) | \[\s*(?:"([^"]*)"|'([^']*)')\s*\]""", re.VERBOSE)
_WHOLE = re.compile(r"\{\{-?\s*value\s*-?\}\}")
_DICT_ATTRIBUTES = frozenset(dir(dict))
_MAX_KNOWN = 16_384
_OWN_NAMES = re.compile(r"\b(?:entity_id|name|this)\b")


class TemplateError(InvalidInputError):
    """A template cannot be compiled, or not be rendered for this message."""


class Template:
    """Anything that turns a message or a command into text.

    Attributes:
        source: as it stands in the payload, stripped.
        wants_names: it may refer to `entity_id`, `name` or `this`.
    """

    __slots__ = ("source", "wants_names")

    def __init__(self, source: str) -> None:
        self.source = source
        self.wants_names = _OWN_NAMES.search(source) is not None

    def read(self, message: Message, names: Names | None = None) -> str:
        """Return what the message says, stripped; TemplateError when it does not hold what the template asks for."""
        raise NotImplementedError

    def write(self, value: object, names: Names | None = None) -> str | bytes:
        """Return the payload that says `value`."""
        raise NotImplementedError


class Templates:
    """All templates in use, each compiled once."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds since the epoch, for templates that ask for the time."""
        self._clock = clock
        self._known: dict[str, Template] = {}
        self._sandbox: Sandbox | None = None

    def get(self, source: str) -> Template:
        """Return the compiled template.

        Raises:
            TemplateError: it is not Jinja, or uses what is not offered; the message says where.
        """
        source = source.strip()
        template = self._known.get(source)
        if template is None:
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            template = self._known[source] = self._compile(source)
        return template

    def program(self, source: str) -> Program:
        """Compile a template by Jinja proper."""
        if self._sandbox is None:
            from intercom.devices.discovery.sandbox import Sandbox

            self._sandbox = Sandbox(self._clock)
        return self._sandbox.program(source)

    def _compile(self, source: str) -> Template:
        if not ("{{" in source or "{%" in source or "{#" in source):
            return _Fixed(source)
        if _WHOLE.fullmatch(source):
            return _Whole(source)
        if found := _PATH.fullmatch(source):
            steps = [step.groups() for step in _STEP.finditer(found[1])]
            if not any(dotted in _DICT_ATTRIBUTES for dotted, _, _ in steps):
                return _Path(source, tuple(next(k for k in step if k is not None) for step in steps), self)
        return _Jinja(source, self.program(source))


class _Fixed(Template):
    """Text without anything to fill in."""

    __slots__ = ()

    def read(self, message: Message, names: Names | None = None) -> str:
        return self.source

    def write(self, value: object, names: Names | None = None) -> str | bytes:
        return outgoing(self.source)


class _Whole(Template):
    """The value itself: `{{ value }}`."""

    __slots__ = ()

    def read(self, message: Message, names: Names | None = None) -> str:
        return message.text.strip()

    def write(self, value: object, names: Names | None = None) -> str | bytes:
        return outgoing(str(value).strip())


class _Path(Template):
    """One value out of a JSON object, such as `{{ value_json.update["state"] }}`."""

    __slots__ = ("_keys", "_program", "_templates")

    def __init__(self, source: str, keys: tuple[str, ...], templates: Templates) -> None:
        super().__init__(source)
        self.wants_names = False
        self._keys = keys
        self._templates = templates
        self._program: Program | None = None

    def read(self, message: Message, names: Names | None = None) -> str:
        found = message.value_json
        if found is NOT_JSON:
            raise TemplateError("'value_json' is undefined: the message is not JSON")
        *parents, last = self._keys
        for key in parents:
            if type(found) is not dict:
                return self._by_jinja(message)
            try:
                found = found[key]
            except KeyError:
                raise TemplateError(f"the message has no '{key}'") from None
        if type(found) is not dict:
            return self._by_jinja(message)
        try:
            value = found[last]
        except KeyError:
            return ""
        return value.strip() if type(value) is str else str(value)

    def write(self, value: object, names: Names | None = None) -> str | bytes:
        return outgoing(self._run({"value": value}))

    def _by_jinja(self, message: Message) -> str:
        """Leave it to Jinja what a key of something that is no object means."""
        return self._run({"value": message.text, "value_json": message.value_json})

    def _run(self, variables: dict[str, object]) -> str:
        if self._program is None:
            self._program = self._templates.program(self.source)
        return self._program.run(variables)


class _Jinja(Template):
    """Everything else."""

    __slots__ = ("_program",)

    def __init__(self, source: str, program: Program) -> None:
        super().__init__(source)
        self._program = program

    def read(self, message: Message, names: Names | None = None) -> str:
        variables: dict[str, object] = dict(names) if names else {}
        variables["value"] = message.text
        if (value_json := message.value_json) is not NOT_JSON:
            variables["value_json"] = value_json
        return self._program.run(variables)

    def write(self, value: object, names: Names | None = None) -> str | bytes:
        variables: dict[str, object] = {"value": value}
        if names:
            variables.update(names)
        return outgoing(self._program.run(variables))


def outgoing(text: str) -> str | bytes:
    """Return the bytes that a command template spells as a Python literal (`b'\\x01'`), or the text itself."""
    if text[:2] in ("b'", 'b"'):
        try:
            literal: Any = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError):
            return text
        if isinstance(literal, bytes):
            return literal
    return text
