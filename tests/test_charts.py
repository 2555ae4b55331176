"""shape/charts.py and what stands behind it: each kind of chart is drawn, or becomes rows, or is refused."""

from __future__ import annotations

import base64
import copy
import json
import struct

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from flask import jsonify

from flask_openbb.errors import ManifestError, ShapeError
from flask_openbb.shape import charts
from flask_openbb.shape.encode import dumps
from flask_openbb.shape.shaping import Shaping
from flask_openbb.shape.themes import PALETTES, with_template

PLAIN = Shaping("w")
RAW = PLAIN.asked(theme="dark", raw=True)


def said(body):
    """What the client reads."""
    return json.loads(dumps(body))


class Drawn:
    """A chart of another library, such as Altair or Highcharts Core."""

    def __init__(self, plain):
        self.plain = plain

    def to_dict(self):
        return self.plain


@pytest.mark.parametrize("name", ["chart", "highcharts", "vegalite"])
@pytest.mark.parametrize("shaping", [PLAIN, RAW], ids=["drawn", "raw"])
def test_none_is_an_error_of_the_view(name, shaping):
    with pytest.raises(ShapeError, match=r"^Widget 'w': the view returned None\. Return .*; does a branch lack"):
        getattr(charts, name)(None, shaping)


# Plotly

TRACE = {"type": "scatter", "x": [1], "y": [2]}


@pytest.mark.parametrize(
    ("value", "shaping", "body"),
    [
        ({"data": [TRACE]}, PLAIN, {"data": [TRACE], "layout": {}}),
        ({"data": (TRACE,), "layout": None}, PLAIN, {"data": [TRACE], "layout": {}}),
        (
            {"data": [TRACE], "layout": {"height": 9}, "config": {"a": 1}},
            PLAIN,
            {"data": [TRACE], "layout": {"height": 9}, "config": {"a": 1}},
        ),
        (json.dumps({"data": [TRACE], "layout": {}}), PLAIN, {"data": [TRACE], "layout": {}}),
        (b'{"data": [{"y": [NaN]}]}', PLAIN, {"data": [{"y": [None]}], "layout": {}}),
        ([{"a": {"b": 1}}], PLAIN, [{"a": {"b": 1}}]),
        ("[]", PLAIN, []),
        (pd.DataFrame({"a": [1]}), PLAIN, [{"a": 1}]),
        ({"results": [{"a": 1}]}, PLAIN, {"results": [{"a": 1}]}),
        ({"data": [TRACE]}, Shaping("w", data_key="fig"), {"fig": {"data": [TRACE], "layout": {}}}),
        (
            {"fig": {"data": [TRACE]}, "n": 1},
            Shaping("w", data_key="fig"),
            {"fig": {"data": [TRACE], "layout": {}}, "n": 1},
        ),
    ],
    ids=[
        "data", "null layout", "whole", "text", "bytes with NaN", "raw", "raw text", "raw frame", "raw results", "bare",
        "under",
    ],
)  # fmt: skip
def test_chart(value, shaping, body):
    assert json.loads(dumps(charts.chart(value, shaping))) == body


def test_plotly_figures():
    figure = go.Figure(go.Scatter(x=pd.date_range("2024-01-01", periods=2), y=[1, None]))
    assert json.loads(dumps(charts.chart(figure, PLAIN))) == {
        "data": [{"type": "scatter", "x": ["2024-01-01T00:00:00", "2024-01-02T00:00:00"], "y": [1, None]}],
        "layout": json.loads(figure.to_json())["layout"],
    }
    numbers = go.Figure(go.Scatter(y=np.array([1.5])))
    text = charts.chart(numbers.to_json(), PLAIN)
    assert text == {"data": [{"type": "scatter", "y": [1.5]}], "layout": json.loads(numbers.to_json())["layout"]}
    assert json.loads(dumps(charts.chart(numbers, PLAIN))) == text
    parts = {"data": [go.Scatter(y=[1])], "layout": go.Layout(height=10)}
    assert json.loads(dumps(charts.chart(parts, PLAIN))) == {
        "data": [{"type": "scatter", "y": [1]}],
        "layout": {"height": 10},
    }


