"""Where an app serves its widgets: declarations matched with the URL map.

Runs once, at the first request or for a command, when all routes are known. A widget has one of two homes: the
view's own URL, or ``<prefix>/openbb/widgets/<id>`` for what the own URL cannot tell apart (an exposed view, a
second widget on one view, a view outside ``OPENBB_URL_PREFIX``). The host's URL map is never changed.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.routing import Rule

from ..errors import Fault
from ..manifest.kinds import Kind
from ..manifest.registry import Declaration, Marked, Role, View, is_declared_by, marks_of, same_source
from .bindings import OPTIONS_QUERY, Binding, Home, UnusableError, bind, kind_of
from .forms import link
from .row_urls import extract_of
from .rules import is_whole_url, loose_pattern, relative_url
from .state import BLUEPRINT
from .theirs import envelope_of
from .udf import FEEDS, PARTS, is_below

if TYPE_CHECKING:
    from .state import State

PLACES: Mapping[Role, str] = {"widget": "widgets", "options": "options", "agent": "agents", "form": "forms"}
"""Where below our prefix a declaration is served that has no URL of its own, by role."""


@dataclass(eq=False)
class Routes:
    """The widgets, options endpoints and forms of one app."""

    widgets: dict[str, Binding] = field(default_factory=dict)
    options: dict[str, Binding] = field(default_factory=dict)
    agents: dict[str, Binding] = field(default_factory=dict)
    forms: dict[str, Binding] = field(default_factory=dict)
    queries: dict[str, Binding] = field(default_factory=dict)
    """Options endpoints that take POST as well, as they are asked then."""
    buttons: dict[str, dict[str, None]] = field(default_factory=dict)
    """By id of a form, the names of the buttons it is shown with."""
    changes: dict[str, list[Binding]] = field(default_factory=dict)
    """By id of a form, what its submissions change."""
    changing: frozenset[str] = frozenset()
    """Subjects of what forms change and is kept."""
    bound: list[tuple[Marked, Binding]] = field(default_factory=list)
    native: dict[tuple[str, str], Binding] = field(default_factory=dict)
    """By Flask endpoint and method, for widgets that live at their view's own URL."""
    guarded: dict[tuple[str, str], Binding] = field(default_factory=dict)
    """By Flask endpoint and method, what lies below the URL of a chart: its feed, by us or by the host."""
    placeholders: dict[str, Binding] = field(default_factory=dict)
    """By path with literal ``{placeholders}``, as Excel asks it."""
    patterns: list[tuple[re.Pattern[str], Binding]] = field(default_factory=list)
    """Paths that look like a widget's URL with arguments, whether or not these fit the rule's converters."""
    faulty: list[tuple[Marked, Home]] = field(default_factory=list)
    """Declarations that made no binding, so that the rest of what they say is checked too."""
    closed: set[tuple[str, str]] = field(default_factory=set)
    """Views, by Flask endpoint and method, that were to be guarded and whose declaration is faulty: nobody gets in."""
    faults: list[Fault] = field(default_factory=list)
    envelope: str | None = None
    """The key under which the app puts every documented answer."""

    def table(self, role: Role) -> dict[str, Binding]:
        """The bindings of one role, by id."""
        return {"options": self.options, "agent": self.agents, "form": self.forms}.get(role, self.widgets)

    def asked(self, role: Role, id: str, method: str) -> Binding | None:
        """The binding of one id below our prefix; the method may still be another's."""
        posted = self.queries.get(id) if role == "options" and method == "POST" else None
        found = posted or self.table(role).get(id)
        return self._extract(id, method) if found is None and role == "widget" else found

    def _extract(self, path: str, method: str) -> Binding | None:
        """An extract of a row model, such as its export, below the widget's id."""
        for id, binding in self.widgets.items():
            if binding.rows is not None and path.startswith(f"{id}/") and (extract := extract_of(path[len(id) + 1 :])):
                places = ("query",) if method == "GET" else binding.kind.params_in
                kind = replace(binding.kind, method="GET" if method == "GET" else "POST", params_in=places)
                return replace(binding, kind=kind, extract=extract)
        return None

    def everything(self) -> tuple[Binding, ...]:
        """All bindings, options endpoints that are queried as options endpoints."""
        tables = (self.widgets, self.options, self.agents, self.forms)
        return tuple(binding for table in tables for binding in table.values())

    def of_view(self, role: Role, view: Callable[..., Any], *, near: str) -> Binding | None:
        """The binding of a view, or None if it is not one of this app's.

        :param near: The endpoint that refers to it: of a Blueprint that is registered several times, each has views
            of its own.
        """
        found = [binding for binding in self.table(role).values() if same_source(binding.declaration, view)]
        # A loop makes many views of the same code, of which this very one is meant.
        return max(
            found,
            key=lambda binding: (is_declared_by(binding.declaration, view), _shared(binding.endpoint, near)),
            default=None,
        )


