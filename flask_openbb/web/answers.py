"""Responses in JSON: data, and errors that say one readable sentence.

Workspace shows the first of ``detail``, ``message`` and ``error``; Excel shows ``detail`` alone and only if it is
one line. Called by ``dispatch`` and ``views`` during a request.

Source: CLIENT lib/utils/apiError.ts; the Excel add-in (docs/sources.rst says what these are).
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import orjson
from flask import current_app, got_request_exception
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Response

from ..errors import RequestError
from ..manifest.params import describe, request_errors

JSON = "application/json"

_SAID = ("detail", "message", "error", "title")
"""Where an error says in words what is wrong; ``title`` is of RFC 9457, ``application/problem+json``."""
_LOCATIONS = frozenset({"query", "querystring", "json", "json_or_form", "form", "headers", "cookies", "path", "files"})
"""Under which webargs sorts the messages of a ValidationError."""

_FAILED = "The server failed to answer; its log says why."
_WERKZEUG_PAGE = re.compile(
    rb"<!doctype html>\s*<html lang=en>\s*<title>[^<]*</title>\s*<h1>[^<]*</h1>\s*<p>(?P<said>[^<]*)</p>\s*"
)
"""The page of an ``abort()`` that no handler took; its paragraph is what the host said."""


def json_response(body: bytes, *, status: int = 200, mimetype: str = JSON) -> Response:
    """A response of ready bytes, through the app's own response class."""
    return current_app.response_class(body, status=status, mimetype=mimetype)


def error_response(status: int, detail: str, *, errors: Any = (), headers: Mapping[str, str] | None = None) -> Response:
    """``{"detail": ...}`` with a status; ``errors`` is added where there are any."""
    body: dict[str, Any] = {"detail": one_line(detail)}
    if errors:
        body["errors"] = list(errors)
    response = json_response(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), status=status)
    response.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def failure(error: Exception) -> Response:
    """The answer to a refusal, ours or the view's; any other exception is Flask's to handle.

    Flask logs it, signals ``got_request_exception``, calls the host's error handler and tells the teardown functions;
    the last of our hooks makes the answer :func:`readable`. Only in debug mode it is answered here, because the
    debugger's HTML would reach Workspace without being shown.

    :raises Exception: The one given, for Flask.
    """
    if isinstance(error, RequestError):
        challenge = getattr(error, "challenge", None)
        headers = {"WWW-Authenticate": challenge} if challenge and error.status == 401 else None
        return error_response(error.status, error.detail, errors=error.errors, headers=headers)
    if isinstance(error, HTTPException):
        return _http_error(error)
    if not current_app.debug or current_app.testing or current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    return readable(current_app.make_response(_handled(error)))


def vary_by(response: Response, *names: str) -> None:
    """Say that an answer depends on headers of the request, beside those that are said already."""
    headers = response.headers
    said = ", ".join(headers.getlist("Vary"))
    known = {name.strip() for name in said.lower().split(",")}
    missing = [name for name in names if name.lower() not in known]
    if missing and "*" not in known:
        headers["Vary"] = ", ".join([said, *missing] if said else missing)


def readable(response: Response) -> Response:
    """Turn an error answer that is not JSON with a ``detail`` into one; others are returned as they are."""
    if response.status_code < 400 or response.content_encoding or response.direct_passthrough:
        return response
    text = response.get_data()
    try:
        body: Any = orjson.loads(text) if response.is_json else None
    except orjson.JSONDecodeError:
        body = None
    if isinstance(body, dict):
        if _is_shown(body.get("detail")):
            return response
        found = next((body[key] for key in _SAID if isinstance(body.get(key), str)), None)
        body["detail"] = _with_errors(body, found) or one_line(found or _reason(response.status_code))
    elif isinstance(body, str) and body:
        body = {"detail": one_line(body)}
    else:
        page = _WERKZEUG_PAGE.fullmatch(text) if response.status_code != 500 else None
        said = html.unescape(page["said"].decode(errors="replace")) if page else _reason(response.status_code)
        body = {"detail": one_line(said)}
    response.set_data(orjson.dumps(body))
    response.mimetype = JSON
    return response


def _with_errors(body: dict[str, Any], said: str | None) -> str | None:
    """One sentence of the messages by field that webargs, APIFlask and Flask-RESTX answer with, if there are any.

    A ``detail`` that holds them is kept as ``errors``.
    """
    key = next((key for key in ("errors", "messages", "detail") if isinstance(body.get(key), dict)), None)
    messages: dict[str, Any] = body[key] if key else {}
    if not messages or not _are_messages(messages):
        return None
    if key == "detail":
        body.setdefault("errors", messages)
    by_field: dict[str, Any] = {}
    for name, told in messages.items():
        if name in _LOCATIONS and isinstance(told, Mapping):
            by_field |= told
        else:
            by_field[name] = told
    errors = request_errors(by_field, "query")
    return describe(errors, said=one_line(said).rstrip(".") if said else "Invalid request")


def _are_messages(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(map(_are_messages, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str)


def _is_shown(detail: Any) -> bool:
    """Whether Excel shows it too: one line of text, or a list of ``{"loc", "msg"}``."""
    if isinstance(detail, str):
        return bool(detail.strip()) and len(detail.splitlines()) == 1
    return bool(detail) and isinstance(detail, list) and all(isinstance(one, dict) and "msg" in one for one in detail)


def code_of(status: Any) -> int:
    """The number of a status as Flask takes one: ``201``, ``HTTPStatus.CREATED`` or ``"201 CREATED"``.

    >>> code_of("201 CREATED")
    201
    """
    return int(status[:3]) if isinstance(status, str) else int(status)


def one_line(text: str) -> str:
    """The text on one line, as Excel needs it."""
    return " ".join(text.split())


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return readable(current_app.make_response(error.response))
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")}
    # flask-smorest's and Flask-RESTX's abort() put the message beside werkzeug's own.
    data = getattr(error, "data", None)
    said = data.get("message") if isinstance(data, dict) else None
    detail = said if isinstance(said, str) else error.description
    return error_response(status, detail or _reason(status), headers=headers)


def _handled(error: Exception) -> Any:
    """What Flask would make of an exception if it were not in debug mode."""
    try:
        return current_app.handle_user_exception(error)
    except Exception:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        got_request_exception.send(app, _async_wrapper=app.ensure_sync, exception=error)
        app.log_exception((type(error), error, error.__traceback__))
        return error_response(500, _FAILED)


def _reason(status: int) -> str:
    return _FAILED if status == 500 else HTTP_STATUS_CODES.get(status, "Error")
