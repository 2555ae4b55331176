"""The body of each kind of chart: Plotly, Highcharts and Vega-Lite, checked so that something is drawn.

Each also answers ``raw=true``, by which Workspace asks for the data behind the picture: with the rows a view returns
then, or else with rows read from the chart itself. A shaper never changes the answer in place.
Imports its own room and :mod:`flask_openbb.errors` only; named by ``manifest.kinds``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from . import envelope
from .arrays import plain
from .checks import named, refuse, refuse_none, under
from .rows import describe, frame_reader, is_record, listing, to_rows
from .shaping import Shaping
from .themes import with_config, with_options, with_template
from .traces import Rows, highcharts_rows, plotly_rows, vegalite_rows

_PLOTLY = "a Plotly figure, or a mapping with a non-empty list 'data'"
_HIGHCHARTS = "Highcharts options with 'series', or {'constructorType', 'userOptions'}"
_VEGALITE = "a Vega-Lite specification, or an Altair chart"

_CONSTRUCTORS = ("chart", "stockChart", "mapChart", "ganttChart")
_DRAWING = ("mark", "layer", "hconcat", "vconcat", "concat", "facet", "repeat", "spec", "marks")


def chart(value: Any, shaping: Shaping) -> Any:
    """Shape a Plotly chart, or the rows behind it, which Workspace asks for with ``raw=true``.

    With ``template=True`` a layout gets the colours of the theme asked for, wherever it names none itself; with
    ``toolbar=`` a figure without ``config`` gets one. Arrays that Plotly wrote as base64 become lists, titles
    that are text what Workspace's plotly.js takes for titles.

    :param value: A Plotly figure; a mapping with a non-empty list ``data``; either as JSON text; or, for
        raw data, rows as :func:`.bodies.table` takes them, or a mapping with them under ``results``.
    :return: ``{"data": [...], "layout": {...}, ...}``, or rows that are not flattened.
    :raises ShapeError: If there is nothing to draw, or in a raw answer no rows.

    Source: OpenBB docs, widget-types/plotly-charts; the client refuses a chart with empty data, and looks for raw
    rows in ``results`` or the body, never under ``data_key``.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, _PLOTLY)
    if shaping.raw:
        return _raw(value, shaping, _plotly, lambda body: plotly_rows(body["data"]), _PLOTLY)
    return under(value, shaping, _plotly)


def highcharts(value: Any, shaping: Shaping) -> Any:
    """Shape a Highcharts chart, or the rows behind it.

    With ``template=True`` the options get the colours of the theme asked for, wherever they name none themselves.

    :param value: Its options; ``{"constructorType", "userOptions"}``; an object whose ``to_dict()`` gives either, as
        Highcharts Core's charts do; either as JSON text; or, for raw data, rows.
    :return: ``{"constructorType": ..., "userOptions": {...}}``, or rows.
    :raises ShapeError: If there are no series, or the constructor is unknown.

    Source: OpenBB docs, widget-types/highcharts; the client draws ``userOptions`` and nothing else.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, _HIGHCHARTS)
    if shaping.raw:
        return _raw(value, shaping, _highcharts, lambda body: highcharts_rows(body["userOptions"]), _HIGHCHARTS)
    return _highcharts(value, shaping)


def vegalite(value: Any, shaping: Shaping) -> Any:
    """Shape a Vega-Lite chart, or the rows behind it.

    With ``template=True`` its config gets the colours of the theme asked for, wherever it names none itself.

    :param value: A specification; an object whose ``to_dict()`` gives one, as Altair's charts do; either as
        JSON text; or, for raw data, rows. A frame as ``data.values`` becomes records.
    :return: The specification, or rows. The client sets width, height and autosize.
    :raises ShapeError: If nothing in it draws.

    Source: OpenBB docs, widget-types/vega-lite; CLIENT Widgets/charting/ChartVegaLite.tsx.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, _VEGALITE)
    if shaping.raw:
        return _raw(value, shaping, _vegalite, vegalite_rows, _VEGALITE)
    return _vegalite(value, shaping)


def _raw(
    value: Any,
    shaping: Shaping,
    draw: Callable[[Any, Shaping], Any],
    rows_of: Callable[[dict[str, Any]], Rows],
    expected: str,
) -> Any:
    if shaping.data_key and is_record(value):
        found = envelope.locate(value, shaping.data_key)
        for step in found or ():
            value = envelope.as_mapping(value)[step] if is_record(value) else value[int(step)]
    value = _plain(value, shaping, expected)
    if not is_record(value):
        with named(shaping):
            return to_rows(value)
    if listing(envelope.as_mapping(value).get("results")) is not None:
        return value
    rows = rows_of(draw(value, shaping))
    if not rows:
        refuse(shaping, "raw=true asks for rows, and none can be read from the chart. Return them where 'raw' is true.")
    return rows


