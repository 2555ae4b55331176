"""Where an app serves its widgets: declarations matched with the URL map.

Runs once, at the first request or for a command, when all routes are known. A widget has one of two homes: the
view's own URL, or ``<prefix>/openbb/widgets/<id>`` for what the own URL cannot tell apart (an exposed view, a
second widget on one view, a view outside ``OPENBB_URL_PREFIX``). The host's URL map is never changed.
"""

from __future__ import annotations

import difflib
import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.routing import Rule

from ..door.auth import Policy, resolve
from ..errors import Fault, OpenBBError, RegistrationError
from ..manifest.columns import columns_from, row_schema, whole_columns
from ..manifest.kinds import Kind
from ..manifest.params import ParamPlan, plan_params
from ..manifest.registry import Declaration, Marked, View, marks_of, same_source
from ..manifest.specs import Column, Param, ParamRows
from ..shape import bodies
from ..shape.bodies import Shaping
from .rules import path_types, relative_url

if TYPE_CHECKING:
    from .state import State

OPTIONS = Kind(wire="options", shaper=bodies.options, source="docs.openbb.co widget-parameters/advanced-dropdown")
"""The pseudo-kind of an options endpoint."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Binding:
    """One widget or options endpoint of one app: where it is asked and how it is answered."""

    id: str
    declaration: Declaration
    kind: Kind
    endpoint: str
    """Flask endpoint of the host's view."""
    rule: Rule
    url: str
    """What the manifest says, relative to the base URL; ``{placeholders}`` for the rule's arguments."""
    own: bool
    """Whether the URL is the view's own."""
    function: View
    """Where name, description and parameters were read."""
    plan: ParamPlan
    needs: frozenset[str]
    """Which of ``theme`` and ``raw`` the view names without a default."""
    columns: tuple[Column, ...]
    shaping: Shaping
    policy: Policy | None

    @property
    def method(self) -> str:
        """The HTTP method Workspace uses."""
        return self.kind.method

    @property
    def subject(self) -> str:
        """What a signed endpoint's token is bound to."""
        return f"{self.declaration.role}:{self.id}"

    @property
    def signed(self) -> bool:
        """Whether Workspace asks without the credentials this endpoint wants."""
        if self.policy is None:
            return False
        in_query = self.declaration.role == "options" and getattr(self.policy, "query", None) is not None
        return in_query or not self.kind.sends_credentials


@dataclass(eq=False)
class Routes:
    """The widgets and options endpoints of one app."""

    widgets: dict[str, Binding] = field(default_factory=dict)
    options: dict[str, Binding] = field(default_factory=dict)
    native: dict[tuple[str, str], Binding] = field(default_factory=dict)
    """By Flask endpoint and method, for widgets that live at their view's own URL."""
    placeholders: dict[str, Binding] = field(default_factory=dict)
    """By path with literal ``{placeholders}``, as Excel asks it."""
    closed: set[tuple[str, str]] = field(default_factory=set)
    """Views, by Flask endpoint and method, that were to be guarded and whose declaration is faulty: nobody gets in."""
    faults: list[Fault] = field(default_factory=list)

    def by_id(self, id: str) -> Binding | None:
        """A widget or, failing that, an options endpoint."""
        return self.widgets.get(id) or self.options.get(id)

    def options_url(self, view: Callable[..., Any]) -> str | None:
        """The URL of an ``@openbb.options`` view, or None if it is not one of this app's."""
        found = (binding.url for binding in self.options.values() if same_source(binding.declaration, view))
        return next(found, None)


def find_routes(app: Flask, state: State) -> Routes:
    """Match every declaration with the app's URL map.

    :return: The bindings; what cannot be served is in ``faults``, not raised.
    """
    routes = Routes()
    seen: set[object] = set()
    rules: dict[str, list[Rule]] = {}
    for rule in app.url_map.iter_rules():
        rules.setdefault(rule.endpoint, []).append(rule)
    marked: list[tuple[str, Marked]] = []
    for endpoint, view in app.view_functions.items():
        for mark in marks_of(state.originals.get(endpoint, view), owner=state.registry.owner):
            if endpoint in rules:
                seen.add(mark.declaration.source)
                marked.append((endpoint, mark))
    for declaration in state.registry.exposed:
        found = app.view_functions.get(declaration.target or "")
        if found is None:
            routes.faults.append(_unknown_target(app, declaration))
        else:
            marked.append((declaration.target or "", _exposed(found, declaration)))
    for endpoint, mark in sorted(marked, key=lambda item: item[1].declaration.serial):
        _bind(state, routes, endpoint, mark, rules.get(endpoint, []))
    _report_unrouted(state, routes, seen)
    return routes


