"""A polars frame becomes JSON by polars' own writer, in compiled code.

Owns what each dtype must be turned into first, so that the text is to the byte what :func:`.encode.dumps` writes for
``to_dicts()``; or the frame is left to the caller. Imports nothing of the package; polars is there when one of its
frames is. Called by :mod:`.columnar`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone
from functools import cache
from io import BytesIO
from math import inf, nan
from typing import Any

import orjson

Texts = Callable[[list[Any]], "list[bytes] | None"]

_SAFE_INT = 2**53 - 1
_NUMBERS = [0.0, -0.0, 0.1, 1e15, 1e16, 1e17, 1e22, 1e-4, 1e-5, 1e-6, 1e-7, 5e-324, 1e308, inf, nan, None]
_TEXTS = [*map(chr, range(8, 15)), "\0", "\x1f", "\x7f", '"', "\\", "/", "\u2028", "é😀", None]
_KEY = '"\\\n\x7f\u2028é{'
_NESTED = {"List", "Array", "Struct", "Map", "Binary", "Unknown"}
# Offsets had seconds, which ISO 8601 has not, until Liberia gave them up in 1972.
_WHOLE_OFFSETS = datetime(1973, 1, 1, tzinfo=timezone.utc)

_DAY = {"ms": 86_400_000, "us": 86_400_000_000}

_forked: list[bool] = []


def _after_fork() -> None:
    # polars' threads do not survive a fork: an expression that needs them would wait for them for ever. That is
    # 'gunicorn --preload' with a frame made at import.
    if "polars" in sys.modules:
        _forked.append(True)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def is_usable() -> bool:
    """Tell whether polars is here, may be used in this process, and writes JSON as orjson does."""
    return "polars" in sys.modules and not _forked and _agrees()


@cache
def _agrees() -> bool:
    polars = sys.modules["polars"]
    columns = {_KEY: _TEXTS, "number": _NUMBERS, "whole": [*range(-1, len(_NUMBERS) - 1)]}
    columns["flag"] = [None, True, *([False] * (len(_NUMBERS) - 2))]
    names = list(columns)
    rows = [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return _written(polars.DataFrame(columns)) == orjson.dumps(rows)


def _written(frame: Any) -> bytes:
    body = BytesIO()
    frame.write_json(body)
    return body.getvalue()


def polars_body(series: Sequence[Any], names: Sequence[str], texts: Texts) -> bytes | None:
    """Write the columns of a polars DataFrame as one JSON array.

    :param series: At least one Series, all equally long.
    :param names: The key of each column.
    :param texts: Writes the cells of a column that polars cannot, each as JSON; None if one is nested.
    :return: None if polars cannot: a column holds nested cells or bytes, or has no name.
    """
    polars = sys.modules["polars"]
    columns: list[Any] = []
    for name, column in zip(names, series, strict=True):
        written = _native(polars, column, texts) if name else None
        if written is None:
            return None
        columns.append(written.alias(name))
    return _written(polars.DataFrame(columns))


def _native(polars: Any, column: Any, texts: Texts) -> Any:
    """A column of the same cells that polars writes as they are promised; None if there is none."""
    kind = type(column.dtype).__name__
    if kind in _NESTED:
        return None
    if kind in _AS_IT_IS:
        return column
    if kind in {"Categorical", "Enum"}:
        return column.cast(polars.String)
    writer = _WRITERS.get(kind) or (_whole if kind.lstrip("U").startswith("Int") else None)
    written = writer(polars, column) if writer else None
    return _of_texts(polars, texts(column.to_list())) if written is None else written


def _of_texts(polars: Any, cells: list[bytes] | None) -> Any:
    """A column of cells that are JSON already, if they are all texts, or all numbers of one kind."""
    values = None if cells is None else orjson.loads(b"[%b]" % b",".join(cells))
    if values is None:
        return None
    dtypes = {str: polars.String, float: polars.Float64}
    kinds = {type(value) for value in values if value is not None}
    dtype = dtypes.get(next(iter(kinds), str)) if len(kinds) <= 1 else None
    return None if dtype is None else polars.Series(values, dtype=dtype)


def _whole(polars: Any, column: Any) -> Any:
    low, high = column.min(), column.max()
    if low is not None and max(-low, high) > _SAFE_INT:
        return None
    return column


def _float(polars: Any, column: Any) -> Any:
    # As wide as Python's, so that the digits are the same.
    return column.cast(polars.Float64)


def _date(_: Any, column: Any) -> Any:
    return column if _is_between(column, date.min, date.max) else None


def _datetime(polars: Any, column: Any) -> Any:
    zone = column.dtype.time_zone
    if column.dtype.time_unit == "ns":
        column = column.dt.cast_time_unit("us")
    if zone in {None, "UTC"}:
        inside = _is_between(column.dt.replace_time_zone(None), datetime.min, datetime.max)
    else:
        inside = _is_between(column.dt.convert_time_zone("UTC"), _WHOLE_OFFSETS, None)
    if not inside:
        return None
    if zone in {None, "UTC"} and (column.to_physical() % _DAY[column.dtype.time_unit] == 0).all():
        # Days, as daily prices have them: written as such, which is ten times faster.
        ending = "T00:00:00" if zone is None else "T00:00:00+00:00"
        return polars.select(polars.format("{}" + ending, _days(polars, column.dt.date()))).to_series()
    return _moment(polars, column, "%Y-%m-%dT%H:%M:%S", "" if zone is None else "%:z")


def _days(polars: Any, column: Any) -> Any:
    days = column.to_physical()
    first, last = days.min(), days.max()
    if first is None or last - first > len(column):
        return column.cast(polars.String)
    # Dates repeat, or follow each other: each is written once.
    return polars.Series(range(first, last + 1)).cast(polars.Date).cast(polars.String).gather(days - first)


def _time(polars: Any, column: Any) -> Any:
    return _moment(polars, column, "%H:%M:%S", "")


def _moment(polars: Any, column: Any, form: str, offset: str) -> Any:
    if not (column.dt.microsecond() != 0).any():
        return column.dt.to_string(form + offset)
    text = column.dt.to_string(form + "%.6f").str.strip_suffix(".000000")
    return polars.select(polars.format("{}{}", text, column.dt.to_string(offset))).to_series() if offset else text


def _is_between(column: Any, low: Any, high: Any) -> bool:
    # Compared inside polars: what Python cannot hold cannot be read as a Python value.
    inside = column >= low
    if high is not None:
        inside = inside & (column <= high)
    return bool(inside.all())


_WRITERS: dict[str, Callable[[Any, Any], Any]] = {
    "Float16": _float,
    "Float32": _float,
    "Date": _date,
    "Datetime": _datetime,
    "Time": _time,
}
"""What is not here, save ints, is written cell by cell; so is a column that its writer gives None for."""

_AS_IT_IS = {"Boolean", "Float64", "Null", "String"}
