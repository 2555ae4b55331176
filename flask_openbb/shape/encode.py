"""Values become JSON bytes that every strict parser, and JavaScript, reads without loss.

Owns how each Python value looks in JSON; the table is in :func:`dumps`. The usual answer is one call of
orjson. Only an answer that orjson refuses is walked in Python, to turn what has a JSON form into it, or to
name the place of what has none. It never replaces the application's own JSON provider.
Imports :mod:`.values`, :mod:`.rows` and :mod:`flask_openbb.errors`; called by its room and by ``web`` for each answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from ..errors import EncodeError, ShapeError
from .encoded import Encoded
from .rows import text_key
from .values import DECIMALS, SAFE_INT, Decimals, RefusedError, simplify

MAX_DEPTH = 254
"""Levels of nesting an answer may have; orjson's own limit."""

_INT64 = range(-(2**63), 2**64)
_WIDE = 8  # bytes of an int64 or float64
# Dataclasses are read by rows.record_reader, so that the fast and the slow way agree on their fields.
_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS


@dataclass(frozen=True)
class Form:
    """The choices about how values look in JSON, made once per widget.

    .. versionadded:: 0.1
    """

    big_ints: bool = True
    """Write ints beyond ±(2^53 - 1) as text; False writes them as numbers of full length."""
    decimals: Decimals = "exact"
    """How a ``Decimal`` is written; see :data:`.values.Decimals`."""

    def __post_init__(self) -> None:
        if self.decimals not in DECIMALS:
            msg = f"decimals={self.decimals!r} is not known. Use one of: {', '.join(DECIMALS)}."
            raise ShapeError(msg)

    @property
    def options(self) -> int:
        """What orjson is told."""
        return _OPTIONS | orjson.OPT_STRICT_INTEGER if self.big_ints else _OPTIONS

    def hook(self, value: Any) -> Any:
        """Answer orjson's question for a value it does not know."""
        cls = type(value)
        if cls is Encoded:
            return orjson.Fragment(value.body)
        if cls.__name__ == "ndarray":
            fragment = _array_fragment(value)
            if fragment is not None:
                return fragment
        return simplify(value, self.decimals)

    def dumps(self, value: Any, *, first_row: int = 0) -> bytes:
        """Write a value as :func:`dumps` does.

        :param first_row: The number of the first row of ``value``, for messages.
        :raises EncodeError: If a value has no JSON form.
        """
        try:
            return orjson.dumps(value, default=self.hook, option=self.options)
        except TypeError:
            return _dump_slowly(value, self, first_row)


def dumps(value: Any, *, big_ints: bool = True, decimals: Decimals = "exact") -> bytes:
    """Write a value as JSON.

    ===============================================  ========================================================
    NaN, ±Infinity, ``NaT``, ``pd.NA``               ``null``
    int beyond ±(2^53 - 1)                           text, because JavaScript would round it
    ``Decimal``                                      a number if a float holds exactly that value, else text
    ``datetime``, ``date``, ``time``                 ISO 8601, with the offset it has; naive as it is
    ``timedelta``                                    seconds, as marshmallow writes it: a table can sort them
    ``Enum``                                         its value
    ``UUID``, an address of ``ipaddress``            text
    list, tuple, set (sorted), numpy array, Series   array
    mapping, record (see :func:`.rows.to_rows`)      object; keys that are not text become text
    frame                                            array of objects
    object with ``__json__`` or ``to_plotly_json``   what that method returns
    :class:`.encoded.Encoded`                        its text
    bytes, iterators, anything else                  :class:`~flask_openbb.errors.EncodeError`
    ===============================================  ========================================================

    :param value: An answer, as the shapers of :mod:`.bodies` return it.
    :param big_ints: Write ints beyond ±(2^53 - 1) as text; False writes them as numbers of full length.
    :param decimals: How a ``Decimal`` is written; see :data:`.values.Decimals`.
    :return: UTF-8, compact, keys in the order given.
    :raises EncodeError: If a value has no JSON form; names its place and type, never the value.

    Source: ECMA-262, ``Number.MAX_SAFE_INTEGER``; RFC 8259, section 6, for NaN and Infinity.

    .. versionadded:: 0.1
    """
    # Orjson takes most answers; a whole one of a table is its own text.
    if type(value) is Encoded:
        return value.body
    return Form(big_ints, decimals).dumps(value)