def test_arrays_in_a_chart():
    value = {"data": [{"x": pd.Series([1, 2]), "y": np.array([0.5, np.nan])}]}
    assert json.loads(dumps(charts.chart(value, PLAIN))) == {"data": [{"x": [1, 2], "y": [0.5, None]}], "layout": {}}


EMPTY = "the chart has no 'data', and Workspace refuses an empty chart. Return a Plotly figure"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"data": []}, EMPTY),
        ({}, EMPTY),
        ({"data": {}}, EMPTY),
        ({"data": "x"}, EMPTY),
        (go.Figure(), EMPTY),
        ("no json", "text that is no JSON"),
        ("[" * 100_000, "text that is no JSON"),
        ('"text"', "a str is not rows"),
        (5, "an int is not rows"),
        ([go.Scatter()], "row 0 .* is a Scatter"),
        ({"data": [1]}, r"trace 0 \(counted from 0\) is an int. Give each as a mapping"),
        ({"data": [TRACE], "layout": []}, "the chart's layout is a list. Give it as a mapping"),
    ],
    ids=[
        "empty", "nothing", "mapping", "text data", "figure", "no JSON", "deep JSON", "JSON text", "number", "traces",
        "trace", "layout",
    ],
)  # fmt: skip
def test_chart_refuses(value, message):
    with pytest.raises(ShapeError, match=message) as caught:
        charts.chart(value, PLAIN)
    assert str(caught.value).startswith("Widget 'w': ")


# Plotly: theme, toolbar


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_template_gives_the_colours_of_the_theme(theme):
    shaping = Shaping("w", template=True).asked(theme=theme, raw=False)
    body = said(charts.chart({"data": [TRACE], "layout": {"height": 9}}, shaping))
    colours = body["layout"]["template"]["layout"]
    background = {"dark": "#151518", "light": "#FFFFFF"}[theme]
    assert (colours["paper_bgcolor"], colours["plot_bgcolor"]) == (background, background)
    assert colours["font"]["color"] == PALETTES[theme].text
    assert body["layout"]["height"] == 9


def test_a_template_keeps_the_figure_and_its_own_colours():
    figure = go.Figure(go.Scatter(y=[1]), layout={"paper_bgcolor": "red", "font": {"size": 9}})
    before = copy.deepcopy(figure.to_plotly_json())
    body = charts.chart(figure, Shaping("w", template=True))
    assert figure.to_plotly_json() == before
    assert body["layout"]["paper_bgcolor"] == "red"
    assert body["layout"]["font"] == {"size": 9}
    template = body["layout"]["template"]
    assert template["layout"]["xaxis"]["gridcolor"] == PALETTES["dark"].grid
    assert template["layout"]["colorway"] == list(before["layout"]["template"]["layout"]["colorway"])
    own = before["layout"]["template"]["data"]
    assert {kind: traces for kind, traces in template["data"].items() if kind != "table"} == {
        kind: traces for kind, traces in own.items() if kind != "table"
    }
    # Plotly itself takes it, every name in it.
    assert go.Figure(body).layout.template.layout.plot_bgcolor == "#151518"


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_lies_on_a_chart_can_be_read(theme):
    body = charts.chart({"data": [TRACE]}, Shaping("w", template=True).asked(theme=theme, raw=False))
    template, palette = body["layout"]["template"], PALETTES[theme]
    layout, (table,) = template["layout"], template["data"]["table"]
    assert layout["annotationdefaults"]["arrowcolor"] == layout["shapedefaults"]["line"]["color"] == palette.text
    assert layout["xaxis"]["rangeselector"] == {"bgcolor": palette.grid, "activecolor": palette.muted}
    assert layout["updatemenudefaults"]["font"] == {"color": palette.ink}
    assert (table["header"]["fill"], table["cells"]["fill"]) == ({"color": palette.grid}, {"color": palette.background})
    assert go.Figure(body).layout.template.data.table[0].cells.fill.color == palette.background


