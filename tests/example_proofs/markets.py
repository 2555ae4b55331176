"""Overview, prices, trading, risk and macro."""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd
import pytest
from example_workspace import Workspace

from . import proves
from .figures import (
    FILES,
    MONTHS,
    NAMES,
    closes,
    daily,
    frame,
    inflation,
    month_ends,
    monthly,
    text,
    volatility,
    yearly,
)


@proves("overview_headlines")
def headlines(workspace: Workspace) -> None:
    *instruments, core = workspace.body("overview_headlines")
    assert instruments == [
        {"label": NAMES[symbol], "value": f"{closes(symbol).iloc[-1]:,.2f}", "delta": str(daily(symbol).iloc[-1])}
        for symbol in FILES
    ]
    before, last = inflation()[-2:]
    assert core == {"label": "Core inflation", "value": f"{last} %", "delta": str(round(last - before, 2))}


@proves("overview_briefing")
def briefing(workspace: Workspace) -> None:
    assert workspace.body("overview_briefing").splitlines()[:3] == [
        "# 2018 in the markets",
        "",
        "- **S&P 500** went from 2,673.61 to 2,506.85 points (-6.24 %), between 2,351.10 and 2,930.75.",
    ]
    oil, before = closes("WTI")["2016"], closes("WTI")["2015"].iloc[-1]
    assert workspace.body("overview_briefing", year=2016).splitlines()[-1] == (
        f"- **Crude oil (WTI)** went from {before:,.2f} to {oil.iloc[-1]:,.2f} USD a barrel "
        f"({yearly('WTI')[2016]:+.2f} %), between {oil.min():,.2f} and {oil.max():,.2f}."
    )


@proves("api_performance")
def performance(workspace: Workspace) -> None:
    rows = workspace.body("api_performance")
    assert [row["symbol"] for row in rows] == list(FILES)
    for row in rows:
        series = closes(row["symbol"])
        year = series["2017-12-31":]
        month_ago, year_ago = series[:"2018-12-01"].iloc[-1], series[:"2017-12-31"].iloc[-1]
        assert row == {
            "symbol": row["symbol"],
            "name": NAMES[row["symbol"]],
            "last_date": f"{series.index[-1]:%Y-%m-%d}",
            "last_close": series.iloc[-1],
            "change_day": daily(row["symbol"]).iloc[-1],
            "change_month": round((series.iloc[-1] / month_ago - 1) * 100, 2),
            "change_year": round((series.iloc[-1] / year_ago - 1) * 100, 2),
            "range_low": year.min(),
            "range_high": year.max(),
        }


@proves("prices_history")
def history(workspace: Workspace) -> None:
    rows = workspace.body("prices_history")
    file = frame("SP500").loc["2018"][::-1]
    assert [row.pop("date") for row in rows] == text(file.index)
    assert rows == file.to_dict("records")
    weeks = workspace.body("prices_history", interval="week", start="2018-12-17")
    assert [(row["date"], row["open"], row["close"]) for row in weeks] == [
        ("2018-12-31", 2498.94, 2506.85),
        ("2018-12-28", 2400.56, 2485.74),
        ("2018-12-21", 2590.75, 2416.62),
    ]


@proves("prices_every_quote")
def every_quote(workspace: Workspace) -> None:
    body = workspace.body("prices_every_quote", market="equity")
    first = frame("NASDAQ").iloc[0]
    assert body["rowCount"] == len(frame("SP500")) + len(frame("NASDAQ"))
    assert body["rowData"][0] == {"symbol": "NASDAQ", "market": "equity", "date": "2013-12-31", **first.to_dict()}
    assert len(body["rowData"]) == 100

    def ask(**request: Any) -> Any:
        path = "/" + workspace.widgets["prices_every_quote"]["endpoint"]
        return workspace.client.post(path, json={"startRow": 0, "endRow": 5, **request}).get_json()

    highest = ask(
        sortModel=[{"colId": "close", "sort": "desc"}],
        filterModel={"symbol": {"filterType": "text", "type": "equals", "filter": "WTI"}},
    )
    assert highest["rowCount"] == len(closes("WTI"))
    assert [row["close"] for row in highest["rowData"]] == list(closes("WTI").nlargest(5))
    grouped = ask(
        rowGroupCols=[{"id": "symbol", "field": "symbol", "displayName": "Symbol"}],
        valueCols=[{"id": "close", "field": "close", "displayName": "Close", "aggFunc": "avg"}],
    )
    means = {row["symbol"]: row["close"] for row in grouped["rowData"]}
    assert means == {symbol: pytest.approx(closes(symbol).mean()) for symbol in FILES}


