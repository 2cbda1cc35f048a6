"""The filters, tests and functions that templates may use, as Home Assistant documents them.

Only what a payload can need: values, numbers, texts, times. Nothing here reaches into the home, the file system or the
network. A conversion that fails raises, unless it is given a default, so that the old state stays.
"""

from __future__ import annotations

import base64
import hashlib
import math
import random
import re
import statistics
import struct
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import jinja2
import msgspec
from jinja2 import pass_environment

_NO_DEFAULT: Final[Any] = object()
_DURATION = re.compile(
    r"(?P<sign>[-+]?)(?:(?P<days>\d+(?:\.\d+)?) (?:days?,? )?)?"
    r"(?:(?:(?P<hours>\d+):)?(?P<minutes>\d+):)?(?P<seconds>\d+(?:\.\d{1,6})?)"
)
_ISO_DURATION = re.compile(
    r"(?P<sign>[-+]?)P(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


# Numbers


def to_float(value: Any, default: Any = _NO_DEFAULT) -> Any:
    """Do what the filter and the function `float` do."""
    try:
        return float(value)
    except (ValueError, TypeError):
        return _or_default("float", value, default)


def to_int(value: Any, default: Any = _NO_DEFAULT, base: int = 10) -> Any:
    """Do what the filter and the function `int` do: texts such as "21.5" are cut to whole numbers."""
    try:
        return int(value, base) if isinstance(value, str) else int(value)
    except (TypeError, ValueError):
        try:
            return int(float(value))
        except (TypeError, ValueError, OverflowError):
            return _or_default("int", value, default)


def to_bool(value: Any, default: Any = _NO_DEFAULT) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.lower().strip()
        if word in ("1", "true", "yes", "on", "enable"):
            return True
        if word in ("0", "false", "no", "off", "disable"):
            return False
    elif isinstance(value, int | float):
        return value != 0
    return _or_default("bool", value, default)


def is_number(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except (ValueError, TypeError):
        return False


def rounded(value: Any, precision: int = 0, method: str = "common", default: Any = _NO_DEFAULT) -> Any:
    """Round like Home Assistant: "common", "ceil", "floor" or "half"; without digits the result is whole."""
    try:
        factor = float(10**precision)
        number = float(value)
        if method == "ceil":
            result = math.ceil(number * factor) / factor
        elif method == "floor":
            result = math.floor(number * factor) / factor
        elif method == "half":
            result = round(number * 2) / 2.0
        else:
            result = round(number, precision)
        return int(result) if precision == 0 else result
    except (ValueError, TypeError):
        return _or_default("round", value, default)


def logarithm(value: Any, base: Any = math.e, default: Any = _NO_DEFAULT) -> Any:
    try:
        return math.log(float(value), float(base))
    except (ValueError, TypeError):
        return _or_default("log", value, default)


def _of_one(name: str, function: Callable[[float], float]) -> Callable[..., Any]:
    """Return a filter that applies a function of one number."""

    def apply(value: Any, default: Any = _NO_DEFAULT) -> Any:
        try:
            return function(float(value))
        except (ValueError, TypeError):
            return _or_default(name, value, default)

    return apply


def _of_two(name: str, function: Callable[[float, float], float]) -> Callable[..., Any]:
    def apply(value: Any, other: Any, default: Any = _NO_DEFAULT) -> Any:
        try:
            return function(float(value), float(other))
        except (ValueError, TypeError):
            return _or_default(name, value, default)

    return apply


def _of_many(name: str, function: Callable[[Iterable[Any]], Any]) -> Callable[..., Any]:
    """Return a function of a list, or of its arguments."""

    def apply(*values: Any, default: Any = _NO_DEFAULT) -> Any:
        if not values:
            raise TypeError(f"{name} expects at least one value")
        many = values
        if isinstance(values[0], Iterable) and not isinstance(values[0], str):
            many = tuple(values[0])
            if len(values) > 1 and default is _NO_DEFAULT:
                default = values[1]
        try:
            return function(many)
        except (TypeError, ValueError):
            return _or_default(name, values, default)

    return apply


def _extreme(name: str) -> Callable[..., Any]:
    """Return `min` or `max` as a function of a list, or of its arguments."""
    by_filter: Callable[..., Any] = jinja2.filters.FILTERS[name]

    @pass_environment
    def apply(environment: jinja2.Environment, *values: Any, **options: Any) -> Any:
        if len(values) == 1:
            return by_filter(environment, values[0], **options)
        return by_filter(environment, values, **options)

    return apply


# Texts


def regex_match(value: str, find: str = "", ignorecase: bool = False) -> bool:
    return bool(re.match(find, value, _flags(ignorecase=ignorecase)))


def regex_search(value: str, find: str = "", ignorecase: bool = False) -> bool:
    return bool(re.search(find, value, _flags(ignorecase=ignorecase)))


def regex_replace(value: str = "", find: str = "", replace: str = "", ignorecase: bool = False) -> str:
    return re.sub(find, replace, value, flags=_flags(ignorecase=ignorecase))


def regex_findall(value: str, find: str = "", ignorecase: bool = False) -> list[Any]:
    return re.findall(find, value, _flags(ignorecase=ignorecase))


def regex_findall_index(value: str, find: str = "", index: int = 0, ignorecase: bool = False) -> Any:
    return regex_findall(value, find, ignorecase)[index]


def from_json(value: Any) -> Any:
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error


def to_json(value: Any, ensure_ascii: bool = False, pretty_print: bool = False, sort_keys: bool = False) -> str:
    try:
        encoded = msgspec.json.encode(value, order="sorted" if sort_keys else None)
    except (TypeError, RecursionError) as error:
        raise ValueError(f"no JSON for {type(value).__name__}") from error
    if pretty_print:
        encoded = msgspec.json.format(encoded, indent=2)
    text = encoded.decode()
    return text.encode("ascii", "backslashreplace").decode() if ensure_ascii else text


def base64_encode(value: Any) -> str:
    return base64.b64encode(value if isinstance(value, bytes) else str(value).encode()).decode()


def base64_decode(value: str, encoding: str | None = "utf-8") -> str | bytes:
    decoded = base64.b64decode(value)
    return decoded.decode(encoding) if encoding else decoded


def ordinal(value: Any) -> str:
    number = int(value)
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{value}{'th' if number % 100 in (11, 12, 13) else endings.get(number % 10, 'th')}"


def slugify(value: Any, separator: str = "_") -> str:
    plain = unicodedata.normalize("NFKD", str(value)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", separator, plain).strip(separator)


def _digest(name: str) -> Callable[[str], str]:
    def apply(value: str) -> str:
        return hashlib.new(name, str(value).encode(), usedforsecurity=False).hexdigest()

    return apply


# Values


def fail_when_undefined(value: Any) -> Any:
    """Stop here when the message does not hold the value (`is_defined`)."""
    if isinstance(value, jinja2.Undefined):
        raise jinja2.UndefinedError("the message does not hold the value")
    return value


def iif(value: Any, if_true: Any = True, if_false: Any = False, if_none: Any = _NO_DEFAULT) -> Any:
    if value is None and if_none is not _NO_DEFAULT:
        return if_none
    return if_true if value else if_false


def contains(haystack: Any, needle: Any) -> bool:
    return needle in haystack


def typeof(value: Any) -> str:
    return type(value).__name__


def flatten(value: Iterable[Any], levels: int | None = None) -> list[Any]:
    if not isinstance(value, Iterable) or isinstance(value, str):
        raise TypeError(f"flatten expects a list, not {type(value).__name__}")
    flat: list[Any] = []
    for item in value:
        if isinstance(item, Iterable) and not isinstance(item, str) and (levels is None or levels >= 1):
            flat.extend(flatten(item, None if levels is None else levels - 1))
        else:
            flat.append(item)
    return flat


def combine(*dictionaries: dict[Any, Any], recursive: bool = False) -> dict[Any, Any]:
    """Merge dictionaries; later ones win."""
    merged: dict[Any, Any] = {}
    for dictionary in dictionaries:
        for key, value in dictionary.items():
            if recursive and isinstance(merged.get(key), dict) and isinstance(value, dict):
                merged[key] = combine(merged[key], value, recursive=True)
            else:
                merged[key] = value
    return merged


def _of_sets(operation: Callable[[set[Any], set[Any]], set[Any]]) -> Callable[..., list[Any]]:
    def apply(value: Iterable[Any], other: Iterable[Any]) -> list[Any]:
        return list(operation(set(value), set(other)))

    return apply


def pack(value: Any, format_string: str) -> bytes | None:
    try:
        return struct.pack(format_string, value)
    except struct.error:
        return None


def unpack(value: bytes, format_string: str, offset: int = 0) -> Any:
    try:
        return struct.unpack_from(format_string, value, offset)[0]
    except struct.error:
        return None


class TemplateDict(dict[Any, Any]):
    """The `dict` of templates, which can also be made from a list of pairs by name."""

    @staticmethod
    def from_keys(pairs: Iterable[Any]) -> dict[Any, Any]:
        return dict(pairs)


# Times


def parse_datetime(text: Any) -> datetime | None:
    """Return the time that an ISO 8601 text names, None when it names none."""
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def as_datetime(value: Any, default: Any = _NO_DEFAULT) -> Any:
    """Return the time of a Unix time stamp or an ISO 8601 text."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (ValueError, TypeError, OverflowError):
        pass
    parsed = parse_datetime(value)
    if parsed is not None:
        return parsed
    if default is _NO_DEFAULT and isinstance(value, str):
        return None
    return _or_default("as_datetime", value, default)


def as_local(value: datetime) -> datetime:
    return value.astimezone()


def as_timestamp(value: Any, default: Any = _NO_DEFAULT) -> Any:
    moment = value if isinstance(value, datetime) else parse_datetime(value)
    if moment is not None:
        return moment.timestamp()
    return to_float(value, default)


def as_timedelta(value: Any) -> timedelta | None:
    """Return the span of "PT10M", "10:00" or "1 day 2:00:00"."""
    found = _ISO_DURATION.fullmatch(str(value)) or _DURATION.fullmatch(str(value))
    if found is None:
        return None
    parts = {name: float(part) for name, part in found.groupdict().items() if part and name != "sign"}
    return timedelta(**parts) * (-1 if found["sign"] == "-" else 1)


def strptime(value: Any, pattern: str, default: Any = _NO_DEFAULT) -> Any:
    try:
        return datetime.strptime(value, pattern)  # noqa: DTZ007 (the template says whether there is a zone)
    except (ValueError, TypeError):
        return _or_default("strptime", value, default)


def timestamp_custom(
    value: Any, date_format: str = "%Y-%m-%d %H:%M:%S", local: bool = True, default: Any = _NO_DEFAULT
) -> Any:
    if re.search(r"%[-_0^#]*\d{3,}", date_format):
        raise ValueError("a format may not be wider than 99 characters")
    moment = _from_timestamp(value)
    if moment is None:
        return _or_default("timestamp_custom", value, default)
    return (moment.astimezone() if local else moment).strftime(date_format)


def timestamp_local(value: Any, default: Any = _NO_DEFAULT) -> Any:
    moment = _from_timestamp(value)
    return _or_default("timestamp_local", value, default) if moment is None else moment.astimezone().isoformat()


def timestamp_utc(value: Any, default: Any = _NO_DEFAULT) -> Any:
    moment = _from_timestamp(value)
    return _or_default("timestamp_utc", value, default) if moment is None else moment.isoformat()


def clock_functions(clock: Callable[[], float]) -> dict[str, Callable[..., Any]]:
    """Return the functions that know what time it is."""

    def utcnow() -> datetime:
        return datetime.fromtimestamp(clock(), UTC)

    def now() -> datetime:
        return utcnow().astimezone()

    def today_at(text: str = "00:00") -> datetime:
        return datetime.combine(now(), time.fromisoformat(text), now().tzinfo)

    def since(value: Any, precision: int = 1) -> Any:
        """Return an age in words, of at most `precision` units."""
        if not isinstance(value, datetime):
            return value
        age = now() - value.astimezone()
        return value if age < timedelta() else _in_words(age, precision)

    def until(value: Any, precision: int = 1) -> Any:
        if not isinstance(value, datetime):
            return value
        left = value.astimezone() - now()
        return value if left < timedelta() else _in_words(left, precision)

    return {
        "now": now,
        "utcnow": utcnow,
        "today_at": today_at,
        "relative_time": since,
        "time_since": since,
        "time_until": until,
    }


def _from_timestamp(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _in_words(span: timedelta, precision: int) -> str:
    left = round(span.total_seconds())
    words: list[str] = []
    for unit, seconds in (
        ("year", 31_536_000),
        ("month", 2_592_000),
        ("day", 86_400),
        ("hour", 3_600),
        ("minute", 60),
        ("second", 1),
    ):
        count, rest = divmod(left, seconds)
        if count and len(words) < precision:
            words.append(f"{count} {unit}{'s' if count > 1 else ''}")
            left = rest
    return " ".join(words) or "0 seconds"


def _flags(*, ignorecase: bool) -> re.RegexFlag:
    return re.IGNORECASE if ignorecase else re.NOFLAG


def _or_default(name: str, value: Any, default: Any) -> Any:
    if default is _NO_DEFAULT:
        raise ValueError(f"'{name}' cannot use {str(value)[:80]!r} and has no default")
    return default


_BOTH: dict[str, Callable[..., Any]] = {
    "acos": _of_one("acos", math.acos),
    "as_datetime": as_datetime,
    "as_local": as_local,
    "as_timedelta": as_timedelta,
    "as_timestamp": as_timestamp,
    "asin": _of_one("asin", math.asin),
    "atan": _of_one("atan", math.atan),
    "atan2": _of_two("atan2", math.atan2),
    "average": _of_many("average", statistics.fmean),
    "bool": to_bool,
    "combine": combine,
    "cos": _of_one("cos", math.cos),
    "difference": _of_sets(set.difference),
    "flatten": flatten,
    "float": to_float,
    "iif": iif,
    "int": to_int,
    "intersect": _of_sets(set.intersection),
    "is_number": is_number,
    "log": logarithm,
    "md5": _digest("md5"),
    "median": _of_many("median", statistics.median),
    "pack": pack,
    "sha1": _digest("sha1"),
    "sha256": _digest("sha256"),
    "sha512": _digest("sha512"),
    "sin": _of_one("sin", math.sin),
    "slugify": slugify,
    "sqrt": _of_one("sqrt", math.sqrt),
    "statistical_mode": _of_many("statistical_mode", statistics.mode),
    "symmetric_difference": _of_sets(set.symmetric_difference),
    "tan": _of_one("tan", math.tan),
    "typeof": typeof,
    "union": _of_sets(set.union),
    "unpack": unpack,
}

FILTERS: dict[str, Callable[..., Any]] = _BOTH | {
    "add": _of_two("add", lambda value, other: value + other),
    "base64_decode": base64_decode,
    "base64_encode": base64_encode,
    "bitwise_and": lambda value, other: value & other,
    "bitwise_or": lambda value, other: value | other,
    "bitwise_xor": lambda value, other: value ^ other,
    "contains": contains,
    "from_json": from_json,
    "is_defined": fail_when_undefined,
    "multiply": _of_two("multiply", lambda value, other: value * other),
    "ord": ord,
    "ordinal": ordinal,
    "random": lambda values: random.choice(list(values)),  # noqa: S311 (no secret)
    "round": rounded,
    "timestamp_custom": timestamp_custom,
    "timestamp_local": timestamp_local,
    "timestamp_utc": timestamp_utc,
    "to_json": to_json,
}

TESTS: dict[str, Callable[..., bool]] = {
    "contains": contains,
    "datetime": lambda value: isinstance(value, datetime),
    "is_number": is_number,
    "list": lambda value: isinstance(value, list),
    "set": lambda value: isinstance(value, set),
    "string_like": lambda value: isinstance(value, str | bytes | bytearray),
    "tuple": lambda value: isinstance(value, tuple),
}

GLOBALS: dict[str, Any] = _BOTH | {
    "dict": TemplateDict,
    "e": math.e,
    "max": _extreme("max"),
    "min": _extreme("min"),
    "pi": math.pi,
    "set": set,
    "strptime": strptime,
    "tau": math.tau,
    "timedelta": timedelta,
    "tuple": tuple,
    "urlencode": lambda value: urlencode(value),
    "zip": zip,
}
