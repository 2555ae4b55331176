"""Every kind of chart, as users write it, drawn by the library that Workspace draws it with, in both themes."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from .conftest import Board
from .drawn_charts import (
    CLOSES,
    DAYS,
    DESKS,
    HIGHS,
    LAST_YEAR,
    LOWS,
    MATRIX,
    NOON,
    OPENS,
    SETTLED,
    VOLUMES,
    WEIGHTS,
)

pytestmark = pytest.mark.browser

BACKGROUNDS = {"dark": "#151518", "light": "#ffffff"}
TEXTS = {"dark": "#ffffff", "light": "#222222"}
MUTED = "#8a8a93"
"""What buttons that do nothing now are written in."""
BLANK = 0.02
"""A card of which less is drawn on shows nothing."""

both_themes = pytest.mark.parametrize("theme", ["dark", "light"])
Points = dict[str, Any]


def check_drawn(board: Board, drawn: dict[str, Any], theme: str) -> None:
    """Nothing went wrong, something is seen, and its colours are those of Workspace's theme."""
    assert board.complaints == []
    seen = board.look(drawn)
    assert seen["corner"] == drawn["background"] == BACKGROUNDS[theme]
    assert seen["drawn"] > BLANK
    assert TEXTS[theme] in drawn["text"]
    assert set(drawn["text"]) <= {TEXTS[theme], MUTED}


LINES = [
    {"type": "scatter", "name": "Close", "points": 5, "x": NOON, "y": CLOSES},
    {"type": "scatter", "name": "Open", "points": 5, "x": NOON, "y": OPENS},
    {"type": "bar", "name": "Volume", "points": 5, "x": NOON, "y": VOLUMES},
]
OHLC = {"open": OPENS, "high": HIGHS, "low": LOWS, "close": SETTLED}
PLOTLY: dict[str, tuple[list[Points], int]] = {
    # By widget: the traces, and how many points, bars, boxes, slices and images they are drawn as; a gap is none.
    "figure": (LINES, 14),
    "figure_text": (LINES, 14),
    "traces": (LINES, 14),
    "dictionary": ([{"type": "bar", "name": "trace 0", "points": 5, "x": DAYS, "y": VOLUMES}], 5),
    "candles": ([{"type": "candlestick", "name": "trace 0", "points": 5, "x": NOON, **OHLC}], 10),
    "heat": ([{"type": "heatmap", "name": "trace 0", "points": 1, "x": DESKS, "y": ["a", "b"], "z": MATRIX}], 1),
    "pie": ([{"type": "pie", "name": "trace 0", "points": 3, "labels": DESKS, "values": WEIGHTS}], 3),
    "radar": ([{"type": "scatterpolar", "name": "trace 0", "points": 3, "r": WEIGHTS, "theta": DESKS}], 3),
}


@both_themes
@pytest.mark.parametrize("widget", PLOTLY)
def test_plotly_draws_every_trace(board: Board, widget: str, theme: str) -> None:
    drawn = board.draw(widget, theme)
    check_drawn(board, drawn, theme)
    assert (drawn["traces"], drawn["shapes"]) == PLOTLY[widget]
    assert drawn["plot"] in {None, BACKGROUNDS[theme]}  # none is drawn where it is the paper's colour
    # Workspace's export and its agent read lists, and nothing of a typed array.
    assert "bdata" not in json.dumps(drawn["body"])


@pytest.mark.parametrize(("widget", "titles"), [("figure", ["Prices"]), ("traces", ["Prices", "Day"])])
def test_plotly_draws_the_titles(board: Board, widget: str, titles: list[str]) -> None:
    assert board.draw(widget)["titles"] == titles


def test_plotly_would_not_draw_a_title_that_is_text(board: Board) -> None:
    board.draw("figure")
    plot = "title => Plotly.newPlot(card(), [{y: [1]}], {title}).then(() => card().querySelector('.gtitle') !== null)"
    assert board.page.evaluate(plot, "Prices") is False
    assert board.page.evaluate(plot, {"text": "Prices"}) is True


