"""One request for a widget that passed the door: parse, call, shape, respond.

Every widget and options endpoint passes through :func:`answer`, whether Flask routed it to the view's own URL
(:func:`dispatcher`) or ``hooks`` found it under our prefix. Request time only.
"""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

import marshmallow
import orjson
from flask import Flask, current_app, request, stream_with_context
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ..errors import EncodeError, RequestError, ShapeError
from ..manifest.params import describe, request_errors
from ..manifest.registry import View
from ..shape.encode import dumps
from ..shape.files import Asked
from ..shape.limit import Truncation, cut
from ..shape.shaping import Theme
from ..shape.stream import Stream
from . import forms
from .answers import JSON, code_of, failure, json_response, readable
from .bindings import Binding
from .conditional import conditional
from .door import TRUNCATED
from .environ import BINDING, FILES, KEPT
from .json_body import json_body
from .routes import Routes
from .row_options import SOURCE
from .selection import ask
from .state import State, current_state
from .theirs import prepare, unwrapped

logger = logging.getLogger("flask_openbb")


def wrap_views(app: Flask, state: State, routes: Routes) -> None:
    """Put our dispatch before the views whose own URL is a widget's.

    Source: Flask calls ``view_functions[endpoint]`` after every ``before_request`` hook; replacing the entry keeps
    the host's hooks, URL map and decorators as they are, and reaches views in both decorator orders.
    """
    for endpoint, _ in routes.native:
        if endpoint not in state.originals:
            state.originals[endpoint] = app.view_functions[endpoint]
            app.view_functions[endpoint] = dispatcher(state.originals[endpoint])


def dispatcher(view: View) -> View:
    """Wrap a host's view: its widget is answered by us, every other request by the view as before."""

    @functools.wraps(view)
    def dispatch(**view_args: Any) -> Any:
        binding: Binding | None = request.environ.get(BINDING)
        if binding is None:
            return current_app.ensure_sync(view)(**view_args)
        return answer(binding, view, view_args)

    return dispatch


def answer(binding: Binding, view: View, view_args: Mapping[str, Any]) -> Response:
    """Answer one request for a widget that passed the door; every refusal becomes a JSON answer.

    :param view: The host's view, called with the parsed parameters.
    :param view_args: What Flask's converters made of the URL.
    :raises Exception: What the view raised, for Flask and the host's error handlers.
    """
    is_form = binding.declaration.role == "form"
    try:
        state = current_state()
        if is_form or binding.taker is not None:
            forms.check_origin(state, binding)
        arguments = parse(state, binding, view_args)
        if binding.rows is not None:
            from .row_answers import answer_rows  # noqa: PLC0415 - loaded when first used

            return answer_rows(state, binding, view, arguments, respond)
        if binding.taker is not None:
            return _converse(binding, current_app.ensure_sync(view)(**arguments, **binding.taker.question(state)))
        return _answer(state, binding, view, arguments)
    except HTTPException as error:
        if binding.documented is not None and binding.rows is None:
            raise  # its extension's error handler answers, and the last of our hooks makes that readable
        return _refused_rows(binding, error) or failure(error)
    except Exception as error:
        return _refused_rows(binding, error) or failure(forms.refusal(error) if is_form else error)


def _refused_rows(binding: Binding, error: Exception) -> Response | None:
    if binding.rows is None:
        return None
    from .row_answers import refused  # noqa: PLC0415 - loaded when first used

    return refused(binding, error)


def _answer(state: State, binding: Binding, view: View, arguments: dict[str, Any]) -> Response:
    def compute() -> Response:
        return respond(binding, ask(binding, view, arguments))

    if binding.cache is None or state.routes is None:
        response = compute()
    else:
        response = state.answers.answer(state.routes, binding, binding.cache, arguments, compute)
    if not binding.declaration.etag:
        return response
    digest, _ = request.environ.get(KEPT) or (None, b"")
    return conditional(response, () if binding.policy is None else (binding.policy,), digest=digest)


def _converse(binding: Binding, value: Any) -> Response:
    """Send an agent's answer, or the response it made itself."""
    status: Any = None
    headers: Any = None
    if type(value) is tuple:
        value, status, headers = _unpack(value)
    if isinstance(value, Response):
        return _host_response(binding, value, status, headers)
    if status is not None and code_of(status) >= 400:
        return readable(current_app.make_response(_tuple(value, status, headers)))
    from .sse import event_response  # noqa: PLC0415 - loaded when first used

    response = event_response(value)
    if status is not None:
        response.status = str(status) if isinstance(status, str) else f"{int(status)}"
    response.headers.update(headers or ())
    return response


