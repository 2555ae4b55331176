"""flask-smorest: what ``Blueprint.arguments``, ``response``, ``paginate`` and ``doc`` leave on a view.

Imports marshmallow and this room's modules, neither Flask nor flask-smorest. Called by :mod:`.documented`.

Source: flask-smorest, ``arguments.py``, ``response.py``, ``pagination.py`` and ``blueprint.py``: each decorator keeps
its part of the view's OpenAPI operation in ``_apidoc``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from marshmallow import Schema

from .naming import label_from
from .openapi import schema_of_parameters
from .reading import InputPlace, Reading, place_of, text_of

_PARTS = frozenset({"arguments", "response", "pagination", "manual_doc"})


def read(function: Callable[..., Any], cls: type | None, endpoint: str) -> Reading | None:
    """Read one view, or one method of a MethodView.

    :param endpoint: Its Blueprint's name is the tag where none is given.
    """
    told = getattr(function, "_apidoc", None)
    if not isinstance(told, Mapping) or not _PARTS & told.keys():
        return None
    manual = told.get("manual_doc") or {}
    schemas = tuple(_inputs(told))
    tags = manual.get("tags") or [label_from(name) for name in endpoint.split(".")[-2:-1]]
    return Reading(
        name=text_of(manual.get("summary")),
        description=text_of(manual.get("description")),
        category=text_of(tags[0]) if tags else None,
        schemas=(*schemas, *_documented(manual.get("parameters"))),
        passes=bool(schemas),
        output=_output(told),
    )


def _inputs(told: Mapping[str, Any]) -> Iterator[tuple[Schema, InputPlace]]:
    found = list((told.get("arguments") or {}).get("parameters", ()))
    if "pagination" in told:
        found.append(told["pagination"].get("parameters"))
    for parameters in found:
        if isinstance(parameters, Mapping) and (schema := _schema(parameters.get("schema"))) is not None:
            yield schema, place_of(parameters.get("in"))


def _documented(parameters: Any) -> Iterator[tuple[Schema, InputPlace]]:
    """Parameters written out in ``doc()``, which the view reads itself."""
    told = [one for one in parameters or () if isinstance(one, Mapping) and isinstance(one.get("name"), str)]
    for place in ("query", "path"):
        here = {one["name"]: one for one in told if one.get("in", "query") == place}
        if here:
            yield schema_of_parameters(here), place_of(place)


def _output(told: Mapping[str, Any]) -> Schema | None:
    responses = (told.get("response") or {}).get("responses") or {}
    for code in told.get("success_status_codes") or ():
        for response in responses.get(code, ()):
            schema = _schema(response.get("schema")) if isinstance(response, Mapping) else None
            if schema is not None and 200 <= int(code) < 300:
                return schema
    return None


def _schema(given: Any) -> Schema | None:
    if isinstance(given, type) and issubclass(given, Schema):
        return given()
    if isinstance(given, Mapping):
        return (
            Schema.from_dict(dict(given))() if all(hasattr(field, "deserialize") for field in given.values()) else None
        )
    return given if isinstance(given, Schema) else None