def test_a_template_that_is_a_name_is_replaced_and_nothing_given_is_changed():
    layout = {"template": "plotly_dark", "height": 10}
    found = with_template(layout, "light")
    assert layout == {"template": "plotly_dark", "height": 10}
    assert found["height"] == 10
    assert found["template"]["layout"]["plot_bgcolor"] == "#FFFFFF"


@pytest.mark.parametrize("given", [5, {"layout": 5}, {"data": [1]}, {"layout": [1], "data": "x"}], ids=repr)
def test_a_template_of_another_shape_is_replaced_too(given):
    assert with_template({"template": given}, "dark") == with_template({}, "dark")


def test_without_template_the_layout_is_the_figures():
    body = charts.chart({"data": [TRACE], "layout": {"height": 9}}, PLAIN.asked(theme="light", raw=False))
    assert body["layout"] == {"height": 9}


@pytest.mark.parametrize(
    ("toolbar", "config", "found"),
    [
        (True, None, {"displayModeBar": True}),
        (False, None, {"displayModeBar": False}),
        ({"scrollZoom": False}, None, {"scrollZoom": False}),
        ({"scrollZoom": False, "locale": "de"}, {"scrollZoom": True}, {"scrollZoom": True, "locale": "de"}),
    ],
    ids=["on", "off", "mapping", "the figure's own wins"],
)
def test_a_toolbar_is_the_config(toolbar, config, found):
    body = charts.chart({"data": [TRACE], "config": config}, Shaping("w", toolbar=toolbar))
    assert body == {"data": [TRACE], "layout": {}, "config": found}


def test_a_config_that_is_no_mapping_is_refused():
    with pytest.raises(ShapeError, match=r"the chart's config is a list\. Give it as a mapping"):
        charts.chart({"data": [TRACE], "config": []}, PLAIN)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"template": "dark"}, "Widget 'w': template='dark' is not allowed. Use True or False"),
        ({"toolbar": "top"}, "Widget 'w': toolbar='top' is not allowed. Use True, False, or a mapping"),
    ],
    ids=["template", "toolbar"],
)
def test_options_are_checked_before_the_first_request(options, message):
    with pytest.raises(ShapeError, match=message):
        Shaping("w", **options)


# Plotly: the rows behind it

TWO = [{"name": "A", "x": ["d1", "d2"], "y": [1, 2]}, {"x": ["d1"], "y": [3], "text": ["t"]}]