@both_themes
def test_plotly_draws_a_figure_without_template_as_it_is(board: Board, theme: str) -> None:
    drawn = board.draw("figure_untouched", theme)
    assert (drawn["traces"], drawn["shapes"]) == PLOTLY["figure"]
    assert (drawn["background"], drawn["plot"], drawn["text"]) == ("#ffffff", "#e5ecf6", ["#2a3f5f"])


@both_themes
def test_plotly_draws_a_layouts_own_colours(board: Board, theme: str) -> None:
    drawn = board.draw("own_colours", theme)
    assert (drawn["background"], drawn["text"], drawn["grid"]) == ("#102030", ["#ff8800"], "#445566")
    assert drawn["plot"] == BACKGROUNDS[theme]


GRIDS = {"dark": "#3a3a40", "light": "#e4e4e7"}
FURNITURE = {
    # By what is drawn: its property, and the colours it may have in each theme.
    ".shapelayer path": ("stroke", TEXTS),
    ".annotation-arrow-g path": ("stroke", TEXTS),
    ".rangeselector .button rect": ("fill", GRIDS),
    ".rangeselector text": ("fill", TEXTS),
    ".updatemenu-button text": ("fill", {"dark": "#151518", "light": "#222222"}),
    ".slider-grip-rect": ("fill", GRIDS),
}


@both_themes
def test_what_lies_on_a_plotly_chart_can_be_read(board: Board, theme: str) -> None:
    drawn = board.draw("furniture", theme)
    assert board.look(drawn)["corner"] == BACKGROUNDS[theme]
    found = {part: board.page.evaluate("of => colourOf(...of)", [part, way]) for part, (way, _) in FURNITURE.items()}
    assert found == {part: colours[theme] for part, (_, colours) in FURNITURE.items()}
    assert board.complaints == []


@both_themes
def test_plotlys_tables_can_be_read(board: Board, theme: str) -> None:
    drawn = board.draw("table_trace", theme)
    check_drawn(board, drawn, theme)
    read = "cells => cells.map(cell => hexOf(getComputedStyle(cell).fill.match(/\\d+/g).map(Number)))"
    assert set(board.page.locator(".cell-rect").evaluate_all(read)) == {GRIDS[theme], BACKGROUNDS[theme]}


@pytest.mark.parametrize(("widget", "shown"), [("figure", True), ("traces", True), ("dictionary", False)])
def test_plotly_draws_the_toolbar_that_was_asked_for(board: Board, widget: str, shown: bool) -> None:
    assert board.draw(widget)["toolbar"] is shown


def plotly_points(traces: list[Points]) -> list[Points]:
    """The rows of all points that were drawn, with the name of their trace where there are several."""
    rows = []
    for trace in traces:
        columns = {key: values for key, values in trace.items() if isinstance(values, list)}
        if "z" in columns:
            rows += [
                {"x": x, "y": y, "z": cell}
                for y, cells in zip(columns["y"], columns["z"], strict=True)
                for x, cell in zip(columns["x"], cells, strict=True)
            ]
            continue
        named = {"trace": trace["name"]} if len(traces) > 1 else {}
        rows += [{**named, **dict(zip(columns, row, strict=True))} for row in zip(*columns.values(), strict=True)]
    return rows


@pytest.mark.parametrize("widget", PLOTLY)
def test_the_raw_rows_are_what_plotly_draws(board: Board, widget: str) -> None:
    assert board.raw(widget) == plotly_points(board.draw(widget)["traces"])


TIMES = [int(pd.Timestamp(day).timestamp()) * 1000 for day in DAYS]
COLUMNS = [
    ("column", "Weight", [{"x": number, "category": DESKS[number], "y": WEIGHTS[number]} for number in range(3)], 3),
    ("line", "Last year", [{"x": number, "category": DESKS[number], "y": LAST_YEAR[number]} for number in range(3)], 2),
]
CANDLES = [
    {"x": x, "open": a, "high": b, "low": c, "close": d}
    for x, a, b, c, d in zip(TIMES, OPENS, HIGHS, LOWS, SETTLED, strict=True)
]
TASKS = [
    {"name": "Draft", "start": TIMES[0], "end": TIMES[2]},
    {"name": "Review", "start": TIMES[2], "end": TIMES[4]},
]
HIGHCHARTS: dict[str, tuple[str, list[tuple[str, str, list[Points], int]]]] = {
    # By widget: the constructor; of each series its type, name, points, and how many of them have a height.
    "columns": ("chart", COLUMNS),
    "stock": (
        "stockChart",
        [
            ("candlestick", "Price", CANDLES, 5),
            ("column", "Volume", [{"x": x, "y": y} for x, y in zip(TIMES, VOLUMES, strict=True)], 1),
        ],
    ),
    "gantt": ("ganttChart", [("gantt", "Plan", TASKS, 2)]),
    "regions": ("mapChart", [("map", "Weight", [{"value": 1}, {"value": 5}], 2)]),
    "core": ("chart", [("pie", "Share", [{"name": d, "y": w} for d, w in zip(DESKS, WEIGHTS, strict=True)], 3)]),
}


