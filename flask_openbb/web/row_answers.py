"""One request for a row model: its body and its view's source become a page, an export or a column's values.

Called by ``dispatch`` with the request let in and its parameters parsed. What the user can mend is said in the way that
the widget's ``errors`` chooses; what only the service's people can is logged, and said without its reason.

==================================  ==============================================  =============================
what went wrong                     ``errors="toast"``                              ``errors="status"``
==================================  ==============================================  =============================
a filter, a column, a parameter     200 with ``{"error": ...}``                     422
too many rows, too long a question  200 with ``{"error": ...}``                     422
the view refused (``abort(404)``)   200 with ``{"error": ...}``                     that status
the database failed                 200 with ``{"error": ...}``, and the log        503, and the log
no key, or a wrong one              401 or 403                                      401 or 403
==================================  ==============================================  =============================

Source: the client's row-model datasource: a status that is no success fails without a word, ``error`` is toasted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import itemgetter
from typing import Any

from flask import current_app, g, got_request_exception
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ..errors import ConfigError, MissingExtraError, OpenBBError, RequestError, RowTimeoutError, ShapeError
from ..manifest.registry import View
from ..rowmodel import Guard, Page, RowRequest, Source, answer, parse_request
from ..rowmodel.counts import mark_of
from ..shape.encode import Form
from .answers import JSON, error_response, failure, json_response, one_line
from .bindings import Binding
from .row_cells import shown_row, written
from .row_extracts import send_extract
from .row_options import SOURCE
from .row_request import request_body
from .row_sources import RowModel
from .row_watch import watched
from .state import State

logger = logging.getLogger("flask_openbb")

_FAILED = "The rows could not be read; the server's log says why."


def answer_rows(
    state: State,
    binding: Binding,
    view: View,
    arguments: Mapping[str, Any],
    respond: Callable[[Binding, Any], Response],
) -> Response:
    """Answer a request for rows.

    :param arguments: The view's keywords, parsed.
    :param respond: Makes the response of a view that answered by itself.
    :raises Exception: What the view raised, and every refusal: see :func:`refused`.
    """
    model: RowModel = binding.rows  # type: ignore[assignment] # only bindings that have one come here
    keywords = dict(arguments)
    if SOURCE in binding.plan.wants:
        keywords[SOURCE] = _guarded(model.argument)
    value = current_app.ensure_sync(view)(**keywords)
    if _is_answer(value):
        return respond(binding, value)
    if isinstance(value, list) and not value and not model.declared and binding.extract is None:
        return json_response(Form().dumps(Page([], 0).body()))  # whatever the columns that it would be filtered by
    source = _told_apart(_guarded(lambda: model.answered(value)), arguments)
    rules = model.settings.rules
    body = request_body(state, binding)
    if binding.extract is not None:
        sent: Response = _guarded(lambda: send_extract(binding, source, body))
        return sent
    guard = Guard(model.settings.timeout)
    asked = parse_request(body or _as_placed(binding, source), source.columns, rules=rules)
    with watched(guard):
        page = _guarded(lambda: answer(source, asked, rules=rules, guard=guard, counts=model.counts))
    if not asked.grouping and not model.key_told:
        _check_keys(binding, model, source, page)
    return json_response(_written(binding, page.body(), source, asked))


def _as_placed(binding: Binding, source: Source) -> dict[str, Any]:
    """Give what the grid of a widget that was just placed would ask: the groups that its columns are declared with.

    The client asks for such a grid's first page before there is a grid, with an empty request.

    Source: CLIENT components/General/Table/AgGridSSRM.tsx, ``initResponse``.
    """
    columns = [column for column in binding.columns if column.field in source.columns]
    groups = [{"field": column.field} for column in columns if column.row_group]
    values = [{"field": column.field, "aggFunc": column.agg_func} for column in columns if column.agg_func]
    return {"rowGroupCols": groups, "valueCols": values} if groups else {}


def refused(binding: Binding, error: Exception) -> Response | None:
    """Answer a refusal in the way of a row model; None if it is not ours to answer.

    :raises Exception: Nothing of its own.
    """
    model = binding.rows
    if model is None:
        return None
    toast = model.settings.errors == "toast" and binding.extract is None
    if isinstance(error, _DatabaseError):
        _report(binding, error.cause)
        return _toast(_FAILED) if toast else error_response(503, _FAILED)
    if isinstance(error, RowTimeoutError):
        error = RequestError(422, f"{str(error)[:1].upper()}{str(error)[1:]}")
    if not toast:
        return failure(error) if isinstance(error, RequestError) else None
    if isinstance(error, RequestError) and error.status not in {401, 403}:
        return _toast(error.detail)
    if isinstance(error, HTTPException) and error.code in {400, 404, 409, 410, 422} and error.response is None:
        return _toast(_said(error))
    return None


def _said(error: HTTPException) -> str:
    """What a refusal says; ``abort()`` of webargs, flask-smorest and Flask-RESTX keeps it in ``data``."""
    data = getattr(error, "data", None)
    message = data.get("message") if isinstance(data, Mapping) else None
    return message if isinstance(message, str) else error.description or error.name


class _DatabaseError(OpenBBError):
    """What an engine raised; the view's own exceptions are not wrapped."""

    def __init__(self, cause: Exception) -> None:
        super().__init__()
        self.cause = cause


