"""What each database says in its own way, as a table of hooks over SQLAlchemy expressions.

Owns :class:`Dialect`, its default of portable SQL, and one subclass per database; those of warehouses are in
:mod:`.warehouses`. SQLAlchemy is imported with this module, so nothing outside the SQL half of the room imports it
before a SQL source is made. Called by :mod:`.translate`.

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
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from .request import COMPARE, WHITE_SPACE, Operator

Expression = sa.ColumnElement[Any]


class AsItIs(sa.TypeDecorator[Any]):
    """A value of SQLite, whose columns hold anything; a date as its text."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


class Nanoseconds(sa.DateTime):
    """DuckDB's time of nanoseconds, which reaches from 1677 to 2262."""


NS_FIRST: Expression = sa.literal_column("TIMESTAMP '1677-09-22 00:00:00'", sa.DateTime())
NS_LAST: Expression = sa.literal_column("TIMESTAMP '2262-04-11 23:47:16.854775'", sa.DateTime())


class TimeText(AsItIs):
    """A time as SQLite's text of it, without a fraction that is zero."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return value.isoformat(" ") if isinstance(value, datetime) else value


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
    loose = False
    """Whether columns hold values of other types than their own."""
    zoned_driver = False
    """Whether the driver gives a time without a time zone with that of the server."""
    bind_types: Mapping[str, Any] = {
        "text": sa.String(),
        "integer": sa.BigInteger(),
        "number": sa.Double(),
        "decimal": sa.Numeric(),
        "boolean": sa.Boolean(),
        "date": sa.Date(),
        "datetime": sa.DateTime(),
    }
    """The type of a bound value of each column type."""

    def bound(self, value: sa.BindParameter[Any], column: Expression) -> Expression:
        """Give the bound value that a column is compared with."""
        return value

    def compared(self, op: Operator, column: Expression, value: Expression) -> Expression:
        """Compare a column with a value of its type."""
        found: Expression = COMPARE[op](column, value)
        return found

    def among(self, column: Expression, values: Sequence[Expression]) -> Expression:
        """Whether a column has one of some values of its type."""
        return column.in_(values)

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

    def divided(self, column: Expression, parts: int) -> Expression:
        """Give the values that divide a column into even parts as a list, where the engine looks for deep pages."""
        raise NotImplementedError

    def sampled(self, statement: sa.Select[Any], percent: int) -> sa.Select[Any]:
        """Read some rows only, each with the same chance, before they are filtered."""
        raise NotImplementedError

    def total(self, column: Expression, kind: str) -> Expression:
        """Give the sum of a column of a type, of that type."""
        return sa.func.sum(column)

    def extreme(self, column: Expression, largest: bool) -> Expression:
        """Give the largest or smallest value."""
        return sa.func.max(column) if largest else sa.func.min(column)

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
    loose = True
    bind_types: Mapping[str, Any] = {
        **Dialect.bind_types,
        **dict.fromkeys(("integer", "number", "date"), AsItIs()),
        "datetime": TimeText(),
    }

    def compared(self, op: Operator, column: Expression, value: Expression) -> Expression:
        # Times are text. SQLAlchemy writes all six digits of a second's fraction, others none where it is zero, and the
        # shorter text is the smaller one.
        if not isinstance(value.type, TimeText) or op in {"lt", "ge"}:
            return super().compared(op, column, value)
        if op in {"le", "gt"}:
            return super().compared(op, column, _with_fraction(value))
        both = self.among(column, [value])
        return both if op == "eq" else sa.not_(both)

    def among(self, column: Expression, values: Sequence[Expression]) -> Expression:
        times = [value for value in values if isinstance(value.type, TimeText)]
        # Others write milliseconds, or a T, as ISO 8601 has it.
        short = [*times, *map(_in_milliseconds, times)]
        return column.in_([*values, *map(_with_fraction, times), *short[len(times) :], *map(_with_t, short)])

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


def _with_fraction(value: Expression) -> Expression:
    return value.op("||", return_type=sa.String())(sa.literal_column("'.000000'"))


def _in_milliseconds(value: Expression) -> Expression:
    marked = value.op("||", return_type=sa.String())(sa.literal_column("'$'"))
    return sa.func.replace(marked, sa.literal_column("'000$'"), sa.literal_column("''"), type_=sa.String())


def _with_t(value: Expression) -> Expression:
    return sa.func.replace(value, sa.literal_column("' '"), sa.literal_column("'T'"), type_=sa.String())


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

    def bound(self, value: sa.BindParameter[Any], column: Expression) -> Expression:
        # A type for both would be wider than what 38 digits hold.
        if isinstance(value.type, sa.Numeric):
            return sa.func.cast_to_type(value, column)
        # Other times would be an error, not smaller or greater.
        return (
            sa.func.greatest(sa.func.least(value, NS_LAST), NS_FIRST) if isinstance(column.type, Nanoseconds) else value
        )

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

    def divided(self, column: Expression, parts: int) -> Expression:
        shares: Expression = sa.literal_column(str([round(part / parts, 6) for part in range(1, parts)]))
        return sa.func.quantile_disc(column, shares)

    def sampled(self, statement: sa.Select[Any], percent: int) -> sa.Select[Any]:
        return statement.suffix_with(sa.text(f"USING SAMPLE {percent}% (bernoulli)"))
