"""The quotes on file as a feed for TradingView's chart: symbols, daily bars, and marks on the days of large moves.

Everything else of the protocol is the extension's: longer bars are made of these, searches and quotes as well.
"""

from __future__ import annotations

from datetime import datetime

from flask_openbb import Bars, FeedConfig, Mark, SymbolInfo

from . import reviews, store


class QuotesFeed:
    """Daily quotes of two indices, volatility and oil, 2014 to 2018."""

    @property
    def symbols(self) -> list[SymbolInfo]:
        """What a search may find, by symbol or by name."""
        return [self.symbol(item.symbol) for item in store.instruments()]

    def config(self) -> FeedConfig:
        """Say what there is."""
        return FeedConfig(resolutions=["1D"], symbol_types=sorted({item.market for item in store.instruments()}))

    def symbol(self, symbol: str) -> SymbolInfo:
        """Describe one instrument; a symbol that is not on file is a ``LookupError``."""
        item = store.instrument(symbol)
        return SymbolInfo(
            item.symbol,
            description=item.name,
            exchange="On file",
            type=item.market,
            timezone="America/New_York",
            session="0930-1600",
            pricescale=100,
            data_status="endofday",
        )

    def history(self, symbol: str, start: datetime, end: datetime) -> Bars:
        """Return the bars from ``start`` to before ``end``; the VIX and oil have closes alone."""
        quotes = [quote for quote in store.quotes(symbol) if start.date() <= quote.date < end.date()]
        return Bars(
            time=[quote.date for quote in quotes],
            open=[quote.open if quote.open is not None else quote.close for quote in quotes],
            high=[quote.high if quote.high is not None else quote.close for quote in quotes],
            low=[quote.low if quote.low is not None else quote.close for quote in quotes],
            close=[quote.close for quote in quotes],
            volume=[quote.volume for quote in quotes],
        )

    def marks(self, symbol: str, start: datetime, end: datetime) -> list[Mark]:
        """Mark the ten days of the largest moves."""
        return [
            Mark(
                day.date.isoformat(),
                day.date,
                text=f"{day.move:+.2f} %",
                label="+" if day.move > 0 else "-",
                color="green" if day.move > 0 else "red",
            )
            for day in reviews.largest_moves(symbol, 10)
            if start.date() <= day.date < end.date()
        ]
