"""Prices of one or several instruments: a table, two charts, and the returns of whole years."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import plotly.graph_objects as go
from flask import Blueprint
from marshmallow import Schema, fields

from flask_openbb import Column, Param

from .. import analytics, charts, store
from ..extensions import openbb
from .symbols import MARKETS, Market, quotes_or_404, symbols

bp = Blueprint("prices", __name__, url_prefix="/widgets/prices")

Interval = Literal["day", "week", "month"]
LAST_YEAR = date(2018, 1, 1)
INDICES = ["SP500", "NASDAQ"]

Equity = Annotated[str, Param(label="Index", options=symbols, options_params={"market": "equity"})]
AnySymbol = Annotated[str, Param(label="Symbol", options=symbols, options_params={"market": "$market"})]


class PriceSchema(Schema):
    """One row of the price table: the columns Workspace shows, and the rows' check and format."""

    date = fields.Date(required=True)
    open = fields.Float()
    high = fields.Float()
    low = fields.Float()
    close = fields.Float(required=True)
    volume = fields.Integer(metadata={"formatter_fn": "int", "header_tooltip": "Shares traded"})


@bp.get("/history")
@openbb.table(
    name="Price history",
    category="Prices",
    grid=(20, 14),
    columns=PriceSchema,
    # Whoever has the desk's MCP server too is shown this widget for the answers of its tool with the same figures.
    mcp_tool={"mcp_server": "market-data", "tool_id": "price_history"},
)
def history(
    market: Annotated[Market, Param(description="Shortens the list of symbols", options=MARKETS)] = "all",
    symbol: AnySymbol = "SP500",
    start: date = LAST_YEAR,
    end: date = store.LAST_DAY,
    interval: Interval = "day",
) -> list[store.Quote]:
    """Daily, weekly or monthly prices of one instrument, newest first.

    ``market`` is not used here: it is what the dropdown of ``symbol`` depends on.
    """
    quotes = quotes_or_404(symbol, start=start, end=end)
    return analytics.by_period(quotes, interval)[::-1]


@bp.post("/every-quote")
@openbb.row_model(
    name="Every quote",
    category="Prices",
    grid=(40, 14),
    key=["symbol", "date"],
    columns=[
        Column("symbol", cell_data_type="text", chart_data_type="category"),
        Column("market", cell_data_type="text", chart_data_type="category"),
        Column("date", cell_data_type="dateString"),
        Column("open", cell_data_type="number"),
        Column("high", cell_data_type="number"),
        Column("low", cell_data_type="number"),
        Column("close", cell_data_type="number", agg_func="avg"),
        Column("volume", cell_data_type="number", formatter_fn="int", agg_func="sum"),
    ],
)
def every_quote(market: Annotated[Market, Param(label="Market", options=MARKETS)] = "all") -> list[dict[str, Any]]:
    """All quotes on file, of which Workspace is sent the page that is on the screen.

    Sorts, filters and groups are the extension's; the view only says which rows there are.
    """
    return [row for row in store.every_quote() if market in ("all", row["market"])]


@bp.get("/candles")
@openbb.chart(name="Candles", category="Prices", grid=(40, 16))
def candles(
    *,
    symbol: Equity = "SP500",
    start: date = LAST_YEAR,
    end: date = store.LAST_DAY,
    interval: Interval = "day",
    window: Annotated[int, Param(label="Average of", min=2, max=250, step=1)] = 20,
    volume: Annotated[bool, Param(label="Volume")] = True,
    theme: str = "dark",
) -> go.Figure:
    """Open, high, low and close of a stock index with a moving average, as Workspace's theme wants it."""
    quotes = analytics.by_period(quotes_or_404(symbol, start=start, end=end), interval)
    return charts.candles(quotes, window=window, volume=volume, interval=interval, theme=theme)


@bp.get("/comparison")
@openbb.chart(name="Comparison", category="Prices", grid=(40, 14), raw=True)
def comparison(
    compare: Annotated[list[str], Param(label="Compare", options=symbols)] = INDICES,
    start: date = LAST_YEAR,
    end: date = store.LAST_DAY,
    theme: str = "dark",
    raw: bool = False,
) -> go.Figure | list[dict[str, Any]]:
    """Several instruments on one scale: the first close shown is 100.

    Workspace asks a second time with ``raw=true`` when somebody wants the figures behind the chart.
    """
    series = {symbol: _rebased(symbol, start, end) for symbol in compare}
    if raw:
        return [
            {"symbol": symbol, "date": day, "value": value}
            for symbol in series
            for day, value in series[symbol].items()
        ]
    return charts.lines(series, unit="First close = 100", theme=theme)


@bp.get("/years/<symbol>")
@openbb.table(
    name="Yearly returns",
    category="Prices",
    grid=(20, 14),
    columns=[
        Column("year", cell_data_type="text", chart_data_type="category", pinned="left"),
        Column("change", header_name="Change", formatter_fn="percent", render_fn="greenRed"),
        Column("volatility", formatter_fn="percent", header_tooltip="Of daily changes, scaled to a year"),
    ],
    chart_view={"enabled": True, "chartType": "column"},
)
def years(symbol: Equity = "SP500") -> list[dict[str, Any]]:
    """How much one index rose or fell in each year, as a table or as columns."""
    quotes = quotes_or_404(symbol)
    return [
        {"year": str(year), "change": change, "volatility": _volatility(quotes, year)}
        for year, change in analytics.yearly_returns(quotes).items()
    ]


def _rebased(symbol: str, start: date, end: date) -> Mapping[date, float]:
    quotes = quotes_or_404(symbol, start=start, end=end)
    values = analytics.rebased([quote.close for quote in quotes])
    return dict(zip([quote.date for quote in quotes], values, strict=True))


def _volatility(quotes: list[store.Quote], year: int) -> float:
    return analytics.volatility([quote.close for quote in quotes if quote.date.year == year])
