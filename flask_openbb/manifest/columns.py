"""Table columns from what a user already has: a marshmallow Schema, a dataclass, a TypedDict.

Owns which type a column gets, the flat names of nested fields, and which cells stay nested. Imports marshmallow,
the errors and this room's specs, no Flask. Called by ``web`` when it matches views with routes.
"""

from __future__ import annotations

import dataclasses
import typing
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Union

from marshmallow import Schema, fields

from ..errors import RegistrationError
from .hints import LISTS, UNIONS
from .naming import label_from
from .specs import Column

if TYPE_CHECKING:
    AnyField = fields.Field[Any]
else:
    AnyField = fields.Field

SEPARATOR = "_"
"""Joins the names of nested fields, as rows are flattened."""

TEXT: Mapping[str, str] = {"cell_data_type": "text", "chart_data_type": "category"}
"""Text, declared a category: otherwise Workspace turns "00123" into a number (Source: the client's table)."""
NUMBER: Mapping[str, str] = {"cell_data_type": "number", "chart_data_type": "series"}
FLAG: Mapping[str, str] = {"cell_data_type": "boolean", "chart_data_type": "category"}
DAY: Mapping[str, str] = {"cell_data_type": "dateString", "chart_data_type": "time"}
"""AG Grid's name for ISO dates in text; a date and time is text to it, so that is :data:`TEXT`."""
WHOLE: Mapping[str, str] = {"cell_data_type": "object", "chart_data_type": "excluded"}
"""A cell whose value stays nested: a hover card or a sparkline."""
UNKNOWN: Mapping[str, str] = {}
"""Workspace infers the type from the rows."""