def parse(state: State, binding: Binding, view_args: Mapping[str, Any]) -> dict[str, Any]:
    """The view's keyword arguments from URL, query and body.

    :raises RequestError: 422 for a wrong or missing parameter, 400 for a body that is not JSON.
    """
    plan = binding.plan
    arguments = dict(view_args)
    # What the URL alone decides: a rule's defaults, the arguments of the view's other rules.
    decided = view_args.keys() - plan.path_names
    if plan.names:
        try:
            # What a converter made an object of, or a url_value_preprocessor took away, is not ours to check.
            skip = [name for name in plan.path_names if not isinstance(view_args.get(name), str | int | float)]
            skip += decided
            if "body" in binding.kind.params_in:
                values = _body_and_query(state, view_args, binding)
                loaded = plan.load_body(values, max_length=_limit(state), skip=skip)
            else:
                loaded = plan.load_query(_query(view_args, plan), max_length=_limit(state), skip=skip)
        except marshmallow.ValidationError as error:
            _refuse(binding, error, in_path=plan.path_names & view_args.keys())
        arguments.update((name, value) for name, value in loaded.items() if name not in decided)
    if binding.declaration.role == "form" and state.routes is not None:
        return arguments | forms.pressed(state.routes, binding, json_body(state, encoded=binding.kind.encoded_body))
    if plan.theirs.query or plan.theirs.body:
        _prepare(state, binding)
    for name in plan.wants - {SOURCE}:
        if name in request.args or name in binding.needs:
            arguments[name] = _workspace_argument(name)
    return arguments


def _prepare(state: State, binding: Binding) -> None:
    posts = "body" in binding.kind.params_in
    body = json_body(state, encoded=binding.kind.encoded_body) if posts and request.is_json else None
    try:
        prepare(binding.plan, body, max_length=_limit(state))
    except marshmallow.ValidationError as error:
        _refuse(binding, error)


def check(state: State, binding: Binding) -> dict[str, Any]:
    """The values of the rule's arguments, taken from the query: for a widget asked without its path.

    :raises RequestError: 422 if one is missing or wrong.
    """
    try:
        loaded = binding.plan.load_query(_query({}, binding.plan), max_length=_limit(state))
    except marshmallow.ValidationError as error:
        _refuse(binding, error)
    return {name: loaded[name] for name in binding.plan.path_names if name in loaded}


def respond(binding: Binding, value: Any) -> Response:
    """Shape a view's answer into the body its kind promises.

    :param value: Anything Flask accepts from a view, or rows, frames and figures.
    :raises ShapeError: If it cannot be that body.
    """
    status: Any = None
    headers: Any = None
    if type(value) is tuple:
        value, status, headers = _unpack(value)
    if binding.declaration.role == "form":
        value, status = forms.settled(binding, value, status)
    if isinstance(value, Response):
        return _host_response(binding, value, status, headers)
    if status is not None:
        _refuse_empty(binding, code_of(status))
    if status is not None and code_of(status) >= 400:
        return readable(current_app.make_response(_tuple(value, status, headers)))
    value, truncation = _limited(binding, value)
    body = _shaped(binding, value)
    response = _stream(binding, body) if isinstance(body, Stream) else _whole(binding, body)
    if status is not None:
        response.status = str(status) if isinstance(status, str) else f"{int(status)}"
    if headers:
        response.headers.update(headers)
    return _signalled(response, truncation)


def _limited(binding: Binding, value: Any) -> tuple[Any, Truncation | None]:
    if binding.limit is None:
        return value, None
    value, truncation = cut(value, binding.limit, data_key=binding.shaping.data_key)
    topic = f"limit of {binding.id}"
    warned = current_state().warned
    if truncation is not None and topic not in warned:
        warned.add(topic)
        logger.info("Widget %r: rows were cut (%s), and %s says so.", binding.id, truncation, TRUNCATED)
    return value, truncation


def _signalled(response: Response, truncation: Truncation | None) -> Response:
    if truncation is not None:
        response.headers[TRUNCATED] = str(truncation)
    return response


def _shaped(binding: Binding, value: Any) -> Any:
    if not binding.declaration.shape:
        return value
    if binding.selector is not None:
        value = Asked(request.environ.get(FILES), value)
    shaping = binding.shaping
    if binding.kind.adds:
        shaping = shaping.asked(theme=_theme(), raw=_raw(binding))
    return binding.kind.shaper(value, shaping)


def _whole(binding: Binding, body: Any) -> Response:
    return json_response(_encode(binding, body), mimetype=_mimetype(binding))


def _stream(binding: Binding, body: Stream) -> Response:
    """Send the parts of a body as the view's generator yields its rows, which may still ask for the request."""
    return current_app.response_class(stream_with_context(body), mimetype=_mimetype(binding))


def _encode(binding: Binding, body: Any) -> bytes:
    if _mimetype(binding) != JSON and isinstance(body, str):
        return body.encode()
    try:
        return dumps(body)
    except EncodeError as error:
        raise EncodeError(f"Widget {binding.id!r}: {error}") from error


