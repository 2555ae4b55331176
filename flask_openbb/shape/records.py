"""One record, whatever its class, becomes one dict; and the words for what is no record.

Owns the answer to "is this one row?". It recognises the classes of other libraries (SQLAlchemy, attrs, pydantic,
msgspec, numpy) by what they offer and imports none of them. Imports only :mod:`flask_openbb.errors`; called by
:mod:`.rows`, :mod:`.frames` and :mod:`.cursors`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from enum import Enum
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from ..errors import ShapeError

Reader = Callable[[Any], dict[Any, Any]]
"""Reads one record into a new dict, its fields in declared order."""

T = TypeVar("T")


def per_class(find: Callable[[type], T]) -> Callable[[type], T]:
    """Remember what a function found for each class, for as long as the class lives."""
    known: WeakKeyDictionary[type, T] = WeakKeyDictionary()

    @wraps(find)
    def remembered(cls: type) -> T:
        try:
            return known[cls]
        except KeyError:
            found = known[cls] = find(cls)
            return found

    return remembered


@per_class
def record_reader(cls: type) -> Reader | None:
    """Find how instances of a class are read as one record.

    A SQLAlchemy ORM object gives its mapped columns, loaded or not, and no relationships; a ``Row`` whose only
    element is an ORM object gives that object's. A pydantic object gives what its ``model_dump()`` gives.

    :param cls: The class of a value; nothing is called on it here.
    :return: A function that reads an instance, or None if instances are no records.

    .. versionadded:: 0.1
    """
    if issubclass(cls, Mapping):
        return dict
    if hasattr(cls, "_mapping") and hasattr(cls, "_fields"):
        return _sqlalchemy_row
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return lambda value: dict(zip(value._fields, value, strict=False))
    # Before dataclasses: of a mapped one, the fields hold relationships, which lead back to it.
    if hasattr(cls, "__mapper__"):
        keys = [attribute.key for attribute in cls.__mapper__.column_attrs]
        return lambda value: {key: getattr(value, key) for key in keys}
    names = _field_names(cls)
    if names is not None:
        return lambda value: {name: getattr(value, name) for name in names}
    return _method_reader(cls)


def _sqlalchemy_row(row: Any) -> dict[Any, Any]:
    if len(row) == 1 and hasattr(type(row[0]), "__mapper__"):
        entity: Any = record_reader(type(row[0]))
        return dict(entity(row[0]))
    return dict(row._mapping)


def _field_names(cls: type) -> list[str] | None:
    names: Iterable[str] | None = None
    if dataclasses.is_dataclass(cls):
        names = [field.name for field in dataclasses.fields(cls)]
    elif hasattr(cls, "__attrs_attrs__"):
        names = [field.name for field in cls.__attrs_attrs__]
    elif hasattr(cls, "__struct_fields__"):
        names = cls.__struct_fields__
    return None if names is None else [name for name in names if not name.startswith("_")]


def _method_reader(cls: type) -> Reader | None:
    if hasattr(cls, "model_dump"):
        return _pydantic
    # pydantic's first version; plain dict() methods are too many to trust the name alone.
    if hasattr(cls, "__fields__") and hasattr(cls, "parse_obj"):
        return lambda value: dict(value.dict())
    if hasattr(cls, "_asdict"):
        return lambda value: dict(value._asdict())
    if cls.__module__ == "numpy" and cls.__name__ in {"void", "record"}:
        return _numpy_record
    # sqlite3.Row offers keys() and nothing else of a mapping; pandas objects that do have items() as well.
    if hasattr(cls, "keys") and hasattr(cls, "__getitem__") and not hasattr(cls, "items"):
        return lambda value: {key: value[key] for key in value.keys()}  # noqa: SIM118
    return None


def _pydantic(value: Any) -> dict[Any, Any]:
    dumped = value.model_dump()
    if not isinstance(dumped, Mapping):
        msg = f"{describe(value)} is a model of {describe(dumped)}, not of a record. Return its .root instead."
        raise ShapeError(msg)
    return dict(dumped)


def _numpy_record(value: Any) -> dict[Any, Any]:
    if value.dtype.names is None:
        msg = "a numpy void without fields is raw bytes, not a record. Give its dtype names."
        raise ShapeError(msg)
    return {name: value[name] for name in value.dtype.names}


def text_key(key: Any, *, sep: str = "_") -> str:
    """Turn a key into the text it has in JSON.

    :param key: A mapping's key: ``True`` becomes ``true``, None ``null``, a date its ISO form, an Enum its
        value, a tuple its non-empty parts joined.
    :param sep: Joins the parts of a tuple.

    .. versionadded:: 0.1
    """
    if isinstance(key, Enum):
        key = key.value
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, tuple):
        return sep.join(part for part in (text_key(item, sep=sep) for item in key) if part)
    # NaN, NaT and pd.NA name no column; "null" is what orjson writes for them too.
    if key is None or str(key) in {"nan", "NaT", "<NA>"}:
        return "null"
    if isinstance(key, bool):
        return "true" if key else "false"
    return key.isoformat() if isinstance(key, (date, time)) else str(key)


def describe(value: Any) -> str:
    """Name what came by its type, never by its content, which may be confidential."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    name = type(value).__name__
    if name == "bytes":
        return name
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
