"""The rows behind a chart: what Workspace's table view and its agent read where a view gives only the picture.

Owns the reading of Plotly's traces, Highcharts' series and Vega-Lite's data. Imports its own room only; called by
:mod:`.charts` for requests with ``raw=true``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .arrays import decoded
from .envelope import as_mapping
from .rows import is_record, listing, to_rows

Rows = list[dict[str, Any]]

TRACE = "trace"
"""The column that says which trace or series a row is of, where there are several."""

_COLUMNS = (
    *("x", "y", "z", "open", "high", "low", "close", "labels", "parents", "values", "lat", "lon", "locations"),
    *("r", "theta", "a", "b", "c", "u", "v", "w", "text"),
)
_POINT = {2: ("x", "y"), 3: ("x", "low", "high"), 4: ("open", "high", "low", "close")}
_POINT[5] = ("x", *_POINT[4])
_PARTS = ("layer", "hconcat", "vconcat", "concat")


def plotly_rows(traces: Sequence[Any]) -> Rows:
    """Read the traces of a Plotly figure as rows, one a point.

    :param traces: Its ``data``.
    :return: Rows with the columns that the traces have (``x``, ``y``, ``open``, ``labels``, …), and ``trace``
        where there are several; a matrix ``z`` has one row a cell. None of a trace that draws no lists.

    .. versionadded:: 0.1
    """
    parts = []
    for number, trace in enumerate(traces):
        plain = as_mapping(trace.to_plotly_json() if hasattr(type(trace), "to_plotly_json") else trace)
        parts.append((str(plain.get("name") or f"trace {number}"), _trace_rows(plain)))
    return _joined(parts)


def highcharts_rows(options: Mapping[str, Any]) -> Rows:
    """Read the series of a Highcharts chart as rows, one a point.

    :param options: Its options; categories of the x axis become ``x``.
    :return: Rows as :func:`plotly_rows` gives them; a point that is a mapping keeps its own keys.

    .. versionadded:: 0.1
    """
    axis = _first(options.get("xAxis"))
    categories = listing(axis.get("categories")) or []
    parts = []
    for number, series in enumerate(_records(options.get("series"))):
        rows = []
        for position, point in enumerate(listing(series.get("data")) or []):
            row = _point(point, position)
            at = row.get("x", position)
            if isinstance(at, int) and 0 <= at < len(categories):
                row = {"x": categories[at], **{key: value for key, value in row.items() if key != "x"}}
            rows.append(row)
        parts.append((str(series.get("name") or f"Series {number + 1}"), rows))
    return _joined(parts)


def vegalite_rows(spec: Mapping[str, Any]) -> Rows:
    """Read the first data that a Vega-Lite specification carries: inline, or among its ``datasets``.

    :return: The rows; none where all data is at a URL.

    .. versionadded:: 0.1
    """
    for part in _parts(spec):
        data = part.get("data")
        if not isinstance(data, Mapping):
            continue
        values = data.get("values", as_mapping(spec.get("datasets")).get(data.get("name")))
        items = listing(values)
        if items and all(map(is_record, items)):
            return to_rows(items)
        if items:
            return [{"data": item} for item in items]
    return []


def _trace_rows(trace: Mapping[str, Any]) -> Rows:
    columns = {key: items for key in _COLUMNS if (items := _array(trace.get(key))) is not None}
    matrix = columns.get("z")
    if matrix and all(listing(row) is not None for row in matrix):
        return _cells(columns, [listing(row) or [] for row in matrix])
    if trace.get("type") == "table":
        names = [str(_only(name)) for name in _array(as_mapping(trace.get("header")).get("values")) or []]
        values = _array(as_mapping(trace.get("cells")).get("values")) or []
        columns = {name: listing(column) or [] for name, column in zip(names, values, strict=False)}
    elif is_record(trace.get("link")):
        link = as_mapping(trace["link"])
        columns = {key: items for key in ("source", "target", "value") if (items := _array(link.get(key))) is not None}
    elif trace.get("type") == "indicator" and "value" in trace:
        return [{"value": trace["value"]}]
    for number, dimension in enumerate(_records(trace.get("dimensions"))):
        columns[str(dimension.get("label") or f"dimension {number}")] = _array(dimension.get("values")) or []
    length = max(map(len, columns.values()), default=0)
    return [{key: items[row] if row < len(items) else None for key, items in columns.items()} for row in range(length)]


def _cells(columns: Mapping[str, list[Any]], matrix: list[list[Any]]) -> Rows:
    xs, ys = columns.get("x") or [], columns.get("y") or []
    return [
        {"x": xs[column] if column < len(xs) else column, "y": ys[row] if row < len(ys) else row, "z": value}
        for row, values in enumerate(matrix)
        for column, value in enumerate(values)
    ]


def _array(value: Any) -> list[Any] | None:
    """The items of an array, also of one that Plotly wrote as base64."""
    return decoded(value) if isinstance(value, Mapping) else listing(value)


def _point(point: Any, position: int) -> dict[str, Any]:
    if is_record(point):
        return dict(as_mapping(point))
    items = listing(point)
    if items is None:
        return {"x": position, "y": point}
    names = _POINT.get(len(items)) or [f"value {number}" for number in range(len(items))]
    return dict(zip(names, items, strict=True))


def _joined(parts: Sequence[tuple[str, Rows]]) -> Rows:
    """All rows with all keys, because Workspace takes its columns from the first."""
    rows = [{TRACE: name, **row} if len(parts) > 1 else row for name, found in parts for row in found]
    keys = dict.fromkeys(key for row in rows for key in row)
    return [{key: row.get(key) for key in keys} for row in rows]


def _parts(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield spec
    for key in _PARTS:
        for part in _records(spec.get(key)):
            yield from _parts(part)
    if isinstance(spec.get("spec"), Mapping):
        yield from _parts(spec["spec"])


def _records(value: Any) -> list[Mapping[str, Any]]:
    return [as_mapping(item) for item in listing(value) or [] if is_record(item)]


def _first(value: Any) -> Mapping[str, Any]:
    if is_record(value):
        return as_mapping(value)
    return next(iter(_records(value)), {})


def _only(value: Any) -> Any:
    items = listing(value)
    return items[0] if items else value
