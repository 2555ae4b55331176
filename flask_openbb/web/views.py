"""The extension's own URLs: the manifests, widgets under our prefix, and the info page.

One Blueprint an app, registered by ``init_app``. Widgets under the prefix are answered by ``hooks`` before the
view here is reached, which is left with the unknown ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import Blueprint, current_app, g, render_template, request
from werkzeug.wrappers import Response

from ..door.auth import authenticate
from ..errors import AuthError, ManifestError
from .answers import error_response, failure, json_response
from .assembly import manifests_of
from .bindings import Binding
from .build import Built, for_caller, signed_url
from .conditional import conditional
from .door import credentials
from .environ import KEPT
from .routes import PLACES
from .state import BLUEPRINT, State, current_state


def make_blueprint(prefix: str) -> Blueprint:
    """Our blueprint for one app.

    :param prefix: ``OPENBB_URL_PREFIX``, empty or ``/path``.

    Source: CLIENT lib/utils/validateBackend.ts asks ``/widgets.json``, ``/apps.json`` or else
    ``/templates.json``, and ``/agents.json``; the marketplace docs ask for HEAD.
    """
    blueprint = Blueprint(BLUEPRINT, __name__, template_folder="templates", url_prefix=prefix or None)
    blueprint.add_url_rule("/widgets.json", "widgets", widgets, methods=["GET"])
    blueprint.add_url_rule("/apps.json", "apps", apps, methods=["GET"])
    blueprint.add_url_rule("/templates.json", "templates", apps, methods=["GET"])
    blueprint.add_url_rule("/agents.json", "agents", agents, methods=["GET"])
    below = f"/openbb/<any({', '.join(PLACES.values())}):kind>/<path:id>"
    signed = f"/openbb/signed/<token>/<any({', '.join(PLACES.values())}):kind>/<path:id>"
    for rule, endpoint in ((below, "widget"), (signed, "signed")):
        blueprint.add_url_rule(rule, endpoint, unknown, methods=["GET", "POST", "PUT"])
    return blueprint


def widgets() -> Response:
    """``/widgets.json``, with endpoints signed for the caller where Workspace sends no credentials."""
    return _manifest("widgets")


def apps() -> Response:
    """``/apps.json`` and ``/templates.json``."""
    return _manifest("apps")


def agents() -> Response:
    """``/agents.json``."""
    return _manifest("agents")


def unknown(id: str, kind: str, **_: object) -> Response:
    """Answer for an id that nothing has; who may not ask did not come this far."""
    what = "agent" if kind == PLACES["agent"] else "widget"
    return error_response(404, f"No {what} {id!r} here. Reload the backend in Workspace to get its current widgets.")


def info_page(state: State) -> Response:
    """A page about the backend at its root, for people who open its URL in a browser."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    built: Built | None = None
    try:
        built = manifests_of(app, state)
        faults = tuple(fault for fault in built.faults if fault.severity != "hint")
    except ManifestError as error:
        faults = error.faults
    page = render_template(
        "flask_openbb/info.html",
        base_url=request.url_root.rstrip("/") + state.settings.url_prefix,
        built=built,
        agents=() if built is None else built.agents_listed,
        faults=faults,
        protected=state.policy is not None,
        details=state.policy is None or app.debug,
    )
    return current_app.response_class(page, mimetype="text/html")


def _manifest(name: str) -> Response:
    state = current_state()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        built = manifests_of(app, state)
        policies = [state.policy]
        if name == "widgets" and built.signed:
            document = for_caller(built, sign=_signer_for_caller(state))
            policies += [binding.policy for binding in built.signed]
        else:
            document = built.documents[name]
            request.environ[KEPT] = (document.etag, document.body)
    except ManifestError as error:
        return _refused(state, error)
    except Exception as error:
        return failure(error)
    concerned = [policy for policy in policies if policy is not None]
    return conditional(json_response(document.body), concerned, digest=document.etag)


def _signer_for_caller(state: State) -> Callable[[Binding], str | None]:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    signer = state.signer(app)

    def sign(binding: Binding) -> str | None:
        identity = g.openbb_identity
        if binding.policy is not state.policy:
            try:
                identity = authenticate(binding.policy, credentials(binding.id))  # type: ignore[arg-type]
            except AuthError:
                return None
        return signed_url(binding, signer.sign(widget=binding.subject, identity=identity))

    return sign


def _refused(state: State, error: ManifestError) -> Response:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    digest = hashlib.sha256(str(error).encode()).hexdigest()
    if digest not in state.warned:
        state.warned.add(digest)
        app.logger.error("%s", error)
    if app.debug or app.testing:
        detail = str(error)
    else:
        detail = (
            f"{len(error.faults)} fault(s) in the widgets' declarations; the log and 'flask openbb check' name them."
        )
    return error_response(500, detail)
