"""What another extension's decorators say of a view: its parameters, its rows, and words about it.

Owns what the readers of flask-smorest, APIFlask and Flask-RESTX have in common: schemas become parameters and columns.
None of these packages is imported: a view is known by what their decorators leave on it. Imports marshmallow and this
room's modules, no Flask. ``web`` calls :func:`documented` when it binds a view.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from marshmallow import Schema

from ..errors import ParamError
from . import foreign_apiflask, foreign_restx, foreign_smorest
from .columns import columns_from
from .fields import Clock
from .foreign import Inputs, inputs_of, wire_of
from .hints import Misfit
from .reading import Reading
from .registry import Marked
from .view_columns import Answer, answer_of_rows, answer_of_schema

__all__ = ["Documented", "documented"]

_READERS = (foreign_smorest.read, foreign_apiflask.read, foreign_restx.read)


@dataclass(frozen=True, kw_only=True)
class Documented:
    """A view of another extension, as its widget needs it."""

    name: str | None
    description: str | None
    category: str | None
    inputs: Inputs
    """The parameters that its own decorators, or the view itself, read and check."""
    answer: Answer | None
    """The columns of its rows and where these are; its own decorators dump them."""
    envelope: tuple[str, ...]
    """The keys under which its answer is, whatever that is."""


def documented(
    mark: Marked, *, endpoint: str, posts: bool, envelope: str | None, clock: Clock = datetime.now
) -> Documented | None:
    """Read what the decorators of flask-smorest, APIFlask or Flask-RESTX left on a view.

    :param endpoint: Its Flask endpoint, which names the Blueprint or namespace.
    :param posts: Whether the widget is asked with POST, so that a body's schema counts.
    :param envelope: The key under which APIFlask's base response holds what the view's own schema describes.
    :return: None if none of their decorators is on it.
    :raises ParamError: If the view requires what no parameter can hold.
    """
    for read in _READERS:
        reading = read(mark.function, mark.cls, endpoint)
        if reading is not None:
            outer = (envelope if read is foreign_apiflask.read else None, reading.data_key)
            keys = tuple(key for key in outer if key) if reading.output is not None else ()
            return Documented(
                name=reading.name,
                description=reading.description,
                category=reading.category,
                inputs=_inputs(reading, posts, clock),
                answer=_answer(reading, keys),
                envelope=keys,
            )
    return None


def _inputs(reading: Reading, posts: bool, clock: Clock) -> Inputs:
    inputs = Inputs(passed=reading.passes)
    for schema, place in reading.schemas:
        if place == "query" or (place == "body" and posts) or place == "path":
            try:
                inputs = inputs_of(schema, place, clock, inputs)
            except Misfit as error:
                raise ParamError(f"Its own decorators require what Workspace cannot send: {error}") from None
        elif reading.passes and place in ("body", "form"):
            _check_unread(schema, place, posts)
    return inputs


def _check_unread(schema: Schema, place: str, posts: bool) -> None:
    """Refuse a view that requires what is in no request of Workspace's."""
    required = [wire_of(name, field) for name, field in schema.load_fields.items() if field.required]
    if required:
        what = "a JSON body" if place == "body" else "a form"
        asks = "posts JSON" if posts else "asks this widget with GET"
        raise ParamError(
            f"Its own decorators require {', '.join(map(repr, required))} in {what}, and Workspace {asks}. Give them "
            f"location='{'json' if posts else 'query'}'."
        )


def _answer(reading: Reading, envelope: tuple[str, ...]) -> Answer | None:
    output = reading.output
    if output is None:
        return None
    if isinstance(output, Schema):
        many = reading.many or output.many
        found = Answer(columns_from(output, formats=True, words=True)) if many else answer_of_schema(output)
    else:
        found = answer_of_rows(output, many=reading.many)
    path = ".".join((*envelope, found.data_key) if found.data_key else envelope)
    return replace(found, data_key=path or None, schema=None) if found.columns else None