@pytest.mark.parametrize(
    ("traces", "rows"),
    [
        ([{"type": "scatter", "x": ["d1", "d2"], "y": [1, 2]}], [{"x": "d1", "y": 1}, {"x": "d2", "y": 2}]),
        (
            TWO,
            [
                {"trace": "A", "x": "d1", "y": 1, "text": None},
                {"trace": "A", "x": "d2", "y": 2, "text": None},
                {"trace": "trace 1", "x": "d1", "y": 3, "text": "t"},
            ],
        ),
        ([{"y": [1, 2], "x": ["d1"]}], [{"x": "d1", "y": 1}, {"x": None, "y": 2}]),
        ([{"type": "pie", "labels": ["a"], "values": [1]}], [{"labels": "a", "values": 1}]),
        (
            [{"type": "candlestick", "x": ["d"], "open": [1], "high": [4], "low": [0], "close": [2]}],
            [{"x": "d", "open": 1, "high": 4, "low": 0, "close": 2}],
        ),
        (
            [{"type": "heatmap", "x": ["a", "b"], "z": [[1, 2], [3, 4]]}],
            [
                {"x": "a", "y": 0, "z": 1},
                {"x": "b", "y": 0, "z": 2},
                {"x": "a", "y": 1, "z": 3},
                {"x": "b", "y": 1, "z": 4},
            ],
        ),
        (
            [{"type": "table", "header": {"values": [["Name"], "N"]}, "cells": {"values": [["a"], [1]]}}],
            [{"Name": "a", "N": 1}],
        ),
        (
            [{"type": "sankey", "link": {"source": [0], "target": [1], "value": [5]}}],
            [{"source": 0, "target": 1, "value": 5}],
        ),
        ([{"type": "indicator", "value": 7}], [{"value": 7}]),
        (
            [{"type": "splom", "dimensions": [{"label": "p", "values": [1]}, {"values": [2]}]}],
            [{"p": 1, "dimension 1": 2}],
        ),
        ([{"y": {"dtype": "f8", "bdata": "AAAAAAAA+D8="}}], [{"y": 1.5}]),
        (
            [{"type": "heatmap", "z": {"dtype": "i1", "bdata": "AQIDBA==", "shape": "2, 2"}}],
            [
                {"x": 0, "y": 0, "z": 1},
                {"x": 1, "y": 0, "z": 2},
                {"x": 0, "y": 1, "z": 3},
                {"x": 1, "y": 1, "z": 4},
            ],
        ),
    ],
    ids=[
        "one", "several", "uneven", "pie", "candles", "matrix", "table", "sankey", "indicator", "dimensions", "typed",
        "typed matrix",
    ],
)  # fmt: skip
def test_raw_rows_come_from_the_traces(traces, rows):
    assert said(charts.chart({"data": traces}, RAW)) == rows


def test_raw_rows_of_a_figure_and_of_its_json():
    figure = go.Figure(go.Bar(x=pd.date_range("2024-01-01", periods=2), y=np.array([1.5, np.nan])))
    rows = [{"x": "2024-01-01T00:00:00", "y": 1.5}, {"x": "2024-01-02T00:00:00", "y": None}]
    assert said(charts.chart(figure, RAW)) == rows
    numbers = go.Figure(go.Heatmap(z=np.arange(6.0).reshape(2, 3)))
    assert said(charts.chart(numbers.to_json(), RAW)) == said(charts.chart(numbers, RAW))
    assert len(charts.chart(numbers, RAW)) == 6
    assert charts.chart({"data": [go.Scatter(y=[1])]}, RAW) == [{"y": 1}]


@pytest.mark.parametrize("name", ["chart", "highcharts", "vegalite"])
@pytest.mark.parametrize(
    ("value", "body"),
    [
        ([{"a": {"b": 1}}], [{"a": {"b": 1}}]),
        (pd.DataFrame({"a": [1]}), [{"a": 1}]),
        ({"results": [{"a": 1}]}, {"results": [{"a": 1}]}),
        ('[{"a": 1}]', [{"a": 1}]),
    ],
    ids=["rows", "frame", "results", "text"],
)
def test_raw_rows_of_the_view_win(name, value, body):
    assert said(getattr(charts, name)(value, RAW)) == body


def test_raw_rows_are_never_under_data_key():
    keyed = Shaping("w", data_key="a[0].b").asked(theme="dark", raw=True)
    figure = {"data": [{"y": [1]}]}
    assert charts.chart({"a": [{"b": figure}]}, keyed) == [{"y": 1}]
    assert charts.chart(figure, keyed) == [{"y": 1}]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chart", {"data": [{"type": "scatter"}]}),
        ("chart", {"data": [{"y": {"dtype": "c16", "bdata": ""}}]}),
        ("highcharts", {"series": [{"name": "empty"}]}),
        ("vegalite", {"mark": "bar", "data": {"url": "https://example.com/rows.csv"}}),
        ("vegalite", {"mark": "bar"}),
    ],
    ids=["no lists", "unknown type", "no points", "a url", "no data"],
)
def test_raw_without_rows_is_refused(name, value):
    with pytest.raises(ShapeError, match="Widget 'w': raw=true asks for rows, and none can be read from the chart"):
        getattr(charts, name)(value, RAW)


# Highcharts

