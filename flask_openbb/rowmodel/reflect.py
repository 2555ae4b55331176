"""A SQLAlchemy table or ``select()`` as a relation with an allow-list.

Owns which of SQLAlchemy's types is which column type, and how each column is read as that type. Imports
:mod:`.columns`, SQLAlchemy and the package's errors; called by the SQL engines.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from ..errors import ConfigError
from .columns import ColumnType, RowColumn, RowColumns, is_sqlite_text
from .dialects import Expression

KINDS: tuple[tuple[type, ColumnType], ...] = (
    (sa.Boolean, "boolean"),
    (sa.Enum, "text"),
    (sa.Uuid, "text"),
    (sa.JSON, "other"),
    (sa.Float, "number"),
    (sa.Numeric, "decimal"),
    (sa.Integer, "integer"),
    (sa.DateTime, "datetime"),
    (sa.Date, "date"),
    (sa.String, "text"),
)
"""The first class a type is an instance of decides."""

CLICKHOUSE = frozenset({"clickhouse", "clickhousedb"})
"""What the two packages for ClickHouse call their dialects."""

ANONYMOUS = re.compile(r"%\(\d+ .*\)s", re.DOTALL)
"""What SQLAlchemy calls an expression without a label until it is compiled; another name in each process."""


ANYTHING = re.compile(r"[\s\S]*")
ODD_TIMES = re.compile(
    r"-?infinity|(0000|\d{4}(?=-..-00|-00)|\d{4,7}(?=.*BC)|\d{5,7})-[01]\d-[0-3]\d"
    r"([ T][0-2]\d:[0-5]\d:[0-5]\d(\.\d{1,6})?)?([+-]\d\d(:\d\d){0,2})?( BC| \(BC\).*)?"
)
"""Times as databases write them that Python has none for: without an end, before the year 1, after 9999, of no day."""
WITH_ODD_TIMES = frozenset({"postgresql", "mysql", "mariadb", "duckdb"})


class WideInteger(sa.Numeric[Decimal]):
    """Whole numbers of more than 64 bits.

    :param low: The least one.
    :param high: The greatest one.
    """

    cache_ok = True

    def __init__(self, low: int, high: int) -> None:
        super().__init__(39, 0)
        self.low, self.high = low, high


class ZonedNanoseconds(sa.DateTime):
    """DuckDB's time of nanoseconds with a time zone, which it does not compare with other times."""


WRITTEN: Mapping[type, Callable[[Any, str], bool]] = {
    sa.DateTime: is_sqlite_text,
    sa.Date: lambda _, text: len(text) == 10 and text[7] == "-",
}
"""Whether a text is the one that a value of SQLite is looked for by, of types that have several for one value."""


class Anything(sa.TypeDecorator[Any]):
    """A column of SQLite, which holds anything: what is no value of its type, or written otherwise, is as it is.

    :param own: The type that reads its values.
    """

    impl = sa.DateTime
    cache_ok = True

    def __init__(self, own: Any) -> None:
        super().__init__()
        self.impl = self.own = own

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """Give what reads a value of the driver."""
        read = super().result_processor(dialect, coltype)
        if read is None:
            return None
        is_same = next((test for kind, test in WRITTEN.items() if isinstance(self.own, kind)), None)

        def process(value: Any) -> Any:
            if value is None:
                return None
            try:
                found = read(value)
            except (TypeError, ValueError):
                return value
            return found if is_same is None or is_same(found, value) else value

        return process


@dataclass(frozen=True)
class Relation:
    """What statements select from, and its columns as expressions."""

    selectable: sa.FromClause
    columns: RowColumns
    dialect: str

    def expressions(self, selectable: sa.FromClause | None = None) -> Mapping[str, Expression]:
        """Give each column as an expression of the relation, or of an alias of it."""
        found = (self.selectable if selectable is None else selectable).c
        return {name: _read_as(found[name], column.type, self.dialect) for name, column in self.columns.items()}