_FIELD_TYPES: tuple[tuple[type[Any], Mapping[str, str]], ...] = (
    (fields.Boolean, FLAG),
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

_VALUE_TYPES: tuple[tuple[type[Any], Mapping[str, str]], ...] = (
    (bool, FLAG),
    (Enum, TEXT),
    (int, NUMBER),
    (float, NUMBER),
    (Decimal, NUMBER),
    (datetime, TEXT),
    (date, DAY),
    (time, TEXT),
    (timedelta, TEXT),
    (str, TEXT),
    (uuid.UUID, TEXT),
)
_COLUMN_FIELDS = frozenset(field.name for field in dataclasses.fields(Column)) - {"field"}


def columns_from(source: Any, *, overrides: Sequence[Column] = ()) -> tuple[Column, ...]:
    """Describe the columns of rows that look like ``source``.

    Nested schemas, dataclasses and TypedDicts become flat columns, ``price`` and ``close`` joined to
    ``price_close``, unless the column is a hover card or a sparkline. What a field says of its column wins over what
    its type says: a marshmallow or dataclass field's ``metadata`` (any field of Column by its name, or a whole
    ``Column`` as ``column``; ``column=False`` leaves it out), or ``Annotated[..., Column(...)]``.

    :param source: A marshmallow Schema (class or instance), a dataclass, a TypedDict, or Columns already made.
    :param overrides: Merged by ``field`` over what was found; others are appended.
    :return: One Column a flat field, in the order of the source. Load-only fields and mappings of unknown keys have
        none.
    :raises RegistrationError: If the source is none of these or nests itself; the message says where.

    Source: OpenBB docs, widgets.json reference, ``data.table.columnsDefs``; the client's TableColumnDefsSchema.

    .. versionadded:: 0.1
    """
    if isinstance(source, (list, tuple)) and all(isinstance(column, Column) for column in source):
        found = {column.field: column for column in source}
    else:
        found = {}
        for column in _columns(source, "", ()):
            if column.field in found:
                raise RegistrationError(
                    f"{_name(source)} has two columns {column.field!r}: nested names join with '{SEPARATOR}'. "
                    "Rename one of the fields."
                )
            found[column.field] = column
    for override in overrides:
        found[override.field] = _merged(found.get(override.field, override), _given(override))
    return tuple(found.values())


def whole_columns(columns: Sequence[Column]) -> frozenset[str]:
    """Name the fields whose cells must stay nested when rows are flattened.

    :return: Fields of hover cards and sparklines, and the fields sparklines draw their data from.

    Source: the client's HoverCardCellRenderer and processSparklineConfig.

    .. versionadded:: 0.1
    """
    whole = set()
    for column in columns:
        if _renders_hover(column.render_fn):
            whole.add(column.field)
        if column.sparkline is not None:
            whole |= {column.field, str(column.sparkline.get("dataField") or column.field)}
    return frozenset(whole)


def row_schema(source: Any) -> Schema | None:
    """Give the Schema that dumps rows, or None if the source is not one.

    :raises RegistrationError: If the class cannot be made without arguments.

    .. versionadded:: 0.1
    """
    if isinstance(source, Schema):
        return source
    if not (isinstance(source, type) and issubclass(source, Schema)):
        return None
    try:
        return source()
    except TypeError as error:
        raise RegistrationError(
            f"columns={source.__name__} cannot be made without arguments ({error}). Pass an instance of it."
        ) from error


def _columns(source: Any, prefix: str, seen: tuple[Any, ...]) -> Iterator[Column]:
    kind = type(source) if isinstance(source, Schema) else source
    # Twice is fine: a schema may nest itself with 'only'.
    if seen.count(kind) > 1:
        raise RegistrationError(
            f"{_name(source)} nests itself at {prefix.rstrip(SEPARATOR)!r}, so its columns never end. "
            "Leave the inner field out with 'only', 'exclude' or metadata={'column': False}."
        )
    schema = row_schema(source)
    if schema is not None:
        yield from _schema_columns(schema, prefix, (*seen, kind))
    elif is_record_type(source):
        yield from _record_columns(source, prefix, (*seen, kind))
    else:
        raise RegistrationError(
            f"columns={source!r} is nothing columns can be read from. Give a marshmallow Schema, a dataclass, a "
            "TypedDict or a list of Column."
        )


def is_record_type(source: Any) -> bool:
    """Tell whether a class is a dataclass or a TypedDict."""
    if not isinstance(source, type):
        return False
    # By its marks, so that typing_extensions' TypedDict is one on every Python.
    return dataclasses.is_dataclass(source) or (issubclass(source, dict) and hasattr(source, "__total__"))


def _schema_columns(schema: Schema, prefix: str, seen: tuple[Any, ...]) -> Iterator[Column]:
    for name, field in schema.dump_fields.items():
        flat = prefix + (field.data_key if field.data_key is not None else name)
        if field.metadata.get("column") is False:
            continue
        given = _from_metadata(field.metadata, flat)
        shown = _plucked(field)
        if _stays_whole(given):
            yield _column(flat, WHOLE, given)
        elif isinstance(shown, fields.Nested) and not shown.many:
            yield from _columns(shown.schema, flat + SEPARATOR, seen)
        elif not isinstance(shown, fields.Mapping):
            yield _column(flat, _by_class(shown), given)


def _plucked(field: AnyField) -> AnyField:
    while isinstance(field, fields.Pluck) and not field.many:
        field = field.schema.fields[field.field_name]
    return field


def _record_columns(source: Any, prefix: str, seen: tuple[Any, ...]) -> Iterator[Column]:
    try:
        hints = typing.get_type_hints(source, include_extras=True)
    except NameError as error:
        raise RegistrationError(
            f"{_name(source)} has an annotation that cannot be resolved ({error}). Define or import the name at the "
            "top level of its module."
        ) from error
    if dataclasses.is_dataclass(source):
        told_of = {field.name: field.metadata for field in dataclasses.fields(source)}
        hints = {name: hints[name] for name in told_of}
    else:
        told_of = {}
    for name, hint in hints.items():
        flat = prefix + name
        told: Mapping[Any, Any] = told_of.get(name, {})
        if told.get("column") is False:
            continue
        value_type, annotated = _unwrapped(hint)
        given = {**annotated, **_from_metadata(told, flat)}
        if _stays_whole(given):
            yield _column(flat, WHOLE, given)
        elif is_record_type(value_type):
            yield from _columns(value_type, flat + SEPARATOR, seen)
        elif (typing.get_origin(value_type) or value_type) not in (dict, Mapping, typing.Mapping):
            yield _column(flat, _by_type(value_type), given)


def _unwrapped(hint: Any) -> tuple[Any, dict[str, Any]]:
    """Take Annotated, Optional, Required and NewType off a hint, keeping what Columns in it say."""
    given: dict[str, Any] = {}
    while True:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is Annotated:
            for extra in arguments[1:]:
                given.update(_given(extra) if isinstance(extra, Column) else {})
            hint = arguments[0]
        elif origin in UNIONS:
            rest = [argument for argument in arguments if argument is not type(None)]
            if len(rest) != 1:
                return Union, given
            hint = rest[0]
        elif getattr(origin, "_name", None) in {"Required", "NotRequired", "ReadOnly"}:
            hint = arguments[0]
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        else:
            return hint, given


def _by_class(field: AnyField) -> Mapping[str, str]:
    own_format = getattr(field, "format", None)
    if own_format in {"timestamp", "timestamp_ms"}:
        return NUMBER
    if own_format not in {None, "iso", "iso8601"}:
        return TEXT
    return next((types for cls, types in _FIELD_TYPES if isinstance(field, cls)), UNKNOWN)


def _by_type(hint: Any) -> Mapping[str, str]:
    origin = typing.get_origin(hint) or hint
    if origin in LISTS or origin in {tuple, set, frozenset}:
        return TEXT
    if origin is typing.Literal:
        kinds = {type(value) for value in typing.get_args(hint) if value is not None}
        return _by_type(kinds.pop()) if len(kinds) == 1 else TEXT
    if not isinstance(origin, type):
        return UNKNOWN
    return next((types for cls, types in _VALUE_TYPES if issubclass(origin, cls)), UNKNOWN)


def _from_metadata(metadata: Mapping[Any, Any], flat: str) -> dict[str, Any]:
    whole = metadata.get("column")
    if whole is not None and not isinstance(whole, Column):
        raise RegistrationError(
            f"metadata['column'] of {flat!r} is {whole!r}. Give a Column, False, or Column's fields by their names."
        )
    given = _given(whole) if isinstance(whole, Column) else {}
    return {**given, **{key: value for key, value in metadata.items() if key in _COLUMN_FIELDS}}


def _given(column: Column) -> dict[str, Any]:
    values = {name: getattr(column, name) for name in _COLUMN_FIELDS}
    return {name: value for name, value in values.items() if value is not None and value != {}}


def _merged(column: Column, given: Mapping[str, Any]) -> Column:
    merged = dataclasses.replace(column, **given)
    return (
        merged if merged.header_name is not None else dataclasses.replace(merged, header_name=label_from(merged.field))
    )


def _column(flat: str, types: Mapping[str, str], given: Mapping[str, Any]) -> Column:
    return Column(flat, **{"header_name": label_from(flat), **types, **given})


def _stays_whole(given: Mapping[str, Any]) -> bool:
    return given.get("sparkline") is not None or _renders_hover(given.get("render_fn"))


def _renders_hover(render_fn: Any) -> bool:
    names = render_fn.split(",") if isinstance(render_fn, str) else render_fn or ()
    return any(str(name).strip() == "hoverCard" for name in names)


def _name(source: Any) -> str:
    return f"columns={getattr(source, '__name__', type(source).__name__)}"