SERIES = {"series": [{"data": [1, 2]}]}


@pytest.mark.parametrize(
    ("value", "body"),
    [
        (SERIES, {"constructorType": "chart", "userOptions": SERIES}),
        (json.dumps(SERIES), {"constructorType": "chart", "userOptions": SERIES}),
        ({"constructorType": "stockChart", **SERIES}, {"constructorType": "stockChart", "userOptions": SERIES}),
        ({"userOptions": SERIES}, {"constructorType": "chart", "userOptions": SERIES}),
        (Drawn({"userOptions": Drawn(SERIES)}), {"constructorType": "chart", "userOptions": SERIES}),
        ({"data": {"csv": "a;b"}}, {"constructorType": "chart", "userOptions": {"data": {"csv": "a;b"}}}),
    ],
    ids=["options", "text", "constructor", "whole", "object", "csv"],
)
def test_highcharts(value, body):
    before = copy.deepcopy(value)
    assert charts.highcharts(value, PLAIN) == body
    if not isinstance(value, Drawn):
        assert value == before


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"title": {"text": "x"}}, "the chart has no 'series', so nothing would be drawn"),
        ({"series": []}, "the chart has no 'series'"),
        ({"userOptions": [1]}, "the chart's userOptions are a list"),
        ({"constructorType": "Chart", **SERIES}, "constructorType 'Chart' is not one .* Use one of 'chart', 'stockCh"),
        ([1], "the view returned a list, not a chart"),
        ("{", "text that is no JSON"),
        (pd.DataFrame({"a": [1]}), "not a chart"),
    ],
    ids=["no series", "empty", "options", "constructor", "list", "text", "frame"],
)
def test_highcharts_refuses(value, message):
    with pytest.raises(ShapeError, match=f"^Widget 'w': .*{message}"):
        charts.highcharts(value, PLAIN)


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        (SERIES, [{"x": 0, "y": 1}, {"x": 1, "y": 2}]),
        ({"xAxis": {"categories": ["a", "b"]}, **SERIES}, [{"x": "a", "y": 1}, {"x": "b", "y": 2}]),
        ({"xAxis": [{"categories": ["a"]}], **SERIES}, [{"x": "a", "y": 1}, {"x": 1, "y": 2}]),
        ({"series": [{"data": [[5, 2.5]]}]}, [{"x": 5, "y": 2.5}]),
        ({"series": [{"data": [[5, 1, 4, 0, 2]]}]}, [{"x": 5, "open": 1, "high": 4, "low": 0, "close": 2}]),
        ({"series": [{"data": [[1] * 6]}]}, [{f"value {number}": 1 for number in range(6)}]),
        ({"series": [{"data": [{"name": "p", "y": 3}]}]}, [{"name": "p", "y": 3}]),
        (
            {"series": [{"name": "A", "data": [1]}, {"data": [2]}]},
            [{"trace": "A", "x": 0, "y": 1}, {"trace": "Series 2", "x": 0, "y": 2}],
        ),
    ],
    ids=["numbers", "categories", "axes", "pairs", "candles", "long", "mappings", "several"],
)
def test_highcharts_rows(options, rows):
    assert charts.highcharts(options, RAW) == rows


# Vega-Lite

SPEC = {"mark": "bar", "data": {"values": [{"a": 1}]}}


@pytest.mark.parametrize(
    ("value", "body"),
    [
        (SPEC, SPEC),
        (json.dumps(SPEC), SPEC),
        (Drawn(SPEC), SPEC),
        ({"layer": [SPEC]}, {"layer": [SPEC]}),
        ({**SPEC, "data": {"values": pd.DataFrame({"a": [1]})}}, SPEC),
    ],
    ids=["mapping", "text", "object", "layers", "frame"],
)
def test_vegalite(value, body):
    assert said(charts.vegalite(value, PLAIN)) == body


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"data": {"values": []}}, "the specification has none of 'mark', 'layer'"),
        (5, "the view returned an int, not a chart"),
        ("{", "text that is no JSON"),
    ],
    ids=["nothing drawn", "number", "text"],
)
def test_vegalite_refuses(value, message):
    with pytest.raises(ShapeError, match=f"^Widget 'w': .*{message}"):
        charts.vegalite(value, PLAIN)


