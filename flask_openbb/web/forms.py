"""Forms: which widget shows which, who may submit, what was pressed, and what is answered.

Runs with ``routes`` when declarations are matched with the URL map (:func:`link`), and at request time for ``dispatch``
and ``hooks``.

Source: OpenBB docs, widget-parameters/input-form; the client's FormParamElement: a submission is a ``fetch`` of the
form's endpoint, JSON both ways, tried once, with the headers of the widget; ``message`` and ``error`` of a refusal are
joined by ``". "``, and ``detail`` is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import marshmallow
import orjson
from flask import request
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Response

from ..errors import Fault, RegistrationError, RequestError, ShapeError
from ..manifest.forms import BUTTON, Form, buttons_of, forms_in
from ..manifest.params import describe, request_errors
from ..shape.submissions import SUBMITTED
from .answers import JSON, code_of, one_line
from .bindings import Binding
from .environ import FORM
from .rules import is_whole_url

if TYPE_CHECKING:
    from .routes import Routes
    from .state import State

Path = tuple[str | int, ...]

_NOT_PRESSED = (None, False, "", "false", 0)
_INTRODUCED = "Invalid request: "
_EMPTY = (204, 205)


def link(state: State, routes: Routes) -> None:
    """Note which buttons each form has, and which widgets its submissions change; faults go to ``routes.faults``."""
    for form in routes.forms.values():
        routes.buttons[form.id] = {}
        routes.changes[form.id] = [
            found for target in form.declaration.refreshes if (found := _named(routes, form, target))
        ]
    for widget in routes.widgets.values():
        for form, buttons in _shown(routes, widget):
            routes.buttons[form.id].update(dict.fromkeys(buttons))
            routes.changes[form.id].append(widget)
    kept = {found.subject: found for changed in routes.changes.values() for found in changed if found.cache is not None}
    routes.changing = frozenset(kept)
    for binding in kept.values() if state.settings.cache is None else ():
        message = "A form makes its kept answers old, but only those of the worker that took the submission."
        routes.faults.append(_fault(binding, "hint", message, "With several workers, set OPENBB_CACHE to a Redis URL."))


def check_origin(state: State, binding: Binding) -> None:
    """Refuse a page of another site: a browser may post for it without asking first, if it says it posts plain text.

    :raises RequestError: 403 if the request's ``Origin`` is neither allowed nor the backend's own.

    Source: Fetch standard, CORS-safelisted request-header: ``text/plain`` needs no preflight.
    """
    origin = request.headers.get("Origin")
    own = request.host.lower()
    if origin is None or state.cors.allows(origin) or origin in (f"https://{own}", f"http://{own}"):
        return
    what = "ask agents" if binding.taker is not None else "submit forms"
    raise RequestError(403, f"Pages of this origin may not {what} here. OPENBB_CORS_ORIGINS lists those that may.")


def pressed(routes: Routes, binding: Binding, body: Mapping[str, Any]) -> dict[str, Any]:
    """The view's keyword for the button that was pressed, if it names one.

    :raises RequestError: 400 if several were, or none where the view needs to know. The client clears a button a
        second after it was pressed, so that another one pressed by then is sent beside it.
    """
    names = tuple(routes.buttons.get(binding.id, ()))
    found = [name for name in names if body.get(name) not in _NOT_PRESSED]
    if len(found) > 1:
        several = " and ".join(found)
        raise _refused(found, f"{several} were pressed within a second. Wait a second and press one of them again.")
    if BUTTON not in binding.plan.wants:
        return {}
    if not found and BUTTON in binding.needs:
        if len(names) > 1:
            raise _refused(names, f"No button was pressed. Send one of {', '.join(names)} as true.")
        found = [*names] or [""]
    return {BUTTON: found[0]} if found else {}


def settled(binding: Binding, value: Any, status: Any) -> tuple[Any, Any]:
    """A view's answer without what Workspace cannot read, though the submission was accepted.

    :return: Value and status; an empty answer becomes one with a message, a refusal's text its ``detail``.
    :raises ShapeError: If it is a redirect or a page, which the client takes for a failure.
    """
    own = value.status_code if isinstance(value, Response) else 200
    code = own if status is None else code_of(status)
    if code >= 400:
        text = isinstance(value, str) and value.strip() and not value.lstrip().startswith("<")
        return {"detail": one_line(value)} if text else value, status
    if 300 <= code < 400:
        raise _unreadable(binding, f"a redirect ({code})")
    if not isinstance(value, Response):
        return value, None if code in _EMPTY else status
    if code in _EMPTY or not (value.direct_passthrough or value.get_data()):
        value.status_code, status = 200, None
        value.set_data(orjson.dumps({"message": SUBMITTED}))
        value.mimetype = JSON
    if value.mimetype != JSON:
        raise _unreadable(binding, f"Content-Type {value.mimetype!r}")
    return value, status


def refusal(error: Exception) -> Exception:
    """The 400 that tells every field at fault, also where the view itself raised marshmallow's ValidationError."""
    if isinstance(error, marshmallow.ValidationError):
        errors = request_errors(error.normalized_messages(), "body")  # type: ignore[no-untyped-call]
    elif isinstance(error, RequestError) and error.status == 422:
        errors = error.errors
        if any(len(fault["loc"]) < 2 for fault in errors):
            return RequestError(400, error.detail, errors=errors)
    else:
        return error
    return RequestError(400, describe(errors, most=len(errors)), errors=errors)