def relation_of(source: Any, dialect: str) -> Relation:
    """Read a table, a ``select()`` or anything else SQLAlchemy can select from.

    :param dialect: The name of the database's dialect.
    :raises ConfigError: If it is none of these, or two of its columns share a name.
    """
    inspected = sa.inspect(source, raiseerr=False)
    named: set[str] = set()
    if _is_more(getattr(inspected, "mapper", None)):
        source = sa.select(source)
    if isinstance(source, sa.SelectBase):
        _refuse_options(source)
        if _same_names(source):
            source = _each_once(source)
        if twice := _same_names(source):
            names = ", ".join(map(repr, twice))
            msg = f"the select() has several columns named {names}. Give them labels with .label()."
            raise ConfigError(msg)
        named = _attributes(source)
        source = inspected = source.subquery("openbb_source")
    selectable = getattr(inspected, "selectable", source)
    if not isinstance(selectable, sa.FromClause):
        what = "a Table, a mapped class, a select(), or text() with .columns()"
        msg = f"a {type(source).__name__} is no source of rows. Give {what}."
        raise ConfigError(msg)
    columns = []
    for place, (name, column) in enumerate(selectable.c.items(), 1):
        if ANONYMOUS.fullmatch(column.key) and name not in named:
            msg = f"column {place} of the select() has no name of its own. Give it one with .label()."
            raise ConfigError(msg)
        kind, aware = kind_of_type(column.type, dialect)
        nullable = bool(getattr(column, "nullable", True)) and not getattr(column, "primary_key", False)
        scale, span = _steps(column.type, kind, dialect)
        # Plain text: SQLAlchemy's own kind of it makes orjson refuse the row, and the slow way is ten times as slow.
        columns.append(RowColumn(str(name), kind, nullable, aware, scale, span, _texts(kind, dialect)))
    return Relation(selectable, RowColumns(columns), dialect)


def _refuse_options(source: Any) -> None:
    """Refuse what a session would see to, and a statement within another does not: fewer rows, columns or a schema."""
    if getattr(source, "_with_options", ()):
        msg = (
            "the select() has options(), such as with_loader_criteria() or load_only(), which only a session follows. "
            "Write the criteria into where(), and the columns into select()."
        )
        raise ConfigError(msg)
    if "schema_translate_map" in source.get_execution_options():
        msg = (
            "the select() has a schema_translate_map, which is an engine's here. "
            "Give bind=lambda: engine.execution_options(schema_translate_map=...)."
        )
        raise ConfigError(msg)


def _is_more(mapper: Any) -> bool:
    """Whether a class is not its table: some of its rows, joined to its parents' tables, or with expressions."""
    if mapper is None:
        return False
    if mapper.single or mapper.local_table is not mapper.persist_selectable:
        return True
    return any(not isinstance(attribute.columns[0], sa.Column) for attribute in mapper.column_attrs)


def _attributes(source: sa.SelectBase) -> set[str]:
    """The names of a class's expressions, which SQLAlchemy calls something else in the statement."""
    return {name for name, each in source.selected_columns.items() if isinstance(each, sa.Label) and each.key == name}


def _same_names(source: sa.SelectBase) -> list[str]:
    names = [column.name for column in source.selected_columns if hasattr(column, "name")]
    return sorted({str(name) for name in names if names.count(name) > 1})


def _each_once(source: sa.SelectBase) -> sa.SelectBase:
    """Select each attribute of a class once: a class of joined tables has their keys in all of them."""
    if not isinstance(source, sa.Select):
        return source
    columns: list[Any] = []
    for described in source.column_descriptions:
        entity = described["expr"]
        mapper = getattr(sa.inspect(entity, raiseerr=False), "mapper", None)
        if mapper is None or described.get("entity") is not entity:
            columns.append(entity)
            continue
        for attribute in mapper.column_attrs:
            column = attribute.columns[0]
            name = column.key if isinstance(column, sa.Column) else attribute.key
            columns.append(getattr(entity, attribute.key).label(name))
    return source.with_only_columns(*columns, maintain_column_froms=True)


def kind_of_type(kind: Any, dialect: str) -> tuple[ColumnType, bool]:
    """Give the column type of a SQLAlchemy type, and whether it has a time zone."""
    kind = _own(kind)
    if _is_unsigned(kind):
        return "decimal", False
    found: ColumnType = next((each for cls, each in KINDS if isinstance(kind, cls)), "other")
    if found == "decimal" and (dialect == "sqlite" or not kind.asdecimal):
        found = "number"  # SQLite has no decimals, only doubles
    own = getattr(kind, "ch_type", None)  # what clickhouse-connect reads from a table
    if found == "other" and own is not None and kind.python_type in {str, UUID}:
        found = "text"
    zone = getattr(kind, "timezone", False) or getattr(own, "tzinfo", None)
    return found, bool(found == "datetime" and zone and dialect != "sqlite")


def _is_unsigned(kind: Any) -> bool:
    """Whether a type is MariaDB's ``BIGINT UNSIGNED``, the half of which is past 64 bits with a sign."""
    return isinstance(kind, mysql.BIGINT) and bool(kind.unsigned)


