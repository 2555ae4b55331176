"""Values become JSON bytes that every strict parser, and JavaScript, reads without loss.

Owns how each Python value looks in JSON; the table is in :func:`dumps`. The usual answer is one call of
orjson. Only an answer that orjson refuses is walked in Python, to turn what has a JSON form into it, or to
name the place of what has none. It never replaces the application's own JSON provider.
Imports :mod:`.rows` and :mod:`flask_openbb.errors`; called by :mod:`.flatten` and by ``web`` for each answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite
from operator import attrgetter, methodcaller
from typing import Any
from uuid import UUID

import orjson

from ..errors import EncodeError
from .rows import describe, listing, per_class, record_reader, text_key

MAX_DEPTH = 254
"""Levels of nesting an answer may have; orjson's own limit."""

_SAFE_INT = 2**53 - 1
_INT64 = range(-(2**63), 2**64)
_WIDE = 8  # bytes of an int64 or float64
# Dataclasses are read by rows.record_reader, so that the fast and the slow way agree on their fields.
_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS


def dumps(value: Any, *, big_ints: bool = True) -> bytes:
    """Write a value as JSON.

    ===============================================  ========================================================
    NaN, ±Infinity, ``NaT``, ``pd.NA``               ``null``
    int beyond ±(2^53 - 1)                           text, because JavaScript would round it
    ``Decimal``                                      a number if a float holds exactly that value, else text
    ``datetime``, ``date``, ``time``                 ISO 8601, with the offset it has; naive as it is
    ``timedelta``                                    seconds, as marshmallow writes it: a table can sort them
    ``Enum``                                         its value
    ``UUID``                                         text
    list, tuple, set (sorted), numpy array, Series   array
    mapping, record (see :func:`.rows.to_rows`)      object; keys that are not text become text
    frame                                            array of objects
    object with ``__json__`` or ``to_plotly_json``   what that method returns
    bytes, iterators, anything else                  :class:`~flask_openbb.errors.EncodeError`
    ===============================================  ========================================================

    :param value: An answer, as the shapers of :mod:`.bodies` return it.
    :param big_ints: Write ints beyond ±(2^53 - 1) as text; False writes them as numbers of full length.
    :return: UTF-8, compact, keys in the order given.
    :raises EncodeError: If a value has no JSON form; names its place and type, never the value.

    Source: ECMA-262, ``Number.MAX_SAFE_INTEGER``; RFC 8259, section 6, for NaN and Infinity.

    .. versionadded:: 0.1
    """
    options = _OPTIONS | orjson.OPT_STRICT_INTEGER if big_ints else _OPTIONS
    try:
        return orjson.dumps(value, default=_hook, option=options)
    except TypeError:
        return _dump_slowly(value, options, big_ints=big_ints)


def scalar_text(value: Any) -> str:
    """Write a scalar as the text that its JSON form has: ``true``, ``1.5``, ``2024-01-31``; nothing for a null.

    :raises EncodeError: If it has no JSON form.
    """
    if type(value) is str:
        return value
    plain = orjson.loads(dumps(value))
    if isinstance(plain, str):
        return plain
    return "" if plain is None else orjson.dumps(plain).decode()