@proves("prices_candles")
def candles(workspace: Workspace) -> None:
    body = workspace.body("prices_candles")
    file = frame("SP500").loc["2018"]
    candlestick, average, volume = body["data"]
    assert candlestick["x"] == text(file.index)
    assert [candlestick[name] for name in ("open", "high", "low", "close")] == [
        list(file[name]) for name in ("open", "high", "low", "close")
    ]
    assert average["y"][:19] == [None] * 19
    assert average["y"][19:] == pytest.approx(list(file["close"].rolling(20).mean()[19:]), abs=0.006)
    assert volume["y"] == pytest.approx(list(file["volume"]), nan_ok=True) or volume["y"] == [
        None if pd.isna(traded) else traded for traded in file["volume"]
    ]
    assert body["layout"]["paper_bgcolor"] == "#151518"


@proves("prices_comparison")
def comparison(workspace: Workspace) -> None:
    traces = workspace.body("prices_comparison")["data"]
    assert [trace["name"] for trace in traces] == ["SP500", "NASDAQ"]
    for trace in traces:
        series = closes(trace["name"])["2018"]
        assert trace["y"] == pytest.approx(list(series / series.iloc[0] * 100), abs=0.006)
    raw = workspace.body("prices_comparison", compare=["VIX"], raw=True)
    assert raw[0] == {"symbol": "VIX", "date": "2018-01-02", "value": 100.0}
    assert len(raw) == len(closes("VIX")["2018"])


@proves("prices_years")
def years(workspace: Workspace) -> None:
    assert workspace.body("prices_years") == [
        {"year": str(year), "change": change, "volatility": volatility(closes("SP500")[str(year)])}
        for year, change in yearly("SP500").items()
    ]


@proves("trading_volume")
def volume(workspace: Workspace) -> None:
    body = workspace.body("trading_volume", year="2016")
    traded = frame("SP500").loc["2016"]["volume"]
    options = body["userOptions"]
    assert body["constructorType"] == "chart"
    assert options["xAxis"]["categories"] == MONTHS
    assert options["series"][0]["data"] == [round(total / 1e6) for total in traded.groupby(traded.index.month).sum()]
    assert [row["x"] for row in workspace.body("trading_volume", raw=True)] == MONTHS


@proves("trading_closes")
def stock_chart(workspace: Workspace) -> None:
    body = workspace.body("trading_closes")
    series = closes("WTI")
    assert body["constructorType"] == "stockChart"
    milliseconds = [int(day.timestamp() * 1000) for day in series.index.tz_localize("UTC")]
    assert body["userOptions"]["series"][0]["data"] == [list(point) for point in zip(milliseconds, series, strict=True)]
    assert body["userOptions"]["chart"]["backgroundColor"] == "#151518"


@proves("trading_changes")
def changes(workspace: Workspace) -> None:
    body = workspace.body("trading_changes")
    series = closes("SP500")["2018"]
    expected = (series.pct_change().dropna() * 100).round(2)
    assert body["mark"] == "bar"
    assert body["data"]["values"] == [
        {"day": day, "change": change} for day, change in zip(text(expected.index), expected, strict=True)
    ]
    assert workspace.body("trading_changes", raw=True) == body["data"]["values"]


