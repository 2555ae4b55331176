"""Typed statements on SQLite, PostgreSQL, MariaDB and MySQL, through the user's SQLAlchemy engine.

Beside what protects every row model (:mod:`.protect`), each statement runs with these:

============  =======================================================================================================
database      around a statement
============  =======================================================================================================
SQLite        an authorizer that lets it read its own tables and nothing else; limits on lengths, terms and depth
PostgreSQL    ``search_path`` of the system alone, standard strings, ``lock_timeout``; read in parts by a cursor
MariaDB       read in parts; a statement can hold no second one
============  =======================================================================================================

Owns :class:`ServerStatements`. Imports :mod:`.engine_sql`, :mod:`.protect`, :mod:`.sql_database`, SQLAlchemy; made by
:mod:`.sql_sources`.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from ..errors import ConfigError, RowRequestError
from .columns import ORDERED, columns_of_rows
from .engine_sql import SQLEngine, compiling
from .engines import Engine, Guard, Row
from .pools import of_this_process
from .protect import MariaDBProtection, PostgreSQLProtection, Protection, SQLiteProtection
from .reflect import kind_of_type
from .sql_caps import SqlCaps
from .sql_catalog import SqlCatalog, SqlTable
from .sql_database import LISTED, SqlDatabase
from .sql_duckdb import allowed
from .sql_errors import explain
from .sql_limits import LongRows, text_of
from .statement import Statement

logger = logging.getLogger("flask_openbb")

SAMPLE = 200
"""Rows SQLite's types are read from, which belong to values there."""
SYSTEM_SCHEMAS = frozenset({"information_schema", "pg_catalog", "performance_schema", "mysql", "sys"})

PG_TYPES: Mapping[int, Any] = {
    16: sa.Boolean(),
    **dict.fromkeys((20, 21, 23), sa.BigInteger()),
    **dict.fromkeys((700, 701), sa.Double()),
    1700: sa.Numeric(),
    1082: sa.Date(),
    1114: sa.DateTime(),
    1184: sa.DateTime(timezone=True),
    **dict.fromkeys((18, 19, 25, 1042, 1043), sa.String()),
    2950: sa.Uuid(),
}
"""PostgreSQL's types by OID; any other is only shown."""
MYSQL_TYPES: Mapping[int, Any] = {
    **dict.fromkeys((1, 2, 3, 8, 9, 13), sa.BigInteger()),
    **dict.fromkeys((4, 5), sa.Double()),
    **dict.fromkeys((0, 246), sa.Numeric()),
    **dict.fromkeys((10, 14), sa.Date()),
    **dict.fromkeys((7, 12), sa.DateTime()),
    **dict.fromkeys((15, 247, 248, 249, 250, 251, 252, 253, 254), sa.String()),
}
"""MySQL's types by number."""
SQLITE_TYPES: Mapping[str, Any] = {"text": sa.String(), "integer": sa.BigInteger(), "number": sa.Double()}
SQLITE_LIMITS: Mapping[int, int] = {0: 10_000_000, 3: 1_000, 4: 100, 8: 100, 10: 0}
"""Length of a value, depth of an expression, terms of a UNION, length of a LIKE pattern, attached databases.

Source: SQLite's documentation, Run-Time Limits.
"""


class SQLiteStatements(SQLiteProtection):
    """SQLite with an authorizer.

    :param tables: The names that may be read.
    """

    def __init__(self, tables: Callable[[], frozenset[str]]) -> None:
        super().__init__("sqlite")
        self.tables = tables

    @contextmanager
    def around(self, connection: sa.Connection, guard: Guard) -> Iterator[None]:
        raw: Any = connection.connection.driver_connection
        tables = self.tables()
        with super().around(connection, guard):
            before = {limit: raw.setlimit(limit, most) for limit, most in SQLITE_LIMITS.items()} if _limits(raw) else {}
            raw.set_authorizer(lambda *asked: _authorize(tables, *asked))
            try:
                yield
            finally:
                raw.set_authorizer(lambda *_: sqlite3.SQLITE_OK)
                for limit, most in before.items():
                    raw.setlimit(limit, most)

    def is_lent_alone(self, connection: sa.Connection) -> bool:
        """Whether it may be bounded: what people type is, whoever else has the connection."""
        return True


def _limits(raw: Any) -> bool:
    return hasattr(raw, "setlimit")  # Python 3.11


