"""The engine over DuckDB's own Python connection: tables, Parquet and CSV files, frames.

Owns :class:`DuckDBEngine` and the compilation of statements for DuckDB, which speaks PostgreSQL's SQL: no package
between SQLAlchemy and DuckDB is needed. Imports :mod:`.translate`, :mod:`.shape`, :mod:`.reflect`, :mod:`.engines`,
SQLAlchemy, and DuckDB only through the connection it is given; made by :mod:`.sources`.

A question runs on a cursor of its own, so threads do not wait for each other; a process that forked opens the database
anew where it knows how. A statement is stopped by a timer and by ``interrupt()``.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ..errors import ConfigError
from .dialects import DuckDB
from .engine_sql import convert, identify
from .engines import Guard, Row
from .plan import Plan
from .reflect import Relation, relation_of
from .request import Filter
from .shape import lift, lift_filter
from .translate import Statement, Translator

Open = Callable[[], Any]
"""Opens a connection; called once in each process."""
Prepare = Callable[[Any], None]
"""Makes the source's relation known to a cursor, such as a registered frame."""

PART = 1_000
DIALECT = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]

TYPES: Mapping[str, Any] = {
    "BOOLEAN": sa.Boolean(),
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), sa.BigInteger()),
    **dict.fromkeys(("UBIGINT", "HUGEINT", "UHUGEINT"), sa.Numeric(38, 0)),
    **dict.fromkeys(("FLOAT", "DOUBLE"), sa.Double()),
    "DATE": sa.Date(),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), sa.DateTime()),
    "TIMESTAMP WITH TIME ZONE": sa.DateTime(timezone=True),
    "VARCHAR": sa.String(),
    "UUID": sa.Uuid(),
}
"""DuckDB's types as SQLAlchemy's; any other is only shown."""


def type_of(name: str) -> Any:
    """Give the SQLAlchemy type of one of DuckDB's, by its name."""
    if name.startswith("DECIMAL"):
        precision, scale = name[len("DECIMAL(") : -1].split(",")
        return sa.Numeric(int(precision), int(scale))
    if name.startswith("ENUM"):
        return sa.Enum()
    return TYPES.get(name, sa.JSON())


class Database:
    """One DuckDB database in each process, and a cursor for each question.

    :param opened: Opens it.
    :param prepare: Makes the source known to each cursor.
    :param lent: Whether the connection is the user's own, which is neither closed nor opened anew.
    """

    def __init__(self, opened: Open, prepare: Prepare | None = None, *, lent: bool = False) -> None:
        self._open = opened
        self._prepare = prepare
        self._lent = lent
        self._lock = threading.Lock()
        self._pid = -1
        self._connection: Any = None

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """Lend a cursor."""
        with self._lock:
            if self._pid != os.getpid():
                if self._lent and self._pid != -1:
                    msg = (
                        "a DuckDB connection cannot be used in a process that forked after it was opened. "
                        "Give a function that opens it, as source=lambda: duckdb.connect(path, read_only=True)."
                    )
                    raise ConfigError(msg)
                self._connection, self._pid = self._open(), os.getpid()
            cursor = self._connection.cursor()
        try:
            if self._prepare is not None:
                self._prepare(cursor)
            yield cursor
        finally:
            cursor.close()

    def close(self) -> None:
        """Close the database until the next question; a worker that forks meanwhile inherits nothing."""
        with self._lock:
            if self._connection is not None and not self._lent:
                self._connection.close()
                self._connection, self._pid = None, -1

    @contextmanager
    def asking(self, guard: Guard) -> Iterator[Any]:
        """Lend a cursor that stops in time, or when the guard says so."""
        left = guard.remaining()
        with self.cursor() as cursor:
            late = threading.Event()

            def over() -> None:
                late.set()
                cursor.interrupt()

            timer = None if left is None else threading.Timer(left, over)
            if timer is not None:
                timer.daemon = True
                timer.start()
            try:
                with guard.running(cursor.interrupt):
                    yield cursor
            except Exception as error:
                if type(error).__name__ == "InterruptException" and (late.is_set() or guard.cancelled):
                    raise guard.error() from None
                raise
            finally:
                if timer is not None:
                    timer.cancel()