@proves("trading_seasons")
def seasons(workspace: Workspace) -> None:
    assert workspace.body("trading_seasons", symbol="WTI")["data"]["values"] == [
        {"year": str(day.year), "month": day.month, "change": change} for day, change in monthly("WTI").items()
    ]


@proves("trading_quote")
def quote(workspace: Workspace) -> None:
    assert workspace.body("trading_quote") == {
        "label": "S&P 500",
        "value": closes("SP500").iloc[-1],
        "delta": daily("SP500").iloc[-1],
    }


@proves("trading_range")
def year_range(workspace: Workspace) -> None:
    year = closes("WTI")["2017-12-31":"2018-12-31"]
    assert workspace.body("trading_range", symbol="WTI") == [
        {"label": "Lowest in a year", "value": year.min()},
        {"label": "Highest in a year", "value": year.max()},
    ]


@proves("trading_chart")
def chart(workspace: Workspace) -> None:
    endpoint = "/" + workspace.widgets["trading_chart"]["endpoint"]

    def ask(path: str, **query: Any) -> Any:
        return workspace.client.get(f"{endpoint}/{path}", query_string=query).get_json()

    def bars(symbol: str, resolution: str, start: str, end: str) -> dict[str, Any]:
        times = (int(pd.Timestamp(day, tz="UTC").timestamp()) for day in (start, end))
        return ask("history", symbol=symbol, resolution=resolution, **dict(zip(("from", "to"), times, strict=True)))

    assert workspace.widgets["trading_chart"]["data"]["defaultSymbol"] == "SP500"
    assert ask("config")["supported_resolutions"] == ["1D", "1W", "1M"]
    assert [found["symbol"] for found in ask("search", query="OIL", limit=30)] == ["WTI"]
    assert ask("symbols", symbol="NASDAQ")["description"] == "NASDAQ Composite"

    daily_bars, file = bars("SP500", "1D", "2018-12-01", "2019-01-01"), frame("SP500").loc["2018-12"]
    assert daily_bars["t"] == [int(day.timestamp()) for day in file.index.tz_localize("UTC")]
    for key, name in {"o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}.items():
        assert daily_bars[key] == list(file[name])
    months, by_month = bars("NASDAQ", "1M", "2018-01-01", "2019-01-01"), frame("NASDAQ").loc["2018"].groupby(month_of)
    assert months["o"] == list(by_month["open"].first())
    assert months["h"] == list(by_month["high"].max())
    assert months["l"] == list(by_month["low"].min())
    assert months["c"] == list(by_month["close"].last())
    assert bars("VIX", "1D", "2019-02-01", "2019-03-01")["s"] == "no_data"
    marked = ask("marks", symbol="WTI", resolution="1D", **{"from": 0, "to": 1546387200})
    assert sorted(marked["id"]) == sorted(text(daily("WTI").abs().nlargest(10).index))


def month_of(day: pd.Timestamp) -> int:
    return day.month


@proves("risk_correlation")
def correlation(workspace: Workspace) -> None:
    table = workspace.body("risk_correlation", year="2016")["data"][0]
    assert table["x"] == list(NAMES.values())
    for (row, left), (column, right) in itertools.product(enumerate(FILES), repeat=2):
        both = pd.concat([closes(left)["2016"], closes(right)["2016"]], axis=1, sort=True).dropna()
        expected = both.iloc[:, 0].pct_change().corr(both.iloc[:, 1].pct_change())
        assert table["z"][row][column] == pytest.approx(expected, abs=0.006)


@proves("risk_drawdowns")
def drawdowns(workspace: Workspace) -> None:
    (trace,) = workspace.body("risk_drawdowns", symbol="NASDAQ")["data"]
    series = closes("NASDAQ")["2014":]
    assert trace["x"] == text(series.index)
    assert trace["y"] == pytest.approx(list((series / series.cummax() - 1) * 100), abs=0.006)
    assert trace["fill"] == "tozeroy"


@proves("macro_inflation")
def core_inflation(workspace: Workspace) -> None:
    body = workspace.body("macro_inflation")
    expected = inflation()[::-1][:24]
    assert body["meta"] == {"unit": "1982-1984 = 100", "source": "FRED: CPILFESL"}
    assert [(row["month"], row["change"]) for row in body["results"]] == list(
        zip(text(expected.index), expected, strict=True)
    )


@proves("oil_and_prices")
def oil_and_prices(workspace: Workspace) -> None:
    oil, core = workspace.body("oil_and_prices")["data"]
    assert (oil["x"], oil["y"]) == (text(closes("WTI")["2014":].index), list(closes("WTI")["2014":]))
    assert (core["x"], core["y"], core["yaxis"]) == (text(inflation().index), list(inflation()), "y2")


@proves("trends_closes")
def month_closes(workspace: Workspace) -> None:
    series = month_ends("NASDAQ")
    assert workspace.body("trends_closes") == [
        {"date": day, "close": close} for day, close in zip(text(series.index), series, strict=True)
    ]


@proves("trends_consumer_prices")
def consumer_prices(workspace: Workspace) -> None:
    rows = workspace.body("trends_consumer_prices")
    assert [(row["month"], row["change"]) for row in rows] == list(
        zip(text(inflation().index), inflation(), strict=True)
    )


@proves("trends_returns")
def returns(workspace: Workspace) -> None:
    table = pd.DataFrame({symbol: yearly(symbol) for symbol in ("SP500", "NASDAQ", "WTI")})
    assert workspace.body("trends_returns") == [
        {"year": str(year), **row} for year, row in zip(table.index, table.to_dict("records"), strict=True)
    ]


@proves("trends_ranges")
def ranges(workspace: Workspace) -> None:
    years = frame("NASDAQ")["2014":].groupby(lambda day: day.year)
    assert workspace.body("trends_ranges") == [
        {"year": str(year), "low": low, "high": high}
        for (year, low), high in zip(years["low"].min().items(), years["high"].max(), strict=True)
    ]


@proves("trends_volatility_and_change")
def volatility_and_change(workspace: Workspace) -> None:
    moves = monthly("SP500")
    both = pd.DataFrame({"vix": closes("VIX"), "change": moves}).dropna()
    assert workspace.body("trends_volatility_and_change") == [
        {"date": day, **row} for day, row in zip(text(both.index), both.to_dict("records"), strict=True)
    ]


@proves("trends_months")
def months(workspace: Workspace) -> None:
    assert workspace.body("trends_months") == [{"change": change} for change in monthly("SP500")]


@proves("trends_spread")
def spread(workspace: Workspace) -> None:
    for row, year in zip(workspace.body("trends_spread"), (2014, 2015, 2016, 2017, 2018), strict=True):
        series = closes("WTI")[str(year)]
        assert (row["year"], row["low"], row["high"]) == (str(year), series.min(), series.max())
        # Quartiles between two days are defined in several ways, all of them within the neighbouring closes.
        ordered = sorted(series)
        for name, share in (("q1", 0.25), ("median", 0.5), ("q3", 0.75)):
            place = int(share * (len(ordered) - 1))
            assert ordered[max(place - 1, 0)] - 0.01 <= row[name] <= ordered[place + 2] + 0.01


@proves("trends_month_by_year")
def month_by_year(workspace: Workspace) -> None:
    moves = monthly("SP500")
    assert workspace.body("trends_month_by_year") == [
        {"year": str(year), **dict(zip(MONTHS, moves[str(year)], strict=True))} for year in range(2014, 2019)
    ]


@proves("trends_risk_and_return")
def risk_and_return(workspace: Workspace) -> None:
    assert workspace.body("trends_risk_and_return", symbol="NASDAQ") == [
        {"year": str(year), "change": change, "volatility": volatility(closes("NASDAQ")[str(year)])}
        for year, change in yearly("NASDAQ").items()
    ]
