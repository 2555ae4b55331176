"""The allow-list of a source: which columns a request may name, and of what type they are.

Owns types, names, the nearest name for a misspelt one, and the values of a type read from a key's text. Imports
:mod:`.request` and the package's errors; no Flask, no SQLAlchemy. Called by :mod:`.parse` and every engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timezone
from decimal import ROUND_FLOOR, Decimal, InvalidOperation, localcontext
from difflib import get_close_matches
from enum import Enum
from math import isfinite, isnan
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from ..errors import ConfigError

ColumnType = Literal["text", "integer", "number", "decimal", "boolean", "date", "datetime", "other"]
"""``number`` is a double; ``decimal`` is exact; ``other`` is shown, and can only be asked whether it is NULL."""

NUMERIC = frozenset({"integer", "number", "decimal"})
ORDERED = frozenset({"text", "integer", "number", "decimal", "boolean", "date", "datetime"})
INT64 = range(-(2**63), 2**63)
MOST_DIGITS = 400
"""Digits of a number that is a value, and places its first one may be from the point."""

AGGREGATES: Mapping[str, frozenset[str]] = {
    "sum": NUMERIC,
    "avg": NUMERIC,
    "min": ORDERED,
    "max": ORDERED,
    "first": ORDERED,
    "last": ORDERED,
    "count": ORDERED | {"other"},
}
"""Each aggregate, and the types it takes."""


@dataclass(frozen=True)
class RowColumn:
    """One column a request may name.

    .. versionadded:: 0.1
    """

    name: str
    type: ColumnType = "text"
    nullable: bool = True
    aware: bool = False
    """Whether a ``datetime`` has a time zone; one without is in the time zone of the row model."""
    scale: int | None = None
    """Digits after the point of a ``decimal``, where the source says: no value lies between two of its steps."""
    span: tuple[Decimal, Decimal] | None = None
    """The least and the greatest number of a ``decimal`` or ``number``, where the engine takes no other as a value."""
    texts: re.Pattern[str] | None = None
    """Which texts are keys of a column of another type: SQLite's hold anything, and some times have no ISO form."""

    def holds(self, value: Decimal) -> bool:
        """Whether a value of a ``decimal`` column can be this one, or lies between two steps."""
        return not value.is_finite() or self.stepped(value, ROUND_FLOOR) == value

    def stepped(self, value: int | Decimal, rounding: str) -> int | Decimal:
        """Give the column's nearest value at or below (``ROUND_FLOOR``), or at or above (``ROUND_CEILING``)."""
        with localcontext() as context:
            context.prec = 2_000
            if self.type == "integer":
                return int(Decimal(value).to_integral_value(rounding))
            return value if self.scale is None else Decimal(value).quantize(Decimal(1).scaleb(-self.scale), rounding)


class RowColumns(Mapping[str, RowColumn]):
    """The columns of a source, in order, by name.

    .. versionadded:: 0.1
    """

    def __init__(self, columns: Iterable[RowColumn]) -> None:
        self._columns: dict[str, RowColumn] = {}
        for column in columns:
            if column.name in self._columns:
                msg = f"the source has several columns named {column.name!r}. Give them labels of their own."
                raise ConfigError(msg)
            self._columns[column.name] = column
        if not self._columns:
            msg = "the source has no columns."
            raise ConfigError(msg)
        self.names = tuple(self._columns)

    def __getitem__(self, name: str) -> RowColumn:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def nearest(self, name: str) -> str:
        """Say which columns there are, the one most like ``name`` first, as the end of a sentence."""
        close = get_close_matches(name[:100].lower(), {each.lower(): each for each in self.names}, n=1, cutoff=0.5)
        meant = next((each for each in self.names if close and each.lower() == close[0]), None)
        shown = ", ".join(map(repr, self.names[:20])) + (", …" if len(self.names) > 20 else "")
        return (f"Did you mean {meant!r}? " if meant is not None else "") + f"Columns: {shown}."

    def check_key(self, key: str | Iterable[str]) -> tuple[str, ...]:
        """Give the key as column names.

        :raises ConfigError: If it names no column, or one that has no order.
        """
        names = (key,) if isinstance(key, str) else tuple(key)
        for name in names:
            if name not in self:
                msg = f"key={key!r}: there is no column {name!r}. {self.nearest(name)}"
                raise ConfigError(msg)
            if self[name].type not in ORDERED:
                msg = f"key={key!r}: column {name!r} has no type that can be ordered by. Choose another, or cast it."
                raise ConfigError(msg)
        if not names:
            msg = "key= is empty: name the column(s) that tell each row from every other."
            raise ConfigError(msg)
        return names