def _steps(kind: Any, found: ColumnType, dialect: str) -> tuple[int | None, tuple[Decimal, Decimal] | None]:
    """Give the scale of decimals, and the numbers beyond which an engine takes none as a value."""
    kind = _own(kind)
    if found == "number":
        # MariaDB's doubles are finite.
        largest = Decimal(sys.float_info.max)
        return None, (-largest, largest) if dialect in {"mysql", "mariadb"} else None
    if found != "decimal":
        return None, None
    if _is_unsigned(kind):
        return 0, (Decimal(0), Decimal(2**64 - 1))
    if isinstance(kind, WideInteger):
        return 0, (Decimal(kind.low), Decimal(kind.high))
    scale, precision = kind.scale, kind.precision
    if scale is None or precision is None or dialect == "postgresql":
        # PostgreSQL compares decimals of any length, and has a NaN in all of them.
        return scale, None
    largest = Decimal((0, (9,) * precision, -scale))
    return scale, (-largest, largest)


def _own(kind: Any) -> Any:
    """Give the database's own type of a type decorator or a domain."""
    if isinstance(kind, sa.TypeDecorator):
        kind = kind.impl_instance
    # What clickhouse-sqlalchemy's Nullable and LowCardinality are of.
    within = kind.data_type if isinstance(kind, postgresql.DOMAIN) else getattr(kind, "nested_type", None)
    return kind if within is None else _own(within)


def _read_as(column: Expression, kind: ColumnType, dialect: str) -> Expression:
    """Read a column as its column type, whatever a type decorator or an Enum would make of it."""
    if isinstance(column.type, postgresql.DOMAIN):
        column = sa.type_coerce(column, column.type.data_type)
    plain = type(column.type)
    if dialect == "sqlite" and isinstance(column.type, sa.DateTime | sa.Date | sa.Time | sa.JSON):
        # One with a format of its own keeps it.
        return column if "_storage_format" in vars(column.type) else sa.type_coerce(column, Anything(column.type))
    named = not issubclass(plain, sa.String) or issubclass(plain, sa.Enum | mysql.SET)
    own = hasattr(column.type, "ch_type")
    if kind == "text" and (named or own or (dialect == "postgresql" and _has_rules(column.type))):
        return _as_text(column, dialect)
    if isinstance(column.type, ZonedNanoseconds):
        return sa.cast(column, sa.DateTime(timezone=True))
    if kind == "number" and _is_single(column.type, dialect):
        # As a double it is shown as it is compared: its own digits would find nothing.
        return sa.cast(column, sa.Double())
    decimals = isinstance(column.type, sa.Numeric) and not isinstance(column.type, sa.Float)
    if kind == "number" and (decimals or getattr(column.type, "asdecimal", False)):
        # MariaDB's doubles as they are reflected would become decimals of ten digits after the point.
        return sa.type_coerce(column, sa.Double())
    return column


def _texts(kind: ColumnType, dialect: str) -> re.Pattern[str] | None:
    """Give which texts are keys of a column: all of SQLite's, and times that Python has none for."""
    if dialect == "sqlite":
        return ANYTHING if kind in {"integer", "number", "date", "datetime"} else None
    return ODD_TIMES if kind in {"date", "datetime"} and dialect in WITH_ODD_TIMES else None


def _has_rules(kind: Any) -> bool:
    """Whether PostgreSQL compares a text in a way of its type: without case, without the spaces that fill it up.

    Its ``"char"``, which has no collation, is reflected as text without a name.
    """
    return isinstance(kind, sa.CHAR | postgresql.CITEXT) or (type(kind) is sa.String and kind.length is None)


def _as_text(column: Expression, dialect: str) -> Expression:
    own = getattr(column.type, "ch_type", None)
    if own is not None and own.base_type == "String":
        return sa.type_coerce(column, sa.String())
    if dialect in CLICKHOUSE:
        # A CAST refuses NULL.
        return sa.func.toString(column, type_=sa.String())
    return sa.cast(column, sa.Text() if not isinstance(column.type, sa.Uuid) else sa.String(36))


def _is_single(kind: Any, dialect: str) -> bool:
    if dialect == "postgresql":
        return isinstance(kind, sa.REAL) or (isinstance(kind, sa.Float) and 0 < (kind.precision or 53) <= 24)
    return dialect in {"mysql", "mariadb"} and isinstance(kind, sa.Float) and not isinstance(kind, sa.Double)