READ, SELECT, FUNCTION = 20, 21, 31
"""SQLite's codes of what a statement does; all others are refused, recursion too."""
FUNCTIONS_NEVER = frozenset(
    {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "sqlite_crypt", "regexp"}
    # They make long values of a number. Python 3.10 cannot set the limits that would stop them.
    | {"zeroblob", "randomblob"}
)


def _authorize(  # noqa: PLR0917 -- SQLite's own order
    tables: frozenset[str], action: int, first: str | None, second: str | None, database: str | None, view: str | None
) -> int:
    if action == SELECT or (action == FUNCTION and second not in FUNCTIONS_NEVER):
        return sqlite3.SQLITE_OK
    if action == READ and database is None:
        return sqlite3.SQLITE_OK  # a column of a subquery, which belongs to no database
    if action == READ and ((first or "").casefold() in tables or (view or "").casefold() in tables):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


class PostgreSQLStatements(PostgreSQLProtection):
    """PostgreSQL with nothing on the search path, for names are written out in full."""

    @contextmanager
    def around(self, connection: sa.Connection, guard: Guard) -> Iterator[None]:
        with super().around(connection, guard):
            for setting, value in (
                ("search_path", "pg_catalog"),
                ("standard_conforming_strings", "on"),
                ("lock_timeout", "2000"),
            ):
                bound = {"setting": setting, "value": value}
                connection.execute(sa.text("SELECT set_config(:setting, :value, true)"), bound)
            yield


class ServerStatements(SqlDatabase):
    """Statements on a database of SQLAlchemy's.

    :param bind: Gives the engine, when it is first needed.
    :param tables: The allow-list, or None for all of the default schema.
    :param schemas: The schemas whose tables there are; the default one where none are named.
    """

    def __init__(
        self,
        bind: Callable[[], sa.Engine],
        *,
        name: str,
        caps: SqlCaps,
        tables: Sequence[str] | None = None,
        schemas: Sequence[str] | None = None,
    ) -> None:
        super().__init__(caps)
        self.name = name
        self.tables = tables
        self.schemas = schemas
        self._bind = bind
        self._opened: sa.Engine | None = None
        self._pid = os.getpid()
        self.protection = self._protection()
        self._probe: SQLEngine | None = None

    @property
    def bind(self) -> sa.Engine:
        """The engine; in a process that forked, without the connections of its parent."""
        if self._opened is None:
            self._opened = self._bind()
        found: sa.Engine = of_this_process(self._opened, self._pid)
        return found

    def read_catalog(self) -> SqlCatalog:
        """Reflect tables and views."""
        inspector = sa.inspect(self.bind)
        default = inspector.default_schema_name or ""
        named = {name.rpartition(".")[0] for name in self.tables or ()} - {""}
        found: list[SqlTable] = []
        for schema in dict.fromkeys([*(self.schemas or (default,)), *sorted(named)]):
            if schema.casefold() in SYSTEM_SCHEMAS:
                raise ConfigError(f"the schema {schema!r} is the database's own, and is not for statements.")
            for name, described in _columns(inspector, schema or None).items():
                shown = tuple((column["name"], _shown(column["type"])) for column in described)
                database = self.bind.url.database or "" if self.name == "postgresql" else ""
                is_default = schema == default or len(self.schemas or ()) == 1
                found.append(SqlTable(name, shown, schema, database, default=is_default))
        if self.schemas and not found:
            raise ConfigError(f"there are no tables in schemas={list(self.schemas)}. Check the names.")
        kept = allowed(sorted(found, key=lambda table: (table.schema, table.name)), self.tables)
        return SqlCatalog(kept, exact=self.name == "postgresql")

    def describe(self, text: str, statement: Statement, guard: Guard) -> list[tuple[str, Any]]:
        """Give the columns as the driver describes them; of SQLite, as the first rows have them."""
        sample = self.name == "sqlite"
        body = statement.sql(limit=SAMPLE) if sample else text
        with self.asking(guard, statement) as connection:
            result = connection.execute(sa.text(body.replace(":", "\\:")))
            described: Any = result.cursor.description if result.cursor is not None else ()
            names = [str(each[0]) for each in described]
            if not sample:
                types = PG_TYPES if self.name == "postgresql" else MYSQL_TYPES
                codes = [types.get(each[1], sa.types.NullType()) for each in described]
                return list(zip(names, codes, strict=True))
            rows = [{str(at): value for at, value in enumerate(row)} for row in result]
        kinds: dict[str, str] = {name: column.type for name, column in columns_of_rows(rows).items()} if rows else {}
        found = [SQLITE_TYPES.get(kinds.get(str(at), "text"), sa.types.NullType()) for at in range(len(names))]
        return list(zip(names, found, strict=True))

    def engine(self, text: str, columns: Sequence[sa.Column[Any]], key: Sequence[str], statement: Statement) -> Engine:
        """Give an engine over the statement."""
        return StatementEngine(self, text_of(text, columns), key, statement)

    def bounded(self, column: str, kind: Any, most: int) -> str:
        """Give a text cut, and refuse a list that is too long."""
        if self.name == "postgresql" and isinstance(kind, sa.String):
            return f"left({column}, {most})"
        if self.name != "postgresql" or kind_of_type(kind, self.name)[0] in ORDERED:
            return column
        size = f"pg_column_size({column})"
        # No text has 2**31 characters: PostgreSQL says that it is too large.
        return f"CASE WHEN {size} < {most // LISTED} OR repeat('x', {2**31 - 1} - 0 * {size}) = '' THEN {column} END"

    @contextmanager
    def asking(self, guard: Guard, statement: Statement) -> Iterator[sa.Connection]:
        """Lend a connection on which a statement is bounded and its errors are explained."""
        if self._probe is None:
            probe = sa.select(sa.literal(1).label("one"))
            self._probe = SQLEngine(self.bind, probe, ("one",), protection=self.protection)
        with explained(statement) as begun, self._probe._connected(guard) as connection:
            begun.set()
            yield connection

    def _protection(self) -> Protection:
        if self.name == "sqlite":
            return SQLiteStatements(lambda: frozenset(table.name.casefold() for table in self.last_catalog()))
        if self.name == "postgresql":
            return PostgreSQLStatements("postgresql")
        return MariaDBProtection(self.name)