def find_routes(app: Flask, state: State) -> Routes:
    """Match every declaration with the app's URL map.

    :return: The bindings; what cannot be served is in ``faults``, not raised.
    """
    routes = Routes(envelope=envelope_of(app))
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
    for mark, binding in routes.bound:
        _report_open_methods(routes, mark, binding)
    link(state, routes)
    _find_feeds(app, routes)
    _report_unrouted(state, routes, seen)
    _report_shadowed(app, state, routes)
    _report_hidden_feeds(app, routes)
    return routes


def _bind(state: State, routes: Routes, endpoint: str, mark: Marked, rules: list[Rule]) -> None:
    declaration = mark.declaration
    kind = kind_of(mark, rules)
    method = mark.method or kind.method
    id = _id(declaration, endpoint)
    problems = []
    if declaration.id is not None and not (isinstance(declaration.id, str) and id.strip()):
        problems.append(f"id={declaration.id!r} is no id. Give it a text that is not blank.")
    rule = _choose_rule(state, declaration, [rule for rule in rules if method in (rule.methods or ())])
    if rule is None or method != kind.method:
        _close(state, routes, endpoint, mark, rules)
        routes.faults.append(_no_method(declaration, id, kind, rules))
        return
    table = routes.table(declaration.role)
    if id in table:
        _close(state, routes, endpoint, mark, [rule])
        routes.faults.append(_duplicate(declaration, id, table[id]))
        return
    home = _home(state, routes, declaration, id=id, kind=kind, endpoint=endpoint, rule=rule)
    home = replace(home, envelope=routes.envelope)
    try:
        binding = bind(state, mark, home)
    except UnusableError as error:
        problems += error.problems
    problems += _wrong_endpoint(declaration, home)
    if problems:
        _close(state, routes, endpoint, mark, [rule])
        routes.faults += [_fault(declaration, id, problem) for problem in problems]
        routes.faulty.append((mark, home))
        return
    table[id] = binding
    routes.bound.append((mark, binding))
    if home.own:
        routes.native[endpoint, method] = binding
        if rule.arguments:
            routes.patterns.append((loose_pattern(rule.rule), binding))
            routes.placeholders[f"{state.settings.url_prefix}/{home.url}"] = binding
    if declaration.role == "options" and mark.method is None and "POST" in (rule.methods or ()):
        routes.queries[id] = replace(binding, kind=OPTIONS_QUERY, cache=None)
        if home.own:
            routes.native.setdefault((endpoint, "POST"), routes.queries[id])


def _find_feeds(app: Flask, routes: Routes) -> None:
    """Note the URLs below every chart, which Workspace asks with the chart's credentials."""
    charts = [found for found in routes.widgets.values() if found.own and not found.kind.sends_query]
    for rule in app.url_map.iter_rules() if charts else ():
        chart = next((chart for chart in charts if is_below(rule.rule, chart.rule.rule)), None)
        if chart is not None and "GET" in (rule.methods or ()) and (rule.endpoint, "GET") not in routes.native:
            routes.guarded[rule.endpoint, "GET"] = chart


def _report_open_methods(routes: Routes, mark: Marked, binding: Binding) -> None:
    """Other methods of the view's own URL are the host's, as they were: its door, if any, is not ours."""
    if binding.policy is None or not binding.own or mark.method is not None:
        return
    ours = {method for endpoint, method in routes.native if endpoint == binding.endpoint}
    others = sorted((binding.rule.methods or set()) - ours - {"HEAD", "OPTIONS"})
    if others:
        routes.faults.append(
            Fault(
                "warning",
                f"The view also answers {' and '.join(others)} at its URL, where this extension asks for no key.",
                _document(binding.declaration),
                widget=binding.id,
                location=binding.declaration.location,
                fix=f"Leave only {binding.method} in its route's methods, or guard the others yourself.",
            )
        )


