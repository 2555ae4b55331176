"""Typed statements on DuckDB: a database of its own, filled with what was declared and then locked.

Files become views that name each file, frames and SQLite files tables, DuckDB files are attached read-only. Then,
before any statement, external access is switched off but for those files, and the configuration is locked: a
statement that got past the judge could still open no other file, load no extension and lift no bound. Secrets are
made on that trusted connection, and no function that shows them may be called. Owns :class:`LockedDuckDB` and
:class:`OwnDuckDB`, over the user's connection, which is not locked, since it is the user's. Imports
:mod:`.engine_duckdb`, :mod:`.sql_database`, SQLAlchemy; DuckDB when a connection is opened. Made by
:mod:`.sql_sources`.

Source: DuckDB's documentation, Securing DuckDB.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from time import monotonic
from typing import Any

import sqlalchemy as sa

from ..errors import RowRequestError
from .columns import ORDERED
from .engine_duckdb import Database, DuckDBEngine, type_of
from .engines import Engine, Guard, Row
from .reflect import kind_of_type
from .sql_caps import SqlCaps
from .sql_catalog import SqlCatalog, SqlTable
from .sql_database import LISTED, SqlDatabase
from .sql_errors import explain
from .sql_limits import LongRows, text_of
from .sql_memory import watch
from .statement import Statement

REFRESH_SECONDS = 10.0
"""How long files are believed to be the same."""

Fill = Callable[[Any], Sequence[str]]
"""Makes relations on a trusted connection, and gives the paths they read later: files, or directories ending in /."""
Stamp = Callable[[], Any]
"""Tells when relations must be made anew: what it gives changes."""

CONFIG: Mapping[str, str] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
}

TABLES = """
SELECT c.database_name, c.schema_name, c.table_name, list([c.column_name, c.data_type] ORDER BY c.column_index),
       coalesce(any_value(t.comment), any_value(v.comment), '')
FROM duckdb_columns() c
LEFT JOIN duckdb_tables() t USING (database_name, schema_name, table_name)
LEFT JOIN duckdb_views() v ON (v.database_name, v.schema_name, v.view_name)
    = (c.database_name, c.schema_name, c.table_name)
WHERE NOT c.internal AND c.database_name NOT IN ('system', 'temp')
GROUP BY ALL ORDER BY 1, 2, 3
"""
TABLES = TABLES.replace("GROUP BY ALL", "GROUP BY c.database_name, c.schema_name, c.table_name")


class DuckDBStatements(SqlDatabase):
    """What both have in common: a catalog, a description and an engine."""

    name = "duckdb"

    def __init__(self, caps: SqlCaps, tables: Sequence[str] | None) -> None:
        super().__init__(caps)
        self.tables = tables
        self.database: Database

    def read_catalog(self) -> SqlCatalog:
        """Read tables and views from DuckDB's own lists, which statements may not read."""
        with self.database.cursor() as cursor:
            rows = cursor.execute(TABLES).fetchall()
            current, main = cursor.execute("SELECT current_database(), current_schema()").fetchone()
        names = [row[2].casefold() for row in rows]
        found = [
            SqlTable(
                name,
                tuple((column, kind) for column, kind in columns),
                schema,
                database,
                attached=True,
                default=names.count(name.casefold()) == 1 or (database, schema) == (current, main),
                comment=comment,
            )
            for database, schema, name, columns, comment in rows
        ]
        return SqlCatalog(allowed(found, self.tables))

    def describe(self, text: str, statement: Statement, guard: Guard) -> list[tuple[str, Any]]:
        """Give the columns by DuckDB's DESCRIBE, which runs nothing."""
        with self.asking(guard, statement) as cursor:
            found = cursor.execute(f"DESCRIBE {text}").fetchall()
        return [(str(name), type_of(str(kind))) for name, kind, *_ in found]

    def bounded(self, column: str, kind: Any, most: int) -> str:
        """Refuse a list that is too long: once Python makes it, nothing can stop it."""
        if kind_of_type(kind, self.name)[0] in ORDERED:
            return column
        size = f"strlen(CAST({column} AS VARCHAR))"
        return f"CASE WHEN {size} < {most // LISTED} THEN {column} ELSE error('Out of Memory: a list') END"

    def renew(self) -> None:
        """Make the database anew where it is ours: after an error within DuckDB, it takes no more statements."""

    def look(self) -> None:
        """Look at the files anew before the next statement, where they are ours: one could not be read."""

    def engine(self, text: str, columns: Sequence[sa.Column[Any]], key: Sequence[str], statement: Statement) -> Engine:
        """Give DuckDB's engine over the statement."""
        return StatementEngine(self, text_of(text, columns), key, statement)

    @contextmanager
    def asking(self, guard: Guard, statement: Statement) -> Iterator[Any]:
        """Lend a cursor on which a statement is bounded and its errors are explained."""
        import duckdb

        try:
            with self.database.asking(guard) as cursor, watch(self.caps.memory, cursor.interrupt) as grown:
                try:
                    yield cursor
                except duckdb.InterruptException as error:
                    if grown.value:
                        raise explain(MemoryError("too much memory"), statement) from error
                    raise
        except (duckdb.InternalException, duckdb.FatalException) as error:
            self.renew()
            raise explain(error, statement) from None
        except (duckdb.IOException, duckdb.PermissionException) as error:
            self.look()
            raise explain(error, statement) from None
        except (duckdb.Error, MemoryError, RuntimeError) as error:
            raise explain(error, statement) from None


