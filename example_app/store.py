"""Market data of the example: what is on file, and the rows of one series.

The only module that reads ``data/``, but for the SQL widget, which is given the folder. It knows nothing of Flask or
OpenBB; the pages, the JSON API and the widgets all call it. Each file is read once a process, when it is first asked
for.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

FIRST_DAY = date(2014, 1, 1)
"""The first day of the first complete year on file."""
LAST_DAY = date(2018, 12, 31)
"""The last day on file: to this example it is always the evening of this day."""


class UnknownSymbolError(LookupError):
    """A symbol that is not on file."""


@dataclass(frozen=True)
class Instrument:
    """One daily series."""

    symbol: str
    name: str
    market: str
    """``equity``, ``volatility`` or ``commodity``."""
    unit: str
    file: str


@dataclass(frozen=True)
class Quote:
    """One day of one instrument; what was not quoted is None. The VIX and oil have a close and nothing else."""

    date: date
    close: float
    open: float | None = None
    high: float | None = None
    low: float | None = None
    volume: int | None = None


@dataclass(frozen=True)
class Reading:
    """One month of the core consumer price index."""

    month: date
    index: float


_INSTRUMENTS = {
    item.symbol: item
    for item in (
        Instrument("SP500", "S&P 500", "equity", "points", "sp500.csv"),
        Instrument("NASDAQ", "NASDAQ Composite", "equity", "points", "nasdaq.csv"),
        Instrument("VIX", "CBOE Volatility Index", "volatility", "% a year", "vix.csv"),
        Instrument("WTI", "Crude oil (WTI)", "commodity", "USD a barrel", "wti.csv"),
    )
}


def instruments(market: str | None = None) -> list[Instrument]:
    """Return the instruments of one market, or all of them."""
    return [item for item in _INSTRUMENTS.values() if market in (None, item.market)]


def instrument(symbol: str) -> Instrument:
    """Return one instrument.

    :raises UnknownSymbolError: If the symbol is not on file.
    """
    try:
        return _INSTRUMENTS[symbol.upper()]
    except KeyError:
        known = ", ".join(_INSTRUMENTS)
        # Workspace tests a new backend with a ticker of its own, and takes an error with "missing" in it calmly.
        raise UnknownSymbolError(f"The symbol {symbol!r} is missing here. Use one of: {known}.") from None


def quotes(symbol: str, *, start: date | None = None, end: date | None = None) -> list[Quote]:
    """Return the daily quotes of one instrument, oldest first.

    :param start: First day, included; the first on file where not given.
    :param end: Last day, included; the last on file where not given.
    :raises UnknownSymbolError: If the symbol is not on file.
    """
    every = _quotes(instrument(symbol).file)
    return [quote for quote in every if (start or date.min) <= quote.date <= (end or date.max)]


@functools.cache
def every_quote() -> list[dict[str, Any]]:
    """Return every quote of every instrument as one row, by instrument and day. Not to be changed: it is kept."""
    return [
        {"symbol": item.symbol, "market": item.market, **dataclasses.asdict(quote)}
        for item in instruments()
        for quote in quotes(item.symbol)
    ]


@functools.cache
def core_cpi() -> tuple[Reading, ...]:
    """Return the core consumer price index, one reading a month, oldest first."""
    return tuple(Reading(date.fromisoformat(row["date"]), float(row["index"])) for row in _rows("core_cpi.csv"))


@functools.cache
def _quotes(file: str) -> tuple[Quote, ...]:
    return tuple(_quote(row) for row in _rows(file))


def _quote(row: dict[str, str]) -> Quote:
    day, close = date.fromisoformat(row["date"]), float(row["close"])
    if "open" not in row:
        return Quote(day, close)
    volume = int(row["volume"]) if row["volume"] else None
    return Quote(day, close, float(row["open"]), float(row["high"]), float(row["low"]), volume)


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (DATA / file).open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
