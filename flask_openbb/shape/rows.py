"""Whatever a view returns becomes rows: one mapping a row, its keys text, its values untouched.

Owns the answer to "is this a record, a list of values, or a frame?" for the whole room. It recognises the
classes of other libraries (pandas, polars, SQLAlchemy, attrs, pydantic, msgspec) by what they offer and
imports none of them. Imports only :mod:`flask_openbb.errors`; called by its whole room.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, time
from enum import Enum
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from ..errors import ShapeError

Reader = Callable[[Any], dict[Any, Any]]
"""Reads one record into a new dict, its fields in declared order."""

T = TypeVar("T")

_TEXT = (str, bytes, bytearray, memoryview)


def per_class(find: Callable[[type], T]) -> Callable[[type], T]:
    """Remember what a function found for each class, for as long as the class lives."""
    known: WeakKeyDictionary[type, T] = WeakKeyDictionary()

    @wraps(find)
    def remembered(cls: type) -> T:
        if cls not in known:
            known[cls] = find(cls)
        return known[cls]

    return remembered


def to_rows(value: Any, *, sep: str = "_") -> list[dict[str, Any]]:
    """Turn an answer into rows; nested values stay as they are.

    A list, tuple, iterator or other collection of records has one row per record; one record is one row; a
    pandas or polars frame and a SQLAlchemy ``Result`` have one row per row. A record is a mapping, dataclass,
    NamedTuple, attrs, pydantic or msgspec object, SQLAlchemy row or ORM object, ``sqlite3.Row``, or has
    ``_asdict()``. Fields of dataclasses and attrs classes that start with ``_`` are private and left out.

    :param value: The answer of a view. An iterator is read to its end.
    :param sep: Joins the parts of a key that is a tuple, as in pandas' MultiIndex columns.
    :return: As many rows as records, in their order; rows may differ in their keys.
    :raises ShapeError: If the value, or one of its rows, is no record; if two keys of a row are one
        as text.

    .. versionadded:: 0.1
    """
    return [_row(item, number, sep) for number, item in enumerate(records(value))]


def records(value: Any) -> list[Any]:
    """Turn an answer into a list of its records, each as the view made it.

    :param value: As for :func:`to_rows`.
    :return: The records; those of a frame and of a SQLAlchemy ``Result`` as dicts.
    :raises ShapeError: If the value is neither a record nor a collection.

    .. versionadded:: 0.1
    """
    cls = type(value)
    read_frame = frame_reader(cls)
    if read_frame is not None:
        return read_frame(value)
    if record_reader(cls) is not None:
        return [value]
    if isinstance(value, Iterable) and not isinstance(value, (*_TEXT, type)):
        return list(value)
    msg = (
        f"{describe(value)} is not rows. Return a list with one mapping (or dataclass, NamedTuple, "
        "SQLAlchemy row) per row, or a DataFrame."
    )
    raise ShapeError(msg)


def is_record(value: Any) -> bool:
    """Tell whether :func:`to_rows` reads the value as one row."""
    return frame_reader(type(value)) is None and record_reader(type(value)) is not None


@per_class
def record_reader(cls: type) -> Reader | None:
    """Find how instances of a class are read as one record.

    :param cls: The class of a value; nothing is called on it here.
    :return: A function that reads an instance, or None if instances are no records.

    .. versionadded:: 0.1
    """
    if issubclass(cls, Mapping):
        return dict
    if hasattr(cls, "_mapping") and hasattr(cls, "_fields"):
        return lambda value: dict(value._mapping)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return lambda value: dict(zip(value._fields, value, strict=False))
    names = _field_names(cls)
    if names is not None:
        return lambda value: {name: getattr(value, name) for name in names}
    return _method_reader(cls)


def _field_names(cls: type) -> list[str] | None:
    names: Iterable[str] | None = None
    if dataclasses.is_dataclass(cls):
        names = [field.name for field in dataclasses.fields(cls)]
    elif hasattr(cls, "__attrs_attrs__"):
        names = [field.name for field in cls.__attrs_attrs__]
    elif hasattr(cls, "__struct_fields__"):
        names = cls.__struct_fields__
    return None if names is None else [name for name in names if not name.startswith("_")]


def _method_reader(cls: type) -> Reader | None:
    if hasattr(cls, "model_dump"):
        return lambda value: dict(value.model_dump())
    if hasattr(cls, "_asdict"):
        return lambda value: dict(value._asdict())
    if hasattr(cls, "__mapper__"):
        names = [attribute.key for attribute in cls.__mapper__.column_attrs]
        return lambda value: {name: getattr(value, name) for name in names}
    # sqlite3.Row offers keys() and nothing else of a mapping; pandas objects that do have items() as well.
    if hasattr(cls, "keys") and hasattr(cls, "__getitem__") and not hasattr(cls, "items"):
        return lambda value: {key: value[key] for key in value.keys()}  # noqa: SIM118
    return None


@per_class
def frame_reader(cls: type) -> Callable[[Any], list[dict[Any, Any]]] | None:
    """Find how instances of a class are read as many records at once.

    :param cls: The class of a value; nothing is called on it here.
    :return: A function that reads an instance (pandas, polars, SQLAlchemy ``Result``), or None.

    .. versionadded:: 0.1
    """
    if all(hasattr(cls, name) for name in ("reset_index", "columns", "iloc", "to_dict")):
        return _pandas_rows
    if hasattr(cls, "to_dicts"):
        return lambda frame: list(frame.to_dicts())
    if hasattr(cls, "mappings") and hasattr(cls, "fetchmany"):
        return lambda result: [dict(row) for row in result.mappings()]
    return None


def listing(value: Any) -> list[Any] | None:
    """Read a collection of values that is no record: a list, tuple, set, array, Series or frame.

    :param value: Any value.
    :return: Its items (of a frame its rows), sets in sorted order; None if it is no collection. Iterators are
        none: reading one would use it up.

    .. versionadded:: 0.1
    """
    if type(value) is list:
        return value
    if isinstance(value, (*_TEXT, type)) or is_record(value):
        return None
    read_frame = frame_reader(type(value))
    if read_frame is not None:
        return read_frame(value)
    # A numpy array of no dimensions has a length by its class and none by its value.
    if getattr(value, "ndim", 1) == 0 or not isinstance(value, Collection):
        return None
    return _items(value)


def _items(value: Any) -> list[Any]:
    if isinstance(value, (set, frozenset)):
        return _in_order(value)
    # tolist() turns the nanoseconds of numpy's dates into ints and records into nameless tuples.
    if hasattr(value, "tolist") and getattr(getattr(value, "dtype", None), "kind", "O") not in "mMV":
        return list(value.tolist())
    return list(value)


def text_key(key: Any, *, sep: str = "_") -> str:
    """Turn a key into the text it has in JSON.

    :param key: A mapping's key: ``True`` becomes ``true``, None ``null``, a date its ISO form, an Enum its
        value, a tuple its non-empty parts joined.
    :param sep: Joins the parts of a tuple.

    .. versionadded:: 0.1
    """
    if isinstance(key, Enum):
        key = key.value
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, tuple):
        return sep.join(part for part in (text_key(item, sep=sep) for item in key) if part)
    # NaN, NaT and pd.NA name no column; "null" is what orjson writes for them too.
    if key is None or str(key) in {"nan", "NaT", "<NA>"}:
        return "null"
    if isinstance(key, bool):
        return "true" if key else "false"
    return key.isoformat() if isinstance(key, (date, time)) else str(key)


def describe(value: Any) -> str:
    """Name what came by its type, never by its content, which may be confidential."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    name = type(value).__name__
    if name == "bytes":
        return name
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _row(item: Any, number: int, sep: str) -> dict[str, Any]:
    if type(item) is dict:
        row: dict[Any, Any] = item
    else:
        read = record_reader(type(item)) if is_record(item) else None
        if read is None:
            msg = (
                f"row {number} (counted from 0) is {describe(item)}, not a record. Return one mapping (or "
                "dataclass, NamedTuple, SQLAlchemy row) per row."
            )
            raise ShapeError(msg)
        row = read(item)
    if all(type(key) is str for key in row):
        return row
    named: dict[str, Any] = {}
    for key, value in row.items():
        name = text_key(key, sep=sep)
        if name in named:
            msg = f"row {number} (counted from 0) has two keys that are {name!r} as text. Rename one of them."
            raise ShapeError(msg)
        named[name] = value
    return named


def _pandas_rows(frame: Any) -> list[dict[Any, Any]]:
    index = frame.index
    if type(index).__name__ != "RangeIndex" or index.name is not None:
        try:
            frame = frame.reset_index()
        except ValueError as error:
            levels = ", ".join(repr(name) for name in index.names)
            msg = (
                f"the DataFrame's index ({levels}) has the name of a column. Drop it with "
                "reset_index(drop=True), or rename it with rename_axis()."
            )
            raise ShapeError(msg) from error
    names = list(frame.columns)
    if not frame.columns.is_unique:
        twice = sorted({text_key(name) for name in names if names.count(name) > 1})
        msg = f"the DataFrame has several columns named {', '.join(map(repr, twice))}. Rename them."
        raise ShapeError(msg)
    columns = []
    for position in range(len(names)):
        column = frame.iloc[:, position]
        columns.append(column.astype(object).where(column.notna(), None).tolist())
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _in_order(items: Iterable[Any]) -> list[Any]:
    # Sets of text come in another order in each process, which would change the answer's ETag.
    found = list(items)
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=lambda item: (type(item).__name__, str(item)))
