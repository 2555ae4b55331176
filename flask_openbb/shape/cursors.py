"""The results of a query, read in parts, so that a large one never is in memory as a whole.

Owns how SQLAlchemy's ``Result`` and the cursors of DB-API drivers (sqlite3, psycopg, PyMySQL, DuckDB, …) name their
columns. Imports no driver. Imports this room's records and :mod:`flask_openbb.errors`; called by :mod:`.rows`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..errors import ShapeError
from .records import per_class, record_reader, text_key

PART = 1_000
"""Rows that are fetched at a time."""


@per_class
def cursor_reader(cls: type) -> Callable[[Any], Iterator[dict[Any, Any]]] | None:
    """Find how instances of a class are read as the rows of a query.

    They are read after the view has returned: a connection that a ``with`` block of the view has closed by then has
    no more rows to give. Fetch them inside it, or keep the connection for the request.

    :param cls: The class of a value; nothing is called on it here.
    :return: A function that reads an instance of SQLAlchemy's ``Result`` (not ``ScalarResult``, whose items are
        records or scalars already) or of a DB-API cursor to its end, lazily; or None.

    .. versionadded:: 0.1
    """
    if not hasattr(cls, "fetchmany") or hasattr(cls, "__aiter__"):
        return None
    if hasattr(cls, "mappings"):
        return _result_rows
    return _cursor_rows if hasattr(cls, "execute") else None


def _result_rows(result: Any) -> Iterator[dict[Any, Any]]:
    names = list(result.keys())
    _refuse_twice(names)
    entity = False
    while part := result.fetchmany(PART):
        # One ORM object a row is the row, not a cell of it; it is None where an outer join found none.
        if len(names) == 1 and not entity:
            entity = any(hasattr(type(row[0]), "__mapper__") for row in part)
        if entity:
            yield from ({} if row[0] is None else _read(row[0]) for row in part)
        else:
            yield from (dict(zip(names, row, strict=True)) for row in part)


def _read(record: Any) -> dict[Any, Any]:
    read: Any = record_reader(type(record))
    return dict(read(record))


def _cursor_rows(cursor: Any) -> Iterator[dict[Any, Any]]:
    if cursor.description is None:
        msg = "the cursor has no rows to read: its last statement was no query. Execute a SELECT, then return it."
        raise ShapeError(msg)
    names = [text_key(column[0]) for column in cursor.description]
    checked = False
    while part := cursor.fetchmany(PART):
        # A row factory, or a cursor of dicts, makes records of its own.
        if type(part[0]) not in (tuple, list):
            yield from map(_read_any, part)
            continue
        if not checked:
            _refuse_twice(names)
            checked = True
        yield from (dict(zip(names, row, strict=True)) for row in part)


def _read_any(row: Any) -> dict[Any, Any]:
    read = record_reader(type(row))
    if read is None:
        msg = (
            f"the cursor's row factory makes {type(row).__name__} objects, which are no records. Let it make tuples, "
            "named tuples or dicts."
        )
        raise ShapeError(msg)
    return read(row)


def _refuse_twice(names: Sequence[Any]) -> None:
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if twice:
        msg = f"the query has several columns named {', '.join(map(repr, twice))}. Give them aliases with AS."
        raise ShapeError(msg)
