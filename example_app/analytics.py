"""The arithmetic of the example: returns, averages, correlations, drawdowns.

Plain functions of lists; nothing here knows Flask, OpenBB or where the figures come from. Returns and changes
are in per cent.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from .store import Quote, Reading


@dataclass(frozen=True)
class Inflation:
    """One month of consumer prices: the index, and its change over twelve months in per cent."""

    month: date
    index: float
    change: float


def change(new: float, old: float) -> float:
    """Return the change from ``old`` to ``new`` in per cent."""
    return round((new / old - 1) * 100, 2)


def moving_average(values: Sequence[float], window: int) -> list[float | None]:
    """Return the mean of the last ``window`` values at each place, None where there are fewer."""
    averages: list[float | None] = []
    total = 0.0
    for place, value in enumerate(values):
        total += value
        if place >= window:
            total -= values[place - window]
        averages.append(round(total / window, 2) if place >= window - 1 else None)
    return averages


def rebased(values: Sequence[float]) -> list[float]:
    """Return the values as multiples of the first one, which becomes 100."""
    return [round(value / values[0] * 100, 2) for value in values]


def drawdowns(values: Sequence[float]) -> list[float]:
    """Return how far each value is below the highest one so far, in per cent, 0 or less."""
    highest = 0.0
    falls = []
    for value in values:
        highest = max(highest, value)
        falls.append(change(value, highest))
    return falls


def volatility(values: Sequence[float]) -> float:
    """Return the standard deviation of the daily changes, scaled to a year of 252 days, in per cent."""
    daily = [new / old - 1 for old, new in pairwise(values)]
    return round(statistics.stdev(daily) * math.sqrt(252) * 100, 2)


def correlation(left: Sequence[Quote], right: Sequence[Quote]) -> float:
    """Return the correlation of the daily changes of two series, on the days that both have."""
    there = {quote.date: quote.close for quote in right}
    both = [(quote.close, there[quote.date]) for quote in left if quote.date in there]
    moves = [(new[0] / old[0], new[1] / old[1]) for old, new in pairwise(both)]
    return round(statistics.correlation([move[0] for move in moves], [move[1] for move in moves]), 2)


def yearly_returns(quotes: Sequence[Quote]) -> dict[int, float]:
    """Return the change over each calendar year whose predecessor's last close is known."""
    closes = {year: list(days)[-1].close for year, days in groupby(quotes, key=lambda quote: quote.date.year)}
    return {new: change(closes[new], closes[old]) for old, new in pairwise(closes)}


def by_period(quotes: Sequence[Quote], interval: str) -> list[Quote]:
    """Join daily quotes to one quote a day, a week or a month, dated by its last day.

    :param interval: ``day``, ``week`` (ISO weeks) or ``month``.
    """
    if interval == "day":
        return list(quotes)

    def period(quote: Quote) -> tuple[int, int]:
        return quote.date.isocalendar()[:2] if interval == "week" else (quote.date.year, quote.date.month)

    return [_joined(list(days)) for _, days in groupby(quotes, key=period)]


def monthly_changes(quotes: Sequence[Quote]) -> list[dict[str, object]]:
    """Return ``year``, ``month`` (1 to 12) and ``change`` of each month whose predecessor's last close is known."""
    return [
        {"year": str(new.date.year), "month": new.date.month, "change": change(new.close, old.close)}
        for old, new in pairwise(by_period(quotes, "month"))
    ]


def quantiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile."""
    low, middle, high = statistics.quantiles(values, n=4)
    return round(low, 2), round(middle, 2), round(high, 2)


def inflation(readings: Sequence[Reading]) -> list[Inflation]:
    """Return each month's index and its change over twelve months, where there is one."""
    return [
        Inflation(now.month, now.index, change(now.index, before.index))
        for before, now in zip(readings, readings[12:], strict=False)
    ]


def _joined(days: Sequence[Quote]) -> Quote:
    highs = [day.high for day in days if day.high is not None]
    lows = [day.low for day in days if day.low is not None]
    volumes = [day.volume for day in days if day.volume is not None]
    return Quote(
        date=days[-1].date,
        close=days[-1].close,
        open=days[0].open,
        high=max(highs, default=None),
        low=min(lows, default=None),
        volume=sum(volumes) if volumes else None,
    )
