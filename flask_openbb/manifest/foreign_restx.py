"""Flask-RESTX: what ``expect``, ``marshal_with``, ``response`` and ``doc`` leave on a Resource and its methods.

Imports marshmallow and this room's modules, neither Flask nor Flask-RESTX. Called by :mod:`.documented`.

Source: Flask-RESTX, ``namespace.py`` (each decorator keeps its part in ``__apidoc__``), ``reqparse.py`` and
``fields.py`` (each argument, type and field describes itself in ``__schema__``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields

from .naming import label_from
from .openapi import AnyField, field_of, schema_of_parameters
from .reading import InputPlace, Reading, place_of, text_of

_DEEPEST = 4


def read(function: Callable[..., Any], cls: type | None, endpoint: str) -> Reading | None:
    """Read one method of a Resource, with what is written on the class.

    :param endpoint: RESTX makes it of the namespace and the class, so that it tells the category.
    """
    # A Resource has what no other class has, whether or not anything is documented.
    if cls is None or not (hasattr(cls, "representations") and hasattr(cls, "method_decorators")):
        return None
    told = _told(function, cls)
    schemas = tuple(_inputs(told))
    output, many, data_key = _output(told)
    method_doc, class_doc = getattr(function, "__doc__", None), cls.__dict__.get("__doc__")
    return Reading(
        description=text_of(told.get("description")) or (None if method_doc else text_of(_paragraph(class_doc))),
        category=_namespace(cls.__name__, endpoint.rpartition(".")[2]),
        schemas=schemas,
        output=output,
        many=many,
        data_key=data_key,
    )


def _told(function: Callable[..., Any], cls: type) -> dict[str, Any]:
    """Lay the method's documentation over its class's."""
    of_class = getattr(cls, "__apidoc__", None) or {}
    of_method = getattr(function, "__apidoc__", None) or {}
    name = getattr(function, "__name__", "")
    layers = [layer for layer in (of_class, of_class.get(name), of_method) if isinstance(layer, Mapping)]
    told: dict[str, Any] = {}
    for layer in layers:
        told |= {key: value for key, value in layer.items() if key not in ("params", "responses")}
    for part in ("params", "responses"):
        told[part] = {key: value for layer in layers for key, value in (layer.get(part) or {}).items()}
    return told


def _inputs(told: Mapping[str, Any]) -> Iterator[tuple[Schema, InputPlace]]:
    by_place: dict[InputPlace, dict[str, Mapping[str, Any]]] = {}
    for name, param in _parameters(told):
        by_place.setdefault(place_of(param.get("in", "query")), {})[name] = param
    for place, params in by_place.items():
        yield schema_of_parameters(params), place
    for model in told.get("expect") or ():
        if isinstance(model, Mapping):
            yield _schema_of_model(model), "body"


def _parameters(told: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    documented = {name: param for name, param in told["params"].items() if isinstance(param, Mapping)}
    for parser in told.get("expect") or ():
        for argument in getattr(parser, "args", None) or ():
            param = _argument(argument)
            if param is not None:
                name = str(argument.name)
                yield name, {**param, **documented.pop(name, {})}
    yield from documented.items()


def _argument(argument: Any) -> Mapping[str, Any] | None:
    try:
        param = argument.__schema__
    except TypeError:  # a list of locations, which RESTX cannot document either
        return None
    return param if isinstance(param, Mapping) else None


def _output(told: Mapping[str, Any]) -> tuple[Schema | None, bool, str | None]:
    responses = {str(code): response for code, response in told["responses"].items()}
    for code in sorted(responses):
        response = responses[code]
        if not code.startswith("2") or not isinstance(response, tuple) or len(response) < 2:
            continue
        model, options = response[1], response[2] if len(response) > 2 else {}
        many = isinstance(model, list)
        model = model[0] if isinstance(model, list) and model else model
        if isinstance(model, Mapping):
            envelope = options.get("envelope") if isinstance(options, Mapping) else None
            return _schema_of_model(model), many, envelope if isinstance(envelope, str) else None
    return None, False, None


def _schema_of_model(model: Mapping[str, Any], depth: int = 1) -> Schema:
    """Write a model as a Schema, for its fields' names and types alone."""
    shown = getattr(model, "resolved", model)
    made = {name: _field(field, depth) for name, field in shown.items()}
    return Schema.from_dict(made, name=str(getattr(model, "name", "Model")))()


def _field(field: Any, depth: int) -> AnyField:
    field = field() if isinstance(field, type) else field
    words = {"title": getattr(field, "title", None), "description": getattr(field, "description", None)}
    metadata = {key: value for key, value in words.items() if isinstance(value, str)}
    nested, container = getattr(field, "nested", None), getattr(field, "container", None)
    if isinstance(nested, Mapping):
        if depth >= _DEEPEST:
            return fields.Dict()
        inner = fields.Nested(_schema_of_model(nested, depth + 1))
        return fields.List(inner) if getattr(field, "as_list", False) else inner
    try:
        told = field.__schema__
    except Exception:  # a field of the user's own that cannot describe itself
        told = {}
    if "additionalProperties" in told:
        return fields.Dict()  # a Wildcard, which stands for keys of any name
    if container is not None:
        return fields.List(_field(container, depth), metadata=metadata)
    return field_of(told, metadata=metadata, required=bool(field.required))


def _namespace(cls: str, endpoint: str) -> str | None:
    """The namespace in ``prices_daily_rows``, the endpoint of ``DailyRows``."""
    wanted = cls.lower().replace("_", "")
    stem = endpoint.rstrip("0123456789").rstrip("_") if not cls[-1:].isdigit() else endpoint
    for place in range(1, len(stem)):
        if stem[place:].replace("_", "").lower() == wanted:
            return label_from(stem[:place].rstrip("_")) or None
    return None


def _paragraph(doc: str | None) -> str | None:
    return doc.strip().split("\n\n", 1)[0] if doc else None
