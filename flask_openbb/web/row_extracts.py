"""What is asked of a row model beside its pages: the values of a column, and its filtered rows as CSV or Excel.

Each is a URL below the widget's own under our prefix, with the same door, parameters and filters:
``openbb/widgets/<id>/values/<column>``, ``.../export.csv`` and ``.../export.xlsx``, asked with GET or POST.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from typing import Any

from flask import current_app, request
from werkzeug.http import dump_options_header
from werkzeug.wrappers import Response

from ..errors import RowRequestError
from ..rowmodel import Guard, RowRequest, Source, distinct_values, export, parse_request
from ..rowmodel.plan import leaves, where_of
from ..shape.encode import Form
from .answers import json_response
from .bindings import Binding
from .row_cells import written
from .row_sources import RowModel
from .row_tables import XLSX_ROWS, csv_parts, xlsx_parts
from .row_urls import EXPORTS, VALUES
from .row_watch import sent_in_time, watched

MOST_VALUES = 10_000

_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


def send_extract(binding: Binding, source: Source, body: Any) -> Response:
    """Answer an extract of a row model.

    :raises RowRequestError: If the request is refused, or too many rows pass its filters.
    :raises RowTimeoutError: If it takes too long before the first rows are there.
    """
    extract = str(binding.extract)
    model: RowModel = binding.rows  # type: ignore[assignment] # an extract is of one
    settings = model.settings
    asked = parse_request(body, source.columns, rules=settings.rules)
    if extract not in EXPORTS:
        return _values(binding, source, extract.removeprefix(VALUES), asked, Guard(settings.timeout))
    excel = extract.endswith("xlsx")
    most = min(settings.export_rows, XLSX_ROWS) if excel else settings.export_rows
    guard = Guard(settings.export_timeout)
    with ExitStack() as watching:
        watching.enter_context(watched(guard))
        _check_size(source, asked, most, guard)
        rows, names = export(source, asked, limit=most, guard=guard), source.columns.names
        form = Form(binding.shaping.big_ints, binding.shaping.decimals)
        parts = xlsx_parts(rows, names, zone=settings.rules.zone) if excel else csv_parts(rows, names, form)
        response = _download(binding, extract, parts)
        # From here on the answer has begun, and nothing can be said any more.
        watching.enter_context(sent_in_time(guard))
        # Until the last part is sent, or the client is gone.
        response.call_on_close(watching.pop_all().close)
    return response


def _values(binding: Binding, source: Source, column: str, asked: RowRequest, guard: Guard) -> Response:
    search = request.args.get("search", "")
    with watched(guard):
        found = distinct_values(source, column, asked, search=search, limit=MOST_VALUES, guard=guard)
    return json_response(written(Form(binding.shaping.big_ints, binding.shaping.decimals), found))


def _check_size(source: Source, asked: RowRequest, most: int, guard: Guard) -> None:
    """Refuse what would be cut; a file that lacks rows without saying so is worse than none."""
    plan = leaves(RowRequest(filter=where_of(asked)), source.columns, source.key)
    total = source.engine.count(plan, guard)
    if total > most:
        problem = f"{total:,} rows are too many for one file: at most {most:,}. Filter more narrowly."
        raise RowRequestError("", problem)


def _download(binding: Binding, extract: str, parts: Iterator[bytes]) -> Response:
    # The first part is made before the status is sent, so that what fails at once is an answer, and in the request's
    # context, so that a connection is opened in it.
    first = next(parts, b"")
    name = f"{_NOT_IN_NAMES.sub('_', binding.id)}.{extract.rpartition('.')[2]}"
    response = current_app.response_class(
        chain([first], parts),
        headers={
            "Content-Type": EXPORTS[extract],
            "Content-Disposition": dump_options_header("attachment", {"filename": name}),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
    response.call_on_close(getattr(parts, "close", lambda: None))
    return response
