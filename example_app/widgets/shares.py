"""Tables that start as a chart of what something is made of: rings, areas, circles, steps and funnels.

As in ``trends.py``, ``chart_view=`` says which chart, and the view returns rows.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flask import Blueprint

from flask_openbb import Column

from .. import analytics, book
from ..extensions import openbb
from .chart_view import MONTHS, YEAR, Equity, Symbol, as_chart
from .symbols import quotes_or_404

bp = Blueprint("shares", __name__, url_prefix="/widgets/shares")

INSTRUMENT = Column("instrument", chart_data_type="category")


@bp.get("/positions")
@openbb.table(
    name="Shares of the portfolio",
    category="Tables as charts",
    grid=(20, 12),
    columns=[INSTRUMENT, Column("value", prefix="$", decimal_places=0)],
    chart_view=as_chart("donut", "instrument", "value"),
)
def positions() -> list[dict[str, Any]]:
    """What each position is worth, as a ring."""
    return [{"instrument": each.item.name, "value": each.value} for each in book.positions()]


@bp.get("/purchases")
@openbb.table(
    name="Purchases by size",
    category="Tables as charts",
    grid=(20, 12),
    columns=[INSTRUMENT, YEAR, Column("cost", prefix="$", decimal_places=0)],
    chart_view=as_chart("treemap", "instrument", "year", "cost", chartSettingsOpen=True),
)
def purchases() -> list[dict[str, Any]]:
    """What was paid for each purchase, as areas within areas."""
    return [
        {"instrument": each.item.name, "year": str(lot.bought.year), "cost": lot.cost}
        for each in book.positions()
        for lot in each.lots
    ]


@bp.get("/seasonality")
@openbb.table(
    name="Seasons of an index",
    category="Tables as charts",
    grid=(20, 12),
    columns=[Column("month", chart_data_type="category"), Column("change", header_name="Mean change")],
    chart_view=as_chart("radarLine", "month", "change"),
)
def seasonality(symbol: Equity = "SP500") -> list[dict[str, Any]]:
    """The mean change of each calendar month, on a circle."""
    by_month: dict[Any, list[Any]] = {}
    for row in analytics.monthly_changes(quotes_or_404(symbol)):
        by_month.setdefault(row["month"], []).append(row["change"])
    return [
        {"month": MONTHS[month - 1], "change": round(sum(by_month[month]) / len(by_month[month]), 2)}
        for month in sorted(by_month)
    ]


@bp.get("/gains")
@openbb.table(
    name="From cost to value",
    category="Tables as charts",
    grid=(20, 12),
    columns=[Column("step", chart_data_type="category"), Column("amount", prefix="$", decimal_places=0)],
    chart_view=as_chart("waterfall", "step", "amount"),
)
def gains() -> list[dict[str, Any]]:
    """What was paid, and what each position added or took, as steps."""
    _, cost = book.total()
    return [
        {"step": "Cost", "amount": cost},
        *({"step": each.item.name, "amount": each.gain} for each in book.positions()),
    ]


@bp.get("/days-up")
@openbb.table(
    name="Days up",
    category="Tables as charts",
    grid=(20, 12),
    columns=[YEAR, Column("up", header_name="Days up")],
    chart_view=as_chart("radialColumn", "year", "up"),
)
def days_up(symbol: Symbol = "SP500") -> list[dict[str, Any]]:
    """On how many days of each year an instrument closed higher, as columns around a centre."""
    up = [new.date.year for old, new in pairwise(quotes_or_404(symbol)) if new.close > old.close]
    return [{"year": str(year), "up": up.count(year)} for year in book.YEARS]


@bp.get("/moves")
@openbb.table(
    name="Days by size of move",
    category="Tables as charts",
    grid=(20, 12),
    columns=[Column("move", chart_data_type="category"), Column("days")],
    chart_view=as_chart("funnel", "move", "days"),
)
def moves(symbol: Symbol = "SP500") -> list[dict[str, Any]]:
    """How many days moved by a half per cent or more, how many of these by one, by two and by three: a funnel."""
    changes = [abs(analytics.change(new.close, old.close)) for old, new in pairwise(quotes_or_404(symbol))]
    return [
        {"move": f"{least} % or more", "days": sum(1 for change in changes if change >= least)}
        for least in (0.5, 1, 2, 3)
    ]
