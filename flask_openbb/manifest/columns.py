"""Table columns from what a user already has: a marshmallow Schema, a class of records, an example frame.

Owns the flat names of nested fields and which cells stay nested; the types are in :mod:`.column_types`, frames in
:mod:`.example_columns`, what a view's annotation says in :mod:`.view_columns`. Imports marshmallow, the errors and
this room's specs, no Flask. Called by ``web`` when it matches views with routes.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Union

from marshmallow import Schema, fields

from ..errors import RegistrationError
from .column_types import UNKNOWN, WHOLE, AnyField, Types, by_field, by_type, formatted
from .example_columns import SEPARATOR, columns_of_frame, is_frame
from .hints import UNIONS
from .naming import label_from
from .record_types import is_record_type, record_fields
from .render_fields import adds_keys, check_cell_field, check_fields
from .specs import Column

_COLUMN_FIELDS = frozenset(field.name for field in dataclasses.fields(Column)) - {"field"}
_NESTING = (fields.Nested, fields.Mapping, fields.List, fields.Tuple)
_GIVEN_IN_METADATA = _COLUMN_FIELDS | {"render"}


def columns_from(
    source: Any, *, overrides: Sequence[Column] = (), formats: bool = False, words: bool = False
) -> tuple[Column, ...]:
    """Describe the columns of rows that look like ``source``.

    Nested schemas and records become flat columns, ``price`` and ``close`` joined to
    ``price_close``, unless the column is a hover card or a sparkline. What a field says of its column wins over what
    its type says: a marshmallow or dataclass field's ``metadata`` (any field of Column by its name, ``render`` too,
    or a whole ``Column`` as ``column``; ``column=False`` leaves it out), or ``Annotated[..., Column(...)]``.

    :param source: A marshmallow Schema (class or instance); a dataclass, TypedDict, NamedTuple, or class of attrs,
        pydantic, msgspec or SQLAlchemy's ORM; an example frame, as :func:`.example_columns.columns_of_frame` takes
        it; or Columns already made.
    :param overrides: Merged by ``field`` over what was found; others are appended.
    :param formats: Infer formatters too, ``int`` for whole numbers; a frame's are inferred always.
    :param words: Take ``title`` and ``description`` in a marshmallow field's metadata, which are there for OpenAPI,
        for its heading and tooltip.
    :return: One Column a flat field, in the order of the source. Load-only fields and mappings of unknown keys have
        none.
    :raises RegistrationError: If the source is none of these or nests itself, or if a rule names a field that a
        Schema never dumps; the message says where.

    Source: OpenBB docs, widgets.json reference, ``data.table.columnsDefs``; the client's TableColumnDefsSchema.

    .. versionadded:: 0.1
    """
    reader: _Reader | None = None
    if isinstance(source, (list, tuple)) and all(isinstance(column, Column) for column in source):
        found = {column.field: column for column in source}
    elif is_frame(source):
        found = {column.field: column for column in columns_of_frame(source)}
    else:
        found = {}
        reader = _Reader(formats, words)
        for column in reader.columns(source, "", ()):
            if column.field in found:
                raise RegistrationError(
                    f"{_name(source)} has two columns {column.field!r}: nested names join with '{SEPARATOR}'. "
                    "Rename one of the fields."
                )
            found[column.field] = column
    for override in overrides:
        found[override.field] = _merged(found.get(override.field, override), _given(override))
    columns = tuple(found.values())
    if reader is not None and reader.dumps_rows:
        check_fields(columns, reader.known, reader.open_below, of=_name(source))
    return columns


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


class _Reader:
    """Reads the columns of one source."""

    def __init__(self, formats: bool, words: bool) -> None:
        self.formats = formats
        self.words = words
        self.dumps_rows = False
        """Whether rows have the known fields alone, because a Schema dumps them."""
        self.known: set[str] = set()
        """Flat names of everything a Schema dumps, with or without a column."""
        self.open_below: set[str] = set()
        """The known names below which others may follow."""

    def columns(self, source: Any, prefix: str, seen: tuple[Any, ...]) -> Iterator[Column]:
        kind = type(source) if isinstance(source, Schema) else source
        # Twice is fine: a schema may nest itself with 'only'.
        if seen.count(kind) > 1:
            raise RegistrationError(
                f"{_name(source)} nests itself at {prefix.rstrip(SEPARATOR)!r}, so its columns never end. "
                "Leave the inner field out with 'only', 'exclude' or metadata={'column': False}."
            )
        schema = row_schema(source)
        if schema is not None:
            if not seen:
                self.dumps_rows = not adds_keys(schema)
            elif adds_keys(schema):
                self.open_below.add(prefix.rstrip(SEPARATOR))
            yield from self.of_schema(schema, prefix, (*seen, kind))
        elif is_record_type(source):
            yield from self.of_record(source, prefix, (*seen, kind))
        else:
            raise RegistrationError(
                f"columns={source!r} is nothing columns can be read from. Give a marshmallow Schema, a dataclass, a "
                "TypedDict, an example frame or a list of Column."
            )

    def of_schema(self, schema: Schema, prefix: str, seen: tuple[Any, ...]) -> Iterator[Column]:
        for name, field in schema.dump_fields.items():
            flat = prefix + (field.data_key if field.data_key is not None else name)
            self.known.add(flat)
            if field.metadata.get("column") is False:
                self.open_below.add(flat)
                continue
            given = {**self.said(field.metadata), **_from_metadata(field.metadata, flat)}
            shown = _plucked(field)
            if _stays_whole(given, UNKNOWN if isinstance(shown, _NESTING) else by_field(shown)):
                column = _column(flat, WHOLE, given)
                if isinstance(shown, fields.Nested) and not shown.many:
                    check_cell_field(column, shown.schema, of=_name(schema))
                yield column
            elif isinstance(shown, fields.Nested) and not shown.many:
                yield from self.columns(shown.schema, flat + SEPARATOR, seen)
            elif isinstance(shown, fields.Mapping):
                self.open_below.add(flat)
            else:
                yield self.column(flat, by_field(shown), given)

    def of_record(self, source: Any, prefix: str, seen: tuple[Any, ...]) -> Iterator[Column]:
        for name, hint, told in record_fields(source):
            flat = prefix + name
            if told.get("column") is False:
                continue
            value_type, annotated = _unwrapped(hint)
            given = {**annotated, **_from_metadata(told, flat)}
            if _stays_whole(given, by_type(value_type)):
                yield _column(flat, WHOLE, given)
            elif is_record_type(value_type):
                yield from self.columns(value_type, flat + SEPARATOR, seen)
            elif (typing.get_origin(value_type) or value_type) not in (dict, Mapping, typing.Mapping):
                yield self.column(flat, by_type(value_type), given)

    def said(self, metadata: Mapping[Any, Any]) -> dict[str, str]:
        said = {"header_name": metadata.get("title"), "header_tooltip": metadata.get("description")}
        return {name: text for name, text in said.items() if self.words and isinstance(text, str) and text}

    def column(self, flat: str, types: Types, given: Mapping[str, Any]) -> Column:
        return _column(flat, formatted(types, flat, formats=self.formats), given)


def _plucked(field: AnyField) -> AnyField:
    while isinstance(field, fields.Pluck) and not field.many:
        field = field.schema.fields[field.field_name]
    return field


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


def _from_metadata(metadata: Mapping[Any, Any], flat: str) -> dict[str, Any]:
    whole = metadata.get("column")
    if whole is not None and not isinstance(whole, Column):
        raise RegistrationError(
            f"metadata['column'] of {flat!r} is {whole!r}. Give a Column, False, or Column's fields by their names."
        )
    given = _given(whole) if isinstance(whole, Column) else {}
    own = {key: value for key, value in metadata.items() if key in _GIVEN_IN_METADATA}
    # Through Column, which turns 'render' into the fields it stands for.
    return {**given, **(_given(Column(flat, **own)) if "render" in own else own)}


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


def _stays_whole(given: Mapping[str, Any], types: Types) -> bool:
    # A hover card over a scalar shows the row, and its column is one of numbers or text as ever.
    return given.get("sparkline") is not None or (types is UNKNOWN and _renders_hover(given.get("render_fn")))


def _renders_hover(render_fn: Any) -> bool:
    names = render_fn.split(",") if isinstance(render_fn, str) else render_fn or ()
    return any(str(name).strip() == "hoverCard" for name in names)


def _name(source: Any) -> str:
    return f"columns={getattr(source, '__name__', type(source).__name__)}"