def check_series(drawn: dict[str, Any], expected: list[tuple[str, str, list[Points], int]]) -> None:
    assert [(one["type"], one["name"], one["shapes"]) for one in drawn["series"]] == [
        (type, name, shapes) for type, name, _, shapes in expected
    ]
    for series, (_, _, points, _) in zip(drawn["series"], expected, strict=True):
        assert [{key: point[key] for key in points[0]} for point in series["points"]] == points


@both_themes
@pytest.mark.parametrize("widget", HIGHCHARTS)
def test_highcharts_draws_every_series(board: Board, widget: str, theme: str) -> None:
    drawn = board.draw(widget, theme)
    check_drawn(board, drawn, theme)
    constructor, series = HIGHCHARTS[widget]
    assert drawn["constructor"] == constructor
    check_series(drawn, series)


@both_themes
def test_highcharts_draws_options_without_template_as_they_are(board: Board, theme: str) -> None:
    drawn = board.draw("columns_untouched", theme)
    check_series(drawn, COLUMNS)
    assert (drawn["background"], drawn["grid"]) == ("#ffffff", "#e6e6e6")
    assert "template" not in drawn["body"]["userOptions"].keys() | drawn["body"].keys()
    assert "backgroundColor" not in drawn["body"]["userOptions"].get("chart", {})


@pytest.mark.parametrize("widget", HIGHCHARTS)
def test_the_raw_rows_are_what_highcharts_draws(board: Board, widget: str) -> None:
    rows = []
    for _, name, points, _ in HIGHCHARTS[widget][1]:
        rows += [
            {"trace": name, **point, **({"x": point["category"]} if "category" in point else {})} for point in points
        ]
    found = board.raw(widget)
    assert len(found) == len(rows)
    for row, point in zip(found, rows, strict=True):
        assert {key: point[key] for key in row if key in point} == {key: row[key] for key in row if key in point}
        assert {"y", "close", "end", "value"} & row.keys() & point.keys()


WEIGHED = [{"desk": desk, "weight": weight} for desk, weight in zip(DESKS, WEIGHTS, strict=True)]
VEGA = {"bars": ["rect"], "altair": ["rect", "text"], "altair_text": ["rect", "text"]}


@both_themes
@pytest.mark.parametrize("widget", VEGA)
def test_vega_draws_every_mark(board: Board, widget: str, theme: str) -> None:
    drawn = board.draw(widget, theme)
    check_drawn(board, drawn, theme)
    assert drawn["warnings"] == []
    assert [mark["type"] for mark in drawn["marks"]] == VEGA[widget]
    for mark in drawn["marks"]:
        assert [{key: row[key] for key in ("desk", "weight")} for row in mark["data"]] == WEIGHED
        assert mark["type"] != "text" or mark["fill"].lower() == TEXTS[theme]
    # Workspace gives it the size of the widget: larger, and the axis titles were cut off.
    assert drawn["size"] == [900, 600]


@both_themes
def test_vega_draws_a_specification_without_template_as_it_is(board: Board, theme: str) -> None:
    drawn = board.draw("bars_untouched", theme)
    assert (drawn["background"], drawn["text"], drawn["grid"]) == ("white", ["#000"], "#ddd")
    assert "config" not in drawn["body"]


@pytest.mark.parametrize("widget", VEGA)
def test_the_raw_rows_are_what_vega_draws(board: Board, widget: str) -> None:
    assert board.raw(widget) == WEIGHED