def _plain(value: Any, shaping: Shaping, expected: str) -> Any:
    """The mapping that a chart object or JSON text stands for; what is neither stays."""
    if isinstance(value, str | bytes):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            refuse(shaping, f"the view returned text that is no JSON. Return {expected}.")
    if is_record(value) or frame_reader(type(value)) is not None:
        return value
    for name in ("to_plotly_json", "to_dict"):
        if hasattr(type(value), name):
            return getattr(value, name)()
    return value


def _plotly(value: Any, shaping: Shaping) -> Any:
    value = _plain(value, shaping, _PLOTLY)
    if not is_record(value):
        with named(shaping):
            return to_rows(value)
    figure = dict(envelope.as_mapping(value))
    if "data" not in figure and listing(figure.get("results")) is not None:
        return figure
    traces = listing(figure.get("data"))
    if not traces:
        refuse(shaping, f"the chart has no 'data', and Workspace refuses an empty chart. Return {_PLOTLY}.")
    for number, trace in enumerate(traces):
        if not is_record(trace) and not hasattr(type(trace), "to_plotly_json"):
            refuse(shaping, f"trace {number} (counted from 0) is {describe(trace)}. Give each as a mapping.")
    layout = figure.get("layout")
    if layout is not None and hasattr(type(layout), "to_plotly_json"):
        layout = layout.to_plotly_json()
    if layout is not None and not is_record(layout):
        refuse(shaping, f"the chart's layout is {describe(layout)}. Give it as a mapping, or leave it out.")
    layout = {} if layout is None else layout
    if shaping.template:
        layout = with_template(envelope.as_mapping(layout), shaping.theme)
    drawn = {**figure, "data": [plain(trace) for trace in traces], "layout": plain(layout), **_config(figure, shaping)}
    return {**drawn, "frames": plain(drawn["frames"])} if "frames" in drawn else drawn


def _config(figure: Mapping[str, Any], shaping: Shaping) -> dict[str, Any]:
    """The figure's own ``config`` over what ``toolbar=`` says."""
    config = figure.get("config")
    if config is not None and not is_record(config):
        refuse(shaping, f"the chart's config is {describe(config)}. Give it as a mapping, or leave it out.")
    toolbar = shaping.toolbar
    if toolbar is None:
        return {}
    below = {"displayModeBar": toolbar} if isinstance(toolbar, bool) else toolbar
    return {"config": {**below, **envelope.as_mapping(config)}}


def _highcharts(value: Any, shaping: Shaping) -> dict[str, Any]:
    value = _plain(value, shaping, _HIGHCHARTS)
    if not is_record(value):
        refuse(shaping, f"the view returned {describe(value)}, not a chart. Return {_HIGHCHARTS}.")
    body = dict(envelope.as_mapping(value))
    if "userOptions" not in body:
        body = {"constructorType": body.pop("constructorType", "chart"), "userOptions": body}
    constructor = body.setdefault("constructorType", "chart")
    if constructor not in _CONSTRUCTORS:
        known = ", ".join(map(repr, _CONSTRUCTORS))
        refuse(shaping, f"the constructorType {constructor!r} is not one that Workspace loads. Use one of {known}.")
    options = body["userOptions"]
    if hasattr(type(options), "to_dict") and not is_record(options):
        options = options.to_dict()
    if not is_record(options):
        refuse(shaping, f"the chart's userOptions are {describe(options)}. Return {_HIGHCHARTS}.")
    found = envelope.as_mapping(options)
    if not listing(found.get("series")) and not is_record(found.get("data")):
        refuse(shaping, f"the chart has no 'series', so nothing would be drawn. Return {_HIGHCHARTS}.")
    if shaping.template:
        found = with_options(found, shaping.theme, constructor=constructor)
    return {**body, "userOptions": found}


def _vegalite(value: Any, shaping: Shaping) -> dict[str, Any]:
    value = _plain(value, shaping, _VEGALITE)
    if not is_record(value):
        refuse(shaping, f"the view returned {describe(value)}, not a chart. Return {_VEGALITE}.")
    spec = dict(envelope.as_mapping(value))
    if not any(key in spec for key in _DRAWING):
        known = ", ".join(map(repr, _DRAWING[:-1]))
        refuse(shaping, f"the specification has none of {known}, so nothing would be drawn. Return {_VEGALITE}.")
    data = spec.get("data")
    if isinstance(data, Mapping) and frame_reader(type(data.get("values"))) is not None:
        spec["data"] = {**data, "values": to_rows(data["values"])}
    return with_config(spec, shaping.theme) if shaping.template else spec
