"""SQL over the quotes on file, for whoever would rather write it: SELECT alone, on a database in memory.

What somebody typed runs on a connection that holds nothing but the quotes and may do nothing but read them, for a
second at most, with functions that make no long texts of short ones. Knows nothing of Flask or OpenBB.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from . import store

SECONDS = 1.0
ROWS = 1_000
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_FUNCTIONS = frozenset(
    (
        *("abs", "avg", "coalesce", "count", "date", "ifnull", "iif", "length", "like", "lower", "max", "min"),
        *("nullif", "round", "strftime", "substr", "sum", "total", "upper"),
        *("dense_rank", "first_value", "lag", "last_value", "lead", "ntile", "rank", "row_number"),
    )
)


class QueryError(ValueError):
    """The query cannot be run; its text is for the user."""


def run(sql: str) -> list[dict[str, Any]]:
    """Run one SELECT on the table ``quotes`` (symbol, date, open, high, low, close, volume).

    :return: At most a thousand rows.
    :raises QueryError: If it is wrong, takes too long, or wants more than to read.
    """
    if "||" in sql:
        raise QueryError("Texts cannot be joined with || here.")
    connection = sqlite3.connect(":memory:")
    try:
        _fill(connection)
        until = time.monotonic() + SECONDS
        connection.set_authorizer(_authorize)
        # Called every ten thousand steps of SQLite's machine; anything but 0 interrupts the query.
        connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchmany(ROWS)]
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise QueryError(_sentence(error)) from None
    finally:
        connection.close()


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    reads = action in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS)
    return sqlite3.SQLITE_OK if reads else sqlite3.SQLITE_DENY


def _fill(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE quotes (symbol, date, open REAL, high REAL, low REAL, close REAL, volume INT)")
    connection.executemany(
        "INSERT INTO quotes VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (item.symbol, quote.date.isoformat(), quote.open, quote.high, quote.low, quote.close, quote.volume)
            for item in store.instruments()
            for quote in store.quotes(item.symbol)
        ),
    )


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split())
    if text == "interrupted":
        return f"The query took more than {SECONDS:.0f} s. Ask for less."
    if "not authorized" in text or "prohibited" in text:
        return f"Only SELECT on the table quotes is allowed, with the functions {', '.join(sorted(_FUNCTIONS))}."
    return f"The query cannot be run: {text.rstrip('.')}."
