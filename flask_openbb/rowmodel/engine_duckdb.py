"""The engine over DuckDB's own Python connection: tables, Parquet and CSV files, frames.

Owns :class:`DuckDBEngine` and the compilation of statements for DuckDB, which speaks PostgreSQL's SQL: no package
between SQLAlchemy and DuckDB is needed. Imports :mod:`.translate`, :mod:`.shape`, :mod:`.reflect`, :mod:`.engines`,
SQLAlchemy, and DuckDB only through the connection it is given; made by :mod:`.sources`.

A question runs on a cursor of its own, so threads do not wait for each other. Databases are closed before a process
forks, since a child can neither use nor close what has lost its threads, and each process opens its own. A statement is
stopped by a timer and by ``interrupt()``.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.base import PGIdentifierPreparer

from ..errors import ConfigError, RowRequestError
from .columns import INT64
from .dialects import DuckDB, Nanoseconds
from .engine_sql import convert, identify
from .engines import Guard, Row
from .kept import Kept, weight_of
from .locate import PARTS, Marks, is_worth_locating, marks_of, percent_of, range_of
from .plan import Leaves, Plan
from .reflect import Relation, WideInteger, ZonedNanoseconds, relation_of
from .request import Filter
from .shape import lift, lift_filter
from .translate import Statement, Translator

Open = Callable[[], Any]
"""Opens a connection; called once in each process."""
Prepare = Callable[[Any], None]
"""Makes the source's relation known to a cursor, such as a registered frame."""
Compiled = tuple[str, tuple[str, ...], Mapping[str, Any]]
"""Text of a statement, its parameters in order, and the values of the user's own ``select()``."""

PART = 1_000
AGAIN = 0.1
"""Seconds between two interrupts of a question whose time is over."""
IS_TABLE = (
    "SELECT 1 FROM duckdb_tables() WHERE database_name = current_database()"
    " AND schema_name = coalesce($2, current_schema()) AND table_name = $1"
)
SCANNED = "openbb_scanned"
"""Says in a table's ``info`` that it is read as it is, as a view of the user's own may not be."""


class _Quoting(PGIdentifierPreparer):
    """Quotes every name: DuckDB has words that PostgreSQL has not, such as ``at`` and ``qualify``."""

    def _requires_quotes(self, value: str) -> bool:
        return True


DIALECT = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
DIALECT.identifier_preparer = _Quoting(DIALECT)

TYPES: Mapping[str, Any] = {
    "BOOLEAN": sa.Boolean(),
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), sa.BigInteger()),
    "UBIGINT": WideInteger(0, 2**64 - 1),
    "HUGEINT": WideInteger(-(2**127), 2**127 - 1),
    "UHUGEINT": WideInteger(0, 2**128 - 1),
    **dict.fromkeys(("FLOAT", "DOUBLE"), sa.Double()),
    "DATE": sa.Date(),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS"), sa.DateTime()),
    "TIMESTAMP_NS": Nanoseconds(),
    "TIMESTAMP WITH TIME ZONE": sa.DateTime(timezone=True),
    "TIMESTAMPTZ_NS": ZonedNanoseconds(timezone=True),
    "VARCHAR": sa.String(),
    "UUID": sa.Uuid(),
}
"""DuckDB's types as SQLAlchemy's; any other is only shown."""