class _RefusedError(Exception):
    """A value without a JSON form; collects its place while the walk unwinds."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path: list[str | int] = []


def _dump_slowly(value: Any, options: int, *, big_ints: bool) -> bytes:
    try:
        return orjson.dumps(_plain(value, big_ints=big_ints), option=options)
    except _RefusedError as error:
        msg = f"{_place(error.path[::-1])} {error.reason}"
        raise EncodeError(msg) from error.__cause__
    except RecursionError as error:
        msg = "The answer is nested too deeply, or contains itself. Return a flatter one."
        raise EncodeError(msg) from error
    except TypeError as error:
        msg = f"The answer cannot be written as JSON: {error}. Return text, numbers, lists and mappings."
        raise EncodeError(msg) from error


def _place(path: list[str | int]) -> str:
    if not path:
        return "The answer"
    rest = path
    place = ""
    if isinstance(path[0], int):
        place = f"Row {path[0]} (counted from 0)"
        rest = path[1:]
        if rest and isinstance(rest[0], str):
            place += f", column {_short(rest[0])!r}"
            rest = rest[1:]
        place += ", " if rest else ""
    return place + "".join(f"[{part if isinstance(part, int) else repr(_short(part))}]" for part in rest)


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _plain(value: Any, *, big_ints: bool, depth: int = 0) -> Any:
    """Rebuild a value from what orjson writes without help."""
    if depth > MAX_DEPTH:
        msg = f"is nested more than {MAX_DEPTH} levels deep, or contains itself. Return a flatter answer."
        raise _RefusedError(msg)
    cls = type(value)
    if cls is dict:
        return _plain_mapping(value, big_ints=big_ints, depth=depth + 1)
    if cls is list or cls is tuple:
        return _plain_items(value, big_ints=big_ints, depth=depth + 1)
    if cls is int:
        return _whole_number(value, big_ints=big_ints)
    check = _LEAVES.get(cls)
    if check is not None:
        return check(value)
    return _plain(_simplify(value), big_ints=big_ints, depth=depth + 1)


def _plain_items(values: Iterable[Any], *, big_ints: bool, depth: int) -> list[Any]:
    items: list[Any] = []
    try:
        for value in values:
            items.append(_plain(value, big_ints=big_ints, depth=depth))  # noqa: PERF401 - its length is the place
    except _RefusedError as error:
        error.path.append(len(items))
        raise
    return items


def _plain_mapping(mapping: Mapping[Any, Any], *, big_ints: bool, depth: int) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    name = ""
    try:
        for key, value in mapping.items():
            name = key if type(key) is str else text_key(key)
            plain[_new_key(name, plain)] = _plain(value, big_ints=big_ints, depth=depth)
    except _RefusedError as error:
        error.path.append(name)
        raise
    return plain


def _new_key(name: str, taken: Mapping[str, Any]) -> str:
    if name in taken:
        msg = "is the text of two keys of one mapping. Rename one of them."
        raise _RefusedError(msg)
    return _text(name)


def _whole_number(value: int, *, big_ints: bool) -> Any:
    if -_SAFE_INT <= value <= _SAFE_INT:
        return value
    if not big_ints and value in _INT64:
        return value
    try:
        digits = str(value)
    except ValueError as error:  # Python refuses to write ints of more than 4,300 digits
        msg = "holds an int with too many digits. Return it as text."
        raise _RefusedError(msg) from error
    return digits if big_ints else orjson.Fragment(digits.encode())


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        msg = (
            "holds text that is not valid Unicode (a lone surrogate). Replace it, e.g. with "
            "text.encode('utf-8', 'replace').decode()."
        )
        raise _RefusedError(msg) from error
    return value


def _same(value: Any) -> Any:
    return value


_LEAVES: dict[type, Callable[[Any], Any]] = {
    str: _text,
    float: _same,
    bool: _same,
    type(None): _same,
    UUID: _same,
    orjson.Fragment: _same,
    datetime: _same,
    date: _same,
}


def _hook(value: Any) -> Any:
    """Answer orjson's question for a value it does not know."""
    if type(value).__name__ == "ndarray":
        fragment = _array_fragment(value)
        if fragment is not None:
            return fragment
    return _simplify(value)


