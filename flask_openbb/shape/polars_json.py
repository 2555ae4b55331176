"""A polars frame becomes JSON by polars' own expressions, in compiled code.

Owns the text that each polars dtype has: to the byte what :func:`.encode.dumps` writes for ``to_dicts()``, or the
column is left to the caller. Imports nothing of the package; polars is there when one of its frames is. Called by
:mod:`.columnar`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone
from functools import cache
from io import BytesIO
from math import isfinite
from typing import Any

import orjson

Texts = Callable[[list[Any]], "list[bytes] | None"]

_SAFE_INT = 2**53 - 1
_PART = 4_000
_PROBES = [0.0, -0.0, 0.1, 100.0, 1e15, 1e16, 1e17, 1e21, 1e22, 1e-4, 1e-5, 1e-6, 1e-7, 5e-324, 1e308]
_ESCAPED = r'["\\\x00-\x1f]'
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
    """Tell whether polars is here, may be used in this process, and writes floats as orjson does."""
    return "polars" in sys.modules and not _forked and _agrees()


@cache
def _agrees() -> bool:
    polars = sys.modules["polars"]
    return list(polars.Series(_PROBES).cast(polars.String)) == [orjson.dumps(probe).decode() for probe in _PROBES]


def polars_body(series: Sequence[Any], keys: Sequence[bytes], texts: Texts) -> bytes | None:
    """Write the columns of a polars DataFrame as one JSON array.

    :param series: At least one Series, all equally long.
    :param keys: The key of each column, as JSON.
    :param texts: Writes the cells of a column that polars cannot, each as JSON; None if one is nested.
    :return: None if a column holds nested cells or bytes.
    """
    height = len(series[0])
    if not height:
        return b"[]"
    polars = sys.modules["polars"]
    columns: list[Any] = []
    forms: list[str] = []
    for number, (key, column) in enumerate(zip(keys, series, strict=True)):
        # Renamed, because polars takes some names for patterns.
        text = _text(polars, column.alias(str(number)), texts)
        if text is None:
            return None
        written, quote = text
        columns.append(written.alias(str(number)))
        forms.append(f"{key.decode()}:{quote}{{}}{quote}")
    rows = polars.DataFrame(columns).select(_joined(polars, forms)).to_series()
    # Part after part into one buffer: a copy of a large text costs more in page faults than in copying.
    body = BytesIO()
    for start in range(0, height, _PART):
        body.write(b"},{" if start else b"[{")
        body.write(rows.slice(start, _PART).str.join("},{").item().encode())
    body.write(b"}]")
    return body.getvalue()


def _joined(polars: Any, forms: Sequence[str]) -> Any:
    names = [str(number) for number in range(len(forms))]
    if not any(form.count("{") > 1 or form.count("}") > 1 for form in forms):
        return polars.format(",".join(forms), *names)
    parts: list[Any] = []
    for name, form in zip(names, forms, strict=True):
        before, after = form.rsplit("{}", 1)
        parts += [polars.lit(before if name == "0" else f",{before}"), polars.col(name), polars.lit(after)]
    return polars.concat_str(parts)


def _text(polars: Any, column: Any, texts: Texts) -> tuple[Any, str] | None:
    """Write a column: as text without nulls, and the quotes that stand around each; None if it is nested."""
    kind = type(column.dtype).__name__
    if kind in _NESTED:
        return None
    if kind in {"Categorical", "Enum"}:
        column, kind = column.cast(polars.String), "String"
    writer = _WRITERS.get(kind) or (_whole if kind.lstrip("U").startswith("Int") else None)
    written = writer(polars, column) if writer else None
    if written is None:
        cells = texts(column.to_list())
        return None if cells is None else (polars.Series([cell.decode() for cell in cells], dtype=polars.String), "")
    quote = '"' if kind in _QUOTED else ""
    if not written.null_count():
        return written, quote
    if quote:
        written = polars.select(polars.format('"{}"', written)).to_series()
    return written.fill_null("null"), ""


def _whole(polars: Any, column: Any) -> Any:
    low, high = column.min(), column.max()
    if low is not None and max(-low, high) > _SAFE_INT:
        return None
    return column.cast(polars.String)


def _float(polars: Any, column: Any) -> Any:
    # As wide as Python's, so that the digits are the same.
    wide = column.cast(polars.Float64)
    text = wide.cast(polars.String)
    # A sum is finite only if all of its parts are.
    return text if isfinite(wide.sum()) else text.set(~wide.is_finite(), None)


def _flag(polars: Any, column: Any) -> Any:
    return polars.Series(["false", "true"]).gather(column.cast(polars.UInt32))


def _string(_: Any, column: Any) -> Any:
    return None if column.str.contains(_ESCAPED).any() else column


def _date(polars: Any, column: Any) -> Any:
    if not _is_between(column, date.min, date.max):
        return None
    days = column.to_physical()
    first, last = days.min(), days.max()
    if first is None or last - first > len(column):
        return column.cast(polars.String)
    # Dates repeat, or follow each other: each is written once.
    return polars.Series(range(first, last + 1)).cast(polars.Date).cast(polars.String).gather(days - first)


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
        days = _date(polars, column.dt.date())
        ending = "T00:00:00" if zone is None else "T00:00:00+00:00"
        return polars.select(polars.format("{}" + ending, days)).to_series()
    return _moment(polars, column, "%Y-%m-%dT%H:%M:%S", "" if zone is None else "%:z")


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
    "Boolean": _flag,
    "Float16": _float,
    "Float32": _float,
    "Float64": _float,
    "String": _string,
    "Date": _date,
    "Datetime": _datetime,
    "Time": _time,
}
"""What is not here, save ints, is written cell by cell; so is a column that its writer gives None for."""

_QUOTED = {"String", "Date", "Datetime", "Time"}
