"""Table columns from an example: the dtypes of a frame, or the values of some rows.

Owns what the dtypes of pandas, polars, Arrow and numpy are in Workspace's table. Imports none of them, the errors
and this room's column types, no Flask. Called by :mod:`.columns`, and by users.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from ..errors import RegistrationError
from .column_types import DAY, FLAG, NUMBER, TEXT, UNKNOWN, WHOLE_NUMBER, Types, by_type, formatted
from .naming import label_from
from .specs import Column

SEPARATOR = "_"
"""Joins the names of nested fields, as rows are flattened."""

SAMPLE = 1_000
"""Rows that are looked at, of an example that has more."""

_SAFE_INT = 2**53 - 1
_BY_NAME: tuple[tuple[str, Types], ...] = (
    (r"bool", FLAG),
    (r"u?int\d", WHOLE_NUMBER),
    (r"float|double|halffloat|decimal|duration|timedelta", NUMBER),
    (r"date32|date64|date$", DAY),
    (r"datetime|timestamp|period|interval|time", TEXT),
    (r"str|large_str|utf8|categor|enum|list|array|fixed_size_list|large_list|map|uuid|extension|<U", TEXT),
)
"""The start of a dtype's name in lower case, looked up in order; of pandas, polars, pyarrow and numpy alike."""


def columns_of_frame(example: Any) -> tuple[Column, ...]:
    """Describe the columns of a frame, or of rows like those a view will return.

    Types come from dtypes, or from the first 1,000 rows where a column holds objects of any type; headers from the
    names; whole numbers get the formatter ``int``, years and identifiers ``none``. A column of ints of which one is
    beyond ±(2^53 - 1) is text, because that is how they are sent. Nested mappings and structs become flat columns.

    :param example: A pandas or polars DataFrame (or LazyFrame), a pyarrow Table, a numpy array with named fields,
        or a list of mappings or other records.
    :return: One Column a flat field, in order; of a pandas frame its index first, unless it is row numbers.
    :raises RegistrationError: If it is none of these.

    .. versionadded:: 0.1
    """
    found: dict[str, Column] = {}
    for name, types in _found(example):
        chosen = formatted(types, name, formats=True)
        found.setdefault(name, Column(name, header_name=label_from(name), **dict(chosen)))  # type: ignore[arg-type]
    return tuple(found.values())


def is_frame(value: Any) -> bool:
    """Tell whether a value is an example frame; rows are none, because a list may be of Columns or mappings."""
    if isinstance(value, type):
        return False
    return _is_pandas(value) or _is_typed(value) or bool(getattr(getattr(value, "dtype", None), "names", None))


def _is_pandas(value: Any) -> bool:
    return hasattr(value, "iloc") and hasattr(value, "columns")


def _is_typed(value: Any) -> bool:
    schema = getattr(value, "schema", None)
    return hasattr(value, "collect_schema") or (hasattr(schema, "names") and hasattr(schema, "types"))


def _found(example: Any) -> Iterator[tuple[str, Types]]:
    if _is_pandas(example):
        return _pandas(example)
    if hasattr(example, "collect_schema"):
        return _polars(example)
    if _is_typed(example):
        return _arrow(example.schema, example)
    dtype = getattr(example, "dtype", None)
    if getattr(dtype, "names", None):
        return _numpy(dtype, "")
    if isinstance(example, Iterable) and not isinstance(example, (str, bytes, Mapping, type)):
        return _sampled(list(islice(example, SAMPLE)))
    raise RegistrationError(
        f"columns cannot be read from {type(example).__name__!r}. Give a DataFrame or a list with some rows."
    )


def _pandas(frame: Any) -> Iterator[tuple[str, Types]]:
    index = frame.index
    numbers = type(index).__name__ == "RangeIndex" or getattr(getattr(index, "dtype", None), "kind", "O") in "iu"
    if index.nlevels > 1 or index.name is not None or not numbers:
        for number, name in enumerate(index.names):
            unnamed = f"level_{number}" if index.nlevels > 1 else "index"
            yield from _series(unnamed if name is None else _key(name), index.get_level_values(number))
    for position, name in enumerate(frame.columns):
        yield from _series(_key(name), frame.iloc[:, position])


def _series(name: str, series: Any) -> Iterator[tuple[str, Types]]:
    dtype = series.dtype
    dtype = getattr(dtype, "subtype", dtype) if str(dtype).startswith("Sparse") else dtype
    if hasattr(dtype, "categories"):
        yield from _series(name, dtype.categories)
    elif str(dtype) == "object":
        yield from _values(name, series[:SAMPLE].tolist())
    else:
        yield name, _named(str(dtype), lambda: (series.min(), series.max()))


