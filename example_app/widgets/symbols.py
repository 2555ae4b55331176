"""The list of symbols that the widgets' dropdowns offer."""

from __future__ import annotations

from datetime import date
from typing import Literal

from flask import Blueprint, abort

from .. import store
from ..extensions import openbb

bp = Blueprint("symbols", __name__, url_prefix="/widgets")

Market = Literal["all", "equity", "volatility", "commodity"]
MARKETS = {"All": "all", "Stocks": "equity", "Volatility": "volatility", "Commodities": "commodity"}


@bp.get("/symbols")
@openbb.options
def symbols(market: Market = "all") -> list[tuple[str, str]]:
    """Offer the instruments of one market, or all: what is read, and what is sent."""
    return [(item.name, item.symbol) for item in store.instruments(None if market == "all" else market)]


def quotes_or_404(symbol: str, *, start: date | None = None, end: date | None = None) -> list[store.Quote]:
    """Return the quotes of a symbol that a request named.

    A dropdown offers only what there is, but a URL can be typed by hand.
    """
    try:
        return store.quotes(symbol, start=start, end=end)
    except store.UnknownSymbolError as error:
        abort(404, str(error))
