"""The shipped files as frames, and arithmetic on them that shares nothing with the example."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import example_app

DATA = Path(example_app.__file__).parent / "data"
FILES = {"SP500": "sp500.csv", "NASDAQ": "nasdaq.csv", "VIX": "vix.csv", "WTI": "wti.csv"}
NAMES = {
    "SP500": "S&P 500",
    "NASDAQ": "NASDAQ Composite",
    "VIX": "CBOE Volatility Index",
    "WTI": "Crude oil (WTI)",
}
UNITS = {"SP500": 100, "NASDAQ": 25, "WTI": 2000}
"""What the model portfolio buys of each at the first close of a year."""
YEARS = (2014, 2015, 2016, 2017, 2018)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def frame(symbol: str) -> pd.DataFrame:
    """One file, by its days."""
    return pd.read_csv(DATA / FILES[symbol], index_col="date", parse_dates=True)


def closes(symbol: str) -> pd.Series:
    """The closes of one file, by their days."""
    return frame(symbol)["close"]


def daily(symbol: str) -> pd.Series:
    """Changes from day to day in per cent, to two decimals."""
    return (closes(symbol).pct_change().dropna() * 100).round(2)


def month_ends(symbol: str) -> pd.Series:
    """The last close of each month, by the day it is of."""
    series = closes(symbol)
    return series[series.groupby(series.index.to_period("M")).apply(lambda month: month.index[-1])]


def monthly(symbol: str) -> pd.Series:
    """Changes from month to month in per cent, by the last day of the month."""
    return (month_ends(symbol).pct_change().dropna() * 100).round(2)


def yearly(symbol: str) -> pd.Series:
    """Changes from year to year in per cent, by the year."""
    series = closes(symbol)
    return (series.groupby(series.index.year).last().pct_change().dropna() * 100).round(2)


def volatility(series: pd.Series) -> float:
    """The volatility of a year in per cent."""
    return round(series.pct_change().std() * 252**0.5 * 100, 2)


def inflation() -> pd.Series:
    """Core consumer prices over twelve months, in per cent, by the month."""
    index = pd.read_csv(DATA / "core_cpi.csv", index_col="date", parse_dates=True)["index"]
    return (index.pct_change(12).dropna() * 100).round(2)


def lots(symbol: str) -> pd.Series:
    """The price of each purchase, by its day."""
    series = closes(symbol)["2014":]
    return series[series.groupby(series.index.year).apply(lambda year: year.index[0])]


def held(symbol: str) -> tuple[float, float]:
    """Value and cost of one position."""
    prices = lots(symbol)
    return (
        round(UNITS[symbol] * len(prices) * closes(symbol).iloc[-1], 2),
        round((UNITS[symbol] * prices).sum(), 2),
    )


def text(index: pd.DatetimeIndex) -> list[str]:
    """Days as JSON has them."""
    return [f"{day:%Y-%m-%d}" for day in index]


def column(rows: list[dict], name: str) -> list:
    """One column of the rows of an answer."""
    return [row[name] for row in rows]
