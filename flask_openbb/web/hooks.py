"""What happens to a request before the host sees it, and to its response after.

Two hooks on the app, the first before and the last after all others, look only at URLs that are ours: a widget's
own URL, the manifests, and ``<prefix>/openbb/...``. For any other URL they cost one look-up and do nothing.
Registered by ``init_app``.
"""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask, Request, current_app, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect, Rule
from werkzeug.wrappers import Response

from ..door.auth import Policy, knows
from ..errors import RequestError
from ..manifest.registry import Role
from .answers import error_response, failure, readable
from .assembly import routes_of
from .bindings import Binding
from .compression import compress
from .dispatch import answer
from .door import guard, preflight_response, write_cors
from .environ import ASKED, BINDING, FORM, GUARDED, METHODS
from .forms import finish
from .rerouting import host_route, match, route_to
from .routes import PLACES, Routes
from .state import BLUEPRINT, EXTENSION, State, current_state
from .udf import part_of, refusal
from .views import info_page

_OURS = BLUEPRINT + "."
_HEAD = frozenset({"HEAD"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


def install(app: Flask) -> None:
    """Put our hooks first and last.

    A preflight carries no credentials, so it must be answered before a host's login hook sees it, and the CORS
    headers must be written after everybody else's.
    """
    app.before_request_funcs.setdefault(None, []).insert(0, before_request)
    app.after_request_funcs.setdefault(None, []).insert(0, after_request)


def before_request() -> Any:
    """Recognise a request for one of our URLs; answer it here where the host's routing would not."""
    # The proxies look their object up at every use, and every request of the host passes here.
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    environ = asked.environ
    if METHODS in environ:
        if environ[ASKED] is asked:
            return None  # run again for the host's own hooks, by _answer_elsewhere below
        # A middleware passes the environ on to a second app, or tries again: none of the first answer counts.
        del environ[METHODS]
        environ.pop(BINDING, None)
        environ.pop(FORM, None)
        environ.pop(GUARDED, None)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    state: State = app.extensions[EXTENSION]
    routes = routes_of(app, state)
    method = asked.method if asked.method in {"GET", "POST"} else _asked_method()
    if "{" in asked.path and (answered := _at_placeholders(state, routes, method)) is not None:
        return answered
    rule = asked.url_rule
    if rule is None:
        return _unrouted(state, routes, method)
    if rule.endpoint.startswith(_OURS):
        return _own_url(state, routes, rule)
    binding = routes.native.get((rule.endpoint, method))
    if binding is not None:
        return _native(asked, rule, binding)
    chart = routes.guarded.get((rule.endpoint, method))
    return _no_binding(routes, rule, method) if chart is None or not part_of(asked.path) else _feed(asked, rule, chart)


def after_request(response: Response) -> Response:
    """Write CORS headers on our own answers, make their errors readable, and compress them."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    methods = asked.environ.get(METHODS)
    if methods is None:
        return response
    state, response = current_state(), readable(response)
    if FORM in asked.environ:
        response = finish(state, response)
    return compress(write_cors(state, response, methods), min_size=state.settings.compress_min_size, kept=state.packed)


def _ours(methods: frozenset[str], binding: Binding | None = None) -> Response | None:
    """Mark the request as ours and answer it at once if it is a preflight.

    :param methods: What the URL accepts; HEAD goes with GET. The method asked is added: a browser shows a page the
        405 that follows only if the preflight allowed it.
    :param binding: What is asked, where it is known.
    """
    if binding is not None and binding.declaration.role == "form":
        request.environ[FORM] = binding
    method = request.method
    if method not in methods:
        methods |= {_asked_method()} & _METHODS
    _mark(methods | _HEAD if "GET" in methods else methods)
    if method != "OPTIONS" or "Origin" not in request.headers:
        return None
    return _beside_hooks(preflight_response()) if "Access-Control-Request-Method" in request.headers else None


def _native(asked: Request, rule: Rule, binding: Binding) -> Response | None:
    """A widget at its view's own URL: Flask will call the view, if the request passes the door."""
    preflight = _ours(frozenset({binding.method}), binding)
    options = asked.method == "OPTIONS"
    # Where Flask lists the methods by itself, nothing of the view's is in the answer. A view may answer OPTIONS too.
    if preflight is not None or (options and getattr(rule, "provide_automatic_options", False)):
        return preflight
    refusal = _at_the_door(binding.policy, widget=binding.id)
    if refusal is None and not options:
        asked.environ[BINDING] = binding
    return refusal


def _feed(asked: Request, rule: Rule, chart: Binding) -> Response | None:
    """A URL below a chart's: Flask will call its view, ours or the host's, if the request passes the chart's door."""
    preflight = _ours(frozenset({"GET"}))
    if preflight is not None or (asked.method == "OPTIONS" and getattr(rule, "provide_automatic_options", False)):
        return preflight
    try:
        guard(chart.policy, widget=chart.id)
    except RequestError as error:
        return _beside_hooks(refusal(error))
    asked.environ[GUARDED] = chart
    return None


def _at_the_door(policy: Policy | None, *, widget: str | None = None) -> Response | None:
    """Refuse who may not ask, before the host's hooks decide anything; they find ``g.openbb_identity`` set."""
    try:
        guard(policy, widget=widget)
    except RequestError as refusal:
        return _beside_hooks(failure(refusal))
    return None


def _beside_hooks(response: Response) -> Response:
    """Give an answer of ours after the host's hooks ran: what one notes before a request, another reads after it.

    What they would answer themselves is dropped.
    """
    with contextlib.suppress(HTTPException):
        current_app.preprocess_request()
    return response


def _mark(methods: frozenset[str] | None) -> None:
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    asked.environ[METHODS] = methods
    asked.environ[ASKED] = asked


def _asked_method() -> str:
    method = request.method
    if method == "OPTIONS":
        method = request.headers.get("Access-Control-Request-Method", "GET").upper()
    return "GET" if method == "HEAD" else method


def _at_placeholders(state: State, routes: Routes, method: str) -> Any:
    """``stock/{symbol}`` as it stands in the manifest; None if it is not one, or to list the methods."""
    binding = routes.placeholders.get(request.path.rstrip("/"))
    if binding is None or binding.method != method:
        return None
    preflight = _ours(frozenset({binding.method}))
    return preflight if preflight is not None or request.method == "OPTIONS" else _answer_elsewhere(state, binding)


def _own_url(state: State, routes: Routes, rule: Rule) -> Any:
    """A manifest, or a widget under our prefix."""
    values = request.view_args or {}
    if "id" not in values:
        return _ours(frozenset({"GET"})) or _unless_options(state)
    role: Role = next((role for role, place in PLACES.items() if place == values.get("kind")), "widget")
    binding, part = routes.asked(role, values["id"], _asked_method()), None
    if binding is None and (part := part_of(values["id"])):
        binding = _chart(routes, values["id"])
    if binding is None:
        return _ours(frozenset({"GET", "POST"})) or _unless_options(state)
    preflight = _ours(frozenset({binding.method}), binding)
    if preflight is not None or request.method == "OPTIONS":
        return preflight
    if request.method not in (binding.method, "HEAD" if binding.method == "GET" else binding.method):
        return _beside_hooks(_wrong_method(binding))
    return _answer_elsewhere(state, binding, token=values.get("token"), part=part)


def _chart(routes: Routes, id: str) -> Binding | None:
    """The chart below whose id a path under our prefix is."""
    found = routes.widgets.get(id.rpartition("/")[0])
    return None if found is None or found.kind.sends_query else found


def _unless_options(state: State) -> Response | None:
    return None if request.method == "OPTIONS" else _at_the_door(state.policy)


def _unrouted(state: State, routes: Routes, method: str) -> Any:
    """What the host's routing would refuse: a missing slash, a wrong method, the root without a page."""
    refused = request.routing_exception
    if isinstance(refused, RequestRedirect):
        return _redirected(routes, method, refused)
    if isinstance(refused, MethodNotAllowed):
        return _not_allowed(routes, refused)
    prefix = state.settings.url_prefix
    if isinstance(refused, NotFound):
        if request.path in (prefix, prefix + "/"):
            return _info_page(state)
        return _nothing_there(routes, method)
    return None


def _nothing_there(routes: Routes, method: str) -> Any:
    """Answer a page for a widget's URL whose argument does not fit: it could not read the host's 404."""
    if "Origin" not in request.headers:
        return None
    for pattern, binding in routes.patterns:
        if binding.method == method and pattern.fullmatch(request.path):
            names = ", ".join(sorted(binding.plan.path_names))
            return (
                _ours(frozenset({method}))
                or _at_the_door(binding.policy, widget=binding.id)
                or _beside_hooks(error_response(404, f"Nothing is found at {binding.url} here. Check {names}."))
            )
    return None


def _redirected(routes: Routes, method: str, redirect: RequestRedirect) -> Any:
    """Answer ``/foo`` as the rule ``/foo/``: Workspace strips the slash, and a redirect fails a preflight.

    Flask also redirects ``/page/1`` to a rule whose default is 1.

    Source: CLIENT lib/utils/widgetParams.ts, ``cleanURL``; Fetch standard, CORS-preflight request.
    """
    path = unquote(urlsplit(redirect.new_url).path).removeprefix(request.root_path)
    matched = match(path, method)
    if matched is None:
        return None
    rule, view_args = matched
    binding = routes.native.get((rule.endpoint, method))
    if binding is None:
        return None
    refusal = _ours(frozenset({method}), binding) or _at_the_door(binding.policy, widget=binding.id)
    if refusal is not None:
        return refusal
    request.environ[BINDING] = binding
    route_to(rule, view_args, path)
    response = current_app.preprocess_request()
    return current_app.dispatch_request() if response is None else response


def _answer_elsewhere(state: State, binding: Binding, *, token: str | None = None, part: str | None = None) -> Any:
    """Answer a widget at a URL that is not its view's, as if Flask had routed it to the view.

    The door comes first. Then the request takes the view's rule, so that the host's blueprint hooks run as they
    would at the view's own URL.

    :param part: What is asked below a chart's endpoint.
    """
    app = current_app
    try:
        if token is None:
            guard(binding.policy, widget=binding.id)
        else:
            g.openbb_identity = _signed_identity(state, binding, token)
        rule, view_args, path = host_route(state, binding, part)
    except RequestError as error:
        return _beside_hooks(refusal(error) if part else failure(error))
    route_to(rule, view_args, path)
    if part:
        request.environ[GUARDED] = binding
    response = app.preprocess_request()
    if response is not None:
        return response
    if part:
        return app.dispatch_request()
    endpoint = binding.endpoint
    view = state.originals.get(endpoint, app.view_functions[endpoint])
    return answer(binding, view, request.view_args or {})


def _signed_identity(state: State, binding: Binding, token: str) -> Any:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if not app.secret_key:
        raise RequestError(403, "Invalid signed link: this backend signs none.")
    identity = state.signer(app).verify(token, widget=binding.subject)
    if binding.policy is not None and not knows(binding.policy, identity.id):
        raise RequestError(403, "The key this URL was signed for is no longer valid. Reload the backend in Workspace.")
    return identity


def _no_binding(routes: Routes, rule: Rule, method: str) -> Any:
    """Leave a URL and method to the host, but for a closed view and the preflight of a method that nobody takes.

    Flask answers OPTIONS by itself and knows no CORS: the browser would hide the 405 that follows from the page.
    """
    if (rule.endpoint, method) in routes.closed:
        return _closed(method)
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    adapter = current_app.create_url_adapter(request)
    try:
        adapter.match(request.path, method=method)  # type: ignore[union-attr]
    except MethodNotAllowed as refused:
        return _not_allowed(routes, refused)
    except HTTPException:
        return None
    return None


def _not_allowed(routes: Routes, refused: MethodNotAllowed) -> Any:
    for method in refused.valid_methods or ():
        matched = match(request.path, method)
        endpoint = matched[0].endpoint if matched else ""
        if endpoint.startswith(_OURS):
            return _ours(frozenset({"GET"}))  # Flask's own 405 follows
        if binding := routes.native.get((endpoint, method)):
            return _ours(frozenset({binding.method}), binding) or _beside_hooks(_wrong_method(binding))
    return None


def _wrong_method(binding: Binding) -> Response:
    allow = "GET, HEAD, OPTIONS" if binding.method == "GET" else f"{binding.method}, OPTIONS"
    return error_response(
        405,
        f"{request.method} is not accepted here. Ask {binding.id!r} with {binding.method}.",
        headers={"Allow": allow},
    )


def _closed(method: str) -> Response:
    return _ours(frozenset({method})) or _beside_hooks(
        error_response(500, "This widget's declaration has a fault; the log and 'flask openbb check' name it.")
    )


def _info_page(state: State) -> Any:
    """The page, once the host's own hooks have let the request pass: it lists the widgets."""
    if not state.settings.info_page or request.method not in ("GET", "HEAD"):
        return None
    _mark(None)  # our hook stands aside, and no CORS headers are written
    response = current_app.preprocess_request()
    return info_page(state) if response is None else response