def _array_fragment(array: Any) -> orjson.Fragment | None:
    # orjson lets numpy's ints past its check of 53 bits and writes NaT as a date in 1677: only arrays that
    # hold neither are left to it. Narrow floats are widened, so that an array and its list read the same.
    kind, width = array.dtype.kind, array.dtype.itemsize
    if array.ndim == 0 or kind not in "biuf" or (width > _WIDE and kind == "f"):
        return None
    if kind in "iu" and array.size and max(-int(array.min()), int(array.max())) > _SAFE_INT:
        return None
    target = "float64" if kind == "f" else array.dtype.newbyteorder("=")
    native = array.astype(target, order="C", copy=False)
    return orjson.Fragment(orjson.dumps(native, option=orjson.OPT_SERIALIZE_NUMPY))


def _simplify(value: Any) -> Any:
    """Take one step towards JSON: what comes back may need another."""
    try:
        return _converter(type(value))(value)
    except _RefusedError:
        raise
    except Exception as error:
        msg = f"holds {describe(value)}, whose conversion to JSON failed with {type(error).__name__}."
        raise _RefusedError(msg) from error


@per_class
def _converter(cls: type) -> Callable[[Any], Any]:
    for method in ("__json__", "to_plotly_json"):
        if hasattr(cls, method):
            return methodcaller(method)
    library, name = cls.__module__.partition(".")[0], cls.__name__
    if library == "numpy" and hasattr(cls, "dtype"):
        return _numpy
    if library == "pandas" and name in _PANDAS:
        return _PANDAS[name]
    for base, convert in _BASES:
        if issubclass(cls, base):
            return convert
    return record_reader(cls) or _items


def _numpy(value: Any) -> Any:
    if value.ndim:
        return listing(value)
    # An array of no dimensions holds a scalar; a scalar that is text must not be indexed.
    scalar = value if isinstance(value, sys.modules["numpy"].generic) else value[()]
    kind = scalar.dtype.kind
    if kind in "mM":
        return _numpy_moment(scalar, kind)
    if kind == "V" and scalar.dtype.names:
        return {name: scalar[name] for name in scalar.dtype.names}
    if kind in "cV":
        return _items(scalar)
    plain = scalar.tolist()
    # numpy's extended precision has no Python type: tolist() gives the same object again.
    return float(plain) if type(plain) is type(scalar) else plain


def _numpy_moment(scalar: Any, kind: str) -> Any:
    if str(scalar) == "NaT":
        return None
    if kind == "m":
        return _seconds(scalar / type(scalar)(1, "s"))
    plain = scalar.item()
    if isinstance(plain, date):
        return plain
    # Nanoseconds have no Python type; most are whole microseconds.
    micro = scalar.astype("datetime64[us]")
    plain = micro.item()
    return plain if isinstance(plain, date) and micro == scalar else str(scalar)


def _seconds(seconds: float) -> float:
    seconds = float(seconds)
    return int(seconds) if seconds.is_integer() else seconds


def _decimal(value: Decimal) -> float | str | None:
    if not value.is_finite():
        return None
    nearest = float(value)
    return nearest if isfinite(nearest) and Decimal(repr(nearest)) == value else str(value)


def _items(value: Any) -> list[Any]:
    items = listing(value)
    if items is not None:
        return items
    if isinstance(value, (bytes, bytearray, memoryview)):
        msg = f"holds {describe(value)}: JSON has text only. Decode it, or send base64 text."
    elif isinstance(value, Iterator):
        msg = f"holds {describe(value)}, which can be read only once. Make it a list."
    else:
        msg = (
            f"holds {describe(value)}, which has no JSON form. Return text, a number, a list or a mapping "
            "there, or give its class a __json__() method."
        )
    raise _RefusedError(msg)


_PANDAS: dict[str, Callable[[Any], Any]] = {
    "NaTType": lambda _: None,
    "NAType": lambda _: None,
    "Period": str,
    "Interval": str,
}

_BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Enum, attrgetter("value")),
    (str, str.__str__),
    (int, int),
    (float, float),
    (Decimal, _decimal),
    (timedelta, lambda value: _seconds(value.total_seconds())),
    (date, methodcaller("isoformat")),
    (time, methodcaller("isoformat")),
    (UUID, str),
)
