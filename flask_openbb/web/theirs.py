"""Requests for views whose parameters another extension reads: flask-smorest, APIFlask or Flask-RESTX.

Workspace and Excel send blanks, ``$currentDate-1d`` and comma-joined lists; the other extension's parser gets what its
own users would send. Called by ``dispatch`` before such a view, and by ``routes``.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
from flask import Flask, request
from marshmallow import ValidationError

from ..manifest.intake import gather_body, gather_query
from ..manifest.params import ParamPlan
from ..shape import bodies

if TYPE_CHECKING:
    from .bindings import Binding

_CACHED = ("args", "values", "full_path", "url", "stream", "json", "_cached_data", "_cached_json")


def envelope_of(app: Flask) -> str | None:
    """The key under which APIFlask's base response holds the data, if the app has one.

    Source: APIFlask, configuration ``BASE_RESPONSE_SCHEMA`` and ``BASE_RESPONSE_DATA_KEY``.
    """
    key = app.config.get("BASE_RESPONSE_DATA_KEY") if app.config.get("BASE_RESPONSE_SCHEMA") is not None else None
    return key if isinstance(key, str) else None


def prepare(plan: ParamPlan, body: Mapping[str, Any] | None, *, max_length: int) -> None:
    """Rewrite the current request for the parser that reads it: the query, and a JSON body.

    A widget that is asked with POST sends all its parameters in the body: those that are read from the query go there,
    and those that its parser does not know, such as our own, stay away from it.

    :param body: The JSON object sent; None where there is none.
    :raises ValidationError: For values that no parser should see, by wire name.
    """
    theirs = plan.theirs
    query = request.args.to_dict(flat=False)
    if body is not None:
        moved = {slot.wire: body[slot.wire] for slot in theirs.query if slot.wire in body and slot.wire not in query}
        body = {name: value for name, value in body.items() if name not in moved}
        query |= {name: _texts(value) for name, value in moved.items() if value is not None}
    data, problems = gather_query(theirs.query, query, max_length=max_length)
    for slot in theirs.query:
        query.pop(slot.wire, None)
        if slot.wire in data:
            query[slot.wire] = _texts(data[slot.wire])
    if body is not None:
        sent, more = gather_body(theirs.body, body, max_length=max_length)
        problems |= more
        ours = plan.names | {param.name for row in plan.rows for param in (row if isinstance(row, tuple) else (row,))}
        left_out = ours | {slot.wire for slot in theirs.body} if theirs.body else frozenset()
        body = {**{name: value for name, value in body.items() if name not in left_out}, **sent}
    if problems:
        raise ValidationError(problems)
    if query != request.args.to_dict(flat=False):
        _set_query(query)
    if body is not None:
        _set_body(orjson.dumps(body))


def unwrapped(binding: Binding, value: Any) -> Any:
    """Take an answer out of its envelope, unless Workspace is told of that in the manifest, as it is of a table's."""
    if binding.documented is not None and binding.kind.shaper is not bodies.table:
        for key in binding.documented.envelope:
            value = value[key] if isinstance(value, dict) and key in value else value
    return value


def _texts(value: Any) -> list[str]:
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _set_query(query: Mapping[str, list[str]]) -> None:
    text = urlencode(query, doseq=True)
    request.environ["QUERY_STRING"] = text
    request.query_string = text.encode()
    _forget()


def _set_body(body: bytes) -> None:
    environ = request.environ
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    _forget()


def _forget() -> None:
    for cached in _CACHED:
        request.__dict__.pop(cached, None)
