"""Which type a column has in Workspace's table, by the type of its values.

Owns the tables from marshmallow fields and Python types to ``cellDataType`` and ``chartDataType``, and which whole
numbers are no quantities. Imports marshmallow and this room's hints, no Flask. Called by :mod:`.columns` and
:mod:`.example_columns`.
"""

from __future__ import annotations

import re
import typing
import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from marshmallow import fields

from .hints import LISTS

if TYPE_CHECKING:
    AnyField = fields.Field[Any]
else:
    AnyField = fields.Field

Types = Mapping[str, str]
"""Fields of :class:`.specs.Column` by their names."""

TEXT: Types = {"cell_data_type": "text", "chart_data_type": "category"}
"""Text, declared a category: otherwise Workspace turns "00123" into a number (Source: the client's table)."""
NUMBER: Types = {"cell_data_type": "number", "chart_data_type": "series"}
WHOLE_NUMBER: Types = {**NUMBER, "formatter_fn": "int"}
FLAG: Types = {"cell_data_type": "boolean", "chart_data_type": "category"}
DAY: Types = {"cell_data_type": "dateString", "chart_data_type": "time"}
"""AG Grid's name for ISO dates in text; a date and time is text to it, so that is :data:`TEXT`."""
WHOLE: Types = {"cell_data_type": "object", "chart_data_type": "excluded"}
"""A cell whose value stays nested: a hover card or a sparkline."""
UNKNOWN: Types = {}
"""Workspace infers the type from the rows."""

_FIELD_TYPES: tuple[tuple[type[Any], Types], ...] = (
    (fields.Boolean, FLAG),
    (fields.Integer, WHOLE_NUMBER),
    (fields.Number, NUMBER),
    (fields.Time, TEXT),
    (fields.Date, DAY),
    (fields.DateTime, TEXT),
    (fields.TimeDelta, NUMBER),
    (fields.String, TEXT),
    (fields.UUID, TEXT),
    (fields.IP, TEXT),
    (fields.Enum, TEXT),
    (fields.List, TEXT),
    (fields.Tuple, TEXT),
    (fields.Nested, TEXT),
)
"""Looked up in order, because some classes extend others. An inner list or many Nested become one text."""

_VALUE_TYPES: tuple[tuple[type[Any], Types], ...] = (
    (bool, FLAG),
    (Enum, TEXT),
    (int, WHOLE_NUMBER),
    (float, NUMBER),
    (Decimal, NUMBER),
    (datetime, TEXT),
    (date, DAY),
    (time, TEXT),
    (timedelta, NUMBER),
    (str, TEXT),
    (uuid.UUID, TEXT),
)
"""A timedelta is written as seconds."""

_NO_QUANTITY = re.compile(r"(^|_)(year|id|cik|zip|code|fy)$", re.IGNORECASE)


def by_field(field: AnyField) -> Types:
    """Find the type of a marshmallow field's column."""
    own_format = getattr(field, "format", None)
    if own_format in {"timestamp", "timestamp_ms"}:
        return NUMBER
    if own_format not in {None, "iso", "iso8601"}:
        return TEXT
    return next((types for cls, types in _FIELD_TYPES if isinstance(field, cls)), UNKNOWN)


def by_type(hint: Any) -> Types:
    """Find the type of the column of values annotated so."""
    origin = typing.get_origin(hint) or hint
    if origin in LISTS or origin in {tuple, set, frozenset}:
        return TEXT
    if origin is typing.Literal:
        kinds = {type(value) for value in typing.get_args(hint) if value is not None}
        return by_type(kinds.pop()) if len(kinds) == 1 else TEXT
    if not isinstance(origin, type):
        return UNKNOWN
    return next((types for cls, types in _VALUE_TYPES if issubclass(origin, cls)), UNKNOWN)


def formatted(types: Types, name: str, *, formats: bool) -> Types:
    """Choose the formatter of whole numbers: of years and identifiers none, because 2,024 is no year.

    :param formats: Whether a formatter is inferred at all.
    """
    if types is not WHOLE_NUMBER:
        return types
    if not formats:
        return NUMBER
    return {**NUMBER, "formatter_fn": "none"} if _NO_QUANTITY.search(name) else types