def _bind(state: State, routes: Routes, endpoint: str, mark: Marked, rules: list[Rule]) -> None:
    declaration = mark.declaration
    kind = declaration.kind or OPTIONS
    method = mark.method or kind.method
    id = _id(declaration, endpoint)
    rule = _choose_rule(state, declaration, [rule for rule in rules if method in (rule.methods or ())])
    if rule is None or method != kind.method:
        _close(state, routes, endpoint, mark, rules)
        routes.faults.append(_no_method(declaration, id, kind, rules))
        return
    table = routes.options if declaration.role == "options" else routes.widgets
    if id in table:
        _close(state, routes, endpoint, mark, [rule])
        routes.faults.append(_duplicate(declaration, id, table[id]))
        return
    url = None if declaration.target else relative_url(rule.rule, state.settings.url_prefix)
    own = url is not None and (endpoint, method) not in routes.native
    if not own and not (url is not None and _same_url(declaration, url)):
        url = f"openbb/{'options' if kind is OPTIONS else 'widgets'}/{id}"
    try:
        binding = _binding(state, mark, id=id, kind=kind, endpoint=endpoint, rule=rule, url=url or "", own=own)
    except Exception as error:  # whatever it is, the host's other routes must go on
        _close(state, routes, endpoint, mark, [rule])
        routes.faults.append(_fault(declaration, id, told(error)))
        return
    table[id] = binding
    if own:
        routes.native[endpoint, method] = binding
        if binding.rule.arguments:
            routes.placeholders[f"{state.settings.url_prefix}/{binding.url}"] = binding


def _close(state: State, routes: Routes, endpoint: str, mark: Marked, rules: list[Rule]) -> None:
    """Keep Flask from serving a faulty widget's view to everybody, where a policy was to guard it."""
    declaration = mark.declaration
    if declaration.target or declaration.public or (declaration.auth is None and state.policy is None):
        return
    methods = {mark.method} if mark.method else {method for rule in rules for method in rule.methods or ()}
    routes.closed |= {(endpoint, method) for method in methods}


def _binding(
    state: State, mark: Marked, *, id: str, kind: Kind, endpoint: str, rule: Rule, url: str, own: bool
) -> Binding:
    declaration = mark.declaration
    plan = plan_params(
        mark.function,
        params=declaration.params,
        path_types=path_types(rule),
        skip_first=mark.method is not None,
        where=declaration.location,
    )
    columns, schema = _columns(declaration)
    wire_data = (declaration.wire or {}).get("data")
    data_key = declaration.fields.get("data_key") or (
        wire_data.get("dataKey") if isinstance(wire_data, Mapping) else None
    )
    title = declaration.fields.get("name") or (declaration.wire or {}).get("name")
    shaping = Shaping(
        widget=id,
        title=title if isinstance(title, str) else "",
        data_key=data_key if isinstance(data_key, str) else None,
        sep=declaration.separator,
        lists=declaration.lists,
        whole=whole_columns(columns) | _whole_in_wire(wire_data),
        row_schema=schema,
    )
    policy = state.policy if declaration.auth is None else resolve(declaration.auth, os.environ)
    return Binding(
        id=id,
        declaration=declaration,
        kind=kind,
        endpoint=endpoint,
        rule=rule,
        url=url,
        own=own,
        function=mark.function,
        plan=plan,
        needs=_without_default(mark.function, plan.wants),
        columns=columns,
        shaping=shaping,
        policy=None if declaration.public else policy,
    )


def resolve_options(routes: Routes, rows: ParamRows) -> ParamRows:
    """Replace views given as ``options`` by their URLs.

    :raises RegistrationError: If one is not an ``@openbb.options`` view of this app.
    """

    def resolve(param: Param) -> Param:
        if param.input_params:
            param = replace(param, input_params=tuple(resolve(inner) for inner in param.input_params))
        if not callable(param.options):
            return param
        url = routes.options_url(param.options)
        if url is None:
            name = getattr(param.options, "__name__", repr(param.options))
            raise RegistrationError(
                f"Parameter {param.name!r}: options={name} is not an options view of this app. "
                "Put '@openbb.options' above its 'def', under its route decorator."
            )
        return replace(param, options=url)

    return tuple(tuple(resolve(param) for param in row) if isinstance(row, tuple) else resolve(row) for row in rows)


