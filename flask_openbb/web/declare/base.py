"""What all decorators share: they check their keywords and note a declaration, free of any app.

Every decorator returns the view as it was; what it noted is read when a manifest is built. All faults of a
declaration but an unknown keyword or kind wait for the manifest, so that they are reported together.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from ...errors import RegistrationError
from ...manifest.kinds import Kind
from ...manifest.registry import Declaration, Registry, Role, label_of, location_of, source_of
from ...manifest.specs import Widget
from ...shape.shaping import Shaping

if TYPE_CHECKING:
    from flask import Flask

_OURS = ("params", "columns", "auth", "public", "shape", "limit", "etag", "cache")
_MADE_BY_US = {"widget", "title", "data_key", "whole", "row_schema", "declared"}
_SHAPING = {
    "separator" if field.name == "sep" else field.name: field.name
    for field in dataclasses.fields(Shaping)
    if field.init and field.name not in _MADE_BY_US
}
"""Keywords that say how answers are shaped, and the fields of Shaping they fill."""
_WIDGET_FIELDS = {field.name for field in dataclasses.fields(Widget)} - {"type", "params", "columns"}
WIDGET_KEYWORDS = frozenset(_WIDGET_FIELDS | set(_OURS) | set(_SHAPING))
"""What every widget decorator takes."""


class Declaring:
    """Holds the registry that the decorators write to."""

    def __init__(self) -> None:
        self.registry = Registry()
        """What was declared so far."""

    def _declare(
        self,
        view: Any,
        role: Role,
        kind: Kind | None,
        options: Mapping[str, Any],
        **more: Any,
    ) -> None:
        if not callable(view):
            raise RegistrationError(
                f"openbb.{more.get('decorator', role)} was put on {view!r}, which is not a view. "
                "Put it directly above 'def' or 'class'."
            )
        declaration = self._declaration(
            role,
            kind,
            options,
            location=location_of(view),
            label=label_of(view),
            source=source_of(view),
            **more,
        )
        self.registry.add(view, declaration)

    def _declaration(self, role: Role, kind: Kind | None, options: Mapping[str, Any], **more: Any) -> Declaration:
        given = dict(options)
        ours = {key: given.pop(key) for key in _OURS if key in given}
        shaping = {field: given.pop(key) for key, field in _SHAPING.items() if key in given}
        id = given.pop("id", None)
        return Declaration(
            role=role, kind=kind, owner=self.registry.owner, id=id, fields=given, shaping=shaping, **ours, **more
        )


class Route(Protocol):
    """A widget whose URLs the extension adds to every app, as ``udf`` and ``sql`` make it."""

    @property
    def source(self) -> object:
        """What identifies the declaring code."""

    def add(self, app: Flask, prefix: str) -> None:
        """Add its URLs to an app."""


class Serving(Declaring):
    """What declares widgets whose URLs are added to every app."""

    def _serve(self, route: Route) -> None:
        """Give a feed or a SQL widget its URLs in every app there is and will be."""
        raise NotImplementedError


def check_options(what: str, options: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse a keyword that a decorator does not have.

    :param what: The decorator's name.
    :raises RegistrationError: With the nearest known keyword.
    """
    for key in options:
        if key not in known:
            snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower()
            near = [snake] if snake in known else difflib.get_close_matches(snake, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise RegistrationError(
                f"openbb.{what}() has no keyword {key!r}.{hint} A wire key this version does not know goes into "
                "extra={...}."
            )


def path_of(decorator: str, rule: Any, *, to: str, such_as: str) -> str:
    """The path of a rule at which we serve a widget ourselves, without slashes at its ends.

    :raises RegistrationError: If it is none, or has arguments.
    """
    if isinstance(rule, str) and rule.startswith("/") and rule.strip("/") and not set(rule) & set("<>?#"):
        return rule.strip("/")
    raise RegistrationError(f"{decorator}({rule!r}) is not a URL to {to}. Write one such as {such_as!r}.")