def type_of(name: str) -> Any:
    """Give the SQLAlchemy type of one of DuckDB's, by its name."""
    if name.startswith("DECIMAL") and name.endswith(")"):
        precision, scale = name[len("DECIMAL(") : -1].split(",")
        return sa.Numeric(int(precision), int(scale))
    if name.startswith("ENUM") and name.endswith(")"):
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
        self.prepare = prepare
        self._lent = lent
        self._lock = threading.Lock()
        self._pid = os.getpid() if lent else -1
        self._connection: Any = None
        _databases.add(self)

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """Lend a cursor."""
        with self._lock:
            if self._pid != os.getpid():
                if self._lent:
                    msg = (
                        "a DuckDB connection cannot be used in a process that forked after it was opened. "
                        "Give a function that opens it, as source=lambda: duckdb.connect(path, read_only=True)."
                    )
                    raise ConfigError(msg)
                self._connection, self._pid = None, os.getpid()
            if self._connection is None:
                self._connection = self._open()
            cursor = self._connection.cursor()
        try:
            if self.prepare is not None:
                self.prepare(cursor)
            yield cursor
        finally:
            cursor.close()

    def close(self) -> None:
        """Close the database until the next question; a worker that forks meanwhile inherits nothing."""
        with self._lock:
            if self._connection is not None and not self._lent:
                self._connection.close()
                self._connection = None

    def _give_up(self) -> None:
        """Open the database anew at the next question, for all that share it; one that runs ends on the old one."""
        for database in list(_databases):
            if database._open is self._open and not self._lent:
                with database._lock:
                    database._connection = None

    @contextmanager
    def asking(self, guard: Guard) -> Iterator[Any]:
        """Lend a cursor that stops in time, or when the guard says so."""
        left = guard.remaining()
        with self.cursor() as cursor:
            late, ended = threading.Event(), threading.Event()

            def over() -> None:
                late.set()
                # DuckDB forgets an interrupt that comes before a statement, or between two.
                while not ended.is_set():
                    guard.stop()
                    ended.wait(AGAIN)

            timer = None if left is None else threading.Timer(left, over)
            if timer is not None:
                timer.daemon = True
                timer.start()
            try:
                with guard.running(cursor.interrupt):
                    yield cursor
            except Exception as error:
                kind = type(error).__name__
                if kind in {"FatalException", "InternalException"}:
                    self._give_up()
                if kind == "InterruptException" and (late.is_set() or guard.cancelled):
                    raise guard.error() from None
                if kind == "OutOfRangeException" and "Overflow in HUGEINT addition" in str(error):
                    problem = "the sum is past 128 bits, which duckdb cannot hold. Choose avg, or filter."
                    raise RowRequestError("valueCols", problem) from None
                raise
            finally:
                ended.set()
                if timer is not None:
                    timer.cancel()


_databases: WeakSet[Database] = WeakSet()


def _close_all() -> None:
    """Close what is ours before a process forks; what it lent to us it closes itself."""
    for database in list(_databases):
        database.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_close_all)


