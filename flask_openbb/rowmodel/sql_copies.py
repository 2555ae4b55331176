"""Rows and SQLite files as tables of a locked DuckDB.

Owns :func:`fill_rows` and :func:`fill_sqlite`. Both look at every value before a table is made, since one further down
may be of another type, and give DuckDB whole columns, which it takes several hundred times as fast as rows. Imports
:mod:`.sql_duckdb`; called by :mod:`.sql_files`.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from .sql_duckdb import absolute, quoted

logger = logging.getLogger("flask_openbb")

PART = 10_000
"""Rows given to DuckDB at once."""
TYPES = (("bool", "BOOLEAN"), ("int", "BIGINT"), ("float", "DOUBLE"), ("datetime", "TIMESTAMP"), ("date", "DATE"))
STORED: Mapping[frozenset[str], str] = {
    frozenset({"integer"}): "BIGINT",
    frozenset({"real"}): "DOUBLE",
    frozenset({"integer", "real"}): "DOUBLE",
    frozenset({"blob"}): "BLOB",
}
"""DuckDB's types by what SQLite has in a column; of any other mixture it is a text."""
DECLARED = (("INT", "BIGINT"), ("REAL", "DOUBLE"), ("FLOA", "DOUBLE"), ("DOUB", "DOUBLE"))
"""Those of a column without values, by a part of its declared type.

Source: SQLite's documentation, Determination Of Column Affinity.
"""
KNOWN = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"


def fill_rows(name: str, rows: Sequence[Mapping[str, Any]], connection: Any) -> None:
    """Make a table of rows."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    kinds = [_kind([row.get(column) for row in rows]) for column in columns]
    _fill(quoted(name), columns, kinds, ([row.get(column) for column in columns] for row in rows), connection)


def fill_sqlite(name: str, path: str, connection: Any) -> None:
    """Copy the tables of a SQLite file; DuckDB's own reader of them is an extension that must be installed.

    A view that does not work any more is left out, and the log says so.
    """
    database = sqlite3.connect(f"{Path(absolute(path)).as_uri()}?mode=ro", uri=True, isolation_level=None)
    database.text_factory = partial(str, encoding="utf-8", errors="replace")
    try:
        database.execute("BEGIN")  # one state of the file, for the types and the values
        connection.execute(f"CREATE SCHEMA {quoted(name)}")
        for (table,) in database.execute(KNOWN).fetchall():
            try:
                _fill_stored(table, f"{quoted(name)}.{quoted(table)}", database, connection)
            except sqlite3.Error as error:
                logger.warning("The table %r of %r is left out: %s", table, path, error)
    finally:
        database.close()


def _fill_stored(table: str, into: str, database: sqlite3.Connection, connection: Any) -> None:
    described = database.execute(f"PRAGMA table_xinfo({quoted(table)})").fetchall()
    declared = {str(each[1]): str(each[2]).upper() for each in described}
    columns = [each[0] for each in database.execute(f"SELECT * FROM {quoted(table)} LIMIT 0").description]  # noqa: S608
    stored = ", ".join(f"group_concat(DISTINCT typeof({quoted(column)}))" for column in columns)
    found = database.execute(f"SELECT {stored} FROM {quoted(table)}").fetchone()  # noqa: S608
    kinds = []
    for column, each in zip(columns, found, strict=True):
        types = frozenset((each or "").split(",")) - {"null", ""}
        empty = next((kind for part, kind in DECLARED if part in declared.get(column, "")), "VARCHAR")
        kinds.append(STORED.get(types, "VARCHAR") if types else empty)
    _fill(into, columns, kinds, database.execute(f"SELECT * FROM {quoted(table)}"), connection)  # noqa: S608


def _fill(
    into: str, columns: Sequence[str], kinds: Sequence[str], rows: Iterable[Sequence[Any]], connection: Any
) -> None:
    declared = ", ".join(f"{quoted(column)} {kind}" for column, kind in zip(columns, kinds, strict=True))
    connection.execute(f"CREATE TABLE {into} ({declared})")
    lists = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
    left = iter(rows)
    while part := list(islice(left, PART)):
        values = [
            list(map(_text, column)) if kind == "VARCHAR" else list(column)
            for kind, column in zip(kinds, zip(*part, strict=True), strict=True)
        ]
        connection.execute(f"INSERT INTO {into} SELECT {lists}", values)


def _kind(values: Iterable[Any]) -> str:
    present = [value for value in values if value is not None]
    kinds = {type(value).__name__ for value in present}
    if kinds == {"int", "float"}:
        return "DOUBLE"
    if kinds == {"int"} and not all(-(2**63) <= value < 2**63 for value in present):
        return "VARCHAR"
    return dict(TYPES).get(kinds.pop(), "VARCHAR") if len(kinds) == 1 else "VARCHAR"


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.hex()
    return json.dumps(value, default=str) if isinstance(value, dict | list) else str(value)