def columns_of_rows(rows: Iterable[Mapping[str, Any]]) -> RowColumns:
    """Read the columns and their types from rows; a mix of types is ``other``."""
    seen: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.items():
            kinds = seen.setdefault(name, set())
            known = plain(value)
            if known is not None:
                kinds.add(kind_of(known))
    return RowColumns(RowColumn(name, _joint(kinds), aware=kinds == {"aware"}) for name, kinds in seen.items())


def kind_of(value: Any) -> str:
    """Give the type of one value; ``aware`` for a ``datetime`` with a time zone."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if value in INT64 else "decimal"
    if isinstance(value, datetime):
        return "datetime" if value.tzinfo is None else "aware"
    return next((kind for kind, cls in _KINDS if isinstance(value, cls)), "other")


_KINDS: tuple[tuple[str, type], ...] = (("number", float), ("text", str), ("decimal", Decimal), ("date", date))


def _joint(kinds: set[str]) -> ColumnType:
    if not kinds:
        return "text"
    if kinds <= NUMERIC:
        return "number" if "number" in kinds else "decimal" if "decimal" in kinds else "integer"
    if kinds == {"aware"}:
        return "datetime"
    return kinds.pop() if len(kinds) == 1 else "other"  # type: ignore[return-value]  # kind_of gives column types


ONLY_SHOWN = "Its type is only shown, counted, and filtered by blank and notBlank; cast it in the select() for more."


class CastError(ValueError):
    """A key that is no value of its column's type; the message says what is."""


def cast_key(column: RowColumn, key: Any, zone: ZoneInfo) -> Any:
    """Read a group key or a value of a set filter as a value of its column.

    :param key: A JSON scalar other than null, checked already.
    :raises CastError: If no value of the column has this key.
    """
    if column.texts is None or isinstance(key, bool):
        return _of_type(column, key, zone)
    try:
        found = _of_type(column, key, zone)
    except CastError:
        if column.texts.fullmatch(str(key)):
            return key
        raise
    return key if isinstance(key, str) and not _is_same(found, key) and column.texts.fullmatch(key) else found


def _is_same(value: Any, key: str) -> bool:
    """Whether a value of a column that holds anything is all that its text says."""
    if isinstance(value, datetime):
        return is_sqlite_text(datetime.fromisoformat(key.replace("Z", "+00:00")), key)
    if isinstance(value, date):
        return value.isoformat() == key
    return not isinstance(value, float) or abs(value) < 2**53 or key in _SPECIAL


def is_sqlite_text(value: datetime, text: str) -> bool:
    """Whether a text is one of those that SQLite is asked for a time by: see :meth:`.dialects.SQLite.among`."""
    if value.tzinfo is not None or len(text) not in {19, 23, 26}:
        return False
    return len(text) == 19 or value.microsecond > 0 or (len(text) == 26 and "T" not in text)


