"""A SQLAlchemy table or ``select()`` as a relation with an allow-list.

Owns which of SQLAlchemy's types is which column type, and how each column is read as that type. Imports
:mod:`.columns`, SQLAlchemy and the package's errors; called by the SQL engines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ..errors import ConfigError
from .columns import ColumnType, RowColumn, RowColumns
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
    if isinstance(source, sa.SelectBase):
        _refuse_same_names(source)
        source = source.subquery("openbb_source")
    inspected = sa.inspect(source, raiseerr=False)
    selectable = getattr(inspected, "selectable", source)
    if not isinstance(selectable, sa.FromClause):
        msg = f"a {type(source).__name__} is no source of rows. Give a Table, a mapped class or a select()."
        raise ConfigError(msg)
    columns = []
    for column in selectable.c:
        kind, aware = kind_of_type(column.type, dialect)
        nullable = bool(getattr(column, "nullable", True)) and not getattr(column, "primary_key", False)
        scale = getattr(column.type, "scale", None) if kind == "decimal" else None
        columns.append(RowColumn(column.key, kind, nullable, aware, scale))
    return Relation(selectable, RowColumns(columns), dialect)


def _refuse_same_names(source: sa.SelectBase) -> None:
    names = [column.name for column in source.selected_columns if hasattr(column, "name")]
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if twice:
        msg = f"the select() has several columns named {', '.join(map(repr, twice))}. Give them labels with .label()."
        raise ConfigError(msg)


def kind_of_type(kind: Any, dialect: str) -> tuple[ColumnType, bool]:
    """Give the column type of a SQLAlchemy type, and whether it has a time zone."""
    if isinstance(kind, sa.TypeDecorator):
        kind = kind.impl_instance
    found: ColumnType = next((each for cls, each in KINDS if isinstance(kind, cls)), "other")
    if found == "decimal" and (dialect == "sqlite" or not kind.asdecimal):
        found = "number"  # SQLite has no decimals, only doubles
    return found, bool(found == "datetime" and getattr(kind, "timezone", False) and dialect != "sqlite")


def _read_as(column: Expression, kind: ColumnType, dialect: str) -> Expression:
    """Read a column as its column type, whatever a type decorator or an Enum would make of it."""
    plain = type(column.type)
    if kind == "text" and not (issubclass(plain, sa.String) and not issubclass(plain, sa.Enum)):
        return sa.cast(column, sa.Text() if not isinstance(column.type, sa.Uuid) else sa.String(36))
    if kind == "number" and _is_single(column.type, dialect):
        # As a double it is shown as it is compared: its own digits would find nothing.
        return sa.cast(column, sa.Double())
    if kind == "number" and isinstance(column.type, sa.Numeric) and not isinstance(column.type, sa.Float):
        return sa.type_coerce(column, sa.Double())
    return column


def _is_single(kind: Any, dialect: str) -> bool:
    if dialect == "postgresql":
        return isinstance(kind, sa.REAL) or (isinstance(kind, sa.Float) and 0 < (kind.precision or 53) <= 24)
    return dialect in {"mysql", "mariadb"} and isinstance(kind, sa.Float) and not isinstance(kind, sa.Double)
