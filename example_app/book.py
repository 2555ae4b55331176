"""The model portfolio: so many units of three instruments, bought at the first close of each year on file.

Nobody owns it; the prices are those of ``store``, so every figure follows from the files. The VIX is left out,
because an index of volatility cannot be held. Values are in US dollars, as if a point of an index were a dollar.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from . import analytics, store

PLAN: Mapping[str, int] = MappingProxyType({"SP500": 100, "NASDAQ": 25, "WTI": 2_000})
"""Units bought each year."""
YEARS = range(store.FIRST_DAY.year, store.LAST_DAY.year + 1)


@dataclass(frozen=True)
class Lot:
    """One purchase, and what it is worth at the last close on file."""

    symbol: str
    bought: date
    units: int
    price: float
    last: float

    @property
    def cost(self) -> float:
        """What was paid."""
        return round(self.units * self.price, 2)

    @property
    def value(self) -> float:
        """What it is worth."""
        return round(self.units * self.last, 2)

    @property
    def gain(self) -> float:
        """Value less cost."""
        return round(self.value - self.cost, 2)


@dataclass(frozen=True)
class Position:
    """All lots of one instrument."""

    item: store.Instrument
    lots: tuple[Lot, ...]

    @property
    def units(self) -> int:
        """Units held."""
        return sum(lot.units for lot in self.lots)

    @property
    def cost(self) -> float:
        """What was paid for all of them."""
        return round(sum(lot.cost for lot in self.lots), 2)

    @property
    def value(self) -> float:
        """What they are worth."""
        return round(sum(lot.value for lot in self.lots), 2)

    @property
    def gain(self) -> float:
        """Value less cost."""
        return round(self.value - self.cost, 2)

    @property
    def move(self) -> float:
        """The gain in per cent of the cost."""
        return analytics.change(self.value, self.cost)


def positions() -> list[Position]:
    """Return one position an instrument, in the order of the plan."""
    return [Position(store.instrument(symbol), lots(symbol)) for symbol in PLAN]


@functools.cache
def lots(symbol: str) -> tuple[Lot, ...]:
    """Return the purchases of one instrument, oldest first.

    :raises store.UnknownSymbolError: If the plan does not hold it.
    """
    if symbol not in PLAN:
        raise store.UnknownSymbolError(f"{symbol!r} is missing from the portfolio. Use one of: {', '.join(PLAN)}.")
    quotes = store.quotes(symbol)
    firsts = [next(quote for quote in quotes if quote.date.year == year) for year in YEARS]
    return tuple(Lot(symbol, quote.date, PLAN[symbol], quote.close, quotes[-1].close) for quote in firsts)


def values(*, start: date, end: date) -> dict[date, dict[str, float]]:
    """Return what each position was worth at the close of each day on which the S&P 500 traded.

    Oil has no price on some of those days; it is then worth what it last was.
    """
    closes = {symbol: {quote.date: quote.close for quote in store.quotes(symbol)} for symbol in PLAN}
    last = dict.fromkeys(PLAN, 0.0)
    found = {}
    for day in closes["SP500"]:
        last = {symbol: closes[symbol].get(day, last[symbol]) for symbol in PLAN}
        held = {symbol: sum(lot.units for lot in lots(symbol) if lot.bought <= day) for symbol in PLAN}
        if start <= day <= end:
            found[day] = {symbol: round(held[symbol] * last[symbol], 2) for symbol in PLAN}
    return found


def total() -> tuple[float, float]:
    """Return the value and the cost of the whole portfolio."""
    held = positions()
    return round(sum(each.value for each in held), 2), round(sum(each.cost for each in held), 2)
