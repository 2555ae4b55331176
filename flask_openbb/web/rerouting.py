"""A request takes the rule of another URL: its view then sees what it would have seen there.

Owns the search of the host's URL map, and what a request is changed to. Called by :mod:`.hooks`; imports
:mod:`.dispatch` for the arguments of a URL.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from ..errors import RequestError
from .bindings import Binding
from .dispatch import check
from .rules import fill_rule
from .state import State
from .udf import is_below


def host_route(state: State, binding: Binding, part: str | None) -> tuple[Rule, dict[str, Any], str]:
    """The host's rule, view arguments and path, the rule's arguments taken from the query.

    The path is matched as if it had been asked, so that converters run, and a value that leads to another view
    (``desk=a/x``) is refused: that view's Blueprint would guard it in place of ours.
    """
    rule = binding.rule
    if not rule.arguments and part is None:
        return rule, {}, rule.rule
    values = check(state, binding) if rule.arguments else {}
    path = fill_rule(rule.rule, values)
    if part is not None:
        path = f"{path.rstrip('/')}/{part}"
    matched = match(path, "POST" if binding.extract else binding.method)
    if part is not None:
        if matched is None or not _is_of_feed(state, matched[0], rule):
            raise RequestError(404, f"Nothing is found at {binding.url}/{part} here.")
        return *matched, path
    if matched is None or matched[0].endpoint != binding.endpoint:
        names = ", ".join(sorted(values))
        raise RequestError(404, f"Nothing is found at {binding.url} for these values of {names}.")
    return *matched, path


def _is_of_feed(state: State, rule: Rule, root: Rule) -> bool:
    """Whether a rule is of the feed below a chart's, and no widget with a door of its own."""
    asked = (rule.endpoint, "GET")
    routes = state.routes
    return routes is not None and asked not in routes.native.keys() | routes.closed and is_below(rule.rule, root.rule)


def route_to(rule: Rule, view_args: dict[str, Any], path: str) -> None:
    """Make the request one for another URL, its path too: a host's login hook may go by any of them."""
    request.url_rule = rule
    request.view_args = view_args
    request.routing_exception = None
    request.path = path
    for cached in ("full_path", "url", "base_url"):
        request.__dict__.pop(cached, None)


def match(path: str, method: str) -> tuple[Rule, dict[str, Any]] | None:
    """Find the rule of the host for a path and a method, and its view arguments; None if there is none."""
    adapter = current_app.create_url_adapter(request)
    try:
        rule, view_args = adapter.match(path, method=method, return_rule=True)  # type: ignore[union-attr]
    except (HTTPException, ValueError):  # a host's converter may raise the latter
        return None
    return rule, dict(view_args)