def _polars(frame: Any) -> Iterator[tuple[str, Types]]:
    for name, dtype in frame.collect_schema().items():
        yield from _polars_dtype(name, dtype, frame)


def _polars_dtype(name: str, dtype: Any, frame: Any) -> Iterator[tuple[str, Types]]:
    inner = getattr(dtype, "fields", None)
    if inner is not None:
        for field in inner:
            yield from _polars_dtype(name + SEPARATOR + field.name, field.dtype, None)
    else:
        column = frame.get_column(name) if hasattr(frame, "get_column") else None
        yield name, _named(str(dtype), lambda: (None, None) if column is None else (column.min(), column.max()))


def _arrow(schema: Any, table: Any) -> Iterator[tuple[str, Types]]:
    for field in schema:
        yield from _arrow_field(field.name, field.type)


def _arrow_field(name: str, kind: Any) -> Iterator[tuple[str, Types]]:
    text = str(kind)
    if text.startswith("struct"):
        for number in range(kind.num_fields):
            yield from _arrow_field(name + SEPARATOR + kind.field(number).name, kind.field(number).type)
    elif text.startswith("dictionary"):
        yield from _arrow_field(name, kind.value_type)
    else:
        yield name, _named(text, lambda: (None, None))


def _numpy(dtype: Any, prefix: str) -> Iterator[tuple[str, Types]]:
    for name in dtype.names:
        inner = dtype.fields[name][0]
        if inner.names:
            yield from _numpy(inner, prefix + name + SEPARATOR)
        else:
            day = str(inner) in {"datetime64[D]", "datetime64[M]", "datetime64[Y]", "datetime64[W]"}
            yield (
                prefix + name,
                DAY if day else TEXT if inner.kind in "US" else _named(inner.name, lambda: (None, None)),
            )


def _named(dtype: str, bounds: Any) -> Types:
    types = next((types for start, types in _BY_NAME if re.match(start, dtype.lower())), UNKNOWN)
    if types is WHOLE_NUMBER:
        low, high = bounds()
        # Only numbers: an empty column has no least, or one that is no number.
        if any(isinstance(bound, int) or hasattr(bound, "__index__") for bound in (low, high)):
            return types if int(low) >= -_SAFE_INT and int(high) <= _SAFE_INT else TEXT
    return types


def _sampled(rows: list[Any]) -> Iterator[tuple[str, Types]]:
    columns: dict[str, list[Any]] = {}
    for number, row in enumerate(rows):
        mapping = _mapping(row)
        if mapping is None:
            raise RegistrationError(
                f"row {number} (counted from 0) of the example is {type(row).__name__!r}, not a record. Give mappings."
            )
        for key, value in mapping.items():
            columns.setdefault(_key(key), []).append(value)
    for name, values in columns.items():
        yield from _values(name, values)


def _mapping(row: Any) -> Mapping[Any, Any] | None:
    if isinstance(row, Mapping):
        return row
    if dataclasses.is_dataclass(row) and not isinstance(row, type):
        return {field.name: getattr(row, field.name) for field in dataclasses.fields(row)}
    for method in ("_asdict", "model_dump"):
        if hasattr(row, method):
            return dict(getattr(row, method)())
    return getattr(row, "_mapping", None)


def _values(name: str, values: list[Any]) -> Iterator[tuple[str, Types]]:
    # NaN, NaT and NA differ from themselves, or refuse to say.
    known = [value for value in values if value is not None and str(value) not in {"nan", "NaT", "<NA>"}]
    nested = [mapping for mapping in map(_mapping, known) if mapping is not None]
    if nested:
        for key, types in _sampled(nested):
            yield name + SEPARATOR + key, types
    if not nested or len(nested) < len(known):
        yield name, _together([value for value in known if _mapping(value) is None])


def _together(values: list[Any]) -> Types:
    found = [_of_value(value) for value in values]
    if not found:
        return UNKNOWN
    if all(types is found[0] for types in found):
        return found[0]
    return NUMBER if all(types in (NUMBER, WHOLE_NUMBER) for types in found) else TEXT


def _of_value(value: Any) -> Types:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _SAFE_INT:
        return TEXT
    if isinstance(value, datetime) or not hasattr(value, "dtype"):
        return by_type(type(value))
    return _named(str(value.dtype), lambda: (value, value))


def _key(key: Any) -> str:
    if isinstance(key, tuple):
        return SEPARATOR.join(part for part in map(_key, key) if part)
    return str(key)