@pytest.mark.parametrize(
    ("spec", "rows"),
    [
        (SPEC, [{"a": 1}]),
        ({"mark": "bar", "data": {"values": [1, 2]}}, [{"data": 1}, {"data": 2}]),
        ({"mark": "bar", "data": {"name": "d"}, "datasets": {"d": [{"a": 2}]}}, [{"a": 2}]),
        ({"hconcat": [{"mark": "bar"}, {"layer": [SPEC]}]}, [{"a": 1}]),
        ({"facet": {"field": "a"}, "spec": SPEC}, [{"a": 1}]),
    ],
    ids=["inline", "scalars", "dataset", "parts", "facet"],
)
def test_vegalite_rows(spec, rows):
    assert charts.vegalite(spec, RAW) == rows


# What Workspace cannot read in a figure


def test_arrays_and_titles_wherever_they_are():
    array = {"dtype": "f8", "bdata": base64.b64encode(struct.pack("<2d", 1.5, float("nan"))).decode()}
    figure = {
        "data": [go.Scatter(y=[0]), {"y": array, "marker": {"color": array, "colorbar": {"title": "c"}}}],
        "layout": {"title": "t", "xaxis": {"title": {"text": "x"}}, "yaxis": {"title": "y"}, "title2": "t"},
        "frames": [{"data": [{"y": array}]}],
    }
    before = copy.deepcopy(figure)
    body = said(charts.chart(figure, PLAIN))
    assert figure == before
    assert body["data"][1] == {"y": [1.5, None], "marker": {"color": [1.5, None], "colorbar": {"title": {"text": "c"}}}}
    assert body["layout"] == {
        "title": {"text": "t"},
        "xaxis": {"title": {"text": "x"}},
        "yaxis": {"title": {"text": "y"}},
        "title2": "t",
    }
    assert body["frames"] == [{"data": [{"y": [1.5, None]}]}]


def test_what_a_figures_author_keeps_in_it_stays():
    array = {"dtype": "i1", "bdata": "AQI="}
    own = {"customdata": [{"title": "t"}], "meta": {"title": "t"}, "geojson": {"features": [{"title": "t"}]}}
    body = charts.chart({"data": [{"y": [1], **own}, {"y": [1], "customdata": array}]}, PLAIN)
    assert body["data"] == [{"y": [1], **own}, {"y": [1], "customdata": [1, 2]}]


