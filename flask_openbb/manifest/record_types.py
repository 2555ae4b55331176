"""Classes whose instances are rows, and the fields they declare.

Owns how dataclasses, TypedDicts, NamedTuples and the classes of attrs, pydantic, msgspec and SQLAlchemy name and
annotate their fields; none of these libraries is imported. Imports the errors, no Flask. Called by :mod:`.columns`
and :mod:`.view_columns`.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import RegistrationError

Fields = list[tuple[str, Any, Mapping[Any, Any]]]
"""Name, annotation and metadata of each field, in order."""


def is_record_type(source: Any) -> bool:
    """Tell whether a value is a class of records: its instances are rows, as :func:`.rows.record_reader` reads them.

    Plain mappings are none: their class does not name their keys.
    """
    if not isinstance(source, type):
        return False
    # By its marks, so that typing_extensions' TypedDict is one on every Python.
    if issubclass(source, dict):
        return hasattr(source, "__total__")
    if issubclass(source, tuple):
        return hasattr(source, "_fields")
    marks = ("__attrs_attrs__", "__struct_fields__", "__mapper__", "model_fields")
    return dataclasses.is_dataclass(source) or any(hasattr(source, mark) for mark in marks)


def record_fields(source: Any) -> Fields:
    """List the fields of a class of records; private ones, which rows leave out, are not among them.

    :raises RegistrationError: If an annotation cannot be resolved.
    """
    if hasattr(source, "__mapper__"):
        return [_mapped(attribute) for attribute in source.__mapper__.column_attrs]
    try:
        hints = typing.get_type_hints(source, include_extras=True)
    except NameError as error:
        raise RegistrationError(
            f"columns={source.__name__} has an annotation that cannot be resolved ({error}). Define or import the "
            "name at the top level of its module."
        ) from error
    told = _told(source)
    if told is None:
        return [(name, hint, {}) for name, hint in hints.items()]
    return [(name, hints.get(name, Any), metadata) for name, metadata in told if not name.startswith("_")]


def _told(source: Any) -> Iterable[tuple[str, Mapping[Any, Any]]] | None:
    if dataclasses.is_dataclass(source):
        return [(field.name, field.metadata) for field in dataclasses.fields(source)]
    if hasattr(source, "__attrs_attrs__"):
        return [(field.name, field.metadata) for field in source.__attrs_attrs__]
    names = getattr(source, "__struct_fields__", None) or getattr(source, "model_fields", None)
    return None if names is None else [(name, {}) for name in names]


def _mapped(attribute: Any) -> tuple[str, Any, Mapping[Any, Any]]:
    column = attribute.columns[0]
    try:
        kind = column.type.python_type
    except NotImplementedError:
        kind = Any
    return attribute.key, kind, getattr(column, "info", {})