def scalar_text(value: Any, form: Form = Form()) -> str:
    """Write a scalar as the text that its JSON form has: ``true``, ``1.5``, ``2024-01-31``; nothing for a null.

    :raises EncodeError: If it has no JSON form.
    """
    if type(value) is str:
        return value
    plain = orjson.loads(form.dumps(value))
    if isinstance(plain, str):
        return plain
    return "" if plain is None else orjson.dumps(plain).decode()


def _dump_slowly(value: Any, form: Form, first_row: int) -> bytes:
    try:
        return orjson.dumps(_plain(value, form), option=form.options)
    except RefusedError as error:
        msg = f"{_place(error.path[::-1], first_row)} {error.reason}"
        raise EncodeError(msg) from error.__cause__
    except RecursionError as error:
        msg = "The answer is nested too deeply, or contains itself. Return a flatter one."
        raise EncodeError(msg) from error
    except TypeError as error:
        msg = f"The answer cannot be written as JSON: {error}. Return text, numbers, lists and mappings."
        raise EncodeError(msg) from error


def _place(path: list[str | int], first_row: int) -> str:
    if not path:
        return "The answer"
    rest = path
    place = ""
    if isinstance(path[0], int):
        place = f"Row {first_row + path[0]} (counted from 0)"
        rest = path[1:]
        if rest and isinstance(rest[0], str):
            place += f", column {_short(rest[0])!r}"
            rest = rest[1:]
        place += ", " if rest else ""
    return place + "".join(f"[{part if isinstance(part, int) else repr(_short(part))}]" for part in rest)


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _plain(value: Any, form: Form, depth: int = 0) -> Any:
    """Rebuild a value from what orjson writes without help."""
    if depth > MAX_DEPTH:
        msg = f"is nested more than {MAX_DEPTH} levels deep, or contains itself. Return a flatter answer."
        raise RefusedError(msg)
    cls = type(value)
    if cls is dict:
        return _plain_mapping(value, form, depth + 1)
    if cls is list or cls is tuple:
        return _plain_items(value, form, depth + 1)
    if cls is int:
        return _whole_number(value, form)
    check = _LEAVES.get(cls)
    if check is not None:
        return check(value)
    return _plain(simplify(value, form.decimals), form, depth + 1)


def _plain_items(values: Iterable[Any], form: Form, depth: int) -> list[Any]:
    items: list[Any] = []
    try:
        for value in values:
            items.append(_plain(value, form, depth))  # noqa: PERF401 - its length is the place
    except RefusedError as error:
        error.path.append(len(items))
        raise
    return items


def _plain_mapping(mapping: Mapping[Any, Any], form: Form, depth: int) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    name = ""
    try:
        for key, value in mapping.items():
            name = key if type(key) is str else text_key(key)
            plain[_new_key(name, plain)] = _plain(value, form, depth)
    except RefusedError as error:
        error.path.append(name)
        raise
    return plain


def _new_key(name: str, taken: Mapping[str, Any]) -> str:
    if name in taken:
        msg = "is the text of two keys of one mapping. Rename one of them."
        raise RefusedError(msg)
    return _text(name)


def _whole_number(value: int, form: Form) -> Any:
    if -SAFE_INT <= value <= SAFE_INT:
        return value
    if not form.big_ints and value in _INT64:
        return value
    try:
        digits = str(value)
    except ValueError as error:  # Python refuses to write ints of more than 4,300 digits
        msg = "holds an int with too many digits. Return it as text."
        raise RefusedError(msg) from error
    return digits if form.big_ints else orjson.Fragment(digits.encode())


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        msg = (
            "holds text that is not valid Unicode (a lone surrogate). Replace it, e.g. with "
            "text.encode('utf-8', 'replace').decode()."
        )
        raise RefusedError(msg) from error
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
    Encoded: lambda value: orjson.Fragment(value.body),
}


def _array_fragment(array: Any) -> orjson.Fragment | None:
    # orjson lets numpy's ints past its check of 53 bits and writes NaT as a date in 1677: only arrays that
    # hold neither are left to it. Narrow floats are widened, so that an array and its list read the same.
    kind, width = array.dtype.kind, array.dtype.itemsize
    if array.ndim == 0 or kind not in "biuf" or (width > _WIDE and kind == "f"):
        return None
    if kind in "iu" and array.size and max(-int(array.min()), int(array.max())) > SAFE_INT:
        return None
    target = "float64" if kind == "f" else array.dtype.newbyteorder("=")
    native = array.astype(target, order="C", copy=False)
    return orjson.Fragment(orjson.dumps(native, option=orjson.OPT_SERIALIZE_NUMPY))
