"""What a reader of another extension's decorators gives: schemas and words, still as that extension has them.

Imports marshmallow, no Flask. Made by the ``foreign_`` readers, used by :mod:`.documented`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from marshmallow import Schema

InputPlace = Literal["query", "body", "form", "path", "elsewhere"]

_PLACES: dict[str, InputPlace] = {
    "query": "query",
    "querystring": "query",
    "json": "body",
    "body": "body",
    "json_or_form": "body",
    "form": "form",
    "formData": "form",
    "files": "form",
    "form_and_files": "form",
    "path": "path",
    "view_args": "path",
}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What is written on one view."""

    name: str | None = None
    """A summary, if there is one."""
    description: str | None = None
    category: str | None = None
    schemas: tuple[tuple[Schema, InputPlace], ...] = ()
    """What it reads, and where from."""
    passes: bool = False
    """Whether decorators pass what they read to the view, so that arguments without a default are theirs."""
    output: Any = None
    """A Schema of what it answers, or a class of records."""
    many: bool = False
    """Whether the answer is a list of these."""
    data_key: str | None = None
    """The key under which the answer holds them."""


def place_of(location: object) -> InputPlace:
    """Name the part of a request by any of the extensions' names."""
    return _PLACES.get(location, "elsewhere") if isinstance(location, str) else "elsewhere"


def text_of(value: object) -> str | None:
    """A text on one line, or None if there is none."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text or None
