"""Charts in the ways that users write them; ``test_draw_charts.py`` compares what is drawn with the data here.

Called by ``drawings.py``.
"""

from __future__ import annotations

from typing import Any

import altair
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from flask import Flask
from highcharts_core.chart import Chart

from flask_openbb import OpenBB

DAYS = ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09"]
NOON = [f"{day}T00:00:00" for day in DAYS]
OPENS = [100.0, 102.0, 101.5, 104.0, 103.0]
CLOSES = [102.0, 101.5, None, 103.0, 106.5]
HIGHS = [103.0, 103.5, 105.0, 104.5, 107.0]
LOWS = [99.5, 101.0, 101.0, 102.5, 102.5]
SETTLED = [102.0, 101.5, 104.0, 103.0, 106.5]
VOLUMES = [1_200, 900, 1_500, 1_100, 3_000_000]
DESKS = ["Rates", "Credit", "FX"]
WEIGHTS = [50, 30, 20]
LAST_YEAR = [40, None, 25]
MATRIX = [[1.0, 0.2, -0.4], [0.2, 1.0, 0.1]]
SQUARES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": {"type": "Polygon", "coordinates": [[[x, 0], [x + 9, 0], [x + 9, 9], [x, 9], [x, 0]]]},
        }
        for code, x in (("west", 0), ("east", 12))
    ],
}


def prices() -> pd.DataFrame:
    """A frame with a gap, of floats and of integers: Plotly writes either as typed arrays."""
    columns = {
        "day": pd.to_datetime(DAYS),
        "open": OPENS,
        "high": HIGHS,
        "low": LOWS,
        "close": CLOSES,
        "volume": VOLUMES,
    }
    return pd.DataFrame(columns)


def lines() -> go.Figure:
    """Prices and volumes of a frame, with a legend, a title and two axes."""
    frame = prices()
    figure = go.Figure(layout={"title": "Prices", "yaxis2": {"overlaying": "y", "side": "right"}})
    figure.add_scatter(x=frame["day"], y=frame["close"], name="Close", mode="lines+markers")
    figure.add_scatter(x=frame["day"], y=frame["open"].to_numpy(), name="Open", mode="markers")
    figure.add_bar(x=frame["day"], y=frame["volume"], name="Volume", yaxis="y2", opacity=0.4)
    return figure


def furniture() -> go.Figure:
    """A line with all that may lie on a chart: buttons, a slider, a shape and an arrow."""
    figure = go.Figure(go.Scatter(x=DAYS, y=OPENS))
    figure.add_hline(y=102)
    figure.add_annotation(x=DAYS[2], y=101.5, text="Here", showarrow=True)
    figure.update_xaxes(rangeselector={"buttons": [{"count": 2, "step": "day", "label": "2d"}, {"step": "all"}]})
    choices = [{"label": label, "method": "skip"} for label in ("One", "Two")]
    menu = {"type": "buttons", "buttons": choices, "x": 1.1}
    return figure.update_layout(updatemenus=[menu], sliders=[{"steps": choices}])


def add_charts(app: Flask, openbb: OpenBB) -> None:
    _add_plotly(app, openbb)
    _add_highcharts(app, openbb)
    _add_vegalite(app, openbb)


def _add_plotly(app: Flask, openbb: OpenBB) -> None:
    def add(name: str, answer: Any, **options: Any) -> None:
        view = openbb.chart(id=name, raw=True, **options)(lambda: answer())
        app.add_url_rule(f"/{name}", name, view)

    frame = prices()
    candles = {"open": frame["open"], "high": frame["high"], "low": frame["low"], "close": SETTLED}
    add("figure", lines, template=True)
    add("figure_text", lambda: lines().to_json(), template=True)
    add("figure_untouched", lines)
    layout = {"title": "Prices", "xaxis": {"title": "Day"}, "yaxis2": {"overlaying": "y", "side": "right"}}
    add("traces", lambda: {"data": list(lines().data), "layout": layout}, template=True, toolbar=True)
    add(
        "dictionary",
        lambda: {"fig": {"data": [{"type": "bar", "x": DAYS, "y": np.array(VOLUMES)}], "layout": {}}},
        template=True,
        data_key="fig",
        toolbar=False,
    )
    add("candles", lambda: go.Figure(go.Candlestick(x=frame["day"], **candles)), template=True)
    header, cells = {"values": ["Desk", "Weight"]}, {"values": [DESKS, WEIGHTS]}
    add("table_trace", lambda: go.Figure(go.Table(header=header, cells=cells)), template=True)
    add("furniture", furniture, template=True)
    add("heat", lambda: go.Figure(go.Heatmap(z=np.array(MATRIX), x=DESKS, y=["a", "b"])), template=True)
    add("pie", lambda: go.Figure(go.Pie(labels=DESKS, values=np.array(WEIGHTS))), template=True)
    add("radar", lambda: go.Figure(go.Scatterpolar(r=np.array(WEIGHTS), theta=DESKS, fill="toself")), template=True)
    add(
        "own_colours",
        lambda: {
            "data": [{"y": OPENS}],
            "layout": {"paper_bgcolor": "#102030", "font": {"color": "#ff8800"}, "xaxis": {"gridcolor": "#445566"}},
        },
        template=True,
    )


