"""The model portfolio, and what it is made of."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from example_workspace import Workspace

from . import proves
from .figures import (
    MONTHS,
    NAMES,
    UNITS,
    YEARS,
    closes,
    column,
    daily,
    held,
    lots,
    monthly,
    text,
    volatility,
    yearly,
)


@proves("portfolio_summary")
def summary(workspace: Workspace) -> None:
    value, cost = (sum(part) for part in zip(*map(held, UNITS), strict=True))
    move = round((value / cost - 1) * 100, 2)
    assert workspace.body("portfolio_summary") == [
        {"label": "Value", "value": f"${value:,.0f}", "delta": move},
        {"label": "Gain", "value": f"${value - cost:,.0f}", "delta": move},
        {"label": "Best position", "value": "NASDAQ Composite", "delta": 26.58},
    ]


@proves("portfolio_positions")
def positions(workspace: Workspace) -> None:
    rows = workspace.body("portfolio_positions")
    total = sum(held(symbol)[0] for symbol in UNITS)
    assert column(rows, "symbol") == list(UNITS)
    for row in rows:
        symbol, series = row["symbol"], closes(row["symbol"])
        value, cost = held(symbol)
        assert row["name"]["value"] == NAMES[symbol]
        assert row["name"]["lots"] == 5
        assert (row["units"], row["last"], row["value"]) == (5 * UNITS[symbol], series.iloc[-1], value)
        assert row["gain"] == pytest.approx(value - cost)
        assert row["move"] == round((value / cost - 1) * 100, 2)
        assert row["share"] == pytest.approx(value / total)
        assert row["risk"] == volatility(series[-252:])
        assert row["closes"] == list(series[-60:])
        falls = ((series / series.cummax() - 1) * 100)[-250::10]
        assert column(row["drawdown"], "day") == text(falls.index)
        assert column(row["drawdown"], "fall") == pytest.approx(list(falls), abs=0.006)
        assert row["years"] == list(yearly(symbol))
        assert row["in_profit"] is bool(value > cost)


@proves("portfolio_lots")
def purchases_of_one(workspace: Workspace) -> None:
    rows = workspace.body("portfolio_lots", holding="WTI")
    prices, last = lots("WTI"), closes("WTI").iloc[-1]
    assert column(rows, "bought") == text(prices.index)
    assert column(rows, "price") == list(prices)
    assert column(rows, "gain") == pytest.approx(list(2000 * (last - prices)))
    assert column(rows, "result") == ["gain" if last >= price else "loss" for price in prices]
    assert column(rows, "multiple") == pytest.approx(list(last / prices))
    assert column(rows, "share") == pytest.approx([0.2] * 5)


@proves("portfolio_value")
def value(workspace: Workspace) -> None:
    body = workspace.body("portfolio_value", start="2018-12-24")
    assert [trace["name"] for trace in body["data"]] == [NAMES[symbol] for symbol in UNITS]
    for trace, symbol in zip(body["data"], UNITS, strict=True):
        days = closes("SP500")["2018-12-24":].index
        series = closes(symbol).reindex(closes("SP500").index).ffill()[days]
        assert trace["x"] == text(days)
        assert trace["y"] == pytest.approx(list(5 * UNITS[symbol] * series))
    assert body["layout"]["template"]["layout"]["paper_bgcolor"] == "#151518"
    assert body["config"] == {"displayModeBar": True, "scrollZoom": True}
    raw = workspace.body("portfolio_value", start="2018-12-31", raw=True)
    assert column(raw, "trace") == [NAMES[symbol] for symbol in UNITS]


@proves("portfolio_years")
def portfolio_years(workspace: Workspace) -> None:
    rows = workspace.body("portfolio_years")
    assert column(rows, "year") == [str(year) for year in YEARS]
    paid = [sum(UNITS[symbol] * lots(symbol).iloc[place] for symbol in UNITS) for place in range(5)]
    assert column(rows, "paid") == pytest.approx(paid)
    last = {symbol: closes(symbol).iloc[-1] for symbol in UNITS}
    assert rows[-1]["value"] == pytest.approx(sum(5 * UNITS[symbol] * last[symbol] for symbol in UNITS))


@proves("portfolio_what_if")
def what_if(workspace: Workspace) -> None:
    (trace,) = workspace.body("portfolio_what_if", weights=json.dumps({"NASDAQ": 3, "WTI": 1}))["data"]
    both = pd.concat([closes("NASDAQ"), closes("WTI")], axis=1, sort=True).dropna()["2014":]
    expected = 75 * both.iloc[:, 0] / both.iloc[0, 0] + 25 * both.iloc[:, 1] / both.iloc[0, 1]
    assert trace["x"] == text(expected.index)
    assert trace["y"] == pytest.approx(list(expected), abs=0.006)
    (alone,) = workspace.body("portfolio_what_if", weights='{"wti": 2}', start="2018-12-27")["data"]
    assert alone["y"] == pytest.approx([100, 45.15 / 44.48 * 100], abs=0.006)


@proves("shares_positions")
def shares(workspace: Workspace) -> None:
    assert workspace.body("shares_positions") == [
        {"instrument": NAMES[symbol], "value": held(symbol)[0]} for symbol in UNITS
    ]


@proves("shares_purchases")
def purchases(workspace: Workspace) -> None:
    assert workspace.body("shares_purchases") == [
        {"instrument": NAMES[symbol], "year": str(day.year), "cost": pytest.approx(UNITS[symbol] * price)}
        for symbol in UNITS
        for day, price in lots(symbol).items()
    ]


@proves("shares_gains")
def gains(workspace: Workspace) -> None:
    cost = sum(held(symbol)[1] for symbol in UNITS)
    assert workspace.body("shares_gains") == [
        {"step": "Cost", "amount": pytest.approx(cost)},
        *({"step": NAMES[symbol], "amount": pytest.approx(held(symbol)[0] - held(symbol)[1])} for symbol in UNITS),
    ]


@proves("shares_moves")
def moves(workspace: Workspace) -> None:
    sizes = daily("SP500").abs()
    assert column(workspace.body("shares_moves"), "days") == [int((sizes >= least).sum()) for least in (0.5, 1, 2, 3)]


@proves("shares_seasonality")
def seasonality(workspace: Workspace) -> None:
    changes = monthly("NASDAQ")
    rows = workspace.body("shares_seasonality", symbol="NASDAQ")
    assert column(rows, "month") == MONTHS
    assert column(rows, "change") == pytest.approx(list(changes.groupby(changes.index.month).mean()), abs=0.006)


@proves("shares_days_up")
def days_up(workspace: Workspace) -> None:
    moved = closes("SP500").diff().dropna()
    up = moved[moved > 0]
    assert column(workspace.body("shares_days_up"), "up") == list(up.groupby(up.index.year).count())
