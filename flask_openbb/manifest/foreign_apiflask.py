"""APIFlask: what ``input``, ``output`` and ``doc`` leave on a view.

Imports marshmallow and this room's modules, neither Flask nor APIFlask. Called by :mod:`.documented`.

Source: APIFlask, ``scaffold.py`` and ``route.py``: each decorator keeps its part of the operation in ``_spec``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields, missing, validate

from .hints import Misfit, read_hint
from .naming import label_from
from .openapi import AnyField, field_of_base
from .reading import InputPlace, Reading, place_of, text_of
from .record_types import is_record_type, record_fields

_JSON = "application/json"
_PARTS = frozenset({"args", "body", "response", "summary", "description", "tags"})


def read(function: Callable[..., Any], cls: type | None, endpoint: str) -> Reading | None:
    """Read one view, or one method of a MethodView.

    :param endpoint: Its Blueprint's name is the tag where none is given.
    """
    told = getattr(function, "_spec", None)
    if not isinstance(told, Mapping) or not _PARTS & told.keys():
        return None
    schemas = tuple(_inputs(told))
    tags = told.get("tags") or [label_from(name) for name in endpoint.split(".")[-2:-1]]
    response = told.get("response") or {}
    output = response.get("schema")
    return Reading(
        name=None if told.get("generated_summary") else text_of(told.get("summary")),
        description=None if told.get("generated_description") else text_of(told.get("description")),
        category=text_of(tags[0]) if tags else None,
        schemas=schemas,
        passes=bool(schemas),
        output=output if isinstance(output, Schema) or is_record_type(output) else None,
        many=bool(response.get("schema_adapter_many")),
    )


def _inputs(told: Mapping[str, Any]) -> Iterator[tuple[Schema, InputPlace]]:
    given = [*(told.get("args") or ())]
    if told.get("body") is not None:
        given.append((told["body"], "json" if _JSON in (told.get("content_type") or _JSON) else "form"))
    for source, location in given:
        if isinstance(source, Schema):
            yield source, place_of(location)
        elif is_record_type(source):
            yield _schema_of_model(source), place_of(location)


def _schema_of_model(model: Any) -> Schema:
    """Write a pydantic model as a Schema, for its fields' names, types, choices, bounds and defaults alone."""
    told = getattr(model, "model_fields", {})
    made = {name: _field(hint, told.get(name)) for name, hint, _ in record_fields(model)}
    return Schema.from_dict(made, name=model.__name__)()


def _field(annotation: Any, info: Any) -> AnyField:
    try:
        hint = read_hint(annotation)
    except Misfit:
        return fields.Dict(required=bool(info is not None and info.is_required()))
    validators: list[Any] = []
    if hint.choices:
        validators.append(validate.OneOf(list(hint.choices), labels=list((hint.labels or {}).values())))
    bounds = {
        key: getattr(one, key) for one in getattr(info, "metadata", ()) for key in ("ge", "le") if hasattr(one, key)
    }
    if bounds:
        validators.append(validate.Range(bounds.get("ge"), bounds.get("le")))
    required = hint.optional is False if info is None else info.is_required()
    default = missing if info is None or required or info.default_factory is not None else info.default
    return field_of_base(
        str if hint.choices else hint.base or str,
        many=hint.many,
        data_key=getattr(info, "alias", None),
        required=required,
        load_default=default,
        validate=validators,
        metadata={key: value for key in ("description", "title") if isinstance(value := getattr(info, key, None), str)},
    )