class DuckDBEngine:
    """Answers by statements on DuckDB.

    :param database: Lends cursors.
    :param source: A :func:`sqlalchemy.table` of :func:`table_of`, or a ``select()`` over one.
    :param key: The columns that tell rows apart.

    .. versionadded:: 0.1
    """

    name = "duckdb"

    def __init__(self, database: Database, source: Any, key: Sequence[str]) -> None:
        self.database = database
        self.source = source
        self.relation: Relation = relation_of(source, self.name)
        self.columns = self.relation.columns
        self.key = self.columns.check_key(key)
        self.translator = Translator(self.relation, self.key, DuckDB())
        self._compiled = lru_cache(512)(_compile)

    def narrowed(self, source: Any) -> DuckDBEngine:
        """Give the same engine over another relation, of the same columns or fewer."""
        return DuckDBEngine(self.database, source, self.key)

    def identify(self, source: Any) -> Hashable:
        """Give what tells one ``select()`` from another: its text and its values."""
        return identify(source, DIALECT)

    def rows(self, plan: Plan, guard: Guard) -> list[Row]:
        """Give a page of rows or groups."""
        lifted = lift(plan, self.columns)
        found = self._fetch(self.translator.page(lifted.plan, lifted.paging), lifted.values, guard)
        if lifted.paging.backwards:
            found.reverse()
        return convert(found, self.translator.converters(plan))

    def count(self, plan: Plan, guard: Guard) -> int:
        """Count the rows of the level."""
        lifted = lift(plan, self.columns)
        return int(self._fetch(self.translator.count(lifted.plan), lifted.values, guard)[0][0])

    def points(self, names: Sequence[str], where: Filter, limit: int, guard: Guard) -> list[Row]:
        """Give the combinations of values that occur."""
        shape, slot, values = lift_filter(where, self.columns, limit)
        found = self._fetch(self.translator.points(tuple(names), shape, slot), values, guard)
        return convert(found, self.translator.read(names))

    def stream(self, plan: Plan, guard: Guard) -> Iterator[Row]:
        """Give all rows of a plan, read in parts."""
        lifted = lift(plan, self.columns)
        statement, values = self._bound(self.translator.page(lifted.plan, lifted.paging), lifted.values)
        with self.database.asking(guard) as cursor:
            cursor.execute(statement, values)
            converters = self.translator.converters(plan)
            while part := cursor.fetchmany(PART):
                yield from convert(part, converters)

    def _fetch(self, statement: Statement, values: Mapping[str, Any], guard: Guard) -> list[Row]:
        text, bound = self._bound(statement, values)
        with self.database.asking(guard) as cursor:
            found: list[Row] = cursor.execute(text, bound).fetchall()
            return found

    def _bound(self, statement: Statement, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        text, names, own = self._compiled(statement)
        return text, [values[name] if name in values else own[name] for name in names]


def _compile(statement: Statement) -> tuple[str, tuple[str, ...], Mapping[str, Any]]:
    """Give the text of a statement, its parameters in order, and the values of the user's own ``select()``."""
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    return str(compiled), tuple(compiled.positiontup or ()), compiled.params


def table_of(database: Database, name: str, *, schema: str | None = None) -> Any:
    """Read the columns of a table or view of DuckDB as a SQLAlchemy table, for a ``select()`` over it.

    :raises ConfigError: If there is no such table.
    """
    with database.cursor() as cursor:
        try:
            relation = cursor.table(name if schema is None else f"{schema}.{name}")
        except Exception as error:
            found = ", ".join(repr(row[0]) for row in cursor.execute("SHOW TABLES").fetchmany(20))
            msg = f"DuckDB has no table {name!r}. Tables: {found or 'none'}."
            raise ConfigError(msg) from error
        columns = [
            sa.Column(column, type_of(str(kind))) for column, kind in zip(relation.columns, relation.types, strict=True)
        ]
    database.close()
    return sa.Table(name, sa.MetaData(), *columns, schema=schema)
