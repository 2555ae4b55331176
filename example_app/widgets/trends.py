"""Tables that start as a chart of how something went: lines, areas, bars, points, boxes and ranges.

``chart_view=`` says which; whoever looks at it can switch back to the table, or to another chart. The view returns
rows, as for any table. ``shares.py`` has the charts of what something is made of.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flask import Blueprint

from flask_openbb import Column

from .. import analytics, book, store
from ..extensions import openbb
from .chart_view import MONTHS, YEAR, Equity, Symbol, as_chart
from .symbols import quotes_or_404

bp = Blueprint("trends", __name__, url_prefix="/widgets/trends")


@bp.get("/closes")
@openbb.table(
    name="Month-end closes",
    category="Tables as charts",
    grid=(20, 12),
    columns=[Column("date", cell_data_type="dateString", chart_data_type="category"), Column("close")],
    chart_view=as_chart(
        "line", "date", "close", xLabel="Month", yLabel="Close", chartNavigatorEnabled=True, chartMiniChartEnabled=True
    ),
)
def closes(symbol: Symbol = "NASDAQ") -> list[dict[str, Any]]:
    """The last close of each month, as a line with a navigator."""
    months = analytics.by_period(quotes_or_404(symbol), "month")
    return [{"date": month.date, "close": month.close} for month in months]


@bp.get("/consumer-prices")
@openbb.table(
    name="Consumer prices as an area",
    category="Tables as charts",
    grid=(20, 12),
    columns=[Column("month", cell_data_type="dateString", chart_data_type="category"), Column("change")],
    chart_view=as_chart("area", "month", "change"),
)
def consumer_prices() -> list[analytics.Inflation]:
    """The change of core consumer prices over twelve months, as an area."""
    return analytics.inflation(store.core_cpi())


@bp.get("/returns")
@openbb.table(
    name="Returns side by side",
    category="Tables as charts",
    grid=(20, 12),
    columns=[YEAR, Column("SP500", header_name="S&P 500"), Column("NASDAQ"), Column("WTI", header_name="Oil")],
    chart_view=as_chart("groupedBar", "year", "SP500", "NASDAQ", "WTI"),
)
def returns() -> list[dict[str, Any]]:
    """The return of each year of two indices and oil, as bars beside each other."""
    by_symbol = {symbol: analytics.yearly_returns(store.quotes(symbol)) for symbol in book.PLAN}
    return [{"year": str(year), **{symbol: by_symbol[symbol][year] for symbol in by_symbol}} for year in book.YEARS]


@bp.get("/volatility-and-change")
@openbb.table(
    name="Fear and falls",
    category="Tables as charts",
    grid=(20, 12),
    columns=[Column("date", cell_data_type="dateString", chart_data_type="excluded"), Column("vix"), Column("change")],
    chart_view=as_chart("scatter", "vix", "change", xLabel="VIX", yLabel="S&P 500 in the month, %"),
)
def volatility_and_change() -> list[dict[str, Any]]:
    """The VIX at the end of each month against the S&P 500's change in it, one point a month."""
    fear = {quote.date: quote.close for quote in store.quotes("VIX")}
    months = analytics.by_period(store.quotes("SP500"), "month")
    return [
        {"date": new.date, "vix": fear[new.date], "change": analytics.change(new.close, old.close)}
        for old, new in pairwise(months)
        if new.date in fear
    ]


@bp.get("/months")
@openbb.table(
    name="Months of all years",
    category="Tables as charts",
    grid=(20, 12),
    columns=[Column("change")],
    chart_view=as_chart("histogram", "change"),
)
def months(symbol: Symbol = "SP500") -> list[dict[str, Any]]:
    """How often a month's change was how large."""
    return [{"change": row["change"]} for row in analytics.monthly_changes(quotes_or_404(symbol))]


@bp.get("/spread")
@openbb.table(
    name="Spread of the closes",
    category="Tables as charts",
    grid=(20, 12),
    columns=[YEAR, Column("low"), Column("q1"), Column("median"), Column("q3"), Column("high")],
    chart_view=as_chart("boxPlot", "year", "low", "q1", "median", "q3", "high"),
)
def spread(symbol: Symbol = "WTI") -> list[dict[str, Any]]:
    """Lowest close, quartiles and highest close of each year, as boxes."""
    rows = []
    for year in book.YEARS:
        closes = [quote.close for quote in quotes_or_404(symbol) if quote.date.year == year]
        q1, median, q3 = analytics.quantiles(closes)
        rows.append({"year": str(year), "low": min(closes), "q1": q1, "median": median, "q3": q3, "high": max(closes)})
    return rows


@bp.get("/month-by-year")
@openbb.table(
    name="Heat of the months",
    category="Tables as charts",
    grid=(20, 12),
    columns=[YEAR, *[Column(month) for month in MONTHS]],
    chart_view=as_chart("heatmap", "year", *MONTHS, ignoreCellRange=False),
)
def month_by_year(symbol: Symbol = "SP500") -> list[dict[str, Any]]:
    """The change in each month, one line a year, as a heat map."""
    rows: dict[Any, dict[str, Any]] = {}
    for row in analytics.monthly_changes(quotes_or_404(symbol)):
        year = rows.setdefault(row["year"], {"year": row["year"], **dict.fromkeys(MONTHS)})
        year[MONTHS[int(str(row["month"])) - 1]] = row["change"]
    return list(rows.values())


@bp.get("/risk-and-return")
@openbb.table(
    name="Return and volatility",
    category="Tables as charts",
    grid=(20, 12),
    columns=[YEAR, Column("change"), Column("volatility")],
    chart_view=as_chart("columnLineCombo", "year", "change", "volatility"),
)
def risk_and_return(symbol: Equity = "SP500") -> list[dict[str, Any]]:
    """The return of each year as columns, its volatility as a line."""
    quotes = quotes_or_404(symbol)
    return [
        {
            "year": str(year),
            "change": change,
            "volatility": analytics.volatility([quote.close for quote in quotes if quote.date.year == year]),
        }
        for year, change in analytics.yearly_returns(quotes).items()
    ]


@bp.get("/ranges")
@openbb.table(
    name="Ranges of the years",
    category="Tables as charts",
    grid=(20, 12),
    columns=[YEAR, Column("low"), Column("high")],
    chart_view=as_chart("rangeBar", "year", "low", "high"),
)
def ranges(symbol: Equity = "NASDAQ") -> list[dict[str, Any]]:
    """From the lowest low to the highest high of each year, as floating bars."""
    quotes = quotes_or_404(symbol)
    return [
        {
            "year": str(year),
            "low": min((q.low for q in quotes if q.date.year == year and q.low is not None), default=None),
            "high": max((q.high for q in quotes if q.date.year == year and q.high is not None), default=None),
        }
        for year in book.YEARS
    ]