class StatementEngine(SQLEngine):
    """SQLAlchemy's engine over one statement, read in parts."""

    def __init__(self, owner: ServerStatements, source: Any, key: Sequence[str], statement: Statement) -> None:
        super().__init__(owner.bind, source, key, protection=owner.protection)
        self._kept = owner.kept
        self.owner = owner
        self.statement = statement

    @contextmanager
    def _connected(self, guard: Guard) -> Iterator[sa.Connection]:
        with explained(self.statement) as begun, super()._connected(guard) as connection:
            begun.set()
            yield connection

    def _fetch(self, connection: sa.Connection, statement: Any, values: Mapping[str, Any], guard: Guard) -> list[Row]:
        guard.remaining()
        # Where long texts were cut, one that is too long must not be shown.
        cut = len(self.statement.collected) if self.name == "postgresql" else 1
        rows = LongRows(self.owner.caps.max_bytes, self.owner.longest(cut))
        options = {"stream_results": True, "max_row_buffer": rows.part, **compiling(values)}
        with connection.execute(statement, dict(self.protection.values(values)), execution_options=options) as result:
            while part := result.fetchmany(rows.part):
                rows.take(part)
        return rows.rows


@contextmanager
def explained(statement: Statement) -> Iterator[threading.Event]:
    """Turn the errors of a database into such as may be shown, once its block says that there is a connection."""
    begun = threading.Event()
    try:
        yield begun
    except RowRequestError:
        raise
    except sa.exc.DBAPIError as error:
        if not begun.is_set() or error.connection_invalidated:
            raise  # there was no connection, or none any more: nobody's statement can mend that
        raise explain(error.orig or error, statement) from None
    except (MemoryError, OverflowError, UnicodeError, sqlite3.Error) as error:
        raise explain(error, statement) from None


def _columns(inspector: sa.Inspector, schema: str | None) -> Mapping[str, Any]:
    """Give the columns of each table and view of a schema, but of views whose own tables are gone."""
    try:
        found = inspector.get_multi_columns(schema=schema, kind=sa.engine.reflection.ObjectKind.ANY)
        return {name: described for (_, name), described in found.items()}
    except sa.exc.DBAPIError:
        names = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
    columns: dict[str, Any] = {}
    for name in names:
        try:
            columns[name] = inspector.get_columns(name, schema)
        except sa.exc.DBAPIError as error:
            logger.warning("The table %r of a SQL widget is left out: %s", name, error.orig)
    return columns


def _shown(kind: Any) -> str:
    try:
        return str(kind)
    except sa.exc.CompileError:
        return "OTHER"
