"""The door at work: applies the pure decisions of ``door/`` to Flask's request and response.

Runs at request time, for our own URLs only. Flask-CORS writes the headers; what it is told was decided by
:class:`~flask_openbb.door.cors.CorsPolicy`.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, g, request
from flask_cors.core import get_cors_headers, get_cors_options
from werkzeug.wrappers import Response

from ..door.auth import AnyOf, Policy, authenticate
from ..door.credentials import Credentials, Identity
from ..errors import AuthError
from .answers import vary_by
from .state import State

TRUNCATED = "X-OpenBB-Truncated"
"""Response header of a table whose rows were cut: ``rows=1000; total=25000``, or ``total=unknown``."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT"})
_CORS_HEADERS = frozenset(
    {
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-allow-private-network",
        "access-control-expose-headers",
        "access-control-max-age",
    }
)


def guard(policy: Policy | None, *, widget: str | None = None) -> Identity | None:
    """Let the request in, or raise; sets ``g.openbb_identity``.

    :param policy: What decides; None lets everybody in, with no identity.
    :param widget: Id of the widget asked for, None for a manifest.
    :raises AuthError: 401 without credentials, 403 with wrong ones.
    """
    identity = None
    if policy is not None:
        try:
            identity = authenticate(policy, credentials(widget))
        except AuthError as refusal:
            refusal.challenge = getattr(policy, "challenge", None) or "ApiKey"
            raise
    g.openbb_identity = identity
    return identity


def credential_headers(policy: Policy) -> tuple[str, ...]:
    """The request headers that a policy's answer depends on, for ``Vary``."""
    if isinstance(policy, AnyOf):
        return tuple(dict.fromkeys(name for each in policy.policies for name in credential_headers(each)))
    header = getattr(policy, "header", None)
    return (header,) if isinstance(header, str) else ("Authorization",)


def credentials(widget: str | None = None) -> Credentials:
    """What the current request presented."""
    return Credentials(headers=request.headers, query=request.args, widget=widget)


def preflight_response() -> Response:
    """The empty answer to a preflight; :func:`write_cors` adds the headers.

    Source: Fetch standard, CORS-preflight request: it carries no credentials, so it is answered before them.
    """
    return current_app.response_class(status=204)


def write_cors(state: State, response: Response, methods: frozenset[str] = _METHODS) -> Response:
    """Put our CORS headers on a response, in place of any that the host's own Flask-CORS wrote.

    Source: Fetch standard, CORS check: error answers need them too, or the browser hides the error.
    """
    headers = response.headers
    present = {name.lower() for name, _ in headers}
    for name in present & _CORS_HEADERS:
        del headers[name]
    if "HTTP_ORIGIN" in request.environ:
        # Not set_cors_headers: it leaves a response alone that the host's @cross_origin has seen.
        for name, value in get_cors_headers(_options(state, methods), request.headers, request.method).items():
            headers.add(name, value)
        if TRUNCATED in headers:
            headers.add("Access-Control-Expose-Headers", TRUNCATED)
    if "vary" in present:
        vary_by(response, "Origin")
    else:
        headers.add("Vary", "Origin")
    return response


def _options(state: State, methods: frozenset[str]) -> Any:
    options = state.cors_options.get(methods)
    if options is None:
        policy = state.cors
        options = get_cors_options(
            current_app,
            {
                "origins": list(policy.patterns),
                "methods": sorted(methods),
                "allow_headers": list(policy.allow_headers),
                "expose_headers": list(policy.expose_headers) or None,
                "supports_credentials": policy.credentials,
                "max_age": None if policy.max_age is None else str(policy.max_age),
                "send_wildcard": False,
                "vary_header": False,
                "always_send": False,
                "allow_private_network": policy.private_network,
            },
        )
        state.cors_options[methods] = options
    return options
