"""The model portfolio: positions, the purchases behind them, their value over time, and other weights."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

import plotly.graph_objects as go
from flask import Blueprint, abort

from flask_openbb import Grid, Param

from .. import analytics, book, charts, store
from ..extensions import openbb
from . import portfolio_columns
from .symbols import holdings

bp = Blueprint("portfolio", __name__, url_prefix="/widgets/portfolio")

Holding = Annotated[str, Param(label="Holding", options=holdings)]


@bp.get("/summary")
@openbb.metric(name="Portfolio", category="Portfolio", grid=(40, 5), show_title=False)
def summary() -> list[tuple[str, str, float]]:
    """What the model portfolio is worth, and what it has gained."""
    value, cost = book.total()
    move = analytics.change(value, cost)
    best = max(book.positions(), key=lambda each: each.move)
    return [
        ("Value", f"${value:,.0f}", move),
        ("Gain", f"${value - cost:,.0f}", move),
        ("Best position", best.item.name, best.move),
    ]


@bp.get("/positions")
@openbb.table(
    name="Positions",
    category="Portfolio",
    sub_category="Holdings",
    # What the widget may be shrunk and stretched to, in cells.
    grid=Grid(40, 9, min_w=20, min_h=6, max_w=40, max_h=20),
    columns=portfolio_columns.POSITIONS,
    source=["Yahoo! Finance", "FRED"],
    # The agent reads the rows as a table, not as text.
    copilot_parse_as="structured",
    # The closes come once a day: a cron expression for "after the close", and its words on the refresh button.
    refetch_interval="30 22 * * 1-5",
    data_update_display="30 22 * * 1-5",
)
def positions(
    holding: Annotated[str, Param(show=False, options=holdings, description="Set by a click on a symbol")] = "SP500",
) -> list[dict[str, Any]]:
    """Each position with its gain, its last closes and its years. Click a symbol to see its purchases.

    ``holding`` is not used here: a click sets it, in every widget that shares it.
    """
    value, _ = book.total()
    return [_position(each, value) for each in book.positions()]


@bp.get("/lots")
@openbb.table(
    name="Purchases",
    category="Portfolio",
    sub_category="Holdings",
    grid=(20, 12),
    columns=portfolio_columns.LOTS,
    enable_advanced=True,
    enable_formulas=True,
)
def lots(holding: Holding = "SP500") -> list[dict[str, Any]]:
    """The purchases of one position, by what became of them; formulas and pivots may be added in the table."""
    found = _lots(holding)
    value = sum(lot.value for lot in found)
    return [
        {
            "result": "gain" if lot.gain >= 0 else "loss",
            "bought": lot.bought,
            "units": lot.units,
            "price": lot.price,
            "cost": lot.cost,
            "value": lot.value,
            "gain": lot.gain,
            "move": analytics.change(lot.value, lot.cost),
            "multiple": lot.last / lot.price,
            "share": lot.value / value,
        }
        for lot in found
    ]


@bp.get("/value")
@openbb.chart(
    name="Portfolio value",
    category="Portfolio",
    grid=(20, 12),
    # Workspace's colours and the chart's toolbar, without a word about either in the view.
    template=True,
    toolbar={"displayModeBar": True, "scrollZoom": True},
    raw=True,
)
def value(start: date = store.FIRST_DAY, end: date = store.LAST_DAY) -> go.Figure:
    """What each position was worth, one above the other; the figures behind it are read from the chart itself."""
    days = book.values(start=start, end=end)
    chart = go.Figure(layout=charts.COMPACT)
    for symbol in book.PLAN:
        worth = [closes[symbol] for closes in days.values()]
        chart.add_scatter(x=list(days), y=worth, name=store.instrument(symbol).name, stackgroup="value")
    return chart.update_yaxes(title_text="US dollars")


@bp.get("/years")
@openbb.table(
    name="Portfolio by year",
    category="Portfolio",
    grid=(20, 8),
    # One line a measure and one column a year; every figure of the table is a whole number.
    transpose=True,
    formatter_fn="int",
    show_all=True,
    columns=portfolio_columns.YEARS,
)
def years() -> list[dict[str, Any]]:
    """What was paid in each year, and the value at its end."""
    rows = []
    for year in book.YEARS:
        days = book.values(start=date(year, 1, 1), end=date(year, 12, 31))
        paid = [lot.cost for symbol in book.PLAN for lot in book.lots(symbol) if lot.bought.year == year]
        rows.append({"year": str(year), "paid": sum(paid), "value": sum(list(days.values())[-1].values())})
    return rows


WEIGHTS = '{"SP500": 60, "NASDAQ": 30, "WTI": 10}'


@bp.get("/what-if")
@openbb.chart(name="What if", category="Portfolio", grid=(40, 14), run_button=True, template=True)
def what_if(
    weights: Annotated[
        str,
        Param(label="Weights", language="json", description="Symbols and their weights, as a JSON object"),
    ] = WEIGHTS,
    start: date = store.FIRST_DAY,
) -> go.Figure:
    """What 100 dollars became if they were split so and then left alone. Asked only when somebody presses "run"."""
    shares = _weights(weights)
    days, columns = _common(shares, start)
    if not days:
        abort(404, f"Closes of all these symbols from {start} on are missing.")
    worth = [
        sum(share * column[place] / column[0] for share, column in zip(shares.values(), columns, strict=True))
        for place in range(len(days))
    ]
    points = go.Scatter(x=days, y=[round(each * 100, 2) for each in worth], name="What if")
    return go.Figure(points, layout=charts.COMPACT)


def _common(symbols: Any, start: date) -> tuple[list[date], list[list[float]]]:
    """The days that all symbols have, and the closes of each symbol on them."""
    series = [{quote.date: quote.close for quote in store.quotes(symbol, start=start)} for symbol in symbols]
    days = [day for day in series[0] if all(day in closes for closes in series[1:])]
    return days, [[closes[day] for day in days] for closes in series]


def _weights(text: str) -> dict[str, float]:
    """Read what somebody typed; whatever is wrong with it is a 400 in one sentence.

    ``abort`` is enough for that: its sentence is what Workspace shows in the widget.
    """
    try:
        given = json.loads(text)
        shares = {store.instrument(symbol).symbol: float(weight) for symbol, weight in given.items()}
    except store.UnknownSymbolError as error:
        abort(400, str(error))
    except (ValueError, TypeError, AttributeError):
        abort(400, f"The weights are not a JSON object of symbols and numbers, such as {WEIGHTS}.")
    total = sum(shares.values())
    if not shares or min(shares.values()) < 0 or not 0 < total < float("inf"):
        abort(400, "Give at least one weight above zero, and none below.")
    return {symbol: share / total for symbol, share in shares.items()}


def _position(position: book.Position, total: float) -> dict[str, Any]:
    item = position.item
    quotes = store.quotes(item.symbol)
    closes = [quote.close for quote in quotes]
    falls = zip([quote.date for quote in quotes], analytics.drawdowns(closes), strict=True)
    return {
        "symbol": item.symbol,
        # A hover card's cell is an object: one key is shown, the others are on the card.
        "name": {"value": item.name, "market": item.market, "unit": item.unit, "lots": len(position.lots)},
        "market": item.market,
        "units": position.units,
        "last": closes[-1],
        "value": position.value,
        "gain": position.gain,
        "move": position.move,
        "share": position.value / total,
        "risk": analytics.volatility(closes[-252:]),
        "closes": closes[-60:],
        # A sparkline draws a list of numbers, or a list of objects of which it is told the keys.
        "drawdown": [{"day": day, "fall": fall} for day, fall in list(falls)[-250::10]],
        "years": list(analytics.yearly_returns(quotes).values()),
        "as_of": quotes[-1].date,
        "in_profit": position.gain > 0,
    }


def _lots(holding: str) -> tuple[book.Lot, ...]:
    try:
        return book.lots(holding)
    except store.UnknownSymbolError as error:
        abort(404, str(error))