@pytest.mark.parametrize(
    ("array", "items"),
    [
        ({"dtype": "i2", "bdata": "AQACAAMABAA=", "shape": "2,2"}, [[1, 2], [3, 4]]),
        ({"dtype": "u1", "bdata": "AQIDBAUGBwg=", "shape": "2, 2, 2"}, [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
        ({"dtype": "u1c", "bdata": "/w=="}, [255]),
        ({"dtype": "f4", "bdata": ""}, []),
        ({"dtype": "f4", "bdata": "", "shape": "5, 0"}, []),
        ({"dtype": "f4", "bdata": "", "shape": "0, 0"}, []),
        ({"dtype": "i1", "bdata": "AQI=", "shape": "-1,-2"}, None),
        ({"dtype": "i8", "bdata": "AQ=="}, None),
        ({"dtype": "i1", "bdata": [1]}, None),
        ({"dtype": "i1", "bdata": "no base64"}, None),
        ({"dtype": "f8", "bdata": "AQI="}, None),
        ({"dtype": "i1", "bdata": "AQI=", "shape": "2,2"}, None),
        ({"dtype": "i1", "bdata": "AQI=", "shape": "two"}, None),
    ],
    ids=[
        "matrix",
        "cube",
        "clamped",
        "empty",
        "no columns",
        "nothing",
        "less",
        "type",
        "list",
        "base64",
        "length",
        "shape",
        "words",
    ],
)
def test_typed_arrays(array, items):
    # What is none, or is broken, stays for Plotly to say so.
    assert charts.chart({"data": [{"z": array}]}, PLAIN)["data"] == [{"z": array if items is None else items}]


# Over HTTP


def test_a_themed_chart_over_http(app, openbb, client, manifest):
    @app.get("/prices")
    @openbb.chart(template=True, toolbar=False, raw=True, cache=60)
    def prices():
        return go.Figure(go.Scatter(x=["d1"], y=[1]))

    assert {"template", "toolbar"}.isdisjoint(manifest()["prices"])
    assert manifest()["prices"]["raw"] is True
    for theme, background in [("dark", "#151518"), ("light", "#FFFFFF"), ("", "#151518"), ("light", "#FFFFFF")]:
        body = client.get("/prices", query_string={"theme": theme}).get_json()
        assert body["layout"]["template"]["layout"]["paper_bgcolor"] == background
        assert body["config"] == {"displayModeBar": False}
    assert client.get("/prices?theme=light&raw=true").get_json() == [{"x": "d1", "y": 1}]


def test_a_figure_that_jsonify_wrote(app, openbb, client):
    @app.get("/prices")
    @openbb.chart
    def prices():
        return jsonify(data=[{"y": [1]}])

    assert client.get("/prices").get_json() == {"data": [{"y": [1]}], "layout": {}}
    assert client.get("/prices?raw=true").get_json() == [{"y": 1}]


def test_a_view_that_gives_its_own_raw_rows(app, openbb, client):
    @app.get("/prices")
    @openbb.chart(raw=True)
    def prices(raw: bool = False):
        rows = [{"day": "d1", "close": 1}]
        return rows if raw else {"data": [{"x": ["d1"], "y": [1]}]}

    assert client.get("/prices?raw=true").get_json() == [{"day": "d1", "close": 1}]
    assert client.get("/prices").get_json() == {"data": [{"x": ["d1"], "y": [1]}], "layout": {}}


@pytest.mark.parametrize(
    ("decorator", "wire", "answer", "body", "rows"),
    [
        ("highcharts", "chart-highcharts", SERIES, {"constructorType": "chart", "userOptions": SERIES}, 2),
        ("vegalite", "chart-vegalite", SPEC, SPEC, 1),
    ],
    ids=["highcharts", "vegalite"],
)
def test_other_charts_over_http(app, openbb, client, manifest, decorator, wire, answer, body, rows):
    @app.get("/drawn")
    @getattr(openbb, decorator)
    def drawn():
        return answer

    assert manifest()["drawn"]["type"] == wire
    assert client.get("/drawn?theme=dark").get_json() == body
    assert len(client.get("/drawn?raw=true").get_json()) == rows


def test_an_empty_chart_is_a_readable_error(app, openbb, client):
    @app.get("/drawn")
    @openbb.highcharts
    def drawn():
        return {"title": {"text": "x"}}

    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get("/drawn")
    assert answer.status_code == 500
    assert set(answer.get_json()) == {"detail"}


@pytest.mark.parametrize(
    ("kind", "option", "message"),
    [
        (
            "table",
            {"template": True},
            "template= is for widgets of type 'chart', 'chart-highcharts', 'chart-vegalite',",
        ),
        ("table", {"toolbar": False}, "toolbar= is for widgets of type 'chart', and this is 'table'"),
        ("highcharts", {"toolbar": False}, "toolbar= is for widgets of type 'chart', and this is 'chart-highcharts'"),
    ],
    ids=["template", "toolbar", "toolbar of another chart"],
)
def test_chart_options_are_for_charts(app, openbb, kind, option, message):
    @app.get("/rows")
    @getattr(openbb, kind)(**option)
    def rows():
        return []

    with pytest.raises(ManifestError, match=message):
        openbb.validate(app)