def _add_highcharts(app: Flask, openbb: OpenBB) -> None:
    def add(name: str, answer: Any, **options: Any) -> None:
        view = openbb.highcharts(id=name, raw=True, **options)(lambda: answer())
        app.add_url_rule(f"/{name}", name, view)

    series = [
        {"type": "column", "name": "Weight", "data": WEIGHTS, "dataLabels": {"enabled": True}},
        {"type": "line", "name": "Last year", "data": LAST_YEAR},
    ]
    options = {
        "title": {"text": "Desks"},
        "xAxis": {"categories": DESKS, "title": {"text": "Desk"}},
        "yAxis": [{"title": {"text": "Percent"}}],
        "series": series,
    }
    times = [int(pd.Timestamp(day).timestamp()) * 1000 for day in DAYS]
    ohlc = [list(point) for point in zip(times, OPENS, HIGHS, LOWS, SETTLED, strict=True)]
    columns = [list(point) for point in zip(times, VOLUMES, strict=True)]
    stock = {
        "title": {"text": "Prices"},
        "yAxis": [{"height": "70%"}, {"top": "72%", "height": "28%", "gridLineColor": "#445566"}],
        "series": [
            {"type": "candlestick", "name": "Price", "data": ohlc},
            {"type": "column", "name": "Volume", "data": columns, "yAxis": 1},
        ],
    }
    tasks = [
        {"name": "Draft", "start": times[0], "end": times[2]},
        {"name": "Review", "start": times[2], "end": times[4]},
    ]
    places = [{"code": "west", "value": 1}, {"code": "east", "value": 5}]
    add("columns", lambda: options, template=True)
    add("columns_untouched", lambda: options)
    add("stock", lambda: {"constructorType": "stockChart", "userOptions": stock}, template=True)
    gantt = {"title": {"text": "Plan"}, "series": [{"name": "Plan", "data": tasks}]}
    add("gantt", lambda: {"constructorType": "ganttChart", "userOptions": gantt}, template=True)
    regions = {"name": "Weight", "mapData": SQUARES, "joinBy": ["code", "code"], "data": places}
    world = {"title": {"text": "Regions"}, "colorAxis": {}, "series": [regions]}
    add("regions", lambda: {"constructorType": "mapChart", "userOptions": world}, template=True)
    shares = [{"name": desk, "y": weight} for desk, weight in zip(DESKS, WEIGHTS, strict=True)]
    core = {"title": {"text": "Shares"}, "series": [{"type": "pie", "name": "Share", "data": shares}]}
    add("core", lambda: Chart.from_options(core), template=True)


def _add_vegalite(app: Flask, openbb: OpenBB) -> None:
    def add(name: str, answer: Any, **options: Any) -> None:
        view = openbb.vegalite(id=name, raw=True, **options)(lambda: answer())
        app.add_url_rule(f"/{name}", name, view)

    frame = pd.DataFrame({"desk": DESKS, "weight": WEIGHTS})
    x = {"field": "desk", "title": "Desk"}
    specification = {
        "title": "Desks",
        "data": {"values": frame},
        "mark": "bar",
        "encoding": {"x": x, "y": {"field": "weight", "type": "quantitative"}, "color": {"field": "desk"}},
    }
    add("bars", lambda: specification, template=True)
    add("bars_untouched", lambda: specification)
    add("altair", lambda: _layers(frame), template=True)
    add("altair_text", lambda: _layers(frame).to_json(), template=True)


def _layers(frame: pd.DataFrame) -> altair.LayerChart:
    base = altair.Chart(frame).encode(x=altair.X("desk", title="Desk"), y="weight")
    return (base.mark_bar() + base.mark_text(dy=-8).encode(text="weight")).properties(title="Desks")
