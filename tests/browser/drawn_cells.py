"""A table with every render helper, for ``test_draw_cells.py``. Called by ``drawings.py``."""

from __future__ import annotations

from typing import Any

from flask import Flask

from flask_openbb import (
    ColorRule,
    Column,
    OpenBB,
    cell_change,
    click_to_group,
    color_rules,
    green_red,
    hover_card,
    send_to_agent,
    sparkline,
    title_case,
)

ORANGE, VIOLET, TEAL, YELLOW = "#ff8800", "#8844ff", "#00aa99", "#FFD700"

ROWS: list[dict[str, Any]] = [
    {
        "symbol": "AAPL",
        "code": "0001",
        "item": "net_income",
        "change": 2.5,
        "close": 10,
        "score": 95,
        "grade": 5,
        "note": "Strong buy",
        "quote": {"mid": 101.5, "bid": 101, "venue": "NYSE"},
        "last": {"value": 7, "size": 300},
        "owner": "Ann",
        "ask": "Why?",
        "live": 10,
        "trend": [1, 3, 2, 5],
        "bars": [3, -2, 4],
        "history": [5, 4, 6],
    },
    {
        "symbol": "MSFT",
        "code": "0002",
        "item": "GROSS PROFIT",
        "change": -1.25,
        "close": 20,
        "score": 50,
        "grade": 12,
        "note": "hold",
        "quote": None,
        "last": {"value": 8, "size": 0},
        "owner": "Bob",
        "ask": "How?",
        "live": 20,
        "trend": [],
        "bars": [1, 1, 1],
        "history": [2, 3, 1],
    },
]
COLUMNS = [
    Column("symbol", render=click_to_group("symbol", value_field="code")),
    Column("code", hide=True),
    Column("item", render=title_case()),
    Column("change", prefix="$", suffix=" m", render=green_red()),
    Column("close", render=green_red(by="change")),
    Column(
        "score",
        render=color_rules(ColorRule.gte(90, "green", fill=True), ColorRule.between(40, 60, "#123456", fill=True)),
    ),
    Column("grade", render=color_rules(ColorRule.lt(10, "blue"), ColorRule.gt(10, YELLOW))),
    Column("note", render=color_rules(ColorRule.contains("BUY", "green"), ColorRule.not_contains("buy", "red"))),
    Column("quote", render=hover_card(title="Quote", markdown="**{venue}** bids {bid}", cell_field="mid")),
    Column("last", render=hover_card()),
    Column("owner", render=hover_card(markdown="Owner of {symbol}: {owner}")),
    Column("ask", render=[send_to_agent("Explain {symbol}: {value}", agent="analyst"), green_red(by="change")]),
    Column("live", render=cell_change()),
    Column("trend", render=sparkline("line", stroke=ORANGE, stroke_width=3)),
    Column("bars", render=sparkline("bar", fill=VIOLET, direction="vertical")),
    Column("area", render=sparkline("area", data_field="history", fill=TEAL, stroke=TEAL, stroke_width=2)),
    Column("history", hide=True),
]


def add_cells(app: Flask, openbb: OpenBB) -> None:
    @app.get("/cells")
    @openbb.table(columns=COLUMNS)
    def cells(symbol: str = "0001") -> list[dict[str, Any]]:
        """Show a cell of each kind; the chart of an area is of another field."""
        return [{**row, "area": None} for row in ROWS]
