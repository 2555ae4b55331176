"""How things move together, and how far they fell."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import plotly.graph_objects as go
from flask import Blueprint

from flask_openbb import Param

from .. import analytics, charts, store
from ..extensions import openbb
from .symbols import quotes_or_404, symbols

bp = Blueprint("risk", __name__, url_prefix="/widgets/risk")

YEARS = [str(year) for year in range(store.FIRST_DAY.year, store.LAST_DAY.year + 1)]


@bp.get("/correlation")
@openbb.chart(name="Correlation of daily changes", category="Risk", grid=(20, 14))
def correlation(
    year: Annotated[str, Param(type="tabs", label="Year", options=YEARS)] = YEARS[-1],
    theme: str = "dark",
) -> go.Figure:
    """How closely stocks, their expected volatility and oil moved together in one year; one tab a year."""
    first, last = date(int(year), 1, 1), date(int(year), 12, 31)
    series = [store.quotes(item.symbol, start=first, end=last) for item in store.instruments()]
    table = [[analytics.correlation(left, right) for right in series] for left in series]
    return charts.heat_map([item.name for item in store.instruments()], table, theme=theme)


@bp.get("/drawdowns")
@openbb.chart(
    name="Drawdowns",
    category="Risk",
    grid=(20, 14),
    # Two rows of inputs; what each of them is, the view's arguments say.
    params=[[Param("symbol"), Param("fill")], [Param("start"), Param("end")]],
)
def drawdowns(
    symbol: Annotated[str, Param(label="Symbol", options=symbols)] = "SP500",
    fill: Annotated[bool, Param(label="Fill the area")] = True,
    start: date = store.FIRST_DAY,
    end: date = store.LAST_DAY,
    theme: str = "dark",
) -> go.Figure:
    """How far below its highest close so far an instrument was."""
    quotes = quotes_or_404(symbol, start=start, end=end)
    falls = analytics.drawdowns([quote.close for quote in quotes])
    points = dict(zip([quote.date for quote in quotes], falls, strict=True))
    return charts.lines({symbol: points}, unit="% below the highest", theme=theme, fill=fill)