class DuckDBEngine:
    """Answers by statements on DuckDB.

    :param database: Lends cursors.
    :param source: A :func:`sqlalchemy.table` of :func:`table_of`, or a ``select()`` over one.
    :param key: The columns that tell rows apart.

    .. versionadded:: 0.1
    """

    name = "duckdb"

    def __init__(self, database: Database, source: Any, key: Sequence[str], *, kept: Kept | None = None) -> None:
        self.database = database
        self.source = source
        self.relation: Relation = relation_of(source, self.name)
        self.columns = self.relation.columns
        self.key = self.columns.check_key(key)
        self._kept = Kept() if kept is None else kept
        self.translator = Translator(self.relation, self.key, DuckDB(), kept=self._kept)
        self._is_cheap = _reads_one_table(source)
        self._own = object()
        self._compiled: WeakKeyDictionary[Statement, Compiled] = WeakKeyDictionary()

    def narrowed(self, source: Any) -> DuckDBEngine:
        """Give the same engine over another relation, of the same columns or fewer."""
        return DuckDBEngine(self.database, source, self.key, kept=self._kept)

    def identify(self, source: Any) -> Hashable:
        """Give what tells one ``select()`` from another, or None."""
        return identify(source, DIALECT)

    def rows(self, plan: Plan, guard: Guard) -> list[Row]:
        """Give a page of rows or groups."""
        with self._asking(guard) as cursor:
            if isinstance(plan, Leaves) and self._is_cheap and is_worth_locating(plan, self.columns):
                plan = self._located(cursor, plan) or plan
            lifted = lift(plan, self.columns)
            found = self._fetch(cursor, self.translator.page(lifted.plan, lifted.paging), lifted.values)
        if lifted.paging.backwards:
            found.reverse()
        return convert(found, self.translator.converters(plan))

    def count(self, plan: Plan, guard: Guard) -> int:
        """Count the rows of the level."""
        with self._asking(guard) as cursor:
            return self._count(cursor, plan)

    def points(self, names: Sequence[str], where: Filter, limit: int, guard: Guard) -> list[Row]:
        """Give the combinations of values that occur."""
        shape, slot, values = lift_filter(where, self.columns, limit)
        with self._asking(guard) as cursor:
            found = self._fetch(cursor, self.translator.points(tuple(names), shape, slot), values)
        return convert(found, self.translator.read(names))

    def stream(self, plan: Plan, guard: Guard) -> Iterator[Row]:
        """Give all rows of a plan, read in parts."""
        lifted = lift(plan, self.columns)
        statement, values = self._bound(self.translator.page(lifted.plan, lifted.paging), lifted.values)
        with self._asking(guard) as cursor:
            cursor.execute(statement, values)
            converters = self.translator.converters(plan)
            while part := cursor.fetchmany(PART):
                yield from convert(part, converters)

    def _asking(self, guard: Guard) -> AbstractContextManager[Any]:
        return self.database.asking(guard)

    def _located(self, cursor: Any, plan: Leaves) -> Leaves | None:
        """Narrow a deep page to a range of values; one transaction, so that the counts are those of the page."""
        kept = self._own, "marks", plan.order[0].by, plan.where
        marks = self._kept.get(kept, lambda: self._sampled(cursor, plan), lambda: weight_of(plan.where, PARTS))
        found = None if marks is None else range_of(plan, marks, self.columns)
        if found is None:
            return None
        cursor.begin()
        before, inside = (self._count(cursor, replace(plan, where=where)) for where in (found.before, found.inside))
        page = found.page(plan, before, inside)
        if page is None:
            self._kept.forget(kept)
        return page

    def _sampled(self, cursor: Any, plan: Leaves) -> Marks | None:
        name = str(plan.order[0].by)
        where, _, values = lift_filter(plan.where, self.columns, 0)
        statement = self.translator.marks(name, where, PARTS, percent_of(plan.total or 0))
        divided, present, seen = self._fetch(cursor, statement, values)[0]
        read = self.translator.read([name])[0]
        return marks_of(divided if read is None or divided is None else [*map(read, divided)], present, seen)

    def _count(self, cursor: Any, plan: Plan) -> int:
        lifted = lift(plan, self.columns)
        return int(self._fetch(cursor, self.translator.count(lifted.plan), lifted.values)[0][0])

    def _fetch(self, cursor: Any, statement: Statement, values: Mapping[str, Any]) -> list[Row]:
        text, bound = self._bound(statement, values)
        found: list[Row] = cursor.execute(text, bound).fetchall()
        return found

    def _bound(self, statement: Statement, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        found = self._compiled.get(statement)
        if found is None:
            found = self._compiled[statement] = _compile(statement)
        text, names, own = found
        return text, [_taken(values[name] if name in values else own[name]) for name in names]


def _taken(value: Any) -> Any:
    """Give a value as DuckDB takes it: it makes a double of an int of 128 bits, and of a long decimal."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, int) and value not in INT64 else value


def _compile(statement: Statement) -> Compiled:
    """Give the text of a statement, its parameters in order, and the values of the user's own ``select()``."""
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    return str(compiled), tuple(compiled.positiontup or ()), compiled.params


def _reads_one_table(source: Any) -> bool:
    """Whether a relation is a table, or some of its columns or rows: one that can be read three times."""
    if isinstance(source, sa.Table):
        return bool(source.info.get(SCANNED))
    froms = source.get_final_froms() if isinstance(source, sa.Select) else []
    if len(froms) != 1 or not isinstance(froms[0], sa.Table):
        return False
    columns = list(source.selected_columns)
    if not all(isinstance(column, sa.Column) for column in columns):
        return False
    narrowed = [sa.select(froms[0]), sa.select(*columns)]
    if source.whereclause is not None:
        narrowed = [each.where(source.whereclause) for each in narrowed]
    return bool(froms[0].info.get(SCANNED)) and any(each.compare(source) for each in narrowed)


def _whole(name: str, schema: str | None) -> str:
    """Give the statement of all that a table or view has: ``table()`` of DuckDB 1 reads all of a view."""
    return str(sa.select(sa.text("*")).select_from(sa.table(name, schema=schema)).compile(dialect=DIALECT))


def own_view(name: str, reader: str, path: str) -> str:
    """Give the statement that makes a view of files for one cursor: threads cannot replace a view they share."""
    found = sa.select(sa.text("*")).select_from(getattr(sa.func, reader)(sa.literal(path)))
    made = found.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
    return f"CREATE OR REPLACE TEMP VIEW {name} AS {made}"


def table_of(database: Database, name: str, *, schema: str | None = None) -> Any:
    """Read the columns of a table or view of DuckDB as a SQLAlchemy table, for a ``select()`` over it.

    :raises ConfigError: If there is no such table.
    """
    with database.cursor() as cursor:
        try:
            relation = cursor.sql(_whole(name, schema))
        except Exception as error:
            found = ", ".join(repr(row[0]) for row in cursor.execute("SHOW TABLES").fetchmany(20))
            msg = f"DuckDB has no table {name!r}. Tables: {found or 'none'}."
            raise ConfigError(msg) from error
        columns = [
            sa.Column(column, type_of(str(kind))) for column, kind in zip(relation.columns, relation.types, strict=True)
        ]
        scanned = database.prepare is not None or cursor.execute(IS_TABLE, [name, schema]).fetchone() is not None
    database.close()
    return sa.Table(name, sa.MetaData(), *columns, schema=schema, info={SCANNED: scanned})
