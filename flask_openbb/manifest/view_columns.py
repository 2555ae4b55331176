"""What a view's annotations say of its answer: the columns of its table, and where in the answer the rows are.

Owns ``columns="auto"`` and the inference of ``data_key``. Imports marshmallow, the errors and this room's columns,
no Flask. Called by ``web`` when it matches views with routes.
"""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from marshmallow import Schema, fields

from ..errors import RegistrationError
from .columns import columns_from, row_schema
from .hints import LISTS, UNIONS, Misfit, annotation_of
from .record_types import is_record_type, record_fields
from .specs import Column

AUTO = "auto"
"""Given as ``columns=``: read them from the view."""

_MANY = (*LISTS, collections.abc.Iterator, collections.abc.Generator, collections.abc.AsyncIterator)
_LATER = (collections.abc.Awaitable, collections.abc.Coroutine)
_DEEPEST = 3

ENVELOPE_NAMES = frozenset({"results", "data", "rows", "records", "items"})
"""Names under which services put their rows."""
_ABOUT_ROWS = (fields.Integer, fields.Boolean, fields.Nested, fields.Mapping, fields.Url)
"""What stands beside rows in an envelope under another name: counts, flags, pages, a mapping of metadata."""


@dataclass(frozen=True)
class Answer:
    """What is known of a view's answer before its first call."""

    columns: tuple[Column, ...] = ()
    data_key: str | None = None
    """Path of the rows in the answer, or None if the answer is the rows."""
    schema: Schema | None = None
    """Dumps one row, or None."""


def answer_of_view(view: Callable[..., Any], columns: Any = None, *, data_key: str | None = None) -> Answer:
    """Find the columns and the place of the rows; what is declared wins over what is annotated.

    :param view: The function that answers.
    :param columns: As given to the decorator: a source for :func:`.columns.columns_from`, ``"auto"`` or None. A
        marshmallow Schema with exactly one ``Nested(many=True)`` is an envelope if that is named results, data,
        rows, records or items, or if beside it are only counts, flags and mappings; not if the view is annotated to
        return a list, or the field's metadata says what column it is.
    :param data_key: The path declared, if any: a Schema that has its list of records under that name is an envelope,
        and any other one is the row's.
    :raises RegistrationError: As :func:`columns_from_view` and :func:`.columns.columns_from`.

    .. versionadded:: 0.1
    """
    if columns is None:
        found = _of_annotation(view)
        return Answer(data_key=found[1] if found else None)
    if isinstance(columns, str) and columns == AUTO:
        return _auto(view)
    schema = row_schema(columns)
    if schema is None:
        return Answer(columns_from(columns), data_key_from_view(view))
    found = _of_annotation(view)
    if found is not None and found[1] is None and found[2]:
        return Answer(columns_from(schema), None, schema)
    return _of_schema(schema, formats=False, data_key=data_key)


def columns_from_view(view: Callable[..., Any]) -> tuple[Column, ...]:
    """Read the columns of a view's table from its return annotation.

    ``list[Row]``, other collections, iterators and generators of ``Row``, one ``Row``, or an envelope: a record
    with exactly one list of records in it. ``Row`` is a dataclass, TypedDict, NamedTuple, a class of attrs, pydantic
    or msgspec, an ORM class, or a marshmallow Schema (for the type checker, in ``Annotated[list[dict], RowSchema]``).

    :raises RegistrationError: If the annotation is missing, cannot be resolved, or names no fields.

    .. versionadded:: 0.1
    """
    return _auto(view).columns


def data_key_from_view(view: Callable[..., Any], columns: Any = None) -> str | None:
    """Read where the rows are from a view's return annotation, or from the Schema given as ``columns=``.

    :return: A dotted path, or None if the answer is the rows, or nothing says where they are.

    .. versionadded:: 0.1
    """
    if columns is not None and not (isinstance(columns, str) and columns == AUTO) and row_schema(columns) is not None:
        return answer_of_view(view, columns).data_key
    found = _of_annotation(view)
    return found[1] if found else None


def answer_of_schema(schema: Schema) -> Answer:
    """Find the columns and the place of the rows in what another extension's decorator dumps by a Schema."""
    return _of_schema(schema, formats=True, words=True)


def answer_of_rows(row: Any, *, many: bool) -> Answer:
    """As :func:`answer_of_schema`, of a class of records."""
    found = (row, None, True) if many else _rows_in(row)
    return Answer() if found is None else Answer(columns_from(found[0], formats=True), found[1])


Found = tuple[Any, "str | None", bool]
"""The row's class or Schema, the path to the rows, and whether there are many."""