def _guarded(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except (RequestError, RowTimeoutError, ShapeError):
        raise
    except Exception as error:
        raise _DatabaseError(error) from error


def _told_apart(source: Source, arguments: Mapping[str, Any]) -> Source:
    """Keep totals by caller and parameters too: a database may show one statement's rows to one caller only."""
    if source.identity is None:
        return source
    identity = g.get("openbb_identity")
    try:
        asked = mark_of([[name, arguments[name]] for name in sorted(arguments)])
        told = (source.identity, None if identity is None else mark_of(identity.id), asked)
    except TypeError:
        return replace(source, identity=None)
    return replace(source, identity=told)


def _check_keys(binding: Binding, model: RowModel, source: Source, page: Page) -> None:
    """Say once that a key is none; nobody would see it in the rows, which come again or never."""
    try:
        keys = set(map(itemgetter(*source.key), page.rows))
    except TypeError:  # of values that are no keys of a set, such as JSON
        return
    lacks = None in keys if len(source.key) == 1 else any(None in key for key in keys)
    model.key_told = lacks or len(keys) < len(page.rows)
    if model.key_told:
        logger.warning(
            "Widget %r: key=%r does not tell its rows apart: two rows of a page have the same, or one has NULL. Pages "
            "may repeat rows and leave others out. Name more columns in key=.",
            binding.id,
            source.key,
        )


def _is_answer(value: Any) -> bool:
    """Whether the view answered by itself: a response, one with a status, or the wire's own object."""
    if isinstance(value, Response) or (isinstance(value, Mapping) and ("rowData" in value or "error" in value)):
        return True
    return type(value) is tuple and len(value) in {2, 3} and isinstance(value[1], int | str | Mapping)


def _written(binding: Binding, body: dict[str, Any], source: Source, asked: RowRequest) -> bytes:
    form = Form(binding.shaping.big_ints, binding.shaping.decimals)
    others = [name for name, column in source.columns.items() if column.type == "other"]
    if others and not asked.grouping:
        body["rowData"] = [shown_row(row, others) for row in body["rowData"]]
    return written(form, body)


def _toast(text: str) -> Response:
    response = json_response(Form().dumps({"error": one_line(text), "rowData": [], "rowCount": 0}), mimetype=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response


def _report(binding: Binding, error: Exception) -> None:
    """Log a failure as Flask would, and tell who listens, such as an error tracker."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if isinstance(error, ConfigError | MissingExtraError):
        logger.error("Widget %r: %s", binding.id, error)
    else:
        logger.error("Widget %r: its rows could not be read.", binding.id, exc_info=error)
    got_request_exception.send(app, _async_wrapper=app.ensure_sync, exception=error)
