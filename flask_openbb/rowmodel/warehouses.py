"""What warehouses say in their own way, and the hooks of every database by its name.

Owns one subclass of :class:`.dialects.Dialect` for each warehouse, and :func:`dialect_of`. Imports :mod:`.dialects`
and SQLAlchemy; called by :mod:`.protect`.

Run live against the plain-Python engine: ClickHouse, and what Databricks is asked on Spark. Proven by golden SQL only,
and untested until someone runs them: Trino, Snowflake, and Databricks itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from .dialects import Dialect, DuckDB, Expression, MariaDB, PostgreSQL, SQLite
from .request import Operator


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
    """Databricks and Spark: ``contains``, ``startswith`` and ``endswith``, NULL smallest; run on Spark only."""

    name = "databricks"
    null_smallest = True

    contains = Snowflake.contains
    starts = Snowflake.starts
    ends = Snowflake.ends

    def folded(self, column: Expression) -> Expression:
        return sa.func.lower(_alone(sa.func.replace, column), type_=sa.String())

    def total(self, column: Expression, kind: str) -> Expression:
        # A sum of 64 bits that is too large is an error.
        return sa.func.sum(sa.cast(column, sa.Numeric(20, 0)) if kind == "integer" else column)


def _alone(replace: Callable[..., Expression], column: Expression) -> Expression:
    """Lower the two letters whose lower case is another within a word than alone."""
    for upper, lower in (("\u0130", "i"), ("\u03a3", "\u03c3")):
        column = replace(column, sa.literal_column(f"'{upper}'"), sa.literal_column(f"'{lower}'"))
    return column


class Written(sa.TypeDecorator[Any]):
    """A value as text: ClickHouse's driver writes decimals as doubles and times in seconds."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        if isinstance(value, datetime):
            aware = value.tzinfo is not None
            return (value.astimezone(timezone.utc).replace(tzinfo=None) if aware else value).isoformat(" ")
        return None if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)


class ClickHouse(Dialect):
    """ClickHouse: ``lowerUTF8`` by words, ``position`` in bytes, and functions where a CAST refuses NULL."""

    name = "clickhouse"
    tested = True
    zoned_driver = True

    def bound(self, value: sa.BindParameter[Any], column: Expression) -> Expression:
        kind, text = value.type, sa.bindparam(value.key, type_=Written(), required=False)
        if isinstance(kind, sa.DateTime):
            rest: list[Expression] = [sa.literal_column(each) for each in (("6", "'UTC'") if kind.timezone else ("6",))]
            return sa.func.toDateTime64(text, *rest, type_=kind)
        if isinstance(kind, sa.Date):
            return sa.func.toDate32(text, type_=kind)
        if isinstance(kind, sa.Numeric) and not isinstance(kind, sa.Float):
            scale = getattr(column.type, "scale", None)
            return sa.func.toDecimal256(text, sa.literal_column(str(18 if scale is None else scale)), type_=kind)
        return value

    def compared(self, op: Operator, column: Expression, value: Expression) -> Expression:
        found = super().compared(op, column, value)
        if op != "eq" or not isinstance(value.type, sa.Float):
            return found
        return sa.or_(found, sa.and_(sa.func.isNaN(sa.func.toFloat64(column)), sa.func.isNaN(value)))

    def among(self, column: Expression, values: Sequence[Expression]) -> Expression:
        # IN does not compare a DateTime with a DateTime64, = does; and no NaN is another.
        if isinstance(values[0].type, sa.DateTime | sa.Float):
            return sa.or_(*(self.compared("eq", column, value) for value in values))
        return super().among(column, values)

    def folded(self, column: Expression) -> Expression:
        return sa.func.lowerUTF8(_alone(sa.func.replaceAll, column), type_=sa.String())

    def contains(self, folded: Expression, needle: Expression) -> Expression:
        return sa.func.position(folded, needle, type_=sa.Integer()) > 0

    def starts(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        return sa.func.startsWith(folded, needle, type_=sa.Boolean())

    def ends(self, folded: Expression, needle: Expression, length: Expression) -> Expression:
        return sa.func.endsWith(folded, needle, type_=sa.Boolean())

    # Without the end, what aggregates of no row at all give is a zero.

    def total(self, column: Expression, kind: str) -> Expression:
        # A sum of 64 bits that is too large wraps around without a word.
        return sa.func.sumOrNull(sa.func.toInt128(column) if kind == "integer" else column)

    def extreme(self, column: Expression, largest: bool) -> Expression:
        return (sa.func.maxOrNull if largest else sa.func.minOrNull)(column, type_=column.type)

    def mean(self, column: Expression) -> Expression:
        return sa.func.avgOrNull(sa.func.toFloat64(column), type_=sa.Double())


DIALECTS: Mapping[str, Callable[[], Dialect]] = {
    "sqlite": SQLite,
    "postgresql": PostgreSQL,
    "mysql": MariaDB,
    "mariadb": MariaDB,
    "duckdb": DuckDB,
    "trino": Trino,
    "snowflake": Snowflake,
    "databricks": Databricks,
    "clickhouse": ClickHouse,  # clickhouse-sqlalchemy
    "clickhousedb": ClickHouse,  # clickhouse-connect
}
"""The hooks by the name of the SQLAlchemy dialect; any other database gets portable SQL."""


def dialect_of(name: str) -> Dialect:
    """Give the hooks of a SQLAlchemy dialect."""
    return DIALECTS.get(name, Dialect)()