def _auto(view: Callable[..., Any]) -> Answer:
    name = getattr(view, "__qualname__", repr(view))
    try:
        hint = annotation_of(view, "return")
    except Misfit as error:
        raise RegistrationError(f"{name} has columns='auto', but of its answer {error}") from error
    found = _rows_in(hint)
    if found is None:
        raise RegistrationError(
            f"{name} has columns='auto', but its return annotation does not say which fields a row has. Annotate it "
            "'-> list[Row]' with a dataclass or TypedDict Row, or give columns= a Schema or an example frame."
        )
    source, data_key, many = found
    schema = row_schema(source)
    if schema is not None and not many:
        return _of_schema(schema, formats=True)
    return Answer(columns_from(source, formats=True), data_key, schema)


def _of_annotation(view: Callable[..., Any]) -> Found | None:
    try:
        return _rows_in(annotation_of(view, "return"))
    except (Misfit, RegistrationError):
        # Nobody asked for it to be read: an annotation for the type checker alone does no harm.
        return None


def _rows_in(hint: Any) -> Found | None:  # noqa: PLR0911 - one return a form of annotation
    """Find the rows in an annotation."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        schemas = [extra for extra in arguments[1:] if _is_schema(extra)]
        return (schemas[0], None, _is_many(arguments[0])) if schemas else _rows_in(arguments[0])
    if origin in UNIONS:
        found = [rows for rows in map(_rows_in, arguments) if rows is not None]
        return found[0] if len(found) == 1 else None
    if origin in _LATER:
        return _rows_in(arguments[-1])
    if origin is tuple and arguments and arguments[-1] is not Ellipsis:
        return _rows_in(arguments[0])  # Flask's (body, status, headers)
    row = _item(hint)
    if row is not None:
        return (row, None, True) if is_record_type(row) or _is_schema(row) else None
    if _is_schema(hint):
        return hint, None, False
    if not is_record_type(hint):
        return None
    paths = list(_lists(hint, (), 1))
    if len(paths) == 1:
        return paths[0][1], ".".join(paths[0][0]), True
    return hint, None, False


def _lists(source: Any, above: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, hint, _ in record_fields(source):
        bare = _bare(hint)
        row = _item(bare)
        if row is not None and is_record_type(row):
            yield (*above, name), row
        elif depth < _DEEPEST and is_record_type(bare):
            yield from _lists(bare, (*above, name), depth + 1)


def _bare(hint: Any) -> Any:
    """Take Annotated, Optional, Required and NotRequired off."""
    while True:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        rest = [argument for argument in arguments if argument is not type(None)]
        if origin is Annotated or getattr(origin, "_name", None) in {"Required", "NotRequired", "ReadOnly"}:
            hint = arguments[0]
        elif origin in UNIONS and len(rest) == 1:
            hint = rest[0]
        else:
            return hint


def _item(hint: Any) -> Any:
    """Give the class of the items of a collection, or None if it is no collection."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in _MANY or (origin is tuple and arguments[-1:] == (Ellipsis,)):
        return _bare(arguments[0])
    return None


def _is_many(hint: Any) -> bool:
    return _item(hint) is not None or hint in _MANY


def _is_schema(value: Any) -> bool:
    # To Python 3.10, list[int] is an instance of type, but no class.
    is_class = isinstance(value, type) and typing.get_origin(value) is None
    return isinstance(value, Schema) or (is_class and issubclass(value, Schema))


def _of_schema(schema: Schema, *, formats: bool, data_key: str | None = None, words: bool = False) -> Answer:
    nested = _many_nested(schema)
    if len(nested) != 1 or not (nested[0][0] == data_key if data_key else _encloses(schema, nested[0][0])):
        return Answer(columns_from(schema, formats=formats, words=words), None, schema)
    ((key, rows),) = nested
    return Answer(columns_from(rows, formats=formats, words=words), key, rows)


def _encloses(schema: Schema, key: str) -> bool:
    """Tell an envelope with its rows under ``key`` from a row that has a list of its own, such as a trade's fills."""
    names = {name if field.data_key is None else field.data_key: field for name, field in schema.dump_fields.items()}
    others = [field for name, field in names.items() if name != key]
    return key in ENVELOPE_NAMES or all(isinstance(field, _ABOUT_ROWS) for field in others)


def _many_nested(schema: Schema) -> Sequence[tuple[str, Schema]]:
    found: list[tuple[str, Schema]] = []
    for name, field in schema.dump_fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        # A Pluck is a list of scalars; metadata makes the field a column, or none, of a row.
        if not isinstance(inner, fields.Nested) or isinstance(inner, fields.Pluck) or field.metadata:
            continue
        if inner is not field or inner.many or inner.schema.many:
            found.append((field.data_key if field.data_key is not None else name, inner.schema))
    return found
