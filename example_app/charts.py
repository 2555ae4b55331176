"""The charts of the example, in Workspace's dark or light colours.

Takes numbers from ``store`` and ``analytics`` and returns ``plotly`` figures, which the widgets return
unchanged, and what the widgets' Highcharts charts have in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any

import plotly.graph_objects as go

from . import analytics
from .store import Quote

# The backgrounds are those of Workspace's widgets, so that a chart has no visible edge.
_COLOURS = {
    "dark": {"background": "#151518", "text": "#e5e5e5", "grid": "#2f2f33"},
    "light": {"background": "#ffffff", "text": "#262626", "grid": "#e5e5e5"},
}
COMPACT = {"margin": {"l": 60, "r": 50, "t": 20, "b": 40}, "legend": {"orientation": "h", "y": 1.08}}
"""The layout of a figure in a widget, which has a title of its own above it."""
_WEEKEND = {"bounds": ["sat", "mon"]}
BARE: Mapping[str, Any] = {"title": {"text": None}, "credits": {"enabled": False}}
"""Options of a Highcharts chart without a title, which its widget has. Their colours come from ``template=True``."""


def candles(quotes: Sequence[Quote], *, window: int, volume: bool, interval: str, theme: str) -> go.Figure:
    """Draw open, high, low and close, their moving average, and the volume below."""
    days = [quote.date for quote in quotes]
    chart = _figure(theme)
    chart.add_candlestick(
        x=days,
        open=[quote.open for quote in quotes],
        high=[quote.high for quote in quotes],
        low=[quote.low for quote in quotes],
        close=[quote.close for quote in quotes],
        name="Price",
    )
    average = analytics.moving_average([quote.close for quote in quotes], window)
    chart.add_scatter(x=days, y=average, name=f"Average of {window}", line={"width": 1.5, "color": "#3b82f6"})
    if volume:
        traded = [quote.volume for quote in quotes]
        chart.add_bar(x=days, y=traded, name="Volume", yaxis="y2", marker_color="#8888")
        chart.update_layout(xaxis={"anchor": "y2"}, yaxis={"domain": [0.25, 1]}, yaxis2={"domain": [0, 0.2]})
    # Only a daily chart has gaps at weekends; a week or a month may end on any day.
    breaks = [_WEEKEND] if interval == "day" else []
    return chart.update_xaxes(rangeslider_visible=False, rangebreaks=breaks)


def lines(series: Mapping[str, Mapping[date, float]], *, unit: str, theme: str, fill: bool = False) -> go.Figure:
    """Draw one line for each named series of day and value."""
    chart = _figure(theme)
    for name, points in series.items():
        chart.add_scatter(
            x=list(points), y=list(points.values()), name=name, mode="lines", fill="tozeroy" if fill else None
        )
    return chart.update_yaxes(title_text=unit)


def heat_map(names: Sequence[str], table: Sequence[Sequence[float]], *, theme: str) -> go.Figure:
    """Draw a table of correlations, -1 to 1, as coloured squares."""
    chart = _figure(theme)
    chart.add_heatmap(
        x=names,
        y=names,
        z=table,
        zmin=-1,
        zmax=1,
        colorscale="RdBu",
        texttemplate="%{z:.2f}",
        hoverongaps=False,
    )
    return chart.update_yaxes(autorange="reversed")


def two_scales(
    left: tuple[str, Mapping[date, float]], right: tuple[str, Mapping[date, float]], *, theme: str
) -> go.Figure:
    """Draw two series of different units against a scale each."""
    chart = _figure(theme)
    for (name, points), axis in ((left, "y"), (right, "y2")):
        chart.add_scatter(x=list(points), y=list(points.values()), name=name, mode="lines", yaxis=axis)
    return chart.update_layout(
        yaxis={"title_text": left[0]},
        yaxis2={
            "title_text": right[0],
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
            "tickmode": "auto",
        },
    )


def _figure(theme: str) -> go.Figure:
    colours = _COLOURS.get(theme, _COLOURS["dark"])
    axis = {"gridcolor": colours["grid"], "zerolinecolor": colours["grid"]}
    return go.Figure(
        layout={
            "paper_bgcolor": colours["background"],
            "plot_bgcolor": colours["background"],
            "font": {"color": colours["text"]},
            **COMPACT,
            "xaxis": axis,
            "yaxis": axis,
            "yaxis2": axis,
        }
    )


def milliseconds(day: date) -> int:
    """Return a day as Highcharts counts time: milliseconds since 1970, UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp() * 1000)