def _columns(declaration: Declaration) -> tuple[tuple[Column, ...], Any]:
    given = declaration.columns
    if given is None:
        return (), None
    if isinstance(given, list | tuple):
        return tuple(given), None
    return columns_from(given), row_schema(given)


def _whole_in_wire(data: Any) -> frozenset[str]:
    table = data.get("table") if isinstance(data, Mapping) else None
    columns = table.get("columnsDefs") if isinstance(table, Mapping) else None
    whole = set()
    for column in columns if isinstance(columns, list) else ():
        if isinstance(column, Mapping) and isinstance(column.get("field"), str):
            renders = column.get("renderFn") or ""
            if "hoverCard" in renders or column.get("sparkline"):
                whole.add(column["field"])
    return frozenset(whole)


def _without_default(function: View, names: frozenset[str]) -> frozenset[str]:
    if not names:
        return names
    parameters = inspect.signature(function).parameters
    return frozenset(name for name in names if parameters[name].default is inspect.Parameter.empty)


def _id(declaration: Declaration, endpoint: str) -> str:
    if declaration.id:
        return str(declaration.id)
    wire = declaration.wire or {}
    for key in ("widgetId", "endpoint"):
        if isinstance(wire.get(key), str) and wire[key].strip("/"):
            return str(wire[key]).strip("/")
    return endpoint.replace(".", "_")


def _choose_rule(state: State, declaration: Declaration, rules: list[Rule]) -> Rule | None:
    for rule in rules:
        url = relative_url(rule.rule, state.settings.url_prefix)
        if url is not None and _same_url(declaration, url):
            return rule
    return min(rules, key=lambda rule: bool(rule.defaults), default=None)


def _same_url(declaration: Declaration, url: str) -> bool:
    given = declaration.fields.get("endpoint") or (declaration.wire or {}).get("endpoint")
    return isinstance(given, str) and given.strip("/") == url


def _exposed(view: View, declaration: Declaration) -> Marked:
    cls = getattr(view, "view_class", None)
    method = declaration.kind.method if declaration.kind else "GET"
    function = getattr(cls, method.lower(), None)
    if function is None:
        return Marked(declaration, view, None)
    return Marked(declaration, function, method)


def told(error: Exception) -> str:
    """What a fault says of an exception: an error of ours speaks for itself."""
    return str(error) if isinstance(error, OpenBBError) else f"{type(error).__name__}: {error}"


def _fault(declaration: Declaration, id: str, message: str, **more: Any) -> Fault:
    return Fault("error", message, widget=id, location=declaration.location, **more)


def _unknown_target(app: Flask, declaration: Declaration) -> Fault:
    near = difflib.get_close_matches(declaration.target or "", app.view_functions, n=1)
    fix = f"Did you mean {near[0]!r}?" if near else "'flask routes' lists the endpoint names."
    return _fault(
        declaration,
        declaration.label,
        "expose() names an endpoint this app does not have.",
        value=declaration.target,
        fix=fix,
    )


def _no_method(declaration: Declaration, id: str, kind: Kind, rules: list[Rule]) -> Fault:
    have = sorted({method for rule in rules for method in rule.methods or ()} - {"HEAD", "OPTIONS"})
    return _fault(
        declaration,
        id,
        f"Workspace asks {kind.wire!r} with {kind.method}, but the route of {declaration.label!r} does not accept it.",
        value=", ".join(have),
        fix=f"Add methods=[{kind.method!r}] to its route.",
    )


def _duplicate(declaration: Declaration, id: str, other: Binding) -> Fault:
    return _fault(
        declaration,
        id,
        f"Two declarations have the id {id!r}: {declaration.label!r} and {other.declaration.label!r} "
        f"at {other.declaration.location}.",
        fix="Give one of them id='...'.",
    )


def _report_unrouted(state: State, routes: Routes, seen: set[object]) -> None:
    if state.settings.unrouted == "ignore":
        return
    for declaration in state.registry.declared():
        if declaration.source not in seen:
            what = f"openbb.{declaration.role}"
            routes.faults.append(
                _fault(
                    declaration,
                    declaration.id or declaration.label,
                    f"The view {declaration.label!r} has no route in this app.",
                    fix=f"Put '@{what}' directly above 'def', under the route decorator, and register its Blueprint; "
                    "a decorator between them must use functools.wraps. An extension shared by apps with different "
                    "blueprints sets OPENBB_UNROUTED = 'ignore'.",
                )
            )
    routes.faults.sort(key=lambda fault: fault.location)