def _of_type(column: RowColumn, key: Any, zone: ZoneInfo) -> Any:
    """Read a key as a value of the column's type; AG Grid's are the texts its cells have, or the JSON values."""
    if column.type == "text":
        if not isinstance(key, str):
            msg = "expected text"
            raise CastError(msg)
        return key
    if column.type == "boolean":
        return _boolean(key)
    if isinstance(key, bool) or column.type == "other":
        msg = f"a boolean is no {column.type}" if column.type != "other" else ONLY_SHOWN[:-1].lower()
        raise CastError(msg)
    if column.type in NUMERIC:
        number = _SPECIAL[key] if key in _SPECIAL and column.type != "integer" else cast_number(column.type, key)
        if column.span is not None and not (isfinite(number) and column.span[0] <= number <= column.span[1]):
            msg = f"expected a number from {column.span[0]} to {column.span[1]}"
            raise CastError(msg)
        return Decimal(number) if column.type == "decimal" else number
    return _moment(column, key, zone)


def _boolean(key: Any) -> bool:
    if isinstance(key, str) and key.lower() in {"true", "false"}:
        return key.lower() == "true"
    if not isinstance(key, bool):
        msg = "expected true or false"
        raise CastError(msg)
    return key


def cast_number(kind: str, key: Any) -> int | float | Decimal:
    """Read a number, exactly: ``2.0`` is an integer, ``2.5`` is none.

    :raises CastError: If it is no finite number of this kind, or one past 64 bits where integers are kept.
    """
    try:
        exact = Decimal(key if isinstance(key, int) else str(key).strip())
    except InvalidOperation:
        exact = Decimal("NaN")
    long = kind == "decimal" and len(exact.as_tuple().digits) > MOST_DIGITS
    if long or not exact.is_finite() or abs(exact.adjusted()) > MOST_DIGITS:
        msg = "expected a finite number"
        raise CastError(msg)
    if kind == "number":
        value = float(exact)
        if not isfinite(value):
            msg = "expected a number that a double can hold"
            raise CastError(msg)
        return value
    if kind == "decimal":
        return exact
    if exact.adjusted() > 19 or exact != exact.to_integral_value() or int(exact) not in INT64:
        msg = "expected an integer of at most 64 bits"
        raise CastError(msg)
    return int(exact)


def _moment(column: RowColumn, key: Any, zone: ZoneInfo) -> date | datetime:
    try:
        value = datetime.fromisoformat(key.replace("Z", "+00:00")) if isinstance(key, str) else None
    except ValueError:
        value = None
    if value is None:
        msg = "expected an ISO 8601 date" + (" and time" if column.type == "datetime" else "")
        raise CastError(msg)
    if column.type == "date":
        return value.date()
    try:
        return in_zone(value, column, zone)
    except OverflowError:
        msg = "expected a time between the years 1 and 9999"
        raise CastError(msg) from None


def in_zone(value: datetime, column: RowColumn, zone: ZoneInfo) -> datetime:
    """Give a time as the column keeps it: with a time zone, or the wall clock of ``zone`` without one."""
    if column.aware:
        return (value if value.tzinfo is not None else value.replace(tzinfo=zone)).astimezone(timezone.utc)
    return value if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)


def plain(value: Any) -> Any:
    """Give a value of a row as engines compare it: NaN and NaT are NULL, numpy's scalars and enums their values."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is not float:
        value = _simple(value)
    if isinstance(value, float):
        return None if isnan(value) else value
    if isinstance(value, Decimal):
        return None if value.is_nan() else value
    # pandas' NaT is a datetime that is not equal to itself.
    return None if isinstance(value, datetime) and value != value else value  # noqa: PLR0124


def _simple(value: Any) -> Any:
    """Give an enum's value, a UUID's text, and Python's own int, float or time for another class of them."""
    value = value.value if isinstance(value, Enum) else value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)  # a range looks for an int of another class from its start on, one by one
    if type(value).__module__ == "numpy" and hasattr(value, "dtype") and not value.shape:
        return (value.astype("datetime64[us]") if value.dtype.kind == "M" else value).item()
    return value


_AS_THEY_ARE = frozenset({str, int, bool, date, datetime, type(None)})


_SPECIAL = {text: float(text) for text in ("NaN", "Infinity", "-Infinity")}


def key_text(value: Any) -> str:
    """Give the text of a value as part of a pivot column's name."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.isoformat() if value.time() != time() or value.tzinfo else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
