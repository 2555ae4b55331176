"""What the service says in words: the review of a year, and the days that made news.

Takes figures from ``store`` and ``analytics`` and returns text; knows nothing of Flask or OpenBB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from . import analytics, store


@dataclass(frozen=True)
class MarketDay:
    """One day on which an instrument moved a lot."""

    item: store.Instrument
    date: date
    close: float
    before: float

    @property
    def move(self) -> float:
        """The change on the day in per cent."""
        return analytics.change(self.close, self.before)


def year_in_words(year: int, symbols: Sequence[str] | None = None) -> str:
    """Write one year in Markdown, a sentence an instrument.

    :param symbols: Of which instruments; all of them where not given.
    """
    lines = [f"# {year} in the markets", ""]
    for item in store.instruments():
        if symbols is not None and item.symbol not in symbols:
            continue
        # From the last close of the year before, as a year's return is meant; the VIX of 2014 has none on file.
        before = store.quotes(item.symbol, end=date(year - 1, 12, 31))[-1:]
        during = store.quotes(item.symbol, start=date(year, 1, 1), end=date(year, 12, 31))
        closes = [quote.close for quote in before + during]
        move = analytics.change(closes[-1], closes[0])
        lines.append(
            f"- **{item.name}** went from {closes[0]:,.2f} to {closes[-1]:,.2f} {item.unit} ({move:+.2f} %), "
            f"between {min(closes):,.2f} and {max(closes):,.2f}."
        )
    return "\n".join(lines)


def largest_moves(symbol: str, count: int) -> list[MarketDay]:
    """Return the days of the largest moves up or down, newest first.

    :raises store.UnknownSymbolError: If the symbol is not on file.
    """
    item = store.instrument(symbol)
    days = [MarketDay(item, new.date, new.close, old.close) for old, new in pairwise(store.quotes(symbol))]
    largest = sorted(days, key=lambda day: abs(day.move), reverse=True)[:count]
    return sorted(largest, key=lambda day: day.date, reverse=True)


def files_in_words() -> str:
    """Write in Markdown what data is on file."""
    lines = ["# The data on file", "", "| Series | Unit | First day | Last day | Days |", "|---|---|---|---|---|"]
    for item in store.instruments():
        quotes = store.quotes(item.symbol)
        lines.append(f"| {item.name} | {item.unit} | {quotes[0].date} | {quotes[-1].date} | {len(quotes)} |")
    return "\n".join(lines)