def _home(
    state: State, routes: Routes, declaration: Declaration, *, id: str, kind: Kind, endpoint: str, rule: Rule
) -> Home:
    # Workspace asks below one base URL: a view on a host or subdomain of its own is asked under our prefix.
    reachable = not (declaration.target or rule.subdomain or rule.host)
    url = relative_url(rule.rule, state.settings.url_prefix) if reachable else None
    own = url is not None and (endpoint, kind.method) not in routes.native
    if url is None or not (own or _same_url(declaration, url)):
        url = f"openbb/{PLACES[declaration.role]}/{id}"
    return Home(id=id, kind=kind, endpoint=endpoint, rule=rule, url=url, own=own)


def _wrong_endpoint(declaration: Declaration, home: Home) -> list[str]:
    """An ``endpoint`` that was written down and is not where the view answers."""
    given = declaration.fields.get("endpoint", (declaration.wire or {}).get("endpoint"))
    if given is None or not home.own or is_whole_url(given):
        return []
    if isinstance(given, str) and given.strip("/") == home.url:
        return []
    return [f"endpoint is {given!r}, but the view answers at {home.url!r}. Write that, or leave it out."]


def _close(state: State, routes: Routes, endpoint: str, mark: Marked, rules: list[Rule]) -> None:
    """Keep Flask from serving a faulty widget's view to everybody, where a policy was to guard it."""
    declaration = mark.declaration
    if declaration.target or declaration.public is True or (declaration.auth is None and state.policy is None):
        return
    methods = {mark.method} if mark.method else {method for rule in rules for method in rule.methods or ()}
    routes.closed |= {(endpoint, method) for method in methods}


def _shared(endpoint: str, other: str) -> int:
    """How many names of Blueprints two endpoints begin with alike."""
    pairs = zip(endpoint.split(".")[:-1], other.split(".")[:-1], strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _id(declaration: Declaration, endpoint: str) -> str:
    if declaration.id is not None:
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
    return Marked(declaration, function, method, cls)


def _fault(declaration: Declaration, id: str, message: str, **more: Any) -> Fault:
    return Fault("error", message, _document(declaration), id, location=declaration.location, **more)


def _document(declaration: Declaration) -> str:
    return "agents.json" if declaration.role == "agent" else "widgets.json"


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
            what = "openbb.options" if declaration.kind is None else f"openbb.{declaration.decorator}"
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


def _report_shadowed(app: Flask, state: State, routes: Routes) -> None:
    """A host's own route at a manifest's URL: one of the two would silently win."""
    ours = {f"{state.settings.url_prefix}/{name}.json" for name in ("widgets", "apps", "templates", "agents")}
    for rule in app.url_map.iter_rules():
        if rule.rule in ours and not rule.endpoint.startswith(BLUEPRINT + "."):
            message = f"The app has a route of its own at {rule.rule!r}, endpoint {rule.endpoint!r}."
            routes.faults.append(Fault("error", message, fix="Remove it, or set OPENBB_URL_PREFIX."))


def _report_hidden_feeds(app: Flask, routes: Routes) -> None:
    """Another route at a URL of one of our feeds: the chart would ask it, or nobody ever would."""
    charts = {chart.rule.rule: chart for chart in routes.widgets.values() if chart.endpoint.startswith(FEEDS)}
    urls = {url: chart for root, chart in charts.items() for url in (root, *(f"{root}/{part}" for part in PARTS))}
    for rule in app.url_map.iter_rules() if charts else ():
        chart = urls.get(rule.rule)
        if chart is not None and "GET" in (rule.methods or ()) and rule.endpoint != chart.endpoint:
            message = (
                f"The app has another route at {rule.rule!r}, endpoint {rule.endpoint!r}, where this feed answers."
            )
            routes.faults.append(_fault(chart.declaration, chart.id, message, fix="Give the feed a URL of its own."))
