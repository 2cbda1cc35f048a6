"""Jinja for templates that came over the network: immutable, without files, and with a bounded cost.

Jinja's own sandbox keeps a template away from Python's internals but lets it count to a billion or build a string of a
gigabyte, and a render cannot be interrupted in the loop's thread. So every render has a budget. The compiler is given
a tree in which each turn of a loop, each macro call and each `~` pays; calls, operators and filters pay as well; and
what could grow a value (repetition, padding, formatting, replacing, powers, regular expressions) is measured before it
runs.

Imported only when a template needs it: Jinja takes a tenth of a second to start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from intercom.devices.discovery import language
from intercom.devices.discovery.patterns import check_cost
from intercom.devices.discovery.templates import TemplateError
from intercom.home.errors import InvalidInputError

MAX_SOURCE = 16_384
MAX_TEXT = 262_144
MAX_RANGE = 10_000
MAX_POWER_BITS = 4_096
BUDGET = 20_000

_REFUSED_FILTERS = ("center", "indent", "pprint", "urlize", "wordwrap", "xmlattr")
_REFUSED_GLOBALS = ("lipsum",)
_PADDING = frozenset({"center", "expandtabs", "ljust", "rjust", "zfill"})
_UNMEASURED = frozenset({"maketrans", "to_bytes", "translate"})
_WIDE_PERCENT = re.compile(r"%(?:\([^)]*\))?[-+ #0_^]*(?:\d*\.)?(?:\d{3,}|\*)")
_WIDE_BRACES = re.compile(r"\{[^{}]*(?:\d{3,}[^{}]*\}|\{)")

_FAULTS = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    InvalidInputError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class Program:
    """A template that Jinja has compiled."""

    __slots__ = ("_sandbox", "_template")

    def __init__(self, sandbox: Sandbox, template: jinja2.Template) -> None:
        self._sandbox = sandbox
        self._template = template

    def run(self, variables: dict[str, object]) -> str:
        """Return the rendered text, stripped; TemplateError when it fails or costs too much."""
        sandbox = self._sandbox
        sandbox.budget = BUDGET
        template = self._template
        try:
            return sandbox.concat(template.root_render_func(template.new_context(variables))).strip()
        except _FAULTS as error:
            raise TemplateError(_in_words(error)) from error


class Sandbox(ImmutableSandboxedEnvironment):
    """The language of templates, with one budget for each render.

    Attributes:
        budget: what the running render may still spend.
    """

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do"])
        self.budget = BUDGET
        self.concat = self._concat  # type: ignore[method-assign]  # what compiled code joins its output with
        self.filters.update(language.FILTERS)
        self.tests.update(language.TESTS)
        self.globals.update(language.GLOBALS)
        self.globals.update(language.clock_functions(clock))
        self.filters.update(
            {
                "format": self._format,
                "replace": self._replace,
                "tojson": self._tojson,
                "regex_match": self._measured(language.regex_match, is_anchored=True),
                "regex_search": self._measured(language.regex_search),
                "regex_findall": self._measured(language.regex_findall),
                "regex_findall_index": self._measured(language.regex_findall_index),
                "regex_replace": self._measured(language.regex_replace),
            }
        )
        self.tests.update({"match": self.filters["regex_match"], "search": self.filters["regex_search"]})
        self.globals["range"] = self._range
        for name in _REFUSED_FILTERS:
            del self.filters[name]
        for name in _REFUSED_GLOBALS:
            del self.globals[name]
        for name, function in self.filters.items():
            self.filters[name] = self._charged(function)

    def compile_program(self, source: str) -> jinja2.Template:
        """Compile a template whose costly places pay."""
        tree = _Meter().visit(self.parse(source))
        return jinja2.Template.from_code(self, super().compile(tree), dict(self.globals))

    def program(self, source: str) -> Program:
        """Compile, or raise TemplateError that says what is wrong and where."""
        self.budget = BUDGET
        if len(source) > MAX_SOURCE:
            raise TemplateError(f"a template may have {MAX_SOURCE} characters, not {len(source)}")
        try:
            return Program(self, self.compile_program(source))
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(f"{error.message} (line {error.lineno})") from error
        except (jinja2.TemplateError, RecursionError, SyntaxError, ValueError, MemoryError) as error:
            raise TemplateError(_in_words(error)) from error

    # What compiled templates call

    def spend(self, cost: int = 1) -> str:
        """Pay for one step; a step that is written as an expression adds nothing to the output."""
        self.budget -= cost
        if self.budget < 0:
            raise jinja2.TemplateRuntimeError("the template takes too long")
        return ""

    def joined(self, *parts: object) -> str:
        """Do what `~` does."""
        return self._concat(str(part) for part in parts)

    def call(self, context: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        self.spend()
        method = getattr(function, "__wrapped__", function)  # the sandbox wraps str.format
        owner = getattr(method, "__self__", None)
        name = getattr(method, "__name__", "")
        if isinstance(owner, str | bytes):
            if name in _PADDING and args:
                _check_size(args[0])
            elif name == "replace" and len(args) >= 2:
                _check_replacement(owner, args[0], args[1])
            elif name == "join" and args:
                args = (self._sized_parts(args[0]),)
            elif name in ("format", "format_map"):
                _check_braces(owner)
        if name in _UNMEASURED and owner is not None:
            raise jinja2.TemplateRuntimeError(f"'{name}' is not offered")
        if name == "strftime" and args:
            _check_format(args[0])
        return super().call(context, function, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        self.spend()
        if operator == "*":
            for many, times in ((left, right), (right, left)):
                if isinstance(many, str | bytes | list | tuple) and isinstance(times, int):
                    _check_size(len(many) * times)
            if isinstance(left, int) and isinstance(right, int):
                _check_bits(left.bit_length() + right.bit_length())
        elif operator == "+":
            if isinstance(left, str | bytes | list | tuple) and isinstance(right, str | bytes | list | tuple):
                _check_size(len(left) + len(right))
        elif operator == "**":
            if isinstance(left, int) and isinstance(right, int):
                _check_bits(left.bit_length() * abs(right))
        elif isinstance(left, str | bytes):
            _check_format(left)
        return super().call_binop(context, operator, left, right)

    # Filters and globals that have to measure

    def _concat(self, parts: Iterable[str]) -> str:
        return "".join(self._sized_parts(parts))

    def _sized_parts(self, parts: Iterable[Any]) -> list[Any]:
        kept = []
        size = 0
        for part in parts:
            size += len(part) if isinstance(part, str) else 1
            _check_size(size)
            kept.append(part)
        self.spend(len(kept) // 64)
        return kept

    def _range(self, *bounds: int) -> range:
        values = range(*bounds)
        if len(values) > MAX_RANGE:
            raise jinja2.TemplateRuntimeError(f"a range may have {MAX_RANGE} values")
        self.spend(len(values) // 16)
        return values

    def _format(self, value: str, *args: Any, **kwargs: Any) -> str:
        _check_format(value)
        formatted: str = str(value) % (kwargs or args)
        return formatted

    def _replace(self, value: Any, old: Any, new: Any, count: int = -1) -> str:
        value, old, new = str(value), str(old), str(new)
        _check_replacement(value, old, new)
        replaced: str = value.replace(old, new, count)
        return replaced

    def _tojson(self, value: Any) -> str:
        return f"{jinja2.utils.htmlsafe_json_dumps(value)}"

    def _measured(self, function: Callable[..., Any], *, is_anchored: bool = False) -> Callable[..., Any]:
        """Refuse a search whose backtracking might take too long."""

        @wraps(function)
        def measured(value: Any = "", find: str = "", *args: Any, **kwargs: Any) -> Any:
            text = value if isinstance(value, str) else str(value)
            check_cost(find, len(text), is_anchored=is_anchored)
            self.spend(1 + len(text) // 64)
            return function(text, find, *args, **kwargs)

        return measured

    def _charged(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Make a filter pay for the size of what it filters."""
        position = 1 if getattr(function, "jinja_pass_arg", None) is not None else 0

        @wraps(function)
        def charged(*args: Any, **kwargs: Any) -> Any:
            value = args[position] if len(args) > position else None
            self.spend(1 + len(value) // 64 if isinstance(value, str | list | tuple | dict | range) else 1)
            return function(*args, **kwargs)

        return charged


class _Meter(NodeTransformer):
    """Makes loops, macros and `~` pay."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        node.body.insert(0, _pay(node.lineno))
        return node

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        node.body.insert(0, _pay(node.lineno))
        return node

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        node.body.insert(0, _pay(node.lineno))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        joined = nodes.EnvironmentAttribute("joined", lineno=node.lineno)
        return nodes.Call(joined, node.nodes, [], None, None, lineno=node.lineno)


def _pay(lineno: int) -> nodes.ExprStmt:
    spend = nodes.EnvironmentAttribute("spend", lineno=lineno)
    return nodes.ExprStmt(nodes.Call(spend, [], [], None, None, lineno=lineno), lineno=lineno)


def _check_size(size: Any) -> None:
    if isinstance(size, int) and size > MAX_TEXT:
        raise jinja2.TemplateRuntimeError(f"the template makes more than {MAX_TEXT} characters")


def _check_bits(bits: int) -> None:
    if bits > MAX_POWER_BITS:
        raise jinja2.TemplateRuntimeError("the template makes too large a number")


def _check_format(text: Any) -> None:
    if _WIDE_PERCENT.search(text.decode("latin-1") if isinstance(text, bytes) else str(text)):
        raise jinja2.TemplateRuntimeError("a format may not be wider than 99 characters")


def _check_braces(text: Any) -> None:
    if _WIDE_BRACES.search(str(text).replace("{{", "").replace("}}", "")):
        raise jinja2.TemplateRuntimeError("a format may not be wider than 99 characters")


def _check_replacement(text: Any, old: Any, new: Any) -> None:
    _check_size(len(text) + text.count(old) * max(0, len(new) - len(old)))


def _in_words(error: BaseException) -> str:
    if isinstance(error, jinja2.TemplateError):
        return error.message or str(error)
    if isinstance(error, LookupError):
        return f"nothing at {error}"
    return str(error)
