"""What each database says in its own way, as a table of hooks over SQLAlchemy expressions.

Owns :class:`Dialect`, its default of portable SQL, and one subclass per database. SQLAlchemy is imported with this
module, so nothing outside the SQL half of the room imports it before a SQL source is made. Called by :mod:`.translate`.

========================  ==========================================================================================
hook                      what must come out alike
========================  ==========================================================================================
``text``                  text compared and ordered by code point, whatever the column's collation
``folded``                the lower case of each code point, see :func:`.request.fold`
``match``                 ``contains``, ``startsWith`` and ``endsWith`` without wildcards
``trimmed``               text without ASCII white space, or nothing where it is only that
``order``                 NULL first when ascending, last when descending
``first`` and ``last``    in the order of the key, NULL included; by window functions where there is no such aggregate
========================  ==========================================================================================

Tested live: SQLite, PostgreSQL, MariaDB, DuckDB. Proven by golden SQL only, and untested until someone runs them:
Trino, Snowflake, Databricks, ClickHouse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from .request import WHITE_SPACE

Expression = sa.ColumnElement[Any]


class Dialect:
    """Portable SQL: what any database with window functions and ``LIKE … ESCAPE`` understands."""

    name = "generic"
    tested = False
    null_smallest = False
    """Whether the database sorts NULL as smaller than everything without being told."""
    null_order = True
    """Whether it knows ``NULLS FIRST`` and ``NULLS LAST``."""
    own_first = False
    """Whether it has aggregates for ``first`` and ``last`` by an order."""

    def text(self, column: Expression) -> Expression:
        """Give text that is compared and ordered by code point."""
        return column

    def folded(self, column: Expression) -> Expression:
        """Give the lower case of text."""
        return sa.func.lower(column)

    def contains(self, folded: Expression, needle: Expression) -> Expression:
        """Whether folded text contains another."""
        for char in ("/", "%", "_"):
            needle = sa.func.replace(needle, sa.literal(char, sa.String()), sa.literal("/" + char, sa.String()))
        anything = sa.literal("%", sa.String())
        return folded.like(anything + needle + anything, escape="/")

    def starts(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        """Whether folded text starts with another of a length."""
        return sa.func.substr(folded, 1, length) == needle

    def ends(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        """Whether folded text ends with another of a length."""
        whole: Expression = sa.func.length(folded)
        return sa.and_(whole >= length, sa.func.substr(folded, whole - length + 1) == needle)

    def empty(self, column: Expression) -> Expression:
        """Whether text is of white space alone; the characters are part of the statement, as they are ours."""
        for char in WHITE_SPACE:
            column = sa.func.replace(column, sa.literal(char, sa.String()), sa.literal("", sa.String()))
        return column == sa.literal("", sa.String())

    def order(self, column: Expression, descending: bool, nullable: bool) -> list[Any]:
        """Give the terms of ORDER BY for one sort."""
        term = column.desc() if descending else column.asc()
        if not nullable or self.null_smallest:
            return [term]
        if self.null_order:
            return [term.nulls_last() if descending else term.nulls_first()]
        present = sa.case((column.is_(None), 0), else_=1)
        return [present.desc() if descending else present.asc(), term]

    def first(self, column: Expression, keys: Sequence[Expression], last: bool) -> Expression:
        """Give the first or last value in the order of some keys, where :attr:`own_first`."""
        raise NotImplementedError

    def total(self, column: Expression, kind: str) -> Expression:
        """Give the sum of a column of a type, of that type."""
        return sa.func.sum(column)

    def mean(self, column: Expression) -> Expression:
        """Give the average as a double."""
        return sa.func.avg(sa.cast(column, sa.Double()))

    def shown(self, column: Expression, aware: bool) -> Expression:
        """Give a column as the driver can read it; ``aware`` is a time with a time zone."""
        return column


class SQLite(Dialect):
    """SQLite: its own ``lower`` knows ASCII only, so the engine adds a function to the connection."""

    name = "sqlite"
    tested = True
    null_smallest = True

    def text(self, column: Expression) -> Expression:
        return sa.collate(column, "BINARY")

    def folded(self, column: Expression) -> Expression:
        return sa.func.openbb_fold(column, type_=sa.String())

    def contains(self, folded: Expression, needle: Expression) -> Expression:
        return sa.func.instr(folded, needle) > 0

    def empty(self, column: Expression) -> Expression:
        return sa.func.trim(column, sa.literal(WHITE_SPACE, sa.String())) == sa.literal("", sa.String())

    def mean(self, column: Expression) -> Expression:
        return sa.func.avg(column, type_=sa.Double())


class PostgreSQL(Dialect):
    """PostgreSQL: text in collation ``C``; ``lower`` in a collation whose lower case is by code point.

    :param lower: Such a collation, found by the engine; None for that of the database.
    """

    name = "postgresql"
    tested = True

    def __init__(self, lower: str | None = None) -> None:
        self.lower = lower

    def text(self, column: Expression) -> Expression:
        return sa.collate(column, "C")

    def folded(self, column: Expression) -> Expression:
        lower = sa.func.lower(column if self.lower is None else sa.collate(column, self.lower), type_=sa.String())
        return sa.collate(lower, "C")

    def starts(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        return sa.func.starts_with(folded, needle)

    def contains(self, folded: Expression, needle: Expression) -> Expression:
        return sa.func.strpos(folded, needle, type_=sa.Integer()) > 0

    def ends(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        return sa.func.right(folded, sa.cast(length, sa.Integer())) == needle

    def empty(self, column: Expression) -> Expression:
        return sa.func.btrim(column, sa.literal(WHITE_SPACE, sa.String())) == sa.literal("", sa.String())


class MariaDB(Dialect):
    """MariaDB and MySQL: a collation by code point that does not ignore spaces at the end.

    Sorting looks at the first ``max_sort_length`` bytes of a text, 1,024 unless the server says otherwise.

    :param binary: The collation by code point.
    :param lower: A collation whose lower case is by code point, with a recent table of Unicode.
    """

    name = "mariadb"
    tested = True
    null_smallest = True
    null_order = False

    def __init__(self, binary: str = "utf8mb4_nopad_bin", lower: str = "utf8mb4_uca1400_nopad_as_cs") -> None:
        self.binary = binary
        self.lower = lower

    def text(self, column: Expression) -> Expression:
        return sa.collate(self._utf8(column), self.binary)

    def folded(self, column: Expression) -> Expression:
        lower = sa.func.lower(sa.collate(self._utf8(column), self.lower), type_=sa.String())
        return sa.collate(lower, self.binary)

    def contains(self, folded: Expression, needle: Expression) -> Expression:
        return sa.func.locate(needle, folded) > 0

    def starts(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        return sa.func.left(folded, length) == needle

    def ends(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        return sa.func.right(folded, length) == needle

    def _utf8(self, column: Expression) -> Expression:
        return sa.cast(column, mysql.CHAR(charset="utf8mb4"))


class DuckDB(Dialect):
    """DuckDB: text is compared by code point; has aggregates in an order."""

    name = "duckdb"
    tested = True
    own_first = True

    def contains(self, folded: Expression, needle: Expression) -> Expression:
        return sa.func.contains(folded, needle, type_=sa.Boolean())

    def starts(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        return sa.func.starts_with(folded, needle, type_=sa.Boolean())

    def ends(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        return sa.func.suffix(folded, needle, type_=sa.Boolean())

    def empty(self, column: Expression) -> Expression:
        return sa.func.trim(column, sa.literal(WHITE_SPACE, sa.String())) == sa.literal("", sa.String())

    def shown(self, column: Expression, aware: bool) -> Expression:
        # DuckDB reads a time zone with a package of its own choice only.
        return sa.func.timezone(sa.literal("UTC", sa.String()), column, type_=sa.DateTime()) if aware else column

    def first(self, column: Expression, keys: Sequence[Expression], last: bool) -> Expression:
        ordered = postgresql.aggregate_order_by(column, *(key.asc() for key in keys))
        return (sa.func.last if last else sa.func.first)(ordered, type_=column.type)


class Trino(Dialect):
    """Trino: ``STRPOS``; golden SQL only."""

    name = "trino"

    def contains(self, folded: Expression, needle: Expression) -> Expression:
        return sa.func.strpos(folded, needle, type_=sa.Integer()) > 0


class Snowflake(Dialect):
    """Snowflake: ``CONTAINS``, ``STARTSWITH`` and ``ENDSWITH``, no ``STRPOS``; golden SQL only."""

    name = "snowflake"

    def contains(self, folded: Expression, needle: Expression) -> Expression:
        return sa.func.contains(folded, needle, type_=sa.Boolean())

    def starts(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        return sa.func.startswith(folded, needle, type_=sa.Boolean())

    def ends(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        return sa.func.endswith(folded, needle, type_=sa.Boolean())


class Databricks(Dialect):
    """Databricks and Spark: ``contains``, ``startswith`` and ``endswith``, NULL smallest; golden SQL only."""

    name = "databricks"
    null_smallest = True

    contains = Snowflake.contains
    starts = Snowflake.starts
    ends = Snowflake.ends


class ClickHouse(Dialect):
    """ClickHouse: ``lowerUTF8``, ``position`` in bytes, aggregates by argument; golden SQL only."""

    name = "clickhouse"

    def folded(self, column: Expression) -> Expression:
        return sa.func.lowerUTF8(column, type_=sa.String())

    def contains(self, folded: Expression, needle: Expression) -> Expression:
        return sa.func.position(folded, needle, type_=sa.Integer()) > 0

    def starts(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        return sa.func.startsWith(folded, needle, type_=sa.Boolean())

    def ends(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        return sa.func.endsWith(folded, needle, type_=sa.Boolean())


DIALECTS: Mapping[str, Callable[[], Dialect]] = {
    "sqlite": SQLite,
    "postgresql": PostgreSQL,
    "mysql": MariaDB,
    "mariadb": MariaDB,
    "duckdb": DuckDB,
    "trino": Trino,
    "snowflake": Snowflake,
    "databricks": Databricks,
    "clickhouse": ClickHouse,
}
"""The hooks by the name of the SQLAlchemy dialect; any other database gets portable SQL."""


def dialect_of(name: str) -> Dialect:
    """Give the hooks of a SQLAlchemy dialect."""
    return DIALECTS.get(name, Dialect)()