def finish(state: State, response: Response) -> Response:
    """Give a refusal its ``message`` and ``error``; forget the kept answers that a submission made old.

    Those of a submission that failed half-way are forgotten as well: it may have saved something. A redirect is none
    of the view's, see :func:`settled`: a hook of the host's asks for a login.
    """
    binding: Binding | None = request.environ.get(FORM)
    if binding is None or request.method == "OPTIONS":
        return response
    if not 300 <= response.status_code < 500 and state.routes is not None:
        for changed in state.routes.changes.get(binding.id, ()):
            state.answers.forget(changed)
            if changed.rows is not None:
                changed.rows.forget()
    # What readable() left alone, because it is compressed or a file, is left alone here too.
    if response.status_code >= 400 and not response.content_encoding and not response.direct_passthrough:
        body = orjson.loads(response.get_data())
        if isinstance(body, dict):
            response.set_data(orjson.dumps({**body, **_told(body, response.status_code)}))
    return response


def _told(body: Mapping[str, Any], status: int) -> dict[str, str]:
    """``message`` and ``error``, which read well one after the other; what the host said in them stays."""
    reason = HTTP_STATUS_CODES.get(status, "Error")
    given = {key: body[key] for key in ("message", "error") if isinstance(body.get(key), str) and body[key].strip()}
    detail = body.get("detail")
    if given or not isinstance(detail, str):
        return {"message": reason, "error": reason, **given}
    names = list(dict.fromkeys(_names(body.get("errors"))))
    if names:
        message = f"Nothing was saved, check {', '.join(names)}"
        return {"message": message, "error": detail.removeprefix(_INTRODUCED)}
    return {"message": detail.removesuffix("."), "error": reason}


def _names(errors: Any) -> Iterator[str]:
    for fault in errors if isinstance(errors, list) else ():
        loc = fault.get("loc") if isinstance(fault, dict) else None
        if isinstance(loc, list) and len(loc) > 1 and loc[1] != "request":
            yield one_line(str(loc[1]))


def _refused(names: Any, detail: str) -> RequestError:
    errors = [{"loc": ["body", name], "msg": detail, "type": "button"} for name in names]
    return RequestError(400, detail, errors=errors)


def _unreadable(binding: Binding, what: str) -> ShapeError:
    return ShapeError(
        f"Form {binding.id!r}: the view answered with {what}, which Workspace shows as an error. Return None, a text "
        "or a mapping; what was saved is saved."
    )


def _shown(routes: Routes, widget: Binding) -> Iterator[tuple[Binding, list[str]]]:
    """The forms on a widget, with the names of their buttons."""
    for form in forms_in(widget.plan.rows):
        binding = routes.of_view("form", form.view, near=widget.endpoint)
        if binding is not None:
            yield binding, _labels(form, binding)
    by_url = {form.url: form for form in routes.forms.values()}
    wire = widget.declaration.wire
    for path, url, buttons in _posting(widget.plan.rows if wire is None else wire.get("params")):
        if url.strip("/") in by_url:
            yield by_url[url.strip("/")], buttons
        else:
            message = "This form's view is not ours: its answers get no CORS headers, and no key is asked for."
            fault = _fault(widget, "warning", message, "Put '@openbb.form' above its 'def', under its route decorator.")
            routes.faults.append(replace(fault, path=(*path, "endpoint"), value=url))


def _labels(form: Form, binding: Binding) -> list[str]:
    try:
        return list(buttons_of(form, binding.plan))
    except RegistrationError:
        return []  # told when the form is resolved


def _posting(params: Any, path: Path = ("params",)) -> Iterator[tuple[Path, str, list[str]]]:
    """The forms that were given with the URL they post to, and the names of their buttons."""
    for index, param in enumerate(params if isinstance(params, list | tuple) else ()):
        if isinstance(param, list | tuple):
            yield from _posting(param, (*path, index))
            continue
        kind, url = _given(param, "type"), _given(param, "endpoint")
        if kind != "form" or isinstance(param, Form) or not isinstance(url, str):
            continue
        if url.strip("/") and not is_whole_url(url):
            inputs = _given(param, "input_params", "inputParams")
            listed = inputs if isinstance(inputs, list | tuple) else ()
            names = [_given(each, "name", "paramName") for each in listed if _given(each, "type") == "button"]
            yield (*path, index), url, [name for name in names if isinstance(name, str)]


def _given(param: Any, field: str, key: str = "") -> Any:
    """A field of a Param, or the key of its entry on the wire."""
    return param.get(key or field) if isinstance(param, Mapping) else getattr(param, field, None)


def _named(routes: Routes, form: Binding, target: Any) -> Binding | None:
    """What ``refreshes=`` names: a widget or an options endpoint, by its view or id."""
    if isinstance(target, str):
        found = routes.widgets.get(target) or routes.options.get(target)
    else:
        near = form.endpoint
        found = routes.of_view("widget", target, near=near) or routes.of_view("options", target, near=near)
    if found is None:
        name = repr(target) if isinstance(target, str) else getattr(target, "__name__", repr(target))
        message = f"refreshes= names {name}, which is no widget of this app."
        routes.faults.append(_fault(form, "error", message, "Decorate it, or give a widget's id."))
    return found


def _fault(binding: Binding, severity: Any, message: str, fix: str) -> Fault:
    return Fault(severity, message, widget=binding.id, location=binding.declaration.location, fix=fix)
