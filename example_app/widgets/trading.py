"""Volumes, closes, and how the days and months of an instrument are spread: Highcharts and Vega-Lite.

Both kinds take the chart as the library itself describes it, so the views return plain mappings.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal

from flask import Blueprint

from flask_openbb import Param

from .. import analytics, charts, store
from ..extensions import openbb
from ..feed import QuotesFeed
from .symbols import by_market, instruments, quotes_or_404

bp = Blueprint("trading", __name__, url_prefix="/widgets/trading")

Years = Literal["2014", "2015", "2016", "2017", "2018"]
AnyInstrument = Annotated[str, Param(label="Instrument", options=instruments, style={"popupWidth": 420})]


@bp.get("/volume")
@openbb.highcharts(name="Volume by month", category="Trading", grid=(20, 12), raw=True, template=True)
def volume(
    symbol: Annotated[str, Param(label="Index", options=by_market, query="equity")] = "SP500",
    year: Years = "2018",
) -> dict[str, Any]:
    """Shares traded in each month of one year, in millions."""
    quotes = quotes_or_404(symbol, start=date(int(year), 1, 1), end=date(int(year), 12, 31))
    months = analytics.by_period(quotes, "month")
    return {
        **charts.BARE,
        "xAxis": {"categories": [f"{month.date:%b}" for month in months]},
        "yAxis": {"title": {"text": "Million shares"}},
        "series": [
            {
                "type": "column",
                "name": store.instrument(symbol).name,
                "data": [None if month.volume is None else round(month.volume / 1e6) for month in months],
            }
        ],
    }


@bp.get("/closes")
@openbb.highcharts(name="Closes with a navigator", category="Trading", grid=(40, 14), template=True)
def closes(symbol: AnyInstrument = "WTI") -> dict[str, Any]:
    """Every close on file, as a stock chart with its own range selector."""
    points = [[charts.milliseconds(quote.date), quote.close] for quote in quotes_or_404(symbol)]
    item = store.instrument(symbol)
    return {
        "constructorType": "stockChart",
        "userOptions": {
            **charts.BARE,
            "rangeSelector": {"selected": 4},
            "yAxis": {"title": {"text": item.unit}},
            "series": [{"type": "line", "name": item.name, "data": points}],
        },
    }


@bp.get("/changes")
@openbb.vegalite(name="Spread of daily changes", category="Trading", grid=(20, 12), raw=True, template=True)
def changes(symbol: AnyInstrument = "SP500", year: Years = "2018") -> dict[str, Any]:
    """How often an instrument moved by how much in a day."""
    quotes = quotes_or_404(symbol, start=date(int(year), 1, 1), end=date(int(year), 12, 31))
    rows = [
        {"day": new.date.isoformat(), "change": analytics.change(new.close, old.close)} for old, new in pairwise(quotes)
    ]
    return {
        "data": {"values": rows},
        "mark": "bar",
        "encoding": {
            "x": {"field": "change", "type": "quantitative", "bin": {"maxbins": 30}, "title": "Change in a day, %"},
            "y": {"aggregate": "count", "title": "Days"},
        },
    }


@bp.get("/seasons")
@openbb.vegalite(name="Months by year", category="Trading", grid=(20, 12), template=True)
def seasons(symbol: AnyInstrument = "SP500") -> dict[str, Any]:
    """The change in each month of each year, as coloured squares."""
    return {
        "data": {"values": analytics.monthly_changes(quotes_or_404(symbol))},
        "mark": "rect",
        "encoding": {
            "x": {"field": "month", "type": "ordinal"},
            "y": {"field": "year", "type": "ordinal"},
            "color": {
                "field": "change",
                "type": "quantitative",
                "scale": {"scheme": "redblue", "domainMid": 0},
                "title": "%",
            },
        },
    }


# Workspace gives a parameter of the type ticker the dashboard's; widgets that have one are in one group.
Ticker = Annotated[str, Param(type="ticker", label="Ticker", description="The dashboard's")]


@bp.get("/quote")
@openbb.metric(name="Quote", category="Trading", grid=(10, 5))
def quote(symbol: Ticker = "SP500") -> tuple[str, float, float]:
    """The last close of the dashboard's ticker, and its change on the day."""
    before, last = quotes_or_404(symbol)[-2:]
    return store.instrument(symbol).name, last.close, analytics.change(last.close, before.close)


@bp.get("/range")
@openbb.metric(id="trading_range", name="Range of a year", category="Trading", grid=(10, 5))
def year_range(symbol: Ticker = "SP500") -> list[tuple[str, float]]:
    """The lowest and the highest close of the dashboard's ticker in the last year on file."""
    closes = [quote.close for quote in quotes_or_404(symbol, start=store.LAST_DAY - timedelta(days=365))]
    return [("Lowest in a year", min(closes)), ("Highest in a year", max(closes))]


chart = openbb.udf(
    "/widgets/trading/chart",
    QuotesFeed(),
    id="trading_chart",
    name="Advanced chart",
    description="TradingView's chart of the quotes on file: daily, weekly and monthly bars, with marks on large moves.",
    category="Trading",
    grid=(40, 20),
    # Milliseconds: the quotes on file never change, so once a day is often enough.
    update_frequency=86_400_000,
)
