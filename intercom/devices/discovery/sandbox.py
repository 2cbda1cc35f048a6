"""Jinja for templates that came over the network: immutable, without files, and with a bounded cost.

Jinja's own sandbox keeps a template away from Python's internals but lets it count to a billion or build a string of a
gigabyte, and a render cannot be interrupted in the loop's thread. So every render has a budget. The compiler is given
a tree in which each turn of a loop, each macro call, each `~`, each comparison and each list or dictionary pays for
its weight; calls, operators, filters and tests pay as well, for what they take and for what they make.

Imported only when a template needs it: Jinja takes a tenth of a second to start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, cast

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from intercom.devices.discovery import language
from intercom.devices.discovery.cost import (
    check_bits,
    check_braces,
    check_count,
    check_percent,
    check_replacement,
    check_size,
    check_struct,
    weight,
)
from intercom.devices.discovery.patterns import check_cost
from intercom.devices.discovery.templates import TemplateError
from intercom.home.errors import InvalidInputError

MAX_SOURCE = 16_384
MAX_RANGE = 10_000
BUDGET = 20_000

_REFUSED_FILTERS = ("center", "indent", "pprint", "urlize", "wordwrap", "xmlattr")
_REFUSED_GLOBALS = ("lipsum",)
_PADDING = frozenset({"center", "expandtabs", "ljust", "rjust", "zfill"})
_UNMEASURED = frozenset({"maketrans", "to_bytes", "translate"})
_COUNTED = ("batch", "round", "slice")
_SPEND, _WEIGHED, _JOINED = "(spend)", "(weighed)", "(joined)"

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
            text = sandbox.concat(template.root_render_func(template.new_context(variables))).strip()
            text.encode()  # half a surrogate pair is no text: nothing could pass it on
        except _FAULTS as error:
            raise TemplateError(_in_words(error)) from error
        return text


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
        self.filters["sum"] = self._sum
        for name in _COUNTED:
            self.filters[name] = self._counted(self.filters[name])
        for name in ("pack", "unpack"):
            laid_out = self._laid_out(language.FILTERS[name])
            self.filters[name] = self.globals[name] = laid_out
        self.tests.update({"match": self.filters["regex_match"], "search": self.filters["regex_search"]})
        self.globals["range"] = self._range
        for name in _REFUSED_FILTERS:
            del self.filters[name]
        for name in _REFUSED_GLOBALS:
            del self.globals[name]
        for name, function in self.filters.items():
            self.filters[name] = self._charged(function)
        for name in self.tests:
            self.tests[name] = self._charged(cast("Callable[..., Any]", self.tests[name]))
        self.filters.update({_SPEND: self._spend_step, _WEIGHED: self.weighed, _JOINED: self.joined})

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

    def spend(self, cost: int = 1) -> None:
        """Pay for one step."""
        self.budget -= cost
        if self.budget < 0:
            raise jinja2.TemplateRuntimeError("the template takes too long")

    @jinja2.pass_context
    def _spend_step(self, context: Any, value: Any) -> bool:
        """Pay for one step; it takes the context lest the compiler takes the result for a constant."""
        self.spend()
        return True

    def weighed(self, value: Any) -> Any:
        """Pay for the weight of a value; return it."""
        self.spend(weight(value) // 16)
        return value

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
                check_size(args[0])
            elif name == "replace" and len(args) >= 2:
                check_replacement(owner, args[0], args[1])
            elif name in ("format", "format_map"):
                check_braces(owner, (*args, *kwargs.values()))
        if owner is not None:
            if name in _UNMEASURED:
                raise jinja2.TemplateRuntimeError(f"'{name}' is not offered")
            self.weighed(owner)
        if name == "strftime" and args:
            check_percent(args[0])
        return self.weighed(super().call(context, function, *args, **kwargs))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        self.spend()
        if operator == "*":
            for many, times in ((left, right), (right, left)):
                if isinstance(many, str | bytes | list | tuple) and isinstance(times, int):
                    check_size(len(many) * times)
            if isinstance(left, int) and isinstance(right, int):
                check_bits(left.bit_length() + right.bit_length())
        elif operator == "**":
            if isinstance(left, int) and isinstance(right, int):
                check_bits(left.bit_length() * abs(right))
        elif operator == "%" and isinstance(left, str | bytes):
            values = right.values() if isinstance(right, dict) else right if isinstance(right, tuple) else (right,)
            check_percent(left, values)
        return self.weighed(super().call_binop(context, operator, left, right))

    # Filters and globals that have to measure

    def _concat(self, parts: Iterable[str]) -> str:
        kept = []
        size = 0
        for part in parts:
            size += len(part)
            check_size(size)
            kept.append(part)
        self.spend(len(kept) // 16)
        return "".join(kept)

    def _range(self, *bounds: int) -> range:
        values = range(*bounds)
        if len(values) > MAX_RANGE:
            raise jinja2.TemplateRuntimeError(f"a range may have {MAX_RANGE} values")
        return values

    def _format(self, value: str, *args: Any, **kwargs: Any) -> str:
        check_percent(value, (*args, *kwargs.values()))
        formatted: str = str(value) % (kwargs or args)
        return formatted

    def _replace(self, value: Any, old: Any, new: Any, count: int = -1) -> str:
        value, old, new = str(value), str(old), str(new)
        check_replacement(value, old, new)
        replaced: str = value.replace(old, new, count)
        return replaced

    def _sum(self, values: Iterable[Any], attribute: str | int | None = None, start: float = 0) -> Any:
        if not isinstance(start, int | float):
            raise jinja2.TemplateRuntimeError("'sum' adds numbers")
        return jinja2.filters.sync_do_sum(self, values, attribute, start)

    def _tojson(self, value: Any) -> str:
        return f"{jinja2.utils.htmlsafe_json_dumps(value)}"

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Refuse to round to, or to slice into, an absurd number."""

        @wraps(function)
        def counted(value: Any, *args: Any, **kwargs: Any) -> Any:
            for count in (*args, *kwargs.values()):
                check_count(count)
            return function(value, *args, **kwargs)

        return counted

    def _laid_out(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Refuse an absurd layout of binary data."""

        @wraps(function)
        def laid_out(value: Any, layout: str, *args: Any, **kwargs: Any) -> Any:
            check_struct(layout)
            return function(value, layout, *args, **kwargs)

        return laid_out

    def _measured(self, function: Callable[..., Any], *, is_anchored: bool = False) -> Callable[..., Any]:
        """Refuse a search whose backtracking might take too long."""

        @wraps(function)
        def measured(value: Any = "", find: str = "", *args: Any, **kwargs: Any) -> Any:
            text = value if isinstance(value, str) else str(value)
            check_cost(find, len(text), is_anchored=is_anchored)
            for replacement in args[:1] if function is language.regex_replace else ():
                check_size((len(text) + 1) * len(str(replacement)))
            return function(text, find, *args, **kwargs)

        return measured

    def _charged(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Make a filter or a test pay for what it takes and for what it makes."""

        @wraps(function)
        def charged(*args: Any, **kwargs: Any) -> Any:
            self.spend(1 + sum([weight(arg) for arg in args]) // 16)
            return self.weighed(function(*args, **kwargs))

        return charged


class _Meter(NodeTransformer):
    """Makes loops, macros, `~`, comparisons, lists and dictionaries pay."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        node.body.insert(0, nodes.ExprStmt(_paid(_SPEND, [], node.lineno), lineno=node.lineno))
        if node.test is not None:
            node.test = nodes.And(_paid(_SPEND, [], node.lineno), node.test, lineno=node.lineno)
        return node

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        node.body.insert(0, nodes.ExprStmt(_paid(_SPEND, [], node.lineno), lineno=node.lineno))
        return node

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        node.body.insert(0, nodes.ExprStmt(_paid(_SPEND, [], node.lineno), lineno=node.lineno))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        return _paid(_JOINED, node.nodes, node.lineno)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        node.expr = _weighed(node.expr)
        for operand in node.ops:
            operand.expr = _weighed(operand.expr)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        if isinstance(node.arg, nodes.Slice):
            node.node = _weighed(node.node)
        return node

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        return _weighed(node)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        return _weighed(node)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802 (the visitor's protocol)
        self.generic_visit(node)
        return _weighed(node) if node.ctx == "load" else node


def _weighed(node: nodes.Expr) -> nodes.Expr:
    """Return an expression whose value pays for its weight, unless that is written in the template itself."""
    return node if _is_constant(node) else _paid(_WEIGHED, [node], node.lineno)


def _is_constant(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Const):
        return True
    if isinstance(node, nodes.List | nodes.Tuple | nodes.Dict | nodes.Pair | nodes.Neg):
        return all(_is_constant(child) for child in node.iter_child_nodes())
    return isinstance(node, nodes.Filter) and node.name == _WEIGHED


def _paid(name: str, args: list[nodes.Expr], lineno: int) -> nodes.Filter:
    """Return a call of one of the sandbox's own functions, by a name that no template can spell."""
    first, *rest = args or [nodes.Const(None, lineno=lineno)]
    return nodes.Filter(first, name, rest, [], None, None, lineno=lineno)


def _in_words(error: BaseException) -> str:
    if isinstance(error, jinja2.TemplateError):
        return error.message or str(error)
    if isinstance(error, LookupError):
        return f"nothing at {error}"
    return str(error)