class StatementEngine(DuckDBEngine):
    """DuckDB's engine over one statement."""

    def __init__(self, owner: DuckDBStatements, source: Any, key: Sequence[str], statement: Statement) -> None:
        super().__init__(owner.database, source, key, kept=owner.kept)
        self.owner = owner
        self.statement = statement

    def _asking(self, guard: Guard) -> AbstractContextManager[Any]:
        return self.owner.asking(guard, self.statement)

    def _fetch(self, cursor: Any, statement: Any, values: Mapping[str, Any]) -> list[Row]:
        text, bound = self._bound(statement, values)
        rows = LongRows(self.owner.caps.max_bytes)
        cursor.execute(text, bound)
        while part := cursor.fetchmany(rows.part):
            rows.take(part)
        return rows.rows


class LockedDuckDB(DuckDBStatements):
    """A database in memory, filled and locked; made anew in each process, and when its files change.

    :param fills: Gives what makes its relations.
    :param stamp: What tells that they changed.
    :param tables: The allow-list, or None for all.
    """

    def __init__(
        self, fills: Callable[[], Sequence[Fill]], stamp: Stamp, *, caps: SqlCaps, tables: Sequence[str] | None = None
    ) -> None:
        super().__init__(caps, tables)
        self._fills = fills
        self._stamp = stamp
        self._seen: tuple[float, Any] = (0.0, None)
        self.database = Database(self._open)

    def catalog(self) -> SqlCatalog:
        """Give the relations, after a look at the files."""
        if self._seen[0] < monotonic():
            stamp = self._stamp()
            if self._seen[1] is not None and stamp != self._seen[1]:
                self.renew()
            self._seen = (monotonic() + REFRESH_SECONDS, stamp)
        return super().catalog()

    def renew(self) -> None:
        """Open the database anew at the next question; one that runs ends on the old one."""
        self.version += 1
        self.database = Database(self._open)

    def look(self) -> None:
        """Look at the files anew before the next statement."""
        self._seen = (0.0, self._seen[1])

    def _open(self) -> Any:
        import duckdb

        memory = f"{max(64, self.caps.memory // 2**20)}MB"
        connection = duckdb.connect(
            ":memory:", config={**CONFIG, "memory_limit": memory, "threads": str(self.caps.threads)}
        )
        paths = [path for fill in self._fills() for path in fill(connection)]
        directories = [path for path in paths if path.endswith("/")]
        files = [path for path in paths if not path.endswith("/")]
        # The order matters: nothing can be set once the configuration is locked.
        connection.execute(f"SET allowed_paths = [{_texts(files)}]")
        connection.execute(f"SET allowed_directories = [{_texts(directories)}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return connection


class OwnDuckDB(DuckDBStatements):
    """The user's connection, with what it may do; the judge alone keeps statements from its files and settings."""

    def __init__(self, connection: Any, *, caps: SqlCaps, tables: Sequence[str] | None = None) -> None:
        super().__init__(caps, tables)
        self.database = Database(lambda: connection, lent=True)


def allowed(tables: Sequence[SqlTable], names: Sequence[str] | None) -> list[SqlTable]:
    """Keep the relations of an allow-list.

    :raises ConfigError: If one of its names is no relation.
    """
    from ..errors import ConfigError

    if names is None:
        return list(tables)
    catalog, kept = SqlCatalog(tables), []
    for name in names:
        found = catalog.find(tuple(name.split(".")))
        if found is None:
            raise ConfigError(f"tables= names {name!r}, which is no table. {catalog.nearest(tuple(name.split('.')))}")
        kept.append(found)
    return kept


def quoted(name: str) -> str:
    """Quote a name for DuckDB."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote a text for DuckDB."""
    return "'" + value.replace("'", "''") + "'"


def _texts(values: Sequence[str]) -> str:
    return ", ".join(text(value) for value in values)


def absolute(path: str | os.PathLike[str]) -> str:
    """Give the path of a file as DuckDB compares it."""
    return os.path.abspath(os.fspath(path))


__all__ = ["DuckDBStatements", "LockedDuckDB", "OwnDuckDB", "RowRequestError", "absolute", "allowed", "quoted", "text"]
