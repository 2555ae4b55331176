"""The HTML pages the service always had: a market overview and one page an instrument."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from . import analytics, store

bp = Blueprint("pages", __name__)


@bp.get("/")
def overview() -> str:
    """Show every instrument on one page."""
    cards = []
    for item in store.instruments():
        quotes = store.quotes(item.symbol, start=store.LAST_DAY.replace(month=1, day=1))
        move = analytics.change(quotes[-1].close, quotes[-2].close)
        cards.append({"item": item, "last": quotes[-1], "move": move, "line": _line(quotes)})
    return render_template("overview.html", cards=cards, day=store.LAST_DAY)


@bp.get("/instruments/<symbol>")
def instrument(symbol: str) -> str:
    """Show the years of one instrument."""
    try:
        return instrument_page(symbol)
    except store.UnknownSymbolError as error:
        abort(404, str(error))


def instrument_page(symbol: str) -> str:
    """Write the page of one instrument.

    :raises store.UnknownSymbolError: If the symbol is not on file.
    """
    item, quotes = store.instrument(symbol), store.quotes(symbol)
    years = analytics.yearly_returns(quotes)
    return render_template("instrument.html", item=item, last=quotes[-1], years=years, line=_line(quotes))


def _line(quotes: list[store.Quote]) -> str:
    """Return the closes as points of an SVG polyline in a box of 100 by 30."""
    closes = [quote.close for quote in quotes]
    low, high = min(closes), max(closes)
    step = 100 / (len(closes) - 1)
    return " ".join(
        f"{place * step:.2f},{30 - (close - low) / (high - low) * 30:.2f}" for place, close in enumerate(closes)
    )
