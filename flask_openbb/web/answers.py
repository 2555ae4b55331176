"""Responses in JSON: data, and errors that say one readable sentence.

Workspace shows the first of ``detail``, ``message`` and ``error``; Excel shows ``detail`` alone and only if it is
one line. Called by ``dispatch`` and ``views`` during a request.

Source: CONTRACT "errors"; CLIENT lib/utils/apiError.ts; the Excel add-in.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import orjson
from flask import current_app, got_request_exception
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Response

from ..errors import RequestError

JSON = "application/json"


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
    """The answer to anything that went wrong while a widget was answered.

    The host's error handler for the exception is used where it has one. Otherwise an unhandled exception is
    logged with its traceback, signalled to ``got_request_exception``, and answered by a 500 that says nothing of
    it. It is raised further only where ``PROPAGATE_EXCEPTIONS`` or ``TESTING`` says so, as Flask does; not in
    debug mode, because the debugger's HTML would reach Workspace without being shown.
    """
    if isinstance(error, RequestError):
        challenge = getattr(error, "challenge", None)
        headers = {"WWW-Authenticate": challenge} if challenge and error.status == 401 else None
        return error_response(error.status, error.detail, errors=error.errors, headers=headers)
    if isinstance(error, HTTPException):
        return _http_error(error)
    try:
        handled = current_app.handle_user_exception(error)
    except Exception:
        return _unhandled(error)
    return readable(current_app.make_response(handled))


def readable(response: Response) -> Response:
    """Turn an error answer that is not JSON with a ``detail`` into one; others are returned as they are."""
    if response.status_code < 400 or response.content_encoding:  # bytes we cannot read
        return response
    body: Any = None
    if response.mimetype == JSON and not response.is_streamed:
        try:
            body = orjson.loads(response.get_data())
        except orjson.JSONDecodeError:
            body = None
    if isinstance(body, dict):
        detail = body.get("detail")
        if detail and (not isinstance(detail, str) or "\n" not in detail):
            return response
        found = next((body[key] for key in ("detail", "message", "error") if isinstance(body.get(key), str)), None)
        body["detail"] = one_line(found or _reason(response.status_code))
    else:
        body = {"detail": one_line(body) if isinstance(body, str) and body else _reason(response.status_code)}
    response.set_data(orjson.dumps(body))
    response.mimetype = JSON
    return response


def one_line(text: str) -> str:
    """The text on one line, as Excel needs it."""
    return " ".join(text.split())


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return readable(current_app.make_response(error.response))
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")}
    return error_response(status, error.description or _reason(status), headers=headers)


def _unhandled(error: Exception) -> Response:
    propagate = current_app.config["PROPAGATE_EXCEPTIONS"]
    if propagate or (propagate is None and current_app.testing):
        raise error
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    got_request_exception.send(app, _async_wrapper=app.ensure_sync, exception=error)
    app.log_exception((type(error), error, error.__traceback__) if sys.exc_info()[1] is not error else sys.exc_info())
    return error_response(500, "The server failed to answer; its log says why.")


def _reason(status: int) -> str:
    return HTTP_STATUS_CODES.get(status, "Error")
