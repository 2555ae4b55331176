"""The engine over any database SQLAlchemy has a dialect for.

Owns :class:`SQLEngine`: one short read-only transaction a question, bounded and stoppable where the driver can
(:mod:`.protect`). Imports :mod:`.translate`, :mod:`.shape`, :mod:`.reflect`, :mod:`.engines` and SQLAlchemy; called by
:mod:`.pages` through the :class:`.engines.Engine` protocol, made by :mod:`.sources`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from ..errors import RowRequestError
from .counts import mark_of
from .dialects import Dialect
from .engines import Guard, Row
from .kept import Kept
from .plan import Plan
from .pools import of_this_process
from .protect import Protection, protection_of
from .reflect import Relation, relation_of
from .request import Filter
from .shape import lift, lift_filter
from .translate import Convert, Statement, Translator

STREAM_ROWS = 1_000
MOST_COMPILED = 80
"""Values of a statement that SQLAlchemy keeps compiled."""


class SQLEngine:
    """Answers by statements over one relation.

    :param bind: The user's SQLAlchemy engine; its pool is opened anew in each process.
    :param source: A table, a mapped class, or a ``select()`` of the user's own.
    :param key: The columns that tell rows apart.
    :param protection: What bounds its statements; by the name of the database unless given.
    :param dialect: The hooks of the database; found out with the first question unless given.

    .. versionadded:: 0.1
    """

    def __init__(
        self,
        bind: sa.Engine,
        source: Any,
        key: Sequence[str],
        *,
        protection: Protection | None = None,
        dialect: Dialect | None = None,
    ) -> None:
        self.bind = bind
        self.name = bind.dialect.name
        self.relation: Relation = relation_of(source, self.name)
        self.columns = self.relation.columns
        self.key = self.columns.check_key(key)
        self.protection = protection or protection_of(self.name)
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._dialect = [] if dialect is None else [dialect]
        """What the server is like, once it is known; shared by all that narrow this engine."""
        self._kept = Kept()
        self._made: Translator | None = None

    def narrowed(self, source: Any) -> SQLEngine:
        """Give the same engine over another relation, of the same columns or fewer."""
        made = SQLEngine(self.bind, source, self.key, protection=self.protection)
        made._dialect, made._kept, made._pid = self._dialect, self._kept, self._pid
        return made

    def identify(self, source: Any) -> Hashable:
        """Give what tells one ``select()`` from another, or None."""
        return identify(source, self.bind.dialect)

    def rows(self, plan: Plan, guard: Guard) -> list[Row]:
        """Give a page of rows or groups."""
        with self._connected(guard) as connection:
            lifted = lift(plan, self.columns)
            translator = self._translator(connection)
            found = self._fetch(connection, translator.page(lifted.plan, lifted.paging), lifted.values, guard)
        if lifted.paging.backwards:
            found.reverse()
        return convert(found, translator.converters(plan))

    def count(self, plan: Plan, guard: Guard) -> int:
        """Count the rows of the level."""
        with self._connected(guard) as connection:
            lifted = lift(plan, self.columns)
            statement = self._translator(connection).count(lifted.plan)
            return int(self._fetch(connection, statement, lifted.values, guard)[0][0])

    def points(self, names: Sequence[str], where: Filter, limit: int, guard: Guard) -> list[Row]:
        """Give the combinations of values that occur."""
        with self._connected(guard) as connection:
            shape, slot, values = lift_filter(where, self.columns, limit)
            translator = self._translator(connection)
            statement = translator.points(tuple(names), shape, slot)
            found = self._fetch(connection, statement, values, guard)
        return convert(found, translator.read(names))

    def stream(self, plan: Plan, guard: Guard) -> Iterator[Row]:
        """Give all rows of a plan, read in parts."""
        with self._connected(guard) as connection:
            lifted = lift(plan, self.columns)
            translator = self._translator(connection)
            statement, converters = translator.page(lifted.plan, lifted.paging), translator.converters(plan)
            options = {"stream_results": True, "yield_per": STREAM_ROWS, **compiling(lifted.values)}
            values = dict(self.protection.values(lifted.values))
            with connection.execute(statement, values, execution_options=options) as result:
                try:
                    for part in result.partitions():
                        yield from convert([tuple(row) for row in part], converters)
                except GeneratorExit:
                    self.protection.abandon(connection, result.cursor)
                    raise

    def _fetch(
        self, connection: sa.Connection, statement: Statement, values: Mapping[str, Any], guard: Guard
    ) -> list[Row]:
        guard.remaining()
        given = dict(self.protection.values(values))
        # All at once: row by row takes twice as long.
        return list(map(tuple, connection.execute(statement, given, execution_options=compiling(values)).all()))

    @contextmanager
    def _connected(self, guard: Guard) -> Iterator[sa.Connection]:
        """Open a connection that only reads, and stops in time or when the guard says so."""
        guard.remaining()
        with of_this_process(self.bind, self._pid).connect() as connection:
            try:
                with self.protection.around(connection, guard), guard.running(self.protection.stopper(connection)):
                    yield connection
            except sa.exc.DBAPIError as error:
                if guard.cancelled or self.protection.stopped(error):
                    raise guard.error() from None
                if self.protection.overflowed(error):
                    problem = f"the sum is past 64 bits, which {self.name} cannot hold. Choose avg, or filter."
                    raise RowRequestError("valueCols", problem) from None
                raise

    def _translator(self, connection: sa.Connection) -> Translator:
        if self._made is None:
            with self._lock:
                if self._made is None:
                    if not self._dialect:
                        self._dialect.append(self.protection.dialect(connection))
                    self._made = Translator(self.relation, self.key, self._dialect[0], kept=self._kept)
        return self._made


def compiling(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the options of a statement with some values: SQLAlchemy keeps 500 compiled ones, whatever they weigh."""
    return {"compiled_cache": None} if len(values) > MOST_COMPILED else {}


def identify(source: Any, dialect: Any) -> Hashable:
    """Give what tells one ``select()`` from another: its structure, or else its text, and its values.

    None where they cannot be told apart by these, so that what one caller sees is never kept for another.

    Source: SQLAlchemy docs, ORM examples, Dogpile Caching, which keys results the same way.
    """
    key = source._generate_cache_key() if hasattr(source, "_generate_cache_key") else None
    try:
        if key is not None:
            return key.key, mark_of([bind.effective_value for bind in key.bindparams])
        compiled = source.compile(dialect=dialect)
        return str(compiled), mark_of([[name, compiled.params[name]] for name in sorted(compiled.params)])
    except TypeError:
        return None


def convert(rows: list[Row], converters: Sequence[Convert | None]) -> list[Row]:
    """Turn the driver's values into those of the column types, where they differ."""
    if not any(converters):
        return rows
    return [
        tuple(value if to is None or value is None else to(value) for value, to in zip(row, converters, strict=False))
        for row in rows
    ]