def _host_response(binding: Binding, response: Response, status: Any, headers: Any) -> Response:
    if status is not None:
        response.status = str(status) if isinstance(status, str) else f"{int(status)}"
    if headers:
        response.headers.update(headers)
    if response.status_code >= 400:
        return readable(response)
    _refuse_empty(binding, response.status_code)
    if binding.declaration.shape and binding.kind.content_types and response.status_code < 300:
        _exact_type(binding, response)
    is_json = response.mimetype == JSON and response.status_code == 200 and not response.direct_passthrough
    is_json = is_json and not response.content_encoding
    if not binding.declaration.shape or not is_json or _mimetype(binding) != JSON:
        return response
    value, truncation = _limited(binding, unwrapped(binding, _loads(response.get_data())))
    response.set_data(_encode(binding, _shaped(binding, value)))
    return _signalled(response, truncation)


def _exact_type(binding: Binding, response: Response) -> None:
    """Let through the Content-Types Workspace takes, without the parameters that it does not expect."""
    if response.mimetype not in binding.kind.content_types:
        raise ShapeError(
            f"Widget {binding.id!r}: the view answered with Content-Type {response.content_type!r}, and Workspace "
            f"takes {' and '.join(binding.kind.content_types)} alone. Give send_file() that mimetype."
        )
    response.headers["Content-Type"] = response.mimetype


def _refuse_empty(binding: Binding, status: int) -> None:
    """A status without a body is an error to Workspace, and one that it cannot explain."""
    if status in (204, 205):
        raise ShapeError(
            f"Widget {binding.id!r}: the view answered {status}, which has no body. Return an empty list or text."
        )


def _loads(body: bytes) -> Any:
    """What a host's ``jsonify`` wrote: it writes NaN and infinities as they are, which is not JSON."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


def _unpack(value: tuple[Any, ...]) -> tuple[Any, Any, Any]:
    """Split ``(body, status)``, ``(body, headers)`` and ``(body, status, headers)`` as Flask does.

    A tuple that is none of these is an answer of its own, such as a metric's ``(label, value)``.
    """
    if len(value) == 3 and _is_status(value[1]) and isinstance(value[2], Headers | dict | list | tuple):
        return value
    if len(value) == 2:
        if isinstance(value[1], Headers | dict):
            return value[0], None, value[1]
        if _is_status(value[1]):
            return value[0], value[1], None
    return value, None, None


def _is_status(value: Any) -> bool:
    if isinstance(value, str):
        return value[:3].isdigit() and value[3:4] in ("", " ")
    return isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599


def _tuple(value: Any, status: Any, headers: Any) -> Any:
    return (value, status) if headers is None else (value, status, headers)


def _query(view_args: Mapping[str, Any], plan: Any) -> dict[str, list[str]]:
    raw = request.query_string
    if b"%" in raw:
        try:
            unquote_to_bytes(raw).decode()
        except UnicodeDecodeError:
            raise RequestError(
                422,
                "The query is not UTF-8 text. Send every parameter percent-encoded as UTF-8.",
                errors=[{"loc": ["query"], "msg": "Not UTF-8.", "type": "encoding"}],
            ) from None
    values = request.args.to_dict(flat=False)
    for name, value in view_args.items():
        if name in plan.path_names and isinstance(value, str | int | float):
            values[name] = [str(value)]
    return values


def _body_and_query(state: State, view_args: Mapping[str, Any], binding: Binding) -> dict[str, Any]:
    query = _query(view_args, binding.plan) if "query" in binding.kind.params_in else {}
    values: dict[str, Any] = {name: items[0] if len(items) == 1 else items for name, items in query.items()}
    values.update(json_body(state, encoded=binding.kind.encoded_body))
    return values


def _limit(state: State) -> int:
    return state.settings.max_value_length


def _workspace_argument(name: str) -> Any:
    """``theme`` and ``raw`` as Workspace sends them; its own defaults where it does not."""
    return _asked_raw() if name == "raw" else _theme()


def _theme() -> Theme:
    return "light" if request.args.get("theme") == "light" else "dark"


def _asked_raw() -> bool:
    return request.args.get("raw", "").lower() == "true"


def _raw(binding: Binding) -> bool:
    return "raw" in binding.kind.adds and _asked_raw()


def _mimetype(binding: Binding) -> str:
    return binding.kind.raw_mimetype if _raw(binding) else binding.kind.mimetype


def _refuse(binding: Binding, error: marshmallow.ValidationError, *, in_path: frozenset[str] = frozenset()) -> NoReturn:
    place = "body" if "body" in binding.kind.params_in and request.method != "GET" else "query"
    errors = request_errors(error.messages, place)
    for fault in errors:
        if fault["loc"][-1] in in_path:
            fault["loc"] = ["path", *fault["loc"][1:]]
    raise RequestError(422, describe(errors), errors=errors) from None
