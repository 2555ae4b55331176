"""Whatever a view returns becomes rows: one mapping a row, its keys text, its values untouched.

Owns the answer to "is this a record, a list of values, or a frame?" for the whole room. What one record is, is in
:mod:`.records`; tables by columns are in :mod:`.frames`, results of queries in :mod:`.cursors`. The classes of
other libraries are recognised by what they offer, and none is imported. Called by its whole room.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Literal

from ..errors import ShapeError
from .cursors import cursor_reader
from .frames import Frame, columns_frame, frame_opener, frame_rows, is_columns, record_array, series_opener
from .records import Reader, describe, per_class, record_reader, text_key

__all__ = [
    "Reader",
    "describe",
    "frame_of",
    "frame_reader",
    "is_columns",
    "is_lazy",
    "is_record",
    "iter_records",
    "iter_rows",
    "listing",
    "per_class",
    "record_reader",
    "records",
    "text_key",
    "to_rows",
]

Orient = Literal["columns"] | None

_TEXT = (str, bytes, bytearray, memoryview)
_NAMES = frozenset({str})


def to_rows(value: Any, *, sep: str = "_", orient: Orient = None) -> list[dict[str, Any]]:
    """Turn an answer into rows; nested values stay as they are.

    ========================================================  ================================================
    mapping, dataclass, NamedTuple, object of attrs,          one row; fields of dataclasses and attrs classes
    pydantic or msgspec, SQLAlchemy row or ORM object,        that start with ``_`` are private and left out
    ``sqlite3.Row``, numpy record, ``_asdict()``
    list, tuple, iterator, generator, other collection        one row per record in it
    pandas DataFrame or Series                                its index first, if it is more than row numbers
                                                              (an unnamed index of ints is); a Series without
                                                              name is the column ``value``
    polars DataFrame, LazyFrame, Series                       a LazyFrame is collected
    pyarrow Table, RecordBatch, RecordBatchReader             a batch at a time
    ``__arrow_c_stream__``, ``__dataframe__``                 read by pyarrow or polars, whichever is installed
    numpy array with named fields                             one row per item
    mapping of arrays and Series only, equally long           a table by columns, matched by position
    mapping of lists                                          one row, unless ``orient="columns"``
    SQLAlchemy ``Result``; DB-API cursor                      one row per row; one ORM object a row is the row
    ========================================================  ================================================

    :param value: The answer of a view. An iterator, a cursor and a reader are read to their end.
    :param sep: Joins the parts of a key that is a tuple, as in pandas' MultiIndex columns.
    :param orient: ``"columns"`` reads a mapping as a table by columns whatever its values are.
    :return: As many rows as records, in their order; rows may differ in their keys.
    :raises ShapeError: If the value, or one of its rows, is no record; if two keys of a row are one
        as text.

    .. versionadded:: 0.1
    """
    return list(iter_rows(value, sep=sep, orient=orient))


def iter_rows(value: Any, *, sep: str = "_", orient: Orient = None) -> Iterator[dict[str, Any]]:
    """Read an answer as :func:`to_rows` does, one row at a time.

    Of an iterator only the row asked for is read; of a cursor, a frame or a reader a part at a time.

    :raises ShapeError: At once, if the value is neither a record nor a collection; else when the row is reached.

    .. versionadded:: 0.1
    """
    frame = columns_frame(value) if orient == "columns" and is_record(value) else frame_of(value)
    if frame is not None:
        return frame_rows(frame, sep=sep)
    return _rows(_items_of(value), sep)


def records(value: Any) -> list[Any]:
    """Turn an answer into a list of its records, each as the view made it.

    :param value: As for :func:`to_rows`.
    :return: The records; those of a frame and of a query's result as dicts.
    :raises ShapeError: If the value is neither a record nor a collection.

    .. versionadded:: 0.1
    """
    return list(iter_records(value))


def iter_records(value: Any) -> Iterator[Any]:
    """Read an answer as :func:`records` does, as lazily as :func:`iter_rows`.

    :raises ShapeError: At once, if the value is neither a record nor a collection.

    .. versionadded:: 0.1
    """
    frame = frame_of(value)
    return iter(_items_of(value)) if frame is None else frame_rows(frame)


def is_lazy(value: Any) -> bool:
    """Tell whether an answer is read as it comes, and only once: an iterator, a cursor, a reader of batches."""
    return (isinstance(value, Iterator) or cursor_reader(type(value)) is not None) and not is_record(value)


def frame_of(value: Any) -> Frame | None:
    """Open an answer that is a table by columns: a frame, a Series, a record array, a mapping of arrays.

    :return: The table, not read yet; or None. A Series of records is none: its items are the rows.

    .. versionadded:: 0.1
    """
    cls = type(value)
    if cls is list:
        return None
    opener = frame_opener(cls)
    if opener is not None:
        return opener(value)
    opener = series_opener(cls)
    if opener is not None:
        return None if _holds_records(value) else opener(value)
    return columns_frame(value) if is_columns(value) else record_array(value)


def is_record(value: Any) -> bool:
    """Tell whether :func:`to_rows` reads the value as one row; a mapping of arrays may be a table all the same."""
    cls = type(value)
    if cls is dict:
        return True
    return record_reader(cls) is not None and frame_opener(cls) is None and cursor_reader(cls) is None


def frame_reader(cls: type) -> Callable[[Any], list[dict[str, Any]]] | None:
    """Find how instances of a class are read as many records at once.

    :param cls: The class of a value; nothing is called on it here.
    :return: A function that reads an instance of a frame or of a query's result; or None.

    .. versionadded:: 0.1
    """
    return to_rows if frame_opener(cls) is not None or cursor_reader(cls) is not None else None


def listing(value: Any) -> list[Any] | None:
    """Read a collection of values that is no record: a list, tuple, set, array, Series or frame.

    :param value: Any value.
    :return: Its items (of a frame its rows), sets in sorted order; None if it is no collection. Iterators are
        none: reading one would use it up.

    .. versionadded:: 0.1
    """
    cls = type(value)
    if cls is list:
        return value  # type: ignore[no-any-return]
    if isinstance(value, (*_TEXT, type)) or is_record(value):
        return None
    if frame_reader(cls) is not None:
        return to_rows(value)
    # A numpy array of no dimensions has a length by its class and none by its value.
    if getattr(value, "ndim", 1) == 0 or not isinstance(value, Collection):
        return None
    return _items(value)


def _items_of(value: Any) -> Iterable[Any]:
    cls = type(value)
    read_cursor = cursor_reader(cls)
    if read_cursor is not None:
        return read_cursor(value)
    if record_reader(cls) is not None:
        return [value]
    if isinstance(value, Iterable) and not isinstance(value, (*_TEXT, type)):
        return value
    if hasattr(cls, "__aiter__"):
        msg = f"{describe(value)} is asynchronous. Collect it in an 'async def' view: [row async for row in ...]."
        raise ShapeError(msg)
    msg = (
        f"{describe(value)} is not rows. Return a list with one mapping (or dataclass, NamedTuple, "
        "SQLAlchemy row) per row, or a DataFrame."
    )
    raise ShapeError(msg)


def _holds_records(series: Any) -> bool:
    # Numbers, text and dates cannot hold records: only columns of objects and of structs are looked at.
    kind = str(series.dtype)
    if kind != "object" and not kind.lower().startswith(("struct", "object")):
        return False
    items = list(series)
    return bool(items) and all(map(is_record, items))


def _rows(items: Iterable[Any], sep: str) -> Iterator[dict[str, Any]]:
    for number, item in enumerate(items):
        if type(item) is dict and _NAMES.issuperset(map(type, item)):
            yield item
        else:
            yield _row(item, number, sep)


def _row(item: Any, number: int, sep: str) -> dict[str, Any]:
    read = record_reader(type(item)) if is_record(item) else None
    if read is None:
        msg = (
            f"row {number} (counted from 0) is {describe(item)}, not a record. Return one mapping (or "
            "dataclass, NamedTuple, SQLAlchemy row) per row."
        )
        raise ShapeError(msg)
    row = read(item)
    if _NAMES.issuperset(map(type, row)):
        return row
    named: dict[str, Any] = {}
    for key, value in row.items():
        name = text_key(key, sep=sep)
        if name in named:
            msg = f"row {number} (counted from 0) has two keys that are {name!r} as text. Rename one of them."
            raise ShapeError(msg)
        named[name] = value
    return named


def _items(value: Any) -> list[Any]:
    if isinstance(value, (set, frozenset)):
        return _in_order(value)
    # tolist() turns the nanoseconds of numpy's dates into ints and records into nameless tuples.
    if hasattr(value, "tolist") and getattr(getattr(value, "dtype", None), "kind", "O") not in "mMV":
        return list(value.tolist())
    return list(value)


def _in_order(items: Iterable[Any]) -> list[Any]:
    # Sets of text come in another order in each process, which would change the answer's ETag.
    found = list(items)
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=lambda item: (type(item).__name__, str(item)))
