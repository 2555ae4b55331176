"""A view's parameters, from one source: manifest rows, and the schema that parses a request.

Owns which of a view's arguments are parameters, how ``params=`` joins its annotations, and :class:`ParamPlan`.
Imports marshmallow and this room's modules, no Flask. ``web`` makes a plan when it matches views with routes, and
loads every request through it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from ..errors import ParamError
from .arguments import EMPTY, Argument, build_argument, merged
from .fields import Clock, ListField
from .foreign import (
    NOTHING,
    Inputs,
    has_hook,
    is_schema,
    keyword_of,
    loaded,
    overridden,
    request_schema,
    rows_of,
    slots_of,
    wire_of,
)
from .hints import Hint, Misfit, annotation_of, hint_of_default, read_hint
from .intake import LONGEST_VALUE, Slot, describe, gather_body, gather_query, request_errors
from .signature import place_of, read_signature
from .specs import Param, ParamRows

__all__ = ["ParamPlan", "describe", "plan_params", "request_errors"]

WORKSPACE_ARGUMENTS = frozenset({"theme", "raw"})
"""Query keys Workspace adds by itself: passed to views that name them, never parameters.

Source: OpenBB docs, widget-types; the client adds ``theme`` to charts and text, ``raw`` for agents.
"""

_NOTHING = Schema(unknown=EXCLUDE)

_UNREAD_TYPES = frozenset({"form"})
"""Params that are shown but never in a widget's own request: a form posts to its own endpoint."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ParamPlan:
    """What one view takes: the rows for its manifest and the parser for its requests.

    .. versionadded:: 0.1
    """

    rows: ParamRows
    """For the manifest; ``options`` may still be views or URLs."""
    names: frozenset[str]
    """Wire names of everything read from a request, those of the URL rule included."""
    path_names: frozenset[str]
    """Names that come from the URL rule."""
    wants: frozenset[str]
    """Which of ``theme`` and ``raw`` (of a form: ``button``) the view names; they are not read here."""
    passed: frozenset[str]
    """Keywords passed to the view; others are checked and left to the view to read."""
    takes_kwargs: bool
    """Whether the view has ``**kwargs`` or no signature at all."""
    given: Schema | None
    """The user's own Schema, if there is one."""
    arguments: tuple[Argument, ...]
    """What is read beside it: annotated arguments and single Params."""
    slots: tuple[Slot, ...]
    """How each raw value is found."""
    theirs: Inputs = NOTHING
    """What another extension's parser reads of the same request."""

    @functools.cached_property
    def schema(self) -> Schema:
        """Reader of ``{wire name: raw value}``: the user's Schema, or one made of the arguments; ignores other keys."""
        return self._made if self.given is None else self.given

    @functools.cached_property
    def _made(self) -> Schema:
        # Made at the first request: a manifest of a thousand widgets needs none.
        made: dict[str, Any] = {argument.name: argument.field for argument in self.arguments}
        return Schema.from_dict(made, name="Request")(unknown=EXCLUDE) if made else _NOTHING

    def load_query(
        self, lists: Mapping[str, Sequence[str]], *, max_length: int = LONGEST_VALUE, skip: Collection[str] = ()
    ) -> dict[str, Any]:
        """Read a query string into the view's keywords.

        Absent and blank parameters get their defaults. Arguments of the URL rule are looked up like any other: put
        them into ``lists``.

        :param lists: All values of each key: ``request.args.to_dict(flat=False)``.
        :param max_length: Most characters of one value.
        :param skip: Wire names known already, such as URL arguments that a converter made objects of; they are
            neither read nor missed.
        :raises marshmallow.ValidationError: With every fault found, by wire name.
        """
        data, problems = gather_query(self.slots, lists, max_length=max_length, skip=skip)
        return self._load(data, problems, skip)

    def load_body(
        self, body: Mapping[str, Any], *, max_length: int = LONGEST_VALUE, skip: Collection[str] = ()
    ) -> dict[str, Any]:
        """Read a JSON object into the view's keywords; null is absent, and items of JSON lists are never split.

        :param body: JSON values by wire name.
        :raises marshmallow.ValidationError: As :meth:`load_query`, also if ``body`` is no object.
        """
        if not isinstance(body, Mapping):
            raise ValidationError({"_schema": ["The body is not a JSON object."]})
        data, problems = gather_body(self.slots, body, max_length=max_length, skip=skip)
        return self._load(data, problems, skip)

    def _load(self, data: dict[str, Any], problems: dict[str, Any], skip: Collection[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for schema in (self.schema,) if self.given is None else (self.given, self._made):
            try:
                found.update(loaded(schema, data, skip))
            except ValidationError as error:
                for name, told in error.messages_dict.items():
                    problems.setdefault(name, told)
        if problems:
            raise ValidationError(problems)
        return {name: value for name, value in found.items() if name in self.passed}


def plan_params(
    view: Callable[..., Any],
    *,
    params: Sequence[Param | Sequence[Param]] | type[Schema] | Schema | None = None,
    path_types: Mapping[str, type] | None = None,
    skip_first: bool = False,
    where: str | None = None,
    clock: Clock = datetime.now,
    beside: frozenset[str] = WORKSPACE_ARGUMENTS,
    theirs: Inputs | None = None,
) -> ParamPlan:
    """Work out a view's parameters.

    Annotations give type, choices and default; ``Param`` in ``Annotated`` adds to them; ``params`` adds to both and
    its fields win. The order is that of ``params``, then of the signature. A Param that names no argument is checked
    and shown, and passed only to ``**kwargs``.

    :param view: The function Flask calls; ``functools.wraps`` is followed.
    :param params: Params, rows of Params, or a marshmallow Schema.
    :param path_types: Type by argument of the URL rule.
    :param skip_first: Leave out the first parameter, ``self`` of a MethodView.
    :param where: ``file:line`` of the view, for messages; empty where the caller tells the place itself.
    :param clock: Gives "now" for relative dates; the server's local time by default.
    :param beside: Arguments that are no parameters: ``web`` fills them by itself.
    :param theirs: What another extension's parser reads: shown and never read here. A Schema as ``params`` takes
        its place.
    :raises ParamError: If something cannot become a parameter, with every problem found; each names function,
        parameter, place and next step.

    .. versionadded:: 0.1
    """
    planner = _Planner(view, path_types or {}, skip_first=skip_first, where=where, clock=clock, beside=beside)
    if theirs is not None and not is_schema(params):
        planner.theirs = theirs
    return planner.plan(params)


class _Planner:
    """Makes one plan."""

    def __init__(
        self,
        view: Callable[..., Any],
        path_types: Mapping[str, type],
        *,
        skip_first: bool,
        where: str | None,
        clock: Clock,
        beside: frozenset[str],
    ) -> None:
        self.view = view
        self.beside = beside
        self.path_types = path_types
        place = place_of(view) if where is None else where
        self._at = f" ({place})" if place else ""
        self.clock = clock
        self.problems: list[str] = []
        self.theirs = NOTHING
        try:
            self.signature = read_signature(view, skip_first=skip_first)
        except Misfit as error:
            raise ParamError(f"{self._name()}(){error}{self._at}") from error.__cause__

    def plan(self, params: Any) -> ParamPlan:
        arguments: dict[str, Argument] = {}
        rows: list[Any] = []
        schema: Schema | None = None
        covered: set[str] = set()
        if is_schema(params):
            schema, shown = self._foreign(params)
            rows += [param for _, param in shown]
            covered = {
                key
                for name, field in schema.load_fields.items()
                for key in (keyword_of(name, field), wire_of(name, field))
            }
        elif params is not None:
            rows += self._declared(params, arguments)
        declared = {param.name for row in rows for param in (row if isinstance(row, tuple) else (row,))}
        known = declared | self.beside | self.path_types.keys()
        rows += [param for name, param in self.theirs.rows.items() if name not in known]
        covered |= self._filled_by_them()
        wants = frozenset(self.beside & self.signature.defaults.keys()) - declared - covered
        wants -= self.path_types.keys()
        made = self._made_by(schema, arguments, covered | wants)
        for name in self._remaining(arguments, covered | wants | made):
            try:
                if schema is not None:
                    self._check_bound(name, schema)
                arguments[name] = self._argument(name, self.theirs.words_of(name))
                rows.append(arguments[name].param)
            except ParamError as error:
                self.problems += error.problems
        if self.problems:
            raise ParamError(*dict.fromkeys(self.problems))
        return self._finish(rows, arguments, schema, wants, made)

    def _finish(
        self,
        rows: list[Any],
        arguments: dict[str, Argument],
        schema: Schema | None,
        wants: frozenset[str],
        made: frozenset[str],
    ) -> ParamPlan:
        slots = [Slot(item.wire, isinstance(item.field, ListField)) for item in arguments.values()]
        keywords = {item.name for item in arguments.values()} | made
        if schema is not None:
            slots = [*slots_of(schema, self.clock), *slots]
            keywords |= {keyword_of(name, field) for name, field in schema.load_fields.items()}
        bound = self.signature.defaults.keys() | self.path_types.keys()
        passes_all = self.signature.var_keyword and not self.signature.opaque
        return ParamPlan(
            rows=tuple(rows),
            names=frozenset(slot.wire for slot in slots),
            path_names=frozenset(self.path_types),
            wants=wants,
            passed=frozenset(keywords if passes_all else keywords & bound),
            takes_kwargs=self.signature.var_keyword or self.signature.opaque,
            given=schema,
            arguments=tuple(arguments.values()),
            slots=tuple(slots),
            theirs=self.theirs,
        )

    def _made_by(
        self, schema: Schema | None, arguments: Mapping[str, Argument], left_out: Collection[str]
    ) -> frozenset[str]:
        """The arguments that a Schema's ``post_load`` makes: required, and without the annotation of an input."""
        if schema is None or not has_hook(schema, "post_load"):
            return frozenset()
        names = self._remaining(arguments, left_out)
        required = (name for name in names if name not in self.path_types and self._is_required(name))
        return frozenset(name for name in required if not self._is_input(name))

    def _is_input(self, name: str) -> bool:
        try:
            return read_hint(annotation_of(self.view, name)) != Hint()
        except Misfit:
            return False

    def _filled_by_them(self) -> set[str]:
        """The arguments that another extension's decorators fill: its fields, or what they were read into."""
        if not self.theirs.passed:
            return set()
        names = self.signature.defaults.keys() - self.path_types.keys()
        return {name for name in names if name in self.theirs.keywords or self._is_required(name)}

    def _is_required(self, name: str) -> bool:
        if self.signature.defaults[name] is not EMPTY:
            return False
        try:
            return not read_hint(annotation_of(self.view, name)).given
        except Misfit:  # their mapping's own type
            return True

    def _foreign(self, given: Any) -> tuple[Schema, list[tuple[str, Param]]]:
        try:
            schema = request_schema(given)
            return schema, list(rows_of(schema))
        except Misfit as error:
            raise self._wrong_params(error) from None

    def _declared(self, params: Any, arguments: dict[str, Argument]) -> Iterator[Any]:
        """Give the rows of a list of Params, filling ``arguments``."""
        if isinstance(params, (Param, str, Mapping)) or not isinstance(params, Sequence):
            raise self._wrong_params(f"{params!r} is not a list. Give a list of Param, or a marshmallow Schema.")
        by_wire = self._names_by_wire()
        for item in params:
            row = isinstance(item, Sequence) and not isinstance(item, str)
            shown: list[Param] = []
            for param in item if row else (item,):
                try:
                    shown.append(self._declare(param, by_wire, arguments))
                except ParamError as error:
                    self.problems += error.problems
            if shown or (row and not item):  # an empty row moves the next ones down
                yield tuple(shown) if row else shown[0]

    def _declare(self, param: Any, by_wire: Mapping[str, str], arguments: dict[str, Argument]) -> Param:
        if not isinstance(param, Param):
            raise self._wrong_params(f"{param!r} is not a Param. Write Param('name', …).")
        if param.type in _UNREAD_TYPES:
            return param
        if not param.name:
            raise self._wrong_params("a Param has no name. Write Param('name', …).")
        name = by_wire.get(param.name, param.name)
        if param.name in self.theirs.rows and param.name not in self.path_types:
            return overridden(self.theirs.rows[param.name], param)
        if name in arguments:
            raise self._wrong_params(f"{param.name!r} is there twice. Remove one.")
        arguments[name] = self._argument(name, param)
        return arguments[name].param

    def _check_bound(self, name: str, schema: Schema) -> None:
        """Refuse an argument that nothing would fill, such as the mapping another library passes."""
        parameter = self.signature.defaults.get(name, None)
        if parameter is EMPTY and name not in self.path_types and annotation_of(self.view, name) is EMPTY:
            raise self._error(
                name,
                f"it is no field of {type(schema).__name__} and has neither annotation nor default. Workspace's "
                "parameters come as keywords: take the fields as arguments (flask-smorest: as_kwargs=True), or "
                "leave params= to what the view's own decorators read.",
            )

    def _names_by_wire(self) -> dict[str, str]:
        names = {}
        for name in self.signature.defaults:
            for param in self._hint(name).given if name not in self.beside else ():
                if param.name:
                    names[param.name] = name
        return names

    def _remaining(self, arguments: Mapping[str, Argument], left_out: Collection[str]) -> list[str]:
        names = [name for name in self.signature.defaults if not self.signature.opaque]
        names += [name for name in self.path_types if name not in names]
        return [name for name in names if name not in arguments and name not in left_out]

    def _argument(self, name: str, given: Param) -> Argument:
        # Where a host's view reads the request itself, it decides what a missing value means.
        unknown = EMPTY if name in self.path_types else None
        default = self.signature.defaults.get(name, unknown)
        hint = self._hint(name)
        try:
            return build_argument(name, hint, default, merged(*hint.given, given), clock=self.clock)
        except Misfit as error:
            raise self._error(name, error) from None

    def _hint(self, name: str) -> Hint:
        default = self.signature.defaults.get(name, EMPTY)
        try:
            hint = read_hint(annotation_of(self.view, name) if name in self.signature.defaults else EMPTY)
            if hint.base is not None:
                return hint
            guess = Hint(base=self.path_types[name]) if name in self.path_types else hint_of_default(default)
        except Misfit as error:
            raise self._error(name, error) from None
        return replace(guess, given=hint.given, optional=hint.optional or guess.optional)

    def _name(self) -> str:
        return getattr(self.view, "__qualname__", None) or repr(self.view)

    def _error(self, name: str, problem: object) -> ParamError:
        return ParamError(f"{self._name()}() parameter {name!r}: {problem}{self._at}")

    def _wrong_params(self, problem: object) -> ParamError:
        return ParamError(f"{self._name()}() params=: {problem}{self._at}")
