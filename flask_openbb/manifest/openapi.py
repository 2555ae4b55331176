"""Parameters as OpenAPI describes them, written as marshmallow fields, which the other readers know.

Imports marshmallow, no Flask. Called by the ``foreign_`` readers.

Source: OpenAPI 2 and 3, Parameter and Schema objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, missing, validate

if TYPE_CHECKING:
    AnyField = fields.Field[Any]
    _List = fields.List[Any]
else:
    AnyField = fields.Field
    _List = fields.List

_BY_BASE: Mapping[type, type[AnyField]] = {
    bool: fields.Boolean,
    int: fields.Integer,
    float: fields.Float,
    Decimal: fields.Decimal,
    date: fields.Date,
    datetime: fields.DateTime,
}
_BY_TYPE: Mapping[str, type] = {"integer": int, "number": float, "boolean": bool}
_BY_FORMAT: Mapping[str, type] = {"date": date, "date-time": datetime}


class Joined(_List):
    """Several values that are one comma-joined text in the query."""


def schema_of_parameters(parameters: Mapping[str, Mapping[str, Any]]) -> Schema:
    """Write documented parameters as a Schema.

    :param parameters: Parameter objects by name, flat as in OpenAPI 2 or with a ``schema`` as in OpenAPI 3.
    """
    return Schema.from_dict({name: _parameter(told) for name, told in parameters.items()}, name="Parameters")()


def _parameter(told: Mapping[str, Any]) -> AnyField:
    inner = told.get("schema")
    told = {**inner, **told} if isinstance(inner, Mapping) else told
    described = told.get("description")
    metadata = {"description": described} if isinstance(described, str) and described else {}
    required = bool(told.get("required"))
    default = told.get("default")
    options: dict[str, Any] = {"metadata": metadata, "required": required}
    if default is not None and not required:
        options["load_default"] = default
    return field_of(told, **options)


def field_of(told: Mapping[str, Any], **options: Any) -> AnyField:
    """Write a JSON schema of one value, or of a list of scalars, as a field.

    :param told: ``type``, ``format``, ``enum``, ``minimum``, ``maximum``, ``items``, ``collectionFormat``.
    :param options: Of the field.
    """
    kind = told.get("type")
    if kind == "array":
        items = told.get("items")
        given = items if isinstance(items, Mapping) else {}
        inner = field_of({**given, "enum": told.get("enum") or given.get("enum")})
        joined = told.get("collectionFormat") == "csv" or told.get("explode") is False
        return (Joined if joined else fields.List)(inner, **options)
    if kind == "object":
        return fields.Raw(**options)
    base = _BY_FORMAT.get(str(told.get("format"))) if kind in (None, "string") else _BY_TYPE.get(str(kind))
    validators: list[Any] = [validate.OneOf(list(told["enum"]))] if told.get("enum") else []
    if base in (int, float) and ("minimum" in told or "maximum" in told):
        validators.append(validate.Range(told.get("minimum"), told.get("maximum")))
    return field_of_base(base or str, validate=validators, **options)


def field_of_base(base: type, *, many: bool = False, load_default: Any = missing, **options: Any) -> AnyField:
    """Make the field of a type of value.

    :param many: Whether it is a list of these.
    """
    made = _BY_BASE.get(base, fields.String)
    if load_default is not missing:
        options["load_default"] = load_default
        options.pop("required", None)
    if not many:
        return made(**options)
    return fields.List(made(validate=options.pop("validate", None)), **options)
